"""A commit as bytes is read again as it was, and anything else is noticed."""

from hashlib import sha256
from tempfile import TemporaryFile

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import JournalCorruptError
from kg.journal.record import GENESIS, RECORD_START, Entry, Provenance, Record, encode, read_record

from .conftest import entry_of

NASTY = [
    'quotes " and \' and """',
    'looks like a record: {"version": 7, "group": 7}\nC 00',
    "back\\slash, \\n that is no line break, at the end \\",
    "line\nbreak\r\ttab\b\f\x0b\x1c\x85",
    "тест 测试 🕊 \u2028\u2029\u200f\ufeff",
    "\x00\x01\x7f\ufffe\uffff",
    "X 00\nA salt <a> <b> <c> .",
    "",
]
_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_iris = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8).map(
    lambda name: ox.NamedNode(f"http://example.org/{name}")
)
_blank_nodes = st.sampled_from(["a", "b1"]).map(ox.BlankNode)
_literals = st.one_of(
    _texts.map(ox.Literal),
    st.sampled_from(NASTY).map(ox.Literal),
    st.builds(ox.Literal, _texts, language=st.sampled_from(["en", "zh-hant"])),
)
_quads = st.builds(
    ox.Quad,
    _iris | _blank_nodes,
    _iris,
    _iris | _blank_nodes | _literals,
    _iris | _blank_nodes | st.just(ox.DefaultGraph()),
)
_n_quads = st.lists(_quads, max_size=5).map(lambda quads: ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
_names = st.lists(_texts, max_size=3).map(tuple)
_provenances = st.builds(Provenance, agent=_texts, operation=_texts, reason=_texts)
_entries = st.builds(
    Entry,
    provenance=_provenances,
    time=_texts,
    removed=_n_quads,
    added=_n_quads,
    created=_names,
    dropped=_names,
    graphs=_names,
)


def read(data: bytes) -> list[Record]:
    with TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return list(iter(lambda: read_record(file), None))


@settings(deadline=None)
@given(entries=st.lists(_entries, max_size=4))
def test_commits_are_read_as_they_were_recorded(entries: list[Entry]) -> None:
    data, digest, digests = b"", GENESIS, [GENESIS]
    for version, entry in enumerate(entries, start=1):
        encoded, digest = encode(entry, version, digest, 1)
        assert encoded.count(RECORD_START) == 1, "where the next record starts would be ambiguous"
        data, digests = data + encoded, [*digests, digest]
    records = read(data + bytes(5))
    assert [record.entry for record in records] == entries
    assert [record.version for record in records] == [*range(1, len(entries) + 1)]
    assert [record.previous for record in records] == digests[:-1]
    assert [record.digest for record in records] == digests[1:]


def test_the_same_commit_has_another_digest_each_time() -> None:
    entry = entry_of(b"<x:s> <x:p> <x:o> .\n")
    assert encode(entry, 1, GENESIS, 1)[1] != encode(entry, 1, GENESIS, 1)[1], "a digest must not give its row away"


def redact(data: bytes, line: bytes) -> bytes:
    """The record with a row replaced by its digest, as the module says."""
    rows = data.splitlines(keepends=True)
    redacted = [b"X " + sha256(row).hexdigest().encode() + b"\n" if row.endswith(b" " + line) else row for row in rows]
    redacted[1] = b"B %d\n" % sum(map(len, redacted[2:-1]))
    return b"".join(redacted)


@pytest.mark.parametrize("verb", ["added", "removed"])
def test_a_row_that_is_replaced_by_its_digest_is_gone_and_the_record_verifies(verb: str) -> None:
    secret, kept = b'<x:s> <x:p> "secret" .\n', b'<x:s> <x:p> "kept" .\n'
    entry, expected = (
        entry_of(added=rows) if verb == "added" else entry_of(removed=rows) for rows in (secret + kept, kept)
    )
    data, digest = encode(entry, 1, GENESIS, 1)
    (record,) = read(redact(data, secret))
    assert record.digest == digest
    assert record.redacted == 1
    assert record.entry == expected
    assert b"secret" not in redact(data, secret)


def test_a_record_with_any_byte_changed_is_not_accepted() -> None:
    data, _ = encode(entry_of(b"<x:s> <x:p> <x:o> <x:g> .\n", b"<x:s> <x:p> <x:q> <x:g> .\n"), 1, GENESIS, 1)
    for index in range(len(data)):
        for changed in (data[index] ^ 1, 0):
            damaged = data[:index] + bytes([changed]) + data[index + 1 :]
            if index == 0 and changed == 0:
                assert read(damaged) == [], "a zero is where nothing was written"
                continue
            with pytest.raises(JournalCorruptError):
                read(damaged)


def test_a_record_that_is_cut_anywhere_is_not_accepted() -> None:
    data, _ = encode(entry_of(b"<x:s> <x:p> <x:o> <x:g> .\n"), 1, GENESIS, 1)
    for length in range(1, len(data)):
        with pytest.raises(JournalCorruptError):
            read(data[:length])
        with pytest.raises(JournalCorruptError):
            read(data[:length] + bytes(len(data)))


@pytest.mark.parametrize("header", [b"[]", b"{}", b"null", b'{"version": 1}', b"[" * 9999])
def test_a_header_of_another_kind_is_not_accepted(header: bytes) -> None:
    with pytest.raises(JournalCorruptError):
        read(header + b"\nB 0\n")


@pytest.mark.parametrize(
    "size", [b"B 99999999999999999999\n", b"B -1\n", b"B 00\n", b"B \n", b"B 1e3\n", b"B 1_0\n", b""]
)
def test_a_size_that_is_none_is_not_accepted(size: bytes) -> None:
    header, _, rest = encode(entry_of(), 1, GENESIS, 1)[0].split(b"\n", 2)
    with pytest.raises(JournalCorruptError):
        read(header + b"\n" + size + rest)

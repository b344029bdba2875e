"""YAML is parsed to plain values with locations; anything else raises InputRejectedError."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import Finding, InputRejectedError
from kg.ingest.yaml_source import MAX_BYTES, MAX_DEPTH, parse_yaml


def findings_of(data: bytes) -> tuple[Finding, ...]:
    try:
        parse_yaml(data, "a.yaml")
    except InputRejectedError as rejection:
        return rejection.findings
    return ()


def only_finding(data: bytes) -> Finding:
    (finding,) = findings_of(data)
    assert finding.location
    assert finding.location.document == "a.yaml"
    assert finding.cure
    return finding


def line_of(finding: Finding) -> int | None:
    assert finding.location
    return finding.location.line


def test_every_scalar_stays_text() -> None:
    text = "a: 2017-07\nb: 010\nc: yes\nd: 1e3\ne: 2017-07-01\nf: 0x1F\ng: 'null'\nh: 1_000\ni: .5\n"
    assert parse_yaml(text.encode(), "a.yaml").value == {
        "a": "2017-07",
        "b": "010",
        "c": "yes",
        "d": "1e3",
        "e": "2017-07-01",
        "f": "0x1F",
        "g": "null",
        "h": "1_000",
        "i": ".5",
    }


def test_byte_order_mark_is_not_part_of_the_first_key() -> None:
    assert parse_yaml(b"\xef\xbb\xbfa: b\n", "a.yaml").value == {"a": "b"}


def test_each_value_and_each_key_has_the_location_where_it_starts() -> None:
    text = parse_yaml(b"a:\n  - b: c\n    d: [e,\n      f]\n", "a.yaml")
    assert str(text.location(("a",))) == "a.yaml:1:1"
    assert str(text.location(("a", 0))) == "a.yaml:2:5"
    assert str(text.location(("a", 0, "d"))) == "a.yaml:3:5"
    assert str(text.location(("a", 0, "d", 1))) == "a.yaml:4:7"


def test_unknown_path_has_the_location_of_the_innermost_value_around_it() -> None:
    text = parse_yaml(b"a:\n  b: c\n", "a.yaml")
    assert text.location(("a", "b", "unheard", 3)) == text.location(("a", "b"))
    assert str(text.location(("unheard",))) == "a.yaml:1:1"


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", None, "the file contains no YAML document, or several"),
        (b"# nothing but a comment\n", None, "the file contains no YAML document, or several"),
        (b"a: b\n---\nc: d\n", None, "the file contains no YAML document, or several"),
        (b"a: b\nc: \xff\n", 2, "byte 0xff is not UTF-8"),
        (b"a: b\nc: d\na: e\n", 3, "the key 'a' is repeated"),
        (b"a: b\nc: &x d\n", 2, "an anchor or alias (& or *)"),
        (b"a: b\nc: !thing d\n", 2, "the tag !thing"),
        (b"a: b\nc: !!python/object:os.system d\n", 2, "the tag tag:yaml.org,2002:python/object:os.system"),
        (b"a: b\nc:\n", 2, "'c' has no value"),
        (b"a: b\nc: ~\n", 2, "'c' has no value"),
        (b"a: b\n? [c]\n: d\n", 2, "a key that is not a word"),
        (b"a: b\nc: \x07\n", 2, "not YAML: special characters are not allowed"),
        (b"null\n", 1, "the file is empty"),
    ],
)
def test_other_than_plain_yaml_is_rejected_at_its_line(data: bytes, line: int | None, message: str) -> None:
    finding = only_finding(data)
    assert (line_of(finding), finding.message) == (line, message)


def test_tab_as_indentation_is_rejected_at_its_line() -> None:
    finding = only_finding(b"a:\n  b: c\n\td: e\n")
    assert line_of(finding) == 3
    assert finding.message.startswith("not YAML:")


def test_aliases_are_rejected_before_they_are_expanded() -> None:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert [line_of(finding) for finding in findings_of("\n".join(laughs).encode())] == list(range(1, 13))


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, pytest.param(5_000, marks=pytest.mark.slow)])
def test_too_deep_nesting_is_rejected(depth: int) -> None:
    finding = only_finding(b"a: " + b"[" * depth + b"x" + b"]" * depth)
    assert "nested deeper" in finding.message
    assert finding.location is not None
    assert finding.location.line == 1
    assert MAX_DEPTH <= (finding.location.column or 0) <= 2 * MAX_DEPTH


@pytest.mark.parametrize("text", ['a: "\\ud83d"', '"\\udc00": a', 'a: ["\\ud83d x"]'])
def test_half_of_a_surrogate_pair_is_rejected(text: str) -> None:
    assert "surrogate" in only_finding(text.encode()).message


def test_file_over_the_size_limit_is_rejected_without_being_parsed() -> None:
    assert f"{MAX_BYTES:,} bytes" in only_finding(b"[" * (MAX_BYTES + 1)).message


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_rejected(data: bytes) -> None:
    assert all(finding.location and finding.cure for finding in findings_of(data))


@given(st.text(alphabet="ab:-?&*!|>'\"%@`{}[],#~ \n\t\\<=\u0085\u2028\ufeff0", max_size=60))
def test_any_text_of_yaml_indicators_is_parsed_or_rejected(text: str) -> None:
    assert all(finding.location and finding.cure for finding in findings_of(text.encode()))

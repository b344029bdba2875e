"""A large file is read as a small one: the same quads with the same names, and the same is refused."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import InputRejectedError
from kg.ingest.bulk.large_file import read_large_file
from kg.ingest.documents import parse_rdf
from kg.store.interface import normalize

BASE = "https://example.org/"
HOME = "<graph/x> a <https://w3id.org/conflict-kg/ontology#Dossier> ."
TERMS = """<id/a> <id/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer>, "x"@en, "say \\"_:b\\" << not a node" ."""

ACCEPTED = {
    "plain.ttl": f"{HOME} {TERMS}",
    "anonymous.ttl": f"{HOME} <id/a> <id/p> [ <id/q> 1 ], [ <id/q> 2 ; <id/r> [ <id/q> 3 ] ], (1 2 [ <id/q> 4 ]) .",
    "labelled.trig": f"<graph/x> {{ {HOME} _:a <id/p> _:b . _:b <id/p> _:a, 1 . }} <graph/y> {{ _:b <id/p> 2 . }}",
    "brackets.trig": f'<graph/x> {{ {HOME} <id/a> <id/p> "no [ node ] (here)" . }}',
    "both.trig": f"{HOME} <id/a> <id/p> 1 . <graph/y> {{ <id/b> <id/p> 2 . }}",
    "lines.nq": '<x:s> <x:p> "\\u00e9 é" <x:g> .\n'
    '<x:s> <x:p> "1.0"^^<http://www.w3.org/2001/XMLSchema#decimal> <x:g> .\n',
    "repeated.nq": "<x:s> <x:p> _:a <x:g> .\n_:a <x:p> <x:o> <x:g> .\n" * 3,
    "marked.nq": "\ufeff<x:s> <x:p> <x:o> <x:g> .\n",
    "unended.nq": "<x:s> <x:p> <x:o> <x:g> .",
    "triples.nt": "<x:g> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    " <https://w3id.org/conflict-kg/ontology#Dataset> .\n<x:s> <x:p> _:b .\n",
}
REFUSED: dict[str, str | bytes] = {
    "empty.nq": "",
    "comment.ttl": "# nothing",
    "homeless.ttl": TERMS,
    "two.ttl": f"{HOME} <graph/y> a <https://w3id.org/conflict-kg/ontology#Dataset> .",
    "broken.ttl": f"{HOME} <id/a> <id/p> .",
    "broken.trig": f"<graph/x> {{ {HOME} <id/a> <id/p> 1 . ",
    "broken.nq": "<x:s> <x:p> <x:o> <x:g> .\n<x:s> <x:p> <x:o>\n<x:s> <x:p> <x:o> <x:g> .\nnonsense\n",
    "long.nq": f"<x:s> <x:p> <x:o> <x:g> .\n<x:s> <x:p> <x:{'o' * 9000}> <x:g> .\n",
    "nested.nt": "<x:s> <x:p> " + "<<( <x:s> <x:p> " * 200 + "<x:o>" + " )>>" * 200 + " .\n",
    "triple.nt": "<x:s> <x:p> <<( <x:s> <x:p> <x:o> )>> .\n",
    "triple.ttl": f"{HOME} <id/a> <id/p> <<( <id/a> <id/p> 1 )>> .",
    "blank-graph.nq": "<x:s> <x:p> <x:o> _:g .\n",
    "latin.nq": '<x:s> <x:p> <x:o> <x:g> .\n<x:s> <x:p> "é" <x:g> .\n'.encode("latin-1"),
    "alike.nq": "".join(f"_:b{a} <x:p> _:b{b} <x:g> .\n" for a in range(40) for b in range(40) if a != b),
}


def read_as_small(path: Path) -> frozenset[ox.Quad]:
    return normalize(parse_rdf(path.read_bytes(), str(path), path.suffix, BASE).quads)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_has_the_same_quads_read_either_way(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(ACCEPTED[name])
    engine, document = read_large_file(path, BASE, tmp_path, lambda _bytes, _lines: None)
    assert frozenset(engine) == read_as_small(path)
    assert document.graphs == parse_rdf(path.read_bytes(), str(path), path.suffix, BASE).graphs
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_for_the_same_reasons_read_either_way(tmp_path: Path, name: str) -> None:
    path, content = tmp_path / name, REFUSED[name]
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputRejectedError) as of_small:
        read_as_small(path)
    with pytest.raises(InputRejectedError) as of_large:
        read_large_file(path, BASE, tmp_path, lambda _bytes, _lines: None)
    assert of_large.value.findings == of_small.value.findings


def test_a_line_that_is_bad_is_named_far_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "large.nq"
    path.write_text("<x:s> <x:p> <x:o> <x:g> .\n" * 120_000 + "<x:s> nonsense\n")
    with pytest.raises(InputRejectedError) as rejection:
        read_large_file(path, BASE, tmp_path, lambda _bytes, _lines: None)
    (finding,) = rejection.value.findings
    assert finding.location is not None
    assert finding.location.line == 120_001


def test_what_is_read_is_reported_in_bytes_and_lines(tmp_path: Path) -> None:
    path, reports = tmp_path / "large.nq", []
    path.write_text("".join(f"<x:s> <x:p> <x:o{number}> <x:g> .\n" for number in range(60_000)))
    read_large_file(path, BASE, tmp_path, lambda size, lines: reports.append((size, lines)))
    assert len([report for report in reports if report != (0, 0)]) > 1
    assert sum(size for size, _ in reports) == path.stat().st_size
    assert sum(lines for _, lines in reports) == 60_000


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError, match="cannot be read"):
        read_large_file(tmp_path / "absent.nq", BASE, tmp_path, lambda _bytes, _lines: None)

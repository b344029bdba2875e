"""What a curator is told of each kind of mistake: the line, the statement, what is wrong and what to do about it.

The mistakes that an edit of the post can make are in bad.yaml; those of whole files and of several files are here.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kg.errors import Finding, InputRejectedError, Severity
from kg.knowledge_graph import KnowledgeGraph
from kg.namespaces import CKS

Reject = Callable[[bytes, str], tuple[Finding, ...]]

HERE = Path(__file__).parent
HOME = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix ckd: <https://w3id.org/conflict-kg/id/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<graph/other> a ck:Reference ; dcterms:title "Other"@en ; owl:versionInfo "1" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; ck:recordedBy <id/actor/conflict-kg> .
"""


@dataclass(frozen=True)
class Mistake:
    """An edit of the post, ``old`` to ``new``, and the one finding about it."""

    name: str
    old: str
    new: str
    at: str
    subject: str
    message: str
    cure: str
    rule: str
    times: int = 0

    def made_in(self, text: str) -> str:
        assert text.count(self.old) == 1, f"{self.name}: {self.old!r} is not once in the text"
        return text.replace(self.old, self.new)

    def line_in(self, text: str) -> int:
        lines = [line.strip() for line in text.splitlines()]
        if self.times:
            return [number for number, line in enumerate(lines, 1) if line == self.at][self.times - 1]
        (found,) = [number for number, line in enumerate(lines, 1) if line.startswith(self.at)]
        return found


MISTAKES = [Mistake(**each) for each in YAML(typ="safe", pure=True).load(HERE / "bad.yaml")]
OF_SHAPES = [each for each in MISTAKES if each.rule == "shape"]


def told(finding: Finding) -> tuple[str, str, str]:
    return finding.subject.rpartition("/id/")[2], finding.message, finding.cure


@pytest.mark.parametrize("mistake", [each for each in MISTAKES if each not in OF_SHAPES], ids=lambda each: each.name)
def test_a_mistake_is_told_with_line_statement_and_cure(mistake: Mistake, post: str, reject: Reject) -> None:
    text = mistake.made_in(post)
    (finding,) = reject(text.encode(), "post.yaml")
    assert finding.location
    assert finding.location.line == mistake.line_in(text)
    assert told(finding) == (mistake.subject, mistake.message, mistake.cure)


def test_mistakes_that_break_shapes_are_told_together(post: str, reject: Reject) -> None:
    text, expected = post, {}
    for each in OF_SHAPES:
        if each.subject not in expected and text.count(each.old) == 1:
            text = each.made_in(text)
            expected[each.subject] = (each.subject, each.message, each.cure)
    findings = reject(text.encode(), "post.yaml")
    assert len(expected) > 8
    assert {told(finding) for finding in findings} >= set(expected.values())
    assert all(finding.rule.startswith(CKS) and finding.location and finding.location.line for finding in findings)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", OF_SHAPES, ids=lambda each: each.name)
def test_a_mistake_that_breaks_a_shape_is_told_alone_at_its_line(mistake: Mistake, post: str, reject: Reject) -> None:
    text = mistake.made_in(post)
    (finding,) = reject(text.encode(), "post.yaml")
    assert finding.location
    assert finding.location.line == mistake.line_in(text)
    assert told(finding) == (mistake.subject, mistake.message, mistake.cure)


def test_the_hash_of_another_span_is_told_with_the_right_one(post: str, reject: Reject) -> None:
    right = hashlib.sha256(b"it withdraws that today").hexdigest()
    wrong = hashlib.sha256(b"another").hexdigest()
    (finding,) = reject(post.replace(right, wrong).encode(), "post.yaml")
    assert told(finding)[:2] == ("passage/post-withdrawn", "the SHA-256 is not that of the span")
    assert right in finding.cure
    assert "'it withdraws that today'" in finding.cure


def test_offsets_counted_in_utf_16_are_told_although_each_is_off_by_one_only(post: str, reject: Reject) -> None:
    text = (HERE / "post.txt").read_text(encoding="utf-8")
    start = text.index("it withdraws that today")
    in_utf_16 = len(text[:start].encode("utf-16-le")) // 2
    assert in_utf_16 == start + 1
    old, new = (f"{{start: {each}, end: {each + 23}" for each in (start, in_utf_16))
    assert post.count(old) == 1
    (finding,) = reject(post.replace(old, new).encode(), "post.yaml")
    assert told(finding)[:2] == ("passage/post-withdrawn", "the SHA-256 is not that of the span")


def test_quotes_that_repeat_too_much_of_the_text_are_told_with_the_share(post: str, reject: Reject) -> None:
    text = (HERE / "post.txt").read_text(encoding="utf-8")
    whole = text.partition("\n\n")[2].partition("\n\n")
    span = f"{whole[0]}\n\n{whole[2].partition(chr(10))[0]}"
    at = text.index(span)
    words = f'words: {{exact: "{span.replace(chr(10), chr(92) + "n")}"}}'
    digest = hashlib.sha256(span.encode()).hexdigest()
    lines = post.splitlines()
    number = next(n for n, line in enumerate(lines) if "words: {exact: withdraws}" in line)
    lines[number] = f"          {words}"
    lines[number + 1] = f"          position: {{start: {at}, end: {at + len(span)}, sha256: {digest}}}"
    (finding,) = reject("\n".join(lines).encode(), "post.yaml")
    assert finding.message.startswith("the quotes repeat ")
    assert finding.message.endswith(" of the text, more than 30%")
    assert finding.subject.endswith("source/post")


def test_a_statement_outside_any_source_is_refused_with_the_way_to_say_it(reject: Reject) -> None:
    text = f"""{HOME}
ckd:statement\\/homeless a ck:Statement ; ck:speaker <id/actor/council> ; ck:rationale "why"@en ;
    ck:hedge <https://w3id.org/conflict-kg/vocab/hedge/none> ; ck:asserts ckd:proposition\\/homeless .
ckd:proposition\\/homeless a ck:Labelling ; ck:labelled <id/place/vale> ; ck:label "x"@en .
"""
    (finding,) = reject(text.encode(), "other.ttl")
    assert finding.subject.endswith("statement/homeless")
    assert finding.message.startswith("Say in which source the statement is reported")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.yaml", b"", "the file holds no YAML document, or several"),
        ("list.yaml", b"- id: a\n", "a dossier is a mapping"),
        ("word.yaml", b"a word\n", "a dossier is a mapping"),
        ("bytes.yaml", b"id: \xff\n", "byte 0xff is not UTF-8"),
        ("deep.yaml", b"id: " + b"[" * 60 + b"]" * 60, "nested deeper than 40 levels"),
        ("empty.ttl", b"", "the file holds no triple"),
        ("post.docx", b"PK", "unknown kind of file '.docx'"),
        ("post", b"id: a\n", "unknown kind of file ''"),
        ("bytes.ttl", b"\xff", "byte 0xff is not UTF-8"),
        ("syntax.ttl", b"<s> <p>", "does not parse: "),
    ],
)
def test_a_file_that_is_no_document_is_refused_by_its_name(
    name: str, data: bytes, message: str, reject: Reject
) -> None:
    (finding,) = reject(data, name)
    assert finding.message.startswith(message)
    assert finding.cure or name == "syntax.ttl"
    assert finding.location
    assert finding.location.document == name


def test_a_dossier_of_no_kind_of_home_graph_is_refused_at_its_type(post: str, reject: Reject) -> None:
    first, *_ = reject(post.replace("type: Dossier\n", "type: Place\n").encode(), "post.yaml")
    assert first.message == "a place does not belong here"
    assert first.location
    assert first.location.line == post.splitlines().index("type: Dossier") + 1


def test_a_resource_that_another_graph_owns_is_refused(post: str, reject: Reject) -> None:
    text = post.replace("zones:\n", "  - {id: place/ilm, type: Place, placeKind: town, prefLabel: Ilm}\n\nzones:\n")
    (finding,) = reject(text.encode(), "post.yaml")
    base = "https://w3id.org/conflict-kg/graph/"
    assert told(finding) == (
        "place/ilm",
        f"described in {base}invented and {base}post",
        "Describe it in one of them, and in the other only point at it",
    )
    assert finding.location
    assert finding.location.line == text.splitlines().index("zones:") - 1


def test_what_others_point_at_cannot_be_removed(post: str, knowledge_graph: KnowledgeGraph) -> None:
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    before = frozenset(knowledge_graph.store.quads())
    register = (HERE / "register.ttl").read_text(encoding="utf-8")
    without = "\n".join(line for line in register.splitlines() if not line.startswith("place:ilm"))
    with pytest.raises(InputRejectedError) as rejection:
        knowledge_graph.load([knowledge_graph.ingestor.read(without.encode(), "register.ttl")])
    (finding,) = rejection.value.findings
    assert told(finding)[0] == "place/ilm"
    assert finding.message.startswith("would be gone, but https://")
    assert "proposition/post-ilm" in finding.message
    assert finding.cure == "Keep it, or change what points at it first"
    assert finding.location
    assert finding.location.document == "register.ttl"
    assert frozenset(knowledge_graph.store.quads()) == before


def test_two_files_with_one_home_graph_are_refused(post: str, register_graph: KnowledgeGraph) -> None:
    documents = [register_graph.ingestor.read(post.encode(), name) for name in ("one.yaml", "two.yaml")]
    with pytest.raises(InputRejectedError) as rejection:
        register_graph.load(documents)
    (finding,) = rejection.value.findings
    assert finding.message == "the same home graph as one.yaml"
    assert str(finding.location) == f"two.yaml:{post.splitlines().index('id: ../graph/post') + 1}:1"


def test_all_mistakes_of_all_files_are_told_at_once(register_graph: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- a\n")
    (tmp_path / "b.ttl").write_text("nonsense")
    with pytest.raises(InputRejectedError) as rejection:
        register_graph.ingestor.read_all([tmp_path / "a.yaml", tmp_path / "gone.yaml", tmp_path / "b.ttl"])
    named = [Path(finding.location.document).name for finding in rejection.value.findings if finding.location]
    assert named == ["a.yaml", "gone.yaml", "b.ttl"]


def test_a_named_graph_that_does_not_say_what_it_is_is_refused_by_its_file(reject: Reject) -> None:
    text = (HERE / "defective-dataset.trig").read_text(encoding="utf-8")
    stray = "<https://w3id.org/conflict-kg/graph/stray> { <https://example.org/s> a <https://example.org/Class> }\n"
    (finding,) = [each for each in reject((text + stray).encode(), "a.trig") if each.rule == "home-graph"]
    assert finding.message == "the graph does not say what it is"
    assert finding.cure.startswith("Add <https://w3id.org/conflict-kg/graph/stray> a ck:Dossier")
    assert str(finding.location) == "a.trig"


def test_blank_nodes_are_let_in_under_iris_of_their_own(knowledge_graph: KnowledgeGraph) -> None:
    text = f"""{HOME}
[] a ck:Organization ; skos:prefLabel "Somebody"@en .
"""
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(text.encode(), "other.ttl")])
    (graph,) = plan.graphs
    assert any("/.well-known/genid/" in name for name in graph.new)


def test_a_maximum_below_the_minimum_is_a_warning_in_a_data_set_and_kept(knowledge_graph: KnowledgeGraph) -> None:
    data = (HERE / "defective-dataset.trig").read_bytes()
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(data, "defective-dataset.trig")])
    (warning,) = plan.warnings
    assert warning.severity == Severity.WARNING
    assert told(warning)[:2] == ("count/row-1", "The best is above the maximum: correct the bounds.")
    assert any(str(quad.subject).endswith("count/row-1>") for quad in knowledge_graph.store.quads())


def test_the_same_numbers_are_refused_in_a_dossier(reject: Reject) -> None:
    data = (HERE / "defective-dataset.trig").read_bytes().replace(b"a ck:Dataset", b"a ck:Dossier")
    (finding,) = reject(data, "defective-dataset.trig")
    assert finding.severity == Severity.VIOLATION
    assert told(finding)[:2] == ("count/row-1", "The best is above the maximum: correct the bounds.")

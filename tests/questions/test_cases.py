"""Each question against small cases, each with a distractor that must not be answered."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.questions.answer import answer_yes_no
from kg.questions.catalogue import Catalogue
from kg.questions.evidence_graph import fetch_evidence_links
from kg.questions.question import AnswerKind
from kg.status.standing import read_standing
from kg.status.verdict import Status
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Queryable
from kg.store.query_template import Solution, SolutionSequence, Term, text_of

_HERE = Path(__file__).parent / "cases"
CASES = sorted(path.parent for path in _HERE.glob("*/*/data.trig"))
MakeStore = Callable[[Iterable[ox.Quad]], Queryable]


def name_of(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def _quads(case: Path) -> list[ox.Quad]:
    return list(ox.parse(path=case / "data.trig"))


def solutions(path: Path) -> ox.QuerySolutions:
    found = ox.parse_query_results(path.read_bytes(), format=ox.QueryResultsFormat.TSV)
    assert isinstance(found, ox.QuerySolutions)
    return found


def rows(path: Path) -> list[dict[str, Term | None]]:
    found = solutions(path)
    names = [variable.value for variable in found.variables]
    return [dict(zip(names, solution, strict=True)) for solution in found]


def given(case: Path) -> dict[str, Term]:
    (row,) = rows(case / "given.tsv")
    return {name: term for name, term in row.items() if term is not None}


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_answer_equals_the_expected_rows(case: Path, catalogue: Catalogue, store_of: MakeStore) -> None:
    question, store = catalogue.question(case.parent.name), store_of(_quads(case))
    expected = rows(case / "expected.tsv")
    if question.kind is AnswerKind.TABLE:
        assert list(map(dict, question.select(given(case), store).rows)) == expected
        return
    answer = answer_yes_no(question, given(case), store)
    for row in expected:
        assert answer.verdict == text_of(row["verdict"])
        assert (answer.reason or "") == text_of(row["reason"])
        assert str(answer.decision.is_inferred).lower() == text_of(row["inferred"])
    assert answer.decision.grounds == tuple(text_of(row["deciding"]) for row in expected if row["deciding"])


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_given_names_are_parameters(case: Path, catalogue: Catalogue) -> None:
    question = catalogue.question(case.parent.name)
    names = {each.name for each in question.parameters}
    assert set(given(case)) <= names
    assert {each.name for each in question.parameters if each.is_required} <= set(given(case))


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_another_engine_gives_the_same_rows(case: Path, catalogue: Catalogue, vocabularies: list[ox.Quad]) -> None:
    question = catalogue.question(case.parent.name)
    quads = [*_quads(case), *vocabularies]
    ours, theirs = ox.Store(), rdflib.Graph()
    ours.extend(quads)
    triples = ox.serialize([quad.triple for quad in quads], format=ox.RdfFormat.N_TRIPLES) or b""
    theirs.parse(data=triples.decode(), format="nt")
    query = question.template.bind([given(case)])
    # No solutions of the engine stay here: rdflib keeps this frame, and only this thread may drop them.
    here = SolutionSequence.select(EmbeddedStore.of_copy(ours, union=True, version=""), query)
    there = theirs.query(query)
    assert [list(map(text_of, row.values())) for row in here.rows] == [
        ["" if term is None else str(term) for term in row] for row in there if isinstance(row, rdflib.query.ResultRow)
    ]


# Yes/no questions are left out: an unbound parameter makes the question more general, which changes the bearing.
_TABLE_QUESTIONS = {question.name for question in Catalogue.load() if question.kind is AnswerKind.TABLE}
TABLES = [case for case in CASES if case.parent.name in _TABLE_QUESTIONS]


@pytest.mark.parametrize("case", TABLES, ids=name_of)
def test_binding_a_parameter_equals_filtering_by_it(case: Path, catalogue: Catalogue, store_of: MakeStore) -> None:
    question, store = catalogue.question(case.parent.name), store_of(_quads(case))
    terms = given(case)
    bound = [row for row in question.select(terms, store).rows if not _is_told_only_if_asked(row)]
    # Days are compared with those of a period, places with the units around them: neither is a column.
    apart = terms.keys() - question.select({}, store).columns
    rows = [
        row
        for row in question.select({}, store).rows
        if not _is_told_only_if_asked(row)
        and all(row[name] == term for name, term in terms.items() if name not in apart)
    ]
    if apart:
        assert len(bound) < len(rows)
        rows = [row for row in rows if row in bound]
    assert bound == rows


def _is_told_only_if_asked(row: Solution) -> bool:
    """A part of the incident or place, another actor who may be the same, and what another part of a statement says."""
    return any(row.get(column) is not None for column in ("part", "placedBy", "namedAs", "readWith"))


def test_every_question_has_a_case(catalogue: Catalogue) -> None:
    assert {case.parent.name for case in CASES} == set(catalogue.questions)


def test_many_propositions_are_decided_with_one_query(store_of: MakeStore) -> None:
    case = _HERE / "does-zone-cover-place" / "inferred-and-denied"
    base = "https://w3id.org/conflict-kg/id/proposition/"
    names = ("p", "w", "unheard-of")
    links = fetch_evidence_links([base + name for name in names], store_of(_quads(case)))
    assert {name: read_standing(links, base + name).decision.status for name in names} == {
        "p": Status.DENIED,
        "w": Status.CLAIMED,
        "unheard-of": Status.SILENT,
    }

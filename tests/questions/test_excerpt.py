"""What is asked of one place or incident, or of some days, is answered from an excerpt as from the whole graph."""

import random
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import pytest

from kg.questions import excerpt
from kg.questions.catalogue import Catalogue
from kg.questions.evidence_graph import SUPPORT
from kg.questions.excerpt import read_excerpt
from kg.questions.question import Question
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Queryable
from kg.store.query_template import Term

ID = f"{DEFAULT_BASE_IRI}id/"
QUESTIONS = [question for question in Catalogue.load() if question.has_excerpt]
WITH_DAYS = [question for question in QUESTIONS if "during" in question.template.names]
SAMPLE = 8
DURING = ox.Literal("2017-08-05/2017-08-05")


def list_things(store: Queryable, kind: str) -> list[ox.NamedNode]:
    rows = store.query(f"SELECT DISTINCT ?thing {{ ?thing a <https://w3id.org/conflict-kg/ontology#{kind}> }}")
    assert isinstance(rows, ox.QuerySolutions)
    return sorted((thing for row in rows if isinstance(thing := row["thing"], ox.NamedNode)), key=str)


def rows_of(question: Question, store: Queryable, terms: dict[str, Term]) -> list[Any]:
    return list(question.template.select(store, [terms]).rows)


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_rows_are_those_of_the_whole_graph(question: Question, shipped: Queryable) -> None:
    chance, found = random.Random(question.name), 0
    for name, kind in (("incident", "Incident"), ("place", "Place")):
        if name not in question.template.names:
            continue
        things: Iterable[ox.NamedNode] = chance.sample(list_things(shipped, kind), SAMPLE)
        for thing in [*things, ox.NamedNode(f"{ID}place/ein-tarma")] if name == "place" else things:
            terms: dict[str, Term] = {name: thing}
            if "during" in question.template.names and chance.random() < 0.5:
                terms["during"] = DURING
            part = read_excerpt(terms, shipped)
            assert part is not shipped
            rows = rows_of(question, part, terms)
            assert rows == rows_of(question, shipped, terms), terms
            found += len(rows)
    assert found


@pytest.mark.slow
@pytest.mark.parametrize("days", ["2017-08-05/2017-08-05", "2017-04-01/2017-04-30", "../2017-03-16", "2017-08-04/.."])
@pytest.mark.parametrize("question", WITH_DAYS, ids=lambda question: question.name)
def test_the_rows_of_some_days_are_those_of_the_whole_graph(question: Question, days: str, shipped: Queryable) -> None:
    terms: dict[str, Term] = {"during": ox.Literal(days)}
    part = read_excerpt(terms, shipped)
    assert part is not shipped
    rows = rows_of(question, part, terms)
    assert rows
    assert rows == rows_of(question, shipped, terms)


def test_the_whole_graph_is_asked_where_nothing_narrows_it(shipped: Queryable, monkeypatch: pytest.MonkeyPatch) -> None:
    terms: dict[str, Term] = {"place": ox.NamedNode(f"{ID}place/ein-tarma")}
    assert read_excerpt(terms, shipped) is not shipped
    assert read_excerpt({"speaker": ox.NamedNode(f"{ID}actor/russia")}, shipped) is shipped
    monkeypatch.setattr(excerpt, "ACCOUNTS_MAX", 3)
    assert read_excerpt(terms, shipped) is shipped


@pytest.mark.parametrize("name", ["accounts-at-place", "accounts-of-incident", "accounts-during"])
def test_one_account_more_than_an_excerpt_may_have_is_looked_for(name: str) -> None:
    query = (SUPPORT / f"{name}.rq").read_text(encoding="utf-8")
    assert query.endswith(f"LIMIT {excerpt.ACCOUNTS_MAX + 1}\n")


def test_an_account_that_only_says_what_it_is_part_of_is_in_the_excerpt_of_the_days_of_the_whole() -> None:
    engine, base, war = ox.Store(), DEFAULT_BASE_IRI, f"{ID}incident/war"
    engine.load(
        f"""PREFIX ck: <{base}ontology#> PREFIX edtf: <http://id.loc.gov/datatypes/edtf/> BASE <{ID}> GRAPH <g> {{
        <proposition/war> a ck:IncidentAccount ; ck:incident <{war}> ; ck:span "2016-01-01/2016-12-31"^^edtf:EDTF .
        <proposition/part> a ck:IncidentAccount ; ck:partOfIncident <{war}> ; ck:count <count/part> .
        <count/part> a ck:CountEstimate ; ck:countOf <{base}vocab/counted/killed> ; ck:asGiven "two"@en .
        <statement/part> a ck:Statement ; ck:speaker <actor/paper> ; ck:asserts <proposition/part> ;
          ck:hedge <{base}vocab/hedge/none> ; ck:reportedIn <source/paper> . }}""",
        format=ox.RdfFormat.TRIG,
    )
    store = EmbeddedStore.of_copy(engine, union=True, version="")
    question = next(question for question in WITH_DAYS if question.name == "how-many-died-according-to-whom")
    days: dict[str, Term] = {"during": ox.Literal("2016-05-01/2016-05-31")}
    for terms in (days, {**days, "incident": ox.NamedNode(war)}):
        rows = rows_of(question, read_excerpt(terms, store), terms)
        assert len(rows) == 1
        assert rows == rows_of(question, store, terms)

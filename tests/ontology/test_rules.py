"""Every rule is a query for offenders: the source files have none, and each rule finds those in its example."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

HERE = Path(__file__).parent
RULES = sorted(path.stem for path in (HERE / "rules").glob("*.rq"))


@pytest.mark.parametrize("rule", RULES)
def test_source_files_keep_the_rule(rule: str, sources: Store) -> None:
    rows = offenders(rule, sources)
    details = "\n".join("  " + "  ".join(row) for row in rows)
    assert not rows, f"{read_comment(rule)}\n{details}"


@pytest.mark.parametrize("rule", RULES)
def test_rule_reports_exactly_its_offenders(rule: str) -> None:
    store = Store()
    snippet = HERE / "offenders" / f"{rule}.ttl"
    store.load(path=str(snippet), format=RdfFormat.TURTLE, to_graph=NamedNode("file:///offenders"))
    terms = {term for quad in store for term in (str(quad.subject), str(quad.predicate), str(quad.object))}
    assert {row[0] for row in offenders(rule, store)} == {term for term in terms if term.endswith("offender>")}


def test_every_rule_names_offence_and_cure() -> None:
    for rule in RULES:
        offence, cure = read_comment(rule).splitlines()
        assert offence.endswith("."), rule
        assert cure.startswith("Cure: "), rule


def test_every_file_of_offenders_has_a_rule() -> None:
    assert sorted(path.stem for path in (HERE / "offenders").glob("*.ttl")) == RULES


def offenders(rule: str, store: Store) -> list[tuple[str, ...]]:
    text = (HERE / "rules" / f"{rule}.rq").read_text("utf-8")
    rows = store.query(text, use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    assert rows.variables[0].value == "offender"
    return sorted({tuple("" if term is None else str(term) for term in row) for row in rows})


def read_comment(rule: str) -> str:
    lines = (HERE / "rules" / f"{rule}.rq").read_text("utf-8").splitlines()
    return "\n".join(line.removeprefix("# ") for line in lines if line.startswith("#"))

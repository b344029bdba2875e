"""Every rule is a query for offenders: none may be found in what is written, and each finds those made for it."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

HERE = Path(__file__).parent
RULES = sorted(path.stem for path in (HERE / "rules").glob("*.rq"))


@pytest.mark.parametrize("rule", RULES)
def test_nothing_written_offends(rule: str, written: Store) -> None:
    rows = offenders(rule, written)
    found = "\n".join("  " + "  ".join(row) for row in rows)
    assert not rows, f"{words(rule)}\n{found}"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_reports_its_offenders_and_nobody_else(rule: str) -> None:
    store = Store()
    snippet = HERE / "offenders" / f"{rule}.ttl"
    store.load(path=str(snippet), format=RdfFormat.TURTLE, to_graph=NamedNode("file:///offenders"))
    guilty = {term for quad in store for term in (str(quad.subject), str(quad.predicate), str(quad.object))}
    assert {row[0] for row in offenders(rule, store)} == {term for term in guilty if term.endswith("offender>")}


def test_every_rule_says_its_offence_and_its_cure() -> None:
    for rule in RULES:
        offence, cure = words(rule).splitlines()
        assert offence.endswith("."), rule
        assert cure.startswith("Cure: "), rule


def test_no_offender_is_left_without_its_rule() -> None:
    assert sorted(path.stem for path in (HERE / "offenders").glob("*.ttl")) == RULES


def offenders(rule: str, store: Store) -> list[tuple[str, ...]]:
    text = (HERE / "rules" / f"{rule}.rq").read_text("utf-8")
    rows = store.query(text, use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    assert rows.variables[0].value == "offender"
    return sorted({tuple("" if term is None else str(term) for term in row) for row in rows})


def words(rule: str) -> str:
    lines = (HERE / "rules" / f"{rule}.rq").read_text("utf-8").splitlines()
    return "\n".join(line.removeprefix("# ") for line in lines if line.startswith("#"))

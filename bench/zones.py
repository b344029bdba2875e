"""The main request, once in GraphQL and once in SPARQL as one would write it by hand, and what the answers say.

Both are brought into the same rows, term by term, so that neither is measured giving less than the other.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from bench.rows import Row

GRAPHQL = "application/graphql-response+json"
_FOLDER = Path(__file__).with_name("graphql")
_DECLARATIONS, _COVERAGE, _LABELLINGS = "declarations", "coverage", "labellings"
_NOWHERE: Row = ("",) * 2
_STATEMENT = {_COVERAGE: 5, _LABELLINGS: 3}
"""Where rows have the statement; all have the zone first."""

DISPUTES = "disputes"

Node = Mapping[str, Any]
Told = Mapping[str, Sequence[Row]]
"""Rows by the name of the query that they are the answer to."""
Content = Callable[[Node], Iterable[Row]]


def document(zones: Sequence[str], *, told: bool) -> bytes:
    """The request in GraphQL for these IRIs; with ``told``, status and attribution of everything as well."""
    # Not as a variable: its items would count as conditions, and a hundred of them are too many.
    listed = ", ".join(json.dumps(zone) for zone in zones)
    text = (_FOLDER / "zones.graphql").read_text(encoding="utf-8").replace("$zones", listed)
    return json.dumps({"query": text, "variables": {"told": told}}).encode()


def queries(zones: Sequence[str]) -> dict[str, str]:
    """The same in SPARQL, by name, but for disputes."""
    return {name: _query(name, "$zones", zones) for name in (_DECLARATIONS, _COVERAGE, _LABELLINGS)}


def query_of_disputes(told: Told) -> str:
    """The last query in SPARQL, about the statements that were found by those before.

    One comes to that by hand: with disputes as an OPTIONAL of the others, the engine goes through all there are.
    """
    return _query(DISPUTES, "$statements", list(_zones_of_statements(told)))


def _query(name: str, parameter: str, iris: Sequence[str]) -> str:
    text = (_FOLDER / f"{name}.rq").read_text(encoding="utf-8")
    return text.replace(parameter, " ".join(f"<{iri}>" for iri in iris))


def disputed(told: Told) -> list[str]:
    """The zones of which something is disputed, those first where that is all that the disputing statement is about."""
    zones = _zones_of_statements(told)
    rows = sorted(told[DISPUTES], key=lambda row: row[2] in zones)
    return list(dict.fromkeys(zones[row[0]] for row in rows))


def _zones_of_statements(told: Told) -> dict[str, str]:
    return {row[at]: row[0] for name, at in _STATEMENT.items() for row in told[name]}


def told_by_graphql(data: Node) -> Told:
    """What an answer says, as the rows of the four queries, sorted."""
    zones = data["zones"]["nodes"]
    about = [each for zone in zones for each in (*_nodes(zone, "coverage"), *_nodes(zone, "labellings"))]
    found = {
        _DECLARATIONS: [row for zone in zones for row in _declared(zone)],
        _COVERAGE: [row for zone in zones for row in _about(zone, "coverage", _covered)],
        _LABELLINGS: [row for zone in zones for row in _about(zone, "labellings", _called)],
        DISPUTES: [row for each in about for statement in _nodes(each, "statements") for row in _disputes(statement)],
    }
    return {name: sorted(rows) for name, rows in found.items()}


def told_by_sparql(body: bytes) -> Sequence[Row]:
    """What the answer to one query says: IRIs and texts, sorted; codes as GraphQL writes them."""
    answer = json.loads(body)
    names = answer["head"]["vars"]
    return sorted(tuple(_value(row.get(name)) for name in names) for row in answer["results"]["bindings"])


def count_nodes(data: object) -> int:
    """The objects in an answer, without the pages that hold them."""
    if isinstance(data, list):
        return sum(map(count_nodes, data))
    if isinstance(data, dict):
        return ("nodes" not in data) + sum(map(count_nodes, data.values()))
    return 0


def _declared(zone: Node) -> Iterator[Row]:
    return ((zone["id"], zone["prefLabel"], *row) for each in _nodes(zone, "declaredBy") for row in _said(each))


def _about(zone: Node, field: str, content: Content) -> Iterator[Row]:
    for proposition in _nodes(zone, field):
        for what, statement in product(content(proposition), _nodes(proposition, "statements")):
            for said in _said(statement):
                yield (zone["id"], *what, said[0], statement["act"], *said[1:])


def _covered(coverage: Node) -> Iterator[Row]:
    places: list[Row] = (
        [(each["id"], each["prefLabel"]) for each in _nodes(coverage, "place")] if "place" in coverage else []
    )
    for place in places or [_NOWHERE]:
        yield (coverage["id"], coverage.get("extent") or "", *place)


def _called(labelling: Node) -> Iterator[Row]:
    yield (labelling["id"], labelling["label"])


def _said(statement: Node) -> Iterator[Row]:
    """A statement: its IRI, hedge, explicitness, speaker, source, passage and words."""
    about = (statement["id"], statement["hedge"], statement["explicitness"] or "")
    speaker = (statement["speaker"]["id"], statement["speaker"]["prefLabel"])
    for source, passage in product(_nodes(statement, "reportedIn"), _nodes(statement, "quote")):
        yield (*about, *speaker, source["id"], source["prefLabel"], passage["id"], passage["words"]["exact"])


def _disputes(statement: Node) -> Iterator[Row]:
    for dispute in _nodes(statement, "disputedBy"):
        for aspect, said in product(dispute["disputedAspect"], _said(dispute)):
            yield (statement["id"], aspect, *said)


def _nodes(owner: Node, field: str) -> list[Node]:
    found: list[Node] = owner[field]["nodes"]
    return found


def _value(term: Mapping[str, str] | None) -> str:
    value = term["value"] if term else ""
    if term and term["type"] == "uri" and ("/vocab/" in value or "/ontology#" in value):
        return _code(value)
    return value


def _code(iri: str) -> str:
    """``CLAIMS_OF`` for a concept, ``LEAVES_OPEN`` for a property."""
    name = iri.rpartition("#")[2] if "#" in iri else iri.rpartition("/")[2]
    apart = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return apart.replace("-", "_").upper()

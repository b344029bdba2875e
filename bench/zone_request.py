"""The main request in GraphQL and in hand-written SPARQL, and their results as comparable rows.

Both results are converted to the same rows, term by term, so that neither is measured for returning less.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from bench.result_rows import Row

MEDIA_TYPE = "application/graphql-response+json"
DISPUTES = "disputes"
_FOLDER = Path(__file__).with_name("graphql")
_DECLARATIONS, _COVERAGE, _LABELLINGS = "declarations", "coverage", "labellings"
_NO_PLACE: Row = ("",) * 2
_STATEMENT_COLUMNS = {_COVERAGE: 5, _LABELLINGS: 3}
"""The column with the statement; the first column is the zone."""

Node = Mapping[str, Any]
RowsByQuery = Mapping[str, Sequence[Row]]
"""Result rows by the name of the query."""
ContentRows = Callable[[Node], Iterable[Row]]


def build_document(zones: Sequence[str], *, with_status: bool) -> bytes:
    """The GraphQL request for these IRIs; with ``with_status``, also the status of every proposition."""
    # Literals instead of a variable: its items would count as conditions, and a hundred exceed the limit.
    ids = ", ".join(json.dumps(zone) for zone in zones)
    text = (_FOLDER / "zones.graphql").read_text(encoding="utf-8").replace("$zones", ids)
    return json.dumps({"query": text, "variables": {"withStatus": with_status}}).encode()


def build_queries(zones: Sequence[str]) -> dict[str, str]:
    """The SPARQL queries for the same data by name, without disputes."""
    return {name: _fill_query(name, "$zones", zones) for name in (_DECLARATIONS, _COVERAGE, _LABELLINGS)}


def build_disputes_query(rows: RowsByQuery) -> str:
    """The last SPARQL query, about the statements in the rows of the others.

    Written so by hand as well: with disputes as an OPTIONAL of the other queries, the engine scans all disputes.
    """
    return _fill_query(DISPUTES, "$statements", list(_zones_by_statement(rows)))


def _fill_query(name: str, parameter: str, iris: Sequence[str]) -> str:
    text = (_FOLDER / f"{name}.rq").read_text(encoding="utf-8")
    return text.replace(parameter, " ".join(f"<{iri}>" for iri in iris))


def find_disputed(rows: RowsByQuery) -> list[str]:
    """The zones with a dispute, first those whose disputing statement is about nothing else."""
    zones = _zones_by_statement(rows)
    disputes = sorted(rows[DISPUTES], key=lambda row: row[2] in zones)
    return list(dict.fromkeys(zones[row[0]] for row in disputes))


def _zones_by_statement(rows: RowsByQuery) -> dict[str, str]:
    return {row[column]: row[0] for name, column in _STATEMENT_COLUMNS.items() for row in rows[name]}


def parse_graphql(data: Node) -> RowsByQuery:
    """The data of a GraphQL response as the sorted rows of the four queries."""
    zones = data["zones"]["nodes"]
    propositions = [node for zone in zones for name in ("coverage", "labellings") for node in _nodes(zone, name)]
    statements = [statement for node in propositions for statement in _nodes(node, "statements")]
    rows = {
        _DECLARATIONS: [row for zone in zones for row in _declaration_rows(zone)],
        _COVERAGE: [row for zone in zones for row in _proposition_rows(zone, "coverage", _coverage_rows)],
        _LABELLINGS: [row for zone in zones for row in _proposition_rows(zone, "labellings", _labelling_rows)],
        DISPUTES: [row for statement in statements for row in _dispute_rows(statement)],
    }
    return {name: sorted(unsorted) for name, unsorted in rows.items()}


def parse_sparql(body: bytes) -> Sequence[Row]:
    """The sorted rows of one SPARQL result: IRIs and texts, with codes as GraphQL writes them."""
    results = json.loads(body)
    names = results["head"]["vars"]
    return sorted(tuple(_value(row.get(name)) for name in names) for row in results["results"]["bindings"])


def count_nodes(data: object) -> int:
    """The objects in a response, without connections."""
    if isinstance(data, list):
        return sum(map(count_nodes, data))
    if isinstance(data, dict):
        return ("nodes" not in data) + sum(map(count_nodes, data.values()))
    return 0


def _declaration_rows(zone: Node) -> Iterator[Row]:
    for declaration in _nodes(zone, "declaredBy"):
        yield from ((zone["id"], zone["prefLabel"], *row) for row in _statement_rows(declaration))


def _proposition_rows(zone: Node, field: str, content_rows: ContentRows) -> Iterator[Row]:
    for proposition in _nodes(zone, field):
        for content, statement in product(content_rows(proposition), _nodes(proposition, "statements")):
            for row in _statement_rows(statement):
                yield (zone["id"], *content, row[0], statement["act"], *row[1:])


def _coverage_rows(coverage: Node) -> Iterator[Row]:
    nodes = _nodes(coverage, "place") if "place" in coverage else []
    places: list[Row] = [(place["id"], place["prefLabel"]) for place in nodes]
    for place in places or [_NO_PLACE]:
        yield (coverage["id"], coverage.get("extent") or "", *place)


def _labelling_rows(labelling: Node) -> Iterator[Row]:
    yield (labelling["id"], labelling["label"])


def _statement_rows(statement: Node) -> Iterator[Row]:
    """IRI, hedge, explicitness, speaker, source, passage and words, for each source and passage."""
    head = (statement["id"], statement["hedge"], statement["explicitness"] or "")
    speaker = (statement["speaker"]["id"], statement["speaker"]["prefLabel"])
    for source, passage in product(_nodes(statement, "reportedIn"), _nodes(statement, "quote")):
        yield (*head, *speaker, source["id"], source["prefLabel"], passage["id"], passage["words"]["exact"])


def _dispute_rows(statement: Node) -> Iterator[Row]:
    for dispute in _nodes(statement, "disputedBy"):
        for aspect, row in product(dispute["disputedAspect"], _statement_rows(dispute)):
            yield (statement["id"], aspect, *row)


def _nodes(owner: Node, field: str) -> list[Node]:
    nodes: list[Node] = owner[field]["nodes"]
    return nodes


def _value(term: Mapping[str, str] | None) -> str:
    value = term["value"] if term else ""
    if term and term["type"] == "uri" and ("/vocab/" in value or "/ontology#" in value):
        return _enum_name(value)
    return value


def _enum_name(iri: str) -> str:
    """``CLAIMS_OF`` for a concept, ``LEAVES_OPEN`` for a property."""
    name = iri.rpartition("#")[2] if "#" in iri else iri.rpartition("/")[2]
    snake_case = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return snake_case.replace("-", "_").upper()

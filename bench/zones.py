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
_DECLARATIONS, _COVERAGE, _LABELLINGS = NAMES = ("declarations", "coverage", "labellings")
_UNDECLARED: Row = ("",) * 9
_UNDISPUTED: Row = ("",) * 10
_NOWHERE: Row = ("",) * 2

Node = Mapping[str, Any]
Content = Callable[[Node], Iterable[Row]]


def document(zones: Sequence[str], *, told: bool) -> bytes:
    """The request in GraphQL for these IRIs; with ``told``, status and attribution of everything as well."""
    # Not as a variable: its items would count as conditions, and a hundred of them are too many.
    listed = ", ".join(json.dumps(zone) for zone in zones)
    text = (_FOLDER / "zones.graphql").read_text(encoding="utf-8").replace("$zones", listed)
    return json.dumps({"query": text, "variables": {"told": told}}).encode()


def queries(zones: Sequence[str]) -> dict[str, str]:
    """The same in SPARQL, three queries by name."""
    listed = " ".join(f"<{zone}>" for zone in zones)
    files = {name: _FOLDER / f"{name}.rq" for name in NAMES}
    return {name: file.read_text(encoding="utf-8").replace("$zones", listed) for name, file in files.items()}


def told_by_graphql(data: Node) -> dict[str, list[Row]]:
    """What an answer says, as the rows of the three queries, sorted."""
    zones = data["zones"]["nodes"]
    found = {
        _DECLARATIONS: [row for zone in zones for row in _declared(zone)],
        _COVERAGE: [row for zone in zones for row in _about(zone, "coverage", _covered)],
        _LABELLINGS: [row for zone in zones for row in _about(zone, "labellings", _called)],
    }
    return {name: sorted(rows) for name, rows in found.items()}


def told_by_sparql(body: bytes) -> list[Row]:
    """What the answer to one query says: IRIs and texts, sorted; codes as GraphQL writes them."""
    answer = json.loads(body)
    names = answer["head"]["vars"]
    return sorted(tuple(_value(row.get(name)) for name in names) for row in answer["results"]["bindings"])


def is_disputed(row: Row) -> bool:
    """Whether a row of what is said of a zone also tells of a dispute."""
    return len(row) > len(_UNDISPUTED) + len(_UNDECLARED) and row[-len(_UNDISPUTED) :] != _UNDISPUTED


def count_nodes(data: object) -> int:
    """The objects in an answer, without the pages that hold them."""
    if isinstance(data, list):
        return sum(map(count_nodes, data))
    if isinstance(data, dict):
        return ("nodes" not in data) + sum(map(count_nodes, data.values()))
    return 0


def _declared(zone: Node) -> Iterator[Row]:
    said = [row for each in _nodes(zone, "declaredBy") for row in _said(each)] or [_UNDECLARED]
    return ((zone["id"], zone["prefLabel"], *row) for row in said)


def _about(zone: Node, field: str, content: Content) -> Iterator[Row]:
    for proposition in _nodes(zone, field):
        for what, statement in product(content(proposition), _nodes(proposition, "statements")):
            disputes = [row for each in _nodes(statement, "disputedBy") for row in _disputes(each)]
            for said, dispute in product(_said(statement), disputes or [_UNDISPUTED]):
                yield (zone["id"], *what, said[0], statement["act"], *said[1:], *dispute)


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
    for aspect, said in product(statement["disputedAspect"], _said(statement)):
        yield (said[0], aspect, *said[1:])


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

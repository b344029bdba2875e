"""Display names of incidents, read from a store: at most so many incidents, each with at most so many accounts.

Owns what is read for them. What a name says is for ``kg.views.incident_name``; the decision page is
incidents-are-named-by-their-accounts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.name_folding import fold_name
from kg.namespaces import CK
from kg.questions.evidence_graph import QueryEvidenceGraph, fetch_evidence_links
from kg.schema.model import local_name
from kg.status.act import Act, Bearing, Evidence
from kg.status.evidence import EvidenceReader
from kg.status.verdict import decide
from kg.store.interface import Queryable
from kg.store.labels import fetch_labels
from kg.store.query_template import QueryTemplate, text_of
from kg.views.incident_name import (
    Account,
    IncidentName,
    Surroundings,
    compose_name,
    name_without_accounts,
    place_in_source,
)

_HERE = Path(__file__).parent
_ACCOUNTS = QueryTemplate.read(_HERE / "accounts-of-incidents.rq")
_ABOVE = QueryTemplate.read(_HERE / "above.rq")
MAX_NAMED = 100
"""Incidents that are named by their accounts at once; further ones by their place in the source."""
MAX_ACCOUNTS = 80
"""Of one incident; one with more is named by its place in the source: a part of them may not be what all agree on."""
_ROLES = ("location", "near", "locationCandidate")


def name_incidents(store: Queryable, incidents: Iterable[str]) -> dict[str, IncidentName]:
    """The display name of each of these incidents."""
    iris = list(dict.fromkeys(incidents))
    accounts = _read_accounts(store, iris[:MAX_NAMED])
    graph = fetch_evidence_links({each for found in accounts.values() for each in found}, store)
    reader = EvidenceReader(graph)
    by_incident = {incident: _judge(reader, graph, found) for incident, found in accounts.items()}
    all_accounts = [account for found in by_incident.values() for account in found]
    things = {thing for each in all_accounts for thing in (*each.types, *(place for _, place in each.places))}
    names = _Names(store, {*things, *iris})
    around = _read_surroundings(store, things, names)

    def name_of(iri: str) -> str:
        return names.find(iri) or graph.name_of(iri)

    named: dict[str, IncidentName] = {}
    for incident in iris:
        judged = by_incident.get(incident, [])
        source = _source_of(judged)
        in_source = place_in_source(incident, name_of(source) if source else "")
        name = compose_name(judged, around, name_of, in_source)
        named[incident] = name or name_without_accounts(incident, in_source, names.find(incident))
    return named


class _Names:
    """Labels in English where there are several, fetched as they are needed."""

    def __init__(self, store: Queryable, iris: Collection[str]) -> None:
        self._store = store
        self._labels: dict[str, str] = {}
        self.fetch(iris)

    def fetch(self, iris: Iterable[str]) -> None:
        languages: dict[str, str] = {}
        for iri, label in fetch_labels(self._store, map(ox.NamedNode, set(iris) - self._labels.keys())):
            if iri not in languages or (label.language == "en" != languages[iri]):
                self._labels[iri], languages[iri] = label.value, label.language or ""

    def find(self, iri: str) -> str:
        """Empty for what has no label."""
        return self._labels.get(iri, "")


def _read_accounts(store: Queryable, incidents: Collection[str]) -> dict[str, list[str]]:
    """The accounts of each incident; none of one that has too many."""
    accounts: dict[str, list[str]] = defaultdict(list)
    room = len(incidents) * MAX_ACCOUNTS
    rows = _select_accounts(store, incidents, room)
    if len(rows) > room:  # one of them has very many: each by itself, so that the others keep their names
        rows = [row for incident in incidents for row in _select_accounts(store, [incident], MAX_ACCOUNTS)]
    for incident, account in rows:
        accounts[incident].append(account)
    return {incident: found for incident, found in accounts.items() if len(found) <= MAX_ACCOUNTS}


def _select_accounts(store: Queryable, incidents: Collection[str], room: int) -> list[tuple[str, str]]:
    if not incidents:
        return []
    text = _ACCOUNTS.bind({"incident": ox.NamedNode(iri)} for iri in incidents)
    rows = store.query(f"{text.rstrip()}\nLIMIT {room + 1}")
    assert isinstance(rows, ox.QuerySolutions)
    return [(text_of(row["incident"]), text_of(row["account"])) for row in rows]


def _judge(reader: EvidenceReader, graph: QueryEvidenceGraph, accounts: Collection[str]) -> list[Account]:
    """The accounts of one incident, each decided by the acts on it, and by the denials of what says less."""
    acts = {iri: reader.collect(iri) for iri in sorted(accounts)}
    return [
        Account(
            frozenset(graph.objects(iri, namespaces.INCIDENT_TYPE)),
            frozenset((role, place) for role in _ROLES for place in graph.objects(iri, f"{CK}{role}")),
            frozenset(graph.texts(iri, namespaces.WHEN.value)),
            decide([*items, *_deny_more_generally(reader, iri, acts)]),
        )
        for iri, items in acts.items()
    ]


def _deny_more_generally(
    reader: EvidenceReader, account: str, acts: Mapping[str, Collection[Evidence]]
) -> Iterator[Evidence]:
    content = reader.content_of(account)
    for other, items in acts.items():
        if other != account and content.says_no_less_than(reader.content_of(other)):
            for item in items:
                if item.act is Act.DENIES or (item.act is Act.DISPUTES and item.disputed_act is Act.ASSERTS):
                    yield replace(item, bearing=Bearing.GENERAL)


def _read_surroundings(store: Queryable, things: Collection[str], names: _Names) -> Surroundings:
    found: dict[str, dict[str, set[str]]] = {how: defaultdict(set) for how in ("above", "kind", "class", "rejected")}
    for row in _ABOVE.select_each(store, map(ox.NamedNode, things)).rows:
        found[text_of(row["how"])][text_of(row["thing"])].add(text_of(row["value"]))
    names.fetch({*found["above"], *(each for above in found["above"].values() for each in above)})
    rejected = {
        thing for thing, labels in found["rejected"].items() if fold_name(names.find(thing)) in map(fold_name, labels)
    }
    return Surroundings(
        above={thing: _climb(thing, found["above"]) for thing in {*things, *found["above"]}},
        kinds={place: local_name(min(kinds)) for place, kinds in found["kind"].items()},
        classes={thing: frozenset(classes) for thing, classes in found["class"].items()},
        unfit=frozenset(rejected),
    )


def _climb(thing: str, steps: Mapping[str, Collection[str]]) -> frozenset[str]:
    """All that stands above, step by step."""
    reached: set[str] = set()
    pending = [thing]
    for each in pending:
        new = set(steps.get(each, ())) - reached
        reached |= new
        pending.extend(new)
    return frozenset(reached)


def _source_of(accounts: Iterable[Account]) -> str:
    sources = {source for each in accounts for item in each.decision.deciding for source in item.origin.sources}
    return min(sources, default="")

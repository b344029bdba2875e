"""The entities that a query may mean, with scores, features and the decision whether one of them is meant.

Owns when there is a match: where the name is one that identifies an entity, the same for everybody, and nothing else
is called so, by anybody. What is contested never makes a match: a name that only statements use, or a claim that meets
a condition, adds a candidate or changes its place, and its description says who says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from rapidfuzz import fuzz

from kg import namespaces
from kg.name_folding import fold_name, fold_transliteration
from kg.namespaces import value_of
from kg.reconciliation.batch import ReconciliationQuery
from kg.reconciliation.conditions import (
    MAX_JUDGED,
    Met,
    Required,
    find_things,
    iri_of,
    judge_conditions,
    read_conditions,
)
from kg.reconciliation.entity_terms import EntityTerms, EntityType
from kg.search.hits import Hit, Saying, fetch_responses, fetch_sayings, find_hits, find_resources, tell_sayings
from kg.search.text_index import QUOTES, Candidate
from kg.store.interface import Store
from kg.text_direction import isolate

_ID = "id"
_SAID_ONLY, _OTHER_TYPE = 0.75, 0.5
"""What is left of a score where only statements use the name, or where the type is another than it should be."""
_UNMET = 0.6
"""The part of a score that does not depend on conditions."""


@dataclass(frozen=True, slots=True)
class EntityCandidate:
    """An entity that may be meant."""

    hit: Hit
    types: tuple[EntityType, ...]
    score: float
    features: Mapping[str, bool | float]
    description: str
    match: bool


class Reconciler:
    """Finds the candidates of queries in one store, from what a text index has found."""

    def __init__(self, store: Store, terms: EntityTerms, base_iri: str) -> None:
        self._store, self._terms, self._home = store, terms, f"{base_iri}id/"

    def find(self, query: ReconciliationQuery, named: Mapping[str, Sequence[Candidate]]) -> list[EntityCandidate]:
        """The candidates, the best first. ``named``: those of the index by text. Raises BadParameterError."""
        wanted = [self._terms.find_type(name) for name in query.types]
        required = read_conditions(self._terms, query.conditions, named, self._home)
        hits = self._find_hits(query, named, required)
        types = self.fetch_types(hits)
        admitted = [hit for hit in hits if types[hit.iri] and self._is_admitted(query, wanted, types[hit.iri])]
        meant = self._select_meant(query.text, [hit for hit in admitted if self._fits(wanted, types[hit.iri])], types)
        shown = admitted[: max(MAX_JUDGED, query.limit)] if required and query.text else admitted
        judged = judge_conditions(self._store, [hit.iri for hit in shown], required)
        if not query.text:
            shown = [hit for hit in shown if any(judged[hit.iri].properties.values())]
        judged = self._add_responses(judged)
        sayings = fetch_sayings(self._store, {iri for met in judged.values() for iri in met.statements})
        found = [
            self._rate(query, hit, types[hit.iri], self._fits(wanted, types[hit.iri]), judged[hit.iri], sayings, meant)
            for hit in shown
        ]
        found.sort(key=lambda each: (-each.score, each.hit.iri))
        return found[: query.limit]

    def _find_hits(
        self, query: ReconciliationQuery, named: Mapping[str, Sequence[Candidate]], required: Sequence[Required]
    ) -> list[Hit]:
        if not query.text:
            return find_resources(self._store, find_things(self._store, required))
        identified = find_resources(self._store, filter(None, [iri_of(query.text, self._home)]))
        # A quote leads to a statement, which is no entity.
        candidates = (item for item in named.get(query.text, ()) if item.predicate not in QUOTES)
        found = find_hits(self._store, query.text, candidates)
        return list({hit.iri: hit for hit in (*found, *identified)}.values())

    def _add_responses(self, judged: Mapping[str, Met]) -> Mapping[str, Met]:
        """What is met with those who deny or dispute it beside those who say it."""
        said = {iri for met in judged.values() for iri in (*met.statements, *met.related)}
        responses = fetch_responses(self._store, said)
        for met in judged.values():
            added = (response for iri in (*met.statements, *sorted(met.related)) for response in responses.get(iri, ()))
            met.statements = dict.fromkeys([*met.statements, *added])
        return judged

    def fetch_types(self, hits: Iterable[Hit]) -> Mapping[str, list[EntityType]]:
        """The types of each of the resources; of what is no thing, none."""
        iris = list(dict.fromkeys(hit.iri for hit in hits))
        found = self._store.match_each([(ox.NamedNode(iri), namespaces.TYPE, None) for iri in iris])
        return {
            iri: self._terms.types_of(value_of(quad.object) for quad in quads)
            for iri, quads in zip(iris, found, strict=True)
        }

    def _is_admitted(
        self, query: ReconciliationQuery, wanted: Sequence[EntityType], types: Sequence[EntityType]
    ) -> bool:
        if not wanted or query.strictness == "should":
            return True
        fitting = [self._terms.is_of(types, each) for each in wanted]
        return all(fitting) if query.strictness == "all" else any(fitting)

    def _fits(self, wanted: Sequence[EntityType], types: Sequence[EntityType]) -> bool:
        return not wanted or any(self._terms.is_of(types, each) for each in wanted)

    def _select_meant(self, text: str, hits: Sequence[Hit], types: Mapping[str, Sequence[EntityType]]) -> str:
        """The entity that nobody could doubt to be meant; empty where there is none."""
        iri = iri_of(text, self._home)
        if iri and any(hit.iri == iri for hit in hits):
            return iri
        same = [hit for hit in hits if hit.match == "same"]
        if len(same) != 1 or same[0].said or same[0].matched == _ID:
            return ""
        type_ = types[same[0].iri][0]
        # Whoever writes Aleppo may mean its province.
        is_doubtful = type_.iri in namespaces.UNNAMED or any(
            types[hit.iri][0] == type_ and fold_name(hit.text).startswith(f"{fold_name(text)} ")
            for hit in hits
            if hit.match == "words"
        )
        return "" if is_doubtful else same[0].iri

    def _rate(
        self,
        query: ReconciliationQuery,
        hit: Hit,
        types: Sequence[EntityType],
        fits: bool,
        met: Met,
        sayings: Mapping[str, Saying],
        meant: str,
    ) -> EntityCandidate:
        similarity = _similarity(query.text, hit) if query.text and hit.iri != iri_of(query.text, self._home) else 100.0
        score = similarity * (_SAID_ONLY if hit.said else 1) * (1 if fits else _OTHER_TYPE)
        score *= _UNMET + (1 - _UNMET) * met.share
        features: dict[str, bool | float] = {
            "name_similarity": round(similarity, 1),
            "name_identifies": not hit.said,
            **({"type_match": fits} if query.types else {}),
            **met.properties,
        }
        said = [sayings[iri] for iri in met.statements if iri in sayings]
        return EntityCandidate(
            hit=hit,
            types=tuple(types),
            score=round(score, 1),
            features=features,
            description=describe(hit, types, said),
            match=hit.iri == meant and all(met.properties.values()),
        )


def describe(hit: Hit, types: Sequence[EntityType], said: Sequence[Saying] = ()) -> str:
    """What it is, and by which name it was found; of what is said, who says so."""
    parts = [types[0].name] if types else []
    if hit.said:
        parts.append(f"called \u201c{isolate(hit.text)}\u201d: {tell_sayings(hit.said)}")
    elif hit.matched != _ID and fold_name(hit.text) != fold_name(hit.name):
        parts.append(f"{hit.matched}: {isolate(hit.text)}")
    if said:
        parts.append(f"what you ask for: {tell_sayings(said)}")
    return "; ".join(parts)


def _similarity(text: str, hit: Hit) -> float:
    """From 0 to 100: the same name, another spelling of it, or how near it is."""
    if hit.match == "same" and hit.matched != _ID:
        return 100.0
    found = hit.name if hit.matched == _ID else hit.text
    if fold_transliteration(text) == fold_transliteration(found):
        return 95.0
    ratio = fuzz.ratio(fold_name(text), fold_name(found))
    return 50 + 0.4 * ratio if hit.match in ("same", "words") else 0.9 * ratio

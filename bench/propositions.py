"""Generates propositions of every kind for the statements of a dossier."""

import random
from collections.abc import Callable
from datetime import date

from bench import edtf_dates, fake_text, nquads_writer
from bench.generator_state import GeneratedStatement, GeneratorState
from bench.nquads_writer import NQuadsWriter, concepts
from bench.reference_graphs import ReferenceGraphs
from bench.sampling import WeightedChoice, Zipf, pick_early, pick_late

Pairs = list[tuple[str, str]]

KINDS = WeightedChoice(
    {
        "IncidentAccount": 58,
        "Labelling": 10,
        "ZoneCoverage": 8,
        "Position": 6,
        "TerritorialControl": 5,
        "ActorRelation": 4,
        "PlaceRelation": 3,
        "Assessment": 3,
        "ZoneBoundary": 1,
        "Depiction": 1,
        "StatementLink": 0.5,
        "Identity": 0.4,
        "Utterance": 0.4,
    }
)
INCIDENT_TYPES = concepts(
    "incident-type",
    ("bombardment", "attack", "killing", "battle", "assault", "siege", "chemical-attack", "deployment", "meeting"),
)
_WEAPONS = concepts("weapon", ("airstrike", "artillery", "rocket", "mortar", "chlorine", "t-72-tank"))
COUNTED = concepts("counted", ("killed", "wounded", "airstrikes", "rockets", "vehicles"))
_AMONG = concepts("among", ("civilians", "people", "combatants"))
_EXTENTS = concepts("extent", ("unspecified", "whole", "most", "some", "part"))
_CONTROLS = concepts("control-kind", ("control", "taken", "siege", "influence", "resistance", "capitulation"))
_ACTOR_RELATIONS = concepts("actor-relation", ("member-of", "allied-with", "linked-to", "force-of", "successor-of"))
_PLACE_RELATIONS = concepts("place-relation", ("part-of", "near", "suburb-of", "neighbour-of", "northeast-of"))
_POSITIONS = concepts("position-kind", ("demand", "promise", "aim", "offer", "warning", "willingness", "hope"))
_LINKS = concepts("statement-link", ("supports", "conflicts-with", "in-tension-with", "related-to"))
_LABELS = (
    "de-escalation zone",
    "terrorists",
    "rebels",
    "the regime",
    "safe zone",
    "militants",
    "mercenaries",
    "occupiers",
    "freedom fighters",
    "moderate opposition",
)
_RANKS = {size: Zipf(size) for size in range(3, 16)}


class Propositions:
    """Writes propositions into the graph of one dossier. Requires a zone and a statement generated before."""

    def __init__(self, state: GeneratorState, out: NQuadsWriter, slug: str, day: date) -> None:
        self._state, self._out, self._slug, self._day = state, out, slug, day
        self._reference_graphs: ReferenceGraphs = state.reference_graphs
        self._rng: random.Random = state.rng
        self._incidents: list[str] = []
        self._number = 0
        self._thing = ""
        self._pair_builders: dict[str, Callable[[], Pairs]] = {
            "IncidentAccount": self._build_account,
            "Labelling": self._build_labelling,
            "ZoneCoverage": self._build_coverage,
            "Position": self._build_position,
            "TerritorialControl": self._build_control,
            "ActorRelation": self._build_actor_relation,
            "PlaceRelation": self._build_place_relation,
            "Assessment": self._build_assessment,
            "ZoneBoundary": self._build_boundary,
            "Depiction": self._build_depiction,
            "StatementLink": self._build_statement_link,
            "Identity": self._build_identity,
            "Utterance": self._build_utterance,
        }

    def write(self, kind: str) -> str:
        """Write a new proposition of this kind and return its IRI."""
        self._thing = ""
        pairs = self._pair_builders[kind]()
        if kind not in ("Assessment", "Position") and self._rng.random() < 0.15:
            pairs.append(self._gist_pair())
        return self._write_typed(kind, pairs)

    def write_zone(self, zone: str) -> tuple[str, str]:
        """Write the coverage and the labelling that accompany the declaration of a zone."""
        coverage = self._write_typed("ZoneCoverage", [("ck:zone", zone), *self._place_pairs()])
        labelling = self._write_typed("Labelling", [("ck:labelled", zone), ("ck:label", self._sample_label())])
        return coverage, labelling

    def write_rival(self, statement: GeneratedStatement) -> str:
        """Write another proposition of the same kind about the same thing."""
        if statement.kind == "IncidentAccount" and statement.thing:
            return self._write_typed(statement.kind, self._account_pairs(statement.thing))
        if statement.kind == "Labelling" and statement.thing:
            return self._write_typed(
                statement.kind, [("ck:labelled", statement.thing), ("ck:label", self._sample_label())]
            )
        if statement.kind == "ZoneCoverage" and statement.thing:
            return self._write_typed(statement.kind, [("ck:zone", statement.thing), *self._place_pairs()])
        return self.write(statement.kind)

    @property
    def last_thing(self) -> str:
        """The incident, zone or labelled thing of the last proposition; empty for other kinds."""
        return self._thing

    def _write_typed(self, kind: str, pairs: Pairs) -> str:
        self._number += 1
        proposition = self._reference_graphs.iris.mint("proposition", f"{self._slug}-{self._number}")
        self._out.add_typed(proposition, kind, *pairs)
        return proposition

    def _sample(self, choices: list[str]) -> str:
        return choices[_RANKS[len(choices)].sample(self._rng)]

    def _gist_pair(self) -> tuple[str, str]:
        return "ck:gist", nquads_writer.english(fake_text.make_sentence(self._rng))

    def _date_pairs(self, share: float) -> Pairs:
        if self._rng.random() > share:
            return []
        date_value = edtf_dates.sample_date(self._day, self._rng)
        return date_value.pairs("ck:when", "ck:whenAsGiven", "ck:earliest", "ck:latest", "ck:span")

    def _sample_label(self) -> str:
        return nquads_writer.english(pick_early(_LABELS, self._rng))

    def _build_account(self) -> Pairs:
        known = self._incidents or self._state.incidents
        if known and self._rng.random() < 0.35:
            pool = known if self._rng.random() < 0.7 else self._state.incidents or known
            return self._account_pairs(pick_late(pool, self._rng))
        incident = self._reference_graphs.iris.mint("incident", f"{self._slug}-{len(self._incidents) + 1}")
        name = f"incident {len(self._incidents) + 1} of dossier {self._slug}"
        self._out.add_typed(incident, "Incident", ("skos:prefLabel", nquads_writer.english(name)))
        self._incidents.append(incident)
        self._state.incidents.append(incident)
        return self._account_pairs(incident)

    def _account_pairs(self, incident: str) -> Pairs:
        self._thing = incident
        rng, reference_graphs = self._rng, self._reference_graphs
        pairs = [("ck:incident", incident), ("ck:incidentType", self._sample(INCIDENT_TYPES))]
        if rng.random() < 0.75:
            pairs.append(("ck:perpetrator", reference_graphs.sample_actor()))
        if rng.random() < 0.45:
            pairs.append(("ck:target", reference_graphs.sample_actor()))
        pairs.append(("ck:location" if rng.random() < 0.9 else "ck:near", reference_graphs.sample_place()))
        if rng.random() < 0.04:
            pairs += [("ck:locationCandidate", reference_graphs.sample_place()) for _ in range(2)]
        if rng.random() < 0.4:
            pairs.append(("ck:weapon", self._sample(_WEAPONS)))
        if rng.random() < 0.35:
            pairs.append(("ck:count", self._write_count()))
        return list(dict.fromkeys(pairs)) + self._date_pairs(0.92)

    def _write_count(self) -> str:
        self._number += 1
        count = self._reference_graphs.iris.mint("count", f"{self._slug}-{self._number}")
        low = int(self._rng.paretovariate(0.9))
        wording, bounds = self._rng.choice(
            (
                (f"{low}", (("ck:minimum", low), ("ck:maximum", low))),
                (f"at least {low}", (("ck:minimum", low),)),
                (f"about {low}", (("ck:best", low),)),
                (f"{low} to {low * 2}", (("ck:minimum", low), ("ck:best", low + low // 2), ("ck:maximum", low * 2))),
            )
        )
        self._out.add_typed(
            count,
            "CountEstimate",
            ("ck:countOf", self._sample(COUNTED)),
            ("ck:asGiven", nquads_writer.english(wording)),
            *((name, nquads_writer.integer(value)) for name, value in bounds),
        )
        if self._rng.random() < 0.5:
            self._out.add(count, ("ck:among", self._sample(_AMONG)))
        return count

    def _build_labelling(self) -> Pairs:
        zone = self._state.zones and self._rng.random() < 0.25
        self._thing = pick_early(self._state.zones, self._rng) if zone else self._reference_graphs.sample_actor()
        return [("ck:labelled", self._thing), ("ck:label", self._sample_label())]

    def _build_coverage(self) -> Pairs:
        self._thing = pick_early(self._state.zones, self._rng)
        return [("ck:zone", self._thing), *self._place_pairs()]

    def _place_pairs(self) -> Pairs:
        wide = self._rng.random() < 0.4
        places = self._reference_graphs.units if wide else self._reference_graphs.places
        return [("ck:place", pick_early(places, self._rng)), ("ck:extent", self._sample(_EXTENTS))]

    def _build_position(self) -> Pairs:
        kind = ("ck:positionKind", self._sample(_POSITIONS))
        pairs = [("ck:actor", self._reference_graphs.sample_actor()), kind, self._gist_pair()]
        if self._rng.random() < 0.4:
            pairs.append(("ck:addressee", self._reference_graphs.sample_actor()))
        return pairs + self._date_pairs(0.3)

    def _build_control(self) -> Pairs:
        kind = ("ck:controlKind", self._sample(_CONTROLS))
        place, extent = self._place_pairs()
        return [("ck:actor", self._reference_graphs.sample_actor()), kind, place, extent, *self._date_pairs(0.7)]

    def _build_actor_relation(self) -> Pairs:
        relation = ("ck:relation", self._sample(_ACTOR_RELATIONS))
        actor, other = (self._reference_graphs.sample_actor() for _ in range(2))
        return [("ck:actor", actor), relation, ("ck:other", other)]

    def _build_place_relation(self) -> Pairs:
        relation = ("ck:relation", self._sample(_PLACE_RELATIONS))
        place, other = (self._reference_graphs.sample_place() for _ in range(2))
        return [("ck:place", place), relation, ("ck:other", other)]

    def _build_assessment(self) -> Pairs:
        return [("ck:about", pick_late(self._state.statements, self._rng).statement), self._gist_pair()]

    def _build_boundary(self) -> Pairs:
        return [("ck:zone", pick_early(self._state.zones, self._rng))]

    def _build_depiction(self) -> Pairs:
        shown = pick_late(self._state.statements, self._rng).proposition
        return [("ck:medium", self._reference_graphs.sample_source()), ("ck:shows", shown), *self._date_pairs(0.5)]

    def _build_statement_link(self) -> Pairs:
        one, other = (pick_late(self._state.statements, self._rng).statement for _ in range(2))
        return [("ck:from", one), ("ck:link", self._sample(_LINKS)), ("ck:to", other)]

    def _build_identity(self) -> Pairs:
        return [("ck:one", self._reference_graphs.sample_actor()), ("ck:other", self._reference_graphs.sample_actor())]

    def _build_utterance(self) -> Pairs:
        statement = pick_late(self._state.statements, self._rng)
        return [("ck:by", statement.speaker), ("ck:utterance", statement.statement)]

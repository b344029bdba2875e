"""Propositions of every kind, as a dossier's statements need them."""

import random
from collections.abc import Callable
from datetime import date

from bench import edtf_dates, fake_text, nquads_writer
from bench.generator_state import GeneratorState, Said
from bench.nquads_writer import NQuadsWriter, concepts
from bench.registers import Registers
from bench.sampling import Weighted, Zipf, recent, skewed

Pairs = list[tuple[str, str]]

KINDS = Weighted(
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
    """Writes propositions into the lines of one dossier; somebody has declared a zone and said something before."""

    def __init__(self, world: GeneratorState, out: NQuadsWriter, slug: str, day: date) -> None:
        self._world, self._out, self._slug, self._day = world, out, slug, day
        self._registers: Registers = world.registers
        self._chance: random.Random = world.chance
        self._incidents: list[str] = []
        self._number = 0
        self._thing = ""
        self._makers: dict[str, Callable[[], Pairs]] = {
            "IncidentAccount": self._account,
            "Labelling": self._labelling,
            "ZoneCoverage": self._coverage,
            "Position": self._position,
            "TerritorialControl": self._control,
            "ActorRelation": self._actor_relation,
            "PlaceRelation": self._place_relation,
            "Assessment": self._assessment,
            "ZoneBoundary": self._boundary,
            "Depiction": self._depiction,
            "StatementLink": self._statement_link,
            "Identity": self._identity,
            "Utterance": self._utterance,
        }

    def new(self, kind: str) -> str:
        """A proposition of this kind, described here."""
        self._thing = ""
        pairs = self._makers[kind]()
        if kind not in ("Assessment", "Position") and self._chance.random() < 0.15:
            pairs.append(self._gist())
        return self._described(kind, pairs)

    def about_zone(self, zone: str) -> tuple[str, str]:
        """The coverage and the label that come with the declaration of a zone."""
        coverage = self._described("ZoneCoverage", [("ck:zone", zone), *self._covered()])
        labelling = self._described("Labelling", [("ck:labelled", zone), ("ck:label", self._label())])
        return coverage, labelling

    def rival(self, said: Said) -> str:
        """Another proposition of the same kind about the same thing."""
        if said.kind == "IncidentAccount" and said.thing:
            return self._described(said.kind, self._account_of(said.thing))
        if said.kind == "Labelling" and said.thing:
            return self._described(said.kind, [("ck:labelled", said.thing), ("ck:label", self._label())])
        if said.kind == "ZoneCoverage" and said.thing:
            return self._described(said.kind, [("ck:zone", said.thing), *self._covered()])
        return self.new(said.kind)

    @property
    def last_thing(self) -> str:
        """The incident, zone or labelled thing of the proposition written last; empty for other kinds."""
        return self._thing

    def _described(self, kind: str, pairs: Pairs) -> str:
        self._number += 1
        proposition = self._registers.names.of("proposition", f"{self._slug}-{self._number}")
        self._out.typed(proposition, kind, *pairs)
        return proposition

    def _one(self, choices: list[str]) -> str:
        return choices[_RANKS[len(choices)].draw(self._chance)]

    def _gist(self) -> tuple[str, str]:
        return "ck:gist", nquads_writer.words(fake_text.sentence(self._chance))

    def _when(self, share: float) -> Pairs:
        if self._chance.random() > share:
            return []
        moment = edtf_dates.drawn(self._day, self._chance)
        return moment.pairs("ck:when", "ck:whenAsGiven", "ck:earliest", "ck:latest")

    def _label(self) -> str:
        return nquads_writer.words(skewed(_LABELS, self._chance))

    def _account(self) -> Pairs:
        known = self._incidents or self._world.incidents
        if known and self._chance.random() < 0.35:
            pool = known if self._chance.random() < 0.7 else self._world.incidents or known
            return self._account_of(recent(pool, self._chance))
        incident = self._registers.names.of("incident", f"{self._slug}-{len(self._incidents) + 1}")
        name = f"incident {len(self._incidents) + 1} of dossier {self._slug}"
        self._out.typed(incident, "Incident", ("skos:prefLabel", nquads_writer.words(name)))
        self._incidents.append(incident)
        self._world.incidents.append(incident)
        return self._account_of(incident)

    def _account_of(self, incident: str) -> Pairs:
        self._thing = incident
        chance, registers = self._chance, self._registers
        pairs = [("ck:incident", incident), ("ck:incidentType", self._one(INCIDENT_TYPES))]
        if chance.random() < 0.75:
            pairs.append(("ck:perpetrator", registers.actor()))
        if chance.random() < 0.45:
            pairs.append(("ck:target", registers.actor()))
        pairs.append(("ck:location" if chance.random() < 0.9 else "ck:near", registers.place()))
        if chance.random() < 0.04:
            pairs += [("ck:locationCandidate", registers.place()) for _ in range(2)]
        if chance.random() < 0.4:
            pairs.append(("ck:weapon", self._one(_WEAPONS)))
        if chance.random() < 0.35:
            pairs.append(("ck:count", self._count()))
        return list(dict.fromkeys(pairs)) + self._when(0.92)

    def _count(self) -> str:
        self._number += 1
        count = self._registers.names.of("count", f"{self._slug}-{self._number}")
        low = int(self._chance.paretovariate(0.9))
        wording, bounds = self._chance.choice(
            (
                (f"{low}", (("ck:minimum", low), ("ck:maximum", low))),
                (f"at least {low}", (("ck:minimum", low),)),
                (f"about {low}", (("ck:best", low),)),
                (f"{low} to {low * 2}", (("ck:minimum", low), ("ck:best", low + low // 2), ("ck:maximum", low * 2))),
            )
        )
        self._out.typed(
            count,
            "CountEstimate",
            ("ck:countOf", self._one(COUNTED)),
            ("ck:asGiven", nquads_writer.words(wording)),
            *((name, nquads_writer.number(value)) for name, value in bounds),
        )
        if self._chance.random() < 0.5:
            self._out.add(count, ("ck:among", self._one(_AMONG)))
        return count

    def _labelling(self) -> Pairs:
        zone = self._world.zones and self._chance.random() < 0.25
        self._thing = skewed(self._world.zones, self._chance) if zone else self._registers.actor()
        return [("ck:labelled", self._thing), ("ck:label", self._label())]

    def _coverage(self) -> Pairs:
        self._thing = skewed(self._world.zones, self._chance)
        return [("ck:zone", self._thing), *self._covered()]

    def _covered(self) -> Pairs:
        wide = self._chance.random() < 0.4
        places = self._registers.units if wide else self._registers.places
        return [("ck:place", skewed(places, self._chance)), ("ck:extent", self._one(_EXTENTS))]

    def _position(self) -> Pairs:
        kind = ("ck:positionKind", self._one(_POSITIONS))
        pairs = [("ck:actor", self._registers.actor()), kind, self._gist()]
        if self._chance.random() < 0.4:
            pairs.append(("ck:addressee", self._registers.actor()))
        return pairs + self._when(0.3)

    def _control(self) -> Pairs:
        kind = ("ck:controlKind", self._one(_CONTROLS))
        place, extent = self._covered()
        return [("ck:actor", self._registers.actor()), kind, place, extent, *self._when(0.7)]

    def _actor_relation(self) -> Pairs:
        relation = ("ck:relation", self._one(_ACTOR_RELATIONS))
        return [("ck:actor", self._registers.actor()), relation, ("ck:other", self._registers.actor())]

    def _place_relation(self) -> Pairs:
        relation = ("ck:relation", self._one(_PLACE_RELATIONS))
        return [("ck:place", self._registers.place()), relation, ("ck:other", self._registers.place())]

    def _assessment(self) -> Pairs:
        return [("ck:about", recent(self._world.said, self._chance).statement), self._gist()]

    def _boundary(self) -> Pairs:
        return [("ck:zone", skewed(self._world.zones, self._chance))]

    def _depiction(self) -> Pairs:
        shown = recent(self._world.said, self._chance).proposition
        return [("ck:medium", self._registers.source()), ("ck:shows", shown), *self._when(0.5)]

    def _statement_link(self) -> Pairs:
        one, other = (recent(self._world.said, self._chance).statement for _ in range(2))
        return [("ck:from", one), ("ck:link", self._one(_LINKS)), ("ck:to", other)]

    def _identity(self) -> Pairs:
        return [("ck:one", self._registers.actor()), ("ck:other", self._registers.actor())]

    def _utterance(self) -> Pairs:
        said = recent(self._world.said, self._chance)
        return [("ck:by", said.speaker), ("ck:utterance", said.statement)]

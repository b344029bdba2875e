"""The registers that dossiers point at: actors, places, points of places, sources."""

import random
from dataclasses import dataclass

from bench import fake_text, nquads_writer
from bench.nquads_writer import NQuadsWriter
from bench.sampling import Weighted, Zipf

_ACTOR_KINDS = Weighted({"State": 4, "Person": 36, "Organization": 25, "ArmedGroup": 30, "Coalition": 5})
_LEVELS = ("governorate", "district", "subdistrict")
_SETTLEMENTS = Weighted({"town": 70, "neighbourhood": 20, "city": 10})


@dataclass(frozen=True)
class Names:
    """How IRIs of generated data are made."""

    base: str

    def of(self, kind: str, slug: str) -> str:
        return f"<{self.base}id/{kind}/bench-{slug}>"

    def graph(self, slug: str) -> str:
        return f"<{self.base}graph/bench-{slug}>"

    @property
    def recorder(self) -> str:
        return f"<{self.base}id/actor/conflict-kg>"


class Registers:
    """Actors, places and sources in order of how often they are named."""

    def __init__(self, quads: int, names: Names, chance: random.Random) -> None:
        self.names, self._chance = names, chance
        self._predicates: dict[str, str] = {}
        self.actors = [names.of("actor", f"{number}") for number in range(max(60, quads // 1250))]
        self.publishers = [names.of("actor", f"outlet-{number}") for number in range(max(8, quads // 25_000))]
        self.sources = [names.of("source", f"series-{number}") for number in range(max(20, quads // 4000))]
        self.units: list[str] = []
        self.places: list[str] = []
        self._places_wanted = max(60, quads // 500)
        self._actor_ranks, self._publisher_ranks = Zipf(len(self.actors), 1.05), Zipf(len(self.publishers), 1.1)
        self._place_ranks = Zipf(self._places_wanted, 0.95)

    def lines(self) -> list[NQuadsWriter]:
        """The registers, as home graphs; to be called once."""
        return [self._actors(), *self._places_and_points(), self._sources()]

    def graph(self, slug: str) -> NQuadsWriter:
        return NQuadsWriter(self.names.graph(slug), self._predicates)

    def actor(self) -> str:
        return self.actors[self._actor_ranks.draw(self._chance)]

    def publisher(self) -> str:
        return self.publishers[self._publisher_ranks.draw(self._chance)]

    def place(self) -> str:
        return self.places[self._place_ranks.draw(self._chance)]

    def source(self) -> str:
        return self._chance.choice(self.sources)

    def _actors(self) -> NQuadsWriter:
        out = self.graph("actors")
        nquads_writer.described(out, "Reference", "Generated register of actors", self.names.recorder)
        for number, actor in enumerate(self.actors):
            kind = _ACTOR_KINDS.draw(self._chance)
            out.typed(actor, kind, ("skos:prefLabel", nquads_writer.words(fake_text.handle(number, kind))))
            if self._chance.random() < 0.3:
                out.add(actor, ("skos:hiddenLabel", nquads_writer.words(fake_text.handle(number, "party"))))
        for number, actor in enumerate(self.publishers):
            out.typed(actor, "Organization", ("skos:prefLabel", nquads_writer.words(fake_text.handle(number, "Daily"))))
        return out

    def _places_and_points(self) -> list[NQuadsWriter]:
        out, points = self.graph("places"), self.graph("points")
        nquads_writer.described(out, "Reference", "Generated register of places", self.names.recorder)
        authority = ("ck:authority", self.sources[0])
        nquads_writer.described(points, "Reference", "Generated points of places", self.names.recorder, authority)
        above = [self.names.of("place", "country")]
        self._place(out, above[0], "country", "")
        for level, count in zip(_LEVELS, (14, 56, 160), strict=True):
            count = max(4, min(count, self._places_wanted // 6))
            units = [self.names.of("place", f"{level}-{number}") for number in range(count)]
            for number, unit in enumerate(units):
                self._place(out, unit, level, above[number % len(above)])
            above = units
            self.units.extend(units)
        for number in range(self._places_wanted):
            place = self.names.of("place", f"{number}")
            self._place(out, place, _SETTLEMENTS.draw(self._chance), self._chance.choice(above))
            self.places.append(place)
            if self._chance.random() < 0.6:
                self._point(points, place, number)
        return [out, points]

    def _place(self, out: NQuadsWriter, place: str, kind: str, parent: str) -> None:
        name = fake_text.handle(len(out), kind)
        out.typed(
            place,
            "Place",
            ("skos:prefLabel", nquads_writer.words(name)),
            ("skos:prefLabel", nquads_writer.words(f"موقع {len(out)}", "ar")),
            ("ck:placeKind", nquads_writer.concept(f"place-kind/{kind}")),
        )
        if parent:
            out.add(
                place, ("ck:administrativeParent", parent), ("skos:notation", nquads_writer.plain(f"X{len(out):06}"))
            )

    def _point(self, out: NQuadsWriter, place: str, number: int) -> None:
        shape = f"POINT({36 + self._chance.random() * 5:.5f} {33 + self._chance.random() * 4:.5f})"
        wkt = f'"{shape}"^^{nquads_writer.iri("geo:wktLiteral")}'
        out.typed(self.names.of("geometry", f"{number}"), "Geometry", ("ck:geometryOf", place), ("geo:asWKT", wkt))

    def _sources(self) -> NQuadsWriter:
        out = self.graph("sources")
        nquads_writer.described(out, "Reference", "Generated register of sources", self.names.recorder)
        for number, source in enumerate(self.sources):
            kind = self._chance.choice(("article", "report", "dataset", "video"))
            out.typed(
                source,
                "Source",
                ("skos:prefLabel", nquads_writer.words(fake_text.handle(number, "series"))),
                ("ck:sourceKind", nquads_writer.concept(f"source-kind/{kind}")),
                ("dcterms:publisher", self.publisher()),
            )
        return out

"""The reference graphs that dossiers refer to: actors, places, coordinates of places, sources."""

import random
from dataclasses import dataclass

from bench import fake_text, nquads_writer
from bench.nquads_writer import NQuadsWriter
from bench.sampling import WeightedChoice, Zipf

_ACTOR_KINDS = WeightedChoice({"State": 4, "Person": 36, "Organization": 25, "ArmedGroup": 30, "Coalition": 5})
_LEVELS = ("governorate", "district", "subdistrict")
_SETTLEMENTS = WeightedChoice({"town": 70, "neighbourhood": 20, "city": 10})


@dataclass(frozen=True)
class IriMinter:
    """Creates the IRIs of generated data, in N-Triples syntax."""

    base: str

    def mint(self, kind: str, slug: str) -> str:
        return f"<{self.base}id/{kind}/bench-{slug}>"

    def graph(self, slug: str) -> str:
        return f"<{self.base}graph/bench-{slug}>"

    @property
    def recorder(self) -> str:
        return f"<{self.base}id/actor/conflict-kg>"


class ReferenceGraphs:
    """Actors, places and sources, the most frequent first."""

    def __init__(self, quads: int, iris: IriMinter, rng: random.Random) -> None:
        self.iris, self._rng = iris, rng
        self._predicates: dict[str, str] = {}
        self.actors = [iris.mint("actor", f"{number}") for number in range(max(60, quads // 1250))]
        self.publishers = [iris.mint("actor", f"outlet-{number}") for number in range(max(8, quads // 25_000))]
        self.sources = [iris.mint("source", f"series-{number}") for number in range(max(20, quads // 4000))]
        self.units: list[str] = []
        self.places: list[str] = []
        self._place_count = max(60, quads // 500)
        self._actor_ranks, self._publisher_ranks = Zipf(len(self.actors), 1.05), Zipf(len(self.publishers), 1.1)
        self._place_ranks = Zipf(self._place_count, 0.95)

    def write_graphs(self) -> list[NQuadsWriter]:
        """The reference graphs as named graphs. Call once."""
        return [self._write_actors(), *self._write_places(), self._write_sources()]

    def new_graph(self, slug: str) -> NQuadsWriter:
        return NQuadsWriter(self.iris.graph(slug), self._predicates)

    def sample_actor(self) -> str:
        return self.actors[self._actor_ranks.sample(self._rng)]

    def sample_publisher(self) -> str:
        return self.publishers[self._publisher_ranks.sample(self._rng)]

    def sample_place(self) -> str:
        return self.places[self._place_ranks.sample(self._rng)]

    def sample_source(self) -> str:
        return self._rng.choice(self.sources)

    def _write_actors(self) -> NQuadsWriter:
        out = self.new_graph("actors")
        nquads_writer.add_metadata(out, "Reference", "Generated actors", self.iris.recorder)
        for number, actor in enumerate(self.actors):
            kind = _ACTOR_KINDS.sample(self._rng)
            out.add_typed(actor, kind, ("skos:prefLabel", nquads_writer.english(fake_text.unique_label(number, kind))))
            if self._rng.random() < 0.3:
                out.add(actor, ("skos:hiddenLabel", nquads_writer.english(fake_text.unique_label(number, "party"))))
        for number, actor in enumerate(self.publishers):
            out.add_typed(
                actor,
                "Organization",
                ("skos:prefLabel", nquads_writer.english(fake_text.unique_label(number, "Daily"))),
            )
        return out

    def _write_places(self) -> list[NQuadsWriter]:
        out, points = self.new_graph("places"), self.new_graph("points")
        nquads_writer.add_metadata(out, "Reference", "Generated places", self.iris.recorder)
        authority = ("ck:authority", self.sources[0])
        nquads_writer.add_metadata(points, "Reference", "Generated points of places", self.iris.recorder, authority)
        parents = [self.iris.mint("place", "country")]
        self._write_place(out, parents[0], "country", "")
        for level, count in zip(_LEVELS, (14, 56, 160), strict=True):
            count = max(4, min(count, self._place_count // 6))
            units = [self.iris.mint("place", f"{level}-{number}") for number in range(count)]
            for number, unit in enumerate(units):
                self._write_place(out, unit, level, parents[number % len(parents)])
            parents = units
            self.units.extend(units)
        for number in range(self._place_count):
            place = self.iris.mint("place", f"{number}")
            self._write_place(out, place, _SETTLEMENTS.sample(self._rng), self._rng.choice(parents))
            self.places.append(place)
            if self._rng.random() < 0.6:
                self._write_point(points, place, number)
        return [out, points]

    def _write_place(self, out: NQuadsWriter, place: str, kind: str, parent: str) -> None:
        name = fake_text.unique_label(len(out), kind)
        out.add_typed(
            place,
            "Place",
            ("skos:prefLabel", nquads_writer.english(name)),
            ("skos:prefLabel", nquads_writer.lang_string(f"موقع {len(out)}", "ar")),
            ("ck:placeKind", nquads_writer.concept(f"place-kind/{kind}")),
        )
        if parent:
            out.add(
                place, ("ck:administrativeParent", parent), ("skos:notation", nquads_writer.string(f"X{len(out):06}"))
            )

    def _write_point(self, out: NQuadsWriter, place: str, number: int) -> None:
        shape = f"POINT({36 + self._rng.random() * 5:.5f} {33 + self._rng.random() * 4:.5f})"
        wkt = f'"{shape}"^^{nquads_writer.iri("geo:wktLiteral")}'
        out.add_typed(self.iris.mint("geometry", f"{number}"), "Geometry", ("ck:geometryOf", place), ("geo:asWKT", wkt))

    def _write_sources(self) -> NQuadsWriter:
        out = self.new_graph("sources")
        nquads_writer.add_metadata(out, "Reference", "Generated sources", self.iris.recorder)
        for number, source in enumerate(self.sources):
            kind = self._rng.choice(("article", "report", "dataset", "video"))
            out.add_typed(
                source,
                "Source",
                ("skos:prefLabel", nquads_writer.english(fake_text.unique_label(number, "series"))),
                ("ck:sourceKind", nquads_writer.concept(f"source-kind/{kind}")),
                ("dcterms:publisher", self.sample_publisher()),
            )
        return out

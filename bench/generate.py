"""Data of our model at a given size: many dossiers, the registers they point at, and the ontology.

``python -m bench.generate QUADS FILE`` writes N-Quads, and beside them ``FILE.json`` with values to put into queries.
The same size and seed give the same bytes. The data conforms to the shapes, and each resource is described in one
graph, so that the union of all graphs has no triple twice.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pyoxigraph as ox

from bench import fake_text, nquads_writer
from bench.dossiers import Dossier
from bench.generator_state import GeneratorState
from bench.propositions import COUNTED, INCIDENT_TYPES
from bench.registers import Names, Registers
from kg.knowledge_graph import load_shipped_schema
from kg.settings import DEFAULT_BASE_IRI

QUADS_A_ZONE = 2500
Values = dict[str, list[str]]


@dataclass
class Generator:
    """Generates once; ``values`` are complete when all chunks were taken."""

    quads: int
    seed: int = 1

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._registers = Registers(self.quads, Names(DEFAULT_BASE_IRI), self._chance)
        self._world = GeneratorState(self._registers, self._chance)
        self._statements: list[str] = []
        self.written = 0

    def chunks(self) -> Iterator[str]:
        """Whole home graphs as N-Quads, until there are at least as many quads as wanted."""
        ontology = _ontology()
        yield self._counted(len(ontology), "".join(ontology))
        for register in self._registers.lines():
            yield self._counted(len(register), register.text())
        number = 0
        while self.written < self.quads:
            number += 1
            dossier = Dossier(self._world, number, self.written / self.quads)
            due = self.written // QUADS_A_ZONE + 1 - len(self._world.zones)
            dossier.write(zones=min(4, max(0, due)))
            yield self._counted(len(dossier), dossier.text())
            self._statements.append(self._registers.names.of("statement", f"{number}-{7 + number % 40}"))

    def values(self) -> Values:
        """Terms, in N-Triples syntax, that queries are asked about: several of each kind, from frequent to rare."""
        world, registers = self._world, self._registers
        ranks = (1, 3, 7, 15, 30, 45, 55)
        return {
            "statement": _spread(self._statements, 48),
            "speaker": [registers.actors[rank] for rank in ranks],
            "labelled": [registers.actors[rank] for rank in ranks],
            "place": [registers.places[rank] for rank in ranks],
            "unit": registers.units[:4] + registers.units[4:24:3],
            "source": _spread(world.sources, 24),
            "incident": _spread(list(world.incidents), 16),
            "zone": _spread(world.zones, 40),
            # Without the few of which more is said than fits on a page.
            "ordinary_zone": _spread(world.zones[1 + len(world.zones) // 40 :], 100),
            "whole": _spread(world.chains, 24),
            "aspect": nquads_writer.concepts("aspect", ("attribution", "number", "target", "label", "extent")),
            "incidentType": INCIDENT_TYPES[:6],
            "counted": COUNTED,
            "word": [nquads_writer.plain(fake_text.rare_word(rank)) for rank in (2, 5, 11, 23, 47, 95)],
        }

    def _counted(self, quads: int, text: str) -> str:
        self.written += quads
        return text


def generate(quads: int, file: Path, seed: int = 1) -> int:
    """Write at least so many quads, and their values beside them; the number written."""
    generator = Generator(quads, seed)
    with file.open("w", encoding="utf-8") as out:
        out.writelines(generator.chunks())
    values_beside(file).write_text(json.dumps(generator.values(), indent=1, ensure_ascii=False), encoding="utf-8")
    return generator.written


def values_beside(file: Path) -> Path:
    """Where the values of a data file are."""
    return file.with_name(f"{file.name}.json")


def _ontology() -> list[str]:
    graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}ontology")
    quads = {ox.Quad(q.subject, q.predicate, q.object, graph) for q in load_shipped_schema(DEFAULT_BASE_IRI).ontology}
    return sorted(f"{quad} .\n" for quad in quads)


def _spread(items: list[str], count: int) -> list[str]:
    """At most ``count`` of them, evenly from first to last."""
    step = max(1, len(items) // count)
    return items[::step][:count]


@click.command()
@click.argument("quads", type=int)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seed", default=1, show_default=True, help="Another seed gives other data of the same kind.")
def main(quads: int, file: Path, seed: int) -> None:
    """Write at least QUADS quads to FILE, as N-Quads."""
    click.echo(f"{generate(quads, file, seed):,} quads in {file}", err=True)


if __name__ == "__main__":
    main()

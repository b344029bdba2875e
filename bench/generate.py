"""Generates data of a given size: the ontology, reference graphs, and many dossiers that refer to them.

``python -m bench.generate QUADS FILE`` writes N-Quads, and ``FILE.json`` with values for query parameters. The same
size and seed give the same bytes. The data conforms to the shapes, and each resource is described in one graph, so
that the union of all graphs contains no triple twice.
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
from bench.reference_graphs import IriMinter, ReferenceGraphs
from kg.knowledge_graph import load_shipped_schema
from kg.settings import DEFAULT_BASE_IRI

QUADS_PER_ZONE = 2500
QueryValues = dict[str, list[str]]


@dataclass
class Generator:
    """Single use; ``query_values`` are complete once all chunks are consumed."""

    quads: int
    seed: int = 1

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self._reference_graphs = ReferenceGraphs(self.quads, IriMinter(DEFAULT_BASE_IRI), self._rng)
        self._state = GeneratorState(self._reference_graphs, self._rng)
        self._statements: list[str] = []
        self.written = 0

    def generate_chunks(self) -> Iterator[str]:
        """Complete named graphs as N-Quads, until the number of quads is reached."""
        ontology = _ontology_lines()
        yield self._count_quads(len(ontology), "".join(ontology))
        for graph in self._reference_graphs.write_graphs():
            yield self._count_quads(len(graph), graph.text())
        number = 0
        while self.written < self.quads:
            number += 1
            dossier = Dossier(self._state, number, self.written / self.quads)
            due = self.written // QUADS_PER_ZONE + 1 - len(self._state.zones)
            dossier.write(zones=min(4, max(0, due)))
            yield self._count_quads(len(dossier), dossier.text())
            self._statements.append(self._reference_graphs.iris.mint("statement", f"{number}-{7 + number % 40}"))

    def query_values(self) -> QueryValues:
        """Parameters of queries in N-Triples syntax: several of each kind, from frequent to rare."""
        state, reference_graphs = self._state, self._reference_graphs
        ranks = (1, 3, 7, 15, 30, 45, 55)
        return {
            "statement": _sample_evenly(self._statements, 48),
            "speaker": [reference_graphs.actors[rank] for rank in ranks],
            "labelled": [reference_graphs.actors[rank] for rank in ranks],
            "place": [reference_graphs.places[rank] for rank in ranks],
            "unit": reference_graphs.units[:4] + reference_graphs.units[4:24:3],
            "source": _sample_evenly(state.sources, 24),
            "incident": _sample_evenly(list(state.incidents), 16),
            "zone": _sample_evenly(state.zones, 40),
            # Without the few whose statements exceed a page.
            "ordinary_zone": _sample_evenly(state.zones[1 + len(state.zones) // 40 :], 100),
            "whole": _sample_evenly(state.nested_statements, 24),
            "aspect": nquads_writer.concepts("aspect", ("attribution", "number", "target", "label", "extent")),
            "incidentType": INCIDENT_TYPES[:6],
            "counted": COUNTED,
            "word": [nquads_writer.string(fake_text.rare_word(rank)) for rank in (2, 5, 11, 23, 47, 95)],
        }

    def _count_quads(self, quads: int, text: str) -> str:
        self.written += quads
        return text


def generate(quads: int, file: Path, seed: int = 1) -> int:
    """Write at least so many quads and the file of query values; returns the number of quads."""
    generator = Generator(quads, seed)
    with file.open("w", encoding="utf-8") as out:
        out.writelines(generator.generate_chunks())
    values_path(file).write_text(json.dumps(generator.query_values(), indent=1, ensure_ascii=False), encoding="utf-8")
    return generator.written


def values_path(file: Path) -> Path:
    """The file of query values of a data file."""
    return file.with_name(f"{file.name}.json")


def _ontology_lines() -> list[str]:
    graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}ontology")
    quads = {ox.Quad(q.subject, q.predicate, q.object, graph) for q in load_shipped_schema(DEFAULT_BASE_IRI).ontology}
    return sorted(f"{quad} .\n" for quad in quads)


def _sample_evenly(items: list[str], count: int) -> list[str]:
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

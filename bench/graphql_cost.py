"""What the main request costs in GraphQL, beside the same data by SPARQL that was written by hand, both over HTTP."""

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import zones
from bench.client import posted
from bench.measuring import Disagreement
from bench.questions import ROWS
from bench.rows import Row
from bench.serving import Say, Served

COUNTS = (10, 50, 100)
_DISPUTED = 3
_PATH = "/graphql"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request for so many zones took; medians in milliseconds, from the first byte sent to the last read."""

    zones: int
    nodes: int
    """Objects in the answer, pages not counted."""
    queries: int
    """In SPARQL, that the server made of it."""
    graphql_ms: float
    attributed_ms: float
    """With status and attribution of everything as well, which the queries by hand do not give."""
    by_hand_ms: float

    @property
    def ratio(self) -> float:
        return self.graphql_ms / self.by_hand_ms

    @property
    def node_us(self) -> float:
        return self.graphql_ms * 1e3 / self.nodes


def costs(served: Sequence[tuple[Served, Path]], counts: Sequence[int], runs: int, say: Say) -> list[list[Cost]]:
    """For each server with the values of its data, what requests for so many zones cost; asked in turns.

    Fewer zones are asked for where there are not so many. Raises Disagreement when the two ways give different data.
    """
    asked = [_Asked(each, _ordinary(values)) for each, values in served]
    found: list[list[Cost]] = [[] for _ in asked]
    for count in counts:
        fitting = [(each, costs) for each, costs in zip(asked, found, strict=True) if each.has_more_for(count, costs)]
        trials = [_Trial(each.served, each.zones[:count]) for each, _ in fitting]
        for number in range(runs):
            for trial in trials:
                # A server that clears up after every second request shall not do so always in the same.
                trial.run(backwards=number % 2 == 1)
        for trial, (_, costs) in zip(trials, fitting, strict=True):
            costs.append(trial.cost())
            say(f"main request, {_told(costs[-1])}")
    return found


def _told(cost: Cost) -> str:
    return (
        f"{cost.zones} zones: {cost.nodes} nodes in {cost.queries} queries, GraphQL {cost.graphql_ms:.0f} ms "
        f"({cost.attributed_ms:.0f} with attribution), by hand {cost.by_hand_ms:.0f} ms"
    )


class _Asked:
    """A server with its zones, some first of which something is disputed.

    Otherwise few zones might need fewer queries than many, only because there is nothing to fetch of disputes; one more
    is needed where what disputes is not also said of a zone itself.
    """

    def __init__(self, served: Served, iris: list[str]) -> None:
        self.served = served
        disputed = zones.disputed(_Trial(served, iris).told)
        self.zones = list(dict.fromkeys([*disputed[:_DISPUTED], *iris]))

    def has_more_for(self, count: int, before: Sequence[Cost]) -> bool:
        return not before or before[-1].zones < min(count, len(self.zones))


class _Trial:
    """One set of zones, asked both ways. Raises Disagreement when they differ."""

    def __init__(self, served: Served, iris: Sequence[str]) -> None:
        self._served, self._zones = served, iris
        self._plain, self._attributed = (_posted(zones.document(iris, told=told)) for told in (False, True))
        self._times: dict[str, list[float]] = defaultdict(list)
        answer = self._answer()
        self._nodes = zones.count_nodes(answer["data"]["zones"])
        self._queries = int(answer["extensions"]["queries"])
        self.told = zones.told_by_graphql(answer["data"])
        self._by_hand = self._compared()

    def run(self, *, backwards: bool) -> None:
        """Ask once each way."""
        post = self._served.connection.post
        ways: list[tuple[str, Callable[[], object]]] = [
            ("graphql", lambda: post(self._plain)),
            ("by hand", lambda: [self._ask(query) for query in self._by_hand]),
            ("attributed", lambda: post(self._attributed)),
        ]
        for name, ask in reversed(ways) if backwards else ways:
            begun = time.perf_counter()
            ask()
            self._times[name].append((time.perf_counter() - begun) * 1e3)

    def cost(self) -> Cost:
        medians = {name: statistics.median(times) for name, times in self._times.items()}
        return Cost(
            zones=len(self._zones),
            nodes=self._nodes,
            queries=self._queries,
            graphql_ms=medians["graphql"],
            attributed_ms=medians["attributed"],
            by_hand_ms=medians["by hand"],
        )

    def _ask(self, query: str) -> bytes:
        return self._served.ask(query, ROWS)

    def _answer(self) -> zones.Node:
        answer: zones.Node = json.loads(self._served.connection.post(self._plain))
        if "errors" in answer:
            raise Disagreement(f"main request in GraphQL: {answer['errors'][:1]}")
        return answer

    def _compared(self) -> list[str]:
        """The queries by hand, whose answers say the same."""
        queries = zones.queries(self._zones)
        found = {name: self._same(name, query) for name, query in queries.items()}
        disputes = zones.query_of_disputes(found)
        self._same(zones.DISPUTES, disputes)
        return [*queries.values(), disputes]

    def _same(self, name: str, query: str) -> Sequence[Row]:
        told, by_hand = self.told[name], zones.told_by_sparql(self._ask(query))
        if told != by_hand:
            only = next(iter({*told} ^ {*by_hand}), "the same rows, other times each")
            found = f"{len(told)} rows of GraphQL, {len(by_hand)} of SPARQL by hand"
            raise Disagreement(f"main request, {name}: {found}; for example {only}")
        if not by_hand and name != zones.DISPUTES:
            raise Disagreement(f"main request, {name}: no rows at all")
        return by_hand


def _ordinary(values: Path) -> list[str]:
    return [text.strip("<>") for text in json.loads(values.read_text(encoding="utf-8"))["ordinary_zone"]]


def _posted(body: bytes) -> bytes:
    return posted(_PATH, body, "application/json", zones.GRAPHQL)

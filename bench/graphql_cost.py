"""What the main request costs in GraphQL, beside hand-written SPARQL for the same data, both over HTTP."""

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import zone_request
from bench.client import build_post
from bench.engine_server import EngineServer, Report
from bench.measurement import DisagreementError
from bench.query_set import RESULTS_JSON
from bench.result_rows import Row

COUNTS = (10, 50, 100)
_DISPUTED = 3
_PATH = "/graphql"


@dataclass(frozen=True, slots=True)
class RequestCost:
    """What one request for so many zones took: medians in milliseconds, from first byte sent to last byte read."""

    zones: int
    nodes: int
    """Objects in the response, without connections."""
    queries: int
    """SPARQL queries that the server made of it."""
    graphql_ms: float
    with_status_ms: float
    """With the status of every proposition, which, like its attribution, the hand-written queries do not return."""
    by_hand_ms: float

    @property
    def ratio(self) -> float:
        return self.graphql_ms / self.by_hand_ms

    @property
    def node_us(self) -> float:
        return self.graphql_ms * 1e3 / self.nodes


def measure_costs(
    servers: Sequence[tuple[EngineServer, Path]], counts: Sequence[int], runs: int, report: Report
) -> list[list[RequestCost]]:
    """For each server, given with the values of its data, the costs of requests for so many zones, made in turns.

    Uses fewer zones if the data has not as many. Raises DisagreementError if GraphQL and SPARQL return different data.
    """
    targets = [_Target(server, _load_zones(values)) for server, values in servers]
    results: list[list[RequestCost]] = [[] for _ in targets]
    for count in counts:
        pairs = [(target, costs) for target, costs in zip(targets, results, strict=True) if target.grows(count, costs)]
        trials = [_Trial(target.server, target.zones[:count]) for target, _ in pairs]
        for number in range(runs):
            for trial in trials:
                # Alternating, so that work a server does after every second request does not always hit the same one.
                trial.run(backwards=number % 2 == 1)
        for trial, (_, costs) in zip(trials, pairs, strict=True):
            costs.append(trial.cost())
            report(f"main request, {_format_cost(costs[-1])}")
    return results


def _format_cost(cost: RequestCost) -> str:
    return (
        f"{cost.zones} zones: {cost.nodes} nodes in {cost.queries} queries, GraphQL {cost.graphql_ms:.0f} ms "
        f"({cost.with_status_ms:.0f} with status), by hand {cost.by_hand_ms:.0f} ms"
    )


class _Target:
    """A server with the zones to request, disputed ones first.

    Otherwise a request for few zones might need fewer queries than one for many, because it has no disputes to fetch.
    """

    def __init__(self, server: EngineServer, iris: list[str]) -> None:
        self.server = server
        disputed = zone_request.find_disputed(_Trial(server, iris).rows)
        self.zones = list(dict.fromkeys([*disputed[:_DISPUTED], *iris]))

    def grows(self, count: int, costs: Sequence[RequestCost]) -> bool:
        """Whether ``count`` zones are more than were measured before."""
        return not costs or costs[-1].zones < min(count, len(self.zones))


class _Trial:
    """One set of zones, requested in GraphQL and in SPARQL. Raises DisagreementError if the results differ."""

    def __init__(self, server: EngineServer, iris: Sequence[str]) -> None:
        self._server, self._zones = server, iris
        self._plain = _build_request(zone_request.build_document(iris, with_status=False))
        self._with_status = _build_request(zone_request.build_document(iris, with_status=True))
        self._times: dict[str, list[float]] = defaultdict(list)
        result = self._execute()
        self._nodes = zone_request.count_nodes(result["data"]["zones"])
        self._queries = int(result["extensions"]["queries"])
        self.rows = zone_request.parse_graphql(result["data"])
        self._by_hand = self._compare_queries()

    def run(self, *, backwards: bool) -> None:
        """Make each request once."""
        send = self._server.connection.send
        requests: list[tuple[str, Callable[[], object]]] = [
            ("graphql", lambda: send(self._plain)),
            ("by hand", lambda: [self._query(query) for query in self._by_hand]),
            ("with status", lambda: send(self._with_status)),
        ]
        for name, request in reversed(requests) if backwards else requests:
            started = time.perf_counter()
            request()
            self._times[name].append((time.perf_counter() - started) * 1e3)

    def cost(self) -> RequestCost:
        medians = {name: statistics.median(times) for name, times in self._times.items()}
        return RequestCost(
            zones=len(self._zones),
            nodes=self._nodes,
            queries=self._queries,
            graphql_ms=medians["graphql"],
            with_status_ms=medians["with status"],
            by_hand_ms=medians["by hand"],
        )

    def _query(self, query: str) -> bytes:
        return self._server.query(query, RESULTS_JSON)

    def _execute(self) -> zone_request.Node:
        result: zone_request.Node = json.loads(self._server.connection.send(self._plain))
        if "errors" in result:
            raise DisagreementError(f"main request in GraphQL: {result['errors'][:1]}")
        return result

    def _compare_queries(self) -> list[str]:
        """The hand-written queries, checked to return the data of the GraphQL response."""
        queries = zone_request.build_queries(self._zones)
        rows = {name: self._require_same_rows(name, query) for name, query in queries.items()}
        disputes = zone_request.build_disputes_query(rows)
        self._require_same_rows(zone_request.DISPUTES, disputes)
        return [*queries.values(), disputes]

    def _require_same_rows(self, name: str, query: str) -> Sequence[Row]:
        rows, by_hand = self.rows[name], zone_request.parse_sparql(self._query(query))
        if rows != by_hand:
            example = next(iter({*rows} ^ {*by_hand}), "the same rows with other multiplicities")
            counts = f"{len(rows)} rows of GraphQL, {len(by_hand)} of SPARQL by hand"
            raise DisagreementError(f"main request, {name}: {counts}; for example {example}")
        if not by_hand and name != zone_request.DISPUTES:
            raise DisagreementError(f"main request, {name}: no rows")
        return by_hand


def _load_zones(values: Path) -> list[str]:
    return [text.strip("<>") for text in json.loads(values.read_text(encoding="utf-8"))["ordinary_zone"]]


def _build_request(body: bytes) -> bytes:
    return build_post(_PATH, body, "application/json", zone_request.MEDIA_TYPE)

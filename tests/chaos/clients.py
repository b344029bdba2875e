"""Writers and readers of one server, each a thread with a connection of its own, and what they were told.

A writer knows exactly what its graphs may contain; a reader notes which content it saw of which version. What the
server did meanwhile, and whether all that fits together at the end, is judged elsewhere.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import httpx
import pyoxigraph as ox

from bench.attacks.server import TOKEN
from tests.chaos.home_graphs import HOME_GRAPHS, LABEL, Quads, graph_of, recorders
from tests.chaos.writes import Plan, Write

_TIMEOUT_S = 60.0
_SETTLE_TIMEOUT_S = 120.0
_ABSENT = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
"""Of a graph that was never there, or is no more."""
_PAUSE_S = 0.25
"""After an answer that the server does not serve now: it starts the sooner."""
_NO_CHANGE = b"DELETE DATA { GRAPH <x:g> { <x:s> <x:p> <x:o> } }"
LABELS_QUERY = f"SELECT ?g ?s ?l {{ GRAPH ?g {{ ?s {LABEL} ?l }} FILTER(STRSTARTS(STR(?g), '{HOME_GRAPHS}')) }}"
_ORGANIZATIONS = "{ organizations(first: 100) { nodes { id prefLabel } } }"
_N_TRIPLES = "application/n-triples"


class UnexpectedError(AssertionError):
    """A client was told what cannot be right."""


class Course:
    """What all clients of a run share: where the server is, whether to go on, and what went wrong."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.is_over = threading.Event()
        self.failures: list[str] = []
        self.statuses: Counter[tuple[str, int]] = Counter()
        """How often which kind of write got which status; 0 is none, because the connection broke."""
        self._acknowledged, self._latest = 0, 0
        self._changed = threading.Condition()

    def connect(self) -> httpx.Client:
        """A client with one connection."""
        limits = httpx.Limits(max_connections=1)
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=_TIMEOUT_S, limits=limits
        )

    @property
    def latest(self) -> int:
        """The number of the latest version that anybody was told."""
        return self._latest

    @property
    def acknowledged(self) -> int:
        """How many writes were acknowledged."""
        return self._acknowledged

    def note_version(self, version: str) -> None:
        """A client was told this version: no later answer may be over an earlier one."""
        with self._changed:
            self._latest = max(self._latest, number_of(version))

    def note_status(self, kind: str, status: int) -> None:
        """A write got this status."""
        with self._changed:
            self.statuses[kind, status] += 1
            self._acknowledged += status in (200, 201, 204)
            self._changed.notify_all()

    def wait_for_writes(self, count: int, timeout_s: float) -> bool:
        """Whether so many more writes were acknowledged in time, and nothing has failed."""
        with self._changed:
            goal = self._acknowledged + count
            return self._changed.wait_for(
                lambda: self._acknowledged >= goal or bool(self.failures), timeout_s
            ) and not (self.failures)

    def wait_for_refusal(self, timeout_s: float) -> bool:
        """Whether another write failed for the server's sake in time."""
        with self._changed:
            before = self.server_errors
            return self._changed.wait_for(lambda: self.server_errors > before or bool(self.failures), timeout_s)

    @property
    def server_errors(self) -> int:
        """How many writes got a status of 500 or above."""
        return sum(count for (_, status), count in self.statuses.items() if status >= httpx.codes.INTERNAL_SERVER_ERROR)

    def fail(self, reason: str) -> None:
        """Something is wrong: end the run."""
        with self._changed:
            self.failures.append(reason)
            self._changed.notify_all()
        self.is_over.set()


@dataclass(slots=True)
class Step:
    """A write that was made: of what kind, what it left, and the version that was answered, if anything was."""

    kind: str
    after: Quads
    version: str = ""


class Client(threading.Thread):
    """A thread that goes on until the run is over, and ends the run if it fails."""

    def __init__(self, course: Course, name: str, act: Callable[[httpx.Client], None]) -> None:
        super().__init__(name=name)
        self.course, self._act = course, act

    def run(self) -> None:
        """Act again and again, on a new connection after each that broke."""
        while not self.course.is_over.is_set():
            try:
                with self.course.connect() as client:
                    while not self.course.is_over.is_set():
                        self._act(client)
            except httpx.TransportError:
                time.sleep(_PAUSE_S)
            except Exception as error:  # noqa: BLE001 -- a failure of the test, whatever it is
                self.course.fail(f"{self.name}: {error!r}")


class Writer(Client):
    """Sends the writes of a plan, and finds out after each whose end it was not told whether it was made."""

    def __init__(self, course: Course, plan: Plan, seed: str) -> None:
        super().__init__(course, f"writer of {plan.names}", self._write)
        self.plan, self._chance = plan, random.Random(seed)
        self.state: Quads = frozenset()
        self.steps: list[Step] = []
        """The writes that were made and have changed something, in order."""
        self.unknown = Counter[bool]()
        """How many writes whose end was not told were made, and how many not."""
        self._number = 0

    def _write(self, client: httpx.Client) -> None:
        self._number += 1
        write = self.plan.draw(self._number, self.state, self._chance)
        try:
            headers = self._condition(client) if self.plan.needs_condition else {}
            response = client.request(
                write.method,
                write.path,
                content=write.body or None,
                headers={
                    "Authorization": f"Bearer {TOKEN}",
                    "Accept": "application/json",
                    **({"Content-Type": write.media_type} if write.media_type else {}),
                    **headers,
                    **write.headers,
                },
            )
        except httpx.TransportError:
            self.course.note_status(write.kind, 0)
            self._settle(write)
            return
        self.course.note_status(write.kind, response.status_code)
        self._take(write, response)

    def _condition(self, client: httpx.Client) -> Mapping[str, str]:
        """Which version of its graph the writer has seen. Raises httpx.TransportError."""
        response = client.head(f"/graph/{self.plan.names[0]}", headers={"Accept": _N_TRIPLES})
        if response.status_code == httpx.codes.OK:
            return {"If-Match": response.headers["ETag"]}
        if response.status_code not in _ABSENT:
            raise httpx.ReadError("not known now")
        return {"If-None-Match": "*"}

    def _take(self, write: Write, response: httpx.Response) -> None:
        status = response.status_code
        if write.refusals and status in write.refusals:
            return
        if response.is_success and not write.refusals:
            version = response.headers["Dataset-Version"]
            self.course.note_version(version)
            self._made(write, version)
            return
        problem = response.json().get("type", "")
        is_stopped = status in (502, 503, 504, 507) or problem.endswith("#ingest-limit")
        if not is_stopped:
            raise UnexpectedError(f"{write.kind}: status {status}: {response.text[:1000]}")
        self._settle(write, is_open=status == httpx.codes.SERVICE_UNAVAILABLE and problem.endswith("#in-doubt"))

    def _made(self, write: Write, version: str = "") -> None:
        if write.after != self.state:
            self.steps.append(Step(write.kind, write.after, version))
        self.state = write.after

    def _settle(self, write: Write, *, is_open: bool = True) -> None:
        """Find out whether the write was made; ``is_open``: whether it may have been."""
        found = self._read_settled()
        if found is None:
            return  # the run is over, with a failure
        if found == self.state:
            self.unknown[False] += is_open
            return
        if found != write.after or not is_open:
            kind = "a part" if is_open else "a change that was refused"
            raise UnexpectedError(f"{write.kind}: {kind} was made: {_compare(found, self.state, write.after)}")
        self.unknown[True] += 1
        self._made(write)

    def _read_settled(self) -> Quads | None:
        """What the graphs contain, once the server has made what it has recorded."""
        deadline = time.monotonic() + _SETTLE_TIMEOUT_S
        while time.monotonic() < deadline and not self.course.failures:
            try:
                with self.course.connect() as client:
                    ready = client.get("/readyz")
                    if ready.is_success:
                        return read_graphs(client, self.plan.names)
                    if "recorded" in ready.text:  # in doubt, until the next write
                        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
                        client.post("/sparql", content=_NO_CHANGE, headers=headers)
            except httpx.HTTPError:
                pass
            time.sleep(_PAUSE_S)
        if not self.course.failures:
            raise UnexpectedError(f"the server does not write again within {_SETTLE_TIMEOUT_S:.0f} s")
        return None


class Reader(Client):
    """Reads again and again; notes the content that it saw of each version."""

    def __init__(
        self,
        course: Course,
        name: str,
        path: str,
        parameters: Mapping[str, str],
        accept: str,
        read_lines: Callable[[bytes], list[bytes]] = bytes.splitlines,
    ) -> None:
        """``read_lines``: what an answer says, in any order."""
        super().__init__(course, f"reader of {name}", self._read)
        self._path, self._parameters, self._accept, self._read_lines = path, parameters, accept, read_lines
        self.seen: dict[str, str] = {}
        """The digest of the content by version."""
        self.count = 0
        self.refusals = Counter[int]()
        """How often there was no answer, by status."""

    def _read(self, client: httpx.Client) -> None:
        earliest = self.course.latest
        response = client.get(self._path, params=self._parameters, headers={"Accept": self._accept})
        if response.status_code in (502, 503, 504, *_ABSENT):
            self.refusals[response.status_code] += 1
            time.sleep(_PAUSE_S)
            return
        response.raise_for_status()
        version = response.headers["Dataset-Version"]
        if number_of(version) < earliest:
            raise UnexpectedError(f"version {version} was read after version {earliest} had been told")
        self.course.note_version(version)
        content = digest_of(self._read_lines(response.content))
        if self.seen.setdefault(version, content) != content:
            raise UnexpectedError(f"version {version} has two contents")
        self.count += 1


@dataclass(slots=True)
class Clients:
    """The writers and readers of a run."""

    course: Course
    writers: list[Writer]
    label_readers: list[Reader]
    graphql_reader: Reader
    graph_readers: dict[str, Reader] = field(default_factory=dict)
    """By the name of the graph."""

    @classmethod
    def create(cls, course: Course, plans: list[Plan], seed: int) -> "Clients":
        """A writer for each plan, two readers of all labels, one of GraphQL, and one of a whole graph."""
        writers = [Writer(course, plan, f"{seed} {plan.names}") for plan in plans]
        labels = [Reader(course, "labels", "/sparql", {"query": LABELS_QUERY}, "text/csv") for _ in range(2)]
        graphql = Reader(
            course, "GraphQL", "/graphql", {"query": _ORGANIZATIONS}, "application/json", _read_organizations
        )
        name = plans[0].names[0]
        return cls(course, writers, labels, graphql, {name: Reader(course, name, f"/graph/{name}", {}, _N_TRIPLES)})

    @property
    def readers(self) -> list[Reader]:
        """All that read."""
        return [*self.label_readers, self.graphql_reader, *self.graph_readers.values()]

    @property
    def all(self) -> list[Client]:
        """All threads."""
        return [*self.writers, *self.readers]

    def start(self) -> None:
        """Begin; the server runs."""
        with self.course.connect() as client:
            headers = {"Content-Type": "application/n-triples", "Authorization": f"Bearer {TOKEN}"}
            content = ox.serialize((quad.triple for quad in recorders()), format=ox.RdfFormat.N_TRIPLES)
            client.put("/graph/recorders", content=content, headers=headers).raise_for_status()
        for thread in self.all:
            thread.start()

    def end(self) -> None:
        """Let each end what it is doing."""
        self.course.is_over.set()
        for client in self.all:
            client.join()


def _read_organizations(content: bytes) -> list[bytes]:
    nodes = json.loads(content)["data"]["organizations"]["nodes"]
    return [f"{node['id']},{node['prefLabel']}".encode() for node in nodes]


def read_graphs(client: httpx.Client, names: tuple[str, ...]) -> Quads:
    """What the graphs of these names contain. Raises httpx.HTTPError."""
    quads: set[ox.Quad] = set()
    for name in names:
        response = client.get(f"/graph/{name}", headers={"Accept": _N_TRIPLES})
        if response.status_code in _ABSENT:
            continue
        response.raise_for_status()
        triples = ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)
        quads |= {ox.Quad(quad.subject, quad.predicate, quad.object, graph_of(name)) for quad in triples}
    return frozenset(quads)


def number_of(version: str) -> int:
    """The number of the commit of a version."""
    return int(version.partition("-")[0])


def digest_of(lines: list[bytes]) -> str:
    """Of the lines in any order."""
    return sha256(b"\n".join(sorted(lines))).hexdigest()


def _compare(found: Quads, before: Quads, after: Quads) -> str:
    rows = {
        "missing": (before & after) - found,
        "of neither": found - before - after,
        "old": found & before - after,
        "new": found & after - before,
    }
    return "; ".join(
        f"{name}: {[str(quad)[:200] for quad in sorted(quads, key=str)][:3]}" for name, quads in rows.items()
    )

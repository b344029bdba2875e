"""One run over several engines: loaded one after the other, then asked in turns, so that noise hits all alike."""

import contextlib
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import crowd, rows
from bench.client import Connection
from bench.crowd import Flow
from bench.engines import TIMEOUT_S, Engine
from bench.processes import disk_mb, free_port, memory_mb, running, settle
from bench.questions import PAGE, POINT, ROWS, Question, named

_PROBE = "SELECT * WHERE { ?zone a <https://w3id.org/conflict-kg/ontology#Zone> } LIMIT 1"
_MIX = {POINT: 8, "parts": 3, "labels": 3, "two-hops": 3, PAGE: 2, "below-unit": 1}
MIX = "mix"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured; every measurement ends by one of these bounds."""

    runs: int = 9
    """Warm runs of each query at least, over all its texts."""
    texts: int = 6
    """Texts of each query that are asked."""
    patience_s: float = 40.0
    """Time for all runs of one query, all engines together; three runs of each are made whatever they take."""
    crowd_s: int = 6


@dataclass(slots=True)
class Figures:
    """What was measured of one engine. Times are milliseconds, sizes 10^6 bytes."""

    load_s: float = 0.0
    start_s: float = 0.0
    """From the start of the server to its first answer, and to when it has nothing more to do."""
    settled_s: float = 0.0
    disk_mb: int = 0
    memory_loaded_mb: int = 0
    memory_used_mb: int = 0
    latency_ms: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)


@dataclass(slots=True)
class Served:
    """An engine that answers, with the connection that it is asked on."""

    engine: Engine
    process: subprocess.Popen[bytes]
    port: int
    connection: Connection
    figures: Figures


class Disagreement(Exception):
    """Engines gave different rows, or one gave none."""


@contextlib.contextmanager
def serving(engine: Engine, data: Path, work: Path, say: Say) -> Iterator[Served]:
    """The engine, loaded into a directory of its own and answering."""
    figures = Figures()
    directory, log = work / engine.name, work / f"{engine.name}.log"
    directory.mkdir()
    say(f"{engine.name}: loading")
    figures.load_s = engine.load(data, directory).run(log, 60 * TIMEOUT_S)
    port = free_port()
    started = time.monotonic()
    with running(engine.serve(directory, port), log) as process, contextlib.ExitStack() as open_connections:
        connection = open_connections.enter_context(_connected(engine, process, port, log))
        figures.start_s = time.monotonic() - started
        figures.settled_s = figures.start_s + settle(process, TIMEOUT_S)
        figures.memory_loaded_mb, figures.disk_mb = memory_mb(process), disk_mb(directory)
        say(
            f"{engine.name}: loaded in {figures.load_s:.1f} s, answers after {figures.start_s:.1f} s, "
            f"settled after {figures.settled_s:.1f} s, {figures.memory_loaded_mb} MB"
        )
        yield Served(engine, process, port, connection, figures)


def _connected(engine: Engine, process: subprocess.Popen[bytes], port: int, log: Path) -> Connection:
    """A connection, once the probe finds data in the default graph. Raises RuntimeError after the time-out."""
    deadline = time.monotonic() + TIMEOUT_S
    failure: object = "no data in the default graph"
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            connection = Connection(port, engine.path, TIMEOUT_S)
            try:
                if rows.count(connection.ask(_PROBE.encode(), ROWS), ROWS):
                    return connection
            except (OSError, RuntimeError) as error:
                failure = error
            connection.__exit__()
        time.sleep(0.1)
    raise RuntimeError(f"{engine.name} does not answer: {failure}\n{log.read_text(errors='replace')[-2000:]}")


def measured(served: Sequence[Served], asked: Sequence[Question], effort: Effort, work: Path, say: Say) -> None:
    """Fill in the figures of all engines. Raises Disagreement, OSError or RuntimeError."""
    asked = [Question(each.name, each.media_type, each.texts[: effort.texts]) for each in asked]
    for question in asked:
        _compare(served, question)
        _time(served, question, effort)
        times = "  ".join(f"{each.engine.name} {each.figures.latency_ms[question.name]:.2f}" for each in served)
        say(f"{question.name}: {served[0].figures.rows[question.name]} rows, ms: {times}")
    for each in served:
        each.figures.memory_used_mb = memory_mb(each.process)
    for name, texts in _crowds(asked).items():
        for each in served:
            flow = crowd.flow(each.port, each.engine.path, texts, effort.crowd_s, work)
            each.figures.flows[name] = flow
            say(f"{crowd.CLIENTS} clients, {name}: {each.engine.name} {flow.per_second:.0f}/s, {flow.errors} errors")


def _compare(served: Sequence[Served], question: Question) -> None:
    """All engines give the same rows; this also warms them up."""
    for text in question.texts:
        answers = [
            rows.rows(each.connection.ask(text.encode(), question.media_type), question.media_type) for each in served
        ]
        for each, answer in zip(served, answers, strict=True):
            each.figures.rows[question.name] = each.figures.rows.get(question.name, 0) + len(answer)
            if answer != answers[0]:
                only = next(iter({*answer} ^ {*answers[0]}), "the same rows, other times each")
                found = f"{len(answers[0])} rows of {served[0].engine.name}, {len(answer)} of {each.engine.name}"
                raise Disagreement(f"{question.name}: {found}; for example {only}\n{text}")
    if not served[0].figures.rows[question.name]:
        raise Disagreement(f"{question.name}: no rows at all")


def _time(served: Sequence[Served], question: Question, effort: Effort) -> None:
    times: Mapping[str, list[float]] = {each.engine.name: [] for each in served}
    rounds = -(-effort.runs // len(question.texts))
    deadline = time.monotonic() + effort.patience_s
    for text in [text.encode() for _ in range(rounds) for text in question.texts]:
        if time.monotonic() > deadline and len(times[served[0].engine.name]) >= 3:
            break
        for each in served:
            begun = time.perf_counter()
            each.connection.ask(text, question.media_type)
            times[each.engine.name].append((time.perf_counter() - begun) * 1e3)
    for each in served:
        each.figures.latency_ms[question.name] = statistics.median(times[each.engine.name])


def _crowds(asked: Sequence[Question]) -> dict[str, list[str]]:
    mix = [text for name, times in _MIX.items() for text in (list(named(asked, name).texts) * times)[:times]]
    return {POINT: list(named(asked, POINT).texts), PAGE: list(named(asked, PAGE).texts), MIX: mix}

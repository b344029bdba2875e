"""One run over several engines: asked in turns, so that noise hits all alike.

Ours and oxigraph have to give the same rows, or nothing is measured. Others may fail at a query: that is told, and the
query is left out of what is compared with them.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import rows, throughput
from bench.questions import PAGE, POINT, Question, named
from bench.rows import Row
from bench.serving import Say, Served

MIX = "mix"
_MIX = {POINT: 8, "parts": 3, "labels": 3, "two-hops": 3, PAGE: 2, "below-unit": 1}
CROWDS: Mapping[str, Mapping[str, int]] = {POINT: {POINT: 0}, PAGE: {PAGE: 0}, MIX: _MIX}
"""The queries of each crowd, with how many texts of each; none for all that there are."""


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


class Disagreement(Exception):
    """Engines gave different rows, or one gave none."""


def measured(served: Sequence[Served], asked: Sequence[Question], effort: Effort, work: Path, say: Say) -> None:
    """Fill in the figures of all engines, ours first. Raises Disagreement, OSError or RuntimeError."""
    asked = [Question(each.name, each.media_type, each.texts[: effort.texts]) for each in asked]
    for question in asked:
        _compare(served, question, say)
        _time(served, question, effort, say)
        times = "  ".join(f"{each.engine.name} {_shown(each, question.name)}" for each in served)
        say(f"{question.name}: {served[0].figures.rows[question.name]} rows, ms: {times}")
    for each in served:
        each.figures.memory_used_mb = each.memory_mb()
    for name, queries in CROWDS.items():
        texts = [text for query, times in queries.items() for text in _repeated(named(asked, query).texts, times)]
        for each in served:
            if not queries.keys() & each.figures.failed.keys():
                _flow(each, name, texts, effort, work, say)


def _shown(served: Served, name: str) -> str:
    latency = served.figures.latency_ms.get(name)
    return "-" if latency is None else f"{latency:.2f}"


def _repeated(texts: Sequence[str], times: int) -> list[str]:
    return (list(texts) * times)[:times] if times else list(texts)


def _flow(served: Served, name: str, texts: Sequence[str], effort: Effort, work: Path, say: Say) -> None:
    flow = throughput.flow(served.port, [served.engine.request(text) for text in texts], effort.crowd_s, work)
    served.figures.flows[name] = flow
    say(f"{throughput.CLIENTS} clients, {name}: {served.engine.name} {flow.per_second:.0f}/s, {flow.errors} errors")
    if flow.errors:
        say("\n".join((f"  errors by kind: {dict(flow.kinds)}", *served.refusals())))


def _compare(served: Sequence[Served], question: Question, say: Say) -> None:
    """All engines give the same rows; this also warms them up."""
    first = served[0]
    for text in question.texts:
        expected = _rows(first, question, text)
        first.figures.rows[question.name] = first.figures.rows.get(question.name, 0) + len(expected)
        for each in served[1:]:
            if question.name not in each.figures.failed:
                _attempt(each, question, say, partial(_agrees, each, question, text, expected))
    if not first.figures.rows[question.name]:
        raise Disagreement(f"{question.name}: no rows at all")


def _agrees(served: Served, question: Question, text: str, expected: Sequence[Row]) -> None:
    answer = _rows(served, question, text)
    if answer != expected:
        only = next(iter({*answer} ^ {*expected}), "the same rows, other times each")
        raise Disagreement(f"{len(answer)} rows, {len(expected)} of ours; for example {only}")
    served.figures.rows[question.name] = served.figures.rows.get(question.name, 0) + len(answer)


def _rows(served: Served, question: Question, text: str) -> list[Row]:
    return rows.rows(served.ask(text, question.media_type), question.media_type)


def _attempt(served: Served, question: Question, say: Say, action: Callable[[], None]) -> None:
    """What goes wrong is an error with the engines that are judged; of the others it is told."""
    try:
        action()
    except (Disagreement, OSError, RuntimeError, ValueError) as error:
        name = served.engine.name
        if served.engine.is_judged:
            raise Disagreement(f"{question.name}, {name}: {error}") from error
        # Where only one text cannot be answered, nothing that was counted before may stay.
        served.figures.rows.pop(question.name, None)
        served.figures.failed[question.name] = _reason(error)
        say(f"{question.name}: {name} is not measured: {served.figures.failed[question.name]}")
        if not isinstance(error, Disagreement):
            # A query that was given up may go on for hours and hold up all that come after it.
            served.restart()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{'other rows: ' if isinstance(error, Disagreement) else 'no answer: '}{str(error)[:300]}"


def _time(served: Sequence[Served], question: Question, effort: Effort, say: Say) -> None:
    times: Mapping[str, list[float]] = {each.engine.name: [] for each in served}
    rounds = -(-effort.runs // len(question.texts))
    deadline = time.monotonic() + effort.patience_s
    for text in [text for _ in range(rounds) for text in question.texts]:
        if time.monotonic() > deadline and len(times[served[0].engine.name]) >= 3:
            break
        for each in served:
            if question.name not in each.figures.failed:
                _attempt(each, question, say, partial(_timed, each, question, text, times[each.engine.name]))
    for each in served:
        if question.name not in each.figures.failed:
            each.figures.latency_ms[question.name] = statistics.median(times[each.engine.name])


def _timed(served: Served, question: Question, text: str, times: list[float]) -> None:
    whole = served.engine.request(text, question.media_type)
    begun = time.perf_counter()
    served.connection.post(whole)
    times.append((time.perf_counter() - begun) * 1e3)

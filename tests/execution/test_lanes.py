"""Who gets which worker: short queries find a way, kinds are remembered, queues are bounded."""

import time
from dataclasses import replace
from typing import cast

import pytest

from kg.errors import OverloadedError
from kg.execution import scheduler
from kg.execution.scheduler import ExpectedDuration, Job, Scheduler, fingerprint
from kg.execution.worker_handle import WorkerHandle

LONG_S = 10.0


class Worker:
    """A worker that computes as much as the test says."""

    def __init__(self) -> None:
        self.version = 0
        self.computed = 0.0
        self.makes_way = False

    def make_way(self, *, for_others: bool) -> None:
        self.makes_way = for_others

    def computed_s(self) -> float:
        return self.computed


def ticket(kind: int) -> Job:
    return Job(kind, 0, time.monotonic() + 60, lambda: None)


def entered(made: Scheduler, kind: int) -> Job:
    one = ticket(kind)
    made.enter(one)
    return one


def made_of(workers: int, queue_length: int = 10) -> Scheduler:
    made = Scheduler(workers, queue_length, 1)
    for _ in range(workers):
        made.offer(cast(WorkerHandle, Worker()))
    return made


def computes(one: Job, seconds: float) -> None:
    assert one.worker is not None
    cast(Worker, one.worker).computed += seconds
    one.started -= seconds


def ends(made: Scheduler, one: Job) -> None:
    assert one.worker is not None
    assert made.leave(one)
    made.offer(one.worker)


def taught(made: Scheduler, kind: int, seconds: float) -> None:
    one = entered(made, kind)
    computes(one, seconds)
    ends(made, one)


def test_long_ones_leave_half_of_the_workers_to_others() -> None:
    made = made_of(4)
    taught(made, 1, LONG_S)
    long = [entered(made, 1) for _ in range(4)]
    assert [each.worker is not None for each in long] == [True, True, False, False]
    assert entered(made, 2).worker is not None
    assert entered(made, 3).worker is None
    taught_quick = made_of(4)
    taught(taught_quick, 9, 0.0)
    for kind in range(3):
        entered(taught_quick, kind)
    assert entered(taught_quick, 7).worker is None
    assert entered(taught_quick, 9).worker is not None


def test_one_that_turns_long_makes_way_only_for_somebody() -> None:
    made = made_of(2)
    first, second = entered(made, 1), entered(made, 2)
    for each in (first, second):
        computes(each, LONG_S)
    assert made.overstaying(time.monotonic()) == []
    assert first.lane is ExpectedDuration.LONG
    assert cast(Worker, first.worker).makes_way
    waiting = entered(made, 3)
    assert made.overstaying(time.monotonic()) == [second]
    ends(made, second)
    assert waiting.worker is not None
    made.again(second)
    assert second.lane is ExpectedDuration.LONG


def test_one_that_streams_stays_but_needs_a_place_of_the_long_ones() -> None:
    made = made_of(4)
    taught(made, 9, 0.0)
    running = [entered(made, kind) for kind in range(3)]
    running.append(entered(made, 9))
    assert [made.settle(each) for each in reversed(running)] == [True, True, False, False]
    assert [made.settle(each) for each in reversed(running)] == [True, True, False, False]
    for each in running:
        computes(each, LONG_S)
    entered(made, 9)
    assert made.overstaying(time.monotonic()) == [running[1]]
    ends(made, running[3])
    assert not made.settle(running[3])
    assert made.settle(running[0])


def test_those_that_wait_move_when_their_kind_is_known() -> None:
    made = made_of(1)
    running = entered(made, 1)
    alike, other = entered(made, 1), entered(made, 2)
    computes(running, LONG_S)
    made.overstaying(time.monotonic())
    assert (alike.lane, other.lane) == (ExpectedDuration.LONG, ExpectedDuration.UNKNOWN)


def test_one_slow_run_of_a_quick_kind_is_forgiven() -> None:
    made = made_of(2)
    for _ in range(5):
        taught(made, 1, 0.0)
    taught(made, 1, LONG_S)
    assert entered(made, 1).lane is ExpectedDuration.QUICK


def test_queues_are_bounded_each_for_itself() -> None:
    made = made_of(1, queue_length=2)
    taught(made, 1, LONG_S)
    running = [entered(made, 1) for _ in range(3)]
    with pytest.raises(OverloadedError):
        made.enter(ticket(1))
    waiting = entered(made, 2)
    assert made.waiting == 3
    computes(running[0], LONG_S)
    ends(made, running[0])
    assert running[1].worker is not None
    assert waiting.worker is None


def test_those_who_waited_too_long_are_told() -> None:
    made = made_of(1)
    entered(made, 1)
    late = entered(made, 2)
    late.deadline = 0.0
    made.refuse_late(time.monotonic())
    assert isinstance(late.error, OverloadedError)
    assert made.waiting == 0


def test_a_worker_that_is_too_old_is_not_given() -> None:
    made = made_of(1)
    one = replace(ticket(1), needed=1)
    made.enter(one)
    assert one.worker is None
    assert len(made.take_idle(older_than=1)) == 1


def test_kinds_differ_in_more_than_names_and_values() -> None:
    point = "SELECT ?p ?o { <http://a/1> ?p ?o }"
    assert fingerprint(point) == fingerprint("SELECT ?x ?y  # other\n{ <http://b> ?x ?y }")
    assert fingerprint(point) != fingerprint("SELECT ?p ?o { <http://a/1> ?p ?o . ?o ?q ?r }")


def test_only_so_many_kinds_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "_KINDS_KEPT", 10)
    made = made_of(1)
    for kind in range(100):
        taught(made, kind, 0.0)
    assert len(made._kinds) == 10  # noqa: SLF001 - not observable from outside

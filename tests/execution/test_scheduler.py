"""Which query gets which worker: short ones keep a way through, durations are learnt, queues are bounded."""

import time
from dataclasses import replace
from typing import cast

import pytest
from scheduler_simulation import SimulatedWorker

from kg.errors import OverloadedError
from kg.execution.durations import ExpectedDuration
from kg.execution.fingerprint import fingerprint
from kg.execution.scheduler import Job, Scheduler
from kg.execution.worker_handle import WorkerHandle

LONG_S = 10.0


def make_job(fingerprint: int, client: str = "", deadline_s: float = 60.0) -> Job:
    return Job(fingerprint, 0, time.monotonic() + deadline_s, lambda: None, client)


def submit(scheduler: Scheduler, fingerprint: int, client: str = "", deadline_s: float = 60.0) -> Job:
    job = make_job(fingerprint, client, deadline_s)
    scheduler.submit(job)
    return job


def make_scheduler(workers: int, queue_length: int = 10, max_retry_after: int = 1) -> Scheduler:
    scheduler = Scheduler(workers, queue_length, max_retry_after)
    for _ in range(workers):
        scheduler.add_idle(cast(WorkerHandle, SimulatedWorker()))
    return scheduler


def compute(job: Job, seconds: float) -> None:
    assert job.worker is not None
    cast(SimulatedWorker, job.worker).used_s += seconds
    job.started -= seconds
    job.charged_until -= seconds


def have_workers(*jobs: Job) -> list[bool]:
    return [job.worker is not None for job in jobs]


def finish(scheduler: Scheduler, job: Job) -> None:
    assert job.worker is not None
    assert scheduler.remove(job)
    scheduler.add_idle(job.worker)


def teach(scheduler: Scheduler, fingerprint: int, seconds: float, client: str = "") -> None:
    job = submit(scheduler, fingerprint, client)
    compute(job, seconds)
    finish(scheduler, job)


def test_long_jobs_leave_half_of_the_workers_to_others() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 1, LONG_S)
    long = [submit(scheduler, 1) for _ in range(4)]
    assert have_workers(*long) == [True, True, False, False]
    assert submit(scheduler, 2).worker is not None
    assert submit(scheduler, 3).worker is None


def test_unknown_jobs_leave_a_worker_to_short_ones() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 9, 0.0)
    for unknown in range(3):
        submit(scheduler, unknown)
    assert submit(scheduler, 7).worker is None
    assert submit(scheduler, 9).worker is not None


def test_job_that_turns_out_long_is_preempted_only_if_another_waits() -> None:
    scheduler = make_scheduler(2)
    first, second = submit(scheduler, 1), submit(scheduler, 2)
    for job in (first, second):
        compute(job, LONG_S)
    assert scheduler.select_preempted(time.monotonic()) == []
    assert first.duration is ExpectedDuration.LONG
    assert cast(SimulatedWorker, first.worker).has_low_priority
    waiting = submit(scheduler, 3)
    assert scheduler.select_preempted(time.monotonic()) == [second]
    finish(scheduler, second)
    assert waiting.worker is not None
    scheduler.resubmit(second)
    assert second.duration is ExpectedDuration.LONG


def test_streaming_job_stays_but_needs_the_slot_of_a_long_one() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 9, 0.0)
    running = [submit(scheduler, number) for number in range(3)]
    running.append(submit(scheduler, 9))
    assert [scheduler.make_long(job) for job in reversed(running)] == [True, True, False, False]
    assert [scheduler.make_long(job) for job in reversed(running)] == [True, True, False, False]
    for job in running:
        compute(job, LONG_S)
    submit(scheduler, 9)
    assert scheduler.select_preempted(time.monotonic()) == [running[1]]
    finish(scheduler, running[3])
    assert not scheduler.make_long(running[3])
    assert scheduler.make_long(running[0])


def test_waiting_jobs_change_queues_when_their_duration_is_known() -> None:
    scheduler = make_scheduler(1)
    running = submit(scheduler, 1)
    alike, other = submit(scheduler, 1), submit(scheduler, 2)
    compute(running, LONG_S)
    scheduler.select_preempted(time.monotonic())
    assert (alike.duration, other.duration) == (ExpectedDuration.LONG, ExpectedDuration.UNKNOWN)


def test_one_long_run_of_a_short_query_changes_nothing() -> None:
    scheduler = make_scheduler(2)
    for _ in range(5):
        teach(scheduler, 1, 0.0)
    teach(scheduler, 1, LONG_S)
    assert submit(scheduler, 1).duration is ExpectedDuration.SHORT


def test_each_queue_is_bounded() -> None:
    scheduler = make_scheduler(1, queue_length=2)
    teach(scheduler, 1, LONG_S)
    running = [submit(scheduler, 1) for _ in range(3)]
    with pytest.raises(OverloadedError):
        scheduler.submit(make_job(1))
    waiting = submit(scheduler, 2)
    assert scheduler.waiting_count == 3
    compute(running[0], LONG_S)
    finish(scheduler, running[0])
    assert running[1].worker is not None
    assert waiting.worker is None


def test_job_that_waits_past_its_deadline_is_rejected() -> None:
    scheduler = make_scheduler(1)
    submit(scheduler, 1)
    late = submit(scheduler, 2, deadline_s=-1.0)
    scheduler.reject_overdue(time.monotonic())
    assert isinstance(late.error, OverloadedError)
    assert scheduler.waiting_count == 0


def test_worker_with_an_older_version_is_not_assigned() -> None:
    scheduler = make_scheduler(1)
    job = replace(make_job(1), min_version=1)
    scheduler.submit(job)
    assert job.worker is None
    assert len(scheduler.take_idle()) == 1


def test_fingerprint_ignores_names_and_values_only() -> None:
    point = "SELECT ?p ?o { <http://a/1> ?p ?o }"
    assert fingerprint(point) == fingerprint("SELECT ?x ?y  # other\n{ <http://b> ?x ?y }")
    assert fingerprint(point) != fingerprint("SELECT ?p ?o { <http://a/1> ?p ?o . ?o ?q ?r }")


def test_free_worker_goes_to_the_client_with_fewer() -> None:
    scheduler = make_scheduler(2)
    first, _ = submit(scheduler, 1, "many"), submit(scheduler, 1, "many")
    waiting, late = submit(scheduler, 1, "many"), submit(scheduler, 1, "few")
    finish(scheduler, first)
    assert have_workers(waiting, late) == [False, True]


def test_of_clients_with_as_many_workers_the_one_goes_first_that_used_less() -> None:
    scheduler = make_scheduler(1)
    teach(scheduler, 1, 1.0, "little")
    teach(scheduler, 1, 5.0, "much")
    running = submit(scheduler, 2, "third")
    heavy, light = submit(scheduler, 3, "much"), submit(scheduler, 3, "little")
    finish(scheduler, running)
    assert have_workers(heavy, light) == [False, True]


def test_jobs_of_one_client_run_in_the_order_in_which_they_came() -> None:
    scheduler = make_scheduler(1)
    jobs = [submit(scheduler, number) for number in range(5)]
    for job in jobs:
        assert job.worker is not None
        finish(scheduler, job)


def test_heavy_client_leaves_the_last_worker_to_others() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 1, 0.001, "light")
    teach(scheduler, 2, 0.01, "heavy")
    heavy = [submit(scheduler, 2, "heavy") for _ in range(5)]
    assert have_workers(*heavy) == [True, True, True, False, False]
    assert submit(scheduler, 1, "light").worker is not None


def test_brief_queries_of_a_heavy_client_take_the_last_worker_though_its_short_ones_wait_and_run() -> None:
    scheduler = make_scheduler(5)
    teach(scheduler, 1, 0.001, "other")
    for _ in range(3):
        teach(scheduler, 2, 0.001, "heavy")
    teach(scheduler, 4, 0.01, "heavy")
    assert submit(scheduler, 4, "heavy").worker is not None
    teach(scheduler, 3, 1.0, "heavy")
    for number in range(10, 13):
        submit(scheduler, number, "third")
    assert submit(scheduler, 4, "heavy").worker is None
    assert submit(scheduler, 2, "heavy").worker is not None


def test_worker_that_is_replaced_does_not_cost_the_last_idle_one() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 9, 0.0)
    running = [submit(scheduler, number) for number in range(3)]
    waiting = submit(scheduler, 7)
    assert scheduler.remove(running[0])  # its worker has been killed, and the next one is not there yet
    scheduler.dispatch()
    assert waiting.worker is None
    assert submit(scheduler, 9).worker is not None


def test_client_that_is_alone_has_all_workers() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 1, 0.01, "only")
    assert all([submit(scheduler, 1, "only").worker for _ in range(4)])


def test_heavy_client_with_a_long_job_leaves_the_last_long_slot_to_others() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 1, 0.001, "light")
    teach(scheduler, 2, LONG_S, "light")
    teach(scheduler, 2, 2 * LONG_S, "heavy")
    heavy = [submit(scheduler, 2, "heavy") for _ in range(2)]
    assert have_workers(*heavy) == [True, False]
    assert submit(scheduler, 2, "light").worker is not None


def test_full_queue_rejects_the_newest_job_of_the_client_with_most() -> None:
    scheduler = make_scheduler(1, queue_length=3)
    submit(scheduler, 1, "many")
    waiting = [submit(scheduler, 1, "many") for _ in range(3)]
    newcomer = submit(scheduler, 1, "few")
    assert [job.error is None for job in waiting] == [True, True, False]
    assert newcomer.error is None
    with pytest.raises(OverloadedError):
        submit(scheduler, 1, "many")
    assert scheduler.waiting_count == 3


def test_jobs_of_others_make_no_fingerprint_long() -> None:
    scheduler = make_scheduler(4)
    teach(scheduler, 1, 0.0, "victim")
    for _ in range(10):
        teach(scheduler, 1, LONG_S, "attacker")
    assert submit(scheduler, 1, "attacker").duration is ExpectedDuration.LONG
    assert submit(scheduler, 1, "victim").duration is ExpectedDuration.SHORT
    assert submit(scheduler, 1, "newcomer").duration is ExpectedDuration.SHORT


@pytest.mark.parametrize(
    ("seconds", "least", "most"),
    [pytest.param(1.0, 4, 6, id="what the queue takes"), pytest.param(9.0, 10, 10, id="the longest wait")],
)
def test_retry_after_is_the_time_that_the_queue_takes_up_to_the_longest_wait(
    seconds: float, least: int, most: int
) -> None:
    scheduler = make_scheduler(1, queue_length=4, max_retry_after=10)
    for number in range(100):
        teach(scheduler, number, seconds)
    for number in range(5):
        submit(scheduler, 1000 + number)
    with pytest.raises(OverloadedError) as caught:
        submit(scheduler, 2000)
    assert least <= caught.value.retry_after <= most


def test_abandoned_jobs_are_those_that_still_run_in_the_order_in_which_they_were_abandoned() -> None:
    """The worker of one that has ended may run the query of another client by now."""
    scheduler = make_scheduler(3)
    for fingerprint_ in range(3):
        teach(scheduler, fingerprint_, 0.0)
    jobs = [submit(scheduler, fingerprint_) for fingerprint_ in range(3)]
    waiting = submit(scheduler, 9)
    assert have_workers(*jobs, waiting) == [True, True, True, False]
    for job in (jobs[2], waiting, jobs[0], jobs[1]):
        scheduler.abandon(job)
    assert scheduler.first_abandoned() is jobs[2]
    finish(scheduler, jobs[2])
    assert scheduler.first_abandoned() is jobs[0]
    scheduler.remove(jobs[0])
    scheduler.remove(jobs[1])
    assert scheduler.first_abandoned() is None

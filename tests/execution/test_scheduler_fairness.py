"""Clients beside each other: one that uses little finds a worker at once, none starves, nothing is lost."""

import random
from collections import Counter
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduler_simulation import STEP_S, ClosedLoop, Simulation

from kg.execution.durations import ExpectedDuration
from kg.execution.scheduler import SHORT_S

LOOKUP = (1, 0.001)
HOSTILE_CONNECTIONS = 48


def run_attack(simulation: Simulation, attackers: list[ClosedLoop], seconds: float = 5.0) -> ClosedLoop:
    """A client with point look-ups, known to be short, beside the attackers."""
    simulation.send("victim", *LOOKUP)
    simulation.run(0.1)
    victim = ClosedLoop(simulation, "victim", lambda: LOOKUP, pause_s=0.02)

    def act() -> None:
        victim.act()
        for attacker in attackers:
            attacker.act()

    # Who is heavy has to be seen first.
    simulation.run(1.0, act)
    victim.sent.clear()
    simulation.run(seconds, act)
    assert len(victim.sent) > seconds * 10
    assert not any(request.rejected or request.overdue for request in victim.sent)
    return victim


@pytest.mark.parametrize("need_s", [60.0, 0.5, 0.05, SHORT_S, 0.001])
def test_lookup_finds_a_worker_at_once_beside_fingerprints_that_change(need_s: float) -> None:
    simulation, numbers = Simulation(), count(100)
    hostile = ClosedLoop(simulation, "hostile", lambda: (next(numbers), need_s), HOSTILE_CONNECTIONS)
    waits = run_attack(simulation, [hostile]).waits()
    assert waits[len(waits) // 2] <= STEP_S
    assert waits[len(waits) * 95 // 100] <= 2 * STEP_S
    assert waits[-1] <= 2 * SHORT_S


@pytest.mark.parametrize("need_s", [60.0, 0.05, SHORT_S - 2 * STEP_S])
def test_lookup_finds_a_worker_at_once_beside_a_fingerprint_that_is_known_as_short(need_s: float) -> None:
    simulation = Simulation()
    hostile = ClosedLoop(simulation, "hostile", lambda: (1, need_s), HOSTILE_CONNECTIONS)
    waits = run_attack(simulation, [hostile]).waits()
    assert waits[len(waits) * 95 // 100] <= 2 * STEP_S
    assert waits[-1] <= 2 * SHORT_S


@pytest.mark.parametrize("addresses", [8, HOSTILE_CONNECTIONS])
@pytest.mark.parametrize("need_s", [60.0, 0.05, SHORT_S - 2 * STEP_S])
@pytest.mark.parametrize("is_known", [True, False])
def test_lookup_finds_a_worker_at_once_beside_many_addresses(addresses: int, need_s: float, is_known: bool) -> None:
    simulation, numbers = Simulation(), count(100)

    def choose() -> tuple[int, float]:
        return 1 if is_known else next(numbers), need_s

    connections = HOSTILE_CONNECTIONS // addresses
    attackers = [ClosedLoop(simulation, f"hostile {number}", choose, connections) for number in range(addresses)]
    waits = run_attack(simulation, attackers).waits()
    assert waits[len(waits) * 90 // 100] <= 2 * STEP_S
    assert waits[-1] <= 20 * SHORT_S


def test_lookups_do_not_wait_for_pages_of_the_same_client() -> None:
    simulation, numbers = Simulation(), count(100)
    hostile = [
        ClosedLoop(simulation, f"hostile {number}", lambda: (next(numbers), 60.0))
        for number in range(HOSTILE_CONNECTIONS)
    ]
    pages = ClosedLoop(simulation, "victim", lambda: (2, 0.01), pause_s=0.1)
    simulation.run(0.5, pages.act)  # it is known as short
    for _ in range(3):
        simulation.send("victim", *LOOKUP)
        simulation.run(0.1)
    waits = run_attack(simulation, [*hostile, pages]).waits()
    assert waits[len(waits) * 95 // 100] <= 2 * STEP_S


def test_long_query_of_another_client_gets_its_slot() -> None:
    simulation, numbers = Simulation(), count(100)
    hostile = ClosedLoop(simulation, "hostile", lambda: (next(numbers), 60.0), HOSTILE_CONNECTIONS)
    analyst = ClosedLoop(simulation, "analyst", lambda: (2, 0.3), pause_s=0.1)

    def act() -> None:
        hostile.act()
        analyst.act()

    simulation.run(10.0, act)
    assert not any(request.rejected or request.overdue for request in analyst.sent)
    # Only at the beginning is it not known which client is heavy.
    assert analyst.waits()[-2] < 0.5
    assert len(analyst.waits()) > 10


def test_no_client_gets_less_than_a_third_of_another_whatever_the_queries_are() -> None:
    simulation, numbers = Simulation(), count(100)
    clients = [
        ClosedLoop(simulation, "many", lambda: (1, 0.002), 30),
        ClosedLoop(simulation, "few", lambda: (2, SHORT_S - 2 * STEP_S), 4),
        ClosedLoop(simulation, "ever new", lambda: (next(numbers), 0.02), 10),
    ]

    def act() -> None:
        for client in clients:
            client.act()

    simulation.run(10.0, act)
    used = [sum(request.done_s for request in client.sent) for client in clients]
    assert min(used) > max(used) / 3


@given(seed=st.integers(0, 2**32), workers=st.integers(1, 6), queue_length=st.integers(1, 8), clients=st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_every_request_ends_and_bounds_hold(seed: int, workers: int, queue_length: int, clients: int) -> None:
    chance = random.Random(seed)
    simulation = Simulation(workers, queue_length, timeout_s=1.0)
    scheduler = simulation.scheduler

    def act() -> None:
        if chance.random() < 0.3:
            need_s = chance.choice([0.001, 0.01, 0.05, 0.2, 2.0])
            request = simulation.send(str(chance.randrange(clients)), chance.randrange(10), need_s)
            if request.rejected:
                # Only from a full queue, and only if its client has no fewer there than any other.
                queue = list(scheduler._queues[request.job.duration])  # noqa: SLF001 -- the invariant is inside
                counts = Counter(job.client for job in queue)
                assert len(queue) >= queue_length
                assert counts[request.client] + 1 >= max(counts.values())
        running = Counter(job.duration for job in scheduler.running_jobs())
        assert running[ExpectedDuration.LONG] <= scheduler.long_slots
        assert scheduler.running_count <= workers
        assert all(len(queue) <= queue_length for queue in scheduler._queues.values())  # noqa: SLF001

    simulation.run(2.0, act)
    simulation.run(1.2)
    assert all(request.is_ended for request in simulation.requests)
    assert not scheduler.is_active
    assert len(scheduler.take_idle()) == workers


@given(seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_idle_worker_never_stays_while_all_wait_for_good(seed: int) -> None:
    chance = random.Random(seed)
    simulation = Simulation(chance.randint(1, 5))
    needs = [chance.choice([0.001, 0.02, 0.1, 0.4]) for _ in range(20)]
    for need_s in needs:
        simulation.send(str(chance.randrange(3)), chance.randrange(8), need_s)
    simulation.run(sum(needs) * 3 + 3.0)
    assert all(request.answered_after_s is not None for request in simulation.requests)

"""How much each client has used lately: recent use counts more, the order is stable, and memory is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.execution.client_usage import HALF_LIFE_S, MAX_CLIENTS, REMEMBERED_S, ClientUsage

CLIENTS = ["a", "b", "c"]


def make_usage(*clients: str) -> ClientUsage:
    usage = ClientUsage()
    for client in clients:
        usage.see(client, 0.0)
    return usage


@given(st.lists(st.tuples(st.sampled_from(CLIENTS), st.floats(0.001, 10), st.floats(0, 100)), max_size=30))
def test_order_is_that_of_the_decayed_sums(charges: list[tuple[str, float, float]]) -> None:
    usage = make_usage(*CLIENTS)
    sums = dict.fromkeys(CLIENTS, 0.0)
    for client, seconds, now in sorted(charges, key=lambda charge: charge[2]):
        usage.charge(client, seconds, now)
        sums[client] += seconds * 2 ** ((now - 100) / HALF_LIFE_S)
    for client in CLIENTS:
        score = usage.standing(client)[1]
        assert 2 ** (score - 100 / HALF_LIFE_S) == pytest.approx(sums[client])
        half = sum(sums.values()) / len(CLIENTS) / 2
        if sums[client] != pytest.approx(half):
            assert usage.is_heavy(client) == (sums[client] > half)


def test_a_day_of_use_weighs_no_more_than_the_last_of_it() -> None:
    usage = make_usage("old", "new")
    for second in range(86_400):
        usage.charge("old", 1.0, float(second))
    for second in range(86_400, 86_420):
        usage.charge("new", 1.0, float(second))
    assert usage.is_heavy("new")
    assert not usage.is_heavy("old")


def test_single_client_is_never_heavy() -> None:
    usage = make_usage("a")
    usage.charge("a", 5.0, 1.0)
    assert usage.is_alone()
    assert not usage.is_heavy("a")


def test_standing_is_first_the_workers_and_then_the_use() -> None:
    usage = make_usage("a", "b")
    usage.charge("a", 5.0, 1.0)
    assert usage.standing("a") > usage.standing("b")
    usage.start("b")
    assert usage.standing("a") < usage.standing("b")
    usage.end("b")
    assert usage.standing("a") > usage.standing("b")


def test_newcomer_starts_with_the_mean_of_the_others() -> None:
    usage = make_usage("light", "heavy")
    usage.charge("light", 1.0, 0.0)
    usage.charge("heavy", 3.0, 0.0)
    usage.see("new", 0.0)
    assert usage.standing("light") < usage.standing("new") < usage.standing("heavy")
    assert usage.standing("new")[1] == pytest.approx(1.0)  # the binary logarithm of 2


def test_clients_are_forgotten_in_time_and_in_number() -> None:
    usage = make_usage("a", "b")
    usage.see("b", REMEMBERED_S / 2)
    usage.see("c", REMEMBERED_S + 1)
    assert len(usage) == 2
    for number in range(2 * MAX_CLIENTS):
        usage.see(str(number), REMEMBERED_S + 2)
    assert len(usage) == MAX_CLIENTS

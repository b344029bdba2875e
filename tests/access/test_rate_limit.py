"""No key gets more than its rate and its burst, and each gets as much."""

from hypothesis import given
from hypothesis import strategies as st

from kg.access.rate_limit import RateLimiter


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_after_a_burst_there_is_one_for_each_interval() -> None:
    clock = Clock()
    limiter = RateLimiter(2, 3, clock=clock)
    assert [limiter.take("a") for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    clock.now += 0.5
    assert [limiter.take("a") for _ in range(2)] == [0, 0.5]
    clock.now += 100
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_keys_have_limits_of_their_own() -> None:
    limiter = RateLimiter(1, 1, clock=Clock())
    assert limiter.take("a") == 0
    assert limiter.take("a") == 1
    assert limiter.take("b") == 0


def test_to_ask_counts_nothing() -> None:
    limiter = RateLimiter(1, 1, clock=Clock())
    assert [limiter.wait("a") for _ in range(3)] == [0, 0, 0]
    limiter.take("a")
    assert limiter.wait("a") == 1


@given(st.floats(0.01, 100), st.integers(1, 20), st.lists(st.floats(0, 10), max_size=60))
def test_no_more_than_rate_and_burst_within_any_time(rate: float, burst: int, pauses: list[float]) -> None:
    clock = Clock()
    limiter = RateLimiter(rate, burst, clock=clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        wait = limiter.take("a")
        if wait == 0:
            taken.append(clock.now)
        else:
            clock.now += wait * 1.000001 + 1e-9
            assert limiter.take("a") == 0, "what it says is enough"
            taken.append(clock.now)
    for first, start in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + (taken[last] - start) * rate + 1e-6


def test_memory_is_bounded_and_the_oldest_key_is_forgotten() -> None:
    limiter = RateLimiter(0.001, 1, max_keys=10, clock=Clock())
    for key in map(str, range(1000)):
        limiter.take(key)
        assert len(limiter) <= 10
    assert limiter.take("999") > 0
    assert limiter.take("0") == 0

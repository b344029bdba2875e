from kg.execution.kill_rate import KillRate


def test_a_burst_is_allowed_and_then_a_rate() -> None:
    now = 0.0
    rate = KillRate(burst=3, per_second=10, clock=lambda: now)
    assert [rate.take() for _ in range(4)] == [True, True, True, False]
    now = 0.1
    assert [rate.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert [rate.take() for _ in range(4)] == [True, True, True, False]

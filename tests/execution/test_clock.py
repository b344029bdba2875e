"""The clock ends when it is told to, whatever its tick does meanwhile."""

import threading

from kg.execution.watchdog import Watchdog


def test_rest_while_closing_does_not_keep_it() -> None:
    in_tick, go_on = threading.Event(), threading.Event()

    def tick() -> None:
        in_tick.set()
        go_on.wait(10)
        clock.rest()

    clock = Watchdog(tick)
    clock.wake()
    assert in_tick.wait(10)
    closing = threading.Thread(target=clock.close, daemon=True)
    closing.start()
    closing.join(0.1)
    go_on.set()
    closing.join(5)
    assert not closing.is_alive()

"""The watchdog of the pool: its thread ends when it is closed, whatever the check does meanwhile."""

import threading

from kg.execution.watchdog import Watchdog


def test_pause_during_close_does_not_keep_the_thread_alive() -> None:
    in_check, resume = threading.Event(), threading.Event()

    def check() -> None:
        in_check.set()
        resume.wait(10)
        watchdog.pause()

    watchdog = Watchdog(check)
    watchdog.resume()
    assert in_check.wait(10)
    closing = threading.Thread(target=watchdog.close, daemon=True)
    closing.start()
    closing.join(0.1)
    resume.set()
    closing.join(5)
    assert not closing.is_alive()

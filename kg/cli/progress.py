"""A progress bar on stderr, shown only when a task takes long and stderr is a terminal."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import click

DELAY_S = 1.0
_WIDTH = 24
_FOLLOW_S = 0.5


class ProgressBar:
    """Shows the current step of a task of unknown length; nothing is drawn during the first second."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._started = time.monotonic()
        self._steps = 0
        self._is_drawn = False

    def __enter__(self) -> "ProgressBar":
        return self

    def step(self, name: str) -> None:
        """Report that the step called ``name`` begins."""
        self._steps += 1
        if sys.stderr.isatty() and time.monotonic() - self._started > DELAY_S:
            filled = min(self._steps, _WIDTH)
            line = f"\r{self._title} [{'#' * filled}{'.' * (_WIDTH - filled)}] {name}"
            click.echo(line[:100].ljust(100), nl=False, err=True)
            self._is_drawn = True

    def show(self, text: str) -> None:
        """Show how far the task is, in words."""
        if sys.stderr.isatty() and time.monotonic() - self._started > DELAY_S:
            click.echo(f"\r{self._title}: {text}"[:100].ljust(100), nl=False, err=True)
            self._is_drawn = True

    @contextmanager
    def following(self, describe: Callable[[], str]) -> Iterator[None]:
        """Show what the function returns again and again, while the block runs."""
        done = threading.Event()

        def follow() -> None:
            while not done.wait(_FOLLOW_S):
                self.show(describe())

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_drawn:
            click.echo("\r" + " " * 100 + "\r", nl=False, err=True)

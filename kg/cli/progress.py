"""A progress bar on stderr, shown only when a task takes long and stderr is a terminal."""

import sys
import time
from types import TracebackType

import click

DELAY_S = 1.0
_WIDTH = 24


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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_drawn:
            click.echo("\r" + " " * 100 + "\r", nl=False, err=True)

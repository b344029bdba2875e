"""Progress on stderr, for people: shown when a step takes long and stderr is a terminal."""

import sys
import time
from types import TracebackType

import click

PATIENCE_S = 1.0
_WIDTH = 24


class Bar:
    """Steps of a task whose number need not be known; nothing is drawn within the first second."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._started = time.monotonic()
        self._steps = 0
        self._drawn = False

    def __enter__(self) -> "Bar":
        return self

    def step(self, name: str) -> None:
        """The step called ``name`` begins."""
        self._steps += 1
        if sys.stderr.isatty() and time.monotonic() - self._started > PATIENCE_S:
            filled = min(self._steps, _WIDTH)
            line = f"\r{self._title} [{'#' * filled}{'.' * (_WIDTH - filled)}] {name}"
            click.echo(line[:100].ljust(100), nl=False, err=True)
            self._drawn = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            click.echo("\r" + " " * 100 + "\r", nl=False, err=True)

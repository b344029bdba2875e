"""Options that mean the same in every command, each also a ``KG_*`` variable; the flag wins."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kg.settings import Settings

_OPTIONS = (
    click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded store. [KG_DATA_DIR]"),
    click.option("--store", metavar="URL", help="SPARQL 1.1 endpoint to use instead. [KG_STORE]"),
    click.option("--base-iri", metavar="IRI", help="What data IRIs begin with. [KG_BASE_IRI]"),
    click.option(
        "--archive-dir", type=click.Path(path_type=Path), help="Folder with texts of sources. [KG_ARCHIVE_DIR]"
    ),
)


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the shared options, and hand it ``settings`` made of them and of the environment."""

    @functools.wraps(command)
    def wrapped(**arguments: Any) -> Any:
        names = ("data_dir", "store", "base_iri", "archive_dir")
        flags = {name: arguments.pop(name) for name in names}
        return command(settings=settings_with(flags), **arguments)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def settings_with(flags: dict[str, Any]) -> Settings:
    """The settings of the environment, overridden by the flags that were given. Raises BadParameterError."""
    return Settings.from_environment(environment_with(flags))


def environment_with(flags: dict[str, Any]) -> dict[str, str]:
    """The environment with the given flags put in as ``KG_*`` variables."""
    given = {f"KG_{name.upper()}": str(value) for name, value in flags.items() if value not in (None, False)}
    return {**os.environ, **given}

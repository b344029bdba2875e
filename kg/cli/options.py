"""Options that every command shares. Each is also a ``KG_*`` variable; the option takes precedence."""

import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from kg.settings import Settings

_STORE_OPTIONS = {
    "data_dir": click.option(
        "--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded store. [KG_DATA_DIR]"
    ),
    "store": click.option("--store", metavar="URL", help="SPARQL 1.1 endpoint to use instead. [KG_STORE]"),
    "base_iri": click.option("--base-iri", metavar="IRI", help="What data IRIs begin with. [KG_BASE_IRI]"),
    "archive_dir": click.option(
        "--archive-dir", type=click.Path(path_type=Path), help="Folder with texts of sources. [KG_ARCHIVE_DIR]"
    ),
}


def store_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the data is."""
    for option in reversed(_STORE_OPTIONS.values()):
        command = option(command)
    return command


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the shared options, and pass ``settings`` made of them and of the environment."""

    @functools.wraps(command)
    def wrapper(**arguments: Any) -> Any:
        options = {name: arguments.pop(name) for name in _STORE_OPTIONS}
        settings = Settings.from_environment(merge_environment(options))
        settings.check_folders()
        return command(settings=settings, **arguments)

    return store_options(wrapper)


def merge_environment(options: Mapping[str, Any]) -> dict[str, str]:
    """The environment, with the options that were given as ``KG_*`` variables."""
    given = {
        f"KG_{name.upper()}": str(value) for name, value in options.items() if value is not None and value is not False
    }
    return {**os.environ, **given}

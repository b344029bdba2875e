"""``kg dataset``: begin a data set from a file, and try its tests."""

from pathlib import Path

import click

from kg.cli.import_ import dataset_folders
from kg.cli.options import with_settings
from kg.datasets.dataset import find_folder, list_datasets, load_dataset
from kg.datasets.dataset_tests import CaseResult, run_cases
from kg.datasets.functions import slug_of
from kg.datasets.scaffold import Scaffold
from kg.errors import BadParameterError
from kg.settings import Settings


@click.group()
def dataset() -> None:
    """Data sets: folders that say how the rows of a file become statements."""


@dataset.command("list")
@with_settings
def list_(settings: Settings) -> None:
    """Print the names of the data sets that can be imported."""
    for name in list_datasets(dataset_folders(settings)):
        click.echo(name)


@dataset.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Of the data set; by default made of the name of the file.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where it is written; by default KG_DATASETS_DIR.")
@with_settings
def new(file: Path, name: str, folder: Path | None, settings: Settings) -> None:
    """Begin a data set from the header and the first rows of FILE."""
    slug = name or slug_of(file.stem)
    if not slug or slug != slug_of(slug):
        raise BadParameterError("--name", f"{slug!r} is no slug: write small letters, digits and hyphens")
    parent = folder or settings.datasets_dir
    if parent is None:
        raise BadParameterError("--folder", "say where, or set KG_DATASETS_DIR")
    for written in Scaffold.of_file(file, slug).write(parent / slug):
        click.echo(written)
    click.echo(f"correct what is guessed in {parent / slug}, then: kg dataset test {slug}", err=True)


@dataset.command()
@click.argument("name")
@click.option("--update", is_flag=True, help="Write what the rows become as what is expected of them.")
@with_settings
def test(name: str, update: bool, settings: Settings) -> None:
    """Compare what the rows in the folder tests of data set NAME become with what is expected."""
    found = load_dataset(find_folder(name, dataset_folders(settings)), settings.base_iri)
    results = run_cases(found, update=update)
    for result in results:
        _print(result)
    if not results:
        click.echo(f"{found.folder / 'tests'}: no test", err=True)
    if not results or not all(result.passes for result in results):
        raise click.exceptions.Exit(1)


def _print(result: CaseResult) -> None:
    click.echo(f"{'ok    ' if result.passes else 'failed'} {result.name}")
    for line in result.differences:
        click.echo(f"  {line}")

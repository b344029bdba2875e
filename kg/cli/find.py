"""``kg find``: find actors, places and other things, and concepts, by any of their names."""

import json

import click

from kg import namespaces
from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.errors import BadParameterError
from kg.name_index import FoundName, NameIndex, ResourceName
from kg.settings import Settings
from kg.store.names import read_names
from kg.text_direction import isolate

_SHOWN_NAMES = 6
_LIMIT = 10


@click.command()
@click.argument("name", nargs=-1)
@click.option("--kind", help="Only this kind, such as actor or place, or this scheme of concepts, such as weapon.")
@click.option("--limit", type=click.IntRange(1), help="List at most so many; 10 by default, all without a name.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings
def find(name: tuple[str, ...], kind: str | None, limit: int | None, as_json: bool, settings: Settings) -> None:
    """Find what is called NAME: its id, as dossiers write it, and its names.

    Names are compared without differences of case, marks, hyphens, letter forms and transliteration, in every language;
    hidden labels and ids count as names. The nearest come first. Without a name, all of --kind is listed. Exits with 1
    when nothing is near.
    """
    text = " ".join(name).strip()
    if not text and not kind:
        raise BadParameterError("NAME", "give a name, or --kind to list all of a kind or scheme")
    home = f"{settings.base_iri}id/"
    with open_store(settings) as store:
        prefixes = [f"{prefix}{kind}/" for prefix in (home, namespaces.VOCAB)] if kind else [home, namespaces.VOCAB]
        names = read_names(store, *prefixes)
    found = names.search(text, limit or _LIMIT) if text else names.listed()[:limit]
    if as_json:
        click.echo(json.dumps([_to_json(match, names, home) for match in found], indent=2, ensure_ascii=False))
    for match in () if as_json else found:
        click.echo(f"{_short(match.name.iri, home):40} {', '.join(map(isolate, _list_names(match, names)))}")
    if not found:
        click.echo(f"nothing is called {text!r}, or nearly so" if text else f"nothing is of the kind {kind}", err=True)
        raise click.exceptions.Exit(1)


def _list_names(match: FoundName, names: NameIndex) -> list[str]:
    """The names of a resource, labels first; hidden labels in brackets."""
    own = _names_of(match, names)
    shown = dict.fromkeys(f"({name.text})" if name.is_hidden else name.text for name in own)
    return list(shown)[:_SHOWN_NAMES]


def _names_of(match: FoundName, names: NameIndex) -> list[ResourceName]:
    return [name for name in names.names if name.iri == match.name.iri and not name.is_id]


def _to_json(match: FoundName, names: NameIndex, home: str) -> dict[str, object]:
    own = _names_of(match, names)
    return {
        "id": _short(match.name.iri, home),
        "iri": match.name.iri,
        "labels": [name.text for name in own if not name.is_hidden],
        "hiddenLabels": [name.text for name in own if name.is_hidden],
        "score": round(match.score, 2),
    }


def _short(iri: str, home: str) -> str:
    """The id as a dossier writes it; a concept with its scheme."""
    return iri.removeprefix(home).removeprefix(namespaces.VOCAB)

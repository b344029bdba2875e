"""``kg find``: find actors, places and other things, and concepts, by any of their names."""

import json

import click

from kg import namespaces
from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.errors import BadParameterError
from kg.name_folding import fold_name
from kg.name_index import FoundName, NameIndex, NameUse, ResourceName
from kg.settings import Settings
from kg.store.names import read_used_names
from kg.store.quoted_words import QuotedStatement, find_quotes
from kg.text_direction import isolate

_SHOWN_NAMES = 6
_LIMIT = 10
_SAME = 0.9
"""The score above which a name is another spelling of what is sought."""


@click.command()
@click.argument("name", nargs=-1)
@click.option("--kind", help="Only this kind, such as actor or place, or this scheme of concepts, such as weapon.")
@click.option("--limit", type=click.IntRange(1), help="List at most so many; 10 by default, all without a name.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings
def find(name: tuple[str, ...], kind: str | None, limit: int | None, as_json: bool, settings: Settings) -> None:
    """Find what is called NAME: its id, as dossiers write it, and its names.

    Names are compared without differences of case, marks, hyphens, letter forms and transliteration, in every language;
    hidden labels, ids and parts of names count, and names that statements use, with who uses or rejects them. The
    nearest come first; people and places that a source does not name come last, with the source. Without a name, all
    of --kind is listed. Where no name has all the words, statements that quote them are listed as well, with
    their propositions. Exits with 1
    when nothing is near.
    """
    text = " ".join(name).strip()
    if not text and not kind:
        raise BadParameterError("NAME", "give a name, or --kind to list all of a kind or scheme")
    home = f"{settings.base_iri}id/"
    with open_store(settings) as store:
        prefixes = [f"{prefix}{kind}/" for prefix in (home, namespaces.VOCAB)] if kind else [home, namespaces.VOCAB]
        names = read_used_names(store, *prefixes)
        found = names.search(text, limit or _LIMIT) if text else names.listed()[:limit]
        is_named = any(_has_words(match, text) for match in found)
        quotes = () if kind or is_named else find_quotes(store, text, limit or _LIMIT)
    if as_json:
        matches = [_to_json(match, names, home) for match in found]
        listed = [*matches, *(_quote_to_json(quote, home) for quote in quotes)]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        for match in found:
            click.echo(f"{_short(match.name.iri, home):40} {', '.join(_list_names(match, names))}")
        for quote in quotes:
            click.echo(f"{_short(quote.iri, home):40} {_describe_quote(quote, home)}")
    if not (found or quotes):
        click.echo(f"nothing is called {text!r}, or nearly so" if text else f"nothing is of the kind {kind}", err=True)
        raise click.exceptions.Exit(1)


def _list_names(match: FoundName, names: NameIndex) -> list[str]:
    """The names that identify a resource, hidden labels in brackets; the name that was found, if speakers use it.

    With whoever uses or rejects that name, and the sources of a mention.
    """
    own = sorted(_names_of(match, names), key=lambda name: (name.is_hidden, name != match.name))
    shown = [*dict.fromkeys(f"({name.text})" if name.is_hidden else name.text for name in own)][:_SHOWN_NAMES]
    mention = names.mentions.get(match.name.iri)
    return [
        *map(isolate, shown),
        *(_describe_uses(match, names) if match.name.use else []),
        *([f"not named in {' or '.join(map(isolate, mention.sources))}"] if mention and mention.sources else []),
    ]


def _has_words(match: FoundName, text: str) -> bool:
    """Whether the name that was found is the one that is sought, or has all its words."""
    return match.score >= _SAME or f" {fold_name(text)} " in f" {fold_name(match.name.text)} "


def _describe_uses(match: FoundName, names: NameIndex) -> list[str]:
    """The name that was found, in each of its spellings, with who uses or rejects it."""
    found = fold_name(match.name.text)
    return [_describe_use(text, use) for text, use in _uses_of(match, names) if fold_name(text) == found]


def _describe_use(text: str, use: NameUse) -> str:
    return f"\u201c{isolate(text)}\u201d ({use.act} {', '.join(map(isolate, use.speakers))})"


def _describe_quote(quote: QuotedStatement, home: str) -> str:
    on = f" on {_short(quote.proposition, home)}" if quote.proposition else ""
    speakers = ", ".join(map(isolate, quote.speakers))
    return f"\u201c{isolate(quote.words)}\u201d (quoted for a statement of {speakers}{on})"


def _names_of(match: FoundName, names: NameIndex) -> list[ResourceName]:
    """The names that identify it."""
    return [name for name in names.names if name.iri == match.name.iri and not name.is_id and not name.use]


def _uses_of(match: FoundName, names: NameIndex) -> list[tuple[str, NameUse]]:
    return [(name.text, name.use) for name in names.names if name.iri == match.name.iri and name.use]


def _to_json(match: FoundName, names: NameIndex, home: str) -> dict[str, object]:
    own, mention = _names_of(match, names), names.mentions.get(match.name.iri)
    return {
        "id": _short(match.name.iri, home),
        "iri": match.name.iri,
        "labels": [name.text for name in own if not name.is_hidden],
        "hiddenLabels": [name.text for name in own if name.is_hidden],
        "usedNames": [
            {"name": text, "speakers": use.speakers, "isRejected": use.is_rejected}
            for text, use in _uses_of(match, names)
        ],
        "unnamedIn": mention.sources if mention else [],
        "score": round(match.score, 2),
    }


def _quote_to_json(quote: QuotedStatement, home: str) -> dict[str, object]:
    return {
        "id": _short(quote.iri, home),
        "iri": quote.iri,
        "quote": quote.words,
        "speakers": quote.speakers,
        "proposition": _short(quote.proposition, home) or None,
    }


def _short(iri: str, home: str) -> str:
    """The id as a dossier writes it; a concept with its scheme."""
    return iri.removeprefix(home).removeprefix(namespaces.VOCAB)

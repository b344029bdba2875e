"""``kg find``: find actors, places and other things, concepts and quoted words, as the search of the server does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from kg import namespaces
from kg.cli.graph_search import GraphSearch, open_search
from kg.cli.options import with_settings
from kg.errors import BadParameterError
from kg.name_index import Mention, ResourceName
from kg.search.hits import Hit, fetch_contents, tell_sayings
from kg.settings import Settings
from kg.store.interface import Queryable
from kg.store.names import fetch_identifying_names, fetch_mentions, read_names
from kg.text_direction import isolate

_SHOWN_NAMES = 6
_LIMIT = 10
_QUOTED = "words"
_HAS_WORDS = ("same", "words", "transliterated", "consonants")


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
    with open_search(settings) as search:
        hits = _search(search, text, kind or "", home) if text else ()
        iris = [hit.iri for hit in hits] or ([] if text else _list_kind(search.store, kind or "", home))
        listing = _read_listing(search.store, iris, hits, limit or (_LIMIT if text else len(iris)))
    if as_json:
        found = [_to_json(iri, listing, home) for iri in listing.iris]
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for iri in listing.iris:
            click.echo(f"{_short(iri, home):40} {', '.join(_describe(iri, listing, home))}")
    if not listing.iris:
        click.echo(f"nothing is called {text!r}, or nearly so" if text else f"nothing is of the kind {kind}", err=True)
        raise click.exceptions.Exit(1)


@dataclass(frozen=True, slots=True)
class _Listing:
    """What is listed, in order, with what is known of it."""

    iris: Sequence[str]
    hits: Mapping[str, Hit]
    names: Mapping[str, Sequence[ResourceName]]
    mentions: Mapping[str, Mention]
    propositions: Mapping[str, Sequence[str]]


def _search(search: GraphSearch, text: str, kind: str, home: str) -> Sequence[Hit]:
    """The hits that a dossier can refer to; words of quotes only where no name has all of them."""
    hits = [hit for hit in search.find(text, kind) if hit.iri.startswith((home, namespaces.VOCAB))]
    named = [hit for hit in hits if hit.matched != _QUOTED]
    return named if any(hit.match in _HAS_WORDS for hit in named) else hits


def _list_kind(store: Queryable, kind: str, home: str) -> list[str]:
    names = read_names(store, f"{home}{kind}/", f"{namespaces.VOCAB}{kind}/")
    return [found.name.iri for found in names.listed()]


def _read_listing(store: Queryable, iris: Sequence[str], hits: Sequence[Hit], limit: int) -> _Listing:
    mentions = fetch_mentions(store, iris)
    shown = sorted(iris, key=lambda iri: iri in mentions)[:limit]
    quoting = [hit.iri for hit in hits if hit.matched == _QUOTED and hit.iri in shown]
    names = fetch_identifying_names(store, shown)
    return _Listing(shown, {hit.iri: hit for hit in hits}, names, mentions, fetch_contents(store, quoting))


def _describe(iri: str, listing: _Listing, home: str) -> list[str]:
    """The names that identify a resource, the one that was found first, hidden labels in brackets.

    With who uses or rejects a name that only statements use, who says quoted words, and the sources of a mention.
    """
    hit, mention = listing.hits.get(iri), listing.mentions.get(iri)
    names = sorted(listing.names.get(iri, ()), key=lambda name: (name.is_hidden, not hit or name.text != hit.text))
    shown = [*dict.fromkeys(f"({name.text})" if name.is_hidden else name.text for name in names)][:_SHOWN_NAMES]
    return [
        *map(isolate, shown),
        *([_describe_saying(hit, listing.propositions.get(iri, ()), home)] if hit and hit.said else []),
        *([f"not named in {' or '.join(map(isolate, mention.sources))}"] if mention and mention.sources else []),
    ]


def _describe_saying(hit: Hit, propositions: Sequence[str], home: str) -> str:
    on = f", on {', '.join(_short(iri, home) for iri in propositions)}" if propositions else ""
    return f"\u201c{isolate(hit.text)}\u201d: {tell_sayings(hit.said)}{on}"


def _to_json(iri: str, listing: _Listing, home: str) -> dict[str, object]:
    hit, mention = listing.hits.get(iri), listing.mentions.get(iri)
    names = listing.names.get(iri, ())
    found = hit.members() if hit else {}
    return {
        "id": _short(iri, home),
        "iri": iri,
        "labels": [name.text for name in names if not name.is_hidden],
        "hiddenLabels": [name.text for name in names if name.is_hidden],
        "unnamedIn": mention.sources if mention else [],
        **{member: found[member] for member in ("text", "matched", "match", "said") if hit},
        **({"propositions": [_short(each, home) for each in listing.propositions[iri]]}
           if listing.propositions.get(iri) else {}),
    }  # fmt: skip


def _short(iri: str, home: str) -> str:
    """The id as a dossier writes it; a concept with its scheme."""
    return iri.removeprefix(home).removeprefix(namespaces.VOCAB)

"""The names of the resources of a graph: those that identify them, and those that statements use of them.

Owns what counts as a name, and which resources are near an id that none of them has. How names are compared is
``kg.name_index``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.name_index import MAX, Mention, NameIndex, NameUse, ResourceName
from kg.nearest_names import nearest_names
from kg.store.interface import Queryable
from kg.store.labels import fetch_names
from kg.store.query_template import QueryTemplate, Solution, SolutionSequence, text_of

_HERE = Path(__file__).parent
_NAMES = QueryTemplate.read(_HERE / "names.rq")
_NAMES_OF_RESOURCES = QueryTemplate.read(_HERE / "names-of-resources.rq")
_IDENTIFYING = QueryTemplate.read(_HERE / "identifying-names.rq")
_MENTIONS_OF_RESOURCES = QueryTemplate.read(_HERE / "mentions-of-resources.rq")
_NAMES_IN_USE = (_HERE / "names-in-use.rq").read_text(encoding="utf-8")
_MENTIONS = (_HERE / "mentions.rq").read_text(encoding="utf-8")


def read_names(store: Queryable, *prefixes: str) -> NameIndex:
    """The labels, hidden labels and short names of the resources whose IRIs begin with one of the prefixes."""
    return NameIndex(_read(store, prefixes))


def read_used_names(store: Queryable, *prefixes: str) -> NameIndex:
    """The same, with the names that statements use or reject, and the sources of what stands for one mention only."""
    in_use = (name for name in _read_names_in_use(store) if name.iri.startswith(prefixes))
    return NameIndex([*_read(store, prefixes), *in_use], _read_mentions(store))


def fetch_identifying_names(store: Queryable, iris: Iterable[str]) -> dict[str, list[ResourceName]]:
    """The names that identify each of these resources, hidden ones last."""
    rows = _IDENTIFYING.select_each(store, map(ox.NamedNode, iris)).rows
    found = sorted(
        {(text_of(row["resource"]), text_of(row["hidden"]) == "true", text_of(row["label"])) for row in rows}
    )
    names: dict[str, list[ResourceName]] = defaultdict(list)
    for iri, is_hidden, text in found:
        names[iri].append(ResourceName(iri, text, is_hidden))
    return names


def fetch_mentions(store: Queryable, iris: Iterable[str]) -> dict[str, Mention]:
    """Those of these resources that no source names, with the titles of the sources that mention them."""
    rows = _MENTIONS_OF_RESOURCES.select_each(store, map(ox.NamedNode, iris)).rows
    return {mention.iri: mention for mention in _group_mentions(store, rows)}


def find_nearest(store: Queryable, iris: Collection[str], name: str, limit: int = MAX) -> tuple[str, ...]:
    """Those of the resources that the graph calls so, then those with a similar id, then with a similar name.

    What only statements call so is left out: to offer it would tell a name without who uses it.

    What no source names is near by its name only where nothing else is.
    """
    rows = _NAMES_OF_RESOURCES.select_each(store, map(ox.NamedNode, iris)).rows
    mentions = {text_of(row["resource"]) for row in rows if row["unnamed"]}
    labels = sorted({(text_of(row["resource"]), text_of(row["label"])) for row in rows})
    names = NameIndex(ResourceName(iri, label) for iri, label in labels)
    slugs: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(iris):
        slugs[_slug(iri)].append(iri)
    near = [*names.find(name), *(iri for slug in nearest_names(name, slugs, limit) for iri in slugs[slug])]
    called = [found.name.iri for found in names.search(name, limit + len(mentions))]
    nearest = [*near, *(iri for iri in called if iri not in mentions)] or called
    return tuple(dict.fromkeys(nearest))[:limit]


def _read(store: Queryable, prefixes: tuple[str, ...]) -> Iterator[ResourceName]:
    rows = _NAMES.select_each(store, map(ox.Literal, prefixes)).rows
    names = sorted((text_of(row["resource"]), text_of(row["hidden"]) == "true", text_of(row["label"])) for row in rows)
    for iri, is_hidden, text in dict.fromkeys(names):
        yield ResourceName(iri, text, is_hidden)
    for iri in dict.fromkeys(iri for iri, _, _ in names):
        yield ResourceName(iri, _slug(iri), is_id=True)


def _read_names_in_use(store: Queryable) -> Iterator[ResourceName]:
    rows = SolutionSequence.select(store, _NAMES_IN_USE).rows
    speakers = fetch_names(store, (row["speaker"] for row in rows))
    used: dict[tuple[str, str, bool], dict[str, None]] = defaultdict(dict)
    for row in rows:
        speaker = text_of(row["speaker"])
        key = text_of(row["resource"]), text_of(row["label"]), text_of(row["rejected"]) == "true"
        used[key][speakers.get(speaker, _slug(speaker))] = None
    for (iri, label, is_rejected), by in used.items():
        yield ResourceName(iri, label, use=NameUse(tuple(by), is_rejected))


def _read_mentions(store: Queryable) -> Iterable[Mention]:
    return _group_mentions(store, SolutionSequence.select(store, _MENTIONS).rows)


def _group_mentions(store: Queryable, rows: Sequence[Solution]) -> list[Mention]:
    titles = fetch_names(store, (row["source"] for row in rows))
    sources: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        source = text_of(row["source"])
        sources[text_of(row["resource"])] += [titles.get(source, _slug(source))] if source else []
    return [Mention(iri, tuple(found)) for iri, found in sources.items()]


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]

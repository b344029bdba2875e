"""What a reference to nothing may mean: what is called so, what has a similar id, or what is called similarly.

Owns the order of what is offered, and the words of the offer. Knows no documents.
"""

from collections.abc import Collection, Iterable
from urllib.parse import unquote

from kg.name_index import FoundName, NameIndex
from kg.nearest_names import suggest_names

_MAX = 3
_MAX_FOUND = 30


def suggest_resource(
    target: str, names: NameIndex, described: Iterable[str], ids: str, kinds: Collection[str] = ()
) -> str:
    """How to correct a reference to this IRI, an id below ``ids`` or, without a kind, a name such as Russia.

    Of a name, only resources of the kinds are offered, if there are any.
    """
    kind, _, slug = target.rpartition("/")
    name = unquote(slug)
    is_name = f"{kind}/" == ids
    if is_name:
        nearest = _offer_called(name, _of_kinds(names, ids, kinds), ids)
    else:
        siblings = [iri.removeprefix(ids) for iri in described if iri.rpartition("/")[0] == kind]
        called = [iri for iri in names.find(name) if iri.rpartition("/")[0] == kind and iri != target]
        nearest = _offer(called, names, ids) or suggest_names(unquote(target.removeprefix(ids)), siblings)
    if nearest:
        return f"{nearest} Otherwise describe it, here or in a reference graph."
    if is_name:
        return "Write its id, such as actor/russia, and describe it in this document or in a reference graph."
    return "Describe it in this document or in a reference graph, or correct its name."


def _of_kinds(names: NameIndex, ids: str, kinds: Collection[str]) -> NameIndex:
    prefixes = tuple(f"{ids}{kind}/" for kind in kinds)
    return NameIndex(name for name in names.names if name.iri.startswith(prefixes or ids))


def _offer_called(name: str, names: NameIndex, ids: str) -> str:
    """A question that offers what is called so, else what is called similarly."""
    found = sorted(names.search(name, _MAX_FOUND), key=lambda found: _distance(found, name))
    return _offer(names.find(name) or [other.name.iri for other in found[:_MAX]], names, ids)


def _distance(found: FoundName, name: str) -> tuple[float, int]:
    """The best score first, of equal ones the name of the most similar length."""
    return -found.score, abs(len(found.name.text) - len(name))


def _offer(iris: Collection[str], names: NameIndex, ids: str) -> str:
    """A question that offers these resources with their labels; empty where there is none."""
    labels = {name.iri: name.text for name in names.names if not name.is_hidden}
    offered = " or ".join(f"{iri.removeprefix(ids)!r} ({labels.get(iri, '')})" for iri in iris)
    return f"Did you mean {offered}?" if offered else ""

"""Warnings about ids that name what does not exist, or what is of another type: only therefore nothing is returned."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.schema.type_model import NODE, TypeModel
from kg.name_folding import fold_name
from kg.query_lint.suggestions import suggest
from kg.query_lint.syntax import IriTerm
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.store.interface import Queryable, ResourceLookup
from kg.store.query_template import QueryTemplate, text_of
from kg.store.speakers import attribute_ids

MAX_WARNINGS = 8
MAX_IDS = 500
"""Whose types are looked up."""
_CLASSES = QueryTemplate.read(Path(__file__).with_name("classes-of-nodes.rq"))


class NamedId(NamedTuple):
    """An id as the client wrote it, for a node of this type, in a filter or as an argument of a root field."""

    text: str
    type_name: str
    is_in_filter: bool = False


def find_unknown_ids(
    ids: Mapping[str, NamedId], model: TypeModel, vocabulary: SchemaVocabulary, session: SparqlSession
) -> list[dict[str, Any]]:
    """A warning for each of these ids, given by IRI, that names no node of its type; at most MAX_WARNINGS.

    An id that stands for no IRI is given by its text. Raises what queries of the session raise.
    """
    store = session.store
    if not ids or not isinstance(store, ResourceLookup):
        return []
    classes = _fetch_classes(list(ids)[:MAX_IDS], session)
    warnings = []
    for iri, named in ids.items():
        if iri in classes:
            if not _fits(classes[iri], named.type_name, model):
                warnings.append(_describe_other_type(iri, named, classes[iri], model))
        elif not (node := _parse(iri)) or not store.contains_resource(node):
            sought = iri if node else _name_iri(named, model, vocabulary)
            nearest = list(_suggest(sought, vocabulary, session)) if sought else []
            warnings.append(_describe_unknown(iri, named, _attribute(sought, nearest, session)))
        if len(warnings) == MAX_WARNINGS:
            break
    return warnings


def _fetch_classes(iris: Collection[str], store: Queryable) -> dict[str, set[str]]:
    classes: dict[str, set[str]] = {}
    for row in _CLASSES.select_each(store, filter(None, map(_parse, iris))).rows:
        classes.setdefault(text_of(row["node"]), set()).add(text_of(row["class"]))
    return classes


def _parse(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def _fits(classes: Collection[str], type_name: str, model: TypeModel) -> bool:
    """Whether a node of these classes is one of the type; also if the schema does not know its classes."""
    known = [class_ for class_ in classes if class_ in model.objects]
    return type_name == NODE or not known or any(class_ in model.classes(type_name) for class_ in known)


def _suggest(iri: str, vocabulary: SchemaVocabulary, store: Queryable) -> Iterator[str]:
    """The nearest ids of the same kind."""
    namespace, _, slug = iri.rpartition("/")
    kind = namespace.rpartition("/")[2]
    yield from suggest(IriTerm(iri, f"{kind}:{slug}", 0), vocabulary, store)


def _attribute(iri: str, nearest: Iterable[str], store: Queryable) -> dict[str, str]:
    """The nearest ids, by themselves and with the speakers of what is said, since ids hold words of it."""
    namespace = iri.removesuffix(iri.rpartition("/")[2])
    ids = {
        text[1:].partition(">")[0] if text.startswith("<") else namespace + text.partition(":")[2]: text
        for text in nearest
    }
    return dict(zip(ids.values(), attribute_ids(store, ids), strict=True))


def _name_iri(named: NamedId, model: TypeModel, vocabulary: SchemaVocabulary) -> str:
    """The IRI that a resource of this type and name, such as "the Pentagon", would have; empty if types are mixed."""
    classes = set(model.classes(named.type_name))
    namespaces = [namespace for namespace, kind in vocabulary.kinds.items() if not classes.isdisjoint(kind)]
    slug = "-".join(fold_name(named.text).split())
    return f"{namespaces[0]}{slug}" if slug and len(namespaces) == 1 else ""


def _describe_unknown(iri: str, named: NamedId, nearest: Mapping[str, str]) -> dict[str, Any]:
    hint = f"; did you mean {' or '.join(nearest.values())}?" if nearest else ""
    return {"message": f"{_subject(named)}, which does not exist{hint}", "id": iri, "nearest": list(nearest)}


def _describe_other_type(iri: str, named: NamedId, classes: Collection[str], model: TypeModel) -> dict[str, Any]:
    found = " and ".join(sorted(model.objects[class_].name for class_ in classes if class_ in model.objects))
    message = f"{_subject(named)}, which is of type {found}, where only {named.type_name} can match"
    return {"message": message, "id": iri, "nearest": []}


def _subject(named: NamedId) -> str:
    return f"{'A filter' if named.is_in_filter else 'The request'} names {named.text!r}"

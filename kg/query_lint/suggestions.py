"""Looks up in the data what a query names, and what it may have meant: near names, the same words in other languages.

A bounded number of look-ups, made only for a name or a literal that may be a mistake.
"""

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import VOCAB, value_of
from kg.nearest_names import nearest_names
from kg.query_lint.syntax import IriTerm, Role
from kg.query_lint.vocabulary import SchemaVocabulary, split_iri
from kg.store.interface import Queryable, Store
from kg.store.names import find_nearest
from kg.store.query_template import BatchQuery, QueryTemplate, SolutionSequence

MAX_NAMES = 3
_HERE = Path(__file__).parent
_DESCRIBED_TERMS = QueryTemplate.read(_HERE / "described-terms.rq")
_USED_LITERALS = QueryTemplate.read(_HERE / "used-literals.rq")
_CLASSES = QueryTemplate.read(_HERE / "classes-with-instances.rq")
_RESOURCES = QueryTemplate.read(_HERE / "resources-of-classes.rq")
_LANGUAGES_OF_VALUES = BatchQuery.read(_HERE / "languages-of-values.rq")
_LANGUAGES = (_HERE / "languages.rq").read_text(encoding="utf-8")


def is_described(store: Store, iri: str) -> bool:
    """Whether the data has a triple with the IRI, or a graph of that name."""
    node = ox.NamedNode(iri)
    return store.contains_resource(node) or bool(_DESCRIBED_TERMS.select_each(store, [node]).rows)


def find_used(store: Queryable, classes: Iterable[str]) -> set[str]:
    """Those of the classes that have instances of their own."""
    return {value_of(row["class"]) for row in _CLASSES.select_each(store, map(ox.NamedNode, classes)).rows}


def suggest(name: IriTerm, vocabulary: SchemaVocabulary, store: Queryable) -> list[str]:
    """The nearest names of the same namespace, nearest first, written as the name is."""
    if misspelt := vocabulary.find_misspelt(name):
        return [_write_like(name, iri) for iri in misspelt]
    namespace, local = split_iri(name.iri)
    if classes := vocabulary.kinds.get(namespace):
        resources = [iri for iri in _find_resources(store, classes) if iri.startswith(namespace) and iri != namespace]
        return _find_namesakes(name, vocabulary) or [
            _write_like(name, iri) for iri in find_nearest(store, resources, local, MAX_NAMES)
        ]
    known = _local_names(_terms_for(name.role, vocabulary), namespace)
    if not known and namespace.startswith(VOCAB):
        namespace, known = VOCAB, _local_names(vocabulary.terms, VOCAB)
    if joined := _find_joined(name.iri, vocabulary, store):
        return [f"<{joined}>, with a slash at the end of its prefix"]
    nearest = nearest_names(name.iri.removeprefix(namespace), known, MAX_NAMES)
    return _find_namesakes(name, vocabulary) or [_write_like(name, namespace + found) for found in nearest]


def _find_namesakes(name: IriTerm, vocabulary: SchemaVocabulary) -> list[str]:
    """The terms of other namespaces with the same local name."""
    return [f"<{iri}>" for iri in sorted(vocabulary.namesakes.get(split_iri(name.iri)[1], ()))]


def _find_joined(iri: str, vocabulary: SchemaVocabulary, store: Queryable) -> str:
    """The resource whose IRI differs by the slash after the kind, as in ``id/actorrussia``; empty if there is none."""
    namespaces = [namespace for namespace in vocabulary.kinds if iri.startswith(namespace[:-1])]
    iris = [ox.NamedNode(namespace + iri.removeprefix(namespace[:-1])) for namespace in namespaces]
    rows = _DESCRIBED_TERMS.select_each(store, iris).rows
    return next((value_of(row["term"]) for row in rows), "")


def _terms_for(role: Role, vocabulary: SchemaVocabulary) -> frozenset[str]:
    """The terms that may stand in that place."""
    if role is Role.CLASS:
        return vocabulary.classes
    return vocabulary.properties if role is Role.PREDICATE else vocabulary.terms


def _local_names(iris: Iterable[str], namespace: str) -> set[str]:
    return {iri.removeprefix(namespace) for iri in iris if iri.startswith(namespace) and iri != namespace}


def _find_resources(store: Queryable, classes: Iterable[str]) -> list[str]:
    rows = _RESOURCES.select_each(store, map(ox.NamedNode, classes)).rows
    return [value_of(row["resource"]) for row in rows]


def _write_like(name: IriTerm, iri: str) -> str:
    """The IRI as a prefixed name with the prefix of the name, if it has one that fits."""
    prefix, colon, local = name.text.partition(":")
    namespace = name.iri.removesuffix(local)
    rest = iri.removeprefix(namespace)
    if name.text.startswith("<") or not iri.startswith(namespace) or rest.startswith(("#", "/")):
        return f"<{iri}>"
    return f"{prefix}{colon}{rest}"


def find_languages(store: Queryable, predicates: Iterable[str]) -> list[str]:
    """The language tags of some values of the properties; an empty one for values without."""
    rows = _LANGUAGES_OF_VALUES.select(store, {"property": map(ox.NamedNode, predicates)}).rows
    return [value_of(row["tag"]) for row in rows if row.get("tag") is not None]


def find_literals(store: Store, words: str, tag: str) -> list[ox.Literal]:
    """The same words as the data has them, with another language tag or none; empty if it has them with this tag."""
    literal = ox.Literal(words, language=tag)
    if _USED_LITERALS.select_each(store, [literal]).rows:
        return []
    tags = {value_of(row["tag"]) for row in SolutionSequence.select(store, _LANGUAGES).rows}
    others = [ox.Literal(words), *(ox.Literal(words, language=other) for other in tags if other)]
    rows = _USED_LITERALS.select_each(store, others).rows
    return [row["literal"] for row in rows if isinstance(row["literal"], ox.Literal)]

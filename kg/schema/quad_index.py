"""Quads of Turtle files, looked up by subject and predicate."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.namespaces import RDF, value_of

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class QuadIndex:
    """A set of quads; their graphs are ignored."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._store = ox.Store()
        self._store.extend(quads)

    def objects(self, subject: Term | str, predicate: str) -> list[Term]:
        """The objects of a subject, which is a term or an IRI, for one predicate."""
        node = ox.NamedNode(subject) if isinstance(subject, str) else subject
        if isinstance(node, (ox.Literal, ox.Triple)):
            return []
        return [quad.object for quad in self._store.quads_for_pattern(node, ox.NamedNode(predicate), None)]

    def subjects(self, predicate: str, object_: str | None = None) -> list[Term]:
        """The subjects that have this predicate, with this IRI as object where one is given."""
        node = ox.NamedNode(object_) if object_ else None
        return [quad.subject for quad in self._store.quads_for_pattern(None, ox.NamedNode(predicate), node)]

    def iris(self, subject: Term | str, predicate: str) -> list[str]:
        """The same as ``objects``, each as its text."""
        return [value_of(term) for term in self.objects(subject, predicate)]

    def text(self, subject: Term | str, predicate: str) -> str:
        """The text of one object; empty without one."""
        return next(iter(self.iris(subject, predicate)), "")

    def members(self, head: Term) -> list[Term]:
        """The members of an RDF list."""
        members: list[Term] = []
        while value_of(head) != f"{RDF}nil":
            members += self.objects(head, f"{RDF}first")
            (head,) = self.objects(head, f"{RDF}rest")
        return members

"""Small random edits of a graph, aimed at every integrity rule: most of them break something, some heal it."""

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pyoxigraph as ox

from kg import namespaces
from kg.namespaces import CK, HAS_SELECTOR, HAS_SOURCE, SHA256, SKOS, TYPE, VOCAB, value_of

Quads = frozenset[ox.Quad]
T = TypeVar("T")
Edit = Callable[["GraphEdits"], tuple[Quads, Quads]]
NONE: Quads = frozenset()
_WKT = ox.NamedNode(f"{namespaces.GEO}wktLiteral")
_EDTF = ox.NamedNode(namespaces.EDTF)
_DATE = ox.NamedNode(f"{namespaces.XSD}date")
_AS_WKT = ox.NamedNode(f"{namespaces.GEO}asWKT")


def ck(name: str) -> ox.NamedNode:
    """A term of the ontology."""
    return ox.NamedNode(f"{CK}{name}")


class GraphEdits:
    """Draws edits of the current state; the ontology is left alone."""

    def __init__(self, rng: random.Random, base_iri: str, text: str, ontology: Quads) -> None:
        self._rng, self._base, self._text, self._ontology = rng, base_iri, text, ontology
        self._quads: list[ox.Quad] = []
        self._number = 0
        self._last: tuple[Quads, Quads] = (NONE, NONE)

    def draw(self, state: Quads) -> tuple[Quads, Quads]:
        """What one to three edits remove and add, exactly."""
        self._quads = sorted(state - self._ontology, key=str)
        removed: set[ox.Quad] = set()
        added: set[ox.Quad] = set()
        for _ in range(self._rng.choice((1, 1, 1, 2, 3))):
            now_removed, now_added = self._rng.choice(EDITS)(self)
            removed = (removed - now_added) | now_removed
            added = (added - now_removed) | now_added
        self._last = frozenset(removed & state), frozenset(added - state)
        return self._last

    def take_back(self) -> tuple[Quads, Quads]:
        removed, added = self._last
        return added, removed

    def remove_quad(self) -> tuple[Quads, Quads]:
        return frozenset({self._pick(self._quads)}), NONE

    def remove_resource(self) -> tuple[Quads, Quads]:
        return self._of(self._pick(self._quads).subject), NONE

    def remove_unused(self) -> tuple[Quads, Quads]:
        used = {quad.object for quad in self._quads}
        unused = [quad.subject for quad in self._quads if quad.subject not in used]
        return (self._of(self._pick(unused)), NONE) if unused else (NONE, NONE)

    def move_resource(self) -> tuple[Quads, Quads]:
        quads, graph = self._of(self._pick(self._quads).subject), self._graph()
        if self._rng.random() < 0.2:
            quads = frozenset(sorted(quads, key=str)[: len(quads) // 2])
        return quads, frozenset(_in_graph(quads, graph))

    def copy_quad(self) -> tuple[Quads, Quads]:
        return NONE, frozenset(_in_graph([self._pick(self._quads)], self._graph()))

    def drop_graph(self) -> tuple[Quads, Quads]:
        graph = self._graph()
        return frozenset(quad for quad in self._quads if quad.graph_name == graph), NONE

    def exchange_object(self) -> tuple[Quads, Quads]:
        quad = self._pick([quad for quad in self._quads if isinstance(quad.object, ox.NamedNode)])
        others = [other for other in self._quads if other.predicate == quad.predicate]
        return self._set(quad, self._pick(others).object)

    def point_at_anything(self) -> tuple[Quads, Quads]:
        quad = self._pick([quad for quad in self._quads if isinstance(quad.object, ox.NamedNode)])
        return self._set(quad, self._pick(self._quads).subject)

    def point_at_nothing(self) -> tuple[Quads, Quads]:
        quad = self._pick([quad for quad in self._quads if isinstance(quad.object, ox.NamedNode)])
        kind = value_of(quad.object).rpartition("/")[0]
        return self._set(quad, ox.NamedNode(f"{kind}/nothing-{self._rng.randrange(3)}"))

    def describe_nothing(self) -> tuple[Quads, Quads]:
        node = ox.NamedNode(f"{self._base}id/actor/nothing-{self._rng.randrange(3)}")
        quads = {self._quad(node, TYPE, ck("Organization")), self._quad(node, ck("gist"), ox.Literal("x"))}
        return NONE, frozenset(self._rng.sample(sorted(quads, key=str), self._rng.choice((1, 2))))

    def retype(self) -> tuple[Quads, Quads]:
        types = [quad for quad in self._quads if quad.predicate == TYPE]
        quad, other = self._pick(types), self._pick(types).object
        removed, added = self._set(quad, other)
        return self._pick([(removed, added), (NONE, added), (removed, NONE)])

    def retype_graph(self) -> tuple[Quads, Quads]:
        graph = self._graph()
        removed = {quad for quad in self._quads if quad.subject == graph and quad.predicate == TYPE}
        class_ = self._pick(namespaces.HOME_GRAPH_CLASSES)
        added = ox.Quad(graph, TYPE, class_, graph)
        return frozenset(removed), frozenset({added} if self._rng.random() < 0.8 else ())

    def edit_selector(self) -> tuple[Quads, Quads]:
        quad = self._pick_of(namespaces.START, namespaces.END, namespaces.EXACT, SHA256, namespaces.OWN_WORDS)
        value = value_of(quad.object)
        if value.isdecimal():
            return self._set(quad, ox.Literal(int(value) + self._rng.choice((-1, 1, 5_000))))
        digests = ("0" * 64, hashlib.sha256(self._text.encode()).hexdigest(), hashlib.sha256(b"x").hexdigest())
        is_digest = quad.predicate == SHA256
        return self._set(quad, ox.Literal(self._pick(digests) if is_digest else f"{value} {value}"))

    def lengthen_quote(self) -> tuple[Quads, Quads]:
        """Words that are in the text, so that only the share is passed, in steps."""
        exact = self._pick_of(namespaces.EXACT)
        links = [quad for quad in self._quads if quad.predicate == HAS_SELECTOR]
        passage = next((link.subject for link in links if link.object == exact.subject), None)
        start = self._number * 37 % (len(self._text) - 90)
        self._number += 1
        span = self._text[start : start + 90]
        selectors = {link.object for link in links if link.subject == passage}
        values = {
            namespaces.EXACT: ox.Literal(span),
            namespaces.START: ox.Literal(start),
            namespaces.END: ox.Literal(start + 90),
            SHA256: ox.Literal(hashlib.sha256(span.encode()).hexdigest()),
        }
        old = {q for q in self._quads if q.subject in selectors and q.predicate in values}
        own = {q for q in self._quads if q.subject == passage and q.predicate == namespaces.OWN_WORDS}
        new = {ox.Quad(q.subject, q.predicate, values[q.predicate], q.graph_name) for q in old}
        return frozenset(old | own), frozenset(new)

    def quote_again(self) -> tuple[Quads, Quads]:
        """A quote of a source that another graph may have registered; its place is right or not."""
        source, start = self._pick_of(HAS_SOURCE).object, self._rng.randrange(len(self._text) - 60)
        span, number = self._text[start : start + 50], self._rng.randrange(1_000)
        passage, selector = (ox.NamedNode(f"{self._base}id/{kind}/again-{number}") for kind in ("passage", "selector"))
        graph, digest = self._graph(), hashlib.sha256(span.encode()).hexdigest()
        said = {
            (passage, TYPE, namespaces.PASSAGE),
            (passage, HAS_SOURCE, source),
            (passage, HAS_SELECTOR, selector),
            (selector, TYPE, ox.NamedNode(f"{namespaces.OA}TextPositionSelector")),
            (selector, namespaces.START, ox.Literal(start)),
            (selector, namespaces.END, ox.Literal(start + self._rng.choice((50, 50, 51)))),
            (selector, SHA256, ox.Literal(digest)),
            (selector, namespaces.EXACT, ox.Literal(self._rng.choice((span, span, "elsewhere")))),
        }
        return NONE, frozenset(ox.Quad(*triple, graph) for triple in said)

    def unhash_source(self) -> tuple[Quads, Quads]:
        sources = {quad.object for quad in self._quads if quad.predicate == HAS_SOURCE}
        hashed = [quad for quad in self._quads if quad.predicate == SHA256 and quad.subject in sources]
        return frozenset(hashed[:1]), NONE

    def exchange_text(self) -> tuple[Quads, Quads]:
        """A source whose text is another one, which the archive lacks."""
        sources = {quad.object for quad in self._quads if quad.predicate == HAS_SOURCE}
        hashed = [quad for quad in self._quads if quad.predicate == SHA256 and quad.subject in sources]
        other = ox.Literal(hashlib.sha256(b"another").hexdigest())
        return self._set(self._pick(hashed), other) if hashed else (NONE, NONE)

    def miscount(self) -> tuple[Quads, Quads]:
        quad = self._pick_of(ck("asGiven"))
        return self._set(quad, ox.Literal(self._pick(("nineteen", "0", "about 9"))))

    def link_statements(self) -> tuple[Quads, Quads]:
        statements = [
            q.subject for q in self._quads if q.predicate == TYPE and value_of(q.object) == namespaces.STATEMENT
        ]
        link = self._pick((namespaces.RETRACTS, namespaces.PART_OF_STATEMENT, namespaces.RESTATES))
        if not statements:
            return NONE, NONE
        return NONE, frozenset({self._quad(self._pick(statements), ox.NamedNode(link), self._pick(statements))})

    def change_speaker(self) -> tuple[Quads, Quads]:
        quad = self._pick_of(ox.NamedNode(namespaces.SPEAKER))
        others = [other.object for other in self._quads if other.predicate == quad.predicate]
        return self._set(quad, self._pick(others))

    def hedge_by_group(self) -> tuple[Quads, Quads]:
        quad = self._pick_of(ox.NamedNode(namespaces.HEDGE))
        return self._set(quad, ox.NamedNode(f"{namespaces.HEDGES}{self._pick(('attribution', 'reportedly'))}"))

    def add_geometry(self) -> tuple[Quads, Quads]:
        node, place = (
            ox.NamedNode(f"{self._base}id/geometry/{self._rng.randrange(50)}"),
            self._pick(self._quads).subject,
        )
        text = self._pick(("POINT(21 50)", "POINT(21 50", "POINT(210 50)"))
        said: list[tuple[ox.NamedNode, Any]] = [
            (TYPE, ck("Geometry")),
            (_AS_WKT, ox.Literal(text, datatype=_WKT)),
            (namespaces.GEOMETRY_OF, place),
        ]
        graph = self._graph()
        return NONE, frozenset(ox.Quad(node, *pair, graph) for pair in self._rng.sample(said, self._rng.choice((2, 3))))

    def add_concept(self) -> tuple[Quads, Quads]:
        concept = ox.NamedNode(f"{VOCAB}weapon/new-{self._rng.randrange(20)}")
        said: list[tuple[ox.NamedNode, Any]] = [
            (TYPE, ox.NamedNode(f"{SKOS}Concept")),
            (namespaces.IN_SCHEME, ox.NamedNode(f"{VOCAB}weapon")),
            (ox.NamedNode(f"{SKOS}prefLabel"), ox.Literal("new", language="en")),
            (ox.NamedNode(f"{SKOS}definition"), ox.Literal("new", language="en")),
            (ox.NamedNode(f"{SKOS}example"), ox.Literal("new", language="en")),
            (ox.NamedNode(namespaces.BROADER), ox.NamedNode(f"{VOCAB}weapon/bomb")),
        ]
        graph = self._graph()
        return NONE, frozenset(
            ox.Quad(concept, *pair, graph) for pair in self._rng.sample(said, self._rng.choice((6, 6, 5)))
        )

    def change_date(self) -> tuple[Quads, Quads]:
        quad = self._pick_of(*namespaces.SPANS)
        text = self._pick(("2017-03-16", "2017-03-16/2017-04", "2017", "last week", "2017-13"))
        removed, added = self._set(quad, ox.Literal(text, datatype=_EDTF))
        return self._pick([(removed, added), (removed, NONE), (NONE, added)])

    def invent_days(self) -> tuple[Quads, Quads]:
        quad = self._pick_of(namespaces.EARLIEST, namespaces.LATEST, *namespaces.SPANS.values())
        removed, added = self._set(quad, ox.Literal("2001-01-01", datatype=_DATE))
        return self._pick([(removed, added), (removed, NONE), (NONE, added)])

    def leave_graphs(self) -> tuple[Quads, Quads]:
        quad = self._pick(self._quads)
        return NONE, frozenset({ox.Quad(quad.subject, quad.predicate, quad.object)})

    def arm(self) -> tuple[Quads, Quads]:
        quad = self._pick_of(ox.NamedNode(namespaces.WEAPON))
        return self._set(quad, ox.NamedNode(f"{VOCAB}weapon/airstrike"))

    def repeat_name(self) -> tuple[Quads, Quads]:
        label = ox.NamedNode(namespaces.PREF_LABEL)
        quad = self._pick_of(label)
        return self._set(quad, self._pick([other.object for other in self._quads if other.predicate == label]))

    def repeat_proposition(self) -> tuple[Quads, Quads]:
        shown = self._pick_of(ck("asserts"), ck("denies"), ck("leavesOpen")).object
        said = [quad for quad in self._quads if quad.subject == shown]
        node = ox.NamedNode(f"{self._base}id/proposition/again-{self._rng.randrange(1_000)}")
        graph = self._graph()
        return NONE, frozenset(ox.Quad(node, quad.predicate, quad.object, graph) for quad in said)

    def _of(self, subject: object) -> Quads:
        return frozenset(quad for quad in self._quads if quad.subject == subject)

    def _pick_of(self, *predicates: ox.NamedNode) -> ox.Quad:
        found = [quad for quad in self._quads if quad.predicate in predicates]
        return self._pick(found or self._quads)

    def _pick(self, items: Sequence[T]) -> T:
        return self._rng.choice(items)

    def _graph(self) -> ox.NamedNode:
        graphs = {quad.graph_name.value for quad in self._quads if isinstance(quad.graph_name, ox.NamedNode)}
        return ox.NamedNode(self._pick(sorted(graphs)))

    def _quad(self, subject: object, predicate: ox.NamedNode, value: object) -> ox.Quad:
        graphs = [quad.graph_name for quad in self._quads if quad.subject == subject]
        return ox.Quad(subject, predicate, value, graphs[0] if graphs else self._graph())  # type: ignore[arg-type]

    def _set(self, quad: ox.Quad, value: object) -> tuple[Quads, Quads]:
        new = ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)  # type: ignore[arg-type]
        return frozenset({quad}), frozenset({new})


def _in_graph(quads: Sequence[ox.Quad] | Quads, graph: ox.NamedNode) -> list[ox.Quad]:
    return [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]


EDITS: tuple[Edit, ...] = tuple(
    edit for name, edit in vars(GraphEdits).items() if callable(edit) and not name.startswith("_") and name != "draw"
)

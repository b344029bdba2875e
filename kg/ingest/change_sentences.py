"""Statements and things in one sentence each, for people who are about to load them: "Pentagon denies: killing of two".

Owns the sentences and the comparison of two states of a graph by them. Reads what is said of what a change touches, and
labels of ontology and shapes; decides nothing: what the statements amount to is for ``kg.status``.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg import namespaces
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, Field, Schema, local_name
from kg.schema.summary_template import fill_template, list_fields
from kg.store.interface import QuadLookup, Subject
from kg.store.labels import LABEL_PROPERTIES
from kg.store.proposed_change import ProposedChange
from kg.text_direction import isolate

MAX_CHANGES = 1_000
MAX_AFFECTED = 10_000
"""Resources that the change does not touch and whose sentences may differ nevertheless."""
_LEFT_OUT = frozenset({"earliest", "latest", "whenAsGiven", "span", "timeMode", "gist"})
_WORDED = {
    **dict.fromkeys(("perpetrator", "actor", "zone", "labelled", "place", "by", "medium", "one", "from"), "{}"),
    **dict.fromkeys(("incidentType", "relation", "controlKind", "positionKind", "link", "count", "other", "to"), "{}"),
    **{"target": "on {}", "location": "at {}", "near": "near {}", "weapon": "with {}", "label": "is called {}"},
    **{"when": "({})", "incident": "[{}]", "shows": "shows {}"},
}
"""How a role is worded within a sentence; others are named: ``object: a tank``."""
_VERBS = {
    ("zone", "place"): "covers {}",
    ("zone", "geometry"): "has the border {}",
    ("place", "relation"): "is {}",
    ("place", "geometry"): "is at {}",
}
"""How the second of two roles is worded where a proposition has both."""
_CONTROL_VERBS = {
    **{"control": "controls", "taken": "took", "capitulation": "received the capitulation of", "siege": "besieges"},
    **{"influence": "has influence in", "leading-influence": "is the leading influence in", "resistance": "resists in"},
}
"""How a kind of control is worded between actor and place."""
_LINKS = ("disputes", "disputedAspect", "supports", "basedOn", "conditionalOn", "inTensionWith", "restates")
_SOMETHING = "something happened"
"""What an account says of which only the place, the target or the means is stated."""
_SAYING = frozenset({"perpetrator", "incidentType", "count"})
"""Roles that say what happened."""
_ORDER = {
    **dict.fromkeys(("perpetrator", "actor", "zone", "labelled", "by", "medium", "one", "from"), -2),
    **{"controlKind": -1.6, "place": -1.5},
    **dict.fromkeys(("incidentType", "relation", "positionKind", "link"), -1),
    **{"location": 1, "near": 1, "when": 2, "count": 2.5, "incident": 3},
}
_LAST = 1 << 40
_MAX_DEPTH = 4
_READ_AHEAD = 3
"""Steps from a statement to what its sentence names."""
_UNHEDGED = "none"


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A statement or thing that is new, changed or gone (``+``, ``~``, ``-``), as a sentence."""

    sign: str
    iri: str
    sentence: str


def compare_resources(
    change: ProposedChange,
    graphs: Collection[str],
    schema: Schema,
    line_of: Callable[[str], int | None] = lambda _: None,
) -> tuple[ResourceChange, ...]:
    """The statements and things of these graphs that differ, at most MAX_CHANGES, in the order of their lines.

    What has no line comes last, in the order of the IRIs; numbers in them are compared as numbers.
    """
    affected = [node for state in (change.before, change.after) for node in _find_affected(change, state)]
    old, new = (ResourceSentences(state, schema).of_graphs(graphs, affected) for state in (change.before, change.after))
    changes = []
    for iri in sorted({*old, *new}, key=lambda iri: (line_of(iri) or _LAST, _natural_order(iri))):
        if old.get(iri) != new.get(iri):
            sign = "~" if iri in old and iri in new else "+" if iri in new else "-"
            changes.append(ResourceChange(sign, iri, new.get(iri) or old[iri]))
    return tuple(changes[:MAX_CHANGES])


def _find_affected(change: ProposedChange, state: QuadLookup) -> Collection[Subject]:
    """The touched resources, and what leads to them in as many steps as a sentence has; at most MAX_AFFECTED others."""
    touched = {quad.subject for quad in (*change.removed, *change.added) if not _is_term(quad.subject)}
    affected: dict[Subject, None] = dict.fromkeys(sorted(touched, key=str))
    latest = list(affected)
    for _ in range(_MAX_DEPTH + 1):
        found = state.match_each([(None, None, node) for node in latest])
        latest = [node for node in {quad.subject for quads in found for quad in quads} if node not in affected]
        affected |= dict.fromkeys(sorted(latest, key=str))
        if not latest or len(affected) > len(touched) + MAX_AFFECTED:
            break
    return affected


def _is_term(node: object) -> bool:
    """Whether it is a term of the ontology or a concept, whose users are not listed."""
    return namespaces.value_of(node).startswith((namespaces.CK, namespaces.VOCAB))


def _natural_order(iri: str) -> list[tuple[bool, int, str]]:
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split("([0-9]+)", iri)]


def _pattern(name: str, roles: Collection[str]) -> str | None:
    """How a role is worded beside the others; None if it is named."""
    verbs = (verb for (first, second), verb in _VERBS.items() if second == name and first in roles)
    return next(verbs, _WORDED.get(name))


class ResourceSentences:
    """The sentences of what quads describe."""

    def __init__(self, graph: QuadLookup, schema: Schema) -> None:
        self._graph, self._schema, self._index = graph, schema, ClassIndex(schema)
        self._described: dict[str, Mapping[str, list[object]]] = {}

    def of_graphs(self, graphs: Collection[str], resources: Collection[Subject]) -> dict[str, str]:
        """The sentence of each of the statements and things that is described in one of these graphs, by IRI."""
        sentences = {}
        typed = self._graph.match_each([(resource, namespaces.TYPE, None) for resource in resources])
        self._read_ahead(resources)
        for quad in (quad for quads in typed for quad in quads):
            if namespaces.value_of(quad.graph_name) in graphs:
                iri, type_ = namespaces.value_of(quad.subject), namespaces.value_of(quad.object)
                if type_ in self._index.statements:
                    sentences[iri] = self._sentence(iri, 0)
                elif type_ in self._index.things:
                    sentences[iri] = self._thing(iri, self._schema.classes[type_])
        return sentences

    def _thing(self, iri: str, cls: Class) -> str:
        """Its class and all its names."""
        predicates = (*LABEL_PROPERTIES, f"{namespaces.SKOS}hiddenLabel")
        names = [namespaces.value_of(name) for predicate in predicates for name in self._values(iri, predicate)]
        return f"{cls.label}: {', '.join(map(isolate, dict.fromkeys(names))) or local_name(iri)}"

    def _values(self, iri: str, predicate: str) -> Sequence[object]:
        if iri not in self._described:
            self._read([ox.NamedNode(iri)])
        return self._described[iri].get(predicate, ())

    def _read_ahead(self, resources: Iterable[Subject]) -> None:
        """Read what sentences usually need in a few batches."""
        latest: Iterable[Subject] = resources
        for _ in range(_READ_AHEAD):
            latest = self._read([node for node in latest if namespaces.value_of(node) not in self._described])

    def _read(self, nodes: Sequence[Subject]) -> set[Subject]:
        """Read all that is said of the nodes; what it leads to."""
        objects: set[Subject] = set()
        for node, quads in zip(nodes, self._graph.match_each([(node, None, None) for node in nodes]), strict=True):
            said: dict[str, list[object]] = defaultdict(list)
            for quad in sorted(quads, key=str):
                said[quad.predicate.value].append(quad.object)
                if isinstance(quad.object, ox.NamedNode) and quad.predicate != namespaces.TYPE:
                    objects.add(quad.object)
            self._described[namespaces.value_of(node)] = said
        return objects

    def _sentence(self, statement: str, depth: int) -> str:
        """Speaker, act and what it is about, with the hedge."""
        speakers = self._names(statement, namespaces.SPEAKER, depth) or "a speaker who is not recorded"
        if addressees := self._names(statement, f"{namespaces.CK}saidTo", depth):
            speakers = f"{speakers}, to {addressees},"
        acts = "; ".join(self._acts(statement, depth))
        hedges = [local_name(namespaces.value_of(hedge)) for hedge in self._values(statement, namespaces.HEDGE)]
        worded = "".join(f" ({hedge})" for hedge in hedges if hedge != _UNHEDGED)
        links = "".join(f"; {link}" for link in self._links(statement, depth)) if depth == 0 else ""
        return f"{speakers} {acts}{worded}{links}"

    def _links(self, statement: str, depth: int) -> Iterator[str]:
        for link in _LINKS:
            if names := self._names(statement, f"{namespaces.CK}{link}", depth):
                yield f"{self._schema.properties[f'{namespaces.CK}{link}'].label}: {names}"

    def _names(self, subject: str, predicate: str, depth: int) -> str:
        return ", ".join(self._name(value, depth) for value in self._values(subject, predicate))

    def _acts(self, statement: str, depth: int) -> Iterator[str]:
        for act in sorted(self._index.acts):
            if self._values(statement, act):
                yield f"{self._schema.properties[act].label}: {self._names(statement, act, depth)}"

    def _name(self, term: object, depth: int) -> str:
        """A label, else a sentence or summary, else the short name; a literal as it is."""
        value = namespaces.value_of(term)
        if not isinstance(term, ox.NamedNode):
            return isolate(value)
        labels = [label for predicate in LABEL_PROPERTIES for label in self._values(value, predicate)]
        english = [label for label in labels if isinstance(label, ox.Literal) and label.language in ("en", None)]
        if labels:
            return isolate(namespaces.value_of((english or labels)[0]))
        types = {namespaces.value_of(type_) for type_ in self._values(value, namespaces.TYPE.value)}
        if depth < _MAX_DEPTH and types & self._index.statements:
            return f"\u201c{self._sentence(value, depth + 1)}\u201d"
        cls = self._index.class_of(tuple(types))
        if cls is None or depth >= _MAX_DEPTH or not (cls.kind or types & self._index.propositions):
            return local_name(value)
        return self._summary(value, cls, depth + 1)

    def _summary(self, iri: str, cls: Class, depth: int) -> str:
        """The gist and the roles of a proposition, in the order of a sentence; of a part, its ``cks:summary``."""
        fields = {field.name: field for field in cls.fields.values() if not field.inverse}
        if cls.iri not in self._index.propositions and (template := self._index.summary_templates.get(cls.iri)):
            summary = fill_template(template, lambda name: self._role(iri, fields[name], depth))
            rest = sorted(fields.keys() - _LEFT_OUT - {*list_fields(template)}, key=lambda name: fields[name].order)
            return ", ".join([summary, *self._named(iri, [fields[name] for name in rest], depth)])
        ordered = sorted(fields.keys() - _LEFT_OUT, key=lambda name: (_ORDER.get(name, 0), fields[name].order))
        roles = {name: text for name in ordered if (text := self._role(iri, fields[name], depth))}
        gist = [isolate(namespaces.value_of(value)) for value in self._values(iri, f"{namespaces.CK}gist")[:1]]
        patterns = {name: pattern for name in roles if (pattern := _pattern(name, roles))}
        if "controlKind" in roles:
            roles["controlKind"] = self._word_control(iri, fields["controlKind"], roles["controlKind"])
        is_unspecified = not gist and "incidentType" in fields and not _SAYING.intersection(roles)
        if is_unspecified and "target" in patterns:
            patterns["target"] = "to {}"
        worded = " ".join(pattern.format(roles[name]) for name, pattern in patterns.items())
        if worded and is_unspecified:
            worded = f"{_SOMETHING} {worded}"
        named = self._named(iri, [fields[name] for name in roles if name not in patterns], depth)
        return "; ".join([*gist, *([worded] if worded else []), *named]) or cls.label

    def _word_control(self, iri: str, field: Field, named: str) -> str:
        """The kind of control as the verb between actor and place; its name where no verb is known."""
        kinds = [local_name(namespaces.value_of(kind)) for kind in self._values(iri, field.predicate or "")]
        return _CONTROL_VERBS.get(kinds[0], named)

    def _named(self, iri: str, fields: Sequence[Field], depth: int) -> list[str]:
        return [f"{field.label}: {text}" for field in fields if (text := self._role(iri, field, depth))]

    def _role(self, iri: str, field: Field, depth: int) -> str:
        return self._names(iri, field.predicate or "", depth)

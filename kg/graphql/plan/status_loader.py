"""Loads what statuses and attributions rest on, together with the other links of each layer.

Owns only the loading: a link that ``kg.status`` reads and that is not loaded yet is requested with the next layer,
until none is missing. What the links decide and how it is worded is for ``kg.status``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from itertools import chain

from kg import namespaces
from kg.graphql.plan.batch_loader import BatchLoader, Layer
from kg.graphql.plan.evidence_graph import LoadedEvidenceGraph
from kg.graphql.schema.field_binding import ComputedField
from kg.graphql.schema.inflection import constant_case
from kg.graphql.schema.type_model import TypeModel
from kg.status.evidence import ACTS, collect_evidence, find_disputants, find_holders
from kg.status.verdict import Evidence, decide
from kg.status.wording import HOLDINGS, attribute_proposition, attribute_statement

_DEFAULT_ACT = "says"

_PROPOSITION_LINKS = (*((act, True) for act in ACTS), (namespaces.CONTENT, True))
_STATEMENT_LINKS = (
    (namespaces.SPEAKER, False),
    (namespaces.HEDGE, False),
    (namespaces.REPORTED_IN, False),
    (namespaces.DISPUTES, True),
)


class StatusLoader:
    """Computes ``status`` and ``attribution`` of the requested nodes from links loaded layer by layer."""

    def __init__(self, model: TypeModel, loader: BatchLoader) -> None:
        self._acts = {act: name.lower().replace("_", " ") for act, name in model.acts.items()}
        self._links = LoadedEvidenceGraph(model, loader)
        self._evidence: dict[str, list[Evidence]] = {}
        """Of propositions, once all its links are loaded."""
        self._attributed: set[str] = set()
        self._requested: dict[ComputedField, set[str]] = defaultdict(set)
        self._waiting: set[str] = set()
        self._waiting_statements: set[str] = set()

    @property
    def is_pending(self) -> bool:
        """Whether a requested value still lacks links."""
        return bool(self._waiting or self._waiting_statements or self._links.is_missing)

    def request(self, field: ComputedField, nodes: Set[str]) -> None:
        """Load what the field needs: STATUS or ATTRIBUTION of propositions, or STATEMENT_ATTRIBUTION."""
        # The same nodes come once for each type that they may be of.
        nodes = nodes - self._requested[field]
        if not nodes:
            return
        self._requested[field] |= nodes
        if field is ComputedField.STATEMENT_ATTRIBUTION:
            self._waiting_statements |= nodes
            self._links.require(nodes, (*_STATEMENT_LINKS, *((act, False) for act in self._acts)))
            return
        links = _PROPOSITION_LINKS
        if field is ComputedField.ATTRIBUTION:
            self._attributed |= nodes
            links = (*_PROPOSITION_LINKS, *((link, True) for link in HOLDINGS))
        self._waiting |= nodes
        self._links.require(nodes, links)

    def plan(self, layer: Layer) -> None:
        """Request the links that are missing."""
        self._links.request_missing(layer)

    def advance(self) -> None:
        """Follow the links of the loaded layer."""
        waiting, self._waiting = self._waiting, set()
        for proposition in waiting:
            evidence, holders = self._read_proposition(proposition)
            if self._links.was_complete():
                self._evidence[proposition] = evidence
                if proposition in self._attributed:
                    self._links.require_names({*_people(evidence), *chain(*holders.values())})
            else:
                self._waiting.add(proposition)
        statements, self._waiting_statements = self._waiting_statements, set()
        for statement in statements:
            disputants = find_disputants(self._links, statement)
            if self._links.was_complete():
                speakers = self._links.objects(statement, namespaces.SPEAKER)
                sources = self._links.objects(statement, namespaces.REPORTED_IN)
                self._links.require_names({*disputants, *speakers, *sources})
            else:
                self._waiting_statements.add(statement)

    def status(self, proposition: str) -> str:
        """The enum value of the proposition's status."""
        return constant_case(decide(self._evidence[proposition]).status)

    def attribution(self, proposition: str) -> str:
        """Who does what to a proposition, and who disputes it."""
        return attribute_proposition(self._evidence[proposition], self._find_holders(proposition), self._links.name_of)

    def statement_attribution(self, statement: str) -> str:
        """Who makes a statement, how worded, where, and who disputes it."""
        links = self._links
        acts = (name for act, name in self._acts.items() if links.objects(statement, act))
        return attribute_statement(
            next(acts, _DEFAULT_ACT),
            speakers=links.objects(statement, namespaces.SPEAKER),
            hedges=links.objects(statement, namespaces.HEDGE),
            sources=links.objects(statement, namespaces.REPORTED_IN),
            disputants=find_disputants(links, statement),
            name_of=links.name_of,
        )

    def _read_proposition(self, proposition: str) -> tuple[list[Evidence], dict[str, tuple[str, ...]]]:
        evidence = collect_evidence(self._links, proposition)
        return evidence, self._find_holders(proposition) if proposition in self._attributed else {}

    def _find_holders(self, proposition: str) -> dict[str, tuple[str, ...]]:
        return {link: find_holders(self._links, proposition, link) for link in HOLDINGS}


def _people(evidence: Iterable[Evidence]) -> Iterator[str]:
    """The speakers and disputants of the acts."""
    for item in evidence:
        yield item.speaker
        yield from item.disputants

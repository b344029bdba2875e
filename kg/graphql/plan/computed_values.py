"""The values of computed fields: loads what they rest on, together with the other links of each layer.

Owns only the loading: a link that ``kg.status`` reads and that is not loaded yet is requested with the next layer,
until none is missing. What the links decide and how it is worded is for ``kg.status``; which fields there are is for
``schema.computed_fields``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from itertools import chain

from kg import namespaces
from kg.graphql.plan.batch_loader import BatchLoader, Layer
from kg.graphql.plan.evidence_graph import LoadedEvidenceGraph
from kg.graphql.schema.inflection import constant_case
from kg.graphql.schema.type_model import PathStep, TypeModel
from kg.status.evidence import ACTS, collect_evidence, find_disputants, find_holders
from kg.status.verdict import Evidence, Status, decide
from kg.status.wording import HOLDINGS, attribute_proposition, attribute_statement

_DEFAULT_ACT = "says"
_STATUS_NAMES = {status: constant_case(status) for status in Status}

_PROPOSITION_LINKS = (*((act, True) for act in ACTS), (namespaces.CONTENT, True))
_STATEMENT_LINKS = (
    (namespaces.SPEAKER, False),
    (namespaces.HEDGE, False),
    (namespaces.REPORTED_IN, False),
    (namespaces.DISPUTES, True),
)


class ComputedValues:
    """Implements ``NodeValues`` from links loaded layer by layer."""

    def __init__(self, model: TypeModel, loader: BatchLoader) -> None:
        self._loader, self._act_names = loader, model.acts
        self._acts = {act: name.lower().replace("_", " ") for act, name in model.acts.items()}
        self._links = LoadedEvidenceGraph(model, loader)
        self._evidence: dict[str, list[Evidence]] = {}
        """Of propositions, once all its links are loaded."""
        self._attributed: set[str] = set()
        self._requested: dict[str, set[str]] = defaultdict(set)
        """The nodes by method of request: the same nodes come once for each type that they may be of."""
        self._waiting: set[str] = set()
        self._waiting_statements: set[str] = set()
        self._lacking_act: set[str] = set()

    @property
    def is_pending(self) -> bool:
        """Whether a requested value still lacks links."""
        return bool(self._waiting or self._waiting_statements or self._links.is_missing)

    def request_acts(self, statements: Set[str]) -> None:
        # A statement has one act: if it was reached from the object of its act, the act is known.
        known = {statement for act in self._acts for statement in self._loader.subjects(act) & statements}
        self._lacking_act |= statements - known

    def request_statuses(self, propositions: Set[str]) -> None:
        self._request_evidence("status", propositions, _PROPOSITION_LINKS)

    def request_attributions(self, propositions: Set[str]) -> None:
        self._attributed |= propositions
        self._request_evidence("attribution", propositions, (*_PROPOSITION_LINKS, *((link, True) for link in HOLDINGS)))

    def request_statement_attributions(self, statements: Set[str]) -> None:
        new = statements - self._requested["statement"]
        self._requested["statement"] |= new
        self._waiting_statements |= new
        self._links.require(new, (*_STATEMENT_LINKS, *((act, False) for act in self._acts)))

    def plan(self, layer: Layer) -> None:
        """Request the links that are missing."""
        if self._lacking_act:
            layer.request(self._lacking_act, [PathStep(act, False) for act in self._acts])
            self._lacking_act = set()
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

    def act(self, statement: str) -> str | None:
        """The enum value of the statement's act."""
        for act, name in self._act_names.items():
            if statement in self._loader.subjects(act) or self._loader.values(statement, PathStep(act, False)):
                return name
        return None

    def status(self, proposition: str) -> str:
        """The enum value of the proposition's status."""
        return _STATUS_NAMES[decide(self._evidence[proposition]).status]

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

    def _request_evidence(self, name: str, propositions: Set[str], links: Iterable[tuple[str, bool]]) -> None:
        new = propositions - self._requested[name]
        self._requested[name] |= new
        self._waiting |= new
        self._links.require(new, links)

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

"""The values of computed fields: loads what they rest on, together with the other links of each layer.

Owns only the loading. What is said of propositions is fetched in two queries a layer, as questions and pages fetch it;
links of statements are requested with the next layer, until none is missing. What the links decide and how it is worded
is for ``kg.status``; which fields there are is for ``schema.computed_fields``.
"""

from collections.abc import Set

from kg import namespaces
from kg.graphql.plan.batch_loader import BatchLoader, Layer
from kg.graphql.plan.evidence_graph import LoadedEvidenceGraph
from kg.graphql.schema.inflection import constant_case
from kg.graphql.schema.type_model import PathStep, TypeModel
from kg.questions.standings import fetch_standings
from kg.status.attribution import attribute_statement
from kg.status.evidence import find_disputants
from kg.status.provenance import is_retracted
from kg.status.standing import Standing
from kg.status.verdict import Status, Strength
from kg.store.interface import Queryable

_DEFAULT_ACT = "says"
_STATUS_NAMES = {status: constant_case(status) for status in Status}
_STRENGTH_NAMES = {strength: constant_case(strength) for strength in Strength}

_STATEMENT_LINKS = (
    (namespaces.SPEAKER, False),
    (namespaces.SAID_TO, False),
    (namespaces.HEDGE, False),
    (namespaces.REPORTED_IN, False),
    (namespaces.DISPUTES, True),
    (namespaces.RESTATES, False),
    (namespaces.RETRACTS, True),
)


class ComputedValues:
    """Implements ``NodeValues`` from what is loaded layer by layer."""

    def __init__(self, model: TypeModel, loader: BatchLoader, store: Queryable) -> None:
        self._model, self._loader, self._store, self._act_names = model, loader, store, model.acts
        self._acts = {act: name.lower().replace("_", " ") for act, name in model.acts.items()}
        self._links = LoadedEvidenceGraph(loader)
        self._standings: dict[str, Standing] = {}
        self._undecided: set[str] = set()
        self._requested_statements: set[str] = set()
        """The same nodes come once for each type that they may be of."""
        self._waiting_statements: set[str] = set()
        self._lacking_act: set[str] = set()

    @property
    def is_pending(self) -> bool:
        """Whether a requested value still lacks links."""
        return bool(self._undecided or self._waiting_statements or self._links.is_missing)

    def request_acts(self, statements: Set[str]) -> None:
        # A statement has one act: if it was reached from the object of its act, the act is known.
        known = {statement for act in self._acts for statement in self._loader.subjects(act) & statements}
        self._lacking_act |= statements - known

    def request_standings(self, propositions: Set[str]) -> None:
        self._undecided |= propositions - self._standings.keys()

    def request_statement_attributions(self, statements: Set[str]) -> None:
        new = statements - self._requested_statements
        self._requested_statements |= new
        self._waiting_statements |= new
        self._links.require(new, (*_STATEMENT_LINKS, *((act, False) for act in self._acts)))

    def plan(self, layer: Layer) -> None:
        """Request the links that are missing."""
        if self._lacking_act:
            layer.request(self._lacking_act, [PathStep(act, False) for act in self._acts])
            self._lacking_act = set()
        self._links.request_missing(layer)

    def advance(self) -> None:
        """Decide the propositions of the layer, and follow the links that it loaded."""
        undecided, self._undecided = self._undecided, set()
        if undecided:
            fetched = fetch_standings(undecided, self._store)
            self._standings |= {iri: fetched.standing_of(iri) for iri in undecided}
        statements, self._waiting_statements = self._waiting_statements, set()
        for statement in statements:
            disputants = find_disputants(self._links, statement)
            is_retracted(self._links, statement)
            if self._links.was_complete():
                speakers = self._links.objects(statement, namespaces.SPEAKER)
                sources = self._links.objects(statement, namespaces.REPORTED_IN)
                hearers = self._links.objects(statement, namespaces.SAID_TO)
                self._links.require_names({*disputants, *speakers, *hearers, *sources})
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
        return _STATUS_NAMES[self._standings[proposition].decision.status]

    def strength(self, proposition: str) -> str | None:
        """The enum value of the strength of an assertion or rejection."""
        strength = self._standings[proposition].decision.strength
        return _STRENGTH_NAMES[strength] if strength else None

    def disputed_aspects(self, proposition: str) -> list[str]:
        """The enum values of the aspects in which statements on it are disputed."""
        return self._model.aspect_names(self._standings[proposition].decision.disputed_aspects)

    def headline(self, proposition: str) -> str:
        """How it stands, in a sentence."""
        return self._standings[proposition].headline

    def attribution(self, proposition: str) -> str:
        """Who does what to a proposition, and who disputes it."""
        return self._standings[proposition].attribution

    def statement_attribution(self, statement: str) -> str:
        """Who makes a statement, how worded, where, and who disputes it."""
        links = self._links
        acts = (name for act, name in self._acts.items() if links.objects(statement, act))
        return attribute_statement(
            next(acts, _DEFAULT_ACT),
            speakers=links.objects(statement, namespaces.SPEAKER),
            said_to=links.objects(statement, namespaces.SAID_TO),
            hedges=links.objects(statement, namespaces.HEDGE),
            sources=links.objects(statement, namespaces.REPORTED_IN),
            disputants=find_disputants(links, statement),
            is_retracted=is_retracted(links, statement),
            name_of=links.name_of,
        )

"""The procedures of the server, with a first validation engine that finds nothing wrong with any change.

``POST /load`` takes N-Quads to add; integrity rules are not asked, so that the second engine is all that is left.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pyoxigraph as ox

from api.procedures import create_procedures
from kg.errors import Finding
from kg.execution.procedure import Procedure, Procedures, Reply
from kg.knowledge_graph import load_shipped_schema
from kg.load_procedure import create_validation_procedures
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.proposed_change import ProposedChange
from kg.validation import second_judge
from kg.validation.validator import Validator
from kg.write_group import PREPARE_WRITES, create_group_procedure
from kg.writer import PLAN_LOAD_REQUEST

_LARGE = 10**9


class BlindEngine:
    """Finds nothing."""

    def validate(self, _n_quads: bytes) -> list[Finding]:
        return []


class SabotagedValidator(Validator):
    """Judges changes by an engine that finds nothing."""

    def __init__(self, shapes: Iterable[ox.Quad]) -> None:
        super().__init__(shapes)
        self._partial = BlindEngine()  # type: ignore[assignment]  # the sabotage


class ShapesOnly:
    """What the graph violates of the shapes alone."""

    def __init__(self, validator: Validator) -> None:
        self._validator = validator

    def find_violations(self, store: Store) -> list[Finding]:
        return self._validator.validate_graph(store)

    def tolerate(self, _violations: Iterable[Finding]) -> AbstractContextManager[None]:
        return nullcontext()


def create(settings: Settings) -> Procedures:
    """Each change is judged by both engines before it is answered."""
    validator = SabotagedValidator(load_shipped_schema(settings.base_iri).shapes)
    load = {PLAN_LOAD_REQUEST: _load_with(validator)}
    group = create_group_procedure(load, validator, ShapesOnly(validator))
    return {
        **create_procedures(settings),
        **load,
        PREPARE_WRITES: group,
        **create_validation_procedures(validator, ShapesOnly(validator)),
    }


def create_with_late_judge(settings: Settings) -> Procedures:
    """Each change is judged by the second engine after it is answered."""
    second_judge.PAIRS_BEFORE_ANSWER = 0
    return create(settings)


def _load_with(validator: Validator) -> Procedure:
    def load(store: Store, _arguments: Mapping[str, Any], content: bytes) -> Reply:
        assert isinstance(store, EmbeddedStore)
        added = frozenset(ox.parse(content, format=ox.RdfFormat.N_QUADS))
        change = Change.from_quads(added=added)
        change.apply_to(store.engine)
        judgement = validator.validate_change(ProposedChange(store, frozenset(), added), _LARGE)
        change.inverse().apply_to(store.engine)
        assert judgement.conforms
        properties = {"dry_run": False, "graphs": [], "warnings": [], "resources": []}
        return Reply(media_type="application/n-quads", body=[change.to_bytes()], properties=properties)

    return load

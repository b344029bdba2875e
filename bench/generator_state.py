"""What has been generated so far, which later dossiers refer to."""

import random
from collections import deque
from dataclasses import dataclass, field

from bench.reference_graphs import ReferenceGraphs

_HISTORY_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class GeneratedStatement:
    """A statement with its proposition and the incident, zone or other thing that it is about."""

    statement: str
    proposition: str
    kind: str
    speaker: str
    thing: str


@dataclass
class GeneratorState:
    """The reference graphs, recent statements and incidents, and the zones and sources of all dossiers."""

    reference_graphs: ReferenceGraphs
    rng: random.Random
    statements: deque[GeneratedStatement] = field(default_factory=lambda: deque(maxlen=_HISTORY_LENGTH))
    incidents: deque[str] = field(default_factory=lambda: deque(maxlen=_HISTORY_LENGTH))
    zones: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    nested_statements: list[str] = field(default_factory=list)
    """Statements that have parts with parts."""

"""What has been generated so far, for later dossiers to point at."""

import random
from collections import deque
from dataclasses import dataclass, field

from bench.registers import Registers

_REMEMBERED = 4000


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, with what it says of which incident, zone or thing."""

    statement: str
    proposition: str
    kind: str
    speaker: str
    thing: str


@dataclass
class GeneratorState:
    """The registers, what was said lately, and the zones and sources of all dossiers."""

    registers: Registers
    chance: random.Random
    said: deque[Said] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    incidents: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    zones: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)
    """Statements that have parts of parts."""

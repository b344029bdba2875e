"""The second judge: which changes the engine pySHACL judges too, and when; verdicts are compared, and findings are not.

Owns how what was read for a verdict crosses the border between processes. A refusal is not judged again: it changes
nothing, and says why.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any, Protocol

import pyoxigraph as ox

from kg.validation.judgement import Judgement

PAIRS_BEFORE_ANSWER = 300
"""Of shape and focus node, each about a millisecond; a change that affects more is judged after it was answered."""
_GROUP_SHARE = 20
"""Of the changes that are prepared together, one in so many is judged, at least one."""


class Opinion(StrEnum):
    """What the second judge says of a change."""

    AGREES = "agrees"
    DIFFERS = "differs"
    LATER = "later"
    """It has not judged yet, and is to be given what was read."""
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """An opinion with what it is about."""

    opinion: Opinion = Opinion.NOT_ASKED
    conforms: bool = True
    """Whether the first engine has no result there, whatever the severity."""
    read_set: bytes = b""
    """All that the verdict depends on, as N-Triples; empty if nobody needs it any more."""

    def members(self) -> dict[str, Any]:
        """All but the read set, as JSON values."""
        return {"opinion": self.opinion, "conforms": self.conforms, "bytes": len(self.read_set)}

    @classmethod
    def from_members(cls, members: Mapping[str, Any], read_set: bytes) -> "SecondOpinion":
        """The opinion with these members."""
        return cls(Opinion(members["opinion"]), members["conforms"], read_set)


NOT_ASKED = SecondOpinion()


class Judges(Protocol):
    """Both engines, with what the first one says: see ``kg.validation.validator.Validator``."""

    def observe(self) -> AbstractContextManager[list[Judgement]]: ...

    def agrees(self, judgement: Judgement) -> bool: ...


def give_opinions(
    judges: Judges, changes: Sequence[Sequence[Judgement]], random: Random, *, can_wait: bool
) -> list[SecondOpinion]:
    """The second opinion about each of the changes that were prepared together, by what the first engine has said.

    ``can_wait``: whether the caller can have a change judged after it is answered; else all is judged here.
    """
    judged = [number for number, judgements in enumerate(changes) if any(one.read_set for one in judgements)]
    chosen = set(judged if len(changes) == 1 else random.sample(judged, -(-len(judged) // _GROUP_SHARE)))
    opinions = []
    for number, judgements in enumerate(changes):
        if number not in chosen:
            opinions.append(NOT_ASKED)
        elif can_wait and len(judgements) == 1 and (len(changes) > 1 or _is_large(judgements[0])):
            opinions.append(_describe(Opinion.LATER, judgements[0]))
        elif disputed := [judgement for judgement in judgements if not judges.agrees(judgement)]:
            opinions.append(_describe(Opinion.DIFFERS, disputed[0]))
        else:
            opinions.append(SecondOpinion(Opinion.AGREES))
    return opinions


def judge_again(judges: Judges, read_set: bytes, *, conforms: bool) -> bool:
    """Whether the second engine agrees with what the first one has said of this read set."""
    triples = frozenset(quad.triple for quad in ox.parse(read_set, format=ox.RdfFormat.N_TRIPLES))
    return judges.agrees(Judgement((), None, triples, conforms))


def _is_large(judgement: Judgement) -> bool:
    return judgement.pairs is None or judgement.pairs > PAIRS_BEFORE_ANSWER


def _describe(opinion: Opinion, judgement: Judgement) -> SecondOpinion:
    read_set = ox.serialize(sorted(judgement.read_set, key=str), format=ox.RdfFormat.N_TRIPLES) or b""
    return SecondOpinion(opinion, judgement.conforms_there, read_set)

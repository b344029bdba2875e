"""The sentence of an answer to whether an actor said something: YES: B said so by implication, as A reports.

Owns how the act itself is told: how firmly, in what manner, on what evidence it was made. Who else says it is
``kg.status.saying``'s.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg.status.act import Act, Evidence, Wording
from kg.status.attribution import ActPhrases
from kg.status.verdict import Decision, Verdict
from kg.status.wording import DISPUTES, REJECTS, aspects_of, denial_verb, quoted_hedge

_LEADS = {Verdict.YES: "YES", Verdict.CLAIMED: "CLAIMED", Verdict.NO: "NO", Verdict.DENIED: "DENIED"}
_BY_HEARSAY = (Verdict.CLAIMED, Verdict.DENIED)
_OUTRIGHT = frozenset({"", "explicit"})
_SHOWN = "shown"


def write_utterance(decision: Decision, phrases: ActPhrases) -> str:
    """YES: B said so, as A reports, and took it back; empty for a verdict without a sentence of its own."""
    if decision.verdict not in _LEADS:
        return ""
    reportedly = "reportedly " if decision.verdict in _BY_HEARSAY else ""
    items = _merge_media(_firmest([*decision.affirming, *decision.rejecting]))
    lines = dict.fromkeys(_tell(item, reportedly, phrases) for item in items)
    return f"{_LEADS[decision.verdict]}: {'; '.join(lines)}"


def _firmest(items: Sequence[Evidence]) -> list[Evidence]:
    """The acts, but for those of a speaker who does the same with less reserve."""
    return [item for item in items if not any(_makes_idle(other, item) for other in items)]


def _makes_idle(item: Evidence, other: Evidence) -> bool:
    if (item.speaker, item.origin.is_taken_back) != (other.speaker, other.origin.is_taken_back):
        return False
    if (item.act, other.act) == (Act.DENIES, Act.DISPUTES):
        # To deny it is to dispute it as well.
        return Wording.LIKELY not in item.wordings or Wording.LIKELY in other.wordings
    return item.act is other.act and _reserves(item) < _reserves(other)


def _reserves(item: Evidence) -> set[str]:
    """What keeps it from being said outright."""
    worded = item.wordings & {Wording.LIKELY, Wording.EVIDENTIAL, Wording.HEARSAY}
    return {*worded, *({item.origin.explicitness} - _OUTRIGHT), *([_SHOWN] if item.is_shown else [])}


def _merge_media(items: Iterable[Evidence]) -> list[Evidence]:
    """What is shown by several media, in one source and manner, once, with all of these media."""
    media: dict[Evidence, list[str]] = defaultdict(list)
    for item in items:
        without = replace(item, statement="", origin=replace(item.origin, media=(), quotes=()))
        media[without if item.is_shown else item].extend(item.origin.media)
    return [replace(item, origin=replace(item.origin, media=tuple(shown))) for item, shown in media.items()]


def _tell(item: Evidence, reportedly: str, phrases: ActPhrases) -> str:
    """B said so by implication, on the evidence of M, as A reports, and took it back."""
    manner = phrases.manner(item)
    hedge = quoted_hedge(item.origin.hedge) if Wording.HEARSAY in item.wordings else ""
    worded = f" {hedge}" if hedge and hedge not in manner else ""
    took_back = ", and took it back" if item.origin.is_taken_back else ""
    done = f"{phrases.speaker(item)} {reportedly}{_in_past(item)}{phrases.to(item)}{worded}{manner}"
    return f"{done}{phrases.firmness(item)}{phrases.as_reported(item)}{took_back}"


def _in_past(item: Evidence) -> str:
    if item.act is Act.DENIES:
        return denial_verb(item).in_past("it")
    if item.act is Act.DISPUTES:
        return DISPUTES.in_past(f"it as to {aspects_of([item])}") if item.aspects else REJECTS.in_past("it")
    return "said so"

"""The words for people: what a decision means, who does what to a proposition, what a statement is.

Owns every phrase about acts, hedges, disputes and verdicts that questions, GraphQL and pages show. Works on plain
values; names of speakers and sources come from the caller, and cannot reorder the sentence they are put into.
"""

from collections.abc import Callable, Iterable, Mapping

from kg import namespaces
from kg.status.evidence import UNKNOWN_SPEAKER
from kg.status.verdict import Act, Bearing, Decision, Evidence, Reason, Verdict
from kg.text_direction import isolate

NO_STATEMENT = "nobody is recorded to say this"
HOLDINGS = {namespaces.SHOWS: "said to be shown by", namespaces.ABOUT: "assessed by"}
"""Links by which a proposition is held without being stated; they decide nothing, but are attributed."""
_UNKNOWN_SPEAKER = "a speaker who is not recorded"
_NO_HEDGE = "none"
_EXPLICIT = "explicit"

_REASONS = {
    Reason.LEFT_OPEN: "somebody says that it is not settled",
    Reason.ONLY_POSSIBLE: "nobody says more than that it is possible",
    Reason.ONLY_SUPPOSED: "it is only supposed, as one half of a condition",
    Reason.PARTLY: "only a part is said to be covered, and not which",
    Reason.ONLY_INTENDED: "it is only promised, hoped for or aimed at",
    Reason.SILENT: "no source searched speaks of it; that is not a no",
}
_VERDICTS = {
    Verdict.YES: "it is asserted, and no other recorded speaker denies or disputes it",
    Verdict.NO: "it is denied, and nobody asserts it",
    Verdict.DISPUTED: "it is asserted by some and rejected by others",
}
_INFERRED = "; inferred: the statement is of a larger unit, to which a register reckons the place"
_ACTIVE = {
    Act.ASSERTS: "asserts",
    Act.DENIES: "denies",
    Act.LEAVES_OPEN: "leaves open",
    Act.SUPPOSES: "supposes",
    Act.INTENDS: "takes a position on",
}
_PASSIVE = {
    Act.ASSERTS: "asserted by",
    Act.DENIES: "denied by",
    Act.LEAVES_OPEN: "left open by",
    Act.SUPPOSES: "supposed by",
    Act.INTENDS: "taken a position on by",
}
_BEARINGS = {
    Bearing.EXACT: "this",
    Bearing.SPECIFIC: "something more specific",
    Bearing.GENERAL: "something more general",
    Bearing.INFERRED: "this of a larger unit",
    Bearing.PARTIAL: "this of a part",
    Bearing.CONTEXT: "a related matter",
}


def explain(decision: Decision) -> str:
    """Why the decision is what it is, in one clause."""
    if decision.reason:
        return _REASONS[decision.reason]
    return _VERDICTS[decision.verdict] + (_INFERRED if decision.is_inferred else "")


def describe_bearing(evidence: Evidence) -> str:
    """What an act that does not decide has to do with the question: "asserts something more specific"."""
    if evidence.is_retracted:
        return "was taken back"
    if evidence.is_restatement:
        return "tells it again"
    possibly = " to be possible" if evidence.is_possibility else ""
    return f"{_ACTIVE[evidence.act]} {_BEARINGS[evidence.bearing]}{possibly}"


def attribute_proposition(
    evidence: Iterable[Evidence], holders: Mapping[str, Iterable[str]], name_of: Callable[[str], str]
) -> str:
    """Who does what to a proposition and who disputes it, in one line; ``holders`` are speakers by link."""
    by_act: dict[Act, dict[str, None]] = {}
    disputants: dict[str, None] = {}
    for item in sorted(evidence, key=lambda item: item.statement):
        possible = " (as possible)" if item.is_possibility else ""
        retracted = " (taken back)" if item.is_retracted else ""
        by_act.setdefault(item.act, {})[f"{_name(item.speaker, name_of)}{possible}{retracted}"] = None
        disputants |= dict.fromkeys(_name(speaker, name_of) for speaker in sorted(item.disputants))
    parts = [f"{words} {', '.join(by_act[act])}" for act, words in _PASSIVE.items() if act in by_act]
    for link, words in HOLDINGS.items():
        if names := sorted(_name(speaker, name_of) for speaker in holders.get(link, ())):
            parts.append(f"{words} {', '.join(names)}")
    return "; ".join([*parts, *_disputed_by(disputants)]) or NO_STATEMENT


def attribute_statement(
    act: str,
    *,
    speakers: Iterable[str],
    hedges: Iterable[str],
    sources: Iterable[str],
    disputants: Iterable[str],
    name_of: Callable[[str], str],
) -> str:
    """Who makes a statement, how it is worded, where it is reported and who disputes it, in one line.

    The act is a verb; the others are IRIs.
    """
    speaker = isolate(next(map(name_of, speakers), ""))
    hedge = next(iter(hedges), "").rsplit("/", 1)[-1]
    worded = f", worded as {_add_spaces(hedge)}" if hedge not in ("", _NO_HEDGE) else ""
    where = f", in {names}" if (names := ", ".join(isolate(name_of(source)) for source in sorted(sources))) else ""
    disputed = _disputed_by(_name(disputant, name_of) for disputant in sorted(disputants))
    return "; ".join([f"{speaker} {act}{worded}{where}", *disputed]) if speaker else NO_STATEMENT


def describe_statement(act: str, speaker: str, *, hedge: str, explicitness: str, said_when: str, source: str) -> str:
    """A statement in one line, with when it was said and how explicitly. Speaker and source are names."""
    when = f", on {isolate(said_when)}" if said_when else ""
    worded = f", worded as: {_add_spaces(hedge)}" if hedge not in ("", _NO_HEDGE) else ""
    manner = f", {explicitness}" if explicitness != _EXPLICIT else ""
    where = f", in {isolate(source)}" if source else ""
    return f"{isolate(speaker) or _UNKNOWN_SPEAKER} {act}{when}{worded}{manner}{where}"


def _disputed_by(names: Iterable[str]) -> list[str]:
    joined = ", ".join(names)
    return [f"disputed by {joined}"] if joined else []


def _name(speaker: str, name_of: Callable[[str], str]) -> str:
    return _UNKNOWN_SPEAKER if speaker == UNKNOWN_SPEAKER else isolate(name_of(speaker))


def _add_spaces(slug: str) -> str:
    return slug.replace("-", " ")

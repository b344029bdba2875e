"""What an act does to a proposition, and what bears on one proposition alone: part of ``second_table``."""

from collections.abc import Iterator
from dataclasses import replace

from second_roles import Content, content_of, implies, twins
from second_table import Entry, Record
from second_voice import CK, Act, Facts, Strength


def effect_of(facts: Facts, act: Act) -> str:
    """What an act does to the proposition."""
    possible = facts.is_possible(act.statement)
    if act.by == "content":
        return "possibly-intended" if possible else "only-intended"
    if act.by == "shows" and act.kind == "denies":
        return "no-evidence-found"
    if act.kind == "leavesOpen":
        return "no-evidence-found" if "no-evidence" in facts.hedges(act.statement) else "left-open"
    if act.kind == "supposes":
        return "only-on-a-condition"
    if possible:
        return "only-possible"
    return "affirms" if act.kind == "asserts" else "rejects"


def entries_of(facts: Facts, act: Act, effect: str, incident: str = "") -> Iterator[Entry]:
    """The act, once for each of its speakers."""
    strength = facts.strength(act.statement)
    for speaker in facts.speakers(act.statement) or {""}:
        yield Entry(
            statement=act.statement,
            effect=effect,
            incident=incident,
            speaker=speaker,
            is_in_full=facts.is_in_full(act, speaker),
            strength=min(strength, Strength.EVIDENTIAL) if act.by else strength,
            is_incomplete=not speaker or not facts.hedges(act.statement),
            is_explicit=effect not in ("only-on-a-condition", "only-intended", "possibly-intended"),
            is_taken_back=facts.is_taken_back(act.statement),
            restated=frozenset(facts.climb(act.statement, "restates")),
        )


def dispute_entries(facts: Facts, act: Act, asked: list[Content], incident: str = "") -> Iterator[Entry]:
    """Disputes of the act by other speakers, in existence or an aspect whose role all that is asked fills."""
    if act.by == "content" or act.kind not in ("asserts", "denies") or facts.is_taken_back(act.statement):
        return
    disputed = facts.speakers(act.statement)
    for dispute in facts.inverse("disputes", act.statement):
        aspects = {each.rpartition("/")[2] for each in facts.get(dispute, "disputedAspect")} or {"existence"}
        if facts.is_taken_back(dispute) or facts.is_possible(dispute):
            continue
        if not any(all(content.fills(aspect) for content in asked) for aspect in aspects):
            continue
        effect = "rejects" if act.kind == "asserts" else "contests"
        for entry in entries_of(facts, Act(dispute, "disputes", act.proposition), effect, incident):
            if not disputed or disputed - {entry.speaker}:
                yield replace(entry, is_incomplete=not entry.speaker, is_explicit=False)


def record_of_proposition(facts: Facts, proposition: str) -> Record:
    """A status counts the acts on the proposition alone; propositions with equal roles are one."""
    record = Record()
    for same in sorted(twins(facts, proposition)):
        content = content_of(facts, same)
        for act in facts.acts_on(same):
            record.entries.extend(entries_of(facts, act, effect_of(facts, act)))
            record.entries.extend(dispute_entries(facts, act, [content]))
    return record


def is_rejected(facts: Facts, proposition: str, question: Content | None = None) -> bool:
    """Whether a proposition is denied or disputed itself, or by what rejects something more general.

    Of what is more general, what is about roles that a question leaves open does not count: that the deed was not
    where one speaker has it does not reject the deed, where no place is asked for.
    """
    content = content_of(facts, proposition)
    for other in facts.of_class(content.class_.removeprefix(CK)):
        general = content_of(facts, other)
        if general.incident not in ("", content.incident) or not implies(facts, content, general):
            continue
        if question and not (general.roles.keys() <= question.roles.keys() or implies(facts, general, question)):
            continue
        for act in facts.acts_on(other):
            entries = [*dispute_entries(facts, act, [content, general])]
            if effect_of(facts, act) == "rejects":
                entries.extend(entries_of(facts, act, "rejects"))
            if any(entry.effect == "rejects" and not entry.is_taken_back for entry in entries):
                return True
    return False

"""What bears on a proposition or a question, gathered from triples: part of ``second_table``.

The questions are those of the catalogue that are answered by a verdict.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from second_inference import Premise, find_premise, place_in_units, read_together, reference_graph_denies
from second_record import dispute_entries, effect_of, entries_of, is_rejected, record_of_proposition
from second_roles import DOER, DOERS, Content, Time, content_of, implies
from second_table import Entry, Record
from second_voice import CK, VOCAB, Act, Facts


def record_of_saying(facts: Facts, actor: str, content: str) -> Record:
    """Did the actor say so: it is asked for the act, and taking back undoes nothing."""
    own = _own_sayings(facts, actor, content)
    statements = facts.inverse("asserts", content)
    utterances = {utterance for statement in statements for utterance in facts.inverse("utterance", statement)}
    others = [record_of_proposition(facts, utterance).entries for utterance in utterances & facts.inverse("by", actor)]
    return Record([*own, *(entry for entries in others for entry in entries)])


def _own_sayings(facts: Facts, actor: str, content: str) -> Iterator[Entry]:
    for act in facts.acts_on(content):
        if act.kind == "asserts":
            yield from _own_disputes(facts, act, actor)
        if actor not in facts.speakers(act.statement):
            continue
        if actor in facts.authors(act.statement) and facts.is_quoting(act.statement):
            continue
        for entry in entries_of(facts, act, effect_of(facts, act)):
            if entry.speaker == actor:
                yield _as_said(facts, entry)


def _own_disputes(facts: Facts, act: Act, actor: str) -> Iterator[Entry]:
    """To dispute what another says is to say that it is not so."""
    for entry in dispute_entries(facts, act, [content_of(facts, act.proposition)]):
        is_quoting = actor in facts.authors(entry.statement) and facts.is_quoting(entry.statement)
        if entry.speaker == actor and not is_quoting:
            yield _as_said(facts, entry)


def _as_said(facts: Facts, entry: Entry) -> Entry:
    is_reported = not facts.is_hearsay(entry.statement) and not facts.is_computed(entry.statement)
    is_in_full = is_reported and not entry.is_incomplete
    return replace(entry, is_in_full=is_in_full, is_taken_back=False, restated=frozenset())


def record_of_question(facts: Facts, question: Content) -> Record:
    """Acts over the propositions that match the question by the rule of specificity; no inference."""
    record = Record()
    for proposition in facts.of_class(question.class_.removeprefix(CK)):
        content = content_of(facts, proposition)
        if question.incident and content.incident not in ("", question.incident):
            continue
        is_general = implies(facts, question, content) and _is_of_such_a_deed(facts, question, content)
        is_specific = implies(facts, content, question) and question.incident in ("", content.incident)
        if is_general or is_specific:
            record.entries.extend(_matching(facts, question, content, proposition, is_specific, is_general))
    return record


def _is_of_such_a_deed(facts: Facts, question: Content, content: Content) -> bool:
    """Whether it is said of its incident what an account without a doer leaves out of the question."""
    is_of_one_incident = bool(content.incident) and not question.incident
    if not is_of_one_incident or DOER not in question.roles or any(content.roles.get(doer) for doer in DOERS):
        return True
    accounts = (
        content_of(facts, each) for each in facts.inverse("incident", content.incident) if _is_spoken_of(facts, each)
    )
    said = [content, *accounts]
    wanted = [Content(question.class_, {name: values}) for name, values in question.roles.items()]
    if question.time.given and not content.time.given:
        wanted.append(Content(question.class_, {}, time=question.time))
    return all(any(_says(facts, each, role) for each in said) for role in wanted)


def _is_spoken_of(facts: Facts, proposition: str) -> bool:
    return any(True for _ in facts.acts_on(proposition))


def _says(facts: Facts, content: Content, wanted: Content) -> bool:
    """Whether it fills the role; the deed of a force is one of the whole, and one in a place is one in its units."""
    places = content.roles.get("location", ())
    units = {unit for place in places for unit in facts.climb(place, "administrativeParent")}
    content = replace(content, roles={**content.roles, "location": units})
    forces = {
        whole
        for doer in content.roles.get("perpetrator", ())
        for relation in facts.inverse("actor", doer)
        if facts.get(relation, "relation") & {f"{VOCAB}actor-relation/{name}" for name in ("force-of", "part-of")}
        for whole in facts.get(relation, "other")
    }
    return implies(facts, content, wanted) or bool(wanted.roles.get(DOER, set()) & forces)


def _matching(
    facts: Facts, question: Content, content: Content, proposition: str, is_specific: bool, is_general: bool
) -> Iterator[Entry]:
    rejected = is_specific and is_rejected(facts, proposition, question)
    asked = [question] if is_specific else [question, content]
    for act in facts.acts_on(proposition):
        effect = effect_of(facts, act)
        if effect in ("left-open", "no-evidence-found"):
            bears = True
        else:
            bears = is_general if act.kind == "denies" else is_specific
        if bears:
            is_answer = is_general if effect in ("left-open", "no-evidence-found") else True
            for entry in entries_of(facts, act, effect, content.incident):
                yield replace(entry, is_rejected=rejected, is_explicit=entry.is_explicit and is_answer)
        if act.kind == "asserts" or is_general:
            yield from dispute_entries(facts, act, asked, content.incident)


# --- the questions of the catalogue -----------------------------------------------------------------------------


def record_of_identity(facts: Facts, one: str, other: str) -> Record:
    record = Record()
    for first, second in ((one, other), (other, one)):
        question = Content(CK + "Identity", {"one": {first}, "other": {second}})
        record.entries.extend(record_of_question(facts, question).entries)
    return record


def record_of_relation(facts: Facts, actor: str, relation: str, other: str, on: str = "") -> Record:
    roles = {"actor": {actor}, "relation": {relation}, "other": {other}}
    return record_of_question(facts, Content(CK + "ActorRelation", roles, time=Time(on, on, on)))


def record_of_coverage(facts: Facts, zone: str, place: str) -> Record:
    question = Content(CK + "ZoneCoverage", {"zone": {zone}, "place": {place}, "extent": {"unspecified"}})
    record = record_of_question(facts, question)
    for proposition in facts.of_class("ZoneCoverage"):
        content = content_of(facts, proposition)
        if zone in content.roles.get("zone", ()):
            record.entries.extend(_partial_or_above(facts, content, proposition, place))
    return record


def _partial_or_above(facts: Facts, content: Content, proposition: str, place: str) -> Iterator[Entry]:
    """Coverage of a part decides nothing; whole coverage of a unit covers its places."""
    extent, places = content.roles.get("extent", set()), content.roles.get("place", set())
    units = (facts.climb(place, "administrativeParent") - {place}) & places
    is_itself = place in places
    is_below = any(not reference_graph_denies(facts, place, unit) for unit in units)
    covers = not is_itself and is_below and "whole" in extent
    if (is_itself and extent <= {"unspecified", "whole"}) or not (is_itself or is_below):
        return
    rejected = covers and is_rejected(facts, proposition)
    for act in facts.acts_on(proposition):
        if act.kind == "asserts" or (act.kind == "supposes" and covers):
            effect = effect_of(facts, act) if covers else "partly"
            for entry in entries_of(facts, act, effect, content.incident):
                yield replace(entry, is_inferred=covers, is_explicit=False, is_rejected=rejected)


def record_of_deed(facts: Facts, actor: str, type_: str, incident: str = "", on: str = "", **more: str) -> Record:
    """More are place, target and weapon."""
    roles = {DOER: {actor}, "incidentType": {type_}}
    roles |= {"location" if name == "place" else name: {value} for name, value in more.items() if value}
    question = Content(CK + "IncidentAccount", roles, incident, Time(on, on, on))
    record = record_of_question(facts, question)
    for proposition in facts.of_class("IncidentAccount"):
        content = content_of(facts, proposition)
        if question.incident in ("", content.incident) and not implies(facts, content, question):
            record.entries.extend(_by_reference(facts, question, content, proposition))
            record.entries.extend(_by_force(facts, question, content, proposition, actor))
            record.entries.extend(_by_parts(facts, question, content, proposition))
        if content.incident in ("", question.incident) or not question.incident:
            record.entries.extend(_denied_of_whole(facts, question, content, proposition, actor))
        if content.incident in ("", question.incident):
            record.entries.extend(_denied_of_unit(facts, question, content, proposition))
            in_units = place_in_units(facts, question)
            record.entries.extend(_denied_of_whole(facts, in_units, content, proposition, actor))
    return record


def _by_reference(facts: Facts, question: Content, content: Content, proposition: str) -> Iterator[Entry]:
    """A deed at a place answers for the units under which reference graphs list it."""
    if not implies(facts, place_in_units(facts, content), question):
        return
    rejected = is_rejected(facts, proposition)
    for act in facts.acts_on(proposition):
        if act.kind in ("asserts", "supposes"):
            for entry in entries_of(facts, act, effect_of(facts, act), content.incident):
                yield replace(entry, is_rejected=rejected, is_inferred=True, is_explicit=False)
        if act.kind == "asserts":
            for entry in dispute_entries(facts, act, [question], content.incident):
                yield replace(entry, is_inferred=True)


def _denied_of_unit(facts: Facts, question: Content, content: Content, proposition: str) -> Iterator[Entry]:
    """To deny the deed in a unit, of no other incident, is to deny it at the places that reference graphs list."""
    if implies(facts, question, content) or not implies(facts, place_in_units(facts, question), content):
        return
    for act in facts.acts_on(proposition):
        effect = effect_of(facts, act)
        if act.kind == "denies" and effect in ("rejects", "only-possible"):
            for entry in entries_of(facts, act, effect, content.incident):
                yield replace(entry, is_inferred=True, is_explicit=False)
        for entry in dispute_entries(facts, act, [question, content], content.incident):
            yield replace(entry, is_inferred=True)


def _by_force(facts: Facts, question: Content, content: Content, proposition: str, actor: str) -> Iterator[Entry]:
    """The deed of a force, or of a part of an organization, answers for the whole."""
    in_units = place_in_units(facts, content)
    if not implies(facts, replace(in_units, roles={**in_units.roles, DOER: {actor}}), question):
        return
    premises = [find_premise(facts, doer, actor, content.time) for doer in content.roles.get("perpetrator", ())]
    premise = max((found for found in premises if found), default=None)
    if premise:
        rejected = is_rejected(facts, proposition)
        for act in facts.acts_on(proposition):
            if act.kind in ("asserts", "supposes"):
                for entry in entries_of(facts, act, effect_of(facts, act), content.incident):
                    yield replace(_weakened(entry, premise), is_rejected=rejected)


def _denied_of_whole(
    facts: Facts, question: Content, content: Content, proposition: str, actor: str
) -> Iterator[Entry]:
    """To deny the deed of the whole is to deny that of the part."""
    for whole in content.roles.get("perpetrator", ()):
        asked = replace(question, roles={**question.roles, DOER: {actor, whole}})
        if implies(facts, question, content) or not implies(facts, asked, content):
            continue
        if premise := find_premise(facts, actor, whole, content.time):
            for act in facts.acts_on(proposition):
                if effect_of(facts, act) == "rejects":
                    for entry in entries_of(facts, act, "rejects", content.incident):
                        yield _weakened(entry, premise)
                if premise.level:
                    for entry in dispute_entries(facts, act, [question, content], content.incident):
                        yield _weakened(entry, premise)


def _weakened(entry: Entry, premise: Premise) -> Entry:
    """An inference is as weak as the weakest that it rests on."""
    decides = entry.effect in ("affirms", "rejects")
    return replace(
        entry,
        effect="only-possible" if decides and premise.level == 0 else entry.effect,
        is_in_full=entry.is_in_full and premise.level > 1,
        strength=min(entry.strength, premise.strength),
        is_inferred=True,
        is_explicit=False,
    )


def _by_parts(facts: Facts, question: Content, content: Content, proposition: str) -> Iterator[Entry]:
    """What a part of a statement lacks, other parts on the same incident say."""
    if implies(facts, place_in_units(facts, content), question):
        return
    for act in facts.acts_on(proposition):
        if act.kind != "asserts" or act.by:
            continue
        for enriched, used in read_together(facts, act, content):
            if implies(facts, place_in_units(facts, enriched), question):
                rejected = any(is_rejected(facts, each.proposition) for each in (act, *used))
                for entry in entries_of(facts, act, effect_of(facts, act), content.incident):
                    weakest = entry
                    for part in used:
                        weakest = _weakened(weakest, _as_premise(facts, part, entry.speaker))
                    yield replace(weakest, is_rejected=rejected)


def _as_premise(facts: Facts, part: Act, speaker: str) -> Premise:
    level = 0 if facts.is_possible(part.statement) else 2 if facts.is_in_full(part, speaker) else 1
    return Premise(level, facts.strength(part.statement))


def record_of(facts: Facts, question: str, terms: Mapping[str, str]) -> Record:
    """The record of a question of the catalogue, by its name and parameters."""
    match question:
        case "how-does-a-proposition-stand":
            return record_of_proposition(facts, terms["proposition"])
        case "did-actor-say":
            return record_of_saying(facts, **terms)
        case "are-two-the-same":
            return record_of_identity(facts, **terms)
        case "is-actor-related":
            return record_of_relation(facts, **terms)
        case "does-zone-cover-place":
            return record_of_coverage(facts, **terms)
        case "did-actor-do":
            return record_of_deed(facts, terms["actor"], terms["type"], **_without(terms, "actor", "type"))
    raise ValueError(f"no verdict answers {question}")


def _without(terms: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in terms.items() if name not in names}

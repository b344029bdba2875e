"""The decision table a second time, written from the rules (docs/verdicts.md), not from ``kg.status.verdict``.

Each rule is one sentence of the page, as a predicate over one act or over the acts on one incident. Slower and more
literal than the first; the two must agree.
"""

from dataclasses import dataclass

from kg.status.act import Act, Bearing, Evidence, Wording

Row = tuple[str, str, str]
"""Verdict, status and strength or reason."""
MORE_SPECIFIC = {Bearing.EXACT, Bearing.SPECIFIC}
MORE_GENERAL = {Bearing.EXACT, Bearing.GENERAL}
READ_INTO_A_YES = {Bearing.BY_REGISTER, Bearing.BY_FORCE, Bearing.BY_PARTS}
RANKS = ["yes", "disputed", "claimed", "no", "denied"]
REASONS = [
    "no-evidence-found", "left-open", "only-possible", "only-on-a-condition", "partly", "only-intended", "taken-back",
    "silent",
]  # fmt: skip


def stands_for_itself(act: Evidence) -> bool:
    """Own voice, no party, a source that reports on others, worded flat, evidential, likely, aggregated, attributed."""
    allowed = {Wording.FLAT, Wording.EVIDENTIAL, Wording.LIKELY, Wording.AGGREGATED, Wording.ATTRIBUTED}
    return act.is_author and not act.is_party and act.reports_on_others and not (set(act.wordings) - allowed)


def is_in_full(act: Evidence) -> bool:
    if act.is_incomplete or act.is_computed or act.is_weakened:
        return False
    if Wording.MACHINE_CODED in act.wordings or Wording.POSSIBLE in act.wordings:
        return False
    return stands_for_itself(act) or (act.is_made_by_being_said and Wording.HEARSAY not in act.wordings)


def is_possible(act: Evidence) -> bool:
    return Wording.POSSIBLE in act.wordings


def would_affirm(act: Evidence) -> bool:
    return act.act == Act.ASSERTS and act.bearing in MORE_SPECIFIC | READ_INTO_A_YES


def would_reject(act: Evidence) -> bool:
    return act.act == Act.DENIES and act.bearing in MORE_GENERAL | {Bearing.OF_WHOLE}


def is_dispute_by_another(act: Evidence) -> bool:
    others = [speaker for speaker in act.disputed_speakers if speaker != act.speaker]
    return act.act == Act.DISPUTES and (len(act.disputed_speakers) == 0 or len(others) > 0)


def rejects_question(act: Evidence) -> bool:
    if is_possible(act):
        return False
    if would_reject(act):
        return True
    is_of_what_affirms = act.disputed_act == Act.ASSERTS and act.bearing in MORE_SPECIFIC | READ_INTO_A_YES
    return is_dispute_by_another(act) and is_of_what_affirms and act.fills_question


def rejects_proposition(act: Evidence, proposition: str) -> bool:
    if is_possible(act) or act.bearing == Bearing.CONTEXT:
        return False
    if act.act == Act.DENIES:
        return proposition in {act.proposition} | set(act.negates)
    is_on_it = act.disputed_act == Act.ASSERTS and act.proposition == proposition
    return is_dispute_by_another(act) and is_on_it and act.fills_proposition


@dataclass
class OneIncident:
    """The acts on one incident, with those that concern every incident."""

    acts: list[Evidence]
    is_name: bool

    def verdict(self) -> str:
        """One of RANKS; empty if nothing is affirmed or rejected."""
        valid = [act for act in self.acts if not act.is_retracted]
        yes = [act for act in valid if would_affirm(act) and not is_possible(act)]
        no = [act for act in valid if rejects_question(act)]
        if yes and not no and all(any(rejects_proposition(a, y.proposition) for a in valid) for y in yes):
            no = [act for act in valid if any(rejects_proposition(act, y.proposition) for y in yes)]
        denials_contested = [
            act
            for act in valid
            if is_dispute_by_another(act) and act.disputed_act == Act.DENIES and not is_possible(act)
            and act.bearing in MORE_GENERAL | {Bearing.OF_WHOLE}
        ]  # fmt: skip
        if all(act.is_incomplete for act in yes + no):
            return ""
        if no and (yes or denials_contested):
            return "disputed"
        self.deciding = [act for act in yes or no if not act.is_incomplete]
        in_full = any(is_in_full(act) for act in self.deciding)
        return ("yes" if in_full else "claimed") if yes else ("no" if in_full else "denied")

    def strength(self) -> str:
        words = []
        for act in self.deciding:
            if is_in_full(act):
                likely, evidential = Wording.LIKELY in act.wordings, Wording.EVIDENTIAL in act.wordings or act.is_shown
                words.append("likely" if likely else "evidential" if evidential else "flat")
        return next(word for word in ("flat", "evidential", "likely") if word in words)

    def reason(self) -> str:
        valid = [act for act in self.acts if not act.is_retracted]
        spoken = [act for act in valid if act.speaker]
        open_ = [a for a in spoken if a.act == Act.LEAVES_OPEN and a.bearing in MORE_SPECIFIC | MORE_GENERAL]
        intended = [act for act in spoken if act.act == Act.INTENDS and act.bearing in MORE_SPECIFIC | READ_INTO_A_YES]
        only_possible = [
            act
            for act in valid
            if (is_possible(act) or (act.is_incomplete and act.speaker)) and (would_affirm(act) or would_reject(act))
        ]
        applies = {
            "no-evidence-found": any(Wording.NO_EVIDENCE in act.wordings for act in open_),
            "left-open": bool(open_),
            "only-possible": bool(only_possible) or (bool(intended) and all(map(is_possible, intended))),
            "only-on-a-condition": any(
                act.act == Act.SUPPOSES and act.bearing in MORE_SPECIFIC | READ_INTO_A_YES for act in spoken
            ),
            "partly": any(act.act == Act.ASSERTS and act.bearing == Bearing.PARTIAL for act in spoken),
            "only-intended": bool(intended),
            "taken-back": any(
                act.is_retracted and act.speaker and (would_affirm(act) or would_reject(act)) for act in self.acts
            ),
            "silent": True,
        }
        return next(reason for reason in REASONS if applies[reason])


def answer(evidence: list[Evidence], *, is_name: bool = False) -> Row:
    """Verdict, status, and strength or reason."""
    told = {act.statement for act in evidence if act.bearing != Bearing.CONTEXT}
    acts = [act for act in evidence if not any(restated in told for restated in act.restated)]
    acts = [act for act in acts if not _is_void(act, acts)]
    rows: list[Row] = []
    for incident in {act.incident for act in acts} | ({""} if not acts else set()):
        here = [a for a in acts if a.incident == incident or (a.incident == "" and not would_affirm(a))]
        case = OneIncident(here, is_name)
        verdict = case.verdict()
        if not verdict:
            reason = case.reason()
            rows.append(("undetermined", "silent" if reason == "partly" else reason, reason))
        elif is_name and verdict in ("yes", "claimed"):
            rows.append(("undetermined", "used", ""))
        else:
            status = {"yes": "asserted", "no": "rejected", "denied": "rejected" if is_name else "denied"}
            detail = case.strength() if verdict in ("yes", "no") else ""
            rows.append((verdict, status.get(verdict, verdict), detail))
    best = min(_rank(row) for row in rows)
    same = [row for row in rows if _rank(row) == best]
    details = [row[2] for row in same]
    return (*same[0][:2], next((d for d in ("flat", "evidential", "likely") if d in details), details[0]))


def _rank(row: Row) -> int:
    if row[0] in RANKS:
        return RANKS.index(row[0])
    return len(RANKS) + (0 if row[1] == "used" else 1 + REASONS.index(row[2]))


def _is_void(act: Evidence, acts: list[Evidence]) -> bool:
    """An inference is void against an explicit act of the same speaker on the same incident."""
    if act.bearing not in READ_INTO_A_YES | {Bearing.OF_WHOLE}:
        return False
    for other in acts:
        is_same = other.speaker == act.speaker and other.incident in ("", act.incident) and not other.is_retracted
        says = other.act == Act.ASSERTS and other.bearing in MORE_SPECIFIC
        says_not = other.act in (Act.DENIES, Act.LEAVES_OPEN) and other.bearing in MORE_GENERAL
        if is_same and (says or says_not):
            return True
    return False

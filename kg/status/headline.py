"""The sentence that answers a question, or says how a proposition stands: who says so, how, and who does not.

Owns the sentences of decisions (the table of them is in ``docs/verdicts.md``). Phrases about single acts are
``kg.status.attribution``'s.
"""

from collections.abc import Iterable, Sequence

from kg.status.act import UNKNOWN_SPEAKER, Act, Bearing, Evidence, Wording
from kg.status.attribution import ActPhrases, voices
from kg.status.beside import Beside
from kg.status.sentence import Sentence
from kg.status.topic import Topic
from kg.status.utterance import write_utterance
from kg.status.verdict import Decision, Reason, Strength, Verdict
from kg.status.wording import (
    REJECTS,
    SAYS,
    NameOf,
    add_spaces,
    aspects_of,
    capitalize_lead,
    count,
    denial_verb,
    format_time,
    likelihood_of,
    of_holder,
    position_of,
    quoted_hedge,
    quoted_word,
)
from kg.text_direction import isolate


class Headline:
    """Makes the sentence of a decision from all the evidence that was found, with the names of the caller."""

    def __init__(self, decision: Decision, evidence: Iterable[Evidence], name_of: NameOf, topic: Topic) -> None:
        self._decision, self._topic, self._name_of = decision, topic, name_of
        self._around = sorted(evidence, key=lambda item: (item.statement, item.act, item.bearing, item.speaker))
        self._phrases = ActPhrases(name_of, is_name=decision.is_name)
        self._beside = Beside(decision, self._around, self._phrases, topic)

    def text(self) -> str:
        """The sentence."""
        main = _capitalize(self._main())
        text = " ".join([f"{main}.", *(f"{_capitalize(line)}." for line in self._beside.lines())])
        return self._phrases.tell_publishers_once(text)

    def sentence(self) -> Sentence:
        """The same in phrases, with the statements that they word."""
        return self._phrases.split(self.text())

    def _main(self) -> str:
        decision = self._decision
        if decision.is_name and not decision.reason:
            return self._of_name()
        if self._topic.is_saying and (told := write_utterance(decision, self._phrases)):
            return told
        match decision.verdict:
            case Verdict.YES:
                return self._yes()
            case Verdict.CLAIMED:
                return self._claimed()
            case Verdict.NO:
                return self._no()
            case Verdict.DENIED:
                return self._denied()
            case Verdict.DISPUTED:
                return self._disputed()
            case Verdict.UNDETERMINED:
                return self._undetermined()

    def _of_name(self) -> str:
        decision, phrases = self._decision, self._phrases
        used = [phrases.describe(item) for item in decision.affirming]
        rejected = self._rejections()
        rivals = [f'against "{isolate(text)}" of {self._phrases.names([by])}' for text, by in self._topic.rivals]
        lead = f'"{isolate(self._topic.name)}": ' if self._topic.name else "a name "
        return lead + "; ".join(dict.fromkeys([*used, *rejected, *rivals]))

    def _yes(self) -> str:
        items = [item for item in self._decision.affirming if item.counts_in_full]
        positions = [item for item in items if item.origin.position_kind and not item.is_shown]
        if all(item.origin.is_recorders for item in items):
            return "NOTED by the recorder"
        if positions:
            first, *others = dict.fromkeys(map(self._phrases.position, positions))
            return "; ".join([capitalize_lead(first, add_spaces(positions[0].origin.position_kind)), *others])
        said = self._judged(items) if self._topic.is_assessment else self._said_in_full(items, "YES")
        return said + self._elsewhere(items) + self._tail(items)

    def _judged(self, items: Sequence[Evidence]) -> str:
        """JUDGED SO by A, with strength and manner."""
        strength, lead = self._decision.strength, "JUDGED SO"
        if strength is Strength.LIKELY:
            likelihood = likelihood_of(items).upper()
            lead = f"{likelihood} SO" if likelihood == "BELIEVED" else f"JUDGED {likelihood} SO"
        on_evidence = ", on evidence" if strength is Strength.EVIDENTIAL else ""
        return f"{lead} by {self._by(items)}{self._manner(items)}{on_evidence}"

    def _said_in_full(self, items: Sequence[Evidence], word: str) -> str:
        """YES, on April 4, says A: with strength, inference, time and manner; NO in the same way."""
        decision, is_no = self._decision, word == "NO"
        lead = word
        if decision.strength is Strength.LIKELY:
            lead = likelihood_of(items).upper() + (" NOT" if is_no else "")
        if decision.is_inferred:
            lead += ", INFERRED"
        if time := format_time(items):
            lead += f", {time}"
        if decision.strength is Strength.EVIDENTIAL:
            lead += f", on the evidence of {media}" if (media := self._media(items)) else ", on evidence"
        declared = [item for item in items if item.is_made_by_being_said]
        if declared and len(declared) == len(items):
            return f"{lead}, as {self._speakers(items)} declared it{self._reporters(items)}{self._inferences()}"
        says = "say" if _are_several(items) else "says"
        return f"{lead}, {says} {self._by(items)}{self._manner(items)}{self._inferences()}"

    def _inferences(self) -> str:
        return "".join(f", and {clause}" for clause in self._topic.inferences) if self._decision.is_inferred else ""

    def _elsewhere(self, items: Sequence[Evidence]) -> str:
        """Whether an author who says it flatly reports it elsewhere as a claim only."""
        speakers = {item.speaker for item in items}
        claims = [
            item
            for item in self._around
            if item.act is Act.ASSERTS and item.counts and item.statement not in {each.statement for each in items}
            and (item.bearing is not Bearing.CONTEXT or item.proposition in self._topic.other_accounts)
            and not item.counts_in_full and not item.is_possibility
            and ((item.is_author and Wording.CLAIM in item.wordings) or item.origin.relayers)
            and speakers & {item.speaker, *item.origin.authors}
        ]  # fmt: skip
        return f", which elsewhere {'tell' if _are_several(items) else 'tells'} it only as a claim" if claims else ""

    def _tail(self, items: Sequence[Evidence]) -> str:
        """How many say so, and whether it is denied: only after a look around."""
        if not self._topic.is_looked_around:
            return ""
        affirming = [item for item in self._decision.affirming if item.speaker != UNKNOWN_SPEAKER] or list(items)
        propositions = {item.proposition for item in affirming}
        speakers = count(len({item.speaker for item in affirming}), "speaker")
        sources = count(len({text for item in affirming for text in item.origin.texts}), "source")
        incidents = {item.incident for item in affirming} - {""}
        is_denied = any(
            item.counts and item.act in (Act.DENIES, Act.DISPUTES)
            for item in self._around
            if item.bearing is not Bearing.CONTEXT or item.incident in incidents or item.negates & propositions
        ) or bool(self._topic.tensions)
        return f". {speakers}, {sources}" + ("" if is_denied else "; nobody recorded here denies it")

    def _claimed(self) -> str:
        phrases, items = self._phrases, self._decision.affirming
        described = phrases.describe_all(item for item in items if item.speaker != UNKNOWN_SPEAKER)
        inferred = "INFERRED: " if self._decision.is_inferred else ""
        kind = add_spaces(next((item.origin.position_kind for item in items), ""))
        is_position = bool(kind) and described[0].startswith(kind)
        first = capitalize_lead(described[0], kind) if is_position else _capitalize_verb(described[0])
        silent = "" if self._is_claim_of_others(items) else self._authors_say_nothing(items)
        return inferred + "; ".join([first, *described[1:]]) + self._inferences() + silent

    @staticmethod
    def _is_claim_of_others(items: Iterable[Evidence]) -> bool:
        return any(item.is_author or Wording.HEARSAY in item.wordings or item.origin.relayers for item in items)

    def _authors_say_nothing(self, items: Iterable[Evidence]) -> str:
        elsewhere = {item.speaker for item in self._beside.find_in_full()}
        reported = [item for item in items if item.speaker not in item.origin.publishers]
        authors = dict.fromkeys(
            author for item in reported for author in item.origin.authors if author not in elsewhere
        )
        says = "does not say so itself" if len(authors) == 1 else "do not say so themselves"
        return f"; {self._phrases.names(authors)} {says}" if authors else ""

    def _no(self) -> str:
        items = [item for item in self._decision.rejecting if item.counts_in_full]
        # A status is of a proposition that itself names its incident; a question may name none.
        is_of_incident = bool(self._topic.whether) and all(item.incident for item in items)
        return self._said_in_full(items, "NO") + (self._of_incidents(items) if is_of_incident else "")

    def _denied(self) -> str:
        phrases, items = self._phrases, self._decision.rejecting
        described = phrases.describe_all(items)
        verb = denial_verb(items[0]).participle if items[0].act is Act.DENIES else "denied"
        first = verb.upper() + described[0].removeprefix("disputed").removeprefix(verb)
        unaffirmed = "; nobody recorded here says that it is so" if self._is_unaffirmed() else ""
        return "; ".join([first, *described[1:]]) + self._inferences() + unaffirmed + self._of_incidents(items)

    def _of_incidents(self, items: Iterable[Evidence]) -> str:
        """Of this incident: its name. A denial of one incident says nothing of others."""
        incidents = dict.fromkeys(item.incident for item in items if item.incident)
        these = "this incident" if len(incidents) == 1 else "these incidents"
        return f". Of {these}: {self._phrases.incidents(incidents)}" if incidents else ""

    def _is_unaffirmed(self) -> bool:
        # To assert something more general, or something near, says nothing of what is denied.
        beside = (Bearing.GENERAL, Bearing.GENERAL_WITHIN, Bearing.OF_UNIT, Bearing.CONTEXT)
        affirms = any(item.act is Act.ASSERTS and item.counts and item.bearing not in beside for item in self._around)
        return self._topic.is_looked_around and not affirms and not self._topic.tensions

    def _disputed(self) -> str:
        decision = self._decision
        aspects = aspects_of(item for item in decision.rejecting if item.act is Act.DISPUTES)
        as_to = f" AS TO {aspects.upper()}" if aspects else ""
        both = {item.speaker for item in decision.affirming if item.act is Act.ASSERTS} & {
            item.speaker for item in decision.rejecting if item.act is Act.DENIES
        }
        if both - {UNKNOWN_SPEAKER} and len({item.speaker for item in decision.affirming + decision.rejecting}) == 1:
            dates = [item.origin.said_when for item in decision.affirming + decision.rejecting if item.origin.said_when]
            when = f" ({', '.join(map(isolate, dates))})" if dates else ""
            return f"DISPUTED: {self._phrases.does(decision.affirming[0], SAYS, 'both')}{when}"
        inferred = f"inferred: {', and '.join(self._topic.inferences)}" if self._topic.inferences else ""
        lines = [*self._affirmations(), *self._rejections(), inferred]
        return f"DISPUTED{as_to}: " + "; ".join(filter(None, dict.fromkeys(lines)))

    def _affirmations(self) -> list[str]:
        return [self._affirmation(item) for item in self._decision.affirming if item.act is Act.ASSERTS]

    def _affirmation(self, item: Evidence) -> str:
        phrases = self._phrases
        if item.is_author and not item.counts_in_full:
            return phrases.describe(item)
        return f"{phrases.does(item, SAYS, 'so')}{phrases.manner(item)}{phrases.as_reported(item)}"

    def _rejections(self) -> list[str]:
        """Each speaker of each source once, as its firmest act is worded."""
        firmest: dict[tuple[str, tuple[str, ...]], Evidence] = {}
        for item in self._decision.rejecting:
            other = firmest.setdefault((item.speaker, item.origin.sources), item)
            if Wording.LIKELY in other.wordings and Wording.LIKELY not in item.wordings:
                firmest[item.speaker, item.origin.sources] = item
        contested = [item for item in self._decision.affirming if item.act is Act.DISPUTES]
        return [*map(self._rejection, firmest.values()), *(self._phrases.describe(item) for item in contested)]

    def _rejection(self, item: Evidence) -> str:
        phrases = self._phrases
        if self._decision.is_name:
            by = f"{phrases.by_speaker(item)}{phrases.to(item)}{phrases.manner(item)}"
            return f"rejected by {by}{phrases.as_reported(item)}"
        is_hedged = Wording.LIKELY in item.wordings
        is_reported = item.act is Act.DENIES and not item.counts_in_full
        verb = denial_verb(item) if is_hedged or is_reported else REJECTS
        words = f" {quoted_word(item)}" if item.origin.explicitness == "implicit" and quoted_word(item) else ""
        return f"{phrases.does(item, verb, 'it')}{words}{phrases.as_reported(item)}"

    def _undetermined(self) -> str:
        reason = self._decision.reason
        assert reason is not None
        words = add_spaces(reason)
        others = f"; {self._topic.others}" if self._topic.others else ""
        return f"UNDETERMINED, {words}: {self._reason(reason, self._decision.reasons)}{others}"

    def _reason(self, reason: Reason, items: Sequence[Evidence]) -> str:
        match reason:
            case Reason.NO_EVIDENCE_FOUND | Reason.LEFT_OPEN:
                return "; ".join(dict.fromkeys(map(self._phrases.leaving_open, items)))
            case Reason.ONLY_POSSIBLE:
                return self._only_possible(items)
            case Reason.ONLY_ON_A_CONDITION:
                return "; ".join(dict.fromkeys(map(self._phrases.describe, items)))
            case Reason.PARTLY:
                return self._partly(items)
            case Reason.ONLY_INTENDED:
                return self._intended(items)
            case Reason.TAKEN_BACK:
                return "; ".join(dict.fromkeys(map(self._phrases.taking_back, items)))
            case Reason.SILENT:
                return self._silent()

    def _silent(self) -> str:
        topic = self._topic
        whether = f"whether {topic.whether}" if topic.whether else "whether it is so"
        nearest = f"; nearest: {topic.nearest}" if topic.nearest and not topic.others else ""
        if topic.is_in_parts:
            searched = "the one source" if topic.searched == 1 else f"the {topic.searched} sources"
            return f"no statement in {searched} searched says all of this together{nearest}"
        if topic.searched == 1:
            return f"the one source searched does not say {whether}{nearest}"
        searched = f"none of {topic.searched} sources searched" if topic.searched else "no statement recorded here"
        return f"{searched} says {whether}{nearest}"

    def _only_possible(self, items: Sequence[Evidence]) -> str:
        if any(item.act is Act.INTENDS or item.origin.position_kind for item in items):
            return "; ".join(dict.fromkeys(map(self._phrases.position, items)))
        return "; ".join(dict.fromkeys(self._possibility(item) for item in items))

    def _possibility(self, item: Evidence) -> str:
        phrases = self._phrases
        is_so = "not so" if item.act is Act.DENIES else "so"
        worded = f" {quoted_hedge(item.origin.hedge)}" if item.origin.hedge else ""
        by = phrases.by_speaker(item)
        said = f"said by {by}{phrases.to(item)} to be possibly {is_so}, and no more{worded}"
        return f"{said}{phrases.as_reported(item)}"

    def _intended(self, items: Sequence[Evidence]) -> str:
        """Aim of X, and of Y, possibly of Z, according to A: positions of one kind by one speaker together."""
        phrases = self._phrases
        groups: dict[tuple[str, str], list[str]] = {}
        for _, item in sorted({(item.is_possibility, item.statement): item for item in items}.items()):
            own = item.speaker == item.origin.holder
            by = "by its own word" if own else f"according to {phrases.by_speaker(item)}"
            by += phrases.as_reported(item) if own or item.speaker not in item.origin.authors else ""
            held = groups.setdefault((item.origin.position_kind, by), [])
            if held:
                held.append(f"{'possibly' if item.is_possibility else 'and'} {of_holder(item, self._name_of)}")
            else:
                held.append(f"{'possible ' if item.is_possibility else ''}{position_of(item, self._name_of)}")
        return "; ".join(f"{', '.join(held)}, {by}" for (_, by), held in groups.items())

    def _partly(self, items: Iterable[Evidence]) -> str:
        phrases, what = self._phrases, "it only of a part of this, or of a larger area, without saying which part"
        lines = (f"{phrases.does(item, SAYS, what)}{phrases.as_reported(item)}" for item in items)
        return "; ".join(dict.fromkeys(lines))

    def _by(self, items: Sequence[Evidence]) -> str:
        authors = list(dict.fromkeys(self._phrases.by_speaker(item) for item in items))
        return " and ".join([*([", ".join(authors[:-1])] if len(authors) > 1 else []), authors[-1]])

    def _speakers(self, items: Sequence[Evidence]) -> str:
        for item in items:
            self._phrases.speaker(item)
        return self._phrases.names(item.speaker for item in items)

    def _reporters(self, items: Sequence[Evidence]) -> str:
        authors = dict.fromkeys(author for item in items for author in item.origin.authors if author != item.speaker)
        return f", {self._phrases.names(authors)} {'report' if len(authors) > 1 else 'reports'}" if authors else ""

    def _media(self, items: Sequence[Evidence]) -> str:
        return self._phrases.names(medium for item in items for medium in item.origin.media)

    def _manner(self, items: Sequence[Evidence]) -> str:
        manners = {self._phrases.manner(item) for item in items}
        return manners.pop() if len(manners) == 1 else ""


def write_sentence(decision: Decision, evidence: Iterable[Evidence], name_of: NameOf, topic: Topic) -> Sentence:
    """The sentence for a decision on this evidence, in phrases with the statements that they word."""
    return Headline(decision, evidence, name_of, topic).sentence()


def write_headline(decision: Decision, evidence: Iterable[Evidence], name_of: NameOf, topic: Topic) -> str:
    """The sentence for a decision on this evidence."""
    return Headline(decision, evidence, name_of, topic).text()


def _are_several(items: Iterable[Evidence]) -> bool:
    return len({voice for item in items for voice in voices(item)}) > 1


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _capitalize_verb(phrase: str) -> str:
    """A CLAIM, SAID, REPORTED: the words up to the first that says of whom."""
    for lead in (
        "a claim",
        "the words of others",
        "warned of",
        "coded by a program",
        "said",
        "claimed",
        "alleged",
        "believed",
        "reported",
        "computed",
    ):
        if phrase.startswith(lead):
            return capitalize_lead(phrase, lead)
    return phrase

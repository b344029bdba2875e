"""Who does what to a proposition, and who makes a statement how: phrases for one act, and lines of several.

Owns the phrases about single acts, in lower case: headlines, badges and lines of attribution are made of them.
"""

from collections.abc import Iterable, Sequence

from kg.status.act import UNKNOWN_SPEAKER, Act, Bearing, Evidence, Wording
from kg.status.sentence import PhraseTrace, Sentence
from kg.status.wording import (
    DISPUTES,
    REJECTS,
    SAYS,
    UNNAMED_SPEAKER,
    UNRECORDED_SPEAKER,
    NameOf,
    Verb,
    act_in_past,
    add_spaces,
    aspects_of,
    denial_verb,
    hedge_of,
    join_names,
    likelihood_of,
    list_incidents,
    name,
    position_of,
    quoted_hedge,
    quoted_word,
    verb_of,
)
from kg.text_direction import isolate

NO_STATEMENT = "nobody is recorded to say this"
_UNNAMED_REPORTS = frozenset({"reportedly", "were-said-to"})
_NO_HEDGE = "none"
TAKEN_BACK = " (taken back)"
_EXPLICIT = "explicit"
_IMPLIED = "implied"
_IMPLICIT = "implicit"
_QUOTES = ", in quotation marks"
_ADJECTIVES = {"probably": "probable", "apparently": "apparent", "believed": "believed"}


class ActPhrases:
    """Phrases about acts, with the names of the caller."""

    def __init__(
        self,
        name_of: NameOf,
        *,
        is_name: bool = False,
        published: dict[str, str] | None = None,
        trace: PhraseTrace | None = None,
    ) -> None:
        self._name_of, self._is_name = name_of, is_name
        self._published = {} if published is None else published
        """Authors with the publishers of their sources, as they were worded, and the authors alone."""
        self._trace = PhraseTrace() if trace is None else trace

    def of_kind(self, *, is_name: bool) -> "ActPhrases":
        """The phrases about acts on names, or on anything else."""
        return ActPhrases(self._name_of, is_name=is_name, published=self._published, trace=self._trace)

    def split(self, text: str) -> Sentence:
        """The text, made of these phrases, with the statements that they word."""
        self._trace.replace_all(self._published.items())
        return self._trace.split(text)

    def tell_publishers_once(self, text: str) -> str:
        """The text, made of these phrases, with the publishers of each author only at first mention."""
        for with_publishers, authors in self._published.items():
            before, told, after = text.partition(with_publishers)
            text = before + told + after.replace(with_publishers, authors)
        return text

    def describe(self, item: Evidence) -> str:
        """What one speaker does, whose voice it is and who reports it: "said by B, as A reports"."""
        phrase = self._describe_act(item)
        return self._record(item, f"{phrase}{TAKEN_BACK}" if item.is_retracted else phrase)

    def _record(self, item: Evidence, phrase: str) -> str:
        origin = item.origin
        hedge, sources = add_spaces(origin.hedge or "not-given"), self.names(origin.sources)
        return self._trace.record(phrase, item.statement, f"Hedge: {hedge}; in {sources}")

    def describe_all(self, items: Iterable[Evidence]) -> list[str]:
        """What several speakers do; who are reported in the same way, together: "said by B and C, as A reports"."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for item in items:
            phrase, around = self.describe(item), (*self.report(item), self.as_reported(item))
            is_plain = phrase == f"{around[0]} by {self.speaker(item)}{around[1]}{around[2]}"
            groups.setdefault(around if is_plain else (phrase,), []).append(item.speaker)
        return [
            f"{key[0]} by {self.names(speakers)}{key[1]}{key[2]}" if len(key) > 1 else key[0]
            for key, speakers in groups.items()
        ]

    def names(self, iris: Iterable[str]) -> str:
        return join_names(iris, self._name_of)

    def incidents(self, iris: Iterable[str]) -> str:
        return list_incidents(iris, self._name_of)

    def speaker(self, item: Evidence) -> str:
        return self._record(item, name(item.speaker, self._name_of))

    def authors(self, item: Evidence) -> str:
        """The authors of the source, with the publishers who are no authors."""
        publishers = [each for each in item.origin.publishers if each not in item.origin.authors]
        authors = self.names(item.origin.authors)
        if not publishers or not authors:
            return authors
        with_publishers = f"{authors} (published by {self.names(publishers)})"
        self._published[with_publishers] = authors
        return with_publishers

    def to(self, item: Evidence) -> str:
        """To whom it was said: " to C"; nothing if that is not recorded."""
        return f" to {self.names(item.origin.said_to)}" if item.origin.said_to else ""

    def as_told(self, item: Evidence) -> str:
        """The same, of what is no saying: ", as told to C"."""
        return f", as told{to}" if (to := self.to(item)) else ""

    def as_reported(self, item: Evidence) -> str:
        """Who reports it, if not the speaker: ", as A reports"; of speakers in a source of their own that source."""
        origin = item.origin
        if item.speaker in origin.publishers and item.speaker not in origin.authors:
            return f", in {self.names(origin.sources)}"
        if item.speaker in origin.authors or not origin.authors:
            is_own_source = item.speaker in origin.authors and (item.is_party or not item.reports_on_others)
            return f", in {self.names(origin.sources)}" if is_own_source and not item.counts_in_full else ""
        return f", as {self.authors(item)} {'reports' if len(origin.authors) == 1 else 'report'}"

    def by_speaker(self, item: Evidence) -> str:
        """The speaker; of an own voice with the publisher."""
        is_voice = item.counts_in_full and item.is_author
        return self._record(item, self.authors(item)) if is_voice else self.speaker(item)

    def does(self, item: Evidence, verb: Verb, what: str) -> str:
        """The speaker, and what it does or, if it is not the voice of the source, did: A rejects it; B rejected it."""
        is_voice = item.is_author and item.reports_on_others
        predicate = verb.in_present(what, is_plural=len(voices(item)) > 1) if is_voice else verb.in_past(what)
        return self._record(item, f"{self.by_speaker(item)} {predicate}{self.to(item)}")

    def manner(self, item: Evidence) -> str:
        """How an act is made without saying it: " by implication", " in one word"."""
        if item.origin.explicitness == _IMPLICIT:
            words = quoted_word(item)
            return f" in one word {words}" if words else " implicitly"
        if item.origin.explicitness == _IMPLIED:
            return " by implication" + (f" {words}" if (words := quoted_word(item)) else "")
        return ""

    def firmness(self, item: Evidence) -> str:
        """How firmly it is said: ", as probable", ", on evidence"; of what is shown, by which media.

        The verb of a denial says how probable it is.
        """
        is_likely = Wording.LIKELY in item.wordings and item.act is not Act.DENIES
        likely = f", as {_ADJECTIVES[likelihood_of([item])]}" if is_likely else ""
        if item.is_shown:
            return f"{likely}, on the evidence of {self.names(item.origin.media)}"
        return f"{likely}{', on evidence' if Wording.EVIDENTIAL in item.wordings else ''}"

    def claim(self, item: Evidence) -> str:
        """What an author reports as the claim of others."""
        return (
            f"a claim, told by {self.authors(item)} as such {quoted_hedge(hedge_of(item))}, of {self._claimants(item)}"
        )

    def words_of_others(self, item: Evidence) -> str:
        """What an author says in quotation marks that keep it at a distance."""
        return f"the words of others, told by {self.authors(item)}{_QUOTES}"

    def _claimants(self, item: Evidence) -> str:
        passed_on = f", passed on by {self.names(item.origin.relayers)}" if item.origin.relayers else ""
        return f"{self.names(item.origin.claimants) or UNNAMED_SPEAKER}{passed_on}"

    def reported(self, item: Evidence) -> str:
        """As what an author reports it: "said by B", "a claim of B, passed on by C"."""
        if self._is_of_nobody_named(item):
            return f"said {quoted_hedge(hedge_of(item))}, by whom is not said"
        if item.speaker in item.origin.authors and Wording.CLAIM in item.wordings:
            return f"a claim {quoted_hedge(hedge_of(item))} of {self._claimants(item)}"
        if item.speaker in item.origin.authors and Wording.DISTANCE in item.wordings:
            return f"the words of others{_QUOTES}"
        return self.describe(item).removesuffix(self.as_reported(item))

    def position(self, item: Evidence) -> str:
        """Whose position it is, and according to whom."""
        return self._record(item, self._position(item))

    def _position(self, item: Evidence) -> str:
        held = f"{'possible ' if item.is_possibility else ''}{position_of(item, self._name_of)}"
        likely = f", {likelihood_of([item])}" if Wording.LIKELY in item.wordings else ""
        if item.speaker == item.origin.holder:
            reported = f", it is reported {quoted_hedge(item.origin.hedge)}" if Wording.HEARSAY in item.wordings else ""
            return f"{held}{likely}, by its own word{self.to(item)}{reported}{self.as_reported(item)}"
        return f"{held}{likely}, according to {self.by_speaker(item)}{self.as_told(item)}{self.as_reported(item)}"

    def leaving_open(self, item: Evidence, what: str = "it") -> str:
        """A found no evidence of it; A says that it is not settled."""
        if Wording.NO_EVIDENCE in item.wordings:
            manner = f"{self.manner(item)}{self.as_told(item)}"
            found = f"{self.by_speaker(item)} found no evidence of {what}{manner}{self.as_reported(item)}"
            return self._record(item, found)
        settled = self.does(item, SAYS, f"{self.manner(item)} that {what} is not settled".strip())
        return f"{settled}{self.as_reported(item)}"

    def taking_back(self, item: Evidence, what: str = "") -> str:
        """B said so and took it back; ``what`` stands for what was said, if it is not that."""
        said = denial_verb(item).in_past(what or "it") if item.act is Act.DENIES else f"said {what or 'so'}"
        return self._record(
            item, f"{self.speaker(item)} {said}{self.to(item)} and took it back{self.as_reported(item)}"
        )

    def disputing(self, item: Evidence, what: str = "it") -> str:
        """D disputes it as to the number."""
        return f"{self.does(item, DISPUTES, f'{what} as to {aspects_of([item])}')}{self.as_reported(item)}"

    def _describe_act(self, item: Evidence) -> str:
        match item.act:
            case Act.ASSERTS:
                return self._asserts(item)
            case Act.DENIES:
                return self._denies(item)
            case Act.DISPUTES:
                return self._disputes(item)
            case Act.LEAVES_OPEN:
                return self._leaves_open(item)
            case Act.SUPPOSES:
                return f"supposed by {self.speaker(item)}{self.as_told(item)}{self.as_reported(item)}"
            case Act.INTENDS:
                return self.position(item)

    def _asserts(self, item: Evidence) -> str:
        origin = item.origin
        if self._is_name:
            quotes = _QUOTES if Wording.DISTANCE in item.wordings else ""
            return f"used by {self.speaker(item)}{quotes}{self.as_told(item)}{self.as_reported(item)}"
        if origin.is_recorders:
            return "noted by the recorder"
        if item.is_shown:
            media = self.names(origin.media)
            return f"said by {self.by_speaker(item)}{self.to(item)} to be shown by {media}{self.as_reported(item)}"
        if origin.position_kind:
            return self.position(item)
        if item.is_possibility:
            worded = f"{quoted_hedge(origin.hedge)}{self.as_told(item)}"
            return f"held possible by {self.speaker(item)} {worded}{self.as_reported(item)}"
        if item.counts_in_full:
            return self._asserts_in_full(item)
        return self._asserts_as_reported(item)

    def _asserts_in_full(self, item: Evidence) -> str:
        if item.is_made_by_being_said:
            return f"declared by {self.speaker(item)}{self.to(item)}{self.as_reported(item)}"
        return f"asserted by {self.authors(item)}{self.manner(item)}{self.firmness(item)}"

    def _asserts_as_reported(self, item: Evidence) -> str:
        if item.is_author and Wording.CLAIM in item.wordings:
            return self.claim(item)
        if item.is_author and Wording.DISTANCE in item.wordings:
            return self.words_of_others(item)
        if self._is_of_nobody_named(item):
            authors = self.authors(item) or "the source"
            return f"reported {quoted_hedge(hedge_of(item))}: by whom, {authors} does not say"
        lead, rest = self.report(item)
        return f"{lead} by {self.speaker(item)}{rest}{self.as_reported(item)}"

    def _is_of_nobody_named(self, item: Evidence) -> bool:
        """Whether it is hearsay of which the source does not say whose: its author tells it, or whoever it was."""
        is_named = not item.is_author and name(item.speaker, self._name_of) not in (UNNAMED_SPEAKER, UNRECORDED_SPEAKER)
        return hedge_of(item) in _UNNAMED_REPORTS and not is_named

    def report(self, item: Evidence) -> tuple[str, str]:
        """Of reported speech, what stands before and after the speaker: ("claimed", ", passed on by C")."""
        passed_on = f", passed on by {self.names(item.origin.relayers)}" if item.origin.relayers else ""
        own_deed = f"{self.to(item)}{' of its own deed' if item.origin.is_own_deed else ''}"
        quotes = _QUOTES if Wording.DISTANCE in item.wordings else ""
        likelihood = likelihood_of([item]) if Wording.LIKELY in item.wordings else ""
        verb = "computed" if item.is_computed else "believed" if likelihood == "believed" else verb_of(item)
        likely = f" to be {_ADJECTIVES[likelihood]}" if likelihood not in ("", "believed") else ""
        return verb, f"{own_deed}{likely}{quotes}{passed_on}"

    def _denies(self, item: Evidence) -> str:
        by = f"{self.by_speaker(item)}{self.to(item)}{self.manner(item)}{self.as_reported(item)}"
        verb = REJECTS if self._is_name else denial_verb(item)
        return f"{verb.participle} by {by}"

    def _disputes(self, item: Evidence) -> str:
        as_to = f" as to {aspects_of([item])}" if item.aspects else ""
        by = f"{self.by_speaker(item)}{self.to(item)}{self.manner(item)}"
        return f"disputed by {by}{as_to}{self.as_reported(item)}"

    def _leaves_open(self, item: Evidence) -> str:
        if item.is_shown:
            return f"said by {self.by_speaker(item)} not to be shown by {self.names(item.origin.media)}"
        verb = "no evidence of it found" if Wording.NO_EVIDENCE in item.wordings else "left open"
        return f"{verb} by {self.by_speaker(item)}{self.manner(item)}{self.as_told(item)}{self.as_reported(item)}"


def voices(item: Evidence) -> tuple[str, ...]:
    """Those by whom it is said: the authors of an own voice, else the speaker."""
    return item.origin.authors if item.counts_in_full and item.is_author else (item.speaker,)


_ACTIVE = {
    Act.ASSERTS: "asserts",
    Act.LEAVES_OPEN: "leaves open",
    Act.SUPPOSES: "supposes",
    Act.INTENDS: "takes a position on",
    Act.DISPUTES: "disputes",
}
_BEARINGS = {
    Bearing.EXACT: "this",
    Bearing.SPECIFIC: "something more specific",
    Bearing.GENERAL: "something more general",
    Bearing.BY_REFERENCE: "this of a unit around it, or of a place within it",
    Bearing.BY_FORCE: "this of a force of the actor",
    Bearing.BY_PARTS: "a part of this",
    Bearing.OF_WHOLE: "this of what the actor belongs to",
    Bearing.OF_UNIT: "this of a unit around it",
    Bearing.GENERAL_WITHIN: "something more general, of a place within it",
    Bearing.PARTIAL: "a part of this",
    Bearing.CONTEXT: "a related matter",
}


def describe_bearing(item: Evidence) -> str:
    """What an act that does not decide has to do with the question: "asserts something more specific"."""
    if item.is_retracted:
        return "was taken back"
    if item.restated:
        return "tells it again"
    if item.act is Act.LEAVES_OPEN and Wording.NO_EVIDENCE in item.wordings:
        return f"found no evidence of {_BEARINGS[item.bearing]}"
    if item.act is Act.DENIES:
        return denial_verb(item).in_present(_BEARINGS[item.bearing])
    possibly = " to be possible" if item.is_possibility else ""
    return f"{_ACTIVE[item.act]} {_BEARINGS[item.bearing]}{possibly}"


def attribute_proposition(
    evidence: Iterable[Evidence], assessors: Iterable[str], phrases: ActPhrases, notes: Iterable[str] = ()
) -> str:
    """Who does what to a proposition and who disputes it, in one line; ``assessors`` are those who assess it.

    ``notes`` are further clauses of the same phrases.
    """
    items = sorted(evidence, key=lambda item: (list(Act).index(item.act), item.statement))
    said = [phrases.describe(item) for item in items if item.speaker != UNKNOWN_SPEAKER or item.act is Act.DISPUTES]
    assessed = phrases.names(assessors)
    line = "; ".join([*dict.fromkeys(said), *([f"assessed by {assessed}"] if assessed else []), *notes])
    return phrases.tell_publishers_once(line) or NO_STATEMENT


def attribute_statement(
    act: str,
    *,
    speakers: Iterable[str],
    hedges: Iterable[str],
    sources: Iterable[str],
    disputants: Iterable[str],
    name_of: NameOf,
    said_to: Iterable[str] = (),
    is_retracted: bool = False,
) -> str:
    """Who makes a statement, to whom, how it is worded, where it is reported, whether it was taken back and who
    disputes it, in one line.

    The act is a verb in the present tense; the others are IRIs.
    """
    speaker = isolate(next(map(name_of, speakers), ""))
    hedge = next(iter(hedges), "").rsplit("/", 1)[-1]
    worded = f", worded as {add_spaces(hedge)}" if hedge not in ("", _NO_HEDGE) else ""
    where = f", in {names}" if (names := ", ".join(isolate(name_of(source)) for source in sorted(sources))) else ""
    disputed = ", ".join(name(disputant, name_of) for disputant in sorted(disputants))
    to = f" to {hearers}" if (hearers := join_names(said_to, name_of)) else ""
    taken_back = TAKEN_BACK if is_retracted else ""
    line = [
        f"{speaker} {act_in_past(act)}{to}{worded}{where}{taken_back}",
        *([f"disputed by {disputed}"] if disputed else []),
    ]
    return "; ".join(line) if speaker else NO_STATEMENT


def describe_statement(
    act: str, speaker: str, *, hedge: str, explicitness: str, said_when: str, source: str, said_to: Sequence[str] = ()
) -> str:
    """A statement in one line, with when it was said and how explicitly. Speaker, hearers and source are names."""
    to = f" to {' and '.join(map(isolate, said_to))}" if said_to else ""
    when = f", on {isolate(said_when)}" if said_when else ""
    worded = f", worded as: {add_spaces(hedge)}" if hedge not in ("", _NO_HEDGE) else ""
    manner = f", {explicitness}" if explicitness != _EXPLICIT else ""
    where = f", in {isolate(source)}" if source else ""
    return f"{isolate(speaker) or UNRECORDED_SPEAKER} {act_in_past(act)}{to}{when}{worded}{manner}{where}"

"""What stands beside a verdict: evidence for a denial, who leaves it open, found no evidence, disputes it in another
aspect, took it back; and beside a status also who says more, denies more generally, or speaks of the same deed in
another tone; and what somebody links as in tension with a statement that decides.

Owns which acts are reported besides those that decide. Phrases about single acts are ``kg.status.attribution``'s.
"""

from collections.abc import Iterator, Sequence

from kg.status.act import UNKNOWN_SPEAKER, Act, Bearing, Evidence
from kg.status.attribution import ActPhrases, voices
from kg.status.support import write_supports
from kg.status.tension import write_tensions
from kg.status.topic import Topic
from kg.status.verdict import Decision, Verdict
from kg.status.wording import REJECTS, SAYS, Verb, denial_verb, verb_of

_TOPICAL = frozenset({Bearing.EXACT, Bearing.SPECIFIC, Bearing.GENERAL})
_SOMETHING = {Bearing.SPECIFIC: "something more specific", Bearing.GENERAL: "something more general"}
_SPEAKS = Verb("speaks", "speak", "spoke")
_ANSWERED = (Verdict.YES, Verdict.DISPUTED)


class Beside:
    """Makes the sentences, from all the evidence that was found."""

    def __init__(self, decision: Decision, around: Sequence[Evidence], phrases: ActPhrases, topic: Topic) -> None:
        self._decision, self._around, self._phrases, self._topic = decision, around, phrases, topic
        self._decided = {item.proposition for item in decision.deciding} | {topic.proposition}

    def lines(self) -> list[str]:
        """The sentences, without capital and stop, each once."""
        deciding = {(item.statement, item.act) for item in self._decision.deciding}
        others = [item for item in self._around if (item.statement, item.act) not in deciding]
        lines = [self._line(item) for item in others if item.speaker != UNKNOWN_SPEAKER and item.bearing in _TOPICAL]
        supports = write_supports(self._topic.supports, self._phrases)
        tensions = write_tensions(self._topic.tensions, self._phrases)
        return list(dict.fromkeys([*supports, *filter(None, lines), *self._elsewhere(others), *tensions]))

    def find_in_full(self) -> list[Evidence]:
        """What counts in full beside a status: what says more, and other accounts of the same deed."""
        found = [item for item in self._around if self._affirms_beside(item) and item.counts_in_full]
        others = self._topic.other_accounts
        return [item for item in found if item.bearing is Bearing.SPECIFIC or item.proposition in others]

    def _line(self, item: Evidence) -> str:
        phrases = self._phrases
        something = "" if item.proposition in self._decided else _SOMETHING.get(item.bearing, "")
        if item.is_retracted:
            is_of_content = item.act in (Act.ASSERTS, Act.DENIES)
            return phrases.taking_back(item, something) if is_of_content else ""
        if item.act is Act.LEAVES_OPEN:
            return phrases.leaving_open(item, something or "it")
        if item.act is Act.DISPUTES and item.is_by_another and item.aspects:
            return phrases.disputing(item, something or "it")
        return ""

    def _elsewhere(self, others: Sequence[Evidence]) -> Iterator[str]:
        """Of a status: who denies more generally, who says more, and who speaks of the same deed in its own voice."""
        if not self._topic.proposition:
            return
        phrases = self._phrases
        for item in others:
            if item.act is Act.DENIES and item.bearing is Bearing.GENERAL and item.counts and not item.is_possibility:
                verb, what = denial_verb(item), _SOMETHING[item.bearing]
                if self._decision.is_name:
                    verb, what = REJECTS, "the name elsewhere"
                yield f"{phrases.does(item, verb, what)}{phrases.as_reported(item)}"
        if self._decision.is_name or self._decision.verdict in _ANSWERED:
            return
        is_rejected = self._decision.verdict in (Verdict.NO, Verdict.DENIED)
        in_full = [item for item in self.find_in_full() if item.bearing is Bearing.SPECIFIC or not is_rejected]
        reported = [] if self._decision.verdict is Verdict.CLAIMED or in_full else self._find_more_reported(others)
        for item in [*in_full, *reported]:
            yield self._affirming_elsewhere(item)

    def _find_more_reported(self, others: Sequence[Evidence]) -> list[Evidence]:
        return [item for item in others if item.bearing is Bearing.SPECIFIC and self._affirms_beside(item)]

    def _affirms_beside(self, item: Evidence) -> bool:
        is_beside = bool(self._topic.proposition) and item.bearing in (Bearing.SPECIFIC, Bearing.CONTEXT)
        is_spoken = item.speaker != UNKNOWN_SPEAKER and not item.is_incomplete
        return is_beside and is_spoken and item.act is Act.ASSERTS and item.counts and not item.is_possibility

    def _affirming_elsewhere(self, item: Evidence) -> str:
        phrases = self._phrases
        if item.bearing is Bearing.CONTEXT:
            whose = "its" if len(voices(item)) == 1 else "their"
            return f"elsewhere {phrases.does(item, _SPEAKS, f'of the same deed in {whose} own voice')}"
        if item.counts_in_full:
            return f"elsewhere {phrases.does(item, SAYS, 'so, and more')}"
        by = f"{phrases.speaker(item)}{phrases.to(item)}{phrases.as_reported(item)}"
        return f"elsewhere it is {verb_of(item)}, with more, by {by}"

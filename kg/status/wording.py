"""The vocabulary of sentences about acts: names, lists, verbs by hedge, times.

Owns the words that several sentences share. The sentences are those of ``kg.status.headline``, ``kg.status.badge`` and
``kg.status.attribution``. Names come from the caller, and cannot reorder the sentence they are put into.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kg.status.act import UNKNOWN_SPEAKER, Act, Evidence, Wording
from kg.text_direction import isolate

NameOf = Callable[[str], str]

UNNAMED_SPEAKER = "somebody not named"
UNRECORDED_SPEAKER = "a speaker who is not recorded"
_MANY = 4
_VERBS = {
    "claims-of": "claimed",
    "allegations": "alleged",
    "warning-of": "warned of",
    "reportedly": "reported",
    "were-said-to": "reported",
    "machine-coded": "coded by a program",
}
_POSSIBILITIES = dict.fromkeys(("possibly", "may", "consistent-with"), "held possible")
_REPORTING_VERBS = {
    **_VERBS,
    **_POSSIBILITIES,
    "claims-of": "told as a claim",
    "allegations": "told as an allegation",
}
_ASSERTING_VERBS: Mapping[bool | None, Mapping[str, str]] = {
    True: {**_REPORTING_VERBS, "scare-quotes": "told as the words of others"},
    False: {**_VERBS, **_POSSIBILITIES},
    None: _REPORTING_VERBS,
}
"""By whether the speaker is the author of the source; where that is not known, nobody is said to claim."""
_EXPRESSED = frozenset({"", "none", "attributed", "unlikely", "no-evidence", *_REPORTING_VERBS})
"""Hedges that the words of the deed express."""
_PAST = {
    "asserts": "asserted",
    "denies": "denied",
    "leaves open": "left open",
    "supposes": "supposed",
    "declares": "declared",
    "disputes": "disputed",
    "relays": "passed on",
    "retracts": "took back",
    "says": "said",
}
_UNWORDED = ("", "not-given")
"""Hedges that do not say how it was worded: the nearest wording of the chain is taken."""
_LIKELIHOODS = {"appears": "apparently", "believes": "believed"}
_LEADS = frozenset({
    "about", "after", "around", "at", "before", "between", "during", "earlier", "early", "formerly", "from", "in",
    "last", "late", "on", "once", "recently", "since", "this", "until", "within",
})  # fmt: skip
"""First words with which the words of a source for a time fit into a sentence."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)([~?%]?)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)([~?%]?)")
_UNNAMED = ", not named"
"""How labels end of people whom a text does not name."""
_MENTION = re.compile(r"(.+) \([A-Za-z]\d+(?:, [A-Za-z]\d+)*\)")
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EDTF = re.compile(r"[-\d~?%./:+TXZ,{}\[\] ]+")
_NOT_WORDED = re.compile(r"[~?%/{\[X]|\.\.|\d-\d")
"""What is left of EDTF in a date that has no words."""
_YEAR = re.compile(r"\d{4}([~?%]?)")


def name(iri: str, name_of: NameOf) -> str:
    """The name of an actor or a source, for a sentence."""
    if iri == UNKNOWN_SPEAKER:
        return UNRECORDED_SPEAKER
    text = _without_mention(name_of(iri))
    if text.endswith(_UNNAMED):
        text = f"{text.removesuffix(_UNNAMED)} (not named)"
    return UNNAMED_SPEAKER if text.startswith("whoever ") else isolate(text)


def _without_mention(label: str) -> str:
    """The label of an unnamed actor without its mention in a text: American officials (F64), locals (s21, s23)."""
    match = _MENTION.fullmatch(label)
    return match[1] if match else label


def shorten_names(names: Mapping[str, str]) -> dict[str, str]:
    """The names of a list without the mentions in a text that labels have; where two would be the same, with them."""
    shortened = {iri: _without_mention(label) for iri, label in names.items()}
    counts = Counter(shortened.values())
    return {iri: short if counts[short] == 1 else names[iri] for iri, short in shortened.items()}


def join_names(iris: Iterable[str], name_of: NameOf) -> str:
    """A, B and C; of many the first ones, with the number of the others."""
    names = _cut([name(iri, name_of) for iri in iris])
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), *names[-1:]])


def list_incidents(iris: Iterable[str], name_of: NameOf) -> str:
    """The names of incidents, which may have commas: A; B; of many the first ones, with the number of the others."""
    return "; ".join(_cut([isolate(name_of(iri)) for iri in iris]))


def _cut(names: Iterable[str]) -> list[str]:
    """The names, each once; of many the first ones, with the number of the others."""
    distinct = list(dict.fromkeys(names))
    if len(distinct) > _MANY:
        distinct[_MANY - 1 :] = [f"{len(distinct) - _MANY + 1} others"]
    return distinct


def verb_of(item: Evidence) -> str:
    """The verb of reported speech by its hedge, as a past participle: said, claimed, alleged."""
    return _word(item, hedge_of(item), _VERBS, "said")


def act_in_past(act: str) -> str:
    """An act as what a speaker did, which one or many may have: asserted, left open."""
    return _PAST.get(act, act)


def word_deed(act: str, hedge: str, *, is_author: bool | None) -> str:
    """What a speaker did by an act with this hedge, as ``deed_of`` words it, where no more of the act is read.

    ``is_author``: the speaker wrote the source, or published what nobody is said to have written; None if that is not
    read. An author who reports a claim does not claim it.
    """
    if act == "asserts":
        return _ASSERTING_VERBS[is_author].get(hedge, "said")
    if act == "denies":
        return _DENIALS_BY_HEDGE.get(hedge, _DENIES).participle
    return "found no evidence" if (act, hedge) == ("leaves open", "no-evidence") else act_in_past(act)


def is_worded(hedge: str) -> bool:
    """Whether the verb alone expresses the hedge; for "probably" it does not."""
    return hedge in _EXPRESSED


def deed_of(item: Evidence) -> str:
    """What the speaker of an act did, as a participle: said, claimed, held possible, denied, found no evidence."""
    if item.act is Act.LEAVES_OPEN and Wording.NO_EVIDENCE in item.wordings:
        return "found no evidence"
    if item.act is Act.DENIES:
        return denial_verb(item).participle
    if item.act is not Act.ASSERTS:
        return act_in_past(item.act.replace("-", " "))
    if item.is_possibility:
        return "held possible"
    if item.is_author and Wording.DISTANCE in item.wordings:
        return "told as the words of others"
    return _word(item, hedge_of(item), _REPORTING_VERBS if item.is_author else _VERBS, "said")


def hedge_of(item: Evidence) -> str:
    """The hedge; where its wording is lost, the nearest of the chain that is known."""
    if item.origin.hedge not in _UNWORDED:
        return item.origin.hedge
    return next((hedge for hedge in item.origin.claim_hedges if hedge not in _UNWORDED), item.origin.hedge)


def likelihood_of(items: Iterable[Evidence]) -> str:
    """probably, apparently or believed: as the acts are worded that are only likely."""
    likely = [item for item in items if Wording.LIKELY in item.wordings]
    words = {_word(item, item.origin.hedge, _LIKELIHOODS, "probably") for item in likely}
    return words.pop() if len(words) == 1 else "probably"


@dataclass(frozen=True, slots=True)
class Verb:
    """The forms of a verb.

    The authors of a source are counted: A denies, A and B deny. How many people are a speaker whom they report, such as
    "eyewitnesses", is not recorded: what these did is in the past tense, which has one form.
    """

    present: str
    plural: str
    past: str
    complement: str = ""
    """What follows the object: holds it *unlikely*."""

    @property
    def participle(self) -> str:
        """Before "by": denied, held unlikely."""
        return f"{self.past}{self.complement}"

    def in_present(self, what: str, *, is_plural: bool = False) -> str:
        """Denies it, holds it unlikely; deny it."""
        return f"{self.plural if is_plural else self.present} {what}{self.complement}"

    def in_past(self, what: str) -> str:
        """Denied it, held it unlikely."""
        return f"{self.past} {what}{self.complement}"


SAYS = Verb("says", "say", "said")
REJECTS = Verb("rejects", "reject", "rejected")
DISPUTES = Verb("disputes", "dispute", "disputed")
_DENIES = Verb("denies", "deny", "denied")
_HEDGED_DENIALS = {
    "probably": Verb("holds", "hold", "held", " unlikely"),
    "apparently": Verb("holds", "hold", "held", " apparently not so"),
    "believed": Verb("believes", "believe", "believed", " not so"),
}
_HELD_POSSIBLY_NOT_SO = Verb("holds", "hold", "held", " possibly not so")


_DENIALS_BY_HEDGE = {
    **dict.fromkeys(("probably", "unlikely"), _HEDGED_DENIALS["probably"]),
    "appears": _HEDGED_DENIALS["apparently"],
    "believes": _HEDGED_DENIALS["believed"],
    **dict.fromkeys(_POSSIBILITIES, _HELD_POSSIBLY_NOT_SO),
}


def denial_verb(item: Evidence) -> Verb:
    """The verb of a denial by its hedge; to deny as probable is to hold unlikely."""
    if item.is_possibility:
        return _HELD_POSSIBLY_NOT_SO
    return _HEDGED_DENIALS[likelihood_of([item])] if Wording.LIKELY in item.wordings else _DENIES


def _word(item: Evidence, hedge: str, words: Mapping[str, str], default: str) -> str:
    """The word for the hedge; for one that has none, that of the nearest concept above it."""
    concepts = (hedge, *dict(item.origin.broader_hedges).get(hedge, ()))
    return next((words[concept] for concept in concepts if concept in words), default)


def quoted_hedge(hedge: str) -> str:
    """The hedge as words of the source: ("claims of")."""
    return f'("{add_spaces(hedge)}")'


def quoted_word(item: Evidence) -> str:
    """The quoted words, if they are one word: ("reduction"); else nothing."""
    quotes = item.origin.quotes
    return f'("{isolate(quotes[0])}")' if len(quotes) == 1 and len(quotes[0].split()) == 1 else ""


def add_spaces(slug: str) -> str:
    """The short name of a concept as words."""
    return slug.replace("-", " ")


def split_words(name: str) -> str:
    """The short name of a class, a property or a column as words in small letters: leaves open, said to."""
    return _CAPITAL.sub(" ", name).lower()


def position_of(item: Evidence, name_of: NameOf) -> str:
    """The position by its kind and whose it is: aim of B, use by B."""
    return f"{add_spaces(item.origin.position_kind)} {of_holder(item, name_of)}"


def of_holder(item: Evidence, name_of: NameOf) -> str:
    """Whose the position is: of B; of a use, by B."""
    preposition = "by" if item.origin.position_kind == "use" else "of"
    return f"{preposition} {name(item.origin.holder, name_of)}"


def aspects_of(items: Iterable[Evidence]) -> str:
    """In what the disputes among these reject a statement: "number, target"."""
    return ", ".join(sorted({add_spaces(aspect.rsplit("/", 1)[-1]) for item in items for aspect in item.aspects}))


def capitalize_lead(phrase: str, lead: str) -> str:
    """The phrase with its leading words in capitals."""
    return phrase.replace(lead, lead.upper(), 1)


def format_time(items: Iterable[Evidence]) -> str:
    """When it was, if all the acts say the same: "on April 4", "formerly", "in July 2017"; else nothing."""
    times = {item.origin.when for item in items}
    return _time(times.pop()) if len(times) == 1 else ""


def format_date(text: str) -> str:
    """An EDTF date as words: on 4 April 2017; one that has no simple words as it is."""
    if text.startswith("{") and text.endswith("}") and ".." not in text:
        days = [_day(day.strip()) for day in text[1:-1].split(",")]
        return f"on {', '.join(days[:-1])} and {days[-1]}" if len(days) > 1 else format_date(text[1:-1])
    if "/" in text:
        start, _, end = text.partition("/")
        # Without a start, the end is often only the day on which it is said: "until" would say that it was over.
        to = "until" if start.strip(".") else "up to"
        return " ".join([*([f"from {_day(start)}"] if start.strip(".") else []),
                         *([f"{to} {_day(end)}"] if end.strip(".") else [])])  # fmt: skip
    if match := _MOMENT.fullmatch(text):
        offset = match[3] or ""
        zone = "" if not offset else " UTC" if offset == "Z" else f" (UTC{offset})"
        return f"on {_day(match[1])}, {match[2]}{zone}"
    if text.endswith(("~", "%")):
        return _day(text)
    return f"on {_day(text)}" if _DAY.fullmatch(text) else f"in {_day(text)}"


def word_date(text: str) -> str:
    """When something is said to have been, for a page: an EDTF date in words, a date in words of the source as it is.

    EDTF that has no simple words stays as it is, rather than lose a part.
    """
    if not _EDTF.fullmatch(text):
        return text
    words = format_date(text)
    return text if _NOT_WORDED.search(words) else words


def count(number: int, noun: str) -> str:
    """1 speaker, 2 speakers."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _time(when: str) -> str:
    if not when:
        return ""
    if when.split()[0].lower() in _LEADS:
        return isolate(when[0].lower() + when[1:])
    return format_date(when) if when[:1].isdigit() or when.startswith(("/", ".")) else ""


def _day(text: str) -> str:
    about = "about " if text.endswith(("~", "%")) else ""
    if text.endswith(("?", "%")) and (sure := _day(text[:-1])) != text[:-1]:
        return f"{about}{sure} (uncertain)"
    if match := _DAY.fullmatch(text):
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return text
        return f"{about}{day.day} {day:%B %Y}"
    if (match := _MONTH.fullmatch(text)) and match[2] in _SEASONS:
        return f"{about}{_SEASONS[match[2]]} {match[1]}"
    if (match := _MONTH.fullmatch(text)) and 1 <= int(match[2]) <= 12:
        return f"{about}{date(int(match[1]) or 1, int(match[2]), 1):%B %Y}"
    return f"{about}{text.rstrip('~?%')}" if _YEAR.fullmatch(text) else text

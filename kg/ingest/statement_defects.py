"""What statements and counts say that cannot be meant: whose words are taken back, hedges, numbers, days, means.

Owns what is compared, and the values of a few English number words. Decides nothing about what statements amount to;
knows no documents.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.edtf_dates import last_day
from kg.schema.model import Scheme

Defect = tuple[str, str, str, str]
"""The subject, the predicate, what is wrong, and how to correct it."""

Values = Mapping[Any, Set[Any]]
"""The objects of one predicate, by subject."""

AS_GIVEN = ox.NamedNode(f"{namespaces.CK}asGiven")
BOUNDS = tuple(ox.NamedNode(f"{namespaces.CK}{name}") for name in ("minimum", "best", "maximum"))
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_WORDS = {word: number for number, word in enumerate(_NUMBERS.split())}
SPEAKER = ox.NamedNode(namespaces.SPEAKER)
SAME_SPEAKER_LINKS = (ox.NamedNode(namespaces.RETRACTS), ox.NamedNode(namespaces.PART_OF_STATEMENT))
_SAME_SPEAKER = {
    namespaces.RETRACTS: (
        "takes back a statement of another speaker",
        "Let its own speaker take it back. Who says that it is wrong denies or disputes it; who says that it was never"
        " said denies an Utterance",
    ),
    namespaces.PART_OF_STATEMENT: (
        "is part of a statement of another speaker",
        "Let partOfStatement point at a statement of the same speaker; what others add are statements of their own",
    ),
}


def find_words_of_others(links: Iterable[ox.Quad], speakers: Values) -> Iterator[Defect]:
    """Those of the links that take back, or make a part of, what another speaker said."""
    for quad in links:
        own, others = speakers.get(quad.subject, frozenset()), speakers.get(quad.object, frozenset())
        if own and others and own.isdisjoint(others):
            message, cure = _SAME_SPEAKER[quad.predicate.value]
            yield namespaces.value_of(quad.subject), quad.predicate.value, message, cure


def find_hedge_groups(hedged: Iterable[ox.Quad], hedges: Scheme) -> Iterator[Defect]:
    """The statements whose hedge is the heading of a group of hedges."""
    for quad in hedged:
        if members := hedges.members_of(namespaces.value_of(quad.object)):
            name = namespaces.value_of(quad.object).rpartition("/")[2]
            cure = f"Choose one of the group: {', '.join(members)}"
            message = f"{name!r} is a group of hedges, not a hedge"
            yield namespaces.value_of(quad.subject), quad.predicate.value, message, cure


def find_numbers_out_of_bounds(counts: Iterable[ox.Quad]) -> Iterator[Defect]:
    """The counts whose words are a plain number outside their bounds; ``counts`` is all that is said of them."""
    quads = list(counts)
    lowest, nearest, highest = (_values(quads, predicate) for predicate in BOUNDS)
    for quad in quads:
        number = read_number(namespaces.value_of(quad.object)) if quad.predicate == AS_GIVEN else None
        if number is None:
            continue
        low, best, high = (_numbers(bounds[quad.subject]) for bounds in (lowest, nearest, highest))
        is_outside = any(number < bound for bound in low) or any(number > bound for bound in high)
        if is_outside and number not in best:  # a shape reports a best number that is outside
            words = namespaces.value_of(quad.object)
            message = f"{words!r} is not between its minimum and maximum"
            yield (
                namespaces.value_of(quad.subject),
                AS_GIVEN.value,
                message,
                "Correct the words, or minimum and maximum",
            )


def find_said_after_issue(said: Iterable[ox.Quad], sources: Values, issued: Values) -> Iterator[Defect]:
    """The statements that were said after the last day on which their source may have been issued.

    ``said`` has the first day on which they may have been said.
    """
    for quad in said:
        day = namespaces.value_of(quad.object)
        dates = [date for source in sources.get(quad.subject, ()) for date in issued.get(source, ())]
        ends = [last_day(namespaces.value_of(date)) for date in dates]
        if ends and all(end and day > end for end in ends):
            message = f"said on {day} or later, which is after its source was issued"
            cure = "Correct saidWhen, or the date of the source"
            yield namespaces.value_of(quad.subject), namespaces.SAID_WHEN.value, message, cure


def find_untyped_means(
    used: Iterable[ox.Quad], alike: Values, types: Values, means: Mapping[str, str]
) -> Iterator[Defect]:
    """The accounts with a means that is a type of incident too, if no account of the incident has the type.

    ``used`` has their means, ``alike`` the other accounts of their incidents, ``means`` the type of each such means.
    Who looks for airstrikes by type would not find what is said of them.
    """
    for quad in used:
        type_ = means.get(namespaces.value_of(quad.object))
        accounts = {quad.subject, *alike.get(quad.subject, ())}
        found = {namespaces.value_of(other) for account in accounts for other in types.get(account, ())}
        if type_ and type_ not in found:
            name = type_.rpartition("/")[2]
            message = f"no account of this incident has the incidentType {name}, which its weapon names"
            cure = f"Add a statement, partOfStatement of this one, whose account has incidentType: {name}"
            yield namespaces.value_of(quad.subject), namespaces.WEAPON, message, cure


def read_number(words: str) -> int | None:
    """The number that these words are, if they are nothing but digits or a number word up to twenty."""
    plain = words.strip().lower()
    digits = plain.replace(",", "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else _WORDS.get(plain)


def _numbers(terms: Iterable[object]) -> list[int]:
    return [int(text) for term in terms if (text := namespaces.value_of(term)).isdecimal()]


def _values(quads: Iterable[ox.Quad], predicate: ox.NamedNode) -> Mapping[object, set[object]]:
    values: dict[object, set[object]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == predicate:
            values[quad.subject].add(quad.object)
    return values

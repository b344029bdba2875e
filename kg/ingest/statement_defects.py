"""What statements and counts say that cannot be meant: whose words are taken back, hedges, numbers, days, means.

Owns what is compared, and the values of a few English number words. Decides nothing about what statements amount to;
knows no documents.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.edtf_dates import last_day
from kg.schema.model import Scheme

Defect = tuple[str, str, str, str]
"""The subject, the predicate, what is wrong, and how to correct it."""

_AS_GIVEN = f"{namespaces.CK}asGiven"
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_WORDS = {word: number for number, word in enumerate(_NUMBERS.split())}
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


def find_words_of_others(incoming: Iterable[ox.Quad], after: Iterable[ox.Quad]) -> Iterator[Defect]:
    """The incoming statements that take back, or are part of, what another speaker said."""
    speakers = _values(after, namespaces.SPEAKER)
    for quad in incoming:
        if quad.predicate.value in _SAME_SPEAKER:
            own, others = speakers[quad.subject], speakers[quad.object]
            if own and others and own.isdisjoint(others):
                message, cure = _SAME_SPEAKER[quad.predicate.value]
                yield namespaces.value_of(quad.subject), quad.predicate.value, message, cure


def find_hedge_groups(incoming: Iterable[ox.Quad], hedges: Scheme) -> Iterator[Defect]:
    """The incoming statements whose hedge is the heading of a group of hedges."""
    for quad in incoming:
        if quad.predicate.value == namespaces.HEDGE:
            members = hedges.members_of(namespaces.value_of(quad.object))
            if members:
                name = namespaces.value_of(quad.object).rpartition("/")[2]
                cure = f"Choose one of the group: {', '.join(members)}"
                message = f"{name!r} is a group of hedges, not a hedge"
                yield namespaces.value_of(quad.subject), quad.predicate.value, message, cure


def find_numbers_out_of_bounds(incoming: Iterable[ox.Quad]) -> Iterator[Defect]:
    """The incoming counts whose words are a plain number outside their bounds."""
    quads = list(incoming)
    lowest, nearest, highest = (_values(quads, f"{namespaces.CK}{name}") for name in ("minimum", "best", "maximum"))
    for quad in quads:
        number = read_number(namespaces.value_of(quad.object)) if quad.predicate.value == _AS_GIVEN else None
        if number is None:
            continue
        low, best, high = (_numbers(bounds[quad.subject]) for bounds in (lowest, nearest, highest))
        is_outside = any(number < bound for bound in low) or any(number > bound for bound in high)
        if is_outside and number not in best:  # a shape reports a best number that is outside
            words = namespaces.value_of(quad.object)
            message = f"{words!r} is not between its minimum and maximum"
            yield namespaces.value_of(quad.subject), _AS_GIVEN, message, "Correct the words, or minimum and maximum"


def find_said_after_issue(incoming: Iterable[ox.Quad], after: Iterable[ox.Quad]) -> Iterator[Defect]:
    """The incoming statements that were said after the last day on which their source may have been issued."""
    quads = frozenset(after)
    issued, sources = _values(quads, namespaces.ISSUED.value), _values(quads, namespaces.REPORTED_IN)
    for quad in incoming:
        if quad.predicate == namespaces.SAID_EARLIEST:
            said = namespaces.value_of(quad.object)
            ends = [last_day(namespaces.value_of(day)) for source in sources[quad.subject] for day in issued[source]]
            if ends and all(end and said > end for end in ends):
                message = f"said on {said} or later, which is after its source was issued"
                cure = "Correct saidWhen, or the date of the source"
                yield namespaces.value_of(quad.subject), namespaces.SAID_WHEN.value, message, cure


def find_untyped_means(
    incoming: Iterable[ox.Quad], after: Iterable[ox.Quad], means: Mapping[str, str]
) -> Iterator[Defect]:
    """The incoming accounts with a means that is a type of incident too, if no account of the incident has the type.

    ``means`` has the type of each such means. Who looks for airstrikes by type would not find what is said of them.
    """
    quads = frozenset(after)
    incidents, types = _values(quads, namespaces.INCIDENT), _values(quads, namespaces.INCIDENT_TYPE)
    accounts: dict[object, set[object]] = defaultdict(set)
    for account, incident in ((account, incident) for account, found in incidents.items() for incident in found):
        accounts[incident].add(account)
    for quad in incoming:
        type_ = means.get(namespaces.value_of(quad.object)) if quad.predicate.value == namespaces.WEAPON else None
        if type_:
            alike = {quad.subject}.union(*(accounts[incident] for incident in incidents[quad.subject]))
            if all(type_ != namespaces.value_of(found) for account in alike for found in types[account]):
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


def _values(quads: Iterable[ox.Quad], predicate: str) -> Mapping[object, set[object]]:
    values: dict[object, set[object]] = defaultdict(set)
    for quad in quads:
        if quad.predicate.value == predicate:
            values[quad.subject].add(quad.object)
    return values

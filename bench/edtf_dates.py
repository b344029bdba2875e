"""Dates as passages give them: EDTF, the wording, and the bounds that ingestion derives from them."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from bench import nquads_writer
from bench.sampling import WeightedChoice

FIRST_DAY = date(2012, 1, 1)
DAYS = 366 * 12
_FORMS = WeightedChoice({"day": 55, "about": 14, "month": 12, "span": 6, "until": 3, "since": 4, "set": 3, "year": 3})


@dataclass(frozen=True, slots=True)
class UncertainDate:
    """An EDTF value, its bounds as ISO days (empty if open), its wording, and the days of a set."""

    edtf: str
    earliest: str
    latest: str
    as_given: str
    members: tuple[str, ...] = ()

    def pairs(self, when: str, as_given: str, earliest: str, latest: str, span: str) -> list[tuple[str, str]]:
        """The value with these predicates."""
        pairs = [(when, nquads_writer.edtf(self.edtf)), (as_given, nquads_writer.english(self.as_given))]
        if self.earliest:
            pairs.append((earliest, nquads_writer.date(self.earliest)))
        if self.latest:
            pairs.append((latest, nquads_writer.date(self.latest)))
        spans = [day_span(day, day) for day in self.members] or [day_span(self.earliest, self.latest)]
        return pairs + [(span, days) for days in spans]


def day_span(first: str, last: str) -> str:
    """The days from the first to the last, as ingestion derives them; an empty end is open."""
    return nquads_writer.edtf(f"{first or '..'}/{last or '..'}")


def reporting_day(progress: float, rng: random.Random) -> date:
    """A day of publication; some months have many, some few."""
    month = int(progress * 144)
    busy = (month * 7919) % 11 < 4
    jitter = rng.randrange(30) if busy else rng.randrange(60)
    return FIRST_DAY + timedelta(days=min(DAYS, int(progress * DAYS) + jitter))


def sample_date(around: date, rng: random.Random) -> UncertainDate:
    """A date shortly before the day of publication."""
    first = around - timedelta(days=int(rng.expovariate(1 / 6)))
    last = first + timedelta(days=1 + rng.randrange(9))
    iso, until = first.isoformat(), last.isoformat()
    match _FORMS.sample(rng):
        case "day":
            return UncertainDate(iso, iso, iso, f"on {first:%A}")
        case "about":
            return UncertainDate(f"{iso}~", iso, iso, "in recent days")
        case "month":
            start = first.replace(day=1)
            end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            return UncertainDate(iso[:7], start.isoformat(), end.isoformat(), f"in {first:%B}")
        case "span":
            return UncertainDate(f"{iso}/{until}", iso, until, "over several days")
        case "until":
            return UncertainDate(f"../{iso}", "", iso, "until now")
        case "since":
            return UncertainDate(f"{iso}/..", iso, "", "ongoing")
        case "set":
            return UncertainDate(f"{{{iso},{until}}}", "", "", "on two days", (iso, until))
        case _:
            return UncertainDate(iso[:4], f"{iso[:4]}-01-01", f"{iso[:4]}-12-31", f"in {iso[:4]}")

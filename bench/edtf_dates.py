"""Times as passages give them: EDTF with the words, and the days that loading derives from them."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from bench import nquads_writer
from bench.sampling import Weighted

FIRST_DAY = date(2012, 1, 1)
DAYS = 366 * 12
_FORMS = Weighted({"day": 55, "about": 14, "month": 12, "span": 6, "until": 3, "since": 4, "set": 3, "year": 3})


@dataclass(frozen=True, slots=True)
class Moment:
    """An EDTF value, its bounds as ISO days or empty, and how the text words it."""

    edtf: str
    earliest: str
    latest: str
    as_given: str

    def pairs(self, when: str, as_given: str, earliest: str, latest: str) -> list[tuple[str, str]]:
        """The moment under these predicates."""
        pairs = [(when, nquads_writer.edtf(self.edtf)), (as_given, nquads_writer.words(self.as_given))]
        if self.earliest:
            pairs.append((earliest, nquads_writer.date(self.earliest)))
        if self.latest:
            pairs.append((latest, nquads_writer.date(self.latest)))
        return pairs


def day_of(progress: float, chance: random.Random) -> date:
    """A day of reporting; there are months with much and months with little."""
    month = int(progress * 144)
    busy = (month * 7919) % 11 < 4
    jitter = chance.randrange(30) if busy else chance.randrange(60)
    return FIRST_DAY + timedelta(days=min(DAYS, int(progress * DAYS) + jitter))


def drawn(around: date, chance: random.Random) -> Moment:
    """A time shortly before the day of reporting."""
    first = around - timedelta(days=int(chance.expovariate(1 / 6)))
    last = first + timedelta(days=1 + chance.randrange(9))
    iso, until = first.isoformat(), last.isoformat()
    match _FORMS.draw(chance):
        case "day":
            return Moment(iso, iso, iso, f"on {first:%A}")
        case "about":
            return Moment(f"{iso}~", iso, iso, "in recent days")
        case "month":
            start = first.replace(day=1)
            end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            return Moment(iso[:7], start.isoformat(), end.isoformat(), f"in {first:%B}")
        case "span":
            return Moment(f"{iso}/{until}", iso, until, "over several days")
        case "until":
            return Moment(f"../{iso}", "", iso, "until now")
        case "since":
            return Moment(f"{iso}/..", iso, "", "ongoing")
        case "set":
            return Moment(f"{{{iso},{until}}}", "", "", "on two days")
        case _:
            return Moment(iso[:4], f"{iso[:4]}-01-01", f"{iso[:4]}-12-31", f"in {iso[:4]}")

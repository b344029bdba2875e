"""What a text that is not EDTF probably means, as EDTF.

Owns the table of common mistakes. Whatever it proposes is EDTF; it decides nothing, a person does.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from kg.edtf.grammar import MAX_LENGTH, parse

EXAMPLES = '"2017-07", "2017-08-05~", "2017-07-31/..", "{2017-07-11,2017-07-14}", "2017-03-16T18:55:00+02:00"'
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASONS = {"spring": (21, 25), "summer": (22, 26), "autumn": (23, 27), "fall": (23, 27), "winter": (24, 28)}
_NAME = r"(?P<name>(?:{})[a-z]*)\.?".format("|".join(_MONTHS))
_YEAR, _MONTH, _DAY = r"(?P<year>[0-9]{4})", r"(?P<month>[0-9]{1,2})", r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
_OFFSET = r"(?P<offset>z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_APART = r"\s*(?:\.\.|\.\.\.|\bto\b|\buntil\b|[\u2013\u2014/]|\s-\s)\s*"


_Form = tuple[str, Callable[[re.Match[str]], Iterator[str]]]


def suggest(text: str) -> list[str]:
    """The EDTF values that the text probably means, the likeliest first; none if it cannot be guessed."""
    if len(text) > MAX_LENGTH:
        return []
    folded = " ".join(text.strip().lower().split())
    return [found for found in _read(folded, (*_DATES, *_PHRASES, (".*", _modernize))) if found != text]


def explain(text: str) -> str:
    """How to write the text as EDTF, as a sentence for a person; examples if it cannot be guessed."""
    quoted = [f'"{proposal}"' for proposal in suggest(text)]
    return f"Write {' or '.join(quoted)}" if quoted else f"Write EDTF: {EXAMPLES}"


def _read(folded: str, forms: Iterable[_Form]) -> list[str]:
    """What the first form that fits proposes, as far as it is EDTF."""
    for pattern, propose in forms:
        match = re.fullmatch(pattern, folded)
        if match and (found := list(filter(_is_edtf, dict.fromkeys(propose(match))))):
            return found
    return []


def _is_edtf(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _date(match: re.Match[str]) -> Iterator[str]:
    """Year, month and day as far as they were given; the name of a month stands for its number."""
    parts = match.groupdict()
    month = parts.get("month") or (f"{_MONTHS.index(parts['name'][:3]) + 1}" if parts.get("name") else "")
    yield "-".join([parts["year"], *(f"{int(part):02}" for part in (month, parts.get("day")) if part)])


def _day_first(match: re.Match[str]) -> Iterator[str]:
    """Both readings of ``07/08/2017``, the European one first."""
    year, day, month = match["year"], int(match["day"]), int(match["month"])
    yield f"{year}-{month:02}-{day:02}"
    yield f"{year}-{day:02}-{month:02}"


def _time(match: re.Match[str]) -> Iterator[str]:
    """A clock time has seconds; where the offset from UTC is missing, one is shown."""
    day = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
    clock = f"{day}T{int(match['hour']):02}:{match['minute']}:{match['second'] or '00'}"
    offset = (match["offset"] or "").upper()
    if re.fullmatch("[+-][0-9]{4}", offset):
        offset = f"{offset[:3]}:{offset[3:]}"
    if offset:
        yield clock + offset
    else:
        yield f"{clock}+02:00"
        yield clock


def _interval(match: re.Match[str]) -> Iterator[str]:
    start, end = (_only(match[part]) for part in ("start", "end"))
    if start and end:
        yield f"{start}/{end}"


def _set(match: re.Match[str]) -> Iterator[str]:
    members = [_only(member.strip()) for member in match["members"].split(",")]
    brackets = match["open"] or "{"
    if all(members):
        yield f"{brackets}{','.join(members)}{']' if brackets == '[' else '}'}"


def _only(text: str) -> str:
    """The date inside a phrase: the text if it is EDTF, or else its likeliest reading, or an empty string.

    Phrases do not nest, so that the work is bounded.
    """
    return text.upper() if _is_edtf(text.upper()) else next(iter(_read(text, _DATES)), "")


def _season(match: re.Match[str]) -> Iterator[str]:
    for group in _SEASONS[match["season"]]:
        yield f"{match['year']}-{group}"


def _around(template: str) -> Callable[[re.Match[str]], Iterator[str]]:
    def propose(match: re.Match[str]) -> Iterator[str]:
        if date := _only(match["date"]):
            yield template.format(date)

    return propose


def _modernize(match: re.Match[str]) -> Iterator[str]:
    """The forms of the drafts of EDTF before 2019, and lower case."""
    text = match[0].upper().replace(" ", "")
    text = re.sub(r"(?<=[0-9UX])U|U(?=[0-9UX-])|(?<=-)U", "X", text)
    text = text.replace("?~", "%").replace("~?", "%")
    text = re.sub("UNKNOWN", "", text)
    text = re.sub("OPEN|NOW|PRESENT", "..", text)
    yield re.sub(r"^Y(-?)([0-9]{4})$", r"\1\2", text)


_DATES: tuple[_Form, ...] = (
    (rf"{_YEAR}-{_MONTH}-{_DAY}[t ]{_TIME}\s?{_OFFSET}", _time),
    (rf"{_YEAR}[-/.]{_MONTH}(?:[-/.]{_DAY})?", _date),
    (r"(?P<year>(?:1[0-9]|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _date),
    (rf"{_DAY}[-/.]{_MONTH}[-/.]{_YEAR}", _day_first),
    (rf"{_MONTH}[-/.]{_YEAR}", _date),
    (rf"(?:{_DAY}(?: of)? )?{_NAME},? {_YEAR}", _date),
    (rf"{_NAME} {_DAY},? {_YEAR}", _date),
    (rf"(?P<season>{'|'.join(_SEASONS)})(?: of)? {_YEAR}", _season),
    (r"(?:q(?P<quarter>[1-4])[ /-]?(?P<y1>[0-9]{4})|(?P<y2>[0-9]{4})[ /-]?q(?P<q2>[1-4]))",
     lambda match: iter([f"{match['y1'] or match['y2']}-{32 + int(match['quarter'] or match['q2'])}"])),
    (r"(?P<century>[0-9]{2})", lambda match: iter([f"{match['century']}XX"])),
    (r"(?P<decade>[0-9]{3})0'?s", lambda match: iter([f"{match['decade']}X"])),
)  # fmt: skip
"""The forms of one date, in lower case, in the order in which they are tried, and what each proposes."""

_PHRASES: tuple[_Form, ...] = (
    (r"(?:c\.?|ca\.?|circa|about|around|approximately) ?(?P<date>.+)", _around("{}~")),
    (r"(?:since|from|after) (?P<date>.+)", _around("{}/..")),
    (r"(?:until|till|before|by|up to) (?P<date>.+)", _around("../{}")),
    (r"(?:in|on) (?P<date>.+)", _around("{}")),
    (rf"(?:from |between )?(?P<start>[^/]+?)(?:{_APART}|\s+and\s+)(?P<end>[^/]+)", _interval),
    (r"(?P<start>[0-9]{4})-(?P<end>[0-9]{4})", _interval),
    (r"(?P<open>[\[{])?(?P<members>[^\[\]{}]+,[^\[\]{}]+)[\]}]?", _set),
)  # fmt: skip
"""The forms that have dates in them."""

"""What a text that is not EDTF probably means, as EDTF.

Owns the table of common mistakes. Whatever it proposes is EDTF; it decides nothing, a person does.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from kg.edtf.grammar import MAX_LENGTH, parse

EXAMPLES = '"2017-07", "2017-08-05~", "2017-07-31/..", "{2017-07-11,2017-07-14}", "2017-03-16T18:55:00+02:00"'
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ARABIC_MONTHS = (
    *("كانون الثاني", "شباط", "اذار", "نيسان", "ايار", "حزيران", "تموز", "اب", "ايلول"),
    *("تشرين الاول", "تشرين الثاني", "كانون الاول"),
)
"""The names in the Levant and Iraq, with plain alef."""
_SEASONS = {"spring": (21, 25), "summer": (22, 26), "autumn": (23, 27), "fall": (23, 27), "winter": (24, 28)}
_NAME = r"(?P<name>(?:{})[a-z]*\.?|{})".format("|".join(_MONTHS), "|".join(_ARABIC_MONTHS))
_SECOND_NAME = _NAME.replace("?P<name>", "?P<name2>")
_YEAR, _MONTH = r"(?P<year>[0-9]{4})", r"(?P<month>[0-9]{1,2})"
_DAY, _SECOND_DAY = (rf"(?P<{name}>[0-9]{{1,2}})(?:st|nd|rd|th)?" for name in ("day", "day2"))
_TIME = r"(?P<hour>[0-9]{1,2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?\s?(?P<half>am|pm)?"
_OFFSET = r"(?P<offset>z|utc|gmt|[+-][0-9]{1,2}(?::?[0-9]{2})?)?"
_ZONE = r"(?:z|[+-][0-9]{2}:?[0-9]{2})"
_APART = r"\s*(?:\.\.|\.\.\.|\bto\b|\buntil\b|[\u2013\u2014/]|\s-\s)\s*"
_BETWEEN = r"\s*(?:-|\u2013|\u2014|/|\bto\b|\band\b|\bor\b)\s*"
_WEEKDAY = re.compile(r"^(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,? |^the ")
_LETTERS = str.maketrans("\u0623\u0625\u0622\u0671", "\u0627" * 4)
"""Alef with a sign above or below, and plain alef."""


_Form = tuple[str, Callable[[re.Match[str]], Iterator[str]]]


def suggest(text: str) -> list[str]:
    """The EDTF values that the text probably means, the likeliest first; none if it cannot be guessed."""
    if len(text) > MAX_LENGTH:
        return []
    folded = _fold(text)
    return [found for found in _read(folded, (*_DATES, *_PHRASES, (".*", _modernize))) if found != text]


def _fold(text: str) -> str:
    """Lower case, single spaces, the digits and letters of Arabic in one form, no weekday."""
    digits = (str(unicodedata.decimal(letter, letter)) for letter in text.translate(_LETTERS))
    return _WEEKDAY.sub("", " ".join("".join(digits).lower().split()))


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
    """Year, month and day as far as they were given and are not zero; the name of a month stands for its number."""
    parts = match.groupdict()
    month = _month(parts["name"]) if parts.get("name") else int(parts.get("month") or 0)
    yield _join(parts["year"], month, int(parts.get("day") or 0))


def _join(year: str, month: int, day: int) -> str:
    """The parts of a date that are not zero; a month that is zero before a day is unspecified."""
    if not month and not day:
        return year
    return f"{year}-{month or 'XX':02}" + (f"-{day:02}" if day else "")


def _month(name: str) -> int:
    numbers = (_ARABIC_MONTHS if name in _ARABIC_MONTHS else _MONTHS).index
    return numbers(name if name in _ARABIC_MONTHS else name[:3]) + 1


def _days(match: re.Match[str]) -> Iterator[str]:
    """``4 to 5 April 2017``, ``July-August 2017``: what stands only once belongs to both."""
    parts = match.groupdict()
    year, name = parts["year"], parts.get("name2") or parts.get("name")
    last = _join(year, _month(name or ""), int(parts.get("day2") or 0))
    first = _join(year, _month(parts.get("name") or name or ""), int(parts.get("day") or 0))
    yield f"[{first},{last}]" if " or " in match[0] else f"{first}/{last}"


def _abbreviated(match: re.Match[str]) -> Iterator[str]:
    """``2017-08-07/10``: the end of an interval (ISO 8601-1, 5.5.2.2) without what it shares with the start."""
    start, end = match["start"], match["end"]
    yield f"{start}/{start[: len(start) - len(end)]}{end}"


def _week(match: re.Match[str]) -> Iterator[str]:
    try:
        first = date.fromisocalendar(int(match["year"]), int(match["week"]), int(match["weekday"] or 1))
    except ValueError:
        return
    yield f"{first}" if match["weekday"] else f"{first}/{first + timedelta(days=6)}"


def _ordinal(match: re.Match[str]) -> Iterator[str]:
    year, number = int(match["year"]), int(match["number"])
    if year > 0 and 1 <= number <= 366:
        yield f"{date(year, 1, 1) + timedelta(days=number - 1)}"


def _century(match: re.Match[str]) -> Iterator[str]:
    if match["ordinal"] != "0":
        yield f"{int(match['ordinal']) - 1:02}XX"


def _unspecified(match: re.Match[str]) -> Iterator[str]:
    yield match[0].upper().replace("?", "X")


def _day_first(match: re.Match[str]) -> Iterator[str]:
    """Both readings of ``07/08/2017``, the European one first."""
    year, day, month = match["year"], int(match["day"]), int(match["month"])
    yield f"{year}-{month:02}-{day:02}"
    yield f"{year}-{day:02}-{month:02}"


def _time(match: re.Match[str]) -> Iterator[str]:
    """A clock time has seconds; where the offset from UTC is missing, one is shown."""
    day = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
    hour = int(match["hour"]) % 12 + 12 * (match["half"] == "pm") if match["half"] else int(match["hour"])
    clock = f"{day}T{hour:02}:{match['minute']}:{match['second'] or '00'}"
    offset = re.sub("UTC|GMT", "Z", (match["offset"] or "").upper())
    if parts := re.fullmatch("([+-])([0-9]{1,2}?):?([0-9]{2})?", offset):
        offset = f"{parts[1]}{int(parts[2]):02}:{parts[3] or '00'}"
    if offset:
        yield clock + offset
    else:
        yield f"{clock}+02:00"
        yield clock


def _interval(match: re.Match[str]) -> Iterator[str]:
    """Intervals are of days; one that ends before it starts is probably written the wrong way round."""
    start, end = (_only(match[part]).partition("T")[0] for part in ("start", "end"))
    if start and end:
        yield from (f"{start}/{end}", f"{end}/{start}")


def _set(match: re.Match[str]) -> Iterator[str]:
    members = [_only(member.strip()) for member in re.split("[,;|]", match["members"])]
    brackets = match["open"] or "{"
    if all(members):
        yield f"{brackets}{','.join(members)}{']' if brackets == '[' else '}'}"


def _only(text: str) -> str:
    """The date inside a phrase: the text if it is EDTF, or else its likeliest reading, or an empty string.

    Phrases do not nest, so that the work is bounded.
    """
    if text.isdecimal() and len(text) < 3:
        return ""  # a day or month of the other part
    return text.upper() if _is_edtf(text.upper()) else next(iter(_read(text, _DATES)), "")


def _either(match: re.Match[str]) -> Iterator[str]:
    members = [_only(match[part]) for part in ("one", "other")]
    if all(members):
        yield f"[{','.join(members)}]"


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
    (rf"{_YEAR}-?{_MONTH}-?{_DAY}[t ]{_TIME}\s?{_OFFSET}", _time),
    (rf"{_YEAR}-{_MONTH}-{_DAY}(?:t[0-9]{{2}})?{_ZONE}?", _date),
    (r"[0-9?x]{4}(?:-[0-9?x]{2}){0,2}", _unspecified),
    (rf"{_YEAR}(?P<mark>[-/.]){_MONTH}(?:(?P=mark){_DAY})?", _date),
    (rf"{_YEAR}-?w(?P<week>[0-9]{{2}})(?:-?(?P<weekday>[1-7]))?", _week),
    (rf"{_YEAR}-(?P<number>[0-9]{{3}})", _ordinal),
    (r"(?P<year>(?:1[0-9]|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _date),
    (rf"{_DAY}[-/.]{_MONTH}[-/.]{_YEAR}", _day_first),
    (rf"{_MONTH}[-/.]{_YEAR}", _date),
    (rf"(?:{_DAY}(?: of)? )?{_NAME},? {_YEAR}", _date),
    (rf"{_NAME} {_DAY},? {_YEAR}", _date),
    (rf"{_YEAR},? {_NAME}(?: {_DAY})?", _date),
    (rf"(?P<season>{'|'.join(_SEASONS)})(?: of)? {_YEAR}", _season),
    (rf"{_YEAR}[- ](?P<season>{'|'.join(_SEASONS)})", _season),
    (r"h(?P<half>[12])[ /-]?(?P<year>[0-9]{4})", lambda match: iter([f"{match['year']}-{39 + int(match['half'])}"])),
    (r"(?P<ordinal>[0-9]{1,2})(?:st|nd|rd|th) century", _century),
    (r"(?:q(?P<quarter>[1-4])[ /-]?(?P<y1>[0-9]{4})|(?P<y2>[0-9]{4})[ /-]?q(?P<q2>[1-4]))",
     lambda match: iter([f"{match['y1'] or match['y2']}-{32 + int(match['quarter'] or match['q2'])}"])),
    (r"(?P<century>[0-9]{2})", lambda match: iter([f"{match['century']}XX"])),
    (r"(?P<decade>[0-9]{3})0'?s", lambda match: iter([f"{match['decade']}X"])),
)  # fmt: skip
"""The forms of one date, in lower case, in the order in which they are tried, and what each proposes."""

_PHRASES: tuple[_Form, ...] = (
    (rf"(?:the )?(?:night of |between |from |on )?{_DAY}{_BETWEEN}{_SECOND_DAY}(?: of)? {_NAME},? {_YEAR}", _days),
    (rf"(?:between |from )?{_NAME} {_DAY}{_BETWEEN}{_SECOND_DAY},? {_YEAR}", _days),
    (rf"(?:between |from )?{_DAY} {_NAME}{_BETWEEN}{_SECOND_DAY} {_SECOND_NAME},? {_YEAR}", _days),
    (rf"(?:between |from )?{_NAME} {_DAY}{_BETWEEN}{_SECOND_NAME} {_SECOND_DAY},? {_YEAR}", _days),
    (rf"(?:between |from )?{_NAME}{_BETWEEN}{_SECOND_NAME} {_YEAR}", _days),
    (r"(?P<start>[0-9]{4}-[0-9]{2}-[0-9]{2})/(?P<end>[0-9]{2}(?:-[0-9]{2})?)", _abbreviated),
    (r"(?P<start>[0-9]{4}-[0-9]{2})/(?P<end>[0-9]{2})", _abbreviated),
    (r"(?P<start>[0-9]{4})[/-](?P<end>[0-9]{2})", _abbreviated),
    (r"(?:circa|ca\.?|c\.?|(?:on or )?about|around|approx(?:imately|\.)?) ?(?P<date>.+)", _around("{}~")),
    (r"(?P<date>.+?),? \(?(?:circa|ca\.?|c\.?|approx(?:imately|\.)?)\)?", _around("{}~")),
    (r"(?P<date>.+)\?", _around("{}?")),
    (r"(?P<date>.+?)(?: ?\.\.\.?|-|/\?)", _around("{}/..")),
    (r"(?:\.\.\.? ?|\?/)(?P<date>.+)", _around("../{}")),
    (r"(?P<one>.+) or (?P<other>.+)", _either),
    (r"(?:since|from|after) (?P<date>.+)", _around("{}/..")),
    (r"(?:until|till|before|by|up to) (?P<date>.+)", _around("../{}")),
    (r"(?:in|on) (?P<date>.+)", _around("{}")),
    (rf"(?:from |between )?(?P<start>[^/]+?)(?:{_APART}|\s+and\s+)(?P<end>[^/]+)", _interval),
    (r"(?P<start>[0-9]{4})-(?P<end>[0-9]{4})", _interval),
    (r"(?P<open>[\[{])?(?P<members>[^\[\]{}]+[,;|][^\[\]{}]+)[\]}]?", _set),
)  # fmt: skip
"""The forms that have dates in them."""

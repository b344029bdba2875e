"""The beginning of a dossier: what follows from the text of the source, and examples of every act as comments.

Owns the template ``scaffold.yaml`` and what is guessed: slug, title, author, language, day. Every guess is plain to
see. Knows no graph.
"""

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from string import Template

from kg import namespaces
from kg.edtf.suggestion import suggest
from kg.name_folding import fold_name
from kg.schema.model import local_name
from kg.source_archive import sha256_hex

_TEMPLATE = Path(__file__).with_name("scaffold.yaml")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DAY = re.compile(r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
_BEFORE_DATE = re.compile(r"^(?:(?:published|posted|updated|date)\W+)?(?:on )?(?:[a-z]+day,? )?", re.IGNORECASE)
_BYLINE = re.compile(r"^[ \t]*by[: ][ \t]*(\S.{0,80})$", re.IGNORECASE | re.MULTILINE)
_HEAD = 2_000
"""Code points at the beginning in which day and author are sought."""
_LONGEST_TITLE, _LONGEST_DATE = 120, 40
_SCRIPTS = {"ARABIC": "ar", "HEBREW": "he", "CYRILLIC": "ru"}


@dataclass(frozen=True, slots=True)
class Voice:
    """The author or publisher of a source; ``is_new`` if no graph describes it yet."""

    id: str
    label: str
    is_new: bool = True
    type: str = namespaces.ORGANIZATION

    def describe(self) -> str:
        """The entry of the actor in a dossier."""
        return (
            f"{{id: {self.id}, type: {local_name(self.type)}, prefLabel: {json.dumps(self.label, ensure_ascii=False)}}}"
        )


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What is known of a source before anything is recorded; it has an author, a publisher or both."""

    slug: str
    text: str
    author: Voice | None = None
    publisher: Voice | None = None
    title: str = ""
    kind: str = "article"

    def render(self) -> str:
        """The dossier: it loads as it is, with no statement yet."""
        label = self.title or guess_title(self.text) or self.slug
        roles = {"creator": self.author, "publisher": self.publisher}
        voices = [voice for voice in roles.values() if voice]
        new = [f"  - {voice.describe()}" for voice in {voice.id: voice for voice in voices}.values() if voice.is_new]
        day = guess_day(self.text) or guess_day(self.slug)
        return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
            slug=self.slug,
            title=json.dumps(f"What is said in: {label}", ensure_ascii=False),
            label=json.dumps(label, ensure_ascii=False),
            kind=self.kind,
            actors="\n".join(["actors:" if new else "# actors:", *new]),
            voices="\n    ".join(
                f"{role}: {voice.id}" if voice else f"# {role}: actor/NAME" for role, voice in roles.items()
            ),
            narrator=voices[0].id,
            issued=f"issued: {day}" if day else "# issued: 2017-04-01",
            language=guess_language(self.text),
            characters=len(self.text),
            sha256=sha256_hex(self.text),
        )


def guess_title(text: str) -> str:
    """The first line that is not empty, if it is short enough for a title."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first if len(first) <= _LONGEST_TITLE else ""


def guess_day(text: str) -> str:
    """The day in a line near the beginning that is a date, else the first one written as 2017-04-01; else empty.

    A date within a sentence is rather that of an event.
    """
    head = text[:_HEAD]
    lines = (_BEFORE_DATE.sub("", line.strip()) for line in head.splitlines())
    dates = (date for line in lines if len(line) < _LONGEST_DATE for date in (line, *suggest(line)))
    return next((date for date in dates if _DAY.fullmatch(date)), "") or "".join(_DAY.findall(head)[:1])


def guess_author(text: str) -> str:
    """The name in a line "By NAME" at the beginning, without the place after a comma; empty without one."""
    line = _BYLINE.search(text[:_HEAD])
    return line[1].partition(",")[0].strip() if line else ""


def guess_language(text: str) -> str:
    """The language that most letters of the text are likely of, by their script; English for Latin letters."""
    names = (unicodedata.name(sign, "").partition(" ")[0] for sign in text[:_HEAD] if sign.isalpha())
    script = Counter(names).most_common(1)
    return _SCRIPTS.get(script[0][0], "en") if script else "en"


def make_slug(name: str) -> str:
    """A slug of the letters and digits of a name; "source" if it has none in ASCII."""
    words = re.findall(r"[a-z0-9]+", fold_name(name))
    return "-".join(words) or "source"


def is_slug(text: str) -> bool:
    """Whether the text can be used as a slug as it is."""
    return bool(_SLUG.fullmatch(text))

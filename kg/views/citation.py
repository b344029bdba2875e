"""How a statement, source or other resource is cited: as plain text, BibTeX and CSL-JSON.

Owns what a citation names: of a statement the speaker, what was done and how it was worded, the source with its author
and date, the IRI, the version of the data and the day. (https://docs.citationstyles.org/en/stable/specification.html)
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kg import namespaces
from kg.schema.model import local_name
from kg.status.wording import format_date, word_date
from kg.text_direction import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE
from kg.views.resource_view import ViewBuilder

PUBLISHER = "conflict-kg"
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?([~?%]?)")
_SEASON_OFFSET = 20
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISOLATES = str.maketrans("", "", FIRST_STRONG_ISOLATE + POP_DIRECTIONAL_ISOLATE)
_SPECIAL = {
    "\\": r"{\textbackslash }", "{": "(", "}": ")", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_",
    "^": r"{\textasciicircum }", "~": r"{\textasciitilde }",
}  # fmt: skip
_IN_URL = {"{": "%7B", "}": "%7D", "\\": "%5C", "%": r"\%", "#": r"\#"}


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited, where it is, and of which version of the data."""

    iri: str
    title: str
    authors: tuple[str, ...]
    """Of a statement its speakers; of a source who wrote it, else who published it."""
    container: str
    """Of a statement the source that has it."""
    container_authors: tuple[str, ...]
    issued: str
    """The date of the source, in EDTF; empty where it has none."""
    notes: tuple[str, ...]
    version: str
    day: str
    """On which it was cited, as YYYY-MM-DD."""

    @property
    def key(self) -> str:
        """For BibTeX: letters, digits and hyphens of the address."""
        return re.sub(r"[^A-Za-z0-9-]+", "-", self.iri.rstrip("/").rsplit("/", 1)[-1]).strip("-") or PUBLISHER


def cite(builder: ViewBuilder, version: str, day: str) -> Citation:
    """The citation of the focus of the description."""
    about, focus = builder.description, builder.description.focus
    types = set(about.types(focus))
    name = builder.build_link(focus).text
    if types & builder.class_index.statements:
        view = builder.build_statement(focus)
        source = next(iter(about.iris(focus, namespaces.REPORTED_IN)), "")
        said = ", ".join(map(word_date, view.said_when))
        disputing = [each.speaker.text for each in view.disputes if not each.is_retracted]
        notes = [
            f"worded as: {view.hedge.text}",
            *(f"the words: “{words.exact.strip('“”')}”" for words in view.quotes if words.exact),
            *([f"said: {said}"] if said else []),
            *(["taken back since"] if view.retracted_by else []),
            *(["disputed by " + ", ".join(disputing)] if disputing else []),
        ]
        return Citation(
            focus, name, (view.speaker.text,), builder.build_link(source).text if source else "",
            _authors(builder, source), about.text(source, namespaces.ISSUED.value), tuple(notes), version, day,
        )  # fmt: skip
    if not types & (builder.class_index.things | builder.class_index.graphs):
        return _cite_content(builder, version, day)
    is_source = namespaces.SOURCE in types
    address = next(iter(about.iris(focus, f"{namespaces.RDFS}seeAlso")), "") if is_source else ""
    return Citation(
        iri=focus,
        title=(about.text(focus, f"{namespaces.DCTERMS}title") if is_source else "") or name,
        authors=_authors(builder, focus) if is_source else (),
        container="",
        container_authors=(),
        issued=about.text(focus, namespaces.ISSUED.value) if is_source else "",
        notes=(f"its address: {address}",) if address else (),
        version=version,
        day=day,
    )


def _cite_content(builder: ViewBuilder, version: str, day: str) -> Citation:
    """What statements say, or a part of it: a claim with who says so, and else only by its kind and its id."""
    focus = builder.description.focus
    standing = builder.build_standing(focus) if focus in builder.propositions else None
    said = [f"{phrase.text} ({phrase.origin})" for phrase in standing.sentence if phrase.statement] if standing else []
    neutral = f"{builder.build_class_link(focus).text} {local_name(focus)}"
    title = builder.build_link(focus).text if said else neutral
    return Citation(focus, title, (), "", (), "", tuple(said), version, day)


def _authors(builder: ViewBuilder, source: str) -> tuple[str, ...]:
    """Who wrote the source; where nobody is named, who published it."""
    about = builder.description
    iris = about.iris(source, namespaces.CREATOR) or about.iris(source, namespaces.PUBLISHER)
    return tuple(builder.build_link(iri).text for iri in iris)


def write_text(citation: Citation) -> str:
    """One paragraph of plain text."""
    date = format_date(citation.issued).removeprefix("on ").removeprefix("in ") if citation.issued else ""
    dated = f" ({date})" if date and date not in citation.container else ""
    authors = f"{', '.join(citation.container_authors)}, " if citation.container_authors else ""
    own = f"{', '.join(citation.authors)}: " if citation.authors and not citation.container else ""
    container = citation.container if dated else citation.container.rstrip(".")
    where = f" In: {authors}{container}{dated}." if citation.container else f"{dated}." if dated else ""
    noted = f" [{'; '.join(citation.notes)}]" if citation.notes else ""
    data = f"{PUBLISHER}, data version {citation.version}" if citation.version else PUBLISHER
    read = f", {format_date(citation.day)}" if citation.day else ""
    title = citation.title if noted else citation.title.rstrip(".")
    return f"{own}{title}{noted}.{where} {citation.iri} ({data}{read}).\n"


def write_bibtex(citation: Citation) -> str:
    """One entry, in UTF-8; names are in braces, because they are not of the form first name, last name.

    Braces in texts become parentheses: tools do not agree on how they are escaped.
    """
    fields = {
        "author": " and ".join(f"{{{_escape(name)}}}" for name in citation.authors),
        "title": f"{{{_escape(citation.title)}}}",
        "booktitle": _escape(_container_of(citation)),
        "note": _escape("; ".join(_notes_of(citation))),
        "version": _escape(citation.version),
        "publisher": PUBLISHER,
        "url": "".join(_IN_URL.get(character, character) for character in citation.iri),
        "urldate": citation.day,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if match := _DATE.match(citation.issued):
        lines.append(f"  year = {{{match[1]}}},")
        if match[2] and 1 <= int(match[2]) <= len(_MONTHS):
            lines.append(f"  month = {_MONTHS[int(match[2]) - 1]},")
    kind = "incollection" if citation.container else "misc"
    return "\n".join([f"@{kind}{{{citation.key},", *lines, "}", ""])


def write_csl(citation: Citation) -> str:
    """A list with one item of CSL-JSON."""
    item: dict[str, Any] = {
        "id": citation.key,
        "type": "entry" if citation.container else "document",
        "title": _plain(citation.title),
        "author": [{"literal": _plain(name)} for name in citation.authors],
        "container-title": _plain(citation.container),
        "container-author": [{"literal": _plain(name)} for name in citation.container_authors],
        "issued": _csl_date(citation.issued),
        "publisher": PUBLISHER,
        "version": citation.version,
        "URL": citation.iri,
        "accessed": _csl_date(citation.day),
        "note": _plain("; ".join(_notes_of(citation))),
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1) + "\n"


WRITERS: Mapping[str, Callable[[Citation], str]] = {"txt": write_text, "bib": write_bibtex, "csl": write_csl}
"""By the name of the format."""


def _container_of(citation: Citation) -> str:
    if not citation.container:
        return ""
    authors = f"{', '.join(citation.container_authors)}, " if citation.container_authors else ""
    return f"{authors}{citation.container}"


def _notes_of(citation: Citation) -> list[str]:
    version = [f"{PUBLISHER}, data version {citation.version}"] if citation.version else []
    return [*citation.notes, *version]


def _plain(text: str) -> str:
    return text.translate(_ISOLATES)


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in _plain(text))


def _csl_date(text: str) -> dict[str, Any]:
    """An EDTF date; one that has no parts as it is."""
    match = _DATE.fullmatch(text)
    if not match:
        return {"literal": text} if text else {}
    year, month, day, mark = match.groups()
    circa = {"circa": True} if mark else {}
    if month and int(month) > len(_MONTHS):
        return {"date-parts": [[int(year)]], "season": int(month) - _SEASON_OFFSET, **circa}
    return {"date-parts": [[int(part) for part in (year, month, day) if part]], **circa}

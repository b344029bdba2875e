"""The beginning of a data set: what a file's header and first rows suggest, for whoever knows the data to correct.

Owns the template ``mapping.template`` and what is guessed: delimiter, key, what columns hold, which of them are days,
places and numbers of dead. Every guess is plain to see in what is written. Maps no row.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from string import Template

from kg.datasets.dataset import CODES, HOME, MAPPING, NO_LICENCE, SOURCE
from kg.datasets.file_signature import refuse_binary
from kg.datasets.row_graph import column_property
from kg.datasets.source_format import SourceFormat, is_of_kind
from kg.datasets.table import TableReader, guess_delimiter
from kg.errors import BadParameterError
from kg.namespaces import COLUMN

SAMPLE_ROWS = 1_000
_NO_KEYS = ("number", "date", "compact date")
_TEST_ROWS = 3
_SHOWN = 50
_TEMPLATE = Path(__file__).with_name("mapping.template")
_NAMES = {
    "place": re.compile(r"place|location|town|city|village|where|settlement", re.IGNORECASE),
    "dead": re.compile(r"dead|death|killed|fatal", re.IGNORECASE),
}
_BOUNDS = {
    "minimum": re.compile(r"(^|[\W_])(min|minimum|low|lowest|lower|least)([\W_]|$)", re.IGNORECASE),
    "maximum": re.compile(r"(^|[\W_])(max|maximum|high|highest|upper|most)([\W_]|$)", re.IGNORECASE),
}
_KEY_NAME = re.compile(r"(^|[\W_])(id|code|key|ref|reference)([\W_]|$)", re.IGNORECASE)
_COORDINATE = re.compile(r"^(lat|lon|long|lng|latitude|longitude|x|y)$", re.IGNORECASE)
_MISSING = frozenset(
    {"NA", "N/A", "n/a", "NaN", "NULL", "null", "None", "-", "--", "?", "Unknown", "unknown", "unspecified"}
)
"""What files often have in place of no value."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What a file suggests."""

    slug: str
    delimiter: str
    columns: tuple[str, ...]
    kinds: dict[str, str]
    missing: tuple[str, ...]
    """What stands for no value."""
    key: str
    """Empty if the values of no column are all different."""
    examples: dict[str, str]
    rows: tuple[str, ...]
    """The header and the first rows as they stand."""

    @classmethod
    def of_file(cls, file: Path, slug: str) -> "Scaffold":
        """Raises InputRejectedError for a file that is no table."""
        refuse_binary(file)
        delimiter = guess_delimiter(file)
        reader = TableReader(file, SourceFormat(key="", delimiter=delimiter))
        rows = list(islice(reader.read(), SAMPLE_ROWS))
        values = {column: [row.values.get(column, "").strip() for row in rows] for column in reader.header}
        missing = tuple(sorted(_MISSING.intersection(chain.from_iterable(values.values()))))
        given = {column: [text for text in texts if text and text not in _MISSING] for column, texts in values.items()}
        kinds = {column: kind for column, texts in given.items() if (kind := _find_kind(texts))}
        examples = {column: next(iter(texts), "") for column, texts in given.items()}
        with file.open(encoding="utf-8-sig", newline="") as text:
            header = text.read(rows[0].start) if rows else ""
        first = (header.rstrip("\r\n"), *(row.text for row in rows[:_TEST_ROWS]))
        key = _find_key({column: texts for column, texts in values.items() if kinds.get(column) not in _NO_KEYS})
        return cls(slug, delimiter, tuple(reader.header), kinds, missing, key, examples, first)

    def write(self, folder: Path) -> list[Path]:
        """Write the folder, which must not exist; the files. Raises BadParameterError."""
        try:
            (folder / "tests" / "first-rows").mkdir(parents=True, exist_ok=False)
        except FileExistsError:
            raise BadParameterError("NAME", f"{folder} exists") from None
        contents = {
            SOURCE: self._source(),
            MAPPING: self.mapping(),
            CODES: "column,code,concept,label\n",
            HOME: self._home(),
            "tests/first-rows/rows.csv": "\n".join(self.rows) + "\n",
        }
        for name, content in contents.items():
            (folder / name).write_text(content, encoding="utf-8", newline="")
        return [folder / name for name in contents]

    def mapping(self) -> str:
        """The query."""
        roles, templates, patterns = zip(*self._guesses(), strict=True) if list(self._guesses()) else ((), (), ())
        return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
            slug=self.slug,
            columns="\n".join(self._describe(column) for column in self.columns),
            key_pattern=_property(self.key) if self.key else "csvw:rownum",
            exact="?id" if self.key else "SUBSTR(?text, 1, 12)",
            account_roles="".join(f" ;\n    {role}" for role in roles if role),
            templates="".join(templates),
            patterns="".join(patterns),
        )

    def _describe(self, column: str) -> str:
        example = json.dumps(self.examples[column][:_SHOWN], ensure_ascii=False)
        return f"#   {_property(column)}  {example}"

    def _guesses(self) -> Iterator[tuple[str, str, str]]:
        """Roles of the account, further templates, and patterns, of what columns seem to hold."""
        days = [column for column in self.columns if self.kinds.get(column) in ("date", "compact date")]
        if days:
            last = days[1] if len(days) > 1 else days[0]
            pattern = (
                f"  OPTIONAL {{ ?row {_property(days[0])} ?dateStart ; {_property(last)} ?dateEnd }}\n"
                '  BIND (fn:edtf(?dateStart, ?dateEnd, "day") AS ?when)\n'
            )
            yield "ck:when ?when", "", pattern
        if place := self._named("place"):
            yield (
                "ck:location ?place",
                "  ?place a ck:Place ;\n    skos:prefLabel ?placeLabel ;\n"
                "    ck:placeKind <https://w3id.org/conflict-kg/vocab/place-kind/area> .\n",
                f"  OPTIONAL {{ ?row {_property(place)} ?placeName }}\n"
                f'  BIND (IRI(CONCAT("id/place/{self.slug}-", fn:name(?placeName))) AS ?place)\n'
                '  BIND (STRLANG(fn:decode(?placeName), "en") AS ?placeLabel)\n',
            )
        if dead := self._find_dead():
            yield "ck:count ?dead", *_describe_dead(dead, self.slug)

    def _find_dead(self) -> dict[str, str]:
        """The columns with numbers of dead, by the property that they seem to give; the first of each."""
        found: dict[str, str] = {}
        for column in self.columns:
            if _NAMES["dead"].search(column) and self.kinds.get(column) == "integer":
                bound = next((name for name, pattern in _BOUNDS.items() if pattern.search(column)), "best")
                found.setdefault(bound, column)
        return {name: found[name] for name in ("best", "minimum", "maximum") if name in found}

    def _named(self, name: str) -> str:
        """The first column with such a name."""
        return next((column for column in self.columns if _NAMES[name].search(column)), "")

    def _source(self) -> str:
        lines = ["# How files of the data set are written. Columns are found by name.", "", "[file]"]
        lines += [f"delimiter = {json.dumps(self.delimiter)}"]
        if self.missing:
            lines += ["# What stands for no value, in every column."]
            lines += [f"missing = {json.dumps(list(self.missing), ensure_ascii=False)}"]
        lines += ["", "[row]"]
        lines += [f"key = {json.dumps(self.key)}" if self.key else '# key = "the column that tells rows apart"']
        lines += [
            "",
            "# What columns hold where they are not empty: a row with another value is refused as shifted.",
            "[columns]",
        ]
        lines += [f"{json.dumps(column)} = {json.dumps(kind)}" for column, kind in self.kinds.items()]
        return "\n".join(lines) + "\n"

    def _home(self) -> str:
        return f"""@prefix actor: <id/actor/> .
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

# Correct the title, the licence and the name of the maker.
<graph/{self.slug}> a ck:Dataset ;
    dcterms:title "{self.slug}"@en ;
    dcterms:license <{NO_LICENCE}> ;
    ck:recordedBy actor:conflict-kg ;
    owl:versionInfo "1" .

actor:{self.slug} a ck:Organization ;
    skos:prefLabel "maker of {self.slug}"@en .
"""


def _property(column: str) -> str:
    """The property of a column in a query."""
    local = column_property(column).value.removeprefix(COLUMN)
    return f"col:{local}" if re.fullmatch(r"[A-Za-z_]\w*", local, re.ASCII) else f"<{COLUMN}{local}>"


def _describe_dead(columns: Mapping[str, str], slug: str) -> tuple[str, str]:
    """Template and patterns of a number of dead, given the columns of its properties."""
    texts = {name: f"?dead{name.title()}Text" for name in columns}
    template = "".join(f" ;\n    ck:{name} ?dead{name.title()}" for name in columns)
    patterns = [f"  OPTIONAL {{ ?row {_property(column)} {texts[name]} }}" for name, column in columns.items()]
    is_given = " || ".join(f"BOUND({text})" for text in texts.values())
    patterns += [
        f'  BIND (IF({is_given}, IRI(CONCAT("id/count/{slug}-", ?rowId)), 1/0) AS ?dead)',
        f'  BIND (STRLANG({_write_as_given(texts)}, "en") AS ?deadGiven)',
        *(f"  BIND (xsd:integer({text}) AS ?dead{name.title()})" for name, text in texts.items()),
    ]
    return (
        "  ?dead a ck:CountEstimate ;\n"
        "    ck:countOf <https://w3id.org/conflict-kg/vocab/counted/killed> ;\n"
        f"    ck:asGiven ?deadGiven{template} .\n",
        "\n".join(patterns) + "\n",
    )


def _write_as_given(texts: Mapping[str, str]) -> str:
    """An expression of the numbers as they are given."""
    if len(texts) == 1:
        return next(iter(texts.values()))
    parts = [
        f'"{", " if number else ""}{name} ", COALESCE({text}, "-")' for number, (name, text) in enumerate(texts.items())
    ]
    return f"CONCAT({', '.join(parts)})"


def _find_kind(texts: Sequence[str]) -> str:
    """What all values are; empty for text, and if there is none."""
    kinds = ("compact date", "integer", "number", "date", "address")
    for kind in kinds if texts else ():
        if all(is_of_kind(text, kind) for text in texts) and (kind != "compact date" or _are_recent(texts)):
            return kind
    return ""


def _are_recent(texts: Sequence[str]) -> bool:
    """Whether numbers of eight digits are days, as they may be."""
    return all(text.startswith(("19", "20")) for text in texts)


def _find_key(values: Mapping[str, Sequence[str]]) -> str:
    """The first column without two rows that have the same; one that is called an id before others.

    Of a file with few rows all columns may be so; coordinates are none.
    """
    different = [
        column
        for column, texts in values.items()
        if all(texts) and len(set(texts)) == len(texts) and not _COORDINATE.match(column)
    ]
    return next((column for column in different if _KEY_NAME.search(column)), next(iter(different), ""))

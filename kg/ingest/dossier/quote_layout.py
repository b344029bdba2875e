"""How a completed quote is written into the text of its dossier: edits of its mapping, nothing else.

Owns layout: a quote in braces becomes lines of ``words`` and ``position``, unless it stands within other braces; a
quote in lines gets a line for ``position``. Comments stay, but for those within braces. Knows nothing of sources.
"""

import json
import re
from collections.abc import Iterator, Mapping

from kg.ingest.quote_search import FoundQuote, QuotedWords
from kg.ingest.text_edits import TextEdit
from kg.ingest.yaml_source import Path, Value, YamlSource, YamlSpan

WORDS_KEYS = ("exact", "prefix", "suffix")
_PLAIN = re.compile(r"[^\W_]([\w ./()\u2018\u2019\u201c\u201d-]*[\w.)\u2019\u201d])?")
_COMMENT_AFTER = re.compile(r"[ \t]+#[^\r\n]*")
_NULL = frozenset({"null", "~", ""})
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def complete_mapping(value: Mapping[str, Value], words: QuotedWords, found: FoundQuote) -> dict[str, Value]:
    """The mapping of the quote with complete ``words`` and ``position``."""
    given = {"exact": found.exact, "prefix": words.prefix, "suffix": words.suffix}
    position: Value = {"start": str(found.start), "end": str(found.end), "sha256": found.sha256}
    others = {key: item for key, item in value.items() if key not in (*WORDS_KEYS, "words", "position")}
    return {**others, "words": {key: item for key, item in given.items() if item}, "position": position}


def nest_words(value: Mapping[str, Value]) -> dict[str, Value]:
    """The mapping of a quote whose words stand in it directly, with ``words``."""
    words: dict[str, Value] = {key: value[key] for key in WORDS_KEYS if key in value}
    others = {key: item for key, item in value.items() if key not in words}
    return {"words": words, **others} if words else others


def edit_quote(source: YamlSource, path: Path, value: Mapping[str, Value], found: FoundQuote) -> list[TextEdit]:
    """The edits that write what was found into the quote at ``path``."""
    span = source.spans[path]
    layout = _Layout(source, path, value, found)
    return [layout.edit_braces(span)] if span.is_flow else list(layout.edit_lines())


class _Layout:
    def __init__(self, source: YamlSource, path: Path, value: Mapping[str, Value], found: FoundQuote) -> None:
        self._source, self._path, self._value, self._found = source, path, value, found
        self._text, self._newline = source.text, "\r\n" if "\r\n" in source.text else "\n"
        self._position = f"position: {{start: {found.start}, end: {found.end}, sha256: {found.sha256}}}"

    def edit_braces(self, span: YamlSpan) -> TextEdit:
        """The quote as lines or, within other braces, as one line."""
        entries = list(self._entries())
        above = (self._source.spans[self._path[:length]] for length in range(len(self._path)))
        if any(outer.is_flow for outer in above):
            return TextEdit(span.start, span.end, f"{{{', '.join(entries)}}}")
        if span.key is None:
            indent = self._newline + " " * self._column(span.start)
            return TextEdit(span.start, span.end, indent.join(entries))
        indent = self._newline + " " * (self._column(span.key) + 2)
        start = len(self._text[: span.start].rstrip())
        comment = _COMMENT_AFTER.match(self._text, span.end)
        return TextEdit(start, comment.end() if comment else span.end, indent.join([_text_of(comment), *entries]))

    def _entries(self) -> Iterator[str]:
        """The entries of the mapping, with complete words and position in the order that dossiers have."""
        own = [key for key in self._value if key not in (*WORDS_KEYS, "words", "position")]
        for key in own:
            if key == "id":
                yield f"{key}: {self._raw((*self._path, key))}"
        yield self._words()
        yield self._position
        for key in own:
            if key != "id":
                yield f"{key}: {self._raw((*self._path, key))}"

    def _words(self) -> str:
        path = (*self._path, "words") if "words" in self._value else self._path
        given = self._value.get("words", self._value)
        assert isinstance(given, dict)
        items = [f"{key}: {self._scalar((*path, key), given[key], key)}" for key in WORDS_KEYS if key in given]
        return f"words: {{{', '.join(items)}}}"

    def _scalar(self, path: Path, value: Value, key: str) -> str:
        """The words as written, if they can stand in braces and are those of the text; else quoted."""
        raw, words = self._raw(path), self._found.exact if key == "exact" else str(value)
        is_quoted = raw[:1] in "\"'" and "\n" not in raw
        if words == value and (is_quoted or (raw == value and _is_plain(raw))):
            return raw
        return words if _is_plain(words) else _quote(words)

    def edit_lines(self) -> Iterator[TextEdit]:
        """A quote in lines: complete words, and a line for the position after them."""
        path, spans = self._path, self._source.spans
        if "words" not in self._value:
            exact = spans[*path, "exact"]
            yield TextEdit(exact.key or 0, self._end((*path, "exact")), self._words())
            for key in ("prefix", "suffix"):
                if key in self._value:
                    yield self._remove_line((*path, key))
        else:
            yield from self._correct_words()
        if "position" in self._value:
            position = spans[*path, "position"]
            yield TextEdit(position.key or 0, self._end((*path, "position")), self._position)
        else:
            key = "words" if "words" in self._value else "exact"
            yield self._insert_line((*path, key), self._position)

    def _correct_words(self) -> Iterator[TextEdit]:
        """The words as the text has them, where the dossier has another style of quotation marks or space."""
        path: Path = (*self._path, "words", "exact")
        words = self._value["words"]
        assert isinstance(words, dict)
        if words["exact"] != self._found.exact:
            exact = self._found.exact
            yield TextEdit(
                self._source.spans[path].start, self._end(path), exact if _is_plain(exact) else _quote(exact)
            )

    def _insert_line(self, after: Path, line: str) -> TextEdit:
        key = self._source.spans[after].key or 0
        end = self._text.find("\n", self._end(after))
        end = len(self._text) if end < 0 else end
        end -= self._text[end - 1 : end] == "\r"
        return TextEdit(end, end, f"{self._newline}{' ' * self._column(key)}{line}")

    def _remove_line(self, path: Path) -> TextEdit:
        start = self._text.rfind("\n", 0, self._source.spans[path].key)
        end = self._text.find("\n", self._end(path))
        return TextEdit(start, len(self._text) if end < 0 else end, "")

    def _end(self, path: Path) -> int:
        """Where the value ends: lines end with the last value in them, before the comments that follow."""
        inner = [other for other in self._source.spans if other[: len(path)] == path and len(other) > len(path)]
        span = self._source.spans[path]
        if span.is_flow or not inner:
            return len(self._text[: span.end].rstrip())
        return max(self._end(other) for other in inner)

    def _raw(self, path: Path) -> str:
        span = self._source.spans[path]
        return self._text[span.start : self._end(path)]

    def _column(self, offset: int) -> int:
        return offset - (self._text.rfind("\n", 0, offset) + 1)


def _text_of(match: re.Match[str] | None) -> str:
    return match.group() if match else ""


def _is_plain(text: str) -> bool:
    """Whether the text can stand without quotation marks, even in braces."""
    return bool(_PLAIN.fullmatch(text)) and text.lower() not in _NULL


def _quote(text: str) -> str:
    """The text as a double-quoted scalar of YAML 1.2, section 7.3.1."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False))

"""Completes the quotes of a dossier that have words and no position: the archived text says where they are.

Owns which quotes these are and whose text they are sought in. ``kg.ingest.quote_search`` finds the words,
``quote_layout`` writes them into the file. Knows no schema.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kg.errors import Finding
from kg.ingest.dossier.quote_layout import complete_mapping, edit_quote, nest_words
from kg.ingest.quote_search import FoundQuote, QuotedWords, QuoteSearchError, SearchedText
from kg.ingest.text_edits import TextEdit
from kg.ingest.yaml_source import Path, Value, YamlSource, parse_yaml
from kg.source_archive import NO_DIGEST, SourceArchive, parse_offset

_QUOTES, _LISTS = ("quote", "translationOf"), ("passages",)
_SOURCE_KEYS = frozenset({"reports", "passages", "sourceKind"})


@dataclass(frozen=True, slots=True)
class CompletedQuote:
    """A quote that has been found in the text of its source."""

    path: Path
    value: dict[str, Value]
    """Its mapping as the dossier has it."""
    words: QuotedWords
    found: FoundQuote


@dataclass(frozen=True, slots=True)
class CompletedQuotes:
    """The quotes that have been found, those that have not, by their paths, and why."""

    quotes: tuple[CompletedQuote, ...]
    missing: Mapping[Path, dict[str, Value]]
    findings: tuple[Finding, ...]

    def complete(self, source: YamlSource) -> YamlSource:
        """The dossier with the quotes completed, those that were not found without position; locations stay."""
        values = {quote.path: complete_mapping(quote.value, quote.words, quote.found) for quote in self.quotes}
        values |= {path: nest_words(value) for path, value in self.missing.items()}
        return replace(source, value=_replace(source.value, (), values)) if values else source

    def edits(self, source: YamlSource) -> list[TextEdit]:
        """The edits that complete the quotes in the text of the file."""
        return [edit for quote in self.quotes for edit in edit_quote(source, quote.path, quote.value, quote.found)]


@dataclass(frozen=True, slots=True)
class DossierEdits:
    """How to complete the quotes of one file, and what was found; ``shown`` is a line for each quote."""

    name: str
    edits: tuple[TextEdit, ...]
    shown: tuple[str, ...]
    findings: tuple[Finding, ...]


def complete_dossier(data: bytes, name: str, archive: SourceArchive) -> DossierEdits:
    """The edits that complete the quotes in a dossier. Raises InputRejectedError if it is not YAML."""
    source = parse_yaml(data, name)
    quotes = find_quotes(source, archive)
    shown = (
        f"{source.location(quote.path)}: {quote.found.exact!r} at {quote.found.start} to {quote.found.end}"
        for quote in quotes.quotes
    )
    return DossierEdits(name, tuple(quotes.edits(source)), tuple(shown), quotes.findings)


def find_quotes(source: YamlSource, archive: SourceArchive) -> CompletedQuotes:
    """The incomplete quotes of the dossier, found in the archived texts of the sources they are nested in."""
    search = _Search(source, archive)
    quotes = [quote for path, value, owner in _walk(source.value, (), ()) if (quote := search.find(path, value, owner))]
    return CompletedQuotes(tuple(quotes), search.missing, tuple(search.findings))


def _walk(value: Value, path: Path, owner: Path) -> Iterator[tuple[Path, dict[str, Value], Path]]:
    """Each mapping that is an incomplete quote, with its path and that of the source it is nested in."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index), owner)
    elif isinstance(value, dict):
        if _SOURCE_KEYS & value.keys():
            owner = path
        if _is_quote(path) and _is_incomplete(value):
            yield path, value, owner
        for key, item in value.items():
            yield from _walk(item, (*path, key), owner)


def _is_quote(path: Path) -> bool:
    keys = [part for part in path[-2:] if isinstance(part, str)]
    return bool(keys) and (keys[-1] in _QUOTES or (keys[-1] in _LISTS and path[-1] != keys[-1]))


def _is_incomplete(value: dict[str, Value]) -> bool:
    position = value.get("position")
    has_words = "exact" in value or isinstance(value.get("words"), dict)
    is_complete = isinstance(position, dict) and {"start", "end", "sha256"} <= position.keys() and "words" in value
    return has_words and not is_complete


def _replace(value: Value, path: Path, values: dict[Path, dict[str, Value]]) -> Value:
    if path in values:
        value = values[path]
    if isinstance(value, dict):
        return {key: _replace(item, (*path, key), values) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, (*path, index), values) for index, item in enumerate(value)]
    return value


@dataclass
class _Search:
    source: YamlSource
    archive: SourceArchive
    missing: dict[Path, dict[str, Value]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _texts: dict[Path, SearchedText | None] = field(default_factory=dict)

    def find(self, path: Path, value: dict[str, Value], owner: Path) -> CompletedQuote | None:
        """The quote at ``path``, or None."""
        words = _read_words(value)
        if words is None:
            return None  # not text: the expander reports it
        text = self._text_of(self._owner(value, owner))
        if text is not None:
            try:
                return CompletedQuote(path, value, words, _find(text, words, value.get("position")))
            except QuoteSearchError as error:
                self._report(path, error.message, error.cure)
        self.missing[path] = value
        return None

    def _owner(self, value: dict[str, Value], owner: Path) -> Path:
        """The path of the source that the quote names, if this dossier has it, else of the one it is nested in."""
        name, root = value.get("source"), self.source.value
        sources = root.get("sources") if isinstance(root, dict) else None
        for index, other in enumerate(sources if isinstance(sources, list) else []):
            if name is not None and isinstance(other, dict) and other.get("id") == name:
                return ("sources", index)
        return owner

    def _text_of(self, owner: Path) -> SearchedText | None:
        """The text of the source at this path; without one there is a finding, once."""
        if owner not in self._texts:
            value = _value_at(self.source.value, owner)
            digest = value.get("sha256") if isinstance(value, dict) else None
            text = self.archive.text(digest) if isinstance(digest, str) else None
            self._texts[owner] = SearchedText(text) if text is not None else None
            if not isinstance(digest, str) or digest == NO_DIGEST:
                message = "the source has no SHA-256 of its text, so its quotes cannot be found"
                self._report(owner, message, "Run kg new with the text: it prints characters and sha256.")
            elif text is None:
                cure = "Set KG_ARCHIVE_DIR to the folder that contains it, or give each quote its position."
                self._report(owner, f"the archived text with SHA-256 {digest[:12]}... is not available", cure)
        return self._texts[owner]

    def _report(self, path: Path, message: str, cure: str) -> None:
        self.findings.append(Finding(message, cure, self.source.location(path), rule="quote"))


def _find(text: SearchedText, words: QuotedWords, position: Value | None) -> FoundQuote:
    """The quote in the text: where the position says, if it only lacks the hash, else where the words are."""
    if isinstance(position, dict) and {"start", "end"} <= position.keys():
        start, end = parse_offset(str(position["start"])), parse_offset(str(position["end"]))
        return FoundQuote(words.exact, start, end, text.hash_span(start, end))
    return text.find(words)


def _read_words(value: dict[str, Value]) -> QuotedWords | None:
    given = value.get("words", value)
    if not isinstance(given, dict):
        return None
    exact, prefix, suffix = given.get("exact"), given.get("prefix", ""), given.get("suffix", "")
    if isinstance(exact, str) and isinstance(prefix, str) and isinstance(suffix, str):
        return QuotedWords(exact, prefix, suffix)
    return None


def _value_at(value: Value, path: Path) -> Value:
    for part in path:
        value = value[part]  # type: ignore[index]
    return value

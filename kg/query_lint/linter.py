"""The lint of a query: the warnings of its text, kept in a bounded cache, and those that need a look at the data.

Never changes a result. Refuses what the engine would turn into an error in every solution: a constant pattern that it
cannot compile. Long texts are not read. Knows no protocol.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Self
from urllib.parse import quote, urljoin

from kg.errors import QueryRefusedError, QuerySyntaxError
from kg.execution.procedure import LINT_QUERY, Procedure, Reply
from kg.execution.sparql_lexer import line_and_column
from kg.execution.text_cache import cache_by_text
from kg.namespaces import GEOF, PREFIXES
from kg.query_lint.constant_patterns import find_refusals
from kg.query_lint.language_tests import LanguageTest, find_language_tests
from kg.query_lint.reader import find_undeclared_prefix, read_query
from kg.query_lint.rules import QueryWarning, Rule, compact, create_warning, find_warnings
from kg.query_lint.suggestions import find_languages, find_literals, find_used, is_described, suggest
from kg.query_lint.syntax import IriTerm, Operand, QuerySyntax, Role
from kg.query_lint.token_stream import literal_value
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.schema.model import Schema
from kg.settings import Settings
from kg.store.interface import Store

MAX_CHARACTERS = 20_000
MAX_WARNINGS = 8
MAX_LOOK_UPS = 50
"""Terms and literals of one query that are sought in the data."""
MAX_KNOWN = 1_000
"""Literals, and language tests, that a process remembers to need no warning."""
_FUNCTIONS = {
    "geof": GEOF,
    "uom": "http://www.opengis.net/def/uom/OGC/1.0/",
}
"""Prefixes of functions and units that no document has."""
_SAFE = "/:[]%@!$&'()*+,;=~?"


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the text of a query alone says of it."""

    warnings: tuple[QueryWarning, ...] = ()
    unknown: tuple[IriTerm, ...] = ()
    """Terms of our own that the vocabulary does not know: the data may."""
    superclasses: tuple[IriTerm, ...] = ()
    """Classes that may have instances only through their subclasses."""
    languages: tuple[LanguageTest, ...] = ()
    literals: tuple[Operand, ...] = ()
    """Texts with a language tag in patterns."""
    refusal: str = ""


class QueryLint:
    """Lints queries against a vocabulary; one instance serves a whole process."""

    def __init__(self, vocabulary: SchemaVocabulary) -> None:
        self._vocabulary = vocabulary
        self._cached_findings = cache_by_text(self._find)
        self._known_literals: set[tuple[str, str]] = set()
        """Those that need no warning, with their tags: they are not sought in the data again."""
        self._used_classes: set[str] = set()
        """Those that have instances: they are not sought again either."""
        self._met_tests: set[tuple[tuple[str, ...], str]] = set()
        """Properties with a tag that their values have."""

    @classmethod
    def create(cls, schema: Schema, settings: Settings) -> Self:
        """The lint of a server or command; in plain mode the data has its own terms, and only the text is read."""
        return cls(SchemaVocabulary() if settings.plain else SchemaVocabulary.from_schema(schema, settings.base_iri))

    def check(self, store: Store, text: str, graphs: Sequence[str] = ()) -> list[QueryWarning]:
        """The warnings, at most MAX_WARNINGS, in the order of the text. Raises QueryRefusedError, and nothing else.

        ``graphs``: those that a request names as the dataset, beside the text.
        """
        try:
            return self.check_strictly(store, text, graphs)
        except QueryRefusedError:
            raise
        except Exception:  # noqa: BLE001 -- a defect here, or a look-up that fails, must not cost the result
            return []

    def check_strictly(self, store: Store, text: str, graphs: Sequence[str] = ()) -> list[QueryWarning]:
        """The same, but a defect, or a look-up that fails, is raised as it is."""
        if len(text) > MAX_CHARACTERS:
            return []
        warnings = [*self._check_dataset(store, graphs), *self._check_text(store, text)]
        if graphs:  # they replace what the text names
            warnings = [warning for warning in warnings if warning.rule is not Rule.EMPTY_DATASET]
        return warnings[:MAX_WARNINGS]

    def _check_text(self, store: Store, text: str) -> list[QueryWarning]:
        findings = self._cached_findings(text)
        if findings.refusal:
            raise QueryRefusedError(findings.refusal)
        warnings = list(findings.warnings)
        if findings.unknown or findings.literals or findings.superclasses or findings.languages:
            warnings += islice(self._check_languages(findings, store, text), MAX_WARNINGS)
            warnings += islice(self._check_classes(findings, store, text), MAX_WARNINGS)
            warnings += islice(self._check_names(findings, store, text), MAX_WARNINGS)
            warnings += islice(self._check_literals(findings, store, text), MAX_WARNINGS)
            warnings.sort(key=lambda warning: (warning.line, warning.column))
        return warnings

    def _check_dataset(self, store: Store, graphs: Sequence[str]) -> Iterator[QueryWarning]:
        for graph in graphs[:MAX_LOOK_UPS]:
            name = IriTerm(graph, f"<{graph}>", 0)
            if self._is_unknown(name) and not is_described(store, graph):
                message = f"the data have no graph {name.text}, which the request names{self._hint(name, store)}"
                yield create_warning(Rule.UNKNOWN_TERM, message, "", 0)

    def explain(self, text: str) -> None:
        """Raise a QuerySyntaxError with a cure if that is why the text does not parse: a prefix is not declared."""
        if len(text) > MAX_CHARACTERS or (missing := find_undeclared_prefix(text)) is None:
            return
        prefix, offset = missing
        namespace = PREFIXES.get(prefix) or _FUNCTIONS.get(prefix) or self._vocabulary.find_namespace(prefix)
        cure = f"add: PREFIX {prefix}: <{namespace}>" if namespace else "add its PREFIX line"
        reason = f"the prefix {prefix}: is not declared; {cure}"
        raise QuerySyntaxError(reason, *line_and_column(text, offset))

    def _find(self, text: str) -> _Findings:
        syntax = read_query(text)
        if syntax is None:
            return _Findings()
        names = {name.iri: name for name in reversed(syntax.names) if self._is_unknown(name)}
        tagged = _find_tagged(syntax) if self._vocabulary.namespaces else ()
        literals = {(literal.text, literal.tag): literal for literal in tagged}
        found = dict.fromkeys(islice(find_warnings(syntax, self._vocabulary, text), MAX_LOOK_UPS))
        warnings = sorted(found, key=lambda warning: (warning.line, warning.column))
        return _Findings(
            tuple(warnings),
            tuple(reversed(names.values()))[:MAX_LOOK_UPS],
            tuple(self._find_superclasses(syntax))[:MAX_LOOK_UPS],
            tuple(find_language_tests(syntax))[:MAX_LOOK_UPS] if self._vocabulary.namespaces else (),
            tuple(literals.values())[:MAX_LOOK_UPS],
            next(find_refusals(syntax, text), ""),
        )

    def _is_unknown(self, name: IriTerm) -> bool:
        """Whether only the data can know the name, or it is close to a term that is known."""
        if name.iri.endswith(("/", "#")):
            return False  # a namespace, as in STRSTARTS(STR(?x), STR(ck:))
        if name.iri.startswith(self._vocabulary.namespaces):
            return name.iri not in self._vocabulary.terms
        return bool(self._vocabulary.find_misspelt(name))

    def _check_names(self, findings: _Findings, store: Store, text: str) -> Iterator[QueryWarning]:
        for name in findings.unknown:
            if not is_described(store, name.iri):
                hint = self._hint(name, store)
                message = f"neither the ontology nor the data know {name.text}{hint}"
                yield create_warning(Rule.UNKNOWN_TERM, message, text, name.start)

    def _find_superclasses(self, syntax: QuerySyntax) -> Iterator[IriTerm]:
        named = {name.iri: name for name in reversed(syntax.names) if name.role is Role.CLASS}
        return (name for name in named.values() if name.iri in self._vocabulary.subclasses)

    def _check_classes(self, findings: _Findings, store: Store, text: str) -> Iterator[QueryWarning]:
        sought = [name for name in findings.superclasses if name.iri not in self._used_classes]
        if not sought:
            return
        below = {name.iri: self._vocabulary.subclasses[name.iri] for name in sought}
        used = find_used(store, {class_ for iri, subclasses in below.items() for class_ in (iri, *subclasses)})
        self._used_classes |= used & below.keys()
        for name in sought:
            if name.iri not in used and used & below[name.iri]:
                cure = f"only of its subclasses; write a/rdfs:subClassOf* {name.text}"
                message = f"nothing is an instance of {name.text} itself, {cure}"
                yield create_warning(Rule.MISPLACED_TERM, message, text, name.start)

    def _hint(self, name: IriTerm, store: Store) -> str:
        nearest = suggest(name, self._vocabulary, store)
        return f"; did you mean {' or '.join(nearest)}?" if nearest else ""

    def _check_languages(self, findings: _Findings, store: Store, text: str) -> Iterator[QueryWarning]:
        for test in findings.languages:
            if (test.predicates, test.tag) in self._met_tests:
                continue
            tags = find_languages(store, test.predicates)
            if test.is_met_by(tags):
                if len(self._met_tests) < MAX_KNOWN:
                    self._met_tests.add((test.predicates, test.tag))
            elif tags:
                properties = " or ".join(map(compact, test.predicates))
                known = " and ".join(tag or "none" for tag in tags)
                message = f"no value of {properties} has the language {test.tag}; their languages are {known}"
                yield create_warning(Rule.LANGUAGE_TAG, message, text, test.start)

    def _check_literals(self, findings: _Findings, store: Store, text: str) -> Iterator[QueryWarning]:
        for literal in findings.literals:
            words = literal_value(literal.text)
            if words is None or (words, literal.tag) in self._known_literals:
                continue
            if others := find_literals(store, words, literal.tag):
                message = f"no value is {literal.text}@{literal.tag}; the data has {' and '.join(map(str, others))}"
                yield create_warning(Rule.LANGUAGE_TAG, message, text, literal.start)
            elif len(self._known_literals) < MAX_KNOWN:
                self._known_literals.add((words, literal.tag))


def _find_tagged(syntax: QuerySyntax) -> Iterator[Operand]:
    """Texts with a language tag that a value must be equal to."""
    for constant in syntax.constants:
        if constant.literal.tag:
            yield constant.literal
    for comparison in syntax.comparisons:
        if comparison.operator == "=":
            yield from (operand for operand in (comparison.left, comparison.right) if operand.tag)


def create_lint_procedure(lint: QueryLint, page: str) -> dict[str, Procedure]:
    """The procedure by which executors lint the queries that they run; see ``LINT_QUERY``.

    ``page`` explains the rules: its address, relative to that of the endpoint.
    """

    def lint_query(store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        text = arguments["text"]
        if arguments["is_refused"]:
            lint.explain(text)
            return Reply(media_type="", body=())
        properties = {}
        if warnings := lint.check(store, text, arguments["graphs"]):
            address = quote(urljoin(arguments["base_iri"].rstrip("/"), page), safe=_SAFE)
            links = [f"{address}#{warning.rule}" for warning in warnings]
            properties = {"warnings": [asdict(warning) for warning in warnings], "links": list(dict.fromkeys(links))}
        return Reply(media_type="", body=(), properties=properties)

    return {LINT_QUERY: lint_query}

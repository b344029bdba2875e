"""What is refused of a query before an engine parses it, and what is known of any other: its form, its dataset."""

from dataclasses import dataclass

from kg.errors import QueryForbiddenError, QueryRefusedError, QueryTooNestedError
from kg.execution.guard import NO_CONNECTION, GuardPolicy, Inspection, has_service_prefix
from kg.execution.interface import QueryForm, QueryInfo
from kg.execution.sparql_lexer import Token, TokenKind

QUERY_POLICY = GuardPolicy(max_characters=200_000)

FORMS = {
    "SELECT": QueryForm.SOLUTIONS,
    "ASK": QueryForm.BOOLEAN,
    "CONSTRUCT": QueryForm.GRAPH,
    "DESCRIBE": QueryForm.GRAPH,
}
_UPDATE_KEYWORDS = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_NONDETERMINISTIC = ("NOW", "RAND", "UUID", "BNODE")
"""Ends of the names of functions (SPARQL 1.1, section 17.4) whose value is not determined by the data."""


def inspect_query(text: str, policy: GuardPolicy = QUERY_POLICY) -> QueryInfo:
    """What is known of a query that may be given to an engine. Raises QueryRefusedError with the reason."""
    inspection = _QueryInspection(text, policy)
    inspection.run()
    return QueryInfo(inspection.form, inspection.names_dataset, inspection.is_deterministic)


@dataclass(slots=True)
class _QueryInspection(Inspection):
    """The pass over a query, which also finds out its form."""

    form: QueryForm | None = None
    names_dataset: bool = False
    is_deterministic: bool = True
    before: str = ""
    """The keyword directly before, in upper case."""
    is_service_suspected: bool = False
    """The last token is a name that an engine may read as SERVICE and a name run together."""

    def take(self, token: Token) -> None:
        Inspection.take(self, token)
        kind, text, _ = token
        if kind is TokenKind.WORD:
            self.before, self.is_service_suspected = text.upper(), False
        elif kind is TokenKind.NAME:
            # Engines without a lexer read "SERVICEex:x {" as SERVICE; "GRAPH service:x {" is an ordinary graph.
            self.is_service_suspected = has_service_prefix(text) and not self.before.endswith("GRAPH")
            self.before = ""
        elif kind is not TokenKind.COMMENT:
            self.before, self.is_service_suspected = "", False
            if kind is TokenKind.IRI and text.count("(") > self.policy.max_nesting:
                raise QueryTooNestedError(self.policy.max_nesting)

    def take_punctuation(self, mark: str, start: int) -> None:
        Inspection.take_punctuation(self, mark, start)
        if mark == "{" and self.is_service_suspected:
            raise QueryForbiddenError("SERVICE", NO_CONNECTION)

    def take_keyword(self, keyword: str) -> None:
        if keyword in _UPDATE_KEYWORDS or (keyword == "WITH" and self.form is None):
            raise QueryForbiddenError("update", f"{keyword} changes data; only queries are run here")
        if "FROM" in keyword:
            self.names_dataset = True
        if keyword.endswith(_NONDETERMINISTIC):
            self.is_deterministic = False
        if self.form is None:
            self.form = next((form for name, form in FORMS.items() if keyword.startswith(name)), None)

    def too_many_operators(self) -> QueryRefusedError:
        return QueryRefusedError(f"the query has more than {self.policy.max_operators:,} operators; split it")

    def too_many_patterns(self) -> QueryRefusedError:
        return QueryRefusedError(f"the query has more than {self.policy.max_patterns:,} patterns; split it")

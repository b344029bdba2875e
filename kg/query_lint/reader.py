"""Reads a query (SPARQL 1.1, rules 1 to 28) as far as the rules of this package need it.

Built on the lexer of the guard, in one pass, with bounds on tokens and depth. It is lenient, because an engine has
parsed the text; where it meets another grammar (triple terms of SPARQL 1.2) it gives up, and there are no warnings.
"""

from contextlib import suppress

from kg.execution.sparql_lexer import TokenKind
from kg.query_lint.pattern_reader import PatternReader
from kg.query_lint.syntax import Context, Group, GroupKind, QuerySyntax, Use
from kg.query_lint.token_stream import IRI_KINDS, UnreadableError


def read_query(text: str) -> QuerySyntax | None:
    """The query as read; None if it is larger or deeper than the bounds, or of a grammar that is not read here."""
    syntax = QuerySyntax()
    try:
        _QueryReader(text, syntax).read()
    except UnreadableError:
        return None
    return syntax


def find_undeclared_prefix(text: str) -> tuple[str, int] | None:
    """The first prefix that is used without a declaration before, and its offset; for texts that do not parse."""
    syntax = QuerySyntax()
    with suppress(UnreadableError):
        _QueryReader(text, syntax).read()
    return syntax.undeclared[0] if syntax.undeclared else None


class _QueryReader(PatternReader):
    def read(self) -> None:
        """Read all of it. Raises UnreadableError."""
        self._read_prologue()
        solutions = Group(GroupKind.SOLUTIONS)
        match self.tokens.word:
            case "SELECT":
                self._read_select(solutions)
            case "CONSTRUCT":
                self._read_construct(solutions)
            case "DESCRIBE":
                self._read_describe(solutions)
            case "ASK":
                self.tokens.take()
                self._read_where(solutions)
            case _:
                raise UnreadableError
        if self.tokens.token.text:
            raise UnreadableError

    def read_subquery(self, parent: Group) -> Group:
        return self._read_select(Group(GroupKind.SOLUTIONS, parent))

    def _read_prologue(self) -> None:
        while True:
            if self.tokens.accept_word("PREFIX"):
                self.tokens.declare_prefix()
            elif self.tokens.accept_word("BASE"):
                self.tokens.declare_base()
            elif self.tokens.accept_word("VERSION"):
                self.tokens.take()
            else:
                return

    def _read_select(self, solutions: Group) -> Group:
        """Read from SELECT to the last clause; the group has the variables of the result."""
        self.tokens.take()
        self.tokens.accept_word("DISTINCT", "REDUCED")
        context, returned = Context(solutions, "SELECT"), set[str]()
        is_all = self.tokens.accept("*")
        while not is_all:
            if self.tokens.token.kind is TokenKind.VARIABLE:
                returned.add(self._read_variable(context))
            elif self.tokens.accept("("):
                value = self.read_expression(context)
                returned.add(self.read_alias(value.type_, solutions))
                self.tokens.expect(")")
            else:
                break
        self._read_where(solutions)
        return solutions if is_all else Group(GroupKind.SOLUTIONS, solutions.parent, returned)

    def _read_variable(self, context: Context) -> str:
        token = self.tokens.take()
        self.syntax.uses.append(Use(token.text[1:], token.start, context))
        return token.text[1:]

    def _read_construct(self, solutions: Group) -> None:
        self.tokens.take()
        if self.tokens.is_at("{"):
            self._read_template(solutions)
        self._read_where(solutions)

    def _read_template(self, solutions: Group) -> None:
        """Read the variables of the template; its names are those of new triples, which may be new."""
        context, depth = Context(solutions, "CONSTRUCT"), 0
        while True:
            if self.tokens.token.kind is TokenKind.VARIABLE:
                self._read_variable(context)
                continue
            token = self.tokens.take()
            if token.kind is TokenKind.NAME:
                self.tokens.iri(token)  # its prefix must be declared too
            depth += (token.text == "{") - (token.text == "}")
            if depth == 0:
                return

    def _read_describe(self, solutions: Group) -> None:
        self.tokens.take()
        context = Context(solutions, "DESCRIBE")
        while not self.tokens.is_at("{") and self.tokens.token.text and not self.tokens.word:
            if self.tokens.token.kind is TokenKind.VARIABLE:
                self._read_variable(context)
            elif self.tokens.token.kind in IRI_KINDS:
                self.add_name(self.tokens.take())
            else:
                self.tokens.take()
        if self.tokens.is_at("{") or self.tokens.word in ("WHERE", "FROM"):
            self._read_where(solutions)
        else:
            self._read_modifiers(solutions)

    def _read_where(self, solutions: Group) -> None:
        """Read the dataset, the pattern, and the clauses after it."""
        while self.tokens.accept_word("FROM"):
            self.syntax.dataset.add("FROM NAMED" if self.tokens.accept_word("NAMED") else "FROM")
            self.add_name(self.tokens.take())
        self.tokens.accept_word("WHERE")
        self.read_group(GroupKind.GROUP, solutions)
        self._read_modifiers(solutions)

    def _read_modifiers(self, solutions: Group) -> None:
        """Read GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET and VALUES."""
        clause = ""
        while self.tokens.token.text and not self.tokens.is_at("}"):
            if self.tokens.accept_word("VALUES"):
                self.read_values(solutions)
            elif self.tokens.word in ("GROUP", "ORDER"):
                clause = f"{self.tokens.take().text.upper()} BY"
            elif self.tokens.word == "HAVING":
                clause = self.tokens.take().text.upper()
            elif self.tokens.word in ("LIMIT", "OFFSET"):
                self.tokens.take()
                self.tokens.take()
            elif not self.tokens.accept_word("BY", "ASC", "DESC"):
                self._read_condition(Context(solutions, clause))

    def _read_condition(self, context: Context) -> None:
        if not self.tokens.accept("("):
            self.read_primary(context)
            return
        value = self.read_expression(context)
        if self.tokens.word == "AS":
            self.read_alias(value.type_, context.group)
        self.tokens.expect(")")

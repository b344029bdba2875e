"""Reads expressions (SPARQL 1.1, rules 110 to 135) without a tree: which operand is compared with which, and calls."""

from kg.execution.sparql_lexer import Token, TokenKind
from kg.query_lint.datatypes import BOOLEAN, DECIMAL, DOUBLE, INTEGER, IRI, LANG_STRING, STRING, returned_type
from kg.query_lint.syntax import (
    Comparison,
    Context,
    Group,
    GroupKind,
    IriTerm,
    Operand,
    Predicates,
    QuerySyntax,
    Role,
    Use,
)
from kg.query_lint.token_stream import IRI_KINDS, TokenStream, UnreadableError

MAX_DEPTH = 60
"""Of groups, brackets and calls in each other."""
_COMPARATORS = {"=", "!", "<", ">"}


class ExpressionReader:
    """Reads from the tokens into the syntax; subclasses read the patterns of EXISTS."""

    def __init__(self, text: str, syntax: QuerySyntax) -> None:
        self.syntax = syntax
        self.tokens = TokenStream(text, syntax)
        self._depth = 0

    def read_group(self, kind: GroupKind, parent: Group) -> Group:
        """Read a group graph pattern with its braces."""
        raise NotImplementedError

    def enter(self) -> None:
        """Go one level deeper. Raises UnreadableError below MAX_DEPTH."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableError

    def leave(self) -> None:
        """Go back up."""
        self._depth -= 1

    def add_name(self, token: Token, role: Role = Role.OTHER, predicates: Predicates = None) -> str:
        """The IRI of the token, which is a term of the query."""
        iri = self.tokens.iri(token)
        if iri:
            self.syntax.names.append(IriTerm(iri, token.text, token.start, role, predicates))
        return iri

    def read_expression(self, context: Context) -> Operand:
        """Read until a bracket, comma, semicolon or AS that belongs to what is around it."""
        self.enter()
        start = self.tokens.token.start
        first = operand = self._read_arithmetic(context)
        while True:
            if (operator := self._accept_comparator()) is not None:
                right = self._read_arithmetic(context)
                self.syntax.comparisons.append(Comparison(operator, operand, right))
            elif self.tokens.accept_word("IN"):
                self._read_list(operand, context)
            elif self.tokens.accept_word("NOT"):
                self.tokens.accept_word("IN")
                self._read_list(None, context)
            elif self.tokens.accept("&&") or self.tokens.accept("||"):
                operand = self._read_arithmetic(context)
            else:
                break
            first = Operand(start, BOOLEAN)
        self.leave()
        return first

    def _accept_comparator(self) -> str | None:
        token = self.tokens.token
        if token.kind is not TokenKind.PUNCTUATION or token.text not in _COMPARATORS:
            return None
        mark = self.tokens.take().text
        if mark != "=" and self.tokens.accept("="):
            return f"{mark}="
        if mark == "!" or (mark == "<" and self.tokens.is_at("<")):
            raise UnreadableError
        return mark

    def _read_list(self, left: Operand | None, context: Context) -> None:
        """Read the items of IN; None for those of NOT IN, which no rule concerns."""
        self.tokens.expect("(")
        while not self.tokens.accept(")"):
            item = self.read_expression(context)
            if left is not None:
                self.syntax.comparisons.append(Comparison("=", left, item))
            self.tokens.accept(",")

    def _read_arithmetic(self, context: Context) -> Operand:
        """Read operands and the arithmetic operators between them; the type of their result is unknown."""
        operand = self.read_primary(context)
        while any(map(self.tokens.accept, "+-*/")):
            self.read_primary(context)
            operand = Operand(operand.start)
        return operand

    def read_primary(self, context: Context) -> Operand:
        """Read one operand."""
        token = self.tokens.take()
        kind, text, start = token
        if kind is TokenKind.VARIABLE:
            self.syntax.uses.append(Use(text[1:], start, context))
            return Operand(start, variable=text[1:])
        if kind in IRI_KINDS:
            if self.tokens.is_at("("):
                return self._read_call(self.tokens.iri(token), start, context)
            self.add_name(token)
            return Operand(start, IRI)
        if kind is TokenKind.WORD:
            return self._read_word(token, context)
        if kind is TokenKind.PUNCTUATION:
            return self._read_bracket_or_sign(token, context)
        return self.read_literal(token)

    def _read_bracket_or_sign(self, token: Token, context: Context) -> Operand:
        if token.text == "(":
            operand = self.read_expression(context)
            self.tokens.expect(")")
            return operand
        if token.text not in ("!", "-", "+"):
            raise UnreadableError
        self.enter()
        operand = self.read_primary(context)
        self.leave()
        is_number = token.text != "!" and operand.type_ in (INTEGER, DECIMAL, DOUBLE)
        return Operand(token.start, operand.type_ if is_number else None)

    def _read_word(self, token: Token, context: Context) -> Operand:
        word = token.text.upper()
        if word == "NOT":
            self.tokens.take()
            word = "EXISTS"
        if word == "EXISTS":
            self.read_group(GroupKind.EXISTS, context.group)
            return Operand(token.start, BOOLEAN)
        if self.tokens.is_at("("):
            return self._read_call(word, token.start, context)
        return self.read_literal(token)

    def _read_call(self, function: str, start: int, context: Context) -> Operand:
        self.tokens.expect("(")
        arguments = []
        while not self.tokens.accept(")"):
            self.tokens.accept_word("DISTINCT")
            if not self.tokens.accept("*"):
                arguments.append(self.read_expression(context))
            if self.tokens.accept(";"):  # GROUP_CONCAT(...; SEPARATOR = "...")
                self.tokens.take()
                self.tokens.expect("=")
                self.tokens.take()
            self.tokens.accept(",")
        call = Operand(start, returned_type(function), function=function, arguments=tuple(arguments))
        self.syntax.calls.append(call)
        return call

    def read_literal(self, token: Token) -> Operand:
        """Read what follows the quoted string, number or boolean. Raises UnreadableError if the token is none."""
        kind, text, start = token
        if kind is TokenKind.WORD:
            return Operand(start, _word_type(text), text=text)
        if kind is not TokenKind.STRING:
            raise UnreadableError
        following = self.tokens.token
        if following.kind is TokenKind.LANGTAG:
            if "--" in following.text:
                raise UnreadableError  # a base direction of RDF 1.2
            return Operand(start, LANG_STRING, text=text, tag=self.tokens.take().text[1:])
        if self.tokens.accept("^"):
            self.tokens.expect("^")
            return Operand(start, self.tokens.iri(self.tokens.take()) or None, text=text)
        return Operand(start, STRING, text=text)


def _word_type(word: str) -> str:
    """The type of a number or boolean. Raises UnreadableError for any other word."""
    if word in ("true", "false"):
        return BOOLEAN
    if not word[:1].isdigit():
        raise UnreadableError
    if "e" in word.lower():
        return DOUBLE
    return DECIMAL if "." in word else INTEGER

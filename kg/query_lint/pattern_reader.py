"""Reads graph patterns (SPARQL 1.1, rules 53 to 109): which variables they bind, and which predicates lead to them."""

from kg.execution.sparql_lexer import Token, TokenKind
from kg.namespaces import TYPE
from kg.query_lint.datatypes import IRI
from kg.query_lint.expression_reader import ExpressionReader
from kg.query_lint.syntax import Constant, Context, Described, Group, GroupKind, Inline, Operand, Predicates, Role
from kg.query_lint.token_stream import IRI_KINDS, UnreadableError

_UNDEF = "UNDEF"
_IS_TYPE: Predicates = (TYPE.value,)


class PatternReader(ExpressionReader):
    """Reads from the tokens into the syntax; subclasses read subqueries."""

    _graphs_around = 0
    """How many GRAPH patterns there are around what is read."""

    def read_subquery(self, parent: Group) -> Group:
        """Read a subquery, from its SELECT to the brace around it; the group has the variables that it returns."""
        raise NotImplementedError

    def bind(self, variable: str, group: Group) -> None:
        """Record that the group binds the variable."""
        group.bound.add(variable)
        self.syntax.bound.add(variable)

    def read_group(self, kind: GroupKind, parent: Group) -> Group:
        self.enter()
        self.tokens.expect("{")
        group = Group(kind, parent)
        if self.tokens.word == "SELECT":
            group.bound |= self.read_subquery(group).bound
        else:
            while not self.tokens.is_at("}"):
                self._read_element(group)
        self.tokens.expect("}")
        if kind not in (GroupKind.EXISTS, GroupKind.MINUS):
            parent.bound |= group.bound
        self.leave()
        return group

    def _read_element(self, group: Group) -> None:
        tokens = self.tokens
        if tokens.accept("."):
            return
        if tokens.is_at("{"):
            self.read_group(GroupKind.GROUP, group)
            while tokens.accept_word("UNION"):
                self.read_group(GroupKind.GROUP, group)
        elif tokens.accept_word("OPTIONAL"):
            self.read_group(GroupKind.OPTIONAL, group)
        elif tokens.accept_word("MINUS"):
            self.read_group(GroupKind.MINUS, group)
        elif tokens.word == "GRAPH":
            self._read_graph(group)
        elif tokens.accept_word("FILTER"):
            self.syntax.conditions.append(self.read_primary(Context(group, "FILTER")))
        elif tokens.accept_word("BIND"):
            self._read_bind(group)
        elif tokens.accept_word("VALUES"):
            self.read_values(group)
        else:
            self._read_triples(group)

    def _read_graph(self, group: Group) -> None:
        self.syntax.graph_patterns.append(self.tokens.take().start)
        self._read_node(group, None)
        self._graphs_around += 1
        self.read_group(GroupKind.GROUP, group)
        self._graphs_around -= 1

    def _read_bind(self, group: Group) -> None:
        self.tokens.expect("(")
        value = self.read_expression(Context(group, "BIND", frozenset(group.bound)))
        self.syntax.assigned[self.read_alias(value.type_, group)].append(value)
        self.tokens.expect(")")

    def read_alias(self, type_: str | None, group: Group) -> str:
        """Read AS and the variable that gets a value of the type; its name."""
        if not self.tokens.accept_word("AS"):
            raise UnreadableError
        variable = self.tokens.take().text[1:]
        self.syntax.types[variable].append(type_)
        self.bind(variable, group)
        return variable

    def read_values(self, group: Group) -> None:
        """Read the variables and rows of VALUES."""
        tokens = self.tokens
        variables: list[Operand] = []
        is_list = tokens.accept("(")
        while tokens.token.kind is TokenKind.VARIABLE:
            token = tokens.take()
            variables.append(Operand(token.start, variable=token.text[1:]))
            self.bind(token.text[1:], group)
        if is_list:
            tokens.expect(")")
        for variable, values in zip(variables, self._read_rows(len(variables), is_list), strict=True):
            defined = [value for value in values if value.type_ != _UNDEF]
            self.syntax.types[variable.variable] += [value.type_ for value in defined]
            self.syntax.assigned[variable.variable] += defined
            known = frozenset(None if value.type_ == _UNDEF else value.type_ for value in values)
            self.syntax.inlines.append(Inline(variable, group, known))

    def _read_rows(self, width: int, is_list: bool) -> list[list[Operand]]:
        """Read the rows of VALUES: the values in each column."""
        columns: list[list[Operand]] = [[] for _ in range(width)]
        self.tokens.expect("{")
        column = 0
        while not self.tokens.accept("}"):
            if self.tokens.accept("("):
                column = 0
            elif not self.tokens.accept(")"):
                if column >= width:
                    raise UnreadableError
                columns[column].append(self._read_value())
                column += is_list
        return columns

    def _read_value(self) -> Operand:
        while self.tokens.accept("-") or self.tokens.accept("+"):
            pass
        token = self.tokens.take()
        if token.kind in IRI_KINDS:
            self.add_name(token)
            return Operand(token.start, IRI)
        if token.text.upper() == _UNDEF:
            return Operand(token.start, _UNDEF)
        literal = self.read_literal(token)
        self.syntax.constants.append(Constant(None, literal))
        return literal

    def _read_triples(self, group: Group) -> None:
        """Read the triples of one subject."""
        if not self._graphs_around:
            self.syntax.default_patterns.append(self.tokens.token.start)
        is_nested = self.tokens.is_at("[(")
        subject = self.tokens.token
        self._read_node(group, None)
        if not (is_nested and self.tokens.is_at(".}")):
            self._read_predicates(group, subject.text[1:] if subject.kind is TokenKind.VARIABLE else "")

    def _read_predicates(self, group: Group, subject: str = "") -> None:
        """Read predicates and objects; ``subject`` is the variable that they describe, if it is one."""
        while True:
            verb, before = self.tokens.token, self.tokens.position
            predicates = self._read_path(group)
            if subject and predicates and self.tokens.position == before + 1:
                described = Described(subject, predicates[0], verb.text, verb.start, group)
                self._describe(described)
            self._read_object(group, predicates)
            while self.tokens.accept(","):
                self._read_object(group, predicates)
            if not self.tokens.is_at(";"):
                return
            while self.tokens.accept(";"):
                pass
            if not self._is_at_verb():
                return

    def _describe(self, described: Described) -> None:
        """Record the predicate, or the class that follows it."""
        token = self.tokens.token
        if described.iri != TYPE.value:
            self.syntax.predicates.append(described)
        elif token.kind in IRI_KINDS:
            class_ = self.tokens.iri(token)
            self.syntax.classes.append(described._replace(iri=class_, text=token.text, start=token.start))

    def _is_at_verb(self) -> bool:
        token = self.tokens.token
        is_term = token.kind is TokenKind.VARIABLE or token.kind in IRI_KINDS or token.text == "a"
        return is_term or self.tokens.is_at("^!(")

    def _read_object(self, group: Group, predicates: Predicates) -> None:
        token = self.tokens.token
        if token.kind is TokenKind.VARIABLE:
            self.tokens.take()
            self.bind(token.text[1:], group)
            self.syntax.objects[token.text[1:]].append((predicates, group))
        else:
            self._read_node(group, predicates)
        if self.tokens.is_at("~") or (self.tokens.is_at("{") and self.tokens.following.text == "|"):
            raise UnreadableError  # an annotation of RDF 1.2

    def _read_node(self, group: Group, predicates: Predicates) -> None:
        """Read a subject, or an object that is no variable."""
        token = self.tokens.take()
        if token.kind is TokenKind.VARIABLE:
            self.bind(token.text[1:], group)
            self.syntax.types[token.text[1:]].append(IRI)
        elif token.kind in IRI_KINDS:
            self.add_name(token, Role.CLASS if predicates == _IS_TYPE else Role.OTHER, predicates)
        elif token.kind is TokenKind.PUNCTUATION:
            self._read_nested(token, group)
        else:
            literal = self.read_literal(token)
            self.syntax.constants.append(Constant(predicates, literal))

    def _read_nested(self, token: Token, group: Group) -> None:
        """Read a blank node with its properties, a collection, or the sign of a number."""
        self.enter()
        if token.text == "[":
            if not self.tokens.is_at("]"):
                self._read_predicates(group)
            self.tokens.expect("]")
        elif token.text == "(":
            while not self.tokens.accept(")"):
                self._read_object(group, None)
        elif token.text in ("-", "+"):
            self.tokens.take()
        else:
            raise UnreadableError
        self.leave()

    def _read_path(self, group: Group) -> Predicates:
        """Read a verb; the predicates of its last steps if it has no brackets, inverse or zero-length steps."""
        tokens = self.tokens
        if tokens.token.kind is TokenKind.VARIABLE:
            variable = tokens.take().text[1:]
            self.bind(variable, group)
            self.syntax.types[variable].append(IRI)
            return None
        last: list[str] = []
        is_known = True
        while True:
            while tokens.is_at("^!("):
                tokens.take()
                is_known = False
            step = self._read_step()
            while tokens.is_at(")*+?"):
                is_known = tokens.take().text == "+" and is_known
            if tokens.accept("/"):
                continue
            last.append(step)
            if not tokens.accept("|"):
                return tuple(last) if is_known and all(last) else None

    def _read_step(self) -> str:
        token = self.tokens.take()
        if token.kind in IRI_KINDS:
            return self.add_name(token, Role.PREDICATE)
        if token.text == "a":
            return TYPE.value
        raise UnreadableError

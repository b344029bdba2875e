"""The guard refuses queries that an engine must not see, and never an ordinary one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryForbiddenError, QueryRefusedError, QuerySyntaxError, QueryTooLongError, QueryTooNestedError
from kg.execution.interface import QueryForm
from kg.execution.query_guard import QUERY_POLICY, inspect_query

WORDS = ["SERVICE", "service", "LOAD", "INSERT", "DELETE", "DROP", "clear", "UNION", "FROM", "((((", "||", "}"]
PLACES = [
    'SELECT * {{ ?s ?p "{}" }}',
    "SELECT * {{ ?s ?p '{}'@en }}",
    "SELECT * {{ ?s ?p '''it's {} \"so\" ''' }}",
    'SELECT * {{ ?s ?p """a \\""" {} "" b""" }}',
    "SELECT * {{ ?s ?p ?o }} # {}",
    "# {} <\nSELECT * {{ ?s ?p ?o }}",
]
NAMES = [
    "SELECT * {{ ?{0} ?p $x }}",
    "PREFIX ex: <https://example.org/> SELECT * {{ ?s ex:{0} ex:a.{0} . GRAPH ex:{0} {{ ?a ?b ?c }} }}",
    "PREFIX {0}: <https://example.org/> SELECT * {{ ?s {0}:a {0}:b ; a {0}: . GRAPH {0}:x {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s <https://example.org/{0}> <#{0}> , _:{0} }}",
]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("place", PLACES)
def test_words_in_strings_and_comments_are_not_keywords(word: str, place: str) -> None:
    info = inspect_query(place.format(word))
    assert info.form is QueryForm.SOLUTIONS
    assert not info.names_dataset


@pytest.mark.parametrize("word", [word for word in WORDS if word.isalpha()])
@pytest.mark.parametrize("place", NAMES)
def test_words_in_names_are_not_keywords(word: str, place: str) -> None:
    assert not inspect_query(place.format(word)).names_dataset


FORBIDDEN = [
    "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "SELECT * { sErViCe SILENT ?e { ?s ?p ?o } }",
    "SELECT * { ?s ?p 'x'SERVICE?e{ ?s ?p ?o } }",
    "SELECT * { ?s ?p true.SERVICE?e{ ?s ?p ?o } }",
    "PREFIX ex: <http://example.org/> SELECT * { SERVICEex:a{ ?s ?p ?o } }",
    "PREFIX : <http://example.org/> SELECT * { SERVICE:a # {\n { ?s ?p ?o } }",
    "SELECT * { ?s ?p '\\'' . SERVICE <http://example.org/> { } #'\n }",
    "SELECT * { ?s ?p ex:a\\'b . SERVICE ?e { } #'\n }",
    "SELECT * { SERV\\u0049CE <http://example.org/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '\\u0027 . SERVICE ?e {} #' }",
    "LOAD <http://example.org/>",
    "PREFIX ex: <x:y> INSERT DATA { ex:a ex:b ex:c }",
    "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "drop all",
    "CLEAR SILENT DEFAULT",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_service_updates_and_escapes_are_forbidden(text: str) -> None:
    with pytest.raises(QueryForbiddenError):
        inspect_query(text)


TOO_MUCH = [
    ("SELECT * {" + " " * 200_000 + "}", QueryTooLongError),
    ("SELECT * " + "{" * 201 + "}" * 201, QueryTooNestedError),
    ("ASK { FILTER(" + "(" * 201 + "1" + ")" * 201 + ") }", QueryTooNestedError),
    ("ASK { ?s ?p " + "[ ?p " * 201 + "] " * 201 + "}", QueryTooNestedError),
    ("ASK { FILTER(" + "||".join("1" * 1002) + ") }", QueryRefusedError),
    ("ASK { " + "UNION".join(["{}"] * 1002) + " }", QueryRefusedError),
    ("ASK { ?s " + "/".join(["<x:a>"] * 1002) + " ?o }", QueryRefusedError),
    ("ASK { " + "?s ?p ?o . " * 501 + "}", QueryRefusedError),
    ("ASK { ?s ?p 'open }", QuerySyntaxError),
    ("ASK { ?s ?p '''open }", QuerySyntaxError),
]


@pytest.mark.parametrize(("text", "error"), TOO_MUCH)
def test_too_large_query_is_refused(text: str, error: type[QueryRefusedError]) -> None:
    with pytest.raises(error):
        inspect_query(text)


def test_long_lists_of_values_are_accepted() -> None:
    values = ", ".join(f"'{number}'" for number in range(5000))
    inspect_query(f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({values})) VALUES ?s {{ {values.replace(',', '')} }} }}")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("BASE <x:select> PREFIX ask: <x:y> SELECT*{}", QueryForm.SOLUTIONS),
        ("ask{}", QueryForm.BOOLEAN),
        ("#ASK\nCONSTRUCT { ?s ?p ?o } WHERE { { SELECT * { ?s ?p ?o } } }", QueryForm.GRAPH),
        ("DESCRIBE<x:a>FROM<x:g>", QueryForm.GRAPH),
        ("no query form", None),
    ],
)
def test_form_is_known_before_parsing(text: str, form: QueryForm | None) -> None:
    assert inspect_query(text).form is form


@given(st.text())
def test_any_text_is_either_accepted_or_refused(text: str) -> None:
    try:
        inspect_query(text)
    except QueryRefusedError as error:
        assert str(error)  # noqa: PT017  # refusal is one of two good outcomes


@given(st.text(alphabet="'\"\\ab<>#{}( \n"))
def test_string_literal_hides_its_content(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert (
        inspect_query(f'SELECT * {{ ?s ?p "{escaped}" }}', replace(QUERY_POLICY, max_nesting=1)).form
        is QueryForm.SOLUTIONS
    )


@pytest.mark.parametrize("piece", ["\\'''", "'''a\"\"\"b", "a-", "<", "\\", "?", "''", '"\\', "(" * 3, "a:\\", "<a"])
def test_time_is_linear_in_the_length(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    try:
        inspect_query(text)
    except QueryRefusedError as error:
        assert str(error)  # noqa: PT017  # what matters is that it ends soon


@pytest.mark.parametrize(
    ("text", "is_deterministic"),
    [
        ("SELECT (NOW() AS ?t) {}", False),
        ("SELECT (rand () AS ?r) {}", False),
        ("SELECT (STRUUID() AS ?u) {}", False),
        ("SELECT (BNODE # comment\n () AS ?b) {}", False),
        ("SELECT ?now { ?now ex:rand 'UUID()' } # NOW()", True),
    ],
)
def test_functions_of_time_and_chance_make_a_query_nondeterministic(text: str, is_deterministic: bool) -> None:
    assert inspect_query(text).is_deterministic is is_deterministic

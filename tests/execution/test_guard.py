"""The guard refuses what an engine must not see, and never an ordinary query or update."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryForbiddenError, QueryRefusedError, QuerySyntaxError, QueryTooLongError, QueryTooNestedError
from kg.execution.guard import QUERY_POLICY, inspect_query, inspect_update
from kg.execution.interface import QueryForm

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


REFUSED_UPDATES = [
    ("LOAD <http://example.org/>", QueryForbiddenError),
    ("LOAD SILENT <http://example.org/> ; LOAD <http://example.org/>", QueryForbiddenError),
    ("LOAD SILENT", QueryForbiddenError),
    ("PREFIX ex: <x:y> LOADex:a", QueryForbiddenError),
    ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }", QueryForbiddenError),
    ("INSERT { ?s ?p ?o } WHERE { GRAPH service:x { ?s ?p ?o } }", QueryForbiddenError),
    ("INSERT DATA { <x:a> <x:b> '\\u0027' }", QueryForbiddenError),
    ("CLEAR ALL # \\u0100", QueryForbiddenError),
    ("INSERT DATA { <x:a> <x:b> 'open }", QuerySyntaxError),
    ("INSERT DATA " + "{" * 201, QueryTooNestedError),
    ("DELETE { } WHERE { FILTER(" + "||".join("1" * 1002) + ") }", QueryTooNestedError),
    ("INSERT DATA { " + " " * 2_000_000 + "}", QueryTooLongError),
]


@pytest.mark.parametrize(("text", "error"), REFUSED_UPDATES)
def test_update_that_connects_or_is_too_large_is_refused(text: str, error: type[QueryRefusedError]) -> None:
    with pytest.raises(error):
        inspect_update(text)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("INSERT DATA { <x:a> <x:b> 'LOAD SERVICE' }", "INSERT DATA { <x:a> <x:b> 'LOAD SERVICE' }"),
        ("LOAD SILENT <x:a>", "INSERT DATA {}"),
        ("PREFIX e: <x:> load silent e:a into graph e:b ; CLEAR ALL", "PREFIX e: <x:> INSERT DATA {} ; CLEAR ALL"),
    ],
)
def test_accepted_update_has_no_silent_load(text: str, accepted: str) -> None:
    info = inspect_update(text)
    assert info.text == accepted
    assert all(info.text[token.start :].startswith(token.text) for token in info.top_level)


def test_operators_are_counted_for_each_operation_of_an_update() -> None:
    inspect_update(";".join(["DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(" + "||".join("1" * 600) + ") }"] * 3))


def test_data_of_an_update_may_have_any_number_of_triples() -> None:
    inspect_update("INSERT DATA { " + "<x:a> <x:b> -1 , 2 . " * 2_000 + "}")


CHAINS = {
    "subtractions": "BIND(1{} AS ?x)".format("-1" * 2_000),
    "subtractions of decimals": "BIND(1{} AS ?x)".format("-1.5" * 2_000),
    "subtractions that end in a name": "BIND({}ex:x AS ?x)".format("1-" * 2_000),
    "products": "BIND(1{} AS ?x)".format("*1" * 2_000),
    "groups": "{?s ?p ?o} " * 2_000,
    "graphs": "GRAPH ?g {} " * 2_000,
    "subqueries": "{ SELECT * {} } " * 2_000,
    "conditions of HAVING": "{{ SELECT ?s {{}} GROUP BY ?s HAVING {} }}".format("(1) " * 2_000),
    "lateral joins": "LATERAL {} " * 2_000,
    "reified triples": "<< " * 300 + "?s ?p ?o " + ">> ?p ?o " * 300,
    "triple terms": "?s ?p " + "<<( ?s ?p " * 300 + "1 " + ")>> " * 300,
    "annotations": "?s ?p ?o " + "{| ?p ?o " * 300 + "|} " * 300,
    "reifiers": "?s ?p ?o " + "~ ?r " * 2_000,
    "a collection": "?s ?p ({})".format("1 " * 2_000),
    "collections in a collection": "?s ?p ({})".format("() " * 2_000),
    "blank nodes in a collection": "?s ?p ({})".format("[] " * 2_000),
    "values beside a collection": "VALUES ?x {{ 1 }} ?s ?p ({})".format("1 " * 2_000),
    "properties of a blank node": "[ {} ] ?p ?o".format("?p 1 ;" * 2_000),
    "patterns": "?s ?p ?o . " * 2_000,
    "union after separators": " UNION ".join(["{ ?s ?p ?o ; ?q ?r }"] * 2_000),
    "a long base": "{{ SELECT * {{ ?s ?p <{}> }} }}".format("a/" * 5_000),
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
@pytest.mark.parametrize("frame", ["SELECT * WHERE {{ {} }}", "INSERT {{}} WHERE {{ {} }}"])
def test_chain_that_ends_an_engine_is_refused(frame: str, chain: str) -> None:
    inspect = inspect_query if frame.startswith("SELECT") else inspect_update
    with pytest.raises(QueryRefusedError):
        inspect(frame.format(chain))


@pytest.mark.parametrize("frame", ["DELETE WHERE {{ {} }}", "DELETE {{}} INSERT {{}} WHERE {{ {} }}"])
def test_patterns_of_an_update_are_bounded(frame: str) -> None:
    with pytest.raises(QueryRefusedError, match="write INSERT DATA"):
        inspect_update(frame.format("?s ?p ?o . " * 2_000))


@pytest.mark.parametrize("operation", ["INSERT DATA", "delete data", "INSERT", "DELETE # of old triples\n"])
def test_data_and_templates_of_an_update_may_be_long(operation: str) -> None:
    data = "<s> <p> -5 , 1e-5 ; <q> [] , (1 2 3) . GRAPH <g> { ex:a-b ex:c 1 . } " * 3_000
    inspect_update(f"{operation} {{ {data} }} WHERE {{ ?s ?p ?o }}")


def test_operations_of_an_update_are_counted_one_by_one() -> None:
    inspect_update(" ; ".join(["DELETE WHERE { ?s ?p ?o . ?o ?q -1 }"] * 2_000))


@pytest.mark.parametrize("inspect", [inspect_query, inspect_update])
def test_names_and_numbers_with_hyphens_are_no_subtractions(inspect: Callable[[str], object]) -> None:
    values = "my-own-prefix:a-b -1.5e-3 1e-5 <https://example.org/a-b> " * 1_500
    frame = "SELECT * WHERE {{ {} }}" if inspect is inspect_query else "DELETE {{}} WHERE {{ {} }}"
    inspect(frame.format(f"VALUES (?a ?b ?c ?d) {{ ({values.strip()}) }} ?s ?p ?a"))

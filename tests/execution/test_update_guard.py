"""The guard refuses updates that an engine must not see, and never an ordinary one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryForbiddenError, QueryRefusedError, QuerySyntaxError, QueryTooLongError, QueryTooNestedError
from kg.execution.guard import Inspection
from kg.execution.update_guard import UPDATE_POLICY, UpdateInfo, UpdateInspection, inspect_update

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


class _EveryToken(UpdateInspection):
    """Looks at each token of data too."""

    __slots__ = ()
    run = Inspection.run


_PARTS = (
    "INSERT DATA {", "DELETE DATA {", "DELETE {", "} INSERT {", "} WHERE {", "GRAPH <g> {", "GRAPH<g>{", "GRAPH",
    "{", "}", "(", ")", "[", "]", "<<", ">>", "<a>", "<a> <b> <c> .", '"word"', '""', '"""', '"a\\u0041"', "'", '"',
    "@en", "^^<d>", ";", ",", ".", " ", "\n", "# words\n", "LOAD", "SERVICE", "VALUES", "ex:a-b", "?v", "-5", "\\u0041",
    f"<{'i' * 9_000}>", f"<{'i' * 2_000}>", "a",
)  # fmt: skip


def _outcome(inspection: UpdateInspection) -> UpdateInfo | str:
    try:
        inspection.run()
        return inspection.info()
    except QueryRefusedError as error:
        return f"{type(error).__name__}: {error}"


@given(st.lists(st.sampled_from(_PARTS), max_size=40).map("".join))
def test_plain_data_that_are_skipped_hide_nothing_from_the_guard(text: str) -> None:
    assert _outcome(UpdateInspection(text, UPDATE_POLICY)) == _outcome(_EveryToken(text, UPDATE_POLICY))

"""An update evaluated to a change and then applied is the update itself, as the engine runs it."""

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import (
    BadParameterError,
    ChangeTooLargeError,
    QueryForbiddenError,
    QueryRefusedError,
    QuerySyntaxError,
    UpdateConflictError,
)
from kg.store.change import Change
from kg.update.evaluation import Update, evaluate_update
from kg.update.private_copy import Limits

LIMITS = Limits(max_quads=10_000)
PROLOGUE = "BASE <urn:> PREFIX : <urn:> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
State = tuple[frozenset[ox.Quad], frozenset[str]]


def create_engine(quads: Iterable[ox.Quad], empty_graphs: Iterable[str] = ()) -> ox.Store:
    engine = ox.Store()
    engine.extend(quads)
    for name in empty_graphs:
        engine.add_graph(ox.NamedNode(name))
    return engine


def state_of(engine: ox.Store) -> State:
    return frozenset(engine), frozenset(str(name) for name in engine.named_graphs())


def canonical_state(engine: ox.Store) -> tuple[frozenset[str], frozenset[str]]:
    dataset = ox.Dataset(engine)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(map(str, dataset)), state_of(engine)[1]


def evaluate(engine: ox.Store, text: str, limits: Limits = LIMITS) -> Change:
    """The change, after checking that nothing else has changed."""
    before = state_of(engine)
    try:
        return evaluate_update(engine, Update(text), limits)
    finally:
        assert state_of(engine) == before


names = st.sampled_from(["a", "b", "c"])
graph_names = st.sampled_from(["g", "h", "i"])
iris = names.map(lambda name: f":{name}")
graphs = st.one_of(graph_names.map(lambda name: f":{name}"), graph_names.map(lambda name: f"<{name}>"))
literals = st.sampled_from(
    ["1", "01", "2.50", "true", '"}"', "'{ ?s'", '"x"@EN', '"01"^^xsd:integer', '"""a " # ?b"""', '"1"^^xsd:byte']
)
variables = st.sampled_from(["?s", "$p", "?o", "?g", "?x"])
ground = st.one_of(iris, literals)


def triples(
    subjects: st.SearchStrategy[str], predicates: st.SearchStrategy[str], objects: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(subjects, predicates, objects).map(" ".join), min_size=0, max_size=3).map(
        lambda parts: " . ".join(parts)
    )


def quads(triples_: st.SearchStrategy[str], names_: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.tuples(names_, triples_).map(lambda pair: f"GRAPH {pair[0]} {{ {pair[1]} }}")
    return st.tuples(triples_, st.lists(block, max_size=2)).map(lambda parts: " ".join([parts[0], *parts[1]]))


blank = st.sampled_from(["_:n", "[]", "[ :p :a ]", "(1 :b)"])
nested = st.sampled_from(["<<( :a :p 1 )>>", "<<( :a :p ?o )>>"])
nodes = st.one_of(iris, variables)
values = st.one_of(iris, literals, variables)
delete_templates = quads(triples(nodes, nodes, st.one_of(values, nested)), st.one_of(graphs, variables))
insert_templates = quads(
    triples(st.one_of(nodes, blank), nodes, st.one_of(values, blank, nested)), st.one_of(graphs, variables)
)
patterns = quads(triples(nodes, nodes, values), st.one_of(graphs, variables))
filters = st.sampled_from(
    [
        "",
        "FILTER(?o < 2)",
        "FILTER(isBlank(?s))",
        "BIND(1 + ?o AS ?x)",
        "BIND(STRDT('01', xsd:integer) AS ?x)",
        "VALUES ?x { :a 1 UNDEF }",
        "OPTIONAL { ?o ?p ?x }",
        "# a comment } \n",
        "{ SELECT ?s (COUNT(*) AS ?x) { ?s ?p ?o } GROUP BY ?s }",
    ]
)
wheres = st.tuples(patterns, filters).map(lambda parts: f"{{ {parts[0]} {parts[1]} }}")
using = st.lists(st.tuples(st.sampled_from(["USING", "USING NAMED"]), graphs).map(" ".join), max_size=2).map(" ".join)
silent = st.sampled_from(["", "SILENT "])
graph_or_default = st.one_of(st.just("DEFAULT"), graphs, graphs.map(lambda name: f"GRAPH {name}"))
targets = st.one_of(st.sampled_from(["DEFAULT", "NAMED", "ALL"]), graphs.map(lambda name: f"GRAPH {name}"))
modifications = st.tuples(
    st.one_of(st.just(""), graphs.map(lambda name: f"WITH {name}\n")),
    st.one_of(
        delete_templates.map(lambda template: f"DELETE {{ {template} }}"),
        insert_templates.map(lambda template: f"INSERT{{{template}}}"),
        st.tuples(delete_templates, insert_templates).map(lambda both: f"DELETE{{ {both[0]} }} insert {{{both[1]}}}"),
    ),
    using,
    wheres.map(lambda where: f"WHERE {where}"),
).map(" ".join)
operations = st.one_of(
    quads(triples(st.one_of(iris, blank), iris, st.one_of(ground, blank)), graphs).map(
        lambda t: f"INSERT DATA {{{t}}}"
    ),
    quads(triples(iris, iris, ground), graphs).map(lambda data: f"DELETE DATA {{{data}}}"),
    patterns.map(lambda pattern: f"DELETE WHERE {{ {pattern} }}"),
    modifications,
    modifications,
    st.tuples(st.sampled_from(["CLEAR ", "DROP "]), silent, targets).map("".join),
    st.tuples(st.just("CREATE "), silent, graphs.map(lambda name: f"GRAPH {name}")).map("".join),
    st.tuples(
        st.sampled_from(["COPY ", "MOVE ", "ADD "]), silent, graph_or_default, st.just(" TO "), graph_or_default
    ).map("".join),
)


def rename_labels(parts: list[str]) -> str:
    """Blank node labels must differ between operations."""
    return " ;\n".join(part.replace("_:n", f"_:n{number}") for number, part in enumerate(parts))


requests = st.lists(operations, max_size=4).map(lambda parts: PROLOGUE + rename_labels(parts) if parts else "")

NODES = [ox.NamedNode(f"urn:{name}") for name in "abc"]
BLANKS = [ox.BlankNode(name) for name in ("one", "two")]
GRAPHS = [ox.DefaultGraph(), *(ox.NamedNode(f"urn:{name}") for name in "ghi")]
OBJECTS = [*NODES, *BLANKS, ox.Literal(1), ox.Literal(2), ox.Literal("x", language="en"), ox.Literal(True)]
stored = st.lists(
    st.builds(
        ox.Quad,
        st.sampled_from([*NODES, *BLANKS]),
        st.sampled_from(NODES),
        st.sampled_from(OBJECTS),
        st.sampled_from(GRAPHS),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=200)
@given(data=stored, empty=st.sets(graph_names.map(lambda name: f"urn:{name}"), max_size=2), text=requests)
def test_an_update_evaluated_and_applied_is_what_the_engine_does(
    data: list[ox.Quad], empty: set[str], text: str
) -> None:
    evaluated, applied, direct = (create_engine(data, empty) for _ in range(3))
    try:
        direct.update(text)
    except (RuntimeError, SyntaxError) as error:
        with pytest.raises(UpdateConflictError if isinstance(error, RuntimeError) else QuerySyntaxError):
            evaluate(evaluated, text)
        return
    change = evaluate(evaluated, text)
    change.apply_to(applied)
    assert canonical_state(applied) == canonical_state(direct)
    assert change.removed_count + change.added_count == len(set(applied) ^ set(evaluated)), "a minimal change"
    change.inverse().apply_to(applied)
    assert state_of(applied) == state_of(evaluated)


A, B, P = NODES[0], NODES[1], ox.NamedNode("urn:p")


def test_each_solution_has_blank_nodes_of_its_own_even_if_it_repeats() -> None:
    engine = create_engine([ox.Quad(A, P, ox.Literal(number)) for number in range(3)])
    change = evaluate(engine, "INSERT { <urn:a> <urn:q> [] } WHERE { ?s ?p ?o }")
    assert len({quad.object for quad in change.added_quads()}) == 3


def test_equal_operations_in_one_request_insert_different_blank_nodes() -> None:
    change = evaluate(ox.Store(), "INSERT DATA { <urn:a> <urn:q> [] } ; INSERT DATA { <urn:a> <urn:q> [] }")
    assert change.added_count == 2


def test_what_one_operation_adds_and_another_removes_is_no_change() -> None:
    engine = create_engine([ox.Quad(A, P, B)])
    data = "{ GRAPH <urn:g> { <urn:a> <urn:p> 1 } }"
    assert not evaluate(engine, f"INSERT DATA {data} ; DROP GRAPH <urn:g> ; DELETE DATA {data}")
    assert not evaluate(engine, "DELETE WHERE { ?s ?p ?o } ; INSERT DATA { <urn:a> <urn:p> <urn:b> }")


@pytest.mark.parametrize("empty", ["GRAPH <urn:none> {}", "GRAPH ?none { # nothing }\n } ."])
def test_delete_where_does_not_require_a_graph_of_which_it_names_no_quad(empty: str) -> None:
    engine = create_engine([ox.Quad(A, P, B)])
    assert evaluate(engine, f"DELETE WHERE {{ {empty} }} ; DELETE WHERE {{ ?s ?p ?o {empty} }}").removed_count == 1


def test_an_error_after_other_operations_leaves_nothing_behind() -> None:
    engine = create_engine([ox.Quad(A, P, B)])
    with pytest.raises(UpdateConflictError, match="urn:none"):
        evaluate(engine, "CLEAR DEFAULT ; CREATE GRAPH <urn:g> ; DROP GRAPH <urn:none>")


def test_a_syntax_error_has_the_position_in_the_text_as_sent() -> None:
    with pytest.raises(QuerySyntaxError) as failure:
        evaluate(ox.Store(), "PREFIX : <urn:>\nINSERT { :a :b } WHERE {}")
    assert (failure.value.line, failure.value.column) == (2, 16)


@pytest.mark.parametrize("text", ["LOAD <http://localhost/>", "INSERT {} WHERE { SERVICE <http://localhost/> {} }"])
def test_no_connection_is_opened(text: str) -> None:
    with pytest.raises(QueryForbiddenError):
        evaluate(ox.Store(), text)


def test_a_form_that_cannot_be_sliced_is_refused_not_guessed() -> None:
    with pytest.raises(QueryRefusedError, match="spaces between its keywords"):
        evaluate(ox.Store(), "INSERTDATA { <urn:a> <urn:p> 1 }")


@pytest.mark.parametrize(
    "text", ["INSERT { ?s <urn:q> [] } WHERE { ?s ?p ?o }", "CLEAR DEFAULT", "COPY DEFAULT TO <urn:g>", "DROP ALL"]
)
def test_a_change_of_too_many_quads_is_refused_and_names_the_setting(text: str) -> None:
    engine = create_engine(ox.Quad(A, P, ox.Literal(number)) for number in range(20))
    with pytest.raises(ChangeTooLargeError, match="KG_CHANGE_MAX_QUADS"):
        evaluate(engine, text, Limits(max_quads=19))
    assert evaluate(engine, text, Limits(max_quads=20))


def test_too_many_solutions_are_refused() -> None:
    engine = create_engine(ox.Quad(A, P, ox.Literal(number)) for number in range(20))
    with pytest.raises(QueryRefusedError, match="solutions"):
        evaluate(engine, "DELETE { ?s ?q ?o } WHERE { ?s ?p ?o }", Limits(max_quads=1, max_solutions=10))


def test_the_dataset_of_the_protocol_is_that_of_every_where() -> None:
    engine = create_engine(ox.Quad(A, P, ox.Literal(name), ox.NamedNode(f"urn:{name}")) for name in "gh")
    update = Update("INSERT { ?s <urn:q> ?o } WHERE { ?s ?p ?o }", using=("urn:g",))
    (quad,) = evaluate_update(engine, update, LIMITS).added_quads()
    assert quad.object == ox.Literal("g")
    with pytest.raises(BadParameterError):
        evaluate_update(engine, Update("WITH <urn:g> DELETE { ?s ?p ?o } WHERE {}", using=("urn:g",)), LIMITS)

"""Labels of blank nodes are those of RDFC-1.0 within the limit of work, and an error beyond it."""

import hashlib
import time
from itertools import permutations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputRejectedError
from kg.ingest.canonicalization import IndistinguishableNodesError, canonical_labels
from kg.ingest.documents import parse_rdf, skolemize

BASE = "https://example.org/"
P, Q = ox.NamedNode(f"{BASE}p"), ox.NamedNode(f"{BASE}q")
HOME = "@prefix ck: <https://w3id.org/conflict-kg/ontology#> . @prefix : <x:> . <graph/a> a ck:Dataset .\n"


def relabel(quads: list[ox.Quad], labels: dict[ox.BlankNode, str]) -> set[ox.Quad]:
    def rename(term: object) -> object:
        return ox.BlankNode(labels[term]) if isinstance(term, ox.BlankNode) else term

    return {ox.Quad(rename(q.subject), q.predicate, rename(q.object), rename(q.graph_name)) for q in quads}  # type: ignore[arg-type]


def canonicalized(quads: list[ox.Quad]) -> set[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@st.composite
def small_datasets(draw: st.DrawFn) -> list[ox.Quad]:
    nodes = [ox.BlankNode(f"n{number}") for number in range(draw(st.integers(1, 5)))]
    objects = [*nodes, ox.NamedNode(f"{BASE}n"), ox.Literal('a "b"\n'), ox.Literal("x", language="en")]
    graphs = [ox.DefaultGraph(), ox.NamedNode(f"{BASE}g"), ox.NamedNode(f"{BASE}h")]  # home graphs have names
    quad = st.builds(
        ox.Quad, st.sampled_from(nodes), st.sampled_from([P, Q]), st.sampled_from(objects), st.sampled_from(graphs)
    )
    return draw(st.lists(quad, min_size=1, max_size=9))


def link_mutually(size: int) -> list[ox.Quad]:
    nodes = [ox.BlankNode(f"n{number}") for number in range(size)]
    return [ox.Quad(first, P, second) for first, second in permutations(nodes, 2)]


def read_turtle(text: str) -> list[ox.Quad]:
    return list(ox.parse(f"@prefix : <x:> . {text}", ox.RdfFormat.TURTLE))


@settings(max_examples=300, deadline=None)
@given(small_datasets())
def test_labels_are_those_of_another_implementation(quads: list[ox.Quad]) -> None:
    assert relabel(quads, canonical_labels(quads)) == canonicalized(quads)


@pytest.mark.parametrize(
    "quads",
    [
        link_mutually(4),
        [quad for size in (2, 3) for quad in link_mutually(size)],
        read_turtle("<x:s> :p " + '("a" "a" "a" "b" "a" "a") , ("a" "a" "a" "a") .'),
        read_turtle("[ :p [ :q _:a ] ] . _:a :p [ :q [] ] . _:b :p _:a ; :q _:c . _:c :p _:b ."),
    ],
    ids=["clique", "two cliques", "lists", "paths"],
)
def test_labels_of_symmetric_structures_are_those_of_another_implementation(quads: list[ox.Quad]) -> None:
    assert relabel(quads, canonical_labels(quads)) == canonicalized(quads)


def test_iris_of_skolemized_nodes_are_stable() -> None:
    quads = read_turtle('[ :q "a" ] :p [ :q [ :q "a" ] ] .')
    text = "\n".join(sorted(f"{quad} ." for quad in canonicalized(quads)))
    prefix = f"{BASE}.well-known/genid/{hashlib.sha256(text.encode()).hexdigest()[:12]}-"
    names = {
        term.value for q in skolemize(quads, BASE) for term in (q.subject, q.object) if isinstance(term, ox.NamedNode)
    }
    assert names == {f"{prefix}c14n{number}" for number in range(3)}


HOSTILE = {
    "mutually linked": "".join(f"_:n{a} :p _:n{b} .\n" for a, b in permutations(range(9), 2)),
    "equal items": "<x:s> :p (" + '"a" ' * 1_000 + ") .",
    "a ring": "".join(f"_:n{number} :p _:n{(number + 1) % 2_000} .\n" for number in range(2_000)),
    "two hubs": "".join(f"_:a :p _:a{n} . _:b :p _:b{n} .\n" for n in range(200)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_nodes_beyond_the_limit_are_findings_that_say_to_name_them(text: str) -> None:
    before = time.process_time()
    with pytest.raises(InputRejectedError) as rejection:
        parse_rdf(f"{HOME}{text}".encode(), "a.ttl", ".ttl", BASE)
    assert time.process_time() - before < 60
    finding = rejection.value.findings[0]
    assert "cannot be told apart" in finding.message
    assert "<x:" in finding.message or "rdf-syntax-ns#" in finding.message
    assert "IRI" in finding.cure


def test_limit_does_not_depend_on_time() -> None:
    quads = link_mutually(5)
    needed = next(work for work in range(100, 1_000_000, 100) if _fits(quads, work))
    assert not _fits(quads, needed - 100)
    assert _fits(list(reversed(quads)), 2 * needed)


def _fits(quads: list[ox.Quad], work: int) -> bool:
    try:
        return bool(canonical_labels(quads, work))
    except IndistinguishableNodesError:
        return False


@pytest.mark.parametrize("quote", ["quote {0}", "quote {1}"])
def test_anonymous_passages_of_a_large_dossier_fit(quote: str) -> None:
    quads = read_turtle(
        "".join(
            f'[] :about "{n}" ; :evidence [ :source :s ; :selector [ :exact "{quote.format(n, n % 7)}" ] ] .\n'
            for n in range(600)
        )
    )
    assert len(set(canonical_labels(quads).values())) == 1_800
    assert _fits(quads, 100_000)


def test_a_long_chain_of_nodes_needs_no_recursion() -> None:
    quads = read_turtle("".join(f"_:a{n} :p _:a{n + 1} . _:b{n} :p _:b{n + 1} .\n" for n in range(3_000)))
    with pytest.raises(IndistinguishableNodesError):
        canonical_labels(quads)

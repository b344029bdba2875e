"""Concepts that a reference graph adds are values of the enums, in the schema, in filters and in results."""

import json
from dataclasses import asdict
from typing import Any

import pyoxigraph as ox
import pytest

from kg.execution.procedure import Procedures
from kg.graphql.interface import EXECUTE, PRINT_SCHEMA, Arguments, Encoding
from kg.graphql.procedure import create_graphql_procedures
from kg.questions.catalogue import Catalogue
from kg.schema.model import Schema
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

CONCEPT = b"""
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix weapon: <https://w3id.org/conflict-kg/vocab/weapon/> .
<https://w3id.org/conflict-kg/graph/weapons> {
    weapon:barrel-bomb a skos:Concept ; skos:prefLabel "barrel bomb"@en ; skos:broader weapon:bomb ;
        skos:definition "A barrel filled with explosives."@en ;
        skos:inScheme <https://w3id.org/conflict-kg/vocab/weapon> .
    <https://example.org/account> a ck:IncidentAccount ; ck:weapon weapon:barrel-bomb .
}
"""
FILTERED = "{ incidentAccounts(where: {weapon: {%s}}) { nodes { weapon status attribution } } }"


@pytest.fixture(scope="module")
def procedures(shipped_schema: Schema, catalogue: Catalogue) -> Procedures:
    return create_graphql_procedures(shipped_schema, catalogue, Settings())


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore.in_memory()


def add_concept(store: EmbeddedStore) -> frozenset[ox.Quad]:
    quads = frozenset(ox.parse(CONCEPT, format=ox.RdfFormat.TRIG))
    store.apply(Change.from_quads(added=quads))
    return quads


def send(procedures: Procedures, store: EmbeddedStore, query: str) -> dict[str, Any]:
    arguments = asdict(Arguments(encoding=Encoding.JSON, allow_mutation=True))
    reply = procedures[EXECUTE](store, json.loads(json.dumps(arguments)), json.dumps({"query": query}).encode())
    content: dict[str, Any] = json.loads(b"".join(reply.body))
    return content


def sdl(procedures: Procedures, store: EmbeddedStore) -> str:
    return b"".join(procedures[PRINT_SCHEMA](store, {}, b"").body).decode()


@pytest.mark.slow
def test_an_added_concept_is_a_value_of_its_enum(procedures: Procedures, store: EmbeddedStore) -> None:
    assert "BARREL_BOMB" not in sdl(procedures, store)
    quads = add_concept(store)
    assert '"""A barrel filled with explosives."""\n  BARREL_BOMB' in sdl(procedures, store)
    store.apply(Change.from_quads(removed=quads))
    assert "BARREL_BOMB" not in sdl(procedures, store)


@pytest.mark.parametrize("condition", ["in: [BARREL_BOMB]", "within: BOMB"])
def test_an_added_concept_is_found_by_its_name_and_by_the_wider_one(
    condition: str, procedures: Procedures, store: EmbeddedStore
) -> None:
    add_concept(store)
    content = send(procedures, store, FILTERED % condition)
    assert "errors" not in content
    assert [node["weapon"] for node in content["data"]["incidentAccounts"]["nodes"]] == [["BARREL_BOMB"]]


def test_a_concept_that_nobody_added_is_refused(procedures: Procedures, store: EmbeddedStore) -> None:
    (error,) = send(procedures, store, FILTERED % "in: [BARREL_BOMB]")["errors"]
    assert "BARREL_BOMB" in error["message"]

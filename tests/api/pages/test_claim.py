"""On which side of a claim a statement stands, how what it does is worded, and how a claim is cited."""

import pytest
from small_world import ATTACK, SmallWorld, account, said

from api.pages.claim import ClaimRow, build_claim
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema, local_name
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive
from kg.views.citation import cite, write_text
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder

RAID = account("p", f"{ATTACK} ; ck:incident incident:a")
DISPUTING = 'prop:x a ck:Assessment ; ck:gist "it was not so"@en .\n' + said(
    "s2", "army", "asserts", "prop:x", "attributed", more="ck:disputes st:s1 ; ck:reportedIn source:article"
)


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    return SmallWorld.create()


def build(world: SmallWorld, schema: Schema, turtle: str) -> ViewBuilder:
    store, index = world.store(RAID + turtle), ClassIndex(schema)
    about = describe(store, index, f"{DEFAULT_BASE_IRI}id/proposition/p", Bounds())
    assert about
    return view_builder(store, index, SourceArchive(None), about)


def claim_of(builder: ViewBuilder) -> ClaimRow:
    return build_claim(builder, builder.build_proposition(builder.description.focus))


def test_who_disputes_an_assertion_rejects_it(world: SmallWorld, schema: Schema) -> None:
    claim = claim_of(build(world, schema, said("s1", "paper", "asserts", "prop:p") + DISPUTING))
    assert [local_name(voice.statement) for voice in claim.rejects] == ["s2"]


@pytest.mark.parametrize(("act", "note"), [("denies", "the denial"), ("leavesOpen", "the statement")])
def test_who_disputes_anything_else_does_not(world: SmallWorld, schema: Schema, act: str, note: str) -> None:
    claim = claim_of(build(world, schema, said("s1", "paper", act, "prop:p") + DISPUTING))
    assert "s2" not in {local_name(voice.statement) for voice in (*claim.says, *claim.rejects)}
    (disputing,) = (voice for voice in claim.leaves_open if local_name(voice.statement) == "s2")
    assert (disputing.done, disputing.note) == ("disputed", note)


@pytest.mark.parametrize(("speaker", "done"), [("paper", "told as a claim"), ("army", "claimed")])
def test_who_is_reported_claims_and_an_author_tells_a_claim(
    world: SmallWorld, schema: Schema, speaker: str, done: str
) -> None:
    builder = build(world, schema, said("s1", speaker, "asserts", "prop:p", "claims-of"))
    (voice,) = claim_of(builder).says
    assert voice.done == done
    unworded = view_builder(builder.store, builder.class_index, SourceArchive(None), builder.description, decided=())
    assert set(unworded.build_statement(voice.statement).deeds.values()) == {done}


def test_a_claim_is_cited_with_who_says_and_who_denies_it(world: SmallWorld, schema: Schema) -> None:
    turtle = said("s1", "army", "asserts", "prop:p", "claims-of") + said(
        "s2", "witness", "denies", "prop:p", "attributed"
    )
    cited = write_text(cite(build(world, schema, turtle), "1", "2020-01-01"))
    for words in ("Army", "claims of", "Witness", "attributed", "Article"):
        assert words in cited


def test_a_claim_that_nobody_makes_is_cited_by_its_id_alone(world: SmallWorld, schema: Schema) -> None:
    builder = build(world, schema, "")
    assert cite(builder, "1", "2020-01-01").title == "incident account p"

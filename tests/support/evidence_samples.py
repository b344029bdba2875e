"""Acts for tests of the table, and a strategy of random ones."""

from typing import Any

from hypothesis import strategies as st

from kg.status.act import Act, Bearing, Evidence, Wording

ALLY, RIVAL = "ally", "rival"
_PROPOSITIONS = ("p", "q")
_SPEAKERS = (ALLY, RIVAL)


def act_of(act: Act, bearing: Bearing = Bearing.EXACT, by: str = ALLY, **fields: Any) -> Evidence:
    """An act in the own voice of an article, worded flatly, unless the fields say otherwise."""
    wordings = fields.pop("wordings", frozenset({Wording.FLAT}))
    statement = fields.pop("statement", f"{by}-{act}-{bearing}")
    return Evidence(statement, act, bearing, by, wordings=frozenset(wordings), **fields)


def reported(act: Act, bearing: Bearing = Bearing.EXACT, by: str = ALLY, **fields: Any) -> Evidence:
    """An act of a speaker whom an article quotes."""
    return act_of(act, bearing, by, is_author=False, **fields)


EVIDENCE = st.builds(
    Evidence,
    statement=st.sampled_from("abcdef"),
    act=st.sampled_from(Act),
    bearing=st.sampled_from(Bearing),
    speaker=st.sampled_from(["", *_SPEAKERS]),
    proposition=st.sampled_from(_PROPOSITIONS),
    incident=st.sampled_from(["", "i", "j"]),
    wordings=st.frozensets(st.sampled_from(Wording), min_size=1, max_size=2),
    is_author=st.booleans(),
    is_party=st.booleans(),
    reports_on_others=st.booleans(),
    is_computed=st.booleans(),
    is_made_by_being_said=st.booleans(),
    is_shown=st.booleans(),
    is_incomplete=st.booleans(),
    is_retracted=st.booleans(),
    restated=st.frozensets(st.sampled_from("abcdef"), max_size=1),
    negates=st.frozensets(st.sampled_from(_PROPOSITIONS)),
    aspects=st.frozensets(st.sampled_from(["target", "number", "existence"]), max_size=2),
    fills_question=st.booleans(),
    fills_proposition=st.booleans(),
    disputed_act=st.sampled_from([Act.ASSERTS, Act.DENIES]),
    disputed_speakers=st.frozensets(st.sampled_from(_SPEAKERS)),
    premises=st.sampled_from([(), ("z",)]),
    is_weakened=st.booleans(),
)
MANY = st.lists(EVIDENCE, max_size=6)

"""What is nearest to the question whether an actor said something, where no statement has it say so.

Owns what is fetched for it: the acts on the proposition, what stands near it, and who speaks in an office of the actor.
What is near, and the words, are ``kg.status.saying``'s.
"""

from collections.abc import Collection, Mapping

import pyoxigraph as ox

from kg.questions.evidence_graph import SUPPORT
from kg.questions.question import Question
from kg.questions.standings import fetch_standings
from kg.status.saying import Asked, NearestSayings
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, Term, text_of

_SPOKESPEOPLE = BatchQuery.read(SUPPORT / "spokespeople.rq")


def find_nearest_sayings(
    question: Question, terms: Mapping[str, Term], shown: Collection[str], store: Queryable
) -> NearestSayings | None:
    """What is near; None for another question. The answer itself has the ``shown`` statements."""
    if not question.utterance_of:
        return None
    actor, proposition = (text_of(terms[name]) for name in question.utterance_of)
    rows = _SPOKESPEOPLE.select(store, {"actor": [ox.NamedNode(actor)]}).rows
    asked = Asked(
        actor,
        proposition,
        spokespeople=frozenset(text_of(row["spokesperson"]) for row in rows if row["spokesperson"]),
        is_person=any(row["isPerson"] for row in rows),
    )
    standings = fetch_standings([proposition], store)
    return NearestSayings(asked, standings.graph, standings.surroundings, shown)

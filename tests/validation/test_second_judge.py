"""Which changes the second engine judges, and when."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random

import pyoxigraph as ox

from kg.validation.judgement import Judgement
from kg.validation.second_judge import (
    PAIRS_BEFORE_ANSWER,
    Opinion,
    SecondOpinion,
    give_opinions,
    judge_again,
)

TRIPLE = ox.Triple(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.Literal("ö"))


class Judges:
    """A second engine that says what it is told to, and notes what it is asked."""

    def __init__(self, *, agrees: bool = True) -> None:
        self._agrees = agrees
        self.asked: list[Judgement] = []

    @contextmanager
    def observe(self) -> Iterator[list[Judgement]]:
        yield []

    def agrees(self, judgement: Judgement) -> bool:
        self.asked.append(judgement)
        return self._agrees


def judgement(pairs: int | None = 1, *, conforms: bool = True) -> Judgement:
    return Judgement((), pairs, frozenset({TRIPLE}) if pairs != 0 else frozenset(), conforms)


def give(judges: Judges, changes: Sequence[Sequence[Judgement]], *, can_wait: bool = True) -> list[Opinion]:
    return [one.opinion for one in give_opinions(judges, changes, Random(1), can_wait=can_wait)]


def test_a_change_that_arrives_alone_is_judged_before_the_answer() -> None:
    judges = Judges()
    assert give(judges, [[judgement(PAIRS_BEFORE_ANSWER)]]) == [Opinion.AGREES]
    assert len(judges.asked) == 1


def test_a_large_change_is_judged_after_the_answer() -> None:
    judges = Judges()
    assert give(judges, [[judgement(PAIRS_BEFORE_ANSWER + 1)]]) == [Opinion.LATER]
    assert give(judges, [[judgement(None)]]) == [Opinion.LATER]
    assert judges.asked == []


def test_where_nothing_can_be_judged_later_a_large_change_is_judged_at_once() -> None:
    assert give(Judges(), [[judgement(None)]], can_wait=False) == [Opinion.AGREES]
    assert give(Judges(agrees=False), [[judgement(None)]], can_wait=False) == [Opinion.DIFFERS]


def test_a_change_about_which_the_engines_differ_is_returned_with_what_was_read() -> None:
    (opinion,) = give_opinions(Judges(agrees=False), [[judgement(conforms=False)]], Random(1), can_wait=True)
    assert opinion.opinion is Opinion.DIFFERS
    assert not opinion.conforms
    assert list(ox.parse(opinion.read_set, format=ox.RdfFormat.N_TRIPLES)) == [
        ox.Quad(TRIPLE.subject, TRIPLE.predicate, TRIPLE.object)
    ]


def test_of_a_group_at_least_one_change_in_twenty_is_judged() -> None:
    for size, expected in ((2, 1), (20, 1), (21, 2), (64, 4)):
        opinions = give(Judges(), [[judgement()] for _ in range(size)])
        assert opinions.count(Opinion.LATER) == expected
        assert opinions.count(Opinion.NOT_ASKED) == size - expected


def test_changes_that_no_shape_reads_are_not_counted_among_those_of_a_group() -> None:
    opinions = give(Judges(), [[judgement(0)], [judgement(0)], [judgement()], []])
    assert opinions == [Opinion.NOT_ASKED, Opinion.NOT_ASKED, Opinion.LATER, Opinion.NOT_ASKED]


def test_a_change_that_was_judged_in_parts_is_judged_in_all_of_them() -> None:
    judges = Judges()
    assert give(judges, [[judgement(None), judgement(1)]]) == [Opinion.AGREES]
    assert len(judges.asked) == 2


def test_a_read_set_is_judged_again_as_it_was_sent() -> None:
    judges = Judges()
    (opinion,) = give_opinions(judges, [[judgement(None, conforms=False)]], Random(1), can_wait=True)
    sent = SecondOpinion.from_members(opinion.members(), opinion.read_set)
    assert sent == opinion
    assert judge_again(judges, sent.read_set, conforms=sent.conforms)
    assert judges.asked == [Judgement((), None, frozenset({TRIPLE}), False)]

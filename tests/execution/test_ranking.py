"""Keys in the order of ranks that change, with a heap that stays small."""

from hypothesis import given
from hypothesis import strategies as st

from kg.execution.ranking import Ranking


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers())))
def test_first_key_has_the_lowest_rank(steps: list[tuple[str, int | None]]) -> None:
    ranking, model = Ranking[str](), dict[str, int]()
    for key, rank in steps:
        if rank is None:
            ranking.discard(key)
            model.pop(key, None)
        else:
            ranking.set(key, (rank,))
            model[key] = rank
        first = ranking.first()
        assert (None if first is None else model[first]) == min(model.values(), default=None)
        assert len(ranking) == len(model)


def test_outdated_entries_do_not_pile_up() -> None:
    ranking = Ranking[str]()
    ranking.set("first", (0,))
    for number in range(10_000):
        ranking.set("other", (number + 1,))
    assert len(ranking._heap) < 100  # noqa: SLF001 -- what is not visible from outside is the point

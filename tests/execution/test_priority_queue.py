"""Keys in the order of priorities that change, with a heap that stays small."""

from hypothesis import given
from hypothesis import strategies as st

from kg.execution.priority_queue import PriorityQueue


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers())))
def test_first_key_has_the_lowest_priority(steps: list[tuple[str, int | None]]) -> None:
    queue, model = PriorityQueue[str](), dict[str, int]()
    for key, priority in steps:
        if priority is None:
            queue.discard(key)
            model.pop(key, None)
        else:
            queue.set(key, (priority,))
            model[key] = priority
        first = queue.first()
        assert (None if first is None else model[first]) == min(model.values(), default=None)
        assert len(queue) == len(model)


def test_outdated_entries_do_not_pile_up() -> None:
    queue = PriorityQueue[str]()
    queue.set("first", (0,))
    for number in range(10_000):
        queue.set("other", (number + 1,))
    assert len(queue._heap) < 100  # noqa: SLF001 -- what is not visible from outside is the point

"""A queue shared by clients: in order for each, the best standing first, and the client with most gives way."""

from hypothesis import given
from hypothesis import strategies as st

from kg.execution.fair_queue import FairQueue

CLIENTS = ["a", "b", "c"]


def test_items_of_equal_clients_come_in_the_order_of_arrival() -> None:
    queue = FairQueue[int](lambda _: (0,))
    for number, client in enumerate("abcab"):
        queue.add(client, number)
    taken = []
    while (item := queue.first()) is not None:
        taken.append(item)
        queue.remove("abcab"[item], item)
    assert taken == [0, 1, 2, 3, 4]


def test_standing_may_change_while_items_wait() -> None:
    standing = {"a": 0.0, "b": 1.0}
    queue = FairQueue[int](lambda client: (standing[client],))
    queue.add("a", 1)
    queue.add("b", 2)
    standing["a"] = 2.0
    queue.update("a")
    assert queue.first() == 2


def test_item_that_is_not_there_is_not_removed() -> None:
    queue = FairQueue[int](lambda _: (0,))
    queue.add("a", 1)
    assert not queue.remove("a", 2)
    assert not queue.remove("b", 1)
    assert len(queue) == 1


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "first", "last", "any", "standing"]), st.sampled_from(CLIENTS), st.integers())
    )
)
def test_queue_agrees_with_a_list_that_is_searched(steps: list[tuple[str, str, int]]) -> None:
    standing = dict.fromkeys(CLIENTS, 0)
    queue = FairQueue[tuple[str, int]](lambda client: (standing[client],))
    model: list[tuple[str, int]] = []
    for number, (step, client, value) in enumerate(steps):
        counts = {name: sum(item[0] == name for item in model) for name in CLIENTS}
        first = min(model, key=lambda item: (standing[item[0]], item[1]), default=None)
        # The newest item of each client decides between equal ones.
        last = max(model, key=lambda item: (counts[item[0]], standing[item[0]], item[1]), default=None)
        assert queue.first() == first
        assert queue.last() == last
        assert sorted(queue) == sorted(model)
        assert len(queue) == len(model)
        chosen = {"first": first, "last": last, "any": model[value % len(model)] if model else None}.get(step)
        if step == "add":
            queue.add(client, (client, number))
            model.append((client, number))
        elif step == "standing":
            standing[client] = value
            queue.update(client)
        elif chosen is not None:
            assert queue.remove(chosen[0], chosen)
            model.remove(chosen)

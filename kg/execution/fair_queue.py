"""A queue that several clients share: first in, first out for each client, and between clients the best standing first.

Where the queue is too long, the client that fills it most gives way. Knows nothing of what waits in it.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from kg.execution.priority_queue import Priority, PriorityQueue

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Items of clients. ``standing`` of a client is lower the sooner it is served; ``update`` after it has changed."""

    def __init__(self, standing: Callable[[str], Priority]) -> None:
        self._standing = standing
        self._items: dict[str, OrderedDict[Item, int]] = {}
        """By client; each item with its place in the order of arrival."""
        self._served, self._crowding = PriorityQueue[str](), PriorityQueue[str]()
        self._length = self._arrivals = 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Item]:
        for items in self._items.values():
            yield from items

    def add(self, client: str, item: Item) -> None:
        """Append an item."""
        self._arrivals += 1
        self._items.setdefault(client, OrderedDict())[item] = self._arrivals
        self._length += 1
        self.update(client)

    def remove(self, client: str, item: Item) -> bool:
        """Remove an item; False if it is not there."""
        items = self._items.get(client)
        if items is None or items.pop(item, None) is None:
            return False
        self._length -= 1
        self.update(client)
        return True

    def items_of(self, client: str) -> list[Item]:
        """The items of one client, the first first."""
        return list(self._items.get(client, ()))

    def first(self) -> Item | None:
        """The next item: the first one of the client of the lowest standing; of equal ones, the first to arrive."""
        client = self._served.first()
        return None if client is None else next(iter(self._items[client]))

    def last(self) -> Item | None:
        """The first to give up: the newest item of the client with the most; of several, of the highest standing."""
        client = self._crowding.first()
        return None if client is None else next(reversed(self._items[client]))

    def update(self, client: str) -> None:
        """The standing of the client, or what it has here, has changed."""
        items = self._items.get(client)
        if items is None:
            return
        if not items:
            del self._items[client]
            self._served.discard(client)
            self._crowding.discard(client)
            return
        standing = self._standing(client)
        self._served.set(client, (*standing, next(iter(items.values()))))
        self._crowding.set(client, (-len(items), *(-number for number in standing), -next(reversed(items.values()))))

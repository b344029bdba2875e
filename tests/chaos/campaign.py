"""A campaign: a server, clients that write and read all the time, and what a test does to the server meanwhile."""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.clients import Clients, Course
from tests.chaos.verification import verify
from tests.chaos.victim import Victim
from tests.chaos.writes import plan_dossier, plan_pair, plan_reference

IN_MEMORY = {"KG_WORKERS": "2", "KG_EMPTY": "true"}
ON_DISK = {**IN_MEMORY, "KG_GRAPH_MEMORY_MB": "1"}
SEED = int(os.environ.get("CHAOS_SEED", "20261126"))
_SCALE = int(os.environ.get("CHAOS_SCALE", "1"))
"""How many times more there is of everything in `make soak`."""
_TIMEOUT_S = 90.0


@dataclass(slots=True)
class Campaign:
    """What is under way."""

    victim: Victim
    clients: Clients
    chance: random.Random
    commits: int = 0
    """Counted at the end."""

    @property
    def course(self) -> Course:
        """What the clients share."""
        return self.clients.course

    def goes_on(self, writes: int) -> bool:
        """Whether so many more writes are acknowledged; fails if that takes too long. False once a client failed."""
        is_done = self.course.wait_for_writes(writes, _TIMEOUT_S)
        assert is_done or self.course.failures, f"less than {writes} writes are acknowledged in {_TIMEOUT_S:.0f} s"
        return is_done

    def summary(self) -> str:
        """Figures, for those who run it with -s."""
        unknown = [writer.unknown for writer in self.clients.writers]
        reads = sum(reader.count for reader in self.clients.label_readers)
        refusals = [(reader.name, dict(reader.refusals)) for reader in self.clients.readers]
        return (
            f"kills {len(self.victim.kills)}, of the server {self.victim.kills.count('server')}; "
            f"commits {self.commits}, acknowledged writes {self.course.acknowledged}, reads {reads}; "
            f"not told: made {sum(count[True] for count in unknown)}, not made {sum(count[False] for count in unknown)}"
            f"\nwrites by status: {sorted(self.course.statuses.items())}\nreads refused: {refusals}"
        )


@contextmanager
def campaign(
    directory: Path, settings: Mapping[str, str], tracer: Callable[[], Sequence[str]] = tuple
) -> Iterator[Campaign]:
    """Clients write and read while the block runs; at its end all has to be there that they were told."""
    print(f"CHAOS_SEED={SEED}")  # shown if the test fails
    victim = Victim(directory, settings, tracer)
    plans = [plan_reference("a"), plan_reference("b"), plan_pair("c"), plan_pair("d"), plan_dossier("e")]
    clients = Clients.create(Course(victim.port), plans, SEED)
    under_way = Campaign(victim, clients, random.Random(SEED))
    try:
        victim.start()
        clients.start()
        try:
            yield under_way
        finally:
            clients.end()
        assert not clients.course.failures, clients.course.failures
        victim.end()
    finally:
        victim.close()
    under_way.commits = verify(victim.data, clients)
    print(under_way.summary())


def scaled(count: int) -> int:
    """The count, or many times that in `make soak`."""
    return count * _SCALE

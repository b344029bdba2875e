"""What the journal records of a change. Knows neither store nor journal."""

from datetime import UTC, datetime

from kg.journal.record import Entry, Provenance
from kg.store.change import Change


def create_entry(change: Change, provenance: Provenance, graphs: tuple[str, ...] = ()) -> Entry:
    """The entry of the change, at this time. ``graphs``: those that it touches, if it has not all of the quads."""
    return Entry(
        provenance=provenance,
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        removed=change.removed,
        added=change.added,
        created=change.created,
        dropped=change.dropped,
        graphs=graphs or change.graphs,
    )

"""Files of SQLite that hold only what can be made again: not synced, and replaced where they are damaged.

Owns how such a file is opened. What is in it, and from what it is made again, is for its owner.
"""

import sqlite3
from pathlib import Path


def open_derived(file: Path, schema: str, form: int) -> sqlite3.Connection:
    """The database in the file, for any thread, with this schema; empty if there is none that can be used.

    ``form``: of what is written; a file of another form is replaced. Raises sqlite3.Error or OSError.
    """
    try:
        connection = _connect(file, schema, form)
    except sqlite3.DatabaseError:
        connection = None
    if connection is not None:
        return connection
    file.unlink(missing_ok=True)
    connection = _connect(file, schema, form)
    if connection is None:
        raise sqlite3.DatabaseError(f"{file} cannot be made")
    return connection


def _connect(file: Path, schema: str, form: int) -> sqlite3.Connection | None:
    """The connection; None for a file of another form."""
    connection = sqlite3.connect(file, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if tables and found != form:
            connection.close()
            return None
        connection.execute(f"PRAGMA user_version = {form:d}")
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection

"""Makes a `catalog.db` of an older format one of today's, all or nothing, when it is opened.

    1 -> 2   the history, beginning now
    2 -> 3   a checksum in each row

Every table whose shape has changed is set aside, made anew and filled from the old one; so a file that was upgraded
has the same schema, to the letter, as one that was made today.
"""

import sqlite3
from pathlib import Path
from typing import Final

from server.store import checksums
from server.store.interface import FORMAT_VERSION
from server.store.notes import begin_notes_now

# How each table is filled from its old self.
_COPIES: Final = {
    "records": "SELECT key, revision, value, checksum_of_record(key, revision, value) FROM old_records",
    "log": "SELECT revision, commit_id, changes, checksum_of_commit(revision, commit_id, changes) FROM old_log",
    "history": (
        "SELECT number, revision, part, time, subject, second, entry, undo,"
        " checksum_of_note(number, time, subject, second, entry, undo) FROM old_history"
    ),
    "history_begin": "SELECT only_row, revision, time, checksum_of_moment(revision, time) FROM old_history_begin",
}
_INDEXES: Final = ("history_subject", "history_second")


def describe_upgrade(path: Path, was: int) -> str:
    """What became of a file that had format `was`; nothing when that was today's."""
    if was == FORMAT_VERSION:
        return ""
    return f"{path} had format version {was} and has {FORMAT_VERSION} now, which older programs refuse"


def upgrade(connection: sqlite3.Connection, schema: str) -> None:
    """Upgrade in one transaction; `schema` has the statements of the tables above, separated by semicolons.

    Raises:
        sqlite3.Error: nothing was changed.
    """
    checksums.register(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for index in _INDEXES:
            connection.execute(f"DROP INDEX IF EXISTS {index}")
        old = [table for table in _COPIES if table in there]
        for table in old:
            connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        for statement in filter(str.strip, schema.split(";")):
            connection.execute(statement)
        for table in old:
            connection.execute(f"INSERT INTO {table} {_COPIES[table]}")
            connection.execute(f"DROP TABLE old_{table}")
        if "history_begin" not in old:
            begin_notes_now(connection)
        connection.execute("UPDATE meta SET value = ? WHERE name = 'format'", (str(FORMAT_VERSION),))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

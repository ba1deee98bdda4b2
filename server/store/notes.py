"""The table `history`: notes about commits, written with them and read when somebody asks.

    number    what orders them: the revision and the part in one
    revision  the commit's
    part      the note's number within the commit, from 1
    time      microseconds since 1970-01-01 UTC, in the order of the numbers
    subject   the key of what the note is about; `second` where it stands from then on, if it was moved
    entry     JSON
    undo      what the commit overwrote

The table `history_begin` holds the moment before which nothing is kept. All calls block; they are made on
the store's one thread, within its transactions.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from server.store.interface import Moment, Note, Revision, StoreDamaged, StoredNote

SCHEMA: Final = """
CREATE TABLE history (
    number INTEGER PRIMARY KEY, revision INTEGER NOT NULL, part INTEGER NOT NULL, time INTEGER NOT NULL,
    subject TEXT NOT NULL, second TEXT, entry TEXT NOT NULL, undo BLOB NOT NULL
);
CREATE INDEX history_subject ON history (subject);
CREATE INDEX history_second ON history (second) WHERE second IS NOT NULL;
CREATE TABLE history_begin (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), revision INTEGER NOT NULL, time INTEGER NOT NULL
);
"""

# One answer of the thread, which commits wait for: some milliseconds.
PAGE_NOTES: Final = 500
PAGE_BYTES: Final = 1024 * 1024
# What one transaction lets go of.
FORGET_NOTES: Final = 2000

# A commit has fewer parts than this.
_PARTS: Final = 1 << 20
_COLUMNS: Final = "number, revision, part, time, subject, second, entry, undo"
# Not again what the other half has.
_MOVED_HERE: Final = "second = ? AND second != subject AND"
_Row = tuple[int, Revision, int, int, str, str | None, str, bytes]


@dataclass(frozen=True, slots=True)
class NoteQuery:
    """Which notes to read: numbers above `low` and below `high`."""

    subject: str | None
    low: int
    high: int
    newest_first: bool

    def after(self, last: StoredNote) -> "NoteQuery":
        """The same, going on behind that note."""
        number = _number(last.revision, last.part)
        if self.newest_first:
            return NoteQuery(self.subject, self.low, number, self.newest_first)
        return NoteQuery(self.subject, number, self.high, self.newest_first)


def query_notes(*, subject: str | None, above: Revision, upto: Revision, newest_first: bool) -> NoteQuery:
    """The query for revisions above `above` and up to `upto`."""
    return NoteQuery(subject, _number(above + 1, 0), _number(upto + 1, 0), newest_first)


def begin_notes(connection: sqlite3.Connection, moment: Moment) -> None:
    """Say from when on there are notes, in a new table."""
    connection.execute("INSERT INTO history_begin VALUES (1, ?, ?)", (moment.revision, moment.time))


def insert_notes(connection: sqlite3.Connection, notes: Iterable[StoredNote]) -> None:
    connection.executemany(
        f"INSERT INTO history ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  a constant
        [
            (
                _number(each.revision, each.part),
                each.revision,
                each.part,
                each.note.time,
                each.note.subject,
                each.note.second,
                each.note.entry.decode(),
                each.note.undo,
            )
            for each in notes
        ],
    )


def read_page(connection: sqlite3.Connection, query: NoteQuery) -> list[StoredNote]:
    """The next notes of the query; none when all were read."""
    order = "DESC" if query.newest_first else "ASC"
    within = f"number > ? AND number < ? ORDER BY number {order} LIMIT {PAGE_NOTES}"
    select = f"SELECT {_COLUMNS} FROM history WHERE"  # noqa: S608  constants all
    bounds = (query.low, query.high)
    if query.subject is None:
        rows = connection.execute(f"{select} {within}", bounds)
    else:
        # Each half follows its own index, and no more is read of it than a page.
        halves = (f"SELECT * FROM ({select} {each} {within})" for each in ("subject = ? AND", _MOVED_HERE))  # noqa: S608
        rows = connection.execute(
            f"{' UNION ALL '.join(halves)} ORDER BY number {order} LIMIT {PAGE_NOTES}",
            (query.subject, *bounds, query.subject, *bounds),
        )
    return _take_page(rows)


def find_moment(connection: sqlite3.Connection, time: int) -> Moment:
    """The newest note not later than `time`: times are in the order of the numbers, so it is halved for."""
    found = read_begin(connection)
    low, high = connection.execute("SELECT coalesce(min(number), 0), coalesce(max(number), 0) FROM history").fetchone()
    while low <= high:
        middle = (low + high) // 2
        row = connection.execute(
            "SELECT number, revision, time FROM history WHERE number <= ? ORDER BY number DESC LIMIT 1", (middle,)
        ).fetchone()
        if row is None:
            break
        if row[2] <= time:
            found, low = Moment(row[1], row[2]), middle + 1
        else:
            high = row[0] - 1
    return found


def read_begin(connection: sqlite3.Connection) -> Moment:
    """Where the history begins.

    Raises:
        StoreDamaged: it does not say.
    """
    row = connection.execute("SELECT revision, time FROM history_begin").fetchone()
    if row is None:
        raise StoreDamaged("the catalog does not say when its history begins")
    return Moment(*row)


def forget_page(connection: sqlite3.Connection, before: int) -> bool:
    """Delete the oldest notes earlier than `before`, whole commits of them; whether there are more."""
    last = connection.execute(
        "SELECT revision, time FROM (SELECT revision, time FROM history ORDER BY number LIMIT ?)"
        " WHERE time < ? ORDER BY revision DESC LIMIT 1",
        (FORGET_NOTES, before),
    ).fetchone()
    if last is None:
        return False
    connection.execute("DELETE FROM history WHERE number < ?", (_number(last[0] + 1, 0),))
    connection.execute("UPDATE history_begin SET revision = ?, time = ?", last)
    row = connection.execute("SELECT time FROM history ORDER BY number LIMIT 1").fetchone()
    return row is not None and row[0] < before


def _take_page(rows: sqlite3.Cursor) -> list[StoredNote]:
    page: list[StoredNote] = []
    size = 0
    row: _Row
    for row in rows:
        _, revision, part, time, subject, second, entry, undo = row
        note = Note(subject, time, entry.encode(), undo, second)
        page.append(StoredNote(revision, part, note))
        size += note.size
        if size >= PAGE_BYTES:
            break
    rows.close()
    return page


def _number(revision: Revision, part: int) -> int:
    return revision * _PARTS + part

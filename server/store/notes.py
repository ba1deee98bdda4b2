"""The table `history`: notes about commits, written with them and read when somebody asks.

    number    what orders them: the revision and the part in one
    revision  the commit's
    part      the note's number within the commit, from 1
    time      microseconds since 1970-01-01 UTC, in the order of the numbers
    subject   the key of what the note is about; `second` where it stands from then on, if it was moved
    entry     JSON
    undo      what the commit overwrote
    checksum  of all these

The table `history_begin` holds the moment before which nothing is kept. All calls block; they are made on
the store's one thread, within its transactions.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from server.store import checksums
from server.store.interface import Moment, Note, Revision, StoreDamaged, StoredNote

SCHEMA: Final = """
CREATE TABLE history (
    number INTEGER PRIMARY KEY, revision INTEGER NOT NULL, part INTEGER NOT NULL, time INTEGER NOT NULL,
    subject TEXT NOT NULL, second TEXT, entry TEXT NOT NULL, undo BLOB NOT NULL, checksum INTEGER NOT NULL
);
CREATE INDEX history_subject ON history (subject);
CREATE INDEX history_second ON history (second) WHERE second IS NOT NULL;
CREATE TABLE history_begin (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), revision INTEGER NOT NULL, time INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);
"""

# One answer of the thread, which commits wait for: some milliseconds.
PAGE_NOTES: Final = 500
PAGE_BYTES: Final = 1024 * 1024
# What one transaction lets go of.
FORGET_NOTES: Final = 2000

# A commit has fewer parts than this.
_PARTS: Final = 1 << 20
_COLUMNS: Final = "number, revision, part, time, subject, second, entry, undo, checksum"
# Not again what the other half has.
_MOVED_HERE: Final = "second = ? AND second != subject AND"
_Row = tuple[int, Revision, int, int, str, str | None, str, bytes, int]


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
    revision, time = moment.revision, moment.time
    connection.execute(
        "INSERT INTO history_begin VALUES (1, ?, ?, ?)", (revision, time, checksums.of_moment(revision, time))
    )


def begin_notes_now(connection: sqlite3.Connection) -> None:
    """Say so in a catalog that has had none until now."""
    head, now = connection.execute("SELECT revision, CAST(strftime('%s', 'now') AS INTEGER) FROM head").fetchone()
    begin_notes(connection, Moment(head, now * 1_000_000))


def insert_notes(connection: sqlite3.Connection, notes: Iterable[StoredNote]) -> None:
    connection.executemany(
        f"INSERT INTO history ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  a constant
        map(_make_row, notes),
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
    """The newest note not later than `time`: times are in the order of the numbers, so it is halved for.

    The very newest is looked at first: that is what a start asks for, which no older note's damage shall hinder.
    """
    found = read_begin(connection)
    low, high = connection.execute("SELECT coalesce(min(number), 0), coalesce(max(number), 0) FROM history").fetchone()
    middle = high
    while low <= middle:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM history WHERE number <= ? ORDER BY number DESC LIMIT 1",  # noqa: S608  a constant
            (middle,),
        )
        nearest = _take_page(rows)
        if not nearest:
            break
        [stored] = nearest
        if stored.note.time <= time:
            found, low = Moment(stored.revision, stored.note.time), middle + 1
        else:
            high = _number(stored.revision, stored.part) - 1
        middle = (low + high) // 2
    return found


def read_begin(connection: sqlite3.Connection) -> Moment:
    """Where the history begins.

    Raises:
        StoreDamaged: it does not say.
    """
    row = connection.execute("SELECT revision, time, checksum FROM history_begin").fetchone()
    if row is None or row[2] != checksums.of_moment(*row[:2]):
        raise StoreDamaged("the catalog does not say when its history begins")
    return Moment(*row[:2])


def forget_page(connection: sqlite3.Connection, before: int) -> bool:
    """Delete the oldest notes earlier than `before`, whole commits of them; whether there are more."""
    rows = connection.execute(
        f"SELECT * FROM (SELECT {_COLUMNS} FROM history ORDER BY number LIMIT ?)"  # noqa: S608  a constant
        " WHERE time < ? ORDER BY number DESC LIMIT 1",
        (FORGET_NOTES, before),
    )
    gone = _take_page(rows)
    if not gone:
        return False
    last = gone[0].revision, gone[0].note.time
    connection.execute("DELETE FROM history WHERE number < ?", (_number(last[0] + 1, 0),))
    connection.execute(
        "UPDATE history_begin SET revision = ?, time = ?, checksum = ?", (*last, checksums.of_moment(*last))
    )
    row = connection.execute("SELECT time FROM history ORDER BY number LIMIT 1").fetchone()
    return row is not None and row[0] < before


def _take_page(rows: sqlite3.Cursor) -> list[StoredNote]:
    page: list[StoredNote] = []
    size = 0
    row: _Row
    for row in rows:
        _, revision, part, time, subject, second, entry, undo, _ = row
        if not _is_whole(row):
            raise StoreDamaged(f"the history of revision {revision} is damaged")
        note = Note(subject, time, entry.encode(), undo, second)
        page.append(StoredNote(revision, part, note))
        size += note.size
        if size >= PAGE_BYTES:
            break
    rows.close()
    return page


def _make_row(stored: StoredNote) -> _Row:
    note, number, entry = stored.note, _number(stored.revision, stored.part), stored.note.entry.decode()
    checksum = checksums.of_note(number, note.time, note.subject, note.second, entry, note.undo)
    return number, stored.revision, stored.part, note.time, note.subject, note.second, entry, note.undo, checksum


def _is_whole(row: _Row) -> bool:
    number, revision, part, time, subject, second, entry, undo, checksum = row
    try:
        right = checksums.of_note(number, time, subject, second, entry, undo)
        return number == _number(revision, part) and checksum == right
    except TypeError:  # not even of the types that they were written with
        return False


def _number(revision: Revision, part: int) -> int:
    return revision * _PARTS + part

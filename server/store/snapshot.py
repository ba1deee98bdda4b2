"""Every record as of one revision, read in pages; what loading a catalog is made of.

A snapshot never changes, never keeps a commit waiting for its reader, and never holds a lock. What it gives has the
checksum that it was written with.
"""

import sqlite3
from collections import deque
from pathlib import Path
from typing import Final

import msgspec

from server.store import checksums
from server.store.interface import Page, Revision, StoreDamaged

# One answer of the thread: enough to make the hand-over cheap, little enough to hold in memory.
PAGE_RECORDS: Final = 2000
PAGE_BYTES: Final = 4 * 1024 * 1024
# After so many rows their size is looked at.
_FETCHED: Final = 64
_CACHE_KIBIBYTES: Final = 32 * 1024
_NO_RECORDS: Final = Page((), b"", (), ())

# All columns of a page in one row: while SQLite makes it, the other thread runs. With a row for each record, each would
# cost a microsecond in which it cannot. What is not of the types that we write, or long, is left out, and so missed.
_JOINED: Final = """
SELECT
    CAST(group_concat(key, char(0)) AS BLOB), CAST(group_concat(value, '') AS BLOB), json_group_array(length(value)),
    json_group_array(revision), json_group_array(checksum)
FROM (SELECT key, value, revision, checksum FROM records WHERE key > ? ORDER BY key LIMIT ?)
WHERE key < x'' AND value >= x'' AND length(value) <= ?
"""
# So many records are a page then, as long as none has a longer value than that: at most so many times three in memory.
JOINED_RECORDS: Final = 8000
_LONG: Final = 4096
_decode_numbers: Final = msgspec.json.Decoder(list[int]).decode


class Snapshot:
    """The records of one revision, page by page in the order of their keys.

    Pages are read from the file as they are asked for. When a commit comes while pages are left, they are
    read into memory first (`finish`): the commit is late by that once, and waits for no reader. At start,
    when nobody commits yet, memory holds a page, and the next, which is read ahead.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, revision: Revision) -> None:
        self.revision = revision
        self._connection = connection
        self._path = path
        self._after: str | None = ""
        self._pages: deque[Page] = deque()
        # How many records are still to be read in rows of their own.
        self._apart = 0

    def next_page(self) -> Page:
        """The next records; none when all were read."""
        if self._pages:
            return self._pages.popleft()
        return self._read()

    def finish(self) -> None:
        """Read what is left into memory."""
        while page := self._read():
            self._pages.append(page)

    def _read(self) -> Page:
        if self._after is None:
            return _NO_RECORDS
        page = self._read_joined(self._after) if self._apart <= 0 else None
        if page is None:
            page = self._read_rows(self._after)
            # Where one has failed, the next would find the same.
            self._apart = (self._apart if self._apart > 0 else JOINED_RECORDS) - len(page)
        self._after = page.keys[-1].decode() if page else None
        if not page:
            # Keys of all models come in any order: with SQLite's 2 MiB every second commit reads pages again. Reading
            # everything once would only fill it.
            self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        return page

    def _read_joined(self, after: str) -> Page | None:
        """A page of many short records; none where there are fewer, or longer ones, or one is not as it was written."""
        try:
            keys, values, *numbers = self._connection.execute(_JOINED, (after, JOINED_RECORDS, _LONG)).fetchone()
            sizes, revisions, written = map(_decode_numbers, numbers)
            page = Page(keys.split(b"\0"), values, sizes, revisions)
            is_ordered = page.keys == sorted(page.keys)  # as it is, though SQLite does not promise it of aggregates
        except (sqlite3.Error, AttributeError, ValueError):
            # Of what is wrong the rows tell more.
            return None
        is_whole = is_ordered and len(page) == len(sizes) == JOINED_RECORDS
        return page if is_whole and checksums.of_page(page) == written else None

    def _read_rows(self, after: str) -> Page:
        found = self._connection.execute(
            "SELECT key, value, revision, checksum FROM records WHERE key > ? ORDER BY key LIMIT ?",
            (after, PAGE_RECORDS),
        )
        rows: list[tuple[str, bytes, Revision, int]] = []
        page = _NO_RECORDS
        try:
            _fetch(found, rows)
            page, damaged = _check(rows)
        except (TypeError, AttributeError):  # not even of the types that they were written with
            damaged = f"{rows[0][0]} or one after it"
        finally:
            found.close()
        if damaged is not None:
            raise StoreDamaged(f"{self._path}: the record {damaged} is damaged")
        return page


def _fetch(found: sqlite3.Cursor, rows: list[tuple[str, bytes, Revision, int]]) -> None:
    """Put what was found into `rows`, until they are a page."""
    size = 0
    while size < PAGE_BYTES and (more := found.fetchmany(_FETCHED)):
        rows += more
        size += sum([len(row[1]) for row in more])


def _check(rows: list[tuple[str, bytes, Revision, int]]) -> tuple[Page, str | None]:
    """A page of the rows, and the key of the first that has not its checksum."""
    if not rows:
        return _NO_RECORDS, None
    keys, values, revisions, written = zip(*rows, strict=True)
    page = Page(list(map(str.encode, keys)), b"".join(values), list(map(len, values)), revisions)
    right = checksums.of_page(page)
    if right == list(written):
        return page, None
    return page, next(key for key, *sums in zip(keys, right, written, strict=True) if sums[0] != sums[1])

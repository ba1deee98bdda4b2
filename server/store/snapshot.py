"""Every record as of one revision, read in pages; what loading a catalog is made of.

A snapshot never changes, never keeps a commit waiting for its reader, and never holds a lock. What it gives has the
checksum that it was written with.
"""

import sqlite3
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from server.store import checksums
from server.store.interface import Record, Revision, StoreDamaged

# One answer of the thread: enough to make the hand-over cheap, little enough to hold in memory.
PAGE_RECORDS: Final = 2000
PAGE_BYTES: Final = 4 * 1024 * 1024


class Snapshot:
    """The records of one revision, page by page in the order of their keys.

    Pages are read from the file as they are asked for. When a commit comes while pages are left, they are
    read into memory first (`finish`): the commit is late by that once, and waits for no reader. At start,
    when nobody commits yet, memory holds one page at a time.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, revision: Revision) -> None:
        self.revision = revision
        self._connection = connection
        self._path = path
        self._after: str | None = ""
        self._pages: deque[list[Record]] = deque()

    def next_page(self) -> list[Record]:
        """The next records; none when all were read."""
        if self._pages:
            return self._pages.popleft()
        return self._read()

    def finish(self) -> None:
        """Read what is left into memory."""
        while page := self._read():
            self._pages.append(page)

    def _read(self) -> list[Record]:
        page: list[Record] = []
        if self._after is None:
            return page
        size = 0
        rows = self._connection.execute(
            "SELECT key, value, revision, checksum FROM records WHERE key > ? ORDER BY key LIMIT ?",
            (self._after, PAGE_RECORDS),
        )
        written: list[int] = []
        for key, value, revision, checksum in rows:
            page.append(Record(key, value, revision))
            written.append(checksum)
            size += len(value)
            if size >= PAGE_BYTES:
                break
        rows.close()
        _check_records(self._path, page, written)
        self._after = page[-1].key if page else None
        return page


def _check_records(path: Path, page: Sequence[Record], written: Sequence[int]) -> None:
    try:
        if checksums.of_records(page) == written:
            return
        damaged = next(
            record.key
            for record, checksum in zip(page, written, strict=True)
            if checksums.of_records([record]) != [checksum]
        )
    except (TypeError, AttributeError):  # not even of the types that they were written with
        damaged = f"{page[0].key} or one after it"
    raise StoreDamaged(f"{path}: the record {damaged} is damaged")

"""Looks at a `catalog.db` that no server has open, closely, and changes nothing.

Every row is read and its checksum compared; SQLite looks at every page and index. What is found comes as
`StoreDamaged`, from each reader the first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.store.database import Database
from server.store.format import READ_ERRORS, read_error
from server.store.interface import Commit, Record, Revision, StoreDamaged, StoredNote
from server.store.notes import query_notes


class Inspection:
    """An open file. The readers raise StoreError."""

    def __init__(self, path: Path, database: Database) -> None:
        self._path = path
        self._database = database

    @property
    def revision(self) -> Revision:
        """The newest one."""
        return self._database.head

    def records(self) -> Iterator[Record]:
        snapshot = self._database.snapshot()
        with _speaking(self._path):
            while page := snapshot.next_page():
                yield from page

    def commits(self) -> Iterator[Commit]:
        """Those of the log, which has no gaps."""
        after = self._database.oldest - 1
        with _speaking(self._path):
            while page := self._database.read_log(after):
                for commit in page:
                    if commit.revision != after + 1:
                        raise StoreDamaged(f"{self._path}: the log lacks revision {after + 1}")
                    after = commit.revision
                    yield commit

    def notes(self) -> Iterator[StoredNote]:
        query = query_notes(subject=None, above=0, upto=self.revision, newest_first=False)
        with _speaking(self._path):
            while page := self._database.read_notes(query):
                yield from page
                query = query.after(page[-1])


@contextmanager
def inspect(path: Path) -> Iterator[Inspection]:
    """Open it; its folder is locked by us.

    Raises:
        StoreError: it is damaged, or not of today's format.
        OSError
    """
    with _speaking(path):
        database = Database(path, reading=True)
    try:
        yield Inspection(path, database)
    finally:
        database.close()


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    """Say in the store's words what SQLite reports."""
    try:
        yield
    except READ_ERRORS as error:
        raise read_error(path, error) from error

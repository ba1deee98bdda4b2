"""Reading and writing `catalog.db`: plain calls that block, all made on the store's one thread.

Laws:
- `write` takes many groups and writes them in one transaction with one sync. Each group is judged as if
  those before it were already there, before anything of it is written; so one whose guards fail takes
  nothing down with it.
- Memory and file agree: when `write` raises, the transaction was rolled back and `head` is what it was.
- A `Snapshot` never changes, never keeps a commit waiting for its reader, and never holds a lock.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakSet

import msgspec

from server.store import format as file_format
from server.store.interface import (
    Change,
    Commit,
    Conflict,
    HistoryCompacted,
    Moment,
    Note,
    Record,
    Revision,
    StoreDamaged,
    StoredNote,
)
from server.store.notes import NoteQuery, find_moment, forget_page, insert_notes, read_begin, read_page

# One answer of the thread: enough to make the hand-over cheap, little enough to hold in memory.
PAGE_RECORDS: Final = 2000
PAGE_BYTES: Final = 4 * 1024 * 1024

# Old log rows go in portions, beside a commit that is synced anyway.
_COMPACT_ROWS: Final = 256

_encode_changes: Final = msgspec.msgpack.Encoder().encode
_decode_changes: Final = msgspec.msgpack.Decoder(list[tuple[str, bytes | None]]).decode


@dataclass(frozen=True, slots=True)
class Group:
    """What one call of `Store.commit` wants written."""

    commits: tuple[tuple[Change, ...], ...]
    guards: Mapping[str, Revision]
    commit_id: bytes
    expected_revision: Revision | None
    notes: tuple[tuple[Note, ...], ...] = ()


class Database:
    """An open file: `head` is its newest revision, `oldest` the oldest commit in its log."""

    def __init__(self, path: Path, *, created_by: str, keep_commits: int, max_bytes: int | None) -> None:
        if not path.exists():
            file_format.create(path, created_by=created_by)
        self._connection = file_format.connect(path, max_bytes=max_bytes)
        self._path = path
        self._keep_commits = keep_commits
        self._snapshots: WeakSet[Snapshot] = WeakSet()
        try:
            self.head, self.oldest = self._read_bounds()
            self.notes_begin()
        except BaseException:
            self._connection.close()
            raise

    def write(self, groups: Sequence[Group]) -> tuple[list[Revision | Conflict], list[Commit]]:
        """Write all groups whose guards hold; an answer for each, and the commits that are durable now.

        Raises:
            sqlite3.Error: nothing was written, or nobody knows whether it would survive a crash.
        """
        for snapshot in tuple(self._snapshots):
            snapshot.finish()
        with self._transaction():
            answers, commits, records = self._judge(groups)
            oldest = self._persist(commits, records) if commits else self.oldest
            insert_notes(self._connection, _place_notes(groups, answers))
        if commits:
            self.head, self.oldest = commits[-1].revision, oldest
        return answers, commits

    def snapshot(self) -> "Snapshot":
        """Every record as of now, to be read in pages."""
        snapshot = Snapshot(self._connection, self.head)
        self._snapshots.add(snapshot)
        return snapshot

    def read_log(self, after: Revision) -> list[Commit]:
        """The next commits above `after`, at most a page of them.

        Raises:
            HistoryCompacted, StoreDamaged
        """
        if after < self.oldest - 1:
            raise HistoryCompacted(f"the commits after revision {after} are no longer kept")
        commits: list[Commit] = []
        size = 0
        rows = self._connection.execute(
            "SELECT revision, commit_id, changes FROM log WHERE revision > ? ORDER BY revision LIMIT ?",
            (after, PAGE_RECORDS),
        )
        for revision, commit_id, changes in rows:
            try:
                decoded = tuple(Change(key, value) for key, value in _decode_changes(changes))
            except msgspec.MsgspecError as error:
                raise StoreDamaged(f"{self._path}: the changes of revision {revision} cannot be read") from error
            commits.append(Commit(revision, commit_id, decoded))
            size += len(changes)
            if size >= PAGE_BYTES:
                break
        rows.close()
        return commits

    def read_notes(self, query: NoteQuery) -> list[StoredNote]:
        """The next notes of the query; none when all were read."""
        return read_page(self._connection, query)

    def find_moment(self, time: int) -> Moment:
        """As `Store.find_moment`."""
        return find_moment(self._connection, time)

    def notes_begin(self) -> Moment:
        """As `Store.notes_begin`."""
        return read_begin(self._connection)

    def forget_notes(self, before: int) -> bool:
        """As `Store.forget_notes`."""
        with self._transaction():
            return forget_page(self._connection, before)

    def checkpoint(self) -> None:
        """Fold the WAL into the file and cut it to nothing."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Let go of the file; SQLite folds the WAL into it and removes it."""
        self._connection.close()

    def _read_bounds(self) -> tuple[Revision, Revision]:
        row = self._connection.execute("SELECT revision FROM head").fetchone()
        oldest, newest = self._connection.execute(
            "SELECT (SELECT min(revision) FROM log), (SELECT max(revision) FROM log)"
        ).fetchone()
        if row is None or row[0] != (newest or 0):
            raise StoreDamaged(f"{self._path}: the head is at {row and row[0]}, but the log ends at {newest or 0}")
        return row[0], oldest or 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _judge(
        self, groups: Sequence[Group]
    ) -> tuple[list[Revision | Conflict], list[Commit], dict[str, tuple[Revision, bytes | None]]]:
        """Give every group its revisions or its conflict; also the last state of every key they write."""
        head = self.head
        answers: list[Revision | Conflict] = []
        commits: list[Commit] = []
        records: dict[str, tuple[Revision, bytes | None]] = {}
        for group in groups:
            failed = [key for key, guard in group.guards.items() if self._revision_of(key, records) != guard]
            if failed or group.expected_revision not in (None, head):
                answers.append(Conflict(failed, head))
                continue
            for changes in group.commits:
                head += 1
                commits.append(Commit(head, group.commit_id, changes))
                for change in changes:
                    records[change.key] = (head, change.value)
            answers.append(head)
        return answers, commits, records

    def _revision_of(self, key: str, records: Mapping[str, tuple[Revision, bytes | None]]) -> Revision:
        if (pending := records.get(key)) is not None:
            revision, value = pending
            return revision if value is not None else 0
        row: tuple[Revision] | None = self._connection.execute(
            "SELECT revision FROM records WHERE key = ?", (key,)
        ).fetchone()
        return 0 if row is None else row[0]

    def _persist(self, commits: Sequence[Commit], records: Mapping[str, tuple[Revision, bytes | None]]) -> Revision:
        """Write within the transaction; the oldest revision that the log then holds."""
        connection = self._connection
        puts = [(key, revision, value) for key, (revision, value) in records.items() if value is not None]
        deletes = [(key,) for key, (_, value) in records.items() if value is None]
        connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", puts)
        if deletes:
            connection.executemany("DELETE FROM records WHERE key = ?", deletes)
        connection.executemany(
            "INSERT INTO log VALUES (?, ?, ?)",
            [
                (commit.revision, commit.commit_id, _encode_changes([(c.key, c.value) for c in commit.changes]))
                for commit in commits
            ],
        )
        newest = commits[-1]
        connection.execute("UPDATE head SET revision = ?, commit_id = ?", (newest.revision, newest.commit_id))
        overdue = newest.revision - self._keep_commits - self.oldest + 1
        if overdue < _COMPACT_ROWS:
            return self.oldest
        oldest = self.oldest + min(overdue, _COMPACT_ROWS + 2 * len(commits))
        connection.execute("DELETE FROM log WHERE revision < ?", (oldest,))
        return oldest


def _place_notes(groups: Sequence[Group], answers: Sequence[Revision | Conflict]) -> Iterator[StoredNote]:
    """The notes of the groups that were written, under the revisions that these got."""
    for group, last in zip(groups, answers, strict=True):
        if not isinstance(last, Conflict):
            for revision, notes in enumerate(group.notes, start=last - len(group.commits) + 1):
                yield from (StoredNote(revision, part, note) for part, note in enumerate(notes, start=1))


class Snapshot:
    """The records of one revision, page by page in the order of their keys.

    Pages are read from the file as they are asked for. When a commit comes while pages are left, they are
    read into memory first (`finish`): the commit is late by that once, and waits for no reader. At start,
    when nobody commits yet, memory holds one page at a time.
    """

    def __init__(self, connection: sqlite3.Connection, revision: Revision) -> None:
        self.revision = revision
        self._connection = connection
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
            "SELECT key, value, revision FROM records WHERE key > ? ORDER BY key LIMIT ?", (self._after, PAGE_RECORDS)
        )
        for key, value, revision in rows:
            page.append(Record(key, value, revision))
            size += len(value)
            if size >= PAGE_BYTES:
                break
        rows.close()
        self._after = page[-1].key if page else None
        return page

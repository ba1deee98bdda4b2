"""Reading and writing `catalog.db`: plain calls that block, all made on the store's one thread.

Laws:
- `write` takes many groups and writes them in one transaction with one sync. Each group is judged as if
  those before it were already there, before anything of it is written; so one whose guards fail takes
  nothing down with it.
- Memory and file agree: when `write` raises, the transaction was rolled back and `head` is what it was.
- What is read has the checksum that it was written with.
- `catalog.db` itself is changed by checkpoints only, and by none while somebody copies it (`HeadFile`).
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakSet

import msgspec

from server.store import checksums
from server.store import format as file_format
from server.store.head_file import HeadFile
from server.store.interface import (
    FORMAT_VERSION,
    Change,
    Commit,
    Conflict,
    FormatTooOld,
    HistoryCompacted,
    Moment,
    Note,
    Revision,
    StoreDamaged,
    StoredNote,
    StoreUnavailable,
)
from server.store.notes import NoteQuery, find_moment, forget_page, insert_notes, read_begin, read_page
from server.store.snapshot import PAGE_BYTES, PAGE_RECORDS, Snapshot

# A few MiB of WAL between two checkpoints. A row that is written touches about so many pages, some of them again.
_FOLD_PAGES: Final = 2000
_PAGES_A_ROW: Final = 2

# Old log rows go in portions, beside a commit that is synced anyway.
_COMPACT_ROWS: Final = 256

_encode_changes: Final = msgspec.msgpack.Encoder().encode
_decode_changes: Final = msgspec.msgpack.Decoder(list[tuple[str, bytes | None]]).decode


@dataclass(frozen=True, slots=True)
class Group:
    """What one call of `Store.commit` wants written."""

    commits: tuple[tuple[Change, ...], ...]
    guards: Mapping[str, Revision]
    seen: Revision | None
    commit_id: bytes
    expected_revision: Revision | None
    notes: tuple[tuple[Note, ...], ...] = ()


class Database:
    """An open file: `head` is its newest revision, `oldest` the oldest commit in its log, `was` the format it had.

    Args:
        reading: it is there, is looked at closely, and not changed.
    """

    def __init__(
        self,
        path: Path,
        *,
        created_by: str = "",
        keep_commits: int = 0,
        max_bytes: int | None = None,
        reading: bool = False,
    ) -> None:
        self._path = path
        self._reading = reading
        self._keep_commits = keep_commits
        self._snapshots: WeakSet[Snapshot] = WeakSet()
        self._unfolded = 0
        self.head: Revision = 0
        self.oldest: Revision = 1
        self.was = FORMAT_VERSION
        self._head_file = HeadFile(path.parent)
        try:
            self._connection = self._connect(created_by, max_bytes)
        except BaseException:
            self._head_file.close()
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
            notes = list(_place_notes(groups, answers))
            insert_notes(self._connection, notes)
        if commits:
            self.head, self.oldest = commits[-1].revision, oldest
            self._head_file.write(self.head)
            self._unfolded += _PAGES_A_ROW * (len(commits) + len(records) + len(notes))
        return answers, commits

    def snapshot(self) -> Snapshot:
        """Every record as of now, to be read in pages."""
        snapshot = Snapshot(self._connection, self._path, self.head)
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
            "SELECT revision, commit_id, changes, checksum FROM log WHERE revision > ? ORDER BY revision LIMIT ?",
            (after, PAGE_RECORDS),
        )
        for revision, commit_id, changes, checksum in rows:
            try:
                if checksums.of_commit(revision, commit_id, changes) != checksum:
                    raise ValueError  # noqa: TRY301  as good as one that msgspec finds
                decoded = tuple(Change(key, value) for key, value in _decode_changes(changes))
            except (ValueError, TypeError) as error:
                raise StoreDamaged(f"{self._path}: the changes of revision {revision} are damaged") from error
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

    @property
    def fold_due(self) -> bool:
        """Whether the WAL has grown enough for `fold`."""
        return self._unfolded >= _FOLD_PAGES

    def fold(self) -> None:
        """Fold the WAL into the file, to be written again from its beginning; later, when somebody copies the two."""
        with self._head_file.alone(wait=False) as alone:
            if alone:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                self._unfolded = 0

    def checkpoint(self) -> bool:
        """Fold the WAL into the file and cut it to nothing; False when somebody copies the two."""
        with self._head_file.alone(wait=False) as alone:
            if alone:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._unfolded = 0
            return alone

    def close(self) -> None:
        """Let go of the file; SQLite folds the WAL into it and removes it, when nobody copies the two any more."""
        if self._reading:
            file_format.close_reader(self._path, self._connection)
        else:
            with self._head_file.alone(wait=True):
                self._connection.close()
        self._head_file.close()

    def _connect(self, created_by: str, max_bytes: int | None) -> sqlite3.Connection:
        if self._reading:
            connection = file_format.connect_to_read(self._path)
        else:
            if not self._path.exists():
                self._check_new()
                file_format.create(self._path, created_by=created_by)
            self._look_first()
            connection, self.was = file_format.connect(self._path, max_bytes=max_bytes)
        try:
            self.head, self.oldest = self._read_bounds(connection)
            read_begin(connection)
            self._check_head()
        except BaseException:
            connection.close()
            raise
        return connection

    def _look_first(self) -> None:
        """After a crash: what is refused must stay as it is, and closing a connection that can write folds the log."""
        log = self._path.with_name(f"{self._path.name}-wal")
        if not log.exists() or not log.stat().st_size:
            return
        try:
            connection = file_format.connect_to_read(self._path, check="quick_check")
        except FormatTooOld:
            return
        except sqlite3.OperationalError as error:
            # On a full disk there is no room for what SQLite needs to read alone.
            if isinstance(file_format.read_error(self._path, error), StoreUnavailable):
                return
            raise
        try:
            self.head, self.oldest = self._read_bounds(connection)
            read_begin(connection)
            self._check_head()
        finally:
            file_format.close_reader(self._path, connection)

    def _check_new(self) -> None:
        if acknowledged := self._head_file.read():
            raise StoreDamaged(
                f"{self._path} is missing, where revision {acknowledged} was acknowledged: put it back, or begin "
                f"anew in another folder"
            )

    def _check_head(self) -> None:
        if self.head < (acknowledged := self._head_file.read()):
            raise StoreDamaged(
                f"{self._path} is at revision {self.head}, but revision {acknowledged} was acknowledged in this "
                f"folder: the file is older, or has lost its newest changes. Put back a backup; to go on with "
                f"the file as it is, remove {self._head_file.path}"
            )

    def _read_bounds(self, connection: sqlite3.Connection) -> tuple[Revision, Revision]:
        row = connection.execute("SELECT revision, commit_id FROM head").fetchone()
        oldest, newest = connection.execute(
            "SELECT (SELECT min(revision) FROM log), (SELECT max(revision) FROM log)"
        ).fetchone()
        if row is None or row[0] != (newest or 0):
            raise StoreDamaged(f"{self._path}: the head is at {row and row[0]}, but the log ends at {newest or 0}")
        logged = connection.execute("SELECT commit_id FROM log WHERE revision = ?", (newest,)).fetchone()
        if logged is not None and logged[0] != row[1]:
            raise StoreDamaged(f"{self._path}: the head and the log have not the same commit of revision {newest}")
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
            failed: list[str] = []
            if group.seen != head:
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
        puts = [
            (key, revision, value, checksums.of_record(key, revision, value))
            for key, (revision, value) in records.items()
            if value is not None
        ]
        deletes = [(key,) for key, (_, value) in records.items() if value is None]
        connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", puts)
        if deletes:
            connection.executemany("DELETE FROM records WHERE key = ?", deletes)
        rows = list(map(_make_log_row, commits))
        connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?)", rows)
        newest = commits[-1]
        connection.execute("UPDATE head SET revision = ?, commit_id = ?", (newest.revision, newest.commit_id))
        overdue = newest.revision - self._keep_commits - self.oldest + 1
        if overdue < _COMPACT_ROWS:
            return self.oldest
        oldest = self.oldest + min(overdue, _COMPACT_ROWS + 2 * len(commits))
        connection.execute("DELETE FROM log WHERE revision < ?", (oldest,))
        return oldest


def _make_log_row(commit: Commit) -> tuple[Revision, bytes, bytes, int]:
    changes = _encode_changes([(change.key, change.value) for change in commit.changes])
    return commit.revision, commit.commit_id, changes, checksums.of_commit(commit.revision, commit.commit_id, changes)


def _place_notes(groups: Sequence[Group], answers: Sequence[Revision | Conflict]) -> Iterator[StoredNote]:
    """The notes of the groups that were written, under the revisions that these got."""
    for group, last in zip(groups, answers, strict=True):
        if not isinstance(last, Conflict):
            for revision, notes in enumerate(group.notes, start=last - len(group.commits) + 1):
                yield from (StoredNote(revision, part, note) for part, note in enumerate(notes, start=1))

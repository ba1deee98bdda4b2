"""A store that keeps everything in memory: for tests, under the same laws as the durable ones.

It outlives its own `close`: opened again, it holds what was committed, as a reopened folder would.
`fail_next_commit` makes the next commit end in an error of the caller's choice, since the layers
above must be right in exactly the cases that a healthy store never shows.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from server.store.history import History
from server.store.interface import (
    LIMITS,
    Change,
    Commit,
    Conflict,
    HistoryCompacted,
    Moment,
    Note,
    OutcomeUnknown,
    Page,
    Record,
    Revision,
    StoredNote,
    StoreError,
    StoreFailed,
    StoreUnavailable,
)

PAGE_RECORDS: Final = 2000
PAGE_NOTES: Final = 500


class MemoryStore:
    """See `server.store.interface.Store` for the laws."""

    def __init__(self, *, keep_commits: int = 10_000) -> None:
        self._keep = keep_commits
        self._records: dict[str, Record] = {}
        self._notes: list[StoredNote] = []
        self._notes_begin = Moment(0, 0)
        self._history = History(0, keep=keep_commits, keep_bytes=1 << 40)
        self._is_open = False
        self._refusal: str | None = None
        self._planned: tuple[StoreError, bool] | None = None

    def fail_next_commit(self, error: StoreError, *, written: bool = False) -> None:
        """Let the next commit raise `error`; when `written`, only after it was written all the same.

        After `StoreFailed`, `StoreFull` and `OutcomeUnknown` the store takes no commits until it is opened again.
        """
        self._planned = (error, written)

    @property
    def failure(self) -> str | None:
        return None

    @property
    def upgrade(self) -> str:
        return ""

    async def open(self) -> None:
        self._history.closed = False
        self._is_open = True
        self._refusal = None

    async def load(self) -> tuple[Revision, AsyncIterator[Page]]:
        self._check_open()
        records = sorted(self._records.values(), key=lambda record: record.key)
        return self._history.head, _pages(records)

    async def commit(
        self,
        commits: Sequence[Sequence[Change]],
        *,
        guards: Mapping[str, Revision],
        commit_id: bytes,
        notes: Sequence[Sequence[Note]] = (),
        seen: Revision | None = None,
        expected_revision: Revision | None = None,
        deadline: float = 30.0,
    ) -> Revision:
        LIMITS.check(commits, commit_id, notes)
        await asyncio.sleep(0)  # Others run before a commit is answered, here as in every store.
        self._check_open()
        if self._refusal is not None:
            raise StoreUnavailable(self._refusal)
        planned, self._planned = self._planned, None
        if planned is None:
            return self._write(commits, guards, seen, commit_id, notes, expected_revision)

        error, written = planned
        if written:
            self._write(commits, guards, seen, commit_id, notes, expected_revision)
        if isinstance(error, StoreFailed | OutcomeUnknown):
            self._refusal = str(error)
        raise error

    async def watch(self, after: Revision) -> AsyncIterator[Commit]:
        self._check_open()
        while True:
            commits = self._history.after(after)
            if commits is None:
                raise HistoryCompacted(f"the commits after revision {after} are no longer kept")
            for commit in commits:
                yield commit
                after = commit.revision
            if not await self._history.wait(after):
                return

    async def read_notes(
        self, *, subject: str | None = None, above: Revision = 0, upto: Revision, newest_first: bool = False
    ) -> AsyncIterator[Sequence[StoredNote]]:
        self._check_open()
        found = [
            each
            for each in self._notes
            if above < each.revision <= upto and (subject is None or subject in (each.note.subject, each.note.second))
        ]
        if newest_first:
            found.reverse()
        for start in range(0, len(found), PAGE_NOTES):
            await asyncio.sleep(0)
            yield found[start : start + PAGE_NOTES]

    async def find_moment(self, time: int) -> Moment:
        self._check_open()
        kept = (each for each in reversed(self._notes) if each.note.time <= time)
        found = next(kept, None)
        return self._notes_begin if found is None else Moment(found.revision, found.note.time)

    async def notes_begin(self) -> Moment:
        self._check_open()
        return self._notes_begin

    async def forget_notes(self, before: int) -> bool:
        self._check_open()
        gone = [each for each in self._notes if each.note.time < before]
        if gone:
            self._notes_begin = Moment(gone[-1].revision, gone[-1].note.time)
            self._notes = [each for each in self._notes if each.revision > gone[-1].revision]
        return False

    async def head(self) -> Revision:
        self._check_open()
        return self._history.head

    async def checkpoint(self) -> None:
        self._check_open()

    async def close(self) -> None:
        self._is_open = False
        self._history.close()

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreUnavailable("the store is not open")

    def _write(
        self,
        commits: Sequence[Sequence[Change]],
        guards: Mapping[str, Revision],
        seen: Revision | None,
        commit_id: bytes,
        notes: Sequence[Sequence[Note]],
        expected_revision: Revision | None,
    ) -> Revision:
        revision = self._history.head
        failed = [] if seen == revision else [key for key, guard in guards.items() if self._revision_of(key) != guard]
        if failed or expected_revision not in (None, revision):
            raise Conflict(failed, revision)
        for number, told in enumerate(notes, start=revision + 1):
            self._notes += [StoredNote(number, part, note) for part, note in enumerate(told, start=1)]
        for changes in commits:
            revision += 1
            for change in changes:
                if change.value is None:
                    self._records.pop(change.key, None)
                else:
                    self._records[change.key] = Record(change.key, change.value, revision)
            self._history.append([Commit(revision, commit_id, tuple(changes))])
        return revision

    def _revision_of(self, key: str) -> Revision:
        record = self._records.get(key)
        return 0 if record is None else record.revision


async def _pages(records: Sequence[Record]) -> AsyncIterator[Page]:
    for start in range(0, len(records), PAGE_RECORDS):
        yield Page.of(records[start : start + PAGE_RECORDS])

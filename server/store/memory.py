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
    OutcomeUnknown,
    Record,
    Revision,
    StoreError,
    StoreFailed,
    StoreUnavailable,
)

PAGE_RECORDS: Final = 2000


class MemoryStore:
    """See `server.store.interface.Store` for the laws."""

    def __init__(self, *, keep_commits: int = 10_000) -> None:
        self._keep = keep_commits
        self._records: dict[str, Record] = {}
        self._history = History(0, keep=keep_commits, keep_bytes=1 << 40)
        self._is_open = False
        self._refusal: str | None = None
        self._planned: tuple[StoreError, bool] | None = None

    def fail_next_commit(self, error: StoreError, *, written: bool = False) -> None:
        """Let the next commit raise `error`; when `written`, only after it was written all the same.

        After `StoreFailed`, `StoreFull` and `OutcomeUnknown` the store takes no commits until it is opened again.
        """
        self._planned = (error, written)

    async def open(self) -> None:
        self._history.closed = False
        self._is_open = True
        self._refusal = None

    async def load(self) -> tuple[Revision, AsyncIterator[Sequence[Record]]]:
        self._check_open()
        records = sorted(self._records.values(), key=lambda record: record.key)
        return self._history.head, _pages(records)

    async def commit(
        self,
        commits: Sequence[Sequence[Change]],
        *,
        guards: Mapping[str, Revision],
        commit_id: bytes,
        expected_revision: Revision | None = None,
        deadline: float = 30.0,
    ) -> Revision:
        LIMITS.check(commits, commit_id)
        await asyncio.sleep(0)  # Others run before a commit is answered, here as in every store.
        self._check_open()
        if self._refusal is not None:
            raise StoreUnavailable(self._refusal)
        planned, self._planned = self._planned, None
        if planned is None:
            return self._write(commits, guards, commit_id, expected_revision)

        error, written = planned
        if written:
            self._write(commits, guards, commit_id, expected_revision)
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
        commit_id: bytes,
        expected_revision: Revision | None,
    ) -> Revision:
        revision = self._history.head
        failed = [key for key, guard in guards.items() if self._revision_of(key) != guard]
        if failed or expected_revision not in (None, revision):
            raise Conflict(failed, revision)
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


async def _pages(records: Sequence[Record]) -> AsyncIterator[Sequence[Record]]:
    for start in range(0, len(records), PAGE_RECORDS):
        yield records[start : start + PAGE_RECORDS]

"""The embedded store: one folder, one SQLite file, one thread.

The event loop queues, the thread writes. Whatever waits when the thread is free becomes one transaction
and one sync (group commit); every call in it gets its own answer. Reads go through the same thread, in
their turn.

Laws, beside those of the interface:
- A batch that fails in writing or syncing fails for all in it, is not tried again, and is the last: later
  commits are refused and told the first failure. Reads go on.
- A commit that waits in vain is withdrawn when its deadline passes (`StoreUnavailable`: not written); one
  that the thread has begun is in doubt (`OutcomeUnknown`), and the store takes no more.
- What the thread does finish is published to the watchers, whether or not its caller still waits.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from server.store.database import Database, Group
from server.store.format import READ_ERRORS, read_error, write_error
from server.store.history import History
from server.store.interface import (
    LIMITS,
    Change,
    Commit,
    Conflict,
    Moment,
    Note,
    OutcomeUnknown,
    Page,
    Revision,
    StoredNote,
    StoreUnavailable,
)
from server.store.lock import FolderLock, check_owner, make_folder
from server.store.notes import query_notes
from server.store.snapshot import Snapshot
from server.store.thread import Outcome, StoreThread
from server.store.upgrade import describe_upgrade

FILE_NAME: Final = "catalog.db"
KEEP_COMMITS: Final = 10_000
_HISTORY_COMMITS: Final = 1000
# Seconds between two looks whether a copy is finished.
_COPY_PAUSE: Final = 0.05
_NOT_OPEN: Final = "the store is not open"

_T = TypeVar("_T")
_Written = tuple[list[Revision | Conflict], list[Commit]]


class _Call:
    """One waiting call of `commit`; `taken` once the thread has begun with it, `withdrawn` when that must not."""

    __slots__ = ("answer", "group", "taken", "withdrawn")

    def __init__(self, group: Group, answer: "asyncio.Future[Revision]") -> None:
        self.group = group
        self.answer = answer
        self.taken = False
        self.withdrawn = False


class SqliteStore:
    """See `server.store.interface.Store` for the laws. One object, one life: opened once, closed once.

    Args:
        folder: made for its owner alone when it is not there.
        created_by: what a new file says about its maker.
        keep_commits: how many commits `watch` can go back, at least.
        max_bytes: the most that catalog.db may grow to; beyond it commits end in `StoreFull`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        created_by: str = "modeld",
        keep_commits: int = KEEP_COMMITS,
        max_bytes: int | None = None,
    ) -> None:
        self._path = folder / FILE_NAME
        self._lock = FolderLock(folder)
        self._open_database = partial(
            Database, self._path, created_by=created_by, keep_commits=keep_commits, max_bytes=max_bytes
        )
        self._history = History(0, keep=_HISTORY_COMMITS)

        # While it is open.
        self._thread: StoreThread | None = None
        self._database: Database | None = None
        self._failure: str | None = None
        self._closing: asyncio.Future[None] | None = None

        # Between the loop, which appends and sets, and the thread, which takes and clears.
        self._waiting: deque[_Call] = deque()
        self._flush_due = False

    @property
    def failure(self) -> str | None:
        return self._failure

    @property
    def upgrade(self) -> str:
        return describe_upgrade(self._path, self._opened().was)

    async def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        thread = self._thread = StoreThread("modeld-store")
        opened: list[Database] = []
        try:
            await self._run(self._take, opened)
            self._database = opened[0]
        except OSError as error:
            raise StoreUnavailable(f"{error.filename or self._path}: {error.strerror}") from error
        finally:
            if self._database is None:
                # The thread goes on with what it began when nobody waits for it any more but `close`.
                self._closing = thread.call(partial(self._leave, opened))
                thread.stop()
        self._history = History(self._database.head, keep=_HISTORY_COMMITS)

    async def load(self) -> tuple[Revision, AsyncIterator[Page]]:
        snapshot = await self._run(self._opened().snapshot)
        return snapshot.revision, self._pages(snapshot)

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
        database = self._opened()
        if self._failure is not None:
            raise StoreUnavailable(self._failure)
        group = Group(tuple(map(tuple, commits)), guards, seen, commit_id, expected_revision, tuple(map(tuple, notes)))
        call = _Call(group, self._loop.create_future())
        self._waiting.append(call)
        if not self._flush_due:
            self._flush_due = True
            self._start_flush(database)
        # asyncio.timeout would cancel this task and catch it again; here there is a future to answer instead.
        timer = self._loop.call_later(deadline, self._give_up, call, deadline)
        try:
            return await call.answer
        finally:
            timer.cancel()

    async def watch(self, after: Revision) -> AsyncIterator[Commit]:
        database = self._opened()
        while True:
            commits = self._history.after(after)
            if commits is None:
                if self._closing is not None:
                    return
                commits = await self._run(database.read_log, after)
            for commit in commits:
                yield commit
                after = commit.revision
            if not await self._history.wait(after):
                return

    async def read_notes(
        self, *, subject: str | None = None, above: Revision = 0, upto: Revision, newest_first: bool = False
    ) -> AsyncIterator[Sequence[StoredNote]]:
        query = query_notes(subject=subject, above=above, upto=upto, newest_first=newest_first)
        while page := await self._run(self._opened().read_notes, query):
            yield page
            query = query.after(page[-1])

    async def find_moment(self, time: int) -> Moment:
        return await self._run(self._opened().find_moment, time)

    async def notes_begin(self) -> Moment:
        return await self._run(self._opened().notes_begin)

    async def forget_notes(self, before: int) -> bool:
        return await self._run(self._forget_notes, self._opened(), before)

    async def head(self) -> Revision:
        self._opened()
        return self._history.head

    async def checkpoint(self) -> None:
        """Fold what was written since the last time into `catalog.db`.

        Raises:
            StoreUnavailable, StoreFailed, StoreFull
        """
        while True:
            if await self._run(self._checkpoint, self._opened()):
                return
            await asyncio.sleep(_COPY_PAUSE)

    async def close(self) -> None:
        thread = self._thread
        if self._closing is None:
            if thread is None or self._database is None:
                return
            self._closing = thread.call(partial(self._let_go, self._database))
            self._closing.add_done_callback(lambda _: self._end(thread))
        await asyncio.shield(self._closing)

    def _end(self, thread: StoreThread) -> None:
        thread.stop()
        self._history.close()

    def _opened(self) -> Database:
        if self._database is None or self._closing is not None:
            raise StoreUnavailable(_NOT_OPEN)
        return self._database

    async def _pages(self, snapshot: Snapshot) -> AsyncIterator[Page]:
        coming = self._begin(snapshot.next_page)
        try:
            while page := await self._finish(coming):
                # The thread reads it while the caller is busy with this one.
                coming = self._begin(snapshot.next_page)
                yield page
        finally:
            coming.cancel()

    async def _run(self, function: Callable[..., _T], *arguments: object) -> _T:
        """Call on the thread, and say in the store's words what went wrong there."""
        return await self._finish(self._begin(partial(function, *arguments)))

    def _begin(self, do: Callable[[], _T]) -> "asyncio.Future[_T]":
        if self._thread is None or self._closing is not None:
            raise StoreUnavailable(_NOT_OPEN)
        return self._thread.call(do)

    async def _finish(self, begun: "asyncio.Future[_T]") -> _T:
        try:
            return await begun
        except READ_ERRORS as error:
            raise read_error(self._path, error) from error

    def _start_flush(self, database: Database) -> None:
        batch: list[_Call] = []
        self._submit(partial(self._flush, database, batch), partial(self._finish_flush, database, batch))

    def _submit(self, do: Callable[[], _T], done: Callable[[Outcome[_T]], None]) -> None:
        if self._thread is not None:
            self._thread.submit(do, done)

    def _finish_flush(self, database: Database, batch: Sequence[_Call], outcome: Outcome[_Written]) -> None:
        self._answer(batch, outcome)
        if database.fold_due and self._closing is None:
            # What fails in it is the store's first failure, and told to those who commit next.
            self._submit(partial(self._fold, database), lambda _: None)

    def _answer(self, batch: Sequence[_Call], outcome: Outcome[_Written]) -> None:
        """On the loop: publish what was written, then answer those who asked for it."""
        try:
            answers, commits = outcome.take()
        except BaseException as error:  # noqa: BLE001  whoever waits must hear of it
            for call in batch:
                if not call.answer.done():
                    call.answer.set_exception(error)
            return
        self._history.append(commits)
        for call, answer in zip(batch, answers, strict=True):
            if call.answer.done():
                continue
            if isinstance(answer, Conflict):
                call.answer.set_exception(answer)
            else:
                call.answer.set_result(answer)

    def _give_up(self, call: _Call, deadline: float) -> None:
        if call.answer.done():
            return
        # In this order: the thread, which says that it has taken a call before it looks, then leaves this one alone.
        call.withdrawn = True
        if not call.taken:
            reason = f"the commit was still waiting its turn after {deadline:g} seconds"
            call.answer.set_exception(StoreUnavailable(reason))
            return
        reason = f"a commit was not answered within {deadline:g} seconds"
        self._failure = self._failure or reason
        call.answer.set_exception(OutcomeUnknown(reason))

    # From here on: on the thread.

    def _take(self, opened: list[Database]) -> None:
        make_folder(self._path.parent)
        check_owner(self._path)
        self._lock.acquire()
        try:
            opened.append(self._open_database())
        except BaseException:
            self._lock.release()
            raise

    def _flush(self, database: Database, batch: list[_Call]) -> _Written:
        """Write everything that waits now; `batch` tells the loop who that was."""
        self._flush_due = False
        while self._waiting:
            call = self._waiting.popleft()
            call.taken = True
            if not (call.withdrawn or call.answer.cancelled()):
                batch.append(call)
        if not batch:
            return [], []
        with self._writing():
            return database.write([call.group for call in batch])

    def _fold(self, database: Database) -> None:
        with self._writing():
            database.fold()

    def _checkpoint(self, database: Database) -> bool:
        with self._writing():
            return database.checkpoint()

    def _forget_notes(self, database: Database, before: int) -> bool:
        with self._writing():
            return database.forget_notes(before)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Refuse after a failure, and make the first failure the last."""
        if self._failure is not None:
            raise StoreUnavailable(self._failure)
        try:
            yield
        except sqlite3.Error as error:
            failed = write_error(self._path, error)
            self._failure = str(failed)
            raise failed from error

    def _leave(self, opened: list[Database]) -> None:
        for database in opened:
            self._let_go(database)

    def _let_go(self, database: Database) -> None:
        try:
            database.close()
        finally:
            self._lock.release()

"""The embedded store when writing fails, when it is too slow, and when it is asked to stop in between."""

import asyncio
import os
import resource
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, cast

import pytest

from server.store.database import Database, Group
from server.store.interface import (
    Change,
    Commit,
    Conflict,
    OutcomeUnknown,
    Revision,
    StoreFailed,
    StoreFull,
    StoreUnavailable,
)
from server.store.sqlite import SqliteStore


async def put(store: SqliteStore, key: str, value: bytes = b"v", *, deadline: float = 30.0) -> Revision:
    return await store.commit([[Change(key, value)]], guards={}, commit_id=os.urandom(16), deadline=deadline)


async def together(
    store: SqliteStore, *calls: Coroutine[object, object, Revision], return_exceptions: bool = False
) -> list[Revision | BaseException]:
    """The outcomes of calls that all wait before the store's thread takes the first of them."""
    all_wait = threading.Event()
    store._submit(all_wait.wait, lambda _: None)
    outcomes = asyncio.gather(*calls, return_exceptions=return_exceptions)
    await asyncio.sleep(0)
    all_wait.set()
    return list(await outcomes)


async def keys(store: SqliteStore) -> list[str]:
    _, pages = await store.load()
    return [record.key async for page in pages for record in page]


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: a write there fails as on a failing disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    await store.open()
    yield store
    await store.close()


async def test_a_full_store_refuses_everything_until_it_is_opened_again(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, max_bytes=400_000)
    await store.open()
    await put(store, "a")

    with pytest.raises(StoreFull, match="full"):
        await put(store, "b", b"v" * 1_000_000)

    with pytest.raises(StoreUnavailable, match="full"):
        await put(store, "c")
    with pytest.raises(StoreUnavailable, match="full"):
        await store.checkpoint()
    assert await keys(store) == ["a"]
    assert await store.head() == 1
    assert [commit.revision async for commit in first_of(store)] == [1]
    await store.close()

    reopened = SqliteStore(tmp_path, max_bytes=400_000)
    await reopened.open()
    assert await put(reopened, "c") == 2
    assert await keys(reopened) == ["a", "c"]
    await reopened.close()


async def first_of(store: SqliteStore) -> AsyncIterator[Commit]:
    async for commit in store.watch(0):
        yield commit
        return


async def test_a_failed_write_fails_its_whole_batch_and_all_that_follow(store: SqliteStore) -> None:
    await put(store, "a")

    with file_size_limit(100_000):
        outcomes = await together(
            store, put(store, "b"), put(store, "c", b"v" * 500_000), put(store, "d"), return_exceptions=True
        )

    assert [type(outcome) for outcome in outcomes] == [StoreFailed] * 3
    with pytest.raises(StoreUnavailable, match=r"catalog\.db"):
        await put(store, "e")
    assert await keys(store) == ["a"]
    assert await store.head() == 1


async def test_what_a_failed_batch_left_behind_is_gone_after_reopening(tmp_path: Path, store: SqliteStore) -> None:
    await put(store, "a")
    with file_size_limit(100_000), pytest.raises(StoreFailed):
        await put(store, "b", b"v" * 500_000)
    await store.close()

    reopened = SqliteStore(tmp_path)
    await reopened.open()

    assert await keys(reopened) == ["a"]
    assert await put(reopened, "b") == 2
    await reopened.close()


class Gate:
    """Holds every write of a database at its beginning until `opened` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()
        write: Callable[[Database, Sequence[Group]], tuple[list[Revision | Conflict], list[Commit]]] = Database.write

        def held(database: Database, groups: Sequence[Group]) -> tuple[list[Revision | Conflict], list[Commit]]:
            self.reached.set()
            assert self.opened.wait(30)
            return write(database, groups)

        monkeypatch.setattr(Database, "write", held)

    async def until_reached(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, 30)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.opened.set()


async def test_a_commit_under_way_at_its_deadline_is_in_doubt_and_the_last(store: SqliteStore, gate: Gate) -> None:
    with pytest.raises(OutcomeUnknown):
        await put(store, "a", deadline=0.05)

    with pytest.raises(StoreUnavailable, match="not answered within"):
        await put(store, "b")
    gate.opened.set()
    assert [commit.changes async for commit in first_of(store)] == [(Change("a", b"v"),)]
    assert await store.head() == 1


async def test_a_commit_still_waiting_at_its_deadline_is_withdrawn(store: SqliteStore, gate: Gate) -> None:
    first = asyncio.create_task(put(store, "a"))
    await gate.until_reached()

    with pytest.raises(StoreUnavailable, match="waiting its turn"):
        await put(store, "b", deadline=0.05)

    gate.opened.set()
    assert await first == 1
    assert await put(store, "c") == 2
    assert await keys(store) == ["a", "c"]


async def test_a_cancelled_caller_stops_nobody_else(store: SqliteStore, gate: Gate) -> None:
    under_way = asyncio.create_task(put(store, "a"))
    await gate.until_reached()
    waiting = [asyncio.create_task(put(store, key)) for key in "bc"]
    await asyncio.sleep(0)

    under_way.cancel()
    waiting[0].cancel()
    await asyncio.sleep(0)
    gate.opened.set()

    assert await waiting[1] == 2
    assert under_way.cancelled()
    assert waiting[0].cancelled()
    assert await keys(store) == ["a", "c"]


async def test_close_finishes_what_is_queued(tmp_path: Path, store: SqliteStore, gate: Gate) -> None:
    first = asyncio.create_task(put(store, "a"))
    await gate.until_reached()
    queued = [asyncio.create_task(put(store, key)) for key in "bc"]
    await asyncio.sleep(0)

    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable):
        await put(store, "d")
    gate.opened.set()
    await closing

    assert await asyncio.gather(first, *queued) == [1, 2, 3]
    reopened = SqliteStore(tmp_path)
    await reopened.open()
    assert await keys(reopened) == ["a", "b", "c"]
    await reopened.close()


async def test_close_takes_along_what_was_queued_in_the_same_turn(store: SqliteStore) -> None:
    queued = asyncio.create_task(put(store, "a", deadline=5))
    await asyncio.sleep(0)

    await store.close()

    assert await queued == 1


async def test_a_write_that_breaks_off_leaves_nothing_of_itself(tmp_path: Path) -> None:
    database = Database(tmp_path / "catalog.db", created_by="a test", keep_commits=10, max_bytes=None)
    no_value = cast("bytes", object())  # what no type checker lets through: stands for a fault of ours

    with pytest.raises(TypeError):
        database.write([group(Change("a", b"1")), group(Change("b", no_value))])

    assert not database.snapshot().next_page()
    assert database.write([group(Change("c", b"3"))])[0] == [1]
    database.close()


def group(*changes: Change) -> Group:
    return Group((changes,), {}, None, bytes(16), None)


async def test_a_fault_of_ours_reaches_its_callers_as_it_is(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(database: Database, groups: Sequence[Group]) -> NoReturn:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", fail)
        with pytest.raises(RuntimeError, match="a fault"):
            await put(store, "a")

    assert await put(store, "b") == 1


async def test_waiting_calls_are_written_in_one_batch(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    write = Database.write

    def counted(database: Database, groups: Sequence[Group]) -> tuple[list[Revision | Conflict], list[Commit]]:
        sizes.append(len(groups))
        return write(database, groups)

    monkeypatch.setattr(Database, "write", counted)

    revisions = await together(store, *(put(store, f"k{n}") for n in range(50)))

    assert revisions == list(range(1, 51))
    assert sizes == [50]


async def test_a_checkpoint_empties_the_wal(tmp_path: Path, store: SqliteStore) -> None:
    await put(store, "a", b"v" * 100_000)
    wal = tmp_path / "catalog.db-wal"
    assert wal.stat().st_size > 100_000

    await store.checkpoint()

    assert wal.stat().st_size == 0
    assert (tmp_path / "catalog.db").stat().st_size > 100_000
    assert await put(store, "b") == 2

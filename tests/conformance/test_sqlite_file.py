"""The file `catalog.db`: its modes, its readability, and every way of not being ours."""

import asyncio
import os
import re
import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from server.store.interface import (
    FORMAT_VERSION,
    Change,
    FormatTooNew,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreUnavailable,
)
from server.store.lock import FolderLock
from server.store.sqlite import SqliteStore
from server.store.thread import StoreThread


async def fill(folder: Path, count: int = 1) -> Path:
    """A cleanly closed store with `count` commits; the path of its file."""
    store = SqliteStore(folder, created_by="a test")
    await store.open()
    for number in range(count):
        changes = [Change(f"k{number:04}", b"v" * 600)]
        await store.commit([changes], guards={}, commit_id=number.to_bytes(16, "big"))
    await store.close()
    return folder / "catalog.db"


def execute(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """Run statements with the ordinary SQLite; the rows of the last one."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        rows: list[tuple[object, ...]] = []
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        return rows
    finally:
        connection.close()


async def refused(folder: Path, error: type[StoreError], match: str) -> None:
    """Opening fails as told, and leaves the file as it was."""
    before = (folder / "catalog.db").read_bytes()
    names = sorted({*os.listdir(folder), "catalog.head", "modeld.lock"})

    with pytest.raises(error, match=match):
        await SqliteStore(folder).open()

    assert (folder / "catalog.db").read_bytes() == before
    assert sorted(os.listdir(folder)) == names


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_folder_and_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "parent" / "data"
    umask = os.umask(0)
    try:
        store = SqliteStore(folder)
        await store.open()
        await store.commit([[Change("a", b"")]], guards={}, commit_id=bytes(16))
    finally:
        os.umask(umask)

    assert mode(folder) == 0o700
    assert {name: oct(mode(folder / name)) for name in os.listdir(folder)} == dict.fromkeys(
        ["catalog.db", "catalog.db-wal", "catalog.head", "modeld.lock"], "0o600"
    )
    await store.close()


async def test_the_closed_file_is_readable_with_the_ordinary_program(tmp_path: Path) -> None:
    path = await fill(tmp_path, 2)

    assert execute(path, "SELECT key, revision, length(value) FROM records ORDER BY key") == [
        ("k0000", 1, 600),
        ("k0001", 2, 600),
    ]
    assert execute(path, "SELECT revision, commit_id FROM head") == [(2, (1).to_bytes(16, "big"))]
    assert execute(path, "SELECT name, value FROM meta WHERE name != 'created_at' ORDER BY name") == [
        ("created_by", "a test"),
        ("format", str(FORMAT_VERSION)),
    ]
    assert execute(path, "PRAGMA integrity_check") == [("ok",)]
    [(created_at,)] = execute(path, "SELECT value FROM meta WHERE name = 'created_at'")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", str(created_at))


async def test_a_second_store_in_the_same_process_is_kept_out(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path)
    await first.open()

    with pytest.raises(StoreLocked, match=f"in use by process {os.getpid()}$"):
        await SqliteStore(tmp_path).open()

    await first.close()
    second = SqliteStore(tmp_path)
    await second.open()
    await second.close()


async def test_another_program_and_the_server_exclude_each_other(tmp_path: Path) -> None:
    path = await fill(tmp_path)
    program = sqlite3.connect(path, isolation_level=None, timeout=0)
    program.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreLocked, match="open in another program"):
        await SqliteStore(tmp_path).open()

    program.close()
    store = SqliteStore(tmp_path)
    await store.open()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        execute(path, "SELECT * FROM head")
    await store.close()


@pytest.mark.parametrize("content", [b"", b"garbage", b"garbage" * 1000, b"SQLite format 3\0"])
async def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "catalog.db").write_bytes(content)

    await refused(tmp_path, StoreDamaged, r"catalog\.db is not a SQLite database")


async def test_a_link_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """SQLite would keep its log beside what it leads to, without our lock and unseen by a backup."""
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "catalog.db").symlink_to(await fill(tmp_path / "real"))

    await refused(tmp_path / "linked", StoreDamaged, "is a symbolic link: the folder may be one")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    await fill(tmp_path / "folder")


async def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "catalog.db")

    with pytest.raises(StoreDamaged, match="is not a file"):
        await SqliteStore(tmp_path).open()


async def test_the_lock_tells_no_process_that_has_not_the_folder(tmp_path: Path) -> None:
    """Its number may be one of another PID namespace, and belong to somebody else here."""
    lock = FolderLock(tmp_path)
    lock.acquire()

    for process_id, told in ((os.getpid(), os.getpid()), (os.getppid(), None), (2**22 + 1, None)):
        (tmp_path / "modeld.lock").write_text(f"{process_id}\n")
        with pytest.raises(StoreLocked) as refused:
            FolderLock(tmp_path).acquire()
        assert refused.value.process_id == told
    lock.release()


async def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    execute(tmp_path / "catalog.db", "PRAGMA application_id = 66", "CREATE TABLE records (key TEXT)")

    await refused(tmp_path, StoreDamaged, r"another program \(application id 0x00000042\)")


@pytest.mark.parametrize(
    ("statement", "error", "match"),
    [
        (
            "UPDATE meta SET value = value + 1 WHERE name = 'format'",
            FormatTooNew,
            f"format version {FORMAT_VERSION + 1}",
        ),
        ("UPDATE meta SET value = 'x' WHERE name = 'format'", StoreDamaged, "does not say its format version"),
        ("DELETE FROM meta", StoreDamaged, "does not say its format version"),
        ("DROP TABLE meta", StoreDamaged, "no such table: meta"),
        ("DROP TABLE head", StoreDamaged, "has not the tables and indexes that modeld makes: head"),
        ("DROP TABLE log", StoreDamaged, "has not the tables and indexes that modeld makes: log"),
        ("DROP TABLE history_begin", StoreDamaged, "has not the tables and indexes that modeld makes: history_begin"),
        ("DROP INDEX history_second", StoreDamaged, "modeld makes: history_second"),
        ("UPDATE head SET commit_id = zeroblob(16)", StoreDamaged, "have not the same commit of revision 3"),
        ("UPDATE history_begin SET time = 5", StoreDamaged, "does not say when its history begins"),
        ("DELETE FROM head", StoreDamaged, "the head is at None, but the log ends at 3"),
        ("DELETE FROM log WHERE revision = 3", StoreDamaged, "the head is at 3, but the log ends at 2"),
        ("DELETE FROM log", StoreDamaged, "the head is at 3, but the log ends at 0"),
    ],
)
async def test_a_file_of_ours_that_is_not_whole_or_newer_is_refused(
    tmp_path: Path, statement: str, error: type[StoreError], match: str
) -> None:
    execute(await fill(tmp_path, 3), statement)

    await refused(tmp_path, error, match)


@pytest.mark.parametrize("table", ["records", "log", "head", "meta"])
async def test_a_damaged_page_is_found_by_opening(tmp_path: Path, table: str) -> None:
    path = await fill(tmp_path, 200)
    roots = {row[0]: row[1] for row in execute(path, "SELECT name, rootpage FROM sqlite_schema")}
    root = roots[table]
    assert isinstance(root, int)
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)

    await refused(tmp_path, StoreDamaged, r"catalog\.db: ")


async def test_a_file_that_was_cut_is_found_by_opening(tmp_path: Path) -> None:
    path = await fill(tmp_path, 200)
    os.truncate(path, path.stat().st_size // 2)

    await refused(tmp_path, StoreDamaged, r"catalog\.db: ")


async def test_damage_that_comes_while_it_is_open_is_found_by_loading(tmp_path: Path) -> None:
    path = await fill(tmp_path)
    store = SqliteStore(tmp_path)
    await store.open()
    # More than SQLite's own cache holds.
    group = [[Change(f"r{n:05}", b"v" * 6000) for n in range(10_000)]]
    await store.commit(group, guards={}, commit_id=bytes(16))
    await store.checkpoint()
    with path.open("r+b") as file:
        file.seek(4096 * 10)
        file.write(b"\xff" * (path.stat().st_size - 4096 * 10))

    with pytest.raises(StoreDamaged, match="malformed"):
        [page async for page in (await store.load())[1]]

    await store.close()


async def test_a_log_row_that_cannot_be_read_is_reported_with_its_revision(tmp_path: Path) -> None:
    execute(await fill(tmp_path, 3), "UPDATE log SET changes = x'ff' WHERE revision = 2")
    store = SqliteStore(tmp_path)
    await store.open()
    watch = store.watch(0)

    with pytest.raises(StoreDamaged, match="revision 2"):
        await anext(watch)

    await store.close()


async def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable, match="Not a directory"):
        await SqliteStore(tmp_path / "file" / "data").open()


async def test_a_store_that_failed_to_open_can_be_closed_and_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"garbage")
    store = SqliteStore(tmp_path)
    with pytest.raises(StoreDamaged):
        await store.open()

    with pytest.raises(StoreUnavailable):
        await store.head()
    await store.close()


async def test_opening_that_is_cancelled_leaves_nothing_open(tmp_path: Path) -> None:
    await fill(tmp_path)
    store = SqliteStore(tmp_path)
    opening = asyncio.ensure_future(store.open())
    await asyncio.sleep(0)

    opening.cancel()
    await asyncio.wait([opening])
    await store.close()

    assert opening.cancelled()
    again = SqliteStore(tmp_path)
    await again.open()
    assert await again.head() == 1
    await again.close()


async def test_a_file_that_is_being_made_is_made_to_its_end_when_the_store_is_closed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "new")
    opening = asyncio.ensure_future(store.open())
    await asyncio.sleep(0)

    opening.cancel()
    await asyncio.wait([opening])
    await store.close()

    assert {each.name for each in (tmp_path / "new").iterdir()} == {"catalog.db", "catalog.head", "modeld.lock"}


async def test_watchers_go_home_when_whoever_closed_the_store_is_cancelled(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.open()
    watching = asyncio.ensure_future(anext(store.watch(0), None))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(store.close())
    await asyncio.sleep(0)

    closing.cancel()

    assert await asyncio.wait_for(watching, 30) is None


def test_what_was_submitted_is_done_when_the_loop_is_gone() -> None:
    async def begin() -> StoreThread:
        thread = StoreThread("a test")
        thread.submit(go_on.wait, lambda _: None)
        return thread

    go_on, done = threading.Event(), threading.Event()
    thread = asyncio.run(begin())
    thread.submit(done.set, lambda _: None)
    go_on.set()

    assert done.wait(30)
    thread.stop()


async def test_a_copy_of_a_closed_folder_is_a_store(tmp_path: Path) -> None:
    await fill(tmp_path / "one", 3)
    shutil.copytree(tmp_path / "one", tmp_path / "two")

    store = SqliteStore(tmp_path / "two")
    await store.open()

    assert await store.head() == 3
    await store.close()


async def test_the_log_is_cut_to_what_is_kept_a_portion_at_a_time(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, keep_commits=100)
    await store.open()
    for start in range(0, 2000, 50):
        group = [[Change(f"k{n}", b"")] for n in range(start, start + 50)]
        await store.commit(group, guards={}, commit_id=bytes(16))
    await store.close()

    [(oldest, newest, count)] = execute(
        tmp_path / "catalog.db", "SELECT min(revision), max(revision), count(*) FROM log"
    )
    assert newest == 2000
    assert isinstance(oldest, int)
    assert isinstance(count, int)
    assert count == 2000 - oldest + 1
    assert 100 <= count < 100 + 256 + 50

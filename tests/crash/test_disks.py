"""A disk that is full, read-only, or fails: what is told, what is kept, and what a restart finds."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Self

import psycopg
import pytest
from click.testing import CliRunner

from server.cli import main
from server.store.backup import copy_catalog
from server.store.interface import Change, StoreFailed, StoreFull, StoreUnavailable
from server.store.sqlite import SqliteStore
from tests.crash.test_store_kill import read_all, replay
from tests.integration.server_process import ServerProcess
from tests.integration.statements import create


class Disk:
    """A file system of its own in memory; only root can have one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", self.path], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """1 MiB of it."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


async def opened(folder: Path) -> SqliteStore:
    store = SqliteStore(folder)
    await store.open()
    return store


async def put(store: SqliteStore, key: str, size: int = 9000) -> int:
    return await store.commit([[Change(key, os.urandom(size))]], guards={}, commit_id=os.urandom(16))


async def fill(store: SqliteStore) -> int:
    """Commit until no space is left; the last revision that was acknowledged."""
    last = await store.head()
    while True:
        try:
            last = await put(store, f"k{last}")
        except StoreFull:
            return last


async def test_a_full_disk_keeps_what_was_acknowledged_and_the_next_start_works_with_space(disk: Disk) -> None:
    folder = disk.path / "data"
    store = await opened(folder)
    last = await fill(store)

    with pytest.raises(StoreUnavailable, match="full"):
        await put(store, "later")
    _, pages = await store.load()
    assert len([record async for page in pages for record in page]) == last
    await store.close()

    disk.remount("size=4m")
    records, commits = await read_all(folder)
    assert len(commits) == len(records) == last
    assert records == replay(commits)
    store = await opened(folder)
    assert await put(store, "later") == last + 1
    await store.close()


async def test_a_start_on_a_full_disk_works_for_reading_and_harms_nothing(disk: Disk) -> None:
    folder = disk.path / "data"
    store = await opened(folder)
    last = await fill(store)
    await store.close()
    ballast = disk.path / "ballast"
    for size in (4096, 1):
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(size))

    store = await opened(folder)
    assert await store.head() == last
    # The write-ahead file may have room for a commit or two: it could not be emptied, and is written from its start.
    last = await fill(store)
    await store.close()

    ballast.unlink()
    records, commits = await read_all(folder)
    assert len(commits) == len(records) == last


async def test_a_start_on_a_read_only_disk_says_so_and_a_backup_is_made_of_it(disk: Disk, tmp_path: Path) -> None:
    folder = disk.path / "data"
    store = await opened(folder)
    await put(store, "a")
    await store.close()
    disk.remount("ro")

    with pytest.raises(StoreUnavailable, match=r"data/.*: Read-only file system"):
        await opened(folder)
    refused = CliRunner().invoke(main, ["check", "--data", str(folder)])
    assert (refused.exit_code, "Read-only file system" in refused.output) == (1, True)
    copy = tmp_path / "copy"
    copy.mkdir()
    assert copy_catalog(folder, copy).head == 1
    assert list((await read_all(copy))[0]) == ["a"]

    disk.remount("rw")
    records, _ = await read_all(folder)
    assert list(records) == ["a"]


def test_clients_hear_of_a_full_disk_and_go_on_reading(disk: Disk) -> None:
    folder = disk.path / "data"
    made: list[str] = []
    with ServerProcess(folder) as server, connect(server) as session:
        full = make_models(session, made)
        assert full.message_primary == "could not write the catalog: no space left on device"
        assert full.message_hint == "Free some space, then restart the server."
        with pytest.raises(psycopg.errors.CannotConnectNow, match="the catalog accepts no changes"):
            session.execute(b"DROP MODEL m0")
        assert sorted(row[0] for row in session.execute("SHOW MODELS").fetchall()) == sorted(made)
    # The stop could not fold the write-ahead log in, and there is no space for what reading it needs.
    checked = CliRunner().invoke(main, ["check", "--data", str(folder)])
    assert "are free on the disk" in checked.output
    assert "Restore a backup" not in checked.output

    disk.remount("size=8m")
    with ServerProcess(folder) as server, connect(server) as session:
        assert sorted(row[0] for row in session.execute("SHOW MODELS").fetchall()) == sorted(made)
        session.execute(create("later").encode())


def make_models(session: psycopg.Connection, made: list[str]) -> psycopg.errors.Diagnostic:
    """Until that fails for want of space; what is told then."""
    while True:
        try:
            session.execute(create(f"m{len(made)}").encode())
        except psycopg.errors.DiskFull as error:
            return error.diag
        made.append(f"m{len(made)}")


def connect(server: ServerProcess) -> psycopg.Connection:
    return psycopg.connect(f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld", autocommit=True)


class FailingConnection(sqlite3.Connection):
    """Its n-th call from `arm` on fails as on a disk with an error; all those after it work again."""

    left: int | None = None

    def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:
        self._count()
        return super().execute(sql, *arguments)  # type: ignore[arg-type]

    def executemany(self, sql: str, *arguments: object) -> sqlite3.Cursor:
        self._count()
        return super().executemany(sql, *arguments)  # type: ignore[arg-type]

    @classmethod
    @contextmanager
    def arm(cls, number: int) -> Iterator[type[Self]]:
        cls.left = number
        try:
            yield cls
        finally:
            cls.left = None

    @classmethod
    def _count(cls) -> None:
        if cls.left is None:
            return
        cls.left -= 1
        if cls.left == 0:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error


async def test_an_error_of_the_disk_at_any_call_of_a_commit_is_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_plainly: Callable[..., sqlite3.Connection] = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", partial(connect_plainly, factory=FailingConnection))
    failures = 0
    while True:
        folder = tmp_path / str(failures)
        store = await opened(folder)
        await put(store, "a")
        with FailingConnection.arm(failures + 1):
            [outcome] = await asyncio.gather(put(store, "b"), return_exceptions=True)
        if outcome == 2:
            await store.close()
            break
        assert isinstance(outcome, StoreFailed)
        failures += 1
        with pytest.raises(StoreUnavailable, match="disk I/O error"):
            await put(store, "c")
        await store.close()

        records, commits = await read_all(folder)

        assert list(records) == ["a"]
        assert records == replay(commits)
    # BEGIN, records, log, head, notes, COMMIT, and what is read before.
    assert failures >= 6


async def test_an_error_in_a_checkpoint_stops_changes_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_plainly: Callable[..., sqlite3.Connection] = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", partial(connect_plainly, factory=FailingConnection))
    store = await opened(tmp_path)
    await put(store, "a")

    with FailingConnection.arm(1), pytest.raises(StoreFailed, match="disk I/O error"):
        await store.checkpoint()

    with pytest.raises(StoreUnavailable, match="disk I/O error"):
        await put(store, "b")
    await store.close()
    records, _ = await read_all(tmp_path)
    assert list(records) == ["a"]

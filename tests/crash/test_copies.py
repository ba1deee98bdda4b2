"""Copies of the catalog that are made while another process commits, folds and begins its log anew."""

import shutil
from pathlib import Path

import pytest

from server.store import backup, database
from server.store.backup import copy_catalog, working_folder
from server.store.database import Database, Group
from server.store.head_file import HeadFile
from server.store.interface import Change, StoreDamaged
from server.store.sqlite import SqliteStore
from tests.crash.test_store_kill import read_all, replay
from tests.crash.writer_process import WriterProcess


async def test_a_copy_beside_a_writer_has_whatever_was_acknowledged_before_it(tmp_path: Path) -> None:
    with WriterProcess(tmp_path / "data", writers=4, fold_pages=40) as writer:
        assert writer.read_line() == "ready 0"
        for number in range(12):
            acknowledged = [int(writer.read_line().split()[2]) for _ in range(40)]
            with working_folder(tmp_path / str(number)) as work:
                revision = copy_catalog(tmp_path / "data", work).head

                records, commits = await read_all(work)

            assert revision == len(commits) >= max(acknowledged)
            assert [commit.revision for commit in commits] == list(range(1, revision + 1))
            assert records == replay(commits)


def test_a_log_that_begins_anew_during_the_copy_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, work = tmp_path / "data", tmp_path / "work"
    data.mkdir()
    work.mkdir()
    opened = Database(data / "catalog.db", keep_commits=100)
    for number in range(20):
        opened.write([put(f"k{number}")])
    opened.fold()
    copied: list[str] = []
    copy = backup._copy_private

    def copy_slowly(source: Path, target: Path) -> None:
        """Between the look at the log's header and the copy, a commit writes over the log's beginning."""
        if copied == ["catalog.db"]:
            opened.write([put("k7")])
        copied.append(source.name)
        copy(source, target)

    monkeypatch.setattr(backup, "_copy_private", copy_slowly)

    assert copy_catalog(data, work).head == 21

    assert copied == ["catalog.db", "catalog.db-wal", "catalog.db-wal"]
    opened.close()
    copy_of_it = Database(work / "catalog.db", reading=True)
    assert len(copy_of_it.snapshot().next_page()) == 20
    copy_of_it.close()


def put(key: str) -> Group:
    return Group(((Change(key, b"v" * 5000),),), {}, None, bytes(16), None)


async def test_no_checkpoint_is_made_while_somebody_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_FOLD_PAGES", 10)
    store = SqliteStore(tmp_path)
    await store.open()
    await store.commit([[Change("a", b"v" * 100_000)]], guards={}, commit_id=bytes(16))
    copier = HeadFile(tmp_path)
    with copier.shared():
        before = (tmp_path / "catalog.db").read_bytes()
        for _ in range(20):
            await store.commit([[Change("a", b"w" * 100_000)]], guards={}, commit_id=bytes(16))

        assert (tmp_path / "catalog.db").read_bytes() == before
        assert (tmp_path / "catalog.db-wal").stat().st_size > 20 * 100_000

    await store.checkpoint()
    assert (tmp_path / "catalog.db").read_bytes() != before
    assert (tmp_path / "catalog.db-wal").stat().st_size == 0
    copier.close()
    await store.close()


async def test_the_log_is_folded_again_and_again_and_does_not_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_FOLD_PAGES", 50)
    store = SqliteStore(tmp_path)
    await store.open()

    for number in range(300):
        await store.commit([[Change(f"k{number % 5}", b"v" * 500)]], guards={}, commit_id=bytes(16))

    assert (tmp_path / "catalog.db-wal").stat().st_size < 2 * 50 * 4096
    await store.close()


async def test_a_copy_that_lacks_what_was_acknowledged_is_no_copy(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    await store.open()
    for _ in range(3):
        await store.commit([[Change("a", b"")]], guards={}, commit_id=bytes(16))
    shutil.copytree(tmp_path / "data", tmp_path / "cut")
    await store.close()
    (tmp_path / "cut" / "catalog.db-wal").unlink()
    (tmp_path / "work").mkdir()

    with pytest.raises(StoreDamaged, match="lacks what was acknowledged"):
        copy_catalog(tmp_path / "cut", tmp_path / "work")


def test_looking_at_a_file_changes_nothing(tmp_path: Path) -> None:
    with WriterProcess(tmp_path, writers=1) as writer:
        for _ in range(5):
            writer.read_line()
        writer.kill()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    looked_at = Database(tmp_path / "catalog.db", reading=True)
    assert looked_at.snapshot().next_page()
    looked_at.close()

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

"""What is left of the embedded store after SIGKILL, and who may have it while its process lives."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from server.store.interface import Change, Commit, Record, StoreDamaged, StoreLocked
from server.store.sqlite import SqliteStore
from tests.crash.writer_process import WriterProcess


async def read_all(folder: Path) -> tuple[dict[str, Record], list[Commit]]:
    store = SqliteStore(folder)
    await store.open()
    revision, pages = await store.load()
    records = {record.key: record async for page in pages for record in page}
    commits: list[Commit] = []
    if revision:
        async for commit in store.watch(0):
            commits.append(commit)
            if commit.revision == revision:
                break
    await store.close()
    return records, commits


def replay(commits: list[Commit]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for commit in commits:
        for change in commit.changes:
            assert change.value is not None
            records[change.key] = Record(change.key, change.value, commit.revision)
    return records


async def test_the_lock_of_another_process_keeps_us_out_and_names_it(tmp_path: Path) -> None:
    with WriterProcess(tmp_path, writers=0) as writer:
        assert writer.read_line() == "ready 0"
        before = (tmp_path / "catalog.db").read_bytes()

        with pytest.raises(StoreLocked, match=re.escape(f"{tmp_path} is in use by process {writer.pid}")):
            await read_all(tmp_path)

        assert (tmp_path / "catalog.db").read_bytes() == before
        writer.kill()
        assert await read_all(tmp_path) == ({}, [])


@pytest.mark.parametrize("writers", [1, 8])
async def test_every_acknowledged_commit_survives_sigkill(tmp_path: Path, writers: int) -> None:
    acknowledged: dict[str, int] = {}
    for pause in (0, 0.02, 0.05, 0.1):
        with WriterProcess(tmp_path, writers=writers) as writer:
            assert writer.read_line().startswith("ready ")
            lines = [writer.read_line() for _ in range(20)]
            await asyncio.sleep(pause)
            lines += writer.kill()
        for line in lines:
            name, number, revision = line.split()
            acknowledged[f"{name}/{number}"] = int(revision)

        records, commits = await read_all(tmp_path)

        assert {key: records[key].revision for key in acknowledged} == acknowledged
        assert [commit.revision for commit in commits] == list(range(1, len(commits) + 1))
        assert records == replay(commits)


async def test_a_torn_tail_of_the_wal_costs_only_what_it_held(tmp_path: Path) -> None:
    with WriterProcess(tmp_path, writers=1) as writer:
        for _ in range(31):
            writer.read_line()
        acknowledged = 30 + len(writer.kill())
    _, whole = await read_copy(tmp_path, cut=0)

    records, commits = await read_copy(tmp_path, cut=100)

    assert len(whole) >= acknowledged
    assert commits == whole[: len(commits)]
    assert len(commits) == len(whole) - 1
    assert records == replay(commits)


@pytest.mark.parametrize("name", ["catalog.db", "catalog.db-wal"])
async def test_a_refused_start_after_a_kill_leaves_file_and_log_as_they_are(tmp_path: Path, name: str) -> None:
    with WriterProcess(tmp_path, writers=1, fold_pages=200) as writer:
        for _ in range(120):
            writer.read_line()
        writer.kill()
    flipped = bytearray((tmp_path / name).read_bytes())
    flipped[len(flipped) // 2 : len(flipped) // 2 + 4096] = b"\xff" * 4096
    (tmp_path / name).write_bytes(flipped)
    before = {each: (tmp_path / each).read_bytes() for each in ("catalog.db", "catalog.db-wal", "catalog.head")}

    for _ in range(2):
        with pytest.raises(StoreDamaged):
            await read_all(tmp_path)

    assert {each: (tmp_path / each).read_bytes() for each in before} == before
    assert sorted(os.listdir(tmp_path)) == ["catalog.db", "catalog.db-wal", "catalog.head", "modeld.lock"]


async def read_copy(folder: Path, *, cut: int) -> tuple[dict[str, Record], list[Commit]]:
    copy = folder / f"copy-{cut}"
    copy.mkdir()
    (copy / "catalog.db").write_bytes((folder / "catalog.db").read_bytes())
    wal = (folder / "catalog.db-wal").read_bytes()
    (copy / "catalog.db-wal").write_bytes(wal[: len(wal) - cut])
    return await read_all(copy)


async def test_a_creation_that_was_killed_half_way_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "catalog.db.new").write_bytes(b"half a da")

    records, _ = await read_all(tmp_path)

    assert records == {}
    assert sorted(os.listdir(tmp_path)) == ["catalog.db", "catalog.head", "modeld.lock"]


async def test_a_database_missing_beside_its_wal_is_not_replaced(tmp_path: Path) -> None:
    with WriterProcess(tmp_path, writers=1) as writer:
        for _ in range(5):
            writer.read_line()
        writer.kill()
    wal = (tmp_path / "catalog.db-wal").read_bytes()
    (tmp_path / "catalog.db").rename(tmp_path / "elsewhere")

    with pytest.raises(StoreDamaged, match=r"is missing, where revision \d+ was acknowledged"):
        await SqliteStore(tmp_path).open()
    (tmp_path / "catalog.head").unlink()
    with pytest.raises(StoreDamaged, match="is missing, but its write-ahead log"):
        await SqliteStore(tmp_path).open()

    assert (tmp_path / "catalog.db-wal").read_bytes() == wal
    assert not (tmp_path / "catalog.db").exists()


async def test_a_clean_close_leaves_everything_in_the_one_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.open()
    await store.commit([[Change("a", b"1")]], guards={}, commit_id=bytes(16))

    await store.close()

    assert sorted(os.listdir(tmp_path)) == ["catalog.db", "catalog.head", "modeld.lock"]
    records, _ = await read_all(tmp_path)
    assert records == {"a": Record("a", b"1", 1)}

"""Data folders that were copied, mixed or set back, and clocks that go backwards."""

import shutil
import time
from pathlib import Path

import pytest

from server.bootstrap import open_engine
from server.checking import check_folder
from server.engine import Engine
from server.history import read_entry
from server.key_file import KEY_FILE, add_key, forget_unused, read_keys
from server.loading import load_script
from server.rotation import Rotation
from server.secrets import UnknownKey
from server.store.interface import StoreDamaged
from server.store.sqlite import SqliteStore
from tests.integration.statements import add_version, create, remote_options

SECRETIVE = (
    "CREATE MODEL s WITH VERSION v1 OPTIONS "
    f"(MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'LLM', {remote_options('SeCrEt-that-is-long-enough')})"
)


async def start(folder: Path) -> tuple[SqliteStore, Engine]:
    store = SqliteStore(folder)
    try:
        return store, await open_engine(store, folder, project="p", owner="o", environment_key=None)
    except BaseException:
        await store.close()
        raise


async def run(folder: Path, *statements: str) -> None:
    store, engine = await start(folder)
    for statement in statements:
        await load_script(engine, statement, "o", "p")
    await store.close()


async def test_a_copy_goes_on_by_itself_beside_the_original(tmp_path: Path) -> None:
    await run(tmp_path / "one", create("m"))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    first, one = await start(tmp_path / "one")
    second, two = await start(tmp_path / "two")

    await load_script(one, create("only_here"), "o", "p")
    await load_script(two, create("only_there"), "o", "p")

    assert one.committer.catalog.revision == two.committer.catalog.revision
    await first.close()
    await second.close()
    for name in ("one", "two"):
        assert check_folder(tmp_path / name, environment_key=None).findings == []


async def rotate(folder: Path) -> None:
    """A new key, and the old one forgotten."""
    add_key(folder / KEY_FILE)
    store, engine = await start(folder)
    await Rotation(engine, folder / KEY_FILE).run()
    await store.close()
    assert len(forget_unused(folder / KEY_FILE)) == 1


async def test_an_older_catalog_beside_a_newer_key_is_refused_and_says_which_key_is_missing(tmp_path: Path) -> None:
    await run(tmp_path / "data", SECRETIVE)
    shutil.copytree(tmp_path / "data", tmp_path / "older")
    await rotate(tmp_path / "data")
    [old] = read_keys(tmp_path / "older" / KEY_FILE)
    shutil.copy(tmp_path / "data" / KEY_FILE, tmp_path / "older" / KEY_FILE)

    with pytest.raises(UnknownKey, match=f"sealed with key {old.id.hex()}, which is not there"):
        await start(tmp_path / "older")

    [finding] = check_folder(tmp_path / "older", environment_key=None).findings
    assert old.id.hex() in finding.problem
    assert KEY_FILE in finding.advice


async def test_a_newer_catalog_beside_an_older_key_is_refused_as_well(tmp_path: Path) -> None:
    await run(tmp_path / "data", SECRETIVE)
    older = (tmp_path / "data" / KEY_FILE).read_bytes()
    await rotate(tmp_path / "data")
    [new] = read_keys(tmp_path / "data" / KEY_FILE)
    (tmp_path / "data" / KEY_FILE).write_bytes(older)

    with pytest.raises(UnknownKey, match=new.id.hex()):
        await start(tmp_path / "data")


async def test_an_older_catalog_in_the_folder_of_a_newer_is_refused(tmp_path: Path) -> None:
    await run(tmp_path / "data", create("m"))
    older = (tmp_path / "data" / "catalog.db").read_bytes()
    await run(tmp_path / "data", add_version("m", "v2"), add_version("m", "v3"))
    (tmp_path / "data" / "catalog.db").write_bytes(older)

    with pytest.raises(StoreDamaged, match=r"at revision 2, but revision 4 was acknowledged.*Put back a backup"):
        await start(tmp_path / "data")

    [finding] = check_folder(tmp_path / "data", environment_key=None).findings
    assert "revision 4 was acknowledged" in finding.problem


async def test_a_log_that_was_removed_is_missed(tmp_path: Path) -> None:
    store, engine = await start(tmp_path / "data")
    await store.checkpoint()
    await load_script(engine, create("m"), "o", "p")
    shutil.copytree(tmp_path / "data", tmp_path / "killed")
    await store.close()
    (tmp_path / "killed" / "catalog.db-wal").unlink()

    with pytest.raises(StoreDamaged, match=r"at revision 1, but revision 2 was acknowledged"):
        await start(tmp_path / "killed")


async def test_a_clock_that_goes_back_moves_no_time_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    real = time.time_ns
    store, engine = await start(folder)
    await load_script(engine, create("m"), "o", "p")
    monkeypatch.setattr(time, "time_ns", lambda: real() - 3600 * 10**9)
    await load_script(engine, add_version("m", "v2"), "o", "p")
    await store.close()
    monkeypatch.setattr(time, "time_ns", lambda: real() - 10**9 * 86_400 * 365)

    await run(folder, add_version("m", "v3"))

    store, engine = await start(folder)
    notes = [note async for page in store.read_notes(upto=10) for note in page]
    times = [note.note.time for note in notes]
    assert times == sorted(set(times))
    entries = [read_entry(note.note).time for note in notes]
    assert entries == sorted(set(entries))
    assert times[-1] < real() // 1000
    await store.close()
    assert check_folder(folder, environment_key=None).findings == []

"""What was changed on the disk behind the store's back is found, at the latest when it is read."""

import os
from pathlib import Path

import pytest

from server.store import snapshot
from server.store.inspection import inspect
from server.store.interface import Change, Note, Record, StoreDamaged
from server.store.sqlite import SqliteStore
from tests.conformance.test_sqlite_file import execute


async def fill(folder: Path, count: int = 4) -> Path:
    """A cleanly closed store with `count` commits and their notes; the path of its file."""
    store = SqliteStore(folder)
    await store.open()
    for number in range(1, count + 1):
        note = Note(f"k{number}", number, b'{"action":"x"}', b"undo", f"k{number + 1}")
        changes = [Change(f"k{number}", b"v" * 60)]
        await store.commit([changes], guards={}, commit_id=os.urandom(16), notes=[[note]])
    await store.close()
    return folder / "catalog.db"


async def opened(folder: Path) -> SqliteStore:
    store = SqliteStore(folder)
    await store.open()
    return store


async def load(store: SqliteStore) -> list[Record]:
    return [record async for page in (await store.load())[1] for record in page]


@pytest.fixture(params=["joined", "rows"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the few records of these tests are read: as many are, or as few are."""
    if request.param == "joined":
        monkeypatch.setattr(snapshot, "JOINED_RECORDS", 2)
    return str(request.param)


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET value = CAST(replace(CAST(value AS TEXT), 'vvv', 'vwv') AS BLOB) WHERE key = 'k2'",
        "UPDATE records SET value = CAST(value AS TEXT) WHERE key = 'k2'",
        "UPDATE records SET key = 'k2!' WHERE key = 'k2'",
        "UPDATE records SET revision = 3 WHERE key = 'k2'",
        "UPDATE records SET revision = 2.5 WHERE key = 'k2'",
        "UPDATE records SET revision = x'32' WHERE key = 'k2'",
        "UPDATE records SET key = CAST(key AS BLOB) WHERE key = 'k2'",
        "UPDATE records SET checksum = checksum + 1 WHERE key = 'k2'",
    ],
)
async def test_a_record_that_was_changed_is_found_by_loading(tmp_path: Path, change: str) -> None:
    execute(await fill(tmp_path), change)
    store = await opened(tmp_path)

    with pytest.raises(StoreDamaged, match=r"catalog\.db: the record k"):
        await load(store)

    await store.close()


@pytest.mark.parametrize(
    "change",
    [
        "entry = replace(entry, 'x', 'y')",
        "undo = CAST('redo' AS BLOB)",
        "undo = 'undo'",
        "entry = CAST(entry AS BLOB)",
        "subject = 'k3'",
        "second = NULL",
        "time = time + 1",
        "part = 2",
        "revision = 9",
        "number = number + 1",
    ],
)
async def test_a_note_that_was_changed_is_found_by_reading_it(tmp_path: Path, change: str) -> None:
    execute(await fill(tmp_path), f"UPDATE history SET {change} WHERE revision = 4")

    store = await opened(tmp_path)

    with pytest.raises(StoreDamaged, match=r"the history of revision \d is damaged"):
        [page async for page in store.read_notes(upto=4)]
    with pytest.raises(StoreDamaged, match=r"the history of revision \d is damaged"):
        await store.find_moment(10)
    with pytest.raises(StoreDamaged, match=r"the history of revision \d is damaged"):
        await store.forget_notes(10)
    await store.close()


@pytest.mark.parametrize("column", ["commit_id", "changes"])
async def test_a_logged_commit_that_was_changed_is_found_by_watching(tmp_path: Path, column: str) -> None:
    execute(await fill(tmp_path), f"UPDATE log SET {column} = zeroblob(16) WHERE revision = 2")
    store = await opened(tmp_path)

    with pytest.raises(StoreDamaged, match="revision 2 are damaged"):
        await anext(store.watch(0))

    await store.close()


@pytest.mark.usefixtures("how")
async def test_a_text_that_is_no_text_is_damage(tmp_path: Path) -> None:
    execute(await fill(tmp_path), "UPDATE records SET key = CAST(x'6bff' AS TEXT) WHERE key = 'k4'")
    store = await opened(tmp_path)

    with pytest.raises(StoreDamaged, match="UTF-8"):
        await load(store)

    await store.close()


async def test_an_older_file_in_the_place_of_a_newer_is_refused_until_it_is_meant(tmp_path: Path) -> None:
    path = await fill(tmp_path)
    older = path.read_bytes()
    await fill(tmp_path)
    path.write_bytes(older)

    with pytest.raises(StoreDamaged, match="is at revision 4, but revision 8 was acknowledged in this folder"):
        await opened(tmp_path)

    (tmp_path / "catalog.head").unlink()
    store = await opened(tmp_path)
    assert await store.head() == 4
    await store.close()


async def test_a_missing_file_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    path = await fill(tmp_path)
    path.unlink()

    with pytest.raises(StoreDamaged, match="is missing, where revision 4 was acknowledged"):
        await opened(tmp_path)

    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"\0" * 73, b"revision 9999\n"])
async def test_a_head_file_that_says_nothing_hinders_nobody(tmp_path: Path, content: bytes) -> None:
    await fill(tmp_path)
    (tmp_path / "catalog.head").write_bytes(content)

    store = await opened(tmp_path)

    assert await store.head() == 4
    await store.close()


async def test_a_bit_that_flips_in_the_head_file_makes_it_say_nothing(tmp_path: Path) -> None:
    await fill(tmp_path)
    head = tmp_path / "catalog.head"
    whole = head.read_bytes()
    for position in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[position // 8] ^= 1 << position % 8
        head.write_bytes(flipped)

        store = await opened(tmp_path)

        await store.close()


async def test_a_schema_of_which_even_the_error_is_no_text_is_damage(tmp_path: Path) -> None:
    path = await fill(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"TEXT PRIMARY KEY", b"TEXT PRIMARY K\xffY"))

    with pytest.raises(StoreDamaged, match=r"catalog\.db"):
        await opened(tmp_path)
    with pytest.raises(StoreDamaged, match=r"catalog\.db"), inspect(path):
        pass

"""A bit that flips in `catalog.db` or its write-ahead log is found, or does no harm: never is wrong what is read.

Each run takes other places; MODELD_BIT_FLIPS says how many in each file (150).
"""

import os
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from server.store import snapshot
from server.store.inspection import inspect
from server.store.interface import Change, Moment, Note, Record, StoredNote, StoreError
from server.store.sqlite import SqliteStore
from tests.conformance.test_sqlite_file import execute

FLIPS: Final = int(os.environ.get("MODELD_BIT_FLIPS", "150"))
COMMITS: Final = 30
FILES: Final = ("catalog.db", "catalog.db-wal", "catalog.head")


@dataclass(frozen=True, slots=True)
class Content:
    """All that a store gives back."""

    records: list[Record]
    notes: list[StoredNote]
    by_subject: list[list[StoredNote]]
    moments: list[Moment]


async def read(store: SqliteStore) -> Content:
    subjects = [f"model/{number}" for number in range(5)]
    return Content(
        [record async for page in (await store.load())[1] for record in page],
        [note async for page in store.read_notes(upto=COMMITS) for note in page],
        [
            [note async for page in store.read_notes(subject=subject, upto=COMMITS) for note in page]
            for subject in subjects
        ],
        [await store.notes_begin(), *[await store.find_moment(time) for time in range(0, COMMITS, 3)]],
    )


async def fill(folder: Path) -> tuple[dict[str, bytes], dict[str, bytes], Content]:
    """What the files hold when the process was killed, when it has ended well, and what is to be read from either."""
    store = SqliteStore(folder)
    await store.open()
    for number in range(1, COMMITS + 1):
        subject = f"model/{number % 5}"
        note = Note(subject, number, b'{"action":"%d"}' % number, os.urandom(90), f"model/{(number + 1) % 5}")
        changes = [Change(subject, os.urandom(150)), Change(f"version/{number}", os.urandom(400))]
        if number > 20:
            changes.append(Change(f"version/{number - 20}", None))
        await store.commit([changes], guards={}, commit_id=os.urandom(16), notes=[[note]])
        if number == COMMITS - 4:
            await store.checkpoint()
    content = await read(store)
    killed = {name: (folder / name).read_bytes() for name in FILES}
    await store.close()
    closed = {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
    return killed, closed, content


def flip(data: bytes, position: int) -> bytes:
    flipped = bytearray(data)
    flipped[position // 8] ^= 1 << position % 8
    return bytes(flipped)


async def judge(folder: Path, files: dict[str, bytes], content: Content) -> str:
    """What becomes of these files.

    Raises:
        AssertionError: what is read is wrong, and nothing says so.
    """
    for name in os.listdir(folder):
        (folder / name).unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    store = SqliteStore(folder)
    try:
        await store.open()
    except StoreError as error:
        return f"refused: {type(error).__name__}"
    try:
        found = await read(store)
    except StoreError as error:
        return f"found by reading: {type(error).__name__}"
    finally:
        await store.close()
    if found == content:
        return "harmless"
    try:
        with inspect(folder / "catalog.db") as inspection:
            list(inspection.commits())
    except StoreError:
        return "found by modeld check"
    raise AssertionError("what is read is wrong, and nothing says so")


@pytest.mark.timeout(60 + FLIPS)
@pytest.mark.parametrize("name", ["catalog.db of a killed server", "catalog.db", "catalog.db-wal"])
async def test_a_flipped_bit_is_found_or_harmless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "flipped").mkdir()
    killed, closed, content = await fill(tmp_path / "made")
    files = closed if name == "catalog.db" else killed
    file = name.split()[0]
    assert await judge(tmp_path / "flipped", files, content) == "harmless"
    outcomes: Counter[str] = Counter()
    chance = random.Random()  # noqa: S311  places, not secrets

    for position in sorted(chance.sample(range(8 * len(files[file])), FLIPS)):
        # The records are few here, and read as many are, too.
        monkeypatch.setattr(snapshot, "JOINED_RECORDS", chance.choice([3, 8000]))
        try:
            outcomes[await judge(tmp_path / "flipped", {**files, file: flip(files[file], position)}, content)] += 1
        except BaseException as error:
            error.add_note(f"bit {position % 8} of byte {position // 8} of {len(files[file])} in {name}")
            raise

    print(name, outcomes)  # noqa: T201  for whoever runs it by hand
    assert outcomes.total() == FLIPS
    assert outcomes.total() > outcomes["harmless"]


async def test_the_judge_finds_what_is_wrong_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "flipped").mkdir()
    _, closed, content = await fill(tmp_path / "made")
    execute(tmp_path / "made" / "catalog.db", "DELETE FROM records WHERE key = 'model/3'")
    files = {**closed, "catalog.db": (tmp_path / "made" / "catalog.db").read_bytes()}

    with pytest.raises(AssertionError):
        await judge(tmp_path / "flipped", files, content)

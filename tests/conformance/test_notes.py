"""Notes about commits: written with them, read when asked for, let go of from the oldest on, in every store."""

import os
from pathlib import Path

import pytest

from server.store.interface import (
    FORMAT_VERSION,
    LIMITS,
    Change,
    Conflict,
    Moment,
    Note,
    StoreDamaged,
    StoredNote,
    TooLarge,
)
from server.store.sqlite import SqliteStore
from tests.conformance.conftest import Bench
from tests.conformance.test_sqlite_file import execute, fill

# What formats before the third lacked.
WITHOUT_CHECKSUMS = [
    f"ALTER TABLE {table} DROP COLUMN checksum" for table in ("records", "log", "history", "history_begin")
]


def note(subject: str, time: int = 1, second: str | None = None) -> Note:
    return Note(subject, time, b'{"action":"x"}', b"\x00undo", second)


async def put(bench: Bench, *groups: list[Note], guards: dict[str, int] | None = None) -> int:
    """One commit for each list of notes, all in one group."""
    commits = [[Change(f"k{index}", b"v")] for index in range(len(groups))]
    return await bench.store.commit(commits, guards=guards or {}, commit_id=os.urandom(16), notes=groups)


async def read(
    bench: Bench, subject: str | None = None, *, above: int = 0, upto: int = 1 << 40, newest_first: bool = False
) -> list[tuple[int, int, str]]:
    """(revision, part, subject) of what is found."""
    pages = bench.store.read_notes(subject=subject, above=above, upto=upto, newest_first=newest_first)
    return [(each.revision, each.part, each.note.subject) async for page in pages for each in page]


async def test_notes_come_back_as_they_were_given_after_reopening(bench: Bench) -> None:
    given = note("model/ü", 7, "model/b")
    await put(bench, [given])

    await bench.reopen()

    assert [page async for page in bench.store.read_notes(upto=1)] == [[StoredNote(1, 1, given)]]


async def test_every_commit_of_a_group_has_its_own(bench: Bench) -> None:
    await bench.put("first")
    await put(bench, [note("a"), note("b")], [], [note("a")])

    assert await read(bench) == [(2, 1, "a"), (2, 2, "b"), (4, 1, "a")]
    assert await read(bench, newest_first=True) == [(4, 1, "a"), (2, 2, "b"), (2, 1, "a")]
    assert await read(bench, "a") == [(2, 1, "a"), (4, 1, "a")]
    assert await read(bench, above=2) == await read(bench, "a", above=2) == [(4, 1, "a")]
    assert await read(bench, "a", upto=3) == [(2, 1, "a")]


async def test_what_moved_is_found_under_both_its_names(bench: Bench) -> None:
    await put(bench, [note("a", second="b")], [note("b")], [note("c")])

    assert await read(bench, "a") == [(1, 1, "a")]
    assert await read(bench, "b") == [(1, 1, "a"), (2, 1, "b")]
    assert await read(bench, "b", newest_first=True) == [(2, 1, "b"), (1, 1, "a")]


async def test_a_refused_commit_leaves_no_note(bench: Bench) -> None:
    with pytest.raises(Conflict):
        await put(bench, [note("a")], guards={"missing": 1})

    assert await read(bench) == []


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("subject", [None, "a"])
async def test_many_notes_come_whole_and_in_order(bench: Bench, subject: str | None, newest_first: bool) -> None:
    for start in range(0, 1300, 100):
        notes = [[note("a" if number % 2 else "b", second="a")] for number in range(start, start + 100)]
        await put(bench, *notes)

    found = [revision for revision, _, _ in await read(bench, subject, newest_first=newest_first)]

    assert found == sorted(range(1, 1301), reverse=newest_first)


async def test_a_moment_is_the_newest_commit_up_to_a_time(bench: Bench) -> None:
    await put(bench, [note("a", 10)], [note("a", 20), note("b", 20)], [note("a", 30)])

    assert await bench.store.notes_begin() == Moment(0, 0)
    assert await bench.store.find_moment(9) == Moment(0, 0)
    assert await bench.store.find_moment(10) == await bench.store.find_moment(19) == Moment(1, 10)
    assert await bench.store.find_moment(29) == Moment(2, 20)
    assert await bench.store.find_moment(1000) == Moment(3, 30)


async def forget(bench: Bench, before: int) -> None:
    while await bench.store.forget_notes(before):
        pass


async def test_the_oldest_notes_are_let_go_of(bench: Bench) -> None:
    await put(bench, [note("a", 10)], [note("a", 20), note("b", 20)], [note("a", 30)])

    await forget(bench, 30)
    await bench.reopen()

    assert await read(bench) == await read(bench, "a") == [(3, 1, "a")]
    assert await bench.store.notes_begin() == Moment(2, 20)
    assert await bench.store.find_moment(25) == Moment(2, 20)
    assert await bench.store.head() == 3


async def test_letting_go_of_nothing_changes_nothing(bench: Bench) -> None:
    await put(bench, [note("a", 10)])

    assert await bench.store.forget_notes(10) is False

    assert await bench.store.notes_begin() == Moment(0, 0)
    assert await read(bench) == [(1, 1, "a")]


async def test_letting_go_of_many_takes_turns_and_gets_to_the_end(bench: Bench) -> None:
    for start in range(0, 5000, 500):
        await put(bench, *([note("a", number)] for number in range(start, start + 500)))

    await forget(bench, 4990)

    assert await read(bench) == [(revision, 1, "a") for revision in range(4991, 5001)]
    assert await bench.store.notes_begin() == Moment(4990, 4989)


async def test_notes_count_towards_the_limit(bench: Bench) -> None:
    large = Note("a", 1, b"{}", bytes(LIMITS.total))

    with pytest.raises(TooLarge):
        await put(bench, [large])
    with pytest.raises(ValueError, match="notes for 2 commits"):
        await bench.store.commit([[Change("a", b"")]], guards={}, commit_id=bytes(16), notes=[[], []])

    assert await bench.store.head() == 0


async def test_a_file_of_the_first_format_gets_a_history_that_begins_now(tmp_path: Path) -> None:
    path = await fill(tmp_path, 3)
    drop = ("DROP TABLE history", "DROP TABLE history_begin", "UPDATE meta SET value = '1' WHERE name = 'format'")
    execute(path, *drop, *WITHOUT_CHECKSUMS[:2])

    store = SqliteStore(tmp_path)
    await store.open()

    begin = await store.notes_begin()
    assert begin.revision == await store.head() == 3
    assert begin.time > 1_700_000_000_000_000
    await store.commit([[Change("a", b"")]], guards={}, commit_id=bytes(16), notes=[[note("a", begin.time)]])
    await store.close()
    assert execute(path, "SELECT revision, part, subject, entry FROM history") == [(4, 1, "a", '{"action":"x"}')]
    assert execute(path, "SELECT value FROM meta WHERE name = 'format'") == [(str(FORMAT_VERSION),)]


async def test_a_file_of_the_second_format_gets_its_checksums_and_keeps_everything(tmp_path: Path) -> None:
    path = await fill(tmp_path, 3)
    store = SqliteStore(tmp_path)
    await store.open()
    given = note("model/ü", 7, "model/b")
    await store.commit([[Change("a", b"1")]], guards={}, commit_id=bytes(16), notes=[[given]])
    await store.close()
    made = execute(path, "SELECT name, sql FROM sqlite_schema ORDER BY name")
    execute(path, *WITHOUT_CHECKSUMS, "UPDATE meta SET value = '2' WHERE name = 'format'")

    for _ in range(2):
        store = SqliteStore(tmp_path)
        await store.open()
        assert [page async for page in store.read_notes(upto=4)] == [[StoredNote(4, 1, given)]]
        assert await store.notes_begin() == Moment(0, 0)
        assert [record.key async for page in (await store.load())[1] for record in page] == [
            "a",
            "k0000",
            "k0001",
            "k0002",
        ]
        watch = store.watch(0)
        assert [(await anext(watch)).revision for _ in range(4)] == [1, 2, 3, 4]
        await store.close()
    assert execute(path, "SELECT name, sql FROM sqlite_schema ORDER BY name") == made


async def test_a_history_without_its_beginning_is_damage(tmp_path: Path) -> None:
    execute(await fill(tmp_path), "DELETE FROM history_begin")

    with pytest.raises(StoreDamaged, match="does not say when its history begins"):
        await SqliteStore(tmp_path).open()

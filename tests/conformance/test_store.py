"""The laws of `server.store.interface`, for every store."""

import asyncio
import os
from itertools import pairwise

import pytest

from server.store.interface import (
    LIMITS,
    Change,
    Commit,
    Conflict,
    HistoryCompacted,
    Limits,
    OutcomeUnknown,
    Record,
    Store,
    StoreUnavailable,
    TooLarge,
)
from tests.conformance.conftest import KEEP_COMMITS, Bench

ID = bytes(range(16))


async def take(store: Store, after: int, count: int) -> list[Commit]:
    commits: list[Commit] = []
    async for commit in store.watch(after):
        commits.append(commit)
        if len(commits) == count:
            break
    return commits


async def test_a_new_store_is_empty(bench: Bench) -> None:
    revision, pages = await bench.store.load()

    assert revision == 0
    assert [page async for page in pages] == []
    assert await bench.store.head() == 0


async def test_a_commit_is_loaded_with_its_revision(bench: Bench) -> None:
    revision = await bench.commit(Change("b", b"\x00\xff"), Change("a", b""))

    assert revision == await bench.store.head() == 1
    assert await bench.records() == {"a": Record("a", b"", 1), "b": Record("b", b"\x00\xff", 1)}


async def test_a_put_replaces_and_a_delete_removes(bench: Bench) -> None:
    await bench.commit(Change("a", b"1"), Change("b", b"1"))

    await bench.commit(Change("a", b"2"), Change("b", None), Change("never", None))

    assert await bench.records() == {"a": Record("a", b"2", 2)}


async def test_the_last_change_of_a_key_counts(bench: Bench) -> None:
    await bench.commit(Change("a", b"1"), Change("a", None), Change("b", None), Change("b", b"2"))

    assert await bench.records() == {"b": Record("b", b"2", 1)}


async def test_what_was_committed_is_there_after_reopening(bench: Bench) -> None:
    await bench.put("a")
    await bench.put("b")

    await bench.reopen()

    assert await bench.store.head() == 2
    assert set(await bench.records()) == {"a", "b"}
    assert await bench.put("c", a=1, b=2) == 3


async def test_a_guard_that_holds_lets_the_commit_pass(bench: Bench) -> None:
    first = await bench.put("a", a=0)

    assert await bench.put("a", a=first) == 2


async def test_a_failed_guard_writes_nothing_and_names_its_keys(bench: Bench) -> None:
    await bench.put("a")
    await bench.put("b")

    with pytest.raises(Conflict) as caught:
        await bench.put("c", a=0, b=2, c=7)

    assert caught.value.keys == ("a", "c")
    assert caught.value.revision == await bench.store.head() == 2
    assert set(await bench.records()) == {"a", "b"}


async def test_a_deleted_key_is_absent_to_a_guard(bench: Bench) -> None:
    await bench.put("a")
    await bench.commit(Change("a", None))

    assert await bench.put("a", a=0) == 3


async def test_an_expected_revision_means_nothing_at_all_has_changed(bench: Bench) -> None:
    await bench.put("a")

    with pytest.raises(Conflict) as caught:
        await bench.store.commit([[Change("b", b"")]], guards={}, commit_id=ID, expected_revision=0)

    assert caught.value.keys == ()
    assert await bench.store.commit([[Change("b", b"")]], guards={}, commit_id=ID, expected_revision=1) == 2


async def test_guards_hold_where_nothing_was_committed_since_they_were_taken(bench: Bench) -> None:
    await bench.put("a")
    await bench.put("b")
    changes = [[Change("c", b"")]]

    # Taken from the newest catalog they are believed, whatever they say; from an older one each is looked at.
    assert await bench.store.commit(changes, guards={"a": 7}, seen=2, commit_id=ID) == 3
    assert await bench.store.commit(changes, guards={"a": 1}, seen=2, commit_id=ID) == 4
    with pytest.raises(Conflict) as caught:
        await bench.store.commit(changes, guards={"a": 1, "c": 3}, seen=3, commit_id=ID)
    assert caught.value.keys == ("c",)


async def test_guards_are_looked_at_when_a_group_was_written_just_before(bench: Bench) -> None:
    await bench.put("a")

    first, second = await asyncio.gather(
        bench.store.commit([[Change("a", b"1")]], guards={"a": 1}, seen=1, commit_id=ID),
        bench.store.commit([[Change("a", b"2")]], guards={"a": 1}, seen=1, commit_id=ID),
        return_exceptions=True,
    )

    assert (first, type(second)) == (2, Conflict)


async def test_a_group_gets_consecutive_revisions_and_the_last_one_is_returned(bench: Bench) -> None:
    await bench.put("z")

    last = await bench.store.commit(
        [[Change("a", b"1")], [Change("b", b"2")], [Change("a", b"3")]], guards={"a": 0, "z": 1}, commit_id=ID
    )

    assert last == 4
    assert await bench.records() == {"a": Record("a", b"3", 4), "b": Record("b", b"2", 3), "z": Record("z", b"v", 1)}
    assert await take(bench.store, 1, 3) == [
        Commit(2, ID, (Change("a", b"1"),)),
        Commit(3, ID, (Change("b", b"2"),)),
        Commit(4, ID, (Change("a", b"3"),)),
    ]


async def test_an_empty_group_is_only_a_check(bench: Bench) -> None:
    await bench.put("a")

    assert await bench.store.commit([], guards={"a": 1}, commit_id=ID) == 1
    with pytest.raises(Conflict):
        await bench.store.commit([], guards={"a": 0}, commit_id=ID)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([Change("k" * (LIMITS.key + 1), b"")], id="key"),
        pytest.param([Change("é" * (LIMITS.key // 2 + 1), b"")], id="key in bytes"),
        pytest.param([Change("k", b"v" * (LIMITS.value + 1))], id="value"),
        pytest.param([Change(str(n), b"v" * LIMITS.value) for n in range(16)], id="total"),
        pytest.param([Change("k", None)] * (LIMITS.changes + 1), id="changes"),
    ],
)
async def test_more_than_the_limits_is_refused(bench: Bench, changes: list[Change]) -> None:
    with pytest.raises(TooLarge):
        await bench.commit(*changes)

    assert await bench.store.head() == 0


async def test_exactly_the_limits_are_taken(bench: Bench) -> None:
    key = "k" * LIMITS.key

    await bench.commit(Change(key, b"v" * LIMITS.value))

    assert len((await bench.records())[key].value) == LIMITS.value


def test_the_limits_count_over_the_whole_group() -> None:
    group = [[Change("a", b"12")], [Change("b", b"34")]]

    Limits(changes=2, total=6).check(group, ID)
    with pytest.raises(TooLarge, match="2 changes"):
        Limits(changes=1).check(group, ID)
    with pytest.raises(TooLarge, match="6 bytes"):
        Limits(total=5).check(group, ID)


async def test_a_callers_fault_is_not_taken_for_a_failing_store(bench: Bench) -> None:
    with pytest.raises(ValueError, match="empty"):
        await bench.put("")
    with pytest.raises(ValueError, match="16 bytes"):
        await bench.store.commit([[Change("a", b"")]], guards={}, commit_id=b"short")

    assert await bench.put("a") == 1


async def test_a_watch_begun_before_and_one_begun_after_see_the_same(bench: Bench) -> None:
    early = asyncio.create_task(take(bench.store, 0, 3))
    await asyncio.sleep(0)
    for key in "abc":
        await bench.put(key)

    late = await take(bench.store, 0, 3)

    assert [commit.revision for commit in late] == [1, 2, 3]
    assert [commit.changes for commit in late] == [(Change(key, b"v"),) for key in "abc"]
    assert await early == late


async def test_a_watch_goes_on_over_a_reopening(bench: Bench) -> None:
    await bench.commit(Change("a", b"1"), Change("b", None))
    await bench.put("b")

    await bench.reopen()
    third = await bench.put("c")
    commits = await take(bench.store, 0, 3)

    assert [commit.revision for commit in commits] == [1, 2, third]
    assert commits[0].changes == (Change("a", b"1"), Change("b", None))


async def test_watch_delivers_each_commit_once_in_order_beside_writers(bench: Bench) -> None:
    count = 300

    async def follow(after: int) -> list[int]:
        return [commit.revision for commit in await take(bench.store, after, count - after)]

    watchers = [asyncio.create_task(follow(0)) for _ in range(3)]
    await asyncio.sleep(0)
    for start in range(0, count, 10):
        await asyncio.gather(*(bench.put(f"k{start + n}") for n in range(10)))

    assert await asyncio.gather(*watchers) == [list(range(1, count + 1))] * 3


async def test_a_watch_waits_for_commits_that_are_still_to_come(bench: Bench) -> None:
    watching = asyncio.create_task(take(bench.store, 2, 1))

    for key in "abc":
        assert not watching.done()
        await bench.put(key)

    assert [commit.revision for commit in await watching] == [3]


async def test_a_watch_from_before_the_kept_history_says_so(bench: Bench) -> None:
    last = 0
    for start in range(0, 1200, 100):
        group = [[Change(f"k{n}", b"")] for n in range(start, start + 100)]
        last = await bench.store.commit(group, guards={}, commit_id=ID)
    await bench.reopen()

    with pytest.raises(HistoryCompacted):
        await take(bench.store, 0, 1)

    kept = await take(bench.store, last - KEEP_COMMITS, KEEP_COMMITS)
    assert [commit.revision for commit in kept] == list(range(last - KEEP_COMMITS + 1, last + 1))
    assert len(await bench.records()) == last == 1200


async def test_a_watch_ends_when_cancelled(bench: Bench) -> None:
    watching = asyncio.create_task(take(bench.store, 0, 1))
    await asyncio.sleep(0.01)

    watching.cancel()

    with pytest.raises(asyncio.CancelledError):
        await watching
    assert await bench.put("a") == 1


async def test_a_watch_ends_when_the_store_closes(bench: Bench) -> None:
    watching = asyncio.create_task(take(bench.store, 0, 5))
    await bench.put("a")
    await asyncio.sleep(0.01)

    await bench.store.close()

    assert [commit.revision for commit in await watching] == [1]


async def test_closing_twice_is_harmless(bench: Bench) -> None:
    await bench.store.close()
    await asyncio.gather(bench.store.close(), bench.store.close())


async def test_a_closed_store_does_nothing_more(bench: Bench) -> None:
    await bench.store.close()

    with pytest.raises(StoreUnavailable):
        await bench.put("a")
    with pytest.raises(StoreUnavailable):
        await bench.store.load()
    with pytest.raises(StoreUnavailable):
        await bench.store.head()
    with pytest.raises(StoreUnavailable):
        await take(bench.store, 0, 1)


async def test_of_fifty_tasks_with_one_guard_exactly_one_wins(bench: Bench) -> None:
    outcomes = await asyncio.gather(*(bench.put("a", b"%d" % n, a=0) for n in range(50)), return_exceptions=True)

    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [1]
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 49
    assert await bench.store.head() == 1


async def test_fifty_tasks_that_retry_lose_no_update(bench: Bench) -> None:
    async def increment() -> None:
        while True:
            record = (await bench.records()).get("n", Record("n", b"0", 0))
            try:
                await bench.put("n", b"%d" % (int(record.value) + 1), n=record.revision)
            except Conflict:
                continue
            return

    await asyncio.gather(*(increment() for _ in range(50)))

    assert await bench.records() == {"n": Record("n", b"50", 50)}


async def test_a_conflict_fails_no_neighbour(bench: Bench) -> None:
    await bench.put("a")

    outcomes = await asyncio.gather(
        *(bench.put(f"k{n}", a=n % 2) for n in range(50)),
        return_exceptions=True,
    )

    assert [isinstance(outcome, Conflict) for outcome in outcomes] == [True, False] * 25
    assert await bench.store.head() == 26
    assert set(await bench.records()) == {"a", *(f"k{n}" for n in range(1, 50, 2))}


async def test_commits_that_wait_together_see_each_other_in_order(bench: Bench) -> None:
    outcomes = await asyncio.gather(
        bench.put("a", a=0),
        bench.put("a", a=1),
        bench.put("a", a=1),
        bench.commit(Change("a", None), guards={"a": 2}),
        bench.put("b", a=2),
        bench.put("a", a=0),
        return_exceptions=True,
    )

    assert [outcome if isinstance(outcome, int) else type(outcome) for outcome in outcomes] == [
        1,
        2,
        Conflict,
        3,
        Conflict,
        4,
    ]
    assert await bench.records() == {"a": Record("a", b"v", 4)}


async def test_load_gives_pages_in_the_order_of_keys(bench: Bench) -> None:
    await bench.commit(*(Change(f"k{n:05}", b"%d" % n) for n in range(5000)))

    revision, pages = await bench.store.load()
    read = [page async for page in pages]

    assert revision == 1
    assert len(read) == 3
    keys = [record.key for page in read for record in page]
    assert keys == sorted({f"k{n:05}" for n in range(5000)})
    assert all(before < after for before, after in pairwise(keys))


async def test_load_is_one_snapshot_whatever_is_committed_meanwhile(bench: Bench) -> None:
    await bench.commit(*(Change(f"k{n:05}", b"old") for n in range(5000)))
    revision, pages = await bench.store.load()
    first = await anext(pages)

    await bench.commit(Change("k04999", b"new"), Change("k04998", None), Change("k03000x", b"new"))
    rest = [record async for page in pages for record in page]

    assert revision == 1
    assert [(record.key, record.value, record.revision) for record in (*first, *rest)] == [
        (f"k{n:05}", b"old", 1) for n in range(5000)
    ]


async def test_a_load_that_nobody_reads_to_its_end_holds_up_no_commit(bench: Bench) -> None:
    await bench.commit(*(Change(f"k{n:05}", b"old") for n in range(5000)))
    _, pages = await bench.store.load()
    _, never_begun = await bench.store.load()
    await anext(pages)

    assert await bench.store.commit([[Change("a", b"")]], guards={}, commit_id=os.urandom(16), deadline=10) == 2
    assert len([page async for page in never_begun]) == 3


async def test_an_impatient_caller_is_told_that_nothing_was_written(bench: Bench) -> None:
    """A deadline that is over at once may at most refuse; it must never write and deny it."""
    try:
        await bench.store.commit([[Change("a", b"")]], guards={}, commit_id=ID, deadline=0)
    except StoreUnavailable:
        assert await bench.put("b") == 1
    except OutcomeUnknown:
        # It was being written when the time was up: either may be, and nothing more is taken until it is opened again.
        with pytest.raises(StoreUnavailable):
            await bench.put("b")
        await bench.reopen()
        assert await bench.put("b") in (1, 2)
    else:
        assert await bench.store.head() == 1

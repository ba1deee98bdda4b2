"""The committer: groups, order, what waits for what, and what happens when the store fails."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.catalog import Catalog, Decision
from server.catalog.events import Change, Event
from server.catalog.values import Key, Principal, SchemaHeader, principal_key, schema_key
from server.committer import Committer
from server.errors import Condition, OdpsError
from server.records import encode_key
from server.store.interface import Change as StoredChange
from server.store.interface import (
    Conflict,
    FormatTooNew,
    Limits,
    OutcomeUnknown,
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreUnavailable,
    TooLarge,
)
from server.store.memory import MemoryStore
from tests.unit.server.committer_scenes import begun, make_schema, schemas


async def outcome(awaitable: Awaitable[Decision]) -> Condition | None:
    """None for a decision, else the condition that it ended with."""
    try:
        await awaitable
    except OdpsError as error:
        return error.condition
    return None


async def test_change_is_answered_and_published() -> None:
    committer, _ = await begun()

    decision = await committer.submit(make_schema("s"))

    assert decision.event is not None
    assert schemas(committer) == ["s"]
    assert committer.catalog.revision == 2


async def test_waiting_statements_go_to_the_store_together() -> None:
    committer, store = await begun()

    await asyncio.gather(*(committer.submit(make_schema(f"s{number}")) for number in range(50)))

    assert store.groups == [50]
    revisions = [committer.catalog.projects["p"].schemas[f"s{number}"].revision for number in range(50)]
    assert revisions == list(range(2, 52))
    assert await store.head() == committer.catalog.revision == 51


async def test_statements_that_arrive_during_a_commit_are_the_next_group() -> None:
    committer, store = await begun()
    first = asyncio.ensure_future(committer.submit(make_schema("a")))
    await store.asked.wait()

    await asyncio.gather(first, *(committer.submit(make_schema(name)) for name in "bcd"))

    assert store.groups == [1, 3]


async def test_groups_are_bounded() -> None:
    committer, store = await begun()

    await asyncio.gather(*(committer.submit(make_schema(f"s{number}")) for number in range(300)))

    assert sum(store.groups) == 300
    assert len(store.groups) == 3


async def test_replay_gives_the_published_catalog() -> None:
    committer, store = await begun()
    await asyncio.gather(*(committer.submit(make_schema(name)) for name in "abc"))
    await committer.submit(make_schema("d"))

    replayed = Committer(store)
    await replayed.load()

    assert replayed.catalog == committer.catalog


async def test_decisions_see_the_changes_before_them() -> None:
    committer, store = await begun()

    made, again, refused = await asyncio.gather(
        committer.submit(make_schema("s")),
        committer.submit(make_schema("s")),
        outcome(committer.submit(make_schema("s", owner="bob"))),
    )

    assert made.event is not None
    assert again.event is None
    assert refused is Condition.SCHEMA_EXISTS
    assert store.groups == [1]


async def test_what_rests_on_no_change_does_not_wait_for_the_store() -> None:
    committer, store = await begun()
    await committer.submit(make_schema("s"))
    store.groups.clear()

    assert (await committer.submit(make_schema("s"))).event is None
    assert await outcome(committer.submit(make_schema("s", owner="bob"))) is not None
    assert store.groups == []


async def test_no_answer_before_what_it_rests_on_is_durable() -> None:
    committer, store = await begun()
    requests = [
        asyncio.ensure_future(committer.submit(decide))
        for decide in (make_schema("s"), make_schema("s"), make_schema("s", owner="bob"))
    ]
    await store.asked.wait()

    assert [request.done() for request in requests] == [False, False, False]
    assert schemas(committer) == []
    await asyncio.wait(requests)
    assert schemas(committer) == ["s"]
    assert await outcome(requests[2]) is Condition.SCHEMA_EXISTS


FAILURES: list[tuple[StoreError, Condition, str]] = [
    (StoreFailed("write failed"), Condition.STORE_FAILED, "58030"),
    (StoreFull("no space"), Condition.STORE_FULL, "53100"),
    (OutcomeUnknown("late"), Condition.STORE_OUTCOME_UNKNOWN, "08007"),
    (Conflict(["schema/p/s"], 3), Condition.CONFLICT, "40001"),
    (Conflict([], 3), Condition.CONFLICT, "40001"),
    (StoreUnavailable("closed"), Condition.STORE_UNAVAILABLE, "57P03"),
    (TooLarge("big"), Condition.STORE_TOO_LARGE, "54000"),
    (StoreDamaged("a bit"), Condition.STORE_DAMAGED, "XX001"),
    (FormatTooNew("9"), Condition.STORE_FAILED, "58030"),
]


@pytest.mark.parametrize(("failure", "condition", "sqlstate"), FAILURES)
async def test_store_failures_are_told_and_nothing_is_published(
    failure: StoreError, condition: Condition, sqlstate: str
) -> None:
    committer, store = await begun()
    before = committer.catalog
    store.fail_next_commit(failure)

    with pytest.raises(OdpsError) as raised:
        await committer.submit(make_schema("s"))

    assert (raised.value.condition, raised.value.condition.sqlstate) == (condition, sqlstate)
    assert raised.value.__cause__ is failure
    assert committer.catalog is before


async def test_conflict_names_the_objects() -> None:
    committer, store = await begun()
    store.fail_next_commit(Conflict(["schema/p/s"], 3))

    with pytest.raises(OdpsError, match="schema/p/s was changed by another transaction"):
        await committer.submit(make_schema("s"))


async def test_all_that_rests_on_a_failed_group_fails_with_it() -> None:
    committer, store = await begun()
    await committer.submit(make_schema("old"))
    store.fail_next_commit(StoreFull("no space"))

    before, made, again, refused = await asyncio.gather(
        *(
            outcome(committer.submit(decide))
            for decide in (
                make_schema("old", owner="bob"),
                make_schema("s"),
                make_schema("s"),
                make_schema("s", owner="bob"),
            )
        )
    )

    assert before is Condition.SCHEMA_EXISTS  # decided on what was durable
    assert [made, again, refused] == [Condition.STORE_FULL] * 3
    assert schemas(committer) == ["old"]


async def test_after_a_conflict_the_next_statement_is_committed() -> None:
    committer, store = await begun()
    store.fail_next_commit(Conflict([], 1))
    await outcome(committer.submit(make_schema("a")))

    await committer.submit(make_schema("b"))

    assert schemas(committer) == ["b"]


async def test_after_a_failed_write_nothing_is_written() -> None:
    committer, store = await begun()
    store.fail_next_commit(StoreFailed("write failed"))
    await outcome(committer.submit(make_schema("a")))

    assert await outcome(committer.submit(make_schema("b"))) is Condition.STORE_UNAVAILABLE
    assert schemas(committer) == []


async def test_fault_in_one_decision_does_not_stop_the_others() -> None:
    committer, store = await begun()

    def faulty(_: Catalog) -> Decision:
        raise RuntimeError("a fault")

    first, faulted, last = await asyncio.gather(
        committer.submit(make_schema("a")),
        committer.submit(faulty),
        committer.submit(make_schema("b")),
        return_exceptions=True,
    )

    assert isinstance(first, Decision)
    assert isinstance(faulted, RuntimeError)
    assert isinstance(last, Decision)
    assert schemas(committer) == ["a", "b"]
    assert store.groups == [2]


async def test_fault_in_the_store_is_told_to_all_who_wait() -> None:
    committer, store = await begun()
    store.fault = RuntimeError("a fault")

    outcomes = await asyncio.gather(*(committer.submit(make_schema(name)) for name in "ab"), return_exceptions=True)

    assert [str(each) for each in outcomes] == ["a fault", "a fault"]
    await committer.submit(make_schema("c"))
    assert schemas(committer) == ["c"]


async def test_cancelled_before_it_is_decided_is_not_decided() -> None:
    committer, store = await begun()
    first = asyncio.ensure_future(committer.submit(make_schema("a")))
    await store.asked.wait()
    second = asyncio.ensure_future(committer.submit(make_schema("b")))
    await asyncio.sleep(0)

    second.cancel()
    await asyncio.wait([first, second])
    await committer.close()

    assert second.cancelled()
    assert schemas(committer) == ["a"]


async def test_cancelled_during_its_commit_is_too_late_and_told_what_became_of_it() -> None:
    committer, store = await begun()
    first, second = (asyncio.ensure_future(committer.submit(make_schema(name))) for name in "ab")
    await store.asked.wait()

    first.cancel()
    await asyncio.wait([first, second])

    assert first.exception() is None
    assert second.exception() is None
    assert schemas(committer) == ["a", "b"]


@pytest.mark.parametrize("failure", [StoreFailed("x"), RuntimeError("x")])
async def test_cancelled_during_a_commit_that_fails(failure: Exception) -> None:
    committer, store = await begun()
    if isinstance(failure, StoreError):
        store.fail_next_commit(failure)
    else:
        store.fault = failure
    request = asyncio.ensure_future(committer.submit(make_schema("a")))
    await store.asked.wait()

    request.cancel()
    await asyncio.wait([request])
    await committer.close()

    assert isinstance(request.exception(), OdpsError | RuntimeError)
    assert schemas(committer) == []


def test_nobody_waits_for_a_commit_when_the_loop_ends() -> None:
    outcomes: list[Condition | None] = []

    async def submit(committer: Committer) -> None:
        outcomes.append(await outcome(committer.submit(make_schema("a"))))

    async def begin() -> "asyncio.Task[None]":
        committer, store = await begun()
        store.is_stuck = True
        task = asyncio.create_task(submit(committer))
        await store.asked.wait()
        return task

    asyncio.run(begin())

    assert outcomes == [Condition.STORE_OUTCOME_UNKNOWN]


async def test_close_waits_for_everything_submitted() -> None:
    committer, store = await begun()
    requests = [asyncio.ensure_future(committer.submit(make_schema(f"s{number}"))) for number in range(200)]
    await asyncio.sleep(0)

    await committer.close()
    await asyncio.sleep(0)

    assert all(request.done() for request in requests)
    assert len(schemas(committer)) == 200
    assert len(store.groups) == 2


async def test_close_of_an_idle_committer_returns_at_once() -> None:
    committer, _ = await begun()

    await asyncio.wait_for(committer.close(), 1)


async def test_changes_of_another_writer_are_not_lost() -> None:
    committer, store = await begun()
    await store.commit([[StoredChange("other", b"")]], guards={}, commit_id=bytes(16))

    await asyncio.gather(*(committer.submit(make_schema(name)) for name in "ab"))

    assert committer.catalog.revision == await store.head() == 4
    assert [committer.catalog.projects["p"].schemas[name].revision for name in "ab"] == [3, 4]


async def test_exclusive_event_fails_when_another_writer_came_between() -> None:
    committer, store = await begun()
    await store.commit([[StoredChange("other", b"")]], guards={}, commit_id=bytes(16))

    refused = await outcome(committer.submit(make_schema("a", exclusive=True)))

    assert refused is Condition.CONFLICT


@pytest.mark.parametrize("exclusive", [False, True])
async def test_what_another_writer_made_is_not_written_over_after_a_commit_of_our_own(exclusive: bool) -> None:
    committer, store = await begun()
    other = Committer(store)
    await other.load()
    await other.submit(make_schema("s"))
    await committer.submit(make_schema("t"))
    await committer.submit(make_schema("u"))

    refused = await outcome(committer.submit(make_schema("s", owner="bob", exclusive=exclusive)))

    assert refused is Condition.CONFLICT


async def test_what_a_group_rests_on_is_looked_up_only_when_the_store_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    committer, store = await begun()
    asked: list[str] = []
    revision_of = Catalog.revision_of

    def note(catalog: Catalog, key: Key) -> int:
        asked.append(encode_key(key))
        return revision_of(catalog, key)

    monkeypatch.setattr(Catalog, "revision_of", note)

    await asyncio.gather(*(committer.submit(make_schema(name)) for name in "ab"))
    assert asked == []

    assert dict(store.guards) == {"schema/p/a": 0, "schema/p/b": 0}
    assert len(store.guards) == 2
    assert asked == ["schema/p/a", "schema/p/b"]


async def test_guards_speak_of_the_store_before_the_group() -> None:
    committer, store = await begun()
    other = Committer(store)
    await other.load()
    await other.submit(make_schema("s"))

    assert await outcome(committer.submit(make_schema("s", owner="bob"))) is Condition.CONFLICT


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    """Limits that a test reaches in no time."""
    small = Limits(changes=100, total=20_000, value=1_000, key=500)
    monkeypatch.setattr("server.committer.LIMITS", small)
    return small


def put_principals(count: int, size: int) -> Callable[[Catalog], Decision]:
    """`count` principals whose names have `size` characters at least."""
    changes = tuple(Change(principal_key(f"{number:0>{size}}"), Principal(1)) for number in range(count))
    return lambda _: Decision(Event("ADD USER", "many", "alice", 1, changes, ()))


@pytest.mark.parametrize(
    "decide",
    [put_principals(101, 1), put_principals(1, 500), put_principals(50, 450)],
    ids=["too many", "too long a key", "too many bytes"],
)
@pytest.mark.usefixtures("limits")
async def test_what_no_store_takes_is_refused_alone(decide: Callable[[Catalog], Decision]) -> None:
    committer, store = await begun()

    results = await asyncio.gather(
        *(outcome(committer.submit(each)) for each in (make_schema("a"), decide, make_schema("b")))
    )

    assert results == [None, Condition.STORE_TOO_LARGE, None]
    assert store.groups == [2]


async def test_too_large_a_value_is_refused_alone(limits: Limits) -> None:
    committer, store = await begun()
    huge = Change(schema_key("p", "huge"), SchemaHeader("a" * limits.value, 1))

    made, refused = await asyncio.gather(
        outcome(committer.submit(make_schema("a"))),
        outcome(committer.submit(lambda _: Decision(Event("CREATE SCHEMA", "huge", "alice", 1, (huge,), ())))),
    )

    assert made is None
    assert refused is Condition.STORE_TOO_LARGE
    assert store.groups == [1]


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize(("count", "size"), [(60, 6), (35, 400)])
async def test_what_does_not_fit_into_a_group_is_the_next_one(count: int, size: int) -> None:
    committer, store = await begun()

    await asyncio.gather(*(committer.submit(put_principals(count, size)) for _ in range(3)))

    assert store.groups == [1, 1, 1]
    assert {role.revision for name, role in committer.catalog.principals.items() if name != "alice"} == {4}


async def test_load_refuses_what_is_not_ours() -> None:
    store = MemoryStore()
    await store.open()
    await store.commit([[StoredChange("table/t", b"x")]], guards={}, commit_id=bytes(16))

    with pytest.raises(StoreDamaged, match="table/t"):
        await Committer(store).load()

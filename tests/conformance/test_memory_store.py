"""Failures that the store for tests can be told to have, for the layers above."""

import asyncio

import pytest

from server.store.interface import (
    Change,
    Conflict,
    OutcomeUnknown,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreUnavailable,
)
from server.store.memory import MemoryStore


async def put(store: MemoryStore, key: str) -> int:
    return await store.commit([[Change(key, b"v")]], guards={}, commit_id=bytes(16))


@pytest.mark.parametrize("error", [Conflict(["a"], 0), StoreUnavailable("no")])
async def test_a_refused_commit_writes_nothing_and_the_next_one_passes(error: StoreError) -> None:
    store = MemoryStore()
    await store.open()
    store.fail_next_commit(error)

    with pytest.raises(type(error)) as caught:
        await put(store, "a")

    assert caught.value is error
    assert await store.head() == 0
    assert await put(store, "a") == 1


@pytest.mark.parametrize("error", [StoreFailed("the disk"), StoreFull("the disk"), OutcomeUnknown("the disk")])
async def test_after_a_failure_nothing_is_written_until_it_is_opened_again(error: StoreError) -> None:
    store = MemoryStore()
    await store.open()
    store.fail_next_commit(error)
    with pytest.raises(type(error)):
        await put(store, "a")

    with pytest.raises(StoreUnavailable, match="the disk"):
        await put(store, "b")

    assert await store.head() == 0
    await store.close()
    await store.open()
    assert await put(store, "b") == 1


async def test_a_commit_in_doubt_may_have_been_written_and_is_then_watched() -> None:
    store = MemoryStore()
    await store.open()
    watching = asyncio.ensure_future(anext(store.watch(0)))
    store.fail_next_commit(OutcomeUnknown("the line broke"), written=True)

    with pytest.raises(OutcomeUnknown):
        await put(store, "a")

    assert (await watching).changes == (Change("a", b"v"),)
    assert await store.head() == 1

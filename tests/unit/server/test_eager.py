import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.eager import run_eagerly


async def test_what_does_not_wait_is_done_at_once() -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("all")

    assert run_eagerly(work()) is None
    assert done == ["all"]


async def test_what_does_not_wait_raises_at_once() -> None:
    async def work() -> None:
        raise KeyError("now")

    with pytest.raises(KeyError):
        run_eagerly(work())


@pytest.mark.parametrize(
    "wait",
    [lambda: asyncio.sleep(0), lambda: asyncio.sleep(0.001), lambda: asyncio.to_thread(int)],
    ids=["turn", "time", "thread"],
)
async def test_what_waits_becomes_a_task(wait: Callable[[], Awaitable[object]]) -> None:
    done: list[int] = []

    async def work() -> None:
        for number in range(3):
            done.append(number)
            await wait()
        done.append(3)

    task = run_eagerly(work())

    assert done == [0]
    assert task is not None
    await task
    assert done == [0, 1, 2, 3]


async def test_a_failed_wait_fails_where_it_stands() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    seen: list[str] = []

    async def work() -> None:
        try:
            await future
        except KeyError:
            seen.append("caught")
        await asyncio.sleep(0)
        raise ValueError("at the end")

    task = run_eagerly(work())
    assert task is not None
    future.set_exception(KeyError("waited for"))

    with pytest.raises(ValueError, match="at the end"):
        await task
    assert seen == ["caught"]


async def test_a_canceled_task_cancels_what_it_waits_for() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    seen: list[str] = []

    async def work() -> None:
        try:
            await future
        finally:
            seen.append("cleaned up")

    task = run_eagerly(work())
    assert task is not None
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cleaned up"]
    assert future.cancelled()

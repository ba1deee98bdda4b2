import asyncio
import cProfile
import threading
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest

from server.errors import Condition, OdpsError
from server.workers import Job, Workers


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    workers = Workers()
    yield workers
    await workers.close()


def loop_with_looks(job: Job) -> None:
    while True:
        job.check()


def loop_without_looks() -> None:
    while True:
        pass


async def test_what_it_gives_and_raises_is_handed_on(workers: Workers) -> None:
    assert await workers.do(lambda: 1, Job()) == 1
    with pytest.raises(ZeroDivisionError):
        await workers.do(lambda: 1 / 0, Job())


@pytest.mark.parametrize("looks", [True, False])
async def test_work_ends_when_its_time_is_over(workers: Workers, *, looks: bool) -> None:
    job = Job(0.05)
    begun = time.monotonic()

    with pytest.raises(OdpsError) as caught:
        await workers.do(lambda: loop_with_looks(job) if looks else loop_without_looks(), job)

    assert caught.value.condition is Condition.QUERY_TIMEOUT
    assert time.monotonic() - begun >= 0.05


@pytest.mark.parametrize("looks", [True, False])
async def test_cancelled_work_has_ended_when_the_caller_goes_on(workers: Workers, *, looks: bool) -> None:
    job, ended = Job(), threading.Event()

    def do() -> None:
        try:
            loop_with_looks(job) if looks else loop_without_looks()
        finally:
            ended.set()

    task = asyncio.create_task(workers.do(do, job))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert ended.is_set()


async def test_one_long_call_is_not_waited_for_but_nothing_comes_after_it(workers: Workers) -> None:
    began, release, went_on = threading.Event(), threading.Lock(), threading.Event()
    release.acquire()

    def do() -> None:
        began.set()
        release.acquire()  # as a long call of C, which no exception reaches
        went_on.set()

    task = asyncio.create_task(workers.do(do, Job()))
    await asyncio.to_thread(began.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)

    release.release()
    await workers.close()
    assert not went_on.is_set()


async def test_a_caller_who_is_cancelled_twice_does_not_wait(workers: Workers) -> None:
    release = threading.Event()
    task = asyncio.create_task(workers.do(release.wait, Job()))
    await asyncio.sleep(0.02)

    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    release.set()


async def test_an_exception_from_outside_never_comes_after_the_work(workers: Workers) -> None:
    for _ in range(200):
        job = Job()
        assert await workers.do(lambda: sum(range(100)), job) == 4950
        job.interrupt()
    assert await workers.do(lambda: "well", Job()) == "well"


async def test_a_profiler_finds_the_interpreter_as_it_was(workers: Workers) -> None:
    """CPython 3.11 stands still under one for ever, once an exception from outside has been taken back with NULL."""
    await workers.do(lambda: 1, Job())
    with pytest.raises(OdpsError):
        await workers.do(loop_without_looks, Job(0.05))

    assert cProfile.Profile().runcall(lambda: sum(map(abs, [1, -2]))) == 3


async def test_a_quick_one_does_not_wait_for_many_long_ones(workers: Workers) -> None:
    jobs = [Job() for _ in range(40)]
    long_ones = [asyncio.create_task(workers.do(partial(loop_with_looks, job), job)) for job in jobs]
    await asyncio.sleep(0.1)

    begun = time.monotonic()
    assert await workers.do(lambda: 1, Job()) == 1
    # Two slices of 5 ms, and patience for a busy machine; 40 slices would be 200 ms, a free thread might never come.
    assert time.monotonic() - begun < 5
    for job in jobs:
        job.end(Condition.CANCELED)
    outcomes = await asyncio.gather(*long_ones, return_exceptions=True)
    assert all(isinstance(each, OdpsError) for each in outcomes)


async def test_who_rests_leaves_the_turn_to_others_and_can_be_ended(workers: Workers) -> None:
    job = Job()
    resting = asyncio.create_task(workers.do(lambda: job.rest(60), job))
    await asyncio.sleep(0.05)

    assert await workers.do(lambda: 1, Job()) == 1
    job.end(Condition.CANCELED)
    with pytest.raises(OdpsError):
        await asyncio.wait_for(resting, 5)


async def test_at_the_end_everything_ends() -> None:
    workers = Workers()
    job = Job()
    tasks = [
        asyncio.create_task(workers.do(loop_without_looks, Job())),
        asyncio.create_task(workers.do(lambda: loop_with_looks(job), job)),
        asyncio.create_task(workers.do(lambda: time.sleep(0.2), Job())),
    ]
    await asyncio.sleep(0.05)

    await workers.close()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in outcomes] == [OdpsError] * 3

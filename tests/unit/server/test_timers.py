"""The time limits of a session, on a loop whose time the test has in its hands."""

import asyncio
from collections.abc import Callable

import pytest

from server.errors import Condition
from server.timers import Timers


class _Loop:
    """What was asked to be called, and when; `pass_time` calls what is due."""

    def __init__(self) -> None:
        self._now = 0.0
        self._due: list[tuple[float, asyncio.TimerHandle]] = []

    def call_later(self, delay: float, act: Callable[..., None], *arguments: object) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(self._now + delay, act, arguments, asyncio.get_event_loop())
        self._due.append((self._now + delay, timer))
        return timer

    def pass_time(self, seconds: float) -> None:
        self._now += seconds
        for when, timer in list(self._due):
            if when <= self._now:
                self._due.remove((when, timer))
                if not timer.cancelled():
                    timer._run()


Told = list[tuple[str, Condition]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
async def loop(monkeypatch: pytest.MonkeyPatch) -> _Loop:
    loop = _Loop()
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", loop.call_later)
    return loop


@pytest.fixture
async def timers(told: Told) -> Timers:
    def note(what: str) -> Callable[[Condition], None]:
        return lambda condition: told.append((what, condition))

    return Timers(note("cancel"), note("end"), note("let go"))


async def test_a_statement_is_cancelled_when_its_time_is_over(loop: _Loop, timers: Timers, told: Told) -> None:
    timers.begin_statement(5)
    loop.pass_time(4)
    timers.begin_statement(5)
    loop.pass_time(4)
    assert told == []

    loop.pass_time(1)
    assert told == [("cancel", Condition.STATEMENT_TIMEOUT)]


async def test_what_has_ended_in_time_is_left_alone(loop: _Loop, timers: Timers, told: Told) -> None:
    timers.begin_statement(5)
    timers.follow_transaction("a transaction", 5)
    timers.begin_idleness(5, Condition.IDLE_SESSION_TIMEOUT)

    timers.end_statement()
    timers.follow_transaction(None, 5)
    timers.end_idleness()
    loop.pass_time(100)

    assert told == []


async def test_a_transaction_has_one_limit_from_its_beginning_on(loop: _Loop, timers: Timers, told: Told) -> None:
    timers.follow_transaction("one", 5)
    loop.pass_time(4)
    timers.follow_transaction("one", 5)
    loop.pass_time(1)
    assert told == [("end", Condition.TRANSACTION_TIMEOUT)]

    timers.follow_transaction("another", 5)
    loop.pass_time(4)
    timers.follow_transaction("another", 20)
    loop.pass_time(19)
    assert len(told) == 1
    loop.pass_time(1)
    assert len(told) == 2


async def test_idleness_begins_anew_with_each_answer(loop: _Loop, timers: Timers, told: Told) -> None:
    timers.begin_idleness(5, Condition.IDLE_SESSION_TIMEOUT)
    assert timers.limits_idleness
    loop.pass_time(4)
    timers.begin_idleness(5, Condition.IDLE_IN_TRANSACTION_TIMEOUT)
    loop.pass_time(5)

    assert told == [("let go", Condition.IDLE_IN_TRANSACTION_TIMEOUT)]


async def test_zero_is_no_limit(loop: _Loop, timers: Timers, told: Told) -> None:
    timers.begin_statement(0)
    timers.follow_transaction("one", 0)
    timers.begin_idleness(0, Condition.IDLE_SESSION_TIMEOUT)
    assert not timers.limits_idleness
    loop.pass_time(10_000)

    assert told == []


async def test_nothing_strikes_after_the_end(loop: _Loop, timers: Timers, told: Told) -> None:
    timers.begin_statement(5)
    timers.follow_transaction("one", 5)
    timers.begin_idleness(5, Condition.IDLE_SESSION_TIMEOUT)

    timers.stop()
    loop.pass_time(100)

    assert told == []

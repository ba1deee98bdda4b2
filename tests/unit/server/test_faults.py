"""Faults that nobody waits for are logged without what they are about."""

import asyncio
import sys
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from server.faults import log_faults
from server.workers import Interrupted

SECRET = "sk-4f1d2c3b4a5968"


class _Doomed:
    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __del__(self) -> None:
        raise self._error


def _fail(packet: bytes) -> None:
    raise ValueError(packet)


@pytest.fixture(autouse=True)
def _hook() -> Iterator[None]:
    usual = sys.unraisablehook
    yield
    sys.unraisablehook = usual


async def test_a_failing_callback_is_a_line_without_its_arguments() -> None:
    log_faults(asyncio.get_running_loop())

    with capture_logs() as lines:
        asyncio.get_running_loop().call_soon(_fail, SECRET.encode())
        await asyncio.sleep(0.01)

    (line,) = lines
    assert line.items() >= {("event", "fault"), ("what", "Exception in callback _fail"), ("exception", "ValueError")}
    assert "in _fail" in line["traceback"]
    assert SECRET not in str(line)


async def test_a_task_that_nobody_looks_at_is_a_line() -> None:
    log_faults(asyncio.get_running_loop())

    async def fail() -> None:
        raise ValueError(SECRET)

    with capture_logs() as lines:
        task = asyncio.create_task(fail())
        await asyncio.wait([task])
        del task

    assert [line["what"] for line in lines] == ["Task exception was never retrieved"]
    assert SECRET not in str(lines)


async def test_what_fails_in_the_end_is_a_line() -> None:
    log_faults(asyncio.get_running_loop())

    with capture_logs() as lines:
        _Doomed(ValueError(SECRET))

    assert [(line["event"], line["exception"]) for line in lines] == [("fault", "ValueError")]
    assert SECRET not in str(lines)


async def test_an_interruption_that_is_lost_is_none() -> None:
    log_faults(asyncio.get_running_loop())

    with capture_logs() as lines:
        _Doomed(Interrupted())

    assert lines == []

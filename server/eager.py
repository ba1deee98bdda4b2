"""Run a coroutine now; make a task of it only if it has to wait."""

import asyncio
from collections.abc import Coroutine, Generator
from types import TracebackType


class _Rest(Coroutine[object, None, None]):
    """A coroutine that has begun and waits for `awaited`: what a task has to do to finish it.

    It is the coroutine itself, and no new one around it, since a task that is cancelled before its first
    step throws into what it was given: only so the cancellation reaches code that has begun.
    """

    def __init__(self, coroutine: Coroutine[object, None, None], awaited: object) -> None:
        self._coroutine = coroutine
        self._awaited: list[object] = [awaited]

    def send(self, value: None, /) -> object:
        return self._awaited.pop() if self._awaited else self._coroutine.send(value)

    def throw(
        self, error: BaseException | type[BaseException], _: object = None, __: TracebackType | None = None, /
    ) -> object:
        self._awaited.clear()
        return self._coroutine.throw(error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[object, None, None]:
        raise TypeError("only a task finishes it")


def run_eagerly(coroutine: Coroutine[object, None, None]) -> "asyncio.Task[None] | None":
    """Run `coroutine` up to where it first waits.

    Most messages are answered without waiting, and a task for each would cost more than the answer.
    (Python 3.12 has eager tasks; they still make the task object, and 3.11 lacks them.) Up to its first
    wait the coroutine is in no task: it must not use what needs one, such as `asyncio.timeout`.

    Returns:
        None when it has ended, else the task that goes on with it.
    """
    try:
        awaited = coroutine.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_Rest(coroutine, awaited))

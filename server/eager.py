"""Run a coroutine now; make a task of it only if it has to wait."""

import asyncio
from collections.abc import Coroutine, Generator


class _Rest:
    """A coroutine that has begun and waits for `awaited`, to be finished by a task."""

    def __init__(self, coroutine: Coroutine[object, None, None], awaited: object) -> None:
        self._coroutine = coroutine
        self._awaited = awaited

    def __await__(self) -> Generator[object, None, None]:
        awaited = self._awaited
        while True:
            cancellation: BaseException | None = None
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001  it belongs to the coroutine
                cancellation = error
            try:
                awaited = self._coroutine.send(None) if cancellation is None else self._coroutine.throw(cancellation)
            except StopIteration:
                return


async def _finish(rest: _Rest) -> None:
    await rest


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
    return asyncio.get_running_loop().create_task(_finish(_Rest(coroutine, awaited)))

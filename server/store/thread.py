"""The store's one thread: does what it is given, one after the other.

A `ThreadPoolExecutor` of one worker is the same with a future, a work item and three locks for each call, which are a
tenth of what a lone commit costs.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Outcome(Generic[_T]):
    """What became of a call: its result, or the exception that it raised."""

    __slots__ = ("_error", "_value")

    def __init__(self, value: _T | None = None, error: BaseException | None = None) -> None:
        self._value = value
        self._error = error

    def take(self) -> _T:
        """The result, or the exception raised again."""
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # there is one or the other


class StoreThread:
    """Belongs to one event loop, the one that runs when it is made.

    Args:
        name: of the thread, as tools show it.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # As a daemon it keeps no process that ends in a fault; `stop` is what ends it in order.
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, do: Callable[[], _T], done: Callable[[Outcome[_T]], None]) -> None:
        """Call `do` on the thread, in its turn, and then `done` on the loop."""

        def call() -> None:
            outcome: Outcome[_T]
            try:
                outcome = Outcome(do())
            except BaseException as error:  # noqa: BLE001  whoever waits for it must hear of it
                outcome = Outcome(error=error)
            # A loop that was closed meanwhile has nobody left who waits; what else was submitted is done all the same.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(done, outcome)

        self._calls.put(call)

    def call(self, do: Callable[[], _T]) -> "asyncio.Future[_T]":
        """The result of `do`, called on the thread; it is called even if nobody waits any more."""
        answer: asyncio.Future[_T] = self._loop.create_future()

        def tell(outcome: Outcome[_T]) -> None:
            if answer.done():
                return
            try:
                answer.set_result(outcome.take())
            except BaseException as error:  # noqa: BLE001
                answer.set_exception(error)

        self.submit(do, tell)
        return answer

    def stop(self) -> None:
        """End when everything submitted has been done; nothing may be submitted afterwards."""
        self._calls.put(None)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

"""The threads beside the loop in which SELECTs are read, bound and run; and how they are stopped.

Every session has at most one piece of work under way, so there are as many threads as sessions want at once: a long
SELECT holds up nobody. Whose turn it is to compute is the matter of `turns`.

Work is told to end, and looks for that in its loops. What does not look soon enough, as a function that is busy with
one giant value, gets an exception raised in its thread from outside, Python's own way to stop code that was written
without a thought of being stopped. Only one long call of C can put that off.
"""

import asyncio
import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from server.errors import Condition, OdpsError
from server.turns import Turns

# A bound for the machine; by default there are fewer sessions.
_MOST_THREADS: Final = 1024
# Seconds that work has to end by itself, and then between two exceptions raised in it.
_GRACE: Final = 0.02
# Exceptions after which who waits for it waits no longer.
_WORTH_WAITING: Final = 2
# Seconds that all work together has when the server ends.
_LAST_GRACE: Final = 5.0
# Seconds of a rest between two looks at whether it was told to end.
_NAP: Final = 0.02
_T = TypeVar("_T")


class Interrupted(BaseException):
    """Raised within work from outside. No fault, so that nothing takes it for one."""


class Job:
    """One piece of work after the other of one statement, as seen from the loop and from its thread.

    Args:
        seconds: how long it may take from now on; 0 for as long as it likes.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.deadline = time.monotonic() + seconds if seconds else None
        self._ended: Condition | None = None
        self._turns: Turns | None = None
        self._lock = threading.Lock()
        # That may be interrupted; 0 while none may.
        self._thread = 0
        self._interrupted = False

    def end(self, condition: Condition) -> None:
        """Tell it to end; the first reason is the one that is told."""
        self._ended = self._ended or condition

    @property
    def end_reason(self) -> OdpsError:
        """Why it was told to end."""
        return OdpsError(self._ended or Condition.CANCELED)

    def interrupt(self) -> None:
        """Raise an exception in its thread, if that is within the work."""
        with self._lock:
            if self._thread:
                self._interrupted = True
                _raise_in(self._thread, Interrupted)

    def check(self) -> None:
        """Called in the work's loops.

        Raises:
            OdpsError: it was told to end.
        """
        self._check_ended()
        turns = self._turns
        if turns is not None and turns.wanted:
            with self._sheltered():
                turns.pass_on(self._check_ended)

    def rest(self, seconds: float) -> None:
        """Sleep, while others compute.

        Raises:
            OdpsError: it was told to end.
        """
        end = time.monotonic() + seconds
        assert self._turns is not None  # noqa: S101  only work rests
        with self._sheltered(), self._turns.given_up(self._check_ended):
            while (left := end - time.monotonic()) > 0:
                self._check_ended()
                time.sleep(min(left, _NAP))

    def run(self, work: Callable[[], _T], turns: Turns) -> _T:
        """Do it in this thread, when its turn comes.

        Raises:
            OdpsError: it was told to end; or what the work raises.
        """
        turns.take(self._check_ended)
        self._turns = turns
        try:
            return self._run(work)
        finally:
            self._turns = None
            turns.give_back()

    def _run(self, work: Callable[[], _T]) -> _T:
        try:
            self._expose()
            try:
                return work()
            finally:
                self._shelter()
        except Interrupted:
            # It may have come while taking shelter; the next one is some time away.
            self._shelter()
            raise self.end_reason from None

    def _check_ended(self) -> None:
        if self._ended is not None:
            raise self.end_reason

    def _expose(self) -> None:
        with self._lock:
            self._thread = threading.get_ident()

    def _shelter(self) -> None:
        """From here on nothing is raised from outside."""
        with self._lock:
            self._thread = 0
            interrupted, self._interrupted = self._interrupted, False
        if interrupted:
            _take_back()

    @contextmanager
    def _sheltered(self) -> Iterator[None]:
        self._shelter()
        yield
        self._expose()


def _raise_in(thread: int, kind: type[BaseException]) -> None:
    """Raise it there before the next step of Python's."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))


def _take_back() -> None:
    """Let nothing be raised in this thread any more that was to be raised by now.

    CPython can be told to forget it, with NULL. But then CPython 3.11 goes on looking for it before every step, for
    ever: all threads are slower, and one that is traced or profiled stands still. So another one is put in its place,
    and awaited.
    """
    try:
        _raise_in(threading.get_ident(), Interrupted)
        while True:
            pass
    except Interrupted:
        return


@dataclass(eq=False, slots=True)
class _Work:
    """Work under way.

    Attributes:
        over: set when it has ended.
        left: set when nobody has to wait for it any more.
        raised: how often an exception was raised in it.
    """

    job: Job
    over: "asyncio.Future[None]"
    left: "asyncio.Future[None]"
    raised: int = 0


class Workers:
    """The threads of one server. Belongs to one event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_MOST_THREADS, "modeld-select")
        self._turns = Turns()
        self._under_way: set[_Work] = set()

    async def do(self, do: Callable[[], _T], job: Job) -> _T:
        """Do it in a thread. When the caller is cancelled it is told to end.

        It is waited for until it has ended, since it uses the session; but not when it does not come out of one long
        call. Then an exception stands before whatever it would do next, and it has nothing more to say.

        Raises:
            OdpsError: QUERY_TIMEOUT, CANCELED; or what it raises.
        """
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(self._pool, job.run, do, self._turns)
        work = _Work(job, loop.create_future(), loop.create_future())
        self._under_way.add(work)
        done.add_done_callback(lambda _: self._finish(work, done))
        timer = None
        if job.deadline is not None:
            timer = loop.call_later(job.deadline - time.monotonic(), self._end, work, Condition.QUERY_TIMEOUT)
        try:
            await asyncio.shield(work.left)
        except asyncio.CancelledError:
            self._end(work, Condition.CANCELED)
            await work.left
            raise
        finally:
            if timer is not None:
                timer.cancel()
        if not done.done():
            raise job.end_reason
        return done.result()

    def prepare(self, do: Callable[[], object]) -> None:
        """Do it in a thread, some time before it is needed."""
        self._pool.submit(do)

    async def close(self) -> None:
        """End what is under way, and wait for it as long as makes sense."""
        for work in self._under_way:
            self._end(work, Condition.SHUTTING_DOWN)
        if self._under_way:
            await asyncio.wait([work.over for work in self._under_way], timeout=_LAST_GRACE)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _end(self, work: _Work, condition: Condition) -> None:
        work.job.end(condition)
        asyncio.get_running_loop().call_later(_GRACE, self._insist, work)

    def _insist(self, work: _Work) -> None:
        if work.over.done():
            return
        work.job.interrupt()
        work.raised += 1
        if work.raised > _WORTH_WAITING:
            _leave(work)
        asyncio.get_running_loop().call_later(_GRACE, self._insist, work)

    def _finish(self, work: _Work, done: "asyncio.Future[_T]") -> None:
        self._under_way.discard(work)
        if not done.cancelled():
            done.exception()  # looked at, so that asyncio does not call it lost
        work.over.set_result(None)
        _leave(work)


def _leave(work: _Work) -> None:
    if not work.left.done():
        work.left.set_result(None)

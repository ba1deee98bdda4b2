"""Whose turn it is among the SELECTs under way, each of which has a thread.

One interpreter computes for one thread at a time. Were all of them to fight for it, the loop would have to wait for
each of them in line, and so would a SELECT that takes a millisecond. So one computes, for a few milliseconds; then the
next in line does. New ones come before those that have had a turn, but not twice in a row, so that many short ones do
not hold up a long one for ever.

Who does not look up for long, since it waits for something or is within one long call, is not waited for: the next one
begins beside it.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

# Seconds that one computes while others wait.
_SLICE: Final = 0.005
# Seconds after which the next one begins beside one that does not look up; a few slices.
_PATIENCE: Final = 0.02


class Turns:
    """A line of threads. Its methods are called in these threads.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._computing = 0
        # One lock for each that waits, released when its turn comes.
        self._new: deque[threading.Lock] = deque()
        self._old: deque[threading.Lock] = deque()
        self._new_was_last = False
        self._begun = 0.0

    def take(self, check: Callable[[], None], *, again: bool = False) -> None:
        """Wait for a turn.

        Args:
            check: called now and then while waiting; what it raises ends the wait, without a turn.
            again: it has had one before.
        """
        with self._lock:
            if not self._computing:
                self._begin()
                return
            line = self._old if again else self._new
            wait = threading.Lock()
            wait.acquire()
            line.append(wait)
        try:
            while not wait.acquire(timeout=_PATIENCE):
                check()
                self._go_beside()
        except BaseException:
            self._withdraw(wait, line)
            raise

    def give_back(self) -> None:
        """End one's turn."""
        with self._lock:
            self._computing -= 1
            if not self._computing:
                self._call_next()

    @property
    def wanted(self) -> bool:
        """Whether others wait."""
        return bool(self._new or self._old)

    def pass_on(self, check: Callable[[], None]) -> None:
        """Let the next one have its turn if this one has computed for long enough, and wait for another."""
        if self._clock() - self._begun >= _SLICE:
            with self.given_up(check):
                pass

    @contextmanager
    def given_up(self, check: Callable[[], None]) -> Iterator[None]:
        """Be without a turn. Afterwards there is one again, also when something is raised, as by `check`."""
        self.give_back()
        try:
            yield
            self.take(check, again=True)
        except BaseException:
            self._take_at_once()
            raise

    def _take_at_once(self) -> None:
        """Beside whoever else has one: what is about to end needs little."""
        with self._lock:
            self._begin()

    def _begin(self) -> None:
        self._computing += 1
        self._begun = self._clock()

    def _call_next(self) -> None:
        self._new_was_last = bool(self._new) and not (self._old and self._new_was_last)
        line = self._new if self._new_was_last else self._old
        if line:
            self._begin()
            line.popleft().release()

    def _go_beside(self) -> None:
        with self._lock:
            if self._clock() - self._begun >= _PATIENCE:
                self._call_next()

    def _withdraw(self, wait: threading.Lock, line: "deque[threading.Lock]") -> None:
        with self._lock:
            if wait in line:
                line.remove(wait)
                return
        # Its turn had come meanwhile.
        self.give_back()

"""asyncio's standard loop with connections of our own beside its transports: fewer steps for each packet. Linux.

A trick, and here is half of it; the other half is `quick_transport`. For each packet the standard loop makes a turn:
it asks its selector, queues a handle, runs it in its context, and calls the transport, which asks the protocol for a
buffer and tells it when that is filled: a dozen calls, most of what Python costs in a kept answer, and more where
others use the same processor and its caches. Here the selector calls a connection itself; only what that leaves undone
goes on to the loop. docs/performance.md has what it is worth.

And it does not sleep at once when there is nothing to do: who is asked by one client, which waits for each answer,
is asked again in less time than falling asleep and waking up take. See `Patience`.
"""

import asyncio
import os
import select
import selectors
import sys
import time
from collections.abc import Callable
from typing import Final

# Of one call; what else is ready is told by the next.
_MOST_EVENTS: Final = 256
# Seconds of looking again and again before the loop sleeps: about what two wakings cost, the server's and its client's.
_LOOK: Final = 0.0001
# After so many vain looks in a row, one in 64 of the times that there is nothing to do begins with another.
_MOST_VAIN: Final = 6
_Events = list[tuple[selectors.SelectorKey, int]]
Act = Callable[[int], bool]
"""What is called with epoll's events of a descriptor; False says that the loop has to have its turn."""


class Patience:
    """Whether to look again and again before sleeping: where that was vain, more and more seldom.

    Args:
        ever: False where there is but one processor, which the looking would take from those that it waits for.
    """

    __slots__ = ("_ever", "_left_out", "_vain")

    def __init__(self, *, ever: bool) -> None:
        self._ever = ever
        self._vain = 0
        self._left_out = 0

    def is_due(self) -> bool:
        if self._left_out:
            self._left_out -= 1
            return False
        return self._ever

    def note(self, *, vain: bool) -> None:
        """Say what became of a look."""
        self._vain = min(self._vain + 1, _MOST_VAIN) if vain else 0
        self._left_out = (1 << self._vain) - 1


if sys.platform == "linux":

    class QuickSelector(selectors.EpollSelector):
        """A selector that has file descriptors of its own, besides those that the loop registers.

        Laws: of such a descriptor the loop hears nothing; an act that has left something to the loop, a timer or a
        call, says so, and then that has its turn at once.
        """

        def __init__(self) -> None:
            super().__init__()
            self._patience = Patience(ever=len(os.sched_getaffinity(0)) > 1)
            self._acts: dict[int, Act] = {}
            # The same epoll under a descriptor of its own, since the standard selector keeps its object to itself.
            self._epoll = select.epoll.fromfd(os.dup(self.fileno()))

        def attend(self, descriptor: int, events: int, act: Act) -> None:
            """Call `act` with what is ready of these events, until `leave`."""
            self._epoll.register(descriptor, events)
            self._acts[descriptor] = act

        def change(self, descriptor: int, events: int) -> None:
            self._epoll.modify(descriptor, events)

        def leave(self, descriptor: int) -> None:
            """Must come before the descriptor is closed, since the next socket may get its number."""
            del self._acts[descriptor]
            self._epoll.unregister(descriptor)

        def wait(self, seconds: float) -> list[tuple[int, int]]:
            """(descriptor, events) of what is ready, as the system says; -1 for no limit."""
            poll = self._epoll.poll
            if seconds and self._patience.is_due():
                clock = time.perf_counter
                until = clock() + (_LOOK if seconds < 0 else min(_LOOK, seconds))
                ready = poll(0, _MOST_EVENTS)
                while not ready and clock() < until:
                    # Whoever waits for this processor, the client perhaps, comes first.
                    os.sched_yield()
                    ready = poll(0, _MOST_EVENTS)
                self._patience.note(vain=not ready)
                if ready:
                    return ready
            return poll(seconds, _MOST_EVENTS)

        def select(self, timeout: float | None = None) -> _Events:
            seconds = -1.0 if timeout is None else max(timeout, 0.0)
            until = time.monotonic() + seconds
            acts = self._acts
            left: _Events = []
            while True:
                ready = self.wait(seconds)
                all_done = bool(ready)
                for descriptor, events in ready:
                    act = acts.get(descriptor)
                    if act is None:
                        left += self._tell(descriptor, events)
                    elif not act(events):
                        all_done = False
                if left or not all_done:
                    return left
                if timeout is not None:
                    seconds = until - time.monotonic()
                    if seconds <= 0:
                        return left

        def _tell(self, descriptor: int, events: int) -> _Events:
            """The events as the loop wants them; an error is told to whoever waits, as the standard selector does."""
            key = self.get_map().get(descriptor)
            if key is None:
                return []
            wanted = key.events
            reading = selectors.EVENT_READ if events & ~select.EPOLLOUT else 0
            writing = selectors.EVENT_WRITE if events & ~select.EPOLLIN else 0
            return [(key, (reading | writing) & wanted)]

        def close(self) -> None:
            self._epoll.close()
            super().close()

    class QuickLoop(asyncio.SelectorEventLoop):
        """The standard loop with a `QuickSelector`."""

        def __init__(self, selector: QuickSelector | None = None) -> None:
            self.quick = selector or QuickSelector()
            super().__init__(self.quick)


def make_loop() -> asyncio.AbstractEventLoop:
    """A loop for the server: a quick one where there is such a thing."""
    return QuickLoop() if sys.platform == "linux" else asyncio.new_event_loop()

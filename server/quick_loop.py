"""asyncio's standard loop, on which a packet that has a kept answer is answered before the loop hears of it. Linux.

A trick, and here is all of it. For each packet the standard loop makes a turn: it asks its selector, queues a handle,
runs it in its context, and calls the transport, which asks the protocol for a buffer and tells it when that is filled:
a dozen calls, most of what Python costs in a kept answer, and more where others use the same processor and its caches.
Here the selector itself reads from the connections that asked for it and offers them what came; only what they do not
take goes on to the loop. docs/performance.md has what it is worth.
"""

import asyncio
import os
import select
import selectors
import sys
import time
from collections.abc import Callable
from typing import Final

_READ_BYTES: Final = 16 * 1024
# Of one call; what else is ready is told by the next.
_MOST_EVENTS: Final = 256
_Events = list[tuple[selectors.SelectorKey, int]]
Take = Callable[[bytes], bool]

if sys.platform == "linux":

    class QuickSelector(selectors.EpollSelector):
        """A selector that reads from some of its file descriptors.

        Laws: what is read is given to the taker once and in order, and only while the loop wants to read; where nothing
        can be read (the end of the stream, an error) the loop is told of the event, and finds the same; when a taker
        has left something to the loop, that has its turn at once.
        """

        def __init__(self) -> None:
            super().__init__()
            self._takers: dict[int, Take] = {}
            # The same epoll under a descriptor of its own, since the standard selector keeps its object to itself.
            self._epoll = select.epoll.fromfd(os.dup(self.fileno()))

        def read_for(self, descriptor: int, take: Take) -> None:
            """Give what comes to `take`, until `forget`; False from it says that the loop has to go on with it."""
            self._takers[descriptor] = take

        def forget(self, descriptor: int) -> None:
            """Must come before the descriptor is closed, since the next socket may get its number."""
            self._takers.pop(descriptor, None)

        def wait(self, seconds: float) -> list[tuple[int, int]]:
            """(descriptor, events) of what is ready, as the system says; -1 for no limit."""
            return self._epoll.poll(seconds, _MOST_EVENTS)

        def select(self, timeout: float | None = None) -> _Events:
            seconds = -1.0 if timeout is None else max(timeout, 0.0)
            until = time.monotonic() + seconds
            takers = self._takers
            left: _Events = []
            while True:
                ready = self.wait(seconds)
                all_taken = bool(ready)
                for descriptor, events in ready:
                    take, data = takers.get(descriptor), b""
                    if take is not None and events == select.EPOLLIN:
                        try:
                            data = os.read(descriptor, _READ_BYTES)
                        except OSError:
                            data = b""
                    if take is None or not data:
                        left += self._tell(descriptor, events)
                    elif not take(data):
                        all_taken = False
                if left or not all_taken:
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


def read_for(loop: asyncio.AbstractEventLoop, transport: asyncio.BaseTransport, take: Take) -> None:
    """As `QuickSelector` has it; nothing on another loop."""
    if sys.platform == "linux" and isinstance(loop, QuickLoop):
        loop.quick.read_for(transport.get_extra_info("socket").fileno(), take)


def forget(loop: asyncio.AbstractEventLoop, transport: asyncio.BaseTransport) -> None:
    """As `QuickSelector` has it; nothing on another loop."""
    if sys.platform == "linux" and isinstance(loop, QuickLoop):
        loop.quick.forget(transport.get_extra_info("socket").fileno())

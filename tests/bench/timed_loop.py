"""`python -m tests.bench.timed_loop REPORT serve ...`: modeld on a loop whose turns are timed.

SIGUSR1 begins the time that counts. When the server has ended, REPORT holds the longest turn as JSON, in milliseconds:
`wall_ms` as the clock has it, and `busy_ms`, what the whole process worked in a turn at most, which leaves out that
the machine gave its processors to others.
"""

import asyncio
import json
import selectors
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from server.cli import main


class TimedSelector(selectors.DefaultSelector):
    """Knows how long the loop was away between two calls of `select`. Times in nanoseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()

    def begin(self, *_: int | FrameType | None) -> None:
        """Forget what was before; fit to be a signal's handler."""
        self.longest_wall = self.longest_busy = 0
        self._left: tuple[int, int] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._left is not None:
            wall, busy = self._left
            self.longest_wall = max(self.longest_wall, time.perf_counter_ns() - wall)
            self.longest_busy = max(self.longest_busy, time.process_time_ns() - busy)
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(timeout)
        self._left = time.perf_counter_ns(), time.process_time_ns()
        return ready


class _TimedPolicy(asyncio.DefaultEventLoopPolicy):
    def __init__(self, selector: TimedSelector) -> None:
        super().__init__()
        self._selector = selector

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(self._selector)


def serve(report: Path, arguments: list[str]) -> None:
    selector = TimedSelector()
    signal.signal(signal.SIGUSR1, selector.begin)
    asyncio.set_event_loop_policy(_TimedPolicy(selector))
    try:
        main(arguments)
    finally:
        longest = {"wall_ms": selector.longest_wall / 1e6, "busy_ms": selector.longest_busy / 1e6}
        report.write_text(json.dumps(longest), encoding="utf-8")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2:])

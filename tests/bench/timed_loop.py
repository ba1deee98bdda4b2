"""`python -m tests.bench.timed_loop REPORT serve ...`: modeld on a loop whose turns are timed.

SIGUSR1 begins the time that counts. When the server has ended, REPORT holds the longest turn as JSON, in milliseconds:
`wall_ms` as the clock has it, and `busy_ms`, what the whole process worked in a turn at most, which leaves out that
the machine gave its processors to others.
"""

import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from server import cli, quick_loop


class TimedSelector(quick_loop.QuickSelector):
    """Knows how long the loop was away between two times that it waited. Times in nanoseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()

    def begin(self, *_: int | FrameType | None) -> None:
        """Forget what was before; fit to be a signal's handler."""
        self.longest_wall = self.longest_busy = 0
        self._left: tuple[int, int] | None = None

    def wait(self, seconds: float) -> list[tuple[int, int]]:
        if self._left is not None:
            wall, busy = self._left
            self.longest_busy = max(self.longest_busy, time.process_time_ns() - busy)
            self.longest_wall = max(self.longest_wall, time.perf_counter_ns() - wall)
        ready = super().wait(seconds)
        self._left = time.perf_counter_ns(), time.process_time_ns()
        return ready


def serve(report: Path, arguments: list[str]) -> None:
    selector = TimedSelector()
    signal.signal(signal.SIGUSR1, selector.begin)
    quick_loop.make_loop = lambda: quick_loop.QuickLoop(selector)
    try:
        cli.main(arguments)
    finally:
        longest = {"wall_ms": selector.longest_wall / 1e6, "busy_ms": selector.longest_busy / 1e6}
        report.write_text(json.dumps(longest), encoding="utf-8")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2:])

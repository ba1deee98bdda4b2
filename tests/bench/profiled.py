"""`python -m tests.bench.profiled REPORT serve ...`: modeld with a profile of its processor time, in REPORT.

Samples, not traced calls, since tracing makes small functions look large: a timer of the process's processor time
interrupts the main thread, which looks at the stacks of all threads. Threads that wait are left out.
"""

import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Final

from server.cli import main

# In seconds of processor time; the kernel's own clock ticks no faster than 1 to 4 ms.
_INTERVAL: Final = 0.002
_LINES: Final = 60
_ROOT: Final = f"{Path(__file__).parents[2]}/"
# A stack that ends here waits for a socket, for work, or for the end.
_WAITING: Final = (
    ("selectors.py", "select"),
    ("quick_loop.py", "wait"),
    ("thread.py", "_worker"),
    ("thread.py", "_run"),
    ("threading.py", "wait"),
)


class Sampler:
    """Counts where threads are."""

    def __init__(self) -> None:
        self.samples = 0
        self.own: Counter[str] = Counter()
        self.within: Counter[str] = Counter()

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        main_thread = threading.get_ident()
        for thread, found in sys._current_frames().items():
            self.add(frame if thread == main_thread else found)

    def add(self, frame: FrameType | None) -> None:
        """Count one thread's stack."""
        if frame is None or _waits(frame):
            return
        self.samples += 1
        self.own[_describe(frame)] += 1
        names = set()
        while frame is not None:
            names.add(_describe(frame))
            frame = frame.f_back
        self.within.update(names)

    def report(self) -> str:
        """Both counts as shares, the largest first."""
        parts = (("in the function itself", self.own), ("in it and what it calls", self.within))
        return "\n".join(line for title, counts in parts for line in (title, *self._lines(counts), ""))

    def _lines(self, counts: Counter[str]) -> list[str]:
        return [f"{count / self.samples:7.1%}  {name}" for name, count in counts.most_common(_LINES)]


def _waits(frame: FrameType) -> bool:
    return any(
        frame.f_code.co_filename.endswith(file) and frame.f_code.co_name == function for file, function in _WAITING
    )


def _describe(frame: FrameType) -> str:
    code = frame.f_code
    return f"{code.co_filename.removeprefix(_ROOT)}:{code.co_firstlineno} {code.co_qualname}"


def serve(report: Path, arguments: list[str]) -> None:
    sampler = Sampler()
    sampler.start()
    try:
        main(arguments)
    finally:
        sampler.stop()
        report.write_text(sampler.report(), encoding="utf-8")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2:])

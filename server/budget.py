"""The memory that all SELECTs of a server may hold together: while they run, and as long as their rows are kept.

Each is bounded by `modeld.query_memory`, but many at once, or many cursors of one session, would add up. All of it is
by estimate (`query/evaluator/memory.py`); the process takes more, up to about twice as much.

Work is interrupted by an exception raised in its thread from outside, between any two steps of Python's, and within a
`__del__` or the callback of a weak reference such an exception is lost together with what had still to be done. So what
becomes of a share that is gone is noted without one step of Python's, and settled by whoever comes next.
"""

import threading
from collections import deque
from typing import Final
from weakref import ref

_MIB: Final = 1024 * 1024
DEFAULT_MIB: Final = 1024


class Budget:
    """Shared by all threads.

    Attributes:
        most_bytes: what may be held; less than is held means that nothing more is given.
    """

    def __init__(self, most_mib: int = DEFAULT_MIB) -> None:
        self.most_bytes = 0
        self._held = 0
        self._lock = threading.Lock()
        # What there is, and what has gone since it was last settled.
        self._holdings: set[_Holding] = set()
        self._gone: deque[_Holding] = deque()
        self.allow(most_mib)

    @property
    def held(self) -> int:
        """Bytes that are held."""
        with self._lock:
            self._settle()
            return self._held

    def allow(self, most_mib: int) -> None:
        """Set how many MiB may be held from now on."""
        self.most_bytes = most_mib * _MIB

    def open(self, share: "Share") -> "_Holding":
        """What the share holds is counted from now on, until it is gone."""
        holding = _Holding(share, self._gone.append)
        holding.size = 0
        with self._lock:
            self._holdings.add(holding)
        return holding

    def take(self, holding: "_Holding", size: int) -> bool:
        """Take some bytes more, if they are to be had."""
        with self._lock:
            self._settle()
            if self._held + size > self.most_bytes:
                return False
            self._change(holding, size)
        return True

    def keep(self, holding: "_Holding", size: int) -> None:
        """Give back all but so many bytes."""
        with self._lock:
            self._change(holding, min(size - holding.size, 0))

    def _settle(self) -> None:
        while self._gone:
            # It stays in the line until all is done.
            gone = self._gone[0]
            self._change(gone, -gone.size)
            self._holdings.discard(gone)
            self._gone.popleft()

    def _change(self, holding: "_Holding", size: int) -> None:
        # There is no call between the two, and so no place where only one of them has been done.
        self._held += size
        holding.size += size


class _Holding(ref["Share"]):
    """What a share holds; outlives it."""

    __slots__ = ("size",)
    size: int


class Share:
    """What one SELECT holds of the budget, or its rows do; given back when nobody knows it any more.

    The budget hears of it when it first takes something: most never do.
    """

    __slots__ = ("__weakref__", "_budget", "_holding")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._holding: _Holding | None = None

    def take(self, size: int) -> bool:
        """Take some bytes more, if they are to be had."""
        if self._holding is None:
            self._holding = self._budget.open(self)
        return self._budget.take(self._holding, size)

    def keep(self, size: int) -> None:
        """Give back all but so many bytes."""
        if self._holding is not None:
            self._budget.keep(self._holding, size)

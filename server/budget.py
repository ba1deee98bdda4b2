"""The memory that all SELECTs of a server may hold together: while they run, and as long as their rows are kept.

Each is bounded by `modeld.query_memory`, but many at once, or many cursors of one session, would add up. All of it is
by estimate (`query/evaluator/memory.py`); the process takes more, up to about twice as much.
"""

import threading
from typing import Final

_MIB: Final = 1024 * 1024
DEFAULT_MIB: Final = 1024


class Budget:
    """Shared by all threads.

    Attributes:
        most_bytes: what may be held; less than is held means that nothing more is given.
        held: how much is.
    """

    def __init__(self, most_mib: int = DEFAULT_MIB) -> None:
        self.most_bytes = 0
        self.held = 0
        self._lock = threading.Lock()
        self.allow(most_mib)

    def allow(self, most_mib: int) -> None:
        """Set how many MiB may be held from now on."""
        self.most_bytes = most_mib * _MIB

    def take(self, size: int) -> bool:
        """Take some bytes more, if they are to be had."""
        with self._lock:
            if self.held + size > self.most_bytes:
                return False
            self.held += size
            return True

    def give_back(self, size: int) -> None:
        with self._lock:
            self.held -= size


class Share:
    """What one SELECT holds of the budget, or its rows do; given back when nobody knows it any more."""

    __slots__ = ("_budget", "_size")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._size = 0

    def take(self, size: int) -> bool:
        """Take some bytes more, if they are to be had."""
        taken = self._budget.take(size)
        if taken:
            self._size += size
        return taken

    def keep(self, size: int) -> None:
        """Give back all but so many bytes."""
        surplus = self._size - size
        if surplus > 0:
            self._size -= surplus
            self._budget.give_back(surplus)

    def __del__(self) -> None:
        self._budget.give_back(self._size)

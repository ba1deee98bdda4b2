"""Small numbers that stand for large values: what is kept by such a value is found by comparing two integers."""

from collections.abc import Hashable
from typing import Final

# Sessions differ in few ways; whoever sets a parameter to ever new values must not fill the memory.
_MOST: Final = 1000


class Numbers:
    """Gives equal values the same number, for a while."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._next = 0

    def find(self, value: Hashable) -> int:
        """The number of the value; none is given twice, so what was kept under a forgotten one is not found again."""
        found = self._numbers.get(value)
        if found is None:
            if len(self._numbers) >= _MOST:
                self._numbers.clear()
            self._next += 1
            found = self._numbers[value] = self._next
        return found

"""The random numbers of one session: xoroshiro128**, as PostgreSQL has it, so that equal seeds give equal numbers.

Source: PostgreSQL 15, pg_prng.c.
"""

import secrets
from typing import Final

_MASK: Final = 2**64 - 1
_FRACTION_BITS: Final = 52
_STEPS: Final = 1 << _FRACTION_BITS
_SEEDS: Final = _STEPS - 1


class RandomNumbers:
    """A generator that begins anywhere, until it is told where."""

    def __init__(self) -> None:
        # Both 0 is where it cannot be: few sessions ask for a number, so that one is begun when it is asked.
        self._low = self._high = 0

    def seed(self, where: float) -> None:
        """Begin at one of 2 ** 53 places; `where` is -1 to 1."""
        state = int(_SEEDS * where) & _MASK
        state, self._low = _split_mix(state)
        _, self._high = _split_mix(state)

    def next(self) -> float:
        """At least 0, less than 1."""
        if not self._low and not self._high:
            self._low, self._high = secrets.randbits(64), secrets.randbits(64) | 1
        low, mixed = self._low, self._low ^ self._high
        value = _rotate(low * 5 & _MASK, 7) * 9 & _MASK
        self._low = _rotate(low, 24) ^ mixed ^ (mixed << 16 & _MASK)
        self._high = _rotate(mixed, 37)
        return (value >> (64 - _FRACTION_BITS)) / _STEPS


def _rotate(number: int, bits: int) -> int:
    return (number << bits | number >> (64 - bits)) & _MASK


def _split_mix(state: int) -> tuple[int, int]:
    """The next state, and the number that is made of it."""
    state = state + 0x9E3779B97F4A7C15 & _MASK
    value = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return state, value ^ value >> 31

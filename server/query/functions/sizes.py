"""Sizes in bytes, written for people and read back.

Source: PostgreSQL manual, "Database Object Management Functions"; PostgreSQL 15, dbsize.c.
"""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function


class _Unit(NamedTuple):
    """`limit`: the first size that is too large for it; `half_bits`: a size is counted in units of 2 ** half_bits."""

    name: str
    limit: int
    half_bits: int
    bits: int


# All but bytes are counted in halves first, which are then rounded.
_UNITS: Final = (
    _Unit("bytes", 10 * 1024, 0, 0),
    *(_Unit(name, 20 * 1024 - 1, 10 * power - 1, 10 * power) for power, name in enumerate(("kB", "MB", "GB", "TB"), 1)),
    _Unit("PB", 0, 49, 50),
)
_BITS: Final = {unit.name.lower(): unit.bits for unit in _UNITS}
_SIZE: Final = re.compile(
    r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)\s*(.*?)\s*", re.IGNORECASE | re.DOTALL
)
_INT8: Final = range(-(2**63), 2**63)
# Of an exponent, and of the digits before it: numeric has no more than these before the point.
_MOST_DIGITS: Final = 131_072


@function("pg_size_pretty(int8)", "pg_size_pretty(numeric)")
def pg_size_pretty(size: int | Decimal) -> str:
    if isinstance(size, Decimal) and not size.is_finite():
        return f"{size!s:.1} {_UNITS[0].name}" if size.is_nan() else f"{size} {_UNITS[0].name}"
    magnitude = abs(int(size))
    if magnitude < _UNITS[0].limit:
        return f"{size:f} bytes" if isinstance(size, Decimal) else f"{size} bytes"
    sign = "-" if size < 0 else ""
    for unit in _UNITS[1:]:
        halves = magnitude >> unit.half_bits
        if halves < unit.limit or unit is _UNITS[-1]:
            return f"{sign}{(halves + 1) >> 1} {unit.name}"
    raise AssertionError("the last unit has no limit")


@function("pg_size_bytes")
def pg_size_bytes(text: str) -> int:
    found = _SIZE.fullmatch(text)
    bits = None if found is None else _BITS.get(found[2].lower(), None if found[2] else 0)
    if found is None or bits is None:
        raise InvalidValue(f'invalid size: "{text}"', sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    number = Decimal(found[1])
    if number.adjusted() > _MOST_DIGITS:
        raise InvalidValue("value overflows numeric format", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
    size = _round(number * (1 << bits))
    if size not in _INT8:
        raise InvalidValue("bigint out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
    return size


def _round(number: Decimal) -> int:
    """Halves go away from zero, as numeric becomes bigint."""
    whole = abs(number) + Decimal("0.5")
    return int(whole) if number >= 0 else -int(whole)

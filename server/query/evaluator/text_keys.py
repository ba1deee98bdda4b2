"""How those types are ordered whose values are texts that do not sort as they should: timetz, pg_lsn, inet, ranges.

Of the others that are texts, macaddr, bit and varbit among them, the canonical text sorts as the value does.
Source: PostgreSQL 15, timetz_cmp_internal, pg_lsn_cmp, cash_cmp, network_cmp_internal, range_cmp, multirange_cmp.
"""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from protocol.ranges import Range, RangeType, order_key
from protocol.timetz import read_timetz

_MICROSECONDS_PER_SECOND: Final = 1_000_000
_KEPT: Final = 1024


def timetz_key(value: str) -> tuple[int, int]:
    """Ordered by the moment, of equal ones the easternmost first."""
    clock, west = read_timetz(value)
    return clock + west * _MICROSECONDS_PER_SECOND, west


def lsn_key(value: str) -> int:
    """The number of the byte in the log."""
    high, low = value.split("/")
    return int(high, 16) << 32 | int(low, 16)


def network_key(value: str) -> tuple[int, int, int, int]:
    """Ordered by version, then network, of equal ones the wider first, then by the whole address."""
    written, slash, length = value.partition("/")
    address = ip_address(written)
    bits = int(length) if slash else address.max_prefixlen
    number = int(address)
    beyond = address.max_prefixlen - bits
    return address.version, number >> beyond << beyond, bits, number


def range_key(kind: RangeType) -> Callable[[str], object]:
    """The key of a range, or of a multirange: the bounds of its ranges, as points that can be compared."""

    @lru_cache(maxsize=_KEPT)
    def key(value: str) -> object:
        ranges = kind.parse_many(value) if value.startswith("{") else [kind.parse(value)]
        return tuple([(lower_point(each), upper_point(each)) for each in ranges if not each.empty])

    return key


def lower_point(value: Range) -> tuple[object, ...]:
    """(0,) is before everything, (1, value, side) on a value (0) or a little behind it (1)."""
    return (0,) if value.lower is None else (1, order_key(value.lower), int(not value.lower_in))


def upper_point(value: Range) -> tuple[object, ...]:
    """(2,) is behind everything, (1, value, side) on a value (0) or a little before it (-1)."""
    return (2,) if value.upper is None else (1, order_key(value.upper), -int(not value.upper_in))

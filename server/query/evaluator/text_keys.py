"""How those types are ordered whose values are texts that do not sort as they should: timetz, pg_lsn, money, inet.

Of the others that are texts, macaddr, bit and varbit among them, the canonical text sorts as the value does.
Source: PostgreSQL 15, timetz_cmp_internal, pg_lsn_cmp, cash_cmp, network_cmp_internal.
"""

from ipaddress import ip_address
from typing import Final

from protocol.timetz import read_timetz

_MICROSECONDS_PER_SECOND: Final = 1_000_000


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

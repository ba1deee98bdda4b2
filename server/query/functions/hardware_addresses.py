"""MAC addresses of six and of eight bytes. In memory one is its text.

Source: PostgreSQL 15, mac.c, mac8.c; manual, "MAC Address Functions".
"""

import operator
from collections.abc import Callable
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function

_MAKER_BYTES: Final = 3
_INFIX: Final = "ff:fe"


def _read(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


@function("trunc(macaddr)", "trunc(macaddr8)")
def truncate(text: str) -> str:
    """The maker's part, zeros behind it."""
    data = _read(text)
    return data[:_MAKER_BYTES].ljust(len(data), b"\0").hex(":")


@function("macaddr_not", "macaddr8_not")
def complement(text: str) -> str:
    return bytes([~byte & 255 for byte in _read(text)]).hex(":")


def _combine(compute: Callable[[int, int], int]) -> Callable[[str, str], str]:
    return lambda left, right: bytes(map(compute, _read(left), _read(right))).hex(":")


function("macaddr_and", "macaddr8_and")(_combine(operator.and_))
function("macaddr_or", "macaddr8_or")(_combine(operator.or_))


@function("macaddr8(macaddr)")
def lengthen(text: str) -> str:
    return f"{text[:8]}:{_INFIX}:{text[9:]}"


@function("macaddr(macaddr8)")
def shorten(text: str) -> str:
    if text[9:14] != _INFIX:
        message = "macaddr8 data out of range to convert to macaddr"
        raise InvalidValue(message, sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
    return f"{text[:8]}{text[14:]}"


@function("macaddr8_set7bit")
def set_seventh_bit(text: str) -> str:
    """Of an address that is made from a shorter one for IPv6."""
    data = _read(text)
    return bytes([data[0] | 2, *data[1:]]).hex(":")

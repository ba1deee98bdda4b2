"""Integers as bit strings and back. In memory a bit string is its digits.

Source: PostgreSQL 15, varbit.c, bitfromint4 and its kin.
"""

from collections.abc import Callable

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function
from server.query.functions.value_errors import check_length


def _to_bits(number: int, length: int) -> str:
    """The lowest bits; a longer string repeats the sign. Without a length it is one bit, as `bit` is."""
    length = length if length > 0 else 1
    check_length(length)
    return format(number & ((1 << length) - 1), f"0{length}b")


def _from_bits(width: int, name: str) -> Callable[[str], int]:
    def read(bits: str) -> int:
        if len(bits) > width:
            raise InvalidValue(f"{name} out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
        number = int(bits or "0", 2)
        return number - (1 << width) if number >> (width - 1) else number

    return read


function("bit(int4,int4)", "bit(int8,int4)")(_to_bits)
function("int4(bit)")(_from_bits(32, "integer"))
function("int8(bit)")(_from_bits(64, "bigint"))

"""Bit strings made as long as bit(n) and bit varying(n) say. In memory a bit string is its digits.

Source: PostgreSQL 15, varbit.c, bit() and varbit().
"""

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function
from server.query.functions.value_errors import check_length


@function("bit(bit,int4,bool)")
def _to_length(bits: str, length: int, explicit: bool) -> str:
    if length <= 0 or len(bits) == length:
        return bits
    if not explicit:
        message = f"bit string length {len(bits)} does not match type bit({length})"
        raise InvalidValue(message, sqlstate=SqlState.STRING_DATA_LENGTH_MISMATCH)
    check_length(length)
    return bits[:length].ljust(length, "0")


@function("varbit(varbit,int4,bool)")
def _to_most(bits: str, length: int, explicit: bool) -> str:
    if length <= 0 or len(bits) <= length:
        return bits
    if not explicit:
        message = f"bit string too long for type bit varying({length})"
        raise InvalidValue(message, sqlstate=SqlState.STRING_DATA_RIGHT_TRUNCATION)
    return bits[:length]

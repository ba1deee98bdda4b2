"""Bit strings: their parts, and operators on them. In memory a bit string is its digits.

Source: PostgreSQL manual, "Bit String Functions and Operators"; PostgreSQL 15, varbit.c.
"""

import operator
from collections.abc import Callable

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function
from server.query.functions.value_errors import check_length, invalid_parameter, out_of_range

_INT4 = range(-(2**31), 2**31)


def combine(word: str, compute: Callable[[int, int], int]) -> Callable[[str, str], str]:
    """An operator on two bit strings of one length, called `word` where they are not."""

    def combine_strings(left: str, right: str) -> str:
        if len(left) != len(right):
            message = f"cannot {word} bit strings of different sizes"
            raise InvalidValue(message, sqlstate=SqlState.STRING_DATA_LENGTH_MISMATCH)
        return f"{compute(int(left, 2), int(right, 2)):0{len(left)}b}" if left else ""

    return combine_strings


function("bitand")(combine("AND", operator.and_))
function("bitor")(combine("OR", operator.or_))
function("bitxor")(combine("XOR", operator.xor))

_OTHER = str.maketrans("01", "10")


@function("bitnot")
def complement(bits: str) -> str:
    return bits.translate(_OTHER)


@function("bitcat")
def concatenate(left: str, right: str) -> str:
    check_length(len(left) + len(right))
    return left + right


@function("bitshiftleft")
def shift_left(bits: str, count: int) -> str:
    if count < 0:
        return shift_right(bits, -count)
    return bits[count:].ljust(len(bits), "0")


@function("bitshiftright")
def shift_right(bits: str, count: int) -> str:
    if count < 0:
        return shift_left(bits, -count)
    return bits[: max(len(bits) - count, 0)].rjust(len(bits), "0")


@function("length(bit)", "bit_length(bit)", "bitlength")
def length(bits: str) -> int:
    return len(bits)


@function("octet_length(bit)", "bitoctetlength")
def octet_length(bits: str) -> int:
    return (len(bits) + 7) // 8


@function("bit_count(bit)")
def bit_count(bits: str) -> int:
    return bits.count("1")


@function("bit_count(bytea)")
def bit_count_of_bytes(data: bytes) -> int:
    return int.from_bytes(data).bit_count()


@function("substring(bit,int4)")
def substring_from(bits: str, start: int) -> str:
    return bits[max(start - 1, 0) :]


@function("substring(bit,int4,int4)")
def substring(bits: str, start: int, count: int) -> str:
    if count < 0:
        raise InvalidValue("negative substring length not allowed", sqlstate=SqlState.SUBSTRING_ERROR)
    return bits[max(start - 1, 0) : max(start - 1 + count, 0)]


@function("overlay(bit,bit,int4)")
def overlay(bits: str, new: str, start: int) -> str:
    return overlay_of_length(bits, new, start, len(new))


@function("overlay(bit,bit,int4,int4)")
def overlay_of_length(bits: str, new: str, start: int, count: int) -> str:
    if start <= 0:
        raise InvalidValue("negative substring length not allowed", sqlstate=SqlState.SUBSTRING_ERROR)
    if start + count not in _INT4:
        raise out_of_range("integer")
    check_length(len(bits) + len(new))
    return bits[: start - 1] + new + bits[max(start - 1 + count, 0) :]


@function("position(bit,bit)")
def position(bits: str, part: str) -> int:
    """Nothing is in an empty string, not even an empty one: unlike with texts."""
    return bits.find(part) + 1 if bits else 0


@function("get_bit(bit,int4)")
def get_bit(bits: str, index: int) -> int:
    _check_index(bits, index)
    return int(bits[index])


@function("set_bit(bit,int4,int4)")
def set_bit(bits: str, index: int, value: int) -> str:
    _check_index(bits, index)
    check_bit(value)
    return f"{bits[:index]}{value}{bits[index + 1 :]}"


def _check_index(bits: str, index: int) -> None:
    if not 0 <= index < len(bits):
        message = f"bit index {index} out of valid range (0..{len(bits) - 1})"
        raise InvalidValue(message, sqlstate=SqlState.ARRAY_SUBSCRIPT_ERROR)


def check_bit(value: int) -> None:
    if value not in (0, 1):
        raise invalid_parameter("new bit must be 0 or 1")

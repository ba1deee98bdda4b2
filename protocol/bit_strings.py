"""Types of whole bits behind a text: bit, varbit, pg_lsn, money, snapshots.

In memory each is its text as PostgreSQL writes it.
Source: PostgreSQL 15's input and output functions; the error texts are theirs.
"""

import re
import struct
from itertools import pairwise
from typing import Final

from protocol.codec import expect
from protocol.errors import InvalidValue
from protocol.numerals import WHITESPACE, invalid_syntax
from protocol.sizes import check_size, insufficient_data, surplus_data
from protocol.sqlstate import SqlState

_LENGTH: Final = struct.Struct(">i")
_INT64: Final = struct.Struct(">q")
_UINT64: Final = struct.Struct(">Q")
_SNAPSHOT: Final = struct.Struct(">iqq")

_LSN: Final = re.compile(r"([0-9a-fA-F]{1,8})/([0-9a-fA-F]{1,8})")
_MONEY: Final = re.compile(
    r"\s*(?P<minus>-|\()?\s*\$?\s*(?P<late>-)?\s*(?P<whole>[0-9,]*)(?:\.(?P<part>[0-9]*))?\s*\)?\s*-?\s*", re.ASCII
)
_SNAPSHOT_TEXT: Final = re.compile(r"([0-9]{1,19}):([0-9]{1,19}):((?:[0-9]{1,19}(?:,[0-9]{1,19})*)?)")
_MOST_CENTS: Final = 2**63 - 1


def parse_bits(text: str) -> str:
    """Read `101`, `b101` or `x1f` as the digits 0 and 1.

    Raises:
        InvalidValue
    """
    first = text[:1]
    if first in ("x", "X"):
        return "".join([_hexadecimal(digit) for digit in text[1:]])
    digits = text[1:] if first in ("b", "B") else text
    wrong = digits.strip("01") and next(digit for digit in digits if digit not in "01")
    if wrong:
        message = f'"{wrong}" is not a valid binary digit'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return digits


def _hexadecimal(digit: str) -> str:
    if digit not in "0123456789abcdefABCDEF":
        message = f'"{digit}" is not a valid hexadecimal digit'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return f"{int(digit, 16):04b}"


def pack_bits(value: object) -> bytes:
    """The number of bits, then the bits from the highest, the last byte filled with zeros."""
    bits = expect(value, str)
    size = (len(bits) + 7) // 8
    number = int(bits.ljust(size * 8, "0"), 2) if bits else 0
    return _LENGTH.pack(len(bits)) + number.to_bytes(size)


def unpack_bits(data: bytes) -> str:
    """Read the binary form.

    Raises:
        InvalidValue
    """
    if len(data) < _LENGTH.size:
        raise insufficient_data()
    (count,) = _LENGTH.unpack_from(data)
    if count < 0:
        message = "invalid length in external bit string"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)
    check_size(data, _LENGTH.size + (count + 7) // 8)
    return "".join([f"{byte:08b}" for byte in data[_LENGTH.size :]])[:count]


def parse_lsn(text: str) -> str:
    """Read `16/B374D848`, a place in the write-ahead log.

    Raises:
        InvalidValue
    """
    match = _LSN.fullmatch(text)
    if match is None:
        raise invalid_syntax("pg_lsn", text)
    return f"{int(match[1], 16):X}/{int(match[2], 16):X}"


def pack_lsn(value: object) -> bytes:
    """As one number of 64 bits."""
    high, _, low = expect(value, str).partition("/")
    return _UINT64.pack(int(high, 16) << 32 | int(low, 16))


def unpack_lsn(data: bytes) -> str:
    """Read the binary form.

    Raises:
        InvalidValue
    """
    check_size(data, _UINT64.size)
    high, low = divmod(_UINT64.unpack(data)[0], 2**32)
    return f"{high:X}/{low:X}"


def parse_money(text: str) -> str:
    """Read an amount in dollars, as lc_monetary = C has them: `-$1,234.50`, `($1234.5)`; no digits are none.

    Raises:
        InvalidValue
    """
    match = _MONEY.fullmatch(text)
    if match is None:
        raise invalid_syntax("money", text)
    part = (match["part"] or "").ljust(3, "0")
    digits = match["whole"].replace(",", "").lstrip("0") + part[:2]
    # No integer of ours has more; `int` itself refuses thousands.
    cents = int(digits or "0") + (part[2] >= "5") if len(digits) <= 20 else _MOST_CENTS + 2
    negative = bool(match["minus"] or match["late"] or text.rstrip(WHITESPACE).endswith("-"))
    if cents > _MOST_CENTS + negative:
        message = f'value "{text}" is out of range for type money'
        raise InvalidValue(message, sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
    return format_cents(-cents if negative else cents)


def format_cents(cents: int) -> str:
    """Write a number of cents as money."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}.{part:02d}"


def read_cents(money: str) -> int:
    """The number of cents that a value of money is."""
    return int(money.replace("$", "").replace(",", "").replace(".", ""))


def pack_money(value: object) -> bytes:
    return _INT64.pack(read_cents(expect(value, str)))


def unpack_money(data: bytes) -> str:
    """Read the binary form.

    Raises:
        InvalidValue
    """
    check_size(data, _INT64.size)
    return format_cents(_INT64.unpack(data)[0])


def parse_snapshot(text: str) -> str:
    """Read `xmin:xmax:xip,xip`: which transactions are in progress.

    Raises:
        InvalidValue
    """
    match = _SNAPSHOT_TEXT.fullmatch(text)
    if match is not None:
        lowest, highest = int(match[1]), int(match[2])
        running = [int(each) for each in match[3].split(",") if each]
        if _is_snapshot(lowest, highest, running):
            return _format_snapshot(lowest, highest, running)
    raise invalid_syntax("pg_snapshot", text)


def pack_snapshot(value: object) -> bytes:
    lowest, highest, listed = expect(value, str).split(":")
    running = [int(each) for each in listed.split(",") if each]
    return _SNAPSHOT.pack(len(running), int(lowest), int(highest)) + b"".join(map(_INT64.pack, running))


def unpack_snapshot(data: bytes) -> str:
    """Read the binary form.

    Raises:
        InvalidValue
    """
    if len(data) < _SNAPSHOT.size:
        raise insufficient_data()
    count, lowest, highest = _SNAPSHOT.unpack_from(data)
    rest = data[_SNAPSHOT.size :]
    if count < 0:
        raise _bad_snapshot()
    if len(rest) < count * _INT64.size:
        raise insufficient_data()
    if len(rest) > count * _INT64.size:
        raise surplus_data()
    running = [number for (number,) in _INT64.iter_unpack(rest)]
    if not _is_snapshot(lowest, highest, running):
        raise _bad_snapshot()
    return _format_snapshot(lowest, highest, running)


def _is_snapshot(lowest: int, highest: int, running: list[int]) -> bool:
    in_order = all(before <= after for before, after in pairwise(running))
    return 0 < lowest <= highest < 2**63 and in_order and all(lowest <= each < highest for each in running)


def _format_snapshot(lowest: int, highest: int, running: list[int]) -> str:
    # PostgreSQL drops what stands there twice.
    return f"{lowest}:{highest}:{','.join(map(str, dict.fromkeys(running)))}"


def _bad_snapshot() -> InvalidValue:
    message = "invalid external pg_snapshot data"
    return InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)

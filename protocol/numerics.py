"""numeric in both forms, both ways. In memory it is a Decimal with its scale: `1.50` keeps its 0.

The binary form is a header of four 16-bit numbers (count of digits, weight of the first one, sign, scale)
and digits to the base of 10,000. Source: PostgreSQL 15, numeric.c.
"""

import re
import struct
from decimal import Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.numerals import WHITESPACE, invalid_syntax
from protocol.sizes import insufficient_data, surplus_data
from protocol.sqlstate import SqlState

_MAX_WHOLE: Final = 131_072  # decimal digits before the point
_MAX_SCALE: Final = 16_383  # and after it
_MAX_EXPONENT: Final = 9  # characters; what is longer is out of range by far

_DECIMAL: Final = re.compile(
    r"[+-]?(?=\.?[0-9])(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?(?P<exponent>[eE][+-]?[0-9]+)?"
)
_SPECIAL: Final = re.compile(r"nan|(?P<sign>[+-]?)inf(?:inity)?", re.IGNORECASE)

_HEADER: Final = struct.Struct(">HhHH")
_DIGIT: Final = 4  # decimal digits in one of base 10,000
_POSITIVE: Final = 0x0000
_NEGATIVE: Final = 0x4000
_NAN: Final = 0xC000
_INFINITY: Final = 0xD000
_MINUS_INFINITY: Final = 0xF000
_SPECIALS: Final = {_NAN: Decimal("NaN"), _INFINITY: Decimal("Infinity"), _MINUS_INFINITY: Decimal("-Infinity")}
_PACKED_NAN: Final = _HEADER.pack(0, 0, _NAN, 0)
# PostgreSQL sends this scale with an infinity, whatever it may mean.
_PACKED_INFINITY: Final = _HEADER.pack(0, 0, _INFINITY, 0x20)
_PACKED_MINUS_INFINITY: Final = _HEADER.pack(0, 0, _MINUS_INFINITY, 0x20)


def parse_numeric(text: str) -> Decimal:
    """Read a number.

    Raises:
        InvalidValue
    """
    digits = text.strip(WHITESPACE)
    special = _SPECIAL.fullmatch(digits)
    if special is not None:
        return Decimal(digits)
    match = _DECIMAL.fullmatch(digits)
    if match is None:
        raise invalid_syntax("numeric", text)
    whole, fraction, exponent = match["whole"].lstrip("0"), match["fraction"] or "", match["exponent"] or "e0"
    if len(exponent) > _MAX_EXPONENT:
        raise _overflow()
    power = int(exponent[1:])
    first = len(whole) or len(fraction.lstrip("0")) - len(fraction)  # where the number begins, left of the point
    number = Decimal(digits)
    if len(fraction) - power > _MAX_SCALE or (number and first + power > _MAX_WHOLE):
        raise _overflow()
    if power > len(fraction):
        number = Decimal(f"{number:f}") if number else Decimal(0)
    return number or number.copy_abs()


def format_numeric(number: Decimal) -> str:
    """All digits, never an exponent, never a sign before zero."""
    if number.is_finite():
        text = f"{number:f}"
        return text if number else text.lstrip("-")
    return "NaN" if number.is_nan() else "Infinity" if number > 0 else "-Infinity"


def pack_numeric(number: Decimal) -> bytes:
    if not number.is_finite():
        return _PACKED_NAN if number.is_nan() else _PACKED_INFINITY if number > 0 else _PACKED_MINUS_INFINITY
    whole, _, fraction = format_numeric(number).lstrip("-").partition(".")
    scale = len(fraction)
    whole = whole.lstrip("0")
    # Whole digits to the base of 10,000 on both sides of the point, none of them 0 at either end.
    text = whole.rjust(-len(whole) % _DIGIT + len(whole), "0") + fraction.ljust(-scale % _DIGIT + scale, "0")
    digits = [int(text[at : at + _DIGIT]) for at in range(0, len(text), _DIGIT)]
    weight = (len(whole) + _DIGIT - 1) // _DIGIT - 1
    first = next((at for at, digit in enumerate(digits) if digit), len(digits))
    while len(digits) > first and not digits[-1]:
        digits.pop()
    digits = digits[first:]
    sign = _NEGATIVE if number < 0 else _POSITIVE
    return struct.pack(f">HhHH{len(digits)}H", len(digits), weight - first if digits else 0, sign, scale, *digits)


def unpack_numeric(data: bytes) -> Decimal:
    """Read the binary form; digits beyond the scale are cut off.

    Raises:
        InvalidValue
    """
    if len(data) < _HEADER.size:
        raise insufficient_data()
    count, weight, sign, scale = _HEADER.unpack_from(data)
    if sign not in (_POSITIVE, _NEGATIVE) and sign not in _SPECIALS:
        raise _invalid("sign")
    if scale > _MAX_SCALE:
        raise _invalid("scale")
    size = _HEADER.size + 2 * count
    if len(data) < size:
        raise insufficient_data()
    digits = struct.unpack_from(f">{count}H", data, _HEADER.size)
    if any(digit >= 10**_DIGIT for digit in digits):
        raise _invalid("digit")
    if len(data) > size:
        raise surplus_data()
    if sign in _SPECIALS:
        return _SPECIALS[sign]
    text = "".join([f"{digit:04d}" for digit in digits])
    # How many decimal digits of the text stand behind the point, and how many should.
    behind = _DIGIT * (count - weight - 1)
    text = (
        text[: max(len(text) - (behind - scale), 0)] if behind > scale else text.ljust(len(text) + scale - behind, "0")
    )
    if len(text.lstrip("0")) - scale > _MAX_WHOLE:
        raise _overflow()
    number = Decimal(f"{'-' if sign == _NEGATIVE else ''}{text or '0'}E-{scale}")
    return number or number.copy_abs()


def _overflow() -> InvalidValue:
    return InvalidValue("value overflows numeric format", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


def _invalid(what: str) -> InvalidValue:
    return InvalidValue(f'invalid {what} in external "numeric" value', sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)

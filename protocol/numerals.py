"""Booleans, integers and floating-point numbers in PostgreSQL's text form, both ways.

Source: PostgreSQL 15's input and output functions; the error texts are theirs.
"""

import math
import re
import struct
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import CID, FLOAT4, FLOAT8, INT2, INT4, INT8, OID, TYPES, XID, XID8, Oid

WHITESPACE: Final = " \t\n\v\f\r"

_UINT32: Final = (0, 2**32 - 1)
# The smallest and the largest number of each integer type.
RANGES: Final[dict[Oid, tuple[int, int]]] = {
    INT2: (-(2**15), 2**15 - 1),
    INT4: (-(2**31), 2**31 - 1),
    INT8: (-(2**63), 2**63 - 1),
    OID: _UINT32,
    XID: _UINT32,
    CID: _UINT32,
    XID8: (0, 2**64 - 1),
}

_INTEGER: Final = re.compile(r"([+-]?)0*([0-9]+)")
_DECIMAL: Final = re.compile(r"[+-]?(?=\.?[0-9])(?P<mantissa>[0-9]*\.?[0-9]*)(?:[eE][+-]?[0-9]+)?")
_SPECIAL: Final = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
# More digits than any of our integers has; `int` itself refuses thousands of them.
_MAX_DIGITS: Final = 20

# Any unambiguous beginning of these words; "o" alone is none.
_BOOLEANS: Final = {
    word[:length]: value
    for word, value, shortest in (
        ("true", True, 1),
        ("false", False, 1),
        ("yes", True, 1),
        ("no", False, 1),
        ("on", True, 2),
        ("off", False, 2),
        ("1", True, 1),
        ("0", False, 1),
    )
    for length in range(shortest, len(word) + 1)
}

# The decimal digits that survive being stored. From 10 ** this on PostgreSQL writes an exponent; Python
# goes on to 1e16.
_FLOAT4_DIGITS: Final = 6
_FLOAT8_DIGITS: Final = 15
_FLOAT4: Final = struct.Struct(">f")
_SMALLEST_NORMAL_FLOAT4: Final = 2.0**-126
_MOST_FLOAT4_DIGITS: Final = 9  # are always enough
# The bits of the fraction, and the smallest number as a power of two.
_BITS: Final = {FLOAT4: (24, -149), FLOAT8: (53, -1074)}
# From here on a text of fewer digits can lie in the middle between two numbers.
_FIRST_BORDER: Final = 2.0**53


def parse_bool(text: str) -> bool:
    """Read a boolean.

    Raises:
        InvalidValue
    """
    value = _BOOLEANS.get(text.strip(WHITESPACE).lower())
    if value is None:
        raise invalid_syntax("boolean", text)
    return value


def parse_integer(text: str, oid: Oid) -> int:
    """Read a number of one of the integer types. An oid may be written as the int4 with the same bits.

    DEVIATION: PostgreSQL reads an xid, xid8 or cid as far as it is a number, and gives 0 for `x`.

    Raises:
        InvalidValue
    """
    name = TYPES[oid].sql_name
    match = _INTEGER.fullmatch(text.strip(WHITESPACE))
    if match is None:
        raise invalid_syntax(name, text)
    sign, digits = match.groups()
    lowest, highest = RANGES[oid]
    if len(digits) <= _MAX_DIGITS:
        number = int(sign + digits)
        if lowest <= number <= highest:
            return number
        if oid == OID and -(2**31) <= number < 0:
            return number + 2**32
    raise InvalidValue(f'value "{text}" is out of range for type {name}', sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


def parse_float8(text: str) -> float:
    """Read a double precision number.

    DEVIATION: PostgreSQL takes hexadecimal digits where the C library does; we never do.

    Raises:
        InvalidValue
    """
    return _parse_float(text, FLOAT8)


def parse_float4(text: str) -> float:
    """Read a real number: the nearest that four bytes can hold.

    Raises:
        InvalidValue
    """
    number = _parse_float(text, FLOAT4)
    if number == 0 or not math.isfinite(number):
        return number
    digits = text.strip(WHITESPACE)
    exact, near = Decimal(digits), Decimal(number)
    if exact != near and struct.pack("<d", number)[0] % 2 == 0:
        # Rounding twice is right only when the first rounding ends at an odd number.
        number = math.nextafter(number, math.inf if exact > near else -math.inf)
    try:
        rounded = round_to_float4(number)
    except OverflowError:
        raise _float_out_of_range(digits, FLOAT4) from None
    if rounded == 0:
        raise _float_out_of_range(digits, FLOAT4)
    return rounded


def round_to_float4(number: float) -> float:
    """The nearest number that four bytes can hold.

    Raises:
        OverflowError: it is too large for any.
    """
    (rounded,) = _FLOAT4.unpack(_FLOAT4.pack(number))
    assert isinstance(rounded, float)  # noqa: S101 - for the type checker
    return rounded


def format_float8(number: float, extra_digits: int = 1) -> str:
    """Write a double precision number.

    Args:
        extra_digits: `extra_float_digits`. Above 0: the fewest digits that give the same number again,
            laid out as PostgreSQL 12 and later do; else 15 digits and that many more, which is fewer.
    """
    if not math.isfinite(number):
        return _format_special(number)
    if extra_digits <= 0:
        return f"{number:.{max(_FLOAT8_DIGITS + extra_digits, 1)}g}"
    text = _shortest_float8(number)
    return text if "e" in text or abs(number) < 10.0**_FLOAT8_DIGITS else _with_exponent(text)


def format_float4(number: float, extra_digits: int = 1) -> str:
    """Write a real number; `extra_digits` as in `format_float8`, with 6 instead of 15.

    Raises:
        OverflowError: it is too large for four bytes.
    """
    if not math.isfinite(number):
        return _format_special(number)
    number = round_to_float4(number)
    if extra_digits <= 0:
        return f"{number:.{max(_FLOAT4_DIGITS + extra_digits, 1)}g}"
    text = _shortest_float4(number)
    return text if "e" in text or abs(number) < 10.0**_FLOAT4_DIGITS else _with_exponent(text)


def _shortest_float4(number: float) -> str:
    """The fewest digits that mean this number and no other; of two such texts the nearer one."""
    normal = abs(number) >= _SMALLEST_NORMAL_FLOAT4
    for count in range(_FLOAT4_DIGITS if normal else 1, _MOST_FLOAT4_DIGITS):
        near = f"{number:.{count}g}"
        if _means(near, number, FLOAT4):
            return near
        # Above a power of two the numbers lie further apart, so that the next text may do there.
        above = math.copysign(float(Context(prec=count).next_plus(Decimal(abs(number)))), number)
        if _means(f"{above:.{count}g}", number, FLOAT4):
            return f"{above:.{count}g}"
    return f"{number:.{_MOST_FLOAT4_DIGITS}g}"


def _shortest_float8(number: float) -> str:
    text = repr(number).removesuffix(".0")
    if abs(number) < _FIRST_BORDER:
        return text
    count = _FLOAT8_DIGITS
    while not _means(text, number, FLOAT8):
        text = f"{number:.{count}g}"
        count += 1
    return text


def _means(text: str, number: float, oid: Oid) -> bool:
    """Whether a text is nearer to this number than to any other.

    Text on the border between two numbers means neither to PostgreSQL, though Python would round it.
    """
    precision, least = _BITS[oid]
    fraction, exponent = math.frexp(abs(number))
    gap = Fraction(2) ** max(exponent - precision, least)
    # Below a power of two the numbers lie closer together.
    below = gap / 2 if fraction == 0.5 and exponent - precision > least else gap
    return -below < 2 * (abs(Fraction(text)) - Fraction(abs(number))) < gap


def _parse_float(text: str, oid: Oid) -> float:
    digits = text.strip(WHITESPACE)
    if _SPECIAL.fullmatch(digits):
        return float(digits)
    match = _DECIMAL.fullmatch(digits)
    if match is None:
        raise invalid_syntax(TYPES[oid].sql_name, text)
    number = float(digits)
    vanished = number == 0 and match["mantissa"].strip("0.") != ""
    if vanished or math.isinf(number):
        raise _float_out_of_range(digits, oid)
    return number


def _format_special(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _with_exponent(text: str) -> str:
    """Rewrite `12.5` as `1.25e+01`; the number is 1 or more."""
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("-").partition(".")
    rest = (whole[1:] + fraction).rstrip("0")
    return f"{sign}{whole[0]}{'.' if rest else ''}{rest}e+{len(whole) - 1:02d}"


def _float_out_of_range(digits: str, oid: Oid) -> InvalidValue:
    message = f'"{digits}" is out of range for type {TYPES[oid].sql_name}'
    return InvalidValue(message, sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


def invalid_syntax(type_name: str, text: str) -> InvalidValue:
    return InvalidValue(
        f'invalid input syntax for type {type_name}: "{text}"', sqlstate=SqlState.INVALID_TEXT_REPRESENTATION
    )

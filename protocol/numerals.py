"""Booleans and numbers in PostgreSQL's text form, both ways.

Source: PostgreSQL 15's input and output functions; the error texts are theirs.
"""

import math
import re
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import FLOAT8, INT2, INT4, INT8, OID, TYPES, Oid

WHITESPACE: Final = " \t\n\v\f\r"

# The smallest and the largest number of each integer type.
RANGES: Final[dict[Oid, tuple[int, int]]] = {
    INT2: (-(2**15), 2**15 - 1),
    INT4: (-(2**31), 2**31 - 1),
    INT8: (-(2**63), 2**63 - 1),
    OID: (0, 2**32 - 1),
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

# Below this magnitude PostgreSQL writes all digits, from it on an exponent; Python goes on to 1e16.
_FIRST_EXPONENT: Final = 1e15


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
    """Read a number of one of the integer types.

    Raises:
        InvalidValue
    """
    name = TYPES[oid].sql_name
    match = _INTEGER.fullmatch(text.strip(WHITESPACE))
    if match is None:
        raise invalid_syntax(name, text)
    sign, digits = match.groups()
    lowest, highest = RANGES[oid]
    if len(digits) <= _MAX_DIGITS and lowest <= (number := int(sign + digits)) <= highest:
        return number
    raise InvalidValue(f'value "{text}" is out of range for type {name}', sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


def parse_float8(text: str) -> float:
    """Read a double precision number.

    DEVIATION: PostgreSQL takes hexadecimal digits where the C library does; we never do.

    Raises:
        InvalidValue
    """
    digits = text.strip(WHITESPACE)
    if _SPECIAL.fullmatch(digits):
        return float(digits)
    match = _DECIMAL.fullmatch(digits)
    if match is None:
        raise invalid_syntax(TYPES[FLOAT8].sql_name, text)
    number = float(digits)
    vanished = number == 0 and match["mantissa"].strip("0.") != ""
    if vanished or math.isinf(number):
        raise InvalidValue(
            f'"{digits}" is out of range for type double precision', sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE
        )
    return number


def format_float8(number: float) -> str:
    """The fewest digits that give the same number again, laid out as PostgreSQL 12 and later do."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    text = repr(number)
    if "e" in text:
        return text
    if abs(number) < _FIRST_EXPONENT:
        return text.removesuffix(".0")
    sign = "-" if number < 0 else ""
    digits = text.lstrip("-").removesuffix(".0").replace(".", "")
    rest = digits[1:].rstrip("0")
    return f"{sign}{digits[0]}{'.' if rest else ''}{rest}e+15"


def invalid_syntax(type_name: str, text: str) -> InvalidValue:
    return InvalidValue(
        f'invalid input syntax for type {type_name}: "{text}"', sqlstate=SqlState.INVALID_TEXT_REPRESENTATION
    )

"""The functions behind the casts between numbers, booleans and texts.

Source: PostgreSQL 15, pg_cast; int.c, int8.c, float.c, numeric.c, varchar.c, char.c.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from protocol.encodings import UTF_8
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.strings import cut_name
from server.query.functions.floats import to_float4
from server.query.functions.integers import SIZES, checker
from server.query.functions.numerics import round_whole
from server.query.functions.registry import function
from server.query.functions.value_errors import check_length, out_of_range, unsupported

_VARHDRSZ: Final = 4  # what a type modifier is larger by than the length it stands for
_FLOAT4_DIGITS: Final = 6
_FLOAT8_DIGITS: Final = 15


def _from_float(name: str) -> Callable[[float], int]:
    check, title = checker(name), SIZES[name][1]

    def convert(number: float) -> int:
        if not math.isfinite(number):
            raise out_of_range(title)
        return check(round(number))  # halves to the even one, as rint does

    return convert


def from_numeric(name: str) -> Callable[[Decimal], int]:
    check, title = checker(name), SIZES[name][1]

    def convert(number: Decimal) -> int:
        if number.is_finite():
            return check(int(round_whole(number)))
        raise unsupported(f"cannot convert {'NaN' if number.is_nan() else 'infinity'} to {title}")

    return convert


def _register_integers() -> None:
    for target in SIZES:
        check = checker(target)
        for source in SIZES:
            if source != target:
                function(f"{target}({source})")(check)
        for source in ("float4", "float8"):
            function(f"{target}({source})")(_from_float(target))
        function(f"{target}(numeric)")(from_numeric(target))
        function(f"float8({target})")(float)
        function(f"float4({target})")(_int_to_float4)
        function(f"numeric({target})")(Decimal)


def _int_to_float4(number: int) -> float:
    # Rounded once, not through a double first.
    near = float(number)
    if int(near) != number:
        near = math.nextafter(near, math.inf if number > near else -math.inf) if _is_even(near) else near
    return to_float4(near)


def _is_even(number: float) -> bool:
    mantissa, _ = math.frexp(number)
    return int(mantissa * 2**53) % 2 == 0


_register_integers()


@function("int8(oid)")
def oid_to_int8(oid: int) -> int:
    return oid


@function("oid(int8)")
def int8_to_oid(number: int) -> int:
    if not 0 <= number < 2**32:
        raise out_of_range("OID")
    return number


@function("xid(xid8)")
def xid8_to_xid(number: int) -> int:
    return number & 0xFFFFFFFF


function("float8(float4)")(float)
function("float4(float8)")(to_float4)


def _float_to_numeric(digits: int) -> Callable[[float], Decimal]:
    def convert(number: float) -> Decimal:
        if not math.isfinite(number):
            return Decimal(number)
        exact = Decimal(f"{number:.{digits}g}")
        return Decimal(f"{exact:f}") if exact else Decimal(0)

    return convert


function("numeric(float4)")(_float_to_numeric(_FLOAT4_DIGITS))
function("numeric(float8)")(_float_to_numeric(_FLOAT8_DIGITS))


@function("float8(numeric)")
def numeric_to_float8(number: Decimal) -> float:
    result = float(number)
    if (math.isinf(result) and number.is_finite()) or (result == 0 and number):
        raise _float_out_of_range(number, "double precision")
    return result


@function("float4(numeric)")
def numeric_to_float4(number: Decimal) -> float:
    result = float(number)
    if not math.isfinite(result) and not number.is_finite():
        return result
    try:
        return to_float4(result)
    except InvalidValue:
        raise _float_out_of_range(number, "real") from None


def _float_out_of_range(number: Decimal, name: str) -> InvalidValue:
    return InvalidValue(f'"{number:f}" is out of range for type {name}', sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


@function("bool(int4)")
def int4_to_bool(number: int) -> bool:
    return number != 0


@function("int4(bool)")
def bool_to_int4(value: bool) -> int:
    return int(value)


@function("text(bool)")
def bool_to_text(value: bool) -> str:
    return "true" if value else "false"


@function("text(bpchar)", "varchar(bpchar)")
def bpchar_to_text(text: str) -> str:
    return text.rstrip(" ")


@function("name(bpchar)")
def bpchar_to_name(text: str) -> str:
    return cut_name(text).rstrip(" ")


function("name(text)", "name(varchar)")(cut_name)


@function("text(name)", "bpchar(name)", "varchar(name)", "text(char)", "bpchar(char)")
def same_text(text: str) -> str:
    return text


@function("char(text)")
def text_to_char(text: str) -> str:
    # DEVIATION: as for its input, a character that is not ASCII does not fit into "char".
    first = text[:1]
    if not first.isascii():
        message = 'a "char" holds one byte, which this text does not begin with'
        raise InvalidValue(message, sqlstate=SqlState.CHARACTER_NOT_IN_REPERTOIRE)
    return first


@function("char(int4)")
def int4_to_char(number: int) -> str:
    if not -128 <= number <= 127:
        raise out_of_range('"char"')
    if number < 0:
        message = 'a "char" holds one byte, which this text does not begin with'
        raise InvalidValue(message, sqlstate=SqlState.CHARACTER_NOT_IN_REPERTOIRE)
    return chr(number) if number else ""


@function("int4(char)")
def char_to_int4(character: str) -> int:
    return ord(character) if character else 0


def _cut(text: str, length: int, title: str, *, explicit: bool) -> str:
    if not explicit and text[length:].strip(" "):
        message = f"value too long for type {title}({length})"
        raise InvalidValue(message, sqlstate=SqlState.STRING_DATA_RIGHT_TRUNCATION)
    return text[:length]


@function("varchar(varchar,int4,bool)")
def limit_varchar(text: str, modifier: int, explicit: bool) -> str:
    length = modifier - _VARHDRSZ
    return text if length < 0 or len(text) <= length else _cut(text, length, "character varying", explicit=explicit)


@function("bpchar(bpchar,int4,bool)")
def fit_bpchar(text: str, modifier: int, explicit: bool) -> str:
    length = modifier - _VARHDRSZ
    if length < 0 or len(text) == length:
        return text
    if len(text) > length:
        return _cut(text, length, "character", explicit=explicit)
    check_length(length)
    return text.ljust(length)


def text_size(text: str) -> int:
    """In bytes."""
    return len(text) if text.isascii() else len(text.encode(UTF_8))

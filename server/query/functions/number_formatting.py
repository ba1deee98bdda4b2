"""to_char of numbers.

Source: PostgreSQL 15, int4_to_char and its kin, NUM_processor in formatting.c.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from protocol.numerics import format_numeric
from server.query.functions.conversions import from_numeric
from server.query.functions.integers import checker
from server.query.functions.number_templates import Template, read_number_template
from server.query.functions.number_writing import Written, write_number
from server.query.functions.numeric_division import EXACT
from server.query.functions.numerics import multiply, rescale, round_whole
from server.query.functions.registry import function
from server.query.functions.value_errors import check_length

_ROMAN: Final = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X")),
    *((9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_MOST_ROMAN: Final = 3999
_ROMAN_WIDTH: Final = 15
_FLOAT4_DIGITS: Final = 6
_FLOAT8_DIGITS: Final = 15
_to_int4: Final = from_numeric("int4")


def _roman(number: int) -> str:
    if not 0 < number <= _MOST_ROMAN:
        return "#" * _ROMAN_WIDTH
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


def _fit(text: str, template: Template, *, before: int, after: int) -> Written:
    """The number as it goes through the template: its sign apart, blanks before it, # where it is too long."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("+", text)
    length = len(digits.partition(".")[0])
    if length > before:
        digits = f"{'#' * before}.{'#' * after}"
    return Written(digits, sign, max(before - length, 0), after)


def _integer(name: str, text: Template, number: int) -> str:
    if "RN" in text.seen:
        return write_number(text, Written(_roman(number)))
    if "EEEE" in text.seen:
        return _scientific(Decimal(number), text) if name == "int8" else _scientific_float(float(number), text)
    if "V" in text.seen:
        number = checker(name)(number * checker(name)(10**text.shift))
    fraction = "." + "0" * text.after if text.after else ""
    return write_number(text, _fit(f"{number}{fraction}", text, before=text.before + text.shift, after=text.after))


def _numeric(text: Template, number: Decimal) -> str:
    if "RN" in text.seen:
        return write_number(text, Written(_roman(_to_int4(round_whole(number)))))
    if "EEEE" in text.seen:
        return _scientific(number, text) if number.is_finite() else _filled(text)
    if "V" in text.seen:
        number = multiply(number, Decimal(10**text.shift)) if number.is_finite() else number
    rounded = format_numeric(rescale(number, text.after) if number.is_finite() else number)
    return write_number(text, _fit(rounded, text, before=text.before + text.shift, after=text.after))


def _float(digits: int, text: Template, number: float) -> str:
    if "RN" in text.seen:
        return write_number(text, Written(_roman(round(number) if math.isfinite(number) else 0)))
    if "EEEE" in text.seen:
        return _scientific_float(number, text) if math.isfinite(number) else _filled(text)
    if "V" in text.seen:
        number *= 10.0**text.shift
    length = len(_plain(abs(number), 0))
    # No more digits than a float has for certain.
    after = 0 if length >= digits else min(text.after, digits - length)
    return write_number(text, _fit(_plain(number, after), text, before=text.before + text.shift, after=after))


def _plain(number: float, after: int) -> str:
    if math.isfinite(number):
        return f"{number:.{after}f}"
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _scientific(number: Decimal, template: Template) -> str:
    """`1.23e+04`, a blank in the place of a plus."""
    exponent = number.adjusted() if number else 0
    digits = rescale(EXACT.scaleb(number, -exponent), template.after)
    return f"{format_numeric(digits) if number < 0 else ' ' + format_numeric(digits)}e{exponent:+03d}"


def _scientific_float(number: float, template: Template) -> str:
    written = f"{number:+.{template.after}e}"
    return " " + written[1:] if written.startswith("+") else written


def _filled(template: Template) -> str:
    """What an infinity is in the scientific form."""
    marks = "#" * (template.before + template.after + 5)
    return f" {marks[: template.before]}.{marks[template.before + 1 :]}"


def _register(signature: str, write: Callable[[Template, object], str]) -> None:
    @function(signature)
    def to_char(number: object, template: str) -> str:
        check_length(len(template) * 8)
        return write(read_number_template(template), number) if template else ""


_register("to_char(int4,text)", lambda text, number: _integer("int4", text, number))  # type: ignore[arg-type]  # an int
_register("to_char(int8,text)", lambda text, number: _integer("int8", text, number))  # type: ignore[arg-type]  # another
_register("to_char(numeric,text)", _numeric)  # type: ignore[arg-type]  # by the signature it is a Decimal
_register("to_char(float4,text)", lambda text, number: _float(_FLOAT4_DIGITS, text, number))  # type: ignore[arg-type]
_register("to_char(float8,text)", lambda text, number: _float(_FLOAT8_DIGITS, text, number))  # type: ignore[arg-type]

"""Amounts of money. In memory one is its text under lc_monetary = C, in dollars.

DEVIATION: what is too large for money is refused, where PostgreSQL 15 goes on with the lowest 64 bits.
Source: PostgreSQL 15, cash.c.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from protocol.bit_strings import format_cents, read_cents
from server.query.functions.conversions import from_numeric
from server.query.functions.integers import checker, divide
from server.query.functions.registry import Accumulator, CallTypes, aggregate, function
from server.query.functions.value_errors import division_by_zero, out_of_range
from server.query.runtime import Runtime

_INT64: Final = range(-(2**63), 2**63)
_CENTS: Final = 100
_UNITS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS: Final = ("quadrillion", "trillion", "billion", "million", "thousand")


def _write(cents: int) -> str:
    if cents not in _INT64:
        raise out_of_range("money")
    return format_cents(cents)


@function("cash_pl")
def add(left: str, right: str) -> str:
    return _write(read_cents(left) + read_cents(right))


@function("cash_mi")
def subtract(left: str, right: str) -> str:
    return _write(read_cents(left) - read_cents(right))


@function("cash_mul_int2", "cash_mul_int4", "cash_mul_int8")
def multiply(money: str, factor: int) -> str:
    return _write(read_cents(money) * factor)


@function("cash_div_int2", "cash_div_int4", "cash_div_int8")
def divide_by_integer(money: str, divisor: int) -> str:
    return _write(divide(read_cents(money), divisor))


def _nearest(amount: float) -> str:
    if not math.isfinite(amount):
        raise out_of_range("money")
    return _write(round(amount))


@function("cash_mul_flt4", "cash_mul_flt8")
def multiply_by_float(money: str, factor: float) -> str:
    return _nearest(read_cents(money) * factor)


@function("cash_div_flt4", "cash_div_flt8")
def divide_by_float(money: str, divisor: float) -> str:
    if divisor == 0:
        raise division_by_zero()
    return _nearest(read_cents(money) / divisor)


@function("cash_div_cash")
def ratio(left: str, right: str) -> float:
    if read_cents(right) == 0:
        raise division_by_zero()
    return float(read_cents(left)) / float(read_cents(right))


def _turned(multiply_by: Callable[[str, float], str]) -> Callable[[float, str], str]:
    return lambda factor, money: multiply_by(money, factor)


function("int2_mul_cash", "int4_mul_cash", "int8_mul_cash")(_turned(multiply))  # type: ignore[arg-type]  # integers
function("flt4_mul_cash", "flt8_mul_cash")(_turned(multiply_by_float))


@function("numeric(money)")
def to_numeric(money: str) -> Decimal:
    return Decimal(read_cents(money)).scaleb(-2)


_check_int8: Final = checker("int8")
_numeric_to_int8: Final = from_numeric("int8")


@function("money(int4)", "money(int8)")
def from_integer(dollars: int) -> str:
    return format_cents(_check_int8(dollars * _CENTS))


@function("money(numeric)")
def from_number(dollars: Decimal) -> str:
    return format_cents(_numeric_to_int8(dollars.scaleb(2) if dollars.is_finite() else dollars))


class _Sum:
    def __init__(self) -> None:
        self._cents: int | None = None

    def add(self, *arguments: object) -> None:
        (money,) = arguments
        if isinstance(money, str):
            self._cents = (self._cents or 0) + read_cents(money)

    def result(self) -> str | None:
        return None if self._cents is None else _write(self._cents)


@aggregate("sum(money)")
def sum_of(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Sum()


@function("cash_words")
def words(money: str) -> str:
    """As on a cheque."""
    cents = read_cents(money)
    sign = "minus " if cents < 0 else ""
    dollars, part = divmod(abs(cents), _CENTS)
    written = ""
    for power, name in zip(range(15, 0, -3), _GROUPS, strict=True):
        group = dollars // 10**power % 1000
        if group:
            written += f"{_below_thousand(group)} {name} "
    if dollars % 1000:
        written += _below_thousand(dollars % 1000)
    coin = f"{_below_thousand(part)} cent{'' if part == 1 else 's'}"
    text = f"{sign}{written or 'zero'} dollar{'' if dollars == 1 else 's'} and {coin}"
    return text[0].upper() + text[1:]


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    small = _UNITS[rest] if rest < len(_UNITS) else f"{_TENS[rest // 10]} {_UNITS[rest % 10]}"
    if rest and rest % 10 == 0 and rest > 10:
        small = _TENS[rest // 10]
    if not hundreds:
        return small
    if not rest:
        return f"{_UNITS[hundreds]} hundred"
    # Only what has no word for its tens is joined by one.
    joint = " and " if rest < 20 else " "
    return f"{_UNITS[hundreds]} hundred{joint}{small}"

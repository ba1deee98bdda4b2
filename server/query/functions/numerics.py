"""Arithmetic of numeric: exact, with PostgreSQL's digits behind the point.

Source: PostgreSQL 15, numeric.c; manual, "Arbitrary Precision Numbers".
"""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Final

from server.query.functions.numeric_division import EXACT, divide_numeric, scale_of
from server.query.functions.registry import function
from server.query.functions.value_errors import division_by_zero, overflow

MOST_WHOLE: Final = 131_072  # decimal digits before the point
MOST_SCALE: Final = 16_383  # and behind it
_NAN: Final = Decimal("NaN")
_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)

Binary = Callable[[Decimal, Decimal], Decimal]


def settle(number: Decimal) -> Decimal:
    """A result as numeric has it: no sign before zero, not too long.

    Raises:
        InvalidValue: it has too many digits.
    """
    if not number:
        return number.copy_abs()
    if number.adjusted() >= MOST_WHOLE:
        raise overflow()
    return number


def rescale(number: Decimal, scale: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The number with so many digits behind the point; below 0, the digits before it are rounded away."""
    if not number.is_finite():
        return number
    if scale >= 0:
        return settle(number.quantize(Decimal(1).scaleb(-scale), rounding, EXACT))
    return settle(number.quantize(Decimal(1).scaleb(-scale, EXACT), rounding, EXACT).quantize(_ONE, context=EXACT))


def _quiet(compute: Callable[[Decimal, Decimal], Decimal]) -> Binary:
    """What has no value is NaN, as infinity less infinity."""

    def run(left: Decimal, right: Decimal) -> Decimal:
        try:
            number = compute(left, right)
        except InvalidOperation:
            return _NAN
        return settle(number) if number.is_finite() else number

    return run


add: Final = function("numeric_add")(_quiet(EXACT.add))
subtract: Final = function("numeric_sub")(_quiet(EXACT.subtract))


@function("numeric_mul")
@_quiet
def multiply(left: Decimal, right: Decimal) -> Decimal:
    product = EXACT.multiply(left, right)
    if product.is_finite() and scale_of(product) > MOST_SCALE:
        return rescale(product, MOST_SCALE)
    return product


@function("numeric_div")
def divide(left: Decimal, right: Decimal) -> Decimal:
    if left.is_nan() or right.is_nan():
        return _NAN
    if not right:
        raise division_by_zero()
    if left.is_finite() and right.is_finite():
        return settle(divide_numeric(left, right))
    if left.is_finite():
        return _ZERO
    return _NAN if not right.is_finite() else left if right > 0 else -left


@function("numeric_mod", "mod(numeric,numeric)")
def modulo(left: Decimal, right: Decimal) -> Decimal:
    if left.is_nan() or right.is_nan():
        return _NAN
    if not right:
        raise division_by_zero()
    if not left.is_finite():
        return _NAN
    if not right.is_finite():
        return left
    return settle(EXACT.remainder(left, right))


@function("numeric_div_trunc", "div(numeric,numeric)")
def divide_whole(left: Decimal, right: Decimal) -> Decimal:
    if left.is_nan() or right.is_nan():
        return _NAN
    if not right:
        raise division_by_zero()
    if left.is_finite() and right.is_finite():
        return settle(EXACT.divide_int(left, right))
    if left.is_finite():
        return _ZERO
    return _NAN if not right.is_finite() else left if right > 0 else -left


@function("numeric_uminus")
def negate(number: Decimal) -> Decimal:
    return number.copy_negate() if number else number


@function("numeric_uplus")
def same(number: Decimal) -> Decimal:
    return number


@function("numeric_abs", "abs(numeric)")
def absolute(number: Decimal) -> Decimal:
    return number.copy_abs()


@function("numeric_inc")
def increment(number: Decimal) -> Decimal:
    return add(number, _ONE)


@function("sign(numeric)")
def sign(number: Decimal) -> Decimal:
    if number.is_nan():
        return number
    return Decimal((number > 0) - (number < 0))


@function("ceil(numeric)", "ceiling(numeric)")
def ceiling(number: Decimal) -> Decimal:
    return rescale(number, 0, ROUND_CEILING)


@function("floor(numeric)")
def floor(number: Decimal) -> Decimal:
    return rescale(number, 0, ROUND_FLOOR)


@function("round(numeric)")
def round_whole(number: Decimal) -> Decimal:
    return rescale(number, 0)


@function("round(numeric,int4)")
def round_to(number: Decimal, scale: int) -> Decimal:
    return rescale(number, max(min(scale, MOST_SCALE), -MOST_WHOLE - 2))


@function("trunc(numeric)")
def truncate(number: Decimal) -> Decimal:
    return rescale(number, 0, ROUND_DOWN)


@function("trunc(numeric,int4)")
def truncate_to(number: Decimal, scale: int) -> Decimal:
    return rescale(number, max(min(scale, MOST_SCALE), -MOST_WHOLE - 2), ROUND_DOWN)


@function("scale(numeric)")
def scale(number: Decimal) -> int | None:
    return scale_of(number) if number.is_finite() else None


@function("min_scale(numeric)")
def smallest_scale(number: Decimal) -> int | None:
    return scale_of(trim_scale(number)) if number.is_finite() else None


@function("trim_scale(numeric)")
def trim_scale(number: Decimal) -> Decimal:
    """The number without zeros at its end behind the point."""
    if not number.is_finite():
        return number
    if not number:
        return _ZERO
    short = number.normalize(EXACT)
    return short if scale_of(short) > 0 else rescale(short, 0)


@function("gcd(numeric,numeric)")
def greatest_common_divisor(left: Decimal, right: Decimal) -> Decimal:
    if not (left.is_finite() and right.is_finite()):
        return _NAN
    common = max(scale_of(left), scale_of(right))
    one, other = left.copy_abs(), right.copy_abs()
    while other:
        one, other = other, EXACT.remainder(one, other)
    return rescale(one, common)


@function("lcm(numeric,numeric)")
def least_common_multiple(left: Decimal, right: Decimal) -> Decimal:
    if not (left.is_finite() and right.is_finite()):
        return _NAN
    common = max(scale_of(left), scale_of(right))
    if not left or not right:
        return rescale(_ZERO, common)
    whole = EXACT.divide_int(left, greatest_common_divisor(left, right))
    return settle(rescale(EXACT.multiply(whole, right).copy_abs(), common))


def precise(digits: int) -> Context:
    """A context of so many significant digits that reports nothing but what has no value."""
    context = EXACT.copy()
    context.prec = max(digits, 20)
    return context


@function("numeric(numeric,int4)")
def apply_modifier(number: Decimal, modifier: int) -> Decimal:
    """Round to the scale of `numeric(precision, scale)`.

    Raises:
        InvalidValue: it does not fit.
    """
    if modifier < 4:
        return number
    if number.is_nan():
        return number
    precision = ((modifier - 4) >> 16) & 0xFFFF
    digits = (((modifier - 4) & 0x7FF) ^ 1024) - 1024
    if not number.is_finite():
        raise overflow("numeric field overflow")
    rounded = rescale(number, digits) if scale_of(number) != digits else number
    if rounded and rounded.adjusted() >= precision - digits:
        raise overflow("numeric field overflow")
    return rounded

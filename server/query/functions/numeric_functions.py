"""Roots, powers and logarithms of numeric, with as many digits as PostgreSQL gives.

Python's decimal computes them exactly enough; how many digits are shown follows numeric.c of PostgreSQL 15:
numeric_sqrt, numeric_exp, numeric_ln, numeric_log, power_var, power_var_int, estimate_ln_dweight.
"""

import math
from decimal import ROUND_DOWN, ROUND_FLOOR, Decimal, Overflow
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.numeric_division import EXACT, round_quotient, scale_of
from server.query.functions.numerics import precise, rescale, settle
from server.query.functions.registry import function
from server.query.functions.value_errors import division_by_zero, overflow

_SIGNIFICANT: Final = 16
_MOST_SCALE: Final = 1000
_MOST_RESULT: Final = 2000
_MOST_WEIGHT: Final = 131_072
_LOG10_E: Final = 0.434294481903252
_LN_10: Final = 2.302585092994046
_DIGITS: Final = 4  # decimal digits in one of base 10,000
_NAN: Final = Decimal("NaN")
_INFINITY: Final = Decimal("Infinity")
_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_TWO: Final = Decimal(2)
_FOUR: Final = Decimal(4)
_FEW: Final = 32
_FIRST_DIGITS: Final = 4000
_EXTRA: Final = 20
_DOUBTFUL: Final = 3
_CUTS: Final = (Decimal("1e-10"), Decimal("1e-100"))
_NEAR_ONE: Final = (Decimal("0.9"), Decimal("1.1"))


def _bounded(scale: int, *least: int) -> int:
    return min(max(scale, 0, *least), _MOST_SCALE)


def _weight(number: Decimal) -> int:
    """The weight of the first digit to the base of 10,000."""
    return number.adjusted() // _DIGITS if number else 0


def _logarithm_weight(number: Decimal) -> int:
    """About how many digits the natural logarithm has before the point, less one."""
    if _NEAR_ONE[0] <= number <= _NEAR_ONE[1]:
        rest = EXACT.subtract(number, _ONE)
        if not rest:
            return 0
        weight = _weight(rest)
        first = int(EXACT.scaleb(rest.copy_abs(), -weight * _DIGITS))
        return weight * _DIGITS + int(math.log10(first))
    # The first two digits to the base of 10,000.
    weight = (_weight(number) - 1) * _DIGITS
    first = int(EXACT.scaleb(number, -weight))
    logarithm = math.log(first) + weight * _LN_10
    return int(math.log10(abs(logarithm))) if logarithm else 0


@function("numeric_sqrt", "sqrt(numeric)")
def square_root(number: Decimal) -> Decimal:
    if number.is_nan() or number == _INFINITY:
        return number
    if number < 0:
        message = "cannot take square root of a negative number"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
    weight = _weight(number)
    digits = weight * _DIGITS // 2 + 1 if weight >= 0 else 1 - (1 - weight * _DIGITS) // 2
    scale = _bounded(_SIGNIFICANT - digits, scale_of(number))
    # Half of a root with one binary digit more, rounded.
    whole = _whole_root(EXACT.multiply(_FOUR, EXACT.scaleb(number, 2 * scale)))
    return settle(EXACT.scaleb(EXACT.divide_int(EXACT.add(whole, _ONE), _TWO), -scale))


def _whole_root(number: Decimal) -> Decimal:
    """The greatest whole number whose square is not more."""
    digits = max(number.adjusted(), 0) // 2 + _SIGNIFICANT
    right = min(digits, _FIRST_DIGITS)
    root = precise(right).sqrt(number)
    # The rest by Newton's method, which doubles the digits: calls of milliseconds instead of one long one.
    while right < digits:
        right = min(2 * right - 4, digits)
        context = precise(right + _SIGNIFICANT)
        root = context.divide(context.add(root, context.divide(number, root)), _TWO)
    root = root.to_integral_value(ROUND_FLOOR)
    # The last digits may have been rounded to the next whole number.
    return EXACT.subtract(root, _ONE) if EXACT.multiply(root, root) > number else root


@function("numeric_exp", "exp(numeric)")
def exponential(number: Decimal) -> Decimal:
    if not number.is_finite():
        return _ZERO if number == -_INFINITY else number
    weight = max(min(float(number) * _LOG10_E, _MOST_RESULT), -_MOST_RESULT)
    scale = _bounded(_SIGNIFICANT - int(weight), scale_of(number))
    return _exponential(number, scale)


def _exponential(number: Decimal, scale: int) -> Decimal:
    if abs(number) >= _MOST_RESULT * 3:
        if number > 0:
            raise overflow()
        return rescale(_ZERO, scale)
    weight = int(float(number) * _LOG10_E)
    if weight < -scale - 2:
        return rescale(_ZERO, scale)
    # The last digits of what is computed are not right. They matter where what is rounded looks like a half: for
    # numbers near 0, of whose series one term ends there and the next, which is seen with twice the digits, decides;
    # and for those that were made to look like it, however many digits there are.
    digits = max(weight + scale, 0) + _EXTRA
    found = _exponential_by_parts(number, digits)
    doubt = found.scaleb(_DOUBTFUL - digits, EXACT)
    rounded = rescale(EXACT.subtract(found, doubt), scale)
    if rounded == rescale(EXACT.add(found, doubt), scale):
        return rounded
    return rescale(_exponential_by_parts(number, 2 * digits), scale)


def _exponential_by_parts(number: Decimal, digits: int) -> Decimal:
    """With so many significant digits, of which the last few may be wrong."""
    context = precise(digits)
    # In three parts, each of which is short or small and so takes a third of the time or less, which the whole would
    # take in one call.
    result, rest = _ONE, number
    for cut in _CUTS:
        part = rest.quantize(cut, ROUND_DOWN, EXACT)
        result = context.multiply(result, context.exp(part))
        rest = EXACT.subtract(rest, part)
    return context.multiply(result, context.exp(rest))


def _check_logarithm(number: Decimal) -> None:
    if number > 0:
        return
    what = "zero" if number == 0 else "a negative number"
    message = f"cannot take logarithm of {what}"
    raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_LOGARITHM)


def _logarithm(number: Decimal, scale: int) -> Decimal:
    """With so many digits behind the point, and a few more."""
    return precise(scale + 15).ln(number)


@function("numeric_ln", "ln(numeric)")
def natural_logarithm(number: Decimal) -> Decimal:
    if number.is_nan():
        return number
    _check_logarithm(number)
    if not number.is_finite():
        return number
    scale = _bounded(_SIGNIFICANT - _logarithm_weight(number), scale_of(number))
    return rescale(_logarithm(number, scale), scale)


@function("numeric_log", "log(numeric,numeric)")
def logarithm(base: Decimal, number: Decimal) -> Decimal:
    if base.is_nan() or number.is_nan():
        return _NAN
    if base.is_finite() and number == -_INFINITY:
        _check_logarithm(number)
    _check_logarithm(base)
    _check_logarithm(number)
    if not base.is_finite():
        return _NAN if not number.is_finite() else _ZERO
    if not number.is_finite():
        return number
    base_weight, number_weight = _logarithm_weight(base), _logarithm_weight(number)
    scale = _bounded(_SIGNIFICANT - number_weight + base_weight, scale_of(base), scale_of(number))
    more = scale + abs(number_weight - base_weight) + 10
    below = _logarithm(base, more + max(-base_weight, 0))
    if not below:
        raise division_by_zero()
    quotient = precise(more + 15).divide(_logarithm(number, more + max(-base_weight, 0)), below)
    return rescale(quotient, scale)


@function("log(numeric)", "log10(numeric)")
def decimal_logarithm(number: Decimal) -> Decimal:
    return logarithm(Decimal(10), number)


@function("numeric_power", "power(numeric,numeric)", "pow(numeric,numeric)")
def power(base: Decimal, exponent: Decimal) -> Decimal:
    if not (base.is_finite() and exponent.is_finite()):
        return _special_power(base, exponent)
    whole = exponent == exponent.to_integral_value(context=EXACT)
    if base == 0 and exponent < 0:
        message = "zero raised to a negative power is undefined"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
    if base < 0 and not whole:
        message = "a negative number raised to a non-integer power yields a complex result"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
    if whole and abs(exponent) < 2**31:
        return _whole_power(base, int(exponent), scale_of(exponent))
    if not base:
        return rescale(_ZERO, _SIGNIFICANT)
    negative = base < 0 and int(exponent) % 2 == 1
    size = base.copy_abs()
    estimate = float(_logarithm(size, 30 + max(-_logarithm_weight(size), 0))) * float(exponent)
    if abs(estimate) > _MOST_RESULT * 3.01:
        if estimate > 0:
            raise overflow()
        return rescale(_ZERO, _MOST_SCALE)
    weight = int(estimate * _LOG10_E)
    scale = _bounded(_SIGNIFICANT - weight, scale_of(base), scale_of(exponent))
    if weight < -scale - 2:
        return rescale(_ZERO, scale)
    context = precise(weight + scale + 20)
    # Digits of the base and of the exponent that the result does not show would only take time, seconds with 16,000.
    shown = precise(context.prec + max(exponent.adjusted(), 0) + 10)
    result = rescale(context.power(shown.plus(size), shown.plus(exponent)), scale)
    return settle(-result if negative else result)


def _whole_power(base: Decimal, exponent: int, exponent_scale: int) -> Decimal:
    weight = 0.0
    if base:
        first = _weight(base) * _DIGITS
        leading = int(EXACT.scaleb(base.copy_abs(), -(first - 3 * _DIGITS)))
        weight = exponent * (math.log10(leading) + first - 3 * _DIGITS)
    if weight > _MOST_WEIGHT:
        raise overflow()
    scale = _bounded(_SIGNIFICANT, scale_of(base), exponent_scale)
    if weight + 1 < -scale:
        return rescale(_ZERO, scale)
    if exponent == 0:
        return rescale(_ONE, scale)
    if not base:
        return rescale(_ZERO, scale)
    if exponent == -1:
        return round_quotient(_ONE, base, scale)
    try:
        result = precise(int(abs(weight)) + scale + 30).power(base, exponent)
    except Overflow:
        raise overflow() from None
    return rescale(result, scale)


def _special_power(base: Decimal, exponent: Decimal) -> Decimal:
    if exponent.is_nan():
        return _ONE if base == 1 else _NAN
    if base.is_nan():
        return _ONE if exponent == 0 else _NAN
    if exponent == 0 or base == 1:
        return _ONE
    if base == 0:
        if exponent < 0:
            message = "zero raised to a negative power is undefined"
            raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
        return _ZERO
    if exponent.is_infinite():
        if base == -1:
            return _ONE
        return _INFINITY if (abs(base) > 1) == (exponent > 0) else _ZERO
    if base > 0:
        return _INFINITY if exponent > 0 else _ZERO
    if exponent != exponent.to_integral_value(context=EXACT):
        message = "a negative number raised to a non-integer power yields a complex result"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
    if exponent < 0:
        return _ZERO
    return -_INFINITY if int(exponent) % 2 == 1 else _INFINITY


@function("factorial(int8)")
def factorial(number: int) -> Decimal:
    if number < 0:
        raise overflow("factorial of a negative number is undefined")
    if number > 32177:
        raise overflow()
    return _product(1, number)


def _product(first: int, last: int) -> Decimal:
    """Of the whole numbers from one to the other; by halves, since numbers of like length multiply quickest."""
    if last - first < _FEW:
        return Decimal(math.prod(range(first, last + 1)))
    middle = (first + last) // 2
    return EXACT.multiply(_product(first, middle), _product(middle + 1, last))


@function("width_bucket(numeric,numeric,numeric,int4)")
def bucket_of_numeric(operand: Decimal, low: Decimal, high: Decimal, count: int) -> int:
    """The number of the bucket, 0 below the first and `count` + 1 above the last."""
    _check_buckets(count)
    if operand.is_nan() or low.is_nan() or high.is_nan():
        raise _bucket_error("operand, lower bound, and upper bound cannot be NaN")
    if not (low.is_finite() and high.is_finite()):
        raise _bucket_error("lower and upper bounds must be finite")
    if low == high:
        raise _bucket_error("lower bound cannot equal upper bound")
    ascending = low < high
    if operand < low if ascending else operand > low:
        return 0
    if operand >= high if ascending else operand <= high:
        return _last_bucket(count)
    share = EXACT.multiply(EXACT.subtract(operand, low), Decimal(count))
    return int(EXACT.divide_int(share, EXACT.subtract(high, low))) + 1


@function("width_bucket(float8,float8,float8,int4)")
def bucket_of_float(operand: float, low: float, high: float, count: int) -> int:
    _check_buckets(count)
    if math.isnan(operand) or math.isnan(low) or math.isnan(high):
        raise _bucket_error("operand, lower bound, and upper bound cannot be NaN")
    if math.isinf(low) or math.isinf(high):
        raise _bucket_error("lower and upper bounds must be finite")
    if low == high:
        raise _bucket_error("lower bound cannot equal upper bound")
    if operand < low if low < high else operand > low:
        return 0
    if operand >= high if low < high else operand <= high:
        return _last_bucket(count)
    return min(int((operand - low) / (high - low) * count), count - 1) + 1


def _check_buckets(count: int) -> None:
    if count <= 0:
        raise _bucket_error("count must be greater than zero")


def _last_bucket(count: int) -> int:
    if count == 2**31 - 1:
        raise overflow("integer out of range")
    return count + 1


def _bucket_error(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION)

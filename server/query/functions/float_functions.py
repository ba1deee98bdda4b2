"""Mathematical functions of double precision numbers.

Source: PostgreSQL 15, float.c; manual, "Mathematical Functions" and "Trigonometric Functions".
"""

import math
from collections.abc import Callable
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.floats import float_overflow, float_underflow
from server.query.functions.registry import function

Unary = Callable[[float], float]


def _input_out_of_range() -> InvalidValue:
    return InvalidValue("input is out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)


def _defined(compute: Unary) -> Unary:
    """A function whose argument may lie where it has no value."""

    def run(number: float) -> float:
        try:
            return compute(number)
        except ValueError:
            raise _input_out_of_range() from None
        except OverflowError:
            raise float_overflow() from None

    return run


def _finite(compute: Callable[[float], int]) -> Unary:
    """A rounding to a whole number, which keeps the sign of zero; the endless are their own."""

    def run(number: float) -> float:
        if not math.isfinite(number):
            return number
        return math.copysign(float(compute(number)), number)

    return run


function("dround", "round(float8)")(_finite(round))
function("dtrunc", "trunc(float8)")(_finite(math.trunc))
function("ceil(float8)", "ceiling(float8)", "dceil")(_finite(math.ceil))
function("floor(float8)", "dfloor")(_finite(math.floor))
for _name, _compute in (
    *(("sin", math.sin), ("cos", math.cos), ("tan", math.tan)),
    *(("asin", math.asin), ("acos", math.acos), ("atan", math.atan)),
    *(("asinh", math.asinh), ("acosh", math.acosh), ("tanh", math.tanh)),
):
    function(_name)(_defined(_compute))


@function("sinh")
def hyperbolic_sine(number: float) -> float:
    try:
        return math.sinh(number)
    except OverflowError:
        return math.copysign(math.inf, number)


@function("cosh")
def hyperbolic_cosine(number: float) -> float:
    try:
        return math.cosh(number)
    except OverflowError:
        return math.inf


@function("atanh")
def inverse_hyperbolic_tangent(number: float) -> float:
    if abs(number) == 1:
        return math.copysign(math.inf, number)
    return _defined(math.atanh)(number)


@function("cot")
def cotangent(number: float) -> float:
    if math.isinf(number):
        raise _input_out_of_range()
    tangent = math.tan(number)
    return math.copysign(math.inf, tangent) if tangent == 0 else 1.0 / tangent


function("atan2")(math.atan2)


@function("sign(float8)")
def sign(number: float) -> float:
    return float((number > 0) - (number < 0))


@function("dsqrt", "sqrt(float8)")
def square_root(number: float) -> float:
    if number < 0:
        message = "cannot take square root of a negative number"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
    return math.sqrt(number)


function("dcbrt", "cbrt(float8)")(math.cbrt)


@function("dexp", "exp(float8)")
def exponential(number: float) -> float:
    try:
        result = math.exp(number)
    except OverflowError:
        raise float_overflow() from None
    if result == 0 and not math.isinf(number):
        raise float_underflow()
    return result


def _check_logarithm(number: float) -> None:
    if number <= 0:
        what = "zero" if number == 0 else "a negative number"
        message = f"cannot take logarithm of {what}"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_LOGARITHM)


@function("dlog1", "ln(float8)")
def natural_logarithm(number: float) -> float:
    _check_logarithm(number)
    return math.log(number)


@function("dlog10", "log(float8)", "log10(float8)")
def decimal_logarithm(number: float) -> float:
    _check_logarithm(number)
    return math.log10(number)


@function("dpow", "power(float8,float8)", "pow(float8,float8)")
def power(base: float, exponent: float) -> float:
    if math.isnan(base):
        return 1.0 if exponent == 0 else base
    if math.isnan(exponent):
        return 1.0 if base == 1 else exponent
    if base == 0 and exponent < 0:
        message = "zero raised to a negative power is undefined"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
    if base < 0 and math.isfinite(exponent) and exponent != math.floor(exponent):
        message = "a negative number raised to a non-integer power yields a complex result"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION)
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        raise float_overflow() from None
    if result == 0 and base != 0 and math.isfinite(base) and math.isfinite(exponent):
        raise float_underflow()
    return result


@function("pi")
def pi() -> float:
    return math.pi


_RADIANS_PER_DEGREE: Final = 0.0174532925199432957692


@function("degrees")
def degrees(number: float) -> float:
    result = number / _RADIANS_PER_DEGREE
    if math.isinf(result) and not math.isinf(number):
        raise float_overflow()
    return result


@function("radians")
def radians(number: float) -> float:
    return number * _RADIANS_PER_DEGREE


# The functions of degrees are exact at the multiples of 30, 45 and 90 where their values are round.
_SINE_30: Final = math.sin(30.0 * _RADIANS_PER_DEGREE)
_ONE_LESS_COSINE_60: Final = 1.0 - math.cos(60.0 * _RADIANS_PER_DEGREE)
_ASIN_HALF: Final = math.asin(0.5)
_ACOS_HALF: Final = math.acos(0.5)


def _sine_to_30(angle: float) -> float:
    return math.sin(angle * _RADIANS_PER_DEGREE) / _SINE_30 / 2.0


def _cosine_to_60(angle: float) -> float:
    return 1.0 - (1.0 - math.cos(angle * _RADIANS_PER_DEGREE)) / _ONE_LESS_COSINE_60 / 2.0


def _sine_to_90(angle: float) -> float:
    return _sine_to_30(angle) if angle <= 30.0 else _cosine_to_60(90.0 - angle)


def _cosine_to_90(angle: float) -> float:
    return _cosine_to_60(angle) if angle <= 60.0 else _sine_to_30(90.0 - angle)


_TANGENT_45: Final = _sine_to_90(45.0) / _cosine_to_90(45.0)


def _reduce(angle: float) -> tuple[float, float, float]:
    """An angle of the first quadrant, and the signs of its sine and its cosine."""
    if math.isinf(angle):
        raise _input_out_of_range()
    angle = math.fmod(angle, 360.0)
    sine = cosine = 1.0
    if angle < 0.0:
        angle, sine = -angle, -sine
    if angle > 180.0:
        angle, sine = 360.0 - angle, -sine
    if angle > 90.0:
        angle, cosine = 180.0 - angle, -cosine
    return angle, sine, cosine


@function("sind")
def sine_of_degrees(angle: float) -> float:
    if math.isnan(angle):
        return angle
    angle, sign_, _ = _reduce(angle)
    return sign_ * _sine_to_90(angle)


@function("cosd")
def cosine_of_degrees(angle: float) -> float:
    if math.isnan(angle):
        return angle
    angle, _, sign_ = _reduce(angle)
    return sign_ * _cosine_to_90(angle)


@function("tand")
def tangent_of_degrees(angle: float) -> float:
    if math.isnan(angle):
        return angle
    angle, sine, cosine = _reduce(angle)
    below = _cosine_to_90(angle)
    above = _sine_to_90(angle)
    if below == 0:
        return math.copysign(math.inf, sine * cosine)
    result = sine * cosine * (above / below / _TANGENT_45)
    return result or 0.0


@function("cotd")
def cotangent_of_degrees(angle: float) -> float:
    if math.isnan(angle):
        return angle
    angle, sine, cosine = _reduce(angle)
    above = _cosine_to_90(angle)
    below = _sine_to_90(angle)
    if below == 0:
        return math.copysign(math.inf, sine * cosine * math.copysign(1.0, below))
    result = sine * cosine * (above / below / _TANGENT_45)
    return result or 0.0


@function("asind")
def inverse_sine_in_degrees(number: float) -> float:
    if math.isnan(number):
        return number
    if abs(number) > 1:
        raise _input_out_of_range()
    size = abs(number)
    if size <= 0.5:
        return math.copysign(math.asin(size) / _ASIN_HALF * 30.0, number)
    return math.copysign(90.0 - math.acos(size) / _ACOS_HALF * 60.0, number)


@function("acosd")
def inverse_cosine_in_degrees(number: float) -> float:
    if math.isnan(number):
        return number
    if abs(number) > 1:
        raise _input_out_of_range()
    return 90.0 - inverse_sine_in_degrees(number) if number >= 0 else 90.0 + inverse_sine_in_degrees(-number)


@function("atand")
def inverse_tangent_in_degrees(number: float) -> float:
    return math.atan(number) / math.atan(1.0) * 45.0


@function("atan2d")
def angle_in_degrees(y: float, x: float) -> float:
    return math.atan2(y, x) / math.atan(1.0) * 45.0

"""Arithmetic of float4 and float8. In memory both are Python's float; a float4 is rounded to its four bytes.

Source: PostgreSQL 15, float.c and utils/float.h.
"""

import math
import operator
from collections.abc import Callable

from protocol.numerals import round_to_float4
from server.query.functions.registry import function
from server.query.functions.value_errors import division_by_zero, overflow

Binary = Callable[[float, float], float]


def float_overflow() -> Exception:
    return overflow("value out of range: overflow")


def float_underflow() -> Exception:
    return overflow("value out of range: underflow")


def to_float4(number: float) -> float:
    """Round to four bytes.

    Raises:
        InvalidValue: it is too large, or would vanish.
    """
    try:
        rounded = round_to_float4(number)
    except OverflowError:
        raise float_overflow() from None
    if rounded == 0 and number != 0:
        raise float_underflow()
    return rounded


def add(left: float, right: float) -> float:
    total = left + right
    if math.isinf(total) and not (math.isinf(left) or math.isinf(right)):
        raise float_overflow()
    return total


def subtract(left: float, right: float) -> float:
    difference = left - right
    if math.isinf(difference) and not (math.isinf(left) or math.isinf(right)):
        raise float_overflow()
    return difference


def multiply(left: float, right: float) -> float:
    product = left * right
    if math.isinf(product) and not (math.isinf(left) or math.isinf(right)):
        raise float_overflow()
    if product == 0 and left != 0 and right != 0:
        raise float_underflow()
    return product


def divide(left: float, right: float) -> float:
    if right == 0:
        if math.isnan(left):
            return left
        raise division_by_zero()
    quotient = left / right
    if math.isinf(quotient) and not math.isinf(left):
        raise float_overflow()
    if quotient == 0 and left != 0 and not math.isinf(right):
        raise float_underflow()
    return quotient


def _rounded(compute: Binary) -> Binary:
    return lambda left, right: to_float4(compute(left, right))


for _suffix, _compute in (("pl", add), ("mi", subtract), ("mul", multiply), ("div", divide)):
    for _prefix in ("float8", "float48", "float84"):
        function(f"{_prefix}{_suffix}")(_compute)
    function(f"float4{_suffix}")(_rounded(_compute))
for _type in ("float4", "float8"):
    function(f"{_type}um")(operator.neg)
    function(f"{_type}up")(operator.pos)
    function(f"{_type}abs", f"abs({_type})")(abs)

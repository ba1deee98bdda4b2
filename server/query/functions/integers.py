"""Arithmetic and bits of int2, int4 and int8.

Source: PostgreSQL 15, int.c and int8.c.
"""

import math
import operator
from collections.abc import Callable
from typing import Final

from server.query.functions.registry import function
from server.query.functions.value_errors import division_by_zero, out_of_range

# For each type its size in bits and its name in errors.
SIZES: Final = {"int2": (16, "smallint"), "int4": (32, "integer"), "int8": (64, "bigint")}
# The mixed operators, and the type of their result.
_MIXED: Final = {"int24": "int4", "int42": "int4", "int28": "int8", "int82": "int8", "int48": "int8", "int84": "int8"}

Binary = Callable[[int, int], int]
Unary = Callable[[int], int]


def checker(name: str) -> Unary:
    """A function that gives a number back if the type can hold it."""
    bits, title = SIZES[name]
    lowest, highest = -(1 << (bits - 1)), (1 << (bits - 1)) - 1

    def check(number: int) -> int:
        if lowest <= number <= highest:
            return number
        raise out_of_range(title)

    return check


def _checked(compute: Binary, name: str) -> Binary:
    bits, title = SIZES[name]
    lowest, highest = -(1 << (bits - 1)), (1 << (bits - 1)) - 1

    def run(left: int, right: int) -> int:
        number = compute(left, right)
        if lowest <= number <= highest:
            return number
        raise out_of_range(title)

    return run


def divide(left: int, right: int) -> int:
    """The quotient, towards zero."""
    if right == 0:
        raise division_by_zero()
    quotient = left // right
    return quotient + 1 if quotient < 0 and quotient * right != left else quotient


def modulo(left: int, right: int) -> int:
    """The remainder, with the sign of the dividend."""
    return left - divide(left, right) * right


def _wrap(bits: int) -> Unary:
    """What is left of a number in so many bits."""
    mask, sign = (1 << bits) - 1, 1 << (bits - 1)
    return lambda number: ((number & mask) ^ sign) - sign


def _shifts(bits: int) -> tuple[Binary, Binary]:
    # As the processor does: only the low bits of the count count, and an int2 is shifted as an int4.
    wrap, most = _wrap(bits), max(bits, 32) - 1
    return lambda left, count: wrap(left << (count & most)), lambda left, count: left >> (count & most)


def _register() -> None:
    arithmetic: dict[str, Binary] = {
        "pl": operator.add,
        "mi": operator.sub,
        "mul": operator.mul,
        "div": divide,
    }
    for prefix, result in {**{name: name for name in SIZES}, **_MIXED}.items():
        for suffix, compute in arithmetic.items():
            function(f"{prefix}{suffix}")(_checked(compute, result))
    for name, (bits, _) in SIZES.items():
        check = checker(name)
        left, right = _shifts(bits)
        function(f"{name}mod", f"mod({name},{name})")(modulo)
        function(f"{name}um")(_after(operator.neg, check))
        function(f"{name}up")(operator.pos)
        function(f"{name}abs", f"abs({name})")(_after(abs, check))
        function(f"{name}and")(operator.and_)
        function(f"{name}or")(operator.or_)
        function(f"{name}xor")(operator.xor)
        function(f"{name}not")(operator.invert)
        function(f"{name}shl")(left)
        function(f"{name}shr")(right)
        function(f"{name}inc")(_after(lambda number: number + 1, check))
        function(f"{name}dec")(_after(lambda number: number - 1, check))
        if name != "int2":
            function(f"gcd({name},{name})")(_checked(math.gcd, name))
            function(f"lcm({name},{name})")(_checked(math.lcm, name))


def _after(compute: Unary, check: Unary) -> Unary:
    return lambda number: check(compute(number))


_register()


@function("to_hex(int4)")
def hexadecimal(number: int) -> str:
    return f"{number & 0xFFFFFFFF:x}"


@function("to_hex(int8)")
def hexadecimal_of_int8(number: int) -> str:
    return f"{number & 0xFFFFFFFFFFFFFFFF:x}"

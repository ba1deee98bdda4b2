"""Variances and standard deviations.

Source: PostgreSQL 15, numeric_stddev_internal in numeric.c and float8_accum in float.c.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.numeric_division import EXACT, divide_numeric, division_scale
from server.query.functions.registry import Accumulator, AccumulatorFactory, CallTypes, aggregate
from server.query.runtime import Runtime


class _Exact:
    """Of integers and numerics, by the sums of the values and of their squares."""

    def __init__(self, *, sample: bool, root: bool) -> None:
        self._sample, self._root = sample, root
        self._count = 0
        self._sum = Decimal(0)
        self._squares = Decimal(0)
        self._finite = True

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if value is None:
            return
        self._count += 1
        number = value if isinstance(value, Decimal) else Decimal(value)  # type: ignore[arg-type]  # an integer
        if not number.is_finite():
            self._finite = False
        elif self._finite:
            self._sum = EXACT.add(self._sum, number)
            self._squares = EXACT.fma(number, number, self._squares)

    def result(self) -> Decimal | None:
        count = Decimal(self._count)
        if self._count < (2 if self._sample else 1):
            return None
        if not self._finite:
            return Decimal("NaN")
        spread = EXACT.subtract(EXACT.multiply(count, self._squares), EXACT.multiply(self._sum, self._sum))
        if spread <= 0:
            return Decimal(0)
        divisor = EXACT.multiply(count, count - 1 if self._sample else count)
        variance = divide_numeric(spread, divisor)
        return _square_root(variance, division_scale(spread, divisor)) if self._root else variance


def _square_root(number: Decimal, scale: int) -> Decimal:
    """Rounded to the scale that the number has itself."""
    scaled = int(EXACT.scaleb(number, 2 * scale))
    return EXACT.scaleb(Decimal((math.isqrt(4 * scaled) + 1) // 2), -scale)


class _Float:
    """Of floating-point numbers, by the method of Youngs and Cramer."""

    def __init__(self, *, sample: bool, root: bool) -> None:
        self._sample, self._root = sample, root
        self._count = 0
        self._sum = 0.0
        self._spread = 0.0

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if not isinstance(value, float):
            return
        before, infinite = self._count, math.isinf(self._sum)
        self._count += 1
        self._sum += value
        if not before:
            self._spread = 0.0 if math.isfinite(value) else math.nan
            return
        distance = value * self._count - self._sum
        self._spread += distance * distance / (self._count * before)
        if math.isinf(self._sum) or math.isinf(self._spread):
            if not infinite and not math.isinf(value):
                raise InvalidValue("value out of range: overflow", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
            self._spread = math.nan

    def result(self) -> float | None:
        divisor = self._count - 1 if self._sample else self._count
        if divisor < 1:
            return None
        variance = self._spread / divisor
        return math.sqrt(variance) if self._root else variance


_NAMES: Final = {
    "stddev": (True, True),
    "stddev_samp": (True, True),
    "stddev_pop": (False, True),
    "variance": (True, False),
    "var_samp": (True, False),
    "var_pop": (False, False),
}


def _maker(kind: Callable[..., Accumulator], *, sample: bool, root: bool) -> AccumulatorFactory:
    def make(types: CallTypes, runtime: Runtime) -> Accumulator:
        return kind(sample=sample, root=root)

    return make


for _name, (_sample, _root) in _NAMES.items():
    _exact = _maker(_Exact, sample=_sample, root=_root)
    aggregate(*(f"{_name}({each})" for each in ("int2", "int4", "int8", "numeric")))(_exact)
    aggregate(*(f"{_name}({each})" for each in ("float4", "float8")))(_maker(_Float, sample=_sample, root=_root))

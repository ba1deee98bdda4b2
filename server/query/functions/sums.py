"""sum and avg.

Source: PostgreSQL 15, the transition functions int4_sum, numeric_avg_accum, float8_accum, interval_accum.
"""

import math
import struct
from decimal import Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.intervals import Interval
from protocol.sqlstate import SqlState
from server.query.functions.intervals import add as add_intervals
from server.query.functions.intervals import divide as divide_interval
from server.query.functions.numeric_division import EXACT, divide_numeric
from server.query.functions.registry import Accumulator, CallTypes, aggregate
from server.query.runtime import Runtime

_INT8: Final = 2**63
_FLOAT4: Final = struct.Struct("f")


@aggregate("sum(int2)", "sum(int4)")
class IntegerSum:
    """As int8."""

    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        self._total: int | None = None

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if value is not None:
            self._total = (self._total or 0) + value  # type: ignore[operator]  # an integer

    def result(self) -> int | None:
        if self._total is not None and not -_INT8 <= self._total < _INT8:
            raise InvalidValue("bigint out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
        return self._total


class _Numeric:
    """The sum and the count of integers or numerics; what is no finite number is counted apart."""

    def __init__(self) -> None:
        self._whole = 0
        self._total = Decimal(0)
        self._count = 0
        self._special: Decimal | None = None

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if value is None:
            return
        self._count += 1
        if isinstance(value, int):
            self._whole += value
        elif isinstance(value, Decimal):
            if value.is_finite():
                self._total = EXACT.add(self._total, value)
            elif self._special is None or self._special == value:
                self._special = value
            else:
                self._special = Decimal("NaN")

    def _sum(self) -> Decimal | None:
        if not self._count:
            return None
        if self._special is not None:
            return self._special
        return EXACT.add(self._total, Decimal(self._whole))


@aggregate("sum(int8)", "sum(numeric)")
class NumericSum(_Numeric):
    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        super().__init__()

    def result(self) -> Decimal | None:
        return self._sum()


@aggregate("avg(int2)", "avg(int4)", "avg(int8)", "avg(numeric)")
class NumericAverage(_Numeric):
    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        super().__init__()

    def result(self) -> Decimal | None:
        total = self._sum()
        return divide_numeric(total, Decimal(self._count)) if total is not None and total.is_finite() else total


class _Float:
    """The sum is kept in the type's own precision, as PostgreSQL does: its rounding shows in the result."""

    def __init__(self, *, single: bool, average: bool) -> None:
        self._single, self._average = single, average
        self._total = 0.0
        self._count = 0

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if not isinstance(value, float):
            return
        total = self._total + value if self._count else value
        if self._single:
            try:
                (total,) = _FLOAT4.unpack(_FLOAT4.pack(total))
            except OverflowError:
                total = math.inf
        if math.isinf(total) and not math.isinf(value) and not math.isinf(self._total):
            raise InvalidValue("value out of range: overflow", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
        self._total = total
        self._count += 1

    def result(self) -> float | None:
        if not self._count:
            return None
        return self._total / self._count if self._average else self._total


@aggregate("sum(float4)")
def sum_of_float4(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Float(single=True, average=False)


@aggregate("sum(float8)")
def sum_of_float8(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Float(single=False, average=False)


@aggregate("avg(float4)", "avg(float8)")
def average_of_floats(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Float(single=False, average=True)


class _Intervals:
    def __init__(self, *, average: bool) -> None:
        self._average = average
        self._total = Interval()
        self._count = 0

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if isinstance(value, Interval):
            self._total = add_intervals(self._total, value)
            self._count += 1

    def result(self) -> Interval | None:
        if not self._count:
            return None
        return divide_interval(self._total, float(self._count)) if self._average else self._total


@aggregate("sum(interval)")
def sum_of_intervals(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Intervals(average=False)


@aggregate("avg(interval)")
def average_of_intervals(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Intervals(average=True)

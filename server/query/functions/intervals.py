"""interval: arithmetic, justification, and the fields and the precision of its type.

Source: PostgreSQL 15, timestamp.c: interval_mul, interval_div, interval_justify_*, AdjustIntervalForTypmod.
"""

import math
import operator
from collections.abc import Callable
from typing import Final

from protocol.errors import InvalidValue
from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.sqlstate import SqlState
from server.query.functions.moments import (
    MICROSECONDS_PER_SECOND,
    interval_out_of_range,
    round_to_precision,
    truncated_division,
)
from server.query.functions.registry import function

_INT32: Final = 2**31
_INT64: Final = 2**63
_DAYS_PER_MONTH: Final = 30
_SECONDS_PER_DAY: Final = 86_400
_MICROSECONDS_PER_HOUR: Final = 3_600_000_000
_MICROSECONDS_PER_MINUTE: Final = 60_000_000

# The bits of an interval's type modifier, above its precision.
_MONTH: Final = 1 << 1
_YEAR: Final = 1 << 2
_DAY: Final = 1 << 3
_HOUR: Final = 1 << 10
_MINUTE: Final = 1 << 11
_ANY_FIELDS: Final = 0x7FFF
_ANY_PRECISION: Final = 0xFFFF


def make(months: int, days: int, microseconds: int) -> Interval:
    """An interval of these parts.

    Raises:
        InvalidValue: one of them is too large.
    """
    if not -_INT32 <= months < _INT32 or not -_INT32 <= days < _INT32 or not -_INT64 <= microseconds < _INT64:
        raise interval_out_of_range()
    return Interval(months, days, microseconds)


def interval_span(value: Interval) -> int:
    """Its length in microseconds, a month being 30 days and a day 24 hours: what intervals are compared by."""
    return (value.months * _DAYS_PER_MONTH + value.days) * MICROSECONDS_PER_DAY + value.microseconds


def add(left: Interval, right: Interval) -> Interval:
    return make(left.months + right.months, left.days + right.days, left.microseconds + right.microseconds)


def negate(span: Interval) -> Interval:
    return make(-span.months, -span.days, -span.microseconds)


def _register_comparisons() -> None:
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        function(f"interval_{name}")(_by_span(getattr(operator, name)))


def _by_span(compare: Callable[[int, int], bool]) -> Callable[[Interval, Interval], bool]:
    return lambda left, right: compare(interval_span(left), interval_span(right))


_register_comparisons()


@function("interval_cmp")
def compare_intervals(left: Interval, right: Interval) -> int:
    one, other = interval_span(left), interval_span(right)
    return (one > other) - (one < other)


@function("interval_larger")
def larger(left: Interval, right: Interval) -> Interval:
    return left if interval_span(left) > interval_span(right) else right


@function("interval_smaller")
def smaller(left: Interval, right: Interval) -> Interval:
    return left if interval_span(left) < interval_span(right) else right


function("interval_pl")(add)
function("interval_um")(negate)


@function("interval_mi")
def subtract(left: Interval, right: Interval) -> Interval:
    return make(left.months - right.months, left.days - right.days, left.microseconds - right.microseconds)


@function("interval_mul")
def multiply(span: Interval, factor: float) -> Interval:
    return _scale(span.months * factor, span.days * factor, span.microseconds * factor)


@function("mul_d_interval")
def multiplied(factor: float, span: Interval) -> Interval:
    return multiply(span, factor)


@function("interval_div")
def divide(span: Interval, factor: float) -> Interval:
    if factor == 0:
        raise InvalidValue("division by zero", sqlstate=SqlState.DIVISION_BY_ZERO)
    return _scale(span.months / factor, span.days / factor, span.microseconds / factor)


def _scale(months: float, days: float, microseconds: float) -> Interval:
    """The parts as whole numbers; fractions of a month go into days, those of a day into the time."""
    whole_months, whole_days = _whole(months, _INT32), _whole(days, _INT32)
    month_days = _round_to_microsecond((months - whole_months) * _DAYS_PER_MONTH)
    seconds = _round_to_microsecond((days - whole_days + month_days - int(month_days)) * _SECONDS_PER_DAY)
    if abs(seconds) >= _SECONDS_PER_DAY:
        extra = int(seconds / _SECONDS_PER_DAY)
        whole_days += extra
        seconds -= extra * _SECONDS_PER_DAY
    whole_days += int(month_days)
    clock = microseconds + seconds * MICROSECONDS_PER_SECOND
    if not math.isfinite(clock):
        raise interval_out_of_range()
    return make(whole_months, whole_days, round(clock))


def _whole(number: float, limit: int) -> int:
    if not -limit <= number < limit:  # NaN is neither
        raise interval_out_of_range()
    return int(number)


def _round_to_microsecond(number: float) -> float:
    return round(number * MICROSECONDS_PER_SECOND) / MICROSECONDS_PER_SECOND


@function("justify_hours")
def justify_hours(span: Interval) -> Interval:
    carried = truncated_division(span.microseconds, MICROSECONDS_PER_DAY)
    days, clock = span.days + carried, span.microseconds - carried * MICROSECONDS_PER_DAY
    return make(span.months, *_same_sign(days, clock, MICROSECONDS_PER_DAY))


@function("justify_days")
def justify_days(span: Interval) -> Interval:
    carried = truncated_division(span.days, _DAYS_PER_MONTH)
    months, days = span.months + carried, span.days - carried * _DAYS_PER_MONTH
    return make(*_same_sign(months, days, _DAYS_PER_MONTH), span.microseconds)


@function("justify_interval")
def justify_interval(span: Interval) -> Interval:
    carried = truncated_division(span.microseconds, MICROSECONDS_PER_DAY)
    days, clock = span.days + carried, span.microseconds - carried * MICROSECONDS_PER_DAY
    carried = truncated_division(days, _DAYS_PER_MONTH)
    months, days = span.months + carried, days - carried * _DAYS_PER_MONTH
    if months > 0 and (days < 0 or (days == 0 and clock < 0)):
        months, days = months - 1, days + _DAYS_PER_MONTH
    elif months < 0 and (days > 0 or (days == 0 and clock > 0)):
        months, days = months + 1, days - _DAYS_PER_MONTH
    return make(months, *_same_sign(days, clock, MICROSECONDS_PER_DAY))


def _same_sign(large: int, small: int, size: int) -> tuple[int, int]:
    """Carry one, so that neither is on the other side of zero."""
    if large > 0 and small < 0:
        return large - 1, small + size
    if large < 0 and small > 0:
        return large + 1, small - size
    return large, small


@function("interval(interval,int4)")
def to_fields_and_precision(span: Interval, modifier: int) -> Interval:
    """Cut off what the type's fields leave out, and round the seconds."""
    if modifier < 0:
        return span
    fields, precision = modifier >> 16 & _ANY_FIELDS, modifier & _ANY_PRECISION
    months, days, clock = span.months, span.days, span.microseconds
    if fields != _ANY_FIELDS and fields:
        if fields & ~(_YEAR | _MONTH) == 0:
            days = clock = 0
            if fields == _YEAR:
                months = truncated_division(months, 12) * 12
        elif fields == _DAY:
            clock = 0
        elif fields in (_HOUR, _DAY | _HOUR):
            clock = truncated_division(clock, _MICROSECONDS_PER_HOUR) * _MICROSECONDS_PER_HOUR
        elif fields & ~(_DAY | _HOUR) == _MINUTE:
            clock = truncated_division(clock, _MICROSECONDS_PER_MINUTE) * _MICROSECONDS_PER_MINUTE
    return make(months, days, round_to_precision(clock, precision))


@function("make_interval")
def make_interval(years: int, months: int, weeks: int, days: int, hours: int, minutes: int, seconds: float) -> Interval:
    if not math.isfinite(seconds):
        raise interval_out_of_range()
    clock = (hours * 60 + minutes) * _MICROSECONDS_PER_MINUTE + round(seconds * MICROSECONDS_PER_SECOND)
    return make(years * 12 + months, weeks * 7 + days, clock)


@function("isfinite(interval)")
def is_finite(span: Interval) -> bool:
    return True

"""generate_series, lazily. Source: PostgreSQL 15, "Set Returning Functions" in the manual."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.intervals import Interval
from protocol.sqlstate import SqlState
from protocol.timestamps import Infinity
from server.query.functions.date_comparisons import three_way
from server.query.functions.intervals import interval_span
from server.query.functions.moments import Moment, add_interval, add_interval_in
from server.query.functions.numeric_division import EXACT
from server.query.functions.registry import function
from server.query.runtime import Runtime

_INT4_END: Final = 2**31
_INT8_END: Final = 2**63
_ONE: Final = Decimal(1)
_INVALID: Final = SqlState.INVALID_PARAMETER_VALUE


@function("generate_series(int4,int4)", "generate_series(int4,int4,int4)")
def int4_series(start: int, stop: int, step: int = 1) -> Iterable[int]:
    return _integers(start, stop, step, _INT4_END)


@function("generate_series(int8,int8)", "generate_series(int8,int8,int8)")
def int8_series(start: int, stop: int, step: int = 1) -> Iterable[int]:
    return _integers(start, stop, step, _INT8_END)


def _integers(start: int, stop: int, step: int, end: int) -> Iterable[int]:
    _check_step(step == 0)
    return range(start, min(stop + 1, end) if step > 0 else max(stop - 1, -end - 1), step)


@function("generate_series(numeric,numeric)", "generate_series(numeric,numeric,numeric)")
def numeric_series(start: Decimal, stop: Decimal, step: Decimal = _ONE) -> Iterator[Decimal]:
    for number, role in ((start, "start value"), (stop, "stop value"), (step, "step size")):
        if not number.is_finite():
            what = "NaN" if number.is_nan() else "infinity"
            raise InvalidValue(f"{role} cannot be {what}", sqlstate=_INVALID)
    _check_step(not step)
    return _numbers(start, stop, step)


def _numbers(start: Decimal, stop: Decimal, step: Decimal) -> Iterator[Decimal]:
    number = start
    while number <= stop if step > 0 else number >= stop:
        yield number
        number = EXACT.add(number, step)


@function("generate_series(timestamp,timestamp,interval)")
def timestamp_series(start: Moment, stop: Moment, step: Interval) -> Iterator[Moment]:
    sign = _sign(step)
    return _moments(start, stop, step, sign, None)


@function("generate_series(timestamptz,timestamptz,interval)", runtime=True)
def timestamptz_series(runtime: Runtime, start: Moment, stop: Moment, step: Interval) -> Iterator[Moment]:
    return _moments(start, stop, step, _sign(step), runtime)


def _sign(step: Interval) -> int:
    span = interval_span(step)
    _check_step(span == 0)
    return 1 if span > 0 else -1


def _moments(start: Moment, stop: Moment, step: Interval, sign: int, runtime: Runtime | None) -> Iterator[Moment]:
    moment = start
    while three_way(moment, stop) * sign <= 0:
        yield moment
        if not isinstance(moment, Infinity):
            if runtime is None:
                moment = add_interval(moment, step)
            else:
                moment = add_interval_in(moment, step, runtime.settings.timezone)


def _check_step(is_zero: bool) -> None:
    if is_zero:
        raise InvalidValue("step size cannot equal zero", sqlstate=_INVALID)

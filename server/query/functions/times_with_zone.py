"""timetz: a time of day with an offset, in memory its text.

Source: PostgreSQL 15, timetz_cmp_internal, timetz_part_common, timetz_zone and their kin in date.c.
"""

import operator
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.timestamps import EPOCH, Infinity
from protocol.timetz import format_timetz, read_timetz
from server.query.evaluator.text_keys import timetz_key
from server.query.functions.date_arithmetic import overlaps
from server.query.functions.date_fields import extract_from_time, zone_field
from server.query.functions.date_units import find_field, unsupported_unit
from server.query.functions.moments import (
    MICROSECONDS_PER_SECOND,
    Day,
    Moment,
    midnight_of,
    offset_seconds,
    round_to_precision,
    time_from_microseconds,
    time_to_microseconds,
    timestamp_out_of_range,
    to_local,
)
from server.query.functions.registry import function
from server.query.functions.time_zones import zone_named, zone_of_interval
from server.query.runtime import Runtime

_TYPE: Final = "time with time zone"
_FULL: Final = 6
_OPERATORS: Final[dict[str, Callable[..., bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def _comparison(compare: Callable[..., bool]) -> Callable[[str, str], bool]:
    return lambda left, right: compare(timetz_key(left), timetz_key(right))


for _name, _operator in _OPERATORS.items():
    function(f"timetz_{_name}")(_comparison(_operator))


@function("timetz_cmp")
def three_way(left: str, right: str) -> int:
    one, other = timetz_key(left), timetz_key(right)
    return (one > other) - (one < other)


@function("timetz_larger")
def later(left: str, right: str) -> str:
    return max(left, right, key=timetz_key)


@function("timetz_smaller")
def earlier(left: str, right: str) -> str:
    return min(left, right, key=timetz_key)


@function("timetz_pl_interval")
def add(value: str, span: Interval) -> str:
    clock, west = read_timetz(value)
    return format_timetz((clock + span.microseconds) % MICROSECONDS_PER_DAY, west)


@function("timetz_mi_interval")
def subtract(value: str, span: Interval) -> str:
    clock, west = read_timetz(value)
    return format_timetz((clock - span.microseconds) % MICROSECONDS_PER_DAY, west)


@function("interval_pl_timetz")
def added(span: Interval, value: str) -> str:
    return add(value, span)


@function("datetimetz_pl", "timestamptz(date,timetz)")
def on_date(day: Day, value: str) -> Moment:
    clock, west = read_timetz(value)
    midnight = midnight_of(day)
    if isinstance(midnight, Infinity):
        return midnight
    try:
        return midnight.replace(tzinfo=UTC) + timedelta(seconds=west, microseconds=clock)
    except OverflowError:
        raise timestamp_out_of_range() from None


@function("timetzdate_pl")
def with_date(value: str, day: Day) -> Moment:
    return on_date(day, value)


@function("timetz(time)", runtime=True)
def of_time(runtime: Runtime, clock: time) -> str:
    """At the offset that the session's zone has now."""
    west = -offset_seconds(runtime.passing.transaction_time, runtime.settings.timezone)
    return format_timetz(time_to_microseconds(clock), west)


@function("timetz(timestamptz)", runtime=True)
def of_timestamptz(runtime: Runtime, moment: Moment) -> str | None:
    return None if isinstance(moment, Infinity) else _clock_in(moment, runtime.settings.timezone)


def _clock_in(moment: datetime, zone: tzinfo) -> str:
    return format_timetz(time_to_microseconds(to_local(moment, zone)), -offset_seconds(moment, zone))


@function("time(timetz)")
def without_zone(value: str) -> time:
    return time_from_microseconds(read_timetz(value)[0])


@function("timetz(timetz,int4)")
def round_timetz(value: str, precision: int) -> str:
    clock, west = read_timetz(value)
    return format_timetz(round_to_precision(clock, precision), west)


@function("current_time", runtime=True)
def current_time(runtime: Runtime, precision: int = _FULL) -> str:
    return round_timetz(_clock_in(runtime.passing.transaction_time, runtime.settings.timezone), precision)


@function("timezone(text,timetz)", runtime=True)
def in_zone(runtime: Runtime, zone: str, value: str) -> str:
    return _at_offset(value, -offset_seconds(runtime.passing.transaction_time, zone_named(zone)))


@function("timezone(interval,timetz)")
def at_offset(span: Interval, value: str) -> str:
    return _at_offset(value, -offset_seconds(EPOCH, zone_of_interval(span)))


def _at_offset(value: str, new_west: int) -> str:
    clock, west = read_timetz(value)
    return format_timetz((clock + (west - new_west) * MICROSECONDS_PER_SECOND) % MICROSECONDS_PER_DAY, new_west)


@function("extract(text,timetz)")
def extract_from_timetz(unit: str, value: str) -> Decimal:
    clock, west = read_timetz(value)
    field = find_field(unit, _TYPE)
    match field:
        case "timezone" | "timezone_hour" | "timezone_minute":
            return Decimal(zone_field(field, -west))
        case "epoch":
            return Decimal(clock + west * MICROSECONDS_PER_SECOND).scaleb(-6)
        case "microsecond" | "millisecond" | "second" | "minute" | "hour":
            return extract_from_time(unit, time_from_microseconds(clock))
        case _:
            raise unsupported_unit(unit, _TYPE)


@function("date_part(text,timetz)")
def part_of_timetz(unit: str, value: str) -> float:
    return float(extract_from_timetz(unit, value))


@function("overlaps(timetz,timetz,timetz,timetz)")
def overlap(*values: str | None) -> bool | None:
    start, end, other_start, other_end = (None if each is None else timetz_key(each) for each in values)
    return overlaps(start, end, other_start, other_end)

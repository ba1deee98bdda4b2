"""date_trunc. Source: PostgreSQL 15, timestamp_trunc, timestamptz_trunc_internal and interval_trunc."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from protocol.intervals import Interval
from protocol.timestamps import Infinity
from server.query.functions.date_units import find_unit, unsupported_unit
from server.query.functions.intervals import make
from server.query.functions.moments import (
    Moment,
    from_local,
    timestamp_out_of_range,
    to_local,
    truncated_division,
)
from server.query.functions.registry import function
from server.query.functions.time_zones import zone_named
from server.query.runtime import Runtime

_MOST_DAYS: Final = 4096


def _start_of_year(local: datetime, year: int) -> datetime:
    if year < 1:
        raise timestamp_out_of_range()
    return local.replace(year=year, month=1, day=1)


def _start_of_week(local: datetime) -> datetime:
    return local - timedelta(days=local.weekday())


_SMALL: Final[dict[str, Callable[[datetime], datetime]]] = {
    "microsecond": lambda local: local,
    "millisecond": lambda local: local.replace(microsecond=local.microsecond // 1000 * 1000),
    "second": lambda local: local.replace(microsecond=0),
    "minute": lambda local: local.replace(second=0, microsecond=0),
    "hour": lambda local: local.replace(minute=0, second=0, microsecond=0),
}
# Of the beginning of a day.
_LARGE: Final[dict[str, Callable[[datetime], datetime]]] = {
    "day": lambda local: local,
    "week": _start_of_week,
    "month": lambda local: local.replace(day=1),
    "quarter": lambda local: local.replace(month=(local.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda local: _start_of_year(local, local.year),
    "decade": lambda local: _start_of_year(local, local.year // 10 * 10),
    "century": lambda local: _start_of_year(local, (local.year - 1) // 100 * 100 + 1),
    "millennium": lambda local: _start_of_year(local, (local.year - 1) // 1000 * 1000 + 1),
}


@function("date_trunc(text,timestamp)")
def truncate_timestamp(text: str, moment: Moment) -> Moment:
    if isinstance(moment, Infinity):
        return moment
    unit = find_unit(text, "timestamp without time zone")
    small = _SMALL.get(unit)
    if small is not None:
        return small(moment)
    if unit not in _LARGE:
        raise unsupported_unit(text, "timestamp without time zone")
    return _start_of(unit, moment.date())


@function("date_trunc(text,timestamptz)", runtime=True)
def truncate_timestamptz(runtime: Runtime, text: str, moment: Moment) -> Moment:
    return moment if isinstance(moment, Infinity) else _truncate_in(text, moment, runtime.settings.timezone)


@function("date_trunc(text,timestamptz,text)")
def truncate_in_zone(text: str, moment: Moment, zone: str) -> Moment:
    return moment if isinstance(moment, Infinity) else _truncate_in(text, moment, zone_named(zone))


def _truncate_in(text: str, moment: datetime, zone: tzinfo) -> datetime:
    unit = find_unit(text, "timestamp with time zone")
    small = _SMALL.get(unit)
    if small is not None:
        local = to_local(moment, zone)
        # The offset stays as it is, even in an hour that clocks show twice.
        return moment - (local - small(local))
    if unit not in _LARGE:
        raise unsupported_unit(text, "timestamp with time zone")
    day = moment.date() if zone is UTC else to_local(moment, zone).date()
    return _moment_of(unit, day, zone)


# Rows that are grouped by day, or by more, are mostly of few days.


@lru_cache(maxsize=_MOST_DAYS)
def _start_of(unit: str, day: date) -> datetime:
    try:
        return _LARGE[unit](datetime(day.year, day.month, day.day))  # noqa: DTZ001  of no zone
    except OverflowError:
        raise timestamp_out_of_range() from None


@lru_cache(maxsize=_MOST_DAYS)
def _moment_of(unit: str, day: date, zone: tzinfo) -> datetime:
    return from_local(_start_of(unit, day), zone)


_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1_200, "millennium": 12_000}
_MICROSECONDS: Final = {
    "microsecond": 1,
    "millisecond": 1_000,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
}


@function("date_trunc(text,interval)")
def truncate_interval(text: str, span: Interval) -> Interval:
    unit = find_unit(text, "interval")
    if unit in _MONTHS:
        size = _MONTHS[unit]
        return make(truncated_division(span.months, size) * size, 0, 0)
    if unit == "day":
        return make(span.months, span.days, 0)
    if unit not in _MICROSECONDS:
        raise unsupported_unit(text, "interval")
    size = _MICROSECONDS[unit]
    return make(span.months, span.days, truncated_division(span.microseconds, size) * size)

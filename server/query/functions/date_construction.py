"""Dates and times put together from numbers.

Source: PostgreSQL 15, make_date, make_time, make_timestamp_internal, float8_timestamptz.
"""

import math
from datetime import date, datetime, time, timedelta
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.timestamps import EPOCH, Infinity
from server.query.functions.moments import (
    MICROSECONDS_PER_SECOND,
    Moment,
    from_local,
    overflow,
    time_from_microseconds,
    timestamp_out_of_range,
)
from server.query.functions.registry import function
from server.query.functions.time_zones import zone_named
from server.query.runtime import Runtime

_EPOCH_SECONDS: Final = 946_684_800  # from 1970 to 2000


@function("make_date")
def make_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise overflow(f"date field value out of range: {year}-{month:02d}-{day:02d}") from None


@function("make_time")
def make_time(hour: int, minute: int, seconds: float) -> time:
    microseconds = _clock(hour, minute, seconds)
    # DEVIATION: 24:00:00 is no time of Python's.
    if microseconds >= 86_400 * MICROSECONDS_PER_SECOND:
        raise _bad_time(hour, minute, seconds)
    return time_from_microseconds(microseconds)


@function("make_timestamp")
def make_timestamp(year: int, month: int, day: int, hour: int, minute: int, seconds: float) -> datetime:
    midnight = datetime.combine(make_date(year, month, day), time())
    try:
        return midnight + timedelta(microseconds=_clock(hour, minute, seconds))
    except OverflowError:
        raise timestamp_out_of_range() from None


@function("make_timestamptz(int4,int4,int4,int4,int4,float8)", runtime=True)
def make_timestamptz(
    runtime: Runtime, year: int, month: int, day: int, hour: int, minute: int, seconds: float
) -> datetime:
    return from_local(make_timestamp(year, month, day, hour, minute, seconds), runtime.settings.timezone)


@function("make_timestamptz(int4,int4,int4,int4,int4,float8,text)")
def make_timestamptz_in(year: int, month: int, day: int, hour: int, minute: int, seconds: float, zone: str) -> datetime:
    return from_local(make_timestamp(year, month, day, hour, minute, seconds), zone_named(zone))


def _clock(hour: int, minute: int, seconds: float) -> int:
    """Microseconds since midnight, 24:00:00 among them."""
    if math.isfinite(seconds) and 0 <= seconds <= 60 and hour >= 0 and 0 <= minute < 60:
        clock = (hour * 60 + minute) * 60 * MICROSECONDS_PER_SECOND + round(seconds * MICROSECONDS_PER_SECOND)
        if clock <= 86_400 * MICROSECONDS_PER_SECOND:
            return clock
    raise _bad_time(hour, minute, seconds)


def _bad_time(hour: int, minute: int, seconds: float) -> InvalidValue:
    return overflow(f"time field value out of range: {hour}:{minute:02d}:{seconds:02g}")


@function("to_timestamp(float8)")
def from_unix_time(seconds: float) -> Moment:
    if math.isnan(seconds):
        raise InvalidValue("timestamp cannot be NaN", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW)
    if math.isinf(seconds):
        return Infinity.POSITIVE if seconds > 0 else Infinity.NEGATIVE
    try:
        return EPOCH + timedelta(microseconds=round((seconds - _EPOCH_SECONDS) * MICROSECONDS_PER_SECOND))
    except OverflowError:
        raise overflow(f'timestamp out of range: "{seconds:g}"') from None

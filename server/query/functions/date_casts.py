"""Dates, times and timestamps made from one another, and rounded to the precision of their types.

Source: PostgreSQL 15, date.c and timestamp.c, AdjustTimestampForTypmod.
"""

from datetime import datetime, time, timedelta

from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.timestamps import EPOCH, Infinity
from server.query.functions.moments import (
    LOCAL_EPOCH,
    Day,
    Moment,
    from_local,
    microseconds_of,
    midnight_of,
    round_to_precision,
    time_from_microseconds,
    time_to_microseconds,
    timestamp_out_of_range,
    to_local,
)
from server.query.functions.registry import function
from server.query.runtime import Runtime


@function("date(timestamp)")
def date_of_timestamp(moment: Moment) -> Day:
    return moment if isinstance(moment, Infinity) else moment.date()


@function("date(timestamptz)", runtime=True)
def date_of_timestamptz(runtime: Runtime, moment: Moment) -> Day:
    return moment if isinstance(moment, Infinity) else to_local(moment, runtime.settings.timezone).date()


@function("timestamp(date)")
def timestamp_of_date(day: Day) -> Moment:
    return midnight_of(day)


@function("timestamp(timestamptz)", runtime=True)
def timestamp_of_timestamptz(runtime: Runtime, moment: Moment) -> Moment:
    return moment if isinstance(moment, Infinity) else to_local(moment, runtime.settings.timezone)


@function("timestamptz(timestamp)", runtime=True)
def timestamptz_of_timestamp(runtime: Runtime, local: Moment) -> Moment:
    return local if isinstance(local, Infinity) else from_local(local, runtime.settings.timezone)


@function("timestamptz(date)", runtime=True)
def timestamptz_of_date(runtime: Runtime, day: Day) -> Moment:
    return timestamptz_of_timestamp(runtime, midnight_of(day))


@function("time(timestamp)")
def time_of_timestamp(moment: Moment) -> time | None:
    return None if isinstance(moment, Infinity) else moment.time()


@function("time(timestamptz)", runtime=True)
def time_of_timestamptz(runtime: Runtime, moment: Moment) -> time | None:
    return None if isinstance(moment, Infinity) else to_local(moment, runtime.settings.timezone).time()


@function("time(interval)")
def time_of_interval(span: Interval) -> time:
    return time_from_microseconds(span.microseconds)


@function("interval(time)")
def interval_of_time(clock: time) -> Interval:
    return Interval(microseconds=time_to_microseconds(clock))


@function("timestamp(timestamp,int4)", "timestamptz(timestamptz,int4)")
def round_moment(moment: Moment, precision: int) -> Moment:
    if isinstance(moment, Infinity) or not 0 <= precision < 6:
        return moment
    epoch: datetime = LOCAL_EPOCH if moment.tzinfo is None else EPOCH
    try:
        return epoch + timedelta(microseconds=round_to_precision(microseconds_of(moment - epoch), precision))
    except OverflowError:
        raise timestamp_out_of_range() from None


@function("time(time,int4)")
def round_time(clock: time, precision: int) -> time:
    # DEVIATION: what PostgreSQL rounds up to 24:00:00 is 00:00:00, since Python's times end before.
    return time_from_microseconds(round_to_precision(time_to_microseconds(clock), precision) % MICROSECONDS_PER_DAY)

"""What is added to dates, times and timestamps, and how far they lie apart.

Source: PostgreSQL 15, date.c and timestamp.c.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from protocol.errors import InvalidValue
from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.sqlstate import SqlState
from protocol.timestamps import Infinity
from server.query.functions.date_comparisons import earlier, later
from server.query.functions.intervals import justify_hours, make, negate
from server.query.functions.moments import (
    Day,
    Moment,
    add_interval,
    add_interval_in,
    date_out_of_range,
    days_in_month,
    from_local,
    microseconds_of,
    midnight_of,
    overflow,
    time_from_microseconds,
    time_to_microseconds,
    timestamp_out_of_range,
    to_local,
)
from server.query.functions.registry import function
from server.query.runtime import Runtime


@function("date_mi")
def days_between(left: Day, right: Day) -> int:
    if isinstance(left, Infinity) or isinstance(right, Infinity):
        raise overflow("cannot subtract infinite dates")
    return left.toordinal() - right.toordinal()


@function("date_pli")
def add_days(day: Day, count: int) -> Day:
    if isinstance(day, Infinity):
        return day
    try:
        return date.fromordinal(day.toordinal() + count)
    except (ValueError, OverflowError):
        raise date_out_of_range() from None


@function("date_mii")
def subtract_days(day: Day, count: int) -> Day:
    return add_days(day, -count)


@function("integer_pl_date")
def add_to_day(count: int, day: Day) -> Day:
    return add_days(day, count)


@function("date_pl_interval")
def date_plus(day: Day, span: Interval) -> Moment:
    return timestamp_plus(midnight_of(day), span)


@function("date_mi_interval")
def date_minus(day: Day, span: Interval) -> Moment:
    return timestamp_plus(midnight_of(day), negate(span))


@function("timestamp_pl_interval")
def timestamp_plus(moment: Moment, span: Interval) -> Moment:
    return moment if isinstance(moment, Infinity) else add_interval(moment, span)


@function("timestamp_mi_interval")
def timestamp_minus(moment: Moment, span: Interval) -> Moment:
    return timestamp_plus(moment, negate(span))


@function("timestamptz_pl_interval", runtime=True)
def timestamptz_plus(runtime: Runtime, moment: Moment, span: Interval) -> Moment:
    return moment if isinstance(moment, Infinity) else add_interval_in(moment, span, runtime.settings.timezone)


@function("timestamptz_mi_interval", runtime=True)
def timestamptz_minus(runtime: Runtime, moment: Moment, span: Interval) -> Moment:
    return timestamptz_plus(runtime, moment, negate(span))


@function("interval_pl_date")
def plus_date(span: Interval, day: Day) -> Moment:
    return date_plus(day, span)


@function("interval_pl_timestamp")
def plus_timestamp(span: Interval, moment: Moment) -> Moment:
    return timestamp_plus(moment, span)


@function("interval_pl_timestamptz", runtime=True)
def plus_timestamptz(runtime: Runtime, span: Interval, moment: Moment) -> Moment:
    return timestamptz_plus(runtime, moment, span)


@function("timestamp_mi", "timestamptz_mi")
def time_between(left: Moment, right: Moment) -> Interval:
    """In days and hours."""
    if isinstance(left, Infinity) or isinstance(right, Infinity):
        raise overflow("cannot subtract infinite timestamps")
    return justify_hours(Interval(microseconds=microseconds_of(left - right)))


@function("time_pl_interval")
def time_plus(clock: time, span: Interval) -> time:
    return time_from_microseconds(time_to_microseconds(clock) + span.microseconds)


@function("time_mi_interval")
def time_minus(clock: time, span: Interval) -> time:
    return time_from_microseconds(time_to_microseconds(clock) - span.microseconds)


@function("interval_pl_time")
def plus_time(span: Interval, clock: time) -> time:
    return time_plus(clock, span)


@function("time_mi_time")
def between_times(left: time, right: time) -> Interval:
    return Interval(microseconds=time_to_microseconds(left) - time_to_microseconds(right))


@function("datetime_pl", "timestamp(date,time)")
def date_at_time(day: Day, clock: time) -> Moment:
    return day if isinstance(day, Infinity) else datetime.combine(day, clock)


@function("timedate_pl")
def time_on_date(clock: time, day: Day) -> Moment:
    return date_at_time(day, clock)


@function("timestamptz(date,time)", runtime=True)
def date_at_time_here(runtime: Runtime, day: Day, clock: time) -> Moment:
    if isinstance(day, Infinity):
        return day
    return from_local(datetime.combine(day, clock), runtime.settings.timezone)


@function("age(timestamp,timestamp)")
def age(left: Moment, right: Moment) -> Interval:
    """How far apart in years, months, days and time, as one would count on a calendar."""
    if isinstance(left, Infinity) or isinstance(right, Infinity):
        raise timestamp_out_of_range()
    sign = 1 if left >= right else -1
    months = sign * ((left.year - right.year) * 12 + left.month - right.month)
    days = sign * (left.day - right.day)
    clock = sign * (time_to_microseconds(left) - time_to_microseconds(right))
    if clock < 0:
        clock += MICROSECONDS_PER_DAY
        days -= 1
    # The days of the month that is borrowed are those of the earlier one.
    first = right if sign > 0 else left
    while days < 0:
        days += days_in_month(first.year, first.month)
        months -= 1
    return make(sign * months, sign * days, sign * clock)


@function("age(timestamptz,timestamptz)", runtime=True)
def age_here(runtime: Runtime, left: Moment, right: Moment) -> Interval:
    if isinstance(left, Infinity) or isinstance(right, Infinity):
        raise timestamp_out_of_range()
    zone = runtime.settings.timezone
    return age(to_local(left, zone), to_local(right, zone))


@function("age(timestamp)", runtime=True)
def age_today(runtime: Runtime, moment: Moment) -> Interval:
    return age(_midnight_today(runtime), moment)


@function("age(timestamptz)", runtime=True)
def age_today_here(runtime: Runtime, moment: Moment) -> Interval:
    if isinstance(moment, Infinity):
        raise timestamp_out_of_range()
    return age(_midnight_today(runtime), to_local(moment, runtime.settings.timezone))


def _midnight_today(runtime: Runtime) -> datetime:
    local = to_local(runtime.passing.transaction_time, runtime.settings.timezone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


@function("date_bin")
def put_into_bin(stride: Interval, moment: Moment, origin: Moment) -> Moment:
    """The start of the stride that holds the moment, counted from the origin."""
    if isinstance(moment, Infinity):
        return moment
    if isinstance(origin, Infinity):
        raise overflow("origin out of range")
    if stride.months:
        message = "timestamps cannot be binned into intervals containing months or years"
        raise InvalidValue(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
    size = timedelta(days=stride.days, microseconds=stride.microseconds)
    if size <= timedelta(0):
        raise overflow("stride must be greater than zero")
    try:
        return origin + (moment - origin) // size * size
    except OverflowError:
        raise timestamp_out_of_range() from None


@function(
    "overlaps(time,time,time,time)",
    "overlaps(timestamp,timestamp,timestamp,timestamp)",
    "overlaps(timestamptz,timestamptz,timestamptz,timestamptz)",
)
def overlaps(start: object, end: object, other_start: object, other_end: object) -> bool | None:
    """SQL's OVERLAPS: an end may be NULL where the other one settles it."""
    one, other = _in_order(start, end), _in_order(other_start, other_end)
    if one is None or other is None:
        return None
    (start, end), (other_start, other_end) = one, other
    if start == other_start:
        return True if end is not None and other_end is not None else None
    if later(start, other_start) is start:
        start, end, other_start, other_end = other_start, other_end, start, end
    # Now `start` is the earlier one, and `end` is its end.
    if end is None:
        return None
    if earlier(other_start, end) is other_start and other_start != end:
        return True
    return False if other_end is not None else None


def _in_order(start: object, end: object) -> tuple[object, object] | None:
    if start is None:
        return None if end is None else (end, None)
    if end is None:
        return start, None
    return (end, start) if later(start, end) is start else (start, end)


def _ending(add: Callable[..., object]) -> Callable[..., object]:
    def overlap(runtime: Runtime, *arguments: object) -> bool | None:
        first, second, third, fourth = arguments
        if isinstance(second, Interval):
            second = None if first is None else add(runtime, first, second)
        if isinstance(fourth, Interval):
            fourth = None if third is None else add(runtime, third, fourth)
        return overlaps(first, second, third, fourth)

    return overlap


def _register_overlaps() -> None:
    additions: dict[str, Callable[..., object]] = {
        "time": lambda _, value, span: time_plus(value, span),
        "timestamp": lambda _, value, span: timestamp_plus(value, span),
        "timestamptz": timestamptz_plus,
    }
    for name, add in additions.items():
        for second, fourth in (("interval", name), (name, "interval"), ("interval", "interval")):
            function(f"overlaps({name},{second},{name},{fourth})", runtime=True)(_ending(add))


_register_overlaps()

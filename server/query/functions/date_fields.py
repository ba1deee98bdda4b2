"""extract, which gives numeric, and date_part, which gives float8.

Source: PostgreSQL 15, timestamp_part_common, interval_part_common, extract_date and time_part_common.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.timestamps import EPOCH, Infinity
from server.query.functions.date_units import find_field, unsupported_unit
from server.query.functions.moments import (
    LOCAL_EPOCH,
    MICROSECONDS_PER_SECOND,
    Day,
    Moment,
    microseconds_of,
    midnight_of,
    offset_seconds,
    time_to_microseconds,
    to_local,
    truncated_division,
)
from server.query.functions.numeric_division import divide_numeric
from server.query.functions.registry import function
from server.query.runtime import Runtime

_TIMESTAMP: Final = "timestamp without time zone"
_TIMESTAMPTZ: Final = "timestamp with time zone"
_TIME: Final = "time without time zone"
_EPOCH_SECONDS: Final = 946_684_800  # from 1970 to 2000
_JULIAN: Final = 1_721_425  # of ordinal 0

_ZONE_FIELDS: Final = ("timezone", "timezone_hour", "timezone_minute")
_ENDLESS: Final = ("year", "decade", "century", "millennium", "julian", "isoyear", "epoch")
_INFINITE: Final = {Infinity.POSITIVE: Decimal("Infinity"), Infinity.NEGATIVE: Decimal("-Infinity")}


def _fixed(units: int, scale: int) -> Decimal:
    return Decimal(units).scaleb(-scale)


def julian_day(day: date) -> int:
    return day.toordinal() + _JULIAN


_OF_DATE: Final[dict[str, Callable[[date], int]]] = {
    "day": lambda day: day.day,
    "month": lambda day: day.month,
    "quarter": lambda day: (day.month - 1) // 3 + 1,
    "week": lambda day: day.isocalendar()[1],
    "year": lambda day: day.year,
    "decade": lambda day: day.year // 10,
    "century": lambda day: (day.year + 99) // 100,
    "millennium": lambda day: (day.year + 999) // 1000,
    "isoyear": lambda day: day.isocalendar()[0],
    "dow": lambda day: day.isoweekday() % 7,
    "isodow": lambda day: day.isoweekday(),
    "doy": lambda day: day.timetuple().tm_yday,
}
_OF_CLOCK: Final[dict[str, Callable[[time | datetime], Decimal]]] = {
    "microsecond": lambda clock: Decimal(clock.second * MICROSECONDS_PER_SECOND + clock.microsecond),
    "millisecond": lambda clock: _fixed(clock.second * MICROSECONDS_PER_SECOND + clock.microsecond, 3),
    "second": lambda clock: _fixed(clock.second * MICROSECONDS_PER_SECOND + clock.microsecond, 6),
    "minute": lambda clock: Decimal(clock.minute),
    "hour": lambda clock: Decimal(clock.hour),
}


def _of_local(field: str, local: datetime) -> Decimal | None:
    clock = _OF_CLOCK.get(field)
    if clock is not None:
        return clock(local)
    day = _OF_DATE.get(field)
    if day is not None:
        return Decimal(day(local))
    if field == "julian":
        rest = divide_numeric(Decimal(time_to_microseconds(local)), Decimal(MICROSECONDS_PER_DAY))
        return julian_day(local) + rest
    return None


def _of_infinity(field: str, moment: Infinity, unit: str, type_name: str, *, zoned: bool) -> Decimal | None:
    if field in _ENDLESS:
        return _INFINITE[moment]
    if field in _ZONE_FIELDS and not zoned:
        raise unsupported_unit(unit, type_name)
    return None


@function("extract(text,timestamp)")
def extract_from_timestamp(unit: str, moment: Moment) -> Decimal | None:
    field = find_field(unit, _TIMESTAMP)
    if isinstance(moment, Infinity):
        return _of_infinity(field, moment, unit, _TIMESTAMP, zoned=False)
    if field == "epoch":
        return _epoch(microseconds_of(moment - LOCAL_EPOCH))
    found = _of_local(field, moment)
    if found is None:
        raise unsupported_unit(unit, _TIMESTAMP)
    return found


@function("extract(text,timestamptz)", runtime=True)
def extract_from_timestamptz(runtime: Runtime, unit: str, moment: Moment) -> Decimal | None:
    field = find_field(unit, _TIMESTAMPTZ)
    if isinstance(moment, Infinity):
        return _of_infinity(field, moment, unit, _TIMESTAMPTZ, zoned=True)
    if field == "epoch":
        return _epoch(microseconds_of(moment - EPOCH))
    if field in _ZONE_FIELDS:
        return Decimal(zone_field(field, offset_seconds(moment, runtime.settings.timezone)))
    found = _of_local(field, to_local(moment, runtime.settings.timezone))
    if found is None:
        raise unsupported_unit(unit, _TIMESTAMPTZ)
    return found


def _epoch(microseconds: int) -> Decimal:
    """Of microseconds since 2000."""
    return _fixed(microseconds + _EPOCH_SECONDS * MICROSECONDS_PER_SECOND, 6)


def zone_field(field: str, seconds: int) -> int:
    if field == "timezone":
        return seconds
    size = 3600 if field == "timezone_hour" else 60
    whole = truncated_division(seconds, size)
    return whole if field == "timezone_hour" else whole - truncated_division(whole, 60) * 60


@function("extract(text,date)")
def extract_from_date(unit: str, day: Day) -> Decimal | None:
    field = find_field(unit, "date")
    found = _OF_DATE.get(field)
    if found is None and field not in ("julian", "epoch"):
        raise unsupported_unit(unit, "date")
    if isinstance(day, Infinity):
        return _INFINITE[day] if field in _ENDLESS else None
    if found is not None:
        return Decimal(found(day))
    if field == "julian":
        return Decimal(julian_day(day))
    return Decimal((day.toordinal() - LOCAL_EPOCH.toordinal()) * 86_400 + _EPOCH_SECONDS)


@function("extract(text,time)")
def extract_from_time(unit: str, clock: time) -> Decimal:
    field = find_field(unit, _TIME)
    if field == "epoch":
        return _fixed(time_to_microseconds(clock), 6)
    found = _OF_CLOCK.get(field)
    if found is None:
        raise unsupported_unit(unit, _TIME)
    return found(clock)


@function("extract(text,interval)")
def extract_from_interval(unit: str, span: Interval) -> Decimal:
    field = find_field(unit, "interval")
    months, clock = span.months, span.microseconds
    years = truncated_division(months, 12)
    minutes = truncated_division(clock, 60 * MICROSECONDS_PER_SECOND)
    seconds = clock - minutes * 60 * MICROSECONDS_PER_SECOND
    month = months - years * 12
    match field:
        case "microsecond":
            return Decimal(seconds)
        case "millisecond":
            return _fixed(seconds, 3)
        case "second":
            return _fixed(seconds, 6)
        case "minute":
            return Decimal(minutes - truncated_division(minutes, 60) * 60)
        case "hour":
            return Decimal(truncated_division(minutes, 60))
        case "day":
            return Decimal(span.days)
        case "month":
            return Decimal(month)
        case "quarter":
            return Decimal(truncated_division(month, 3) + 1)
        case "year":
            return Decimal(years)
        case "decade":
            return Decimal(truncated_division(years, 10))
        case "century":
            return Decimal(truncated_division(years, 100))
        case "millennium":
            return Decimal(truncated_division(years, 1000))
        case "epoch":
            # A year is 365.25 days, a month 30.
            quarter_days = 4 * 365 * years + years + 4 * 30 * month + 4 * span.days
            return _fixed(quarter_days * 21_600 * MICROSECONDS_PER_SECOND + clock, 6)
        case _:
            raise unsupported_unit(unit, "interval")


def _as_float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


@function("date_part(text,timestamp)")
def part_of_timestamp(unit: str, moment: Moment) -> float | None:
    return _as_float(extract_from_timestamp(unit, moment))


@function("date_part(text,timestamptz)", runtime=True)
def part_of_timestamptz(runtime: Runtime, unit: str, moment: Moment) -> float | None:
    return _as_float(extract_from_timestamptz(runtime, unit, moment))


@function("date_part(text,date)")
def part_of_date(unit: str, day: Day) -> float | None:
    return _as_float(extract_from_timestamp(unit, midnight_of(day)))


@function("date_part(text,time)")
def part_of_time(unit: str, clock: time) -> float | None:
    return _as_float(extract_from_time(unit, clock))


@function("date_part(text,interval)")
def part_of_interval(unit: str, span: Interval) -> float | None:
    return _as_float(extract_from_interval(unit, span))

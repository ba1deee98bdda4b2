"""Time zones by name: AT TIME ZONE, and the lists of names and abbreviations.

Source: PostgreSQL 15, timestamptz_zone, timestamp_izone, pg_timezone_names; manual, "AT TIME ZONE".
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from protocol.errors import InvalidValue
from protocol.intervals import Interval, format_interval
from protocol.sqlstate import SqlState
from protocol.timestamps import Infinity
from server.query.functions.intervals import make
from server.query.functions.moments import MICROSECONDS_PER_SECOND, Moment, from_local, to_local
from server.query.functions.registry import function
from server.query.functions.zone_abbreviations import ABBREVIATIONS
from server.query.runtime import Runtime
from server.timezones import find_timezone


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo:
    """An abbreviation, else a name or an offset.

    Raises:
        InvalidValue: there is none of that name.
    """
    abbreviation = ABBREVIATIONS.get(name.upper())
    if abbreviation is not None:
        return timezone(timedelta(seconds=abbreviation[0])) if abbreviation[0] else UTC
    found = find_timezone(name)
    if found is None:
        raise InvalidValue(f'time zone "{name}" not recognized', sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return found[1]


def zone_of_interval(span: Interval) -> tzinfo:
    if span.months or span.days:
        text = format_interval(span, "postgres")
        message = f'interval time zone "{text}" must not include months or days'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    offset = timedelta(seconds=span.microseconds // MICROSECONDS_PER_SECOND)
    if abs(offset) >= timedelta(days=1):
        # DEVIATION: PostgreSQL takes any offset; Python's zones are less than a day away.
        raise InvalidValue(
            "time zone displacement out of range", sqlstate=SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE
        )
    return timezone(offset)


@function("timezone(text,timestamptz)")
def clocks_in(zone: str, moment: Moment) -> Moment:
    return moment if isinstance(moment, Infinity) else to_local(moment, zone_named(zone))


@function("timezone(text,timestamp)")
def moment_in(zone: str, local: Moment) -> Moment:
    return local if isinstance(local, Infinity) else from_local(local, zone_named(zone))


@function("timezone(interval,timestamptz)")
def clocks_at_offset(span: Interval, moment: Moment) -> Moment:
    return moment if isinstance(moment, Infinity) else to_local(moment, zone_of_interval(span))


@function("timezone(interval,timestamp)")
def moment_at_offset(span: Interval, local: Moment) -> Moment:
    return local if isinstance(local, Infinity) else from_local(local, zone_of_interval(span))


@function("pg_timezone_abbrevs")
def list_abbreviations() -> Iterator[tuple[str, Interval, bool]]:
    for name, (seconds, summer) in ABBREVIATIONS.items():
        yield name, make(0, 0, seconds * MICROSECONDS_PER_SECOND), summer


@function("pg_timezone_names", runtime=True)
def list_names(runtime: Runtime) -> Iterator[tuple[str, str, Interval, bool]]:
    now = datetime.fromtimestamp(runtime.passing.clock(), UTC)
    for name in sorted(available_timezones()):
        local = now.astimezone(ZoneInfo(name))
        seconds = round((local.utcoffset() or timedelta(0)).total_seconds())
        yield name, local.tzname() or "", make(0, 0, seconds * MICROSECONDS_PER_SECOND), bool(local.dst())

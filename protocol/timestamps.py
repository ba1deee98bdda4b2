"""timestamptz in PostgreSQL's text forms, both ways.

In memory a timestamptz is an aware datetime with microseconds, in UTC when it was read.

Written are all four DateStyles. Read is ISO 8601 as drivers write it and as the ISO style prints it: a
date, a time of day or none, an offset or none (then the session's TimeZone).
SILENT: years 1 to 9999 only, as Python's datetime; so neither `infinity` nor BC nor years beyond.
DEVIATION: PostgreSQL reads many more spellings, such as `Jan 8, 1999` and named zones.

Source: PostgreSQL manual, "Date/Time Types"; its EncodeDateTime and DetermineTimeZoneOffset.
"""

import re
from datetime import MAXYEAR, UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

_MAX_SECOND: Final = 60  # a leap second; it is read as the next minute's first
_MAX_OFFSET: Final = timedelta(hours=16)  # PostgreSQL's MAX_TZDISP_HOUR, itself excluded

_INPUT: Final = re.compile(
    r"""
    (?P<year>[0-9]{4,6}) - (?P<month>[0-9]{1,2}) - (?P<day>[0-9]{1,2})
    (?: [T\ ]\ *
        (?P<hour>[0-9]{1,2}) : (?P<minute>[0-9]{1,2}) (?: : (?P<second>[0-9]{1,2}) (?P<fraction>\.[0-9]*)? )?
    )?
    (?: \ *
        (?: (?P<utc> Z | UTC | GMT )
          | (?P<sign>[+-]) (?P<offset_hour>[0-9]{1,2})
            (?: :? (?P<offset_minute>[0-9]{2}) (?: :? (?P<offset_second>[0-9]{2}) )? )?
        )
    )?
    """,
    re.VERBOSE | re.IGNORECASE,
)

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_timestamptz(moment: datetime, zone: tzinfo, date_style: tuple[str, str]) -> str:
    """Write a moment as it is in `zone`; `date_style` as in `ValueSettings`.

    Raises:
        InvalidValue: the years 0 and 10000, at the ends of the calendar.
    """
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        raise InvalidValue("timestamp out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW) from None
    style, order = date_style
    day_first = order == "DMY"
    year, month, day = f"{local.year:04d}", f"{local.month:02d}", f"{local.day:02d}"
    time = _format_time(local)
    match style:
        case "SQL":
            date = f"{day}/{month}" if day_first else f"{month}/{day}"
            return f"{date}/{year} {time} {_zone_name(local)}"
        case "Postgres":
            name = _MONTHS[local.month - 1]
            date = f"{day} {name}" if day_first else f"{name} {day}"
            return f"{_DAYS[local.weekday()]} {date} {time} {year} {_zone_name(local)}"
        case "German":
            return f"{day}.{month}.{year} {time} {_zone_name(local)}"
        case _:
            return f"{year}-{month}-{day} {time}{_format_offset(local)}"


def parse_timestamptz(text: str, zone: tzinfo) -> datetime:
    """Read a moment; the result is in UTC.

    Raises:
        InvalidValue
    """
    match = _INPUT.fullmatch(text.strip())
    if match is None:
        message = f'invalid input syntax for type timestamp with time zone: "{text}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_DATETIME_FORMAT)
    parts = {name: int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    time = timedelta(hours=parts["hour"], minutes=parts["minute"], seconds=parts["second"])
    if parts["minute"] >= 60 or parts["second"] > _MAX_SECOND or time > timedelta(days=1):
        raise _out_of_range("date/time field value", text)
    fraction = round(float(f"0{match['fraction'] or ''}") * 1_000_000)
    try:
        date = datetime(parts["year"], parts["month"], parts["day"])  # noqa: DTZ001 - the zone follows
    except ValueError:
        beyond = parts["year"] > MAXYEAR
        raise _out_of_range("timestamp" if beyond else "date/time field value", text) from None
    try:
        local = date + time + fraction * MICROSECOND
        return (local - _offset(match, local, zone, text)).replace(tzinfo=UTC)
    except OverflowError:
        raise _out_of_range("timestamp", text) from None


def _offset(match: re.Match[str], local: datetime, zone: tzinfo, text: str) -> timedelta:
    """What stands in the text, or what the zone has at that time of its clocks."""
    if match["utc"]:
        return timedelta(0)
    if match["sign"]:
        hours, minutes, seconds = (int(match[f"offset_{unit}"] or 0) for unit in ("hour", "minute", "second"))
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if offset >= _MAX_OFFSET or minutes >= 60 or seconds >= 60:
            message = f'time zone displacement out of range: "{text}"'
            raise InvalidValue(message, sqlstate=SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE)
        return -offset if match["sign"] == "-" else offset
    # Where clocks jump forward a missing time takes the offset from before, where they fall back a
    # repeated time takes the one from after: in both cases the smaller one.
    offsets = [local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
    return min(offset for offset in offsets if offset is not None)


def _out_of_range(what: str, text: str) -> InvalidValue:
    return InvalidValue(f'{what} out of range: "{text}"', sqlstate=SqlState.DATETIME_FIELD_OVERFLOW)


def _format_time(local: datetime) -> str:
    fraction = f".{local.microsecond:06d}".rstrip("0") if local.microsecond else ""
    return f"{local.hour:02d}:{local.minute:02d}:{local.second:02d}{fraction}"


def _format_offset(local: datetime) -> str:
    """`+08`, with minutes and seconds only where they are not 0."""
    seconds = round((local.utcoffset() or timedelta(0)).total_seconds())
    sign = "-" if seconds < 0 else "+"
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    text = f"{sign}{hour:02d}"
    if minute or second:
        text += f":{minute:02d}"
    return f"{text}:{second:02d}" if second else text


def _zone_name(local: datetime) -> str:
    """The abbreviation where the zone has one, else its offset."""
    if isinstance(local.tzinfo, timezone) and local.tzinfo is not UTC:
        return _format_offset(local)
    return local.tzname() or _format_offset(local)

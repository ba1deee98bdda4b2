"""date, time, timestamp and timestamptz: how they are written as text, and their binary form both ways.

In memory they are a date, a time of day, a datetime without and one with a time zone; the last is in UTC
when it was read. `infinity` and `-infinity` are members of `Infinity`. Binary are int32 days or int64
microseconds since 2000-01-01, or since midnight. How text is read stands in `datetime_input`.

SILENT: years 1 to 9999 only, as Python's datetime; so neither BC nor years beyond, nor the time 24:00.

Source: PostgreSQL manual, "Date/Time Types"; its EncodeDateOnly, EncodeTimeOnly and EncodeDateTime.
"""

import struct
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum
from typing import Final

from protocol.errors import InvalidValue
from protocol.sizes import check_size
from protocol.sqlstate import SqlState

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
_NAIVE_EPOCH: Final = EPOCH.replace(tzinfo=None)
_EPOCH_DAY: Final = EPOCH.toordinal()
_DAY: Final = 86_400_000_000

_INT32: Final = struct.Struct(">i")
_INT64: Final = struct.Struct(">q")

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Infinity(Enum):
    """Later than every date and timestamp, or earlier; the value is its text."""

    POSITIVE = "infinity"
    NEGATIVE = "-infinity"


# How long ISO's texts are.
_TO_SECONDS: Final = len("2000-01-01 00:00:00")
_TO_MICROSECONDS: Final = len("2000-01-01 00:00:00.000000")
_OFFSET: Final = len("+00:00:00")

_BINARY_DATES: Final = {
    Infinity.POSITIVE: _INT32.pack(2**31 - 1),
    Infinity.NEGATIVE: _INT32.pack(-(2**31)),
}
_BINARY_TIMESTAMPS: Final = {
    Infinity.POSITIVE: _INT64.pack(2**63 - 1),
    Infinity.NEGATIVE: _INT64.pack(-(2**63)),
}
_INFINITE: Final = {data: each for forms in (_BINARY_DATES, _BINARY_TIMESTAMPS) for each, data in forms.items()}


def format_date(day: date | Infinity, date_style: tuple[str, str]) -> str:
    """Write a date; `date_style` as in `ValueSettings`."""
    if isinstance(day, Infinity):
        return day.value
    style, order = date_style
    first, second = (day.day, day.month) if order == "DMY" else (day.month, day.day)
    match style:
        case "SQL":
            return f"{first:02d}/{second:02d}/{day.year:04d}"
        case "Postgres":
            return f"{first:02d}-{second:02d}-{day.year:04d}"
        case "German":
            return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"
        case _:
            return day.isoformat()


def format_time(clock: time | datetime) -> str:
    fraction = f".{clock.microsecond:06d}".rstrip("0") if clock.microsecond else ""
    return f"{clock.hour:02d}:{clock.minute:02d}:{clock.second:02d}{fraction}"


def format_timestamp(moment: datetime | Infinity, date_style: tuple[str, str]) -> str:
    """Write a timestamp without time zone; `date_style` as in `ValueSettings`."""
    return moment.value if isinstance(moment, Infinity) else _format(moment, date_style)


def format_timestamptz(moment: datetime | Infinity, zone: tzinfo, date_style: tuple[str, str]) -> str:
    """Write a moment as it is in `zone`; `date_style` as in `ValueSettings`.

    Raises:
        InvalidValue: the years 0 and 10000, at the ends of the calendar.
    """
    if isinstance(moment, Infinity):
        return moment.value
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        raise InvalidValue("timestamp out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW) from None
    if date_style[0] == "ISO":
        text = local.isoformat(" ")
        end = _TO_MICROSECONDS if local.microsecond else _TO_SECONDS
        # Minutes only where they are not 0; fractions of a second, which an offset may have too, nobody writes.
        offset = text[end:-3] if text.endswith(":00") else text[end:]
        return _without_zeros(text[:end]) + (offset if len(offset) <= _OFFSET else _format_offset(local))
    return f"{_format(local, date_style)} {_zone_name(local)}"


def pack_date(day: date | Infinity) -> bytes:
    return _BINARY_DATES[day] if isinstance(day, Infinity) else _INT32.pack(day.toordinal() - _EPOCH_DAY)


def pack_time(clock: time) -> bytes:
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return _INT64.pack(seconds * 1_000_000 + clock.microsecond)


def pack_timestamp(moment: datetime | Infinity) -> bytes:
    if isinstance(moment, Infinity):
        return _BINARY_TIMESTAMPS[moment]
    return _INT64.pack((moment - _NAIVE_EPOCH) // MICROSECOND)


def pack_timestamptz(moment: datetime | Infinity) -> bytes:
    if isinstance(moment, Infinity):
        return _BINARY_TIMESTAMPS[moment]
    return _INT64.pack((moment - EPOCH) // MICROSECOND)


def unpack_date(data: bytes) -> date | Infinity:
    """Read int32 days since 2000-01-01.

    Raises:
        InvalidValue
    """
    check_size(data, _INT32.size)
    if data in _INFINITE:
        return _INFINITE[data]
    try:
        return date.fromordinal(_INT32.unpack(data)[0] + _EPOCH_DAY)
    except (ValueError, OverflowError):
        raise InvalidValue("date out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW) from None


def unpack_time(data: bytes) -> time:
    """Read int64 microseconds since midnight.

    Raises:
        InvalidValue
    """
    check_size(data, _INT64.size)
    (microseconds,) = _INT64.unpack(data)
    if not 0 <= microseconds < _DAY:
        raise InvalidValue("time out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW)
    return (_NAIVE_EPOCH + timedelta(microseconds=microseconds)).time()


def unpack_timestamp(data: bytes) -> datetime | Infinity:
    """Read int64 microseconds since 2000-01-01.

    Raises:
        InvalidValue
    """
    return _unpack(data, _NAIVE_EPOCH)


def unpack_timestamptz(data: bytes) -> datetime | Infinity:
    """Read int64 microseconds since 2000-01-01 UTC.

    Raises:
        InvalidValue
    """
    return _unpack(data, EPOCH)


def _unpack(data: bytes, epoch: datetime) -> datetime | Infinity:
    check_size(data, _INT64.size)
    if data in _INFINITE:
        return _INFINITE[data]
    try:
        return epoch + timedelta(microseconds=_INT64.unpack(data)[0])
    except OverflowError:
        raise InvalidValue("timestamp out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW) from None


def _format(local: datetime, date_style: tuple[str, str]) -> str:
    if date_style[0] == "ISO":
        return _without_zeros(local.isoformat(" "))
    if date_style[0] != "Postgres":
        return f"{format_date(local.date(), date_style)} {format_time(local)}"
    month = _MONTHS[local.month - 1]
    day = f"{local.day:02d} {month}" if date_style[1] == "DMY" else f"{month} {local.day:02d}"
    return f"{_DAYS[local.weekday()]} {day} {format_time(local)} {local.year:04d}"


def _without_zeros(text: str) -> str:
    """Without those at the end of a fraction."""
    return text.rstrip("0") if len(text) == _TO_MICROSECONDS else text


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

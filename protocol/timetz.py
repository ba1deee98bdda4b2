"""The type timetz: a time of day with an offset from Greenwich.

In memory it is its text, `04:05:06.789-08`.
Source: PostgreSQL manual, "Date/Time Types"; timetz_in, timetz_out, timetz_recv and timetz_send of its date.c.
"""

import re
import struct
from datetime import datetime, timedelta, tzinfo
from typing import Final

from protocol.codec import expect
from protocol.datetime_input import read_time_with_zone
from protocol.errors import InvalidValue
from protocol.sizes import check_size
from protocol.sqlstate import SqlState

_TEXT: Final = re.compile(
    r"(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?(?P<sign>[+-])(?P<offset>[0-9:]+)"
)
_BINARY: Final = struct.Struct(">qi")
_DAY: Final = 86_400 * 1_000_000
_MOST_SECONDS_OFF: Final = 16 * 3600


def parse_timetz(text: str, zone: tzinfo, order: str) -> str:
    """Read a time of day; without an offset it has that of the session's zone today, as in PostgreSQL.

    Raises:
        InvalidValue
    """
    clock, offset = read_time_with_zone(text, order)
    if offset is None:
        offset = datetime.now(zone).utcoffset() or timedelta(0)
    return format_timetz(clock // timedelta(microseconds=1), -(offset // timedelta(seconds=1)))


def format_timetz(microseconds: int, seconds_west: int) -> str:
    """Write a time of day, `microseconds` since midnight, at an offset west of Greenwich."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    decimals = f".{fraction:06d}".rstrip("0") if fraction else ""
    sign = "-" if seconds_west > 0 else "+"
    return f"{_clock(seconds)}{decimals}{sign}{_short_clock(abs(seconds_west))}"


def read_timetz(value: str) -> tuple[int, int]:
    """What `format_timetz` was given."""
    match = _TEXT.fullmatch(value)
    if match is None:
        raise ValueError(f"{value} is no timetz")
    seconds = _seconds(match["clock"])
    fraction = int((match["fraction"] or "").ljust(6, "0"))
    west = _seconds(match["offset"])
    return seconds * 1_000_000 + fraction, west if match["sign"] == "-" else -west


def pack_timetz(value: object) -> bytes:
    return _BINARY.pack(*read_timetz(expect(value, str)))


def unpack_timetz(data: bytes) -> str:
    """Read int64 microseconds since midnight and int32 seconds west of Greenwich.

    Raises:
        InvalidValue
    """
    check_size(data, _BINARY.size)
    microseconds, west = _BINARY.unpack(data)
    if not 0 <= microseconds <= _DAY:
        raise InvalidValue("time out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW)
    if not -_MOST_SECONDS_OFF < west < _MOST_SECONDS_OFF:
        message = "time zone displacement out of range"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE)
    return format_timetz(microseconds, west)


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"


def _short_clock(seconds: int) -> str:
    """Minutes and seconds only where they are not 0."""
    text = _clock(seconds)
    return text if seconds % 60 else text[:5] if seconds % 3600 else text[:2]


def _seconds(clock: str) -> int:
    parts = [int(part) for part in clock.split(":")] + [0, 0]
    return (parts[0] * 60 + parts[1]) * 60 + parts[2]

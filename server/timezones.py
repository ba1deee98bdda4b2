"""Time zones as PostgreSQL names them: an IANA name in any letter case, hours, an interval or a POSIX offset.

DEVIATION: offsets are whole minutes and less than a day, as Python's zones are (PostgreSQL takes seconds and
up to 167 hours), and the rules for summer time that POSIX lets follow an offset are not read.
"""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from protocol.errors import InvalidValue
from protocol.interval_input import parse_interval

_HOURS = re.compile(r"\s*[+-]?(\d{1,3}(\.\d*)?|\.\d+)", re.ASCII)
# PostgreSQL reads anything else with digits by POSIX's rule: an optional abbreviation, then hours WEST.
_POSIX = re.compile(r"(?:[A-Za-z]+|<[^<>]+>)?(?P<sign>[+-]?)(?P<hours>\d{1,2})(?::(?P<minutes>[0-5]\d))?", re.ASCII)
_INTERVAL = re.compile(r"\s*INTERVAL\s*'((?:[^']|'')*)'\s*", re.IGNORECASE)
_LIMIT = timedelta(hours=24)
_MINUTE = 60_000_000


@lru_cache(maxsize=256)
def find_timezone(value: str) -> tuple[str, tzinfo] | None:
    """(the name as SHOW prints it, the zone); None when there is no such zone."""
    if value.upper() == "UTC":
        return "UTC", UTC
    if _HOURS.fullmatch(value):
        return _find_offset(round(float(value) * 60))
    interval = _INTERVAL.fullmatch(value)
    if interval is not None:
        return _find_interval(interval[1])
    found = _find_named(value)
    if found is not None:
        return found
    match = _POSIX.fullmatch(value)
    if match is None:
        return None
    west = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    offset = west if match["sign"] == "-" else -west
    return (value.upper(), timezone(offset)) if abs(offset) < _LIMIT else None


def _find_offset(minutes: int) -> tuple[str, tzinfo] | None:
    """The zone that is `minutes` east of UTC."""
    offset = timedelta(minutes=minutes)
    if abs(offset) >= _LIMIT:
        return None
    # PostgreSQL shows it as the POSIX zone that it is: the name in angle brackets, then the hours west.
    east, west = "+-" if minutes >= 0 else "-+"
    hours, rest = divmod(abs(minutes), 60)
    size = f"{hours:02}" + (f":{rest:02}" if rest else "")
    return f"<{east}{size}>{west}{size}", timezone(offset)


def _find_interval(text: str) -> tuple[str, tzinfo] | None:
    """The zone that is an interval of hours and minutes east of UTC."""
    try:
        interval = parse_interval(text.replace("''", "'"), "postgres")
    except InvalidValue:
        return None
    if interval.months or interval.days:
        return None
    return _find_offset(round(interval.microseconds / _MINUTE))


def find_named_zone(name: str) -> tzinfo | None:
    """The zone of an IANA name in any letter case."""
    found = _find_named(name)
    return None if found is None else found[1]


def _find_named(text: str) -> tuple[str, tzinfo] | None:
    name = _names().get(text.lower())
    return None if name is None else (name, ZoneInfo(name))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}

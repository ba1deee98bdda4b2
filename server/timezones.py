"""Time zones as PostgreSQL names them: an IANA name in any letter case, hours, or a POSIX offset."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_HOURS = re.compile(r"[+-]?\d{1,2}(\.\d+)?")
# PostgreSQL reads anything else with digits by POSIX's rule: an optional abbreviation, then hours WEST.
_POSIX = re.compile(r"(?:[A-Za-z]{3,}|<[^>]+>)?(?P<sign>[+-]?)(?P<hours>\d{1,2})(?::(?P<minutes>[0-5]\d))?")
_MOST_HOURS = 15


@lru_cache(maxsize=256)
def find_timezone(value: str) -> tuple[str, tzinfo] | None:
    """(the name as SHOW prints it, the zone); None when there is no such zone."""
    text = value.strip()
    if text.upper() == "UTC":
        return "UTC", UTC
    if _HOURS.fullmatch(text):
        return _find_offset(timedelta(hours=float(text)))
    found = _find_named(text)
    if found is not None:
        return found
    match = _POSIX.fullmatch(text)
    if match is None:
        return None
    west = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    offset = west if match["sign"] == "-" else -west
    return None if abs(offset) > timedelta(hours=_MOST_HOURS) else (text, timezone(offset))


def _find_offset(offset: timedelta) -> tuple[str, tzinfo] | None:
    if abs(offset) > timedelta(hours=_MOST_HOURS):
        return None
    minutes = round(offset.total_seconds() / 60)
    east, west = _format_offset(minutes), _format_offset(-minutes)
    # PostgreSQL shows it as the POSIX zone that it is: the name in angle brackets, then the hours west.
    return f"<{east}>{west}", timezone(timedelta(minutes=minutes))


def _format_offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"{sign}{hours:02}" + (f":{rest:02}" if rest else "")


def _find_named(text: str) -> tuple[str, tzinfo] | None:
    name = _names().get(text.lower())
    return None if name is None else (name, ZoneInfo(name))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}

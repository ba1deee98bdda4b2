"""interval: its value, the four styles of its text, its binary form both ways.

Months, days and the rest are kept apart, since a month has no fixed number of days, nor a day of hours.
Binary is int64 microseconds, int32 days, int32 months. How text is read stands in `interval_input`.

Source: PostgreSQL 15, "Interval Output" in the manual, and EncodeInterval in datetime.c.
"""

import struct
from dataclasses import dataclass
from typing import Final

from protocol.sizes import check_size

MICROSECONDS_PER_DAY: Final = 86_400_000_000
_INTERVAL: Final = struct.Struct(">qii")


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time; each part has its own sign."""

    months: int = 0
    days: int = 0
    microseconds: int = 0


def pack_interval(interval: Interval) -> bytes:
    return _INTERVAL.pack(interval.microseconds, interval.days, interval.months)


def unpack_interval(data: bytes) -> Interval:
    """Read 16 bytes.

    Raises:
        InvalidValue
    """
    check_size(data, _INTERVAL.size)
    microseconds, days, months = _INTERVAL.unpack(data)
    return Interval(months, days, microseconds)


def format_interval(interval: Interval, style: str) -> str:
    """Write an interval; `style` is a value of IntervalStyle."""
    fields = _split(interval)
    match style:
        case "sql_standard":
            return _format_sql(fields)
        case "iso_8601":
            return _format_iso(fields)
        case "postgres_verbose":
            return _format_verbose(fields)
        case _:
            return _format_postgres(fields)


@dataclass(frozen=True, slots=True)
class _Fields:
    years: int
    months: int
    days: int
    hours: int
    minutes: int
    microseconds: int  # of the minute

    def clock(self) -> bool:
        return bool(self.hours or self.minutes or self.microseconds)

    def clock_is_negative(self) -> bool:
        return self.hours < 0 or self.minutes < 0 or self.microseconds < 0


def _split(interval: Interval) -> _Fields:
    """Every field rounds towards zero, so that all of one part have its sign."""
    years, months = divmod(abs(interval.months), 12)
    minutes, microseconds = divmod(abs(interval.microseconds), 60_000_000)
    hours, minutes = divmod(minutes, 60)
    calendar = -1 if interval.months < 0 else 1
    clock = -1 if interval.microseconds < 0 else 1
    return _Fields(
        calendar * years, calendar * months, interval.days, clock * hours, clock * minutes, clock * microseconds
    )


def _seconds(microseconds: int, *, width: int = 1) -> str:
    """Without a sign; the fraction without zeros at its end."""
    whole, fraction = divmod(abs(microseconds), 1_000_000)
    return f"{whole:0{width}d}" + (f".{fraction:06d}".rstrip("0") if fraction else "")


def _clock(fields: _Fields, *, width: int) -> str:
    return f"{abs(fields.hours):0{width}d}:{abs(fields.minutes):02d}:{_seconds(fields.microseconds, width=2)}"


def _format_postgres(fields: _Fields) -> str:
    words: list[str] = []
    before = False  # the field before this one is negative
    for number, unit in ((fields.years, "year"), (fields.months, "mon"), (fields.days, "day")):
        if number:
            sign = "+" if before and number > 0 else ""
            words.append(f"{sign}{number} {unit}{'' if number == 1 else 's'}")
            before = number < 0
    if fields.clock() or not words:
        sign = "-" if fields.clock_is_negative() else "+" if before else ""
        words.append(sign + _clock(fields, width=2))
    return " ".join(words)


def _format_verbose(fields: _Fields) -> str:
    numbers = (
        (fields.years, "year"),
        (fields.months, "mon"),
        (fields.days, "day"),
        (fields.hours, "hour"),
        (fields.minutes, "min"),
    )
    given = [(number, unit) for number, unit in numbers if number]
    # The first field settles whether the whole is `ago`; the others have their signs relative to it.
    leading = given[0][0] if given else fields.microseconds
    factor = -1 if leading < 0 else 1
    words = [f"{factor * number} {unit}{'' if factor * number == 1 else 's'}" for number, unit in given]
    if fields.microseconds:
        sign = "-" if fields.microseconds * factor < 0 else ""
        plural = "" if abs(fields.microseconds) == 1_000_000 else "s"
        words.append(f"{sign}{_seconds(fields.microseconds)} sec{plural}")
    return " ".join(["@", *(words or ["0"]), *(["ago"] if factor < 0 else [])])


def _format_iso(fields: _Fields) -> str:
    text = "P" + "".join(
        f"{number}{unit}" for number, unit in ((fields.years, "Y"), (fields.months, "M"), (fields.days, "D")) if number
    )
    if fields.clock():
        text += "T" + "".join(
            f"{number}{unit}" for number, unit in ((fields.hours, "H"), (fields.minutes, "M")) if number
        )
        if fields.microseconds:
            text += f"{'-' if fields.microseconds < 0 else ''}{_seconds(fields.microseconds)}S"
    return text if len(text) > 1 else "PT0S"


def _format_sql(fields: _Fields) -> str:
    parts = (fields.years, fields.months, fields.days, fields.hours, fields.minutes, fields.microseconds)
    negative, positive = min(parts) < 0, max(parts) > 0
    calendar, clock = bool(fields.years or fields.months), bool(fields.days) or fields.clock()
    if not negative and not positive:
        return "0"
    if (negative and positive) or (calendar and clock):
        # The standard has no such interval; every part gets its sign, so that it can be read again.
        signs = ["-" if number < 0 else "+" for number in (fields.years + fields.months, fields.days)]
        clock_sign = "-" if fields.clock_is_negative() else "+"
        return (
            f"{signs[0]}{abs(fields.years)}-{abs(fields.months)} {signs[1]}{abs(fields.days)} "
            f"{clock_sign}{_clock(fields, width=1)}"
        )
    sign = "-" if negative else ""
    if calendar:
        return f"{sign}{abs(fields.years)}-{abs(fields.months)}"
    days = f"{abs(fields.days)} " if fields.days else ""
    return f"{sign}{days}{_clock(fields, width=1)}"

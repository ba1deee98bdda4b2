"""to_char of timestamps and intervals.

DEVIATION: of an interval the patterns of ISO weeks and of Julian days are refused; PostgreSQL takes it for a date.

Source: PostgreSQL 15, DCH_to_char in formatting.c; manual, "Template Patterns for Date/Time Formatting".
SILENT: names of months and days are English, as under the locale C, with TM and without.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from protocol.errors import InvalidValue
from protocol.intervals import Interval
from protocol.sqlstate import SqlState
from protocol.timestamps import Infinity
from server.query.functions.date_fields import julian_day
from server.query.functions.date_templates import Field, read_template
from server.query.functions.moments import Moment, truncated_division
from server.query.functions.registry import function
from server.query.runtime import Runtime

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ROMAN_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a template may ask for; an interval has no `calendar_day`.

    `days` are the day of the year, of an interval all its days; `offset` is in seconds east of Greenwich.
    """

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int
    days: int
    calendar_day: date | None
    zone: str
    offset: int


@function("to_char(timestamp,text)")
def format_timestamp(moment: Moment, template: str) -> str | None:
    if isinstance(moment, Infinity) or not template:
        return None
    return _format(_of_datetime(moment, "", 0), template)


@function("to_char(timestamptz,text)", runtime=True)
def format_timestamptz(runtime: Runtime, moment: Moment, template: str) -> str | None:
    if isinstance(moment, Infinity) or not template:
        return None
    local = moment.astimezone(runtime.settings.timezone)
    offset = local.utcoffset()
    seconds = 0 if offset is None else round(offset.total_seconds())
    return _format(_of_datetime(local, local.tzname() or "", seconds), template)


@function("to_char(interval,text)")
def format_interval(span: Interval, template: str) -> str | None:
    if not template:
        return None
    year = truncated_division(span.months, 12)
    month = span.months - 12 * year
    seconds = truncated_division(span.microseconds, 1_000_000)
    minutes = truncated_division(seconds, 60)
    hours = truncated_division(minutes, 60)
    parts = _Parts(
        year=year,
        month=month,
        day=span.days,
        hour=hours,
        minute=minutes - hours * 60,
        second=seconds - minutes * 60,
        microsecond=span.microseconds - seconds * 1_000_000,
        days=span.months * 30 + span.days,
        calendar_day=None,
        zone="",
        offset=0,
    )
    return _format(parts, template)


def _of_datetime(local: datetime, zone: str, offset: int) -> _Parts:
    return _Parts(
        local.year,
        local.month,
        local.day,
        local.hour,
        local.minute,
        local.second,
        local.microsecond,
        local.timetuple().tm_yday,
        local.date(),
        zone,
        offset,
    )


def _format(parts: _Parts, template: str) -> str:
    return "".join(
        [
            _FORMATS[node.name](parts, node) if isinstance(node, Field) else node.character
            for node in read_template(template)
        ]
    )


def _number(value: Callable[[_Parts], int], width: int, *, sign_counts: bool = False) -> Callable[[_Parts, Field], str]:
    """Padded with zeros to that many digits, or characters where the sign counts."""

    def write(parts: _Parts, field: Field) -> str:
        number = value(parts)
        padded = 0 if field.fill else width if number >= 0 or sign_counts else width + 1
        return _with_ordinal(f"{number:0{padded}d}" if padded else str(number), field)

    return write


def _with_ordinal(digits: str, field: Field) -> str:
    if not field.ordinal:
        return digits
    teen = len(digits) > 1 and digits[-2] == "1"
    ending = "th" if teen else {"1": "st", "2": "nd", "3": "rd"}.get(digits[-1], "th")
    return digits + (ending.upper() if field.ordinal == "TH" else ending)


def _calendar_day(parts: _Parts) -> date:
    if parts.calendar_day is None:
        message = "invalid format specification for an interval value"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_DATETIME_FORMAT)
    return parts.calendar_day


def _cased(word: str, like: str) -> str:
    """In capitals, in small letters, or as it stands, as the pattern is written."""
    if like.isupper():
        return word.upper()
    return word.lower() if like.islower() else word


def _word(value: Callable[[_Parts], str], width: int) -> Callable[[_Parts, Field], str]:
    def write(parts: _Parts, field: Field) -> str:
        word = _cased(value(parts), field.written)
        return word if field.fill or field.localized else word.ljust(width)

    return write


def _half_of_day(parts: _Parts) -> str:
    return "PM" if parts.hour > 0 and parts.hour % 24 >= 12 else "AM"


def _dotted(value: Callable[[_Parts], str]) -> Callable[[_Parts], str]:
    return lambda parts: "".join(f"{letter}." for letter in value(parts))


def _era(parts: _Parts) -> str:
    _calendar_day(parts)
    return "AD"


def _roman_month(parts: _Parts) -> str:
    if not parts.month and not parts.year:
        return ""
    if parts.month == 0:
        return ROMAN_MONTHS[11 if parts.year >= 0 else 0]
    return ROMAN_MONTHS[parts.month - 1 if parts.month > 0 else parts.month + 12]


def _roman(parts: _Parts, field: Field) -> str:
    word = _roman_month(parts)
    if not word:
        return ""
    return _cased(word if field.fill else word.ljust(4), field.written)


def _hour_of_half(parts: _Parts) -> int:
    hour = abs(parts.hour) % 12
    return 12 if not hour else hour if parts.hour > 0 else -hour


def _century(parts: _Parts) -> int:
    if parts.calendar_day is None:
        return truncated_division(parts.year, 100)
    return (parts.year - 1) // 100 + 1


def _short_year(value: Callable[[_Parts], int], size: int) -> Callable[[_Parts], int]:
    return lambda parts: value(parts) - truncated_division(value(parts), size) * size


def _year(parts: _Parts) -> int:
    return parts.year


def _iso_year(parts: _Parts) -> int:
    return _calendar_day(parts).isocalendar()[0]


def _iso_day_of_year(parts: _Parts) -> int:
    _, week, weekday = _calendar_day(parts).isocalendar()
    return (week - 1) * 7 + weekday


def _thousands_of_year(parts: _Parts, field: Field) -> str:
    thousands = truncated_division(parts.year, 1000)
    return _with_ordinal(f"{thousands},{parts.year - thousands * 1000:03d}", field)


def _quarter(parts: _Parts, field: Field) -> str:
    return _with_ordinal(str(truncated_division(parts.month - 1, 3) + 1), field) if parts.month else ""


def _zone_name(parts: _Parts, field: Field) -> str:
    _calendar_day(parts)
    return parts.zone.lower() if field.written.islower() else parts.zone


def _zone_hours(parts: _Parts, field: Field) -> str:
    _calendar_day(parts)
    return f"{'-' if parts.offset < 0 else '+'}{abs(parts.offset) // 3600:02d}"


def _zone_minutes(parts: _Parts, field: Field) -> str:
    _calendar_day(parts)
    return f"{abs(parts.offset) % 3600 // 60:02d}"


def _zone_offset(parts: _Parts, field: Field) -> str:
    _calendar_day(parts)
    hours, rest = divmod(abs(parts.offset), 3600)
    text = f"{'-' if parts.offset < 0 else '+'}{hours:0{1 if field.fill else 2}d}"
    return text + (f":{rest // 60:02d}" if rest // 60 else "")


def _fraction(digits: int) -> Callable[[_Parts, Field], str]:
    size = 1_000_000
    for _ in range(digits):
        size //= 10
    return lambda parts, field: _with_ordinal(f"{truncated_division(parts.microsecond, size):0{digits}d}", field)


def _day_of_week(parts: _Parts) -> int:
    return _calendar_day(parts).isoweekday() % 7


_FORMATS: Final[dict[str, Callable[[_Parts, Field], str]]] = {
    "AM": _word(_half_of_day, 0),
    "PM": _word(_half_of_day, 0),
    "A.M.": _word(_dotted(_half_of_day), 0),
    "P.M.": _word(_dotted(_half_of_day), 0),
    "AD": _word(_era, 0),
    "BC": _word(_era, 0),
    "A.D.": _word(_dotted(_era), 0),
    "B.C.": _word(_dotted(_era), 0),
    "FX": lambda parts, field: "",
    "HH": _number(_hour_of_half, 2),
    "HH12": _number(_hour_of_half, 2),
    "HH24": _number(lambda parts: parts.hour, 2),
    "MI": _number(lambda parts: parts.minute, 2),
    "SS": _number(lambda parts: parts.second, 2),
    "MS": _fraction(3),
    "US": _fraction(6),
    **{f"FF{digits}": _fraction(digits) for digits in range(1, 7)},
    "SSSS": _number(lambda parts: (parts.hour * 60 + parts.minute) * 60 + parts.second, 0),
    "SSSSS": _number(lambda parts: (parts.hour * 60 + parts.minute) * 60 + parts.second, 0),
    "TZ": _zone_name,
    "TZH": _zone_hours,
    "TZM": _zone_minutes,
    "OF": _zone_offset,
    "MONTH": _word(lambda parts: MONTHS[_calendar_day(parts).month - 1], 9),
    "MON": _word(lambda parts: MONTHS[_calendar_day(parts).month - 1][:3], 0),
    "MM": _number(lambda parts: parts.month, 2),
    "DAY": _word(lambda parts: DAYS[_day_of_week(parts)], 9),
    "DY": _word(lambda parts: DAYS[_day_of_week(parts)][:3], 0),
    "DDD": _number(lambda parts: parts.days, 3, sign_counts=True),
    "IDDD": _number(_iso_day_of_year, 3),
    "DD": _number(lambda parts: parts.day, 2, sign_counts=True),
    "D": _number(lambda parts: _day_of_week(parts) + 1, 0),
    "ID": _number(lambda parts: _day_of_week(parts) or 7, 0),
    "WW": _number(lambda parts: truncated_division(parts.days - 1, 7) + 1, 2, sign_counts=True),
    "IW": _number(lambda parts: _calendar_day(parts).isocalendar()[1], 2),
    "W": _number(lambda parts: truncated_division(parts.day - 1, 7) + 1, 0),
    "Q": _quarter,
    "CC": _number(_century, 2, sign_counts=True),
    "Y,YYY": _thousands_of_year,
    "YYYY": _number(_year, 4),
    "YYY": _number(_short_year(_year, 1000), 3),
    "YY": _number(_short_year(_year, 100), 2),
    "Y": _number(_short_year(_year, 10), 1),
    "IYYY": _number(_iso_year, 4),
    "IYY": _number(_short_year(_iso_year, 1000), 3),
    "IY": _number(_short_year(_iso_year, 100), 2),
    "I": _number(_short_year(_iso_year, 10), 1),
    "RM": _roman,
    "J": _number(lambda parts: julian_day(_calendar_day(parts)), 0),
}

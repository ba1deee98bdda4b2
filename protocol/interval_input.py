"""How text becomes an interval: PostgreSQL's units and words, SQL's `1-2 3 4:05:06`, ISO 8601's `P1Y2M3DT4H5M6S`.

Source: PostgreSQL manual, "Interval Input"; DecodeInterval and DecodeISO8601Interval in its datetime.c.
"""

import re
from typing import Final

from protocol.datetime_tokens import DateTimeField, FieldSort, split_fields
from protocol.errors import InvalidValue
from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.sqlstate import SqlState

_MICROSECONDS: Final = {
    "microsecond": 1,
    "millisecond": 1_000,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
}
_DAYS: Final = {"day": 1, "week": 7}
_MONTHS: Final = {"month": 1, "year": 12, "decade": 120, "century": 1_200, "millennium": 12_000}
_CLOCK: Final = ("hour", "minute", "second", "millisecond", "microsecond")
_SECONDS: Final = _CLOCK[2:]

# PostgreSQL compares the first ten letters only.
_WORD_LENGTH: Final = 10
_SPELLINGS: Final = {
    "microsecond": "us usec usecs useconds microsecond microseconds usecond",
    "millisecond": "ms msec msecs msecond mseconds millisecond milliseconds",
    "second": "s sec secs second seconds",
    "minute": "m min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "d day days",
    "week": "w week weeks",
    "month": "mon mons month months",
    "year": "y yr yrs year years",
    "decade": "dec decs decade decades",
    "century": "c cent century centuries",
    "millennium": "mil mils millennia millennium",
}
_UNITS: Final = {word[:_WORD_LENGTH]: unit for unit, words in _SPELLINGS.items() for word in words.split()}

_NUMBER: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*)|-(?P<months>[0-9]+))?")
_CLOCK_TEXT: Final = re.compile(
    r"[+-]?(?P<first>[0-9]+):(?P<second>[0-9]+)(?::(?P<third>[0-9]+))?(?:\.(?P<fraction>[0-9]*))?"
)

_ISO_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_ISO_PART: Final = re.compile(rf"(?P<number>{_ISO_NUMBER})(?P<unit>[YMWDHS])")
_ISO_DESIGNATED: Final = re.compile(rf"P(?P<date>(?:{_ISO_NUMBER}[YMWD])*)(?:T(?P<time>(?:{_ISO_NUMBER}[HMS])*))?")
_ISO_PLAIN: Final = re.compile(
    r"P(?P<year>-?[0-9]+)-(?P<month>-?[0-9]+)-(?P<day>-?[0-9]+)"
    r"(?:T(?P<hour>-?[0-9]+):(?P<minute>-?[0-9]+):(?P<second>-?[0-9]+(?:\.[0-9]*)?))?"
)
_ISO_DATE_UNITS: Final = {"Y": "year", "M": "month", "W": "week", "D": "day"}
_ISO_TIME_UNITS: Final = {"H": "hour", "M": "minute", "S": "second"}

_LONGEST: Final = 1000  # PostgreSQL's buffer for the fields has 256 bytes
_INT32: Final = 2**31
_INT64: Final = 2**63


class _BadFormat(Exception):
    """No such spelling."""


class _FieldOverflow(Exception):
    """A field or the whole is too large."""


def parse_interval(text: str, style: str) -> Interval:
    """Read an interval.

    Args:
        style: IntervalStyle; in `sql_standard` a minus before the first field belongs to all of them.

    Raises:
        InvalidValue
    """
    try:
        return _parse(text, style)
    except _BadFormat:
        message = f'invalid input syntax for type interval: "{text}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_DATETIME_FORMAT) from None
    except _FieldOverflow:
        message = f'interval field value out of range: "{text}"'
        raise InvalidValue(message, sqlstate=SqlState.INTERVAL_FIELD_OVERFLOW) from None


def _parse(text: str, style: str) -> Interval:
    if len(text) > _LONGEST:
        raise _BadFormat
    iso = _ISO_DESIGNATED.fullmatch(text)
    if iso is not None and len(text) > 1:
        return _read_designated(iso)
    plain = _ISO_PLAIN.fullmatch(text)
    if plain is not None:
        return _sum([(unit, number) for unit, number in plain.groupdict().items() if number is not None])
    fields = split_fields(text)
    if not fields:
        raise _BadFormat
    return _Reading().read(fields, style)


def _read_designated(match: re.Match[str]) -> Interval:
    parts = [(_ISO_DATE_UNITS[part["unit"]], part["number"]) for part in _ISO_PART.finditer(match["date"])]
    parts += [(_ISO_TIME_UNITS[part["unit"]], part["number"]) for part in _ISO_PART.finditer(match["time"] or "")]
    return _sum(parts)


def _sum(parts: list[tuple[str, str]]) -> Interval:
    total = _Total()
    for unit, number in parts:
        total.add(unit, *_split_number(number))
    return total.interval()


def _split_number(text: str) -> tuple[int, float]:
    """The whole part and the fraction, both with the sign."""
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("+-").partition(".")
    return sign * _integer(whole or "0"), sign * _fraction(fraction)


def _integer(digits: str) -> int:
    if len(digits.lstrip("0")) > 19:
        raise _FieldOverflow
    return int(digits)


def _fraction(digits: str) -> float:
    return float(f"0.{digits}0")


class _Total:
    """The sum of all fields, in the three parts that an interval has."""

    def __init__(self) -> None:
        self.months = self.days = self.microseconds = 0

    def add(self, unit: str, whole: int, fraction: float) -> None:
        """A fraction of a year is months, one of a month or a week is days and time, each without a rest."""
        if unit in _MICROSECONDS:
            self.microseconds += whole * _MICROSECONDS[unit]
            self._add_microseconds(fraction * _MICROSECONDS[unit])
        elif unit in _DAYS:
            self.days += whole * _DAYS[unit]
            self._add_days(fraction * _DAYS[unit], whole_days=unit != "day")
        else:
            self.months += whole * _MONTHS[unit]
            if unit == "month":
                self._add_days(fraction * 30)
            else:
                self.months += round(fraction * _MONTHS[unit])

    def negate(self) -> None:
        self.months, self.days, self.microseconds = -self.months, -self.days, -self.microseconds

    def make_negative(self) -> None:
        self.months, self.days, self.microseconds = -abs(self.months), -abs(self.days), -abs(self.microseconds)

    def interval(self) -> Interval:
        if max(abs(self.months), abs(self.days)) >= _INT32 or abs(self.microseconds) >= _INT64:
            raise _FieldOverflow
        return Interval(self.months, self.days, self.microseconds)

    def _add_days(self, days: float, *, whole_days: bool = True) -> None:
        if whole_days:
            whole = int(days)
            self.days += whole
            days -= whole
        self._add_microseconds(days * MICROSECONDS_PER_DAY)

    def _add_microseconds(self, microseconds: float) -> None:
        whole = int(microseconds)
        rest = microseconds - whole
        self.microseconds += whole + (1 if rest > 0.5 else -1 if rest < -0.5 else 0)


class _Reading:
    """Reads fields from the last to the first, since a unit follows its number."""

    def __init__(self) -> None:
        self._total = _Total()
        self._unit: str | None = None  # of the number before; None when no word has said
        self._seen: set[str] = set()

    def read(self, fields: list[DateTimeField], style: str) -> Interval:
        ago = False
        for field in reversed(fields):
            match field.sort:
                case FieldSort.TIME:
                    self._read_clock(field.text)
                case FieldSort.SIGNED if ":" in field.text:
                    self._read_clock(field.text)
                case FieldSort.SIGNED | FieldSort.NUMBER | FieldSort.DATE:
                    self._read_number(field.text)
                case FieldSort.WORD if field.text == "ago":
                    ago, self._unit = True, "ago"
                case FieldSort.WORD | FieldSort.SIGNED_WORD:
                    self._unit = _UNITS.get(field.text[:_WORD_LENGTH])
                    if self._unit is None:
                        raise _BadFormat
        if not self._seen:
            raise _BadFormat
        signs = [field.text[0] in "+-" for field in fields]
        if style == "sql_standard" and fields[0].text[0] == "-" and not any(signs[1:]):
            self._total.make_negative()
        if ago:
            self._total.negate()
        return self._total.interval()

    def _note(self, *units: str) -> None:
        if not self._seen.isdisjoint(units):
            raise _BadFormat
        self._seen.update(units)

    def _read_clock(self, text: str) -> None:
        match = _CLOCK_TEXT.fullmatch(text)
        if match is None:
            raise _BadFormat
        self._note(*_CLOCK)
        numbers = [_integer(number) for number in match.group("first", "second", "third") if number is not None]
        if len(numbers) == 2:
            # `4:05` are hours and minutes, `4:05.6` minutes and seconds.
            numbers = [*numbers, 0] if match["fraction"] is None else [0, *numbers]
        hours, minutes, seconds = numbers
        if minutes > 59 or seconds > 60 or hours >= _INT32:
            raise _FieldOverflow
        fraction = round(_fraction(match["fraction"] or "") * 1_000_000)
        microseconds = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction
        self._total.microseconds += -microseconds if text.startswith("-") else microseconds
        self._unit = "day"  # of a number that stands before it

    def _read_number(self, text: str) -> None:
        match = _NUMBER.fullmatch(text)
        if match is None or not (match["whole"] or match["fraction"]):
            raise _BadFormat
        unit = self._unit or "second"
        sign = -1 if match["sign"] == "-" else 1
        whole = _integer(match["whole"] or "0")
        if match["months"] is not None:
            months = _integer(match["months"])
            if months >= 12:
                raise _FieldOverflow
            unit, whole = "month", whole * 12 + months
        if unit == "ago":
            raise _BadFormat
        fraction = _fraction(match["fraction"] or "")
        self._note(*(_SECONDS if unit == "second" and fraction else (unit,)))
        self._total.add(unit, sign * whole, sign * fraction)
        self._unit = "day" if unit == "hour" else unit

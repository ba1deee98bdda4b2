"""to_date and to_timestamp: text read by a template.

DEVIATION: a time without a year, which PostgreSQL puts into the year 1 BC, is out of range here, as BC is everywhere.

Source: PostgreSQL 15, DCH_from_char and do_to_timestamp in formatting.c.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.date_fields import julian_day
from server.query.functions.date_formatting import DAYS, MONTHS, ROMAN_MONTHS
from server.query.functions.date_templates import Field, Literal, LiteralKind, Node, is_separator, read_template
from server.query.functions.moments import from_local, overflow, timestamp_out_of_range
from server.query.functions.registry import function
from server.query.runtime import Runtime

_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]+", re.ASCII)
_THOUSANDS: Final = re.compile(r"\s*([+-]?[0-9]+),([0-9]{1,3})", re.ASCII)
_INT_END: Final = 2**31

# How many characters a number has at most, unless something that is no digit follows it in the template.
_WIDTHS: Final = {
    "HH": 2, "HH12": 2, "HH24": 2, "MI": 2, "SS": 2, "MS": 3, "US": 6, "SSSS": 4, "SSSSS": 5, "TZH": 2, "TZM": 2,
    "MM": 2, "DDD": 3, "IDDD": 3, "DD": 2, "D": 1, "ID": 1, "WW": 2, "IW": 2, "W": 1, "Q": 1, "CC": 2, "J": 1,
    "YYYY": 4, "YYY": 3, "YY": 2, "Y": 1, "IYYY": 4, "IYY": 3, "IY": 2, "I": 1,
    **{f"FF{digits}": digits for digits in range(1, 7)},
}  # fmt: skip
_WORDS: Final[dict[str, Sequence[str]]] = {
    "MONTH": MONTHS,
    "MON": tuple(name[:3] for name in MONTHS),
    "DAY": DAYS,
    "DY": tuple(name[:3] for name in DAYS),
    "AM": ("AM", "PM"),
    "PM": ("AM", "PM"),
    "A.M.": ("A.M.", "P.M."),
    "P.M.": ("A.M.", "P.M."),
    "AD": ("AD", "BC"),
    "BC": ("AD", "BC"),
    "A.D.": ("A.D.", "B.C."),
    "B.C.": ("A.D.", "B.C."),
    # Of two that begin alike the longer one is found first.
    "RM": ROMAN_MONTHS,
}
# Under which name a field is kept: two fields of one name may not differ.
_KEPT: Final = {
    "HH": "hour", "HH12": "hour", "HH24": "hour", "MI": "minute", "SS": "second", "MS": "ms", "US": "us",
    "SSSS": "ssss", "SSSSS": "ssss", "TZM": "tzm", "MM": "month", "MONTH": "month", "MON": "month", "RM": "month",
    "DDD": "ddd", "IDDD": "ddd", "DD": "day", "D": "weekday", "ID": "weekday", "DAY": "weekday", "DY": "weekday",
    "WW": "week", "IW": "week", "W": "w", "CC": "cc", "J": "julian", "AM": "pm", "PM": "pm", "A.M.": "pm",
    "P.M.": "pm", "AD": "bc", "BC": "bc", "A.D.": "bc", "B.C.": "bc", "YYYY": "year", "YYY": "year", "YY": "year",
    "Y": "year", "IYYY": "year", "IYY": "year", "IY": "year", "I": "year",
    **{f"FF{digits}": "us" for digits in range(1, 7)},
}  # fmt: skip
_ISO: Final = ("IYYY", "IYY", "IY", "I", "IW", "ID", "IDDD")
_GREGORIAN: Final = (
    "YYYY", "YYY", "YY", "Y", "Y,YYY", "MM", "MONTH", "MON", "RM", "DD", "DDD", "D", "DAY", "DY", "WW", "W", "CC",
)  # fmt: skip


@function("to_timestamp(text,text)", runtime=True)
def to_timestamp(runtime: Runtime, text: str, template: str) -> datetime:
    reading = _Reading(text, read_template(template))
    local = reading.settle()
    if reading.offset is None:
        return from_local(local, runtime.settings.timezone)
    try:
        return (local - reading.offset).replace(tzinfo=UTC)
    except OverflowError:
        raise timestamp_out_of_range() from None


@function("to_date")
def to_date(text: str, template: str) -> date:
    return _Reading(text, read_template(template)).settle().date()


def _bad(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.INVALID_DATETIME_FORMAT)


class _Reading:
    """One text, read field by field."""

    def __init__(self, text: str, nodes: tuple[Node, ...]) -> None:
        self._text = text
        self._nodes = nodes
        self._at = 0
        self._exact = False  # FX
        self._skipped = 0  # spaces beyond what the template has
        self._iso: bool | None = None
        self._twelve_hours = False
        self._year_digits = 0
        self._zone_sign = 0
        self._zone_hours = 0
        self._found: dict[str, int] = {}
        for index, node in enumerate(nodes):
            if self._at >= len(text):
                break
            if not self._exact and (index == 0 or isinstance(node, Field)) and not _is_fx(node):
                self._skip_spaces()
            if isinstance(node, Literal):
                self._pass(node)
            else:
                self._read(node, index)
                if not self._exact:
                    self._skipped = 0
                    self._skip_spaces()

    @property
    def offset(self) -> timedelta | None:
        if not self._zone_sign:
            return None
        minutes = self._found.get("tzm", 0)
        if self._zone_hours > 15 or not 0 <= minutes < 60:
            raise self._out_of_range()
        return self._zone_sign * timedelta(hours=self._zone_hours, minutes=minutes)

    def _skip_spaces(self) -> None:
        start = self._at
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        self._skipped += self._at - start

    def _pass(self, literal: Literal) -> None:
        """A character of the template that is no field stands for any one of the text."""
        if self._exact:
            self._at += 1
        elif literal.kind is LiteralKind.TEXT:
            if self._skipped > 0:
                self._skipped -= 1
            else:
                self._at += 1
        else:
            self._skipped -= 1
            character = self._text[self._at : self._at + 1]
            if character and (character.isspace() or is_separator(character)):
                self._at += 1
                self._skipped += 1

    def _read(self, field: Field, index: int) -> None:
        name = field.name
        if name in _ISO or name in _GREGORIAN:
            iso = name in _ISO
            if self._iso is not None and self._iso != iso:
                raise _bad("invalid combination of date conventions")
            self._iso = iso
        match name:
            case "FX":
                self._exact = True
                return
            case "TZ" | "OF":
                message = f'formatting field "{field.written}" is only supported in to_char'
                raise InvalidValue(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
            case "TZH":
                self._read_zone_hours(field, index)
            case "Y,YYY":
                self._read_thousands(field)
            case _ if name in _WORDS:
                self._keep(field, self._read_word(field, _WORDS[name]))
            case _:
                self._read_number(field, index)
        if field.ordinal:
            self._at += 2

    def _read_word(self, field: Field, words: Sequence[str]) -> int:
        """Which of the words stands here, counted as it is kept: months from 1, all else from 0."""
        rest = self._text[self._at :]
        folded = rest.lower()
        # As PostgreSQL does, take the first that fits, but of the Roman months the longest.
        order = (
            sorted(range(len(words)), key=lambda each: -len(words[each])) if field.name == "RM" else range(len(words))
        )
        for index in order:
            if folded.startswith(words[index].lower()):
                self._at += len(words[index])
                return index + 1 if field.name in ("MONTH", "MON", "RM", "DAY", "DY") else index
        shown = rest.split(maxsplit=1)[0] if rest and not rest[0].isspace() else ""
        raise _bad(f'invalid value "{shown}" for "{field.written}"')

    def _read_number(self, field: Field, index: int) -> None:
        value, digits = self._integer(field, _WIDTHS[field.name], index)
        match field.name:
            case "Q":
                return
            case "MS":
                value *= 10 ** max(3 - digits, 0)
            case "US" | "FF1" | "FF2" | "FF3" | "FF4" | "FF5" | "FF6":
                value *= 10 ** max(6 - digits, 0)
            case "HH" | "HH12":
                self._twelve_hours = True
            case "ID":
                value = value % 7 + 1  # from Sunday
            case "TZM":
                self._zone_sign = self._zone_sign or 1
            case "YYY" | "YY" | "Y" | "IYY" | "IY" | "I":
                self._year_digits = len(field.name)
                value = _complete_year(value) if digits < 4 else value
            case "YYYY" | "IYYY":
                self._year_digits = 4
            case _:
                pass
        self._keep(field, value)

    def _integer(self, field: Field, width: int, index: int) -> tuple[int, int]:
        """The number that begins here, and of how many characters it is."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        part = self._text[self._at : self._at + width]
        if field.fill or self._ends_number(field, index):
            match = _NUMBER.match(self._text, self._at)
        else:
            if len(part) < width:
                raise _bad(f'source string too short for "{field.written}" formatting field')
            match = _NUMBER.match(part)
            if match is not None and match.end() < width:
                raise _bad(f'invalid value "{part}" for "{field.written}"')
        if match is None:
            raise _bad(f'invalid value "{part}" for "{field.written}"')
        digits = match[0]
        value = int(digits) if len(digits) < 20 else _INT_END
        if not -_INT_END <= value < _INT_END:
            raise overflow(f'value for "{field.written}" in source string is out of range')
        self._at += len(digits)
        return value, len(digits)

    def _ends_number(self, field: Field, index: int) -> bool:
        """Whether what follows in the template cannot be digits."""
        if field.ordinal or index + 1 == len(self._nodes):
            return True
        following = self._nodes[index + 1]
        if isinstance(following, Field):
            return not following.is_number
        return not following.character.isdigit()

    def _read_zone_hours(self, field: Field, index: int) -> None:
        sign = self._text[self._at : self._at + 1]
        if sign in ("+", "-", " "):
            self._zone_sign = -1 if sign == "-" else 1
            self._at += 1
        else:
            # The minus may have been passed over as a separator of the template.
            passed = self._skipped > 0 and self._text[self._at - 1] == "-"
            self._zone_sign = -1 if passed else 1
        self._zone_hours, _ = self._integer(field, 2, index)

    def _read_thousands(self, field: Field) -> None:
        match = _THOUSANDS.match(self._text, self._at)
        if match is None:
            raise _bad(f'invalid input string for "{field.written}"')
        self._at = match.end()
        self._year_digits = 4
        self._set("year", int(match[1]) * 1000 + int(match[2]), field)

    def _keep(self, field: Field, value: int) -> None:
        if field.name in ("AM", "PM", "A.M.", "P.M."):
            self._twelve_hours = True
        self._set(_KEPT[field.name], value, field)

    def _set(self, key: str, value: int, field: Field) -> None:
        if self._found.get(key, 0) not in (0, value):
            raise _bad(f'conflicting values for "{field.written}" field in formatting string')
        self._found[key] = value

    def settle(self) -> datetime:
        """The timestamp that the fields make."""
        found = self._found
        try:
            return datetime.combine(self._settle_date(), time()) + self._settle_clock()
        except (ValueError, OverflowError):
            if found.get("bc") or not found.get("year"):
                raise timestamp_out_of_range() from None
            raise self._out_of_range() from None

    def _settle_clock(self) -> timedelta:
        found = self._found
        hour, minute, second = found.get("hour", 0), found.get("minute", 0), found.get("second", 0)
        if "ssss" in found:
            minute, second = divmod(found["ssss"], 60)
            hour, minute = divmod(minute, 60)
        if self._twelve_hours:
            if not 1 <= hour <= 12:
                raise _bad(f'hour "{hour}" is invalid for the 12-hour clock')
            hour = hour % 12 + (12 if found.get("pm") else 0)
        if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
            raise self._out_of_range()
        fraction = found.get("ms", 0) * 1000 + found.get("us", 0)
        return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)

    def _settle_date(self) -> date:
        found = self._found
        if found.get("julian"):
            return date.fromordinal(found["julian"] - julian_day(date.min) + 1)
        year = self._settle_year()
        month, day, day_of_year = found.get("month", 0) or 1, found.get("day", 0) or 1, found.get("ddd", 0)
        if found.get("week"):
            if self._iso:
                weekday = found.get("weekday", 0)
                days = (found["week"] - 1) * 7 + ((weekday - 2) % 7 if weekday else 0)
                return date.fromisocalendar(year, 1, 1) + timedelta(days=days)
            day_of_year = (found["week"] - 1) * 7 + 1
        if found.get("w"):
            day = (found["w"] - 1) * 7 + 1
        if day_of_year and (month <= 1 or day <= 1):
            if not found.get("year") and not found.get("cc"):
                raise _bad("cannot calculate day of year without year information")
            start = date.fromisocalendar(year, 1, 1) if self._iso else date(year, 1, 1)
            settled = start + timedelta(days=day_of_year - 1)
            if not self._iso and (day_of_year < 1 or settled.year != year):
                raise self._out_of_range()
            return settled
        return date(year, month, day)

    def _settle_year(self) -> int:
        found = self._found
        year, century = found.get("year", 0), found.get("cc", 0)
        if found.get("bc"):
            return -year
        if century and self._year_digits <= 2:
            rest = year % 100
            if self._year_digits:
                return rest + (century - 1) * 100 if rest else century * 100
            return (century - 1) * 100 + 1
        return year

    def _out_of_range(self) -> InvalidValue:
        return overflow(f'date/time field value out of range: "{self._text}"')


def _is_fx(node: Node) -> bool:
    return isinstance(node, Field) and node.name == "FX"


def _complete_year(year: int) -> int:
    """The year nearest to 2020 that ends in these digits."""
    if year < 70:
        return year + 2000
    if year < 100:
        return year + 1900
    if year < 520:
        return year + 2000
    return year + 1000 if year < 1000 else year

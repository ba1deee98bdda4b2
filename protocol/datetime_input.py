"""How text becomes a date, a time, a timestamp or a timestamptz.

Dates may be written in every form that PostgreSQL documents: ISO 8601, `1/8/1999` by the order of
DateStyle, `8-Jan-1999`, `January 8, 1999`, `19990108`, `1999.008`; so may times of day, with seconds, AM and
PM, and offsets, full names of zones (`America/New_York`) or the commonest abbreviations of them.

DEVIATION: `now`, `today`, `tomorrow` and `yesterday` are refused, since no clock stands behind this; so are
Julian days, and full names of zones in times without a date. Only the abbreviations below are known.
SILENT: years 1 to 9999, and times before 24:00, as Python's datetime has them.

Source: PostgreSQL manual, appendix "Date/Time Support"; DecodeDateTime and its kind in datetime.c.
"""

from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from protocol.codec import FindZone, no_zone
from protocol.datetime_fields import (
    BadFormat,
    FieldOverflow,
    OffsetOverflow,
    days_in_month,
    make_clock,
    read_clock,
    read_fraction,
    read_integer,
    read_offset,
    split_digits,
)
from protocol.datetime_tokens import DateTimeField, FieldSort, split_fields
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.timestamps import EPOCH, Infinity
from protocol.types import DATE, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ, TYPES, Oid

# What a text has said so far.
_YEAR: Final = 1
_MONTH: Final = 2
_DAY: Final = 4
_DATE: Final = _YEAR | _MONTH | _DAY
_TIME: Final = 8
_ZONE: Final = 16
_HALF: Final = 32
_ERA: Final = 64
_WEEKDAY: Final = 128

_MONTHS: Final = {
    spelling: number
    for number, name in enumerate(
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ),
        start=1,
    )
    for spelling in (name, name[:3])
} | {"sept": 9}
_WEEKDAYS: Final = frozenset(
    {
        name
        for day in ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
        for name in (day, day[:3])
    }
    | {"tues", "weds", "thur", "thurs"}
)
_INFINITE: Final = {"infinity": Infinity.POSITIVE, "-infinity": Infinity.NEGATIVE}
_UNIX_EPOCH: Final = date(1970, 1, 1)

# Hours east of Greenwich, as PostgreSQL's `Default` set has them.
_ZONES: Final = {
    "z": 0, "zulu": 0, "utc": 0, "ut": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1,
    "mest": 2, "eet": 2, "eest": 3, "msk": 3, "ist": 2, "pkt": 5, "ict": 7, "sgt": 8, "hkt": 8, "jst": 9, "kst": 9,
    "aest": 10, "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "art": -3, "ast": -4, "adt": -3,
}  # fmt: skip


def parse_date(text: str, order: str, find_zone: FindZone = no_zone) -> date | Infinity:
    """Read a date; `order` is that of DateStyle. A time of day and a zone may follow and mean nothing.

    Raises:
        InvalidValue
    """
    reading = _read(text, DATE, order, find_zone)
    if reading.infinity is not None:
        return reading.infinity
    return reading.date(DATE)


def parse_time(text: str, order: str) -> time:
    """Read a time of day; a date may stand before it and a zone after it, and mean nothing.

    Raises:
        InvalidValue
    """
    clock = _read(text, TIME, order).clock
    if clock >= timedelta(days=1):
        raise _out_of_range("date/time field value", text)
    return (EPOCH + clock).time()


def read_time_with_zone(text: str, order: str) -> tuple[timedelta, timedelta | None]:
    """Read a time of day, to 24:00, and its offset east of Greenwich if there is one.

    Raises:
        InvalidValue
    """
    reading = _read(text, TIMETZ, order)
    return reading.clock, reading.offset


def parse_timestamp(text: str, order: str, find_zone: FindZone = no_zone) -> datetime | Infinity:
    """Read a timestamp without time zone; a zone may stand there and means nothing.

    Raises:
        InvalidValue
    """
    return _read_local(text, TIMESTAMP, order, find_zone)[0]


def parse_timestamptz(
    text: str, zone: tzinfo, order: str = "MDY", find_zone: FindZone = no_zone
) -> datetime | Infinity:
    """Read a moment; the result is in UTC. `zone` is the session's, for a text without any.

    Raises:
        InvalidValue
    """
    local, offset = _read_local(text, TIMESTAMPTZ, order, find_zone)
    if isinstance(local, Infinity):
        return local
    try:
        if not isinstance(offset, timedelta):
            offset = _offset_in(zone if offset is None else offset, local)
        return (local - offset).replace(tzinfo=UTC)
    except OverflowError:
        raise _out_of_range("timestamp", text) from None


def _read_local(
    text: str, oid: Oid, order: str, find_zone: FindZone
) -> tuple[datetime | Infinity, timedelta | tzinfo | None]:
    reading = _read(text, oid, order, find_zone)
    if reading.infinity is not None:
        return reading.infinity, None
    try:
        midnight = datetime.combine(reading.date(oid), time())
        return midnight + reading.clock, reading.zone or reading.offset
    except OverflowError:
        raise _out_of_range("timestamp", text) from None


def _offset_in(zone: tzinfo, local: datetime) -> timedelta:
    """What the zone has at that time of its clocks."""
    # Where clocks jump forward a missing time takes the offset from before, where they fall back a
    # repeated time takes the one from after: in both cases the smaller one.
    offsets = [local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
    return min(offset for offset in offsets if offset is not None)


def _read(text: str, oid: Oid, order: str, find_zone: FindZone = no_zone) -> "_Reading":
    try:
        reading = _Reading(text, order, find_zone, time_only=oid in (TIME, TIMETZ))
        reading.read(split_fields(text))
        return reading
    except BadFormat:
        name = TYPES[oid].sql_name.removesuffix(" without time zone")
        message = f'invalid input syntax for type {name}: "{text}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_DATETIME_FORMAT) from None
    except FieldOverflow:
        raise _out_of_range("date/time field value", text) from None
    except OffsetOverflow:
        message = f'time zone displacement out of range: "{text}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE) from None


def _out_of_range(what: str, text: str) -> InvalidValue:
    return InvalidValue(f'{what} out of range: "{text}"', sqlstate=SqlState.DATETIME_FIELD_OVERFLOW)


class _Reading:
    """What a text has said so far; `seen` holds the flags above.

    Attributes:
        clock: since midnight.
        offset: the zone, east of Greenwich; None when there is none.
        zone: the zone where it has a full name.
    """

    def __init__(self, text: str, order: str, find_zone: FindZone, *, time_only: bool) -> None:
        self.infinity: Infinity | None = None
        self.clock = timedelta(0)
        self.offset: timedelta | None = None
        self.zone: tzinfo | None = None
        self._find_zone = find_zone
        self._text = text
        self._order = order
        self._time_only = time_only
        self._seen = 0
        self._year = self._month = self._day = 0
        self._day_of_year = 0
        self._short_year = self._named_month = self._before_christ = False
        self._half: str | None = None
        self._iso_time = False  # a `T` stands before the next field

    def read(self, fields: list[DateTimeField] | None) -> None:
        if fields is None:
            raise BadFormat
        for index, field in enumerate(fields):
            expected_time, self._iso_time = self._iso_time, False
            match field.sort:
                case FieldSort.DATE:
                    leads = index == 0 and len(fields) > 1
                    self._read_date_field(field.text, leads=leads, expected_time=expected_time)
                case FieldSort.TIME:
                    self._note(_TIME)
                    self.clock = read_clock(field.text)
                    if self.clock > timedelta(days=1):
                        raise FieldOverflow
                case FieldSort.SIGNED:
                    self._note(_ZONE)
                    self.offset = read_offset(field.text)
                case FieldSort.NUMBER:
                    self._read_number_field(field.text, expected_time=expected_time)
                case FieldSort.WORD | FieldSort.SIGNED_WORD:
                    self._read_word(field.text)
        self._finish()

    def date(self, oid: Oid) -> date:
        if self._before_christ or self._year > MAXYEAR:
            raise _out_of_range("date" if oid == DATE else "timestamp", self._text)
        return date(self._year, self._month, self._day)

    def _note(self, flags: int) -> None:
        if self._seen & flags:
            raise BadFormat
        self._seen |= flags

    def _has_date(self) -> bool:
        return self._time_only or self._has_all_of_date()

    def _read_date_field(self, text: str, *, leads: bool, expected_time: bool) -> None:
        complete = self._seen & (_MONTH | _DAY) == _MONTH | _DAY
        if not expected_time and (leads if self._time_only else not complete):
            self._read_date(text)
            return
        if text[0].isalpha() and not (expected_time or self._time_only):
            self._read_zone(text)
            return
        # A time without colons and the zone that is written to it: 040506-08.
        digits, dash, offset = text.partition("-")
        if not (dash and digits.isdigit()):
            raise BadFormat
        self._note(_ZONE)
        self.offset = read_offset(dash + offset)
        self._read_run(digits, has_date=self._has_date() or expected_time)

    def _read_zone(self, name: str) -> None:
        self._note(_ZONE)
        self.zone = self._find_zone(name)
        if self.zone is None:
            message = f'time zone "{name}" not recognized'
            raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)

    def _read_number_field(self, text: str, *, expected_time: bool) -> None:
        whole, point, _ = text.partition(".")
        has_date = self._has_date() or expected_time
        if expected_time:
            self._read_run(text, has_date=True)
        elif point and not self._seen & _DATE and not self._time_only:
            self._read_date(text)
        elif (point and len(whole) > 2) or (len(text) >= 6 and not (has_date and self._seen & _TIME)):
            self._read_run(text, has_date=has_date)
        else:
            self._read_number(text)

    def _read_date(self, text: str) -> None:
        """A date of which all parts are held together by punctuation."""
        parts = "".join(character if character.isalnum() else " " for character in text)
        if not parts[-1].isalnum():
            parts = parts[:-1]
        words = split_digits(parts)
        for word in words:
            if word.isalpha():
                if word not in _MONTHS:
                    raise BadFormat
                self._note(_MONTH)
                self._month, self._named_month = _MONTHS[word], True
        for word in words:
            if not word.isalpha():
                if self._has_all_of_date():
                    raise BadFormat
                self._read_part(word)
        if not self._has_all_of_date():
            raise BadFormat

    def _has_all_of_date(self) -> bool:
        return self._seen & _DATE == _DATE

    def _read_number(self, text: str) -> None:
        """A number that is one part of a date, or after a whole date a time of day."""
        if self._has_date():
            self._read_run(text, has_date=True)
        else:
            self._read_part(text)

    def _read_part(self, text: str) -> None:
        """A number that is one part of a date."""
        whole, point, fraction = text.partition(".")
        if point and not (0 < len(whole) <= 2 and fraction):
            raise BadFormat
        number = read_integer(whole)
        seen = self._seen & _DATE
        if len(text) == 3 and seen == _YEAR and 1 <= number <= 366:
            self._note(_MONTH | _DAY)
            self._day_of_year = number
            return
        part = self._part_of_date(seen, len(text))
        self._note(part)
        if part == _YEAR:
            self._year, self._short_year = number, len(text) <= 2
        elif part == _MONTH:
            self._month = number
        else:
            self._day = number

    def _part_of_date(self, seen: int, length: int) -> int:
        """Which part of the date comes next, from what is known and from the order of DateStyle."""
        year_now = length >= 3 or self._order == "YMD"
        match seen:
            case 0:
                return _YEAR if year_now else _DAY if self._order == "DMY" else _MONTH
            case flags if flags == _MONTH:
                return _YEAR if self._named_month and year_now else _DAY
            case flags if flags == _YEAR | _MONTH:
                if self._named_month and length >= 3 and self._short_year:
                    # The short number that was taken for the year is the day: 08-Jan-1999 under YMD.
                    self._day, self._seen = self._year, self._seen & ~_YEAR | _DAY
                    return _YEAR
                return _DAY
            case flags if flags == _MONTH | _DAY:
                return _YEAR
            case _:
                return _MONTH

    def _read_run(self, text: str, *, has_date: bool) -> None:
        """Digits without punctuation: 19990108, 990108, 040506.789, 0405."""
        digits, point, fraction = text.partition(".")
        if not point and not has_date and len(digits) >= 6:
            self._note(_DATE)
            self._year, self._short_year = read_integer(digits[:-4]), len(digits) == 6
            self._month, self._day = int(digits[-4:-2]), int(digits[-2:])
            return
        if len(digits) not in (4, 6):
            raise BadFormat
        self._note(_TIME)
        hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0)
        self.clock = make_clock(hours, minutes, seconds, read_fraction(fraction))
        if self.clock > timedelta(days=1):
            raise FieldOverflow

    def _read_word(self, word: str) -> None:
        if word in _INFINITE and not self._time_only:
            self._note(_DATE | _TIME | _ZONE)
            self.infinity = _INFINITE[word]
        elif word in _ZONES:
            self._note(_ZONE)
            self.offset = timedelta(hours=_ZONES[word])
        elif word in _MONTHS:
            self._read_month(_MONTHS[word])
        elif word in _WEEKDAYS:
            self._note(_WEEKDAY)
        elif word in ("am", "pm"):
            self._note(_HALF)
            self._half = word
        elif word in ("ad", "bc"):
            self._note(_ERA)
            self._before_christ = word == "bc"
        elif word == "t" and self._has_date():
            self._iso_time = True
        elif word == "allballs":
            self._note(_TIME | _ZONE)
            self.offset = timedelta(0)
        elif word == "epoch" and not self._time_only:
            self._note(_DATE | _TIME | _ZONE)
            self._year, self._month, self._day = _UNIX_EPOCH.year, _UNIX_EPOCH.month, _UNIX_EPOCH.day
            self.offset = timedelta(0)
        elif word not in ("at", "on"):
            self.zone = None if self._time_only else self._find_zone(word)
            if self.zone is None:
                raise BadFormat
            self._note(_ZONE)

    def _read_month(self, month: int) -> None:
        if self._seen & _MONTH and not self._named_month and not self._seen & _DAY and 1 <= self._month <= 31:
            # The number that was taken for the month is the day: 8 January.
            self._day = self._month
            self._seen |= _DAY
        else:
            self._note(_MONTH)
        self._month, self._named_month = month, True

    def _finish(self) -> None:
        if self._iso_time:
            raise BadFormat
        if self.infinity is not None:
            return
        self._settle_date()
        if self._half is not None:
            if self.clock >= timedelta(hours=13):
                raise FieldOverflow
            self.clock = self.clock % timedelta(hours=12) + timedelta(hours=12 if self._half == "pm" else 0)
        if not self._seen & _TIME if self._time_only else not self._has_all_of_date():
            raise BadFormat

    def _settle_date(self) -> None:
        if self._seen & _YEAR:
            if self._short_year and not self._before_christ:
                self._year += 2000 if self._year < 70 else 1900
            elif self._year <= 0:
                raise FieldOverflow
        if self._day_of_year:
            day = date(min(self._year, MAXYEAR), 1, 1).toordinal() + self._day_of_year - 1
            if day > date.max.toordinal():
                raise FieldOverflow
            settled = date.fromordinal(day)
            self._year, self._month, self._day = max(self._year, settled.year), settled.month, settled.day
        if self._seen & _MONTH and not 1 <= self._month <= 12:
            raise FieldOverflow
        if self._seen & _DAY and not 1 <= self._day <= 31:
            raise FieldOverflow
        if self._has_all_of_date() and self._day > days_in_month(self._year, self._month, self._before_christ):
            raise FieldOverflow

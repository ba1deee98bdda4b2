"""The common ground of dates and times: out-of-range errors, and moments as the clocks of a zone show them.

A timestamptz is an aware datetime in UTC, always; a timestamp is a naive one. Both and dates may be `Infinity`.

DEVIATION: the years are 1 to 9999, as Python's datetime has them; what lies beyond is out of range (22008).
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from protocol.errors import InvalidValue
from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.sqlstate import SqlState
from protocol.timestamps import EPOCH, Infinity

Day = date | Infinity
Moment = datetime | Infinity

MIDNIGHT: Final = time()
_MICROSECONDS: Final = (1_000_000, 100_000, 10_000, 1_000, 100, 10)  # in a unit of so many digits of a second
LOCAL_EPOCH: Final = EPOCH.replace(tzinfo=None)
MICROSECONDS_PER_SECOND: Final = 1_000_000
MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def timestamp_out_of_range() -> InvalidValue:
    return overflow("timestamp out of range")


def date_out_of_range() -> InvalidValue:
    return overflow("date out of range")


def interval_out_of_range() -> InvalidValue:
    return overflow("interval out of range")


def overflow(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.DATETIME_FIELD_OVERFLOW)


def to_local(moment: datetime, zone: tzinfo) -> datetime:
    """What the clocks of the zone show at that moment."""
    if zone is UTC:
        return moment.replace(tzinfo=None)
    try:
        return moment.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        raise timestamp_out_of_range() from None


def from_local(local: datetime, zone: tzinfo) -> datetime:
    """The moment at which the clocks of the zone show that.

    A time that clocks skip takes the offset from before, one that they repeat the offset from after: in both cases
    the smaller one.
    """
    if zone is UTC:
        return local.replace(tzinfo=UTC)
    offsets = [local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
    try:
        return (local - min(offset for offset in offsets if offset is not None)).replace(tzinfo=UTC)
    except OverflowError:
        raise timestamp_out_of_range() from None


def offset_seconds(moment: datetime, zone: tzinfo) -> int:
    """Seconds east of Greenwich."""
    try:
        offset = moment.astimezone(zone).utcoffset()
    except OverflowError:
        raise timestamp_out_of_range() from None
    return round((offset or timedelta(0)).total_seconds())


def time_to_microseconds(clock: time | datetime) -> int:
    """Since midnight."""
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return seconds * MICROSECONDS_PER_SECOND + clock.microsecond


def time_from_microseconds(microseconds: int) -> time:
    """The time of day, by whatever day."""
    seconds, fraction = divmod(microseconds % MICROSECONDS_PER_DAY, MICROSECONDS_PER_SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return time(hour, minute, second, fraction)


def microseconds_of(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * MICROSECONDS_PER_SECOND + span.microseconds


def midnight_of(day: Day) -> Moment:
    """The timestamp at which the day begins."""
    return day if isinstance(day, Infinity) else datetime.combine(day, MIDNIGHT)


def days_in_month(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return MONTH_LENGTHS[month - 1] + leap


def add_months(local: datetime, months: int) -> datetime:
    """The same day of another month, or its last one where it is too short."""
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise timestamp_out_of_range()
    return local.replace(year=year, month=month + 1, day=min(local.day, days_in_month(year, month + 1)))


def add_interval(local: datetime, span: Interval) -> datetime:
    """Months first, then days, then the time."""
    try:
        if span.months:
            local = add_months(local, span.months)
        return local + timedelta(days=span.days, microseconds=span.microseconds)
    except OverflowError:
        raise timestamp_out_of_range() from None


def add_interval_in(moment: datetime, span: Interval, zone: tzinfo) -> datetime:
    """Months and days as the clocks of the zone count them, then the time."""
    try:
        if span.months or span.days:
            local = to_local(moment, zone)
            if span.months:
                local = add_months(local, span.months)
            moment = from_local(local + timedelta(days=span.days), zone)
        return moment + timedelta(microseconds=span.microseconds)
    except OverflowError:
        raise timestamp_out_of_range() from None


def truncated_division(dividend: int, divisor: int) -> int:
    """C's `/`, which rounds towards zero."""
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def round_to_precision(microseconds: int, precision: int) -> int:
    """To so many digits of a second, halves away from zero."""
    if not 0 <= precision < 6:
        return microseconds
    scale = _MICROSECONDS[precision]
    rounded = (abs(microseconds) + scale // 2) // scale * scale
    return rounded if microseconds >= 0 else -rounded

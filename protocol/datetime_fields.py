"""The parts of dates and times whose meaning no other part changes: times of day, offsets, numbers.

Source: DecodeTime, DecodeTimezone and ParseFractionalSecond in PostgreSQL 15's datetime.c.
"""

from datetime import timedelta
from typing import Final

from protocol.timestamps import MICROSECOND

_MAX_OFFSET_HOURS: Final = 15
_MAX_NUMBER_LENGTH: Final = 9  # digits; longer numbers would overflow PostgreSQL's int


class BadFormat(Exception):
    """No such spelling."""


class FieldOverflow(Exception):
    """A field is too large or too small."""


class OffsetOverflow(Exception):
    """A zone further from Greenwich than any is."""


def read_clock(text: str) -> timedelta:
    """Read `hh:mm`, `hh:mm:ss.f` or `mm:ss.f`."""
    whole, point, fraction = text.partition(".")
    numbers = whole.split(":")
    if not all(numbers[:2]) or len(numbers) > 3 or not numbers[-1]:
        raise BadFormat
    fields = [read_integer(number) for number in numbers]
    if len(fields) == 2:
        fields = [0, *fields] if point else [*fields, 0]
    return make_clock(fields[0], fields[1], fields[2], read_fraction(fraction))


def make_clock(hours: int, minutes: int, seconds: int, microseconds: int) -> timedelta:
    if minutes > 59 or seconds > 60:  # a leap second is read as the next minute's first
        raise FieldOverflow
    return timedelta(hours=hours, minutes=minutes, seconds=seconds) + microseconds * MICROSECOND


def read_fraction(fraction: str) -> int:
    if fraction and not fraction.isdigit():
        raise BadFormat
    return round(float(f"0.{fraction}0") * 1_000_000)


def read_offset(text: str) -> timedelta:
    """Read `+8`, `-0530`, `+05:30` or `+05:53:28`, east of Greenwich."""
    numbers = text[1:].split(":")
    if len(numbers) > 3 or not all(number.isdigit() for number in numbers):
        raise BadFormat
    hours, minutes, seconds = [read_integer(number) for number in numbers] + [0] * (3 - len(numbers))
    if len(numbers) == 1 and len(text) > 3:
        hours, minutes = divmod(hours, 100)
    if hours > _MAX_OFFSET_HOURS or minutes > 59 or seconds > 59:
        raise OffsetOverflow
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if text[0] == "-" else offset


def read_integer(digits: str) -> int:
    if len(digits.lstrip("0")) > _MAX_NUMBER_LENGTH:
        raise FieldOverflow
    return int(digits)


def split_digits(text: str) -> list[str]:
    """Cut at spaces, and between digits and letters."""
    words: list[str] = []
    for word in text.split(" "):
        at = 0
        for index in range(1, len(word)):
            if word[index].isdigit() != word[index - 1].isdigit():
                words.append(word[at:index])
                at = index
        words.append(word[at:])
    if not all(words):
        return [word for word in words if word]
    return words


def days_in_month(year: int, month: int, before_christ: bool) -> int:
    year = year - 1 if before_christ else year  # 1 BC is a leap year
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31

"""Ranges and multiranges over any type that has an order.

In memory a value is its text as PostgreSQL writes it under the default settings (ISO dates, UTC), so that equal ranges
are equal texts, but for numbers of different scales. `RangeType` takes such a text apart and makes it.
Source: PostgreSQL manual, "Range Types"; PostgreSQL 15's rangetypes.c and multirangetypes.c.
"""

import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from protocol.codec import Codec, ValueSettings, expect
from protocol.errors import InvalidValue
from protocol.sizes import insufficient_data, surplus_data
from protocol.sqlstate import SqlState
from protocol.timestamps import Infinity

_SETTINGS: Final = ValueSettings()
_COUNT: Final = struct.Struct(">I")
# Possessive, for otherwise many quotes in a row could be paired in too many ways.
_BOUND_TEXT: Final = r'((?:"(?:[^"\\]|\\.|"")*+"|\\.|[^"\\),\]])*+)'
_RANGE: Final = re.compile(rf"\s*(?:(?P<empty>(?i:empty))|([\[(]){_BOUND_TEXT},{_BOUND_TEXT}([\])]))\s*", re.DOTALL)
_PART: Final = re.compile(rf"\s*((?i:empty)|[\[(]{_BOUND_TEXT},{_BOUND_TEXT}[\])])\s*", re.DOTALL)
_PIECE: Final = re.compile(r'"((?:[^"\\]|\\.|"")*+)"|\\(.)|([^"\\]+)', re.DOTALL)
_QUOTED_PIECE: Final = re.compile(r'\\(.)|"(")', re.DOTALL)
_SPECIAL: Final = re.compile(r'["\\()\[\],\s]')

# The flags of the binary form.
_EMPTY: Final = 0x01
_LOWER_IN: Final = 0x02
_UPPER_IN: Final = 0x04
_LOWER_OPEN: Final = 0x08
_UPPER_OPEN: Final = 0x10


@dataclass(frozen=True, slots=True)
class Range:
    """A range; a bound of None is none: it goes on without end."""

    lower: Any = None  # values of whatever the range is over, which its type orders
    upper: Any = None
    lower_in: bool = False
    upper_in: bool = False
    empty: bool = False


EMPTY_RANGE: Final = Range(empty=True)


@dataclass(frozen=True, slots=True)
class RangeType:
    """A type of ranges.

    Attributes:
        element: the codec of what it is over.
        successor: of a discrete type, the next value; it raises InvalidValue behind the last.
    """

    element: Codec
    successor: Callable[[Any], object] | None = None

    def parse(self, text: str, settings: ValueSettings = _SETTINGS) -> Range:
        """Read `[1,5)`, or a value.

        Raises:
            InvalidValue
        """
        match = _RANGE.fullmatch(text)
        if match is None:
            message = f'malformed range literal: "{text}"'
            raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
        if match["empty"]:
            return EMPTY_RANGE
        _, opening, lower, upper, closing = match.groups()
        read = self.element.parse(settings)
        low, high = (read(_unquote(each)) if each else None for each in (lower, upper))
        return self.make(low, high, lower_in=opening == "[", upper_in=closing == "]")

    def make(self, lower: Any, upper: Any, *, lower_in: bool = True, upper_in: bool = False) -> Range:
        """The range between two bounds in its canonical form.

        Raises:
            InvalidValue: the lower bound is above the upper.
        """
        lower_in, upper_in = lower_in and lower is not None, upper_in and upper is not None
        if lower is not None and upper is not None:
            low, high = order_key(lower), order_key(upper)
            if low > high:
                message = "range lower bound must be less than or equal to range upper bound"
                raise InvalidValue(message, sqlstate=SqlState.DATA_EXCEPTION)
            if low == high and not (lower_in and upper_in):
                return EMPTY_RANGE
        if self.successor is not None:
            if lower is not None and not lower_in and not isinstance(lower, Infinity):
                lower, lower_in = self.successor(lower), True
            if upper is not None and upper_in and not isinstance(upper, Infinity):
                upper, upper_in = self.successor(upper), False
            if lower is not None and upper is not None and order_key(lower) == order_key(upper):
                return Range(lower, upper, lower_in, upper_in) if lower_in and upper_in else EMPTY_RANGE
        return Range(lower, upper, lower_in, upper_in)

    def format(self, value: Range, settings: ValueSettings = _SETTINGS) -> str:
        """Write a range; under the default settings this is the value that stands for it in memory."""
        if value.empty:
            return "empty"
        write = self.element.format(settings)
        lower, upper = ("" if each is None else _quote(write(each)) for each in (value.lower, value.upper))
        return f"{'[' if value.lower_in else '('}{lower},{upper}{']' if value.upper_in else ')'}"

    def parse_many(self, text: str, settings: ValueSettings = _SETTINGS) -> list[Range]:
        """Read the multirange `{[1,3),[5,7)}`.

        Raises:
            InvalidValue
        """
        inner = text.strip()
        if not (inner.startswith("{") and inner.endswith("}") and len(inner) > 1):
            raise _malformed(text)
        at, end = 1, len(inner) - 1
        ranges: list[Range] = []
        while inner[at:end].strip():
            match = _PART.match(inner, at, end)
            if match is None:
                raise _malformed(text)
            ranges.append(self.parse(match[1], settings))
            at = match.end()
            if at < end:
                if inner[at] != "," or not inner[at + 1 : end].strip():
                    raise _malformed(text)
                at += 1
        return self.unite(ranges)

    def unite(self, ranges: Iterable[Range]) -> list[Range]:
        """The same in as few ranges as do, in order: what a multirange holds."""
        united: list[Range] = []
        for each in sorted((each for each in ranges if not each.empty), key=_lower_key):
            last = united[-1] if united else None
            if last is None or not _touches(last, each):
                united.append(each)
            elif _upper_key(each) > _upper_key(last):
                united[-1] = replace(last, upper=each.upper, upper_in=each.upper_in)
        return united

    def format_many(self, ranges: Iterable[Range], settings: ValueSettings = _SETTINGS) -> str:
        """Write a multirange."""
        return "{" + ",".join([self.format(each, settings) for each in ranges]) + "}"

    def pack(self, value: Range, settings: ValueSettings) -> bytes:
        """Write the binary form."""
        if value.empty:
            return bytes([_EMPTY])
        flags = value.lower_in * _LOWER_IN | value.upper_in * _UPPER_IN
        flags |= (value.lower is None) * _LOWER_OPEN | (value.upper is None) * _UPPER_OPEN
        pieces = [bytes([flags])]
        pack = self.element.pack(settings)
        for bound in (value.lower, value.upper):
            if bound is not None:
                data = pack(bound)
                pieces += (_COUNT.pack(len(data)), data)
        return b"".join(pieces)

    def unpack(self, data: bytes, settings: ValueSettings) -> Range:
        """Read the binary form.

        Raises:
            InvalidValue
        """
        if not data:
            raise insufficient_data()
        flags, at = data[0], 1
        if flags & _EMPTY:
            bounds: list[object] = [None, None]
        else:
            bounds = []
            for absent in (_LOWER_OPEN, _UPPER_OPEN):
                bound = None
                if not flags & absent:
                    piece, at = _take(data, at)
                    bound = self.element.unpack(settings)(piece)
                bounds.append(bound)
        if at < len(data):
            raise surplus_data()
        if flags & _EMPTY:
            return EMPTY_RANGE
        return self.make(*bounds, lower_in=bool(flags & _LOWER_IN), upper_in=bool(flags & _UPPER_IN))


def range_codec(kind: RangeType) -> Codec:
    """The codec of a type of ranges."""
    return Codec(
        lambda settings: lambda value: kind.format(kind.parse(expect(value, str)), settings),
        lambda settings: lambda text: kind.format(kind.parse(text, settings)),
        lambda settings: lambda value: kind.pack(kind.parse(expect(value, str)), settings),
        lambda settings: lambda data: kind.format(kind.unpack(data, settings)),
    )


def multirange_codec(kind: RangeType) -> Codec:
    """The codec of the multiranges of a type of ranges."""

    def pack(settings: ValueSettings, value: object) -> bytes:
        ranges = [kind.pack(each, settings) for each in kind.parse_many(expect(value, str))]
        return _COUNT.pack(len(ranges)) + b"".join([_COUNT.pack(len(data)) + data for data in ranges])

    def unpack(settings: ValueSettings, data: bytes) -> str:
        if len(data) < _COUNT.size:
            raise insufficient_data()
        (count,), at = _COUNT.unpack_from(data), _COUNT.size
        if count * _COUNT.size > len(data):
            raise insufficient_data()
        ranges: list[Range] = []
        for _ in range(count):
            piece, at = _take(data, at)
            ranges.append(kind.unpack(piece, settings))
        if at < len(data):
            raise surplus_data()
        return kind.format_many(kind.unite(ranges))

    return Codec(
        lambda settings: lambda value: kind.format_many(kind.parse_many(expect(value, str)), settings),
        lambda settings: lambda text: kind.format_many(kind.parse_many(text, settings)),
        lambda settings: lambda value: pack(settings, value),
        lambda settings: lambda data: unpack(settings, data),
    )


def order_key(bound: Any) -> tuple[int, object]:
    """By which bounds are ordered: -infinity, values, infinity, NaN."""
    if isinstance(bound, Infinity):
        return (1 if bound is Infinity.POSITIVE else -1, 0)
    if isinstance(bound, Decimal) and bound.is_nan():
        return (2, 0)
    return (0, bound)


def next_integer(highest: int, name: str) -> Callable[[int], int]:
    """The successor in a type of integers."""

    def successor(number: int) -> int:
        if number == highest:
            raise InvalidValue(f"{name} out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
        return number + 1

    return successor


def next_day(day: date) -> date:
    """The day after.

    Raises:
        InvalidValue: there is none in our calendar.
    """
    if day == date.max or isinstance(day, datetime):
        raise InvalidValue("date out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW)
    return day + timedelta(days=1)


def _lower_key(value: Range) -> tuple[object, ...]:
    return (0,) if value.lower is None else (1, order_key(value.lower), not value.lower_in)


def _upper_key(value: Range) -> tuple[object, ...]:
    return (2,) if value.upper is None else (1, order_key(value.upper), value.upper_in)


def _touches(before: Range, after: Range) -> bool:
    """Whether nothing lies between two ranges, of which `before` does not begin later."""
    if before.upper is None or after.lower is None:
        return True
    end, start = order_key(before.upper), order_key(after.lower)
    return start < end or (start == end and (before.upper_in or after.lower_in))


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    """The piece whose length stands at `at`, and where the next begins."""
    if len(data) < at + _COUNT.size:
        raise insufficient_data()
    (size,) = _COUNT.unpack_from(data, at)
    start = at + _COUNT.size
    if size > len(data) - start:
        raise insufficient_data()
    return data[start : start + size], start + size


def _unquote(bound: str) -> str:
    return "".join(
        [
            _QUOTED_PIECE.sub(lambda found: found[1] or found[2], quoted) if quoted else escaped or plain
            for quoted, escaped, plain in _PIECE.findall(bound)
        ]
    )


def _quote(bound: str) -> str:
    if bound and not _SPECIAL.search(bound):
        return bound
    return '"' + bound.replace("\\", "\\\\").replace('"', '""') + '"'


def _malformed(text: str) -> InvalidValue:
    return InvalidValue(f'malformed multirange literal: "{text}"', sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)

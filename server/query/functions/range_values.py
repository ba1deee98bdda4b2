"""Ranges and multiranges taken apart, and what two of them have to do with each other.

Bounds are compared as points: `[5` and `5]` are on 5, `(5` is a little behind it and `5)` a little before.
Source: PostgreSQL 15, range_cmp_bounds and its callers in rangetypes.c; multirangetypes.c.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from protocol.codecs import RANGE_TYPES
from protocol.errors import InvalidValue
from protocol.ranges import EMPTY_RANGE, Range, RangeType, order_key
from protocol.sqlstate import SqlState
from protocol.text_codecs import MULTIRANGES
from protocol.types import Oid
from server.query.evaluator.text_keys import lower_point, upper_point

_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Spans:
    """How values of a range type, or of its multiranges, are read and written.

    Attributes:
        read: the ranges in a value, in order, none of them empty.
        write: the reverse; for a range type of one range, or of none.
    """

    kind: RangeType
    read: Callable[[str], Sequence[Range]]
    write: Callable[[Sequence[Range]], str]


@lru_cache(maxsize=16)
def spans_of(oid: Oid) -> Spans:
    """Of a range type or a multirange type."""
    element = MULTIRANGES.get(oid)
    kind = RANGE_TYPES[oid if element is None else element]
    if element is None:
        return Spans(kind, _reader(kind), lambda ranges: kind.format(ranges[0] if ranges else EMPTY_RANGE))
    return Spans(kind, lru_cache(maxsize=_KEPT)(lambda text: tuple(kind.parse_many(text))), kind.format_many)


def _reader(kind: RangeType) -> Callable[[str], Sequence[Range]]:
    @lru_cache(maxsize=_KEPT)
    def read(text: str) -> Sequence[Range]:
        value = kind.parse(text)
        return () if value.empty else (value,)

    return read


def range_type_of(oid: Oid) -> Oid:
    """Of a multirange type the type of its ranges; a range type is its own."""
    return MULTIRANGES.get(oid, oid)


def points(value: Range) -> tuple[object, object]:
    return lower_point(value), upper_point(value)


def covers(outer: Range, inner: Range) -> bool:
    return lower_point(outer) <= lower_point(inner) and upper_point(inner) <= upper_point(outer)


def overlap(left: Range, right: Range) -> bool:
    return lower_point(left) <= upper_point(right) and lower_point(right) <= upper_point(left)


def meets(left: Range, right: Range) -> bool:
    """Whether the second begins exactly where the first ends."""
    if left.upper is None or right.lower is None:
        return False
    return order_key(left.upper) == order_key(right.lower) and left.upper_in is not right.lower_in


def hull(kind: RangeType, left: Range, right: Range) -> Range:
    """The smallest that covers both."""
    low, high = min(left, right, key=lower_point), max(left, right, key=upper_point)
    return kind.make(low.lower, high.upper, lower_in=low.lower_in, upper_in=high.upper_in)


def common(kind: RangeType, left: Range, right: Range) -> Range:
    """What two that overlap have in common."""
    low, high = max(left, right, key=lower_point), min(left, right, key=upper_point)
    return kind.make(low.lower, high.upper, lower_in=low.lower_in, upper_in=high.upper_in)


def without(kind: RangeType, value: Range, hole: Range) -> list[Range]:
    """What is left of a range: nothing, one or two."""
    if not overlap(value, hole):
        return [value]
    left: list[Range] = []
    if lower_point(value) < lower_point(hole):
        left.append(kind.make(value.lower, hole.lower, lower_in=value.lower_in, upper_in=not hole.lower_in))
    if upper_point(hole) < upper_point(value):
        left.append(kind.make(hole.upper, value.upper, lower_in=not hole.upper_in, upper_in=value.upper_in))
    return [each for each in left if not each.empty]


def intersection(kind: RangeType, left: Sequence[Range], right: Sequence[Range]) -> list[Range]:
    """What two ordered sequences of ranges have in common."""
    found: list[Range] = []
    one = other = 0
    while one < len(left) and other < len(right):
        if overlap(left[one], right[other]):
            found.append(common(kind, left[one], right[other]))
        if upper_point(left[one]) < upper_point(right[other]):
            one += 1
        else:
            other += 1
    return found


def difference(kind: RangeType, left: Sequence[Range], right: Sequence[Range]) -> list[Range]:
    """What the first of two ordered sequences of ranges has that the second has not."""
    found: list[Range] = []
    first = 0
    for each in left:
        rest = [each]
        while first < len(right) and upper_point(right[first]) < lower_point(each):
            first += 1
        at = first
        while rest and at < len(right) and lower_point(right[at]) <= upper_point(rest[-1]):
            rest = rest[:-1] + without(kind, rest[-1], right[at])
            at += 1
        found += rest
    return found


def not_contiguous(what: str) -> InvalidValue:
    return InvalidValue(f"result of range {what} would not be contiguous", sqlstate=SqlState.DATA_EXCEPTION)

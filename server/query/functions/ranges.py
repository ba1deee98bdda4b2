"""Ranges and multiranges: their bounds, and what they have to do with each other and with elements.

An operator has up to four functions in pg_proc, for ranges and multiranges on either side; each is one here, over
sequences of ranges.
Source: PostgreSQL manual, "Range/Multirange Functions and Operators"; PostgreSQL 15, rangetypes.c, multirangetypes.c.
"""

from collections.abc import Callable, Sequence
from typing import Final

from protocol.ranges import Range
from server.query.evaluator.text_keys import lower_point, upper_point
from server.query.functions.range_values import (
    Spans,
    covers,
    difference,
    hull,
    intersection,
    meets,
    not_contiguous,
    overlap,
    points,
    range_type_of,
    spans_of,
)
from server.query.functions.registry import CallTypes, Scalar, typed_function

_Ranges = Sequence[Range]
_Relation = Callable[[_Ranges, _Ranges], bool]


def _relation(test: _Relation) -> Callable[[CallTypes], Scalar]:
    def make(types: CallTypes) -> Scalar:
        left, right = (spans_of(oid).read for oid in types.arguments)
        return lambda one, other: test(left(one), right(other))

    return make


def _turned(test: _Relation) -> _Relation:
    return lambda left, right: test(right, left)


def _contains(outer: _Ranges, inner: _Ranges) -> bool:
    at = 0
    for each in inner:
        while at < len(outer) and upper_point(outer[at]) < lower_point(each):
            at += 1
        if at == len(outer) or not covers(outer[at], each):
            return False
    return True


def _overlaps(left: _Ranges, right: _Ranges) -> bool:
    one = other = 0
    while one < len(left) and other < len(right):
        if overlap(left[one], right[other]):
            return True
        if upper_point(left[one]) < upper_point(right[other]):
            one += 1
        else:
            other += 1
    return False


def _present(test: _Relation) -> _Relation:
    """False where one of them is empty."""
    return lambda left, right: bool(left) and bool(right) and test(left, right)


_before: Final = _present(lambda left, right: upper_point(left[-1]) < lower_point(right[0]))
_ends_within: Final = _present(lambda left, right: upper_point(left[-1]) <= upper_point(right[-1]))
_begins_within: Final = _present(lambda left, right: lower_point(left[0]) >= lower_point(right[0]))
_adjacent: Final = _present(lambda left, right: meets(left[-1], right[0]) or meets(right[-1], left[0]))

for _names, _test in (
    (("range_contains", "multirange_contains_range", "multirange_contains_multirange"), _contains),
    (("range_contains_multirange",), _contains),
    (("range_contained_by", "range_contained_by_multirange", "multirange_contained_by_range"), _turned(_contains)),
    (("multirange_contained_by_multirange",), _turned(_contains)),
    (("range_overlaps", "range_overlaps_multirange", "multirange_overlaps_range"), _overlaps),
    (("multirange_overlaps_multirange",), _overlaps),
    (("range_before", "range_before_multirange", "multirange_before_range"), _before),
    (("multirange_before_multirange",), _before),
    (("range_after", "range_after_multirange", "multirange_after_range"), _turned(_before)),
    (("multirange_after_multirange",), _turned(_before)),
    (("range_overleft", "range_overleft_multirange", "multirange_overleft_range"), _ends_within),
    (("multirange_overleft_multirange",), _ends_within),
    (("range_overright", "range_overright_multirange", "multirange_overright_range"), _begins_within),
    (("multirange_overright_multirange",), _begins_within),
    (("range_adjacent", "range_adjacent_multirange", "multirange_adjacent_range"), _adjacent),
    (("multirange_adjacent_multirange",), _adjacent),
):
    typed_function(*_names)(_relation(_test))


@typed_function("range_contains_elem", "multirange_contains_elem")
def contains_element(types: CallTypes) -> Scalar:
    spans = spans_of(types.arguments[0])

    def contains(ranges: str, element: object) -> bool:
        only = Range(element, element, lower_in=True, upper_in=True)
        return any(covers(each, only) for each in spans.read(ranges))

    return contains


@typed_function("elem_contained_by_range", "elem_contained_by_multirange")
def element_contained(types: CallTypes) -> Scalar:
    contains = contains_element(CallTypes(types.arguments[::-1], types.result))
    return lambda element, ranges: contains(ranges, element)


def _order(ranges: _Ranges) -> object:
    return [points(each) for each in ranges]


_ORDER: Final[dict[str, Callable[[object, object], object]]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,  # type: ignore[operator]  # lists of points
    "le": lambda left, right: left <= right,  # type: ignore[operator]  # the same
    "gt": lambda left, right: left > right,  # type: ignore[operator]  # the same
    "ge": lambda left, right: left >= right,  # type: ignore[operator]  # the same
    "cmp": lambda left, right: (left > right) - (left < right),  # type: ignore[operator]  # the same
}


def _comparison(compare: Callable[[object, object], object]) -> Callable[[CallTypes], Scalar]:
    def make(types: CallTypes) -> Scalar:
        read = spans_of(types.arguments[0]).read
        return lambda left, right: compare(_order(read(left)), _order(read(right)))

    return make


for _name, _compare in _ORDER.items():
    typed_function(f"range_{_name}", f"multirange_{_name}")(_comparison(_compare))


def _fact(tell: Callable[[_Ranges], object]) -> Callable[[CallTypes], Scalar]:
    def make(types: CallTypes) -> Scalar:
        read = spans_of(types.arguments[0]).read
        return lambda value: tell(read(value))

    return make


for _name, _tell in (
    ("lower", lambda ranges: ranges[0].lower if ranges else None),
    ("upper", lambda ranges: ranges[-1].upper if ranges else None),
    ("isempty", lambda ranges: not ranges),
    ("lower_inc", lambda ranges: bool(ranges) and ranges[0].lower_in),
    ("upper_inc", lambda ranges: bool(ranges) and ranges[-1].upper_in),
    ("lower_inf", lambda ranges: bool(ranges) and ranges[0].lower is None),
    ("upper_inf", lambda ranges: bool(ranges) and ranges[-1].upper is None),
):
    typed_function(f"{_name}(anyrange)", f"{_name}(anymultirange)")(_fact(_tell))


def _operation(compute: Callable[[Spans, _Ranges, _Ranges], _Ranges]) -> Callable[[CallTypes], Scalar]:
    def make(types: CallTypes) -> Scalar:
        spans = spans_of(types.arguments[0])
        return lambda left, right: spans.write(compute(spans, spans.read(left), spans.read(right)))

    return make


def _union_of_ranges(spans: Spans, left: _Ranges, right: _Ranges) -> _Ranges:
    if left and right and not (_overlaps(left, right) or _adjacent(left, right)):
        raise not_contiguous("union")
    return _merge(spans, left, right)


def _merge(spans: Spans, left: _Ranges, right: _Ranges) -> _Ranges:
    if not (left and right):
        return left or right
    return [hull(spans.kind, left[0], right[0])]


def _difference_of_ranges(spans: Spans, left: _Ranges, right: _Ranges) -> _Ranges:
    found = difference(spans.kind, left, right)
    if len(found) > 1:
        raise not_contiguous("difference")
    return found


for _names, _compute in (
    (("range_union",), _union_of_ranges),
    (("range_merge(anyrange,anyrange)",), _merge),
    (("range_minus",), _difference_of_ranges),
    (("range_intersect",), lambda spans, left, right: intersection(spans.kind, left, right)),
    (("multirange_intersect",), lambda spans, left, right: intersection(spans.kind, left, right)),
    (("multirange_minus",), lambda spans, left, right: difference(spans.kind, left, right)),
    (("multirange_union",), lambda spans, left, right: spans.kind.unite([*left, *right])),
):
    typed_function(*_names)(_operation(_compute))


@typed_function("range_merge(anymultirange)")
def span(types: CallTypes) -> Scalar:
    """The smallest range that covers all."""
    read, written = spans_of(types.arguments[0]).read, spans_of(range_type_of(types.arguments[0]))

    def merge(value: str) -> str:
        ranges = read(value)
        return written.write([hull(written.kind, ranges[0], ranges[-1])] if ranges else [])

    return merge

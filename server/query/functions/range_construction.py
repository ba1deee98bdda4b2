"""Ranges and multiranges made of their parts, by functions and by aggregates, and taken apart into rows.

Source: PostgreSQL manual, "Constructing Ranges and Multiranges"; PostgreSQL 15, range_constructor3, range_agg_transfn.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from protocol.arrays import Array
from protocol.codecs import RANGE_TYPES
from protocol.errors import InvalidValue
from protocol.ranges import Range
from protocol.sqlstate import SqlState
from protocol.text_codecs import MULTIRANGES
from protocol.types import TYPES
from server.query.functions.array_shapes import take_apart
from server.query.functions.range_values import intersection, range_type_of, spans_of
from server.query.functions.registry import Accumulator, CallTypes, Scalar, aggregate, typed_function
from server.query.runtime import Runtime

_FLAGS: Final = ("[)", "[]", "(]", "()")
# Of a range in an aggregate, about.
_RANGE_SIZE: Final = 200


@typed_function(*(TYPES[oid].name for oid in RANGE_TYPES))
def make_range(types: CallTypes) -> Scalar:
    kind = RANGE_TYPES[types.result]

    def make(lower: object, upper: object, flags: str | None = "[)") -> str:
        if flags is None:
            message = "range constructor flags argument must not be null"
            raise InvalidValue(message, sqlstate=SqlState.DATA_EXCEPTION)
        if flags not in _FLAGS:
            raise InvalidValue("invalid range bound flags", sqlstate=SqlState.SYNTAX_ERROR)
        return kind.format(kind.make(lower, upper, lower_in=flags[0] == "[", upper_in=flags[1] == "]"))

    return make


@typed_function("multirange", *(TYPES[oid].name for oid in MULTIRANGES))
def make_multirange(types: CallTypes) -> Scalar:
    """Of nothing, of one range, or of an array of them."""
    spans = spans_of(types.result)
    read = spans_of(range_type_of(types.result)).read

    def make(*given: str | list[object] | Array | None) -> str:
        elements: Sequence[object] = given
        if len(given) == 1 and given[0] is not None and not isinstance(given[0], str):
            shape = take_apart(given[0])
            if len(shape.lengths) > 1:
                message = "multiranges cannot be constructed from multidimensional arrays"
                raise InvalidValue(message, sqlstate=SqlState.CARDINALITY_VIOLATION)
            elements = shape.elements
        if None in elements:
            message = "multirange values cannot contain null members"
            raise InvalidValue(message, sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
        return spans.write(spans.kind.unite([each for text in elements for each in read(str(text))]))

    return make


@typed_function("unnest(anymultirange)")
def unnest(types: CallTypes) -> Scalar:
    spans, written = spans_of(types.arguments[0]), spans_of(types.result)

    def parts(value: str) -> Iterator[str]:
        return (written.write([each]) for each in spans.read(value))

    return parts


class _Union:
    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        self._read = spans_of(types.arguments[0]).read
        self._spans = spans_of(types.result)
        self._limits = runtime.limits
        self._ranges: list[Range] = []
        self._seen = False

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if isinstance(value, str):
            self._seen = True
            ranges = self._read(value)
            self._limits.hold(_RANGE_SIZE * len(ranges))
            self._ranges += ranges

    def result(self) -> str | None:
        return self._spans.write(self._spans.kind.unite(self._ranges)) if self._seen else None


@aggregate("range_agg(anyrange)", "range_agg(anymultirange)")
def range_agg(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Union(types, runtime)


class _Intersection:
    def __init__(self, types: CallTypes) -> None:
        self._spans = spans_of(types.arguments[0])
        self._value: str | None = None

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if not isinstance(value, str):
            return
        if self._value is None:
            self._value = value
            return
        spans = self._spans
        self._value = spans.write(intersection(spans.kind, spans.read(self._value), spans.read(value)))

    def result(self) -> str | None:
        return self._value


@aggregate("range_intersect_agg(anyrange)", "range_intersect_agg(anymultirange)")
def range_intersect_agg(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Intersection(types)

"""What arrays are made of and how large they are; putting them together and searching them.

Source: PostgreSQL 15, array_userfuncs.c and arrayfuncs.c; manual, "Array Functions and Operators".
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from protocol.arrays import MAX_DIMENSIONS, Array
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.array_shapes import (
    MOST_ELEMENTS,
    ArrayValue,
    Shape,
    element_key,
    elements_of,
    matcher,
    put_together,
    subscript_error,
    take_apart,
    too_large,
)
from server.query.functions.registry import CallTypes, Scalar, function, typed_function


@function("array_length")
def length(array: ArrayValue, dimension: int) -> int | None:
    lengths = take_apart(array).lengths
    return lengths[dimension - 1] if 0 < dimension <= len(lengths) else None


@function("array_ndims")
def count_dimensions(array: ArrayValue) -> int | None:
    return len(take_apart(array).lengths) or None


@function("array_dims")
def dimensions(array: ArrayValue) -> str | None:
    shape = take_apart(array)
    pairs = zip(shape.bounds, shape.lengths, strict=True)
    return "".join(f"[{low}:{low + size - 1}]" for low, size in pairs) or None


@function("array_lower")
def lower(array: ArrayValue, dimension: int) -> int | None:
    bounds = take_apart(array).bounds
    return bounds[dimension - 1] if 0 < dimension <= len(bounds) else None


@function("array_upper")
def upper(array: ArrayValue, dimension: int) -> int | None:
    shape = take_apart(array)
    if not 0 < dimension <= len(shape.bounds):
        return None
    return shape.bounds[dimension - 1] + shape.lengths[dimension - 1] - 1


@function("cardinality")
def cardinality(array: ArrayValue) -> int:
    return len(elements_of(array))


@function("array_append")
def append(array: ArrayValue | None, element: object) -> object:
    if isinstance(array, list) and not (array and isinstance(array[0], list)):
        return [*array, element]
    shape = _one_dimension(array)
    return put_together(Shape((len(shape.elements) + 1,), shape.bounds or (1,), [*shape.elements, element]))


@function("array_prepend")
def prepend(element: object, array: ArrayValue | None) -> object:
    shape = _one_dimension(array)
    return put_together(Shape((len(shape.elements) + 1,), shape.bounds or (1,), [element, *shape.elements]))


def _one_dimension(array: ArrayValue | None) -> Shape:
    shape = take_apart([] if array is None else array)
    if len(shape.lengths) > 1:
        message = "argument must be empty or one-dimensional array"
        raise InvalidValue(message, sqlstate=SqlState.DATA_EXCEPTION)
    return shape


@function("array_cat")
def concatenate(left: ArrayValue | None, right: ArrayValue | None) -> object:
    """Two arrays of as many dimensions, or one and an element of it."""
    if left is None or right is None:
        return right if left is None else left
    one, other = take_apart(left), take_apart(right)
    if not other.elements:
        return left
    if not one.elements:
        return right
    depth, other_depth = len(one.lengths), len(other.lengths)
    elements = [*one.elements, *other.elements]
    if depth == other_depth and one.lengths[1:] == other.lengths[1:]:
        lengths = (one.lengths[0] + other.lengths[0], *one.lengths[1:])
        return put_together(Shape(lengths, one.bounds, elements))
    if depth == other_depth - 1 and one.lengths == other.lengths[1:]:
        return put_together(Shape((other.lengths[0] + 1, *other.lengths[1:]), other.bounds, elements))
    if depth - 1 == other_depth and one.lengths[1:] == other.lengths:
        return put_together(Shape((one.lengths[0] + 1, *one.lengths[1:]), one.bounds, elements))
    raise subscript_error("cannot concatenate incompatible arrays")


@function("array_fill(anyelement,_int4)")
def fill(element: object, lengths: ArrayValue | None) -> object:
    return fill_from(element, lengths, [1] * (0 if lengths is None else len(elements_of(lengths))))


@function("array_fill(anyelement,_int4,_int4)")
def fill_from(element: object, lengths: ArrayValue | None, bounds: ArrayValue | None) -> object:
    if lengths is None or bounds is None:
        message = "dimension array or low bound array cannot be null"
        raise InvalidValue(message, sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
    sizes, lows = _numbers(lengths), _numbers(bounds)
    if len(sizes) > MAX_DIMENSIONS:
        message = f"number of array dimensions ({len(sizes)}) exceeds the maximum allowed ({MAX_DIMENSIONS})"
        raise InvalidValue(message, sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
    if len(sizes) != len(lows):
        raise subscript_error("wrong number of array subscripts")
    total = 1 if sizes else 0
    for size in sizes:
        if size < 0:
            raise too_large()
        total *= size
    if total > MOST_ELEMENTS:
        raise too_large()
    return put_together(Shape(tuple(sizes), tuple(lows), [element] * total))


def _numbers(array: ArrayValue) -> list[int]:
    shape = take_apart(array)
    if len(shape.lengths) > 1:
        raise subscript_error("wrong number of array subscripts")
    numbers = [each for each in shape.elements if isinstance(each, int)]
    if len(numbers) < len(shape.elements):
        raise InvalidValue("dimension values cannot be null", sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
    return numbers


@function("trim_array")
def trim(array: ArrayValue, count: int) -> object:
    shape = take_apart(array)
    length = shape.lengths[0] if shape.lengths else 0
    if not 0 <= count <= length:
        raise subscript_error(f"number of elements to trim must be between 0 and {length}")
    items = array.items if isinstance(array, Array) else array
    return list(items[: length - count])


@typed_function("array_position")
def position(types: CallTypes) -> Scalar:
    match = matcher(types.arguments[0])
    nothing = object()

    def find(array: ArrayValue | None, element: object, start: object = nothing) -> int | None:
        if array is None:
            return None
        shape = _searchable(array, "searching for elements in multidimensional arrays is not supported")
        if start is None:
            message = "initial position must not be null"
            raise InvalidValue(message, sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
        low = shape.bounds[0] if shape.bounds else 1
        first = max(start - low, 0) if isinstance(start, int) else 0
        for index in range(first, len(shape.elements)):
            if match(shape.elements[index], element):
                return low + index
        return None

    return find


@typed_function("array_positions")
def positions(types: CallTypes) -> Scalar:
    match = matcher(types.arguments[0])

    def find(array: ArrayValue | None, element: object) -> list[int] | None:
        if array is None:
            return None
        shape = _searchable(array, "searching for elements in multidimensional arrays is not supported")
        low = shape.bounds[0] if shape.bounds else 1
        return [index for index, each in enumerate(shape.elements, low) if match(each, element)]

    return find


@typed_function("array_remove")
def remove(types: CallTypes) -> Scalar:
    match = matcher(types.arguments[0])

    def remove_all(array: ArrayValue | None, element: object) -> object:
        if array is None:
            return None
        shape = _searchable(array, "removing elements from multidimensional arrays is not supported")
        kept = [each for each in shape.elements if not match(each, element)]
        return array if len(kept) == len(shape.elements) else put_together(Shape((len(kept),), shape.bounds, kept))

    return remove_all


@typed_function("array_replace")
def replace(types: CallTypes) -> Scalar:
    match = matcher(types.arguments[0])

    def replace_all(array: ArrayValue | None, element: object, replacement: object) -> object:
        if array is None:
            return None
        shape = take_apart(array)
        elements = [replacement if match(each, element) else each for each in shape.elements]
        return put_together(Shape(shape.lengths, shape.bounds, elements))

    return replace_all


def _searchable(array: ArrayValue, refusal: str) -> Shape:
    shape = take_apart(array)
    if len(shape.lengths) > 1:
        raise InvalidValue(refusal, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
    return shape


@typed_function("width_bucket(anycompatible,anycompatiblearray)")
def width_bucket(types: CallTypes) -> Scalar:
    """How many of the thresholds are not larger; searched by halves, which also says what comes of unsorted ones."""
    key, _ = element_key(types.arguments[1])

    def find(value: object, thresholds: ArrayValue) -> int:
        shape = take_apart(thresholds)
        if len(shape.lengths) > 1:
            raise subscript_error("thresholds must be one-dimensional array")
        if any(each is None for each in shape.elements):
            message = "thresholds array must not contain NULLs"
            raise InvalidValue(message, sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
        keys: list[Any] = list(map(key, shape.elements))
        return bisect_right(keys, key(value))

    return find


@function("unnest(anyarray)")
def unnest(array: ArrayValue) -> Iterable[object]:
    return elements_of(array)


@function("generate_subscripts")
def subscripts(array: ArrayValue, dimension: int, backwards: bool = False) -> Iterable[int]:
    shape = take_apart(array)
    if not 0 < dimension <= len(shape.lengths):
        return ()
    low = shape.bounds[dimension - 1]
    numbers = range(low, low + shape.lengths[dimension - 1])
    return reversed(numbers) if backwards else numbers


@function("_pg_expandarray")
def expand(array: ArrayValue) -> Iterator[tuple[object, int]]:
    """Each element and its number from 1: what information_schema reads keys with."""
    return ((each, number) for number, each in enumerate(elements_of(array), 1))

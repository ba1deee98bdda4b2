"""Arrays taken apart into their dimensions and elements, and put together again.

A list counts from 1 and holds lists where it has more dimensions, an `Array` says from where it counts, and a vector
is a tuple that counts from 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.arrays import Array
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import INT2VECTOR, NO_TYPE, OIDVECTOR, TYPES, Oid
from server.query.evaluator.ordering import Key, plain, sort_key

# So many elements take 64 MB; PostgreSQL's own bound is 134,217,727.
MOST_ELEMENTS: Final = 8_388_608

ArrayValue = list[object] | tuple[object, ...] | Array


@dataclass(frozen=True, slots=True)
class Shape:
    """`lengths` and `bounds` have a number for each dimension, none for an empty array."""

    lengths: tuple[int, ...]
    bounds: tuple[int, ...]
    elements: Sequence[object]


def take_apart(value: ArrayValue) -> Shape:
    if isinstance(value, tuple):
        return Shape((len(value),), (0,), value) if value else _EMPTY
    items, bounds = (value.items, value.lower_bounds) if isinstance(value, Array) else (value, None)
    if not items:
        return _EMPTY
    lengths = [len(items)]
    elements: Sequence[object] = items
    while isinstance(elements[0], list):
        lengths.append(len(elements[0]))
        elements = [each for part in elements for each in part]  # type: ignore[attr-defined]  # lists, all of them
    return Shape(tuple(lengths), bounds or (1,) * len(lengths), elements)


_EMPTY: Final = Shape((), (), ())


def put_together(shape: Shape) -> list[object] | Array:
    if not shape.elements:
        return []
    items: list[object] = list(shape.elements)
    for length in reversed(shape.lengths[1:]):
        items = [items[at : at + length] for at in range(0, len(items), length)]
    return items if all(bound == 1 for bound in shape.bounds) else Array(items, shape.bounds)


def elements_of(value: ArrayValue) -> Sequence[object]:
    """All elements, in order."""
    if isinstance(value, list | tuple) and not (value and isinstance(value[0], list)):
        return value
    return take_apart(value).elements


def texts_in(array: ArrayValue) -> list[str | None]:
    """The elements of a text[], of all its dimensions."""
    return [each if each is None else str(each) for each in elements_of(array)]


def texts_in_one_dimension(array: ArrayValue) -> list[str | None]:
    """The elements of a text[] that must not have more dimensions.

    Raises:
        InvalidValue: 2202E where there are more.
    """
    if len(take_apart(array).lengths) > 1:
        raise subscript_error("wrong number of array subscripts")
    return texts_in(array)


def element_type(array: Oid) -> Oid:
    row = TYPES.get(array)
    if row is not None:
        return row.element
    # Imported late: the data of pg_type takes a moment to load, and few queries need it.
    from server.query.postgres.types import find_type

    found = find_type(array)
    return NO_TYPE if found is None else found.element


def element_key(array: Oid) -> tuple[Key, bool]:
    """What elements of the array are compared by, and whether that is the value itself."""
    element = element_type(array)
    key = sort_key(element) if element != NO_TYPE else plain
    return key, key is plain


def is_vector(oid: Oid) -> bool:
    return oid in (INT2VECTOR, OIDVECTOR)


def matcher(array: Oid) -> Callable[[object, object], bool]:
    """Whether two elements are the same; so are two NULLs."""
    key, is_plain = element_key(array)
    if is_plain:
        return lambda one, other: one is other or one == other

    def match(one: object, other: object) -> bool:
        if one is None or other is None:
            return one is other
        return key(one) == key(other)

    return match


def subscript_error(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.ARRAY_SUBSCRIPT_ERROR)


def too_large() -> InvalidValue:
    message = "array size exceeds the maximum allowed (134217727)"
    return InvalidValue(message, sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)

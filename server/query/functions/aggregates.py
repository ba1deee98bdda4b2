"""Aggregates that count, choose, and collect.

Each skips NULLs itself where PostgreSQL's transition function is strict, since pg_proc calls no aggregate so.
Source: PostgreSQL manual, "Aggregate Functions".
"""

from typing import Final, Protocol

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.evaluator.memory import value_size
from server.query.evaluator.ordering import plain, sort_key
from server.query.functions.array_shapes import Shape, put_together, subscript_error, take_apart
from server.query.functions.registry import Accumulator, CallTypes, aggregate
from server.query.functions.value_errors import check_length
from server.query.runtime import Limits, Runtime

# Of CPython: a reference, with its share of a value.
_ELEMENT_SIZE: Final = 16


class _Comparable(Protocol):
    def __lt__(self, other: object, /) -> bool: ...


@aggregate("count")
class Count:
    """Of rows without an argument, of values that are not NULL with one."""

    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        self._count = 0

    def add(self, *arguments: object) -> None:
        if not arguments or arguments[0] is not None:
            self._count += 1

    def result(self) -> int:
        return self._count


class _Extreme:
    """The largest or the smallest value; of equal ones the last, as numeric_larger and its kind choose."""

    def __init__(self, types: CallTypes, *, largest: bool) -> None:
        key = sort_key(types.arguments[0])
        self._key = None if key is plain else key
        self._largest = largest
        self._best: object = None
        self._best_key: _Comparable | None = None

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if value is None:
            return
        key: _Comparable = value if self._key is None else self._key(value)  # type: ignore[assignment]  # it is a key
        best = self._best_key
        if best is None or not (key < best if self._largest else best < key):
            self._best, self._best_key = value, key

    def result(self) -> object:
        return self._best


@aggregate("max")
def maximum(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Extreme(types, largest=True)


@aggregate("min")
def minimum(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Extreme(types, largest=False)


class _Truth:
    """Whether all are true, or any is."""

    def __init__(self, *, every: bool) -> None:
        self._every = every
        self._value: bool | None = None

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if value is not None and (self._value is None or self._value is self._every):
            self._value = bool(value)

    def result(self) -> bool | None:
        return self._value


@aggregate("bool_and", "every")
def all_true(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Truth(every=True)


@aggregate("bool_or")
def any_true(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Truth(every=False)


@aggregate("array_agg(anynonarray)")
class ArrayOfValues:
    """array_agg(anynonarray): NULLs too."""

    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        self._values: list[object] = []
        self._limits = runtime.limits

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        self._limits.hold(_ELEMENT_SIZE + value_size(value))
        self._values.append(value)

    def result(self) -> list[object] | None:
        return list(self._values) or None


@aggregate("array_agg(anyarray)")
class ArrayOfArrays:
    """array_agg(anyarray): they become the parts of an array of one dimension more."""

    def __init__(self, types: CallTypes, runtime: Runtime) -> None:
        self._first: Shape | None = None
        self._count = 0
        self._elements: list[object] = []
        self._limits = runtime.limits

    def add(self, *arguments: object) -> None:
        (value,) = arguments
        if value is None:
            message = "cannot accumulate null arrays"
            raise InvalidValue(message, sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
        shape = take_apart(value)  # type: ignore[arg-type]  # anyarray
        if not shape.elements:
            raise subscript_error("cannot accumulate empty arrays")
        if self._first is None:
            self._first = shape
        elif (shape.lengths, shape.bounds) != (self._first.lengths, self._first.bounds):
            raise subscript_error("cannot accumulate arrays of different dimensionality")
        self._limits.hold(len(shape.elements) * _ELEMENT_SIZE + value_size(shape.elements))
        self._count += 1
        self._elements += shape.elements

    def result(self) -> object:
        if self._first is None:
            return None
        lengths, bounds = (self._count, *self._first.lengths), (1, *self._first.bounds)
        return put_together(Shape(lengths, bounds, list(self._elements)))


# Of CPython: a reference in a list, and the header of a short text that is kept by nothing else.
_REFERENCE_SIZE: Final = 64


class _Joined:
    """Before each value but the first stands its delimiter, NULL being an empty one.

    What the result will take is reckoned with each value: it may be far more than the values take, which can be the
    same one again and again.
    """

    def __init__(self, empty: str | bytes, limits: Limits) -> None:
        self._empty = empty
        self._limits = limits
        self._pieces: list[str | bytes] = []
        self._size = 0

    def add(self, *arguments: object) -> None:
        value, delimiter = arguments
        if value is None:
            return
        if self._pieces and delimiter is not None:
            self._append(delimiter)  # type: ignore[arg-type]  # of the type
        self._append(value)  # type: ignore[arg-type]  # the same

    def _append(self, piece: str | bytes) -> None:
        self._size += len(piece)
        check_length(self._size)
        self._limits.hold(_REFERENCE_SIZE + len(piece))
        self._pieces.append(piece)

    def result(self) -> object:
        return self._empty.join(self._pieces) if self._pieces else None  # type: ignore[arg-type]  # and all of them


@aggregate("string_agg(text,text)")
def join_text(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Joined("", runtime.limits)


@aggregate("string_agg(bytea,bytea)")
def join_bytes(types: CallTypes, runtime: Runtime) -> Accumulator:
    return _Joined(b"", runtime.limits)

"""Arrays: constructors, subscripts and slices, `= ANY (array)`, conversions of all elements.

Source: PostgreSQL 15, ExecEvalArrayExpr, ExecEvalScalarArrayOp, array_get_element, array_get_slice.
"""

import operator
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from protocol import types
from protocol.arrays import Array, measure
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.strings import check_char
from protocol.types import TYPES, Oid
from server.query import bound
from server.query.evaluator import calls, expressions
from server.query.evaluator.ordering import equality_family, hash_key, plain
from server.query.evaluator.scope import UNSET, Code, Frame, Run, Scope
from server.query.functions.registry import CallTypes
from server.query.relations.interface import Row

_NAME_SIZE: Final = 64
_VECTORS = (types.INT2VECTOR, types.OIDVECTOR)


def elements_of(value: object, element: Oid) -> Sequence[object]:
    """All elements of an array or vector, in order."""
    items = value.items if isinstance(value, Array) else value
    assert isinstance(items, list | tuple)  # noqa: S101  a fault of ours
    if not items or not isinstance(items[0], list | tuple):
        return items
    return measure(items, (list,) if element in _VECTORS else (list, tuple))[1]


def element_type(array: Oid) -> Oid:
    row = TYPES.get(array)
    if row is not None:
        return row.element
    # Imported late: see ordering.
    from server.query.postgres.types import find_type

    row_of = find_type(array)
    assert row_of is not None  # noqa: S101  a fault of ours
    return row_of.element


def compile_make_array(expression: bound.MakeArray, scope: Scope) -> Code:
    elements = expressions.compile_all(expression.elements, scope)
    runs = [each.run for each in elements]
    closed = all(each.closed for each in elements)
    if not expression.nested:
        return Code(lambda row, frame: [each(row, frame) for each in runs], closed=closed)

    def nested(row: Row, frame: Frame) -> object:
        parts = [each(row, frame) for each in runs]
        plain_parts = [part.items if isinstance(part, Array) else part for part in parts]
        empty = [part is None or not part for part in plain_parts]
        if all(empty):
            return []
        shapes = {tuple(measure(part, (list, tuple))[0]) for part in plain_parts if part is not None}
        if any(empty) or len(shapes) > 1:
            message = "multidimensional arrays must have array expressions with matching dimensions"
            raise InvalidValue(message, sqlstate=SqlState.ARRAY_SUBSCRIPT_ERROR)
        return plain_parts

    return Code(nested, closed=closed)


def compile_convert_elements(expression: bound.ConvertElements, scope: Scope) -> Code:
    operand = expressions.compile_expression(expression.operand, scope)
    slot = scope.context.take_slot()
    convert = expressions.compile_expression(expression.element, replace(scope, operand=slot)).run
    inner = operand.run
    vector = expression.operand.type in _VECTORS

    def convert_all(value: object, frame: Frame, row: Row) -> object:
        if isinstance(value, list) or (isinstance(value, tuple) and not vector):
            return [convert_all(each, frame, row) for each in value]
        frame.slots[slot] = value
        return convert(row, frame)

    def run(row: Row, frame: Frame) -> object:
        value = inner(row, frame)
        if value is None:
            return None
        if isinstance(value, Array):
            items = convert_all(list(value.items), frame, row)
            assert isinstance(items, list)  # noqa: S101  a fault of ours
            return Array(items, value.lower_bounds)
        if isinstance(value, tuple):
            # A vector counts from 0, and so does the array it becomes.
            converted = [convert_all(each, frame, row) for each in value]
            return Array(converted, (0,)) if converted else converted
        return convert_all(value, frame, row)

    return Code(run)


def compile_array_comparison(expression: bound.ArrayComparison, scope: Scope) -> Code:
    left = expressions.compile_expression(expression.left, scope)
    array = expressions.compile_expression(expression.array, scope)
    element = element_type(calls.base_of(expression.array.type))
    closed = left.closed and array.closed
    wanted = ("<>", True) if expression.every else ("=", False)
    family = equality_family(calls.base_of(expression.left.type))
    if (expression.operator, expression.every) == wanted and family == equality_family(calls.base_of(element)):
        if array.closed:
            return Code(_by_hash(left, array.run, element, scope, every=expression.every), closed=closed)
        if calls.PLAIN_COMPARISONS.get(expression.function.name) in (operator.eq, operator.ne):
            return Code(_by_membership(left.run, array.run, element, every=expression.every))
    return Code(_one_by_one(expression, left.run, array.run, element), closed=closed)


def _by_hash(left: Code, array_of: Run, element: Oid, scope: Scope, *, every: bool) -> Run:
    """Against an array that stays the same for the run."""
    cell = scope.context.cells.take()
    key = hash_key(calls.base_of(element))
    is_plain = key is plain
    left_of = left.run

    def make(frame: Frame) -> tuple[frozenset[object], bool, bool]:
        array = array_of((), frame)
        if array is None:
            return frozenset(), True, False
        elements = elements_of(array, element)
        keys = frozenset(each if is_plain else key(each) for each in elements if each is not None)
        return keys, any(each is None for each in elements), not elements

    def run(row: Row, frame: Frame) -> object:
        made = frame.cells[cell]
        if made is UNSET:
            made = frame.cells[cell] = make(frame)
        keys: frozenset[object]
        has_null: bool
        empty: bool
        keys, has_null, empty = made  # type: ignore[misc]  # what stands there is what `make` gave
        value = left_of(row, frame)
        if value is None:
            return every if empty else None
        if (value if is_plain else key(value)) in keys:
            return not every
        return None if has_null else every

    return run


def _by_membership(left_of: Run, array_of: Run, element: Oid, *, every: bool) -> Run:
    def run(row: Row, frame: Frame) -> object:
        value, array = left_of(row, frame), array_of(row, frame)
        if array is None:
            return None
        elements = elements_of(array, element)
        if not elements:
            return every
        if value is None:
            return None
        if value in elements:
            return not every
        return None if None in elements else every

    return run


def _one_by_one(expression: bound.ArrayComparison, left_of: Run, array_of: Run, element: Oid) -> Run:
    function, every = expression.function, expression.every
    pair = CallTypes((calls.base_of(expression.left.type), calls.base_of(element)), function.result)
    compare, strict = calls.comparison(function, pair), function.strict

    def run(row: Row, frame: Frame) -> object:
        value, array = left_of(row, frame), array_of(row, frame)
        if array is None:
            return None
        elements = elements_of(array, element)
        if not elements:
            return every
        if value is None and strict:
            return None
        outcome: bool | None = every
        for each in elements:
            found = None if each is None and strict else compare(value, each, frame)
            if found is None:
                outcome = None
            elif bool(found) is not every:
                return not every
        return outcome

    return run


def compile_element(expression: bound.ElementOf, scope: Scope) -> Code:
    operand = expressions.compile_expression(expression.operand, scope)
    bounds = [
        tuple(None if each is None else expressions.compile_expression(each, scope) for each in pair)
        for pair in expression.subscripts
    ]
    closed = operand.closed and all(each is None or each.closed for pair in bounds for each in pair)
    inner = operand.run
    vector = calls.base_of(expression.operand.type) in _VECTORS
    if expression.slice:
        return Code(_slice(inner, [_runs(pair) for pair in bounds]), closed=closed)
    indexes = [pair[1] or pair[0] for pair in bounds]
    runs = [each.run for each in indexes if each is not None]
    if calls.base_of(expression.operand.type) == types.NAME:
        return Code(_character(inner, runs), closed=closed)
    if len(runs) == 1:
        return Code(_one_subscript(inner, runs[0], vector=vector), closed=closed)

    def run(row: Row, frame: Frame) -> object:
        value = inner(row, frame)
        subscripts = [each(row, frame) for each in runs]
        if value is None or any(each is None for each in subscripts):
            return None
        items, lows = _parts(value)
        for depth, subscript in enumerate(subscripts):
            if not isinstance(items, list | tuple):
                return None
            index = subscript - (lows[depth] if lows else 1)  # type: ignore[operator]  # an integer
            if not 0 <= index < len(items):
                return None
            items = items[index]
        return None if isinstance(items, list) else items

    return Code(run, closed=closed)


def _runs(pair: tuple[Code | None, ...]) -> tuple[Run | None, Run | None]:
    lower, upper = pair
    return (None if lower is None else lower.run), (None if upper is None else upper.run)


def _one_subscript(inner: Run, index_of: Run, *, vector: bool) -> Run:
    def run(row: Row, frame: Frame) -> object:
        value, index = inner(row, frame), index_of(row, frame)
        if value is None or index is None:
            return None
        assert isinstance(index, int)  # noqa: S101  a fault of ours
        if isinstance(value, list):
            index -= 1
        elif isinstance(value, Array):
            index -= value.lower_bounds[0]
            value = value.items
        assert isinstance(value, list | tuple)  # noqa: S101  a fault of ours
        if not 0 <= index < len(value):
            return None
        found = value[index]
        return None if isinstance(found, list) else found

    return run


def _character(inner: Run, runs: Sequence[Run]) -> Run:
    """A name counts as an array from 0 of the bytes that it takes at most, of which those behind its end are empty."""

    def run(row: Row, frame: Frame) -> object:
        name, indexes = inner(row, frame), [each(row, frame) for each in runs]
        index = indexes[0]
        if not isinstance(name, str) or not isinstance(index, int) or len(indexes) > 1 or not 0 <= index < _NAME_SIZE:
            return None
        return check_char(name.encode()[index : index + 1].decode(errors="replace"))

    return run


def _parts(value: object) -> tuple[object, tuple[int, ...]]:
    if isinstance(value, Array):
        return value.items, value.lower_bounds
    return value, (0,) if isinstance(value, tuple) else ()


def _slice(inner: Run, bounds: list[tuple[Run | None, Run | None]]) -> Run:
    def run(row: Row, frame: Frame) -> object:
        value = inner(row, frame)
        limits = [
            (None if lower is None else (lower(row, frame),), None if upper is None else (upper(row, frame),))
            for lower, upper in bounds
        ]
        if value is None or any(each == (None,) for pair in limits for each in pair):
            return None
        items, lows = _parts(value)
        lengths = measure(items, (list,) if isinstance(items, tuple) else (list, tuple))[0]
        if len(limits) > len(lengths):
            return []
        spans: list[tuple[int, int]] = []
        for depth, length in enumerate(lengths):
            low = lows[depth] if lows else 1
            pair = limits[depth] if depth < len(limits) else (None, None)
            first = low if pair[0] is None else max(int(str(pair[0][0])), low)
            last = low + length - 1 if pair[1] is None else min(int(str(pair[1][0])), low + length - 1)
            if first > last:
                return []
            spans.append((first - low, last - low + 1))
        # Whatever it counted from, a slice counts from 1.
        return _cut(items, spans)

    return run


def _cut(items: object, spans: Sequence[tuple[int, int]]) -> object:
    assert isinstance(items, list | tuple)  # noqa: S101  a fault of ours
    (start, end), *rest = spans
    part = list(items[start:end])
    return [_cut(each, rest) for each in part] if rest else part

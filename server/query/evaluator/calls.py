"""Calls of functions: found by the registry when they are compiled, skipped on NULL where they are strict."""

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from protocol.arrays import Record
from protocol.types import TYPES, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.evaluator import expressions
from server.query.evaluator.scope import Code, Frame, Run, Scope
from server.query.functions.registry import CallTypes, Implementation, find_function, format_signature
from server.query.functions.signature import Function
from server.query.relations.interface import Row

_COMPARISONS: Final[dict[str, Callable[[Any, Any], object]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_PLAIN_PREFIXES: Final = ("int2", "int4", "int8", "int24", "int42", "int28", "int82", "int48", "int84", "oid", "bool")

# pg_proc's comparisons of integers, booleans and text, which are Python's of their values: half as dear as through a
# function of ours.
PLAIN_COMPARISONS: Final[dict[str, Callable[[object, object], object]]] = {
    **{f"{prefix}{name}": function for prefix in _PLAIN_PREFIXES for name, function in _COMPARISONS.items()},
    **{f"{prefix}{name}": function for prefix in ("name", "char") for name, function in _COMPARISONS.items()},
    **{f"{prefix}{name}text": function for prefix in ("name",) for name, function in _COMPARISONS.items()},
    **{f"text{name}name": function for name, function in _COMPARISONS.items()},
    **{f"text_{name}": function for name, function in _COMPARISONS.items() if name not in ("eq", "ne")},
    "texteq": operator.eq,
    "textne": operator.ne,
}


def base_of(oid: Oid) -> Oid:
    """The type itself, or the one that stands for it: see `carrier_of`."""
    if oid in TYPES or oid == 0:
        return oid
    # Imported late: see ordering.
    from server.query.postgres.types import carrier_of

    return carrier_of(oid)


def find_callable(function: Function, types: CallTypes) -> tuple[Callable[..., object], bool]:
    """The function to call at a place of use, and whether the Runtime comes first."""
    plain = PLAIN_COMPARISONS.get(function.name)
    if plain is not None:
        return plain, False
    found: Implementation | None = find_function(function)
    if found is None:
        return _refuse(function), False
    return found.make(types), found.wants_runtime


def compile_function(function: Function, scope: Scope, *arguments: Code, types: CallTypes) -> Code:
    """A call of a function whose arguments are already compiled."""
    call, wants_runtime = find_callable(function, types)
    closed = not function.volatile and all(each.closed for each in arguments)
    if function.volatile:
        scope.context.unsteady()
    strict = function.strict and not _is_spread(function, types)
    if strict and any(each.constant and each.value is None for each in arguments):
        # PostgreSQL folds such a call too, without looking at the other arguments.
        return expressions.NULL
    if wants_runtime:
        return Code(_with_runtime(call, list(arguments), strict=strict), closed=closed)
    return Code(_plain(call, list(arguments), strict=strict), closed=closed)


def _is_spread(function: Function, types: CallTypes) -> bool:
    """Whether the arguments are the elements of the function's only one, an array, which so is not NULL."""
    return bool(function.variadic) and len(function.arguments) == 1 and not types.variadic


Comparison = Callable[[object, object, Frame], object]


def comparison(function: Function, types: CallTypes) -> Comparison:
    """A function of two values that are not NULL, for comparing them."""
    call, wants_runtime = find_callable(function, types)
    if wants_runtime:
        return lambda left, right, frame: call(frame.runtime, left, right)
    return lambda left, right, frame: call(left, right)


def as_record(value: object, types: list[Oid], names: tuple[str, ...]) -> object:
    """The tuple that a function with OUT columns gives, as a row."""
    return Record(tuple(zip(types, value, strict=True)), names) if isinstance(value, tuple) else value


def compile_call(call: bound.Call, scope: Scope, *, raw: bool = False) -> Code:
    """Compile a call; what it gives stays `raw` for who reads the rows of a set or the columns of a row."""
    arguments = expressions.compile_all(call.arguments, scope)
    types = CallTypes(
        tuple([base_of(each.type) for each in call.arguments]),
        base_of(call.type),
        call.variadic,
        tuple([each.type for each in call.arguments]),
        call.fields,
    )
    code = compile_function(call.function, scope, *arguments, types=types)
    if raw or len(call.function.outputs) < 2:
        return code
    inner, fields = code.run, [base_of(oid) for _, oid in call.function.outputs]
    names = tuple([name for name, _ in call.function.outputs])
    return replace(code, run=lambda row, frame: as_record(inner(row, frame), fields, names))


def pair_types(left: Oid, right: Oid, function: Function) -> CallTypes:
    return CallTypes((base_of(left), base_of(right)), function.result)


def _refuse(function: Function) -> Callable[..., object]:
    def refuse(*_: object) -> object:
        raise OdpsError(Condition.FUNCTION_NOT_SUPPORTED, signature=format_signature(function))

    return refuse


def _plain(call: Callable[..., object], arguments: list[Code], *, strict: bool) -> Run:
    match arguments:
        case [one]:
            return _one(call, one) if strict else _lenient(call, arguments)
        case [left, right] if strict:
            return _two(call, left, right)
        case [first, second, third] if strict:
            return _three(call, first.run, second.run, third.run)
        case [] if strict:
            return lambda row, frame: call()
        case _:
            return _many(call, [each.run for each in arguments]) if strict else _lenient(call, arguments)


def _one(call: Callable[..., object], argument: Code) -> Run:
    if argument.position >= 0:
        position = argument.position

        def of_column(row: Row, frame: Frame) -> object:
            value = row[position]
            return None if value is None else call(value)

        return of_column
    run = argument.run

    def of_any(row: Row, frame: Frame) -> object:
        value = run(row, frame)
        return None if value is None else call(value)

    return of_any


def _two(call: Callable[..., object], left: Code, right: Code) -> Run:
    if left.position >= 0 and right.constant:
        at, fixed = left.position, right.value

        def column_and_constant(row: Row, frame: Frame) -> object:
            value = row[at]
            return None if value is None else call(value, fixed)

        return column_and_constant
    if left.position >= 0 and right.position >= 0:
        one, other = left.position, right.position

        def columns(row: Row, frame: Frame) -> object:
            first, second = row[one], row[other]
            return None if first is None or second is None else call(first, second)

        return columns
    run_left, run_right = left.run, right.run

    def of_any(row: Row, frame: Frame) -> object:
        first, second = run_left(row, frame), run_right(row, frame)
        return None if first is None or second is None else call(first, second)

    return of_any


def _three(call: Callable[..., object], one: Run, two: Run, three: Run) -> Run:
    def run(row: Row, frame: Frame) -> object:
        first, second, third = one(row, frame), two(row, frame), three(row, frame)
        return None if first is None or second is None or third is None else call(first, second, third)

    return run


def _many(call: Callable[..., object], arguments: list[Run]) -> Run:
    def run(row: Row, frame: Frame) -> object:
        values = [each(row, frame) for each in arguments]
        return None if _holds_null(values) else call(*values)

    return run


def _lenient(call: Callable[..., object], arguments: list[Code]) -> Run:
    runs = [each.run for each in arguments]
    return lambda row, frame: call(*[each(row, frame) for each in runs])


def _with_runtime(call: Callable[..., object], arguments: list[Code], *, strict: bool) -> Run:
    runs = [each.run for each in arguments]
    if not strict:
        return lambda row, frame: call(frame.runtime, *[each(row, frame) for each in runs])

    if len(runs) == 2:
        return _two_with_runtime(call, *runs)

    def run(row: Row, frame: Frame) -> object:
        values = [each(row, frame) for each in runs]
        return None if _holds_null(values) else call(frame.runtime, *values)

    return run


def _two_with_runtime(call: Callable[..., object], left: Run, right: Run) -> Run:
    def run(row: Row, frame: Frame) -> object:
        first, second = left(row, frame), right(row, frame)
        return None if first is None or second is None else call(frame.runtime, first, second)

    return run


def _holds_null(values: list[object]) -> bool:
    # Not `None in values`, which would ask each value whether it equals None; and a loop is faster than any().
    for value in values:  # noqa: SIM110
        if value is None:
            return True
    return False

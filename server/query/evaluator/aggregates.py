"""One aggregate over the rows of one group: FILTER, DISTINCT, ORDER BY, then its accumulator."""

from collections.abc import Callable, Sequence
from typing import Final

from protocol.types import INT2, INT4, INT8, Oid
from server.errors import Condition, OdpsError
from server.query.bound import Aggregate, Expression, Sort
from server.query.evaluator import expressions
from server.query.evaluator.calls import base_of, field_names
from server.query.evaluator.ordering import hash_key, plain, sort_key
from server.query.evaluator.scope import Code, Frame, Run, Scope
from server.query.evaluator.sorting import SortKey, column_getter, sort_rows
from server.query.functions.registry import CallTypes, find_aggregate, format_signature
from server.query.functions.signature import Function
from server.query.relations.interface import Row

Total = Callable[[list[Row], Frame], object]
Values = Callable[[list[Row], Frame], list[Row]]

_SUMMED_TO_INT8: Final = frozenset((INT2, INT4))


def compile_aggregate(aggregate: Aggregate, scope: Scope) -> Total:
    """A function from the rows of a group to the aggregate's value."""
    total = _unfiltered(aggregate, scope)
    keep = expressions.compile_condition(aggregate.filter, scope)
    if keep is None:
        return total
    test = keep
    return lambda rows, frame: total([row for row in rows if test(row, frame)], frame)


def _unfiltered(aggregate: Aggregate, scope: Scope) -> Total:
    name = aggregate.function.name
    if aggregate.star and name == "count":
        return lambda rows, frame: len(rows)
    taken = _taken(aggregate)
    arguments = expressions.compile_all(taken, scope)
    types = [base_of(each.type) for each in taken]
    if len(arguments) == 1 and not aggregate.distinct and not aggregate.order_by:
        fast = _fast(name, arguments[0], types[0])
        if fast is not None:
            return fast
    order = [(expressions.compile_expression(each.expression, scope), each) for each in aggregate.order_by]
    inputs = _inputs(aggregate, arguments, types, order)
    direct = [each.run for each in expressions.compile_all(aggregate.direct, scope)]
    names = tuple([field_names(each, scope) for each in taken])
    call = CallTypes(tuple(types), base_of(aggregate.type), aggregate.variadic, names)
    return _accumulated(aggregate.function, call, inputs, direct)


def _taken(aggregate: Aggregate) -> tuple[Expression, ...]:
    """What each row gives it; an ordered-set aggregate takes what it is ordered by."""
    return aggregate.arguments or tuple(each.expression for each in aggregate.order_by)


def _fast(name: str, argument: Code, oid: int) -> Total | None:
    """The commonest aggregates as loops of Python's own; their values are the same."""
    values = _column(argument)
    match name:
        case "count":
            return lambda rows, frame: sum([value is not None for value in values(rows, frame)])
        case "sum" if oid in _SUMMED_TO_INT8:
            # As many int4 as fit into memory do not overflow int8.
            return lambda rows, frame: _sum(values(rows, frame))
        case "min" | "max" if oid in (INT2, INT4, INT8):
            choose: Callable[..., object] = min if name == "min" else max
            return lambda rows, frame: choose((v for v in values(rows, frame) if v is not None), default=None)
        case _:
            return None


def _sum(values: list[object]) -> object:
    present = [value for value in values if value is not None]
    return sum(present) if present else None  # type: ignore[arg-type]  # integers


def _column(code: Code) -> Callable[[list[Row], Frame], list[object]]:
    if code.position >= 0:
        position = code.position
        return lambda rows, frame: [row[position] for row in rows]
    run = code.run
    return lambda rows, frame: [run(row, frame) for row in rows]


def _inputs(
    aggregate: Aggregate, arguments: list[Code], types: Sequence[Oid], order: list[tuple[Code, Sort]]
) -> Values:
    """The arguments for each row, in the order in which they are taken in."""
    runs = [each.run for each in arguments]
    count = len(runs)

    def plain_inputs(rows: list[Row], frame: Frame) -> list[Row]:
        return [tuple([run(row, frame) for run in runs]) for row in rows]

    if not order and not aggregate.distinct:
        return plain_inputs
    order_runs = [code.run for code, _ in order]
    keys = [
        SortKey(
            column_getter(count + index), sort_key(base_of(each.expression.type)), each.descending, each.nulls_first
        )
        for index, (_, each) in enumerate(order)
    ]
    hashes: list[Callable[[object], object]] = []
    if aggregate.distinct:
        # As in PostgreSQL, equal ones are found by sorting, also where no order is asked for.
        oids = types
        keys += [SortKey(column_getter(index), sort_key(oid), False, False) for index, oid in enumerate(oids)]
        hashes = [hash_key(oid) for oid in oids]

    def ordered(rows: list[Row], frame: Frame) -> list[Row]:
        longer = [tuple([run(row, frame) for run in (*runs, *order_runs)]) for row in rows]
        found = [row[:count] for row in sort_rows(longer, keys)]
        return _distinct(found, hashes) if aggregate.distinct else found

    return ordered


def _distinct(rows: list[Row], hashes: list[Callable[[object], object]]) -> list[Row]:
    seen: set[object] = set()
    kept: list[Row] = []
    for row in rows:
        key = tuple([None if v is None else v if h is plain else h(v) for v, h in zip(row, hashes, strict=True)])
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def _accumulated(function: Function, types: CallTypes, inputs: Values, direct: list[Run]) -> Total:
    make = find_aggregate(function)
    if make is None:

        def refuse(rows: list[Row], frame: Frame) -> object:
            raise OdpsError(Condition.FUNCTION_NOT_SUPPORTED, signature=format_signature(function))

        return refuse
    maker, strict = make, function.strict

    def total(rows: list[Row], frame: Frame) -> object:
        state = maker(types, frame.runtime)
        add, step = state.add, frame.limits.step
        for values in inputs(rows, frame):
            step()
            if not strict or not any(value is None for value in values):
                add(*values)
        if not direct:
            return state.result()
        # The direct arguments of an ordered-set aggregate are the same for all rows of a group.
        row = rows[0] if rows else ()
        finish: Callable[..., object] = state.result
        return finish(*[run(row, frame) for run in direct])

    return total

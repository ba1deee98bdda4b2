"""One aggregate over the rows of one group: FILTER, DISTINCT, ORDER BY, and its accumulator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from protocol.types import DATE, INT2, INT4, TIMESTAMP, TIMESTAMPTZ, Oid
from server.errors import Condition, OdpsError
from server.query.bound import Aggregate, Expression
from server.query.evaluator import expressions
from server.query.evaluator.calls import base_of
from server.query.evaluator.memory import keep, value_size
from server.query.evaluator.ordering import Key, hash_key, plain, sort_key
from server.query.evaluator.scope import Code, Frame, Run, Scope
from server.query.evaluator.sorting import SortKey, column_getter, sort_rows
from server.query.functions.registry import Accumulator, CallTypes, find_aggregate, format_signature
from server.query.functions.signature import Function
from server.query.relations.interface import Row

_SUMMED_TO_INT8: Final = frozenset((INT2, INT4))
# Their values, infinities apart, compare as the types do.
_COMPARED_QUICKLY: Final = frozenset((DATE, TIMESTAMP, TIMESTAMPTZ))
# Of CPython: an entry of a set, with a short text.
_SEEN_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class Total:
    """An aggregate over the rows of one group, which come in parts.

    Attributes:
        begin: the state before the first row.
        add: the state after the rows, which are one or more.
        end: the value of a state; the row is any one of the group, () where it has none.
    """

    begin: Callable[[Frame], Any]
    add: Callable[[Any, list[Row], Frame], Any]
    end: Callable[[Any, Row, Frame], object] = lambda state, row, frame: state

    def of(self, rows: list[Row], frame: Frame) -> object:
        """The value of a group that is there as a whole."""
        state = self.begin(frame)
        if rows:
            state = self.add(state, rows, frame)
        return self.end(state, rows[0] if rows else (), frame)


def compile_aggregate(aggregate: Aggregate, scope: Scope) -> Total:
    total = _unfiltered(aggregate, scope)
    test = expressions.compile_condition(aggregate.filter, scope)
    if test is None:
        return total

    def add(state: object, rows: list[Row], frame: Frame) -> object:
        kept = [row for row in rows if test(row, frame)]
        return total.add(state, kept, frame) if kept else state

    return Total(total.begin, add, total.end)


def _unfiltered(aggregate: Aggregate, scope: Scope) -> Total:
    name = aggregate.function.name
    if aggregate.star and name == "count":
        return Total(_zero, lambda count, rows, frame: count + len(rows))
    taken = _taken(aggregate)
    arguments = expressions.compile_all(taken, scope)
    types = [base_of(each.type) for each in taken]
    sorts = aggregate.distinct or bool(aggregate.order_by)
    if len(arguments) == 1 and not sorts:
        fast = _fast(name, arguments[0], types[0])
        if fast is not None:
            return fast
    if name == "count" and len(arguments) == 1 and not aggregate.order_by:
        return _count_distinct(arguments[0], types[0])
    direct = [each.run for each in expressions.compile_all(aggregate.direct, scope)]
    call = CallTypes(tuple(types), base_of(aggregate.type), aggregate.variadic)
    if not sorts:
        return _accumulated(aggregate.function, call, arguments, direct)
    kept = [expressions.column_at(index) for index in range(len(arguments))]
    return _sorted(aggregate, arguments, types, scope, _accumulated(aggregate.function, call, kept, direct))


def _zero(frame: Frame) -> int:
    return 0


def _nothing(frame: Frame) -> None:
    return None


def _taken(aggregate: Aggregate) -> tuple[Expression, ...]:
    """What each row gives it; an ordered-set aggregate takes what it is ordered by."""
    return aggregate.arguments or tuple(each.expression for each in aggregate.order_by)


def _fast(name: str, argument: Code, oid: Oid) -> Total | None:
    """The commonest aggregates as loops of Python's own; their values are the same."""
    values = _column(argument)

    def present(rows: list[Row], frame: Frame) -> list[Any]:
        return [value for value in values(rows, frame) if value is not None]

    def fold(choose: Callable[[list[Any]], object]) -> Total:
        def add(state: object, rows: list[Row], frame: Frame) -> object:
            found = present(rows, frame)
            if state is not None:
                found.append(state)
            return choose(found) if found else None

        return Total(_nothing, add)

    match name:
        case "count":
            return Total(_zero, lambda count, rows, frame: count + len(present(rows, frame)))
        case "sum" if oid in _SUMMED_TO_INT8:
            # As many int4 as fit into memory do not overflow int8.
            return fold(sum)
        case "min" | "max" if oid in _COMPARED_QUICKLY or sort_key(oid) is plain:
            return fold(_extreme(min if name == "min" else max, sort_key(oid)))
        case _:
            return None


def _count_distinct(argument: Code, oid: Oid) -> Total:
    """As `_sorted` counts them, without keeping what is equal, and without sorting."""
    values, key = _column(argument), hash_key(oid)

    def add(seen: set[object], rows: list[Row], frame: Frame) -> set[object]:
        frame.limits.steps(len(rows))
        found = {value if key is plain else key(value) for value in values(rows, frame) if value is not None} - seen
        if found:
            frame.limits.hold(len(found) * (_SEEN_SIZE + value_size(next(iter(found)))))
            seen |= found
        return seen

    return Total(lambda frame: set(), add, lambda seen, row, frame: len(seen))


def _extreme(choose: Callable[..., object], key: Key) -> Callable[[list[Any]], object]:
    """One of the values, of which equal ones are the same."""

    def of(found: list[Any]) -> object:
        try:
            return choose(found)
        except TypeError:
            # An infinity among dates.
            return choose(found, key=key)

    return of


def _column(code: Code) -> Callable[[list[Row], Frame], list[object]]:
    if code.position >= 0:
        position = code.position
        return lambda rows, frame: [row[position] for row in rows]
    run = code.run
    return lambda rows, frame: [run(row, frame) for row in rows]


def _sorted(aggregate: Aggregate, arguments: list[Code], types: Sequence[Oid], scope: Scope, total: Total) -> Total:
    """DISTINCT and ORDER BY: the arguments of all rows are kept, and taken in at the end."""
    order = [(expressions.compile_expression(each.expression, scope), each) for each in aggregate.order_by]
    count = len(arguments)
    keys = [
        SortKey(
            column_getter(count + index), sort_key(base_of(each.expression.type)), each.descending, each.nulls_first
        )
        for index, (_, each) in enumerate(order)
    ]
    hashes: list[Callable[[object], object]] = []
    if aggregate.distinct:
        # As in PostgreSQL, equal ones are found by sorting, also where no order is asked for.
        keys += [SortKey(column_getter(index), sort_key(oid), False, False) for index, oid in enumerate(types)]
        hashes = [hash_key(oid) for oid in types]
    runs = [each.run for each in arguments] + [code.run for code, _ in order]

    def add(kept: list[Row], rows: list[Row], frame: Frame) -> list[Row]:
        kept += keep((tuple([run(row, frame) for run in runs]) for row in rows), frame.limits, len(runs))
        return kept

    def end(kept: list[Row], row: Row, frame: Frame) -> object:
        found = [each[:count] for each in sort_rows(kept, keys)]
        if aggregate.distinct:
            found = _distinct(found, hashes)
        state = total.begin(frame)
        if found:
            state = total.add(state, found, frame)
        return total.end(state, row, frame)

    return Total(lambda frame: [], add, end)


def _distinct(rows: list[Row], hashes: list[Callable[[object], object]]) -> list[Row]:
    seen: set[object] = set()
    kept: list[Row] = []
    for row in rows:
        key = tuple([None if v is None else v if h is plain else h(v) for v, h in zip(row, hashes, strict=True)])
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def _accumulated(function: Function, types: CallTypes, arguments: list[Code], direct: list[Run]) -> Total:
    maker, strict = find_aggregate(function), function.strict
    if maker is None:

        def refuse(frame: Frame) -> object:
            raise OdpsError(Condition.FUNCTION_NOT_SUPPORTED, signature=format_signature(function))

        return Total(refuse, lambda state, rows, frame: state)
    make = maker
    runs = [each.run for each in arguments]

    def add(state: Accumulator, rows: list[Row], frame: Frame) -> Accumulator:
        take, step = state.add, frame.limits.step
        for row in rows:
            step()
            values = [run(row, frame) for run in runs]
            if not strict or not any(value is None for value in values):
                take(*values)
        return state

    def add_column(state: Accumulator, rows: list[Row], frame: Frame) -> Accumulator:
        take = state.add
        frame.limits.steps(len(rows))
        for row in rows:
            value = row[position]
            if value is not None or not strict:
                take(value)
        return state

    position = arguments[0].position if len(arguments) == 1 else -1

    def end(state: Accumulator, row: Row, frame: Frame) -> object:
        # The direct arguments of an ordered-set aggregate are the same for all rows of a group.
        finish: Callable[..., object] = state.result
        return finish(*[run(row, frame) for run in direct])

    return Total(lambda frame: make(types, frame.runtime), add if position < 0 else add_column, end)

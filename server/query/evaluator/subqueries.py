"""Subqueries within expressions.

One that reads nothing around it runs once; one that does is run once for each set of the values it reads, which are
remembered. EXISTS and IN stop at the first row that settles them, and IN looks up a hash where it can.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query import bound
from server.query.evaluator import calls, expressions, plans
from server.query.evaluator.ordering import equality_family, hash_key, plain
from server.query.evaluator.scope import UNSET, Code, Frame, Run, Scope
from server.query.evaluator.trees import columns_of, walk
from server.query.relations.interface import Row

# How many outcomes one subquery remembers in a run.
_MOST_REMEMBERED: Final = 20_000
_KEY_SIZE: Final = 80

QueryRows = Callable[[Row, Frame], Iterable[Row]]


def compile_scalar(expression: bound.ScalarSubquery, scope: Scope) -> Code:
    def only_value(rows: QueryRows, row: Row, frame: Frame) -> object:
        found = UNSET
        for each in rows(row, frame):
            if found is not UNSET:
                message = "more than one row returned by a subquery used as an expression"
                raise InvalidValue(message, sqlstate=SqlState.CARDINALITY_VIOLATION)
            found = each[0]
        return None if found is UNSET else found

    return _compile(expression.query, scope, only_value)


def compile_array(expression: bound.ArraySubquery, scope: Scope) -> Code:
    def values(rows: QueryRows, row: Row, frame: Frame) -> object:
        return [each[0] for each in rows(row, frame)]

    return _compile(expression.query, scope, values)


def compile_exists(expression: bound.Exists, scope: Scope) -> Code:
    def any_row(rows: QueryRows, row: Row, frame: Frame) -> object:
        for _ in rows(row, frame):
            return True
        return False

    return _compile(expression.query, scope, any_row)


def compile_in(expression: bound.InSubquery, scope: Scope) -> Code:
    if expression.operator == "=" and not expression.every and _may_hash(expression):
        return _compile_hashed(expression, scope)
    slot = scope.context.take_slot()
    conditions = [
        expressions.compile_expression(each, replace(scope, subquery=slot)).run for each in expression.conditions
    ]
    every = expression.every
    combined = _combine(expression, conditions)
    kept = _compile(expression.query, scope, lambda rows, row, frame: list(rows(row, frame))).run

    def run(row: Row, frame: Frame) -> object:
        rows: list[Row] = kept(row, frame)  # type: ignore[assignment]  # what the lambda above gives
        outcome: bool | None = every
        for each in rows:
            frame.limits.step()
            frame.slots[slot] = each
            found = combined(row, frame)
            if found is None:
                outcome = None
            elif bool(found) is not every:
                return not every
        return outcome

    return Code(run)


def _combine(expression: bound.InSubquery, conditions: list[Run]) -> Run:
    """Of several pairs: all hold for `=`, any does for `<>`, or the only condition there is."""
    if len(conditions) == 1:
        return conditions[0]
    deciding = expression.operator == "<>"

    def run(row: Row, frame: Frame) -> object:
        outcome: bool | None = not deciding
        for condition in conditions:
            value = condition(row, frame)
            if value is None:
                outcome = None
            elif bool(value) is deciding:
                return deciding
        return outcome

    return run


def _may_hash(expression: bound.InSubquery) -> bool:
    """Whether each condition is `left = right`, of types whose equality is that of their keys."""
    for condition in expression.conditions:
        if not isinstance(condition, bound.Call) or condition.operator != "=":
            return False
        left, right = condition.arguments
        if equality_family(calls.base_of(left.type)) != equality_family(calls.base_of(right.type)):
            return False
        if _reads_subquery(left) or not _reads_subquery(right) or any(True for _ in columns_of(right)):
            return False
    return True


def _reads_subquery(expression: bound.Expression) -> bool:
    return any(isinstance(node, bound.SubqueryColumn) for node, _ in walk(expression))


def _compile_hashed(expression: bound.InSubquery, scope: Scope) -> Code:
    """The subquery's rows as a set of keys; those with a NULL apart, as they may be equal to anything."""
    slot = scope.context.take_slot()
    inner = replace(scope, subquery=slot)
    pairs = [condition.arguments for condition in expression.conditions if isinstance(condition, bound.Call)]
    left = [_key_of(expressions.compile_expression(pair[0], scope), pair[0]) for pair in pairs]
    right = [_key_of(expressions.compile_expression(pair[1], inner), pair[1]).run for pair in pairs]

    def collect(rows: QueryRows, row: Row, frame: Frame) -> object:
        whole: set[Row] = set()
        partial: list[Row] = []
        for each in rows(row, frame):
            frame.limits.step()
            frame.slots[slot] = each
            keys = tuple([key(row, frame) for key in right])
            if any(key is None for key in keys):
                partial.append(keys)
            elif keys not in whole:
                frame.limits.hold(_KEY_SIZE * len(keys))
                whole.add(keys)
        return whole, partial

    hashed = _compile(expression.query, scope, collect)
    table_of, runs = hashed.run, [each.run for each in left]

    def run(row: Row, frame: Frame) -> object:
        table: tuple[set[Row], list[Row]] = table_of(row, frame)  # type: ignore[assignment]  # what `collect` gives
        whole, partial = table
        keys = tuple([each(row, frame) for each in runs])
        if any(key is None for key in keys):
            candidates = [*whole, *partial]
        elif keys in whole:
            return True
        else:
            candidates = partial
        for each in candidates:
            if all(a is None or b is None or a == b for a, b in zip(keys, each, strict=True)):
                return None
        return False

    return Code(run, closed=hashed.closed and all(each.closed for each in left))


def _key_of(code: Code, expression: bound.Expression) -> Code:
    key = hash_key(calls.base_of(expression.type))
    if key is plain:
        return code
    run = code.run

    def keyed(row: Row, frame: Frame) -> object:
        value = run(row, frame)
        return None if value is None else key(value)

    return Code(keyed, closed=code.closed)


def _rows_of(query: bound.Query, scope: Scope) -> tuple[QueryRows, "plans.QueryPlan"]:
    plan = plans.compile_subquery(query, scope)
    return (lambda row, frame: plan.execute(row, frame)), plan


def _compile(query: bound.Query, scope: Scope, reduce: Callable[[QueryRows, Row, Frame], object]) -> Code:
    """What `reduce` makes of the rows, remembered by what the subquery reads of the queries around it."""
    rows, plan = _rows_of(query, scope)
    context = plan.context

    def run(row: Row, frame: Frame) -> object:
        return reduce(rows, row, frame)

    def passing(row: Row, frame: Frame) -> object:
        # What it has held on the way is free again.
        before = frame.limits.held
        try:
            return reduce(rows, row, frame)
        finally:
            frame.limits.release(frame.limits.held - before)

    if context.closed:
        # Here already, as the table of a hashed IN is not what an expression is compiled to.
        return expressions.once(Code(run, closed=True), scope)
    if not (context.steady and context.pinned):
        return Code(passing)
    return Code(remember(passing, key_of(context.outer), scope.context.cells.take()))


def key_of(outer: set[tuple[int, int]]) -> Run:
    """What a query that reads these positions of the rows around it depends on."""
    if len(outer) == 1:
        [(level, position)] = outer
        get = _getter(level, position)
        return lambda row, frame: _exact(get(row, frame))
    getters = [_getter(level, position) for level, position in sorted(outer)]

    def key(row: Row, frame: Frame) -> object:
        return tuple([_exact(getter(row, frame)) for getter in getters])

    return key


def _getter(level: int, position: int) -> Run:
    if level == 1:
        return lambda row, frame: row[position]
    return expressions.outer_getter(level - 1, position)


def _exact(value: object) -> object:
    # 1.0 and 1.00 are equal, yet are not written alike.
    return (type(value), str(value)) if isinstance(value, Decimal | float) else value


def remember(run: Run, key: Run, cell: int) -> Run:
    """`run`, once for each key in a run of the plan."""

    def remembered(row: Row, frame: Frame) -> object:
        memory = frame.cells[cell]
        if memory is UNSET:
            memory = frame.cells[cell] = {}
        assert isinstance(memory, dict)  # noqa: S101  a fault of ours
        values = key(row, frame)
        try:
            found = memory.get(values, UNSET)
        except TypeError:
            # Arrays are lists, which cannot be keys.
            return run(row, frame)
        if found is UNSET:
            found = run(row, frame)
            if len(memory) < _MOST_REMEMBERED:
                memory[values] = found
        return found

    return remembered

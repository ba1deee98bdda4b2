"""From a query as written to one that is bound: its clauses in the order in which PostgreSQL looks at them.

Source: PostgreSQL 15, transformSelectStmt and transformValuesClause in analyze.c.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from protocol.types import INT8
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause
from server.query.binder.coercion import find_equality, select_common_type, to_argument, to_common_type
from server.query.binder.common_tables import bind_common_tables
from server.query.binder.context import BindingContext
from server.query.binder.expressions import ExpressionBinder
from server.query.binder.from_items import add_entry, bind_from
from server.query.binder.grouping import bind_grouping, check_grouped, settle_groupings
from server.query.binder.places import place_of
from server.query.binder.scope import Entry, Scope
from server.query.binder.set_operations import bind_set_operation
from server.query.binder.targets import Targets, bind_order
from server.query.binder.trees import has_aggregate
from server.query.binder.walking import returns_set
from server.query.binder.windows import bind_windows
from server.statements import select


def bind_query_in(
    query: select.QueryExpression, context: BindingContext, parent: Scope | None, *, settle: bool = True
) -> bound.Query:
    """Bind a query that stands in `parent`.

    Args:
        settle: columns of unknown type become text; not so in the arms of a set operation.

    Raises:
        OdpsError, InvalidConstant: with the place in the statement.
    """
    scope = Scope(context, parent)
    whole = _without_parentheses(query)
    tables = bind_common_tables(whole, scope)
    match whole.body:
        case select.SelectCore() as core:
            return _bind_select(whole, core, scope, tables, settle=settle)
        case select.ValuesList() as values:
            return _bind_values(whole, values, scope, tables)
        case select.SetOperation() as operation:
            return _bind_combination(whole, operation, scope, tables)
        case select.QueryExpression():
            raise AssertionError("parentheses are taken off")
        case _:
            assert_never(whole.body)


def _without_parentheses(query: select.QueryExpression) -> select.QueryExpression:
    """`(query) ORDER BY ..` is the query with ORDER BY."""
    while isinstance(query.body, select.QueryExpression):
        inner = query.body
        query = replace(
            inner,
            tables=inner.tables or query.tables,
            recursive=inner.recursive or query.recursive,
            order_by=query.order_by or inner.order_by,
            limit=query.limit or inner.limit,
            offset=query.offset or inner.offset,
            with_ties=query.with_ties or inner.with_ties,
            locking=query.locking or inner.locking,
        )
    return query


def _bind_select(
    query: select.QueryExpression,
    core: select.SelectCore,
    scope: Scope,
    tables: tuple[bound.CommonTable, ...],
    *,
    settle: bool,
) -> bound.Query:
    context = scope.context
    binder = ExpressionBinder(context, scope)
    scope.definitions = [(window.name, window.definition) for window in core.windows]
    sources = bind_from(core.from_items, binder)
    scope.clause = Clause.SELECT
    targets = Targets(binder)
    targets.add_written(core.targets)
    scope.clause = Clause.WHERE
    where = None if core.where is None else binder.bind_boolean(core.where, "WHERE")
    scope.clause = Clause.HAVING
    having = None if core.having is None else binder.bind_boolean(core.having, "HAVING")
    order = bind_order(query.order_by, targets, Clause.ORDER_BY)
    group_by, sets = bind_grouping(core, targets, binder)
    distinct = _bind_distinct(core, targets, order)
    offset, limit = _bind_limits(query, binder)
    windows = bind_windows(targets, binder)
    if settle:
        targets.settle_all()
    targets_, having, windows = settle_groupings(targets, group_by, having, windows, scope)
    parts = (tuple(target.expression for target in targets_), having, windows)
    aggregates = has_aggregate(parts)
    if query.locking:
        _check_locking(core, aggregates=aggregates, windows=bool(windows), targets=targets)
    grouped = bool(core.group_by) or having is not None or aggregates
    if grouped:
        if binder.aggregates:
            _check_recursion(scope, binder)
        check_grouped(parts, group_by, sets, scope)
    columns = tuple(_target_column(target.name, target.expression, scope, hidden=target.hidden) for target in targets_)
    return bound.Query(
        columns=_visible(columns),
        items=tuple(scope.items),
        sources=sources,
        where=where,
        targets=columns,
        grouped=grouped,
        group_by=group_by,
        grouping_sets=sets,
        having=having,
        windows=windows,
        distinct=distinct,
        order_by=tuple(order),
        limit=limit,
        offset=offset,
        with_ties=query.with_ties,
        tables=tables,
        has_sets=any(returns_set(column.expression) for column in columns),
    )


def _bind_values(
    query: select.QueryExpression, values: select.ValuesList, scope: Scope, tables: tuple[bound.CommonTable, ...]
) -> bound.Query:
    """VALUES is a select of all columns of a row source that has no name to write."""
    context = scope.context
    binder = ExpressionBinder(context, scope)
    scope.clause = Clause.VALUES
    rows = [[pair for each in row for pair in _row_values(each, binder)] for row in values.rows]
    for row in rows:
        if len(row) != len(rows[0]):
            raise OdpsError(Condition.VALUES_UNEQUAL, at=row[0][1] if row else values.at)
    columns: list[bound.OutputColumn] = []
    converted: list[list[bound.Expression]] = []
    for number, column in enumerate(zip(*rows, strict=True), start=1):
        common = select_common_type([value.type for value, _ in column], "VALUES", [at for _, at in column])
        same = [to_common_type(context, value, common, "VALUES", at) for value, at in column]
        modifiers = {value.modifier for value in same}
        modifier = modifiers.pop() if len(modifiers) == 1 else -1
        columns.append(bound.OutputColumn(f"column{number}", common, modifier))
        converted.append(same)
    made = bound.ValuesItem(tuple(zip(*converted, strict=True)) if converted else ((),) * len(rows), tuple(columns))
    entry = add_entry(scope, made, "*VALUES*", [column.name for column in columns])
    scope.entries = [entry]
    scope.clause = Clause.SELECT
    targets = Targets(binder)
    targets.add_written((select.Target(select.Star(at=values.at)),))
    order = bind_order(query.order_by, targets, Clause.ORDER_BY)
    offset, limit = _bind_limits(query, binder)
    if query.locking:
        raise OdpsError(Condition.LOCKING_NOT_ALLOWED, where="VALUES", verb="cannot be applied to")
    shown = tuple(_target_column(target.name, target.expression, scope, hidden=target.hidden) for target in targets.all)
    return bound.Query(
        columns=_visible(shown),
        items=tuple(scope.items),
        sources=(bound.ItemSource(entry.item),),
        targets=shown,
        order_by=tuple(order),
        limit=limit,
        offset=offset,
        with_ties=query.with_ties,
        tables=tables,
        has_sets=any(returns_set(column.expression) for column in shown),
    )


def _row_values(written: select.Expression, binder: ExpressionBinder) -> list[tuple[bound.Expression, int]]:
    """One field of a row of VALUES, or those that a star stands for, and where they stand."""
    match written:
        case select.Star(qualifier=qualifier, at=at):
            return [(value, at) for _, value in binder.scope.expand_star(qualifier, at)]
        case select.FieldOf(name=None):
            return [(value, place_of(written)) for _, value in binder.expand_fields(written)]
        case _:
            return [(binder.bind(written), place_of(written))]


def _bind_combination(
    query: select.QueryExpression,
    operation: select.SetOperation,
    scope: Scope,
    tables: tuple[bound.CommonTable, ...],
) -> bound.Query:
    """A set operation, sorted and cut as a whole."""
    binder = ExpressionBinder(scope.context, scope)
    combined = bind_set_operation(operation, scope)
    targets = Targets(binder)
    # For ORDER BY, the result is a row source without a name; hints know its arms.
    names = tuple(column.name for column in combined.query.columns)
    result = bound.QueryItem(combined.query, combined.query.columns)
    scope.items = [result]
    scope.entries = [Entry("", names, 0, columns=result.columns, table_visible=False)]
    scope.all_entries = [
        Entry(f"*SELECT* {number}", tuple(column.name for column in leaf), 0, columns=leaf)
        for number, leaf in enumerate(combined.leaves, start=1)
    ]
    targets.add_written((select.Target(select.Star(at=operation.at)),) if names else ())
    order = bind_order(query.order_by, targets, Clause.ORDER_BY)
    extra = next((target for target in targets.all if target.hidden), None)
    if extra is not None:
        raise OdpsError(
            Condition.SET_ORDER_INVALID,
            detail="Only result column names can be used, not expressions or functions.",
            hint="Add the expression/function to every SELECT, or move the UNION into a FROM clause.",
            at=extra.at,
        )
    scope.items = []
    scope.entries = []
    offset, limit = _bind_limits(query, binder)
    if query.locking:
        raise OdpsError(Condition.LOCKING_NOT_ALLOWED, where="UNION/INTERSECT/EXCEPT", verb="is not allowed with")
    return replace(
        combined.query, order_by=tuple(order), limit=limit, offset=offset, with_ties=query.with_ties, tables=tables
    )


def _bind_distinct(
    core: select.SelectCore, targets: Targets, order: Sequence[bound.OrderKey]
) -> tuple[int, ...] | None:
    """The targets that must differ.

    Raises:
        OdpsError: DISTINCT_ORDER, DISTINCT_EMPTY, EQUALITY_NOT_FOUND
    """
    if core.distinct is None:
        return None
    if core.distinct:
        return _bind_distinct_on(core.distinct, targets, order)
    for key in order:
        target = targets.all[key.target]
        if target.hidden:
            what = "for SELECT DISTINCT, ORDER BY expressions must appear in select list"
            raise OdpsError(Condition.DISTINCT_ORDER, what=what, at=target.at)
    chosen = tuple(index for index, target in enumerate(targets.all) if not target.hidden)
    if not chosen:
        raise OdpsError(Condition.DISTINCT_EMPTY)
    for index in chosen:
        target = targets.settle(index)
        find_equality(target.expression.type, target.at)
    return chosen


def _bind_distinct_on(
    written: Sequence[select.Expression], targets: Targets, order: Sequence[bound.OrderKey]
) -> tuple[int, ...]:
    places: dict[int, int] = {}
    for each in written:
        index = targets.find(each, Clause.DISTINCT_ON)
        target = targets.settle(index)
        find_equality(target.expression.type, place_of(each))
        places.setdefault(index, place_of(each))
    skipped = False
    sorted_by: set[int] = set()
    for key in order:
        if key.target not in places:
            skipped = True
        elif skipped:
            raise _distinct_on_mismatch(places[key.target])
        else:
            sorted_by.add(key.target)
    for index, at in places.items():
        if skipped and index not in sorted_by:
            raise _distinct_on_mismatch(at)
    return tuple(places)


def _distinct_on_mismatch(at: int) -> OdpsError:
    what = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions"
    return OdpsError(Condition.DISTINCT_ORDER, what=what, at=at)


def _bind_limits(
    query: select.QueryExpression, binder: ExpressionBinder
) -> tuple[bound.Expression | None, bound.Expression | None]:
    """OFFSET and LIMIT.

    Raises:
        OdpsError: ARGUMENT_VARIABLES, TIES_UNORDERED, TIES_NULL
    """
    offset = _bind_limit(query.offset, Clause.OFFSET, binder)
    limit = _bind_limit(query.limit, Clause.LIMIT, binder)
    if query.with_ties:
        if not query.order_by:
            raise OdpsError(Condition.TIES_UNORDERED)
        if isinstance(limit, bound.Constant) and limit.value is None:
            raise OdpsError(Condition.TIES_NULL)
    return offset, limit


def _bind_limit(written: select.Expression | None, clause: Clause, binder: ExpressionBinder) -> bound.Expression | None:
    if written is None:
        return None
    binder.scope.clause = clause
    value = to_argument(binder.context, binder.bind(written), INT8, clause.value, place_of(written))
    binder.scope.check_without_columns(value, clause.value)
    return value


def _check_recursion(scope: Scope, binder: ExpressionBinder) -> None:
    """Raise RECURSION_INVALID for an aggregate in a query that reads the rows of the last round."""
    working = any(isinstance(item, bound.CommonItem) and item.working for item in scope.items)
    own = [at for level, at in binder.aggregates if level == 0]
    if working and own:
        what = "aggregate functions are not allowed in a recursive query's recursive term"
        raise OdpsError(Condition.RECURSION_INVALID, what=what, at=own[0])


def _check_locking(core: select.SelectCore, *, aggregates: bool, windows: bool, targets: Targets) -> None:
    """SILENT: whichever lock was asked for, the error calls it FOR UPDATE."""
    cases = (
        (core.distinct is not None, "DISTINCT clause"),
        (bool(core.group_by), "GROUP BY clause"),
        (core.having is not None, "HAVING clause"),
        (aggregates, "aggregate functions"),
        (windows, "window functions"),
        (
            any(returns_set(target.expression) for target in targets.all),
            "set-returning functions in the target list",
        ),
    )
    for found, where in cases:
        if found:
            raise OdpsError(Condition.LOCKING_NOT_ALLOWED, where=where, verb="is not allowed with")


def _target_column(name: str, value: bound.Expression, scope: Scope, *, hidden: bool) -> bound.TargetColumn:
    """With the table's column it shows, if it is nothing else (markTargetListOrigin)."""
    match value:
        case bound.Column(number=number):
            column = value
        case bound.Field(operand=bound.Column(number=0) as column, index=index):
            number = index + 1
        case _:
            return bound.TargetColumn(name, value, hidden)
    item = scope.find_item(column)
    if number > 0 and item is not None:
        origin = item.columns[number - 1]
        return bound.TargetColumn(name, value, hidden, origin.table, origin.table_column)
    if isinstance(item, bound.RelationItem):
        return bound.TargetColumn(name, value, hidden, item.relation.oid, number)
    return bound.TargetColumn(name, value, hidden)


def _visible(targets: Sequence[bound.TargetColumn]) -> tuple[bound.OutputColumn, ...]:
    return tuple(
        bound.OutputColumn(
            target.name, target.expression.type, target.expression.modifier, target.table, target.table_column
        )
        for target in targets
        if not target.hidden
    )

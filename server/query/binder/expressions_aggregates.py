"""Aggregates and window functions.

Source: PostgreSQL 15, transformAggregateCall and transformWindowFuncCall in parse_agg.c, ParseFuncOrColumn.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause, check_aggregate_clause, check_window_clause
from server.query.binder.ordering import find_equality, is_ordered
from server.query.binder.places import place_of
from server.query.binder.sorting import make_sort
from server.query.binder.trees import walk
from server.query.binder.type_facts import format_type
from server.query.functions.signature import Function, FunctionKind
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder
    from server.query.binder.expressions_calls import Matched

# Of pg_aggregate: how many direct arguments an ordered-set aggregate has.
_ORDERED_SETS: Final = {"percentile_cont": 1, "percentile_disc": 1, "mode": 0}
# Hypothetical-set aggregates: as many direct arguments as there are in ORDER BY.
_HYPOTHETICAL: Final = ("rank", "dense_rank", "percent_rank", "cume_dist")
_SET_HINT: Final = "You might be able to move the set-returning function into a LATERAL FROM item."


def check_ordered_set(e: select.FunctionCall, function: Function, types: Sequence[int]) -> bool:
    """See that WITHIN GROUP is there where it belongs, with as many arguments as it takes.

    Returns:
        Whether it is a hypothetical-set aggregate.
    """
    name = ".".join(e.names)
    hypothetical = function.name in _HYPOTHETICAL
    if not hypothetical and function.name not in _ORDERED_SETS:
        if e.within_group:
            raise OdpsError(Condition.CALL_NOT_ORDERED_SET, name=name, at=e.at)
        return False
    if not e.within_group:
        raise OdpsError(Condition.CALL_NEEDS_WITHIN_GROUP, name=name, at=e.at)
    if e.over is not None:
        what = f"OVER is not supported for ordered-set aggregate {name}"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=what, at=e.at)
    direct, ordered = len(e.arguments), len(e.within_group)
    hint = None
    if hypothetical and direct != ordered:
        hint = (
            f"To use the hypothetical-set aggregate {name}, the number of hypothetical direct arguments "
            f"(here {direct}) must match the number of ordering columns (here {ordered})."
        )
    elif not hypothetical and direct != _ORDERED_SETS[function.name]:
        needed = _ORDERED_SETS[function.name]
        arguments = "argument" if needed == 1 else "arguments"
        hint = f"There is an ordered-set aggregate {name}, but it requires {needed} direct {arguments}, not {direct}."
    if hint is not None:
        shown = ", ".join(format_type(oid) for oid in types)  # type: ignore[arg-type]
        raise OdpsError(Condition.FUNCTION_NOT_FOUND, signature=f"{name}({shown})", hint=hint, at=e.at)
    return hypothetical


def bind_aggregate(
    binder: "ExpressionBinder",
    e: select.FunctionCall,
    matched: "Matched",
    places: Sequence[int],
    before: tuple[int, int, int | None],
) -> bound.Expression:
    """An aggregate without OVER.

    Args:
        before: how many aggregates and window calls there were, and the last set, when its arguments were not yet
            bound: what has come since stands within it.
    """
    name = ".".join(e.names)
    if not e.arguments and not e.star and not e.within_group:
        raise OdpsError(Condition.CALL_NEEDS_STAR, name=name, at=e.at)
    _check_common(e, matched.function, "aggregates")
    direct: tuple[bound.Expression, ...] = ()
    arguments = matched.arguments
    with _clause(binder, Clause.ORDER_BY):
        if e.within_group:
            direct, arguments = arguments[: len(e.arguments)], arguments[len(e.arguments) :]
            order_by = tuple(
                make_sort(binder, item, value) for item, value in zip(e.within_group, arguments, strict=True)
            )
        else:
            order_by = _order(binder, e, matched)
    if e.distinct:
        _check_distinct(e, arguments, order_by, places)
    filter_ = _bind_filter(binder, e)
    aggregates, windows, last_set = before
    inside: tuple[object, ...] = (arguments, order_by) if filter_ is None else (arguments, order_by, filter_)
    level = _level(binder, e, inside, direct, binder.aggregates[aggregates:])
    inner_windows = binder.window_calls[windows:]
    if inner_windows:
        what = "aggregate function calls cannot contain window function calls"
        raise OdpsError(Condition.AGGREGATE_MISPLACED, what=what, at=inner_windows[0])
    if binder.last_set_at != last_set:
        what = "aggregate function calls cannot contain set-returning function calls"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=what, hint=_SET_HINT, at=binder.last_set_at)
    return bound.Aggregate(
        matched.function,
        arguments,
        matched.result,
        distinct=e.distinct,
        star=e.star,
        order_by=order_by,
        direct=direct,
        filter=filter_,
        variadic=matched.variadic,
        level=level,
    )


def _check_common(e: select.FunctionCall, function: Function, kind: str) -> None:
    if function.returns_set:
        raise OdpsError(Condition.AGGREGATE_RETURNS_SET, what=kind, at=e.at)
    if any(each.name is not None for each in e.arguments):
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=f"{kind} cannot use named arguments", at=e.at)


def _order(binder: "ExpressionBinder", e: select.FunctionCall, matched: "Matched") -> tuple[bound.Sort, ...]:
    """ORDER BY within the parentheses. What is an argument too is sorted as the aggregate gets it."""
    result = []
    for item in e.order_by:
        value = binder.bind(item.expression)
        if value in matched.given:
            value = matched.arguments[matched.given.index(value)]
        result.append(make_sort(binder, item, value))
    return tuple(result)


def _check_distinct(
    e: select.FunctionCall,
    arguments: Sequence[bound.Expression],
    order_by: Sequence[bound.Sort],
    places: Sequence[int],
) -> None:
    for sort, item in zip(order_by, e.order_by, strict=True):
        if sort.expression not in arguments:
            raise OdpsError(Condition.AGGREGATE_ORDER, at=place_of(item.expression))
    for value, at in zip(arguments, places, strict=False):
        find_equality(value.type, at)
        if not is_ordered(value.type):
            raise OdpsError(
                Condition.ORDERING_NOT_FOUND,
                type=format_type(value.type),
                detail="Aggregates with DISTINCT must be able to sort their inputs.",
                at=at,
            )


def _bind_filter(binder: "ExpressionBinder", e: select.FunctionCall) -> bound.Expression | None:
    if e.filter is None:
        return None
    with _clause(binder, Clause.FILTER):
        return binder.bind_boolean(e.filter, "FILTER")


@contextmanager
def _clause(binder: "ExpressionBinder", clause: Clause) -> Iterator[None]:
    """While it lasts, expressions stand in another part of the query."""
    before = binder.scope.clause
    binder.scope.clause = clause
    try:
        yield
    finally:
        binder.scope.clause = before


def _level(
    binder: "ExpressionBinder",
    e: select.FunctionCall,
    inside: object,
    direct: tuple[bound.Expression, ...],
    inner: Sequence[tuple[int, int]],
) -> int:
    """The query that the aggregate is of: the nearest one that its arguments have columns of."""
    columns, aggregates, direct_ones = (
        lowest_level(inside),
        lowest_aggregate_level(inside),
        lowest_aggregate_level(direct),
    )
    level = min((each for each in (columns, aggregates) if each is not None), default=0)
    nested = next((at for own, at in inner if own == level), None)
    if aggregates == level or (direct_ones is not None and direct_ones <= level):
        at = e.at if nested is None else nested
        raise OdpsError(Condition.AGGREGATE_MISPLACED, what="aggregate function calls cannot be nested", at=at)
    if direct:
        lowest = lowest_level(direct)
        if lowest is not None and lowest < level:
            what = "outer-level aggregate cannot contain a lower-level variable in its direct arguments"
            raise OdpsError(Condition.AGGREGATE_MISPLACED, what=what, at=e.at)
    scope = binder.scope
    for _ in range(level):
        assert scope.parent is not None  # noqa: S101 - a column came from there
        scope = scope.parent
    check_aggregate_clause(scope.clause, e.at)
    binder.aggregates.append((level, e.at))
    return level


def lowest_level(values: object) -> int | None:
    """The nearest query that a column in it is of, counted outwards; None without columns."""
    levels = [node.level - depth for node, depth in walk(values) if isinstance(node, bound.Column)]
    return min((level for level in levels if level >= 0), default=None)


def lowest_aggregate_level(values: object) -> int | None:
    """The nearest query that an aggregate in it is of, counted outwards; None without aggregates."""
    levels = [node.level - depth for node, depth in walk(values) if isinstance(node, bound.Aggregate)]
    return min((level for level in levels if level >= 0), default=None)


def bind_window_call(
    binder: "ExpressionBinder",
    e: select.FunctionCall,
    matched: "Matched",
    before: tuple[int, int, int | None],
) -> bound.Expression:
    """A window function, or an aggregate with OVER; `before` as for `bind_aggregate`."""
    assert e.over is not None  # noqa: S101 - the caller has looked
    name = ".".join(e.names)
    is_aggregate = matched.function.kind is FunctionKind.AGGREGATE
    if e.distinct:
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what="DISTINCT is not implemented for window functions", at=e.at)
    if is_aggregate and not e.arguments and not e.star:
        raise OdpsError(Condition.CALL_NEEDS_STAR, name=name, at=e.at)
    if e.order_by:
        what = "aggregate ORDER BY is not implemented for window functions"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=what, at=e.at)
    if e.filter is not None and not is_aggregate:
        what = "FILTER is not implemented for non-aggregate window functions"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=what, at=e.at)
    _, windows, last_set = before
    if binder.last_set_at != last_set:
        what = "window function calls cannot contain set-returning function calls"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=what, hint=_SET_HINT, at=binder.last_set_at)
    _check_common(e, matched.function, "window functions")
    filter_ = _bind_filter(binder, e)
    inner_windows = binder.window_calls[windows:]
    if inner_windows:
        raise OdpsError(Condition.WINDOW_MISPLACED, what="window function calls cannot be nested", at=inner_windows[0])
    check_window_clause(binder.scope.clause, e.at)
    window = binder.scope.window(e.over, binder)
    binder.window_calls.append(e.at)
    return bound.WindowCall(matched.function, matched.arguments, window, matched.result, star=e.star, filter=filter_)

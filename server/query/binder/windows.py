"""WINDOW and OVER: partitions, orders and frames.

Source: PostgreSQL 15, transformWindowDefinitions and transformFrameOffset in parse_clause.c.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from protocol.types import (
    DATE,
    FLOAT4,
    FLOAT8,
    INT2,
    INT4,
    INT8,
    INTERVAL,
    NUMERIC,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    UNKNOWN,
    Oid,
)
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause
from server.query.binder.coercion import can_coerce, find_equality, to_argument
from server.query.binder.overloads import find_operator, operator_function
from server.query.binder.places import place_of
from server.query.binder.targets import Targets, direction_of
from server.query.binder.type_facts import TIMETZ, format_type
from server.query.postgres.types import base_type
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

# By the type of the ORDER BY column, the types that an offset of RANGE may have: the in_range functions of pg_amproc.
_OFFSETS: Final[dict[Oid, tuple[Oid, ...]]] = {
    INT2: (INT8, INT4, INT2),
    INT4: (INT8, INT4, INT2),
    INT8: (INT8,),
    FLOAT4: (FLOAT8,),
    FLOAT8: (FLOAT8,),
    NUMERIC: (NUMERIC,),
    DATE: (INTERVAL,),
    TIMESTAMP: (INTERVAL,),
    TIMESTAMPTZ: (INTERVAL,),
    TIME: (INTERVAL,),
    TIMETZ: (INTERVAL,),
    INTERVAL: (INTERVAL,),
}


@dataclass(frozen=True, slots=True)
class _Named:
    """A window that is bound; `framed`: it says a frame of its own."""

    name: str | None
    window: bound.Window
    framed: bool


def bind_windows(targets: Targets, binder: "ExpressionBinder") -> tuple[bound.Window, ...]:
    """The query's windows in the order of `Scope.definitions`.

    Raises:
        OdpsError: WINDOW_REPEATED, WINDOW_MISSING, WINDOW_INVALID and what their expressions raise.
    """
    known: list[_Named] = []
    # Binding one may bring in more, which are refused where they stand.
    for name, definition in binder.scope.definitions:
        if name is not None and any(each.name == name for each in known):
            raise OdpsError(Condition.WINDOW_REPEATED, name=name, at=definition.at)
        known.append(_Named(name, _bind_window(definition, known, targets, binder), definition.frame is not None))
    return tuple(each.window for each in known)


def _bind_window(
    definition: select.WindowDefinition, known: Sequence[_Named], targets: Targets, binder: "ExpressionBinder"
) -> bound.Window:
    base: _Named | None = None
    if definition.base is not None:
        base = next((each for each in known if each.name == definition.base), None)
        if base is None:
            raise OdpsError(Condition.WINDOW_MISSING, name=definition.base, at=definition.at)
    order = _bind_order(definition, targets, binder)
    partition = tuple(_bind_partition(each, targets) for each in definition.partition_by)
    if base is not None:
        partition, order = _refine(base, partition, order, definition.at)
    frame = bound.DEFAULT_FRAME
    if definition.frame is not None:
        frame = _bind_frame(definition.frame, order, definition.at, binder)
    return bound.Window(tuple(dict.fromkeys(partition)), order, frame)


def _refine(
    base: _Named, partition: tuple[bound.Expression, ...], order: tuple[bound.Sort, ...], at: int
) -> tuple[tuple[bound.Expression, ...], tuple[bound.Sort, ...]]:
    """What a window takes over from the one it names, and may add to it."""
    problem = None
    if partition:
        problem = f'cannot override PARTITION BY clause of window "{base.name}"'
    elif order and base.window.order_by:
        problem = f'cannot override ORDER BY clause of window "{base.name}"'
    elif base.framed:
        problem = f'cannot copy window "{base.name}" because it has a frame clause'
    if problem is not None:
        raise OdpsError(Condition.WINDOW_MISPLACED, what=problem, at=at)
    return base.window.partition_by, order or base.window.order_by


def _bind_partition(written: select.Expression, targets: Targets) -> bound.Expression:
    target = targets.settle(targets.find_expression(written, Clause.WINDOW_PARTITION))
    find_equality(target.expression.type, place_of(written))
    return target.expression


def _bind_order(
    definition: select.WindowDefinition, targets: Targets, binder: "ExpressionBinder"
) -> tuple[bound.Sort, ...]:
    sorts: list[bound.Sort] = []
    for item in definition.order_by:
        target = targets.settle(targets.find_expression(item.expression, Clause.WINDOW_ORDER))
        direction = direction_of(item, target.expression, place_of(item.expression))
        if all(sort.expression != target.expression for sort in sorts):
            sorts.append(bound.Sort(target.expression, direction.descending, direction.nulls_first, direction.less))
    return tuple(sorts)


def _bind_frame(
    frame: select.Frame, order: tuple[bound.Sort, ...], at: int, binder: "ExpressionBinder"
) -> bound.WindowFrame:
    unit = _unit(frame.unit)
    offsets = [edge.offset for edge in (frame.start, frame.end) if edge.offset is not None]
    if unit == "GROUPS" and not order:
        raise OdpsError(Condition.WINDOW_MISPLACED, what="GROUPS mode requires an ORDER BY clause", at=at)
    if unit != "RANGE" or not offsets:
        start, end = (_bind_edge(edge, unit, None, binder) for edge in (frame.start, frame.end))
        return bound.WindowFrame(unit, start, end, frame.exclude)
    if len(order) != 1:
        what = "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column"
        raise OdpsError(Condition.WINDOW_MISPLACED, what=what, at=at)
    key = order[0].expression.type
    start, end = (_bind_edge(edge, unit, key, binder) for edge in (frame.start, frame.end))
    offset = next(edge.offset for edge in (start, end) if edge.offset is not None)
    subtract, add = (operator_function(find_operator(name, base_type(key), offset.type, at)) for name in ("-", "+"))
    return bound.WindowFrame(unit, start, end, frame.exclude, subtract, add)


def _unit(unit: str) -> Literal["ROWS", "RANGE", "GROUPS"]:
    match unit.upper():
        case "ROWS":
            return "ROWS"
        case "GROUPS":
            return "GROUPS"
        case _:
            return "RANGE"


def _bind_edge(edge: select.FrameBound, unit: str, key: Oid | None, binder: "ExpressionBinder") -> bound.FrameEdge:
    if not edge.preceding and not edge.following:
        return bound.FrameEdge("CURRENT ROW")
    kind = "PRECEDING" if edge.preceding else "FOLLOWING"
    if edge.offset is None:
        return bound.FrameEdge(f"UNBOUNDED {kind}")
    at = place_of(edge.offset)
    scope = binder.scope
    scope.clause = Clause(f"window {unit}")
    value = binder.bind(edge.offset)
    value = to_argument(binder.context, value, INT8 if key is None else _offset_type(key, value.type, at), unit, at)
    scope.check_without_columns(value, unit)
    return bound.FrameEdge(kind, value)


def _offset_type(key: Oid, given: Oid, at: int) -> Oid:
    """The type that an offset of RANGE is brought to."""
    base = base_type(key)
    possible = _OFFSETS.get(base)
    what = "RANGE with offset PRECEDING/FOLLOWING"
    if possible is None:
        shown = f"{what} is not supported for column type {format_type(key)}"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=shown, at=at)
    preferred = base if given == UNKNOWN else given
    fitting = [oid for oid in possible if can_coerce((given,), (oid,), "implicit")]
    if preferred in fitting:
        return preferred
    types = f"for column type {format_type(key)} and offset type {format_type(given)}"
    if not fitting:
        raise OdpsError(
            Condition.CALL_NOT_SUPPORTED,
            what=f"{what} is not supported {types}",
            hint="Cast the offset value to an appropriate type.",
            at=at,
        )
    if len(fitting) > 1:
        raise OdpsError(
            Condition.CALL_NOT_SUPPORTED,
            what=f"{what} has multiple interpretations {types}",
            hint="Cast the offset value to the exact intended type.",
            at=at,
        )
    return fitting[0]

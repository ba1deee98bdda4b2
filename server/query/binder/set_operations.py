"""UNION, INTERSECT, EXCEPT: their arms brought to common types.

Source: PostgreSQL 15, transformSetOperationTree in analyze.c.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from protocol.types import UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.coercion import (
    find_equality,
    select_common_modifier,
    select_common_type,
    to_common_type,
)
from server.query.binder.places import place_of
from server.query.binder.scope import Scope
from server.query.binder.trees import raised
from server.statements import select

_OPERATORS: Final[dict[select.SetOperator, Literal["UNION", "INTERSECT", "EXCEPT"]]] = {
    select.SetOperator.UNION: "UNION",
    select.SetOperator.INTERSECT: "INTERSECT",
    select.SetOperator.EXCEPT: "EXCEPT",
}

Body = select.SelectCore | select.ValuesList | select.SetOperation | select.QueryExpression


@dataclass(frozen=True, slots=True)
class Arm:
    """A bound arm.

    Attributes:
        places: where each of its columns is written.
        leaves: the columns of each SELECT in it.
    """

    query: bound.Query
    places: tuple[int, ...]
    leaves: tuple[tuple[bound.OutputColumn, ...], ...] = ()


def bind_set_operation(operation: select.SetOperation, scope: Scope) -> Arm:
    """The operation as a query of its own, at the level of `scope`, without ORDER BY and its kin.

    Raises:
        OdpsError: SET_COLUMNS_UNEQUAL, TYPES_DIFFER, EQUALITY_NOT_FOUND
    """
    return _combine(operation, _bind_arm(operation.left, scope), _bind_arm(operation.right, scope), scope)


def combine_recursive(operation: select.SetOperation, left: Arm, right: Arm, scope: Scope) -> bound.Query:
    """As `bind_set_operation`, of the two parts of a recursive query that the caller has bound."""
    return _combine(operation, left, right, scope).query


def bind_arm(body: Body, scope: Scope) -> Arm:
    """One arm, a query further in than the operation at `scope`."""
    return _bind_arm(body, scope)


def _bind_arm(body: Body, scope: Scope) -> Arm:
    from server.query.binder.queries import bind_query_in

    match body:
        case select.SetOperation():
            inner = Scope(scope.context, scope)
            return _combine(body, _bind_arm(body.left, inner), _bind_arm(body.right, inner), inner)
        case select.QueryExpression():
            query = body
        case _:
            query = select.QueryExpression(body, at=body.at)
    result = bind_query_in(query, scope.context, scope, settle=False)
    return Arm(result, _places(body, len(result.columns)), (result.columns,))


def _places(body: Body, count: int) -> tuple[int, ...]:
    """Where the columns of an arm stand; those of a star, where the star does."""
    while isinstance(body, select.QueryExpression):
        body = body.body
    match body:
        case select.SelectCore(targets=targets) if len(targets) == count:
            return tuple(place_of(target.expression) for target in targets)
        case select.SelectCore(targets=(first, *_)):
            return (place_of(first.expression),) * count
        case select.ValuesList(rows=(row, *_)) if len(row) == count:
            return tuple(place_of(each) for each in row)
        case select.SetOperation(left=left):
            return _places(left, count)
        case _:
            return (body.at,) * count


def _combine(operation: select.SetOperation, left: Arm, right: Arm, scope: Scope) -> Arm:
    what = operation.operator.value
    ours, theirs = left.query.columns, right.query.columns
    if len(ours) != len(theirs):
        at = next(iter(right.places), operation.at)
        raise OdpsError(Condition.SET_COLUMNS_UNEQUAL, what=what, at=at)
    types: list[Oid] = []
    columns: list[bound.OutputColumn] = []
    places: list[int] = []
    for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        sides = (left.places[index], right.places[index])
        common = select_common_type((one.type, other.type), what, sides)
        shapes = [bound.Constant(None, each.type, each.modifier) for each in (one, other)]
        place = sides[1] if other.type == common != one.type else sides[0]
        if not (operation.all and what == "UNION"):
            find_equality(common, place)
        types.append(common)
        places.append(place)
        columns.append(bound.OutputColumn(one.name, common, select_common_modifier(shapes, common)))
    query = bound.Query(
        columns=tuple(columns),
        combination=bound.Combination(
            _OPERATORS[operation.operator],
            operation.all,
            _converted(left, types, what, scope),
            _converted(right, types, what, scope),
        ),
    )
    return Arm(query, tuple(places), left.leaves + right.leaves)


def _converted(arm: Arm, types: Sequence[Oid], what: str, scope: Scope) -> bound.Query:
    """The arm with columns of these types."""
    query = arm.query
    unknown = [column.type == UNKNOWN for column in query.columns]
    if any(unknown):
        query = _with_targets(arm, [common if new else None for new, common in zip(unknown, types, strict=True)], scope)
    if all(column.type == common for column, common in zip(query.columns, types, strict=True)):
        return query
    plain = not (query.distinct or query.order_by or query.combination or query.has_sets or query.limit)
    if plain:
        return _with_targets(Arm(query, arm.places), types, scope, what)
    # What the arm sorts by or makes distinct is of its own types still.
    inner = raised(query, 1)
    item = bound.QueryItem(inner, inner.columns)
    shown = tuple(
        bound.TargetColumn(column.name, bound.Column(0, number, column.type, column.modifier))
        for number, column in enumerate(inner.columns, start=1)
    )
    outer = bound.Query(columns=inner.columns, items=(item,), sources=(bound.ItemSource(0),), targets=shown)
    return _with_targets(Arm(outer, arm.places), types, scope, what)


def _with_targets(arm: Arm, types: Sequence[Oid | None], scope: Scope, what: str = "UNION") -> bound.Query:
    """The query with its visible columns converted, those whose type is given."""
    query = arm.query
    pending = iter(zip(types, arm.places, strict=True))
    targets: list[bound.TargetColumn] = []
    columns: list[bound.OutputColumn] = []
    for target in query.targets:
        if target.hidden:
            targets.append(target)
            continue
        common, at = next(pending)
        value = target.expression
        if common is not None and common != value.type:
            value = to_common_type(scope.context, value, common, what, at)
            target = bound.TargetColumn(target.name, value)
        targets.append(target)
        columns.append(bound.OutputColumn(target.name, value.type, value.modifier, target.table, target.table_column))
    return replace(query, targets=tuple(targets), columns=tuple(columns))

"""Joins whose columns are merged: USING and NATURAL.

Source: PostgreSQL 15, transformFromClauseItem, transformJoinUsingClause and buildMergedJoinVar in parse_clause.c.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause
from server.query.binder.coercion import select_common_modifier, select_common_type, to_boolean, to_common_type
from server.query.binder.expressions_operators import operate
from server.query.binder.scope import Entry
from server.statements import select
from server.statements.values import Identifier

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

Columns = tuple[bound.Expression, ...]


def common_names(left: Sequence[Entry], right: Sequence[Entry]) -> tuple[Identifier, ...]:
    """What NATURAL joins on: the names that both sides have, in the left one's order."""
    theirs = {name for name, _ in _visible(right)}
    return tuple(Identifier(name) for name in dict.fromkeys(name for name, _ in _visible(left)) if name in theirs)


def bind_merged(
    item: select.Join,
    using: Sequence[Identifier],
    left: Sequence[Entry],
    right: Sequence[Entry],
    binder: "ExpressionBinder",
) -> tuple[bound.Expression | None, Columns, tuple[str, ...]]:
    """The condition of the join, and its merged columns with their names.

    Raises:
        OdpsError: USING_MISSING, USING_AMBIGUOUS, USING_REPEATED
    """
    names = tuple(identifier.name for identifier in using)
    pairs: list[tuple[bound.Expression, bound.Expression]] = []
    for index, name in enumerate(names):
        if name in names[:index]:
            raise OdpsError(Condition.USING_REPEATED, name=name)
        pairs.append((_side(left, name, "left"), _side(right, name, "right")))
    try:
        merged = tuple(_merge(item.kind, one, other, item.at, binder) for one, other in pairs)
        return _condition(pairs, item.at, binder), merged, names
    except OdpsError as error:
        # PostgreSQL has no place for what USING stands for.
        error.forget_place()
        raise


def _condition(
    pairs: Sequence[tuple[bound.Expression, bound.Expression]], at: int, binder: "ExpressionBinder"
) -> bound.Expression | None:
    clause, binder.scope.clause = binder.scope.clause, Clause.JOIN_USING
    equal = [
        to_boolean(binder.context, operate(binder, "=", (one, at), (other, at), at), "JOIN/USING", at)
        for one, other in pairs
    ]
    binder.scope.clause = clause
    return bound.Logical("AND", tuple(equal)) if len(equal) > 1 else next(iter(equal), None)


def merged_entry(left: Sequence[Entry], right: Sequence[Entry], merged: Columns, merged_names: Sequence[str]) -> Entry:
    """The join as one entry: first what is merged, then the rest of the left side and that of the right."""
    rest = [pair for side in (left, right) for pair in _visible(side) if pair[0] not in merged_names]
    return Entry(
        "",
        (*merged_names, *(name for name, _ in rest)),
        expressions=(*merged, *(value for _, value in rest)),
    )


def _visible(entries: Sequence[Entry]) -> list[tuple[str, bound.Expression]]:
    return [pair for entry in entries if entry.columns_visible for pair in entry.all_columns()]


def _side(entries: Sequence[Entry], name: str, side: str) -> bound.Expression:
    found = [value for own, value in _visible(entries) if own == name]
    if not found:
        raise OdpsError(Condition.USING_MISSING, name=name, side=side)
    if len(found) > 1:
        raise OdpsError(Condition.USING_AMBIGUOUS, name=name, side=side)
    return found[0]


def _merge(
    kind: select.JoinKind, left: bound.Expression, right: bound.Expression, at: int, binder: "ExpressionBinder"
) -> bound.Expression:
    """One column for the two: of an outer join the side that is always there, of a full one whichever is."""
    context = binder.context
    common = select_common_type((left.type, right.type), "JOIN/USING", (at, at))
    modifier = select_common_modifier((left, right), common)

    def converted(value: bound.Expression) -> bound.Expression:
        if value.type != common:
            return to_common_type(context, value, common, "JOIN/USING", at)
        return value if value.modifier == modifier else bound.Relabel(value, common, modifier)

    one, other = converted(left), converted(right)
    match kind:
        case select.JoinKind.FULL:
            return bound.Coalesce((one, other), common, modifier)
        case select.JoinKind.RIGHT:
            return other
        case select.JoinKind.INNER | select.JoinKind.CROSS if one is not left and other is right:
            return other
        case _:
            return one

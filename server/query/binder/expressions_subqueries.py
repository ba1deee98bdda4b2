"""Subqueries in expressions.

Source: PostgreSQL 15, transformSubLink in parse_expr.c.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import type_facts as facts
from server.query.binder.expressions_operators import Operand, bind_fields, compare_rows
from server.query.binder.type_facts import format_type
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder


def bind_subquery(binder: "ExpressionBinder", e: select.Subquery) -> bound.Expression:
    """`(SELECT ..)`, `EXISTS (..)`, `ARRAY(..)`."""
    query = binder.scope.bind_subquery(e.query)
    if e.kind is select.SubqueryKind.EXISTS:
        return bound.Exists(query)
    if len(query.columns) != 1:
        reason = "must return only one column" if query.columns else "must return a column"
        raise OdpsError(Condition.SUBQUERY_COLUMNS, reason=reason, at=e.at)
    column = query.columns[0]
    match e.kind:
        case select.SubqueryKind.SCALAR:
            return bound.ScalarSubquery(query, column.type, column.modifier)
        case select.SubqueryKind.ARRAY:
            array = facts.promoted_array_of(column.type)
            if not array:
                raise OdpsError(Condition.ARRAY_TYPE_MISSING, type=format_type(column.type), at=e.at)
            return bound.ArraySubquery(query, array, column.modifier)
        case _:
            assert_never(e.kind)


def bind_quantified_query(
    binder: "ExpressionBinder", e: select.QuantifiedComparison, query: select.QueryExpression
) -> bound.Expression:
    """`x operator ANY|ALL (SELECT ..)`, `x` one expression or a row."""
    left = bind_fields(binder, e.left)
    every = e.quantifier is select.Quantifier.ALL
    return _compare(binder, e.name, left, binder.scope.bind_subquery(query), e.at, every=every)


def bind_row_subquery(
    binder: "ExpressionBinder", name: str, row: select.RowOf, subquery: select.Subquery, at: int
) -> bound.Expression:
    """`(a, b) operator (SELECT ..)`.

    DEVIATION: of several rows any may match, where PostgreSQL refuses more than one; of none the result is false,
    where PostgreSQL's is NULL.
    """
    left = bind_fields(binder, row)
    return _compare(binder, name, left, binder.scope.bind_subquery(subquery.query), at, every=False)


def _compare(
    binder: "ExpressionBinder", name: str, left: Sequence[Operand], query: bound.Query, at: int, *, every: bool
) -> bound.InSubquery:
    if len(left) != len(query.columns):
        few = len(query.columns) < len(left)
        raise OdpsError(Condition.SUBQUERY_COLUMNS, reason=f"has too {'few' if few else 'many'} columns", at=at)
    right: list[Operand] = [
        (bound.SubqueryColumn(index, column.type, column.modifier), at) for index, column in enumerate(query.columns)
    ]
    comparison = compare_rows(binder, name, left, right, at)
    together = isinstance(comparison, bound.Logical) and comparison.operator == "AND"
    conditions = comparison.arguments if isinstance(comparison, bound.Logical) and together else (comparison,)
    return bound.InSubquery(tuple(value for value, _ in left), query, conditions, name, every)

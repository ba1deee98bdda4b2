"""Where PostgreSQL's errors point when they are about an expression: at the leftmost of its parts, mostly.

Source: PostgreSQL 15, exprLocation in nodeFuncs.c.
"""

from typing import assert_never

from server.statements import select
from server.statements.select import QueryExpression
from server.statements.values import Parameter


def place_of(expression: select.Expression) -> int:
    """In characters from 0 in the statement's text."""
    match expression:
        case select.FieldOf(operand=operand) | select.Subscripted(operand=operand) | select.Collate(operand=operand):
            return place_of(operand)
        case (
            select.InList(operand=operand)
            | select.Between(operand=operand)
            | select.Not(operand=operand)
            | select.NullTest(operand=operand)
            | select.TruthTest(operand=operand)
            | select.Cast(operand=operand)
        ):
            return min(expression.at, place_of(operand))
        case select.Operation(left=left):
            if left is None and isinstance(expression.right, select.Number):
                return expression.at
            return min(expression.at, place_of(expression.right) if left is None else place_of(left))
        case select.QuantifiedComparison(left=left, right=right):
            return expression.at if isinstance(right, QueryExpression) else min(expression.at, place_of(left))
        case select.DistinctTest(left=left):
            return min(expression.at, place_of(left))
        case select.And(terms=terms) | select.Or(terms=terms):
            return min(expression.at, place_of(terms[0]))
        case select.FunctionCall(arguments=arguments):
            return min([expression.at, *(place_of(each.value) for each in arguments)])
        case select.Choose(choice=select.Choice.NULLIF, arguments=arguments):
            return min(expression.at, place_of(arguments[0]))
        case (
            select.String()
            | select.Number()
            | select.BitString()
            | select.Boolean()
            | select.Null()
            | Parameter()
            | select.ColumnName()
            | select.Star()
            | select.Case()
            | select.Choose()
            | select.ArrayOf()
            | select.RowOf()
            | select.Grouping()
            | select.Subquery()
        ):
            return expression.at
        case _:
            assert_never(expression)

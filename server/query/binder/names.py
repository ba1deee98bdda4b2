"""How a column of a select list is called that was given no name.

Source: PostgreSQL 15, FigureColname in parse_target.c.
"""

from typing import Final

from server.query import bound
from server.statements import select

_ANONYMOUS: Final = "?column?"

# How sure a name is: that of a cast's type or of CASE gives way to one that the operand has.
_NONE: Final = 0
_WEAK: Final = 1
_STRONG: Final = 2


def name_of(expression: select.Expression, value: bound.Expression | None = None) -> str:
    """The name of a column without AS.

    Args:
        value: the expression as bound. Only `(SELECT * ..)` needs it, whose name is in the query behind the star.
    """
    return _find_name(expression, value)[0] or _ANONYMOUS


def _find_name(expression: select.Expression, value: bound.Expression | None) -> tuple[str, int]:
    match expression:
        case select.ColumnName(names=names):
            return names[-1], _STRONG
        case select.FieldOf(operand=operand, name=name):
            return _find_name(operand, value) if name is None else (name, _STRONG)
        case select.Subscripted(operand=operand) | select.Collate(operand=operand):
            return _find_name(operand, value)
        case select.FunctionCall(names=names):
            return names[-1], _STRONG
        case select.Choose(choice=choice):
            return choice.value, _STRONG
        case select.Cast(operand=operand, type=type_name):
            name, strength = _find_name(operand, value)
            return (type_name.names[-1], _WEAK) if strength <= _WEAK else (name, strength)
        case select.Case(default=default):
            name, strength = ("", _NONE) if default is None else _find_name(default, None)
            return ("case", _WEAK) if strength <= _WEAK else (name, strength)
        case select.ArrayOf():
            return "array", _STRONG
        case select.RowOf():
            return "row", _STRONG
        case select.Grouping():
            return "grouping", _STRONG
        case select.Subquery(kind=select.SubqueryKind.SCALAR, query=query):
            found = _subquery_in(value)
            return (found.query.columns[0].name if found else _first_name(query)), _STRONG
        case select.Subquery(kind=kind):
            return kind.value, _STRONG
        case _:
            return "", _NONE


def _subquery_in(value: bound.Expression | None) -> bound.ScalarSubquery | None:
    """The subquery under what casts and fields are made of it."""
    while value is not None:
        match value:
            case bound.ScalarSubquery():
                return value
            case (
                bound.Relabel(operand=operand)
                | bound.ThroughText(operand=operand)
                | bound.ConvertElements(operand=operand)
                | bound.Field(operand=operand)
                | bound.ElementOf(operand=operand)
            ):
                value = operand
            case bound.Call(arguments=(first, *_)):
                value = first
            case _:
                return None
    return None


def _first_name(query: select.QueryExpression) -> str:
    """The name of a query's first column, as far as its text tells."""
    body: select.SelectCore | select.ValuesList | select.SetOperation | select.QueryExpression = query
    while True:
        match body:
            case select.QueryExpression(body=inner):
                body = inner
            case select.SetOperation(left=left):
                body = left
            case select.ValuesList():
                return "column1"
            case select.SelectCore(targets=targets):
                if not targets:
                    return _ANONYMOUS
                return targets[0].name or name_of(targets[0].expression)

"""Columns, rows and the fields of rows.

Source: PostgreSQL 15, transformColumnRef, transformRowExpr in parse_expr.c, ParseComplexProjection in parse_func.c,
ExpandRowReference and expandRecordVariable in parse_target.c.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from protocol.types import RECORD, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import type_facts as facts
from server.query.binder.context import BindingContext
from server.query.binder.places import place_of
from server.query.binder.type_facts import format_type
from server.query.postgres.types import base_type
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

Fields = tuple[tuple[str, bound.Expression], ...]
# (name, type, modifier) of each field.
Shape = tuple[tuple[str, Oid, int], ...]
FindItem = Callable[[bound.Column], bound.Item | None]

_LONGEST_ROW: Final = 1664


def bind_column(binder: "ExpressionBinder", names: tuple[str, ...], at: int) -> bound.Expression:
    """A column, or what PostgreSQL takes for one: a row as a whole, or `t.f` for `f(t)`."""
    try:
        return binder.scope.resolve_column(names, at)
    except OdpsError as error:
        if len(names) == 1 or error.condition is not Condition.COLUMN_MISSING:
            raise
        row = binder.scope.find_row(names[:-1], at)
        called = None if row is None else _call_as_attribute(binder, names[-1], row, at)
        if called is None:
            raise
        return called


def bind_star(binder: "ExpressionBinder", qualifier: tuple[str, ...], at: int) -> bound.Expression:
    """`f(t.*)` is the row of t as a whole; a bare `*` means nothing here."""
    if not qualifier:
        raise OdpsError(Condition.CALL_MALFORMED, what='row expansion via "*" is not supported here', at=at)
    row = binder.scope.find_row(qualifier, at)
    return binder.scope.resolve_column(qualifier, at) if row is None else row


def bind_field(binder: "ExpressionBinder", e: select.FieldOf) -> bound.Expression:
    """`(expression).name`: a field, or a function of one argument in another dress."""
    if e.name is None:
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what='row expansion via "*" is not supported here', at=e.at)
    operand = binder.bind(e.operand)
    place = place_of(e.operand)
    found = find_field(binder, operand, e.name)
    if found is not None:
        return found
    called = _call_as_attribute(binder, e.name, operand, place)
    if called is not None:
        return called
    if isinstance(operand, bound.Column) and operand.number == 0:
        raise binder.scope.missing_column((*_names_of(e.operand), e.name), place)
    raise _missing_field(operand, e.name, place)


def _names_of(e: select.Expression) -> tuple[str, ...]:
    return e.names if isinstance(e, select.ColumnName) else ()


def _call_as_attribute(
    binder: "ExpressionBinder", name: str, row: bound.Expression, at: int
) -> bound.Expression | None:
    from server.query.binder.expressions_calls import call_as_attribute

    return call_as_attribute(binder, name, row, at)


def _missing_field(operand: bound.Expression, name: str, at: int) -> OdpsError:
    if operand.type == RECORD:
        return OdpsError(Condition.FIELD_UNKNOWN, name=name, at=at)
    shown = format_type(operand.type)
    condition = Condition.FIELD_MISSING if facts.is_row(operand.type) else Condition.FIELD_NOT_COMPOSITE
    return OdpsError(condition, name=name, type=shown, at=at)


def find_field(binder: "ExpressionBinder", operand: bound.Expression, name: str) -> bound.Expression | None:
    """The field of that name, None when there is none or the operand is no row."""
    return next((value for own, value in fields_of(binder, operand) or () if own == name), None)


def fields_of(binder: "ExpressionBinder", operand: bound.Expression) -> Fields | None:
    """The fields of a row, by name; None when they are not known."""
    if not facts.is_row(operand.type):
        return None
    shape = _shape_of(binder.context, operand, binder.scope.find_item)
    if shape is None:
        return None
    return tuple(
        (name, bound.Field(operand, index, type_, modifier)) for index, (name, type_, modifier) in enumerate(shape)
    )


def _shape_of(context: BindingContext, operand: bound.Expression, find_item: FindItem) -> Shape | None:
    base = base_type(operand.type)
    if base != RECORD:
        relation = context.database.find_relation_by_oid(facts.type_row(base).relation)
        if relation is None:
            return None
        return tuple((column.name, column.type, column.modifier) for column in relation.columns)
    match operand:
        case bound.MakeRow(fields=fields, names=names):
            return tuple((name, each.type, each.modifier) for name, each in zip(names, fields, strict=True))
        case bound.Call():
            return outputs_of(operand)
        case bound.Column(number=number):
            item = find_item(operand)
            if item is None:
                return None
            if number == 0:
                return tuple((column.name, column.type, column.modifier) for column in item.columns)
            if isinstance(item, bound.QueryItem):
                return _shape_of_column(context, item.query, number - 1)
            return None
        case bound.ScalarSubquery(query=query):
            return _shape_of_column(context, query, 0)
        case bound.Relabel(operand=inner):
            return _shape_of(context, inner, find_item)
        case _:
            return None


def _shape_of_column(context: BindingContext, query: bound.Query, index: int) -> Shape | None:
    """Of a row that a subquery gives, the fields as the expression in the subquery has them."""
    if query.combination is not None:
        return _shape_of_column(context, query.combination.left, index)
    visible = [target for target in query.targets if not target.hidden]
    if index >= len(visible):
        return None

    def find_item(column: bound.Column) -> bound.Item | None:
        return query.items[column.item] if column.level == 0 else None

    return _shape_of(context, visible[index].expression, find_item)


def outputs_of(call: bound.Call) -> Shape | None:
    """The columns of a function with OUT parameters."""
    return tuple((name, oid, -1) for name, oid in call.function.outputs) or None


def expand_fields(binder: "ExpressionBinder", e: select.FieldOf) -> list[tuple[str, bound.Expression]]:
    """The columns that `(expression).*` stands for.

    Raises:
        OdpsError: ROW_NOT_EXPANDABLE
    """
    operand = binder.bind(e.operand)
    found = fields_of(binder, operand)
    if found is not None:
        return list(found)
    if operand.type == RECORD:
        what = "record type has not been registered"
    else:
        what = f"type {format_type(operand.type)} is not composite"
    raise OdpsError(Condition.ROW_NOT_EXPANDABLE, what=what, at=None if operand.type != UNKNOWN else e.at)


def bind_row(binder: "ExpressionBinder", e: select.RowOf) -> bound.Expression:
    """`ROW(..)`: a record whose fields are f1, f2 .."""
    fields = expand_row(binder, e)
    if len(fields) > _LONGEST_ROW:
        raise OdpsError(Condition.ROW_TOO_LONG, limit=_LONGEST_ROW, at=e.at)
    names = tuple(f"f{number}" for number in range(1, len(fields) + 1))
    return bound.MakeRow(tuple(value for _, value, _ in fields), names, RECORD)


def expand_row(binder: "ExpressionBinder", e: select.RowOf) -> list[tuple[str, bound.Expression, int]]:
    """The fields of a row as written, stars expanded: (name, value, place)."""
    result: list[tuple[str, bound.Expression, int]] = []
    for each in e.fields:
        match each:
            case select.Star(qualifier=qualifier):
                expanded = binder.scope.expand_star(qualifier, each.at)
                result += [(name, value, each.at) for name, value in expanded]
            case select.FieldOf(name=None):
                result += [(name, value, each.at) for name, value in expand_fields(binder, each)]
            case _:
                result.append(("", binder.bind(each), place_of(each)))
    return result

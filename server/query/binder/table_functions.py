"""Functions in FROM: which columns they give and what these are called.

Source: PostgreSQL 15, transformRangeFunction in parse_clause.c, addRangeTableEntryForFunction in parse_relation.c.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from protocol.types import INT8, RECORD, VOID, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.names import name_of
from server.query.binder.places import place_of
from server.query.binder.type_facts import CSTRING, format_type, is_row
from server.query.binder.type_names import resolve_type
from server.query.functions.signature import Function
from server.query.postgres.types import base_type, find_type
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

# The type of a row that is no row: a single value.
_SCALAR = Oid(0)


def bind_function_table(item: select.FunctionTable, binder: "ExpressionBinder") -> tuple[bound.FunctionItem, str, Oid]:
    """The item, its name, and the type of its row as a whole (0: the row is its only column).

    Raises:
        OdpsError: DEFINITIONS_.., FUNCTION_IN_FROM
    """
    written = [
        (each, definitions)
        for function, definitions in zip(item.functions, _definitions_of(item), strict=True)
        for each in _unnested(function, definitions)
    ]
    name = item.alias.name if item.alias else name_of(written[0][0])
    functions: list[bound.Expression] = []
    widths: list[int] = []
    returns_row: list[bool] = []
    columns: list[bound.OutputColumn] = []
    for function, definitions in written:
        call = binder.bind_settled(function)
        alias = item.alias.name if item.alias and len(written) == 1 else None
        given, row = _columns_of(call, function, definitions, alias, binder)
        if definitions and isinstance(call, bound.Call):
            call = replace(call, fields=tuple((each.name, each.type, each.modifier) for each in given))
        functions.append(call)
        widths.append(len(given))
        returns_row.append(row)
        columns += given
    row_type = RECORD
    if len(written) == 1 and not item.ordinality:
        row_type = functions[0].type if returns_row[0] else _SCALAR
    if item.ordinality:
        columns.append(bound.OutputColumn("ordinality", INT8))
    result = bound.FunctionItem(tuple(functions), tuple(widths), tuple(returns_row), tuple(columns), item.ordinality)
    return result, name, row_type


def _definitions_of(item: select.FunctionTable) -> Sequence[tuple[select.ColumnDefinition, ...]]:
    return item.definitions or [()] * len(item.functions)


def _unnested(
    function: select.Expression, definitions: Sequence[select.ColumnDefinition]
) -> Sequence[select.Expression]:
    """`unnest(a, b)` is ROWS FROM (unnest(a), unnest(b))."""
    match function:
        case select.FunctionCall(names=("unnest",), arguments=arguments) if len(arguments) > 1 and not definitions:
            plain = not (function.star or function.distinct or function.variadic or function.order_by or function.over)
            if plain and all(each.name is None for each in arguments):
                names = ("pg_catalog", "unnest")
                return [select.FunctionCall(names, (each,), at=function.at) for each in arguments]
    return [function]


def _columns_of(
    call: bound.Expression,
    written: select.Expression,
    definitions: Sequence[select.ColumnDefinition],
    alias: str | None,
    binder: "ExpressionBinder",
) -> tuple[list[bound.OutputColumn], bool]:
    """The columns of one function, and whether they are the fields of a row."""
    function = call.function if isinstance(call, bound.Call) else None
    at = place_of(written)
    if definitions:
        return _defined(call, function, definitions, at, binder), True
    if is_row(call.type):
        fields = binder.fields_of(call)
        if fields is not None:
            return [bound.OutputColumn(name, value.type, value.modifier) for name, value in fields], True
        if base_type(call.type) == RECORD:
            raise OdpsError(Condition.DEFINITIONS_REQUIRED, at=at)
    kind = find_type(call.type)
    if kind is not None and kind.typtype == "p" and call.type not in (VOID, CSTRING):
        name, shown = name_of(written), format_type(call.type)
        raise OdpsError(Condition.FUNCTION_IN_FROM, name=name, type=shown, at=at)
    if function is not None and len(function.outputs) == 1 and function.outputs[0][0]:
        name = function.outputs[0][0]
    else:
        name = alias or name_of(written)
    return [bound.OutputColumn(name, call.type, call.modifier)], False


def _defined(
    call: bound.Expression,
    function: Function | None,
    definitions: Sequence[select.ColumnDefinition],
    at: int,
    binder: "ExpressionBinder",
) -> list[bound.OutputColumn]:
    if base_type(call.type) != RECORD:
        condition = Condition.DEFINITIONS_REDUNDANT if is_row(call.type) else Condition.DEFINITIONS_NOT_ALLOWED
        raise OdpsError(condition, what="a function returning a named composite type", at=definitions[0].type.at)
    if function is not None and function.outputs:
        raise OdpsError(
            Condition.DEFINITIONS_REDUNDANT, what="a function with OUT parameters", at=definitions[0].type.at
        )
    columns: list[bound.OutputColumn] = []
    seen: set[str] = set()
    for definition in definitions:
        oid, modifier = resolve_type(definition.type, binder.context)
        if definition.name in seen:
            raise OdpsError(Condition.COLUMN_REPEATED, name=definition.name)
        seen.add(definition.name)
        columns.append(bound.OutputColumn(definition.name, oid, modifier))
    return columns

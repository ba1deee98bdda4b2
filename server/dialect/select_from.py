"""Reads FROM: tables, subqueries, functions, joins and their aliases. Source: gram.y, table_ref, joined_table."""

from dataclasses import replace
from typing import Final

from server.dialect.select_calls import CALLS, parse_call
from server.dialect.select_cursor import SelectCursor
from server.dialect.select_keywords import NO_COLUMN, NO_FUNCTION
from server.dialect.select_primaries import begins_query
from server.dialect.select_types import parse_type
from server.statements.select import (
    Alias,
    ColumnDefinition,
    DerivedTable,
    Expression,
    FromItem,
    FunctionTable,
    Join,
    JoinKind,
    QueryExpression,
    TableName,
    ValuesList,
)
from server.statements.values import Identifier

_KINDS: Final = {"left": JoinKind.LEFT, "right": JoinKind.RIGHT, "full": JoinKind.FULL, "inner": JoinKind.INNER}
_JOINS: Final = frozenset({"join", "cross", "natural", *_KINDS})
_ARM_GOES_ON: Final = frozenset({")", "union", "intersect", "except", "order", "limit", "offset", "fetch", "for"})

_MOST_PARTS: Final = 3
# From one pair of parentheses to that within.
_RULES: Final = 7
_SHOWN: Final = 200

_Definitions = tuple[ColumnDefinition, ...]


def parse_from(cursor: SelectCursor) -> tuple[FromItem, ...]:
    """Reads `item, ...`, after FROM."""
    items = [_parse_item(cursor)]
    while cursor.accept(","):
        items.append(_parse_item(cursor))
    return tuple(items)


def parse_relation(cursor: SelectCursor) -> TableName:
    """Reads `[ONLY] name [*]` or `ONLY (name)`, without an alias."""
    if not cursor.accept("only"):
        at = cursor.at
        name = TableName(_parse_names(cursor), at=at)
        cursor.accept("*")
        return name
    enclosed = cursor.accept("(")
    at = cursor.at
    name = TableName(_parse_names(cursor), at=at)
    if enclosed:
        cursor.expect(")")
    return name


def _parse_names(cursor: SelectCursor) -> tuple[str, ...]:
    at = cursor.at
    names = [cursor.column_name()]
    while cursor.accept("."):
        names.append(cursor.label())
    return _check_parts(cursor, tuple(names), at)


def _check_parts(cursor: SelectCursor, names: tuple[str, ...], at: int) -> tuple[str, ...]:
    """Of a relation: database, schema and name at most."""
    if len(names) > _MOST_PARTS:
        raise cursor.malformed(f"improper qualified name (too many dotted names): {'.'.join(names)[:_SHOWN]}", at)
    return names


def _parse_item(cursor: SelectCursor) -> FromItem:
    """Reads one item with all that is joined to it."""
    outer = cursor.height
    cursor.height = 0
    item = _parse_joins(cursor, _parse_operand(cursor))
    cursor.height = max(outer, cursor.height)
    return item


def _parse_joins(cursor: SelectCursor, left: FromItem) -> FromItem:
    while cursor.key in _JOINS:
        left = _parse_join(cursor, left)
        cursor.rise()
    return left


def _parse_join(cursor: SelectCursor, left: FromItem) -> Join:
    """Reads one join; in `a JOIN b JOIN c ON .. ON ..` the second is the right side of the first."""
    at = cursor.at
    if cursor.accept("cross"):
        cursor.expect("join")
        return Join(JoinKind.CROSS, left, _parse_side(cursor), at=at)
    natural = cursor.accept("natural")
    word = cursor.accept_any(*_KINDS)
    if word and word != "inner":
        cursor.accept("outer")
    cursor.expect("join")
    kind = _KINDS.get(word, JoinKind.INNER)
    right = _parse_side(cursor)
    if natural:
        return Join(kind, left, right, natural=True, at=at)
    if cursor.key in _JOINS:
        cursor.enter(_RULES)
        right = _parse_joins(cursor, right)
        cursor.leave(_RULES)
    if cursor.accept("on"):
        return Join(kind, left, right, on=cursor.expression(), at=at)
    cursor.expect("using")
    using = _parse_using(cursor)
    alias = cursor.column_name() if cursor.accept("as") else None
    return Join(kind, left, right, using=using, using_alias=alias, at=at)


def _parse_side(cursor: SelectCursor) -> FromItem:
    """Reads the right operand of a join, measured on its own."""
    outer = cursor.height
    cursor.height = 0
    side = _parse_operand(cursor)
    cursor.height = max(outer, cursor.height)
    return side


def _parse_using(cursor: SelectCursor) -> tuple[Identifier, ...]:
    cursor.expect("(")
    names: list[Identifier] = []
    while True:
        at = cursor.at
        names.append(Identifier(cursor.column_name(), at))
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return tuple(names)


def _parse_operand(cursor: SelectCursor) -> FromItem:
    """Reads what a join joins."""
    at = cursor.at
    if cursor.accept("lateral"):
        if cursor.key == "(":
            query_at = cursor.advance().start
            if not begins_query(cursor):
                cursor.fail()
            query = cursor.query()
            cursor.expect(")")
            return _finish_derived(cursor, query, query_at, lateral=True)
        return _parse_function(cursor, at, lateral=True)
    if cursor.key == "(":
        cursor.enter(_RULES)
        content = _parse_enclosed(cursor)
        cursor.leave(_RULES)
        return _finish_enclosed(cursor, content, at)
    if cursor.key == "only":
        return _finish_table(cursor, parse_relation(cursor))
    if _begins_function(cursor):
        return _parse_function(cursor, at, lateral=False)
    names = [cursor.advance().value] if cursor.is_name(NO_FUNCTION) else [cursor.column_name()]
    return _finish_name(cursor, names, at)


def _finish_name(cursor: SelectCursor, names: list[str], at: int) -> FromItem:
    """Reads on after the first word: a table or a function."""
    first = cursor.ahead(-1)
    names_table = first.key not in NO_COLUMN or first.key == ""
    while names_table and cursor.accept("."):
        names.append(cursor.label())
    if cursor.key == "(" and (len(names) > 1 or first.key == "" or first.key not in NO_FUNCTION):
        call = parse_call(cursor, tuple(names), at, windowless=True)
        return _finish_function(cursor, (call,), ((),), at, lateral=False)
    if not names_table:
        cursor.fail()
    cursor.accept("*")
    return _finish_table(cursor, TableName(_check_parts(cursor, tuple(names), at), at=at))


def _finish_table(cursor: SelectCursor, table: TableName) -> TableName:
    alias = _parse_alias(cursor)
    if cursor.key == "tablesample":
        raise cursor.not_supported("TABLESAMPLE")
    return replace(table, alias=alias) if alias is not None else table


# Parentheses.


def _parse_enclosed(cursor: SelectCursor) -> QueryExpression | FromItem:
    """Reads `(query)` or `(joined table)`; which it is may show only behind a query in it."""
    cursor.expect("(")
    if begins_query(cursor) and cursor.key != "(":
        query = cursor.query()
        cursor.expect(")")
        return query
    if cursor.key != "(":
        joined = _parse_item(cursor)
    else:
        inner_at = cursor.at
        cursor.enter(_RULES)
        inner = _parse_enclosed(cursor)
        cursor.leave(_RULES)
        if isinstance(inner, QueryExpression) and cursor.key in _ARM_GOES_ON:
            query = cursor.query(inner)
            cursor.expect(")")
            return query
        joined = _parse_joins(cursor, _finish_enclosed(cursor, inner, inner_at))
    if not isinstance(joined, Join):
        cursor.fail()
    cursor.expect(")")
    return joined


def _finish_enclosed(cursor: SelectCursor, content: QueryExpression | FromItem, at: int) -> FromItem:
    """What stood in parentheses, with its alias."""
    if isinstance(content, QueryExpression):
        return _finish_derived(cursor, content, at, lateral=False)
    alias = _parse_alias(cursor)
    if alias is None or not isinstance(content, Join):
        return content
    return replace(content, alias=alias)


def _finish_derived(cursor: SelectCursor, query: QueryExpression, at: int, *, lateral: bool) -> DerivedTable:
    alias = _parse_alias(cursor)
    if alias is None:
        what, example = ("VALUES", "VALUES ...") if isinstance(query.body, ValuesList) else ("subquery", "SELECT ...")
        raise cursor.malformed(f"{what} in FROM must have an alias", at, f"For example, FROM ({example}) [AS] foo.")
    return DerivedTable(query, alias, lateral, at)


# Functions.


def _begins_function(cursor: SelectCursor) -> bool:
    """Whether a function comes next that is known by its first word."""
    key = cursor.key
    if key == "rows":
        return cursor.following == "from"
    if key == "xmltable" and cursor.following == "(":
        raise cursor.not_supported("XMLTABLE")
    return key in CALLS and (cursor.following == "(" or not cursor.is_name(NO_COLUMN))


def _parse_function(cursor: SelectCursor, at: int, *, lateral: bool) -> FunctionTable:
    if cursor.accept_all("rows", "from"):
        return _parse_rows_from(cursor, at, lateral=lateral)
    return _finish_function(cursor, (_parse_function_call(cursor),), ((),), at, lateral=lateral)


def _parse_function_call(cursor: SelectCursor) -> Expression:
    at = cursor.at
    read = CALLS.get(cursor.key)
    if read is not None:
        value = read(cursor)
        if value is not None:
            return value
    names = [cursor.advance().value] if cursor.is_name(NO_FUNCTION) else [cursor.column_name()]
    while cursor.accept("."):
        names.append(cursor.label())
    return parse_call(cursor, tuple(names), at, windowless=True)


def _parse_rows_from(cursor: SelectCursor, at: int, *, lateral: bool) -> FunctionTable:
    cursor.expect("(")
    functions: list[Expression] = []
    definitions: list[_Definitions] = []
    while True:
        functions.append(_parse_function_call(cursor))
        definitions.append(_parse_definitions(cursor) if cursor.accept("as") else ())
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return _finish_function(cursor, tuple(functions), tuple(definitions), at, lateral=lateral)


def _finish_function(
    cursor: SelectCursor,
    functions: tuple[Expression, ...],
    definitions: tuple[_Definitions, ...],
    at: int,
    *,
    lateral: bool,
) -> FunctionTable:
    """Reads WITH ORDINALITY, the alias and the column definitions."""
    ordinality = cursor.accept_all("with", "ordinality")
    alias: Alias | None = None
    said = cursor.accept("as")
    name = cursor.accept_column_name()
    if name is not None:
        alias = Alias(name)
        if cursor.key == "(":
            if cursor.ahead(2).key in (",", ")"):
                alias = Alias(name, cursor.column_names())
            else:
                definitions = (*definitions[:-1], _parse_definitions(cursor))
    elif said:
        definitions = (*definitions[:-1], _parse_definitions(cursor))
    return FunctionTable(functions, definitions, ordinality, alias, lateral, at)


def _parse_definitions(cursor: SelectCursor) -> _Definitions:
    """Reads `(name type, ...)`."""
    cursor.expect("(")
    columns: list[ColumnDefinition] = []
    while True:
        name = cursor.column_name()
        columns.append(ColumnDefinition(name, parse_type(cursor)))
        if cursor.accept("collate"):
            _parse_names(cursor)
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return tuple(columns)


def _parse_alias(cursor: SelectCursor) -> Alias | None:
    name = cursor.column_name() if cursor.accept("as") else cursor.accept_column_name()
    if name is None:
        return None
    return Alias(name, cursor.column_names() if cursor.key == "(" else ())

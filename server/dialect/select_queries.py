"""Reads whole queries: WITH, set operations, SELECT, VALUES, TABLE, and what follows. Source: gram.y, SelectStmt."""

from dataclasses import replace
from typing import Final

from server.dialect.select_cursor import SelectCursor
from server.dialect.select_from import parse_from, parse_relation
from server.dialect.select_primaries import begins_query, parse_expressions, parse_primary
from server.dialect.select_tokens import Sort
from server.dialect.select_windows import parse_order_by, parse_window
from server.errors import Condition, OdpsError
from server.statements.select import (
    CommonTable,
    Expression,
    GroupingSet,
    NamedWindow,
    Number,
    QueryExpression,
    RowOf,
    SelectCore,
    SetOperation,
    SetOperator,
    SortItem,
    Star,
    Target,
    ValuesList,
)

_Body = SelectCore | ValuesList | SetOperation | QueryExpression
_CHANGES: Final = ("insert", "update", "delete", "merge")
_LOCKS: Final = ("update", "share", "no", "key", "read")


def parse_query(cursor: SelectCursor, first: QueryExpression | None = None) -> QueryExpression:
    """Reads a query; `first` is its first arm, in parentheses, which is read already."""
    at = cursor.at if first is None else first.at
    tables: tuple[CommonTable, ...] = ()
    recursive = False
    with_at = cursor.at
    if first is None and cursor.accept("with"):
        recursive = cursor.accept("recursive")
        tables = _parse_common_tables(cursor)
    body = _parse_set_operations(cursor, first if first is not None else _parse_arm(cursor))
    if isinstance(body, QueryExpression):
        if tables and body.tables:
            raise cursor.malformed("multiple WITH clauses not allowed", with_at)
        query = body if not tables else replace(body, tables=tables, recursive=recursive, at=at)
    else:
        query = QueryExpression(body, tables, recursive, at=at)
    return _parse_tail(cursor, query)


# WITH.


def _parse_common_tables(cursor: SelectCursor) -> tuple[CommonTable, ...]:
    tables = [_parse_common_table(cursor)]
    while cursor.accept(","):
        tables.append(_parse_common_table(cursor))
    return tuple(tables)


def _parse_common_table(cursor: SelectCursor) -> CommonTable:
    at = cursor.at
    name = cursor.column_name()
    columns = cursor.column_names() if cursor.key == "(" else ()
    cursor.expect("as")
    negated = cursor.accept("not")
    materialized: bool | None = None
    if negated or cursor.key == "materialized":
        cursor.expect("materialized")
        materialized = not negated
    cursor.expect("(")
    if cursor.key in _CHANGES:
        raise cursor.not_supported(f"{cursor.key.upper()} in WITH")
    query = cursor.query()
    cursor.expect(")")
    if cursor.key in ("search", "cycle"):
        raise cursor.not_supported(cursor.key.upper())
    return CommonTable(name, columns, query, materialized, at)


# Set operations.


def _parse_set_operations(cursor: SelectCursor, first: _Body) -> _Body:
    """Reads `arm UNION arm ...`; INTERSECT binds more tightly."""
    left = _parse_intersections(cursor, first)
    while cursor.key in ("union", "except"):
        operator, repeated, at = _parse_set_operator(cursor)
        outer = cursor.height
        cursor.height = 0
        right = _parse_intersections(cursor, _parse_arm(cursor))
        cursor.height = max(outer, cursor.height)
        left = SetOperation(operator, repeated, _plain(left), _plain(right), at)
        cursor.rise()
    return left


def _parse_intersections(cursor: SelectCursor, first: _Body) -> _Body:
    left = first
    while cursor.key == "intersect":
        operator, repeated, at = _parse_set_operator(cursor)
        left = SetOperation(operator, repeated, _plain(left), _plain(_parse_arm(cursor)), at)
        cursor.rise()
    return left


def _parse_set_operator(cursor: SelectCursor) -> tuple[SetOperator, bool, int]:
    token = cursor.advance()
    return SetOperator(token.key.upper()), cursor.accept_any("all", "distinct") == "all", token.start


def _plain(arm: _Body) -> _Body:
    """An arm in parentheses that has nothing of its own is what it stands for."""
    if not isinstance(arm, QueryExpression):
        return arm
    return arm.body if arm == QueryExpression(arm.body) else arm


def _parse_arm(cursor: SelectCursor) -> _Body:
    match cursor.key:
        case "select":
            return _parse_core(cursor)
        case "values":
            return _parse_values(cursor)
        case "table":
            at = cursor.advance().start
            return SelectCore((Target(Star(at=at)),), (parse_relation(cursor),), at=at)
        case "(" if begins_query(cursor):
            cursor.advance()
            query = cursor.query()
            cursor.expect(")")
            return query
        case "(":
            while cursor.accept("("):
                pass
            return cursor.fail()
        case _:
            return cursor.fail()


def _parse_values(cursor: SelectCursor) -> ValuesList:
    at = cursor.advance().start
    rows: list[tuple[Expression, ...]] = []
    while True:
        cursor.expect("(")
        rows.append(parse_expressions(cursor))
        cursor.expect(")")
        if not cursor.accept(","):
            return ValuesList(tuple(rows), at)


# One SELECT.


def _parse_core(cursor: SelectCursor) -> SelectCore:
    at = cursor.advance().start
    distinct: tuple[Expression, ...] | None = None
    if cursor.accept("distinct"):
        distinct = ()
        if cursor.accept("on"):
            cursor.expect("(")
            distinct = parse_expressions(cursor)
            cursor.expect(")")
    else:
        cursor.accept("all")
    targets = _parse_targets(cursor, needed=distinct is not None)
    if cursor.key == "into":
        raise cursor.not_supported("SELECT INTO")
    from_items = parse_from(cursor) if cursor.accept("from") else ()
    where = cursor.expression() if cursor.accept("where") else None
    group_by: tuple[Expression | GroupingSet, ...] = ()
    group_distinct = False
    if cursor.accept("group"):
        cursor.expect("by")
        group_distinct = cursor.accept_any("all", "distinct") == "distinct"
        group_by = _parse_grouping(cursor, within="")
    having = cursor.expression() if cursor.accept("having") else None
    windows = _parse_windows(cursor) if cursor.accept("window") else ()
    return SelectCore(targets, from_items, where, group_by, group_distinct, having, windows, distinct, at)


# What may follow an empty select list.
_AFTER_NO_TARGETS: Final = frozenset(
    {
        *("", ")", "from", "where", "group", "having", "window", "union", "intersect", "except", "order", "limit"),
        *("offset", "fetch", "for", "into", ";"),
    }
)


def _parse_targets(cursor: SelectCursor, *, needed: bool) -> tuple[Target, ...]:
    if not needed and cursor.key in _AFTER_NO_TARGETS and (cursor.key or cursor.sort is Sort.END):
        return ()
    targets = [_parse_target(cursor)]
    while cursor.accept(","):
        targets.append(_parse_target(cursor))
    return tuple(targets)


def _parse_target(cursor: SelectCursor) -> Target:
    at = cursor.at
    if cursor.accept("*"):
        return Target(Star(at=at))
    expression = cursor.expression()
    if cursor.accept("as"):
        return Target(expression, cursor.label())
    return Target(expression, cursor.accept_bare_label())


def _parse_grouping(cursor: SelectCursor, within: str) -> tuple[Expression | GroupingSet, ...]:
    """Reads a list of grouping items; `within` is the kind of the set that it belongs to, if any."""
    items = [_parse_grouping_item(cursor, within)]
    while cursor.accept(","):
        items.append(_parse_grouping_item(cursor, within))
    return tuple(items)


def _parse_grouping_item(cursor: SelectCursor, within: str) -> Expression | GroupingSet:
    at, key = cursor.at, cursor.key
    if within in ("", "GROUPING SETS"):
        if key == "(" and cursor.following == ")":
            cursor.advance()
            cursor.advance()
            return GroupingSet("", (), at)
        if key in ("rollup", "cube") and cursor.following == "(":
            cursor.advance()
            return _parse_grouping_set(cursor, key.upper(), at)
        if cursor.accept_all("grouping", "sets"):
            return _parse_grouping_set(cursor, "GROUPING SETS", at)
    expression = cursor.expression()
    if within and isinstance(expression, RowOf) and not expression.explicit:
        # Within a set PostgreSQL takes the row apart, too, but only when it analyses the query.
        return GroupingSet("", expression.fields, expression.at)
    return expression


def _parse_grouping_set(cursor: SelectCursor, kind: str, at: int) -> GroupingSet:
    cursor.enter(3)
    cursor.expect("(")
    items = _parse_grouping(cursor, kind)
    cursor.expect(")")
    cursor.leave(3)
    return GroupingSet(kind, items, at)


def _parse_windows(cursor: SelectCursor) -> tuple[NamedWindow, ...]:
    windows: list[NamedWindow] = []
    while True:
        name = cursor.column_name()
        cursor.expect("as")
        windows.append(NamedWindow(name, parse_window(cursor)))
        if not cursor.accept(","):
            return tuple(windows)


# ORDER BY, LIMIT, OFFSET, FETCH, FOR.


class _Limits:
    """LIMIT and OFFSET as they are gathered; `at` is where each begins."""

    def __init__(self) -> None:
        self.limit: Expression | None = None
        self.offset: Expression | None = None
        self.with_ties = False
        self.at: dict[str, int] = {}


def _parse_tail(cursor: SelectCursor, query: QueryExpression) -> QueryExpression:
    """Reads what follows the body; PostgreSQL adds it to a query in parentheses, which may have some of it."""
    order_by = parse_order_by(cursor)
    limits = _Limits()
    locking = False
    if cursor.key == "for":
        locking = _parse_locking(cursor)
        _parse_limits(cursor, limits)
    else:
        _parse_limits(cursor, limits)
        if limits.at and cursor.key == "for":
            locking = _parse_locking(cursor)
    if not order_by and not limits.at and not locking:
        return query
    _check_once(cursor, query, order_by, limits)
    if limits.with_ties and not (order_by or query.order_by):
        reason = "WITH TIES cannot be specified without ORDER BY clause"
        raise OdpsError(Condition.QUERY_MALFORMED, reason=reason)
    return replace(
        query,
        order_by=order_by or query.order_by,
        limit=limits.limit if "limit" in limits.at else query.limit,
        offset=limits.offset if "offset" in limits.at else query.offset,
        with_ties=limits.with_ties or query.with_ties,
        locking=locking or query.locking,
    )


def _check_once(cursor: SelectCursor, query: QueryExpression, order_by: tuple[SortItem, ...], limits: _Limits) -> None:
    if order_by and query.order_by:
        raise cursor.malformed("multiple ORDER BY clauses not allowed", order_by[0].expression.at)
    if "offset" in limits.at and query.offset is not None:
        raise cursor.malformed("multiple OFFSET clauses not allowed", limits.at["offset"])
    if "limit" in limits.at and query.limit is not None:
        raise cursor.malformed("multiple LIMIT clauses not allowed", limits.at["limit"])


def _parse_limits(cursor: SelectCursor, limits: _Limits) -> None:
    """Reads LIMIT or FETCH and OFFSET, in either order."""
    for _ in range(2):
        at = cursor.at
        if cursor.key == "offset" and "offset" not in limits.at:
            cursor.advance()
            limits.at["offset"] = cursor.at
            limits.offset = _parse_offset(cursor)
        elif cursor.key in ("limit", "fetch") and "limit" not in limits.at:
            limits.at["limit"] = at
            if cursor.accept("fetch"):
                _parse_fetch(cursor, limits)
            else:
                _parse_limit(cursor, limits)


def _parse_limit(cursor: SelectCursor, limits: _Limits) -> None:
    at = limits.at["limit"]
    cursor.expect("limit")
    limits.at["limit"] = cursor.at
    if not cursor.accept("all"):
        limits.limit = cursor.expression()
    if cursor.key == ",":
        raise cursor.malformed("LIMIT #,# syntax is not supported", at, "Use separate LIMIT and OFFSET clauses.")


def _parse_offset(cursor: SelectCursor) -> Expression:
    """Reads an expression, or a simple one and ROW or ROWS."""
    if cursor.key in ("+", "-", "not", "operator") or cursor.sort is Sort.OPERATOR:
        value = cursor.expression()
        if not isinstance(value, Number) or cursor.key not in ("row", "rows"):
            return value
    else:
        value = parse_primary(cursor)
        if cursor.key not in ("row", "rows"):
            return cursor.expression(first=value)
    cursor.advance()
    return value


def _parse_fetch(cursor: SelectCursor, limits: _Limits) -> None:
    """Reads `{ FIRST | NEXT } [count] { ROW | ROWS } { ONLY | WITH TIES }`."""
    at = cursor.at
    cursor.expect_any("first", "next")
    if cursor.accept_any("row", "rows"):
        limits.limit = Number("1", at)
    else:
        if cursor.key in ("+", "-"):
            if cursor.ahead(1).sort is not Sort.NUMBER:
                cursor.advance()
                cursor.fail()
            limits.limit = cursor.expression()
        else:
            limits.limit = parse_primary(cursor)
        cursor.expect_any("row", "rows")
    if not cursor.accept("only"):
        cursor.expect("with", "ties")
        limits.with_ties = True


def _parse_locking(cursor: SelectCursor) -> bool:
    """Reads `FOR UPDATE [OF ..] [NOWAIT | SKIP LOCKED] ...`, or FOR READ ONLY, which means nothing."""
    locking = False
    while cursor.accept("for"):
        word = cursor.expect_any(*_LOCKS)
        if word == "read":
            cursor.expect("only")
            return locking
        locking = True
        if word == "no":
            cursor.expect("key", "update")
        elif word == "key":
            cursor.expect("share")
        if cursor.accept("of"):
            _parse_locked(cursor)
            while cursor.accept(","):
                _parse_locked(cursor)
        if not cursor.accept("nowait") and cursor.accept("skip"):
            cursor.expect("locked")
    return locking


def _parse_locked(cursor: SelectCursor) -> None:
    cursor.column_name()
    while cursor.accept("."):
        cursor.label()

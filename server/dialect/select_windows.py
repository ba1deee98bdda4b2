"""Reads ORDER BY lists, windows and their frames, wherever they stand. Source: gram.y, sort_clause, over_clause."""

from typing import Final

from server.dialect.select_cursor import SelectCursor
from server.dialect.select_tokens import Sort
from server.errors import Condition, OdpsError
from server.statements.select import Expression, Frame, FrameBound, SortItem, WindowDefinition

_UNITS: Final = ("range", "rows", "groups")
# Words that go on in a window and are not the name of the window that it refines.
_CLAUSES: Final = frozenset({"partition", "order", *_UNITS})
_SORT_SYMBOLS: Final = frozenset("<>=+-*/%^") | {"<=", ">=", "<>"}
# From a call to an expression in its window.
_RULES: Final = 5
_CURRENT_ROW: Final = FrameBound()


def parse_order_by(cursor: SelectCursor) -> tuple[SortItem, ...]:
    """Reads `ORDER BY item, ...`, if it is there."""
    if not cursor.accept("order"):
        return ()
    cursor.expect("by")
    items = [_parse_sort_item(cursor)]
    while cursor.accept(","):
        items.append(_parse_sort_item(cursor))
    return tuple(items)


def parse_over(cursor: SelectCursor) -> WindowDefinition:
    """Reads what follows OVER: a window, or the name of one."""
    if cursor.key == "(":
        return parse_window(cursor)
    at = cursor.at
    return WindowDefinition(cursor.column_name(), at=at)


def parse_window(cursor: SelectCursor) -> WindowDefinition:
    """Reads `([name] [PARTITION BY ..] [ORDER BY ..] [frame])`."""
    at = cursor.at
    cursor.enter(_RULES)
    cursor.expect("(")
    base = None if cursor.key in _CLAUSES else cursor.accept_column_name()
    partition: list[Expression] = []
    if cursor.accept("partition"):
        cursor.expect("by")
        partition.append(cursor.expression())
        while cursor.accept(","):
            partition.append(cursor.expression())
    order_by = parse_order_by(cursor)
    unit = cursor.accept_any(*_UNITS)
    frame = _parse_frame(cursor, unit) if unit else None
    cursor.expect(")")
    cursor.leave(_RULES)
    return WindowDefinition(base, tuple(partition), order_by, frame, at)


def _parse_sort_item(cursor: SelectCursor) -> SortItem:
    expression = cursor.expression()
    using: str | None = None
    descending = False
    if cursor.accept("using"):
        using = _parse_sort_operator(cursor)
    elif not cursor.accept("asc"):
        descending = cursor.accept("desc")
    nulls_first: bool | None = None
    if cursor.key == "nulls" and cursor.following in ("first", "last"):
        cursor.advance()
        nulls_first = cursor.advance().key == "first"
    return SortItem(expression, descending, nulls_first, using)


def _parse_sort_operator(cursor: SelectCursor) -> str:
    enclosed = cursor.accept("operator")
    if enclosed:
        cursor.expect("(")
        while cursor.accept_column_name() is not None:
            cursor.expect(".")
    if cursor.sort is not Sort.OPERATOR and cursor.key not in _SORT_SYMBOLS:
        cursor.fail()
    name = cursor.advance().value
    if enclosed:
        cursor.expect(")")
    return name


def _parse_frame(cursor: SelectCursor, unit: str) -> Frame:
    """Reads `bound` or `BETWEEN bound AND bound`, after the unit, and EXCLUDE."""
    at = cursor.at
    if cursor.accept("between"):
        at = cursor.at
        start = _parse_bound(cursor)
        cursor.expect("and")
        end_at = cursor.at
        end = _parse_bound(cursor)
    else:
        start, end, end_at = _parse_bound(cursor), _CURRENT_ROW, at
    _check_frame(start, end, at, end_at)
    exclude: str | None = None
    if cursor.accept("exclude"):
        word = cursor.expect_any("current", "group", "ties", "no")
        if word in ("current", "no"):
            cursor.expect("row" if word == "current" else "others")
        exclude = {"current": "CURRENT ROW", "no": None}.get(word, word.upper())
    return Frame(unit.upper(), start, end, exclude)


def _parse_bound(cursor: SelectCursor) -> FrameBound:
    if cursor.key == "current" and cursor.following == "row":
        cursor.advance()
        cursor.advance()
        return _CURRENT_ROW
    unbounded = cursor.key == "unbounded" and cursor.following in ("preceding", "following")
    offset = None
    if unbounded:
        cursor.advance()
    else:
        offset = cursor.expression()
    preceding = cursor.expect_any("preceding", "following") == "preceding"
    return FrameBound(preceding, not preceding, offset)


def _check_frame(start: FrameBound, end: FrameBound, at: int, end_at: int) -> None:
    """What PostgreSQL's grammar refuses, in its order and words."""
    reason = ""
    if start.following and start.offset is None:
        reason = "frame start cannot be UNBOUNDED FOLLOWING"
    elif end.preceding and end.offset is None:
        reason, at = "frame end cannot be UNBOUNDED PRECEDING", end_at
    elif end.preceding and start == _CURRENT_ROW:
        reason, at = "frame starting from current row cannot have preceding rows", end_at
    elif start.following and end.preceding:
        reason, at = "frame starting from following row cannot have preceding rows", end_at
    elif start.following and end == _CURRENT_ROW:
        reason, at = "frame starting from following row cannot end with current row", end_at
    if reason:
        raise OdpsError(Condition.FRAME_INVALID, at=at, reason=reason)

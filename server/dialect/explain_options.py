"""Reads the options of EXPLAIN and checks them, in the order and the words of PostgreSQL's ExplainQuery.

The last of several values holds. DEVIATION: ANALYZE runs nothing, so what it adds to a plan
(TIMING, BUFFERS, WAL, SUMMARY) is checked and has no effect, as VERBOSE and SETTINGS.
"""

from typing import Final, NamedTuple

from server.dialect.option_values import read_boolean
from server.dialect.select_cursor import SelectCursor
from server.dialect.select_tokens import Sort
from server.errors import Condition, OdpsError
from server.statements.select import ExplainFormat

_NAMES: Final = ("analyze", "verbose", "costs", "buffers", "wal", "settings", "timing", "summary")
# They tell of a run: on, they ask for one.
_OF_A_RUN: Final = ("wal", "timing")


class Options(NamedTuple):
    """What EXPLAIN is asked for."""

    format: ExplainFormat = ExplainFormat.TEXT
    has_costs: bool = True


def parse_options(cursor: SelectCursor) -> Options:
    """Reads `[ANALYZE] [VERBOSE]` or `(name [value], ...)`; an option without a value is on."""
    if cursor.key != "(" or cursor.following in ("(", "select", "values", "table", "with"):
        cursor.accept_any("analyze", "analyse")
        cursor.accept("verbose")
        return Options()
    cursor.advance()
    chosen = {"costs": True}
    form = ExplainFormat.TEXT
    while True:
        at = cursor.at
        name = cursor.label()
        if name == "analyse":
            name = "analyze"
        value = None if cursor.key in (",", ")") else _parse_value(cursor)
        if name == "format":
            form = _read_format(value, at)
        elif name in _NAMES:
            chosen[name] = value is None or read_boolean(name, value, at)
        else:
            raise OdpsError(Condition.EXPLAIN_OPTION_UNKNOWN, at=at, option=name)
        if cursor.expect_any(",", ")") == ")":
            break
    for name in _OF_A_RUN:
        if chosen.get(name) and not chosen.get("analyze"):
            raise OdpsError(Condition.EXPLAIN_NEEDS_ANALYZE, option=name.upper())
    return Options(form, chosen["costs"])


def _parse_value(cursor: SelectCursor) -> str:
    if cursor.key in ("+", "-") and cursor.ahead(1).sort is Sort.NUMBER:
        sign = cursor.advance().key
        return sign + cursor.advance().value
    if cursor.sort in (Sort.STRING, Sort.NUMBER):
        return cursor.advance().value
    return cursor.label()


def _read_format(value: str | None, at: int) -> ExplainFormat:
    if value is None:
        raise OdpsError(Condition.OPTION_NO_VALUE, at=at, option="format")
    try:
        return ExplainFormat(value)
    except ValueError:
        raise OdpsError(Condition.EXPLAIN_FORMAT_UNKNOWN, at=at, format=value) from None

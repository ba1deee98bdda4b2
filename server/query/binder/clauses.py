"""The parts of a query that expressions stand in, and what may not stand there.

Source: PostgreSQL 15, ParseExprKind; check_agglevels_and_constraints and transformWindowFuncCall in parse_agg.c,
check_srf_call_placement in parse_func.c.
"""

from enum import StrEnum, unique
from typing import Final

from server.errors import Condition, OdpsError


@unique
class Clause(StrEnum):
    """`Scope.clause` is one of these. Their values are PostgreSQL's names for them (ParseExprKindName)."""

    SELECT = "SELECT"
    FROM_FUNCTION = "function in FROM"
    FROM_SUBQUERY = "sub-SELECT in FROM"
    JOIN_ON = "JOIN/ON"
    JOIN_USING = "JOIN/USING"
    WHERE = "WHERE"
    HAVING = "HAVING"
    FILTER = "FILTER"
    GROUP_BY = "GROUP BY"
    ORDER_BY = "ORDER BY"
    DISTINCT_ON = "DISTINCT ON"
    WINDOW_PARTITION = "window PARTITION BY"
    WINDOW_ORDER = "window ORDER BY"
    WINDOW_RANGE = "window RANGE"
    WINDOW_ROWS = "window ROWS"
    WINDOW_GROUPS = "window GROUPS"
    LIMIT = "LIMIT"
    OFFSET = "OFFSET"
    VALUES = "VALUES"


_JOINS: Final = (Clause.JOIN_ON, Clause.JOIN_USING)
_FRAMES: Final = (Clause.WINDOW_RANGE, Clause.WINDOW_ROWS, Clause.WINDOW_GROUPS)
_IN_WINDOWS: Final = (Clause.WINDOW_PARTITION, Clause.WINDOW_ORDER, *_FRAMES)
_PLAIN: Final = (Clause.WHERE, Clause.FILTER, Clause.GROUP_BY, Clause.LIMIT, Clause.OFFSET, Clause.VALUES)


def check_aggregate_clause(clause: Clause, at: int, *, grouping: bool = False) -> None:
    """Raise AGGREGATE_MISPLACED where an aggregate, or GROUPING, may not stand."""
    what = "grouping operations" if grouping else "aggregate functions"
    if clause in _JOINS:
        where = "JOIN conditions"
    elif clause is Clause.FROM_SUBQUERY:
        where = "FROM clause of their own query level"
    elif clause is Clause.FROM_FUNCTION:
        where = "functions in FROM"
    elif clause in _FRAMES or clause in _PLAIN:
        where = clause.value
    else:
        return
    raise OdpsError(Condition.AGGREGATE_MISPLACED, what=f"{what} are not allowed in {where}", at=at)


def check_window_clause(clause: Clause, at: int) -> None:
    """Raise WINDOW_MISPLACED where a window function may not stand."""
    if clause in _JOINS:
        where = "JOIN conditions"
    elif clause is Clause.FROM_FUNCTION:
        where = "functions in FROM"
    elif clause in _IN_WINDOWS:
        where = "window definitions"
    elif clause in _PLAIN or clause is Clause.HAVING:
        where = clause.value
    else:
        return
    raise OdpsError(Condition.WINDOW_MISPLACED, what=f"window functions are not allowed in {where}", at=at)


def check_set_clause(clause: Clause, at: int, *, inner: int | None) -> None:
    """Raise SET_MISPLACED where a call that returns a set may not stand; `inner` is where one stands within it."""
    if clause in _JOINS:
        where = "JOIN conditions"
    elif clause in _FRAMES:
        where = "window definitions"
    elif clause in (Clause.WHERE, Clause.HAVING, Clause.FILTER, Clause.LIMIT, Clause.OFFSET, Clause.VALUES):
        where = clause.value
    elif clause is Clause.FROM_FUNCTION and inner is not None:
        raise OdpsError(Condition.SET_NESTED, at=inner)
    else:
        return
    raise OdpsError(Condition.SET_MISPLACED, where=where, at=at)

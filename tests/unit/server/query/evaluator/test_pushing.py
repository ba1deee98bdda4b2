"""Conditions on what subqueries of FROM are grouped by."""

import pytest

from server.dialect import parse_query
from server.query.binder import bind_query
from server.query.evaluator.pushing import push_conditions
from tests.unit.server.query.answering import answer
from tests.unit.server.query.binder.catalog_only import make_context

_GROUPED = "SELECT x % 2 AS key, count(*) AS n FROM (VALUES (1), (2), (3)) v(x) GROUP BY x % 2"
_NUMBERS = "(VALUES (0), (1), (2)) a(y)"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (f"SELECT * FROM ({_GROUPED}) g WHERE key = 1", [(1, 2)]),
        (f"SELECT n FROM ({_GROUPED}) g WHERE key + 1 IN (1, 5)", [(1,)]),
        (f"SELECT y, n FROM {_NUMBERS} JOIN ({_GROUPED}) g ON y = key WHERE key < 1", [(0, 1)]),
        (f"SELECT y, n FROM ({_GROUPED}) g LEFT JOIN {_NUMBERS} ON y = key WHERE key > 0", [(1, 2)]),
    ],
)
def test_a_condition_on_the_keys_is_moved_to_the_rows(query: str, rows: list[tuple[object, ...]]) -> None:
    bound = bind_query(parse_query(query), make_context())

    assert push_conditions(bound).where is None
    assert answer(query) == rows


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (f"SELECT key FROM ({_GROUPED}) g WHERE n = 2", [(1,)]),
        (f"SELECT key FROM ({_GROUPED}) g WHERE n > key AND g IS NOT NULL ORDER BY 1", [(0,), (1,)]),
        (f"SELECT n FROM ({_GROUPED} ORDER BY 1 LIMIT 1) g WHERE key = 1", []),
        (f"SELECT y FROM {_NUMBERS} LEFT JOIN ({_GROUPED}) g ON y = key WHERE key IS NULL", [(2,)]),
        (f"SELECT n FROM ({_GROUPED}) g WHERE key = (SELECT 1)", [(2,)]),
        ("SELECT * FROM (SELECT count(*) AS n FROM (VALUES (1)) v(x)) g WHERE n = 0", []),
        ("SELECT * FROM (SELECT x, sum(x) FROM (VALUES (1)) v(x) GROUP BY ROLLUP (x)) g WHERE x IS NULL", [(None, 1)]),
        (
            "SELECT * FROM (SELECT x, row_number() OVER (ORDER BY x) AS r FROM (VALUES (1), (2)) v(x) GROUP BY x) g"
            " WHERE x = 2",
            [(2, 2)],
        ),
    ],
)
def test_what_would_change_the_groups_stays_outside(query: str, rows: list[tuple[object, ...]]) -> None:
    bound = bind_query(parse_query(query), make_context())

    assert push_conditions(bound) is bound
    assert answer(query) == rows

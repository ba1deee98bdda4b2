"""Conditions on one side of a LEFT JOIN that narrow the subquery on its other side."""

import pytest

from server.dialect import parse_query
from server.query.binder import bind_query
from server.query.bound import QueryItem
from server.query.evaluator.outer_sides import narrow_outer_sides
from server.query.evaluator.trees import conjuncts_of
from tests.unit.server.query.answering import answer
from tests.unit.server.query.binder.catalog_only import make_context

_LEFT = "(VALUES (1, 'a'), (1, 'b'), (2, 'a'), (NULL, NULL)) a(x, y)"
# A column that is not NULL where its row is: the view must stay one on this side.
_RIGHT = "(SELECT z, w, 7 AS seven FROM (VALUES (1, 'a'), (2, 'b'), (1, 'c')) v(z, w)) b"


def conditions(query: str) -> list[int]:
    """How many conditions each subquery of FROM has then."""
    bound = narrow_outer_sides(bind_query(parse_query(query), make_context()))
    return [len(conjuncts_of(each.query.where)) for each in bound.items if isinstance(each, QueryItem)]


@pytest.mark.parametrize(
    ("query", "count", "rows"),
    [
        (f"SELECT y, w FROM {_LEFT} LEFT JOIN {_RIGHT} ON x = z WHERE x = 1 AND y = 'a'", 1, [("a", "a"), ("a", "c")]),
        (f"SELECT w FROM {_LEFT} LEFT JOIN {_RIGHT} ON x = z AND w = y WHERE x = 1 AND 'b' = y", 2, [(None,)]),
        (f"SELECT y, w FROM {_RIGHT} RIGHT JOIN {_LEFT} ON z = x WHERE x = 2", 1, [("a", "b")]),
        (f"SELECT y, w FROM {_LEFT} LEFT JOIN {_RIGHT} ON x + 1 = z WHERE x = 1 AND y = 'a'", 1, [("a", "b")]),
        (f"SELECT y, seven FROM {_LEFT} LEFT JOIN {_RIGHT} ON x = z WHERE x = 3", 1, []),
        (
            f"SELECT b.w, c.w FROM {_LEFT} LEFT JOIN {_RIGHT} ON x = z AND y = w "
            f"LEFT JOIN {_RIGHT.removesuffix('b')} c ON x = c.z WHERE x = 2 AND y = 'a'",
            3,
            [(None, "b")],
        ),
    ],
)
def test_an_equality_with_what_where_says_is_asked_within(query: str, count: int, rows: list[tuple[object]]) -> None:
    assert sum(conditions(query)) == count
    assert answer(query) == rows


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (f"SELECT y, w FROM {_LEFT} LEFT JOIN {_RIGHT} ON x = z WHERE x > 1", [("a", "b")]),
        (f"SELECT y, w FROM {_LEFT} LEFT JOIN {_RIGHT} ON x < z WHERE x = 2", [("a", None)]),
        (f"SELECT y, w FROM {_LEFT} LEFT JOIN {_RIGHT} ON x = z WHERE z = 2", [("a", "b")]),
        (f"SELECT count(*) FROM {_LEFT} FULL JOIN {_RIGHT} ON x = z WHERE x = 1", [(4,)]),
        (
            f"SELECT y, m FROM {_LEFT} LEFT JOIN (SELECT z, max(w) AS m FROM {_RIGHT} GROUP BY z) c "
            "ON x = z WHERE x = 2",
            [("a", "b")],
        ),
        (f"SELECT y, w FROM {_LEFT} LEFT JOIN {_RIGHT} ON z = x + floor(random())::int WHERE x = 2", [("a", "b")]),
    ],
)
def test_whatever_else_stays_outside(query: str, rows: list[tuple[object]]) -> None:
    assert sum(conditions(query)) == 0
    assert answer(query) == rows


def test_a_query_around_it_gives_no_constant() -> None:
    inner = f"SELECT count(w) FROM {_LEFT} LEFT JOIN {_RIGHT} ON x = z WHERE x = o.n"

    assert answer(f"SELECT n, ({inner}) FROM (VALUES (1), (2), (3)) o(n)") == [(1, 4), (2, 1), (3, 0)]

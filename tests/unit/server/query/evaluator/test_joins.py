from collections import Counter
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.query.bound import Expression, ItemSource, JoinSource, Logical
from server.query.relations.interface import Row
from tests.unit.server.query.answering import answer
from tests.unit.server.query.evaluator.scenes import Tables, column, equal, item, less, run, select, table

NUMBER = st.one_of(st.none(), st.integers(0, 3))
ROWS = st.lists(st.tuples(NUMBER, NUMBER), max_size=6)
Kind = Literal["INNER", "LEFT", "RIGHT", "FULL"]
A, B, C = table(1), table(2), table(3)


def tables_of(*stored: list[Row]) -> Tables:
    tables = Tables()
    for relation, rows in zip((A, B, C), stored, strict=False):
        tables.stored[relation.oid] = rows
    return tables


def naive(kind: Kind, left: list[Row], right: list[Row], on: Callable[[Row, Row], bool]) -> Counter[Row]:
    found: list[Row] = []
    matched: set[int] = set()
    for one in left:
        hits = [(at, other) for at, other in enumerate(right) if on(one, other)]
        matched |= {at for at, _ in hits}
        found += [one + other for _, other in hits]
        if not hits and kind in ("LEFT", "FULL"):
            found.append((*one, None, None))
    if kind in ("RIGHT", "FULL"):
        found += [(None, None, *other) for at, other in enumerate(right) if at not in matched]
    return Counter(found)


def same(one: object, other: object) -> bool:
    return one is not None and one == other


def under(one: object, other: object) -> bool:
    return one is not None and other is not None and one < other  # type: ignore[operator]  # numbers


CONDITIONS: dict[str, tuple[Expression, Callable[[Row, Row], bool]]] = {
    "first": (equal(column(0, 1), column(1, 1)), lambda a, b: same(a[0], b[0])),
    "both": (
        Logical("AND", (equal(column(0, 1), column(1, 1)), equal(column(1, 2), column(0, 2)))),
        lambda a, b: same(a[0], b[0]) and same(a[1], b[1]),
    ),
    "order": (less(column(0, 1), column(1, 2)), lambda a, b: under(a[0], b[1])),
    "left alone": (
        Logical("AND", (equal(column(0, 1), column(1, 1)), less(column(0, 2), column(0, 1)))),
        lambda a, b: same(a[0], b[0]) and under(a[1], a[0]),
    ),
    "right alone": (
        Logical("AND", (equal(column(0, 1), column(1, 1)), less(column(1, 2), column(1, 1)))),
        lambda a, b: same(a[0], b[0]) and under(b[1], b[0]),
    ),
}
COLUMNS: list[Expression] = [column(0, 1), column(0, 2), column(1, 1), column(1, 2)]


KINDS: list[Kind] = ["INNER", "LEFT", "RIGHT", "FULL"]
# A FULL join is by equality only: test_full_joins.
PAIRS = [(kind, each) for kind in KINDS for each in CONDITIONS if (kind, each) != ("FULL", "order")]


@pytest.mark.parametrize(("kind", "condition"), PAIRS)
@given(left=ROWS, right=ROWS)
def test_joins_give_what_trying_all_pairs_gives(kind: Kind, condition: str, left: list[Row], right: list[Row]) -> None:
    expression, on = CONDITIONS[condition]
    sources = [JoinSource(kind, ItemSource(0), ItemSource(1), expression)]

    rows = run(select(COLUMNS, [item(A), item(B)], sources), tables_of(left, right))

    assert Counter(rows) == naive(kind, left, right, on)


@pytest.mark.parametrize("kind", KINDS)
@given(left=ROWS, right=ROWS)
def test_where_over_a_join_holds_after_it(kind: Kind, left: list[Row], right: list[Row]) -> None:
    condition = equal(column(0, 1), column(1, 1))
    sources = [JoinSource(kind, ItemSource(0), ItemSource(1), condition)]
    where = equal(column(1, 2), column(0, 2))

    rows = run(select(COLUMNS, [item(A), item(B)], sources, where=where), tables_of(left, right))

    joined = naive(kind, left, right, lambda a, b: same(a[0], b[0]))
    assert Counter(rows) == Counter({row: n for row, n in joined.items() if same(row[1], row[3])})


@given(first=ROWS, second=ROWS, third=ROWS)
def test_three_tables_in_a_comma_list(first: list[Row], second: list[Row], third: list[Row]) -> None:
    where = Logical("AND", (equal(column(0, 1), column(1, 1)), equal(column(1, 2), column(2, 1))))
    query = select([column(0, 2), column(2, 2)], [item(A), item(B), item(C)], where=where)

    rows = run(query, tables_of(first, second, third))

    expected = [(a[1], c[1]) for a in first for b in second for c in third if same(a[0], b[0]) and same(b[1], c[0])]
    assert Counter(rows) == Counter(expected)


@given(first=ROWS, second=ROWS, third=ROWS)
def test_a_left_join_of_a_join(first: list[Row], second: list[Row], third: list[Row]) -> None:
    inner = JoinSource("INNER", ItemSource(1), ItemSource(2), equal(column(1, 2), column(2, 1)))
    sources = [JoinSource("LEFT", ItemSource(0), inner, equal(column(0, 1), column(1, 1)))]
    query = select([column(0, 1), column(0, 2), column(1, 1), column(2, 2)], [item(A), item(B), item(C)], sources)

    rows = run(query, tables_of(first, second, third))

    right: list[Row] = [(b[0], c[1]) for b in second for c in third if same(b[1], c[0])]
    assert Counter(rows) == naive("LEFT", first, right, lambda a, b: same(a[0], b[0]))


def test_an_equality_with_a_constant_is_looked_up() -> None:
    tables = tables_of([(1, 1), (2, 2)])

    rows = run(select([column(0, 2)], [item(A)], where=equal(column(0, 1), column(0, 1))), tables)

    assert rows == [(1,), (2,)]
    assert tables.lookups == 0


@pytest.mark.parametrize("kind", ["JOIN", "LEFT JOIN"])
def test_the_right_side_is_not_read_when_the_left_has_no_rows(kind: str) -> None:
    left = "(SELECT x FROM (VALUES (1)) v(x) WHERE x = 2 LIMIT 1) a"
    right = "(SELECT 1 / (y - 1) AS z FROM (VALUES (1)) v(y) LIMIT 1) b"

    assert answer(f"SELECT * FROM {left} {kind} {right} ON x = z") == []

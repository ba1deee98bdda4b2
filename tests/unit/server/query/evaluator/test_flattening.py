from collections import Counter
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.types import INT4, RECORD
from server.query.bound import Column, Expression, ItemSource, JoinSource, QueryItem, ScalarSubquery
from server.query.evaluator.flattening import flatten
from server.query.relations.interface import Row
from tests.unit.server.query.evaluator.scenes import Tables, column, equal, integer, item, less, run, select, table

NUMBER = st.one_of(st.none(), st.integers(0, 3))
ROWS = st.lists(st.tuples(NUMBER, NUMBER), max_size=6)
A, B = table(1), table(2)
VIEW = select([column(0, 2), column(0, 1)], [item(B)], where=less(column(0, 1), integer(3)))


def tables_of(*stored: list[Row]) -> Tables:
    tables = Tables()
    for relation, rows in zip((A, B), stored, strict=False):
        tables.stored[relation.oid] = rows
    return tables


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("kind", ["INNER", "LEFT", "RIGHT", "FULL"])
@given(first=ROWS, second=ROWS)
def test_a_view_in_a_join_is_as_good_as_its_rows(
    kind: Literal["INNER", "LEFT", "RIGHT", "FULL"], side: str, first: list[Row], second: list[Row]
) -> None:
    view = QueryItem(VIEW, VIEW.columns)
    order = (ItemSource(1), ItemSource(0)) if side == "left" else (ItemSource(0), ItemSource(1))
    source = JoinSource(kind, *order, equal(column(0, 1), column(1, 2)))
    targets: list[Expression] = [column(0, 1), column(0, 2), column(1, 1), column(1, 2)]

    found = run(select(targets, [item(A), view], [source]), tables_of(first, second))

    rows: list[Row] = [(row[1], row[0]) for row in second if isinstance(row[0], int) and row[0] < 3]
    flat = select(targets, [item(A), item(B)], [source])
    assert Counter(found) == Counter(run(flat, tables_of(first, rows)))


def test_a_condition_on_a_view_reaches_the_index() -> None:
    tables = tables_of([], [(1, 5), (2, 6)])

    rows = run(select([column(0, 1)], [QueryItem(VIEW, VIEW.columns)], where=equal(column(0, 2), integer(2))), tables)

    assert rows == [(6,)]
    assert (tables.lookups, tables.scans) == (1, 0)


def test_a_subquery_may_name_a_view_of_the_query_around_it() -> None:
    inner = select([column(0, 2)], [item(A)], where=equal(column(0, 1), column(0, 2, level=1)))
    query = select([ScalarSubquery(inner, INT4)], [QueryItem(VIEW, VIEW.columns)])

    assert run(query, tables_of([(1, 7)], [(1, 5), (2, 6)])) == [(7,), (None,)]


def test_the_whole_row_of_a_view_has_its_columns() -> None:
    query = select([Column(0, 0, RECORD)], [QueryItem(VIEW, VIEW.columns)])

    ((record,),) = run(query, tables_of([], [(1, 5)]))

    assert [value for _, value in record.fields] == [5, 1]  # type: ignore[attr-defined]  # a Record


def test_what_counts_rows_stays_a_subquery() -> None:
    limited = select([column(0, 1)], [item(A)], distinct=(0,))
    query = select([column(0, 1)], [QueryItem(limited, limited.columns)])

    assert flatten(query) is query


def test_what_a_left_join_fills_with_null_keeps_its_constants_apart() -> None:
    constant = select([column(0, 1), integer(9)], [item(B)])
    view = QueryItem(constant, constant.columns)
    source = JoinSource("LEFT", ItemSource(0), ItemSource(1), equal(column(0, 1), column(1, 1)))

    rows = run(select([column(0, 1), column(1, 2)], [item(A), view], [source]), tables_of([(1, 0), (2, 0)], [(2, 0)]))

    assert rows == [(1, None), (2, 9)]

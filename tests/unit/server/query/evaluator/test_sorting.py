"""ORDER BY and LIMIT over rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.types import FLOAT8, INT4
from server.query.evaluator.sorting import order_key, sort_rows, top_rows
from server.query.relations.interface import Row

VALUES = st.one_of(st.none(), st.integers(0, 4))
ROWS: st.SearchStrategy[list[Row]] = st.lists(st.tuples(VALUES, VALUES), max_size=60)


@pytest.mark.parametrize("nulls_first", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@given(rows=ROWS, count=st.integers(0, 9))
def test_the_first_of_the_rows_are_those_of_all_in_order(
    rows: list[Row], count: int, descending: bool, nulls_first: bool
) -> None:
    keys = [
        order_key(0, INT4, descending=descending, nulls_first=nulls_first),
        order_key(1, INT4, descending=True, nulls_first=False),
    ]

    assert top_rows(rows, keys, count) == sort_rows(rows, keys)[:count]


def test_what_is_larger_than_all_numbers_is_among_the_last() -> None:
    rows: list[Row] = [*((float(number),) for number in range(20)), (float("nan"),)]

    descending = [order_key(0, FLOAT8, descending=True, nulls_first=True)]
    ascending = [order_key(0, FLOAT8, descending=False, nulls_first=False)]

    assert str(top_rows(rows, descending, 2)) == "[(nan,), (19.0,)]"
    assert top_rows(rows, ascending, 2) == [(0.0,), (1.0,)]

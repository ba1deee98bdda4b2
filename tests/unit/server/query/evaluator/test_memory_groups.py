"""What grouping holds: the groups and their states, not the rows that went into them."""

from dataclasses import replace

import pytest

from protocol.errors import InvalidValue
from server.query.relations.interface import Row
from server.query.runtime import Limits
from tests.unit.server.query.answering import prepared, runtime

_ROWS = 100_000


def answer_within(most_bytes: int, text: str) -> list[Row]:
    return prepared(text).run(replace(runtime(), limits=Limits(most_bytes=most_bytes)))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT count(*), count(x), sum(x), min(x), max(x), avg(x) FROM {}", [(100_000, 100_000, 5_000_050_000, 1)]),
        ("SELECT count(*) FILTER (WHERE x % 2 = 0), sum(x) FILTER (WHERE x < 3) FROM {}", [(50_000, 3)]),
        ("SELECT x % 2, count(*), max(x), min(x) FROM {} GROUP BY 1 ORDER BY 1", [(0, 50_000), (1, 50_000)]),
        ("SELECT x % 2, x % 3, min(x) FROM {} GROUP BY 1, 2 ORDER BY 3", [(1, 1, 1), (0, 2, 2), (1, 0, 3)]),
        ("SELECT count(*), count(x), sum(x), min(x) FROM {} WHERE x < 0", [(0, 0, None, None)]),
    ],
)
def test_rows_are_let_go_once_they_are_counted(text: str, rows: list[Row]) -> None:
    found = answer_within(4_000_000, text.format(f"generate_series(1, {_ROWS}) AS x"))

    assert [row[: len(start)] for row, start in zip(found, rows, strict=False)] == rows


@pytest.mark.parametrize(
    "aggregate",
    ["array_agg(x)", "count(DISTINCT x)", "string_agg(x::text, ',' ORDER BY x)", "mode() WITHIN GROUP (ORDER BY x)"],
)
def test_what_an_aggregate_keeps_is_held(aggregate: str) -> None:
    with pytest.raises(InvalidValue, match="out of memory"):
        answer_within(1_500_000, f"SELECT {aggregate} FROM generate_series(1, {_ROWS}) AS x")


def test_many_groups_are_held() -> None:
    with pytest.raises(InvalidValue, match="out of memory"):
        answer_within(4_000_000, f"SELECT count(*) FROM generate_series(1, {_ROWS}) AS x GROUP BY x")


def test_values_are_taken_in_in_their_order() -> None:
    (row,) = answer_within(50_000_000, f"SELECT array_agg(x) FROM generate_series({_ROWS}, 1, -1) AS x")

    assert row == (list(range(_ROWS, 0, -1)),)

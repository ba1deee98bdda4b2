"""Expected values are PostgreSQL 15's."""

import pytest

from protocol.errors import InvalidValue
from protocol.types import INT4, INT8
from server.query.bound import FrameEdge, Sort, Window, WindowCall, WindowFrame
from server.query.functions.registry import function as register
from server.query.functions.signature import FunctionKind
from tests.unit.server.query.evaluator.scenes import LT, Tables, column, function, integer, item, run, select, table

A = table(1)
SUM = WindowCall(function("sum", (INT4,), INT8, kind=FunctionKind.AGGREGATE), (column(0, 1),), 0, INT8)
ADD = function("evaluator_test_add", (INT4, INT4), INT4)
SUBTRACT = function("evaluator_test_subtract", (INT4, INT4), INT4)


@register("evaluator_test_add")
def _add(one: int, other: int) -> int:
    return one + other


@register("evaluator_test_subtract")
def _subtract(one: int, other: int) -> int:
    return one - other


def preceding(offset: int | None) -> FrameEdge:
    return FrameEdge("PRECEDING", integer(offset))


def following(offset: int) -> FrameEdge:
    return FrameEdge("FOLLOWING", integer(offset))


CURRENT = FrameEdge("CURRENT ROW")


def sums(values: list[int | None], frame: WindowFrame, *, descending: bool = False) -> list[object]:
    window = Window((), (Sort(column(0, 1), descending, descending, LT),), frame)
    tables = Tables()
    tables.stored[A.oid] = [(value, 0) for value in values]
    return [row[0] for row in run(select([SUM], [item(A)], windows=(window,)), tables)]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (WindowFrame("ROWS", preceding(1), following(1)), [2, 7, 12, 11]),
        (WindowFrame("ROWS", CURRENT, FrameEdge("UNBOUNDED FOLLOWING")), [13, 12, 11, 6]),
        (WindowFrame("ROWS", following(1), following(2)), [6, 11, 6, None]),
        (WindowFrame("ROWS", preceding(2), preceding(1)), [None, 1, 2, 6]),
        (WindowFrame("GROUPS", preceding(1), following(1)), [7, 7, 13, 11]),
        (WindowFrame("GROUPS", preceding(1), following(1), "TIES"), [6, 6, 13, 11]),
        (WindowFrame("GROUPS", preceding(1), following(1), "GROUP"), [5, 5, 8, 5]),
        (WindowFrame("GROUPS", preceding(1), following(1), "CURRENT ROW"), [6, 6, 8, 5]),
        (WindowFrame("RANGE", preceding(1), CURRENT, None, SUBTRACT, ADD), [2, 2, 5, 11]),
        (WindowFrame("RANGE", preceding(4), following(1), None, SUBTRACT, ADD), [2, 2, 13, 11]),
    ],
)
def test_sums_over_frames(frame: WindowFrame, expected: list[object]) -> None:
    assert sums([1, 1, 5, 6], frame) == expected


def test_a_range_that_descends_counts_the_other_way() -> None:
    frame = WindowFrame("RANGE", preceding(1), CURRENT, None, SUBTRACT, ADD)

    assert sums([1, 1, 5, 6], frame, descending=True) == [6, 11, 2, 2]


def test_null_is_in_range_of_null_alone() -> None:
    frame = WindowFrame("RANGE", preceding(9), following(9), None, SUBTRACT, ADD)

    assert sums([1, 2, None], frame) == [3, 3, None]


@pytest.mark.parametrize(("offset", "word"), [(-1, "negative"), (None, "null")])
def test_an_offset_must_be_a_number_from_zero(offset: int | None, word: str) -> None:
    with pytest.raises(InvalidValue, match=f"frame starting offset must not be {word}"):
        sums([1], WindowFrame("ROWS", preceding(offset), CURRENT))

"""Which conditions on a relation are looked up instead of read past."""

import pytest

from protocol.types import INT4, Oid
from server.query.bound import ArrayComparison, Constant, Expression, MakeArray
from server.query.relations.interface import Row
from tests.unit.server.query.evaluator.scenes import EQ, Tables, column, integer, item, run, select, table

A = table(1)
ROWS: list[Row] = [(1, 1), (2, 2), (3, 3), (None, 4)]
_ARRAY = Oid(1007)


def tables() -> Tables:
    made = Tables()
    made.stored[A.oid] = ROWS
    return made


def one_of(*values: int | None, every: bool = False, operator: str = "=") -> Expression:
    array = MakeArray(tuple(integer(each) for each in values), INT4, _ARRAY)
    return ArrayComparison(column(0, 1), array, EQ, every, operator)


@pytest.mark.parametrize(
    ("where", "found", "lookups"),
    [
        (one_of(3, 1), [3, 1], 2),
        (one_of(2, 2, None), [2], 1),
        (one_of(9), [], 1),
        (one_of(), [], 0),
        (ArrayComparison(column(0, 1), Constant(None, _ARRAY), EQ, every=False), [], 0),
    ],
)
def test_a_column_that_is_one_of_a_few_values_is_looked_up(where: Expression, found: list[int], lookups: int) -> None:
    there = tables()

    rows = run(select([column(0, 2)], [item(A)], where=where), there)

    assert rows == [(each,) for each in found]
    assert (there.lookups, there.scans) == (lookups, 0)


def test_too_many_values_are_not_looked_up() -> None:
    there = tables()

    rows = run(select([column(0, 2)], [item(A)], where=one_of(*range(2, 500))), there)

    assert rows == [(2,), (3,)]
    assert (there.lookups, there.scans) == (0, 1)


def test_all_is_not_any() -> None:
    there = tables()

    assert run(select([column(0, 2)], [item(A)], where=one_of(1, every=True)), there) == [(1,)]
    assert there.lookups == 0

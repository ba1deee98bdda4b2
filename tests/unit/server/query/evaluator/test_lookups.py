"""Which conditions on a relation are looked up instead of read past."""

from dataclasses import replace

import pytest

from protocol.types import INT4, Oid
from server.query.bound import ArrayComparison, Constant, Expression, Logical, MakeArray
from server.query.relations.interface import Row
from tests.unit.server.query.evaluator.scenes import EQ, Tables, column, equal, integer, item, run, select, table

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


def test_a_column_without_an_index_of_its_own_is_read_past() -> None:
    there = tables()
    keyed = replace(A, only_key=2)

    rows = run(select([column(0, 2)], [item(keyed)], where=equal(column(0, 1), integer(3))), there)

    assert rows == [(3,)]
    assert (there.lookups, there.scans) == (0, 1)


def test_only_the_index_leads_from_one_side_of_a_join_to_the_other() -> None:
    there = tables()
    keyed = replace(table(2), only_key=2)
    there.stored[keyed.oid] = ROWS
    both = Logical("AND", (equal(column(0, 1), column(1, 1)), equal(column(0, 2), column(1, 2))))

    rows = run(select([column(1, 2)], [item(A), item(keyed)], where=both), there)

    assert rows == [(1,), (2,), (3,)]
    # One of the index for each row of the other side, and none of the column that has none.
    assert (there.lookups, there.scans) == (len(ROWS), 1)

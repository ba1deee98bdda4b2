from collections.abc import Callable

import pytest

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.bound import ItemSource, JoinSource
from server.query.evaluator import compile_query
from server.query.runtime import Limits
from tests.unit.server.query.evaluator.scenes import Tables, ascending, column, item, less, runtime, select, table

A = table(1)


class _CanceledError(Exception):
    pass


def cancel() -> None:
    raise _CanceledError


def many(count: int) -> Tables:
    tables = Tables()
    tables.stored[A.oid] = [(number, 0) for number in range(count)]
    return tables


@pytest.mark.parametrize("check", [cancel])
def test_a_join_of_all_pairs_can_be_stopped(check: Callable[[], None]) -> None:
    source = JoinSource("INNER", ItemSource(0), ItemSource(1), less(column(1, 1), column(0, 2)))
    plan = compile_query(select([column(0, 1)], [item(A), item(A)], [source]))

    with pytest.raises(_CanceledError):
        list(plan.run(runtime(many(300), limits=Limits(check))))


def test_rows_that_are_kept_count_against_the_memory() -> None:
    query = select([column(0, 1)], [item(A)], where=less(column(0, 2), column(0, 1)), order_by=(ascending(0),))

    with pytest.raises(InvalidValue, match="out of memory") as caught:
        list(compile_query(query).run(runtime(many(5000), limits=Limits(most_bytes=10_000))))
    assert caught.value.sqlstate is SqlState.OUT_OF_MEMORY

"""What arrays count against a query's memory: rows are few where each of them is large."""

import pytest

from protocol.arrays import Array
from protocol.errors import InvalidValue
from server.query.evaluator.memory import keep
from server.query.runtime import Limits


@pytest.mark.parametrize(
    "value", [[1] * 100_000, Array([1] * 100_000, (2,)), [["x"] * 1000] * 100, ["x" * 10] * 50_000]
)
def test_an_array_counts_with_all_its_elements(value: object) -> None:
    limits = Limits(most_bytes=500_000)
    with pytest.raises(InvalidValue, match="out of memory"):
        keep([(value,)], limits, 1)


def test_an_empty_array_counts_as_a_value() -> None:
    limits = Limits(most_bytes=500_000)
    assert keep([([],)], limits, 1) == [([],)]

"""generate_series and its kin: lazy, and ended by their bounds."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import islice

import pytest

from protocol.arrays import Array
from protocol.errors import InvalidValue
from protocol.intervals import Interval
from server.query.functions import arrays, series
from tests.unit.server.query.functions.calling import NOW, runtime


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [((1, 3), [1, 2, 3]), ((5, 1, -2), [5, 3, 1]), ((3, 1), []), ((2**31 - 2, 2**31 - 1), [2**31 - 2, 2**31 - 1])],
)
def test_integers(bounds: tuple[int, ...], expected: list[int]) -> None:
    assert list(series.int4_series(*bounds)) == expected


def test_numerics_keep_their_scales() -> None:
    numbers = series.numeric_series(Decimal(1), Decimal("1.5"), Decimal("0.25"))

    assert [str(each) for each in numbers] == ["1", "1.25", "1.50"]


def test_a_long_series_is_not_made_at_once() -> None:
    assert list(islice(iter(series.int8_series(1, 10**18)), 2)) == [1, 2]


def test_months_of_timestamps_end_with_the_month() -> None:
    moments = series.timestamp_series(datetime(2020, 1, 31), datetime(2020, 3, 31), Interval(months=1))  # noqa: DTZ001

    assert [getattr(each, "day", None) for each in moments] == [31, 29, 29]


def test_days_of_timestamptz_are_those_of_the_zone() -> None:
    first = datetime.fromisoformat("2021-03-13T05:00+00:00")
    moments = list(series.timestamptz_series(runtime(), first, first.replace(day=15), Interval(days=1)))

    assert [getattr(each, "hour", None) for each in moments] == [5, 5, 4]


@pytest.mark.parametrize(
    "make",
    [
        lambda: series.int4_series(1, 2, 0),
        lambda: series.numeric_series(Decimal(1), Decimal(2), Decimal(0)),
        lambda: series.timestamp_series(NOW.replace(tzinfo=None), NOW.replace(tzinfo=None), Interval()),
    ],
    ids=["int4", "numeric", "timestamp"],
)
def test_a_step_of_zero_is_refused_at_once(make: Callable[[], Iterable[object]]) -> None:
    with pytest.raises(InvalidValue, match="step size cannot equal zero"):
        make()


def test_subscripts_count_from_the_lower_bound() -> None:
    assert list(arrays.subscripts(Array([7, 8], (5,)), 1)) == [5, 6]
    assert list(arrays.subscripts(Array([7, 8], (5,)), 1, True)) == [6, 5]


def test_expanded_elements_are_numbered_from_one() -> None:
    assert list(arrays.expand((7, 8))) == [(7, 1), (8, 2)]


def test_a_huge_array_is_not_filled() -> None:
    with pytest.raises(InvalidValue, match="array size exceeds the maximum allowed"):
        arrays.fill(1, [100_000, 100_000])

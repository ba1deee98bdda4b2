"""The clocks that functions read are those of the session and of the run."""

from datetime import UTC, datetime, timedelta

import pytest

from server.query.functions import clocks
from server.query.runtime import Limits
from tests.unit.server.query.functions.calling import NOW, runtime


def test_now_is_the_start_of_the_transaction() -> None:
    assert clocks.now(runtime()) == NOW


def test_clock_timestamp_is_the_clock() -> None:
    assert abs(clocks.clock_timestamp(runtime()) - NOW) < timedelta(milliseconds=1)


def test_local_values_are_those_of_the_zone() -> None:
    local = datetime.fromisoformat("2020-05-06T09:14:15.678901")

    assert clocks.localtimestamp(runtime()) == local
    assert clocks.localtime(runtime(), 0) == local.replace(second=16, microsecond=0).time()
    assert clocks.current_date(runtime()) == local.date()


def test_a_precision_rounds() -> None:
    assert clocks.current_timestamp(runtime(), 2) == datetime(2020, 5, 6, 13, 14, 15, 680_000, tzinfo=UTC)


def test_timeofday_is_words() -> None:
    assert clocks.timeofday(runtime()) == "Wed May 06 09:14:15.678901 2020 EDT"


def test_a_sleep_is_a_rest_that_the_limits_can_end() -> None:
    def stop(seconds: float) -> None:
        raise TimeoutError(seconds)

    with pytest.raises(TimeoutError, match=r"3600\.0"):
        clocks.sleep(runtime(Limits(rest=stop)), 3600.0)

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from protocol.datetime_input import parse_timestamp, parse_timestamptz
from protocol.errors import InvalidValue


def _find(name: str) -> tzinfo | None:
    return ZoneInfo("Europe/Berlin") if name == "europe/berlin" else None


@pytest.mark.parametrize(
    ("text", "hour"), [("2020-01-01 10:00 Europe/Berlin", 9), ("2020-07-01 10:00 Europe/Berlin", 8)]
)
def test_full_name_gives_the_offset_of_that_day(text: str, hour: int) -> None:
    moment = parse_timestamptz(text, UTC, find_zone=_find)

    assert isinstance(moment, datetime)
    assert moment.hour == hour


def test_timestamp_without_zone_passes_over_the_name() -> None:
    assert parse_timestamp("2020-01-01 10:00 Europe/Berlin", "MDY", _find) == datetime(2020, 1, 1, 10)  # noqa: DTZ001


def test_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidValue, match='time zone "europe/nowhere" not recognized'):
        parse_timestamptz("2020-01-01 10:00 Europe/Nowhere", UTC, find_zone=_find)

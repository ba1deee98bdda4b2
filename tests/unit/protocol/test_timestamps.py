"""timestamptz as text; every expectation was taken from PostgreSQL 15."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from protocol.datetime_input import parse_timestamptz
from protocol.errors import InvalidValue
from protocol.timestamps import format_timestamptz

KOLKATA = ZoneInfo("Asia/Kolkata")
SINGAPORE = ZoneInfo("Asia/Singapore")
NEW_YORK = ZoneInfo("America/New_York")
MOMENT = datetime(2026, 1, 21, 0, 0, 0, 500_000, UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "style", "text"),
    [
        (MOMENT, KOLKATA, ("ISO", "MDY"), "2026-01-21 05:30:00.5+05:30"),
        (MOMENT, SINGAPORE, ("ISO", "DMY"), "2026-01-21 08:00:00.5+08"),
        (MOMENT, UTC, ("ISO", "MDY"), "2026-01-21 00:00:00.5+00"),
        (MOMENT, NEW_YORK, ("ISO", "MDY"), "2026-01-20 19:00:00.5-05"),
        (MOMENT, timezone(-timedelta(hours=5, minutes=30)), ("ISO", "MDY"), "2026-01-20 18:30:00.5-05:30"),
        (datetime(1800, 1, 1, tzinfo=UTC), KOLKATA, ("ISO", "MDY"), "1800-01-01 05:53:28+05:53:28"),
        (datetime(99, 1, 1, tzinfo=UTC), UTC, ("ISO", "MDY"), "0099-01-01 00:00:00+00"),
        (datetime(2026, 1, 1, 0, 0, 0, 123_450, UTC), UTC, ("ISO", "MDY"), "2026-01-01 00:00:00.12345+00"),
        (MOMENT, KOLKATA, ("SQL", "MDY"), "01/21/2026 05:30:00.5 IST"),
        (MOMENT, KOLKATA, ("SQL", "DMY"), "21/01/2026 05:30:00.5 IST"),
        (datetime(1800, 1, 1, tzinfo=UTC), KOLKATA, ("SQL", "MDY"), "01/01/1800 05:53:28 LMT"),
        (MOMENT, KOLKATA, ("Postgres", "MDY"), "Wed Jan 21 05:30:00.5 2026 IST"),
        (MOMENT, KOLKATA, ("Postgres", "DMY"), "Wed 21 Jan 05:30:00.5 2026 IST"),
        (MOMENT, KOLKATA, ("German", "DMY"), "21.01.2026 05:30:00.5 IST"),
        (MOMENT, SINGAPORE, ("German", "DMY"), "21.01.2026 08:00:00.5 +08"),
        (MOMENT, UTC, ("SQL", "MDY"), "01/21/2026 00:00:00.5 UTC"),
    ],
)
def test_format(moment: datetime, zone: tzinfo, style: tuple[str, str], text: str) -> None:
    assert format_timestamptz(moment, zone, style) == text


def test_fixed_offset_has_no_abbreviation() -> None:
    zone = timezone(timedelta(hours=8))

    assert format_timestamptz(MOMENT, zone, ("German", "DMY")) == "21.01.2026 08:00:00.5 +08"


def test_end_of_the_calendar_has_no_local_time() -> None:
    with pytest.raises(InvalidValue, match="timestamp out of range"):
        format_timestamptz(datetime(1, 1, 1, tzinfo=UTC), NEW_YORK, ("ISO", "MDY"))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-03-08 02:30", "2026-03-08T07:30:00"),  # does not exist in New York
        ("2026-11-01 01:30", "2026-11-01T06:30:00"),  # exists twice
        ("2026-11-01", "2026-11-01T04:00:00"),
        ("2026-11-01T24:00:00+0530", "2026-11-01T18:30:00"),
        ("2026-11-01 23:59:60 UTC", "2026-11-02T00:00:00"),
        ("2026-01-01 10:00:00.1234567Z", "2026-01-01T10:00:00.123457"),
        ("2026-01-01 10:00:00.9999999Z", "2026-01-01T10:00:01"),
        ("2026-1-2 3:04:05.5 -05:53:28", "2026-01-02T08:57:33.500000"),
        (" 2026-01-01 10:00+8 ", "2026-01-01T02:00:00"),
    ],
)
def test_parse(text: str, iso: str) -> None:
    moment = parse_timestamptz(text, NEW_YORK)

    assert moment == datetime.fromisoformat(iso).replace(tzinfo=UTC)
    assert isinstance(moment, datetime)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "message", "sqlstate"),
    [
        ("", "invalid input syntax for type timestamp with time zone", "22007"),
        ("x", "invalid input syntax for type timestamp with time zone", "22007"),
        ("2026-02-30x", "invalid input syntax for type timestamp with time zone", "22007"),
        ("1 .5", "invalid input syntax for type timestamp with time zone", "22007"),
        ("2026-13-01", "date/time field value out of range", "22008"),
        ("2026-02-30 10:00", "date/time field value out of range", "22008"),
        ("2026-02-01 10:61", "date/time field value out of range", "22008"),
        ("2026-02-01 10:00:61", "date/time field value out of range", "22008"),
        ("2026-02-01 25:00", "date/time field value out of range", "22008"),
        ("299999-01-01", "timestamp out of range", "22008"),
        ("9999-12-31 23:00-05", "timestamp out of range", "22008"),
        ("9999-12-31 24:00Z", "timestamp out of range", "22008"),
        ("2026-02-01 10:00+99", "time zone displacement out of range", "22009"),
        ("2026-02-01 10:00+0260", "time zone displacement out of range", "22009"),
    ],
)
def test_no_timestamps(text: str, message: str, sqlstate: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_timestamptz(text, UTC)

    assert caught.value.message == f'{message}: "{text}"'
    assert caught.value.sqlstate == sqlstate

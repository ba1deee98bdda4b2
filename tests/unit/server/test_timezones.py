"""Time zones by PostgreSQL's rules. Every row was compared with what PostgreSQL 15 shows."""

from datetime import UTC, datetime, timedelta

import pytest

from server.timezones import find_timezone

JANUARY = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown", "seconds_east"),
    [
        # A number is hours east.
        ("8", "<+08>-08", 28800),
        ("-7", "<-07>+07", -25200),
        ("+8", "<+08>-08", 28800),
        ("08", "<+08>-08", 28800),
        ("5.5", "<+05:30>-05:30", 19800),
        ("+5.5", "<+05:30>-05:30", 19800),
        ("8.25", "<+08:15>-08:15", 29700),
        ("-3.5", "<-03:30>+03:30", -12600),
        ("0", "<+00>-00", 0),
        ("-0", "<+00>-00", 0),
        ("16", "<+16>-16", 57600),
        # Anything else with digits is POSIX: hours west.
        ("+08:00", "+08:00", -28800),
        ("-08:00", "-08:00", 28800),
        ("08:00", "08:00", -28800),
        ("8:30", "8:30", -30600),
        ("utc+8", "UTC+8", -28800),
        ("UTC-8", "UTC-8", 28800),
        ("foo5", "FOO5", -18000),
        ("fo5", "FO5", -18000),
        ("EST5", "EST5", -18000),
        ("<abc>-5", "<ABC>-5", 18000),
        ("<+08>-08", "<+08>-08", 28800),
        ("<+0530>-5:30", "<+0530>-5:30", 19800),
        # An interval is east.
        ("INTERVAL '-08:00:00'", "<-08>+08", -28800),
        ("interval '05:30:00'", "<+05:30>-05:30", 19800),
        ("INTERVAL '1 hour'", "<+01>-01", 3600),
        # Names, in any letter case.
        ("utc", "UTC", 0),
        ("UTC", "UTC", 0),
        ("gmt", "GMT", 0),
        ("asia/shanghai", "Asia/Shanghai", 28800),
        ("ASIA/SHANGHAI", "Asia/Shanghai", 28800),
        ("est5edt", "EST5EDT", -18000),
        ("Etc/GMT+5", "Etc/GMT+5", -18000),
        ("zulu", "Zulu", 0),
    ],
)
def test_zone(value: str, shown: str, seconds_east: int) -> None:
    found = find_timezone(value)

    assert found is not None
    name, zone = found
    assert name == shown
    assert JANUARY.astimezone(zone).utcoffset() == timedelta(seconds=seconds_east)


@pytest.mark.parametrize(
    "value",
    ["nonsense", "foo", "z", "", " UTC ", " asia/tokyo", "asia", "168", "-168", "+0800", "+08:30:15", "UTC+5:60", "-"],
)
def test_no_zone(value: str) -> None:
    assert find_timezone(value) is None


@pytest.mark.parametrize("value", ["../UTC", "/etc/passwd", "Asia/../UTC", "\0", "8\n", "\u0668", "UTC\0", "9" * 5000])
def test_no_zone_is_looked_for_outside_the_database(value: str) -> None:
    assert find_timezone(value) is None


def test_seconds_are_rounded_to_minutes() -> None:
    # PostgreSQL shows <+01:00:36>-01:00:36, which it does not accept itself.
    assert find_timezone("1.01") == find_timezone("<+01:01>-01:01")


@pytest.mark.parametrize("value", ["24", "-24", "100", "UTC+24", "UTC-24"])
def test_a_day_or_more_is_refused(value: str) -> None:
    # PostgreSQL goes on up to 167 hours.
    assert find_timezone(value) is None


@pytest.mark.parametrize("value", ["8", "-7", "5.5", "-3.5", "23.75"])
def test_what_is_shown_can_be_set_again(value: str) -> None:
    found = find_timezone(value)
    assert found is not None

    again = find_timezone(found[0])

    assert again is not None
    assert again[0] == found[0]
    assert JANUARY.astimezone(again[1]).utcoffset() == JANUARY.astimezone(found[1]).utcoffset()


def test_summer_time_is_known() -> None:
    found = find_timezone("America/New_York")
    assert found is not None

    offsets = [datetime(2026, month, 15, tzinfo=UTC).astimezone(found[1]).utcoffset() for month in (1, 7)]

    assert offsets == [timedelta(hours=-5), timedelta(hours=-4)]

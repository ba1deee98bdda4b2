"""Intervals: arithmetic, justification, fields.

The expected values are those of PostgreSQL 15, in the zone America/New_York.
"""

import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.functions.calling import call

Argument = tuple[str, str | None]


@pytest.mark.parametrize(
    ("function", "arguments", "result", "expected"),
    [
        ("interval_pl", (("interval", "1 day"), ("interval", "1 hour")), "interval", "1 day 01:00:00"),
        ("interval_mi", (("interval", "1 day"), ("interval", "1 hour")), "interval", "1 day -01:00:00"),
        ("interval_um", (("interval", "1 mon -1 day"),), "interval", "-1 mons +1 day"),
        (
            "interval_mul",
            (("interval", "1 year 2 mons 3 days 04:05:06.789"), ("float8", "1.37")),
            "interval",
            "1 year 7 mons 9 days 17:50:12.30093",
        ),
        ("interval_mul", (("interval", "-1 mon -1 day"), ("float8", "0.1")), "interval", "-3 days -02:24:00"),
        ("mul_d_interval", (("float8", "2.5"), ("interval", "1 month 2 days")), "interval", "2 mons 20 days"),
        (
            "interval_div",
            (("interval", "1 year 2 mons 3 days 04:05:06.789"), ("float8", "-7.3")),
            "interval",
            "-1 mons -27 days -23:14:40.418745",
        ),
        ("interval_div", (("interval", "7 months"), ("float8", "3")), "interval", "2 mons 10 days"),
        ("interval_eq", (("interval", "1 month"), ("interval", "30 days")), "bool", "t"),
        ("interval_lt", (("interval", "24 hours"), ("interval", "1 day")), "bool", "f"),
        ("justify_days", (("interval", "-35 days 1 mon"),), "interval", "-5 days"),
        ("justify_hours", (("interval", "1 day -27 hours"),), "interval", "-03:00:00"),
        ("justify_interval", (("interval", "-1 mon 31 days 25 hours"),), "interval", "2 days 01:00:00"),
        ("justify_interval", (("interval", "1 mon -1 hour"),), "interval", "29 days 23:00:00"),
        (
            "make_interval",
            (
                ("int4", "1"),
                ("int4", "2"),
                ("int4", "3"),
                ("int4", "4"),
                ("int4", "5"),
                ("int4", "6"),
                ("float8", "7.5"),
            ),
            "interval",
            "1 year 2 mons 25 days 05:06:07.5",
        ),
    ],
)
def test_gives_what_postgres_gives(
    function: str, arguments: tuple[Argument, ...], result: str, expected: str | None
) -> None:
    assert call(function, arguments, result) == expected


@pytest.mark.parametrize(
    ("function", "arguments", "result", "sqlstate", "message"),
    [
        ("interval_div", (("interval", "1 day"), ("float8", "0")), "interval", "22012", "division by zero"),
        (
            "interval_mul",
            (("interval", "178000000 years"), ("float8", "2")),
            "interval",
            "22008",
            "interval out of range",
        ),
        ("interval_mul", (("interval", "1 day"), ("float8", "nan")), "interval", "22008", "interval out of range"),
    ],
)
def test_refuses_what_postgres_refuses(
    function: str, arguments: tuple[Argument, ...], result: str, sqlstate: str, message: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        call(function, arguments, result)

    assert (raised.value.sqlstate, raised.value.message) == (sqlstate, message)

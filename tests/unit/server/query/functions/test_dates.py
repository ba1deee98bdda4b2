"""Dates, times and timestamps: what is added to them, cast, cut and read from them.

The expected values are those of PostgreSQL 15, in the zone America/New_York.
"""

import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.functions.calling import call

Argument = tuple[str, str | None]


@pytest.mark.parametrize(
    ("function", "arguments", "result", "expected"),
    [
        ("date_pli", (("date", "2001-09-28"), ("int4", "7")), "date", "2001-10-05"),
        ("date_pli", (("date", "infinity"), ("int4", "7")), "date", "infinity"),
        ("date_pli", (("date", "9999-12-31"), ("int4", "-1")), "date", "9999-12-30"),
        ("date_mii", (("date", "2020-03-01"), ("int4", "1")), "date", "2020-02-29"),
        ("integer_pl_date", (("int4", "7"), ("date", "2001-09-28")), "date", "2001-10-05"),
        ("date_mi", (("date", "2001-10-01"), ("date", "2001-09-28")), "int4", "3"),
        (
            "date_pl_interval",
            (("date", "2020-01-31"), ("interval", "1 month 1 hour")),
            "timestamp",
            "2020-02-29 01:00:00",
        ),
        ("date_mi_interval", (("date", "2020-03-31"), ("interval", "1 month")), "timestamp", "2020-02-29 00:00:00"),
        (
            "timestamp_pl_interval",
            (("timestamp", "2020-01-31 10:00"), ("interval", "1 month")),
            "timestamp",
            "2020-02-29 10:00:00",
        ),
        ("timestamp_pl_interval", (("timestamp", "infinity"), ("interval", "1 month")), "timestamp", "infinity"),
        (
            "timestamp_mi_interval",
            (("timestamp", "2020-02-29"), ("interval", "1 year")),
            "timestamp",
            "2019-02-28 00:00:00",
        ),
        (
            "timestamp_mi",
            (("timestamp", "2001-09-29 03:00"), ("timestamp", "2001-07-27 12:00")),
            "interval",
            "63 days 15:00:00",
        ),
        (
            "timestamptz_pl_interval",
            (("timestamptz", "2021-03-13 12:00"), ("interval", "1 day")),
            "timestamptz",
            "2021-03-14 12:00:00-04",
        ),
        (
            "timestamptz_pl_interval",
            (("timestamptz", "2021-03-13 12:00"), ("interval", "24 hours")),
            "timestamptz",
            "2021-03-14 13:00:00-04",
        ),
        (
            "timestamptz_pl_interval",
            (("timestamptz", "2021-03-13 02:30"), ("interval", "1 day")),
            "timestamptz",
            "2021-03-14 03:30:00-04",
        ),
        (
            "timestamptz_pl_interval",
            (("timestamptz", "2021-11-06 01:30"), ("interval", "1 day")),
            "timestamptz",
            "2021-11-07 01:30:00-05",
        ),
        (
            "timestamptz_mi_interval",
            (("timestamptz", "2021-03-31"), ("interval", "1 mon")),
            "timestamptz",
            "2021-02-28 00:00:00-05",
        ),
        ("time_pl_interval", (("time", "23:00"), ("interval", "3 hours")), "time", "02:00:00"),
        ("time_mi_interval", (("time", "01:00"), ("interval", "3 hours")), "time", "22:00:00"),
        ("time_mi_time", (("time", "01:00"), ("time", "05:00")), "interval", "-04:00:00"),
        ("datetime_pl", (("date", "2020-01-01"), ("time", "03:04:05")), "timestamp", "2020-01-01 03:04:05"),
        ("age", (("timestamp", "2001-04-10"), ("timestamp", "1957-06-13")), "interval", "43 years 9 mons 27 days"),
        ("age", (("timestamp", "1957-06-13"), ("timestamp", "2001-04-10")), "interval", "-43 years -9 mons -27 days"),
        ("age", (("timestamp", "2020-03-01 10:00"), ("timestamp", "2020-01-31 11:30")), "interval", "1 mon 22:30:00"),
        ("age", (("timestamptz", "2021-03-15"), ("timestamptz", "2021-03-13 12:00")), "interval", "1 day 12:00:00"),
        (
            "date_bin",
            (("interval", "15 minutes"), ("timestamp", "2020-02-11 15:44:17"), ("timestamp", "2001-01-01")),
            "timestamp",
            "2020-02-11 15:30:00",
        ),
        (
            "date_bin",
            (("interval", "7 days"), ("timestamp", "1999-12-25 10:00"), ("timestamp", "2000-01-01")),
            "timestamp",
            "1999-12-25 00:00:00",
        ),
        ("date_trunc", (("text", "week"), ("timestamp", "2001-02-16 20:38:40")), "timestamp", "2001-02-12 00:00:00"),
        ("date_trunc", (("text", "decade"), ("timestamp", "2001-02-16 20:38:40")), "timestamp", "2000-01-01 00:00:00"),
        (
            "date_trunc",
            (("text", "day"), ("timestamptz", "2001-02-16 20:38:40+00")),
            "timestamptz",
            "2001-02-16 00:00:00-05",
        ),
        (
            "date_trunc",
            (("text", "hour"), ("timestamptz", "2021-11-07 06:30+00")),
            "timestamptz",
            "2021-11-07 01:00:00-05",
        ),
        (
            "date_trunc",
            (("text", "day"), ("timestamptz", "2001-02-16 20:38:40+00"), ("text", "Australia/Sydney")),
            "timestamptz",
            "2001-02-16 08:00:00-05",
        ),
        ("date_trunc", (("text", "hour"), ("interval", "3 days 02:47:33")), "interval", "3 days 02:00:00"),
        (
            "extract",
            (("text", "julian"), ("timestamp", "2020-05-17 13:14:15.123")),
            "numeric",
            "2458987.55156392361111111111",
        ),
        ("extract", (("text", "epoch"), ("timestamptz", "2001-02-16 20:38:40.12-08")), "numeric", "982384720.120000"),
        ("extract", (("text", "second"), ("timestamp", "2001-02-16 20:38:40.25")), "numeric", "40.250000"),
        ("extract", (("text", "ms"), ("time", "17:12:28.5")), "numeric", "28500.000"),
        ("extract", (("text", "week"), ("date", "2006-01-01")), "numeric", "52"),
        ("extract", (("text", "isoyear"), ("date", "2006-01-01")), "numeric", "2005"),
        ("extract", (("text", "timezone_hour"), ("timestamptz", "2020-07-01")), "numeric", "-4"),
        (
            "extract",
            (("text", "epoch"), ("interval", "1 year 2 mons 3 days 04:05:06.789")),
            "numeric",
            "37015506.789000",
        ),
        ("extract", (("text", "quarter"), ("interval", "-5 months")), "numeric", "0"),
        ("extract", (("text", "year"), ("timestamp", "-infinity")), "numeric", "-Infinity"),
        ("extract", (("text", "month"), ("date", "infinity")), "numeric", None),
        ("date_part", (("text", "hour"), ("date", "2020-01-01")), "float8", "0"),
        ("date_part", (("text", "epoch"), ("timestamp", "2020-01-01 00:00:00.5")), "float8", "1577836800.5"),
        ("date", (("timestamptz", "2020-05-06 02:00+00"),), "date", "2020-05-05"),
        ("timestamp", (("timestamptz", "2020-05-06 02:00+00"),), "timestamp", "2020-05-05 22:00:00"),
        ("timestamptz", (("date", "2020-05-06"),), "timestamptz", "2020-05-06 00:00:00-04"),
        ("time", (("interval", "25:30"),), "time", "01:30:00"),
        ("timestamp", (("timestamp", "1999-12-31 23:59:59.999999"), ("int4", "3")), "timestamp", "2000-01-01 00:00:00"),
        (
            "timezone",
            (("text", "Asia/Tokyo"), ("timestamptz", "2020-01-01 00:00+00")),
            "timestamp",
            "2020-01-01 09:00:00",
        ),
        ("timezone", (("text", "PST"), ("timestamp", "2020-07-01 00:00")), "timestamptz", "2020-07-01 04:00:00-04"),
        (
            "timezone",
            (("interval", "-08:00"), ("timestamptz", "2020-01-01 00:00+00")),
            "timestamp",
            "2019-12-31 16:00:00",
        ),
        (
            "timezone",
            (("text", "America/New_York"), ("timestamp", "2021-03-14 02:30")),
            "timestamptz",
            "2021-03-14 03:30:00-04",
        ),
        ("make_date", (("int4", "2013"), ("int4", "7"), ("int4", "15")), "date", "2013-07-15"),
        ("make_time", (("int4", "8"), ("int4", "15"), ("float8", "23.5")), "time", "08:15:23.5"),
        (
            "make_timestamp",
            (("int4", "2013"), ("int4", "7"), ("int4", "15"), ("int4", "8"), ("int4", "15"), ("float8", "23.5")),
            "timestamp",
            "2013-07-15 08:15:23.5",
        ),
        (
            "make_timestamptz",
            (
                ("int4", "2013"),
                ("int4", "7"),
                ("int4", "15"),
                ("int4", "8"),
                ("int4", "15"),
                ("float8", "23.5"),
                ("text", "Asia/Tokyo"),
            ),
            "timestamptz",
            "2013-07-14 19:15:23.5-04",
        ),
        ("to_timestamp", (("float8", "1284352323.123456"),), "timestamptz", "2010-09-13 00:32:03.123456-04"),
        ("to_timestamp", (("float8", "-infinity"),), "timestamptz", "-infinity"),
        ("date_lt", (("date", "-infinity"), ("date", "2020-01-01")), "bool", "t"),
        ("date_ge", (("date", "2020-01-01"), ("date", "infinity")), "bool", "f"),
        ("date_eq_timestamp", (("date", "2020-01-01"), ("timestamp", "2020-01-01")), "bool", "t"),
        (
            "timestamp_lt_timestamptz",
            (("timestamp", "2020-01-01"), ("timestamptz", "2020-01-01 00:00:01")),
            "bool",
            "t",
        ),
        ("date_gt_timestamptz", (("date", "2020-01-01"), ("timestamptz", "2020-01-01 04:00+00")), "bool", "t"),
        ("timestamp_larger", (("timestamp", "2020-01-01"), ("timestamp", "infinity")), "timestamp", "infinity"),
        ("isfinite", (("timestamptz", "infinity"),), "bool", "f"),
        (
            "overlaps",
            (
                ("timestamp", "2020-01-01"),
                ("timestamp", "2020-01-05"),
                ("timestamp", "2020-01-02"),
                ("timestamp", None),
            ),
            "bool",
            "t",
        ),
        ("timetz_lt", (("timetz", "10:00+02"), ("timetz", "10:00+01")), "bool", "t"),
        ("timetz_pl_interval", (("timetz", "23:00+00"), ("interval", "2 hours")), "timetz", "01:00:00+00"),
    ],
)
def test_gives_what_postgres_gives(
    function: str, arguments: tuple[Argument, ...], result: str, expected: str | None
) -> None:
    assert call(function, arguments, result) == expected


@pytest.mark.parametrize(
    ("function", "arguments", "result", "sqlstate", "message"),
    [
        ("date_mi", (("date", "infinity"), ("date", "2020-01-01")), "int4", "22008", "cannot subtract infinite dates"),
        (
            "timestamp_mi",
            (("timestamp", "infinity"), ("timestamp", "2020-01-01")),
            "interval",
            "22008",
            "cannot subtract infinite timestamps",
        ),
        (
            "date_bin",
            (("interval", "1 month"), ("timestamp", "2020-01-01"), ("timestamp", "2001-01-01")),
            "timestamp",
            "0A000",
            "timestamps cannot be binned into intervals containing months or years",
        ),
        (
            "date_bin",
            (("interval", "0"), ("timestamp", "2020-01-01"), ("timestamp", "2001-01-01")),
            "timestamp",
            "22008",
            "stride must be greater than zero",
        ),
        (
            "date_trunc",
            (("text", "foo"), ("timestamp", "2020-01-01")),
            "timestamp",
            "22023",
            'unit "foo" not recognized for type timestamp without time zone',
        ),
        (
            "extract",
            (("text", "hour"), ("date", "2020-01-01")),
            "numeric",
            "0A000",
            'unit "hour" not supported for type date',
        ),
        (
            "extract",
            (("text", "foo"), ("timestamptz", "2020-01-01")),
            "numeric",
            "22023",
            'unit "foo" not recognized for type timestamp with time zone',
        ),
        (
            "extract",
            (("text", "day"), ("time", "10:00")),
            "numeric",
            "0A000",
            'unit "day" not supported for type time without time zone',
        ),
        (
            "timezone",
            (("text", "No/Where"), ("timestamptz", "2020-01-01")),
            "timestamp",
            "22023",
            'time zone "No/Where" not recognized',
        ),
        (
            "timezone",
            (("interval", "1 day"), ("timestamptz", "2020-01-01")),
            "timestamp",
            "22023",
            'interval time zone "1 day" must not include months or days',
        ),
        (
            "make_date",
            (("int4", "2013"), ("int4", "2"), ("int4", "30")),
            "date",
            "22008",
            "date field value out of range: 2013-02-30",
        ),
        (
            "make_time",
            (("int4", "25"), ("int4", "0"), ("float8", "0")),
            "time",
            "22008",
            "time field value out of range: 25:00:00",
        ),
        ("to_timestamp", (("float8", "nan"),), "timestamptz", "22008", "timestamp cannot be NaN"),
    ],
)
def test_refuses_what_postgres_refuses(
    function: str, arguments: tuple[Argument, ...], result: str, sqlstate: str, message: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        call(function, arguments, result)

    assert (raised.value.sqlstate, raised.value.message) == (sqlstate, message)

"""to_char, to_date and to_timestamp.

The expected values are those of PostgreSQL 15, in the zone America/New_York.
"""

import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.functions.calling import call

Argument = tuple[str, str | None]


@pytest.mark.parametrize(
    ("function", "arguments", "result", "expected"),
    [
        (
            "to_char",
            (("timestamp", "2020-05-06 13:04:05.678"), ("text", "YYYY-MM-DD HH24:MI:SS.MS US FF1 SSSS")),
            "text",
            "2020-05-06 13:04:05.678 678000 6 47045",
        ),
        (
            "to_char",
            (
                ("timestamptz", "2020-05-06 13:04:05+00"),
                ("text", "Day, DD Month YYYY HH12:MI:SS a.m. TZ tz TZH:TZM OF"),
            ),
            "text",
            "Wednesday, 06 May       2020 09:04:05 a.m. EDT edt -04:00 -04",
        ),
        (
            "to_char",
            (("timestamp", "2020-05-06 00:00"), ("text", "FMDay, FMDDth FMMonth IYYY-IW-ID Q WW W J CC RM")),
            "text",
            "Wednesday, 6th May 2020-19-3 2 19 1 2458976 21 V   ",
        ),
        (
            "to_char",
            (("timestamp", "0099-01-01 00:00"), ("text", 'Y,YYY YYYY YYY YY Y HH AM A.D. "quoted \\" YYYY" Dayy DDDD')),
            "text",
            '0,099 0099 099 99 9 12 AM A.D. quoted " YYYY Thursday 9 0015',
        ),
        ("to_char", (("timestamp", "infinity"), ("text", "YYYY")), "text", None),
        (
            "to_char",
            (("interval", "-1 year -2 mons -3 days -04:05:06.789"), ("text", "YYYY MM DD HH24 MI SS MS RM AM")),
            "text",
            "-0001 -02 -3 -04 -05 -06 -789 XI   AM",
        ),
        ("to_char", (("interval", "100:00"), ("text", "HH24 HH12 DDD")), "text", "100 04 000"),
        ("to_date", (("text", "05 Dec 2000"), ("text", "DD Mon YYYY")), "date", "2000-12-05"),
        ("to_date", (("text", "2020-W10-3"), ("text", 'IYYY-"W"IW-ID')), "date", "2020-03-04"),
        ("to_date", (("text", "2020 123"), ("text", "YYYY DDD")), "date", "2020-05-02"),
        ("to_date", (("text", "2458977"), ("text", "J")), "date", "2020-05-07"),
        ("to_date", (("text", "20 21"), ("text", "YY CC")), "date", "2020-01-01"),
        ("to_date", (("text", "97"), ("text", "YY")), "date", "1997-01-01"),
        (
            "to_timestamp",
            (("text", "2020-05-06 11:12 +05:30"), ("text", "YYYY-MM-DD HH24:MI TZH:TZM")),
            "timestamptz",
            "2020-05-06 01:42:00-04",
        ),
        (
            "to_timestamp",
            (("text", "20200506 011213.4 PM"), ("text", "YYYYMMDD HHMISS.MS AM")),
            "timestamptz",
            "2020-05-06 13:12:13.4-04",
        ),
        ("to_timestamp", (("text", "2020   JUN"), ("text", "YYYY MON")), "timestamptz", "2020-06-01 00:00:00-04"),
    ],
)
def test_gives_what_postgres_gives(
    function: str, arguments: tuple[Argument, ...], result: str, expected: str | None
) -> None:
    assert call(function, arguments, result) == expected


@pytest.mark.parametrize(
    ("function", "arguments", "result", "sqlstate", "message"),
    [
        (
            "to_char",
            (("interval", "1 day"), ("text", "Month")),
            "text",
            "22007",
            "invalid format specification for an interval value",
        ),
        (
            "to_date",
            (("text", "2020-13-01"), ("text", "YYYY-MM-DD")),
            "date",
            "22008",
            'date/time field value out of range: "2020-13-01"',
        ),
        ("to_date", (("text", "abc"), ("text", "YYYY")), "date", "22007", 'invalid value "abc" for "YYYY"'),
        ("to_date", (("text", "2020 JUN"), ("text", "FXYYYY   MON")), "date", "22007", 'invalid value "N" for "MON"'),
        (
            "to_timestamp",
            (("text", "13:30 AM 2020"), ("text", "HH:MI PM YYYY")),
            "timestamptz",
            "22007",
            'hour "13" is invalid for the 12-hour clock',
        ),
        (
            "to_date",
            (("text", "2020 10 5"), ("text", "IYYY MM DD")),
            "date",
            "22007",
            "invalid combination of date conventions",
        ),
        (
            "to_date",
            (("text", "2020 2021"), ("text", "YYYY YYYY")),
            "date",
            "22007",
            'conflicting values for "YYYY" field in formatting string',
        ),
        (
            "to_date",
            (("text", "123"), ("text", "DDD")),
            "date",
            "22007",
            "cannot calculate day of year without year information",
        ),
        (
            "to_timestamp",
            (("text", "2020 UTC"), ("text", "YYYY TZ")),
            "timestamptz",
            "0A000",
            'formatting field "TZ" is only supported in to_char',
        ),
    ],
)
def test_refuses_what_postgres_refuses(
    function: str, arguments: tuple[Argument, ...], result: str, sqlstate: str, message: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        call(function, arguments, result)

    assert (raised.value.sqlstate, raised.value.message) == (sqlstate, message)

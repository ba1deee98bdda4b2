"""Aggregates over rows of texts. The expected values are those of PostgreSQL 15."""

import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.answering import answer_texts
from tests.unit.server.query.functions.calling import aggregate

Rows = tuple[tuple[str | None, ...], ...]


@pytest.mark.parametrize(
    ("function", "rows", "types", "result", "expected"),
    [
        ("count", (("1",), ("2",), (None,)), ("int4",), "int8", "2"),
        ("sum", (("1",), ("2",), (None,)), ("int4",), "int8", "3"),
        ("sum", (), ("int4",), "int8", None),
        ("sum", (("9223372036854775807",), ("9223372036854775807",)), ("int8",), "numeric", "18446744073709551614"),
        ("sum", (("1.5",), ("2.25",), ("-0.001",)), ("numeric",), "numeric", "3.749"),
        ("sum", (("Infinity",), ("-Infinity",)), ("numeric",), "numeric", "NaN"),
        ("sum", (("0.1",), ("0.2",), ("0.3",)), ("float4",), "float4", "0.6"),
        ("sum", (("0.1",), ("0.2",), ("0.3",)), ("float8",), "float8", "0.6000000000000001"),
        ("sum", (("1 mon",), ("3 days",), ("25 hours",)), ("interval",), "interval", "1 mon 3 days 25:00:00"),
        ("avg", (("1",), ("2",), ("2",)), ("int4",), "numeric", "1.6666666666666667"),
        (
            "avg",
            (("123456789012345678901234567890.5",), ("0.00000001",)),
            ("numeric",),
            "numeric",
            "61728394506172839450617283945.25000001",
        ),
        ("avg", (("NaN",), ("1",)), ("numeric",), "numeric", "NaN"),
        ("avg", (("1",), ("2",), ("4",)), ("float8",), "float8", "2.3333333333333335"),
        ("avg", (("1 mon",), ("3 days",), ("25 hours",)), ("interval",), "interval", "11 days 08:20:00"),
        ("avg", (), ("int4",), "numeric", None),
        ("max", (("b",), ("a",), ("C",)), ("text",), "text", "b"),
        ("min", (("2020-01-01",), ("-infinity",)), ("date",), "date", "-infinity"),
        ("max", (("1.0",), ("1.00",)), ("numeric",), "numeric", "1.00"),
        ("min", (("1 day",), ("24 hours",)), ("interval",), "interval", "24:00:00"),
        ("max", (("{1,2}",), ("{1,3}",), ("{0}",)), ("_int4",), "_int4", "{1,3}"),
        ("bool_and", (("t",), (None,), ("f",)), ("bool",), "bool", "f"),
        ("bool_or", (("f",), (None,)), ("bool",), "bool", "f"),
        ("every", (("t",), (None,)), ("bool",), "bool", "t"),
        ("bit_and", (("6",), ("3",), (None,)), ("int4",), "int4", "2"),
        ("bit_xor", (("6",), ("3",), ("1",)), ("int4",), "int4", "4"),
        ("bit_or", (("0110",), ("0011",)), ("bit",), "bit", "0111"),
        ("array_agg(anynonarray)", (("1",), (None,), ("2",)), ("int4",), "_int4", "{1,NULL,2}"),
        ("array_agg(anyarray)", (("{1,2}",), ("{3,4}",)), ("_int4",), "_int4", "{{1,2},{3,4}}"),
        ("array_agg(anynonarray)", (), ("int4",), "_int4", None),
        ("string_agg", (("a", "-"), ("b", "+"), (None, "x"), ("c", None)), ("text", "text"), "text", "a+bc"),
        ("stddev", (("1",), ("2",), ("4",), ("7",)), ("int4",), "numeric", "2.6457513110645906"),
        ("stddev_pop", (("1.5",), ("2.25",), ("100.001",)), ("numeric",), "numeric", "46.2580533553047628"),
        (
            "variance",
            (("123456789012",), ("123456789013",), ("123456789015",)),
            ("int8",),
            "numeric",
            "2.3333333333333333",
        ),
        ("var_pop", (("1.5",), ("2.25",), ("100.001",)), ("float8",), "float8", "2139.8075002222226"),
        ("stddev", (("3",), ("3",), ("3",)), ("float4",), "float8", "0"),
        ("stddev", (("5",),), ("int4",), "numeric", None),
        ("var_samp", (("1",), ("Infinity",)), ("float8",), "float8", "NaN"),
        (
            "corr",
            (("1.5", "2"), ("3", "5"), ("4.5", "7.25"), (None, "1")),
            ("float8", "float8"),
            "float8",
            "0.996615895540124",
        ),
        (
            "regr_slope",
            (("1.5", "2"), ("3", "5"), ("4.5", "7.25")),
            ("float8", "float8"),
            "float8",
            "0.5675675675675675",
        ),
        (
            "regr_intercept",
            (("1.5", "2"), ("3", "5"), ("4.5", "7.25")),
            ("float8", "float8"),
            "float8",
            "0.3040540540540538",
        ),
        ("regr_r2", (("1", "2"), ("1", "5")), ("float8", "float8"), "float8", "1"),
        ("regr_count", (("1", "2"), ("1", None)), ("float8", "float8"), "int8", "1"),
        ("covar_samp", (("1", "2"),), ("float8", "float8"), "float8", None),
        ("regr_sxy", (), ("float8", "float8"), "float8", None),
    ],
)
def test_gives_what_postgres_gives(
    function: str, rows: Rows, types: tuple[str, ...], result: str, expected: str | None
) -> None:
    assert aggregate(function, rows, types, result) == expected


@pytest.mark.parametrize(
    ("function", "rows", "types", "result", "sqlstate", "message"),
    [
        ("sum", (("1e308",), ("1e308",)), ("float8",), "float8", "22003", "value out of range: overflow"),
        ("sum", (("3e38",), ("3e38",)), ("float4",), "float4", "22003", "value out of range: overflow"),
        ("bit_and", (("0110",), ("001",)), ("bit",), "bit", "22026", "cannot AND bit strings of different sizes"),
        (
            "array_agg(anyarray)",
            (("{1,2}",), ("{3}",)),
            ("_int4",),
            "_int4",
            "2202E",
            "cannot accumulate arrays of different dimensionality",
        ),
        ("array_agg(anyarray)", (("{}",),), ("_int4",), "_int4", "2202E", "cannot accumulate empty arrays"),
        ("array_agg(anyarray)", ((None,),), ("_int4",), "_int4", "22004", "cannot accumulate null arrays"),
    ],
)
def test_refuses_what_postgres_refuses(
    function: str, rows: Rows, types: tuple[str, ...], result: str, sqlstate: str, message: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        aggregate(function, rows, types, result)

    assert (raised.value.sqlstate, raised.value.message) == (sqlstate, message)


@pytest.mark.parametrize(
    ("function", "values", "element", "result", "fraction", "expected"),
    [
        ("percentile_disc", "1 2 2 10", "int4", "int4", 0.5, "2"),
        ("percentile_disc", "1 2 2 10", "int4", "int4", 0.0, "1"),
        ("percentile_disc", "1 2 2 10", "int4", "_int4", [0.1, None, 0.9], "{1,NULL,10}"),
        ("percentile_cont(float8,float8)", "1 2 10", "float8", "float8", 0.75, "6"),
        ("percentile_cont(float8,float8)", "", "float8", "float8", 0.75, None),
    ],
)
def test_percentiles(
    function: str, values: str, element: str, result: str, fraction: object, expected: str | None
) -> None:
    rows = [(each,) for each in values.split()]

    assert aggregate(function, rows, [element], result, fraction) == expected


def test_a_percentile_is_a_share() -> None:
    with pytest.raises(InvalidValue, match=r"percentile value 1\.5 is not between 0 and 1"):
        aggregate("percentile_disc", [("1",)], ["int4"], "int4", 1.5)


def test_mode_takes_the_first_of_equally_common_values() -> None:
    assert aggregate("mode", [("a",), ("a",), ("b",), ("b",), (None,)], ["text"], "text") == "a"


@pytest.mark.parametrize(
    ("function", "result", "values", "wanted", "expected"),
    [
        ("rank", "int8", "1 2 2 5", 3, "4"),
        ("dense_rank", "int8", "1 2 2 5", 3, "3"),
        ("percent_rank", "float8", "1 2 2 5", 3, "0.75"),
        ("cume_dist", "float8", "1 2 2 5", 2, "0.8"),
        ("rank", "int8", "5 2 2 1", 3, "2"),
        ("rank", "int8", "", 3, "1"),
    ],
)
def test_ranks_of_a_row_that_is_not_there(function: str, result: str, values: str, wanted: int, expected: str) -> None:
    rows = [(each,) for each in values.split()]

    assert aggregate(function, rows, ["int4"], result, wanted) == expected


@pytest.mark.parametrize(
    ("kind", "values", "least", "most"),
    [
        ("date", "('2020-01-01'), (NULL), ('infinity'), ('-infinity')", "-infinity", "infinity"),
        ("timestamptz", "('2020-01-01 00:00+00'), ('infinity')", "2020-01-01 00:00:00+00", "infinity"),
        ("timestamp", "('2020-01-01'), ('2020-01-02'), (NULL)", "2020-01-01 00:00:00", "2020-01-02 00:00:00"),
        ("text", "('b'), ('a'), ('C')", "C", "b"),
        ("oid", "(3), (2), (NULL)", "2", "3"),
        ("date", "(NULL)", None, None),
    ],
)
def test_an_extreme_of_a_column_is_that_of_its_type(
    kind: str, values: str, least: str | None, most: str | None
) -> None:
    query = f"SELECT min(x::{kind}), max(x::{kind}) FROM (VALUES {values}) AS v(x)"

    assert answer_texts(query) == [(least, most)]


@pytest.mark.parametrize(
    ("kind", "values", "count"),
    [
        ("numeric", "(1.0), (1.00), (NULL), (2)", "2"),
        ("float8", "('NaN'), ('NaN'), ('0'), ('-0')", "2"),
        ("char(3)", "('a'), ('a '), ('b')", "2"),
        ("date", "('infinity'), ('infinity'), ('2020-01-01')", "2"),
        ("int4[]", "('{1,2}'), ('{1,2}'), ('{2,1}')", "2"),
        ("text", "(NULL)", "0"),
    ],
)
def test_values_are_counted_once_where_their_type_calls_them_equal(kind: str, values: str, count: str) -> None:
    assert answer_texts(f"SELECT count(DISTINCT x::{kind}) FROM (VALUES {values}) AS v(x)") == [(count,)]
    assert answer_texts(f"SELECT count(DISTINCT x::{kind}) FILTER (WHERE false) FROM (VALUES {values}) AS v(x)") == [
        ("0",)
    ]

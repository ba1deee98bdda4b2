"""Booleans and numbers as text; every expectation was taken from PostgreSQL 15."""

import math

import pytest

from protocol.errors import InvalidValue
from protocol.numerals import format_float8, parse_bool, parse_float8, parse_integer
from protocol.types import INT2, INT4, INT8, OID, Oid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(" TRUE ", True), ("t", True), ("y", True), ("on", True), ("1", True)],
        *[("of", False), ("OFF", False), ("fal", False), ("n", False), ("0", False)],
    ],
)
def test_booleans(text: str, *, value: bool) -> None:
    assert parse_bool(text) is value


@pytest.mark.parametrize("text", ["", "o", "2", "truex", "wahr"])
def test_no_booleans(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_bool(text)

    assert caught.value.message == f'invalid input syntax for type boolean: "{text}"'
    assert caught.value.sqlstate == "22P02"


@pytest.mark.parametrize(
    ("text", "oid", "value"),
    [
        (" 12\t", INT4, 12),
        ("+7", INT2, 7),
        ("-0", INT8, 0),
        ("-32768", INT2, -32768),
        ("2147483647", INT4, 2147483647),
        ("-9223372036854775808", INT8, -(2**63)),
        ("4294967295", OID, 4294967295),
        ("0" * 10_000 + "1", INT4, 1),
    ],
)
def test_integers(text: str, oid: Oid, value: int) -> None:
    assert parse_integer(text, oid) == value


@pytest.mark.parametrize(
    ("text", "oid", "name"),
    [
        ("", INT4, "integer"),
        ("1_0", INT8, "bigint"),
        ("1.0", INT2, "smallint"),
        ("x", OID, "oid"),
        ("٣", INT4, "integer"),
    ],
)
def test_no_integers(text: str, oid: Oid, name: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_integer(text, oid)

    assert caught.value.message == f'invalid input syntax for type {name}: "{text}"'
    assert caught.value.sqlstate == "22P02"


@pytest.mark.parametrize(
    ("text", "oid", "name"),
    [
        ("99999", INT2, "smallint"),
        ("2147483648", INT4, "integer"),
        ("-9223372036854775809", INT8, "bigint"),
        ("4294967296", OID, "oid"),
        ("9" * 10_000, INT8, "bigint"),
    ],
)
def test_integers_out_of_range(text: str, oid: Oid, name: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_integer(text, oid)

    assert caught.value.message == f'value "{text}" is out of range for type {name}'
    assert caught.value.sqlstate == "22003"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("1.5", 1.5), (" .5 ", 0.5), ("5.", 5.0), ("-1e3", -1000.0), ("0e999", 0.0), ("5e-324", 5e-324)],
        *[("Infinity", math.inf), ("-inf", -math.inf), ("+INF", math.inf)],
    ],
)
def test_floats(text: str, value: float) -> None:
    assert parse_float8(text) == value


def test_not_a_number() -> None:
    assert math.isnan(parse_float8("NaN"))


@pytest.mark.parametrize("text", ["", "x", ".", "1e", "1_0", "1 2", "0x1p3", "nano"])
def test_no_floats(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_float8(text)

    assert caught.value.message == f'invalid input syntax for type double precision: "{text}"'
    assert caught.value.sqlstate == "22P02"


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1e-400"])
def test_floats_out_of_range(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_float8(text)

    assert caught.value.message == f'"{text}" is out of range for type double precision'
    assert caught.value.sqlstate == "22003"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e15, "1e+15"),
        (-1e15, "-1e+15"),
        (1e14, "100000000000000"),
        (123456789012345.0, "123456789012345"),
        (1234567890123456.0, "1.234567890123456e+15"),
        (100000000000000.5, "100000000000000.5"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1e20, "1e+20"),
        (5e-324, "5e-324"),
        (1.5e-7, "1.5e-07"),
        (-0.0, "-0"),
        (123456.0, "123456"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (1e100, "1e+100"),
    ],
)
def test_format_float8(number: float, text: str) -> None:
    assert format_float8(number) == text

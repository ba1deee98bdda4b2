"""Values in both formats, by type."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from protocol.backend_messages import DataRow
from protocol.errors import InvalidValue, LocalProtocolError
from protocol.types import (
    BOOL,
    FLOAT8,
    INT2,
    INT4,
    INT8,
    NAME,
    OID,
    TEXT,
    TIMESTAMPTZ,
    UNKNOWN,
    VARCHAR,
    Oid,
)
from protocol.values import BINARY_FORMAT, TEXT_FORMAT, ValueSettings, decode, encoder, rows_encoder

SETTINGS = ValueSettings(timezone=timezone(timedelta(hours=8)))
MOMENT = datetime(2026, 1, 1, 0, 0, 0, 500_000, UTC)

# (type, value, text, binary)
VALUES: list[tuple[Oid, object, bytes, bytes]] = [
    (BOOL, True, b"t", b"\1"),
    (BOOL, False, b"f", b"\0"),
    (INT2, -2, b"-2", b"\xff\xfe"),
    (INT4, 258, b"258", b"\0\0\1\2"),
    (INT8, 2**40, b"1099511627776", b"\0\0\1\0\0\0\0\0"),
    (OID, 2**32 - 1, b"4294967295", b"\xff\xff\xff\xff"),
    (FLOAT8, 1.5, b"1.5", b"\x3f\xf8\0\0\0\0\0\0"),
    (TEXT, "é", b"\xc3\xa9", b"\xc3\xa9"),
    (VARCHAR, "v", b"v", b"v"),
    (NAME, "n", b"n", b"n"),
    (UNKNOWN, "", b"", b""),
    (TIMESTAMPTZ, MOMENT, b"2026-01-01 08:00:00.5+08", b"\0\2\xea\x47\x0a\xf0\1\x20"),
]


@pytest.mark.parametrize(("oid", "value", "text", "binary"), VALUES)
def test_encode(oid: Oid, value: object, text: bytes, binary: bytes) -> None:
    assert encoder(oid, TEXT_FORMAT, SETTINGS)(value) == text
    assert encoder(oid, BINARY_FORMAT, SETTINGS)(value) == binary


@pytest.mark.parametrize(("oid", "value", "text", "binary"), VALUES)
def test_decode(oid: Oid, value: object, text: bytes, binary: bytes) -> None:
    assert decode(oid, TEXT_FORMAT, text, SETTINGS) == value
    assert decode(oid, BINARY_FORMAT, binary, SETTINGS) == value


def test_binary_timestamps_before_the_epoch_are_exact() -> None:
    moment = datetime(1, 1, 1, 0, 0, 0, 1, UTC)

    assert decode(TIMESTAMPTZ, BINARY_FORMAT, encoder(TIMESTAMPTZ, BINARY_FORMAT, SETTINGS)(moment), SETTINGS) == moment


def test_names_are_cut_at_63_bytes() -> None:
    assert decode(NAME, TEXT_FORMAT, ("n" * 62 + "é").encode(), SETTINGS) == "n" * 62


def test_text_follows_the_client_encoding() -> None:
    settings = ValueSettings(encoding="gbk")

    assert encoder(TEXT, TEXT_FORMAT, settings)("模") == b"\xc4\xa3"
    assert decode(TEXT, BINARY_FORMAT, b"\xc4\xa3", settings) == "模"


def test_character_that_the_client_lacks() -> None:
    with pytest.raises(InvalidValue) as caught:
        encoder(TEXT, TEXT_FORMAT, ValueSettings(encoding="iso8859-1"))("模")

    assert caught.value.sqlstate == "22P05"


@pytest.mark.parametrize(
    ("oid", "form", "data", "message", "sqlstate"),
    [
        (INT4, 0, b"x", 'invalid input syntax for type integer: "x"', "22P02"),
        (INT2, 0, b"99999", 'value "99999" is out of range for type smallint', "22003"),
        (BOOL, 0, b"o", 'invalid input syntax for type boolean: "o"', "22P02"),
        (FLOAT8, 0, b"x", 'invalid input syntax for type double precision: "x"', "22P02"),
        (TIMESTAMPTZ, 0, b"x", 'invalid input syntax for type timestamp with time zone: "x"', "22007"),
        (TEXT, 0, b"a\0b", 'invalid byte sequence for encoding "UTF8": 0x00', "22021"),
        (TEXT, 1, b"\xff", 'invalid byte sequence for encoding "UTF8": 0xff', "22021"),
        (INT4, 0, b"\xff", 'invalid byte sequence for encoding "UTF8": 0xff', "22021"),
        (INT4, 1, b"\0\0\0\0\1", "incorrect binary data format in bind parameter 3", "22P03"),
        (BOOL, 1, b"", "insufficient data left in message", "08P01"),
        (TIMESTAMPTZ, 1, b"\x7f" + b"\xff" * 6 + b"\xfe", "timestamp out of range", "22008"),
        (TIMESTAMPTZ, 1, b"\x80" + b"\0" * 6 + b"\1", "timestamp out of range", "22008"),
        (INT4, 2, b"1", "unsupported format code: 2", "22023"),
    ],
)
def test_invalid_values(oid: Oid, form: int, data: bytes, message: str, sqlstate: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        decode(oid, form, data, SETTINGS, number=3)

    assert (caught.value.message, caught.value.sqlstate) == (message, sqlstate)


def test_any_byte_but_zero_is_true() -> None:
    assert decode(BOOL, BINARY_FORMAT, b"\x07", SETTINGS) is True


def test_not_a_number_survives_binary() -> None:
    data = encoder(FLOAT8, BINARY_FORMAT, SETTINGS)(math.nan)

    value = decode(FLOAT8, BINARY_FORMAT, data, SETTINGS)
    assert isinstance(value, float)
    assert math.isnan(value)


def test_unknown_format_code_of_a_result() -> None:
    with pytest.raises(InvalidValue, match="unsupported format code: 7"):
        encoder(TEXT, 7, SETTINGS)


@pytest.mark.parametrize(
    ("oid", "form", "value"),
    [(TEXT, 0, 1), (INT4, 0, "1"), (FLOAT8, 0, "1"), (TIMESTAMPTZ, 1, 1), (INT2, 1, 99999), (INT8, 1, "x")],
)
def test_value_of_another_type_is_our_bug(oid: Oid, form: int, value: object) -> None:
    with pytest.raises(LocalProtocolError):
        encoder(oid, form, SETTINGS)(value)


def test_unknown_type_is_our_bug() -> None:
    with pytest.raises(LocalProtocolError):
        encoder(Oid(1), TEXT_FORMAT, SETTINGS)
    with pytest.raises(LocalProtocolError):
        decode(Oid(1), TEXT_FORMAT, b"", SETTINGS)


def test_row_of_another_length_is_our_bug() -> None:
    with pytest.raises(LocalProtocolError):
        rows_encoder([TEXT, TEXT], [0, 0], SETTINGS)([("a",)])


def test_row_with_a_character_that_the_client_lacks() -> None:
    with pytest.raises(InvalidValue) as caught:
        rows_encoder([TEXT], [0], ValueSettings(encoding="iso8859-1"))([("模",)])

    assert caught.value.sqlstate == "22P05"


@pytest.mark.parametrize("row", [("a", "模"), ("a", None), (None, None), ("", "")])
def test_rows_of_texts_are_rows_like_others(row: tuple[str | None, ...]) -> None:
    expected = DataRow(tuple([None if value is None else value.encode() for value in row])).encode()

    assert rows_encoder([TEXT, TEXT], [0, 0], SETTINGS)([row, row]) == [expected, expected]


@pytest.mark.parametrize("row", [("a", 1), ("a",), ("a", "b", "c"), ("a", None, "c")])
def test_a_row_of_texts_that_does_not_fit_is_our_fault(row: tuple[object, ...]) -> None:
    with pytest.raises(LocalProtocolError):
        rows_encoder([TEXT, TEXT], [0, 0], SETTINGS)([row])

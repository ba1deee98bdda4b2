"""Single values in the two formats of the protocol: 0, text, and 1, binary.

In memory: bool, int, float, str, and an aware datetime for timestamptz. NULL never comes here. Binary
numbers are big-endian; a binary timestamptz is an int64 of microseconds since 2000-01-01 UTC.

A result's column chooses its encoder once and calls it for every row. Source: PostgreSQL manual,
"Data Types"; the error texts are those of PostgreSQL 15.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final, TypeVar

from protocol.encodings import UTF_8, encode_text, explain_undecodable
from protocol.errors import InvalidValue, LocalProtocolError
from protocol.numerals import RANGES, format_float8, parse_bool, parse_float8, parse_integer
from protocol.sqlstate import SqlState
from protocol.timestamps import EPOCH, MICROSECOND, format_timestamptz, parse_timestamptz
from protocol.types import BOOL, FLOAT8, INT2, INT4, INT8, NAME, OID, TEXT, TIMESTAMPTZ, TYPES, UNKNOWN, VARCHAR, Oid

TEXT_FORMAT: Final = 0
BINARY_FORMAT: Final = 1

_NAME_LENGTH: Final = 63  # bytes; PostgreSQL cuts longer ones off

Encoder = Callable[[object], bytes]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """What the form of a value depends on.

    Attributes:
        encoding: the Python codec of the client's encoding.
        timezone: of the session, for timestamptz.
        date_style: (ISO, SQL, Postgres or German; MDY, DMY or YMD).
    """

    encoding: str = UTF_8
    timezone: tzinfo = UTC
    date_style: tuple[str, str] = ("ISO", "MDY")


_STRUCTS: Final[dict[Oid, struct.Struct]] = {
    BOOL: struct.Struct(">?"),
    INT2: struct.Struct(">h"),
    INT4: struct.Struct(">i"),
    INT8: struct.Struct(">q"),
    OID: struct.Struct(">I"),
    FLOAT8: struct.Struct(">d"),
    TIMESTAMPTZ: struct.Struct(">q"),
}
_STRINGS: Final = frozenset({TEXT, VARCHAR, UNKNOWN, NAME})


def encoder(oid: Oid, format_code: int, settings: ValueSettings) -> Encoder:
    """The function that writes the values of one column.

    It raises InvalidValue where the client's encoding lacks a character (22P05), LocalProtocolError for
    a value that is not of the type.

    Raises:
        InvalidValue: no such format code.
        LocalProtocolError: no such type.
    """
    _check(oid, format_code)
    if oid in _STRINGS:
        return lambda value: encode_text(_expect(value, str), settings.encoding)
    if format_code == BINARY_FORMAT:
        return _binary_encoder(oid)
    if oid == BOOL:
        return lambda value: b"t" if value else b"f"
    if oid == FLOAT8:
        return lambda value: format_float8(_expect(value, float)).encode("ascii")
    if oid == TIMESTAMPTZ:
        zone, style = settings.timezone, settings.date_style
        return lambda value: format_timestamptz(_expect(value, datetime), zone, style).encode("ascii")
    return lambda value: str(_expect(value, int)).encode("ascii")


def decode(oid: Oid, format_code: int, data: bytes, settings: ValueSettings, *, number: int = 1) -> object:
    """Read the value of one bind parameter; `number` is the parameter's, from 1, for the error text.

    Raises:
        InvalidValue
        LocalProtocolError: no such type.
    """
    _check(oid, format_code)
    if oid in _STRINGS:
        return _decode_string(oid, data, settings.encoding)
    if format_code == BINARY_FORMAT:
        return _decode_binary(oid, data, number)
    text = _decode_text(data, settings.encoding)
    if oid in RANGES:
        return parse_integer(text, oid)
    if oid == BOOL:
        return parse_bool(text)
    if oid == FLOAT8:
        return parse_float8(text)
    return parse_timestamptz(text, settings.timezone)


def _binary_encoder(oid: Oid) -> Encoder:
    form = _STRUCTS[oid]

    def encode(value: object) -> bytes:
        if oid == TIMESTAMPTZ:
            value = (_expect(value, datetime) - EPOCH) // MICROSECOND
        try:
            return form.pack(value)
        except struct.error as error:
            raise LocalProtocolError(f"{value!r} is no {TYPES[oid].sql_name}: {error}") from error

    return encode


def _decode_binary(oid: Oid, data: bytes, number: int) -> object:
    form = _STRUCTS[oid]
    if len(data) < form.size:
        raise InvalidValue("insufficient data left in message", sqlstate=SqlState.PROTOCOL_VIOLATION)
    if len(data) > form.size:
        message = f"incorrect binary data format in bind parameter {number}"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)
    (value,) = form.unpack(data)
    if oid != TIMESTAMPTZ:
        return value
    try:
        return EPOCH + value * MICROSECOND
    except OverflowError:
        raise InvalidValue("timestamp out of range", sqlstate=SqlState.DATETIME_FIELD_OVERFLOW) from None


def _decode_string(oid: Oid, data: bytes, codec: str) -> str:
    text = _decode_text(data, codec)
    if oid == NAME:
        return text.encode(UTF_8)[:_NAME_LENGTH].decode(UTF_8, "ignore")
    return text


def _decode_text(data: bytes, codec: str) -> str:
    if 0 in data:
        # A text of PostgreSQL cannot hold the character NUL.
        message = 'invalid byte sequence for encoding "UTF8": 0x00'
        raise InvalidValue(message, sqlstate=SqlState.CHARACTER_NOT_IN_REPERTOIRE)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        message, sqlstate = explain_undecodable(error, codec)
        raise InvalidValue(message, sqlstate=sqlstate) from error


def _check(oid: Oid, format_code: int) -> None:
    if oid not in TYPES:
        raise LocalProtocolError(f"no type has the OID {oid}")
    if format_code not in (TEXT_FORMAT, BINARY_FORMAT):
        raise InvalidValue(f"unsupported format code: {format_code}", sqlstate=SqlState.INVALID_PARAMETER_VALUE)


def _expect(value: object, kind: type[_Value]) -> _Value:
    if not isinstance(value, kind):
        raise LocalProtocolError(f"{type(value).__name__} where {kind.__name__} belongs")
    return value

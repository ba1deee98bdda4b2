"""Single values and whole rows in the two formats of the protocol: 0, text, and 1, binary.

A result's columns choose their encoders once and call them for every row. NULL never comes to a single
value; in a row it is None. What values are in memory stands in `codecs`.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from protocol.body import NULL, pack_count
from protocol.codec import ValueSettings, decode_text
from protocol.codecs import CODECS
from protocol.encodings import UTF_8, explain_unencodable
from protocol.errors import InvalidValue, LocalProtocolError
from protocol.sizes import SurplusData
from protocol.sqlstate import SqlState
from protocol.types import BPCHAR, JSON, NAME, TEXT, TYPES, UNKNOWN, VARCHAR, Oid

__all__ = [
    "BINARY_FORMAT",
    "TEXT_FORMAT",
    "Encoder",
    "RowsEncoder",
    "ValueSettings",
    "decode",
    "encoder",
    "rows_encoder",
]

TEXT_FORMAT: Final = 0
BINARY_FORMAT: Final = 1

Encoder = Callable[[object], bytes]
RowsEncoder = Callable[[Sequence[Sequence[object]]], list[bytes]]

_STRINGS: Final = frozenset({TEXT, VARCHAR, BPCHAR, UNKNOWN, NAME, JSON})
_ROW_HEAD: Final = struct.Struct(">cIH")
_UNCOUNTED: Final = 6  # bytes that the length of a DataRow counts besides the values: itself and their number
_UINT32: Final = struct.Struct(">I")

# What the functions of a codec raise for a value that is not of the type.
_MISFITS: Final = (TypeError, AttributeError, ValueError, OverflowError, struct.error)


def encoder(oid: Oid, format_code: int, settings: ValueSettings) -> Encoder:
    """The function that writes the values of one column.

    It raises InvalidValue where the client's encoding lacks a character (22P05), LocalProtocolError for
    a value that is not of the type.

    Raises:
        InvalidValue: no such format code.
        LocalProtocolError: no such type.
    """
    encode = _unguarded_encoder(oid, format_code, settings)

    def encode_value(value: object) -> bytes:
        try:
            return encode(value)
        except _MISFITS as error:
            raise _explain(error, settings.encoding) from error

    return encode_value


def rows_encoder(oids: Sequence[Oid], formats: Sequence[int], settings: ValueSettings) -> RowsEncoder:
    """The function that writes whole DataRow messages, one for each row of as many values as there are `oids`.

    It gives the bytes of `DataRow(...).encode()` and raises as the functions of `encoder` do. Column by column, so that
    hardly a step of it is Python's: that takes half the time of going through the values of each row.

    Args:
        formats: one format code for each column.

    Raises:
        InvalidValue: no such format code.
        LocalProtocolError: no such type.
    """
    pack_count(len(oids))
    encoders = [_unguarded_encoder(oid, code, settings) for oid, code in zip(oids, formats, strict=True)]
    count = len(encoders)
    pack_length, pack_head, join = _UINT32.pack, _ROW_HEAD.pack, b"".join

    def encode_rows(rows: Sequence[Sequence[object]]) -> list[bytes]:
        parts: list[Iterable[bytes]] = []
        try:
            columns = zip(*rows, strict=True) if rows else ((),) * count
            for encode, column in zip(encoders, columns, strict=True):
                if None in column:
                    values = [b"" if value is None else encode(value) for value in column]
                    sizes = zip(column, map(len, values), strict=True)
                    parts.append([NULL if value is None else pack_length(size) for value, size in sizes])
                else:
                    values = list(map(encode, column))
                    parts.append(map(pack_length, map(len, values)))
                parts.append(values)
        except _MISFITS as error:
            raise _explain(error, settings.encoding) from error
        bodies = map(join, zip(*parts, strict=True)) if parts else (b"",) * len(rows)
        return [pack_head(b"D", len(body) + _UNCOUNTED, count) + body for body in bodies]

    return encode_rows


def decode(oid: Oid, format_code: int, data: bytes, settings: ValueSettings, *, number: int = 1) -> object:
    """Read the value of one bind parameter; `number` is the parameter's, from 1, for the error.

    Raises:
        InvalidValue
        LocalProtocolError: no such type.
    """
    try:
        return _decode(oid, format_code, data, settings, number)
    except InvalidValue as error:
        error.parameter = number
        raise


def _decode(oid: Oid, format_code: int, data: bytes, settings: ValueSettings, number: int) -> object:
    _check(oid, format_code)
    if format_code == TEXT_FORMAT:
        return CODECS[oid].parse(settings)(decode_text(data, settings.encoding))
    try:
        return CODECS[oid].unpack(settings)(data)
    except SurplusData:
        message = f"incorrect binary data format in bind parameter {number}"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION) from None


def _unguarded_encoder(oid: Oid, format_code: int, settings: ValueSettings) -> Encoder:
    """An encoder that raises the errors of `_MISFITS`."""
    _check(oid, format_code)
    codec = settings.encoding
    if oid in _STRINGS:
        return _encoder_of_text(codec)
    if format_code == BINARY_FORMAT:
        return CODECS[oid].pack(settings)
    format_value = CODECS[oid].format(settings)
    return lambda value: format_value(value).encode(codec)


def _encoder_of_text(codec: str) -> Encoder:
    # This refuses what is no str, though no type checker can say so of an unbound method.
    encode = cast("Callable[[object, str], bytes]", str.encode)
    return cast("Encoder", encode) if codec == UTF_8 else lambda value: encode(value, codec)


def _explain(error: Exception, codec: str) -> Exception:
    if isinstance(error, UnicodeEncodeError):
        return explain_unencodable(error, codec)
    return LocalProtocolError(f"a value that is not of its column's type: {error}")


def _check(oid: Oid, format_code: int) -> None:
    if oid not in TYPES:
        raise LocalProtocolError(f"no type has the OID {oid}")
    if format_code not in (TEXT_FORMAT, BINARY_FORMAT):
        raise InvalidValue(f"unsupported format code: {format_code}", sqlstate=SqlState.INVALID_PARAMETER_VALUE)

"""bytea: its parts, its encodings, its digests.

Source: PostgreSQL manual, "Binary String Functions and Operators"; PostgreSQL 15, encode.c, varlena.c.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Final, TypeVar

from protocol.encodings import explain_undecodable, explain_unencodable, find_encoding
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.strings import parse_bytea
from server.query.functions.bit_strings import check_bit
from server.query.functions.registry import function
from server.query.functions.value_errors import check_length, invalid_parameter, out_of_range

_T = TypeVar("_T")
_NOT_BASE64: Final = re.compile(r"[^A-Za-z0-9+/=]")
# What is no digit where one belongs, behind whole bytes.
_NOT_HEX: Final = re.compile(r"\A(?:[ \n\t\r]|[0-9A-Fa-f]{2})*+[0-9A-Fa-f]?([^0-9A-Fa-f])")
# Unlike the output of bytea, which has an escape for every control character.
_ESCAPES: Final = [
    f"\\{byte:03o}" if byte == 0 or byte > 127 else "\\\\" if byte == 0x5C else chr(byte) for byte in range(256)
]
_ENCODERS: Final[dict[str, Callable[[bytes], str]]] = {
    "hex": bytes.hex,
    # Lines of 76 characters.
    "base64": lambda data: base64.encodebytes(data).decode().removesuffix("\n"),
    "escape": lambda data: "".join(map(_ESCAPES.__getitem__, data)),
}


@function("encode(bytea,text)")
def encode(data: bytes, form: str) -> str:
    return _find(_ENCODERS, form)(data)


def _decode_base64(text: str) -> bytes:
    digits = "".join(text.split())
    wrong = _NOT_BASE64.search(digits)
    if wrong is not None:
        raise invalid_parameter(f'invalid symbol "{wrong[0]}" found while decoding base64 sequence')
    try:
        return base64.b64decode(digits, validate=True)
    except binascii.Error as error:
        raise invalid_parameter("invalid base64 end sequence") from error


def _decode_hex(text: str) -> bytes:
    """Spaces may stand between bytes."""
    wrong = _NOT_HEX.search(text)
    if wrong is not None:
        raise invalid_parameter(f'invalid hexadecimal digit: "{wrong[1]}"')
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise invalid_parameter("invalid hexadecimal data: odd number of digits") from error


def _decode_escape(text: str) -> bytes:
    r"""As bytea is read, but that `\x` is no beginning of hexadecimal digits here."""
    if text.startswith("\\x"):
        raise InvalidValue("invalid input syntax for type bytea", sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return parse_bytea(text)


_DECODERS: Final[dict[str, Callable[[str], bytes]]] = {
    "hex": _decode_hex,
    "base64": _decode_base64,
    "escape": _decode_escape,
}


@function("decode(text,text)")
def decode(text: str, form: str) -> bytes:
    return _find(_DECODERS, form)(text)


def _find(table: dict[str, _T], form: str) -> _T:
    found = table.get(form.lower())
    if found is None:
        raise InvalidValue(f'unrecognized encoding: "{form}"', sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return found


@function("byteacat")
def byteacat(left: bytes, right: bytes) -> bytes:
    check_length(len(left) + len(right))
    return left + right


@function("length(bytea)", "octet_length(bytea)", "byteaoctetlen")
def length(data: bytes) -> int:
    return len(data)


@function("bit_length(bytea)")
def bit_length(data: bytes) -> int:
    return len(data) * 8


@function("substr(bytea,int4)", "substring(bytea,int4)")
def substring_from(data: bytes, start: int) -> bytes:
    return data[max(start - 1, 0) :]


@function("substr(bytea,int4,int4)", "substring(bytea,int4,int4)")
def substring(data: bytes, start: int, count: int) -> bytes:
    if count < 0:
        raise InvalidValue("negative substring length not allowed", sqlstate=SqlState.SUBSTRING_ERROR)
    return data[max(start - 1, 0) : max(start - 1 + count, 0)]


@function("position(bytea,bytea)", "byteapos")
def position(data: bytes, part: bytes) -> int:
    return data.find(part) + 1


@function("btrim(bytea,bytea)")
def btrim(data: bytes, of: bytes) -> bytes:
    return data.strip(of) if of else data


@function("ltrim(bytea,bytea)")
def ltrim(data: bytes, of: bytes) -> bytes:
    return data.lstrip(of) if of else data


@function("rtrim(bytea,bytea)")
def rtrim(data: bytes, of: bytes) -> bytes:
    return data.rstrip(of) if of else data


@function("get_byte(bytea,int4)")
def get_byte(data: bytes, index: int) -> int:
    _check_index(data, index)
    return data[index]


@function("set_byte(bytea,int4,int4)")
def set_byte(data: bytes, index: int, value: int) -> bytes:
    _check_index(data, index)
    return data[:index] + bytes([value & 255]) + data[index + 1 :]


def _check_index(data: bytes, index: int) -> None:
    if not 0 <= index < len(data):
        message = f"index {index} out of valid range, 0..{len(data) - 1}"
        raise InvalidValue(message, sqlstate=SqlState.ARRAY_SUBSCRIPT_ERROR)


@function("get_bit(bytea,int8)")
def get_bit(data: bytes, index: int) -> int:
    """Bits are counted from the lowest of each byte."""
    _check_bit_index(data, index)
    return data[index // 8] >> index % 8 & 1


@function("set_bit(bytea,int8,int4)")
def set_bit(data: bytes, index: int, value: int) -> bytes:
    _check_bit_index(data, index)
    check_bit(value)
    byte = data[index // 8] & ~(1 << index % 8) | value << index % 8
    return data[: index // 8] + bytes([byte]) + data[index // 8 + 1 :]


def _check_bit_index(data: bytes, index: int) -> None:
    if not 0 <= index < len(data) * 8:
        message = f"index {index} out of valid range, 0..{len(data) * 8 - 1}"
        raise InvalidValue(message, sqlstate=SqlState.ARRAY_SUBSCRIPT_ERROR)


@function("overlay(bytea,bytea,int4)")
def overlay(data: bytes, new: bytes, start: int) -> bytes:
    return overlay_of_length(data, new, start, len(new))


@function("overlay(bytea,bytea,int4,int4)")
def overlay_of_length(data: bytes, new: bytes, start: int, count: int) -> bytes:
    if start <= 0:
        raise InvalidValue("negative substring length not allowed", sqlstate=SqlState.SUBSTRING_ERROR)
    if start + count >= 2**31:
        raise out_of_range("integer")
    check_length(len(data) + len(new))
    return data[: start - 1] + new + data[max(start - 1 + count, 0) :]


@function("md5(bytea)")
def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


for _name in ("sha224", "sha256", "sha384", "sha512"):
    function(f"{_name}(bytea)")(lambda data, name=_name: hashlib.new(name, data).digest())


@function("convert_from(bytea,name)")
def convert_from(data: bytes, name: str) -> str:
    try:
        return data.decode(_codec(name))
    except UnicodeDecodeError as error:
        message, sqlstate = explain_undecodable(error, _codec(name))
        raise InvalidValue(message, sqlstate=sqlstate) from error


@function("convert_to(text,name)")
def convert_to(text: str, name: str) -> bytes:
    try:
        return text.encode(_codec(name))
    except UnicodeEncodeError as error:
        raise explain_unencodable(error, _codec(name)) from error


@function("convert(bytea,name,name)")
def convert(data: bytes, source: str, target: str) -> bytes:
    _codec(source)
    _codec(target, "destination")
    return convert_to(convert_from(data, source), target)


@function("length(bytea,name)")
def length_in(data: bytes, name: str) -> int:
    return len(convert_from(data, name))


def _codec(name: str, role: str = "source") -> str:
    encoding = find_encoding(name)
    if encoding is None:
        message = f'invalid {role} encoding name "{name}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return encoding.codec

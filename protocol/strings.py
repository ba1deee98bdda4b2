"""The types whose text is nearly the value itself: "char", name, bytea, uuid, json, tid.

Source: PostgreSQL 15's input and output functions; the error texts are theirs.
"""

import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn
from uuid import UUID

from protocol.encodings import UTF_8
from protocol.errors import InvalidValue
from protocol.jsonb import canonical_jsonb
from protocol.numerals import invalid_syntax
from protocol.sqlstate import SqlState

_NAME_LENGTH: Final = 63  # bytes; PostgreSQL cuts longer ones off

_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")
_HEX_SPACE: Final = re.compile(r"[ \n\t\r]+")
_ESCAPED: Final = re.compile(rb"\\(?:\\|([0-3][0-7]{2}))")
_LONE_BACKSLASH: Final = re.compile(rb"(?:[^\\]|\\\\|\\[0-3][0-7]{2})*+", re.DOTALL)
_BYTEA_ESCAPES: Final = [
    "\\\\" if byte == 0x5C else chr(byte) if 0x20 <= byte <= 0x7E else f"\\{byte:03o}" for byte in range(256)
]

_UUID: Final = re.compile(r"(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}")
_TID: Final = re.compile(r"\(\s*([0-9]+),\s*([0-9]+)\)")
_BAD_UNICODE: Final = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tid:
    """Where a row lies in its table."""

    block: int
    offset: int


def parse_char(text: str) -> str:
    r"""Read a "char": the first byte of the text, or "" for the byte 0.

    DEVIATION: PostgreSQL takes the first byte of any character; here it must be a character itself.

    Raises:
        InvalidValue
    """
    return check_char(text[:1])


def check_char(character: str) -> str:
    """Only ASCII fits.

    Raises:
        InvalidValue
    """
    if len(character) > 1 or not character.isascii():
        message = 'a "char" holds one byte, which this text does not begin with'
        raise InvalidValue(message, sqlstate=SqlState.CHARACTER_NOT_IN_REPERTOIRE)
    return character


def cut_name(text: str) -> str:
    """As much of it as a name can hold."""
    data = text.encode(UTF_8)
    return text if len(data) <= _NAME_LENGTH else data[:_NAME_LENGTH].decode(UTF_8, "ignore")


def format_bytea(data: bytes, output: str) -> str:
    """Write bytes; `output` is the value of bytea_output."""
    if output == "hex":
        return "\\x" + data.hex()
    return "".join([_BYTEA_ESCAPES[byte] for byte in data])


def parse_bytea(text: str) -> bytes:
    r"""Read bytes in either form: `\x` and pairs of digits, or characters with `\ooo` and `\\`.

    Raises:
        InvalidValue
    """
    if text.startswith("\\x"):
        return _parse_hexadecimal(text[2:])
    data = text.encode(UTF_8)
    if _LONE_BACKSLASH.fullmatch(data) is None:
        raise InvalidValue("invalid input syntax for type bytea", sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 8)]) if match[1] else b"\\", data)


def _parse_hexadecimal(text: str) -> bytes:
    pairs = _HEX_SPACE.split(text)
    digits = "".join(pairs)
    strange = next((character for character in digits if character not in _HEXADECIMAL), None)
    if strange is not None:
        message = f'invalid hexadecimal digit: "{strange}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    if any(len(pair) % 2 for pair in pairs):
        message = "invalid hexadecimal data: odd number of digits"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return bytes.fromhex(digits)


def parse_uuid(text: str) -> UUID:
    """Read 32 digits, with hyphens after any four of them, with braces or without.

    Raises:
        InvalidValue
    """
    digits = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    if _UUID.fullmatch(digits) is None:
        raise invalid_syntax("uuid", text)
    return UUID(hex=digits)


def parse_tid(text: str) -> Tid:
    """Read `(block,offset)`.

    Raises:
        InvalidValue
    """
    match = _TID.fullmatch(text)
    if match is None or len(match[1]) > 10 or len(match[2]) > 5:
        raise invalid_syntax("tid", text)
    block, offset = int(match[1]), int(match[2])
    if block >= 2**32 or offset >= 2**16:
        raise invalid_syntax("tid", text)
    return Tid(block, offset)


def check_json(text: str) -> str:
    """The text itself, if it is JSON.

    Raises:
        InvalidValue
    """
    try:
        # Numbers stay text, since Python refuses to read integers of thousands of digits.
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except ValueError as error:
        message = "invalid input syntax for type json"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION) from error
    except RecursionError as error:
        raise InvalidValue("stack depth limit exceeded", sqlstate=SqlState.STATEMENT_TOO_COMPLEX) from error
    return text


def check_jsonb(text: str) -> str:
    r"""The text in jsonb's form, if it can hold it, which has no character NUL and no half of a surrogate pair.

    Raises:
        InvalidValue
    """
    check_json(text)
    high = False
    at = 0
    for match in _BAD_UNICODE.finditer(text):
        code = int(match["code"] or "0020", 16)
        low = 0xDC00 <= code < 0xE000
        if code == 0:
            message = "unsupported Unicode escape sequence"
            raise InvalidValue(message, sqlstate=SqlState.UNTRANSLATABLE_CHARACTER)
        if low != high or (high and match.start() != at):
            break
        high, at = 0xD800 <= code < 0xDC00, match.end()
    else:
        if not high:
            return canonical_jsonb(text)
    message = "invalid input syntax for type json"
    raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)

r"""What PostgreSQL's strings and quoted names stand for: `E'..'` with its escapes, `U&'..'` with its own.

Source: PostgreSQL manual, "Lexical Structure", 4.1.2.2 and 4.1.2.3; scan.l and parser.c.
"""

import re
from typing import Final

from server.errors import Condition, OdpsError

LONGEST_NAME: Final = 63
"""In bytes of UTF-8; what is longer is cut, as PostgreSQL does."""

_ESCAPE: Final = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<byte>[0-9A-Fa-f]{1,2})|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})"
    r"|(?P<char>.))|''",
    re.DOTALL,
)
_NAMED: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HIGH: Final = range(0xD800, 0xDC00)
_LOW: Final = range(0xDC00, 0xE000)
_LAST_CODE: Final = 0x10FFFF
# How Python's "surrogateescape" writes a byte that is no ASCII character.
_RAW_BYTE: Final = 0xDC00
_NO_ESCAPE_CHARACTER: Final = frozenset("0123456789abcdefABCDEF+'\" \t\n\r\f")


def unescape_string(body: str, place: int) -> str:
    r"""The value of `E'..'`.

    Args:
        body: what stands between the quotes.
        place: where that begins.

    Raises:
        OdpsError: QUERY_MALFORMED or UNICODE_ESCAPE_BROKEN at the escape, CHARACTER_INVALID.
    """
    if "\\" not in body:
        return body.replace("''", "'")
    parts: list[str] = []
    position = 0
    bytewise = False
    high = 0
    for found in _ESCAPE.finditer(body):
        if high and (found.start() > position or found.lastgroup not in ("short", "long")):
            raise _invalid("invalid Unicode surrogate pair", place + found.start())
        parts.append(body[position : found.start()])
        position = found.end()
        match found.lastgroup:
            case "octal" | "byte":
                code = int(found["octal"], 8) & 0xFF if found["octal"] else int(found["byte"], 16)
                bytewise = bytewise or code > 0x7F or code == 0
                parts.append(chr(code) if code <= 0x7F else chr(_RAW_BYTE + code))
            case "short" | "long":
                code = int(found["short"] or found["long"], 16)
                high, text = _join(high, code, place + found.start())
                parts.append(text)
            case "char":
                char = found["char"]
                if char in "uU":
                    raise OdpsError(Condition.UNICODE_ESCAPE_BROKEN, at=place + found.start())
                parts.append(_NAMED.get(char, char))
            case _:
                parts.append("'")
    if high:
        raise _invalid("invalid Unicode surrogate pair", place + position)
    parts.append(body[position:])
    value = "".join(parts)
    return _check_bytes(value) if bytewise else value


def unescape_unicode(body: str, escape: str, place: int) -> str:
    """The value of `U&'..'` or `U&".."`, the quotes in it already single; `place` is where the body begins."""
    if escape not in body:
        return body
    parts: list[str] = []
    position = 0
    high = 0
    while (found := body.find(escape, position)) >= 0:
        if high and found > position:
            break
        parts.append(body[position:found])
        if body.startswith(escape, found + 1):
            if high:
                break
            parts.append(escape)
            position = found + 2
            continue
        digits = body[found + 2 : found + 8] if body.startswith("+", found + 1) else body[found + 1 : found + 5]
        wanted = 6 if body.startswith("+", found + 1) else 4
        if len(digits) != wanted or not re.fullmatch("[0-9A-Fa-f]+", digits):
            raise _invalid("invalid Unicode escape", place + found)
        high, text = _join(high, int(digits, 16), place + found)
        parts.append(text)
        position = found + 1 + wanted + (wanted == 6)
    if high:
        raise _invalid("invalid Unicode surrogate pair", place + position)
    parts.append(body[position:])
    return "".join(parts)


def is_escape_character(text: str) -> bool:
    """Whether UESCAPE may name it."""
    return len(text) == 1 and text not in _NO_ESCAPE_CHARACTER


def truncate_name(name: str) -> str:
    """At most `LONGEST_NAME` bytes of it, and no half of a character."""
    if len(name) <= LONGEST_NAME and (name.isascii() or len(name.encode()) <= LONGEST_NAME):
        return name
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")


def _join(high: int, code: int, at: int) -> tuple[int, str]:
    """The first half of a surrogate pair that is now open, or 0, and the characters that are complete."""
    if high:
        if code not in _LOW:
            raise _invalid("invalid Unicode surrogate pair", at)
        return 0, chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00))
    if code in _HIGH:
        return code, ""
    if code in _LOW:
        raise _invalid("invalid Unicode surrogate pair", at)
    if not 0 < code <= _LAST_CODE:
        raise _invalid("invalid Unicode escape value", at)
    return 0, chr(code)


def _check_bytes(value: str) -> str:
    """The same text, its single bytes put together to characters."""
    if "\0" in value:
        raise OdpsError(Condition.CHARACTER_INVALID, bytes="0x00")
    encoded = value.encode(errors="surrogateescape")
    try:
        return encoded.decode()
    except UnicodeDecodeError as error:
        shown = " ".join(f"0x{byte:02x}" for byte in encoded[error.start : max(error.end, error.start + 1)])
        raise OdpsError(Condition.CHARACTER_INVALID, bytes=shown) from None


def _invalid(reason: str, at: int) -> OdpsError:
    return OdpsError(Condition.QUERY_MALFORMED, at=at, reason=reason)

"""The tokens of a jsonpath.

Source: PostgreSQL 15, jsonpath_scan.l.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

_OTHER: Final = r"[^?%$.\[\]{}()|&!=<>@\#,*:\-+/\\\"\ \t\n\r\f]"
_ESCAPED: Final = r"\\(?:u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[^ux])"
_STRING: Final = rf'"(?:{_ESCAPED}|[^"\\])*+"'
_NAME: Final = rf"(?:{_OTHER}|{_ESCAPED})++"
_TOKEN: Final = re.compile(
    rf"""
      (?P<space> [ \t\n\r\f]+ | /\*.*?\*/ )
    | (?P<variable> \$ (?: {_STRING} | {_NAME} ) )
    | (?P<string> {_STRING} )
    | (?P<number> (?: (?:0|[1-9][0-9]*) (?:\.[0-9]*)? | \.[0-9]+ ) (?:[eE][+-]?[0-9]+)? (?P<junk> {_OTHER} )? )
    | (?P<mark> && | \|\| | != | == | <> | <= | >= | \*\* | [?%$.\[\]{{}}()!<>@,*\-+/] )
    | (?P<name> {_NAME} )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_CONTROLS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SURROGATES: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class TokenKind(Enum):
    MARK = auto()
    NAME = auto()
    STRING = auto()
    VARIABLE = auto()
    NUMBER = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`value`: without quotes and escapes; `bare`: a name that is written without any, so that it may be a keyword."""

    kind: TokenKind
    value: str
    bare: bool = False


def read_tokens(text: str) -> Iterator[Token]:
    """The tokens, with one at the end that is none.

    Raises:
        InvalidValue
    """
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise syntax_error(text[at : at + 1])
        at = match.end()
        written = match[0]
        if match["junk"]:
            raise InvalidValue(
                f'trailing junk after numeric literal at or near "{written}" of jsonpath input',
                sqlstate=SqlState.SYNTAX_ERROR,
            )
        if match["variable"]:
            yield Token(TokenKind.VARIABLE, _unescape(written[1:]))
        elif match["string"]:
            yield Token(TokenKind.STRING, _unescape(written))
        elif match["number"]:
            yield Token(TokenKind.NUMBER, written)
        elif match["mark"]:
            yield Token(TokenKind.MARK, "<>" if written == "!=" else written)
        elif match["name"]:
            yield Token(TokenKind.NAME, _unescape(written), bare="\\" not in written)
    yield Token(TokenKind.END, "")


def _unescape(written: str) -> str:
    inner = written[1:-1] if written.startswith('"') else written
    if "\\" not in inner:
        return inner
    # Two escapes may make one character.
    text = _ESCAPE.sub(_character, inner)
    text = _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    if any("\ud800" <= character <= "\udfff" for character in text):
        message = "invalid input syntax for type jsonpath"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return text


def _character(match: re.Match[str]) -> str:
    if match[4]:
        return _CONTROLS.get(match[4], match[4])
    code = int(match[1] or match[2] or match[3], 16)
    if code == 0:
        message = "unsupported Unicode escape sequence"
        raise InvalidValue(message, sqlstate=SqlState.UNTRANSLATABLE_CHARACTER)
    if code > 0x10FFFF:
        message = "invalid input syntax for type jsonpath"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return chr(code)


def syntax_error(near: str) -> InvalidValue:
    place = f'at or near "{near}" of jsonpath input' if near else "at end of jsonpath input"
    return InvalidValue(f"syntax error {place}", sqlstate=SqlState.SYNTAX_ERROR)

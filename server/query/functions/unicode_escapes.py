r"""unistr: characters written as `\0041`, `\+01F600`, `\u0041`, `\U0001F600`.

Source: PostgreSQL 15, unistr in varlena.c.
"""

import re
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function

_ESCAPE: Final = re.compile(
    r"\\(?:(\\)|u?([0-9A-Fa-f]{4})|\+([0-9A-Fa-f]{6})|U([0-9A-Fa-f]{8})|())", re.DOTALL | re.ASCII
)
_HIGH: Final = range(0xD800, 0xDC00)
_LOW: Final = range(0xDC00, 0xE000)
_HIGHEST: Final = 0x10FFFF


@function("unistr")
def unistr(text: str) -> str:
    pieces: list[str] = []
    place, high = 0, 0
    for match in _ESCAPE.finditer(text):
        if high and match.start() > place:
            raise _bad_pair()
        pieces.append(text[place : match.start()])
        place = match.end()
        if match[5] is not None:
            raise _invalid("invalid Unicode escape")
        if match[1]:
            if high:
                raise _bad_pair()
            pieces.append("\\")
            continue
        code = int(match[2] or match[3] or match[4], 16)
        if not 0 < code <= _HIGHEST:
            message = f"invalid Unicode code point: {code:04X}"
            raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
        if (code in _LOW) != bool(high):
            raise _bad_pair()
        if code in _HIGH:
            high = code
            continue
        pieces.append(chr(0x10000 + ((high - _HIGH.start) << 10) + (code - _LOW.start) if high else code))
        high = 0
    if high:
        raise _bad_pair()
    return "".join(pieces) + text[place:]


def _bad_pair() -> InvalidValue:
    return _invalid("invalid Unicode surrogate pair")


def _invalid(message: str) -> InvalidValue:
    return InvalidValue(message, sqlstate=SqlState.SYNTAX_ERROR)

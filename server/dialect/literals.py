r"""Turns the text of literals into the values they stand for, and back.

The escapes are MaxCompute's ("Escape characters"; SPEC of the product): `\'  \"  \\  \n  \t  \r  \b  \0` and
`\ooo` with exactly three octal digits; any other one is an error at its backslash. A quote may also be
doubled, as PostgreSQL clients do.

SILENT: `\%` and `\_` are errors like every escape that is not in the list.
SILENT: `\ooo` is the character with that code and goes up to `\377`.
DEVIATION: a NUL character is refused with PostgreSQL's 22021, because no PostgreSQL client could read it back.
"""

import re
from typing import Final

from server.errors import Condition, OdpsError

_PLAIN: Final = {"'": "'", '"': '"', "\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0"}
_ESCAPE: Final = {"'": re.compile(r"\\([0-9]++|.)|''", re.DOTALL), '"': re.compile(r'\\([0-9]++|.)|""', re.DOTALL)}
_OCTAL: Final = re.compile("[0-3][0-7]{2}")

# An octal escape takes the digits after it along, so a digit has to begin another, adjacent literal.
_SPECIAL: Final = re.compile(r"[\x00-\x1f\x7f'\"\\][0-9]?")
_NAMED: Final = {"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r", "\b": r"\b"}


def unescape(raw: str, at: int) -> str:
    """The value of one literal.

    Args:
        raw: the literal with its quotes.
        at: where it begins, for the error.

    Raises:
        OdpsError: INVALID_ESCAPE or CHARACTER_INVALID, at the backslash.
    """
    quote = raw[0]
    body = raw[1:-1]
    if "\\" not in body and quote not in body:
        return body

    def replace(found: re.Match[str]) -> str:
        escape = found[1]
        if escape is None:
            return quote
        value = _PLAIN.get(escape)
        if value is None and _OCTAL.fullmatch(escape):
            value = chr(int(escape, 8))
        place = at + 1 + found.start()
        if value is None:
            raise OdpsError(Condition.INVALID_ESCAPE, at=place, sequence=_printable(escape))
        if value == "\0":
            raise OdpsError(Condition.CHARACTER_INVALID, at=place, bytes="0x00")
        return value

    return _ESCAPE[quote].sub(replace, body)


def format_literal(value: str) -> str:
    r"""The canonical literal of `value`, on one line.

    It is read alike by MaxCompute, which has no doubled quotes, and by the lexer of a PostgreSQL client,
    which does not know `\'`: a value with a single quote stands in double quotes, and a quote that cannot
    be told from the enclosing ones is written in octal.
    """
    if _SPECIAL.search(value) is None:
        return f"'{value}'"
    quote = '"' if "'" in value and '"' not in value else "'"

    def escape(found: re.Match[str]) -> str:
        char, digit = found[0][0], found[0][1:]
        if char in _NAMED:
            return _NAMED[char] + digit
        if char in "'\"" and char != quote:
            return char + digit
        octal = f"\\{ord(char):03o}"
        return f"{octal}{quote} {quote}{digit}" if digit else octal

    return f"{quote}{_SPECIAL.sub(escape, value)}{quote}"


def format_postgres_literal(value: str) -> str:
    """The literal of `value` under PostgreSQL's rule, the same with standard_conforming_strings on and off."""
    doubled = value.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in value else f"'{doubled}'"


def unescape_postgres(raw: str, at: int) -> str:
    """The value of one literal under PostgreSQL's rule: `'...'` or `E'...'`."""
    if raw[0] in "eE":
        return unescape(raw[1:], at + 1)
    return raw[1:-1].replace("''", "'")


def _printable(escape: str) -> str:
    return escape if escape.isprintable() else f"U+{ord(escape):04X}"

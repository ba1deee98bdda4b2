"""LIKE, SIMILAR TO and the operators of regular expressions.

Source: PostgreSQL manual, "Pattern Matching"; PostgreSQL 15, like.c, like_match.c, regexp.c.
"""

from collections.abc import Callable
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.like import compile_like
from server.query.functions.registry import function
from server.query.functions.regular_expressions import compile_pattern, search

# Characters that are plain in SIMILAR TO but not in a regular expression.
_ESCAPED: Final = "\\.^$"


def _like(*, ignore_case: bool, negated: bool) -> Callable[[str, str], bool]:
    def is_like(text: str, pattern: str) -> bool:
        return compile_like(pattern, ignore_case=ignore_case)(text) is not negated

    return is_like


for _type in ("text", "name", "bpchar"):
    function(f"{_type}like")(_like(ignore_case=False, negated=False))
    function(f"{_type}nlike")(_like(ignore_case=False, negated=True))
    function(f"{_type}iclike")(_like(ignore_case=True, negated=False))
    function(f"{_type}icnlike")(_like(ignore_case=True, negated=True))
function("like(text,text)", "like(name,text)")(_like(ignore_case=False, negated=False))
function("notlike(text,text)", "notlike(name,text)")(_like(ignore_case=False, negated=True))


@function("bytealike", "like(bytea,bytea)")
def bytea_like(data: bytes, pattern: bytes) -> bool:
    return compile_like(pattern.decode("latin-1"))(data.decode("latin-1"))


@function("byteanlike", "notlike(bytea,bytea)")
def bytea_not_like(data: bytes, pattern: bytes) -> bool:
    return not bytea_like(data, pattern)


@function("like_escape(bytea,bytea)")
def like_escape_of_bytes(pattern: bytes, escape: bytes) -> bytes:
    return like_escape(pattern.decode("latin-1"), escape.decode("latin-1")).encode("latin-1")


@function("like_escape(text,text)")
def like_escape(pattern: str, escape: str) -> str:
    """The pattern with a backslash in the place of the escape character."""
    if len(escape) > 1:
        message = "invalid escape string"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ESCAPE_SEQUENCE)
    if escape == "\\":
        return pattern
    written = ""
    after_escape = False
    for character in pattern:
        if character == escape and not after_escape:
            written += "\\"
            after_escape = True
        elif character == "\\":
            written += "\\" if after_escape else "\\\\"
            after_escape = False
        else:
            written += character
            after_escape = False
    return written


def _matches(*, ignore_case: bool, negated: bool) -> Callable[[str, str], bool]:
    flags = "i" if ignore_case else ""

    def matches(text: str, pattern: str) -> bool:
        return (search(compile_pattern(pattern, flags), text) is not None) is not negated

    return matches


for _type in ("text", "name", "bpchar"):
    function(f"{_type}regexeq")(_matches(ignore_case=False, negated=False))
    function(f"{_type}regexne")(_matches(ignore_case=False, negated=True))
    function(f"{_type}icregexeq")(_matches(ignore_case=True, negated=False))
    function(f"{_type}icregexne")(_matches(ignore_case=True, negated=True))


@function("similar_to_escape", "similar_escape")
def similar_to_escape(pattern: str | None, escape: str | None = "\\") -> str | None:
    """SIMILAR TO's pattern as a regular expression.

    Source: PostgreSQL 15, similar_escape_internal.
    """
    if pattern is None or escape is None:
        return None
    if len(escape) > 1:
        raise InvalidValue("invalid escape string", sqlstate=SqlState.INVALID_ESCAPE_SEQUENCE)
    written, in_brackets, after_escape, marks = "^(?:", False, False, 0
    for character in pattern:
        if after_escape:
            if character == '"' and not in_brackets:
                # A pair of escaped quotes parts the pattern in three for SUBSTRING.
                written += "){1,1}?(" if marks == 0 else "){1,1}(?:"
                marks += 1
            else:
                written += "\\" + character
            after_escape = False
        elif character == escape:
            after_escape = True
        elif in_brackets:
            written += "\\\\" if character == "\\" else character
            in_brackets = character != "]"
        elif character == "[":
            written += character
            in_brackets = True
        elif character == "%":
            written += ".*"
        elif character == "_":
            written += "."
        elif character == "(":
            written += "(?:"
        else:
            written += "\\" + character if character in _ESCAPED else character
    return written + ")$"

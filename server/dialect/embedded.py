r"""Finds the statement that stands in another one: in PREPARE, in DECLARE and in COPY.

It is read under its own lexical rule, which need not be that of the statement around it: in
`PREPARE p AS DESC MODEL "m"` the quotes are MaxCompute's, in `COPY (SHOW MODELS) TO STDOUT (ESCAPE '\')` they
are first MaxCompute's, then PostgreSQL's. So both are cut apart before either is read.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from server.dialect.lexical import UNTERMINATED, Kind, Rule, find_piece, find_words, skip_blank
from server.errors import Condition, OdpsError
from server.statements import Change, Query, SelectStatement, Statement
from server.statements.select import Select

_AS: Final = re.compile(r"(?<![\w$])AS(?![\w$])", re.IGNORECASE)
_FOR: Final = re.compile(r"(?<![\w$])FOR(?![\w$])", re.IGNORECASE)
_PARENTHESIS: Final = re.compile(r"[()]")


class Start(NamedTuple):
    """Where the statement within begins, in characters from 0, and whether a parenthesis closes it."""

    position: int
    closed: bool = False


Finder = Callable[[str, int], Start | None]
"""Finds where the statement within begins, from the place after the first word of the one around it."""


def after_as(text: str, position: int) -> Start | None:
    """What follows AS."""
    return _after(_AS, text, position)


def after_for(text: str, position: int) -> Start | None:
    """What follows FOR."""
    return _after(_FOR, text, position)


def in_parentheses(text: str, position: int) -> Start | None:
    """What stands in the parentheses that come first."""
    position = skip_blank(text, position)
    return Start(position + 1, closed=True) if text.startswith("(", position) else None


def find_closing(text: str, position: int, rule: Rule) -> int:
    """The closing parenthesis, the semicolon or the end: whichever the statement at `position` ends at."""
    depth = 1
    while True:
        piece = find_piece(text, position, rule)
        stop = len(text) if piece is None else piece.start
        for found in _PARENTHESIS.finditer(text, position, stop):
            depth += 1 if found[0] == "(" else -1
            if depth == 0:
                return found.start()
        if piece is None or piece.kind is Kind.SEMICOLON:
            return stop
        position = piece.end


class Inner:
    """The statement within, read when it is asked for, so that errors come in the order of the text.

    Its places count in the text of the whole.
    """

    __slots__ = ("_read", "_start", "_text")

    def __init__(self, text: str, start: int, read: Callable[[], Statement]) -> None:
        self._text = text
        self._start = start
        self._read = read

    def query(self) -> Query | Select:
        """The statement, which must return rows and be no EXPLAIN.

        Raises:
            OdpsError: it does not, or it is none.
        """
        statement = self._read()
        if not isinstance(statement, Query | Select):
            raise self._unexpected("a query")
        return statement

    def query_or_change(self) -> Query | SelectStatement | Change:
        """The statement, which must return rows or change the catalog.

        Raises:
            OdpsError: it does neither, or it is none.
        """
        statement = self._read()
        if not isinstance(statement, Query | SelectStatement | Change):
            raise self._unexpected("a query or a model statement")
        return statement

    def _unexpected(self, expected: str) -> OdpsError:
        at = skip_blank(self._text, self._start)
        words = find_words(self._text, at, 1)
        token = words[0].text if words else self._text[at : at + 1]
        return OdpsError(Condition.INVALID_TOKEN_EXPECTING, at=at, token=token, expected=expected)


def _after(word: re.Pattern[str], text: str, position: int) -> Start | None:
    while True:
        piece = find_piece(text, position, Rule.POSTGRES)
        found = word.search(text, position, len(text) if piece is None else piece.start)
        if found is not None:
            return Start(found.end())
        if piece is None or piece.kind is Kind.SEMICOLON or piece.kind in UNTERMINATED:
            return None
        position = piece.end

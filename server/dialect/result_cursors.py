"""Reads DECLARE, FETCH, MOVE and CLOSE, as PostgreSQL writes them. Each begins after the words that chose it."""

from typing import Final

from server.dialect.cursor import Cursor
from server.dialect.embedded import Inner
from server.errors import Condition, OdpsError
from server.statements import CloseCursor, Declare, Direction, Fetch, Identifier

_OPTIONS: Final = ("NO SCROLL", "SCROLL", "BINARY", "ASENSITIVE", "INSENSITIVE")
_CONFLICTS: Final = (("SCROLL", "NO SCROLL"), ("ASENSITIVE", "INSENSITIVE"))
# Directions of one word: what they mean, and the count.
_STEPS: Final = {
    "NEXT": (Direction.FORWARD, 1),
    "PRIOR": (Direction.BACKWARD, 1),
    "FIRST": (Direction.ABSOLUTE, 1),
    "LAST": (Direction.ABSOLUTE, -1),
}


def parse_declare(cursor: Cursor, inner: Inner) -> Declare:
    """Reads `name [option ...] CURSOR [{ WITH | WITHOUT } HOLD] FOR query`."""
    name = cursor.identifier()
    options: set[str] = set()
    while not cursor.accept("CURSOR"):
        at = cursor.at
        option = next((option for option in _OPTIONS if cursor.accept(*option.split())), None)
        if option is None:
            raise cursor.unexpected(*_OPTIONS, "CURSOR")
        options.add(option)
        for pair in _CONFLICTS:
            if options.issuperset(pair):
                raise OdpsError(Condition.CURSOR_CONFLICT, at=at, first=pair[0], second=pair[1])
    hold = cursor.accept("WITH", "HOLD")
    if not hold:
        cursor.accept("WITHOUT", "HOLD")
    cursor.expect("FOR")
    scroll = True if "SCROLL" in options else False if "NO SCROLL" in options else None
    return Declare(name, inner.query(), "BINARY" in options, scroll, hold)


def parse_fetch(cursor: Cursor) -> Fetch:
    """Reads `[direction] [FROM | IN] name`."""
    direction, count = _direction(cursor)
    return Fetch(_cursor_name(cursor), direction, count)


def parse_move(cursor: Cursor) -> Fetch:
    """Reads `[direction] [FROM | IN] name`."""
    direction, count = _direction(cursor)
    return Fetch(_cursor_name(cursor), direction, count, move=True)


def parse_close(cursor: Cursor) -> CloseCursor:
    """Reads `{ name | ALL }`."""
    name = None if cursor.accept("ALL") else cursor.identifier()
    cursor.expect_end()
    return CloseCursor(name)


def _direction(cursor: Cursor) -> tuple[Direction, int | None]:
    """The direction and the count; None for ALL. A cursor may be called like a direction."""
    if cursor.accept("ALL"):
        return Direction.FORWARD, None
    if cursor.at_last:
        return Direction.FORWARD, 1
    word = cursor.accept_any(*_STEPS)
    if word:
        return _STEPS[word]
    word = cursor.accept_any("ABSOLUTE", "RELATIVE")
    if word:
        return Direction(word), cursor.signed_integer()
    word = cursor.accept_any("FORWARD", "BACKWARD")
    if word:
        return Direction(word), None if cursor.accept("ALL") else _count(cursor)
    return Direction.FORWARD, _count(cursor)


def _count(cursor: Cursor) -> int:
    return cursor.signed_integer() if cursor.at_number else 1


def _cursor_name(cursor: Cursor) -> Identifier:
    cursor.accept_any("FROM", "IN")
    name = cursor.identifier("a cursor name")
    cursor.expect_end()
    return name

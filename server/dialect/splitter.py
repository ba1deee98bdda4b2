"""Splits the text of a simple query into statements.

A semicolon ends a statement unless it stands in a comment or a quoted piece, and how those are read depends
on the statement itself: on its first words. Empty statements give nothing. Comments around a statement are
no part of it, so that fragments joined by semicolons split the same again.
"""

import re
from dataclasses import dataclass
from typing import Final

from server.dialect.embedded import find_closing
from server.dialect.lexical import Kind, Rule, find_piece, skip_blank
from server.dialect.routes import find_region

# One statement without a comment, with quotes that every rule reads alike: most of what clients send, and nothing to
# look at closely.
_SIMPLE: Final = re.compile(
    r"""\s*+((?:[^;'"`$/-]++|'[^'\\]*+'|"[^"\\]*+"|-(?!-)|/(?!\*))*+);?+\s*+""",
)
_EMPTY: Final = re.compile(r"[\s;]++")


@dataclass(frozen=True, slots=True)
class Fragment:
    """The text of one statement, and where it begins in the client's text, in characters from 0."""

    text: str
    start: int


def split(text: str, *, standard_conforming_strings: bool = True) -> tuple[Fragment, ...]:
    """The statements of `text`, in their order.

    What is left open, a quote or a comment, reaches to the end and is reported when the statement is read.
    """
    simple = _SIMPLE.fullmatch(text)
    if simple is not None:
        statement = simple[1].rstrip()
        return (Fragment(statement, simple.start(1)),) if statement else ()
    fragments: list[Fragment] = []
    position = 0
    while (start := _skip_empty(text, position)) < len(text):
        end, position = _find_end(text, start, standard_conforming_strings)
        fragments.append(Fragment(text[start:end], start))
    return tuple(fragments)


def _skip_empty(text: str, position: int) -> int:
    """The first place from `position` on where a statement begins."""
    start = skip_blank(text, position)
    while (found := _EMPTY.match(text, start)) is not None:
        start = skip_blank(text, found.end())
    return start


def _find_end(text: str, start: int, standard_conforming_strings: bool) -> tuple[int, int]:
    """Where the statement's last word ends, and where the next statement may begin."""
    position, rule, closed = find_region(text, start, standard_conforming_strings=standard_conforming_strings)
    if closed:
        position = find_closing(text, position, rule)
        rule = Rule.POSTGRES if standard_conforming_strings else Rule.POSTGRES_BACKSLASH
    end = _end_of_words(text, start, position, start)
    while (piece := find_piece(text, position, rule)) is not None:
        end = _end_of_words(text, position, piece.start, end)
        if piece.kind is Kind.SEMICOLON:
            return end, piece.end
        if piece.kind is not Kind.COMMENT:
            end = piece.end
        position = piece.end
    return _end_of_words(text, position, len(text), end), len(text)


def _end_of_words(text: str, start: int, stop: int, end: int) -> int:
    """Where the last word between `start` and `stop` ends; `end` when there is none."""
    plain = text[start:stop].rstrip()
    return start + len(plain) if plain else end

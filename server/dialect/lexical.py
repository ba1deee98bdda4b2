"""Finds comments, quoted pieces and semicolons in a client's text, without reading the rest of it.

This is the one place that knows where a comment or a quoted piece begins and ends; the splitter and the
tokens both build on it, so that they never disagree. Everything is linear in the length of the text: the
patterns repeat possessively, so nothing is tried twice.

There are two families of rules because clients mix two languages. MaxCompute: strings in single or double
quotes with backslash escapes, identifiers in back quotes. PostgreSQL (manual, "Lexical Structure"): strings
in single quotes, where a backslash escapes only after `E` or with standard_conforming_strings off,
identifiers in double quotes, dollar quotes. Comments are the same in both: `--` to the end of the line, and
`/* */`, which nests.
"""

import re
from enum import Enum
from typing import Final, NamedTuple

from server.errors import Condition, OdpsError


class Rule(Enum):
    """How quotes and backslashes are read."""

    MAXCOMPUTE = "MaxCompute"
    POSTGRES = "PostgreSQL"
    POSTGRES_BACKSLASH = "PostgreSQL with standard_conforming_strings off"


class Kind(Enum):
    """What a piece is. The unterminated kinds reach to the end of the text and are named as errors name them."""

    COMMENT = "comment"
    QUOTED = "quoted piece"
    SEMICOLON = "semicolon"
    OPEN_COMMENT = "/* comment"
    OPEN_STRING = "string"
    OPEN_IDENTIFIER = "quoted identifier"


UNTERMINATED: Final = (Kind.OPEN_COMMENT, Kind.OPEN_STRING, Kind.OPEN_IDENTIFIER)


class Piece(NamedTuple):
    """One stretch of the text: `start` and `end` in characters from 0, `end` exclusive."""

    kind: Kind
    start: int
    end: int


class Word(NamedTuple):
    """A word where a statement begins: `start` and `end` as in `Piece`."""

    text: str
    start: int
    end: int


_BACKSLASHED: Final = r"'(?:[^'\\]++|\\.|'')*+'"
_DOUBLED: Final = r"'(?:[^']++|'')*+'"
_TAIL: Final = r"(?P<comment>--[^\r\n]*+)|(?P<block>/\*)|(?P<semicolon>;)"
_DOLLAR_TAG: Final = r"\$(?:[^\W\d]\w*+)?\$"
# What stands before the piece is skipped in one go: characters that begin nothing, a lone `-` or `/`.
_MAXCOMPUTE: Final = rf"""
    (?:[^;'"`/-]++|-(?!-)|/(?!\*))*+
    (?:(?P<quoted>{_BACKSLASHED}|"(?:[^"\\]++|\\.|"")*+"|`(?:[^`]++|``)*+`)|(?P<string>['"])|(?P<identifier>`)|{_TAIL})
"""
_POSTGRES: Final = r"""
    (?:[^;'"$/-]++|-(?!-)|/(?!\*)|(?<=[\w$])\$|\$(?!(?:[^\W\d]\w*+)?\$))*+
    (?:(?P<quoted>%s|"(?:[^"]++|"")*+")|(?P<string>')|(?P<identifier>")|(?P<dollar>%s)|%s)
"""
# `E'...'`: the letter stands alone before the quote.
_ESCAPE_STRING: Final = rf"(?<=(?<![\w$])[eE]){_BACKSLASHED}|(?<!(?<![\w$])[eE]){_DOUBLED}"
_FLAGS: Final = re.VERBOSE | re.DOTALL
_PATTERNS: Final = {
    Rule.MAXCOMPUTE: re.compile(_MAXCOMPUTE, _FLAGS),
    Rule.POSTGRES: re.compile(_POSTGRES % (_ESCAPE_STRING, _DOLLAR_TAG, _TAIL), _FLAGS),
    Rule.POSTGRES_BACKSLASH: re.compile(_POSTGRES % (_BACKSLASHED, _DOLLAR_TAG, _TAIL), _FLAGS),
}
_KINDS: Final = {
    "quoted": Kind.QUOTED,
    "comment": Kind.COMMENT,
    "semicolon": Kind.SEMICOLON,
    "string": Kind.OPEN_STRING,
    "identifier": Kind.OPEN_IDENTIFIER,
}
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")
_WORD: Final = re.compile(r"\w+")
_BLANK: Final = re.compile(r"(?:\s++|--[^\r\n]*+)*+")


def find_piece(text: str, position: int, rule: Rule) -> Piece | None:
    """The first comment, quoted piece or semicolon from `position` on, or None when only plain text is left."""
    found = _PATTERNS[rule].match(text, position)
    if found is None:
        return None
    group = found.lastgroup or ""
    start = found.start(group)
    if group == "block":
        return _block_comment(text, start)
    if group == "dollar":
        tag = found[group]
        end = text.find(tag, found.end())
        return Piece(Kind.OPEN_STRING, start, len(text)) if end < 0 else Piece(Kind.QUOTED, start, end + len(tag))
    kind = _KINDS[group]
    return Piece(kind, start, len(text) if kind in UNTERMINATED else found.end())


def skip_blank(text: str, position: int) -> int:
    """The first place from `position` on that is neither blank nor in a comment.

    An unterminated comment is not skipped: it is something to complain about.
    """
    while True:
        end = _BLANK.match(text, position)
        position = end.end() if end is not None else position
        if not text.startswith("/*", position):
            return position
        comment = _block_comment(text, position)
        if comment.kind is Kind.OPEN_COMMENT:
            return position
        position = comment.end


def find_words(text: str, position: int, most: int) -> list[Word]:
    """The words that begin at `position`, up to `most`, with blanks and comments between them."""
    words: list[Word] = []
    while len(words) < most and (found := _WORD.match(text, position)) is not None:
        end = found.end()
        words.append(Word(found[0], found.start(), end))
        # Most often a single blank comes, and a word after it.
        position = (
            end + 1 if text[end : end + 1] == " " and text[end + 1 : end + 2].isalnum() else skip_blank(text, end)
        )
    return words


def blank_comments(text: str, rule: Rule) -> str:
    """The same text with blanks in the place of comments, so that every other character keeps its place.

    Raises:
        OdpsError: UNTERMINATED, when it comes upon a quote or comment that is left open.
    """
    if "--" not in text and "/*" not in text:
        return text
    parts: list[str] = []
    position = 0
    while (piece := find_piece(text, position, rule)) is not None:
        if piece.kind in UNTERMINATED:
            raise unterminated(piece)
        if piece.kind is Kind.COMMENT:
            parts += (text[position : piece.start], " " * (piece.end - piece.start))
        else:
            parts.append(text[position : piece.end])
        position = piece.end
    parts.append(text[position:])
    return "".join(parts)


def find_unterminated(text: str, rule: Rule) -> Piece | None:
    """The comment or quoted piece that the text ends in, if it does."""
    position = 0
    while (piece := find_piece(text, position, rule)) is not None:
        if piece.kind in UNTERMINATED:
            return piece
        position = piece.end
    return None


def unterminated(piece: Piece) -> OdpsError:
    """The error for a piece of an unterminated kind, at its beginning."""
    return OdpsError(Condition.UNTERMINATED, at=piece.start, what=piece.kind.value)


def _block_comment(text: str, start: int) -> Piece:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return Piece(Kind.COMMENT, start, edge.end())
    return Piece(Kind.OPEN_COMMENT, start, len(text))

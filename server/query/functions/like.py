"""The patterns of LIKE: `%` is any run of characters, `_` one character, a backslash makes the next one plain.

A pattern is cut at each `%`. What comes before the first must begin the text, what comes after the last end it, and
each piece between is taken at the first place where it fits: what fits further on leaves less for those after it. So
nothing is ever tried twice, and looking for a piece is the work of `str.find`, which takes time in proportion to the
text. Only a piece with `_` in it may be tried at many places; that is done here, step by step, and can be stopped.

Source: PostgreSQL manual, "Pattern Matching"; PostgreSQL 15, like_match.c.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.text import lower

# Longer ones are not kept.
_LONGEST_KEPT: Final = 1000
Matcher = Callable[[str], bool]


def compile_like(pattern: str, *, ignore_case: bool = False) -> Matcher:
    """Whether a text is like the pattern.

    Of a pattern that ends with its escape character the function raises InvalidValue for some texts; see there.
    """
    return (_kept if len(pattern) <= _LONGEST_KEPT else _compile)(pattern, ignore_case=ignore_case)


def _compile(pattern: str, *, ignore_case: bool) -> Matcher:
    pattern = lower(pattern) if ignore_case else pattern
    ends_open = (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 1
    match = _match_open(_read(pattern[:-1])) if ends_open else _match_all(_read(pattern))
    return (lambda text: match(lower(text))) if ignore_case else match


_kept: Final = lru_cache(maxsize=512)(_compile)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two `%`.

    Attributes:
        length: in characters.
        parts: the plain runs of characters in it, each with where it begins.
        longest: the index of the longest one; -1 when there are none.
    """

    length: int
    parts: tuple[tuple[int, str], ...]
    longest: int

    def fits(self, text: str, place: int) -> bool:
        """Whether it stands at a place; the text is long enough."""
        startswith = text.startswith
        return all(startswith(part, place + offset) for offset, part in self.parts)

    def find(self, text: str, place: int, end: int) -> int:
        """The first place from `place` on where it stands and ends before or at `end`; -1 for none."""
        if not self.parts:
            return place if place + self.length <= end else -1
        offset, part = self.parts[self.longest]
        last = end - self.length + offset + len(part)
        alone = len(self.parts) == 1
        found = text.find(part, place + offset, last)
        while found >= 0 and not (alone or self.fits(text, found - offset)):
            found = text.find(part, found + 1, last)
        return found - offset if found >= 0 else -1


def _read(pattern: str) -> list[_Piece]:
    if "_" not in pattern and "\\" not in pattern:
        return [_make_piece([each]) for each in pattern.split("%")]
    return list(_read_slowly(pattern))


def _read_slowly(pattern: str) -> Iterator[_Piece]:
    runs: list[list[str]] = [[]]
    characters = iter(pattern)
    for character in characters:
        match character:
            case "%":
                yield _make_piece(["".join(run) for run in runs])
                runs = [[]]
            case "_":
                runs.append([])
            case "\\":
                runs[-1].append(next(characters))
            case _:
                runs[-1].append(character)
    yield _make_piece(["".join(run) for run in runs])


def _make_piece(runs: list[str]) -> _Piece:
    """From the runs of characters between its `_`."""
    parts: list[tuple[int, str]] = []
    offset = 0
    for run in runs:
        if run:
            parts.append((offset, run))
        offset += len(run) + 1
    longest = max(range(len(parts)), key=lambda index: len(parts[index][1]), default=-1)
    return _Piece(offset - 1, tuple(parts), longest)


def _match_all(pieces: list[_Piece]) -> Matcher:
    """The common forms without a loop: equality, a beginning, an end, something in between."""
    plain = [piece.parts[0][1] if piece.parts else "" for piece in pieces]
    if all(len(text) == piece.length for text, piece in zip(plain, pieces, strict=True)):
        match plain:
            case [whole]:
                return lambda text: text == whole
            case [beginning, ""]:
                return lambda text: text.startswith(beginning)
            case ["", ending]:
                return lambda text: text.endswith(ending)
            case ["", inner, ""]:
                return lambda text: inner in text
            case _:
                pass
    first, *others = pieces
    if not others:
        return lambda text: len(text) == first.length and first.fits(text, 0)
    *middle, last = others
    return lambda text: _match_pieces(text, first, middle, last)


def _match_pieces(text: str, first: _Piece, middle: list[_Piece], last: _Piece) -> bool:
    place, end = first.length, len(text) - last.length
    if place > end or not first.fits(text, 0) or not last.fits(text, end):
        return False
    for piece in middle:
        found = piece.find(text, place, end)
        if found < 0:
            return False
        place = found + piece.length
    return True


def _match_open(pieces: list[_Piece]) -> Matcher:
    """Of a pattern whose last escape has nothing behind it.

    Nothing is like it, but a text that goes on behind what is like the rest is an error. Right behind `%` and some `_`
    PostgreSQL does not look whether it goes on.
    """
    first, *others = pieces
    looks = not others or bool(others[-1].parts) or not others[-1].length

    def refuse(text: str) -> bool:
        place, end = first.length, len(text)
        if place > end or not first.fits(text, 0):
            return False
        for piece in others:
            found = piece.find(text, place, end)
            if found < 0:
                return False
            place = found + piece.length
        if looks and place == end:
            return False
        message = "LIKE pattern must not end with escape character"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_ESCAPE_SEQUENCE)

    return refuse

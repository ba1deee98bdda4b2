"""Turns the text of a client into statements, and statements into canonical text.

Laws: any text at all gives statements or an `OdpsError`, in time linear in its length; a statement written
as canonical text reads as the same statement; the content of a string literal leaves this package only in
the values of a statement, never in an error, a log line or a repr.

The language is SPEC's: MaxCompute's model statements, and of PostgreSQL what a session needs. Reading is
pure; what short texts say is kept, since clients send the same texts again and again.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from server.dialect.canonical import format_data_type, format_statement
from server.dialect.cursor import Cursor
from server.dialect.data_types import parse_data_type
from server.dialect.forms import cut, learn_form, read_form
from server.dialect.lexical import Rule
from server.dialect.places import NO_SOURCE, Places, Source
from server.dialect.routes import parse_text
from server.dialect.select import parse_query
from server.dialect.splitter import Fragment, split
from server.dialect.templates import Templates, cut_constants
from server.errors import OdpsError
from server.statements import DataType, Parameter, Statement, find_parameters
from server.statements.select import Select

__all__ = [
    "NO_SOURCE",
    "Fragment",
    "PlacedStatement",
    "Places",
    "Source",
    "format_data_type",
    "format_statement",
    "parse",
    "parse_query",
    "parse_type",
    "read",
    "split",
]

# At most this many texts of at most this many characters are kept: bounded in entries and, with both, in bytes.
_CACHED_TEXTS: Final = 1024
_CACHED_LENGTH: Final = 4096

# Editors put it before a file, and psql takes it away in UTF-8 only. SILENT: a blank, so that places stay.
_BYTE_ORDER_MARK: Final = "\ufeff"

_templates: Final = Templates()

# A secret that stands in the text, not in a parameter, must not stay in memory for longer than its statement:
# a key, a password, and whatever EXECUTE hands over.
_SECRET: Final = re.compile(
    r"""apikey(?!["'`]?\s*=\s*\$[0-9]) | password(?!\s+(?:\$[0-9]|null\b)) | execute\b""", re.IGNORECASE | re.VERBOSE
)

# What the pattern begins with.
_SECRET_WORDS: Final = ("apikey", "password", "execute")

# What stands behind one of these may be a secret whose quotes went astray.
_SECRET_WORD: Final = re.compile("apikey|password", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlacedStatement:
    """A statement in the text of a client.

    Attributes:
        places: where its text begins, and where its own places are, in characters from 0.
        parameters: the `$n` in it.
        masked: the canonical text with secrets masked, where that is known without writing it.
    """

    statement: Statement
    places: Places
    parameters: tuple[Parameter, ...]
    masked: str | None = field(default=None, compare=False)

    @property
    def start(self) -> int:
        return self.places.start


def read(text: str, *, standard_conforming_strings: bool = True) -> tuple[PlacedStatement, ...]:
    """The statements of a client's text, all of them or none.

    Raises:
        OdpsError: with `at` counted in `text`.
    """
    if text.startswith(_BYTE_ORDER_MARK):
        text = " " + text[1:]
    if len(text) > _CACHED_LENGTH or _may_hold_secret(text):
        return _read(text, standard_conforming_strings)
    return _read_cached(text, standard_conforming_strings)


@lru_cache(maxsize=_CACHED_TEXTS)
def _read_cached(text: str, standard_conforming_strings: bool) -> tuple[PlacedStatement, ...]:
    """As `_read`; the constants of a SELECT are taken out, and another text that differs in them only is not read."""
    found = cut_constants(text)
    if found is None:
        return _read(text, standard_conforming_strings)
    start = _leading_blank(text)
    known = _templates.find(found, text[start:])
    if known is not None:
        return (PlacedStatement(known, Places(start), ()),)
    placed = _read(text, standard_conforming_strings)
    if len(placed) != 1 or placed[0].start != start or not isinstance(placed[0].statement, Select):
        return placed
    return (PlacedStatement(_templates.add(found, placed[0].statement, start, text[start:]), Places(start), ()),)


def _leading_blank(text: str) -> int:
    return len(text) - len(text.lstrip())


def _may_hold_secret(text: str) -> bool:
    # A number that EXECUTE hands over needs neither sign nor quote.
    if "=" not in text and "'" not in text and "(" not in text:
        return False
    start = 0
    if text.isascii():
        # The pattern ignores case at every character; finding the words in lower case is ten times as fast.
        lowered = text.lower()
        places = [place for word in _SECRET_WORDS if (place := lowered.find(word)) >= 0]
        if not places:
            return False
        start = min(places)
    return _SECRET.search(text, start) is not None


def parse(text: str) -> Statement:
    """The one statement of `text`, a fragment of `split`.

    Raises:
        OdpsError: with `at` counted in `text`.
    """
    return parse_text(text)


@lru_cache(maxsize=_CACHED_TEXTS)
def parse_type(text: str) -> DataType:
    """A data type alone, such as the canonical text that the catalog keeps of a column's.

    Raises:
        OdpsError: with `at` counted in `text`.
    """
    cursor = Cursor(text, Rule.MAXCOMPUTE)
    data_type = parse_data_type(cursor)
    cursor.expect_end()
    return data_type


def _read(text: str, standard_conforming_strings: bool) -> tuple[PlacedStatement, ...]:
    found = cut(text)
    if found is None:
        return _read_each(text, standard_conforming_strings)
    known = read_form(found)
    if known is not None:
        statement, places, masked = known
        return (PlacedStatement(statement, places, (), masked),)
    placed = _read_each(text, standard_conforming_strings)
    if len(placed) == 1:
        learn_form(found, placed[0].statement, placed[0].start)
    return placed


def _read_each(text: str, standard_conforming_strings: bool) -> tuple[PlacedStatement, ...]:
    placed = []
    for fragment in split(text, standard_conforming_strings=standard_conforming_strings):
        try:
            statement = parse_text(fragment.text, standard_conforming_strings=standard_conforming_strings)
        except OdpsError as error:
            error.move(fragment.start)
            at = error.diagnostic.at
            if at is not None and _SECRET_WORD.search(text, 0, at) is not None:
                error.hide_token()
            raise
        # Looking through the whole tree costs as much as half the reading: only where there can be any.
        parameters = find_parameters(statement) if "$" in fragment.text else ()
        placed.append(PlacedStatement(statement, Places(fragment.start), parameters))
    return tuple(placed)

"""Turns the text of a client into statements, and statements into canonical text.

Laws: any text at all gives a statement or an `OdpsError`, in time linear in its length; a statement written
as canonical text reads as the same statement; the content of a string literal leaves this package only in
the values of a statement, never in an error, a log line or a repr.

The language is SPEC's: MaxCompute's model statements, and of PostgreSQL what a session needs. `parse` is
pure; it keeps the statements of short texts, since clients send the same texts again and again.
"""

import re
from functools import lru_cache
from typing import Final

from server.dialect.canonical import format_data_type, format_statement
from server.dialect.cursor import Cursor
from server.dialect.data_types import parse_data_type
from server.dialect.lexical import Rule
from server.dialect.routes import parse_text
from server.dialect.splitter import Fragment, split
from server.statements import DataType, Statement

__all__ = ["Fragment", "format_data_type", "format_statement", "parse", "parse_type", "split"]

# At most this many texts of at most this many characters are kept: bounded in entries and, with both, in bytes.
_CACHED_TEXTS: Final = 1024
_CACHED_LENGTH: Final = 4096

# A key that stands in the text, not in a parameter, must not stay in memory for longer than its statement.
_SECRET: Final = re.compile(r"apikey(?![\"'`]?\s*=\s*\$[0-9])", re.IGNORECASE)


def parse(text: str) -> Statement:
    """The one statement of `text`, a fragment of `split`.

    Raises:
        OdpsError: with `at` counted in `text`.
    """
    if len(text) > _CACHED_LENGTH or ("=" in text and _SECRET.search(text)):
        return parse_text(text)
    return _parse_cached(text)


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


_parse_cached = lru_cache(maxsize=_CACHED_TEXTS)(parse_text)

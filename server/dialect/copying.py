"""Reads COPY (query) TO STDOUT and its options, in PostgreSQL's present spelling and in that before 9.0.

The options are checked as PostgreSQL 15 does (manual, "COPY"; its error texts), except for the name of the
encoding. DEVIATION: what COPY cannot do here, from a client or to a table, is refused where it is read.
"""

from typing import Final, NoReturn

from server.dialect.copy_options import OptionReader
from server.dialect.cursor import Cursor
from server.dialect.embedded import Inner
from server.errors import Condition, OdpsError
from server.statements import CopyOptions, CopyOut

_HINT: Final = "Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone."


def parse_copy(cursor: Cursor, inner: Inner) -> CopyOut:
    """Reads `(query) TO STDOUT [[WITH] { (option [value], ...) | option ... }]`."""
    if not cursor.accept("("):
        _refuse_relation(cursor)
    query = inner.query()
    cursor.expect(")")
    if cursor.sees("FROM"):
        raise cursor.not_supported("COPY FROM")
    cursor.expect("TO")
    at = cursor.at
    if cursor.accept("PROGRAM"):
        raise _no_file(at, "pg_execute_server_program", "or from an external program")
    if cursor.accept_string() is not None:
        raise _no_file(at, "pg_write_server_files", "a file")
    cursor.expect_any("STDOUT", "STDIN")
    return CopyOut(query, _options(cursor))


def _refuse_relation(cursor: Cursor) -> NoReturn:
    """`[BINARY] table [(column, ...)] { FROM | TO } ...`: read so far that the error can say which."""
    at = cursor.at
    cursor.accept("BINARY")
    cursor.object_name()
    if cursor.accept("("):
        cursor.identifier("a column name")
        while cursor.expect_any(",", ")") == ",":
            cursor.identifier("a column name")
    copies_from = cursor.expect_any("FROM", "TO") == "FROM"
    raise cursor.not_supported("COPY FROM" if copies_from else "COPY of a table", at)


def _no_file(at: int, role: str, target: str) -> OdpsError:
    return OdpsError(Condition.COPY_FILE, at=at, hint=_HINT, role=role, target=target)


def _options(cursor: Cursor) -> CopyOptions:
    cursor.accept("WITH")
    reader = OptionReader(cursor)
    if cursor.accept("("):
        reader.read_generic()
        while cursor.expect_any(",", ")") == ",":
            reader.read_generic()
        cursor.expect_end()
    while not cursor.at_end:
        reader.read_old()
    return reader.finish()

"""Reads COPY { table | (query) } TO STDOUT and its options, in PostgreSQL's present spelling and in that before 9.0.

The options are checked as PostgreSQL 15 does (manual, "COPY"; its error texts), except for the name of the
encoding. DEVIATION: what COPY cannot do here, from a client or to a table, is refused where it is read.
"""

from typing import Final

from server.dialect.copy_options import OptionReader
from server.dialect.cursor import Cursor
from server.dialect.embedded import Inner
from server.errors import Condition, OdpsError
from server.statements import CopyOptions, CopyOut, ObjectName
from server.statements.select import ColumnName, QueryExpression, Select, SelectCore, Star, TableName, Target

_HINT: Final = "Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone."


def parse_copy(cursor: Cursor, inner: Inner) -> CopyOut:
    """Reads `{ table [(column, ...)] | (query) } TO STDOUT [[WITH] { (option [value], ...) | option ... }]`."""
    binary = False
    if cursor.accept("("):
        query = inner.query()
        cursor.expect(")")
    else:
        # BINARY before the table is the oldest spelling of the option; a table may be called so, too.
        binary = cursor.sees("BINARY") and not cursor.sees("BINARY", "TO") and cursor.accept("BINARY")
        query = _parse_table(cursor)
    if cursor.sees("FROM"):
        raise cursor.not_supported("COPY FROM")
    cursor.expect("TO")
    at = cursor.at
    if cursor.accept("PROGRAM"):
        raise _no_file(at, "pg_execute_server_program", "or from an external program")
    if cursor.accept_string() is not None:
        raise _no_file(at, "pg_write_server_files", "a file")
    cursor.expect_any("STDOUT", "STDIN")
    return CopyOut(query, _options(cursor, binary=binary))


def _parse_table(cursor: Cursor) -> Select:
    """Reads `table [(column, ...)]`: the query of these columns."""
    at = cursor.at
    name = cursor.object_name()
    columns: list[Target] = []
    if cursor.accept("("):
        columns.append(_parse_column(cursor))
        while cursor.expect_any(",", ")") == ",":
            columns.append(_parse_column(cursor))
    targets = tuple(columns) or (Target(Star(at=at)),)
    return Select(QueryExpression(SelectCore(targets, (_table(name),), at=at), at=at))


def _parse_column(cursor: Cursor) -> Target:
    column = cursor.identifier("a column name")
    return Target(ColumnName((column.name,), column.at))


def _table(name: ObjectName) -> TableName:
    return TableName(tuple(part.name for part in name.parts), at=name.at)


def _no_file(at: int, role: str, target: str) -> OdpsError:
    return OdpsError(Condition.COPY_FILE, at=at, hint=_HINT, role=role, target=target)


def _options(cursor: Cursor, *, binary: bool) -> CopyOptions:
    cursor.accept("WITH")
    reader = OptionReader(cursor)
    if binary:
        reader.set_binary()
    if cursor.accept("("):
        reader.read_generic()
        while cursor.expect_any(",", ")") == ",":
            reader.read_generic()
        cursor.expect_end()
    while not cursor.at_end:
        reader.read_old()
    return reader.finish()

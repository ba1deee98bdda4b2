"""FETCH, MOVE and COPY beside a real PostgreSQL: the same moves give the same rows, the same values the same bytes."""

import random
from collections.abc import Iterator, Sequence

import psycopg
import pytest

from server.copying import CopyWriter
from server.cursors import move_cursor
from server.statements import CopyFormat, CopyOptions, Direction, Identifier
from tests.wire.postgres import PostgresProcess

VALUES = (
    *("a", "", "\\", "\\N", "a\tb", "a\nb", "a\rb", 'q"q', "q'q", "a,b", "a;b"),
    *(" lead", "\\.", "é模", None, "\b\f\v", "x|y", "NULL"),
)
CSV = CopyOptions(CopyFormat.CSV, ",", "", quote='"', escape='"')
FORMS: Sequence[tuple[CopyOptions, str]] = (
    (CopyOptions(), ""),
    (CopyOptions(delimiter="|"), "DELIMITER '|'"),
    (CopyOptions(delimiter=",", null=""), "DELIMITER ',', NULL ''"),
    (CopyOptions(header=True), "HEADER"),
    (CSV, "FORMAT csv"),
    (CopyOptions(CopyFormat.CSV, ",", "", True, '"', '"', None), "FORMAT csv, HEADER, FORCE_QUOTE *"),
    (
        CopyOptions(CopyFormat.CSV, ";", "NULL", False, "'", "\\", (Identifier("b"),)),
        r"FORMAT csv, DELIMITER ';', NULL 'NULL', QUOTE '''', ESCAPE '\', FORCE_QUOTE (b)",
    ),
    (CopyOptions(CopyFormat.BINARY, "", ""), "FORMAT binary"),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    with PostgresProcess.start_or_skip() as server:
        parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres client_encoding=utf8"
        with psycopg.connect(parameters) as connected:
            yield connected


@pytest.mark.parametrize("seed", range(40))
def test_a_cursor_moves_as_postgresqls_does(connection: psycopg.Connection, seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - a fixed order, no secret
    rows = choose.choice((0, 1, 3, 5))
    position = 0
    connection.execute(f"DECLARE c SCROLL CURSOR FOR SELECT * FROM generate_series(1, {rows})".encode())
    for _ in range(12):
        direction = choose.choice(list(Direction))
        places = (-7, -3, -2, -1, 0, 1, 2, 3, 7)
        count = choose.choice((None, *places) if direction in (Direction.FORWARD, Direction.BACKWARD) else places)
        statement = f"FETCH {direction} {'ALL' if count is None else count} FROM c"

        theirs = [row[0] for row in connection.execute(statement.encode())]
        numbers, position = move_cursor(position, rows, direction, count)

        assert list(numbers) == theirs, statement
    connection.rollback()


@pytest.mark.parametrize(("options", "written"), FORMS)
@pytest.mark.parametrize("columns", [["a", "b"], ["b"]], ids=["two columns", "one column"])
def test_copy_writes_what_postgresql_writes(
    connection: psycopg.Connection, options: CopyOptions, written: str, columns: list[str]
) -> None:
    for value in VALUES:
        literals = ", ".join(["NULL::text" if value is None else "%s::text"] * len(columns))
        query = f"SELECT * FROM (VALUES ({literals})) AS t ({', '.join(columns)})"
        copying = f"COPY ({query}) TO STDOUT" + (f" ({written})" if written else "")
        arguments = [] if value is None else [value] * len(columns)
        # COPY takes no parameters, so the values are pasted by the driver.
        text = psycopg.ClientCursor(connection).mogrify(copying, arguments)
        with connection.cursor().copy(text.encode()) as copy:
            theirs = b"".join(bytes(piece) for piece in copy)

        writer = CopyWriter(options, columns, "utf-8")
        row = [None if value is None else value.encode()] * len(columns)
        assert writer.header() + writer.row(row) + writer.trailer() == theirs, value
    connection.rollback()

"""What PostgreSQL 15's grammar takes, refuses and where: the same texts through its parser and ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg.pq import DiagnosticField
from psycopg.pq.abc import PGconn

from server.dialect import parse, parse_query
from server.errors import Condition, OdpsError
from tests.wire.postgres import PostgresProcess

_FOLDER: Final = Path(__file__).parent / "grammar"
_ABORTED: Final = "25P02"
# Texts that PostgreSQL's grammar takes, and refuses in a later step; here they are refused when they are read.
_LATER: Final = {
    "select a::setof int",
    "select mytype(a) 'x'",
    "select $0",
    "select default",
    "values (default)",
    "explain (format) values (1)",
}
# PostgreSQL takes the first of two words here and complains about the second.
_PLACED_ELSEWHERE: Final = {"select a from f(1) with time", "select a operator pg_catalog.+ b"}


@pytest.fixture(scope="module")
def postgres() -> Iterator[PGconn]:
    """A connection in a failed transaction, where a text is parsed and no more."""
    with PostgresProcess.start_or_skip() as server:
        parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres"
        with psycopg.connect(parameters, autocommit=True) as connection:
            yield connection.pgconn


def _lines(name: str) -> list[str]:
    return (_FOLDER / name).read_text().splitlines()


def _ask_postgres(postgres: PGconn, text: str) -> tuple[str, int | None] | None:
    """SQLSTATE and place of a fault of the grammar."""
    result = postgres.exec_(text.encode())
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    place = result.error_field(DiagnosticField.STATEMENT_POSITION)
    return None if state in ("", _ABORTED) else (state, int(place) - 1 if place else None)


def _ask_ours(text: str) -> tuple[str, int | None] | None:
    try:
        parse(text)
    except OdpsError as error:
        return error.diagnostic.condition.sqlstate.value, error.diagnostic.at
    return None


def test_every_text_is_taken_or_refused_at_the_same_place(postgres: PGconn) -> None:
    postgres.exec_(b"BEGIN")
    postgres.exec_(b"SELECT 1/0")
    expressions = _lines("expressions.txt")
    texts = [f"select {text}" for text in expressions] + [f"select 1 where {text}" for text in expressions]
    texts += _lines("queries.txt")

    different = []
    for text in texts:
        theirs, ours = _ask_postgres(postgres, text), _ask_ours(text)
        if theirs is None and ours is not None and ours[0] == Condition.NOT_SUPPORTED.sqlstate:
            continue  # what the grammar knows and this server does not do
        if theirs != ours and text.replace("select 1 where", "select") not in _LATER | _PLACED_ELSEWHERE:
            different.append((text, theirs, ours))

    postgres.exec_(b"ROLLBACK")
    assert different == []


def test_the_definition_of_every_view_is_read(postgres: PGconn) -> None:
    result = postgres.exec_(b"SELECT pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v'")
    definitions = [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]

    assert len(definitions) > 100
    for definition in definitions:
        parse_query(definition)

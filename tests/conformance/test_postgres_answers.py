"""Every line of answers/*.sql, as a SELECT, gives the types and texts, or the SQLSTATE, that PostgreSQL 15 gives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn

from tests.integration.server_process import ServerProcess
from tests.wire.postgres import PostgresProcess

_FILES: Final = sorted(Path(__file__).with_name("answers").glob("*.sql"))
_LINES: Final = [line for file in _FILES for line in file.read_text(encoding="utf-8").splitlines() if line]
_SETTINGS: Final = "SET TimeZone = 'America/New_York'"

# What is different on purpose, or not there yet.
DIFFERENT: Final = {
    "array_agg(x order by x desc) from unnest('{010,110,001}'::bit(3)[]) x": "bits are not fitted to a length",
    "count(*) from pg_am a full join pg_am b on not (a.oid <> b.oid)": "NOT of <> is not turned into =",
    "count(*) from pg_am a full join pg_am b on now() > '2000-01-01'": "what only a run changes counts as a constant",
}

Answer = tuple[object, ...]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PGconn]:
    with PostgresProcess.start_or_skip() as server:
        parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres client_encoding=utf8"
        with psycopg.connect(parameters, autocommit=True) as connection:
            connection.execute(_SETTINGS)
            yield connection.pgconn


@pytest.fixture(scope="module")
def modeld(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PGconn]:
    with ServerProcess(tmp_path_factory.mktemp("modeld") / "data") as server:
        parameters = f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld"
        with psycopg.connect(parameters, autocommit=True) as connection:
            connection.execute(_SETTINGS)
            yield connection.pgconn


@pytest.mark.parametrize("line", [each for each in _LINES if each not in DIFFERENT])
def test_is_what_postgresql_answers(modeld: PGconn, postgres: PGconn, line: str) -> None:
    statement = f"SELECT {line}"

    assert _answer(modeld, statement) == _answer(postgres, statement)


def _answer(connection: PGconn, statement: str) -> Answer:
    """The types of the columns and the texts of the rows; of an error, its SQLSTATE."""
    result = connection.exec_(statement.encode())
    if result.status != ExecStatus.TUPLES_OK:
        return ("error", (result.error_field(DiagnosticField.SQLSTATE) or b"").decode())
    columns = range(result.nfields)
    rows = [
        [None if (value := result.get_value(row, column)) is None else value.decode() for column in columns]
        for row in range(result.ntuples)
    ]
    return ("rows", [result.ftype(column) for column in columns], rows)

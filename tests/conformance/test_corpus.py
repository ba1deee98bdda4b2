"""What real programs ask of the catalogs is answered as PostgreSQL 15 answers it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.conformance.corpus_answers import ask, find_difference, find_other_rows
from tests.conformance.corpus_statements import read_corpus
from tests.integration.server_process import ServerProcess
from tests.wire.postgres import PostgresProcess

# Statements whose rows are the same: raise it to what is reached, never lower it. The others speak of what the two
# servers do not share: schemas, databases, users (here also the account of the public models), sizes, the planner's
# statistics, plpgsql, the machine's collations.
REACHED: Final = 1149


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection]:
    with (
        PostgresProcess.start_or_skip() as server,
        psycopg.connect(
            f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres", autocommit=True
        ) as connection,
    ):
        yield connection


@pytest.fixture(scope="module")
def modeld(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    folder: Path = tmp_path_factory.mktemp("corpus") / "data"
    with (
        ServerProcess(folder, "--owner", "postgres", "--project", "postgres") as server,
        psycopg.connect(
            f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres", autocommit=True
        ) as connection,
    ):
        yield connection


@pytest.mark.timeout(240)
def test_answers_as_postgresql_does(
    modeld: psycopg.Connection, postgres: psycopg.Connection, record_property: Callable[[str, object], None]
) -> None:
    statements = list(read_corpus())
    differences, other_rows = {}, {}
    for statement in statements:
        here, there = ask(modeld.pgconn, statement), ask(postgres.pgconn, statement)
        if difference := find_difference(here, there):
            differences[statement.place] = difference
        elif statement.rows_count and (difference := find_other_rows(here, there)):
            other_rows[statement.place] = difference
    same = len(statements) - len(differences) - len(other_rows)
    score = f"{same} of {len(statements)} statements give PostgreSQL's rows, {len(differences)} give other columns"
    report = [score, *(f"{place}  {difference[:300]}" for place, difference in other_rows.items())]
    record_property("corpus", score)
    sys.stdout.write("\n".join(["", *report, ""]))

    assert differences == {}
    assert same >= REACHED

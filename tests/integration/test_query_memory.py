"""The memory that SELECTs may hold together, across the sessions and the cursors of one."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess
from tests.waiting import wait_until

# Some 8 MB by the server's estimate.
ROWS = "SELECT g, repeat('x', 100) FROM generate_series(1, 40000) g"


@pytest.fixture
def dsn(tmp_path: Path) -> Iterator[str]:
    with ServerProcess(tmp_path / "data", "--max-query-memory", "40") as server:
        yield Address(server.port, "modeld").dsn


Connection = psycopg.Connection[tuple[object, ...]]


def declare(connection: Connection, name: str) -> bool:
    """Whether there was memory for it."""
    try:
        connection.execute(f"DECLARE {name} CURSOR WITH HOLD FOR {ROWS}".encode())
    except psycopg.errors.OutOfMemory:
        return False
    return True


def test_the_cursors_of_a_session_count_until_they_are_closed(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        declared = [declare(connection, f"c{number}") for number in range(20)]
        assert declared.count(True) in range(2, 7)

        connection.execute("CLOSE ALL")

        assert declare(connection, "d")
        assert len(connection.execute("FETCH ALL FROM d").fetchall()) == 40_000


def test_those_of_all_sessions_count_until_they_go(dsn: str) -> None:
    with ExitStack() as stack:
        sessions = [stack.enter_context(psycopg.connect(dsn, autocommit=True)) for _ in range(20)]
        declared = [declare(session, "c") for session in sessions]
        assert declared.count(True) in range(2, 7)
        assert sessions[-1].execute("SELECT count(*) FROM pg_am").fetchone() is not None

    with psycopg.connect(dsn, autocommit=True) as other:
        wait_until(lambda: declare(other, "c"))


def test_what_is_sent_is_not_held_any_more(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(12):
            assert len(connection.execute(ROWS).fetchall()) == 40_000
            with connection.cursor().copy(f"COPY ({ROWS}) TO STDOUT".encode()) as copy:
                assert sum(1 for _ in copy.rows()) == 40_000

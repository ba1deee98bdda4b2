"""pg_stat_activity tells of a session what PostgreSQL tells, state by state."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import psycopg
import pytest

from tests.integration.server_process import ServerProcess
from tests.wire.postgres import PostgresProcess

Session = psycopg.Connection[tuple[object, ...]]

_LOOK: Final = """
SELECT state, query, wait_event_type, wait_event, xact_start IS NULL, query_start IS NULL,
       query_start <= state_change, backend_start <= state_change, xact_start <= query_start, backend_type,
       usename = current_user, datname = current_database(), application_name
FROM pg_stat_activity WHERE pid = %s"""
# What the session under watch does, in order; each leaves it in a state of its own.
_STEPS: Final = (
    "SELECT 1",
    "SELECT 1",
    "BEGIN",
    "SELECT 2",
    "SELECT 1/0",
    "SELECT 3",
    "ROLLBACK",
    "SELEKT",
    "SET application_name = 'renamed'",
    "BEGIN; SELECT 4",
    "SAVEPOINT s",
    "SELECT no_such_column",
    "ROLLBACK TO s",
    "COMMIT",
    "PREPARE p AS SELECT 5",
    "EXECUTE p",
    "SELECT pg_sleep(0.01)",
    "",
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """How to connect to modeld, and to PostgreSQL."""
    with (
        PostgresProcess.start_or_skip(("listen_addresses=127.0.0.1",)) as postgres,
        ServerProcess(tmp_path_factory.mktemp("states") / "data") as modeld,
    ):
        yield (
            f"host=127.0.0.1 port={modeld.port} user=modeld dbname=modeld",
            f"host=127.0.0.1 port={postgres.port} user=postgres dbname=postgres",
        )


def test_each_state_is_told_as_postgres_tells_it(servers: tuple[str, str]) -> None:
    ours, theirs = (_told(address) for address in servers)

    assert ours == theirs


def test_a_statement_that_runs_is_active(servers: tuple[str, str]) -> None:
    ours, theirs = (_told_while_it_sleeps(address) for address in servers)

    assert ours == theirs
    assert ours[0] == "active"


def _told(address: str) -> list[object]:
    told: list[object] = []
    with _connect(address) as watched, _connect(address) as watching:
        look = _looking(watching, watched.info.backend_pid)
        told.append(look())
        for step in _STEPS:
            # Without a prepared statement or a BEGIN of the driver's own.
            watched.pgconn.exec_(step.encode())
            told.append((step, look()))
    return told


def _told_while_it_sleeps(address: str) -> tuple[object, ...]:
    with _connect(address) as watched, _connect(address) as watching:
        look = _looking(watching, watched.info.backend_pid)
        running = threading.Thread(target=watched.pgconn.exec_, args=(b"SELECT pg_sleep(30)",))
        running.start()
        deadline = time.monotonic() + 20
        while (told := look())[3] != "PgSleep" and time.monotonic() < deadline:
            time.sleep(0.02)
        watching.execute("SELECT pg_cancel_backend(%s)", [watched.info.backend_pid])
        running.join()
    return told


def _connect(address: str) -> Session:
    return psycopg.connect(f"{address} application_name=watched", autocommit=True)


def _looking(watching: Session, pid: int) -> Callable[[], tuple[object, ...]]:
    def look() -> tuple[object, ...]:
        deadline = time.monotonic() + 20
        while True:
            row = watching.execute(_LOOK, [pid]).fetchone()
            assert row is not None
            # A session that has answered is about to wait for its client: PostgreSQL says so a moment later.
            if row[3] is not None or time.monotonic() > deadline:
                return row

    return look

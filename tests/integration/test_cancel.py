"""Statements that are stopped, asleep or all calculation: by CancelRequest and by statement_timeout, by each client."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import asyncpg
import psycopg
import psycopg2
import pytest

from tests.integration.adapters import ADAPTERS, DRIVERS, Adapter, Address

ASLEEP = "SELECT pg_sleep(30)"
# Neither ends by itself within the patience of a test, and the second holds no memory.
BUSY = "SELECT n FROM generate_series(1, 1000000000) AS n WHERE n < 0"
STATEMENTS = pytest.mark.parametrize("sql", [ASLEEP, BUSY], ids=["asleep", "busy"])
# A second is what a person notices; ten are for a machine that has much else to do. Neither statement ends by then.
PATIENCE = 10.0


@contextmanager
def within(seconds: float) -> Iterator[None]:
    before = time.monotonic()
    yield
    assert time.monotonic() - before < seconds


@contextmanager
def after_a_while(action: Callable[[], object]) -> Iterator[None]:
    timer = threading.Timer(0.3, action)
    timer.start()
    try:
        yield
    finally:
        timer.join()


@STATEMENTS
def test_psycopg_cancels(address: Address, sql: str) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        for cancel in (connection.cancel, connection.cancel_safe):
            with (
                within(PATIENCE),
                after_a_while(cancel),
                pytest.raises(psycopg.errors.QueryCanceled, match="canceling statement due to user request"),
            ):
                connection.execute(sql.encode())
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(psycopg.pq.version() < 180_000, reason="libpq speaks protocol 3.2 from its release 18 on")
@pytest.mark.parametrize(("newest", "spoken"), [("latest", 30_002), ("3.2", 30_002), ("3.0", 30_000)])
def test_libpq_cancels_in_each_protocol(address: Address, newest: str, spoken: int) -> None:
    """Since 3.2 the key that a cancel request shows is longer than four bytes."""
    dsn = f"{address.dsn} max_protocol_version={newest}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.pgconn.full_protocol_version == spoken
        for cancel in (connection.cancel, connection.cancel_safe):
            with within(PATIENCE), after_a_while(cancel), pytest.raises(psycopg.errors.QueryCanceled):
                connection.execute(ASLEEP)
        with connection.pipeline():
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_others_see_what_a_session_waits_for(address: Address) -> None:
    seen = "SELECT wait_event_type, wait_event, state, xact_start = query_start FROM pg_stat_activity WHERE pid = %s"
    with (
        psycopg.connect(address.dsn, autocommit=True) as waiting,
        psycopg.connect(address.dsn, autocommit=True) as watching,
        ThreadPoolExecutor(1) as pool,
    ):
        process = waiting.info.backend_pid
        assert watching.execute(seen, [process]).fetchone() == ("Client", "ClientRead", "idle", None)

        sleeping = pool.submit(waiting.execute, "SELECT pg_sleep(60)")
        found = None
        while found != ("Timeout", "PgSleep", "active", True):
            found = watching.execute(seen, [process]).fetchone()
        watching.execute("SELECT pg_cancel_backend(%s)", [process])

        with pytest.raises(psycopg.errors.QueryCanceled):
            sleeping.result(10)
        assert watching.execute(seen, [process]).fetchone() == ("Client", "ClientRead", "idle", None)


@STATEMENTS
def test_psycopg2_cancels(address: Address, sql: str) -> None:
    with closing(psycopg2.connect(address.dsn)) as connection, connection.cursor() as cursor:
        with within(PATIENCE), after_a_while(connection.cancel), pytest.raises(psycopg2.errors.QueryCanceled):
            cursor.execute(sql)
        connection.rollback()
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@STATEMENTS
async def test_asyncpg_cancels_what_takes_too_long(address: Address, sql: str) -> None:
    connection = await asyncpg.connect(
        host=address.host, port=address.port, user=address.user, database=address.project
    )
    try:
        with within(PATIENCE), pytest.raises(TimeoutError):
            await connection.fetch(sql, timeout=0.3)
        assert await connection.fetchval("SELECT 1") == 1

        task = asyncio.create_task(connection.execute(sql))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


@STATEMENTS
@pytest.mark.parametrize("adapter", DRIVERS)
def test_the_time_of_a_statement_is_limited(adapter: Callable[[Address], Adapter], address: Address, sql: str) -> None:
    with adapter(address) as client:
        client.run("SET statement_timeout = '200ms'")
        with within(PATIENCE):
            outcome = client.run(sql)

        assert (outcome.sqlstate, outcome.message) == ("57014", "canceling statement due to statement timeout")
        assert client.run("SELECT 1::text").rows == (("1",),)


@STATEMENTS
def test_one_session_stops_anothers_statement(address: Address, sql: str) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as one, psycopg.connect(address.dsn, autocommit=True) as two:
        pid = one.info.backend_pid
        stop = lambda: two.execute("SELECT pg_cancel_backend(%s)", [pid])  # noqa: E731 - said where it is used
        with within(PATIENCE), after_a_while(stop), pytest.raises(psycopg.errors.QueryCanceled):
            one.execute(sql.encode())
        assert one.execute("SELECT 1").fetchone() == (1,)


@STATEMENTS
def test_a_transaction_survives_through_its_savepoint(address: Address, sql: str) -> None:
    with psycopg.connect(address.dsn) as connection:
        connection.execute("SET LOCAL statement_timeout = 200")
        with pytest.raises(psycopg.errors.QueryCanceled), connection.transaction():
            connection.execute(sql.encode())
        assert connection.execute("SELECT 1").fetchone() == (1,)


@STATEMENTS
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_others_are_answered_meanwhile(adapter: Callable[[Address], Adapter], address: Address, sql: str) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as busy:
        failures: list[psycopg.Error] = []

        def work() -> None:
            try:
                busy.execute(sql.encode())
            except psycopg.errors.QueryCanceled as error:
                failures.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            with within(PATIENCE), adapter(address) as client:
                for _ in range(5):
                    assert client.run("SELECT count(*)::text FROM models").rows == (("0",),)
            assert thread.is_alive()
        finally:
            busy.cancel_safe()
            thread.join(PATIENCE)
        assert len(failures) == 1


def test_a_cursor_is_stopped_and_so_is_its_transaction(address: Address) -> None:
    with psycopg.connect(address.dsn) as connection:
        connection.execute("SET statement_timeout = 300")
        connection.execute("DECLARE c CURSOR FOR SHOW MODELS")
        with within(PATIENCE), pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("DECLARE d CURSOR FOR SELECT pg_sleep(30); FETCH d")
        connection.rollback()
        assert connection.execute("SELECT 1").fetchone() == (1,)

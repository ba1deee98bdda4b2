"""libpq's pipeline mode through psycopg: many statements under way, several Syncs, errors in the middle."""

from contextlib import ExitStack

import psycopg
import pytest
from psycopg import pq
from psycopg.rows import scalar_row

from tests.integration.adapters import Address
from tests.integration.statements import create


def test_many_statements_are_under_way_at_once(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection, ExitStack() as stack:
        with connection.pipeline():
            cursors = [stack.enter_context(connection.cursor(row_factory=scalar_row)) for _ in range(200)]
            for number, cursor in enumerate(cursors):
                cursor.execute("SELECT %s::int * 2", [number])
        assert [cursor.fetchone() for cursor in cursors] == [number * 2 for number in range(200)]


def test_results_are_read_while_the_pipeline_is_open(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection, connection.pipeline():
        first = connection.execute("SELECT n FROM generate_series(1, 1000) AS n")
        second = connection.execute("SELECT 'after'")

        assert second.fetchone() == ("after",)
        assert len(first.fetchall()) == 1000
        assert connection.execute("SELECT 'more'").fetchone() == ("more",)


def test_an_error_aborts_up_to_the_next_sync(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        with connection.pipeline() as pipeline:
            before = connection.execute("SELECT 1")
            connection.execute("SELECT 1 / 0")
            skipped = connection.execute("SELECT 2")
            with pytest.raises(psycopg.errors.DivisionByZero):
                pipeline.sync()
            after = connection.execute("SELECT 3")
            pipeline.sync()

            assert before.fetchone() == (1,)
            assert after.fetchone() == (3,)
            with pytest.raises((psycopg.errors.PipelineAborted, psycopg.ProgrammingError)):
                skipped.fetchone()
        assert connection.execute("SELECT 4").fetchone() == (4,)


def test_what_stands_between_two_syncs_is_one_transaction(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        with connection.pipeline() as pipeline:
            connection.execute(create("kept").encode())
            pipeline.sync()
            connection.execute(create("undone").encode())
            connection.execute("SELECT * FROM nothing")
            with pytest.raises(psycopg.errors.UndefinedTable):
                pipeline.sync()

        assert connection.execute("SELECT model_name FROM models").fetchall() == [("kept",)]


def test_a_transaction_in_a_pipeline_is_undone(address: Address) -> None:
    def fail(connection: psycopg.Connection) -> None:
        with connection.transaction():
            connection.execute(create("undone").encode())
            connection.execute("SELECT 1 / 0")

    with psycopg.connect(address.dsn, autocommit=True) as connection, connection.pipeline():
        with pytest.raises(psycopg.errors.DivisionByZero):
            fail(connection)
        with connection.transaction():
            connection.execute(create("kept").encode())

        assert connection.execute("SELECT model_name FROM models").fetchall() == [("kept",)]


def test_many_parameters_of_one_statement(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        cursor = connection.cursor()
        cursor.executemany("SELECT %s::text || '!'", [(str(number),) for number in range(50)], returning=True)
        said = [cursor.fetchone()]
        while cursor.nextset():
            said.append(cursor.fetchone())
    assert said == [(f"{number}!",) for number in range(50)]


def read_until_sync(connection: pq.abc.PGconn) -> list[tuple[int, str | None]]:
    """The status of each result, and its SQLSTATE, up to the one of Sync."""
    found: list[tuple[int, str | None]] = []
    while not found or found[-1][0] != pq.ExecStatus.PIPELINE_SYNC:
        result = connection.get_result()
        if result is not None:
            state = result.error_field(pq.DiagnosticField.SQLSTATE)
            found.append((result.status, None if state is None else state.decode()))
    return found


def test_libpqs_own_calls(address: Address) -> None:
    """What psycopg does not use: PQsendFlushRequest, prepare and describe, several Syncs before any result is read."""
    connection = pq.PGconn.connect(address.dsn.encode())
    connection.enter_pipeline_mode()
    connection.send_prepare(b"p", b"SELECT $1::int + 1")
    connection.send_describe_prepared(b"p")
    connection.send_query_prepared(b"p", [b"41"])
    connection.pipeline_sync()
    connection.send_query_params(b"SELECT no_such_function($1)", [b"1"])
    connection.send_query_prepared(b"p", [b"1"])
    connection.pipeline_sync()
    connection.send_query_params(b"SELECT 1; SELECT 2", None)
    connection.pipeline_sync()
    connection.send_query_prepared(b"p", [b"2"])
    connection.pipeline_sync()
    connection.flush()

    ok, rows, error = pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.FATAL_ERROR
    sync, aborted = pq.ExecStatus.PIPELINE_SYNC, pq.ExecStatus.PIPELINE_ABORTED
    assert read_until_sync(connection) == [(ok, None), (ok, None), (rows, None), (sync, None)]
    assert read_until_sync(connection) == [(error, "42883"), (aborted, None), (sync, None)]
    assert read_until_sync(connection) == [(error, "42601"), (sync, None)]
    assert read_until_sync(connection) == [(rows, None), (sync, None)]

    connection.send_query_prepared(b"p", [b"3"])
    connection.send_flush_request()
    connection.flush()
    result = connection.get_result()
    assert result is not None
    assert result.get_value(0, 0) == b"4"
    connection.pipeline_sync()
    connection.finish()

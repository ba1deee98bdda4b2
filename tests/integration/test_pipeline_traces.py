"""libpq's own traces of a pipeline, every message both ways, are the same from PostgreSQL and from modeld.

The steps are those that PostgreSQL's own test program of pipelines takes, as far as they need no table.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from psycopg import pq

from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess
from tests.wire.postgres import PostgresProcess

_NUMBER: Final = 23
# File, line and routine of PostgreSQL's source; modeld tells none.
_SOURCE: Final = re.compile(r' [FLR] "[^"]*"')


def read_until_sync(connection: pq.abc.PGconn) -> None:
    while True:
        result = connection.get_result()
        if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
            return


def one_query(connection: pq.abc.PGconn) -> None:
    connection.send_query_params(b"SELECT $1", [b"1"], [_NUMBER])
    connection.pipeline_sync()
    read_until_sync(connection)


def several_pipelines(connection: pq.abc.PGconn) -> None:
    for number in (b"1", b"2", b"3"):
        connection.send_query_params(b"SELECT $1", [number], [_NUMBER])
        connection.pipeline_sync()
    for _ in range(3):
        read_until_sync(connection)


def without_a_sync(connection: pq.abc.PGconn) -> None:
    for _ in range(10):
        connection.send_query_params(b"SELECT repeat('xyzxz', 12)", None)
        connection.send_flush_request()
        connection.flush()
    for _ in range(20):  # a result and the end of each
        connection.get_result()
    connection.pipeline_sync()
    read_until_sync(connection)


def prepared_statements(connection: pq.abc.PGconn) -> None:
    connection.send_prepare(b"select_one", b"SELECT $1, '42', $1::numeric, interval '1 sec'", [_NUMBER])
    connection.send_describe_prepared(b"select_one")
    connection.send_query_prepared(b"select_one", [b"7"], result_format=pq.Format.BINARY)
    connection.pipeline_sync()
    read_until_sync(connection)
    connection.send_query_params(b"BEGIN", None)
    connection.send_query_params(b"DECLARE cursor_one CURSOR FOR SELECT 1", None)
    connection.send_describe_portal(b"cursor_one")
    connection.send_describe_prepared(b"nothing")
    connection.send_query_params(b"COMMIT", None)
    connection.pipeline_sync()
    read_until_sync(connection)
    connection.send_query_params(b"ROLLBACK", None)
    if pq.version() >= 170_000:
        connection.send_close_prepared(b"select_one")
        connection.send_close_portal(b"cursor_one")
    connection.pipeline_sync()
    read_until_sync(connection)


def errors(connection: pq.abc.PGconn) -> None:
    connection.send_query_params(b"SELECT $1", [b"1"], [_NUMBER])
    connection.send_query_params(b"SELECT no_such_function($1)", [b"1"], [_NUMBER])
    connection.send_query_params(b"SELECT $1", [b"2"], [_NUMBER])
    connection.pipeline_sync()
    connection.send_query_params(b"SELECT 1 / (SELECT 0)", None)
    connection.pipeline_sync()
    connection.send_query_params(b"SELECT $1", [b"3"], [_NUMBER])
    connection.pipeline_sync()
    for _ in range(3):
        read_until_sync(connection)


def row_by_row(connection: pq.abc.PGconn) -> None:
    connection.send_query_params(b"SELECT generate_series(42, $1)", [b"45"], [_NUMBER])
    connection.set_single_row_mode()
    connection.send_query_params(b"SELECT generate_series(42, $1)", [b"44"], [_NUMBER])
    connection.pipeline_sync()
    read_until_sync(connection)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Address]]:
    folder = tmp_path_factory.mktemp("traces") / "data"
    with PostgresProcess.start_or_skip() as postgres, ServerProcess(folder) as server:
        yield Address(postgres.port, "postgres", user="postgres"), Address(server.port, "modeld")


def trace(place: Address, act: Callable[[pq.abc.PGconn], None]) -> list[str]:
    """What libpq writes of the conversation, without what neither server nor client can choose."""
    with tempfile.TemporaryFile("r") as file:
        connection = pq.PGconn.connect(place.dsn.encode())
        connection.trace(file.fileno())
        connection.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS | pq.Trace.REGRESS_MODE)
        connection.enter_pipeline_mode()
        act(connection)
        connection.exit_pipeline_mode()
        connection.untrace()
        connection.finish()
        file.seek(0)
        return [_without_what_differs(line) for line in file]


def _without_what_differs(line: str) -> str:
    kind, _, message = _SOURCE.sub("", line).partition(' M "')
    # The texts of errors are modeld's own where a statement is wrong; their length goes with them.
    return re.sub(r"\t\d+\t", "\t", kind) if message else line


ACTS: Final = (one_query, several_pipelines, without_a_sync, prepared_statements, errors, row_by_row)


@pytest.mark.parametrize("act", ACTS, ids=[act.__name__ for act in ACTS])
def test_every_message_is_the_same(places: tuple[Address, Address], act: Callable[[pq.abc.PGconn], None]) -> None:
    theirs, ours = (trace(place, act) for place in places)

    assert len(theirs) > 5
    assert ours == theirs

"""psycopg with pgbouncer between it and modeld, in session and in transaction mode."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.programs import REFUSED, require
from tests.integration.statements import ADD_V2, CREATE, DROP, DROP_V2, MODEL, add_version, create, set_default

# One connection to the server, so that the clients must share it.
CONFIGURATION: Final = """
[databases]
{project} = host={host} port={server_port} dbname={project}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {size}
server_reset_query = DISCARD ALL
server_check_query =
ignore_startup_parameters = extra_float_digits, options
"""

Connection = psycopg.Connection[tuple[object, ...]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        assert process.poll() is None, "pgbouncer did not start"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "pgbouncer is not ready"
            time.sleep(0.02)
        else:
            return


@contextmanager
def pooler(address: Address, mode: str, size: int = 1) -> Iterator[Address]:
    """The address of a pgbouncer in front of the server."""
    require("pgbouncer")
    # It refuses to run as root, and whoever it runs as must be able to read its files.
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="modeld-pgbouncer-"))
    folder.chmod(0o755)
    port = free_port()
    fields = {"project": address.project, "host": address.host, "server_port": address.port, "port": port}
    (folder / "users").write_text(f'"{address.user}" ""\n')
    (folder / "ini").write_text(CONFIGURATION.format(**fields, folder=folder, mode=mode, size=size))
    process = subprocess.Popen(["pgbouncer", "-q", str(folder / "ini")], user=user, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(process, port)
        yield Address(port, address.project)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def connect(address: Address) -> Connection:
    # Before its release 1.21 pgbouncer does not follow prepared statements from one server connection to another.
    return psycopg.connect(address.dsn, autocommit=True, prepare_threshold=None)


def names(connection: Connection, pattern: str) -> list[object]:
    return [row[0] for row in connection.execute(b"SHOW MODELS LIKE %s", (pattern,))]


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_the_documents_scenario(address: Address, mode: str) -> None:
    with pooler(address, mode) as pooled, connect(pooled) as connection:
        for sql in (CREATE, ADD_V2, set_default("v2")):
            connection.execute(sql.encode())
        with pytest.raises(psycopg.errors.ObjectInUse) as caught:
            connection.execute(DROP_V2.encode())
        assert caught.value.diag.message_primary == REFUSED
        for sql in (set_default("v1"), DROP_V2):
            connection.execute(sql.encode())
        assert names(connection, MODEL) == [MODEL.lower()]
        connection.execute(DROP.encode())


def test_a_session_begins_as_new(address: Address) -> None:
    with pooler(address, "session") as pooled:
        with connect(pooled) as first:
            first.execute("SET statement_timeout = '7s'")
            first.execute("PREPARE p AS SHOW MODELS")
        with connect(pooled) as second:
            assert second.execute("SHOW statement_timeout").fetchone() == ("0",)
            with pytest.raises(psycopg.errors.InvalidSqlStatementName):
                second.execute("EXECUTE p")


def test_clients_that_share_a_connection_keep_their_own_parameters(address: Address) -> None:
    with pooler(address, "transaction") as pooled, connect(pooled) as one, connect(pooled) as two:
        one.execute("SET TimeZone = 'Asia/Shanghai'")
        two.execute("SET TimeZone = 'Europe/Berlin'")
        for _ in range(3):
            assert one.execute("SHOW TimeZone").fetchone() == ("Asia/Shanghai",)
            assert two.execute("SHOW TimeZone").fetchone() == ("Europe/Berlin",)


def test_transactions_through_the_pooler(address: Address) -> None:
    with pooler(address, "transaction", size=2) as pooled, connect(pooled) as one, connect(pooled) as two:
        one.execute(create("shared").encode())
        one.execute("BEGIN")
        one.execute(add_version("shared", "v2").encode())
        two.execute(add_version("shared", "v3").encode())
        with pytest.raises(psycopg.errors.SerializationFailure):
            one.execute("COMMIT")
        with one.transaction(force_rollback=True):
            one.execute(create("undone").encode())
        assert names(two, "%") == ["shared"]
        assert len(one.execute("SHOW VERSIONS FOR MODEL shared").fetchall()) == 2

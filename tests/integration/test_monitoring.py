"""A real server watched over HTTP: ready, draining, unable to write; and what it logs of real clients."""

import json
import re
import resource
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.certificates import Authority
from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess
from tests.integration.statements import create


def http_port(server: ServerProcess) -> int:
    found = re.search(r"event=monitoring address=http://127\.0\.0\.1:(\d+)", server.read_errors())
    assert found is not None
    return int(found[1])


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def dsn(server: ServerProcess) -> str:
    return Address(server.port, "modeld").dsn


def test_a_running_server_is_ready_and_counts(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data", "--http-port", "0") as server:
        port = http_port(server)
        with psycopg.connect(dsn(server), autocommit=True) as connection:
            connection.execute(create("m").encode())
            with pytest.raises(psycopg.errors.DivisionByZero):
                connection.execute("SELECT 1 / 0")
            connection.execute("BEGIN")

            status, metrics = get(port, "/metrics")

        assert get(port, "/ready") == (200, "ready\n")
    assert status == 200
    for line in (
        'modeld_statements_total{kind="create model",sqlstate="00000"} 1.0',
        'modeld_statements_total{kind="select",sqlstate="22012"} 1.0',
        'modeld_connections{state="idle in transaction"} 1.0',
        "modeld_revision 2.0",
        "modeld_logins_total 1.0",
    ):
        assert line in metrics.splitlines()


def test_nothing_is_answered_unless_a_port_is_named(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        pass

    assert "monitoring" not in server.read_errors()


def test_a_server_that_drains_is_alive_but_not_ready(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data", "--http-port", "0") as server:
        port = http_port(server)
        with psycopg.connect(dsn(server), autocommit=True) as connection:
            sleeping = threading.Thread(target=lambda: connection.execute("SELECT pg_sleep(1.5)"))
            sleeping.start()
            time.sleep(0.3)
            server.terminate()
            time.sleep(0.3)

            assert get(port, "/ready") == (503, "not ready: draining\n")
            assert get(port, "/health")[0] == 200
            sleeping.join()
        assert server.wait() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process")
def test_a_server_that_cannot_write_is_not_ready(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data", "--http-port", "0") as server:
        port = http_port(server)
        with psycopg.connect(dsn(server), autocommit=True) as connection:
            size = (tmp_path / "data" / "catalog.db-wal").stat().st_size
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, size))
            with pytest.raises(psycopg.Error):
                connection.execute(create("m").encode())

            status, text = get(port, "/ready")
            metrics = get(port, "/metrics")[1].splitlines()

            assert connection.execute("SHOW MODELS").fetchall() == []
    assert status == 503
    assert text.startswith("not ready: changes are refused until a restart: ")
    assert "modeld_accepts_changes 0.0" in metrics
    assert [line for line in metrics if re.fullmatch(r'modeld_failed_groups_total\{error="Store\w+"\} 1\.0', line)]


def test_a_full_server_is_not_ready(tmp_path: Path) -> None:
    options = ("--http-port", "0", "--max-connections", "1")
    with ServerProcess(tmp_path / "data", *options) as server, psycopg.connect(dsn(server)):
        full = get(http_port(server), "/ready")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(dsn(server))
        metrics = get(http_port(server), "/metrics")[1]

    assert full == (503, "not ready: all connections are taken\n")
    assert 'modeld_refused_logins_total{sqlstate="53300"} 1.0' in metrics


def test_every_log_line_is_json_where_that_is_asked_for(tmp_path: Path) -> None:
    files = Authority(tmp_path / "authority").server()
    options = ("--tls-cert", str(files.certificate), "--tls-key", str(files.key))
    with ServerProcess(tmp_path / "data", "--log-format", "json", "--log-connections", *options) as server:
        connection = psycopg.connect(f"{dsn(server)} sslmode=require application_name=watched", autocommit=True)
        with connection, pytest.raises(psycopg.errors.UndefinedObject):
            connection.execute("DESC MODEL nowhere")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"{dsn(server)} user=nobody")

    lines = [json.loads(line) for line in server.read_errors().splitlines()]
    by_event = {line["event"]: line for line in lines}
    assert by_event["connection authorized"]["application"] == "watched"
    assert by_event["connection authorized"]["tls"].startswith("TLSv1.3 ")
    assert by_event["statement failed"]["statement"] == "DESC MODEL nowhere"
    assert by_event["disconnected"]["statements"] == 1
    assert by_event["connection refused"].items() >= {("user", "nobody"), ("sqlstate", "28000")}


def test_a_slow_statement_is_logged(tmp_path: Path) -> None:
    with (
        ServerProcess(tmp_path / "data", "--log-min-duration", "50") as server,
        psycopg.connect(dsn(server), autocommit=True) as connection,
    ):
        connection.execute("SHOW TimeZone")
        connection.execute("SELECT pg_sleep(0.1)")
        shown = connection.execute("SHOW log_min_duration_statement").fetchone()

    slow = [line for line in server.read_errors().splitlines() if "slow statement" in line]
    assert len([line for line in slow if 'statement="SELECT pg_sleep(0.1)"' in line]) == 1
    assert shown == ("50ms",)

"""The command: options and their sources, exit codes, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from pathlib import Path

import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.server_process import COMMAND, ROOT, ServerProcess, environment
from tests.integration.statements import create


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(**variables), capture_output=True, text=True, timeout=30
    )


def serve_once(*arguments: str, cwd: Path, **variables: str) -> tuple[str, str, int]:
    """Start, read the ready line, say SIGTERM; the line, standard error and exit code."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(**variables),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    return line, errors, process.returncode


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--host", "0.0.0.0"], "not a loopback address"),  # noqa: S104  refused is what it must be
        (["--host", "example.org"], "not a loopback address"),
        (["--host", "0.0.0.0", "--auth", "trust"], "not a loopback address"),  # noqa: S104  the same
        (["--auth", "md5"], "md5"),
        (["--tls-cert", "server.pem"], "--tls-cert and --tls-key go together"),
        (["--tls-key", "server.key"], "--tls-cert and --tls-key go together"),
        (["--tls-required"], "need --tls-cert"),
        (["--tls-client-ca", "ca.pem"], "need --tls-cert"),
        (["--max-unauthenticated", "0"], "0"),
        (["--login-timeout", "0"], "0"),
        (["--port", "65536"], "65536"),
        (["--port", "seven"], "seven"),
        (["--max-connections", "0"], "0"),
        (["--log-level", "loud"], "loud"),
        (["--config", "/nowhere.toml"], "/nowhere.toml"),
        (["--nonsense"], "--nonsense"),
        (["more"], "more"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], complaint: str, tmp_path: Path) -> None:
    process = run("--data", str(tmp_path / "data"), *arguments)

    assert process.returncode == 2
    assert complaint in process.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("colour = 'red'", "unknown options: colour"),
        ("config = 'another.toml'", "unknown options: config"),
        ("port = [1]", "port"),
        ("port = ", "cannot read"),
        ('host = "192.0.2.1"', "not a loopback address"),
    ],
)
def test_a_wrong_configuration_file_is_exit_code_2(text: str, complaint: str, tmp_path: Path) -> None:
    config = tmp_path / "modeld.toml"
    config.write_text(text)

    process = run("--data", str(tmp_path / "data"), "--config", str(config))

    assert process.returncode == 2
    assert complaint in process.stderr


def test_a_wrong_environment_is_exit_code_2(tmp_path: Path) -> None:
    assert run("--data", str(tmp_path / "data"), MODELD_HOST="192.0.2.1").returncode == 2
    assert run("--data", str(tmp_path / "data"), MODELD_PORT="many").returncode == 2


def test_options_come_from_the_line_then_the_environment_then_the_file(tmp_path: Path) -> None:
    config = tmp_path / "modeld.toml"
    config.write_text('port = 0\nproject = "filed"\nowner = "filed"\ndata = "filed"\nlog-level = "debug"\n')

    line, errors, code = serve_once(
        "--config", str(config), "--owner", "lined", cwd=tmp_path, MODELD_OWNER="surrounded", MODELD_PROJECT="around"
    )

    assert line.startswith("modeld ready: postgresql://127.0.0.1:")
    assert code == 0
    assert "project=around owner=lined" in errors
    assert (tmp_path / "filed" / "catalog.db").exists()


def test_a_name_with_several_addresses_gets_one_port_on_all_of_them(tmp_path: Path) -> None:
    addresses = {str(found[4][0]) for found in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}

    with ServerProcess(tmp_path / "data", "--host", "localhost") as server:
        for address in addresses:
            with socket.create_connection((address, server.port), timeout=10):
                pass


def test_ipv6_is_shown_in_brackets(tmp_path: Path) -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6")

    line, _, code = serve_once("--host", "::1", "--port", "0", "--data", str(tmp_path / "data"), cwd=tmp_path)

    assert line.startswith("modeld ready: postgresql://[::1]:")
    assert code == 0


def test_the_installed_command_is_the_same() -> None:
    command = Path(sys.executable).with_name("modeld")

    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    help_ = subprocess.run(
        [sys.executable, "-m", "server", "serve", "--help"], capture_output=True, text=True, cwd=ROOT
    )

    assert version.stdout.startswith("modeld, version ")
    assert "Usage: modeld serve" in help_.stdout


def test_a_port_in_use_is_exit_code_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        process = run("--data", str(tmp_path / "data"), "--port", str(port))

    assert process.returncode == 1
    assert f"'127.0.0.1', {port}" in process.stderr
    assert "address already in use" in process.stderr.lower()
    assert "Traceback" not in process.stderr
    assert process.stdout == ""


def test_a_second_server_on_the_same_folder_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        process = run("--data", str(tmp_path / "data"), "--port", "0")

        assert process.returncode == 1
        assert f"in use by process {server.pid}" in process.stderr
        assert "Traceback" not in process.stderr
        with psycopg.connect(Address(server.port, "modeld").dsn) as connection:
            connection.execute("SHOW MODELS")


def test_a_folder_that_cannot_be_made_is_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    process = run("--data", str(tmp_path / "file" / "data"), "--port", "0")

    assert process.returncode == 1
    assert "Traceback" not in process.stderr


def test_another_key_than_the_secrets_were_sealed_with_is_exit_code_1(tmp_path: Path) -> None:
    remote = (
        "CREATE MODEL m WITH VERSION v INPUT (a STRING) OPTIONS (MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'LLM', "
        "TASKS = 'chat', PAI_EAS_MODEL_NAME = 'm', PAI_EAS_SERVICE_NAME = 's', ENDPOINT = 'http://e', "
        "APIKEY = 'sealed with the first key', PAI_EAS_SYNC_MODE = 'true')"
    )
    with (
        ServerProcess(tmp_path / "data") as server,
        psycopg.connect(Address(server.port, "modeld").dsn, autocommit=True) as connection,
    ):
        connection.execute(remote.encode())
    key_file = tmp_path / "data" / "secrets.key"
    key_file.unlink()

    lost = run("--data", str(tmp_path / "data"), "--port", "0")
    other = run("--data", str(tmp_path / "data"), "--port", "0", MODELD_SECRET_KEY=b64encode(bytes(32)).decode())

    assert (lost.returncode, other.returncode) == (1, 1)
    assert "put the file back" in lost.stderr
    assert "was sealed with key" in other.stderr
    assert not key_file.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains(number: signal.Signals, tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        idle = psycopg.connect(Address(server.port, "modeld").dsn, autocommit=True)
        idle.execute(create("m").encode())

        os.kill(server.pid, number)

        assert server.wait() == 0
        with pytest.raises(psycopg.errors.AdminShutdown, match="terminating connection due to administrator command"):
            idle.execute("SHOW MODELS")
        idle.close()
    with (
        ServerProcess(tmp_path / "data") as server,
        psycopg.connect(Address(server.port, "modeld").dsn) as connection,
    ):
        assert [row[0] for row in connection.execute("SHOW MODELS")] == ["m"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_comes_while_it_ends_changes_nothing(number: signal.Signals, tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        server.terminate()

        while not has_ended(server.pid):
            os.kill(server.pid, number)
            time.sleep(0.0005)

        assert server.wait() == 0


def has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM generate_series(1, 100000000000)",
        "SELECT pg_sleep(100)",
        "SELECT length(initcap(repeat('ab ', 5000000)))",
    ],
)
def test_a_running_select_is_told_and_does_not_hold_up_the_end(tmp_path: Path, text: str) -> None:
    outcomes: list[str | None] = []
    with ServerProcess(tmp_path / "data", "--drain-timeout", "0.2") as server:
        busy = psycopg.connect(Address(server.port, "modeld").dsn, autocommit=True)

        def run_select() -> None:
            try:
                busy.execute(text.encode())
            except psycopg.Error as error:
                outcomes.append(error.sqlstate)

        thread = threading.Thread(target=run_select)
        thread.start()
        time.sleep(0.3)
        begun = time.monotonic()
        server.stop()
        # A second, and patience for a busy machine; the SELECTs would run for a minute.
        assert time.monotonic() - begun < 10
        thread.join(10)
        busy.close()
    assert outcomes == ["57P01"]


def test_a_log_that_cannot_be_written_holds_up_nobody(tmp_path: Path) -> None:
    command = ("bash", "-c", 'exec "$@" 2>/dev/full', "modeld", *COMMAND)
    with (
        ServerProcess(tmp_path / "data", command=command) as server,
        psycopg.connect(f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld", autocommit=True) as session,
    ):
        with pytest.raises(psycopg.errors.SyntaxError):
            session.execute("no statement")
        assert session.execute("SELECT 1").fetchone() == (1,)

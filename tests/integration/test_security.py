"""TLS, passwords and certificates, through real clients."""

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

from server.store.interface import Change
from server.store.sqlite import SqliteStore
from server.tls import TlsFiles
from tests.certificates import Authority
from tests.integration.server_process import COMMAND, ServerProcess, environment

# Seconds in which the end of TLS comes through: asyncio and asyncpg do not wait for it, and a transport that is left
# open would fail a later test.
_CLOSING = 0.1
PASSWORD = "pencil \U0001f9ea of the owner"


def start(folder: Path, *arguments: str, password: str = PASSWORD) -> ServerProcess:
    return ServerProcess(
        folder, "--auth", "scram-sha-256", "--log-level", "debug", *arguments, MODELD_OWNER_PASSWORD=password
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def files(authority: Authority) -> TlsFiles:
    return authority.server()


@pytest.fixture(scope="module")
def secure(authority: Authority, files: TlsFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("secure") / "data"
    with start(
        folder, "--tls-cert", str(files.certificate), "--tls-key", str(files.key), "--login-pause", "0"
    ) as server:
        yield server


def dsn(server: ServerProcess, *more: str, password: str = PASSWORD) -> str:
    return f"host=localhost port={server.port} user=modeld dbname=modeld password='{password}' {' '.join(more)}"


def ask(conninfo: str) -> str:
    """Log in, ask something, and how long the answer stays readable."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute("SHOW TimeZone").fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize(
    "options",
    [
        ("sslmode=disable",),
        ("sslmode=prefer",),
        ("sslmode=require", "channel_binding=require"),
        ("sslmode=require", "channel_binding=disable"),
        ("sslmode=require", "sslnegotiation=direct", "channel_binding=require"),
        ("sslmode=require", "ssl_max_protocol_version=TLSv1.2", "channel_binding=require"),
        ("sslmode=require", "require_auth=scram-sha-256"),
    ],
    ids=" ".join,
)
def test_psycopg_logs_in(secure: ServerProcess, options: tuple[str, ...]) -> None:
    assert ask(dsn(secure, *options)) == "UTC"


def test_psycopg_verifies_the_server(secure: ServerProcess, authority: Authority, tmp_path: Path) -> None:
    full = ("sslmode=verify-full", "channel_binding=require")

    assert ask(dsn(secure, *full, f"sslrootcert={authority.certificate}")) == "UTC"
    other = Authority(tmp_path / "other")
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        ask(dsn(secure, *full, f"sslrootcert={other.certificate}"))


def test_psql_logs_in_and_changes_its_password(secure: ServerProcess, authority: Authority) -> None:
    if shutil.which("psql") is None:
        pytest.skip("psql is not installed")
    with psycopg.connect(dsn(secure), autocommit=True) as connection:
        connection.execute("CREATE USER psql PASSWORD 'first'")
    place = f"host=localhost port={secure.port} user=psql dbname=modeld sslmode=verify-full channel_binding=require"
    target = f"{place} sslrootcert={authority.certificate}"

    def psql(command: str, password: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["psql", "-X", "-A", "-t", "-c", command, target],
            capture_output=True,
            text=True,
            env=environment(PGPASSWORD=password),
        )

    assert psql("SHOW TimeZone", "first").stdout == "UTC\n"
    # As psql's \password does: the client computes the verifier.
    assert psql("ALTER USER psql PASSWORD 'second'", "first").stdout == "ALTER ROLE\n"
    refused = psql("SHOW TimeZone", "first")
    assert refused.returncode == 2
    assert 'password authentication failed for user "psql"' in refused.stderr
    assert psql("SHOW TimeZone", "second").stdout == "UTC\n"


def test_libpq_may_compute_the_verifier(secure: ServerProcess) -> None:
    with psycopg.connect(dsn(secure), autocommit=True) as connection:
        connection.execute("CREATE USER computed")
        verifier = connection.pgconn.encrypt_password(b"secret", b"computed", b"scram-sha-256").decode()
        connection.execute(f"ALTER USER computed PASSWORD '{verifier}'".encode())

    assert ask(dsn(secure, "user=computed", password="secret")) == "UTC"


@pytest.mark.parametrize("direct", [False, True])
async def test_asyncpg_logs_in(secure: ServerProcess, authority: Authority, direct: bool) -> None:
    context = ssl.create_default_context(cafile=authority.certificate)
    context.set_alpn_protocols(["postgresql"])

    connection = await asyncpg.connect(
        host="localhost",
        port=secure.port,
        user="modeld",
        password=PASSWORD,
        database="modeld",
        ssl=context,
        **({"direct_tls": True} if direct else {}),
    )

    assert await connection.fetchval("SHOW TimeZone") == "UTC"
    await connection.close()
    await asyncio.sleep(_CLOSING)


async def test_direct_tls_without_its_application_protocol_is_refused(
    secure: ServerProcess, authority: Authority
) -> None:
    context = ssl.create_default_context(cafile=authority.certificate)

    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await asyncpg.connect(
            host="localhost", port=secure.port, user="modeld", password=PASSWORD, ssl=context, direct_tls=True
        )

    await asyncio.sleep(_CLOSING)
    assert "without the application protocol postgresql" in secure.read_errors()


def test_a_session_knows_how_it_is_encrypted(secure: ServerProcess) -> None:
    mine = "SELECT ssl, version, cipher, bits, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

    with psycopg.connect(dsn(secure, "sslmode=require", "ssl_max_protocol_version=TLSv1.2")) as connection:
        found = connection.execute(mine).fetchone()
        assert found is not None
        encrypted, version, cipher, bits, name = found
        assert (encrypted, version, name) == (True, "TLSv1.2", None)
        assert cipher.startswith("ECDHE-")
        assert bits in (128, 256)
    with psycopg.connect(dsn(secure, "sslmode=disable")) as connection:
        assert connection.execute(mine).fetchone() == (False, None, None, None, None)


@pytest.mark.parametrize("user", ["modeld", "nobody"])
def test_a_wrong_password_and_an_unknown_user_are_told_the_same(secure: ServerProcess, user: str) -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        ask(f"host=localhost port={secure.port} user={user} dbname=modeld password=wrong")

    assert f'FATAL:  password authentication failed for user "{user}"' in str(caught.value)


def test_big_answers_come_through_tls_whole(secure: ServerProcess) -> None:
    with psycopg.connect(dsn(secure, "sslmode=require"), autocommit=True) as connection:
        connection.execute(("SET application_name = '" + "x" * 60 + "'").encode())
        for _ in range(3):
            text = b"SHOW ALL;" * 400
            cursor = connection.execute(text)
            sets = 1
            while cursor.nextset():
                sets += 1
            assert sets == 400


def test_clear_connections_are_refused_where_tls_is_required(files: TlsFiles, tmp_path: Path) -> None:
    options = ("--tls-cert", str(files.certificate), "--tls-key", str(files.key), "--tls-required")
    with start(tmp_path / "data", *options) as server:
        assert ask(dsn(server, "sslmode=require")) == "UTC"
        with pytest.raises(psycopg.OperationalError, match='connection rejected for user "modeld", no encryption'):
            ask(dsn(server, "sslmode=disable"))


def test_clients_show_certificates_with_their_name(authority: Authority, files: TlsFiles, tmp_path: Path) -> None:
    own, foreign = authority.client("modeld"), authority.client("somebody")
    unknown = Authority(tmp_path / "unknown").client("modeld")
    options = ("--tls-cert", str(files.certificate), "--tls-key", str(files.key))

    def shown(client: TlsFiles) -> str:
        return f"sslmode=require sslcert={client.certificate} sslkey={client.key}"

    with start(tmp_path / "data", *options, "--tls-client-ca", str(authority.certificate)) as server:
        assert ask(dsn(server, shown(own))) == "UTC"
        with pytest.raises(psycopg.OperationalError, match='certificate authentication failed for user "modeld"'):
            ask(dsn(server, shown(foreign)))
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(dsn(server, shown(own), password="wrong"))
        with pytest.raises(psycopg.OperationalError, match="unknown ca"):
            ask(dsn(server, shown(unknown)))
        for mode in ("require", "disable"):
            with pytest.raises(psycopg.OperationalError, match="connection requires a valid client certificate"):
                ask(dsn(server, f"sslmode={mode} sslcertmode=disable"))


def served_certificate(server: ServerProcess) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["postgresql"])

    async def fetch() -> bytes:
        _, writer = await asyncio.open_connection("localhost", server.port, ssl=context)
        certificate: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        await asyncio.sleep(_CLOSING)
        return certificate

    return ssl.DER_cert_to_PEM_cert(asyncio.run(fetch()))


def wait_for_line(server: ServerProcess, event: str) -> None:
    deadline = time.monotonic() + 10
    while event not in server.read_errors():
        assert time.monotonic() < deadline, server.read_errors()
        time.sleep(0.02)


def test_sighup_takes_new_files_and_keeps_the_old_ones_when_they_are_broken(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    files = authority.server()
    with start(tmp_path / "data", "--tls-cert", str(files.certificate), "--tls-key", str(files.key)) as server:
        first = files.certificate.read_text()
        with psycopg.connect(dsn(server, "sslmode=require"), autocommit=True) as kept:
            assert served_certificate(server) == first
            authority.server()
            second = files.certificate.read_text()
            os.kill(server.pid, signal.SIGHUP)
            wait_for_line(server, '"certificates reloaded"')
            assert served_certificate(server) == second

            files.certificate.write_text("broken")
            os.kill(server.pid, signal.SIGHUP)
            wait_for_line(server, '"certificates not reloaded"')

            assert served_certificate(server) == second
            assert ask(dsn(server, "sslmode=require channel_binding=require")) == "UTC"
            assert kept.execute("SHOW TimeZone").fetchone() == ("UTC",)


def test_sighup_without_tls_stops_nothing(tmp_path: Path) -> None:
    with start(tmp_path / "data") as server:
        os.kill(server.pid, signal.SIGHUP)
        wait_for_line(server, "nothing to reload")
        assert ask(dsn(server)) == "UTC"


def test_failures_slow_down_the_next_logins_of_that_user_only(tmp_path: Path) -> None:
    with start(tmp_path / "data", "--login-pause", "0.6") as server:
        with psycopg.connect(dsn(server), autocommit=True) as connection:
            connection.execute("CREATE USER other PASSWORD 'other'")
        for _ in range(4):
            with pytest.raises(psycopg.OperationalError):
                ask(dsn(server, password="wrong"))
        begin = time.monotonic()
        assert ask(dsn(server, "user=other", password="other")) == "UTC"
        other = time.monotonic() - begin
        begin = time.monotonic()
        assert ask(dsn(server)) == "UTC"
        slowed = time.monotonic() - begin
        begin = time.monotonic()
        assert ask(dsn(server)) == "UTC"
        forgiven = time.monotonic() - begin

    assert max(other, forgiven) < 0.5
    assert slowed > 0.3


def test_connections_of_one_user_are_limited(tmp_path: Path) -> None:
    with start(tmp_path / "data", "--max-connections-per-user", "2") as server:
        with psycopg.connect(dsn(server), autocommit=True) as first, psycopg.connect(dsn(server)):
            first.execute("CREATE USER other PASSWORD 'other'")
            with pytest.raises(psycopg.OperationalError, match='too many connections for role "modeld"'):
                ask(dsn(server))
            assert ask(dsn(server, "user=other", password="other")) == "UTC"
        assert ask(dsn(server)) == "UTC"


def test_with_passwords_every_address_is_served(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--host", "0.0.0.0", "--port", "0", "--auth", "scram-sha-256", "--data", str(tmp_path / "data")],  # noqa: S104
        env=environment(MODELD_OWNER_PASSWORD=PASSWORD),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process:
        line = process.stdout.readline()
        process.terminate()

    assert line.startswith("modeld ready: postgresql://0.0.0.0:")
    assert process.returncode == 0


def refused(folder: Path, files: TlsFiles) -> str:
    """Serving with a key that others may read fails; what it says."""
    key = Path(shutil.copy(files.key, folder.with_name("open.key")))
    key.chmod(0o644)
    process = subprocess.run(
        [*COMMAND, "--data", str(folder), "--tls-cert", str(files.certificate), "--tls-key", str(key)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert process.returncode == 1
    return process.stderr


def test_files_that_cannot_be_used_are_exit_code_1(files: TlsFiles, tmp_path: Path) -> None:
    said = refused(tmp_path / "data", files)

    assert "has group or world access (mode 0644)" in said
    assert "Traceback" not in said
    assert not (tmp_path / "data").exists()


async def test_a_folder_that_is_being_opened_when_its_server_is_refused_is_let_go(
    files: TlsFiles, tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "data")
    await store.open()
    await store.commit([[Change("k", b"v")]], guards={}, commit_id=bytes(16))
    await store.close()
    before = (tmp_path / "data" / "catalog.db").read_bytes()

    said = refused(tmp_path / "data", files)

    assert "has group or world access (mode 0644)" in said
    assert len(said.splitlines()) == 1
    assert (tmp_path / "data" / "catalog.db").read_bytes() == before
    assert not (tmp_path / "data" / "catalog.db-wal").exists()

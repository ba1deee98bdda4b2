"""`modeld user`, statements about users, and where a password must never be found."""

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from server.key_file import open_keyring
from server.scram import Verifier
from tests.integration.server_process import COMMAND, ServerProcess, environment

USER = (*COMMAND[:-1], "user")
OWNER_PASSWORD = "OwNeRsEcReT-4711"


def run(folder: Path, *arguments: str, password: str | None = None) -> subprocess.CompletedProcess[str]:
    more = () if password is None else ("--password-stdin",)
    return subprocess.run(
        [*USER, *arguments, "--data", str(folder), *more],
        input=password and f"{password}\n",
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
    )


def scram(folder: Path, **variables: str) -> ServerProcess:
    return ServerProcess(folder, "--auth", "scram-sha-256", "--log-level", "debug", **variables)


def dsn(server: ServerProcess, user: str, password: str) -> str:
    return f"host=127.0.0.1 port={server.port} user={user} password={password} dbname=modeld"


def ask(server: ServerProcess, user: str, password: str) -> bool:
    """Whether the login succeeds."""
    try:
        with psycopg.connect(dsn(server, user, password)) as connection:
            return connection.execute("SHOW TimeZone").fetchone() == ("UTC",)
    except psycopg.OperationalError as error:
        assert "password authentication failed" in str(error)  # noqa: PT017  the only way to fail here
        return False


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "data"
    with scram(folder, MODELD_OWNER_PASSWORD=OWNER_PASSWORD):
        pass
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A data folder whose owner has a password and that no server has open."""
    return Path(shutil.copytree(made, tmp_path / "data"))


def test_users_are_kept_without_a_server(folder: Path) -> None:
    assert run(folder, "add", "RAM$a:b", password="first").stdout == "CREATE USER\n"
    assert run(folder, "passwd", "modeld", password="other").stdout == "ALTER USER\n"
    assert run(folder, "list").stdout == "RAM$a:b\tpassword\nmodeld\tpassword\n"
    with scram(folder) as server:
        assert ask(server, "RAM$a:b", "first")
        assert ask(server, "modeld", "other")
        assert not ask(server, "modeld", OWNER_PASSWORD)
    assert run(folder, "remove", "RAM$a:b").stdout == "DROP USER\n"
    assert run(folder, "list").stdout == "modeld\tpassword\n"


@pytest.mark.parametrize(
    ("arguments", "password", "complaint"),
    [
        (("add", "modeld"), "p", 'role "modeld" already exists'),
        (("add", "none"), "p", 'role name "none" is reserved'),
        (("passwd", "nobody"), "p", 'role "nobody" does not exist'),
        (("passwd", "modeld"), "md5" + "0" * 32, "hashed in a way that this server does not know"),
        (("remove", "nobody"), None, 'role "nobody" does not exist'),
        (("remove", "modeld"), None, "some objects depend on it: owner of project modeld"),
    ],
)
def test_what_cannot_be_done_is_exit_code_1(
    folder: Path, arguments: tuple[str, ...], password: str | None, complaint: str
) -> None:
    process = run(folder, *arguments, password=password)

    assert process.returncode == 1
    assert complaint in process.stderr
    assert "Traceback" not in process.stderr


def test_an_empty_password_is_wrong_usage(folder: Path) -> None:
    assert run(folder, "add", "bob", password="").returncode == 2


def test_a_folder_without_a_catalog_is_left_alone(tmp_path: Path) -> None:
    process = run(tmp_path / "nothing", "list")

    assert process.returncode == 1
    assert "holds no catalog" in process.stderr
    assert not (tmp_path / "nothing").exists()


def test_a_folder_in_use_names_the_statements(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data"):
        process = run(tmp_path / "data", "passwd", "modeld", password="p")

    assert process.returncode == 1
    assert "in use by process" in process.stderr
    assert "ALTER USER ... PASSWORD" in process.stderr


def test_a_server_that_nobody_could_log_in_to_does_not_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    process = subprocess.run(
        [*COMMAND, "--auth", "scram-sha-256", "--port", "0", "--data", str(folder)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert process.returncode == 1
    assert "modeld user passwd" in process.stderr

    assert run(folder, "passwd", "modeld", password="given").returncode == 0

    with scram(folder) as server:
        assert ask(server, "modeld", "given")


def test_the_owners_password_is_for_the_first_start_only(folder: Path) -> None:
    with scram(folder, MODELD_OWNER_PASSWORD="another") as server:
        assert ask(server, "modeld", OWNER_PASSWORD)
        assert not ask(server, "modeld", "another")


def test_users_by_statement(folder: Path) -> None:
    with scram(folder) as server, psycopg.connect(dsn(server, "modeld", OWNER_PASSWORD), autocommit=True) as owner:
        notices: list[str | None] = []
        owner.add_notice_handler(lambda notice: notices.append(notice.message_primary))
        assert owner.execute("CREATE USER bob WITH PASSWORD 'first'").statusmessage == "CREATE ROLE"
        assert ask(server, "bob", "first")
        assert owner.execute("ALTER USER bob PASSWORD 'second'").statusmessage == "ALTER ROLE"
        assert not ask(server, "bob", "first")
        assert ask(server, "bob", "second")
        owner.execute("ALTER USER bob PASSWORD ''")
        assert notices == ["empty string is not a valid password, clearing password"]
        assert not ask(server, "bob", "")
        with psycopg.connect(dsn(server, "modeld", OWNER_PASSWORD)) as other:
            other.execute("ALTER USER bob PASSWORD 'third'")
            other.rollback()
        assert not ask(server, "bob", "third")
        assert owner.execute("DROP USER bob").statusmessage == "DROP ROLE"
        assert owner.execute("DROP USER IF EXISTS bob").statusmessage == "DROP ROLE"
        for statement, error in [
            ("CREATE USER modeld", psycopg.errors.DuplicateObject),
            ("ALTER USER bob PASSWORD 'x'", psycopg.errors.UndefinedObject),
            ("DROP USER bob", psycopg.errors.UndefinedObject),
            ("DROP USER modeld", psycopg.errors.ObjectInUse),
        ]:
            with pytest.raises(error):
                owner.execute(statement.encode())


def test_no_password_is_found_in_clear(folder: Path) -> None:
    passwords = [OWNER_PASSWORD, *(f"PaSsWoRd-{number}-of-bob" for number in range(6))]
    errors: list[str] = []
    with scram(folder) as server, psycopg.connect(dsn(server, "modeld", OWNER_PASSWORD), autocommit=True) as owner:
        for text in (
            f"CREATE USER bob PASSWORD '{passwords[1]}'",
            f"ALTER USER bob PASSWORD '{passwords[2]}'",
            f"ALTER USER nobody PASSWORD '{passwords[3]}'",
            f"ALTER USER bob PASSWORD '{passwords[3]}' x",
            f"ALTER USER bob PASWORD '{passwords[3]}'",
            f"ALTER ROLE bob PASSWORD '{passwords[4]}' CREATEDB",
            f"BEGIN; ALTER USER bob PASSWORD '{passwords[5]}'; ROLLBACK",
        ):
            try:
                owner.execute(text.encode())
            except psycopg.Error as error:
                errors.append(f"{error.diag.message_primary}{error.diag.message_hint}{error.diag.message_detail}")
        assert ask(server, "bob", passwords[2])
        assert not ask(server, "bob", passwords[6])
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files |= {f"{path.name} at the end": path.read_bytes() for path in folder.iterdir()}
    files["log"] = server.errors.read_bytes()
    files["errors"] = "".join(errors).encode()

    found = {(name, password) for name, data in files.items() for password in passwords if password.encode() in data}

    assert len(errors) >= 4
    assert {"catalog.db", "log"} <= files.keys()
    assert found == set()
    assert b"SCRAM-SHA-256$" not in b"".join(files.values())


def test_what_is_stored_opens_only_with_the_key(folder: Path) -> None:
    keyring = open_keyring(folder / "secrets.key", environment_key=None)
    (folder / "secrets.key").unlink()

    assert keyring.derive("mock salts") == keyring.derive("mock salts")
    process = run(folder, "list")
    assert process.returncode == 1
    assert "secrets.key" in process.stderr
    assert Verifier.derive(OWNER_PASSWORD).format() not in process.stderr

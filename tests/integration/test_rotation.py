"""`modeld rotate-key` beside a server, without one, and with everything killed on the way."""

import random
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from server.key_file import add_key, read_keys
from tests.integration.server_process import COMMAND, ServerProcess, environment
from tests.integration.statements import remote_options

ROTATE = (*COMMAND[:-1], "rotate-key")
MODELS = 150


def rotate(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ROTATE, "--data", str(folder), *arguments],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=50,
    )


def connect(server: ServerProcess) -> psycopg.Connection:
    return psycopg.connect(f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld", autocommit=True)


def key(number: int) -> str:
    return f"SeCrEt-{number:04}-of-a-model"


def fill(server: ServerProcess) -> None:
    with connect(server) as session, session.pipeline():
        for number in range(MODELS):
            session.execute(
                f"CREATE MODEL m{number} WITH VERSION v1 OPTIONS (MODEL_SOURCE_TYPE = 'REMOTE', "
                f"MODEL_TYPE = 'LLM', {remote_options(key(number))})"
            )


def check(server: ServerProcess) -> None:
    """Every secret is what it was."""
    with connect(server) as session:
        session.execute("SET modeld.reveal_secrets = true")
        for number in range(MODELS):
            rows = session.execute(f"DESC MODEL m{number}").fetchall()
            assert ("Version Information", "APIKEY", key(number), "") in rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with ServerProcess(tmp_path / "data") as server:
        fill(server)
    return tmp_path / "data"


def test_a_key_is_changed_beside_a_running_server(folder: Path) -> None:
    old = read_keys(folder / "secrets.key")[0].id
    with ServerProcess(folder) as server:
        process = rotate(folder)

        assert (process.returncode, process.stderr) == (0, "")
        lines = read_keys(folder / "secrets.key")
        assert process.stdout.startswith(f"new key {lines[0].id.hex()}\n")
        assert [(line.id == old, line.unused) for line in lines] == [(False, False), (True, True)]
        assert f"records={MODELS}" in server.read_errors()
        check(server)
        assert rotate(folder, "--forget").stdout == f"forgot key {old.hex()}\n"
        check(server)
    assert len(read_keys(folder / "secrets.key")) == 1
    with ServerProcess(folder) as server:
        check(server)


def test_a_key_is_changed_beside_the_server_that_made_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ServerProcess(folder) as server:
        fill(server)
        rotate(folder)
        assert f"records={MODELS}" in server.read_errors()
        assert rotate(folder, "--forget").returncode == 0
    with ServerProcess(folder) as server:
        check(server)


def test_a_key_is_changed_without_a_server(folder: Path) -> None:
    process = rotate(folder)

    assert process.stdout.endswith(f"\n{MODELS} secrets were encrypted with it\n")
    assert len(rotate(folder, "--forget").stdout.splitlines()) == 1
    assert rotate(folder, "--forget").stdout == "no key is unused\n"
    with ServerProcess(folder) as server:
        check(server)


def test_a_key_put_into_the_file_by_hand_is_taken_at_the_start(folder: Path) -> None:
    add_key(folder / "secrets.key")

    with ServerProcess(folder) as server:
        assert rotate(folder, "--resume").returncode == 0
        check(server)

    assert [line.unused for line in read_keys(folder / "secrets.key")] == [False, True]


def test_keys_of_the_environment_are_changed_by_a_restart(folder: Path) -> None:
    old, *_ = (folder / "secrets.key").read_text().split()
    new = "A" * 43 + "="
    (folder / "secrets.key").unlink()

    with ServerProcess(folder, MODELD_SECRET_KEY=f"{new},{old}") as server:
        deadline = time.monotonic() + 30
        while f"records={MODELS}" not in server.read_errors() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert rotate(folder, MODELD_SECRET_KEY=new).returncode == 1
    with ServerProcess(folder, MODELD_SECRET_KEY=new) as server:
        check(server)


def test_nothing_is_lost_when_everything_is_killed(folder: Path) -> None:
    chance = random.Random()  # noqa: S311  instants, not secrets
    for _ in range(4):
        server = ServerProcess(folder)
        command = subprocess.Popen(
            [*ROTATE, "--data", str(folder)], env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.2, 1.5))
        first, second = chance.sample([server.kill, command.kill], 2)
        first()
        second()
        command.wait()
    with ServerProcess(folder) as server:
        assert rotate(folder, "--resume").returncode == 0
        check(server)
    rotate(folder, "--forget")
    assert len(read_keys(folder / "secrets.key")) == 1
    with ServerProcess(folder) as server:
        check(server)


def test_a_folder_without_keys_is_said_to_have_none(tmp_path: Path) -> None:
    assert "the first `modeld serve` makes it" in rotate(tmp_path / "none").stderr

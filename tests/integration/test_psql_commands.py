"""psql's commands that ask the catalogs: the same output, to the letter, as from PostgreSQL itself."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess, environment
from tests.wire.postgres import PostgresProcess

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")

# Objects that every PostgreSQL is born with, and kinds of which neither server has any.
COMMANDS: Final = Path(__file__).with_name("commands.psql").read_text().splitlines()
_MARK: Final = "=== next ==="


def psql(address: Address, *lines: str) -> tuple[str, str]:
    process = subprocess.run(
        ["psql", "-X", address.dsn],
        input="".join(f"{line}\n" for line in lines),
        env=environment(PGCLIENTENCODING="UTF8"),
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert process.returncode == 0
    return process.stdout, process.stderr


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Address]]:
    """A PostgreSQL, and a modeld with the same names of owner and database."""
    folder = tmp_path_factory.mktemp("commands") / "data"
    with (
        PostgresProcess.start_or_skip() as postgres,
        ServerProcess(folder, "--owner", "postgres", "--project", "postgres") as server,
    ):
        yield Address(postgres.port, "postgres", user="postgres"), Address(server.port, "postgres", user="postgres")


@pytest.fixture(scope="module")
def answers(places: tuple[Address, Address]) -> tuple[list[str], list[str], str, str]:
    """What psql prints for each command on either server, and all the errors of each."""
    script = [line for command in COMMANDS for line in (command, f"\\echo {_MARK}")]
    (one, first), (two, second) = (psql(place, *script) for place in places)
    return one.split(f"{_MARK}\n"), two.split(f"{_MARK}\n"), first, second


@pytest.mark.parametrize("index", range(len(COMMANDS)), ids=COMMANDS)
def test_a_command_prints_what_it_prints_on_postgresql(
    answers: tuple[list[str], list[str], str, str], index: int
) -> None:
    ours, theirs = answers[1], answers[0]

    assert len(ours) == len(theirs) == len(COMMANDS) + 1
    assert ours[index] == theirs[index]


def test_commands_that_find_nothing_say_so_in_the_same_words(answers: tuple[list[str], list[str], str, str]) -> None:
    assert "Did not find any relation named" in answers[2]
    assert answers[3] == answers[2]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("\\d", " default | models         | view | {user}\n"),
        ("\\d models", " version_count      | bigint                   |           |          | \n"),
        ("\\d+ models", "View definition:\n SELECT "),
        ("\\dv+ model_*", " | permanent   | 0 bytes | "),
        ("\\dn", " default | {user}\n"),
        ("\\l", " {project} "),
        ("\\du", " {user} "),
        ("\\sv models", 'CREATE OR REPLACE VIEW "default".models AS\n'),
        ("\\dp models", " default | models | view |"),
        ("\\conninfo", 'You are connected to database "{project}" as user "{user}" on host "127.0.0.1"'),
    ],
)
def test_the_servers_own_objects_are_shown(address: Address, command: str, expected: str) -> None:
    output, errors = psql(address, command)

    assert errors == ""
    assert expected.format(user=address.user, project=address.project) in output

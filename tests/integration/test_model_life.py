"""The life of a model through a driver: made again from what SHOW CREATE MODEL says, and what the server does alone."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.integration.adapters import ADAPTERS, Adapter, Address, Outcome
from tests.integration.server_process import ServerProcess
from tests.integration.statements import add_version, create
from tests.integration.test_dump import run
from tests.integration.test_psql import psql

SECONDS = 20.0


@contextmanager
def session(server: ServerProcess) -> Iterator[psycopg.Connection]:
    where = f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld"
    with psycopg.connect(where, autocommit=True) as connection:
        yield connection


def versions(connection: psycopg.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SHOW VERSIONS FOR MODEL m")]


def test_the_server_drops_what_has_expired_and_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ServerProcess(folder) as server, session(server) as connection:
        for text in (
            create("m"),
            *(add_version("m", each) for each in ("v2", "v3", "v4")),
            "ALTER MODEL m SET LIFECYCLE 30",
            "ALTER MODEL m SET ALIAS kept FOR VERSION v3",
            *(
                f"RECORD MODEL m VERSION {each} (LAST_MODIFIED_TIME = '2020-01-01 00:00:00+00:00')"
                for each in ("v1", "v2", "v3")
            ),
            create("gone"),
            "DROP MODEL gone",
        ):
            connection.execute(text.encode())
        assert versions(connection) == ["v1", "v2", "v3", "v4"]

    # The first round comes with the start.
    with ServerProcess(folder, "--recycle-days", "0") as server, session(server) as connection:
        end = time.monotonic() + SECONDS
        while "v2" in versions(connection) or connection.execute("SHOW DROPPED MODELS").fetchall():
            assert time.monotonic() < end
            time.sleep(0.05)

        assert versions(connection) == ["v1", "v3", "v4"]
        (expired,) = connection.execute("SHOW HISTORY FOR MODEL m LIMIT 1").fetchall()
        (purged,) = connection.execute("SHOW HISTORY FOR MODEL gone LIMIT 1").fetchall()
        assert (*expired[2:3], *expired[5:8]) == ("(server)", "EXPIRE VERSION", "modeld.default.m", "v2")
        assert expired[11] == "its life cycle of 30 days ended at 2020-01-31 00:00:00 UTC"
        assert (purged[2], purged[5]) == ("(server)", "PURGE MODEL")
        assert "where models are kept for 0 days" in purged[11]


def values(outcome: Outcome, section: str) -> dict[object, object]:
    """Of the rows of DESC MODEL."""
    assert not outcome.sqlstate, outcome
    return {name: value for each, name, value, _ in outcome.rows if each == section}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_what_no_other_registry_has(adapter: Callable[[Address], Adapter], address: Address) -> None:
    with adapter(address) as client:
        for text in (
            create("m"),
            add_version("m", "v2"),
            "ALTER MODEL m SET ALIAS prod FOR VERSION LATEST",
            "ALTER MODEL m SET LABELS ('team' = 'search')",
            "ALTER MODEL m MODIFY VERSION prod SET LIFECYCLE 7",
        ):
            assert client.run(text) == Outcome()
        ((revision, *_),) = client.run("SHOW HISTORY FOR MODEL m LIMIT 1").rows

        # Another was quicker, and dropped what was expected.
        assert client.run("ALTER MODEL m SET DEFAULT_VERSION prod IF DEFAULT_VERSION = v1") == Outcome()
        assert client.run("ALTER MODEL m DROP VERSION v1") == Outcome()
        text = "ALTER MODEL m SET DEFAULT_VERSION v2 IF DEFAULT_VERSION = v1"
        moved = client.run(text)
        assert (moved.sqlstate, moved.position) == ("40001", text.rindex("v1") + 1)

        extended = client.run("DESC MODEL EXTENDED m VERSION prod")
        assert values(extended, "Aliases") == {"prod": "v2"}
        assert values(extended, "Labels") == {"team": "search"}
        assert values(extended, "Extended Information") == {"Version Lifecycle": "7 days"}

        assert client.run("DROP MODEL m") == Outcome()
        assert [row[0] for row in client.run("SHOW DROPPED MODELS").rows] == ["m"]
        assert client.run("UNDROP MODEL m") == Outcome()
        earlier = client.run(f"DESC MODEL m VERSION v1 AS OF REVISION {revision}")
        assert values(earlier, "Model Information")["Default Version"] == "v1"
        assert client.run(f"ROLLBACK MODEL m TO REVISION {revision}") == Outcome()
        assert values(client.run("DESC MODEL m"), "Version Information")["Version Name"] == "v1"

        rows = client.run("SHOW HISTORY FOR MODEL m LIMIT 5").rows
        actions = ["ROLLBACK MODEL", "UNDROP MODEL", "DROP MODEL", "DROP VERSION", "SET DEFAULT_VERSION"]
        assert [row[5] for row in rows] == actions
        assert client.run("DROP MODEL m") == client.run("PURGE MODEL m") == Outcome()
        text = f"DESC MODEL m AS OF REVISION {revision}"
        purged = client.run(text)
        assert (purged.sqlstate, purged.position) == ("72000", text.index(str(revision)) + 1)
        assert purged.message.startswith("ODPS-0110061: Failed to run ddltask - What model ")


@pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")
def test_psql_makes_a_model_again_from_what_it_shows(address: Address) -> None:
    texts = (
        create("m", comment="it''s; \"so\" -- and \\\\ more"),
        add_version("m", "v2"),
        add_version("m", "latest"),
        "ALTER MODEL m SET DEFAULT_VERSION v2",
        "ALTER MODEL m DROP VERSION v1",
        "ALTER MODEL m SET ALIAS prod FOR VERSION v2",
        "ALTER MODEL m SET ALIAS canary FOR VERSION latest",
        "ALTER MODEL m SET LABELS ('team' = 'a;b', 'it''s' = \"x\")",
        "ALTER MODEL m MODIFY VERSION prod SET LABELS ('stage' = 'gold')",
        "ALTER MODEL m SET LIFECYCLE 30",
        "ALTER MODEL m MODIFY VERSION latest SET LIFECYCLE 3",
        "ALTER MODEL m MODIFY VERSION latest SET COMMENT '\\n'",
    )
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        for text in texts:
            connection.execute(text.encode())
    before = described(address)
    script = psql(address, "-c", "SHOW CREATE MODEL m").stdout
    # As docs/operations.md asks for those of every model.
    every = (
        "SELECT format('SHOW CREATE MODEL %I.%I.%I', project, schema_name, model_name) FROM information_schema.models"
    )
    assert psql(address, text=every + " \\gexec\n").stdout == script

    psql(address, "-c", "DROP MODEL m")
    process = psql(address, "-v", "ON_ERROR_STOP=1", text=script)

    assert process.returncode == 0, process.stderr
    assert described(address) == before
    assert psql(address, "-c", "SHOW CREATE MODEL m").stdout == script


def test_times_that_were_recorded_are_in_order_whatever_they_are(tmp_path: Path) -> None:
    """RECORD takes any: a backup must not fail because of what an owner wrote."""
    folder = tmp_path / "data"
    with ServerProcess(folder) as server, session(server) as connection:
        connection.execute(create("m").encode())
        connection.execute("RECORD MODEL m (CREATE_TIME = '2099-01-01 00:00:00+00:00')")
        connection.execute("ALTER MODEL m SET COMMENT 'changed'")

        # It looks at its copy as `modeld check` does.
        process = run("backup", tmp_path / "copy", "--data", folder)
        assert process.returncode == 0, process.stderr


def described(address: Address) -> list[tuple[str, ...]]:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        rows = [
            row
            for version in ("v2", "latest")
            for row in connection.execute(f"DESC MODEL EXTENDED m VERSION {version}".encode())
        ]
    return [row for row in rows if not row[1].endswith("Time")]

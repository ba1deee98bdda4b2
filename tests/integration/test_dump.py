"""`modeld dump`, `modeld load` and `psql -f`, on data folders and servers as they are."""

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.integration.server_process import COMMAND, ServerProcess, environment
from tests.integration.statements import ADD_V2, APIKEYS, CREATE, MODEL, create, set_default

MODELD = COMMAND[:-1]


def run(*arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MODELD, *map(str, arguments)], input=text, env=environment(), capture_output=True, text=True, timeout=30
    )


def ask(server: ServerProcess, *texts: str) -> list[tuple[object, ...]]:
    """The rows of the last one."""
    with psycopg.connect(f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld", autocommit=True) as session:
        for text in texts[:-1]:
            session.execute(text)
        return session.execute(texts[-1]).fetchall()


def dump(folder: Path, *arguments: str) -> str:
    """Without its heading, which has the revision and the time."""
    process = run("dump", "--data", folder, *arguments)
    assert process.returncode == 0, process.stderr
    return process.stdout.partition("\n")[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "data"
    with ServerProcess(folder) as server:
        ask(
            server,
            "CREATE USER alice PASSWORD 'pencil'",
            "CREATE DATABASE second",
            CREATE,
            ADD_V2,
            set_default("v2"),
            f"ALTER MODEL {MODEL} CHANGEOWNER TO 'alice'",
            create("second.default.trees", comment="模型；it''s"),
            "SHOW MODELS",
        )
    return folder


def test_a_sealed_dump_is_loaded_with_its_key(made: Path, tmp_path: Path) -> None:
    script, folder = tmp_path / "all.sql", tmp_path / "copy"
    assert run("dump", script, "--data", made, "--secrets=sealed").returncode == 0
    folder.mkdir(0o700)
    shutil.copy(made / "secrets.key", folder)

    assert run("load", script, "--data", folder).stderr == ""

    assert script.stat().st_mode & 0o777 == 0o600
    assert not any(key in script.read_text() for key in APIKEYS)
    assert dump(folder) == dump(made)
    with ServerProcess(folder) as server:
        rows = ask(server, "SET modeld.reveal_secrets = true", f"DESC MODEL {MODEL}")
        assert ("Version Information", "APIKEY", APIKEYS[1], "") in rows


def test_a_sealed_dump_without_its_key_is_refused(made: Path, tmp_path: Path) -> None:
    script = run("dump", "--data", made, "--secrets=sealed").stdout

    process = run("load", "--data", tmp_path / "copy", text=script)

    assert process.returncode == 1
    assert "was sealed with key" in process.stderr
    assert "nothing was done" in process.stderr


def test_psql_replays_a_dump_on_a_running_server(made: Path, tmp_path: Path) -> None:
    if shutil.which("psql") is None:
        pytest.skip("psql is not installed")
    script, folder = tmp_path / "all.sql", tmp_path / "other"
    assert run("dump", script, "--data", made).returncode == 0

    with ServerProcess(folder) as server:
        process = subprocess.run(
            ["psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", script],
            env=environment(PGHOST="127.0.0.1", PGPORT=str(server.port), PGUSER="modeld", PGDATABASE="modeld"),
            capture_output=True,
            text=True,
        )
        assert (process.returncode, "ERROR" in process.stderr) == (0, False), process.stderr
        assert process.stderr.count("APIKEY was left out") == 2
        new = "a new key for v2"
        rows = ask(
            server,
            f"ALTER MODEL {MODEL} MODIFY VERSION v2 SET OPTIONS (APIKEY = '{new}')",
            "SET modeld.reveal_secrets = true",
            f"DESC MODEL {MODEL}",
        )
        assert ("Version Information", "APIKEY", new, "") in rows
        assert ("Model Information", "Owner", "alice", "") in rows


def test_a_dump_without_secrets_loads_into_an_empty_folder(made: Path, tmp_path: Path) -> None:
    script = run("dump", "--data", made).stdout

    process = run("load", "--data", tmp_path / "copy", text=script)

    assert process.stderr == "2 API keys were left out: give them with ALTER MODEL ... SET OPTIONS\n"
    assert dump(tmp_path / "copy") == dump(made)


def test_one_project_is_dumped_by_name(made: Path) -> None:
    script = dump(made, "--project", "SECOND")

    assert "second.`default`.trees" in script or "second.default.trees" in script
    assert MODEL.lower() not in script
    for other in ("third", "bigdata_public_modelset"):
        assert run("dump", "--data", made, "--project", other).returncode == 1


def test_a_script_of_one_s_own_is_run_as_somebody(made: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made, tmp_path / "data"))
    script = f"{create('mine')};\r\nDROP MODEL nothing;\r\n"

    assert "standard input:2: Model modeld.default.nothing does not exist" in (
        run("load", "--data", folder, "--project", "modeld", "--user", "modeld", text=script).stderr
    )
    assert run("load", "--data", folder, "--project", "modeld", text=create("mine")).returncode == 1
    assert run("load", "--data", folder, "--project", "modeld", "--user", "modeld", text=create("mine")).stderr == ""
    assert "CREATE MODEL modeld.default.mine" in dump(folder)


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        process = run("dump", "--data", tmp_path / "data")

        assert process.returncode == 1
        assert f"in use by process {server.pid}" in process.stderr

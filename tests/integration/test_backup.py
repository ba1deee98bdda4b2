"""`modeld backup` beside a loaded server, `modeld restore` in another place, `modeld check` of both."""

import os
import shutil
import signal
import stat
import threading
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from server.checking import Report, check_folder
from server.cli import main
from tests.conformance.test_notes import WITHOUT_CHECKSUMS
from tests.conformance.test_sqlite_file import execute
from tests.integration.server_process import ServerProcess
from tests.integration.statements import create, remote_options

SECRET = "SeCrEt-of-a-model-in-a-backup"


def run(command: str, *arguments: object) -> Result:
    """One of modeld's commands, in this process."""
    return CliRunner().invoke(main, [command, *map(str, arguments)])


def connect(server: ServerProcess) -> psycopg.Connection:
    return psycopg.connect(f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld", autocommit=True)


class Writer(threading.Thread):
    """Makes a model after the other until it is told to stop; `made` are acknowledged."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__()
        self._server = server
        self.enough = threading.Event()
        self.made = 0

    def run(self) -> None:
        with connect(self._server) as session:
            while not self.enough.is_set():
                session.execute(create(f"w{self.made}").encode())
                self.made += 1


def test_a_backup_beside_a_loaded_server_restores_to_what_was_acknowledged(tmp_path: Path) -> None:
    data, file, elsewhere = tmp_path / "data", tmp_path / "backups" / "catalog", tmp_path / "elsewhere"
    file.parent.mkdir()
    with ServerProcess(data) as server:
        with connect(server) as session:
            options = f"MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'LLM', {remote_options(SECRET)}"
            session.execute(f"CREATE MODEL secretive WITH VERSION v1 OPTIONS ({options})".encode())
        writer = Writer(server)
        writer.start()
        acknowledged = writer.made

        try:
            made = run("backup", file, "--data", data)
        finally:
            writer.enough.set()
            writer.join()
    assert made.exit_code == 0, made.stderr
    assert "the secrets in it need secrets.key with key " in made.stdout
    assert os.listdir(file.parent) == ["catalog"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    restored = run("restore", file, "--data", elsewhere)
    assert restored.exit_code == 0, restored.stderr
    assert run("check", "--data", elsewhere).stderr.startswith(f"{elsewhere}/secrets.key is missing")
    shutil.copy(data / "secrets.key", elsewhere)
    checked = run("check", "--data", elsewhere)
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert checked.stdout.startswith(f"{elsewhere} is in order: revision ")

    with ServerProcess(elsewhere) as server, connect(server) as session:
        names = {row[0] for row in session.execute("SHOW MODELS").fetchall()}
        assert names == {"secretive", *(f"w{number}" for number in range(len(names) - 1))}
        assert acknowledged <= len(names) - 1 <= writer.made
        session.execute("SET modeld.reveal_secrets = true")
        assert SECRET in {row[2] for row in session.execute("DESC MODEL secretive").fetchall()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with ServerProcess(tmp_path / "data") as server, connect(server) as session:
        session.execute(create("m").encode())
        session.execute(create("n").encode())
    return tmp_path / "data"


def test_nothing_that_is_there_is_replaced(tmp_path: Path, data: Path) -> None:
    before = (data / "catalog.db").read_bytes()
    assert run("backup", tmp_path / "file", "--data", data).exit_code == 0
    saved = (tmp_path / "file").read_bytes()

    onto_itself = run("backup", data / "catalog.db", "--data", data)
    again = run("backup", tmp_path / "file", "--data", data)
    back = run("restore", tmp_path / "file", "--data", data)

    for refused, path in ((onto_itself, data / "catalog.db"), (again, tmp_path / "file"), (back, data / "catalog.db")):
        assert refused.exit_code == 1
        assert refused.stderr == f"Error: {path} is there already, and is not replaced\n"
    assert (data / "catalog.db").read_bytes() == before
    assert (tmp_path / "file").read_bytes() == saved
    assert not list(tmp_path.rglob("*.unfinished"))


def test_damage_is_neither_saved_nor_restored(tmp_path: Path, data: Path) -> None:
    file, elsewhere = tmp_path / "file", tmp_path / "elsewhere"
    assert run("backup", file, "--data", data).exit_code == 0
    for path in (file, data / "catalog.db"):
        content = path.read_bytes()
        place = content.index(b"IMPORT")
        path.write_bytes(content[:place] + b"INPORT" + content[place + 6 :])

    restored = run("restore", file, "--data", elsewhere)
    saved = run("backup", tmp_path / "second", "--data", data)
    checked = run("check", "--data", data)

    assert restored.exit_code == saved.exit_code == checked.exit_code == 1
    for each in (restored, saved, checked):
        assert "damaged" in each.stderr
        assert "modeld restore FILE" in each.stderr
    assert not (elsewhere / "catalog.db").exists()
    assert not (tmp_path / "second").exists()


def test_a_client_that_reads_damaged_history_hears_of_it_and_others_go_on(data: Path) -> None:
    execute(data / "catalog.db", "UPDATE history SET entry = replace(entry, 'CREATE', 'CREADE') WHERE revision = 2")

    with ServerProcess(data) as server, connect(server) as session:
        with pytest.raises(psycopg.errors.DataCorrupted, match="the catalog is damaged: the history of") as raised:
            session.execute("SHOW HISTORY FOR MODEL m")
        assert raised.value.diag.message_hint == "Stop the server, run modeld check, and restore a backup."
        assert len(session.execute("SHOW MODELS").fetchall()) == 2


def test_a_running_server_keeps_check_and_restore_out(tmp_path: Path, data: Path) -> None:
    assert run("backup", tmp_path / "file", "--data", data).exit_code == 0
    with ServerProcess(data) as server:
        for refused in (run("check", "--data", data), run("restore", tmp_path / "file", "--data", data)):
            assert refused.exit_code == 1
            assert f"{data} is in use by process {server.pid}" in refused.stderr


def test_a_backup_needs_a_catalog_and_a_place(tmp_path: Path, data: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert "holds no catalog.db" in run("backup", tmp_path / "file", "--data", tmp_path / "empty").stderr
    assert "No such file" in run("backup", tmp_path / "no" / "file", "--data", data).stderr
    assert "No such file" in run("restore", tmp_path / "no" / "file", "--data", tmp_path / "elsewhere").stderr
    assert not (tmp_path / "elsewhere" / "catalog.db").exists()


def make_older(file: Path) -> None:
    """Of format 2, as modeld wrote it before there were checksums."""
    execute(file, *WITHOUT_CHECKSUMS, "UPDATE meta SET value = '2' WHERE name = 'format'")


def test_a_backup_of_an_older_modeld_is_restored_as_one_of_today(tmp_path: Path, data: Path) -> None:
    file, elsewhere = tmp_path / "file", tmp_path / "elsewhere"
    assert run("backup", file, "--data", data).exit_code == 0
    make_older(file)
    before = file.read_bytes()

    restored = run("restore", file, "--data", elsewhere)

    told = f"{elsewhere}/catalog.db had format version 2 and has 3 now, which older programs refuse\n"
    assert (restored.exit_code, restored.stderr) == (0, told)
    assert run("check", "--data", elsewhere).exit_code == 0
    assert file.read_bytes() == before


def test_a_backup_of_an_older_folder_says_that_older_programs_refuse_it(tmp_path: Path, data: Path) -> None:
    make_older(data / "catalog.db")
    before = (data / "catalog.db").read_bytes()

    saved = run("backup", tmp_path / "file", "--data", data)

    assert saved.exit_code == 0
    assert saved.stderr == f"{tmp_path}/file had format version 2 and has 3 now, which older programs refuse\n"
    assert (data / "catalog.db").read_bytes() == before


def test_whatever_upgrades_a_folder_says_so_once(data: Path) -> None:
    make_older(data / "catalog.db")

    first, second = run("user", "list", "--data", data), run("user", "list", "--data", data)

    assert first.stderr == f"{data}/catalog.db had format version 2 and has 3 now, which older programs refuse\n"
    assert (second.exit_code, second.stderr) == (0, "")


def test_what_is_wrong_is_said_of_the_file_that_was_named(tmp_path: Path, data: Path) -> None:
    (tmp_path / "file").write_bytes(b"no database")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")

    restored = run("restore", tmp_path / "file", "--data", tmp_path / "elsewhere")
    onto_link = run("backup", tmp_path / "link", "--data", data)
    shutil.copy(tmp_path / "file", data / "catalog.db")
    saved = run("backup", tmp_path / "second", "--data", data)

    assert restored.stderr == f"Error: {tmp_path}/file is not a SQLite database\n"
    assert onto_link.stderr == f"Error: {tmp_path}/link is there already, and is not replaced\n"
    assert saved.stderr == f"Error: {data}/catalog.db is not a SQLite database\n"


def test_a_hangup_meant_for_a_server_ends_no_check(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`modeld rotate-key` sends SIGHUP to whoever has the folder."""

    def look_and_be_told(folder: Path, *, environment_key: str | None) -> Report:
        os.kill(os.getpid(), signal.SIGHUP)
        return check_folder(folder, environment_key=environment_key)

    monkeypatch.setattr("server.check_commands.check_folder", look_and_be_told)
    before = signal.getsignal(signal.SIGHUP)
    try:
        assert run("check", "--data", data).exit_code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_users_folder_is_left_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by root, whose files beside it would be closed to the server."""
    names = sorted(os.listdir(data))
    monkeypatch.setattr(os, "geteuid", lambda: 54321)

    for command in (("check",), ("dump",), ("user", "list"), ("load", os.devnull)):
        refused = run(*command, "--data", data)
        assert refused.exit_code == 1
        assert f"{data}/catalog.db belongs to user {Path(data).owner()}: run this as that user" in refused.stderr
    assert sorted(os.listdir(data)) == names

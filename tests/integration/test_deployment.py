"""The unit for systemd and the container file: what they name is there, and it works."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.checking import check_folder
from server.cli import serve
from tests.conformance.test_notes import WITHOUT_CHECKSUMS
from tests.conformance.test_sqlite_file import execute
from tests.integration.server_process import ROOT, ServerProcess, environment

UNIT = ROOT / "docs" / "deploy" / "modeld.service"
CONTAINERFILE = ROOT / "Containerfile"


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_is_told_when_it_is_ready_and_when_it_stops(tmp_path: Path, abstract: bool) -> None:
    name = f"@{tmp_path}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind("\0" + name[1:] if abstract else name)
        notified.settimeout(30)
        with ServerProcess(tmp_path / "data", NOTIFY_SOCKET=name):
            assert notified.recv(100) == b"READY=1"
        assert notified.recv(100) == b"STOPPING=1"


def test_a_service_manager_that_is_not_there_keeps_nobody_from_starting(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data", NOTIFY_SOCKET=str(tmp_path / "nowhere")) as server:
        pass

    assert "service manager not told" in server.read_errors()


def make_empty(folder: Path) -> None:
    """As systemd makes it, by StateDirectory."""
    folder.mkdir(mode=0o700)


def make_older(folder: Path) -> None:
    with ServerProcess(folder):
        pass
    execute(folder / "catalog.db", *WITHOUT_CHECKSUMS, "UPDATE meta SET value = '2' WHERE name = 'format'")


def make_open(folder: Path) -> None:
    with ServerProcess(folder):
        pass
    folder.chmod(0o755)


@pytest.mark.parametrize("make", [make_empty, make_older, make_open])
def test_the_unit_starts_on_what_the_server_can_serve(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """What the check before the start has to say keeps no service from starting."""
    folder, options = tmp_path / "data", tmp_path / "modeld.toml"
    make(folder)
    options.touch()
    lines = re.findall(r"^(ExecStart(?:Pre)?)=(-?)(\S+) (.+)$", UNIT.read_text(), flags=re.MULTILINE)
    places = {"/etc/modeld.toml": str(options), "/var/lib/modeld": str(folder)}

    for when, may_fail, program, arguments in lines:
        assert program == "/opt/modeld/bin/modeld"
        command = [sys.executable, "-m", "server", *(places.get(word, word) for word in arguments.split())]
        if when == "ExecStart":
            with ServerProcess(folder, command=command):
                pass
            break
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=50)
        assert may_fail or done.returncode == 0, done.stderr
    else:
        pytest.fail("the unit starts nothing")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """Verified as it is, but for the programs, which are not installed there."""
    unit = tmp_path / "modeld.service"
    unit.write_text(UNIT.read_text().replace("/opt/modeld/bin/modeld", "/bin/true").replace("=modeld\n", "=root\n"))

    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )

    assert [line for line in verified.stderr.splitlines() if "modeld.service" in line] == []
    assert verified.returncode == 0


def test_the_unit_starts_on_an_empty_folder(tmp_path: Path) -> None:
    # Of which `modeld check` says that it holds no catalog: before the first start that is as it should be.
    assert check_folder(tmp_path, environment_key=None).findings
    before = [line for line in UNIT.read_text().splitlines() if line.startswith("ExecStartPre=")]
    assert [line for line in before if not line.startswith("ExecStartPre=-")] == []


def test_the_container_file_sets_options_that_there_are() -> None:
    text = CONTAINERFILE.read_text()
    variables = {option.envvar for option in serve.params} | {"MODELD_OWNER_PASSWORD"}

    assert set(re.findall(r"MODELD_\w+", text)) <= variables


def test_the_container_file_copies_what_there_is() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE.read_text(), flags=re.MULTILINE)

    paths = [path for line in copied for path in line.split()]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []

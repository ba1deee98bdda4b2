"""PostgreSQL itself, to be asked the same as modeld. Tests skip where its programs are missing."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

import pytest

_PROGRAMS: Final = Path("/usr/lib/postgresql/15/bin")
_OWNER: Final = "postgres"


# A test's cluster lives for seconds, and no power failure is waited for.
_WITHOUT_SYNCS: Final = ("fsync=off",)


class PostgresProcess:
    """A PostgreSQL 15 server in a folder of its own, with trust.

    Args:
        settings: `name=value` each, beside PostgreSQL's own defaults.
    """

    def __init__(self, folder: Path, port: int, user: str | None, settings: Sequence[str] = _WITHOUT_SYNCS) -> None:
        self.port = port
        self._folder = folder
        data = folder / "data"
        subprocess.run(
            [_PROGRAMS / "initdb", "-D", data, "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
            user=user,
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        self._process = subprocess.Popen(
            [_PROGRAMS / "postgres", "-D", data, "-p", str(port), "-k", folder, *_options(settings)],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def access_file(self) -> Path:
        """pg_hba.conf; PostgreSQL reads it again when it gets SIGHUP."""
        return self._folder / "data" / "pg_hba.conf"

    @classmethod
    def start_or_skip(cls, settings: Sequence[str] = _WITHOUT_SYNCS) -> Self:
        if not (_PROGRAMS / "initdb").exists():
            pytest.skip("PostgreSQL 15 is not installed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        folder = Path(tempfile.mkdtemp(prefix="modeld-postgres-"))
        if os.geteuid() != 0:
            return cls(folder, port, None, settings)
        owner = pwd.getpwnam(_OWNER)  # it refuses to run as root
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        return cls(folder, port, _OWNER, settings)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 20
        ready: list[str | Path] = [_PROGRAMS / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready).returncode != 0:
            assert self._process.poll() is None, "PostgreSQL did not start"
            assert time.monotonic() < deadline, "PostgreSQL is not ready"
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)
        shutil.rmtree(self._folder)


def _options(settings: Sequence[str]) -> list[str]:
    return [option for setting in settings for option in ("-c", setting)]

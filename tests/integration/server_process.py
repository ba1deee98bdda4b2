"""`modeld serve` as a process of its own, on a free port and a data folder of the test's."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "server", "serve")
_READY = "modeld ready: postgresql://"


def environment(**variables: str) -> dict[str, str]:
    """That of the tests, without settings of modeld's own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MODELD_", "PG"))}
    return {**inherited, "PYTHONPATH": str(ROOT), **variables}


class ServerProcess:
    """A running server. Leaving the `with` stops it, and checks that it ended well and met no fault.

    Args:
        folder: its data folder; its standard error goes to the file `stderr` beside it.
        command: what runs `modeld serve`.
        variables: its environment, besides that of the tests.
    """

    def __init__(self, folder: Path, *arguments: str, command: Sequence[str] = COMMAND, **variables: str) -> None:
        self.folder = folder
        self.errors = folder.with_name(f"{folder.name}.stderr")
        with self.errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [*command, "--port", "0", "--data", str(folder), *arguments],
                env=environment(**variables),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self._process.stdout.close()
        if not line.startswith(_READY):
            self._process.wait()
            raise AssertionError(f"no ready line but {line!r}:\n{self.read_errors()}")
        self.port = int(line.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self._process.pid

    def read_errors(self) -> str:
        return self.errors.read_text()

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        return self._process.wait(30)

    def kill(self) -> None:
        """SIGKILL: the machine's power is gone, as far as the process is concerned."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self.terminate()
        assert self.wait() == 0, self.read_errors()
        errors = self.read_errors()
        assert "incident" not in errors, errors
        assert "Traceback" not in errors, errors

    def resident_bytes(self) -> int:
        """How much memory it holds now; Linux only."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop()

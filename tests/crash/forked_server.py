"""Servers that start in a tenth of the time: forks of a process that has imported everything already.

`ForkedServer` starts that process once, on one data folder; then `start` and `kill` as often as wanted. It is
`python -m tests.crash.forked_server FOLDER`, and obeys the lines "start" and "kill" on its standard input.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from tests.integration.server_process import ROOT, environment

_READY: Final = "modeld ready: postgresql://"


class NotReady(AssertionError):
    """The server ended before it was ready."""


class ForkedServer:
    """At most one server at a time; leaving the `with` kills it.

    Args:
        program: the module that the process runs, with arguments; it has to end in `serve_forks`.
    """

    def __init__(self, folder: Path, *, program: Sequence[str] = ("tests.crash.forked_server",)) -> None:
        self.folder = folder
        self.port = 0
        self.errors = folder.with_name(f"{folder.name}.stderr")
        with self.errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *program, str(folder)],
                env=environment(),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
            )

    def start(self) -> None:
        line = self._ask("start")
        if not line.startswith(_READY):
            raise NotReady(f"no ready line but {line!r}:\n{self.errors.read_text()}")
        self.port = int(line.rpartition(":")[2])

    def kill(self) -> None:
        """SIGKILL; the process is gone when this returns."""
        assert self._ask("kill") == "gone\n"

    def close(self) -> None:
        if self._process.poll() is None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, order: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{order}\n")
        return self._process.stdout.readline()


def serve_forks(folder: str) -> None:
    """Obey until standard input ends; then the last server is killed."""
    # Once for all servers, and not by each after its fork.
    import server.serving  # noqa: F401
    from server.cli import main

    child = 0
    while order := sys.stdin.readline().strip():
        if order == "start":
            child = os.fork()
            if not child:
                os.close(0)
                try:
                    main(["serve", "--port", "0", "--data", folder])
                finally:
                    # Standard output is its parent's too, and so would stay open.
                    os.write(1, b"ended\n")
                    os._exit(1)
        elif child:
            child = _end(child)
            os.write(1, b"gone\n")
    if child:
        _end(child)


def _end(child: int) -> int:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    serve_forks(sys.argv[1])

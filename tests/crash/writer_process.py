"""Starting `store_writer.py` as a process of its own, and killing exactly that process."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Self

ROOT = Path(__file__).parents[2]


class WriterProcess:
    """A running writer; killed at the end of the `with` at the latest."""

    def __init__(self, folder: Path, *, writers: int, fold_pages: int | None = None) -> None:
        arguments = [str(folder), str(writers), *([] if fold_pages is None else [str(fold_pages)])]
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("store_writer.py")), *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def read_line(self) -> str:
        line = self._output().readline()
        assert line, "the writer ended by itself"
        return line.rstrip("\n")

    def kill(self) -> list[str]:
        """SIGKILL; the lines it had still written, a torn last one left out."""
        self._process.kill()
        rest = self._output().read()
        self._process.wait()
        return [line.rstrip("\n") for line in rest.splitlines(keepends=True) if line.endswith("\n")]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._output().close()

    def _output(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

"""What a server's process holds, sampled from outside, and the verdict on many samples."""

import os
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from tests.integration.server_process import ServerProcess

_MEGABYTE: Final = 1024 * 1024
# Growth over a soak, after its first third: noise of the allocator, and of how many clients there happen to be.
_MOST_GROWTH: Final = 0.08
_LEAST_GROWTH: Final = 6 * _MEGABYTE
# The write-ahead file is folded in every 2,000 pages, and may be longer by what is written meanwhile.
_MOST_WAL: Final = 24 * _MEGABYTE
# Files and threads may be more at one moment than at another: each client has a socket, and a thread while it SELECTs.
_MOST_MORE: Final = 12
_FAULT: Final = re.compile(r"level=error|incident|event=fault|Traceback|never retrieved|was destroyed")


@dataclass(frozen=True, slots=True)
class Sample:
    """Sizes in bytes."""

    seconds: float
    memory: int
    files: int
    threads: int
    wal: int
    catalog: int

    @classmethod
    def take(cls, server: ServerProcess, seconds: float) -> "Sample":
        process = Path(f"/proc/{server.pid}")
        status = (process / "status").read_text()
        return cls(
            seconds=seconds,
            memory=server.resident_bytes(),
            files=len(os.listdir(process / "fd")),
            threads=int(re.search(r"^Threads:\s+(\d+)", status, re.MULTILINE)[1]),  # type: ignore[index]
            wal=_size(server.folder / "catalog.db-wal"),
            catalog=_size(server.folder / "catalog.db"),
        )

    def line(self) -> str:
        return (
            f"{self.seconds:>8.0f} s {self.memory / _MEGABYTE:>9.1f} MB {self.files:>6} files {self.threads:>5} threads"
            f" {self.wal / _MEGABYTE:>7.1f} MB write-ahead {self.catalog / _MEGABYTE:>7.1f} MB catalog"
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Complaints, none where all is well."""

    memory_growth: int
    complaints: tuple[str, ...]


def judge(samples: Sequence[Sample], rest_before: Sample, rest_after: Sample, log: str) -> Verdict:
    """Compare the second third of the samples with the last one; the first is warming up.

    Args:
        rest_before: without clients, after one round of each.
        rest_after: without clients, in the end.
        log: what the server has logged.
    """
    third = len(samples) // 3
    middle, last = samples[third : 2 * third], samples[2 * third :]
    medians = {
        each.name: (
            statistics.median(getattr(sample, each.name) for sample in middle),
            statistics.median(getattr(sample, each.name) for sample in last),
        )
        for each in fields(Sample)
    }
    complaints = []
    memory, more_memory = medians["memory"]
    growth = int(more_memory - memory)
    if growth > max(memory * _MOST_GROWTH, _LEAST_GROWTH):
        complaints.append(f"memory grew by {growth / _MEGABYTE:.1f} MB from {memory / _MEGABYTE:.1f} MB")
    for name in ("files", "threads"):
        before, after = medians[name]
        if after > before + _MOST_MORE:
            complaints.append(f"{name} grew from {before} to {after}")
    if rest_after.files > rest_before.files:
        complaints.append(f"at rest there are {rest_after.files} open files, {rest_before.files} before")
    longest = max(sample.wal for sample in samples)
    if longest > _MOST_WAL:
        complaints.append(f"the write-ahead file was {longest / _MEGABYTE:.1f} MB long")
    complaints += [f"in the log: {line[:300]}" for line in log.splitlines() if _FAULT.search(line)][:20]
    return Verdict(growth, tuple(complaints))

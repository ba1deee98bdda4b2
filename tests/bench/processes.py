"""What a server costs: the processor time and the private memory of a process and its children. Linux only.

Source: proc(5), "stat" and "smaps_rollup".
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_KILOBYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class Stat:
    """A line of /proc/PID/stat, as far as it matters here. Times in ticks of the clock.

    Attributes:
        own: user and system time of the process and its threads.
        reaped: the same of the children that it has waited for, and of theirs.
    """

    parent: int
    own: int
    reaped: int


def parse_stat(line: str) -> Stat:
    """Read the line; the name in it, in parentheses, may hold anything."""
    fields = line[line.rindex(")") + 2 :].split()
    return Stat(int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14]))


def sum_cpu(pid: int, stats: dict[int, Stat]) -> int:
    """Ticks that a process and all below it have used so far; what its dead children used is in `reaped`."""
    family = list(_family(pid, stats))
    return sum(stats[member].own + stats[member].reaped for member in family)


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and its children, living and dead, have used so far."""
    return sum_cpu(pid, _read_stats()) / _TICKS


def private_bytes(pid: int) -> int:
    """Memory that would be free if the process and its children ended: what none of it shares with anyone."""
    stats = _read_stats()
    return sum(_private_bytes(member) for member in _family(pid, stats))


def _family(pid: int, stats: dict[int, Stat]) -> Iterator[int]:
    """The process and all below it."""
    if pid in stats:
        yield pid
    for child, stat in stats.items():
        if stat.parent == pid:
            yield from _family(child, stats)


def _read_stats() -> dict[int, Stat]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                found[int(folder.name)] = parse_stat((folder / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):  # it has just ended
                continue
    return found


def _private_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * _KILOBYTE

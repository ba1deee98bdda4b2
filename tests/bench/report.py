"""What was found: a row of the table each, and the same as JSON."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.rounds import Comparison
from tests.bench.workloads import Workload

_HEAD = ("what", "modeld", "PostgreSQL", "unit", "ratio", "from .. to", "CPU us", "PG us", "target", "")
_FORMATS = ("<26", ">11", ">11", ">5", ">7", ">16", ">8", ">8", "<18", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure of both servers.

    Attributes:
        ours, theirs: in `unit`; `theirs` is None where there is nothing to compare with.
        ratio: how many times better modeld is, whichever direction is better.
        lowest, highest: the extremes of the rounds' ratios.
        our_cpu, their_cpu: microseconds of the server's processor time for each transaction.
    """

    name: str
    unit: str
    ours: float
    theirs: float | None
    target: str
    met: bool
    ratio: float | None = None
    lowest: float | None = None
    highest: float | None = None
    our_cpu: float | None = None
    their_cpu: float | None = None


def finding_of(workload: Workload, found: Comparison) -> Finding:
    return Finding(
        name=workload.name,
        unit="1/s",
        ours=found.ours.rate,
        theirs=found.theirs.rate,
        target=str(workload.target),
        met=workload.target.is_met(found.ratio, found.ours.cpu),
        ratio=found.ratio,
        lowest=found.lowest,
        highest=found.highest,
        our_cpu=found.ours.cpu,
        their_cpu=found.theirs.cpu,
    )


def head() -> str:
    return _line(_HEAD)


def row(finding: Finding) -> str:
    spread = "" if finding.lowest is None else f"{_number(finding.lowest)} .. {_number(finding.highest)}"
    return _line(
        (
            finding.name,
            _number(finding.ours),
            _number(finding.theirs),
            finding.unit,
            _number(finding.ratio),
            spread,
            _number(finding.our_cpu),
            _number(finding.their_cpu),
            finding.target,
            "met" if finding.met else "MISSED",
        )
    )


def write_json(path: Path, findings: list[Finding], *, rounds: int, seconds: int) -> None:
    """Everything that the table shows, and where and when it was measured."""
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count()},
        "load_average": os.getloadavg(),
        "rounds": rounds,
        "seconds": seconds,
        "findings": [asdict(finding) for finding in findings],
    }
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _line(cells: tuple[str, ...]) -> str:
    return " ".join(f"{cell:{layout}}" for cell, layout in zip(cells, _FORMATS, strict=True)).rstrip()


def _number(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"

"""What was found: a row of the table each, the same as JSON, and the table of docs/performance.md."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.bench.rounds import Comparison
from tests.bench.workloads import Workload

_HEAD = ("what", "modeld", "PostgreSQL", "unit", "ratio", "from .. to", "CPU us", "PG us", "target", "")
_BEGIN: Final = "<!-- results: written by scripts/bench --document -->"
_END: Final = "<!-- end of results -->"
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
    return _line(_cells(finding))


def _cells(finding: Finding) -> tuple[str, ...]:
    spread = "" if finding.lowest is None else f"{_number(finding.lowest)} .. {_number(finding.highest)}"
    return (
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


@dataclass(frozen=True, slots=True)
class Machine:
    system: str
    python: str
    cpus: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of a run, and where and when it was. `load_average` is the machine's, at the run's end."""

    measured_at: str
    machine: Machine
    load_average: tuple[float, float, float]
    rounds: int
    seconds: int
    findings: list[Finding]


def make_report(findings: list[Finding], *, rounds: int, seconds: int) -> Report:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    machine = Machine(platform.platform(), platform.python_version(), os.cpu_count())
    return Report(now, machine, os.getloadavg(), rounds, seconds, findings)


def write_json(path: Path, report: Report) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")


def write_document(path: Path, report: Report) -> None:
    """Put the table into the document, in the place of the one between the two marks."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    path.write_text(f"{before}{_BEGIN}\n{_document(report)}{_END}{after}", encoding="utf-8")


def _document(report: Report) -> str:
    machine, load = report.machine, ", ".join(f"{value:.1f}" for value in report.load_average)
    lines = [
        f"Measured at {report.measured_at} on {machine.system}, {machine.cpus} processors, Python {machine.python},",
        f"{report.rounds} rounds of {report.seconds} s; load average {load} at the end.",
        "",
        "| what | modeld | PostgreSQL | unit | ratio | from .. to | CPU us | PG's | target | |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(f"| {' | '.join(_cells(finding))} |" for finding in report.findings),
    ]
    return "\n".join(lines) + "\n"


def _line(cells: tuple[str, ...]) -> str:
    return " ".join(f"{cell:{layout}}" for cell, layout in zip(cells, _FORMATS, strict=True)).rstrip()


def _number(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"

"""Compare modeld with PostgreSQL 15, side by side, in short rounds that alternate.

Prints a table and writes the same as JSON. A ratio is the median over the rounds of modeld's rate to PostgreSQL's; the
processor time is that of the server alone, for each transaction. Both servers are new and on loopback addresses, and
their commits are durable.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from tests.bench import scenarios
from tests.bench.filling import fill
from tests.bench.pgbench import find_pgbench
from tests.bench.report import Finding, finding_of, head, make_report, row, write_document, write_json
from tests.bench.rounds import compare, sample
from tests.bench.scenes import MANY_MODELS, copy_to_postgres, create_models
from tests.bench.servers import Door, Site, instrumented, modeld, postgres
from tests.bench.workloads import WORKLOADS, Scene, Workload

_SCENARIOS: Final = ("reads-beside-writes", "idle-connection", "longest-pause", "million-versions")
_VERSIONS: Final = 10


class Bench:
    """One run: what is asked for, and the servers, each started when it is first needed.

    Args:
        tell: takes each finding as soon as there is one.
    """

    def __init__(self, folder: Path, stack: ExitStack, *, rounds: int, seconds: int, tell: Callable[[Finding], None]):
        self._folder = folder
        self._stack = stack
        self._rounds = rounds
        self._seconds = seconds
        self._tell = tell
        self._started: dict[tuple[str, Scene, Door], Site] = {}

    def compare(self, workload: Workload) -> None:
        ours, theirs = self._modeld(workload.scene, workload.door), self._postgres(workload.scene, workload.door)
        found = compare(ours, theirs, workload, rounds=self._rounds, seconds=self._seconds)
        self._tell(finding_of(workload, found))

    def scenario(self, name: str) -> None:
        for finding in self._run_scenario(name):
            self._tell(finding)

    def _run_scenario(self, name: str) -> list[Finding]:
        ours = self._modeld(Scene.SMALL)
        match name:
            case "reads-beside-writes":
                theirs = self._postgres(Scene.SMALL)
                return scenarios.beside_writers(ours, theirs, rounds=self._rounds, seconds=self._seconds)
            case "idle-connection":
                return scenarios.idle_memory(ours, self._postgres(Scene.SMALL))
            case "longest-pause":
                report, stack = self._folder / "pauses.json", ExitStack()
                with stack:
                    site = stack.enter_context(
                        modeld(self._folder / "timed", command=instrumented("timed_loop", report))
                    )
                    create_models(site)
                    return scenarios.longest_pause(site, report, self._seconds * self._rounds, stack)
            case "million-versions":
                return scenarios.million_versions(ours, self._start_large, self._seconds, self._rounds)
            case _:
                raise ValueError(f"no scenario is called {name}")

    def _modeld(self, scene: Scene, door: Door = Door.OPEN) -> Site:
        if scene is Scene.LARGE:
            return self._start_large()[0]
        key = ("modeld", scene, door)
        if key not in self._started:
            site = self._stack.enter_context(modeld(self._folder / f"modeld-{door.name.lower()}", door=door))
            if door is not Door.GUARDED:
                create_models(site)
            self._started[key] = site
        return self._started[key]

    def _start_large(self) -> tuple[Site, float]:
        """The large server, and the seconds that it took to be ready."""
        folder = self._folder / "large"
        key = ("modeld", Scene.LARGE, Door.OPEN)
        if key not in self._started:
            fill(folder, models=MANY_MODELS, versions=_VERSIONS)
            begun = time.perf_counter()
            site = self._stack.enter_context(modeld(folder))
            self._large_took = time.perf_counter() - begun
            self._started[key] = site
        return self._started[key], self._large_took

    def _postgres(self, scene: Scene, door: Door = Door.OPEN) -> Site:
        # One lets in by SCRAM as well as trusted; with a certificate it would encrypt what is asked for in clear too.
        door = Door.ENCRYPTED if door is Door.ENCRYPTED else Door.OPEN
        key = ("postgres", scene, door)
        if key not in self._started:
            site = self._stack.enter_context(postgres(door))
            models = MANY_MODELS if scene is Scene.LARGE else 1_000
            copy_to_postgres(self._modeld(Scene.SMALL), site, models=models)
            self._started[key] = site
        return self._started[key]


def profile(workload: Workload, folder: Path, report: Path, seconds: int) -> None:
    """Run the workload on modeld alone, with its profile in `report`."""
    data = folder / "modeld"
    if workload.scene is Scene.LARGE:
        fill(data, models=MANY_MODELS, versions=_VERSIONS)
    else:
        with modeld(data) as site:
            create_models(site)
    with modeld(data, command=instrumented("profiled", report), door=workload.door) as site:
        done = sample(site, workload, workload.ours, seconds)
    print(f"{workload.name}: {done.rate:,.0f}/s, {done.cpu:.1f} us each with the profile; it is in {report}")  # noqa: T201
    print(report.read_text(encoding="utf-8"))  # noqa: T201


def choose(patterns: list[str]) -> tuple[list[Workload], list[str]]:
    """The workloads and scenarios that the patterns mean: names, their beginnings, or shell patterns; all for none."""

    def wanted(name: str) -> bool:
        return not patterns or any(name.startswith(pattern) or fnmatch(name, pattern) for pattern in patterns)

    return [each for each in WORKLOADS if wanted(each.name)], [name for name in _SCENARIOS if wanted(name)]


def read_arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="workloads or scenarios, or beginnings of their names; all when none")
    parser.add_argument("--list", action="store_true", help="print the names and end")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each workload (5)")
    parser.add_argument("--seconds", type=int, default=1, help="of each round on each server (1)")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where to (build/bench.json)")
    parser.add_argument("--document", type=Path, help="put the table into this document, as docs/performance.md has it")
    parser.add_argument("--profile", type=Path, help="run one workload on modeld alone, with its profile in this file")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Run what was asked for; 0 when it was done, whatever came out, 2 when it could not be."""
    arguments = read_arguments(words)
    workloads, chosen = choose(arguments.names)
    if arguments.list:
        print("\n".join([*(each.name for each in workloads), *chosen]))  # noqa: T201
        return 0
    if find_pgbench() is None or not (workloads or chosen):
        print("pgbench is not installed" if workloads or chosen else "no such workload; see --list", file=sys.stderr)  # noqa: T201
        return 2
    findings: list[Finding] = []

    def tell(finding: Finding) -> None:
        findings.append(finding)
        print(row(finding), flush=True)  # noqa: T201

    with tempfile.TemporaryDirectory(prefix="modeld-bench-") as name:
        if arguments.profile is not None:
            profile(workloads[0], Path(name), arguments.profile, arguments.rounds * arguments.seconds)
            return 0
        print(head())  # noqa: T201
        with ExitStack() as stack:
            bench = Bench(Path(name), stack, rounds=arguments.rounds, seconds=arguments.seconds, tell=tell)
            for workload in workloads:
                bench.compare(workload)
            for scenario in chosen:
                bench.scenario(scenario)
    report = make_report(findings, rounds=arguments.rounds, seconds=arguments.seconds)
    write_json(arguments.json, report)
    if arguments.document is not None:
        write_document(arguments.document, report)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

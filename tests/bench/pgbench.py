"""pgbench as the client: one run of one script, and what it printed.

A trap: in the modes `extended` and `prepared` pgbench sends its variables as parameters, also where they are part of
a name (`m:k` becomes `m$1`). Scripts with such variables are for the mode `simple`.
"""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_PROGRAMS: Final = ("pgbench", "/usr/lib/postgresql/15/bin/pgbench")
_PROCESSED: Final = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)
_RATE: Final = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
# Beyond the time that was asked for: connecting, and the last transaction.
_PATIENCE: Final = 120


class BenchFailed(Exception):
    """A client met an error; the message has pgbench's own words."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and as whom to come; in TLS, or as libpq likes."""

    port: int
    user: str
    database: str
    password: str | None = None
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """What pgbench is to do.

    Attributes:
        script: its script; `:name` stands for a variable.
        mode: simple, extended or prepared.
        connects: a new connection for each transaction.
        variables: what they are at the beginning.
    """

    script: str
    mode: str = "simple"
    clients: int = 1
    connects: bool = False
    variables: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it.

    Attributes:
        transactions: how many were done.
        rate: transactions a second.
        latencies: of each transaction, in seconds, where they were asked for.
    """

    transactions: int
    rate: float
    latencies: tuple[float, ...] = ()


def find_pgbench() -> str | None:
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def parse_output(text: str) -> Run:
    """The figures of pgbench's report.

    Raises:
        BenchFailed: there are none.
    """
    processed, rate = _PROCESSED.search(text), _RATE.search(text)
    if processed is not None and int(processed[1]) == 0:
        return Run(0, 0.0)  # it prints no rate then
    if processed is None or rate is None:
        raise BenchFailed(f"pgbench printed no figures:\n{text}")
    return Run(int(processed[1]), float(rate[1]))


def parse_latencies(log: str) -> tuple[float, ...]:
    """The latency of each transaction, in seconds, from a log of `--log`: `client number microseconds ...`."""
    return tuple(int(line.split()[2]) / 1_000_000 for line in log.splitlines())


def run(address: Address, load: Load, *, seconds: int = 0, transactions: int = 0, with_latencies: bool = False) -> Run:
    """Run the load for so many seconds, or so many transactions of each client.

    Raises:
        BenchFailed: an error came back, or pgbench did not start.
    """
    with tempfile.TemporaryDirectory(prefix="modeld-pgbench-") as name:
        folder = Path(name)
        (folder / "load.sql").write_text(load.script)
        bound = [f"--time={seconds}"] if seconds else [f"--transactions={transactions}"]
        command = _command(address, load) + bound + (["--log"] if with_latencies else [])
        done = subprocess.run(
            command, cwd=folder, env=_environment(address), capture_output=True, text=True, timeout=seconds + _PATIENCE
        )
        if done.returncode != 0:
            raise BenchFailed(done.stderr[-2000:])
        report = parse_output(done.stdout)
        logs = "".join(path.read_text() for path in folder.glob("pgbench_log.*"))
    return Run(report.transactions, report.rate, parse_latencies(logs))


def _command(address: Address, load: Load) -> list[str]:
    program = find_pgbench()
    if program is None:
        raise BenchFailed("pgbench is not installed")
    variables = [f"--define={name}={value}" for name, value in load.variables.items()]
    return [
        program,
        "--no-vacuum",
        "--host=127.0.0.1",
        f"--port={address.port}",
        f"--username={address.user}",
        "--file=load.sql",
        f"--protocol={load.mode}",
        f"--client={load.clients}",
        *(["--connect"] if load.connects else []),
        *variables,
        address.database,
    ]


def _environment(address: Address) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if address.password is not None:
        environment["PGPASSWORD"] = address.password
    if address.encrypted:
        environment["PGSSLMODE"] = "require"
    return environment

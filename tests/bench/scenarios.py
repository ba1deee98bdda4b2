"""What is measured otherwise than by one pgbench after the other: readers beside writers, memory, starting, pauses."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench import pgbench
from tests.bench.pgbench import Load, Run
from tests.bench.processes import private_bytes
from tests.bench.report import Finding
from tests.bench.scenes import MANY_MODELS
from tests.bench.servers import Site
from tests.bench.workloads import WORKLOADS
from tests.overload.crowd import Client

_KILOBYTE: Final = 1024
_BACKENDS: Final = 100
_CLIENTS: Final = 1_000
_VERSIONS: Final = 10
_BY_NAME: Final = {workload.name: workload for workload in WORKLOADS}


def percentile(values: tuple[float, ...], share: float) -> float:
    """The value below which this share of the values lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


# Readers beside writers.


def beside_writers(ours: Site, theirs: Site, *, rounds: int, seconds: int) -> list[Finding]:
    """Two clients read while two others commit."""
    reads, writes = _BY_NAME["desc-simple-1"], _BY_NAME["add-version-1"]
    mine, others = [], []
    for _ in range(rounds):
        mine.append(_read_beside_writes(ours, reads.ours.script, writes.ours.script, seconds))
        others.append(_read_beside_writes(theirs, reads.theirs.script, writes.theirs.script, seconds))
    pairs = list(zip(mine, others, strict=True))
    rates = [a.rate / b.rate for a, b in pairs]
    waits = [percentile(b.latencies, 0.99) / percentile(a.latencies, 0.99) for a, b in pairs]
    rate = _compared("reads-beside-writes", "1/s", [r.rate for r in mine], [r.rate for r in others], rates, 3)
    tails = [[percentile(each.latencies, 0.99) * 1000 for each in runs] for runs in (mine, others)]
    return [rate, _compared("reads-beside-writes-p99", "ms", tails[0], tails[1], waits, 4)]


def _read_beside_writes(site: Site, reads: str, writes: str, seconds: int) -> Run:
    with ThreadPoolExecutor(1) as pool:
        # The writers begin first and end last.
        writing = pool.submit(pgbench.run, site.address, Load(writes, clients=2), seconds=seconds + 1)
        time.sleep(0.5)
        done = pgbench.run(site.address, Load(reads, clients=2), seconds=seconds, with_latencies=True)
        writing.result()
    return done


def _compared(
    name: str, unit: str, ours: list[float], theirs: list[float], ratios: list[float], target: float
) -> Finding:
    ratio = median(ratios)
    return Finding(
        name=name,
        unit=unit,
        ours=median(ours),
        theirs=median(theirs),
        target=f">= {target:g}x",
        met=ratio >= target,
        ratio=ratio,
        lowest=min(ratios),
        highest=max(ratios),
    )


# Memory of idle connections.


def idle_memory(ours: Site, theirs: Site) -> list[Finding]:
    """Private memory that an idle connection costs after one query, in KiB."""
    mine = asyncio.run(_memory_of_clients(ours, _CLIENTS, "DESC MODEL m1"))
    others = asyncio.run(_memory_of_clients(theirs, _BACKENDS, "SELECT * FROM described WHERE model_name = 'm1'"))
    return [_compared("idle-connection", "KiB", [mine], [others], [others / max(mine, 0.001)], 100)]


async def _memory_of_clients(site: Site, count: int, query: str) -> float:
    clients: list[Client] = []
    try:
        # The first ones warm up what all share.
        clients += [await _log_in(site, query) for _ in range(10)]
        before = private_bytes(site.pid)
        clients += [await _log_in(site, query) for _ in range(count)]
        return (private_bytes(site.pid) - before) / count / _KILOBYTE
    finally:
        for client in clients:
            await client.close()


async def _log_in(site: Site, query: str) -> Client:
    client = await Client.connect(site.address.port)
    await client.log_in(site.address.user, site.address.database)
    await client.ask(query)
    return client


# A million versions.


def million_versions(small: Site, start: Callable[[], tuple[Site, float]], seconds: int, rounds: int) -> list[Finding]:
    """Starting with them, their memory, and whether DESC MODEL is as fast as with a thousand.

    Args:
        start: starts the large server; gives it and the seconds until it was ready.
    """
    large, took = start()
    versions = MANY_MODELS * _VERSIONS
    each = (private_bytes(large.pid) - private_bytes(small.pid)) / versions / _KILOBYTE
    load = _BY_NAME["desc-simple-8"].ours
    pairs = []
    for _ in range(rounds):
        fast = pgbench.run(small.address, load, seconds=seconds).rate
        pairs.append((pgbench.run(large.address, load, seconds=seconds).rate, fast))
    ratio = median(rate / fast for rate, fast in pairs)
    return [
        Finding("million-versions-start", "s", took, None, "<= 4 s", took <= 4),
        Finding("million-versions-memory", "KiB", each, None, "<= 0.6 KiB each", each <= 0.6),
        Finding(
            "million-versions-desc",
            "1/s",
            median(rate for rate, _ in pairs),
            None,
            ">= 0.9 of 1,000's",
            ratio >= 0.9,
            ratio=ratio,
        ),
    ]


# Pauses of the loop.


def longest_pause(site: Site, report: Path, seconds: int, stack: ExitStack) -> list[Finding]:
    """The longest turn of the loop while clients of all kinds are there at once.

    Args:
        site: a server under `tests.bench.timed_loop`, which writes `report`.
        stack: what ends the server.
    """
    os.kill(site.pid, signal.SIGUSR1)
    names = ("desc-simple-8", "add-version-8", "lookup-new-1", "join-new-1", "psql-d-1", "connect-trust-1")
    with ThreadPoolExecutor(len(names)) as pool:
        loads = [_BY_NAME[name].ours for name in names]
        for done in [pool.submit(pgbench.run, site.address, load, seconds=seconds) for load in loads]:
            done.result()
    stack.close()
    found = json.loads(report.read_text())
    return [
        Finding("longest-pause", "ms", found["busy_ms"], None, "<= 20 ms", found["busy_ms"] <= 20),
        Finding("longest-pause-wall", "ms", found["wall_ms"], None, "(for comparison)", True),
    ]

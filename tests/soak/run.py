"""Load a server of its own with every kind of client for a long time, and judge what it holds.

    python -m tests.soak.run [--minutes 60] [--pause 0.5] [--clients 1] [--data DIR] [--seed N]

Prints a sample now and then, what was done, and the verdict; ends with 1 when there are complaints.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess
from tests.soak.clients import ROUNDS, Crew, go_on, prepare
from tests.soak.measures import Sample, Verdict, judge

_ANSWERS: Final = 2_000
_CHANGES: Final = 12_000
# Of so many samples one is printed.
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, in seconds, and how hard.

    Attributes:
        pause: of each client between two rounds, in seconds.
        clients: of each kind.
        interval: seconds between two samples.
        answers: that the server keeps before it begins.
        changes: that it has in its history before it begins.
    """

    seconds: float
    pause: float
    clients: int
    interval: float
    seed: int
    answers: int
    changes: int


async def load(server: ServerProcess, plan: Plan, crew: Crew, samples: list[Sample]) -> None:
    """All clients at once, and samples meanwhile.

    Raises:
        AssertionError, psycopg.Error, TimeoutError: a client was not answered as it should be.
    """
    begun = asyncio.get_running_loop().time()

    async def watch() -> None:
        while (seconds := asyncio.get_running_loop().time() - begun) < plan.seconds:
            samples.append(Sample.take(server, seconds))
            if len(samples) % _SHOWN == 1:
                print(samples[-1].line(), flush=True)  # noqa: T201
            await asyncio.sleep(plan.interval)

    async with asyncio.TaskGroup() as group:
        group.create_task(watch())
        for play in ROUNDS * plan.clients:
            group.create_task(go_on(crew, play, begun + plan.seconds, plan.pause))


def soak(folder: Path, plan: Plan) -> tuple[list[Sample], Crew, Verdict]:
    """The whole soak on a new server in `folder`."""
    samples: list[Sample] = []
    with ServerProcess(folder) as server:
        crew = Crew(Address(server.port, "modeld"), random.Random(plan.seed))  # noqa: S311
        asyncio.run(_once(crew, plan))
        before = _at_rest(server)
        asyncio.run(load(server, plan, crew, samples))
        after = _at_rest(server)
        server.terminate()
        code = server.wait()
    log = server.read_errors() + (f"level=error event=ended code={code}" if code else "")
    return samples, crew, judge(samples, before, after, log)


async def _once(crew: Crew, plan: Plan) -> None:
    await prepare(crew, plan.answers, plan.changes)
    for play in ROUNDS:
        await play(crew)


def _at_rest(server: ServerProcess) -> Sample:
    """A sample when the server has noticed that its clients have gone: after two seconds, as its documents say."""
    deadline = time.monotonic() + 10
    found = Sample.take(server, 0)
    while time.monotonic() < deadline:
        time.sleep(2.5)
        previous, found = found, Sample.take(server, 0)
        if found.files >= previous.files:
            break
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--pause", type=float, default=0.5)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--data", type=Path, help="where the data folder is made; a temporary folder if not given")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    arguments = parser.parse_args()
    seconds = arguments.minutes * 60
    plan = Plan(
        seconds, arguments.pause, arguments.clients, max(seconds / 600, 0.2), arguments.seed, _ANSWERS, _CHANGES
    )
    print(f"seed {plan.seed}", flush=True)  # noqa: T201
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        samples, crew, verdict = soak(folder / "data", plan)
    print(samples[-1].line())  # noqa: T201
    print("rounds: " + ", ".join(f"{name} {count}" for name, count in sorted(crew.rounds.items())))  # noqa: T201
    print(f"memory grew by {verdict.memory_growth / 1024 / 1024:.1f} MB from the middle third to the last")  # noqa: T201
    for complaint in verdict.complaints:
        print(f"COMPLAINT: {complaint}")  # noqa: T201
    print("verdict: " + ("not flat" if verdict.complaints else "flat"))  # noqa: T201
    sys.exit(bool(verdict.complaints))


if __name__ == "__main__":
    main()

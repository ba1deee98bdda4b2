"""Random clients over real connections, their statements and answers recorded, and their server killed now and then."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from tests.crash.forked_server import ForkedServer
from tests.linearizability.checker import Operation, explain
from tests.linearizability.model import CONFLICT, DONE, MODELS, NOTHING, Outcome, Request, Step, Verb, step

Recorded = Operation[Request, tuple[Outcome, ...]]

_VERSIONS: Final = 4
_WEIGHTS: Final = {
    Verb.CREATE: 7,
    Verb.ADD: 6,
    Verb.DEFAULT: 5,
    Verb.DROP_VERSION: 4,
    Verb.DROP: 1,
    Verb.READ: 10,
    Verb.READ_ALL: 4,
}
# A SELECT in a transaction does not count as reading, and is no part of what it promises (docs/decisions.md).
_IN_TRANSACTIONS: Final = [verb for verb in _WEIGHTS if verb is not Verb.READ_ALL]


@dataclass(slots=True)
class Recording:
    """What all clients did, by group."""

    groups: int
    operations: list[Recorded] = field(default_factory=list)
    kills: int = 0

    def faulty_groups(self) -> list[int]:
        """Those whose operations no order explains."""
        found: list[int] = []
        for group in range(self.groups):
            history = [each for each in self.operations if each.request.group == group]
            if explain(history, NOTHING, step) is None:
                found.append(group)
        return found


class Client:
    """One after the other, on a connection that is made again when it is lost."""

    def __init__(self, number: int, recording: Recording, server: ForkedServer, chance: random.Random) -> None:
        self._number = number
        self._recording = recording
        self._server = server
        self._chance = chance

    async def work(self) -> None:
        """Until the server is gone."""
        dsn = f"host=127.0.0.1 port={self._server.port} user=modeld dbname=modeld"
        try:
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
                while True:
                    await self._operate(connection)
        except psycopg.OperationalError:
            return

    async def _operate(self, connection: psycopg.AsyncConnection) -> None:
        request = self._choose()
        outcomes: list[Outcome] = []
        invoked = time.monotonic()
        try:
            if len(request.steps) == 1:
                outcomes.append(await _run(connection, request.steps[0].text(request.group)))
            else:
                await _transact(connection, request, outcomes)
        except psycopg.OperationalError:
            # Only one that had nothing left to do but to commit may have happened.
            if len(request.steps) == 1 or len(outcomes) == len(request.steps):
                self._record(request, None, invoked)
            raise
        self._record(request, tuple(outcomes), invoked)

    def _record(self, request: Request, response: tuple[Outcome, ...] | None, invoked: float) -> None:
        operation = Operation(self._number, request, response, invoked, time.monotonic())
        self._recording.operations.append(operation)

    def _choose(self) -> Request:
        group = self._chance.randrange(self._recording.groups)
        count = self._chance.choice((1, 1, 1, 2, 3))
        verbs = list(_WEIGHTS) if count == 1 else _IN_TRANSACTIONS
        chosen = self._chance.choices(verbs, [_WEIGHTS[verb] for verb in verbs], k=count)
        steps = (Step(verb, self._chance.randrange(MODELS), self._chance.randint(1, _VERSIONS)) for verb in chosen)
        return Request(group, tuple(steps))


async def _run(connection: psycopg.AsyncConnection, text: str) -> Outcome:
    """What one statement answers, as the model says it; OperationalError when there was no answer."""
    try:
        cursor = await connection.execute(text.encode())
    except psycopg.Error as error:
        if error.sqlstate is None or error.sqlstate.startswith("57P"):
            raise psycopg.OperationalError from error
        return error.sqlstate
    if cursor.description is None:
        return DONE
    rows = await cursor.fetchall()
    return tuple(sorted((row[0], row[1]) for row in rows)) if text.startswith("SHOW") else tuple(rows)


async def _transact(connection: psycopg.AsyncConnection, request: Request, outcomes: list[Outcome]) -> None:
    await _run(connection, "BEGIN")
    for each in request.steps:
        outcome = await _run(connection, each.text(request.group))
        outcomes.append(outcome)
        if isinstance(outcome, str) and outcome != DONE:
            await _run(connection, "ROLLBACK")
            return
    if await _run(connection, "COMMIT") == CONFLICT:
        outcomes[-1] = CONFLICT


async def record(
    folder: Path, *, groups: int, clients: int, lives: Sequence[float], chance: random.Random, broken: str | None = None
) -> Recording:
    """Let the clients work through several lives of the server, each so many seconds long and ended by SIGKILL.

    Args:
        broken: the kind of `broken_server` that takes the place of the product.
    """
    program = ("tests.crash.forked_server",) if broken is None else ("tests.linearizability.broken_server", broken)
    recording = Recording(groups)
    with ForkedServer(folder, program=program) as server:
        for seconds in lives:
            await asyncio.to_thread(server.start)
            crew = [Client(number, recording, server, chance) for number in range(clients)]
            work = asyncio.gather(*(client.work() for client in crew))
            await asyncio.sleep(seconds)
            await asyncio.to_thread(server.kill)
            await work
            recording.kills += 1
    return recording


def main() -> None:
    """`scripts/linearizability`."""
    parser = argparse.ArgumentParser(
        prog="scripts/linearizability", description="Let random clients work on a server that is killed now and then."
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=3.0, help="from one kill to the next (3)")
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--groups", type=int, default=3, help="of two models each (3)")
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311  what clients do, not secrets
    with tempfile.TemporaryDirectory(prefix="modeld-linearizability-") as folder:
        recording = asyncio.run(
            record(
                Path(folder) / "data",
                groups=options.groups,
                clients=options.clients,
                lives=[options.seconds] * options.kills,
                chance=chance,
            )
        )
    faulty = recording.faulty_groups()
    verdict = f"NOT linearizable in groups {faulty}" if faulty else "linearizable"
    told = Counter(len(each.request.steps) > 1 for each in recording.operations)
    sys.stdout.write(
        f"{told[False]} statements and {told[True]} transactions of {options.clients} clients, "
        f"{recording.kills} kills, seed {options.seed}: {verdict}\n"
    )
    sys.exit(bool(faulty))


if __name__ == "__main__":
    main()

"""Writers over real connections, SIGKILL of their server, and a check of what is left.

Each writer has models of its own and makes one step after the other: one statement, several in one text,
or a transaction. After the kill the writer's models must be as they were after all the steps that were
acknowledged, or with the one more that was under way. By hand: `scripts/crash --cycles 100`.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from tests.crash.forked_server import ForkedServer
from tests.integration.adapters import Address
from tests.integration.statements import add_version, create

# Model -> (its versions, the default one).
State = dict[str, tuple[frozenset[str], str]]
_LONGEST: Final = 0.25  # seconds of load before the kill


@dataclass(frozen=True, slots=True)
class Step:
    """Texts sent one after the other, the last of which makes the change; and the change itself."""

    texts: tuple[str, ...]
    change: Callable[[State], None]


def _versions(name: str, versions: str, default: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        state[name] = (frozenset(versions.split()), default)

    return change


def _nothing(state: State) -> None:
    """A transaction that was rolled back."""


def plan(writer: int, number: int) -> Step:
    """The writer's step of that number, from 0."""
    life, stage = divmod(number, 7)
    name = f"w{writer}_{life}"
    default = f"ALTER MODEL {name} SET DEFAULT_VERSION "
    drop = f"ALTER MODEL {name} DROP VERSION "
    match stage:
        case 0:
            return Step((create(name),), _versions(name, "v1", "v1"))
        case 1:
            return Step((add_version(name, "v2"),), _versions(name, "v1 v2", "v1"))
        case 2:
            return Step((f"{default}v2; {drop}v1",), _versions(name, "v2", "v2"))
        case 3:
            texts = ("BEGIN", add_version(name, "v3"), f"{default}v3", "COMMIT")
            return Step(texts, _versions(name, "v2 v3", "v3"))
        case 4:
            return Step(("BEGIN", f"DROP MODEL {name}", "ROLLBACK"), _nothing)
        case 5:
            return Step((f"{drop}v2",), _versions(name, "v3", "v3"))
        case _:
            if life % 8 == 0:
                return Step((f"{default}v3",), _nothing)  # this one stays
            return Step((f"DROP MODEL {name}",), lambda state: state.pop(name, None) and None)


@dataclass(slots=True)
class Writer:
    """`done` steps are acknowledged and led to `state`."""

    number: int
    done: int = 0
    state: State = field(default_factory=dict)

    async def write(self, address: Address) -> None:
        """Make steps until the server is gone."""
        try:
            async with await psycopg.AsyncConnection.connect(address.dsn, autocommit=True) as connection:
                connection.prepare_threshold = None
                while True:
                    step = plan(self.number, self.done)
                    for text in step.texts:
                        await connection.execute(text.encode())
                    self._advance(step)
        except psycopg.OperationalError:
            return

    def check(self, found: State) -> bool:
        """Compare with what the catalog holds, and go on from there.

        Returns:
            Whether the step under way was done, too.
        """
        if found == self.state:
            return False
        before = dict(self.state)
        self._advance(plan(self.number, self.done))
        assert found == self.state, f"writer {self.number} after {self.done} steps: {before} became {found}"
        return True

    def _advance(self, step: Step) -> None:
        step.change(self.state)
        self.done += 1


@dataclass(slots=True)
class Tally:
    cycles: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0


def read_states(address: Address, writers: int) -> list[State]:
    states: list[State] = [{} for _ in range(writers)]
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        for row in connection.execute("SHOW MODELS").fetchall():
            name, default = row[0], row[4]
            versions = connection.execute(f"SHOW VERSIONS FOR MODEL {name}".encode()).fetchall()
            assert [version[0] for version in versions if version[1]] == [default]
            states[int(name[1 : name.index("_")])][name] = (frozenset(version[0] for version in versions), default)
    return states


async def run_cycles(
    folder: Path,
    *,
    cycles: int,
    writers: int,
    chance: random.Random,
    tell: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Load, kill, restart, check, and so on, always on the same folder.

    Args:
        tell: called after each cycle.

    Raises:
        AssertionError: something acknowledged is missing, or something is there that nobody made.
    """
    crew = [Writer(number) for number in range(writers)]
    tally = Tally()
    with ForkedServer(folder) as server:
        server.start()
        for _ in range(cycles):
            address = Address(server.port, "modeld")
            before = sum(writer.done for writer in crew)
            load = asyncio.gather(*(writer.write(address) for writer in crew))
            await asyncio.sleep(chance.uniform(0.02, _LONGEST))
            server.kill()
            await load
            tally.acknowledged += sum(writer.done for writer in crew) - before
            server.start()
            states = read_states(Address(server.port, "modeld"), writers)
            tally.unacknowledged += sum(map(Writer.check, crew, states))
            tally.cycles += 1
            tell(tally)
    return tally


def _show_progress(tally: Tally) -> None:
    if tally.cycles % 50 == 0:
        sys.stderr.write(f"{tally.cycles} cycles, {tally.acknowledged} acknowledged steps\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/crash", description="Kill a loaded server again and again.")
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="modeld-crash-") as folder:
        tally = asyncio.run(
            run_cycles(
                Path(folder) / "data",
                cycles=options.cycles,
                writers=options.writers,
                chance=random.Random(options.seed),  # noqa: S311  instants, not secrets
                tell=_show_progress,
            )
        )
    sys.stdout.write(
        f"{tally.cycles} cycles of {options.writers} writers in {time.monotonic() - begin:.0f} s, "
        f"seed {options.seed}: {tally.acknowledged} acknowledged steps all present, "
        f"{tally.unacknowledged} unacknowledged ones present too\n"
    )


if __name__ == "__main__":
    main()

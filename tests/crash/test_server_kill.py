"""What is left of a server's catalog after SIGKILL under load; `scripts/crash` does the same for longer."""

import random
from pathlib import Path

import pytest

from tests.crash.server_load import Writer, plan, run_cycles


async def test_every_acknowledged_statement_survives_sigkill(tmp_path: Path) -> None:
    chance = random.Random()  # noqa: S311  instants, not secrets

    tally = await run_cycles(tmp_path / "data", cycles=4, writers=4, chance=chance)

    assert tally.cycles == 4
    assert tally.acknowledged > 0
    assert tally.unacknowledged <= 4 * 4


def test_the_check_finds_a_lost_statement_and_one_that_nobody_made() -> None:
    writer = Writer(0)
    for number in range(3):
        plan(0, number).change(writer.state)
    writer.done = 3

    with pytest.raises(AssertionError):
        writer.check({"w0_0": (frozenset({"v1", "v2"}), "v1")})
    with pytest.raises(AssertionError):
        writer.check({**writer.state, "w0_9": (frozenset({"v1"}), "v1")})

"""What clients see of a server that is killed now and then is explained by one statement after the other.

`scripts/linearizability` does the same for longer.
"""

import random
from pathlib import Path

import pytest

from tests.crash.forked_server import NotReady
from tests.linearizability.recording import record


async def test_what_clients_saw_is_explained_by_one_statement_after_the_other(tmp_path: Path) -> None:
    chance = random.Random()  # noqa: S311  what clients do, not secrets

    recording = await record(tmp_path / "data", groups=3, clients=6, lives=[1.0, 1.0, 1.0], chance=chance)

    assert recording.kills == 3
    assert any(len(each.request.steps) > 1 for each in recording.operations)
    assert recording.faulty_groups() == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("broken", ["stale", "forgetful", "careless"])
async def test_a_server_that_breaks_its_word_is_found_out(tmp_path: Path, broken: str) -> None:
    chance = random.Random()  # noqa: S311  what clients do, not secrets

    for attempt in range(10):
        lives = [1.5, 0.5]
        try:
            recording = await record(
                tmp_path / str(attempt), groups=1, clients=6, lives=lives, chance=chance, broken=broken
            )
        except NotReady:
            return  # it has written what no server can read again
        if recording.faulty_groups():
            return
    pytest.fail(f"a {broken} server was not found out")

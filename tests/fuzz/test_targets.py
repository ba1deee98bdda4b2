"""Every target on what it knows, on what was once found, and on what chance makes of both. Longer: `scripts/fuzz`."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.fuzz.mutations import mutate_bytes, mutate_text
from tests.fuzz.targets import TARGETS

_FINDS = Path(__file__).parent / "finds"
_SECONDS_WORTH = {"decoder": 1500, "dialect": 400, "select": 150, "conversation": 25}


def _found() -> list[tuple[str, str]]:
    return [(path.parent.name, path.name) for path in sorted(_FINDS.glob("*/*"))]


@pytest.mark.parametrize(("target", "name"), _found())
def test_what_was_found_once_is_mended(target: str, name: str) -> None:
    TARGETS[target].run((_FINDS / target / name).read_bytes())


@pytest.mark.parametrize("target", ["decoder", "dialect", "select"])
def test_every_seed_keeps_the_promises(target: str) -> None:
    for seed in TARGETS[target].seeds():
        TARGETS[target].run(seed)


@pytest.mark.parametrize("target", TARGETS)
def test_what_chance_makes_of_the_seeds_keeps_the_promises(target: str) -> None:
    chance = random.Random(20261128)  # noqa: S311
    seeds = TARGETS[target].seeds()

    for _ in range(_SECONDS_WORTH[target]):
        data = TARGETS[target].mutate(chance.choice(seeds), seeds, chance)
        try:
            TARGETS[target].run(data)
        except Exception as error:
            raise AssertionError(f"{target} on {data!r}") from error


@pytest.mark.parametrize("mutate", [mutate_bytes, mutate_text])
def test_the_same_chance_makes_the_same_input(mutate: Callable[[bytes, Sequence[bytes], random.Random], bytes]) -> None:
    made = [mutate(b"SELECT 1", [b"DROP MODEL m"], random.Random(seed)) for seed in (1, 1, 2)]  # noqa: S311

    assert made[0] == made[1] != made[2]

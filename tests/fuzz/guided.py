"""A target under a coverage-guided fuzzer, atheris (libFuzzer). `scripts/fuzz` makes what it needs.

    python -m tests.fuzz.guided TARGET FOLDER [options of libFuzzer]

FOLDER keeps the corpus between runs. What breaks a promise is written to `crash-*` in the current folder; it belongs
into `tests/fuzz/finds/TARGET/`, where `test_targets` replays it for ever.
"""

import logging
import random
import sys
from pathlib import Path

import atheris
import structlog

with atheris.instrument_imports(include=["protocol", "server"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    name, folder, *options = sys.argv[1:]
    target = TARGETS[name]
    seeds = target.seeds()
    corpus = Path(folder)
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number:04}").write_bytes(seed)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)  # noqa: S311
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return target.mutate(data, seeds, chance)[:most]

    atheris.Setup([sys.argv[0], folder, *options], target.run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

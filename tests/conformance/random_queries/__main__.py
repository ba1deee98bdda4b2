"""Compare modeld with PostgreSQL 15 at random, for as long as is wanted: `scripts/compare --help`."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from psycopg.pq.abc import PGconn

from tests.conformance.random_queries.kinds import KINDS, SETTINGS, compare
from tests.integration.server_process import ServerProcess
from tests.wire.postgres import PostgresProcess

_MANY: Final = 1_000_000_000


@contextmanager
def connect(port: int, owner: str) -> Iterator[PGconn]:
    """A session as all comparisons have it."""
    parameters = f"host=127.0.0.1 port={port} user={owner} dbname={owner} client_encoding=utf8"
    with psycopg.connect(parameters, autocommit=True) as connection:
        connection.execute(SETTINGS)
        yield connection.pgconn


def main() -> int:
    """The number of statements that were answered in another way, at most 1."""
    options = argparse.ArgumentParser(prog="scripts/compare", description=__doc__)
    options.add_argument("--seconds", type=float, default=300, help="how long (300)")
    options.add_argument("--seed", type=int, default=None, help="the same number gives the same statements")
    options.add_argument("--kind", choices=[*KINDS], action="append", help="only this kind; may be given again")
    given = options.parse_args()
    seed: int = random.SystemRandom().randrange(_MANY) if given.seed is None else given.seed
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgresProcess.start_or_skip() as theirs,
        ServerProcess(Path(folder) / "data") as ours,
        connect(ours.port, "modeld") as here,
        connect(theirs.port, "postgres") as there,
    ):
        kinds = [KINDS[name] for name in given.kind or KINDS]
        makers = [(kind, kind.make(random.Random(seed))) for kind in kinds]  # noqa: S311  no secret is made of it
        end, count, different = time.monotonic() + given.seconds, 0, 0
        while time.monotonic() < end:
            for kind, maker in makers:
                count += 1
                difference = compare(kind, next(maker), here, there)
                if difference is not None:
                    different += 1
                    sys.stdout.write(f"{difference}\n\n")
        sys.stdout.write(f"seed {seed}: {different} of {count} statements differ\n")
    return min(different, 1)


if __name__ == "__main__":
    sys.exit(main())

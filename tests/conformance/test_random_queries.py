"""Statements made at random, the same each time, are answered as PostgreSQL 15 answers them.

`scripts/compare` makes others, for as long as is wanted.
"""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pytest
from psycopg.pq.abc import PGconn

from tests.conformance.random_queries.__main__ import connect
from tests.conformance.random_queries.kinds import KINDS, compare
from tests.integration.server_process import ServerProcess
from tests.wire.postgres import PostgresProcess

_SEED: Final = 5
_COUNTS: Final = {"calls": 2000, "queries": 250, "mutations": 700}


@pytest.fixture(scope="module")
def postgres() -> Iterator[PGconn]:
    with PostgresProcess.start_or_skip() as server, connect(server.port, "postgres") as connection:
        yield connection


@pytest.fixture(scope="module")
def modeld(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PGconn]:
    folder = tmp_path_factory.mktemp("random") / "data"
    with ServerProcess(folder) as server, connect(server.port, "modeld") as connection:
        yield connection


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", _COUNTS)
def test_is_what_postgresql_answers(modeld: PGconn, postgres: PGconn, name: str) -> None:
    kind = KINDS[name]
    texts = islice(kind.make(random.Random(_SEED)), _COUNTS[name])  # noqa: S311  no secret is made of it

    differences = [difference for text in texts if (difference := compare(kind, text, modeld, postgres))]

    assert differences == []

"""Many clients write to one model at the same time, in simple queries, as a registry's scripts do."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.statements import add_version, create

WRITERS = range(6)
VERSIONS = range(8)


def test_every_version_that_was_acknowledged_is_there_and_each_once(address: Address) -> None:
    def write(writer: int) -> int:
        refused = 0
        with psycopg.connect(address.dsn, autocommit=True) as connection:
            for number in VERSIONS:
                connection.execute(add_version("crowded1", f"v{writer}_{number}").encode())
                # The same one from all of them: one of them makes it.
                try:
                    connection.execute(add_version("crowded1", f"shared{number}").encode())
                except psycopg.errors.DuplicateObject:
                    refused += 1
        return refused

    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute(create("crowded1").encode())
        with ThreadPoolExecutor(len(WRITERS)) as pool:
            refused = sum(pool.map(write, WRITERS))
        versions = [row[0] for row in connection.execute(b"SHOW VERSIONS FOR MODEL crowded1")]

    own = [f"v{writer}_{number}" for writer, number in product(WRITERS, VERSIONS)]
    assert sorted(versions) == sorted(["v1", *own, *(f"shared{number}" for number in VERSIONS)])
    assert refused == len(VERSIONS) * (len(WRITERS) - 1)


def test_an_error_is_placed_in_the_clients_text(address: Address) -> None:
    text = add_version("placed1", "v1").replace(" ADD VERSION ", "  ADD VERSION   ")
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute(create("placed1").encode())

        with pytest.raises(psycopg.errors.DuplicateObject) as raised:
            connection.execute(text.encode())

        assert raised.value.diag.statement_position == str(text.index("v1") + 1)
        assert connection.execute(b"SHOW TimeZone").fetchone() is not None

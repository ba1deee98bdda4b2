"""One server for all tests of this folder that do not disturb one another; each has a project of its own."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("server") / "data"
    with ServerProcess(folder) as process:
        yield process


@pytest.fixture
def address(server: ServerProcess) -> Address:
    """A fresh, empty project of the server."""
    project = f"p{next(_NUMBERS)}"
    with psycopg.connect(Address(server.port, "modeld").dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {project}")
    return Address(server.port, project)

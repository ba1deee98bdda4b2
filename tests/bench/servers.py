"""The two servers of a comparison, each in a folder of its own on a loopback port, with durable commits.

PostgreSQL runs with its own defaults (fsync and synchronous_commit are on), but for the number of connections; so
does modeld, whose commits are synced always.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psycopg

from tests.bench.pgbench import Address
from tests.integration.server_process import COMMAND, ServerProcess
from tests.wire.postgres import PostgresProcess

GUARDED: Final = "guarded"
PASSWORD: Final = "correct horse battery staple"
_CONNECTIONS: Final = 300
_TRUSTED_RULES: Final = f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class Site:
    """A running server.

    Attributes:
        guarded: where the user `GUARDED` logs in by SCRAM-SHA-256.
    """

    name: str
    pid: int
    address: Address
    guarded: Address | None = None

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A session of our own; commits after each statement."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.address.port,
            user=self.address.user,
            dbname=self.address.database,
            autocommit=True,
        )


@contextmanager
def modeld(folder: Path, *, command: Sequence[str] = COMMAND, auth: str = "trust") -> Iterator[Site]:
    """Serve a data folder, a new one if it is not there.

    Args:
        command: what runs `modeld serve`.
    """
    arguments = (
        "--auth", auth, "--max-connections", "5000", "--max-connections-per-user", "0",
        "--max-unauthenticated", "5000", "--login-pause", "0", "--log-level", "error",
    )  # fmt: skip
    with ServerProcess(folder, *arguments, command=command, MODELD_OWNER_PASSWORD=PASSWORD) as server:
        trusted = Address(server.port, "modeld", "modeld")
        yield Site("modeld", server.pid, trusted, replace(trusted, password=PASSWORD))


@contextmanager
def postgres() -> Iterator[Site]:
    """A new cluster of PostgreSQL 15."""
    with PostgresProcess.start_or_skip((f"max_connections={_CONNECTIONS}", "listen_addresses=127.0.0.1")) as server:
        trusted = Address(server.port, "postgres", "postgres")
        site = Site("PostgreSQL", server.pid, trusted, Address(server.port, GUARDED, "postgres", PASSWORD))
        rules = server.access_file
        rules.write_text(_TRUSTED_RULES + rules.read_text())
        os.kill(server.pid, signal.SIGHUP)
        with site.connect() as connection:
            connection.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'".encode())
        yield site


def instrumented(module: str, output: Path) -> tuple[str, ...]:
    """A command that serves under an instrument of this folder, which writes what it found to `output`."""
    return (sys.executable, "-m", f"tests.bench.{module}", str(output), "serve")

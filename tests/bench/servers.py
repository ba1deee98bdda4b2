"""The two servers of a comparison, each in a folder of its own on a loopback port, with durable commits.

PostgreSQL runs with its own defaults (fsync and synchronous_commit are on), but for the number of connections; so
does modeld, whose commits are synced always.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

import psycopg

from tests.bench.pgbench import Address
from tests.certificates import Authority
from tests.integration.server_process import COMMAND, ServerProcess
from tests.wire.postgres import PostgresProcess

GUARDED: Final = "guarded"
PASSWORD: Final = "correct horse battery staple"
_CONNECTIONS: Final = 300
_TRUSTED_RULES: Final = f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n"


@unique
class Door(StrEnum):
    """How clients come in."""

    OPEN = "trusted"
    GUARDED = "by SCRAM-SHA-256"
    ENCRYPTED = "trusted, in TLS"


@dataclass(frozen=True, slots=True)
class Site:
    """A running server.

    Attributes:
        address: for clients that are trusted, in clear where they do not say otherwise.
        others: the addresses of other doors.
    """

    name: str
    pid: int
    address: Address
    others: Mapping[Door, Address] = field(default_factory=dict)

    def address_of(self, door: Door) -> Address:
        return self.others.get(door, self.address)

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
def modeld(folder: Path, *, command: Sequence[str] = COMMAND, door: Door = Door.OPEN) -> Iterator[Site]:
    """Serve a data folder, a new one if it is not there.

    Args:
        command: what runs `modeld serve`.
        door: how clients come in; there is no other way.
    """
    arguments = [
        "--auth", "scram-sha-256" if door is Door.GUARDED else "trust",
        "--max-connections", "5000", "--max-connections-per-user", "0",
        "--max-unauthenticated", "5000", "--login-pause", "0", "--log-level", "error",
    ]  # fmt: skip
    if door is Door.ENCRYPTED:
        files = Authority(folder.with_name(f"{folder.name}-authority")).server()
        arguments += ["--tls-cert", str(files.certificate), "--tls-key", str(files.key)]
    with ServerProcess(folder, *arguments, command=command, MODELD_OWNER_PASSWORD=PASSWORD) as server:
        trusted = Address(server.port, "modeld", "modeld")
        guarded, encrypted = replace(trusted, password=PASSWORD), replace(trusted, encrypted=True)
        yield Site("modeld", server.pid, trusted, {Door.GUARDED: guarded, Door.ENCRYPTED: encrypted})


@contextmanager
def postgres(door: Door = Door.OPEN) -> Iterator[Site]:
    """A new cluster of PostgreSQL 15.

    Args:
        door: if it is `ENCRYPTED`, clients may come in so too; all of them do who are not told otherwise.
    """
    with PostgresProcess.start_or_skip((f"max_connections={_CONNECTIONS}", "listen_addresses=127.0.0.1")) as server:
        trusted = Address(server.port, "postgres", "postgres")
        guarded, encrypted = replace(trusted, user=GUARDED, password=PASSWORD), replace(trusted, encrypted=True)
        site = Site("PostgreSQL", server.pid, trusted, {Door.GUARDED: guarded, Door.ENCRYPTED: encrypted})
        rules = server.access_file
        rules.write_text(_TRUSTED_RULES + rules.read_text())
        if door is Door.ENCRYPTED:
            _certify(rules)
        os.kill(server.pid, signal.SIGHUP)
        with site.connect() as connection:
            connection.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'".encode())
        yield site


def _certify(rules: Path) -> None:
    """Give the cluster with this pg_hba.conf a certificate, to be read with the rules."""
    files = Authority(rules.with_name("authority")).server()
    for file in (files.certificate.parent, files.certificate, files.key):
        os.chown(file, rules.stat().st_uid, rules.stat().st_gid)
    with rules.with_name("postgresql.conf").open("a") as settings:
        settings.write(f"ssl = on\nssl_cert_file = '{files.certificate}'\nssl_key_file = '{files.key}'\n")


def instrumented(module: str, output: Path) -> tuple[str, ...]:
    """A command that serves under an instrument of this folder, which writes what it found to `output`."""
    return (sys.executable, "-m", f"tests.bench.{module}", str(output), "serve")

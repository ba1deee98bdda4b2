"""A client that does not read, and others beside it; a drain under load."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from protocol.frontend_messages import Query
from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess
from tests.integration.statements import create
from tests.wire.peers import TcpPeer
from tests.wire.script import Frontend

# One client's buffers, ours and the kernel's, and what Python's allocator keeps.
_MOST_GROWTH = 24 * 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
async def test_a_client_that_never_reads_costs_little_and_holds_up_nobody(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        peer = TcpPeer(server.port)
        frontend = Frontend(peer)
        await frontend.connect()
        for number in range(50):
            await frontend.ask(Query(create(f"m{number}")))
        before = server.resident_bytes()

        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
        greedy = Frontend(_StreamPeer(reader, writer))
        await greedy.connect()
        writer.write(Query("DESC MODEL m1").encode() * 10_000 + Query("SHOW MODELS").encode() * 10_000)
        for _ in range(20):
            assert (await frontend.ask(Query("DESC MODEL m2")))[-1] == "ReadyForQuery I"
            await asyncio.sleep(0.02)

        assert server.resident_bytes() - before < _MOST_GROWTH
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
        assert (await frontend.ask(Query("DESC MODEL m3")))[-1] == "ReadyForQuery I"
        await peer.aclose()


class _StreamPeer:
    user = database = "modeld"

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def receive(self) -> bytes:
        return await self._reader.read(1024)


async def test_a_client_that_reads_late_gets_everything(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        peer = TcpPeer(server.port)
        frontend = Frontend(peer)
        await frontend.connect()
        await frontend.ask(Query(create("m")))

        await frontend.send(Query("DESC MODEL m").encode() * 3_000)
        await asyncio.sleep(0.2)

        for _ in range(3_000):
            assert (await frontend.read_until("ReadyForQuery"))[-2].startswith("CommandComplete SELECT ")
        await peer.aclose()


async def test_a_drain_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done: list[str] = []

    async def write(address: Address, writer: int) -> str | None:
        async with await psycopg.AsyncConnection.connect(address.dsn, autocommit=True) as connection:
            for number in range(100_000):
                try:
                    await connection.execute(create(f"w{writer}_{number}").encode())
                except psycopg.OperationalError as error:
                    return error.sqlstate
                done.append(f"w{writer}_{number}")
        return "never told"

    with ServerProcess(folder) as server:
        tasks = [asyncio.create_task(write(Address(server.port, "modeld"), writer)) for writer in range(4)]
        await asyncio.sleep(0.2)
        server.terminate()
        states = await asyncio.gather(*tasks)
        assert server.wait() == 0
    with ServerProcess(folder) as server, psycopg.connect(Address(server.port, "modeld").dsn) as connection:
        found = {row[0] for row in connection.execute("SHOW MODELS").fetchall()}

    # libpq takes a FATAL that comes right behind ReadyForQuery for a notice, and then misses the server.
    assert set(states) <= {"57P01", None}
    assert done
    assert found == set(done)

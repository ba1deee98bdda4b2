"""A crowd of clients of all bad manners against one server, with a well-behaved client beside them that is timed.

    python -m tests.overload.crowd [--idle 10000] [--connecting 1000]

Prints a table: what each crowd cost in memory, how long the well-behaved client waited meanwhile, and what became of
the crowd. `test_crowd` runs it small and holds it to the bounds that docs/operations.md promises; times are printed,
never tested.
"""

import argparse
import asyncio
import resource
import struct
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from protocol.frontend_messages import Query
from tests.integration.server_process import ServerProcess

_HOST = "127.0.0.1"
_QUERY = "SHOW TimeZone"
_READY = b"Z\x00\x00\x00\x05I"
_MEGABYTE = 1024 * 1024
_NOTIFICATIONS = 3000


def startup_packet(user: str = "modeld", database: str = "modeld") -> bytes:
    body = struct.pack(">I", 3 << 16) + f"user\0{user}\0database\0{database}\0\0".encode()
    return struct.pack(">I", len(body) + 4) + body


@dataclass(slots=True)
class Client:
    """One raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(cls, port: int) -> "Client":
        # A small limit keeps this side's buffers small: there are thousands of them.
        return cls(*await asyncio.open_connection(_HOST, port, limit=16 * 1024))

    async def log_in(self, user: str = "modeld", database: str = "modeld") -> None:
        await self.send(startup_packet(user, database))
        await self.reader.readuntil(_READY)

    async def ask(self, text: str = _QUERY) -> None:
        await self.send(Query(text).encode())
        await self.reader.readuntil(_READY)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def close(self) -> None:
        self.writer.transport.abort()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@dataclass(slots=True)
class Report:
    """What one crowd did to the server; times in seconds, memory in bytes."""

    crowd: str
    clients: int
    memory: int
    waits: list[float] = field(default_factory=list)
    outcome: str = ""

    def line(self) -> str:
        waits = sorted(self.waits) or [0.0]
        median, longest = waits[len(waits) // 2] * 1000, waits[-1] * 1000
        memory = self.memory / _MEGABYTE
        each = self.memory / max(self.clients, 1) / 1024
        return (
            f"{self.crowd:<34} {self.clients:>7} {memory:>9.1f} MB {each:>9.1f} KB each"
            f" {median:>8.1f} / {longest:>8.1f} ms   {self.outcome}"
        )


Crowd = Callable[[ServerProcess, AsyncExitStack, int], Awaitable[str]]


@asynccontextmanager
async def timed_client(port: int, waits: list[float]) -> AsyncIterator[None]:
    """A client that goes on asking for as long as this lasts, and notes how long each answer took."""
    client = await Client.connect(port)
    await client.log_in()

    async def go_on() -> None:
        while True:
            begun = time.perf_counter()
            await client.ask()
            waits.append(time.perf_counter() - begun)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(go_on())
    try:
        yield
        await asyncio.sleep(0.1)
        if task.done():
            task.result()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await client.close()


async def meet(server: ServerProcess, name: str, crowd: Crowd, clients: int) -> Report:
    """Let the crowd come, measure, and send it away."""
    report = Report(name, clients, 0)
    before = server.resident_bytes()
    async with timed_client(server.port, report.waits), AsyncExitStack() as stack:
        report.outcome = await crowd(server, stack, clients)
        report.memory = max(server.resident_bytes() - before, 0)
    return report


# The crowds. Each keeps its clients open in `stack` until it has been measured.


async def idle(server: ServerProcess, stack: AsyncExitStack, clients: int) -> str:
    """Logged in, one query done, and nothing more."""
    limit = asyncio.Semaphore(100)

    async def come() -> None:
        async with limit:
            client = await Client.connect(server.port)
            stack.push_async_callback(client.close)
            await client.log_in()
            await client.ask()

    await asyncio.gather(*(come() for _ in range(clients)))
    return "all served"


async def connecting(server: ServerProcess, stack: AsyncExitStack, clients: int) -> str:
    """All at the same moment."""

    async def come() -> bool:
        try:
            client = await Client.connect(server.port)
            stack.push_async_callback(client.close)
            await client.log_in()
        except (ConnectionError, asyncio.IncompleteReadError):
            return False
        return True

    begun = time.perf_counter()
    served = sum(await asyncio.gather(*(come() for _ in range(clients))))
    return f"{served} served, {clients - served} refused, in {time.perf_counter() - begun:.2f} s"


async def never_reading(server: ServerProcess, stack: AsyncExitStack, clients: int) -> str:
    """Asks for megabytes and reads nothing of them."""
    message = Query("SHOW ALL").encode() * 1000
    for _ in range(clients):
        client = await Client.connect(server.port)
        stack.push_async_callback(client.close)
        await client.log_in()
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
        client.writer.write(message)
    await asyncio.sleep(1)
    return "held back"


async def never_taking(server: ServerProcess, stack: AsyncExitStack, clients: int) -> str:
    """Listens to what another one says all the time, and reads nothing of it."""
    for _ in range(clients):
        client = await Client.connect(server.port)
        stack.push_async_callback(client.close)
        await client.log_in()
        await client.ask("LISTEN crowd")
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    speaker = await Client.connect(server.port)
    stack.push_async_callback(speaker.close)
    await speaker.log_in()
    for first in range(0, _NOTIFICATIONS, 100):
        numbers = f"generate_series({first}, {first + 99}) AS n"
        await speaker.ask(f"SELECT pg_notify('crowd', repeat('x', 7000) || n) FROM {numbers}")
    return f"{_NOTIFICATIONS * 7 / 1000:.0f} MB said to each"


async def byte_by_byte(server: ServerProcess, stack: AsyncExitStack, clients: int) -> str:
    """Begins a startup packet and lets the rest drip."""
    opened = []
    for _ in range(clients):
        client = await Client.connect(server.port)
        stack.push_async_callback(client.close)
        opened.append(client)
    for byte in startup_packet()[:6]:
        for client in opened:
            with suppress(ConnectionError):
                await client.send(bytes([byte]))
        await asyncio.sleep(0.1)
    return "waiting for the login timeout"


async def announcing(server: ServerProcess, stack: AsyncExitStack, clients: int) -> str:
    """Announces a message of a gigabyte and begins to send it."""
    refused = 0
    for _ in range(clients):
        client = await Client.connect(server.port)
        stack.push_async_callback(client.close)
        await client.log_in()
        with suppress(ConnectionError):
            await client.send(b"Q" + struct.pack(">I", 1 << 30) + b"x" * 65536)
        with suppress(ConnectionError):
            refused += b"08P01" in await asyncio.wait_for(client.reader.read(4096), 10)
    return f"{refused} told so and hung up on"


async def half_messages(server: ServerProcess, stack: AsyncExitStack, clients: int) -> str:
    """Sends all but the end of the largest message that is allowed: the server has to keep it."""
    size = 4 * _MEGABYTE
    for _ in range(clients):
        client = await Client.connect(server.port)
        stack.push_async_callback(client.close)
        await client.log_in()
        await client.send(b"Q" + struct.pack(">I", size) + b"x" * (size - 100))
    await asyncio.sleep(0.5)
    return "kept until it is whole"


async def run(server: ServerProcess, *, idle_clients: int, connecting_clients: int) -> list[Report]:
    """Every crowd in turn."""
    crowds: tuple[tuple[str, Crowd, int], ...] = (
        ("idle after one query", idle, idle_clients),
        ("connecting at once", connecting, connecting_clients),
        ("asking for much, reading nothing", never_reading, 10),
        ("listening, reading nothing", never_taking, 4),
        ("startup packet drop by drop", byte_by_byte, min(connecting_clients, 200)),
        ("a message of 1 GB announced", announcing, 10),
        ("a message of 4 MB never finished", half_messages, 4),
    )
    # What the server reads for the first SELECT is no crowd's doing.
    async with timed_client(server.port, []):
        client = await Client.connect(server.port)
        await client.log_in()
        await client.ask("SELECT count(*) FROM pg_attribute, pg_am")
        await client.close()
        await asyncio.sleep(1)
    return [await meet(server, name, crowd, clients) for name, crowd, clients in crowds]


def main() -> None:
    """Run it large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--connecting", type=int, default=1_000)
    arguments = parser.parse_args()
    # The server inherits the limit; both sides have a file for each client.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    limit = str(arguments.idle + arguments.connecting + 100)
    with tempfile.TemporaryDirectory() as folder:
        options = ("--max-connections", limit, "--max-unauthenticated", limit)
        with ServerProcess(Path(folder) / "data", *options) as server:
            running = run(server, idle_clients=arguments.idle, connecting_clients=arguments.connecting)
            reports = asyncio.run(running)
    print(f"{'crowd':<34} {'clients':>7} {'memory':>12} {'':>17} {'others wait (median / longest)':>24}")  # noqa: T201
    for report in reports:
        print(report.line())  # noqa: T201


if __name__ == "__main__":
    main()

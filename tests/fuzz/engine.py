"""A server in memory that takes whole conversations as bytes."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from protocol.frontend_messages import Query
from server.engine import Engine
from tests.wire.peers import PATIENCE, MemoryPeer, make_engine
from tests.wire.script import Frontend


class Server:
    """One engine for all examples, on a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine: Engine = self.loop.run_until_complete(make_engine(folder))

    def converse(self, data: bytes) -> list[str]:
        """What a client gets that sends `data` and hangs up."""
        return self.loop.run_until_complete(asyncio.wait_for(self._converse(data), PATIENCE * 4))

    def do(self, work: Callable[[], object]) -> None:
        """Call it on the loop."""

        async def call() -> None:
            work()

        self.loop.run_until_complete(call())

    async def _converse(self, data: bytes) -> list[str]:
        peer = MemoryPeer(self.engine)
        await peer.send(data)
        if not peer.transport.is_closing():
            peer.connection.eof_received()
        frontend = Frontend(peer)
        messages = [await frontend.read()]
        while messages[-1] != "closed":
            messages.append(await frontend.read())
        return messages

    async def _ask(self) -> list[str]:
        frontend = Frontend(MemoryPeer(self.engine))
        await frontend.connect()
        return await frontend.ask(Query("SHOW server_encoding"))

    def serves_others(self) -> bool:
        return "DataRow 'UTF8'" in self.loop.run_until_complete(self._ask())

"""Mutated conversations: no traceback, no hang, no answer out of the protocol, and the next client is served."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from protocol.frontend_messages import Query
from server.executor import Engine
from tests.fuzz.conversations import conversations
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.loop.run_until_complete(made.engine.committer.close())
    made.loop.close()


@given(data=conversations())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
def test_a_broken_conversation_ends_in_the_protocol(server: Server, data: bytes) -> None:
    messages = server.converse(data)

    assert not [message for message in messages if " XX000 " in message]
    assert server.serves_others()

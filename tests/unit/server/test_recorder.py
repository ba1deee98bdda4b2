"""When a packet may be answered past the backend: never while everything up to a Sync is to be skipped."""

from pathlib import Path

import pytest

from protocol.frontend_messages import Bind, Execute, FrontendMessage, Parse, Query, Sync
from protocol.types import TEXT
from tests.integration.statements import create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

LOOKUP = "SELECT comment FROM models WHERE model_name = $1"
RUN = (Execute("", 0), Sync())


@pytest.mark.parametrize(
    ("packet", "is_sync"),
    [
        ((Query("SHOW VERSIONS FOR MODEL m"),), False),  # kept
        ((Query("DESC MODEL m"),), False),
        ((Query("SELECT comment FROM models WHERE model_name = 'm'"),), False),
        ((Query("ALTER MODEL m SET COMMENT 'changed'"),), False),
        ((Bind("", "s", (), (b"m",), ()), *RUN), True),
        ((Parse("", LOOKUP, (TEXT,)), Bind("", "", (), (b"m",), ()), *RUN), True),
    ],
)
@pytest.mark.parametrize("broken", [b"B\0\0\0\5x", b"P\0\0\0\4", b"E\0\0\0\6\0\0"])
async def test_what_comes_behind_a_message_that_cannot_be_read_is_skipped(
    tmp_path: Path, packet: tuple[FrontendMessage, ...], is_sync: bool, broken: bytes
) -> None:
    peer = MemoryPeer(await make_engine(tmp_path))
    frontend = Frontend(peer)
    await frontend.connect()
    await frontend.ask(Query(create("m")))
    await frontend.ask(Parse("s", LOOKUP, (TEXT,)), Parse("", LOOKUP, (TEXT,)), Sync())
    for text in ("SHOW VERSIONS FOR MODEL m", "SELECT comment FROM models WHERE model_name = 'n'"):
        await frontend.ask(Query(text))
        await frontend.ask(Query(text))
    await frontend.ask(Parse("", LOOKUP, (TEXT,)), Bind("", "", (), (b"n",), ()), *RUN)

    await peer.send(broken)
    await peer.send(b"".join([message.encode() for message in packet]))
    answer = await frontend.ask(*([] if is_sync else [Sync()]))

    assert [message.split()[0] for message in answer] == ["ErrorResponse", "ReadyForQuery"]
    assert "DataRow 'c'" in await frontend.ask(Query("SELECT comment FROM models WHERE model_name = 'm'"))

from pathlib import Path

import pytest

from protocol.frontend_messages import Query
from server import connection
from server.engine import Engine
from server.notifications import MOST_WAITING, Hub, Inbox, Notification
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

PAYLOAD = "x" * 7000


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    return await make_engine(tmp_path)


async def listener(engine: Engine) -> tuple[MemoryPeer, Frontend]:
    peer = MemoryPeer(engine)
    frontend = Frontend(peer)
    await frontend.connect()
    await frontend.ask(Query("LISTEN c"))
    return peer, frontend


def publish(engine: Engine, *payloads: str) -> None:
    engine.hub.publish(Notification(7, "c", payload) for payload in payloads)


async def test_who_does_not_read_is_told_when_it_does(engine: Engine) -> None:
    peer, frontend = await listener(engine)
    peer.transport.writes = 0
    peer.connection.pause_writing()

    publish(engine, "one", "two")

    assert peer.transport.writes == 0
    peer.connection.resume_writing()
    assert [await frontend.read(), await frontend.read()] == [
        "NotificationResponse c 'one'",
        "NotificationResponse c 'two'",
    ]


async def test_who_leaves_too_much_unread_is_let_go(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_LAST_WORD", 0.0)
    peer, frontend = await listener(engine)
    peer.connection.pause_writing()

    publish(engine, *[PAYLOAD] * (MOST_WAITING // len(PAYLOAD) + 1))

    assert await frontend.read() == (
        "ErrorResponse FATAL 54000 terminating connection because it leaves too many notifications unread"
    )
    assert await frontend.read() == "closed"


async def test_a_transaction_that_lasts_while_too_much_arrives_is_ended(engine: Engine) -> None:
    _, frontend = await listener(engine)
    await frontend.ask(Query("BEGIN"))

    publish(engine, *[PAYLOAD] * (MOST_WAITING // len(PAYLOAD) + 1))

    assert (await frontend.read()).startswith("ErrorResponse FATAL 54000")
    assert await frontend.read() == "closed"


def test_what_overflows_is_dropped_and_nothing_more_arrives() -> None:
    hub, overflows = Hub(), 0

    def count() -> None:
        nonlocal overflows
        overflows += 1

    inbox = Inbox(hub, 1, on_overflow=count)
    inbox.listen("c")
    inbox.commit()

    for _ in range(2):
        hub.publish([Notification(7, "c", "x" * (MOST_WAITING + 1))])

    assert (overflows, inbox.arrived) == (1, [])

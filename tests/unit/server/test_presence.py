import asyncio

import pytest

from server import presence
from server.presence import Presence


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_INTERVAL", 0.001)


async def test_who_is_in_doubt_is_sent_something_until_the_doubt_is_over() -> None:
    sent = 0
    enough = asyncio.Event()

    def send() -> None:
        nonlocal sent
        sent += 1
        if sent == 3:
            enough.set()

    watched = Presence(lambda: not enough.is_set(), send)
    watched.watch()
    watched.watch()
    await asyncio.wait_for(enough.wait(), 5)
    await asyncio.sleep(0.01)

    assert sent == 3


async def test_who_is_heard_is_sent_nothing() -> None:
    sent: list[None] = []
    Presence(lambda: False, lambda: sent.append(None)).watch()
    await asyncio.sleep(0.01)

    assert not sent


async def test_nothing_is_sent_when_the_connection_is_over() -> None:
    sent: list[None] = []
    watched = Presence(lambda: True, lambda: sent.append(None))
    watched.watch()
    watched.stop()
    await asyncio.sleep(0.01)

    assert not sent

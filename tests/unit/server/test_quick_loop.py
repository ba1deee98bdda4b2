"""The loop whose selector reads: what is read comes once and in order, and the rest is the standard loop's."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("there is none elsewhere", allow_module_level=True)

from protocol.frontend_messages import FrontendMessage, Query
from server.listener import Listener
from server.quick_loop import QuickLoop, Take, make_loop
from server.session import Session
from tests.integration.statements import create
from tests.wire.peers import TcpPeer, make_engine
from tests.wire.script import Frontend

PATIENCE = 10


def run(main: Callable[[], Coroutine[None, None, None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(main(), PATIENCE)

    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(bounded())


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[QuickLoop, socket.socket, socket.socket]]:
    """The loop, and two ends of a connection that do not block."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuickLoop)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        yield loop, ours, theirs


def noting(taken: list[bytes]) -> Take:
    def take(data: bytes) -> bool:
        taken.append(data)
        return True

    return take


def test_the_server_runs_on_it() -> None:
    loop = make_loop()
    loop.close()

    assert isinstance(loop, QuickLoop)


def test_what_comes_goes_to_the_taker_and_not_to_the_loop() -> None:
    async def main() -> None:
        async with pair() as (loop, ours, theirs):
            readable: list[bytes] = []
            taken: list[bytes] = []
            loop.add_reader(ours, lambda: readable.append(ours.recv(100)))
            loop.quick.read_for(ours.fileno(), noting(taken))
            for piece in (b"one", b"two"):
                theirs.send(piece)
                await asyncio.sleep(0.01)
            loop.quick.forget(ours.fileno())
            theirs.send(b"three")
            await asyncio.sleep(0.01)
            assert (taken, readable) == ([b"one", b"two"], [b"three"])

    run(main)


def test_nothing_is_read_while_the_loop_does_not_want_to() -> None:
    async def main() -> None:
        async with pair() as (loop, ours, theirs):
            taken: list[bytes] = []
            loop.add_reader(ours, lambda: None)
            loop.quick.read_for(ours.fileno(), noting(taken))
            loop.remove_reader(ours)
            theirs.send(b"x")
            await asyncio.sleep(0.01)
            assert taken == []
            loop.add_reader(ours, lambda: None)
            await asyncio.sleep(0.01)
            assert taken == [b"x"]

    run(main)


def test_the_end_of_a_stream_is_told_to_the_loop() -> None:
    async def main() -> None:
        async with pair() as (loop, ours, theirs):
            ended = asyncio.Event()
            loop.add_reader(ours, lambda: ended.set() if ours.recv(1) == b"" else None)
            loop.quick.read_for(ours.fileno(), lambda data: True)
            theirs.shutdown(socket.SHUT_WR)
            await ended.wait()

    run(main)


def test_what_a_taker_leaves_to_the_loop_is_done_at_once() -> None:
    async def main() -> None:
        async with pair() as (loop, ours, theirs):
            done = asyncio.Event()

            def take(data: bytes) -> bool:
                loop.call_soon(done.set)
                return False

            loop.add_reader(ours, lambda: None)
            loop.quick.read_for(ours.fileno(), take)
            theirs.send(b"x")
            await asyncio.wait_for(done.wait(), 1)

    run(main)


def test_timers_go_off_however_much_is_taken() -> None:
    async def main() -> None:
        async with pair() as (loop, ours, theirs):

            def take(data: bytes) -> bool:
                theirs.send(b"x")  # there is always more
                return True

            loop.add_reader(ours, lambda: None)
            loop.quick.read_for(ours.fileno(), take)
            theirs.send(b"x")
            await asyncio.sleep(0.05)

    run(main)


def test_other_threads_wake_it_up() -> None:
    async def main() -> None:
        assert await asyncio.to_thread(lambda: 1) == 1

    run(main)


def test_sessions_are_answered_as_on_the_standard_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handled: list[FrontendMessage] = []
    handle = Session.handle

    async def note(self: Session, message: FrontendMessage) -> None:
        handled.append(message)
        await handle(self, message)

    async def main() -> None:
        engine = await make_engine(tmp_path)
        listener = Listener(engine)
        peer = TcpPeer(await listener.open("127.0.0.1", 0))
        frontend = Frontend(peer)
        await frontend.connect()
        await frontend.ask(Query(create("m")))
        first = await frontend.ask(Query("DESC MODEL m"))
        monkeypatch.setattr(Session, "handle", note)
        for _ in range(3):
            assert await frontend.ask(Query("DESC MODEL m")) == first
        assert handled == []
        await frontend.ask(Query("ALTER MODEL m SET COMMENT 'new'"))
        assert await frontend.ask(Query("DESC MODEL m")) != first
        await peer.aclose()
        await listener.close(within=1)
        await engine.committer.close()
        await engine.committer.store.close()

    run(main)

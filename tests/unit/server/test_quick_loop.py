"""The loop with connections of its own: as asyncio's, in fewer steps, and the rest is the standard loop's."""

import asyncio
import errno
import socket
import struct
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

if sys.platform != "linux":
    pytest.skip("there is none elsewhere", allow_module_level=True)

from protocol.frontend_messages import FrontendMessage, Query
from server.listener import Listener
from server.quick_loop import Patience, QuickLoop, QuickSelector, make_loop
from server.quick_transport import QuickTransport, listen
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


class Peer:
    """A protocol that notes what it is told. `leaves`: whether it leaves what has come to the loop."""

    def __init__(self, *, leaves: bool = False) -> None:
        self.transport: QuickTransport
        self.leaves = leaves
        self.taken = b""
        self.told: list[str] = []
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, QuickTransport)
        self.transport = transport

    def take(self, data: bytes) -> bool:
        self.taken += data
        if self.leaves:
            asyncio.get_running_loop().call_soon(self.told.append, "left")
        return not self.leaves

    def eof_received(self) -> bool:
        self.told.append("end")
        return True

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set_result(error)


@asynccontextmanager
async def pair(*, leaves: bool = False) -> AsyncIterator[tuple[Peer, socket.socket]]:
    """A protocol with its transport, and the other end, which does not block."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuickLoop)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    peer = Peer(leaves=leaves)
    transport = QuickTransport(loop, ours, None, peer)
    with theirs:
        yield peer, theirs
        transport.abort()
        await peer.lost


def makes_peers() -> tuple[list[Peer], Callable[[], Peer]]:
    """Those that were made, and what makes one."""
    made: list[Peer] = []

    def make() -> Peer:
        made.append(Peer())
        return made[-1]

    return made, make


async def moment() -> None:
    await asyncio.sleep(0.01)


def test_the_server_runs_on_it() -> None:
    loop = make_loop()
    loop.close()

    assert isinstance(loop, QuickLoop)


def test_what_comes_is_taken_once_and_in_order() -> None:
    async def main() -> None:
        async with pair() as (peer, theirs):
            for piece in (b"one", b"two", b"three"):
                theirs.send(piece)
                await moment()
            assert peer.taken == b"onetwothree"

    run(main)


def test_nothing_is_read_while_reading_is_paused() -> None:
    async def main() -> None:
        async with pair() as (peer, theirs):
            peer.transport.pause_reading()
            theirs.send(b"x")
            await moment()
            assert (peer.taken, peer.transport.is_reading()) == (b"", False)
            peer.transport.resume_reading()
            await moment()
            assert (peer.taken, peer.transport.is_reading()) == (b"x", True)

    run(main)


def test_the_end_of_a_stream_is_told_once_and_the_other_way_stays_open() -> None:
    async def main() -> None:
        async with pair() as (peer, theirs):
            theirs.shutdown(socket.SHUT_WR)
            await moment()
            peer.transport.pause_reading()
            peer.transport.resume_reading()
            peer.transport.write(b"still here")
            await moment()
            assert (peer.told, theirs.recv(100)) == (["end"], b"still here")

    run(main)


def test_what_is_left_to_the_loop_is_done_at_once() -> None:
    async def main() -> None:
        async with pair(leaves=True) as (peer, theirs):
            theirs.send(b"x")
            await moment()
            assert peer.told == ["left"]

    run(main)


def test_timers_go_off_however_much_is_taken() -> None:
    async def main() -> None:
        async with pair() as (peer, theirs):
            take = peer.take

            def take_and_ask_for_more(data: bytes) -> bool:
                theirs.send(b"x")
                return take(data)

            peer.take = take_and_ask_for_more  # type: ignore[method-assign]
            theirs.send(b"x")
            await asyncio.sleep(0.05)
            assert len(peer.taken) > 1

    run(main)


def test_what_the_peer_does_not_read_waits_and_arrives_whole() -> None:
    data = bytes(range(256)) * 4096

    async def main() -> None:
        async with pair() as (peer, theirs):
            peer.transport.set_write_buffer_limits(high=1024)
            for start in range(0, len(data), 1000):
                peer.transport.write(data[start : start + 1000])
            assert peer.told == ["pause"]
            assert peer.transport.get_write_buffer_size() > 1024
            received = b""
            while len(received) < len(data):
                with suppress(BlockingIOError):
                    received += theirs.recv(65536)
                await asyncio.sleep(0)
            await moment()
            assert received == data
            assert (peer.told, peer.transport.get_write_buffer_size()) == (["pause", "resume"], 0)

    run(main)


def test_closing_sends_what_waits_first() -> None:
    data = b"x" * 1_000_000

    async def main() -> None:
        async with pair() as (peer, theirs):
            peer.transport.write(data)
            peer.transport.close()
            await moment()
            assert not peer.lost.done()
            received = 0
            while piece := await asyncio.get_running_loop().sock_recv(theirs, 65536):
                received += len(piece)
            assert (received, await peer.lost) == (len(data), None)

    run(main)


@pytest.mark.parametrize("writes", [True, False])
def test_a_peer_that_has_gone_is_found_out_once(writes: bool) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, QuickLoop)
        made, make = makes_peers()
        listening, port = await listen(make, "127.0.0.1", 0, 5)
        theirs = socket.create_connection(("127.0.0.1", port))
        await moment()
        # Closed so, it answers with a reset.
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        (peer,) = made
        if writes:
            peer.transport.write(b"x" * 10_000_000)
            peer.transport.pause_reading()
        theirs.close()
        assert isinstance(await peer.lost, ConnectionError)
        peer.transport.write(b"nobody reads this")
        peer.transport.abort()
        listening.close()

    run(main)


def test_a_reset_while_nothing_is_wanted_keeps_nobody_busy() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, QuickLoop)
        async with pair() as (peer, theirs):
            peer.transport.pause_reading()
            theirs.close()
            wait, waits = loop.quick.wait, 0

            def count(seconds: float) -> list[tuple[int, int]]:
                nonlocal waits
                waits += 1
                return wait(seconds)

            loop.quick.wait = count  # type: ignore[method-assign]
            await asyncio.sleep(0.05)
            assert waits < 5

    run(main)


def test_accepting_goes_on_when_the_system_has_descriptors_again(monkeypatch: pytest.MonkeyPatch) -> None:
    accept, refusals = socket.socket.accept, [OSError(errno.EMFILE, "Too many open files")]

    def accept_or_refuse(listening: socket.socket) -> tuple[socket.socket, object]:
        if refusals:
            raise refusals.pop()
        return accept(listening)

    monkeypatch.setattr(socket.socket, "accept", accept_or_refuse)
    monkeypatch.setattr("server.quick_transport._PAUSE", 0.01)

    async def main() -> None:
        made, make = makes_peers()
        listening, port = await listen(make, "127.0.0.1", 0, 5)
        with socket.create_connection(("127.0.0.1", port)):
            while not made:
                await moment()
            made[0].transport.abort()
            await made[0].lost
        listening.close()

    run(main)
    assert refusals == []


def test_vain_looks_become_rare_and_one_that_was_not_brings_them_back() -> None:
    patience = Patience(ever=True)
    waits: list[int] = []
    for _ in range(9):
        waits.append(0)
        while not patience.is_due():
            waits[-1] += 1
        patience.note(vain=True)
    assert waits == [0, 1, 3, 7, 15, 31, 63, 63, 63]

    while not patience.is_due():
        pass
    patience.note(vain=False)
    assert patience.is_due()


def test_with_one_processor_there_is_no_look() -> None:
    assert not any(Patience(ever=False).is_due() for _ in range(100))


@pytest.mark.parametrize("processors", [{0}, {0, 1}])
def test_the_selector_looks_before_it_sleeps_where_there_are_processors(
    monkeypatch: pytest.MonkeyPatch, processors: set[int]
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: processors)
    with closing(QuickSelector()) as selector:
        asked: list[float] = []

        def poll(seconds: float, most: int) -> list[tuple[int, int]]:
            asked.append(seconds)
            return []

        monkeypatch.setattr(selector, "_epoll", SimpleNamespace(poll=poll, close=lambda: None))
        selector.wait(0)
        assert asked == [0]

        selector.wait(-1)
        looked = [seconds for seconds in asked[1:-1] if seconds == 0]
        assert asked[-1] == -1
        assert len(looked) == len(asked) - 2
        assert bool(looked) == (len(processors) > 1)


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

import asyncio
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from protocol.frontend_messages import Bind, Describe, Execute, Parse, Query, Sync, Terminate
from protocol.startup_messages import CancelRequest, StartupMessage
from server.admission import Limits
from server.catalog import Catalog, Decision
from server.committer import Outcome, Request
from server.connection import Connection
from server.engine import Engine
from server.listener import Listener
from server.session import Session
from tests.integration.statements import create
from tests.wire.peers import MemoryPeer, TcpPeer, TlsPeer, make_access, make_engine
from tests.wire.script import Frontend

SHOW = Query("SHOW TimeZone")
SHOWN = ["RowDescription TimeZone:25:0", "DataRow 'UTC'", "CommandComplete SHOW", "ReadyForQuery I"]
EXTENDED = (Parse("", "SHOW TimeZone"), Bind("", ""), Describe("P", ""), Execute(""), Sync())


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    return await make_engine(tmp_path)


@pytest.fixture
async def peer(engine: Engine) -> MemoryPeer:
    peer = MemoryPeer(engine)
    await Frontend(peer).connect()
    peer.transport.writes = 0
    return peer


async def test_small_packets_are_sent_at_once(peer: MemoryPeer) -> None:
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in peer.transport.options


async def test_small_packets_are_sent_at_once_on_a_real_socket(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted: list[socket.socket] = []
    connection_made = Connection.connection_made

    def note(self: Connection, transport: asyncio.BaseTransport) -> None:
        connection_made(self, transport)
        accepted.append(transport.get_extra_info("socket"))

    monkeypatch.setattr(Connection, "connection_made", note)
    listener = Listener(engine)
    peer = TcpPeer(await listener.open("127.0.0.1", 0))
    await Frontend(peer).connect()

    assert [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in accepted] == [1]

    await peer.aclose()
    await listener.close(within=5)


async def test_a_silent_client_is_probed_as_its_session_wants(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted: list[socket.socket] = []
    connection_made = Connection.connection_made

    def note(self: Connection, transport: asyncio.BaseTransport) -> None:
        connection_made(self, transport)
        accepted.append(transport.get_extra_info("socket"))

    def probes() -> list[int]:
        options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
        return [accepted[0].getsockopt(socket.IPPROTO_TCP, option) for option in options]

    monkeypatch.setattr(Connection, "connection_made", note)
    listener = Listener(engine)
    peer = TcpPeer(await listener.open("127.0.0.1", 0))
    frontend = Frontend(peer)
    await frontend.connect(tcp_keepalives_idle="50")
    assert accepted[0].getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    usual = probes()
    assert usual[0] == 50

    await frontend.ask(Query("SET tcp_keepalives_idle = '2min'; SET tcp_keepalives_interval = 7"))
    await frontend.ask(Query("SET tcp_keepalives_count = 4; SET tcp_user_timeout = '9s'"))
    assert probes() == [120, 7, 4, 9000]
    await frontend.ask(Query("SET tcp_keepalives_count = 2000000000"))
    assert probes() == [120, 7, 4, 9000]
    await frontend.ask(Query("RESET ALL"))

    assert probes() == usual
    await peer.aclose()
    await listener.close(within=5)


async def test_a_packet_is_answered_in_one_write(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)

    assert (await frontend.ask(*EXTENDED))[-1] == "ReadyForQuery I"
    assert peer.transport.writes == 1
    await frontend.send(SHOW, SHOW, SHOW)
    assert peer.transport.writes == 2
    for _ in range(3):
        assert await frontend.read_until("ReadyForQuery") == SHOWN


async def test_an_ordinary_query_makes_no_task(peer: MemoryPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Coroutine[object, object, object]] = []
    loop = asyncio.get_running_loop()
    create_task = loop.create_task

    def note(coroutine: Coroutine[object, object, object]) -> asyncio.Task[object]:
        made.append(coroutine)
        return create_task(coroutine)

    monkeypatch.setattr(loop, "create_task", note)

    await peer.send(b"".join(message.encode() for message in (SHOW, Query("SHOW MODELS"), *EXTENDED)))

    assert made == []
    assert peer.transport.writes == 1


async def test_what_waits_for_the_store_goes_on_by_itself_and_in_order(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)

    await frontend.send(Query("CREATE SCHEMA s"), Query("USE SCHEMA s"), SHOW)

    assert await frontend.read_until("ReadyForQuery") == ["CommandComplete CREATE SCHEMA", "ReadyForQuery I"]
    assert await frontend.read_until("ReadyForQuery") == ["CommandComplete USE", "ReadyForQuery I"]
    assert await frontend.read_until("ReadyForQuery") == SHOWN


async def test_reading_stops_while_the_client_does_not_read(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)
    peer.connection.pause_writing()
    for _ in range(120):
        await frontend.send(Query("SHOW TimeZone".ljust(10_000)))

    assert not peer.transport.is_reading()
    assert peer.transport.writes == 0

    peer.connection.resume_writing()
    assert peer.transport.is_reading()
    assert (await frontend.ask())[-1] == "ReadyForQuery I"


def pause_after(peer: MemoryPeer, writes: int) -> None:
    """From that write on, the client does not read."""
    write = peer.transport.write

    def full(data: bytes | bytearray | memoryview) -> None:
        write(data)
        if peer.transport.writes == writes:
            peer.connection.pause_writing()

    peer.transport.write = full  # type: ignore[method-assign]


async def test_answers_to_one_packet_are_written_in_pieces(peer: MemoryPeer) -> None:
    paused_after = 3
    pause_after(peer, paused_after)

    await Frontend(peer).send(Query("SHOW ALL").encode() * 4_000)

    assert peer.transport.writes == paused_after
    assert sum(len(peer.transport.written.get_nowait()) for _ in range(paused_after)) < 2_000_000


async def test_a_client_that_goes_away_in_a_commit_leaves_it_whole(engine: Engine, peer: MemoryPeer) -> None:
    await Frontend(peer).send(Query("CREATE SCHEMA s1; CREATE SCHEMA s2"))

    peer.transport.abort()
    await engine.committer.close()

    schemas = [engine.committer.catalog.find_schema("modeld", name) for name in ("s1", "s2")]
    assert (schemas[0] is None) == (schemas[1] is None)
    others = Frontend(MemoryPeer(engine))
    await others.connect()
    assert (await others.ask(Query("CREATE SCHEMA s3")))[0] == "CommandComplete CREATE SCHEMA"


async def test_what_a_client_sent_before_it_closed_its_side_is_answered(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)
    await frontend.send(Query("CREATE SCHEMA s"), Query("USE SCHEMA s"), SHOW.encode()[:-1])

    assert peer.connection.eof_received()

    assert await frontend.read_until("ReadyForQuery") == ["CommandComplete CREATE SCHEMA", "ReadyForQuery I"]
    assert await frontend.read_until("closed") == ["CommandComplete USE", "ReadyForQuery I", "closed"]


@pytest.mark.parametrize("sent", [b"", b"\0\0"])
async def test_a_client_that_leaves_before_it_logs_in_is_forgotten(engine: Engine, sent: bytes) -> None:
    peer = MemoryPeer(engine)
    await peer.send(sent)

    peer.connection.eof_received()

    assert await Frontend(peer).read() == "closed"


async def test_terminate_hangs_up_without_a_word(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)

    await frontend.send(SHOW, Terminate(), SHOW)

    assert await frontend.read_until("closed") == [*SHOWN, "closed"]


async def test_an_idle_session_is_told_of_the_shutdown(peer: MemoryPeer) -> None:
    peer.connection.shut_down()

    assert await Frontend(peer).read_until("closed") == [
        "ErrorResponse FATAL 57P01 terminating connection due to administrator command",
        "closed",
    ]


async def test_a_running_commit_is_acknowledged_before_the_shutdown(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)
    await frontend.send(Query("CREATE SCHEMA s"), Query("CREATE SCHEMA t"))

    peer.connection.shut_down()

    assert await frontend.read_until("closed") == [
        "CommandComplete CREATE SCHEMA",
        "ReadyForQuery I",
        "ErrorResponse FATAL 57P01 terminating connection due to administrator command",
        "closed",
    ]


async def test_a_client_that_does_not_log_in_is_let_go(engine: Engine) -> None:
    listener = Listener(engine, make_access(limits=Limits(login_timeout=0.05)))
    port = await listener.open("127.0.0.1", 0)
    silent, slow = TcpPeer(port), TcpPeer(port)
    await silent.send(b"")
    await slow.send(StartupMessage(3, 0, (("user", "modeld"),)).encode()[:-1])

    for peer in (silent, slow):
        assert (await Frontend(peer).read_until("closed"))[0].startswith("ErrorResponse FATAL ")
        await peer.aclose()

    await listener.close(within=5)


async def test_one_client_too_many_is_told_so_and_a_free_place_is_taken(engine: Engine) -> None:
    listener = Listener(engine, make_access(limits=Limits(sessions=1)))
    port = await listener.open("127.0.0.1", 0)
    first, second, third = TcpPeer(port), TcpPeer(port), TcpPeer(port)
    frontend = Frontend(first)
    await frontend.connect()

    await second.send(StartupMessage(3, 0, (("user", "modeld"),)).encode())
    refusal = await Frontend(second).read_until("closed")

    assert refusal == ["ErrorResponse FATAL 53300 sorry, too many clients already", "closed"]
    assert await frontend.ask(SHOW) == SHOWN
    await frontend.send(Terminate())
    assert await frontend.read() == "closed"
    assert (await Frontend(third).connect())[0] == "AuthenticationOk"

    for peer in (first, second, third):
        await peer.aclose()
    await listener.close(within=5)


async def test_a_refused_client_may_still_cancel(engine: Engine) -> None:
    peer = MemoryPeer(engine, access=make_access(limits=Limits(sessions=0)))
    request = CancelRequest(1, b"\1\2\3\4")

    await peer.send(request.encode())

    assert peer.canceled == [request]
    assert await Frontend(peer).read() == "closed"


async def test_a_connection_that_stays_busy_is_cut(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener(engine)
    peer = TcpPeer(await listener.open("127.0.0.1", 0))
    frontend = Frontend(peer)
    await frontend.connect()
    asked = asyncio.Event()

    def never(decide: Callable[[Catalog], Decision], done: Callable[[Outcome], None]) -> Request:
        asked.set()
        return Request(decide, done)

    monkeypatch.setattr(engine.committer, "begin", never)
    await frontend.send(Query(create("m")))
    await asked.wait()

    await listener.close(within=0.05)

    assert await frontend.read() == "ErrorResponse FATAL 57P01 terminating connection due to administrator command"
    assert await frontend.read() == "closed"
    await peer.aclose()


async def test_a_fault_in_the_catalog_is_an_incident_and_no_more(
    engine: Engine, peer: MemoryPeer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "APIKEY = 'of the statement that the fault quotes'"

    def broken(self: Catalog, name: str) -> None:
        raise RuntimeError(secret)

    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "find_project", broken)
        answers = await Frontend(peer).ask(Query("USE other"))

    assert answers[0].startswith("ErrorResponse ERROR XX000 internal error ")
    assert await Frontend(peer).ask(SHOW) == SHOWN
    captured = capsys.readouterr()
    assert "RuntimeError" in captured.out + captured.err
    assert secret not in "".join((*answers, captured.out, captured.err))


async def test_a_long_answer_waits_for_its_reader_and_then_goes_on(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)
    for number in range(100):
        await frontend.ask(Query(create(f"m{number}", comment="x" * 1_000)))
    begun = peer.transport.writes
    pause_after(peer, begun + 1)

    await frontend.send(Query("SHOW MODELS"), SHOW)
    for _ in range(5):
        await asyncio.sleep(0)

    assert peer.transport.writes == begun + 1
    peer.connection.resume_writing()
    assert len(await frontend.read_until("ReadyForQuery")) == 103
    assert await frontend.read_until("ReadyForQuery") == SHOWN


@pytest.mark.parametrize(("key", "warnings"), [(None, 0), (b"none", 1)])
async def test_a_cancel_request_is_checked_and_disturbs_nobody(
    engine: Engine, capsys: pytest.CaptureFixture[str], key: bytes | None, warnings: int
) -> None:
    listener = Listener(engine)
    port = await listener.open("127.0.0.1", 0)
    session, other = TcpPeer(port), TcpPeer(port)
    frontend = Frontend(session)
    await frontend.connect()
    (connection,) = listener._connections.values()
    request = CancelRequest(connection.key.process_id, key or connection.key.secret_key)

    await other.send(request.encode())

    assert await Frontend(other).read() == "closed"
    assert await frontend.ask(SHOW) == SHOWN
    captured = capsys.readouterr()
    assert (captured.out + captured.err).count("wrong key in cancel request") == warnings
    for peer in (session, other):
        await peer.aclose()
    await listener.close(within=5)


async def test_what_was_answered_before_is_taken_at_once_and_leaves_nothing_to_the_loop(peer: MemoryPeer) -> None:
    frontend = Frontend(peer)
    assert peer.connection.take(SHOW.encode()) is False
    assert await frontend.read_until("ReadyForQuery") == SHOWN

    assert peer.connection.take(SHOW.encode()) is True
    assert await frontend.read_until("ReadyForQuery") == SHOWN


async def test_the_loop_is_told_when_the_client_turns_out_to_be_gone(
    peer: MemoryPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Frontend(peer).ask(SHOW)
    monkeypatch.setattr(peer.transport, "write", lambda data: peer.transport.abort())

    assert peer.connection.take(SHOW.encode()) is False


async def test_a_fault_in_a_kept_answer_ends_its_connection_and_not_the_loop(
    peer: MemoryPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes) -> None:
        raise AssertionError("a fault of ours")

    await Frontend(peer).ask(SHOW)
    monkeypatch.setattr(peer.transport, "write", fail)

    assert peer.connection.take(SHOW.encode()) is False
    assert peer.transport.is_closing()


async def test_in_tls_too_what_was_answered_before_is_given_again(engine: Engine, tmp_path: Path) -> None:
    clear = Frontend(MemoryPeer(engine))
    secure = Frontend(await TlsPeer.begin(engine, tmp_path))
    await clear.connect()
    await secure.connect()
    assert await clear.ask(SHOW) == SHOWN
    before = sum(engine.meter.repeated.values())

    assert await secure.ask(SHOW) == SHOWN
    assert await secure.ask(SHOW) == SHOWN

    assert sum(engine.meter.repeated.values()) == before + 2


async def test_in_tls_too_a_lone_change_makes_no_task(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bytes] = []
    begin_change = Session.begin_change

    def note(self: Session, packet: bytes, done: Callable[[Outcome], None]) -> Request | None:
        request = begin_change(self, packet, done)
        if request is not None:
            begun.append(packet)
        return request

    monkeypatch.setattr(Session, "begin_change", note)
    secure = Frontend(await TlsPeer.begin(engine, tmp_path))
    await secure.connect()
    change = Query(create("m"))

    assert await secure.ask(change) == ["CommandComplete CREATE MODEL", "ReadyForQuery I"]
    assert begun == [change.encode()]


async def test_what_comes_with_the_closing_alert_is_answered_even_if_a_change_ends_meanwhile(
    engine: Engine, tmp_path: Path
) -> None:
    peer = await TlsPeer.begin(engine, tmp_path)
    secure = Frontend(peer)
    await secure.connect()
    assert peer.connection.take(peer.encrypt(Query(create("m")).encode())) is False

    assert peer.connection.take(peer.encrypt(SHOW.encode()) + peer.closing_alert()) is False
    peer.connection.cancel()

    assert (await secure.read()).startswith("ErrorResponse ERROR 57014")
    assert await secure.read() == "ReadyForQuery I"
    assert await secure.read_until("ReadyForQuery") == SHOWN
    assert await secure.read() == "closed"

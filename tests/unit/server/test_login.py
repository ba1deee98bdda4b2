"""Logging in, message by message, over a Connection in memory: passwords, TLS, pauses, limits."""

import asyncio
import gc
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from scramp import ScramClient

from protocol.backend_messages import AuthenticationSASL, ErrorResponse, decode_authentication
from protocol.frontend_messages import PasswordMessage, Query, SASLInitialResponse
from protocol.startup_messages import GSSENCRequest, SSLRequest, StartupMessage
from server import quick_loop
from server.access import Access
from server.admission import Limits, Method
from server.bootstrap import open_engine
from server.connection import Connection
from server.engine import Engine
from server.listener import Listener
from server.prepared import Workspace
from server.store.memory import MemoryStore
from server.tls import TlsChannel
from tests.certificates import Authority
from tests.wire.peers import MemoryPeer, make_access
from tests.wire.script import Frontend

MECHANISM = "SCRAM-SHA-256"


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    return await open_engine(
        MemoryStore(), tmp_path, project="modeld", owner="modeld", owner_password="pencil", environment_key=None
    )


def startup(user: str = "modeld") -> StartupMessage:
    return StartupMessage(3, 0, (("user", user), ("database", "modeld")))


class Messages:
    """What the server sent, message by message and whole."""

    def __init__(self, peer: MemoryPeer) -> None:
        self._peer = peer
        self._data = b""

    async def next(self) -> tuple[bytes, bytes]:
        """Type byte and body; (b"", b"") at the end."""
        while len(self._data) < 5 or len(self._data) <= int.from_bytes(self._data[1:5]):
            data = await self._peer.receive()
            if not data:
                return b"", b""
            self._data += data
        end = int.from_bytes(self._data[1:5]) + 1
        message, self._data = self._data[:end], self._data[end:]
        return message[:1], message[5:]


async def log_in(peer: MemoryPeer, password: str, user: str = "modeld") -> str:
    """The letters of what the server answered with, up to its first ReadyForQuery or its error's message."""
    messages = Messages(peer)
    await peer.send(startup(user).encode())
    kind, body = await messages.next()
    if kind == b"E":
        return ErrorResponse.decode(body).fields.message
    offer = decode_authentication(body)
    assert isinstance(offer, AuthenticationSASL)
    client = ScramClient(offer.mechanisms, "ignored", password)
    await peer.send(SASLInitialResponse(MECHANISM, client.get_client_first().encode()).encode())
    _, body = await messages.next()
    client.set_server_first(body[4:].decode())
    await peer.send(PasswordMessage(client.get_client_final().encode()).encode())
    kind, body = await messages.next()
    if kind == b"E":
        assert (await messages.next()) == (b"", b"")
        return ErrorResponse.decode(body).fields.message
    client.set_server_final(body[4:].decode())
    kind, body = await messages.next()
    return "in" if kind == b"R" else ErrorResponse.decode(body).fields.message


def scram(limits: Limits | None = None) -> Access:
    return make_access(Method.SCRAM, limits=limits)


async def test_the_password_opens(engine: Engine) -> None:
    assert await log_in(MemoryPeer(engine, access=scram()), "pencil") == "in"


async def test_the_password_opens_byte_by_byte(engine: Engine) -> None:
    assert await log_in(MemoryPeer(engine, access=scram(), split=True), "pencil") == "in"


@pytest.mark.parametrize("user", ["modeld", "nobody"])
async def test_nothing_tells_an_unknown_user_from_a_wrong_password(engine: Engine, user: str) -> None:
    salts = []
    for _ in range(2):
        messages, peer = [], MemoryPeer(engine, access=scram())
        frontend = Frontend(peer)
        await frontend.send(startup(user))
        messages.append(await frontend.read())
        await frontend.send(SASLInitialResponse(MECHANISM, b"n,,n=,r=nonce").encode())
        data = await peer.receive()
        first = dict(field.split("=", 1) for field in data[9:].decode().split(","))
        salts.append((first["s"], first["i"]))
        await frontend.send(PasswordMessage(f"c=biws,r={first['r']},p={'A' * 43}=".encode()))
        messages += await frontend.read_until("closed")

        assert messages == [
            "AuthenticationSASL",
            f'ErrorResponse FATAL 28P01 password authentication failed for user "{user}"',
            "closed",
        ]
    assert salts[0] == salts[1]
    assert salts[0][1] == "4096"


async def test_the_database_is_not_told_to_who_is_not_in(engine: Engine) -> None:
    peer = MemoryPeer(engine, access=scram())
    frontend = Frontend(peer)

    await frontend.send(StartupMessage(3, 0, (("user", "modeld"), ("database", "nothing"), ("nothing", "1"))))

    assert await frontend.read() == "AuthenticationSASL"


async def test_after_a_refused_login_nothing_is_run(engine: Engine) -> None:
    peer = MemoryPeer(engine, access=scram())
    frontend = Frontend(peer)

    await frontend.send(startup(), Query("CREATE SCHEMA s"))

    assert await frontend.read_until("closed") == [
        "AuthenticationSASL",
        "ErrorResponse FATAL 08P01 expected password response, got message type 81",
        "closed",
    ]
    assert engine.committer.catalog.find_schema("modeld", "s") is None


async def test_a_password_that_nobody_asked_for_is_refused(engine: Engine) -> None:
    peer = MemoryPeer(engine)
    frontend = Frontend(peer)
    await frontend.connect()

    await frontend.send(PasswordMessage(b"secret\0"))

    assert (await frontend.read_until("closed"))[0].startswith("ErrorResponse FATAL 08P01 ")


async def test_a_newer_protocol_is_negotiated_before_the_password(engine: Engine) -> None:
    frontend = Frontend(MemoryPeer(engine, access=scram()))

    await frontend.send(StartupMessage(3, 9, (("user", "modeld"),)))

    assert [await frontend.read(), await frontend.read()] == ["NegotiateProtocolVersion 3.2", "AuthenticationSASL"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"", "08P01 invalid string in message"),
        (b"PLAIN\0\0\0\0\0", "08P01 client selected an invalid SASL authentication mechanism"),
        (b"SCRAM-SHA-256\0\0\0\0\1n", "08P01 malformed SCRAM message"),
    ],
)
async def test_a_broken_step_ends_the_conversation(engine: Engine, body: bytes, answer: str) -> None:
    frontend = Frontend(MemoryPeer(engine, access=scram()))

    await frontend.send(startup(), PasswordMessage(body))

    assert await frontend.read_until("closed") == ["AuthenticationSASL", f"ErrorResponse FATAL {answer}", "closed"]


async def test_who_failed_often_waits_before_the_challenge(engine: Engine) -> None:
    access = scram(Limits(longest_pause=0.1))
    for _ in range(3):
        assert "failed" in await log_in(MemoryPeer(engine, access=access), "wrong")
    peer = MemoryPeer(engine, access=access)
    frontend = Frontend(peer)

    await frontend.send(startup())

    assert peer.transport.written.empty()
    assert not peer.transport.is_reading()
    assert await frontend.read() == "AuthenticationSASL"
    assert peer.transport.is_reading()


async def test_who_leaves_in_the_pause_is_forgotten(engine: Engine) -> None:
    access = scram(Limits(longest_pause=0.05, logins=1))
    for _ in range(3):
        await log_in(MemoryPeer(engine, access=access), "wrong")
    peer = MemoryPeer(engine, access=access)
    await peer.send(startup().encode())

    peer.transport.abort()
    await asyncio.sleep(0.1)

    assert await peer.receive() == b""
    assert await log_in(MemoryPeer(engine, access=access), "pencil") == "in"


async def test_a_line_that_is_too_long_is_not_waited_in(engine: Engine) -> None:
    access = scram(Limits(longest_pause=0.2))
    for _ in range(5):
        await log_in(MemoryPeer(engine, access=access), "wrong")
    for _ in range(2):
        await MemoryPeer(engine, access=access).send(startup().encode())

    answer = await log_in(MemoryPeer(engine, access=access), "pencil")

    assert answer == 'too many failed logins for user "modeld"'


async def test_a_session_gives_its_place_back(engine: Engine) -> None:
    access = scram(Limits(sessions_per_user=1))
    first = MemoryPeer(engine, access=access)
    assert await log_in(first, "pencil") == "in"

    assert await log_in(MemoryPeer(engine, access=access), "pencil") == 'too many connections for role "modeld"'
    first.transport.abort()

    assert await log_in(MemoryPeer(engine, access=access), "pencil") == "in"


async def test_far_too_many_clients_are_not_listened_to(engine: Engine) -> None:
    access = scram(Limits(logins=1))
    peers = [MemoryPeer(engine, access=access) for _ in range(3)]

    assert [peer.transport.is_closing() for peer in peers] == [False, False, True]
    await peers[1].send(startup().encode())
    assert (await Frontend(peers[1]).read_until("closed"))[0].startswith("ErrorResponse FATAL 53300 ")


# TLS.


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@dataclass
class ClientEnd:
    tls: ssl.SSLObject
    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO

    async def read(self, peer: MemoryPeer) -> bytes:
        self.incoming.write(await peer.receive())
        return self.tls.read()


async def shake_hands(peer: MemoryPeer, authority: Authority, *, direct: bool) -> "ClientEnd":
    """Handshake and startup packet."""
    context = ssl.create_default_context(cafile=authority.certificate)
    context.set_alpn_protocols(["postgresql"])
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    if not direct:
        await peer.send(SSLRequest().encode())
        assert await peer.receive() == b"S"
    while True:
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            await peer.send(outgoing.read())
            incoming.write(await peer.receive())
        else:
            await peer.send(outgoing.read())
            client.write(startup().encode())
            await peer.send(outgoing.read())
            return ClientEnd(client, incoming, outgoing)


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("split", [False, True])
async def test_a_session_in_tls(engine: Engine, authority: Authority, direct: bool, split: bool) -> None:
    access = make_access(tls_files=authority.server(), tls_required=True)
    peer = MemoryPeer(engine, access=access, split=split)

    client = await shake_hands(peer, authority, direct=direct)

    assert (await client.read(peer)).startswith(b"R\0\0\0\x08\0\0\0\0")
    peer.connection.shut_down()
    assert b"57P01" in await client.read(peer)
    assert await client.read(peer) == b""
    assert await peer.receive() == b""


async def test_bytes_in_clear_behind_the_request_are_refused(engine: Engine, authority: Authority) -> None:
    frontend = Frontend(MemoryPeer(engine, access=make_access(tls_files=authority.server())))

    await frontend.send(SSLRequest(), startup())

    assert await frontend.read_until("closed") == [
        "ErrorResponse FATAL 08P01 received unencrypted data after SSL request",
        "closed",
    ]


async def test_bytes_in_clear_in_place_of_the_handshake_are_refused(engine: Engine, authority: Authority) -> None:
    peer = MemoryPeer(engine, access=make_access(tls_files=authority.server()))
    await peer.send(SSLRequest().encode())
    assert await peer.receive() == b"S"

    await peer.send(startup().encode())

    assert peer.transport.is_closing()
    assert not any(b"modeld" in peer.transport.written.get_nowait() for _ in range(peer.transport.written.qsize()))


async def test_gssapi_is_refused_and_tls_then_taken(engine: Engine, authority: Authority) -> None:
    peer = MemoryPeer(engine, access=make_access(tls_files=authority.server()))
    await peer.send(GSSENCRequest().encode())
    assert await peer.receive() == b"N"

    client = await shake_hands(peer, authority, direct=False)

    assert (await client.read(peer)).endswith(b"Z\0\0\0\5I")


async def test_a_handshake_without_certificates_is_no_startup_packet(engine: Engine) -> None:
    frontend = Frontend(MemoryPeer(engine))

    await frontend.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")

    assert (await frontend.read_until("closed"))[0] == "ErrorResponse FATAL 08P01 invalid length of startup packet"


async def test_a_handshake_that_stops_is_let_go(engine: Engine, authority: Authority) -> None:
    peer = MemoryPeer(engine, access=make_access(tls_files=authority.server(), limits=Limits(login_timeout=0.05)))

    await peer.send(b"\x16")

    assert await peer.receive() == b""


async def test_an_encrypted_greeting_leaves_in_one_write(engine: Engine, authority: Authority) -> None:
    peer = MemoryPeer(engine, access=make_access(tls_files=authority.server()))

    client = await shake_hands(peer, authority, direct=False)

    assert (await client.read(peer)).endswith(b"Z\0\0\0\5I")
    assert peer.transport.written.empty()


async def test_a_client_that_ends_tls_is_let_go(engine: Engine, authority: Authority) -> None:
    peer = MemoryPeer(engine, access=make_access(tls_files=authority.server()))
    client = await shake_hands(peer, authority, direct=False)
    await client.read(peer)
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()

    await peer.send(client.outgoing.read())

    assert peer.transport.is_closing()


async def test_a_changed_byte_ends_the_conversation(engine: Engine, authority: Authority) -> None:
    peer = MemoryPeer(engine, access=make_access(tls_files=authority.server()))
    client = await shake_hands(peer, authority, direct=False)
    await client.read(peer)
    client.tls.write(Query("CREATE SCHEMA s").encode())
    data = bytearray(client.outgoing.read())
    data[-1] ^= 1

    await peer.send(bytes(data))

    assert peer.transport.is_closing()
    assert engine.committer.catalog.find_schema("modeld", "s") is None


# What is left of a connection.


@pytest.mark.parametrize("make_loop", [asyncio.new_event_loop, quick_loop.make_loop])
def test_who_does_not_log_in_leaves_nothing_for_the_collector(
    tmp_path: Path, authority: Authority, make_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    """It comes by after thousands of objects; connections that wait for it, of strangers, could fill the memory."""

    async def knock() -> list[object]:
        engine = await open_engine(MemoryStore(), tmp_path, project="p", owner="o", environment_key=None)
        listener = Listener(engine, make_access(tls_files=authority.server(), limits=Limits(login_timeout=0.1)))
        port = await listener.open("127.0.0.1", 0)
        for packet in (b"", b"\x16\x03\x01\x40\x00half of a hello", SSLRequest().encode(), startup("nobody").encode()):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(packet)
            await reader.read()
            writer.close()
        await listener.close(within=1)
        return [each for each in gc.get_objects() if isinstance(each, Connection | TlsChannel)]

    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            assert runner.run(knock()) == []
    finally:
        gc.enable()


async def test_what_a_session_has_prepared_goes_with_it(engine: Engine) -> None:
    peer = MemoryPeer(engine)
    await Frontend(peer).connect()
    await peer.send(Query(f"PREPARE long AS SELECT '{'x' * 1_000_000}'").encode())
    await Messages(peer).next()
    workspace = next(each for each in gc.get_objects() if isinstance(each, Workspace) and "long" in each.statements)

    peer.connection.connection_lost(None)

    assert workspace.statements == {}

"""Servers for wire scripts: a Connection in memory, and anything that listens on TCP."""

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from protocol.backend_messages import BackendKeyData
from protocol.startup_messages import CancelRequest
from server.access import Access
from server.admission import Admission, Limits, Method
from server.bootstrap import open_engine
from server.connection import Connection
from server.engine import Engine
from server.store.memory import MemoryStore
from server.tls import ALPN, TlsFiles
from tests.certificates import Authority

# Long enough for any answer; a test that waits for it has failed.
PATIENCE = 5.0


async def make_engine(folder: Path) -> Engine:
    """A fresh catalog in memory, with project and owner `modeld`."""
    return await open_engine(MemoryStore(), folder, project="modeld", owner="modeld", environment_key=None)


def make_access(
    method: Method = Method.TRUST,
    *,
    tls_files: TlsFiles | None = None,
    tls_required: bool = False,
    limits: Limits | None = None,
) -> Access:
    """Trust where nothing else is said, and patience."""
    admission = Admission(limits or Limits(login_timeout=PATIENCE), time.monotonic)
    return Access(method, tls_files, tls_required, admission=admission)


class MemoryTransport(asyncio.Transport):
    """Keeps what is written; nothing is ever unsent."""

    def __init__(self) -> None:
        super().__init__()
        self.written: asyncio.Queue[bytes] = asyncio.Queue()
        self.writes = 0
        self._paused = False
        self.options: list[tuple[int, int, int]] = []
        self._closing = False
        self._protocol: Connection | None = None

    def attach(self, connection: Connection) -> None:
        self._protocol = connection
        connection.connection_made(self)

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self if name == "socket" else default

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self.options.append((level, option, value))

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes += 1
        self.written.put_nowait(bytes(data))

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False

    def is_reading(self) -> bool:
        return not self._paused

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self.written.put_nowait(b"")
            assert self._protocol is not None
            self._protocol.connection_lost(None)

    def abort(self) -> None:
        self.close()


class MemoryPeer:
    """A connection without a socket.

    Args:
        split: every byte arrives alone.
        access: who may come in; trust where nothing is said.
    """

    user = database = "modeld"

    def __init__(self, engine: Engine, *, split: bool = False, access: Access | None = None) -> None:
        self.canceled: list[CancelRequest] = []
        self.transport = MemoryTransport()
        self._split = split
        self.connection = Connection(
            engine,
            BackendKeyData(1, b"\1\2\3\4"),
            access=access or make_access(),
            on_cancel=self.canceled.append,
            on_lost=lambda connection: None,
        )
        self.transport.attach(self.connection)

    async def send(self, data: bytes) -> None:
        for piece in self._pieces(data):
            if self.transport.is_closing():
                return
            buffer = self.connection.get_buffer(len(piece))
            buffer[: len(piece)] = piece
            self.connection.buffer_updated(len(piece))

    async def receive(self) -> bytes:
        return await asyncio.wait_for(self.transport.written.get(), PATIENCE)

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        size = 1 if self._split else len(self.connection.get_buffer(-1))
        return (data[at : at + size] for at in range(0, len(data), size))


class TlsPeer(MemoryPeer):
    """A connection without a socket that is encrypted from its first byte on.

    Args:
        split: every byte arrives alone.
    """

    def __init__(self, engine: Engine, authority: Authority, *, split: bool = False) -> None:
        super().__init__(engine, split=split, access=make_access(tls_files=authority.server()))
        context = ssl.create_default_context(cafile=authority.certificate)
        context.set_alpn_protocols([ALPN])
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")

    @classmethod
    async def begin(cls, engine: Engine, folder: Path, *, split: bool = False) -> Self:
        """A peer that has shaken hands; the certificates come into the folder."""
        peer = cls(engine, Authority(folder), split=split)
        await peer._shake_hands()
        return peer

    async def send(self, data: bytes) -> None:
        await super().send(self.encrypt(data))

    def encrypt(self, data: bytes) -> bytes:
        self._tls.write(data)
        return self._outgoing.read()

    def closing_alert(self) -> bytes:
        with suppress(ssl.SSLWantReadError):  # the server's own is not waited for
            self._tls.unwrap()
        return self._outgoing.read()

    async def receive(self) -> bytes:
        while True:
            try:
                return self._tls.read(65536)
            except ssl.SSLZeroReturnError:  # what there is at the end for a peer that has ended its own side
                return b""
            except ssl.SSLWantReadError:
                self._incoming.write(await super().receive())

    async def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                await super().send(self._outgoing.read())
                self._incoming.write(await super().receive())


class TcpPeer:
    """A server on this machine."""

    def __init__(self, port: int, *, user: str = "modeld", database: str = "modeld") -> None:
        self.user, self.database, self._port = user, database, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: bytes) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        self._streams[1].write(data)

    async def receive(self) -> bytes:
        assert self._streams is not None
        try:
            return await asyncio.wait_for(self._streams[0].read(65536), PATIENCE)
        except ConnectionResetError:
            return b""

    async def aclose(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            with suppress(ConnectionError):
                await self._streams[1].wait_closed()

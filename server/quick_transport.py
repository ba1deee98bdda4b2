"""Listening and connected sockets on a `QuickLoop`: what the standard loop's do, in fewer steps. Linux.

The standard loop makes a task, a future and three handles of each connection that it accepts, and looks every socket up
in its selector's map; that is half of what a login costs the server. Laws: as asyncio's for transports and protocols,
but that what has come is given to the protocol's `take` as bytes, within the selector's call.
"""

import asyncio
import errno
import select
import socket
import sys
from collections.abc import Callable
from typing import Final, Protocol, cast

import structlog

from server.quick_loop import QuickLoop

_log = structlog.get_logger("modeld")

_READ_BYTES: Final = 16 * 1024
_DEFAULT_HIGH: Final = 64 * 1024
# Connections taken in one go; the others have their turn meanwhile.
_MOST_ACCEPTED: Final = 64
# When the system has no descriptors or memory left: seconds until the next try, as asyncio's.
_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE: Final = 1.0


class Taker(Protocol):
    """What a transport needs of a protocol."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...

    def take(self, data: bytes) -> bool:
        """What has come; False when something is left to the loop. It must not raise."""

    def eof_received(self) -> bool | None:
        """The peer sends no more; the protocol closes the transport when it wants no more either."""

    def pause_writing(self) -> None: ...

    def resume_writing(self) -> None: ...

    def connection_lost(self, error: Exception | None) -> None: ...


class Listening(Protocol):
    """A socket that accepts connections."""

    def close(self) -> None: ...


class QuickTransport(asyncio.Transport):
    """One connected socket."""

    __slots__ = (
        "_closing",
        "_descriptor",
        "_ended",
        "_events",
        "_high",
        "_loop",
        "_lost",
        "_low",
        "_paused",
        "_peer",
        "_protocol",
        "_selector",
        "_socket",
        "_unsent",
    )  # fmt: skip

    def __init__(self, loop: QuickLoop, connected: socket.socket, peer: object, protocol: Taker) -> None:
        super().__init__()
        self._loop = loop
        self._selector = loop.quick
        self._socket = connected
        self._descriptor = connected.fileno()
        self._peer = peer
        self._protocol = protocol
        self._unsent = bytearray()
        self._high, self._low = _DEFAULT_HIGH, _DEFAULT_HIGH // 4
        self._paused = False
        self._ended = False
        self._closing = False
        self._lost = False
        self._events = 0
        protocol.connection_made(self)
        if not self._closing:
            self._attend(select.EPOLLIN)

    # What the selector calls.

    def _act(self, events: int) -> bool:
        if self._events & select.EPOLLOUT and events & ~select.EPOLLIN:
            self._send_more()
        if not (self._events & select.EPOLLIN and events & ~select.EPOLLOUT):
            return False
        try:
            data = self._socket.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError as error:
            self._lose(error)
            return False
        if data:
            return self._protocol.take(data)
        self._ended = True
        self._attend(self._events & ~select.EPOLLIN)
        self._loop.call_soon(self._end)
        return False

    def _end(self) -> None:
        if not self._closing and not self._protocol.eof_received():
            self.close()

    def _attend(self, events: int) -> None:
        """Have these events told; with none at all the system tells errors neither."""
        before, self._events = self._events, events
        if events == before:
            return
        if not before:
            self._selector.attend(self._descriptor, events, self._act)
        elif events:
            self._selector.change(self._descriptor, events)
        else:
            self._selector.leave(self._descriptor)

    # What the protocol calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._lost:
            return
        if not self._unsent:
            try:
                sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self._lose(error)
                return
            if sent == len(data):
                return
            data = data[sent:]
            self._attend(self._events | select.EPOLLOUT)
        self._unsent += data
        if len(self._unsent) > self._high and not self._paused:
            self._paused = True
            self._protocol.pause_writing()

    def _send_more(self) -> None:
        try:
            sent = self._socket.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        del self._unsent[:sent]
        if not self._unsent:
            self._attend(self._events & ~select.EPOLLOUT)
            if self._closing:
                self._loop.call_soon(self._finish, None)
        if self._paused and len(self._unsent) <= self._low:
            self._paused = False
            self._loop.call_soon(self._resume)

    def _resume(self) -> None:
        if not self._paused and not self._lost:
            self._protocol.resume_writing()

    def close(self) -> None:
        """Send what is left, and hang up."""
        if self._closing:
            return
        self._closing = True
        self._attend(self._events & ~select.EPOLLIN)
        if not self._unsent:
            self._loop.call_soon(self._finish, None)

    def abort(self) -> None:
        """Hang up at once."""
        self._lose(None)

    def _lose(self, error: Exception | None) -> None:
        if self._lost:
            return
        finishing = self._closing and not self._unsent
        self._lost = self._closing = True
        self._unsent.clear()
        self._attend(0)
        if not finishing:
            self._loop.call_soon(self._finish, error)

    def _finish(self, error: Exception | None) -> None:
        self._lost = True
        try:
            self._protocol.connection_lost(error)
        finally:
            self._socket.close()
            # The two know each other; as in asyncio, this is where that ends.
            del self._protocol

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        self._attend(self._events & ~select.EPOLLIN)

    def resume_reading(self) -> None:
        if not (self._closing or self._ended):
            self._attend(self._events | select.EPOLLIN)

    def is_reading(self) -> bool:
        return bool(self._events & select.EPOLLIN)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = _DEFAULT_HIGH if high is None else high
        self._low = self._high // 4 if low is None else low

    def get_write_buffer_size(self) -> int:
        return len(self._unsent)

    def get_extra_info(self, name: str, default: object = None) -> object:
        match name:
            case "socket":
                return self._socket
            case "peername":
                return self._peer
            case "sockname":
                return self._socket.getsockname()
            case _:
                return default


class QuickListener:
    """One listening socket."""

    def __init__(self, loop: QuickLoop, listening: socket.socket, make_protocol: Callable[[], Taker]) -> None:
        self._loop = loop
        self._socket = listening
        self._make_protocol = make_protocol
        self._retry: asyncio.TimerHandle | None = None
        listening.setblocking(False)
        loop.add_reader(listening, self._accept)

    def _accept(self) -> None:
        for _ in range(_MOST_ACCEPTED):
            try:
                connected, peer = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    raise
                _log.error("no connection accepted", reason=error.strerror)
                self._loop.remove_reader(self._socket)
                self._retry = self._loop.call_later(_PAUSE, self._loop.add_reader, self._socket, self._accept)
                return
            connected.setblocking(False)
            QuickTransport(self._loop, connected, peer, self._make_protocol())

    def close(self) -> None:
        """Accept no more."""
        if self._retry is not None:
            self._retry.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()


async def listen(make_protocol: Callable[[], Taker], address: str, port: int, backlog: int) -> tuple[Listening, int]:
    """Accept connections at an IP address; returns the port, the one found for port 0.

    Raises:
        OSError: the address cannot be had.
    """
    loop = asyncio.get_running_loop()
    if sys.platform == "linux" and isinstance(loop, QuickLoop):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listening = socket.create_server((address, port), family=family, backlog=backlog)
        return QuickListener(loop, listening, make_protocol), _port_of(listening.getsockname())
    make = cast("Callable[[], asyncio.BaseProtocol]", make_protocol)
    server = await loop.create_server(make, address, port, backlog=backlog)
    return server, _port_of(server.sockets[0].getsockname())


def _port_of(address: tuple[str, int]) -> int:
    return address[1]

"""One socket: bytes between the transport and the conversation, in order and with limits.

A `BufferedProtocol`, since the stock transports allocate 256 KiB for every read, at three times the cost
of a whole cached answer. What one received packet gives rise to goes out in one write. Messages are
taken one at a time; most are answered at once, and only one that has to wait becomes a task, during
which the next ones stay in the buffer and, beyond a limit, in the socket.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

import structlog

from protocol.backend import NEED_DATA, Backend, NoMessage
from protocol.backend_messages import BackendKeyData
from protocol.errors import RemoteProtocolError
from protocol.frontend_messages import FrontendMessage
from protocol.startup_messages import CancelRequest, GSSENCRequest, SSLRequest, StartupMessage
from server.eager import run_eagerly
from server.errors import Condition
from server.executor import Engine
from server.replies import error_response, fatal_response
from server.session import Session
from server.startup import start_session

_log = structlog.get_logger("modeld")

# One buffer for all connections of the loop: it is filled and emptied in one go, so that an idle
# connection holds none.
_RECEIVE_BUFFER = memoryview(bytearray(64 * 1024))
# Reading stops while a message is being worked on, or the client does not read, and this many bytes wait.
_MOST_WAITING = 1024 * 1024
# Answering stops while the client leaves more than this unread.
_MOST_UNSENT = 256 * 1024


class Connection(asyncio.BufferedProtocol):
    """One client.

    Args:
        key: what a CancelRequest for this connection must show.
        startup_timeout: seconds within which the client has to log in.
        refusal: why the client is not served, to be told in answer to its startup packet.
        on_cancel: told of each CancelRequest.
        on_lost: told when the connection has gone.
    """

    def __init__(
        self,
        engine: Engine,
        key: BackendKeyData,
        *,
        startup_timeout: float,
        refusal: Condition | None,
        on_cancel: Callable[[CancelRequest], None],
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self.key = key
        self._engine = engine
        self._startup_timeout = startup_timeout
        self._refusal = refusal
        self._on_cancel = on_cancel
        self._on_lost = on_lost
        self._backend = Backend()
        self._session: Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._unsent: list[bytes] = []
        self._unsent_size = 0
        self._writable: asyncio.Future[None] | None = None
        self._stopping = False
        self._ended = False

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_MOST_UNSENT)
        # asyncio does so itself only when the listening socket was made with its protocol number.
        self._transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        self._startup_timer = loop.call_later(self._startup_timeout, self._startup_timed_out)

    def get_buffer(self, sizehint: int) -> memoryview:
        return _RECEIVE_BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        self._backend.receive_data(_RECEIVE_BUFFER[:nbytes])
        self._pump()
        held_up = self._task is not None or self._writable is not None
        if held_up and self._backend.waiting > _MOST_WAITING:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        # As in PostgreSQL, what the client sent before is still done and answered.
        self._ended = True
        self._pump()
        return True

    def pause_writing(self) -> None:
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None
            self._transport.resume_reading()
            self._pump()

    def connection_lost(self, error: Exception | None) -> None:
        self._startup_timer.cancel()
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
        self._on_lost(self)

    # What the session calls.

    def write(self, data: bytes) -> None:
        self._unsent.append(data)
        self._unsent_size += len(data)

    async def drain(self) -> None:
        self._flush()
        if self._writable is not None:
            await asyncio.shield(self._writable)
        else:
            # A long answer lets others have their turn between its pieces.
            await asyncio.sleep(0)

    # What the listener calls.

    def shut_down(self) -> None:
        """End the session as soon as the message under way is answered."""
        self._stopping = True
        if self._task is None:
            self._close(fatal=Condition.SHUTTING_DOWN)

    def abort(self) -> None:
        """Let go of the client at once."""
        self._transport.abort()

    # The conversation.

    def _pump(self) -> None:
        """Take messages until one has to wait, the client has to read, or nothing is left."""
        while self._task is None and self._writable is None and not self._transport.is_closing():
            if self._stopping:
                self._close(fatal=Condition.SHUTTING_DOWN)
                return
            try:
                message = self._backend.next_message()
            except RemoteProtocolError as error:
                self._refuse_message(error)
                continue
            if message is NEED_DATA and not self._ended:
                break
            if isinstance(message, NoMessage):
                self._close()
                return
            self._take(message)
            if self._unsent_size > _MOST_UNSENT:
                self._flush()
        self._flush()

    def _take(self, message: FrontendMessage) -> None:
        if self._session is not None:
            task = run_eagerly(self._session.handle(message))
            if task is not None:
                self._task = task
                task.add_done_callback(self._task_done)
            return
        match message:
            case SSLRequest() | GSSENCRequest():
                self.write(self._backend.refuse_encryption())
            case CancelRequest():
                self._on_cancel(message)
            case StartupMessage():
                self._start(message)
            case _:
                raise AssertionError(f"{type(message).__name__} before the session began")

    def _start(self, message: StartupMessage) -> None:
        if self._refusal is not None:
            self._close(fatal=self._refusal)
            return
        try:
            self._session = start_session(self._engine, message, self._backend, self, self.key)
        except Exception as error:  # noqa: BLE001  whatever it is, the client is told and let go
            self._close(error=error)
            return
        self._startup_timer.cancel()

    def _task_done(self, task: "asyncio.Task[None]") -> None:
        self._task = None
        if task.cancelled() or self._transport.is_closing():
            return
        error = task.exception()
        if error is not None:
            _log.error("connection failed", exception=type(error).__name__)
            self.abort()
            return
        self._transport.resume_reading()
        self._pump()

    def _refuse_message(self, error: RemoteProtocolError) -> None:
        if self._session is None or error.fatal:
            self._close(error=error)
        else:
            self._session.refuse_message(error)

    def _startup_timed_out(self) -> None:
        if self._session is None:
            self._close(fatal=Condition.STARTUP_TIMEOUT)

    def _close(self, *, fatal: Condition | None = None, error: Exception | None = None) -> None:
        """Say the last word, if there is one, and hang up when it is sent."""
        if fatal is not None:
            self.write(self._backend.send(fatal_response(fatal)))
        elif error is not None:
            self.write(self._backend.send(error_response(error, fatal=True)))
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._unsent:
            data = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
            self._unsent.clear()
            self._unsent_size = 0
            self._transport.write(data)

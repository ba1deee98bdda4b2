"""One socket: bytes between the transport and the conversation, in order and with limits, in clear or in TLS.

A `BufferedProtocol`, since the stock transports allocate 256 KiB for every read, at three times the cost
of a whole cached answer. What one received packet gives rise to goes out in one write. Messages are
taken one at a time; most are answered at once, and only one that has to wait becomes a task, during
which the next ones stay in the buffer and, beyond a limit, in the socket.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import cast

import structlog

from protocol.backend import NEED_DATA, Backend, NoMessage
from protocol.backend_messages import BackendKeyData, ErrorResponse
from protocol.errors import RemoteProtocolError
from protocol.frontend_messages import FrontendMessage, PasswordMessage
from protocol.phases import Phase
from protocol.startup_messages import CancelRequest, GSSENCRequest, SSLRequest, StartupMessage
from server.access import Access
from server.committer import Outcome, Request
from server.eager import run_eagerly
from server.engine import Engine, Peer
from server.errors import Condition
from server.keepalive import KeepAlive
from server.presence import Presence
from server.recorder import Recorder
from server.replies import error_response, fatal_response
from server.session import Session
from server.startup import Login
from server.timers import Timers
from server.tls import HANDSHAKE_BYTE, TlsChannel, TlsError

_log = structlog.get_logger("modeld")

# One buffer for all connections of the loop: it is filled and emptied in one go, so that an idle
# connection holds none.
_RECEIVE_BUFFER = memoryview(bytearray(64 * 1024))
# Reading stops while a message is being worked on, or the client does not read, and this many bytes wait.
_MOST_WAITING = 1024 * 1024
# Answering stops while the client leaves more than this unread.
_MOST_UNSENT = 256 * 1024
# Seconds within which a client that reads nothing has to take the last words to it.
_LAST_WORD = 10.0


class Connection(asyncio.BufferedProtocol):
    """One client.

    Args:
        key: what a CancelRequest for this connection must show.
        access: who may come in.
        on_cancel: told of each CancelRequest.
        on_lost: told when the connection has gone.
    """

    # There may be thousands, and without slots each would have a dictionary that it shares with no other.
    __slots__ = (
        "_access", "_address", "_backend", "_begun", "_ended", "_engine", "_hang_up", "_keepalive", "_last_timer",
        "_last_words", "_login", "_login_timer", "_loop", "_on_cancel", "_on_lost", "_peer", "_presence", "_recorder",
        "_session", "_startup_timer", "_stopping", "_task", "_timers", "_tls", "_transport", "_unsent", "_unsent_size",
        "_writable", "key",
    )  # fmt: skip

    def __init__(
        self,
        engine: Engine,
        key: BackendKeyData,
        *,
        access: Access,
        on_cancel: Callable[[CancelRequest], None],
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self.key = key
        self._engine = engine
        self._access = access
        self._on_cancel = on_cancel
        self._on_lost = on_lost
        self._backend = Backend()
        self._begun = False
        self._tls: TlsChannel | None = None
        self._login: Login | None = None
        self._login_timer: asyncio.TimerHandle | None = None
        self._session: Session | None = None
        self._recorder: Recorder | None = None
        # What the message under way waits for; a request is a change that the committer has to answer.
        self._task: asyncio.Task[None] | Request | None = None
        self._last_timer: asyncio.TimerHandle | None = None
        self._timers = Timers(self.cancel, self.end, self._idle_for_too_long)
        self._presence = Presence(self._is_in_doubt, self._send_anything)
        self._unsent: list[bytes] = []
        self._unsent_size = 0
        self._writable: asyncio.Future[None] | None = None
        self._stopping = False
        # Why the session ends with the message under way.
        self._hang_up: Condition | None = None
        self._ended = False
        # The SQLSTATE with which the connection was ended from here.
        self._last_words = ""

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_MOST_UNSENT)
        # asyncio does so itself only when the listening socket was made with its protocol number.
        connected: socket.socket = self._transport.get_extra_info("socket")
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._keepalive = KeepAlive(connected)
        self._peer = _find_peer(self._transport, self.key.process_id)
        self._address = self._peer.address[0] or ""
        loop = self._loop = asyncio.get_running_loop()
        timeout = self._access.admission.limits.login_timeout
        self._startup_timer = loop.call_later(timeout, self._startup_timed_out)
        if not self._access.admission.enter():
            self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        return _RECEIVE_BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        data = self._decrypt(bytes(_RECEIVE_BUFFER[:nbytes]))
        if data is not None and not self._answer_again(data):
            self._receive(data)

    def take(self, data: bytes) -> bool:
        """Answer at once what can be; False when the loop has to go on with it. What a `QuickTransport` calls."""
        try:
            clear = self._decrypt(data)
            if clear is None:
                return False
            if self._answer_again(clear):
                # A change has a turn of the loop ahead, and so has a transport that found its client gone.
                return self._task is None and not self._transport.is_closing()
        except Exception as error:  # noqa: BLE001  here it would end the loop, and with it the server
            self._fail(error)
            return False
        self._loop.call_soon(self._receive, clear)
        return False

    def _answer_again(self, packet: bytes) -> bool:
        """Answer a packet as it was answered before, if that is still right, or begin with it past the backend."""
        recorder = self._recorder
        if recorder is None or self._task is not None or self._writable is not None or self._stopping:
            return False
        if self._tls is not None and self._tls.ended:
            # The last packet, behind which the session has to end.
            return False
        answer = recorder.recall(packet)
        if answer is None:
            return self._begin_change(packet)
        self._send(answer)
        if self._timers.limits_idleness:
            self._follow_session()
        return True

    def _receive(self, data: bytes) -> None:
        """Read what has come and do what it says."""
        if self._transport.is_closing():
            return
        if self._recorder is not None and data:
            waits = self._task is not None or self._writable is not None or self._stopping
            self._recorder.record(None if waits else data)
        self._backend.receive_data(data)
        self._ended = self._ended or (self._tls is not None and self._tls.ended)
        self._pump()
        held_up = self._task is not None or self._writable is not None
        if held_up and self._backend.waiting > _MOST_WAITING:
            self._transport.pause_reading()
            self._presence.watch()

    def eof_received(self) -> bool:
        # As in PostgreSQL, what the client sent before is still done and answered.
        self._ended = True
        self._pump()
        self._presence.watch()
        return True

    def pause_writing(self) -> None:
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None
            self._transport.resume_reading()
            if self._session is not None:
                self._session.deliver()
            self._pump()

    def connection_lost(self, error: Exception | None) -> None:
        self._startup_timer.cancel()
        for timer in (self._login_timer, self._last_timer):
            if timer is not None:
                timer.cancel()
        self._timers.stop()
        self._presence.stop()
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
        if self._session is not None:
            self._session.close()
            if self._access.logs_connections:
                self._note_end(self._session)
        login = self._login
        self._access.admission.leave(login.user if login is not None and login.admitted else None)
        # At once, not when the collector comes by, for which strangers who knock would fill the memory before. Nothing
        # can be sent any more, neither encrypted nor in clear.
        self._tls = self._login = None
        self._on_lost(self)

    # What the session calls.

    def write(self, data: bytes) -> None:
        self._unsent.append(data)
        self._unsent_size += len(data)

    def flush(self) -> None:
        self._flush()

    async def drain(self) -> None:
        self._flush()
        if self._writable is not None:
            await asyncio.shield(self._writable)
        else:
            # A long answer lets others have their turn between its pieces.
            await asyncio.sleep(0)

    @property
    def is_full(self) -> bool:
        return self._writable is not None

    def restart_statement(self) -> None:
        if self._session is not None and self._task is not None:
            self._timers.begin_statement(self._session.limits.statement)

    # What the listener calls.

    def shut_down(self) -> None:
        """End the session as soon as the message under way is answered."""
        self._stopping = True
        if self._task is None:
            self._close(fatal_response(Condition.SHUTTING_DOWN))

    def cancel(self, condition: Condition = Condition.CANCELED) -> None:
        """Cancel the message under way, if it is still waiting for something that can be left undone."""
        if self._session is not None and self._task is not None:
            self._session.cancel(condition)
            self._task.cancel()

    def end(self, condition: Condition) -> None:
        """End the session now, in the middle of a statement too."""
        self._stopping = True
        if self._task is None:
            self._close(fatal_response(condition))
        else:
            self._hang_up = condition
            self.cancel(condition)

    def abort(self) -> None:
        """Let go of the client at once."""
        self._transport.abort()

    # The conversation.

    def _pump(self) -> None:
        """Take messages until one has to wait, the client has to read, or nothing is left."""
        while self._can_go_on():
            if self._stopping:
                self._close(fatal_response(Condition.SHUTTING_DOWN))
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
        self._follow_session()

    def _can_go_on(self) -> bool:
        waits = self._task is not None or self._writable is not None or self._login_timer is not None
        return not waits and not self._transport.is_closing()

    def _take(self, message: FrontendMessage) -> None:
        if self._session is not None:
            task = run_eagerly(self._session.handle(message))
            if task is not None:
                self._task = task
                task.add_done_callback(self._task_done)
                self._timers.begin_statement(self._session.limits.statement)
                self._presence.watch()
            return
        match message:
            case SSLRequest():
                self._answer_ssl_request()
            case GSSENCRequest():
                self.write(self._backend.refuse_encryption())
            case CancelRequest():
                self._on_cancel(message)
            case StartupMessage():
                self._start(message)
            case PasswordMessage():
                self._continue_login(message)
            case _:
                raise AssertionError(f"{type(message).__name__} before the session began")

    def _begin_change(self, packet: bytes) -> bool:
        session = self._session
        request = None if session is None else session.begin_change(packet, self._change_done)
        if session is None or request is None:
            return False
        self._task = request
        self._timers.begin_statement(session.limits.statement)
        self._follow_session()
        return True

    def _change_done(self, outcome: Outcome) -> None:
        try:
            if self._session is not None:
                self._session.end_change(outcome)
            self._go_on()
        except Exception as error:  # noqa: BLE001  the committer has others to tell
            self._fail(error)

    def _is_in_doubt(self) -> bool:
        return self._task is not None and (self._ended or not self._transport.is_reading())

    def _send_anything(self) -> None:
        # A client that has something to read already shows by that whether it is there.
        if self._session is not None and self._writable is None:
            self._session.send_anything()

    # Logging in.

    def _start(self, message: StartupMessage) -> None:
        self._login = Login(
            self._engine,
            self._access,
            message,
            self._backend,
            self,
            self.key,
            peer=self._peer,
            tls=self._tls,
        )
        try:
            pause = self._login.queue()
        except Exception as error:  # noqa: BLE001  whatever it is, the client is told and let go
            self._close(error_response(error, fatal=True))
            return
        if pause:
            self._transport.pause_reading()
            self._login_timer = asyncio.get_running_loop().call_later(pause, self._end_pause)
        else:
            self._continue_login(None)

    def _end_pause(self) -> None:
        self._login_timer = None
        self._continue_login(None)
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._pump()

    def _continue_login(self, message: PasswordMessage | None) -> None:
        """Begin, or take the client's next step."""
        login = self._login
        assert login is not None, "a StartupMessage comes first"  # noqa: S101  a fault of ours
        try:
            self._session = login.begin() if message is None else login.answer(message)
        except Exception as error:  # noqa: BLE001  whatever it is, the client is told and let go
            self._close(error_response(error, fatal=True))
            return
        if self._session is not None:
            self._startup_timer.cancel()
            self._engine.meter.logins += 1
            if self._access.logs_connections:
                self._note_login(self._session)
            self._session.activity.cancel = self._from_thread(Condition.CANCELED, self.cancel)
            self._session.activity.terminate = self._from_thread(Condition.SHUTTING_DOWN, self.end)
            self._recorder = self._session.recorder

    def _note_login(self, session: Session) -> None:
        activity = session.activity
        tls = activity.encryption
        _log.info(
            "connection authorized",
            pid=activity.process_id,
            user=activity.user,
            database=activity.database(),
            application=activity.application(),
            address=self._address,
            port=self._peer.address[1],
            tls="" if tls is None else f"{tls.version} {tls.cipher}",
            protocol=f"3.{self._backend.protocol_minor}",
        )

    def _note_refusal(self, last: ErrorResponse) -> None:
        fields = last.fields
        self._engine.meter.refuse_login(fields.sqlstate)
        user = "" if self._login is None else self._login.user
        _log.info(
            "connection refused", user=user, address=self._address, sqlstate=fields.sqlstate, reason=fields.message
        )

    def _note_end(self, session: Session) -> None:
        activity = session.activity
        _log.info(
            "disconnected",
            pid=activity.process_id,
            user=activity.user,
            database=activity.database(),
            address=self._address,
            seconds=round(time.time() - activity.started, 3),
            statements=activity.statements,
            sqlstate=self._last_words,
        )

    # TLS.

    def _answer_ssl_request(self) -> None:
        certificates = self._access.certificates
        if certificates is None or self._tls is not None:
            self.write(self._backend.refuse_encryption())
            return
        try:
            self.write(self._backend.accept_encryption())
        except RemoteProtocolError as error:
            self._close(error_response(error, fatal=True))
            return
        self._flush()
        self._tls = TlsChannel(certificates, direct=False)

    def _decrypt(self, data: bytes) -> bytes | None:
        """What the client says in clear; None while nothing is to be done about it, and when the connection ends by it.

        A conversation that begins with a TLS handshake begins as no startup packet can.
        """
        if not self._begun:
            self._begun = True
            certificates = self._access.certificates
            if data[0] == HANDSHAKE_BYTE and certificates is not None:
                self._tls = TlsChannel(certificates, direct=True)
        tls = self._tls
        if tls is None:
            return data
        try:
            plaintext = tls.receive(data)
        except TlsError as error:
            _log.info("TLS failed", address=self._address, reason=str(error))
            self._transport.write(tls.unsent())
            self._transport.close()
            return None
        unsent = tls.unsent()
        if unsent:
            self._transport.write(unsent)
        return plaintext if plaintext or tls.ended else None

    def _from_thread(self, condition: Condition, action: Callable[[Condition], None]) -> Callable[[], None]:
        """What another session's SELECT may call in its thread, to be done on the loop."""
        loop = asyncio.get_running_loop()

        def act() -> None:
            loop.call_soon_threadsafe(action, condition)

        return act

    def _follow_session(self) -> None:
        """Let time limits and probes be those of what the session does now."""
        session = self._session
        if session is None:
            return
        limits = session.limits
        self._timers.follow_transaction(session.transaction or self._task, limits.transaction)
        if self._task is not None or self._transport.is_closing():
            self._timers.end_idleness()
        else:
            self._keepalive.follow(limits.keepalive)
            self._timers.begin_idleness(*session.idle_limit)

    def _idle_for_too_long(self, condition: Condition) -> None:
        self._close(fatal_response(condition))

    def _task_done(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            self._task = None
            return
        error = task.exception()
        if error is not None:
            self._fail(error)
        self._go_on()

    def _fail(self, error: BaseException) -> None:
        """A fault of ours, which is no reason to fail others."""
        _log.error("connection failed", exception=type(error).__name__)
        self.abort()

    def _go_on(self) -> None:
        """The message under way is answered."""
        self._task = None
        self._timers.end_statement()
        if self._transport.is_closing():
            return
        if self._hang_up is not None:
            # The last word may have been the answer; where it was too late for that, it comes behind it.
            last = fatal_response(self._hang_up)
            self._last_words = last.fields.sqlstate
            self._close(None if self._backend.phase is Phase.CLOSED else last)
            return
        self._transport.resume_reading()
        self._pump()

    def _refuse_message(self, error: RemoteProtocolError) -> None:
        if self._session is None or error.fatal:
            self._close(error_response(error, fatal=True))
        else:
            self._session.refuse_message(error)

    def _startup_timed_out(self) -> None:
        if self._session is None:
            self._close(fatal_response(Condition.STARTUP_TIMEOUT))

    def _close(self, last: ErrorResponse | None = None) -> None:
        """Say the last word, if there is one, and hang up when it is sent."""
        tls = self._tls
        if last is not None and self._session is None:
            self._note_refusal(last)
        if tls is not None and not tls.established:
            # There is no way to say it: not in clear, and not encrypted yet.
            self._transport.abort()
            return
        if last is not None:
            self._last_words = last.fields.sqlstate
            self.write(self._backend.send(last))
        self._flush()
        if tls is not None:
            self._transport.write(tls.close())
        self._transport.close()
        if self._writable is not None:
            # Its unread rest would keep the connection for as long as the client likes.
            self._last_timer = asyncio.get_running_loop().call_later(_LAST_WORD, self._transport.abort)

    def _flush(self) -> None:
        if self._unsent:
            data = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
            self._unsent.clear()
            self._unsent_size = 0
            self._send(data)

    def _send(self, data: bytes) -> None:
        if self._tls is not None:
            try:
                data = self._tls.encrypt(data)
            except TlsError:
                self._transport.abort()
                return
        self._transport.write(data)


def _find_peer(transport: asyncio.Transport, process_id: int) -> Peer:
    client, server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    return Peer(process_id, _address(client), _address(server))


def _address(found: object) -> tuple[str | None, int | None]:
    """(IP address, port); IPv6 has more fields than IPv4, other families no such thing."""
    return (found[0], found[1]) if isinstance(found, tuple) else (None, None)

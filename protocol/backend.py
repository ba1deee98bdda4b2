"""The server's side of one conversation: bytes in, messages out, and back.

Laws:
- `receive_data` never fails and `next_message` raises nothing but RemoteProtocolError; anything else
  is a bug. A stream gives the same messages however it is split.
- Every length is judged before a byte of the body is waited for or copied.
- After a fatal error nothing more is decoded.

    backend.receive_data(data)
    while True:
        try:
            message = backend.next_message()
        except RemoteProtocolError as error:
            ...                                   # send an ErrorResponse, FATAL if error.fatal
        else:
            if message is NEED_DATA: break        # wait for the socket, or for our own answer
            if message is CLOSED: ...             # hang up
            ...                                   # do it, then send the answers
        if backend.owes_ready_for_query: ...      # send it

Messages that move no phase (all but AuthenticationOk, ReadyForQuery and ErrorResponse) may also be kept
encoded and sent again without asking `send`.
"""

import struct
from collections.abc import Mapping
from enum import Enum, unique
from functools import lru_cache
from types import MappingProxyType
from typing import Final, get_args

from protocol.backend_messages import (
    AuthenticationOk,
    BackendKeyData,
    BackendMessage,
    ErrorResponse,
    NegotiateProtocolVersion,
)
from protocol.buffer import ReceiveBuffer
from protocol.encodings import UTF_8
from protocol.error_fields import FATAL_SEVERITIES
from protocol.errors import (
    InvalidMessage,
    LocalProtocolError,
    MessageTooLarge,
    RemoteProtocolError,
    UnexpectedMessage,
    UnsupportedProtocolVersion,
)
from protocol.frontend_messages import (
    Bind,
    CopyData,
    FrontendMessage,
    FunctionCall,
    Parse,
    PasswordMessage,
    Query,
    Sync,
    TaggedFrontendMessage,
)
from protocol.phases import (
    BACKEND_BEGINS,
    BACKEND_FAILS,
    BACKEND_LEGAL,
    FRONTEND_BEGINS,
    FRONTEND_IGNORED,
    FRONTEND_LEGAL,
    Phase,
)
from protocol.sqlstate import SqlState
from protocol.startup_messages import (
    GSSENC_REQUEST_CODE,
    MAX_SECRET_KEY,
    MIN_SECRET_KEY,
    SSL_REQUEST_CODE,
    GSSENCRequest,
    SSLRequest,
    StartupMessage,
    decode_startup_packet,
)

PROTOCOL_MAJOR: Final = 3
# 3.2 brought cancel keys of other lengths; 3.1 was never used and is taken as 3.0 with another number.
NEWEST_MINOR: Final = 2
_LONG_KEYS_SINCE: Final = 2

# Lengths in bytes, counted as on the wire: with the four bytes of the length, without the type byte.
MIN_LENGTH: Final = 4
MIN_STARTUP_LENGTH: Final = 8
# DEVIATION: PostgreSQL's MAX_STARTUP_PACKET_LENGTH, but there it leaves out the four bytes of the length.
MAX_STARTUP_LENGTH: Final = 10_000
# PostgreSQL's PG_MAX_AUTH_TOKEN_LENGTH.
MAX_PASSWORD_LENGTH: Final = 65_535
# PostgreSQL's PQ_SMALL_MESSAGE_LIMIT, for messages that hold little more than a name.
MAX_SMALL_LENGTH: Final = 10_000
# DEVIATION: PostgreSQL's PQ_LARGE_MESSAGE_LIMIT is 1 GiB; no statement about models needs that.
DEFAULT_MAX_LENGTH: Final = 16 * 1024 * 1024

_LENGTH: Final = struct.Struct(">I")
_HEADER: Final = struct.Struct(">BI")
_SYNC: Final = Sync().encode()
_SYNC_SIZE: Final = len(_SYNC)
_LARGE: Final = frozenset({Query, Parse, Bind, FunctionCall, CopyData})
_BY_TYPE: Final[dict[int, type[TaggedFrontendMessage]]] = {
    message.type_byte[0]: message for message in get_args(TaggedFrontendMessage)
}
_OWING: Final = frozenset({Phase.SIMPLE_QUERY, Phase.FINISHING})


@unique
class NoMessage(Enum):
    """Why there is no message."""

    NEED_DATA = "more bytes are needed, or an answer of ours must be sent first"
    CLOSED = "the conversation is over"


NEED_DATA: Final = NoMessage.NEED_DATA
CLOSED: Final = NoMessage.CLOSED


@lru_cache(maxsize=8)
def _limits_of(max_length: int) -> Mapping[type[TaggedFrontendMessage], int]:
    """The most that each kind of message may announce; one map for all conversations."""
    limits = {kind: max_length if kind in _LARGE else MAX_SMALL_LENGTH for kind in get_args(TaggedFrontendMessage)}
    limits[PasswordMessage] = MAX_PASSWORD_LENGTH
    return MappingProxyType(limits)


class Backend:
    """One conversation, from the startup packet to the end.

    Args:
        max_length: the most that one Query, Parse, Bind, FunctionCall or CopyData may announce, in bytes.
    """

    def __init__(self, *, max_length: int = DEFAULT_MAX_LENGTH) -> None:
        self._buffer = ReceiveBuffer()
        self._phase = Phase.STARTUP
        self._encoding = UTF_8
        self._encryption_asked: set[type[FrontendMessage]] = set()
        self._negotiation: NegotiateProtocolVersion | None = None
        self._protocol_minor = 0
        self._limits = _limits_of(max_length)

    @property
    def phase(self) -> Phase:
        return self._phase

    @property
    def owes_ready_for_query(self) -> bool:
        """Whether the command under way ends with ReadyForQuery, be it good or bad."""
        return self._phase in _OWING

    @property
    def protocol_minor(self) -> int:
        """The minor version both sides speak, known after the StartupMessage."""
        return self._protocol_minor

    @property
    def encoding(self) -> str:
        """The Python codec of all strings after startup; a change holds from the next message on."""
        return self._encoding

    @encoding.setter
    def encoding(self, codec: str) -> None:
        self._encoding = codec

    @property
    def waiting(self) -> int:
        """How many bytes have been received and not yet read."""
        return len(self._buffer)

    @property
    def sync_follows(self) -> bool:
        """Whether the next message is known to be a Sync: then the one under way is its batch's last."""
        return self._buffer.peek(_SYNC_SIZE) == _SYNC

    def receive_data(self, data: bytes | bytearray | memoryview) -> None:
        """Take what the socket gave; the bytes are copied. After the end they are dropped."""
        if self._phase is not Phase.CLOSED:
            self._buffer.append(data)

    def next_message(self) -> FrontendMessage | NoMessage:
        """The next message of the frontend.

        Returns:
            The message; NEED_DATA when the rest of it is not there or when the command under way must be
            answered first; CLOSED when the conversation is over.

        Raises:
            RemoteProtocolError: the message was bad. If it is not fatal, it was one whole message: after
                the ErrorResponse (and ReadyForQuery, if `owes_ready_for_query`) the session goes on.
        """
        try:
            if self._phase is Phase.STARTUP:
                return self._next_startup_packet()
            if self._phase in FRONTEND_LEGAL:
                return self._next_tagged_message()
        except RemoteProtocolError as error:
            if error.fatal:
                self._close()
            raise
        return CLOSED if self._phase is Phase.CLOSED else NEED_DATA

    def pass_query(self) -> None:
        """The conversation moves on as if `next_message` had given a Query: one was read elsewhere, all of its bytes.

        Raises:
            LocalProtocolError: none may come now, or bytes before it wait.
        """
        if self._phase is not Phase.READY or self._buffer:
            raise LocalProtocolError(f"no Query is read elsewhere in phase {self._phase.value}")
        self._phase = FRONTEND_BEGINS[Query]

    def send(self, message: BackendMessage) -> bytes:
        """The bytes of a message; the conversation moves on as if they had been sent.

        Raises:
            LocalProtocolError: the message is not legal now, or cannot be encoded.
            InvalidValue: the client's encoding lacks a character.
        """
        if isinstance(message, ErrorResponse):
            return self._send_error(message)
        kind = type(message)
        if kind not in BACKEND_LEGAL[self._phase]:
            raise LocalProtocolError(f"{kind.__name__} is not legal in phase {self._phase.value}")
        if self._phase is Phase.AUTHENTICATION or kind is BackendKeyData:
            self._check_greeting(message)
        try:
            data = message.encode(self._encoding)
        except struct.error as error:
            raise LocalProtocolError(f"{kind.__name__}: {error}") from error
        self._phase = BACKEND_BEGINS.get(kind, self._phase)
        return data

    def negotiation(self) -> NegotiateProtocolVersion | None:
        """What must be sent before AuthenticationOk when the frontend asked for more than we speak."""
        return self._negotiation

    def refuse_encryption(self) -> bytes:
        """Answer an SSLRequest or GSSENCRequest: not here; the frontend may go on in clear."""
        self._answer_encryption()
        return b"N"

    def accept_encryption(self) -> bytes:
        """Answer an SSLRequest: the TLS handshake comes next, and what `receive_data` gets is plaintext again.

        Raises:
            RemoteProtocolError: the frontend did not wait for the answer. What it sent in clear might be
                somebody else's, put before the encrypted conversation.
        """
        self._answer_encryption()
        if self._buffer:
            self._close()
            raise UnexpectedMessage("received unencrypted data after SSL request", fatal=True)
        # Inside the one encryption there is no other.
        self._encryption_asked |= {SSLRequest, GSSENCRequest}
        return b"S"

    def _answer_encryption(self) -> None:
        if self._phase is not Phase.ENCRYPTION:
            raise LocalProtocolError(f"nobody asked for encryption in phase {self._phase.value}")
        self._phase = Phase.STARTUP

    def _next_startup_packet(self) -> FrontendMessage | NoMessage:
        if len(self._buffer) < _LENGTH.size:
            return NEED_DATA
        (length,) = self._buffer.unpack(_LENGTH)
        if length > MAX_STARTUP_LENGTH:
            raise MessageTooLarge("invalid length of startup packet", fatal=True)
        if length < MIN_STARTUP_LENGTH:
            raise InvalidMessage("invalid length of startup packet", fatal=True)
        if len(self._buffer) < length:
            return NEED_DATA
        try:
            packet = decode_startup_packet(self._buffer.take(_LENGTH.size, length))
        except InvalidMessage as error:
            raise InvalidMessage(error.message, sqlstate=error.sqlstate, fatal=True) from error
        if isinstance(packet, StartupMessage):
            self._negotiate(packet)
        elif isinstance(packet, SSLRequest | GSSENCRequest):
            self._ask_encryption(packet)
        self._phase = FRONTEND_BEGINS[type(packet)]
        if self._phase is Phase.CLOSED:
            self._close()
        return packet

    def _ask_encryption(self, packet: SSLRequest | GSSENCRequest) -> None:
        """Each may be asked once; then its code is a protocol version like any other unknown one."""
        if type(packet) in self._encryption_asked:
            raise _unsupported(*(SSL_REQUEST_CODE if isinstance(packet, SSLRequest) else GSSENC_REQUEST_CODE))
        self._encryption_asked.add(type(packet))

    def _negotiate(self, message: StartupMessage) -> None:
        if message.protocol_major != PROTOCOL_MAJOR:
            raise _unsupported(message.protocol_major, message.protocol_minor)
        parameters = message.as_dict()
        if not parameters.get("user"):
            raise InvalidMessage(
                "no PostgreSQL user name specified in startup packet",
                sqlstate=SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                fatal=True,
            )
        self._protocol_minor = min(message.protocol_minor, NEWEST_MINOR)
        # Names with this prefix are protocol options, and we know none.
        options = tuple([name for name in parameters if name.startswith("_pq_.")])
        if options or message.protocol_minor > NEWEST_MINOR:
            self._negotiation = NegotiateProtocolVersion(PROTOCOL_MAJOR, self._protocol_minor, options)

    def _next_tagged_message(self) -> TaggedFrontendMessage | NoMessage:
        buffer = self._buffer
        while len(buffer) >= _HEADER.size:
            type_byte, length = buffer.unpack(_HEADER)
            kind = self._judge_header(type_byte, length)
            if len(buffer) <= length:
                break
            if kind in FRONTEND_IGNORED[self._phase]:
                buffer.skip(length + 1)
                continue
            body = buffer.take(_HEADER.size, length + 1)
            # First the phase, then the body: a bad body fails as the command that it would have been.
            self._phase = FRONTEND_BEGINS.get(kind, self._phase)
            if self._phase is Phase.CLOSED:
                self._close()
            return kind.decode(body, self._encoding)
        return NEED_DATA

    def _judge_header(self, type_byte: int, length: int) -> type[TaggedFrontendMessage]:
        kind = _BY_TYPE.get(type_byte)
        if kind is None or kind not in FRONTEND_LEGAL[self._phase]:
            if self._phase is Phase.AUTHENTICATION:
                raise UnexpectedMessage(f"expected password response, got message type {type_byte}", fatal=True)
            raise UnexpectedMessage(f"invalid frontend message type {type_byte}", fatal=True)
        if length < MIN_LENGTH:
            raise InvalidMessage("invalid message length", fatal=True)
        if length > self._limits[kind]:
            raise MessageTooLarge("invalid message length", fatal=True)
        return kind

    def _send_error(self, message: ErrorResponse) -> bytes:
        if message.fields.severity in FATAL_SEVERITIES:
            phase = Phase.CLOSED
        elif self._phase in BACKEND_FAILS:
            phase = BACKEND_FAILS[self._phase]
        else:
            raise LocalProtocolError(f"no command can fail in phase {self._phase.value}")
        data = message.encode(self._encoding)
        if phase is Phase.CLOSED:
            self._close()
        self._phase = phase
        return data

    def _check_greeting(self, message: BackendMessage) -> None:
        match message:
            case NegotiateProtocolVersion():
                if message != self._negotiation:
                    raise LocalProtocolError("NegotiateProtocolVersion differs from what `negotiation` says")
                self._negotiation = None
            case AuthenticationOk() if self._negotiation is not None:
                raise LocalProtocolError("NegotiateProtocolVersion must go before AuthenticationOk")
            case BackendKeyData(secret_key=key):
                longest = MAX_SECRET_KEY if self._protocol_minor >= _LONG_KEYS_SINCE else MIN_SECRET_KEY
                if not MIN_SECRET_KEY <= len(key) <= longest:
                    raise LocalProtocolError(f"a secret key of {len(key)} bytes in protocol 3.{self._protocol_minor}")
            case _:
                pass

    def _close(self) -> None:
        self._phase = Phase.CLOSED
        self._buffer.clear()


def _unsupported(major: int, minor: int) -> UnsupportedProtocolVersion:
    return UnsupportedProtocolVersion(
        f"unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.{NEWEST_MINOR}",
        sqlstate=SqlState.FEATURE_NOT_SUPPORTED,
        fatal=True,
    )

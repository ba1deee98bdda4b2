"""The untagged messages that open a conversation, and their bytes.

Each is a length, which counts itself, and a body that begins with a protocol version or with a request
code in its place. Source: PostgreSQL manual, "Message Formats"; details from PostgreSQL's
ProcessStartupPacket.
"""

from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import Final

from protocol.body import UINT32, pack_message, pack_string
from protocol.encodings import UTF_8, decode_text
from protocol.errors import InvalidMessage, LocalProtocolError

CANCEL_REQUEST_CODE: Final = (1234, 5678)
SSL_REQUEST_CODE: Final = (1234, 5679)
GSSENC_REQUEST_CODE: Final = (1234, 5680)

# Four bytes until protocol 3.2, which allows up to 256.
MIN_SECRET_KEY: Final = 4
MAX_SECRET_KEY: Final = 256

_VERSION: Final = Struct(">HH")


@dataclass(frozen=True, slots=True)
class SSLRequest:
    """Shall we go on with TLS?"""

    def encode(self, encoding: str = UTF_8) -> bytes:
        return _pack(SSL_REQUEST_CODE)


@dataclass(frozen=True, slots=True)
class GSSENCRequest:
    """Shall we go on with GSSAPI encryption?"""

    def encode(self, encoding: str = UTF_8) -> bytes:
        return _pack(GSSENC_REQUEST_CODE)


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Cancel what the session with this BackendKeyData is doing."""

    process_id: int
    secret_key: bytes

    def encode(self, encoding: str = UTF_8) -> bytes:
        return _pack(CANCEL_REQUEST_CODE, UINT32.pack(self.process_id), self.secret_key)


@dataclass(frozen=True, slots=True)
class StartupMessage:
    """Who wants to talk, in which version, with which run-time parameters.

    `parameters` are pairs of name and value in the order sent, `user` and `database` among them.
    """

    protocol_major: int
    protocol_minor: int
    parameters: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, str]:
        """The parameters by name; of a repeated one the last counts, as in PostgreSQL."""
        return dict(self.parameters)

    def encode(self, encoding: str = UTF_8) -> bytes:
        """Always UTF-8: the client's encoding is one of the parameters."""
        pieces = [pack_string(text, UTF_8) for parameter in self.parameters for text in parameter]
        if b"\0" in pieces[::2]:
            raise LocalProtocolError("an empty name ends the parameters of a StartupMessage")
        return _pack((self.protocol_major, self.protocol_minor), *pieces, b"\0")


StartupPacket = SSLRequest | GSSENCRequest | CancelRequest | StartupMessage


def decode_startup_packet(body: bytes) -> StartupPacket:
    """Read a startup packet, without its length. The version is not judged here.

    Raises:
        InvalidMessage
    """
    if len(body) < _VERSION.size:
        raise InvalidMessage("invalid length of startup packet")
    code = _VERSION.unpack_from(body)
    if code == CANCEL_REQUEST_CODE:
        return _decode_cancel_request(body)
    if code in (SSL_REQUEST_CODE, GSSENC_REQUEST_CODE):
        if len(body) != _VERSION.size:
            raise InvalidMessage("invalid length of startup packet")
        return SSLRequest() if code == SSL_REQUEST_CODE else GSSENCRequest()
    # Only version 3 is known to have the layout that follows; of others no more than the version is read.
    parameters = _decode_parameters(body[_VERSION.size :]) if code[0] == 3 else ()
    return StartupMessage(code[0], code[1], parameters)


def _decode_cancel_request(body: bytes) -> CancelRequest:
    key = body[8:]
    if not MIN_SECRET_KEY <= len(key) <= MAX_SECRET_KEY:
        raise InvalidMessage("invalid length of cancel request packet")
    return CancelRequest(UINT32.unpack_from(body, 4)[0], key)


@lru_cache(maxsize=64)
def _decode_parameters(data: bytes) -> tuple[tuple[str, str], ...]:
    """Pairs of strings, then an empty name as the last byte, and nowhere else. Most clients send what others sent."""
    strings = data.split(b"\0")
    names, values = strings[:-2:2], strings[1:-2:2]
    if strings[-2:] != [b"", b""] or len(names) != len(values) or b"" in names:
        raise InvalidMessage("invalid startup packet layout: expected terminator as last byte")
    # SILENT: PostgreSQL takes these bytes unread; ours are UTF-8.
    pairs = zip(names, values, strict=True)
    return tuple([(decode_text(name, UTF_8), decode_text(value, UTF_8)) for name, value in pairs])


def _pack(code: tuple[int, int], *pieces: bytes) -> bytes:
    return pack_message(b"", _VERSION.pack(*code), *pieces)

"""The messages of authentication that the backend sends. All share one type byte; a number tells them apart.

Source: PostgreSQL manual, "Message Formats" and "SASL Authentication".
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from protocol.body import BodyReader, pack_message, pack_string
from protocol.encodings import UTF_8
from protocol.errors import InvalidMessage, LocalProtocolError

_AUTHENTICATION_OK: Final = b"\0\0\0\0"
_AUTHENTICATION_SASL: Final = b"\0\0\0\x0a"
_AUTHENTICATION_SASL_CONTINUE: Final = b"\0\0\0\x0b"
_AUTHENTICATION_SASL_FINAL: Final = b"\0\0\0\x0c"


@dataclass(frozen=True, slots=True)
class AuthenticationOk:
    """The frontend is who it says."""

    type_byte: ClassVar[bytes] = b"R"

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        if body != _AUTHENTICATION_OK:
            raise InvalidMessage("invalid message format")
        return cls()

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, _AUTHENTICATION_OK)


@dataclass(frozen=True, slots=True)
class AuthenticationSASL:
    """The frontend must show who it is by one of these SASL mechanisms; the first is what we like best."""

    type_byte: ClassVar[bytes] = b"R"
    mechanisms: tuple[str, ...]

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        if reader.take(4) != _AUTHENTICATION_SASL:
            raise InvalidMessage("invalid message format")
        mechanisms: list[str] = []
        while mechanism := reader.string():
            mechanisms.append(mechanism)
        reader.finish()
        return cls(tuple(mechanisms))

    def encode(self, encoding: str = UTF_8) -> bytes:
        if "" in self.mechanisms:
            raise LocalProtocolError("an empty name ends the list of mechanisms")
        names = [pack_string(mechanism, encoding) for mechanism in self.mechanisms]
        return pack_message(self.type_byte, _AUTHENTICATION_SASL, *names, b"\0")


@dataclass(frozen=True, slots=True)
class _AuthenticationSASLData:
    """A step of the mechanism; `data` is the mechanism's own."""

    type_byte: ClassVar[bytes] = b"R"
    code: ClassVar[bytes]
    data: bytes

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        if not body.startswith(cls.code):
            raise InvalidMessage("invalid message format")
        return cls(body[len(cls.code) :])

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, self.code, self.data)


@dataclass(frozen=True, slots=True)
class AuthenticationSASLContinue(_AuthenticationSASLData):
    """A challenge, which the frontend answers."""

    code: ClassVar[bytes] = _AUTHENTICATION_SASL_CONTINUE


@dataclass(frozen=True, slots=True)
class AuthenticationSASLFinal(_AuthenticationSASLData):
    """What we show in return; AuthenticationOk follows."""

    code: ClassVar[bytes] = _AUTHENTICATION_SASL_FINAL


AuthenticationMessage = AuthenticationOk | AuthenticationSASL | AuthenticationSASLContinue | AuthenticationSASLFinal

_AUTHENTICATION_BY_CODE: Final[dict[bytes, type[AuthenticationMessage]]] = {
    _AUTHENTICATION_OK: AuthenticationOk,
    _AUTHENTICATION_SASL: AuthenticationSASL,
    _AUTHENTICATION_SASL_CONTINUE: AuthenticationSASLContinue,
    _AUTHENTICATION_SASL_FINAL: AuthenticationSASLFinal,
}


def decode_authentication(body: bytes) -> AuthenticationMessage:
    """Read the body of a message of type R, of which there are several; a number tells them apart.

    Raises:
        InvalidMessage: none of those that we send.
    """
    kind = _AUTHENTICATION_BY_CODE.get(body[:4])
    if kind is None:
        raise InvalidMessage("invalid message format")
    return kind.decode(body)

"""The messages a frontend sends after startup, and their bytes.

Each class names its type byte, decodes a body (without type byte and length) and encodes itself whole.
`decode` raises InvalidMessage, never fatal: framing is the business of `protocol.backend`. Names and
fields are those of the PostgreSQL manual, "Message Formats".
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final, Self

from protocol.body import (
    INT32,
    NULL,
    UINT16,
    UINT32,
    BodilessMessage,
    BodyReader,
    pack_message,
    pack_string,
    pack_uint16s,
    pack_uint32s,
    pack_values,
)
from protocol.copy_messages import CopyData as CopyData
from protocol.copy_messages import CopyDone as CopyDone
from protocol.encodings import UTF_8
from protocol.errors import InvalidMessage
from protocol.startup_messages import StartupPacket

STATEMENT: Final = "S"
PORTAL: Final = "P"


@dataclass(frozen=True, slots=True)
class PasswordMessage:
    """Whatever answers an authentication request: a password, or a step of SASL or GSSAPI.

    All share one type byte; which of them it is, only the request tells. After AuthenticationSASL the body
    is that of a SASLInitialResponse, after AuthenticationSASLContinue the mechanism's own data. It stays
    out of the repr, since it may be a password.
    """

    type_byte: ClassVar[bytes] = b"p"
    body: bytes = field(repr=False)

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        return cls(body)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, self.body)


@dataclass(frozen=True, slots=True)
class SASLInitialResponse:
    """The frontend's choice of a mechanism and its first data; None when there is none yet.

    A reading of PasswordMessage's body, not a kind of message that the conversation knows.
    """

    type_byte: ClassVar[bytes] = b"p"
    mechanism: str
    data: bytes | None = field(repr=False)

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(reader.string(), reader.value())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        data = NULL if self.data is None else UINT32.pack(len(self.data)) + self.data
        return pack_message(self.type_byte, pack_string(self.mechanism, encoding), data)


@dataclass(frozen=True, slots=True)
class Query:
    """A simple query: any number of statements in one text."""

    type_byte: ClassVar[bytes] = b"Q"
    text: str

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        text = reader.string()
        reader.finish()
        return cls(text)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, pack_string(self.text, encoding))


@dataclass(frozen=True, slots=True)
class Parse:
    """Make a prepared statement; `name` is "" for the unnamed one.

    `parameter_types` are OIDs, 0 where the server is to decide; there may be fewer than parameters.
    """

    type_byte: ClassVar[bytes] = b"P"
    name: str
    text: str
    parameter_types: tuple[int, ...] = ()

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(reader.string(), reader.string(), reader.uint32s())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        name, text = pack_string(self.name, encoding), pack_string(self.text, encoding)
        return pack_message(self.type_byte, name, text, pack_uint32s(self.parameter_types))


@dataclass(frozen=True, slots=True)
class Bind:
    """Make a portal of a prepared statement and values for its parameters.

    Format codes: none (all text), one for all, or one each. Whether the counts fit the statement is for
    the session to check.
    """

    type_byte: ClassVar[bytes] = b"B"
    portal: str
    statement: str
    parameter_formats: tuple[int, ...] = ()
    parameters: tuple[bytes | None, ...] = ()
    result_formats: tuple[int, ...] = ()

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(reader.string(), reader.string(), reader.uint16s(), reader.values(), reader.uint16s())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(
            self.type_byte,
            pack_string(self.portal, encoding),
            pack_string(self.statement, encoding),
            pack_uint16s(self.parameter_formats),
            pack_values(self.parameters),
            pack_uint16s(self.result_formats),
        )


@dataclass(frozen=True, slots=True)
class _Named:
    """`kind` is STATEMENT or PORTAL; `name` is "" for the unnamed one."""

    type_byte: ClassVar[bytes]
    verb: ClassVar[str]
    kind: str
    name: str

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        kind = reader.character()
        name = reader.string()
        reader.finish()
        if kind not in (STATEMENT, PORTAL):
            raise InvalidMessage(f"invalid {cls.verb} message subtype {ord(kind)}")
        return cls(kind, name)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, self.kind.encode("ascii"), pack_string(self.name, encoding))


@dataclass(frozen=True, slots=True)
class Describe(_Named):
    """Tell the parameters and columns of a prepared statement, or the columns of a portal."""

    type_byte: ClassVar[bytes] = b"D"
    verb: ClassVar[str] = "DESCRIBE"


@dataclass(frozen=True, slots=True)
class Close(_Named):
    """Forget a prepared statement or a portal; no error when there is none."""

    type_byte: ClassVar[bytes] = b"C"
    verb: ClassVar[str] = "CLOSE"


@dataclass(frozen=True, slots=True)
class Execute:
    """Run a portal; at most `max_rows` rows, all of them when it is 0 or negative."""

    type_byte: ClassVar[bytes] = b"E"
    portal: str
    max_rows: int = 0

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(reader.string(), reader.int32())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, pack_string(self.portal, encoding), INT32.pack(self.max_rows))


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """Call a function by OID, an interface that the manual calls obsolete."""

    type_byte: ClassVar[bytes] = b"F"
    function: int
    argument_formats: tuple[int, ...]
    arguments: tuple[bytes | None, ...]
    result_format: int

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(reader.uint32(), reader.uint16s(), reader.values(), reader.uint16())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(
            self.type_byte,
            UINT32.pack(self.function),
            pack_uint16s(self.argument_formats),
            pack_values(self.arguments),
            UINT16.pack(self.result_format),
        )


@dataclass(frozen=True, slots=True)
class CopyFail:
    """The frontend gives up a COPY, and why."""

    type_byte: ClassVar[bytes] = b"f"
    reason: str

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        reason = reader.string()
        reader.finish()
        return cls(reason)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, pack_string(self.reason, encoding))


@dataclass(frozen=True, slots=True)
class Flush(BodilessMessage):
    """Send what is still held back."""

    type_byte: ClassVar[bytes] = b"H"


@dataclass(frozen=True, slots=True)
class Sync(BodilessMessage):
    """The end of an extended batch: close the implicit transaction and say ReadyForQuery."""

    type_byte: ClassVar[bytes] = b"S"


@dataclass(frozen=True, slots=True)
class Terminate(BodilessMessage):
    """The frontend says goodbye."""

    type_byte: ClassVar[bytes] = b"X"


TaggedFrontendMessage = (
    PasswordMessage
    | Query
    | Parse
    | Bind
    | Describe
    | Execute
    | Close
    | Flush
    | Sync
    | Terminate
    | FunctionCall
    | CopyData
    | CopyDone
    | CopyFail
)
FrontendMessage = StartupPacket | TaggedFrontendMessage

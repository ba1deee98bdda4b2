"""The messages the backend sends, and their bytes.

Each class names its type byte and encodes itself whole; `decode` reads a body again, for tests and
traces. Names and fields are those of the PostgreSQL manual, "Message Formats". `encode` raises
LocalProtocolError for what cannot be sent at all, InvalidValue where the client's encoding lacks a
character.
"""

from dataclasses import dataclass
from enum import StrEnum
from struct import Struct
from typing import ClassVar, Final, Self

from protocol.authentication_messages import AuthenticationMessage as AuthenticationMessage
from protocol.authentication_messages import AuthenticationOk as AuthenticationOk
from protocol.authentication_messages import AuthenticationSASL as AuthenticationSASL
from protocol.authentication_messages import AuthenticationSASLContinue as AuthenticationSASLContinue
from protocol.authentication_messages import AuthenticationSASLFinal as AuthenticationSASLFinal
from protocol.authentication_messages import decode_authentication as decode_authentication
from protocol.body import (
    INT32,
    UINT32,
    BodilessMessage,
    BodyReader,
    pack_count,
    pack_message,
    pack_string,
    pack_uint16s,
    pack_uint32s,
    pack_values,
)
from protocol.copy_messages import CopyData as CopyData
from protocol.copy_messages import CopyDone as CopyDone
from protocol.encodings import UTF_8
from protocol.error_fields import ErrorFields
from protocol.errors import InvalidMessage

_FIELD: Final = Struct(">IhIhiH")


class TransactionStatus(StrEnum):
    """What ReadyForQuery tells."""

    IDLE = "I"
    IN_TRANSACTION = "T"
    FAILED = "E"


@dataclass(frozen=True, slots=True)
class NegotiateProtocolVersion:
    """The newest version we speak, and the protocol options asked for that we do not know.

    The manual speaks of the minor version only; on the wire PostgreSQL sends, and libpq expects, both.
    """

    type_byte: ClassVar[bytes] = b"v"
    protocol_major: int
    protocol_minor: int
    options: tuple[str, ...] = ()

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        version, count = reader.uint32(), reader.uint32()
        if count > len(body):
            raise InvalidMessage("insufficient data left in message")
        options = tuple([reader.string() for _ in range(count)])
        reader.finish()
        return cls(version >> 16, version & 0xFFFF, options)

    def encode(self, encoding: str = UTF_8) -> bytes:
        version = UINT32.pack(self.protocol_major << 16 | self.protocol_minor)
        options = [pack_string(option, encoding) for option in self.options]
        return pack_message(self.type_byte, version, UINT32.pack(len(options)), *options)


@dataclass(frozen=True, slots=True)
class ParameterStatus:
    """The value of a run-time parameter that drivers follow."""

    type_byte: ClassVar[bytes] = b"S"
    name: str
    value: str

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(reader.string(), reader.string())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, pack_string(self.name, encoding), pack_string(self.value, encoding))


@dataclass(frozen=True, slots=True)
class BackendKeyData:
    """What a CancelRequest for this session must show; the key has 4 bytes before protocol 3.2."""

    type_byte: ClassVar[bytes] = b"K"
    process_id: int
    secret_key: bytes

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        return cls(reader.uint32(), reader.rest())

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, UINT32.pack(self.process_id), self.secret_key)


@dataclass(frozen=True, slots=True)
class ReadyForQuery:
    """The next command may come."""

    type_byte: ClassVar[bytes] = b"Z"
    status: TransactionStatus

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        letter = reader.character()
        reader.finish()
        try:
            return cls(TransactionStatus(letter))
        except ValueError as error:
            raise InvalidMessage("invalid message format") from error

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, self.status.encode("ascii"))


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a result.

    `table_oid` and `column` (from 1, below 0 for a system column) are 0 where it is no plain table column;
    `type_size` is negative for types of variable width; `format` is 0, text, in the answer to Describe of a statement.
    """

    name: str
    table_oid: int
    column: int
    type_oid: int
    type_size: int
    type_modifier: int
    format: int


@dataclass(frozen=True, slots=True)
class RowDescription:
    """The columns of the data rows that follow."""

    type_byte: ClassVar[bytes] = b"T"
    fields: tuple[Field, ...]

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        count = reader.uint16()
        fields = tuple([Field(reader.string(), *_FIELD.unpack(reader.take(_FIELD.size))) for _ in range(count)])
        reader.finish()
        return cls(fields)

    def encode(self, encoding: str = UTF_8) -> bytes:
        pieces = [pack_count(len(self.fields))]
        for field in self.fields:
            pieces.append(pack_string(field.name, encoding))
            pieces.append(
                _FIELD.pack(
                    field.table_oid, field.column, field.type_oid, field.type_size, field.type_modifier, field.format
                )
            )
        return pack_message(self.type_byte, *pieces)


@dataclass(frozen=True, slots=True)
class DataRow:
    """One row; a value is None for NULL, else already in its column's format."""

    type_byte: ClassVar[bytes] = b"D"
    values: tuple[bytes | None, ...]

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        values = reader.values()
        reader.finish()
        return cls(values)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, pack_values(self.values))


@dataclass(frozen=True, slots=True)
class CommandComplete:
    """One statement is done; `tag` such as `SELECT 3` or `CREATE MODEL`."""

    type_byte: ClassVar[bytes] = b"C"
    tag: str

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        tag = reader.string()
        reader.finish()
        return cls(tag)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, pack_string(self.tag, encoding))


@dataclass(frozen=True, slots=True)
class ParameterDescription:
    """The type OIDs of a prepared statement's parameters."""

    type_byte: ClassVar[bytes] = b"t"
    oids: tuple[int, ...]

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        oids = reader.uint32s()
        reader.finish()
        return cls(oids)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, pack_uint32s(self.oids))


@dataclass(frozen=True, slots=True)
class _Report:
    """An error or a notice. A character that the client's encoding lacks is sent as `?`."""

    type_byte: ClassVar[bytes]
    fields: ErrorFields

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        return cls(ErrorFields.decode(body, encoding))

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, self.fields.encode(encoding))


@dataclass(frozen=True, slots=True)
class ErrorResponse(_Report):
    """A command failed, or with a fatal severity the session ends."""

    type_byte: ClassVar[bytes] = b"E"


@dataclass(frozen=True, slots=True)
class NoticeResponse(_Report):
    """Something worth knowing; nothing failed."""

    type_byte: ClassVar[bytes] = b"N"


@dataclass(frozen=True, slots=True)
class NotificationResponse:
    """Somebody said NOTIFY."""

    type_byte: ClassVar[bytes] = b"A"
    process_id: int
    channel: str
    payload: str

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(reader.int32(), reader.string(), reader.string())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        channel, payload = pack_string(self.channel, encoding), pack_string(self.payload, encoding)
        return pack_message(self.type_byte, INT32.pack(self.process_id), channel, payload)


@dataclass(frozen=True, slots=True)
class EmptyQueryResponse(BodilessMessage):
    """Instead of CommandComplete when the text held no statement."""

    type_byte: ClassVar[bytes] = b"I"


@dataclass(frozen=True, slots=True)
class NoData(BodilessMessage):
    """Instead of RowDescription when there will be no rows."""

    type_byte: ClassVar[bytes] = b"n"


@dataclass(frozen=True, slots=True)
class ParseComplete(BodilessMessage):
    type_byte: ClassVar[bytes] = b"1"


@dataclass(frozen=True, slots=True)
class BindComplete(BodilessMessage):
    type_byte: ClassVar[bytes] = b"2"


@dataclass(frozen=True, slots=True)
class CloseComplete(BodilessMessage):
    type_byte: ClassVar[bytes] = b"3"


@dataclass(frozen=True, slots=True)
class PortalSuspended(BodilessMessage):
    """Execute's row limit was reached."""

    type_byte: ClassVar[bytes] = b"s"


@dataclass(frozen=True, slots=True)
class CopyOutResponse:
    """CopyData follows, until CopyDone; `format` is 1 for binary, and each of `formats` the same."""

    type_byte: ClassVar[bytes] = b"H"
    format: int
    formats: tuple[int, ...]

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        reader = BodyReader(body, encoding)
        message = cls(ord(reader.character()), reader.uint16s())
        reader.finish()
        return message

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, bytes([self.format]), pack_uint16s(self.formats))


BackendMessage = (
    AuthenticationMessage
    | NegotiateProtocolVersion
    | ParameterStatus
    | BackendKeyData
    | ReadyForQuery
    | RowDescription
    | DataRow
    | CommandComplete
    | EmptyQueryResponse
    | NoData
    | ParseComplete
    | BindComplete
    | CloseComplete
    | ParameterDescription
    | PortalSuspended
    | CopyOutResponse
    | CopyData
    | CopyDone
    | ErrorResponse
    | NoticeResponse
    | NotificationResponse
)

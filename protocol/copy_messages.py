"""The messages of COPY that go both ways: from the client of COPY FROM, to the client of COPY TO."""

from dataclasses import dataclass
from typing import ClassVar, Self

from protocol.body import BodilessMessage, pack_message
from protocol.encodings import UTF_8


@dataclass(frozen=True, slots=True)
class CopyData:
    """A piece of the data of COPY; its borders mean nothing."""

    type_byte: ClassVar[bytes] = b"d"
    data: bytes

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        return cls(body)

    def encode(self, encoding: str = UTF_8) -> bytes:
        return pack_message(self.type_byte, self.data)


@dataclass(frozen=True, slots=True)
class CopyDone(BodilessMessage):
    """All data of a COPY was sent."""

    type_byte: ClassVar[bytes] = b"c"

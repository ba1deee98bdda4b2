"""The pieces that message bodies are made of: integers, strings, values, each checked before it is read.

Integers are big-endian. Counts are unsigned 16-bit numbers: the manual writes Int16, PostgreSQL and its
drivers use all 65,535. Source: PostgreSQL manual, "Message Data Types" and "Message Formats"; the error
texts are those of PostgreSQL's pqformat.c.
"""

import struct
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from protocol.encodings import UTF_8, decode_text, encode_text
from protocol.errors import InvalidMessage, LocalProtocolError

UINT16: Final = struct.Struct(">H")
INT32: Final = struct.Struct(">i")
UINT32: Final = struct.Struct(">I")
NULL: Final = INT32.pack(-1)
MAX_COUNT: Final = 0xFFFF


class BodyReader:
    """Reads one body from its start to its end.

    Every method raises InvalidMessage, not fatal, when the body does not hold what is asked for.
    """

    __slots__ = ("_at", "_body", "_codec")

    def __init__(self, body: bytes, codec: str) -> None:
        self._body = body
        self._at = 0
        self._codec = codec

    def character(self) -> str:
        """Byte1: one byte as a letter."""
        if self._at >= len(self._body):
            raise InvalidMessage("no data left in message")
        self._at += 1
        return chr(self._body[self._at - 1])

    def uint16(self) -> int:
        return self._number(UINT16)

    def int32(self) -> int:
        return self._number(INT32)

    def uint32(self) -> int:
        return self._number(UINT32)

    def uint16s(self) -> tuple[int, ...]:
        """A count and as many 16-bit numbers."""
        return self._numbers(UINT16, "H")

    def uint32s(self) -> tuple[int, ...]:
        """A count and as many 32-bit numbers."""
        return self._numbers(UINT32, "I")

    def string(self) -> str:
        """Text up to its NUL."""
        end = self._body.find(0, self._at)
        if end < 0:
            raise InvalidMessage("invalid string in message")
        text = decode_text(self._body[self._at : end], self._codec)
        self._at = end + 1
        return text

    def values(self) -> tuple[bytes | None, ...]:
        """A count and as many values: a length and its bytes, or length -1 for NULL."""
        return tuple([self.value() for _ in range(self._checked(self.uint16(), 4))])

    def value(self) -> bytes | None:
        length = self.int32()
        return None if length == -1 else self.take(length)

    def take(self, length: int) -> bytes:
        """`length` bytes."""
        if not 0 <= length <= len(self._body) - self._at:
            raise InvalidMessage("insufficient data left in message")
        self._at += length
        return self._body[self._at - length : self._at]

    def rest(self) -> bytes:
        return self.take(len(self._body) - self._at)

    def finish(self) -> None:
        """Bytes that are left over are an error."""
        if self._at != len(self._body):
            raise InvalidMessage("invalid message format")

    def _checked(self, count: int, size: int) -> int:
        """`count` items of `size` bytes at least must still be there."""
        if count * size > len(self._body) - self._at:
            raise InvalidMessage("insufficient data left in message")
        return count

    def _number(self, form: struct.Struct) -> int:
        try:
            number: int = form.unpack_from(self._body, self._at)[0]
        except struct.error:
            raise InvalidMessage("insufficient data left in message") from None
        self._at += form.size
        return number

    def _numbers(self, form: struct.Struct, letter: str) -> tuple[int, ...]:
        count = self.uint16()
        if not count:
            return ()
        if count == 1:  # as nearly always
            return (self._number(form),)
        self._checked(count, form.size)
        return struct.unpack(f">{count}{letter}", self.take(count * form.size))


def pack_message(type_byte: bytes, *pieces: bytes) -> bytes:
    """Put type byte and length before the body; the length counts itself but not the type byte."""
    body = b"".join(pieces)
    return type_byte + UINT32.pack(len(body) + 4) + body


def pack_string(text: str, codec: str) -> bytes:
    """Text and its NUL.

    Raises:
        LocalProtocolError: the text holds a NUL, which would end it early.
        InvalidValue: the client's encoding lacks a character.
    """
    if "\0" in text:
        raise LocalProtocolError("a string in a message cannot hold a NUL")
    return encode_text(text, codec) + b"\0"


def pack_count(count: int) -> bytes:
    if count > MAX_COUNT:
        raise LocalProtocolError(f"{count} items in a message, which counts to {MAX_COUNT}")
    return UINT16.pack(count)


def pack_uint16s(numbers: tuple[int, ...]) -> bytes:
    return pack_count(len(numbers)) + struct.pack(f">{len(numbers)}H", *numbers)


def pack_uint32s(numbers: tuple[int, ...]) -> bytes:
    return pack_count(len(numbers)) + struct.pack(f">{len(numbers)}I", *numbers)


def pack_values(values: tuple[bytes | None, ...]) -> bytes:
    pieces = [pack_count(len(values))]
    for value in values:
        if value is None:
            pieces.append(NULL)
        else:
            pieces.append(UINT32.pack(len(value)))
            pieces.append(value)
    return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class BodilessMessage:
    """A message that is nothing but its type."""

    type_byte: ClassVar[bytes]

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        if body:
            raise InvalidMessage("invalid message format")
        return cls()

    def encode(self, encoding: str = UTF_8) -> bytes:
        return self.type_byte + b"\0\0\0\4"

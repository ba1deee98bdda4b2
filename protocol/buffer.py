"""Bytes that were received and not yet read, in time linear in their number however they arrive."""

import struct


class ReceiveBuffer:
    """A queue of bytes: appended at the end, looked at and taken from the start.

    A bytearray gives up bytes at its front without moving the rest, and grows at its end in amortised
    constant time, so it is the whole algorithm.
    """

    __slots__ = ("_data",)

    def __init__(self) -> None:
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data)

    def append(self, data: bytes | bytearray | memoryview) -> None:
        self._data += data

    def peek(self, size: int) -> bytes:
        """The first `size` bytes, or what there is, left in place."""
        return bytes(self._data[:size])

    def unpack(self, form: struct.Struct) -> tuple[int, ...]:
        """The numbers at the start, left in place; there must be as many bytes as `form` needs."""
        return form.unpack_from(self._data)

    def take(self, start: int, end: int) -> bytes:
        """Remove everything before `end` and return what stood from `start` on."""
        # For the small messages that most are, copying twice is faster than making a view.
        taken = bytes(self._data[start:end])
        del self._data[:end]
        return taken

    def skip(self, size: int) -> None:
        del self._data[:size]

    def clear(self) -> None:
        """Let go of everything, the memory too."""
        self._data = bytearray()

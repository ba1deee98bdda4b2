"""The queue of received bytes."""

import struct

from protocol.buffer import ReceiveBuffer


def test_take_removes_what_stands_before_it_too() -> None:
    buffer = ReceiveBuffer()
    buffer.append(b"headbodynext")

    assert buffer.take(4, 8) == b"body"
    assert buffer.peek(10) == b"next"
    assert len(buffer) == 4


def test_numbers_are_read_in_place() -> None:
    buffer = ReceiveBuffer()
    buffer.append(b"Q\0\0\0\5")

    assert buffer.unpack(struct.Struct(">BI")) == (81, 5)
    assert len(buffer) == 5


def test_skip_and_clear() -> None:
    buffer = ReceiveBuffer()
    buffer.append(memoryview(b"abcdef"))

    buffer.skip(2)
    assert buffer.peek(2) == b"cd"
    buffer.clear()
    assert len(buffer) == 0

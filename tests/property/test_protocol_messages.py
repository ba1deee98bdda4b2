"""Every message survives its own bytes, and any bytes are either a message or the peer's error."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.backend_messages import BackendMessage
from protocol.errors import InvalidMessage
from protocol.frontend_messages import FrontendMessage, TaggedFrontendMessage
from protocol.startup_messages import StartupMessage, StartupPacket, decode_startup_packet
from protocol.trace import Direction, trace_line
from tests.property.protocol_messages import BACKEND, FRONTEND

# Those of COPY go both ways.
TAGGED = tuple(dict.fromkeys([*get_args(TaggedFrontendMessage), *get_args(BackendMessage)]))


def test_every_message_has_a_strategy() -> None:
    assert FRONTEND.keys() == set(get_args(FrontendMessage))
    assert BACKEND.keys() == set(get_args(BackendMessage))


@pytest.mark.parametrize("kind", get_args(StartupPacket))
@given(data=st.data())
def test_startup_packet_round_trip(kind: type[StartupPacket], data: st.DataObject) -> None:
    message = data.draw(FRONTEND[kind])

    encoded = message.encode()
    assert int.from_bytes(encoded[:4]) == len(encoded)
    assert decode_startup_packet(encoded[4:]) == message


@pytest.mark.parametrize("kind", TAGGED)
@given(data=st.data())
def test_round_trip(kind: type[TaggedFrontendMessage | BackendMessage], data: st.DataObject) -> None:
    message = data.draw(FRONTEND[kind] if kind in FRONTEND else BACKEND[kind])

    encoded = message.encode()
    assert encoded[:1] == kind.type_byte
    assert int.from_bytes(encoded[1:5]) == len(encoded) - 1
    assert kind.decode(encoded[5:]) == message


@pytest.mark.parametrize("kind", TAGGED)
@given(body=st.binary(max_size=60))
def test_any_body_is_a_message_or_an_error(kind: type[TaggedFrontendMessage | BackendMessage], body: bytes) -> None:
    try:
        message = kind.decode(body)
    except InvalidMessage:
        return
    assert kind.decode(message.encode()[5:]) == message


@given(body=st.binary(max_size=60) | st.binary(max_size=40).map(lambda rest: b"\0\3\0\0" + rest))
def test_any_startup_packet_is_a_message_or_an_error(body: bytes) -> None:
    try:
        message = decode_startup_packet(body)
    except InvalidMessage:
        return
    if not isinstance(message, StartupMessage) or message.protocol_major == 3:
        assert message.encode()[4:] == body


@given(message=st.one_of([*FRONTEND.values(), *BACKEND.values()]))
def test_trace_is_one_line(message: FrontendMessage | BackendMessage) -> None:
    direction = Direction.FRONTEND if isinstance(message, FrontendMessage) else Direction.BACKEND

    assert trace_line(direction, message, 4).splitlines() == [trace_line(direction, message, 4)]

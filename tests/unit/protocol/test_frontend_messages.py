"""Every frontend message against bytes written by hand from the manual's "Message Formats"."""

import pytest

from protocol.errors import InvalidMessage, LocalProtocolError
from protocol.frontend_messages import (
    Bind,
    Close,
    CopyData,
    CopyDone,
    CopyFail,
    Describe,
    Execute,
    Flush,
    FrontendMessage,
    FunctionCall,
    Parse,
    PasswordMessage,
    Query,
    Sync,
    TaggedFrontendMessage,
    Terminate,
)
from protocol.startup_messages import (
    CancelRequest,
    GSSENCRequest,
    SSLRequest,
    StartupMessage,
    StartupPacket,
    decode_startup_packet,
)

STARTUP_PACKETS: list[tuple[StartupPacket, bytes]] = [
    (SSLRequest(), b"\0\0\0\x08\x04\xd2\x16\x2f"),
    (GSSENCRequest(), b"\0\0\0\x08\x04\xd2\x16\x30"),
    (CancelRequest(258, b"\1\2\3\4"), b"\0\0\0\x10\x04\xd2\x16\x2e\0\0\1\2\1\2\3\4"),
    (StartupMessage(3, 2, (("user", "a"), ("x", ""))), b"\0\0\0\x13\0\3\0\2user\0a\0x\0\0\0"),
]
TAGGED: list[tuple[TaggedFrontendMessage, bytes]] = [
    (PasswordMessage(b"pw\0"), b"p\0\0\0\7pw\0"),
    (Query("é"), b"Q\0\0\0\7\xc3\xa9\0"),
    (Parse("s", "q", (25, 0)), b"P\0\0\0\x12s\0q\0\0\2\0\0\0\x19\0\0\0\0"),
    (
        Bind("p", "s", (0, 1), (b"ab", None, b""), (1,)),
        b"B\0\0\0\x22p\0s\0\0\2\0\0\0\1\0\3\0\0\0\2ab\xff\xff\xff\xff\0\0\0\0\0\1\0\1",
    ),
    (Describe("S", "s"), b"D\0\0\0\7Ss\0"),
    (Close("P", ""), b"C\0\0\0\6P\0"),
    (Execute("p", -1), b"E\0\0\0\x0ap\0\xff\xff\xff\xff"),
    (Flush(), b"H\0\0\0\4"),
    (Sync(), b"S\0\0\0\4"),
    (Terminate(), b"X\0\0\0\4"),
    (FunctionCall(7, (1,), (None,), 1), b"F\0\0\0\x14\0\0\0\7\0\1\0\1\0\1\xff\xff\xff\xff\0\1"),
    (CopyData(b"1\n"), b"d\0\0\0\x061\n"),
    (CopyDone(), b"c\0\0\0\4"),
    (CopyFail("no"), b"f\0\0\0\7no\0"),
]


def type_name(value: object) -> str:
    return type(value).__name__


@pytest.mark.parametrize(("message", "data"), [*STARTUP_PACKETS, *TAGGED], ids=type_name)
def test_encode(message: FrontendMessage, data: bytes) -> None:
    assert message.encode() == data


@pytest.mark.parametrize(("message", "data"), STARTUP_PACKETS, ids=type_name)
def test_decode_startup_packet(message: StartupPacket, data: bytes) -> None:
    assert decode_startup_packet(data[4:]) == message


@pytest.mark.parametrize(("message", "data"), TAGGED, ids=type_name)
def test_decode(message: TaggedFrontendMessage, data: bytes) -> None:
    assert type(message).decode(data[5:]) == message


@pytest.mark.parametrize("kind", [Query, Parse, Bind, Describe, Close, Execute, FunctionCall, CopyFail, Sync])
def test_bytes_after_the_end_are_an_error(kind: type[TaggedFrontendMessage]) -> None:
    body = next(data[5:] for message, data in TAGGED if isinstance(message, kind))

    with pytest.raises(InvalidMessage, match="invalid message format"):
        kind.decode(body + b"\0")


@pytest.mark.parametrize("kind", [Query, Parse, Bind, Describe, Close, Execute, FunctionCall, CopyFail])
def test_every_shorter_body_is_an_error(kind: type[TaggedFrontendMessage]) -> None:
    body = next(data[5:] for message, data in TAGGED if isinstance(message, kind))

    for size in range(len(body)):
        with pytest.raises(InvalidMessage) as caught:
            kind.decode(body[:size])
        assert not caught.value.fatal


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Parse, b"\0\0\xff\xff"),
        (Parse, b"\0\0\0\2\0\0\0\1"),
        (Bind, b"\0\0\0\3\0\0"),
        (Bind, b"\0\0\0\0\xff\xff\0\0"),
        (Bind, b"\0\0\0\0\0\1\x7f\xff\xff\xff\0\0"),
        (Bind, b"\0\0\0\0\0\1\xff\xff\xff\xfe\0\0"),
        (Bind, b"\0\0\0\0\0\0\x80\0"),
        (FunctionCall, b"\0\0\0\1\xff\xff"),
    ],
)
def test_counts_and_lengths_beyond_the_body_are_an_error(kind: type[TaggedFrontendMessage], body: bytes) -> None:
    with pytest.raises(InvalidMessage, match="insufficient data left in message"):
        kind.decode(body)


def test_bind_leaves_counts_that_do_not_fit_each_other_to_the_session() -> None:
    message = Bind("", "", (0, 1, 0), (b"x",), (1, 1))

    assert Bind.decode(message.encode()[5:]) == message


@pytest.mark.parametrize(("kind", "verb"), [(Describe, "DESCRIBE"), (Close, "CLOSE")])
def test_unknown_kind_is_an_error(kind: type[Describe | Close], verb: str) -> None:
    with pytest.raises(InvalidMessage, match=f"invalid {verb} message subtype 120"):
        kind.decode(b"xname\0")


def test_text_without_its_nul_is_an_error() -> None:
    with pytest.raises(InvalidMessage, match="invalid string in message"):
        Query.decode(b"SELECT 1")


def test_nul_inside_a_text_ends_it_and_the_rest_is_an_error() -> None:
    with pytest.raises(InvalidMessage, match="invalid message format"):
        Query.decode(b"SELECT\0 1\0")


@pytest.mark.parametrize("message", [Query("a\0b"), Parse("\0", ""), StartupMessage(3, 0, (("user", "a\0"),))])
def test_nul_inside_a_text_is_never_sent(message: Query | Parse | StartupMessage) -> None:
    with pytest.raises(LocalProtocolError):
        message.encode()


def test_startup_parameter_without_a_name_is_never_sent() -> None:
    with pytest.raises(LocalProtocolError):
        StartupMessage(3, 0, (("", "x"),)).encode()


def test_more_values_than_a_count_can_tell_are_never_sent() -> None:
    with pytest.raises(LocalProtocolError):
        Bind("", "", (), (None,) * 65_536).encode()


def test_65535_parameters_are_legal() -> None:
    message = Bind("", "", (), (None,) * 65_535)

    assert Bind.decode(message.encode()[5:]) == message

"""The messages of SASL, and the answers to a request for encryption."""

import pytest

from protocol.backend import NEED_DATA, Backend
from protocol.backend_messages import (
    AuthenticationMessage,
    AuthenticationOk,
    AuthenticationSASL,
    AuthenticationSASLContinue,
    AuthenticationSASLFinal,
    decode_authentication,
)
from protocol.errors import InvalidMessage, LocalProtocolError, RemoteProtocolError, UnsupportedProtocolVersion
from protocol.frontend_messages import PasswordMessage, SASLInitialResponse
from protocol.phases import Phase
from protocol.startup_messages import GSSENCRequest, SSLRequest, StartupMessage
from protocol.trace import Direction, trace_line

LOGIN = StartupMessage(3, 0, (("user", "u"),))

MESSAGES: list[tuple[AuthenticationMessage, bytes]] = [
    (AuthenticationOk(), b"R\0\0\0\x08\0\0\0\0"),
    (AuthenticationSASL(("A", "B-PLUS")), b"R\0\0\0\x12\0\0\0\x0aA\0B-PLUS\0\0"),
    (AuthenticationSASLContinue(b"r=1,s=2"), b"R\0\0\0\x0f\0\0\0\x0br=1,s=2"),
    (AuthenticationSASLFinal(b"v=3"), b"R\0\0\0\x0b\0\0\0\x0cv=3"),
]


@pytest.mark.parametrize(("message", "data"), MESSAGES)
def test_authentication_messages(message: AuthenticationMessage, data: bytes) -> None:
    assert message.encode() == data
    assert decode_authentication(data[5:]) == message


@pytest.mark.parametrize("body", [b"", b"\0\0\0\x05", b"\0\0\0\x0aA\0", b"\0\0\0\x0aA\0\0x", b"\0\0\0\0x"])
def test_other_authentication_messages_are_invalid(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode_authentication(body)


def test_a_step_is_not_read_as_another() -> None:
    with pytest.raises(InvalidMessage):
        AuthenticationSASLFinal.decode(b"\0\0\0\x0bdata")
    with pytest.raises(InvalidMessage):
        AuthenticationSASL.decode(b"\0\0\0\x0bdata")


def test_a_mechanism_has_a_name() -> None:
    with pytest.raises(LocalProtocolError):
        AuthenticationSASL(("A", "")).encode()


@pytest.mark.parametrize(
    ("message", "body"),
    [
        (SASLInitialResponse("A", None), b"A\0\xff\xff\xff\xff"),
        (SASLInitialResponse("A", b""), b"A\0\0\0\0\0"),
        (SASLInitialResponse("A-PLUS", b"n,,n=,r=x"), b"A-PLUS\0\0\0\0\x09n,,n=,r=x"),
    ],
)
def test_initial_response_is_a_reading_of_the_password_message(message: SASLInitialResponse, body: bytes) -> None:
    assert SASLInitialResponse.decode(body) == message
    assert message.encode() == PasswordMessage(body).encode()


@pytest.mark.parametrize("body", [b"", b"A", b"A\0", b"A\0\0\0\0\2x", b"A\0\0\0\0\1xy", b"A\0\xff\xff\xff\xfe"])
def test_bad_initial_response(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        SASLInitialResponse.decode(body)


def test_no_step_of_a_login_stands_in_a_trace_or_a_repr() -> None:
    lines = [trace_line(Direction.BACKEND, message, 4) for message, _ in MESSAGES]
    lines.append(trace_line(Direction.FRONTEND, PasswordMessage(b"p=secret"), 4))

    assert lines[1:] == [
        'B\t4\tAuthentication\t 10 "A" "B-PLUS"',
        "B\t4\tAuthentication\t 11 ****",
        "B\t4\tAuthentication\t 12 ****",
        "F\t4\tPasswordMessage\t ****",
    ]
    assert "secret" not in repr(PasswordMessage(b"secret")) + repr(SASLInitialResponse("A", b"secret"))


def test_a_login_takes_several_steps() -> None:
    backend = Backend()
    backend.receive_data(LOGIN.encode())
    assert backend.next_message() == LOGIN

    backend.send(AuthenticationSASL(("A",)))
    assert backend.next_message() is NEED_DATA
    backend.receive_data(PasswordMessage(b"1").encode() + PasswordMessage(b"2").encode())
    assert backend.next_message() == PasswordMessage(b"1")
    backend.send(AuthenticationSASLContinue(b"?"))
    assert backend.next_message() == PasswordMessage(b"2")
    backend.send(AuthenticationSASLFinal(b"!"))
    backend.send(AuthenticationOk())

    assert backend.phase is Phase.AUTHENTICATED
    with pytest.raises(LocalProtocolError):
        backend.send(AuthenticationSASL(("A",)))


def test_encryption_is_accepted_once() -> None:
    backend = Backend()
    backend.receive_data(SSLRequest().encode())
    assert backend.next_message() == SSLRequest()

    assert backend.accept_encryption() == b"S"

    assert backend.phase is Phase.STARTUP
    for request in (SSLRequest(), GSSENCRequest()):
        inner = Backend()
        inner.receive_data(SSLRequest().encode())
        inner.next_message()
        inner.accept_encryption()
        inner.receive_data(request.encode())
        with pytest.raises(UnsupportedProtocolVersion):
            inner.next_message()
    backend.receive_data(LOGIN.encode())
    assert backend.next_message() == LOGIN


def test_what_was_sent_in_clear_before_the_handshake_is_refused() -> None:
    backend = Backend()
    backend.receive_data(SSLRequest().encode() + LOGIN.encode())
    backend.next_message()

    with pytest.raises(RemoteProtocolError, match="received unencrypted data after SSL request") as caught:
        backend.accept_encryption()

    assert caught.value.fatal
    assert backend.phase is Phase.CLOSED


def test_encryption_that_nobody_asked_for_is_not_accepted() -> None:
    with pytest.raises(LocalProtocolError):
        Backend().accept_encryption()

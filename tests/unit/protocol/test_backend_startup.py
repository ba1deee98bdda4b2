"""From the first byte to the first ReadyForQuery."""

import struct

import pytest

from protocol.backend import CLOSED, NEED_DATA, Backend
from protocol.backend_messages import (
    AuthenticationOk,
    BackendKeyData,
    NegotiateProtocolVersion,
    NoticeResponse,
    ParameterStatus,
)
from protocol.errors import (
    InvalidMessage,
    LocalProtocolError,
    MessageTooLarge,
    RemoteProtocolError,
    UnexpectedMessage,
    UnsupportedProtocolVersion,
)
from protocol.frontend_messages import PasswordMessage, Query, Terminate
from protocol.phases import Phase
from protocol.startup_messages import (
    CancelRequest,
    GSSENCRequest,
    SSLRequest,
    StartupMessage,
    decode_startup_packet,
)
from tests.unit.protocol.conversation import ERROR, IDLE, STARTUP, authenticating, receive


def refused(backend: Backend, *packets: bytes) -> RemoteProtocolError:
    """What the backend says of bad packets, having made sure that it then is closed for good."""
    for packet in packets:
        backend.receive_data(packet)
    with pytest.raises(RemoteProtocolError) as caught:
        backend.next_message()
    assert caught.value.fatal
    backend.receive_data(STARTUP.encode())
    assert backend.phase is Phase.CLOSED
    assert backend.next_message() is CLOSED
    return caught.value


def with_minor(minor: int, *options: str) -> StartupMessage:
    return StartupMessage(3, minor, (("user", "ann"), *((option, "1") for option in options)))


def test_startup_message_begins_authentication() -> None:
    backend = Backend()

    assert receive(backend, STARTUP) == STARTUP
    assert backend.phase is Phase.AUTHENTICATION
    assert backend.negotiation() is None


def test_encryption_may_be_asked_for_twice_in_different_ways() -> None:
    backend = Backend()

    assert receive(backend, GSSENCRequest()) == GSSENCRequest()
    assert backend.refuse_encryption() == b"N"
    assert receive(backend, SSLRequest()) == SSLRequest()
    assert backend.refuse_encryption() == b"N"
    assert receive(backend, STARTUP) == STARTUP


def test_what_follows_an_encryption_request_waits_for_the_answer() -> None:
    backend = Backend()

    assert receive(backend, SSLRequest(), STARTUP) == SSLRequest()
    assert backend.next_message() is NEED_DATA
    backend.refuse_encryption()
    assert backend.next_message() == STARTUP


@pytest.mark.parametrize(("request_", "minor"), [(SSLRequest(), 5679), (GSSENCRequest(), 5680)])
def test_same_encryption_request_twice_is_refused(request_: SSLRequest | GSSENCRequest, minor: int) -> None:
    backend = Backend()
    receive(backend, request_)
    backend.refuse_encryption()

    error = refused(backend, request_.encode())

    assert error.message == f"unsupported frontend protocol 1234.{minor}: server supports 3.0 to 3.2"


def test_encryption_nobody_asked_for_cannot_be_refused() -> None:
    with pytest.raises(LocalProtocolError):
        Backend().refuse_encryption()


@pytest.mark.parametrize("size", [4, 32, 256])
def test_cancel_request_ends_the_conversation(size: int) -> None:
    backend = Backend()
    request = CancelRequest(4_000_000_000, bytes(size))

    assert receive(backend, request, STARTUP) == request
    assert backend.next_message() is CLOSED


@pytest.mark.parametrize("size", [0, 3, 257])
def test_cancel_request_with_a_key_of_impossible_length_is_refused(size: int) -> None:
    error = refused(Backend(), CancelRequest(1, bytes(size)).encode())

    assert error.message == "invalid length of cancel request packet"


@pytest.mark.parametrize(("requested", "spoken"), [(0, 0), (1, 1), (2, 2)])
def test_versions_up_to_3_2_need_no_negotiation(requested: int, spoken: int) -> None:
    backend = authenticating(with_minor(requested))

    assert backend.negotiation() is None
    assert backend.protocol_minor == spoken


def test_newer_minor_version_is_negotiated_down() -> None:
    backend = authenticating(with_minor(9))

    assert backend.negotiation() == NegotiateProtocolVersion(3, 2)
    assert backend.protocol_minor == 2


def test_unknown_protocol_options_are_named() -> None:
    backend = authenticating(with_minor(0, "_pq_.x", "_pq_.y"))

    assert backend.negotiation() == NegotiateProtocolVersion(3, 0, ("_pq_.x", "_pq_.y"))


def test_negotiation_goes_before_authentication_ok() -> None:
    backend = authenticating(with_minor(9))

    with pytest.raises(LocalProtocolError):
        backend.send(AuthenticationOk())
    with pytest.raises(LocalProtocolError):
        backend.send(NegotiateProtocolVersion(3, 1))
    assert backend.send(NegotiateProtocolVersion(3, 2)) == b"v\0\0\0\x0c\0\x03\0\x02\0\0\0\0"
    assert backend.negotiation() is None
    backend.send(AuthenticationOk())


@pytest.mark.parametrize("version", [(2, 0), (1, 0), (4, 0)])
def test_other_major_versions_are_refused(version: tuple[int, int]) -> None:
    error = refused(Backend(), struct.pack(">IHH", 12, *version) + b"abcd")

    assert isinstance(error, UnsupportedProtocolVersion)
    assert error.sqlstate == "0A000"
    assert error.message == f"unsupported frontend protocol {version[0]}.{version[1]}: server supports 3.0 to 3.2"


@pytest.mark.parametrize("length", [0, 3, 7])
def test_startup_packet_shorter_than_its_version_is_refused(length: int) -> None:
    error = refused(Backend(), struct.pack(">I", length))

    assert (error.message, error.sqlstate) == ("invalid length of startup packet", "08P01")


@pytest.mark.parametrize("length", [10_001, 2**31, 0x47455420])
def test_startup_packet_over_10000_bytes_is_refused_by_its_length_alone(length: int) -> None:
    error = refused(Backend(), struct.pack(">I", length))

    assert isinstance(error, MessageTooLarge)
    assert error.message == "invalid length of startup packet"


def test_startup_packet_of_10000_bytes_is_taken() -> None:
    empty = StartupMessage(3, 0, (("user", "a"), ("options", "")))
    full = StartupMessage(3, 0, (("user", "a"), ("options", "x" * (10_000 - len(empty.encode())))))

    assert len(full.encode()) == 10_000
    assert receive(Backend(), full) == full


@pytest.mark.parametrize("parameters", [(), (("database", "shop"),), (("user", ""),)])
def test_startup_without_user_is_refused(parameters: tuple[tuple[str, str], ...]) -> None:
    error = refused(Backend(), StartupMessage(3, 0, parameters).encode())

    assert (error.message, error.sqlstate) == ("no PostgreSQL user name specified in startup packet", "28000")


@pytest.mark.parametrize(
    "parameters",
    [b"user\0ann\0", b"user\0\0", b"user\0ann\0\0x", b"user\0ann\0\0\0", b"user", b"", b"user\0ann\0database\0\0"],
)
def test_startup_parameters_without_their_end_are_refused(parameters: bytes) -> None:
    error = refused(Backend(), struct.pack(">IHH", 8 + len(parameters), 3, 0) + parameters)

    assert error.message == "invalid startup packet layout: expected terminator as last byte"


def test_last_of_repeated_parameters_counts() -> None:
    startup = StartupMessage(3, 0, (("user", "ann"), ("user", "bob")))

    assert startup.as_dict() == {"user": "bob"}


def test_startup_parameters_that_are_no_utf_8_are_refused() -> None:
    packet = STARTUP.encode().replace(b"ann", b"a\xff!")

    error = refused(Backend(), packet)

    assert (error.message, error.sqlstate) == ('invalid byte sequence for encoding "UTF8": 0xff', "22021")


def test_authentication_takes_passwords_only() -> None:
    backend = authenticating()

    assert receive(backend, PasswordMessage(b"secret\0")) == PasswordMessage(b"secret\0")
    assert backend.phase is Phase.AUTHENTICATION
    error = refused(backend, Query("SELECT 1").encode())
    assert isinstance(error, UnexpectedMessage)
    assert error.message == "expected password response, got message type 81"


@pytest.mark.parametrize(("size", "taken"), [(65_531, True), (65_532, False)])
def test_passwords_are_limited(size: int, *, taken: bool) -> None:
    backend = authenticating()
    message = PasswordMessage(bytes(size))

    if taken:
        assert receive(backend, message) == message
    else:
        assert isinstance(refused(backend, message.encode()), MessageTooLarge)


def test_failed_login_ends_the_conversation() -> None:
    backend = authenticating()
    backend.receive_data(Query("DROP MODEL m").encode())

    backend.send(ERROR)

    assert backend.phase is Phase.CLOSED
    assert backend.next_message() is CLOSED


def test_query_sent_with_the_startup_message_waits_for_ready_for_query() -> None:
    backend = Backend()

    assert receive(backend, STARTUP, Query("SELECT 1")) == STARTUP
    backend.send(AuthenticationOk())
    assert backend.phase is Phase.AUTHENTICATED
    assert backend.next_message() is NEED_DATA
    backend.send(ParameterStatus("server_encoding", "UTF8"))
    backend.send(BackendKeyData(1, b"1234"))
    backend.send(NoticeResponse(ERROR.fields))
    backend.send(IDLE)
    assert backend.next_message() == Query("SELECT 1")


@pytest.mark.parametrize(("minor", "size", "legal"), [(0, 4, True), (1, 32, False), (2, 32, True), (2, 257, False)])
def test_long_cancel_keys_need_protocol_3_2(minor: int, size: int, *, legal: bool) -> None:
    backend = authenticating(with_minor(minor))
    backend.send(AuthenticationOk())
    message = BackendKeyData(7, bytes(size))

    if legal:
        assert backend.send(message) == message.encode()
    else:
        with pytest.raises(LocalProtocolError):
            backend.send(message)


def test_terminate_is_no_password() -> None:
    assert "message type 88" in refused(authenticating(), Terminate().encode()).message


def test_startup_in_single_bytes() -> None:
    backend = Backend()
    data = STARTUP.encode()

    for byte in data[:-1]:
        backend.receive_data(bytes([byte]))
        assert backend.next_message() is NEED_DATA
    assert receive(backend, data[-1:]) == STARTUP


def test_decoding_too_short_a_packet_is_refused() -> None:
    with pytest.raises(InvalidMessage):
        decode_startup_packet(b"\0\3")
    with pytest.raises(InvalidMessage):
        decode_startup_packet(SSLRequest().encode()[4:] + b"x")

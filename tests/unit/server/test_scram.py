"""SCRAM: the example of RFC 7677, verifiers as PostgreSQL writes them, and every way a login ends."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scramp import ScramClient

from protocol.errors import InvalidMessage
from protocol.frontend_messages import SASLInitialResponse
from protocol.sqlstate import SqlState
from server.scram import MECHANISM, MECHANISM_PLUS, LoginFailed, ScramLogin, Verifier

END_POINT = bytes(range(32))
VERIFIER = Verifier.derive("pencil")


def exchange(login: ScramLogin, client: ScramClient) -> None:
    """Play both sides to the end."""
    message = SASLInitialResponse(client.mechanism_name, client.get_client_first().encode())
    client.set_server_first(login.begin(message.encode()[5:]).decode())
    assert login.begun
    client.set_server_final(login.finish(client.get_client_final().encode()).decode())


def binding(data: bytes = END_POINT) -> tuple[str, bytes]:
    return ("tls-server-end-point", data)


def begin(login: ScramLogin, first: str, mechanism: str = MECHANISM) -> bytes:
    return login.begin(SASLInitialResponse(mechanism, first.encode()).encode()[5:])


def test_keys_are_those_of_the_example_in_the_rfc() -> None:
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")

    verifier = Verifier.derive("pencil", salt=salt)

    # RFC 7677, section 3, gives the server's signature, which only the right ServerKey makes.
    assert verifier.format() == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


@given(st.text(min_size=1, max_size=40), st.integers(4096, 5000))
def test_a_verifier_is_read_as_it_was_written(password: str, iterations: int) -> None:
    verifier = Verifier.derive(password.encode(errors="replace").decode(), iterations=iterations)

    assert Verifier.parse(verifier.format()) == verifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pencil",
        "SCRAM-SHA-256",
        VERIFIER.format()[:-1],
        VERIFIER.format() + "=",
        VERIFIER.format().replace("4096", "4095"),
        VERIFIER.format().replace("4096", "04096"),
        VERIFIER.format().replace("4096", "99999999"),
        VERIFIER.format().replace(":", "::", 1),
        "SCRAM-SHA-256$4096:c2hvcnQ=$" + VERIFIER.format().split("$")[2],
        "SCRAM-SHA-1" + VERIFIER.format().removeprefix("SCRAM-SHA-256"),
    ],
)
def test_what_is_no_verifier_is_a_password(text: str) -> None:
    assert Verifier.parse(text) is None


def test_keys_do_not_stand_in_a_repr() -> None:
    assert repr(VERIFIER.stored_key) not in repr(VERIFIER)
    assert repr(VERIFIER.server_key) not in repr(VERIFIER)


@pytest.mark.parametrize("password", ["pencil", "p\u00e4sswort", "\u00aa\u2168", "x" * 1000])
def test_the_right_password_logs_in(password: str) -> None:
    login = ScramLogin(Verifier.derive(password), end_point=None)

    exchange(login, ScramClient(login.mechanisms, "user", password))


def test_a_password_that_saslprep_forbids_is_taken_as_it_is() -> None:
    salt = bytes(16)

    forbidden = Verifier.derive("a\x07b", salt=salt)

    assert forbidden != Verifier.derive("ab", salt=salt)
    assert Verifier.derive("\u2168", salt=salt) == Verifier.derive("IX", salt=salt)


def test_channel_binding_is_offered_first_and_checked() -> None:
    login = ScramLogin(VERIFIER, end_point=END_POINT)

    assert login.mechanisms == (MECHANISM_PLUS, MECHANISM)
    exchange(login, ScramClient(login.mechanisms, "user", "pencil", channel_binding=binding()))


def test_another_channel_is_found_out() -> None:
    login = ScramLogin(VERIFIER, end_point=END_POINT)
    client = ScramClient(login.mechanisms, "user", "pencil", channel_binding=binding(bytes(32)))

    with pytest.raises(InvalidMessage, match="SCRAM channel binding check failed") as caught:
        exchange(login, client)
    assert caught.value.sqlstate is SqlState.INVALID_AUTHORIZATION_SPECIFICATION


def test_an_offer_taken_away_by_somebody_between_is_found_out() -> None:
    login = ScramLogin(VERIFIER, end_point=END_POINT)
    client = ScramClient([MECHANISM], "user", "pencil", channel_binding=binding())

    with pytest.raises(InvalidMessage, match="SCRAM channel binding negotiation error"):
        exchange(login, client)


def test_no_binding_in_clear() -> None:
    assert ScramLogin(VERIFIER, end_point=None).mechanisms == (MECHANISM,)


@pytest.mark.parametrize("verifier", [VERIFIER, Verifier.mock(b"secret", "user")])
def test_a_wrong_proof_fails_at_the_same_step_for_everybody(verifier: Verifier) -> None:
    login = ScramLogin(verifier, end_point=None)

    with pytest.raises(LoginFailed):
        exchange(login, ScramClient(login.mechanisms, "user", "wrong"))
    assert login.begun


def test_a_mock_looks_the_same_each_time_and_is_nobody_elses() -> None:
    first, again, other = (Verifier.mock(b"secret", user) for user in ("a", "a", "b"))

    assert first.salt == again.salt
    assert first.salt != other.salt
    assert first.salt != Verifier.mock(b"another", "a").salt
    assert len(first.salt) == len(VERIFIER.salt)
    assert first.iterations == VERIFIER.iterations


@pytest.mark.parametrize("name", ["", "*", "user", "a=2Cb"])
def test_the_name_inside_is_ignored(name: str) -> None:
    login = ScramLogin(VERIFIER, end_point=None)

    assert begin(login, f"n,,n={name},r=nonce").startswith(b"r=nonce")


def test_the_first_data_may_come_later() -> None:
    login = ScramLogin(VERIFIER, end_point=None)

    assert login.begin(SASLInitialResponse(MECHANISM, None).encode()[5:]) == b""
    assert not login.begun
    assert login.begin(b"n,,n=,r=nonce").startswith(b"r=nonce")


@pytest.mark.parametrize(
    "first",
    [
        "",
        "n,,",
        "n,,n=,",
        "n,,n=,r=",
        "n,,r=nonce,n=",
        "n,a=other,n=,r=nonce",
        "x,,n=,r=nonce",
        "n,,m=ext,n=,r=nonce",
        "p=tls-server-end-point,,n=,r=nonce",
        "p=tls-unique,,n=,r=nonce",
        "n,,n=,r=no nonce",
    ],
)
@pytest.mark.parametrize("end_point", [None, END_POINT])
def test_a_malformed_first_message(first: str, end_point: bytes | None) -> None:
    with pytest.raises(InvalidMessage, match="SCRAM"):
        begin(ScramLogin(VERIFIER, end_point=end_point), first)


def test_bytes_that_are_no_text() -> None:
    login = ScramLogin(VERIFIER, end_point=None)
    with pytest.raises(InvalidMessage):
        login.begin(SASLInitialResponse(MECHANISM, b"n,,n=,r=\xff").encode()[5:])
    login = ScramLogin(VERIFIER, end_point=None)
    begin(login, "n,,n=,r=nonce")
    with pytest.raises(InvalidMessage):
        login.finish(b"\xff")


@pytest.mark.parametrize("mechanism", ["", "PLAIN", MECHANISM_PLUS, "SCRAM-SHA-1"])
def test_a_mechanism_that_was_not_offered(mechanism: str) -> None:
    with pytest.raises(InvalidMessage, match="invalid SASL authentication mechanism"):
        begin(ScramLogin(VERIFIER, end_point=None), "n,,n=,r=nonce", mechanism)


@pytest.mark.parametrize("final", ["", "c=biws", "c=biws,r=nonce,p=AAAA", "c=biws,r=nonce", "p=AAAA"])
def test_a_malformed_proof(final: str) -> None:
    login = ScramLogin(VERIFIER, end_point=None)
    begin(login, "n,,n=,r=nonce")

    with pytest.raises(InvalidMessage, match="malformed SCRAM message"):
        login.finish(final.encode())


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_garbage_is_the_clients_fault(first: bytes, second: bytes) -> None:
    for offered in (None, END_POINT):
        login = ScramLogin(VERIFIER, end_point=offered)
        with pytest.raises((InvalidMessage, LoginFailed)):  # noqa: PT012  either step may find it out
            login.begin(SASLInitialResponse(MECHANISM, first).encode()[5:])
            login.finish(second)

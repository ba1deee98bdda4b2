"""Laws of a whole conversation: splits do not matter, garbage is the peer's error, batches are skipped to Sync."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from protocol.backend import CLOSED, NEED_DATA, Backend
from protocol.backend_messages import AuthenticationOk, ErrorResponse, ReadyForQuery, TransactionStatus
from protocol.error_fields import ErrorFields
from protocol.errors import RemoteProtocolError
from protocol.frontend_messages import (
    CopyData,
    CopyDone,
    CopyFail,
    FrontendMessage,
    FunctionCall,
    PasswordMessage,
    Query,
    Sync,
)
from protocol.phases import Phase
from protocol.startup_messages import GSSENCRequest, SSLRequest, StartupMessage
from tests.property.protocol_messages import commands, startup_messages

IDLE = ReadyForQuery(TransactionStatus.IDLE)
ERROR = ErrorResponse(ErrorFields("ERROR", "42601", "syntax error"))
IGNORED = CopyData | CopyDone | CopyFail

openings: list[list[FrontendMessage]] = [[], [SSLRequest()], [GSSENCRequest()], [GSSENCRequest(), SSLRequest()]]


@st.composite
def conversations(draw: st.DrawFn) -> list[FrontendMessage]:
    opening, startup = draw(st.sampled_from(openings)), draw(startup_messages)
    return [*opening, startup, *draw(st.lists(commands, max_size=8))]


def answer(backend: Backend, message: FrontendMessage) -> None:
    """What the simplest of all sessions says."""
    match message:
        case SSLRequest() | GSSENCRequest():
            backend.refuse_encryption()
        case StartupMessage():
            negotiation = backend.negotiation()
            if negotiation is not None:
                backend.send(negotiation)
            backend.send(AuthenticationOk())
            backend.send(IDLE)
        case Query() | FunctionCall() | Sync():
            backend.send(IDLE)
        case _:
            pass


def converse(pieces: list[bytes]) -> list[object]:
    """Feed the pieces, answering each message, and list messages, errors and the end."""
    backend = Backend(max_length=1_000)
    heard: list[object] = []
    for piece in pieces:
        backend.receive_data(piece)
        while True:
            try:
                message = backend.next_message()
            except RemoteProtocolError as error:
                heard.append((type(error), error.message, error.sqlstate, error.fatal))
                backend.send(ERROR)
                if backend.owes_ready_for_query:
                    backend.send(IDLE)
                continue
            if message is NEED_DATA:
                break
            if message is CLOSED:
                return [*heard, CLOSED]
            assert not isinstance(message, type(NEED_DATA))
            heard.append(message)
            answer(backend, message)
    return heard


def split(data: bytes, places: list[int]) -> list[bytes]:
    borders = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(borders)]


@given(messages=conversations())
def test_conversation_is_heard_as_it_was_said(messages: list[FrontendMessage]) -> None:
    stream = b"".join(message.encode() for message in messages)

    assert converse([stream]) == [message for message in messages if not isinstance(message, IGNORED)]


@given(messages=conversations(), places=st.lists(st.integers(0, 10_000), max_size=10))
def test_splits_do_not_matter(messages: list[FrontendMessage], places: list[int]) -> None:
    stream = b"".join(message.encode() for message in messages)

    whole = converse([stream])
    assert converse(split(stream, places)) == whole
    assert converse([bytes([byte]) for byte in stream]) == whole


@given(
    messages=conversations(),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=6)), min_size=1, max_size=4),
    places=st.lists(st.integers(0, 10_000), max_size=4),
)
def test_mutated_conversation_raises_nothing_but_the_peers_error(
    messages: list[FrontendMessage], changes: list[tuple[int, bytes]], places: list[int]
) -> None:
    stream = b"".join(message.encode() for message in messages)
    for place, replacement in changes:
        at = place % (len(stream) + 1)
        stream = stream[:at] + replacement + stream[at + len(replacement) :]

    assert converse(split(stream, places)) == converse([stream])


@given(garbage=st.binary(max_size=200))
def test_garbage_raises_nothing_but_the_peers_error(garbage: bytes) -> None:
    converse([garbage])
    converse([StartupMessage(3, 0, (("user", "u"),)).encode() + garbage])


@given(before=st.lists(commands, max_size=4), after=st.lists(commands, max_size=4))
def test_after_an_error_in_a_batch_sync_is_the_next_message(
    before: list[FrontendMessage], after: list[FrontendMessage]
) -> None:
    backend = Backend()
    backend.receive_data(StartupMessage(3, 0, (("user", "u"),)).encode())
    first = backend.next_message()
    assert isinstance(first, StartupMessage)
    answer(backend, first)
    backend.receive_data(b"P\0\0\0\6\0\0")  # the number of parameter types is missing
    try:
        backend.next_message()
    except RemoteProtocolError:
        backend.send(ERROR)
    assert backend.phase is Phase.SKIPPING

    skipped = [message for message in before if not isinstance(message, Sync)]
    backend.receive_data(b"".join(message.encode() for message in [*skipped, Sync(), *after]))

    assert backend.next_message() == Sync()
    backend.send(IDLE)
    heard = [message for message in after if not isinstance(message, IGNORED)]
    assert backend.next_message() == (heard[0] if heard else NEED_DATA)


@given(bodies=st.lists(st.binary(max_size=20), min_size=1, max_size=5))
def test_password_messages_are_handed_on_as_they_are(bodies: list[bytes]) -> None:
    backend = Backend()
    backend.receive_data(StartupMessage(3, 0, (("user", "u"),)).encode())
    backend.next_message()
    backend.receive_data(b"".join(PasswordMessage(body).encode() for body in bodies))

    assert [backend.next_message() for _ in bodies] == [PasswordMessage(body) for body in bodies]

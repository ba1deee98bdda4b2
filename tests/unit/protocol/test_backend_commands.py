"""Commands, batches, errors and limits once the session is ready."""

import struct
import tracemalloc

import pytest

from protocol.backend import CLOSED, NEED_DATA
from protocol.backend_messages import (
    AuthenticationOk,
    BackendMessage,
    BindComplete,
    CommandComplete,
    DataRow,
    EmptyQueryResponse,
    Field,
    NoticeResponse,
    NotificationResponse,
    ParameterDescription,
    ParameterStatus,
    ParseComplete,
    PortalSuspended,
    RowDescription,
)
from protocol.errors import InvalidMessage, InvalidValue, LocalProtocolError, MessageTooLarge, RemoteProtocolError
from protocol.frontend_messages import (
    Bind,
    Close,
    CopyData,
    CopyDone,
    CopyFail,
    Describe,
    Execute,
    Flush,
    FunctionCall,
    Parse,
    Query,
    Sync,
    TaggedFrontendMessage,
    Terminate,
)
from protocol.phases import Phase
from tests.unit.protocol.conversation import ERROR, FATAL, IDLE, ready, receive

EXTENDED = (
    Parse("s", "SELECT $1", (25,)),
    Bind("p", "s", (0,), (b"x",), (1,)),
    Describe("S", "s"),
    Execute("p", 10),
    Close("P", "p"),
    Flush(),
)


@pytest.mark.parametrize("message", EXTENDED)
def test_extended_message_opens_a_batch(message: TaggedFrontendMessage) -> None:
    backend = ready()

    assert receive(backend, message) == message
    assert backend.phase is Phase.EXTENDED_BATCH
    assert not backend.owes_ready_for_query


def test_sync_ends_the_batch_and_is_owed_ready_for_query() -> None:
    backend = ready()
    receive(backend, EXTENDED[0])

    assert receive(backend, Sync()) == Sync()
    assert backend.owes_ready_for_query
    backend.send(IDLE)
    assert backend.phase is Phase.READY


@pytest.mark.parametrize("message", [Query("SELECT 1"), FunctionCall(1, (), (), 0)])
def test_next_command_waits_until_this_one_is_answered(message: Query | FunctionCall) -> None:
    backend = ready()

    assert receive(backend, message, Query("SELECT 2")) == message
    assert backend.next_message() is NEED_DATA
    backend.send(CommandComplete("SELECT 1"))
    backend.send(IDLE)
    assert backend.next_message() == Query("SELECT 2")


def test_simple_query_inside_a_batch_is_legal() -> None:
    backend = ready()
    receive(backend, EXTENDED[0])

    assert receive(backend, Query("SELECT 1"), EXTENDED[1]) == Query("SELECT 1")
    backend.send(ERROR)
    backend.send(IDLE)
    assert backend.next_message() == EXTENDED[1]


def test_error_in_a_batch_skips_until_sync() -> None:
    backend = ready()
    receive(backend, EXTENDED[0])

    backend.send(ERROR)

    assert backend.phase is Phase.SKIPPING
    assert receive(backend, *EXTENDED, Query("DROP MODEL m"), CopyDone()) is NEED_DATA
    assert receive(backend, Sync()) == Sync()
    backend.send(IDLE)
    assert receive(backend, Query("SELECT 1")) == Query("SELECT 1")


def test_skipped_messages_are_not_decoded() -> None:
    backend = ready()
    receive(backend, EXTENDED[0])
    backend.send(ERROR)

    assert receive(backend, b"Q\0\0\0\5\xff", b"B\0\0\0\5\0", Sync()) == Sync()


def test_terminate_closes_even_while_skipping() -> None:
    backend = ready()
    receive(backend, EXTENDED[0])
    backend.send(ERROR)

    assert receive(backend, EXTENDED[1], Terminate(), Sync()) == Terminate()
    assert backend.next_message() is CLOSED


def test_error_of_a_simple_query_leaves_only_ready_for_query() -> None:
    backend = ready()
    receive(backend, Query("a; b"))

    backend.send(ERROR)

    assert backend.owes_ready_for_query
    with pytest.raises(LocalProtocolError):
        backend.send(CommandComplete("SELECT 1"))
    backend.send(IDLE)


def test_commit_may_fail_at_sync() -> None:
    backend = ready()
    receive(backend, Sync())

    backend.send(ERROR)

    assert backend.owes_ready_for_query


def test_error_without_a_command_is_our_bug() -> None:
    with pytest.raises(LocalProtocolError, match="no command can fail in phase ready"):
        ready().send(ERROR)


@pytest.mark.parametrize("message", [None, Query("SELECT 1"), EXTENDED[0], Sync()])
def test_fatal_error_closes_from_anywhere(message: TaggedFrontendMessage | None) -> None:
    backend = ready()
    if message is not None:
        receive(backend, message)

    backend.send(FATAL)

    assert receive(backend, Query("SELECT 1")) is CLOSED


@pytest.mark.parametrize("message", [CopyData(b"1\t2\n"), CopyDone(), CopyFail("enough"), CopyFail("\N{EURO SIGN}")])
def test_copy_messages_outside_copy_are_ignored(message: TaggedFrontendMessage) -> None:
    backend = ready()

    assert receive(backend, message, Query("SELECT 1")) == Query("SELECT 1")


def test_bad_simple_query_owes_ready_for_query() -> None:
    backend = ready()

    with pytest.raises(InvalidMessage) as caught:
        receive(backend, b"Q\0\0\0\6\xff\0")

    assert not caught.value.fatal
    assert caught.value.message == 'invalid byte sequence for encoding "UTF8": 0xff'
    assert caught.value.sqlstate == "22021"
    assert backend.owes_ready_for_query
    backend.send(ERROR)
    backend.send(IDLE)


def test_bad_extended_message_leads_to_skipping() -> None:
    backend = ready()

    with pytest.raises(InvalidMessage) as caught:
        receive(backend, b"B\0\0\0\5\0", EXTENDED[3], Sync())

    assert not caught.value.fatal
    assert not backend.owes_ready_for_query
    backend.send(ERROR)
    assert backend.next_message() == Sync()


def test_bad_sync_still_ends_the_batch() -> None:
    backend = ready()

    with pytest.raises(InvalidMessage, match="invalid message format"):
        receive(backend, b"S\0\0\0\5x")

    assert backend.owes_ready_for_query


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Z\0\0\0\4", "invalid frontend message type 90"),
        (b"\0\0\0\0\4", "invalid frontend message type 0"),
        (b"p\0\0\0\4", "invalid frontend message type 112"),
        (b"Q\0\0\0\3", "invalid message length"),
        (b"Q\x80\0\0\0", "invalid message length"),
        (b"S\xff\xff\xff\xff", "invalid message length"),
    ],
)
def test_lost_framing_is_fatal(data: bytes, message: str) -> None:
    backend = ready()

    with pytest.raises(RemoteProtocolError) as caught:
        receive(backend, data)

    assert caught.value.fatal
    assert (caught.value.message, caught.value.sqlstate) == (message, "08P01")
    assert receive(backend, Query("SELECT 1")) is CLOSED
    assert backend.send(FATAL) == FATAL.encode()


@pytest.mark.parametrize("type_byte", [b"Q", b"P", b"B", b"F", b"d"])
def test_large_messages_have_the_configured_limit(type_byte: bytes) -> None:
    assert receive(ready(max_length=100), type_byte + struct.pack(">I", 100)) is NEED_DATA
    with pytest.raises(MessageTooLarge):
        receive(ready(max_length=100), type_byte + struct.pack(">I", 101))


@pytest.mark.parametrize("type_byte", [b"D", b"E", b"C", b"H", b"S", b"X", b"c", b"f"])
def test_small_messages_have_a_small_limit(type_byte: bytes) -> None:
    assert receive(ready(), type_byte + struct.pack(">I", 10_000)) is NEED_DATA
    with pytest.raises(MessageTooLarge):
        receive(ready(), type_byte + struct.pack(">I", 10_001))


def test_announced_gigabyte_allocates_nothing() -> None:
    backend = ready(max_length=2**31)
    tracemalloc.start()
    try:
        assert receive(backend, b"Q" + struct.pack(">I", 2**30)) is NEED_DATA
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 100_000


def test_header_in_two_segments() -> None:
    backend = ready()
    data = Query("SELECT 1").encode()

    assert receive(backend, data[:3]) is NEED_DATA
    assert receive(backend, data[3:7]) is NEED_DATA
    assert receive(backend, data[7:]) == Query("SELECT 1")


def test_sync_that_follows_is_known_before_it_is_read() -> None:
    backend = ready()
    sync = Sync().encode()

    receive(backend, EXTENDED[0], sync[:4])
    assert (backend.sync_follows, backend.waiting) == (False, 4)
    backend.receive_data(sync[4:])
    assert (backend.sync_follows, backend.waiting) == (True, 5)
    backend.next_message()
    assert (backend.sync_follows, backend.waiting) == (False, 0)


def test_received_bytes_are_copied() -> None:
    backend = ready()
    data = bytearray(Query("SELECT 1").encode())

    backend.receive_data(memoryview(data))
    data[:] = bytes(len(data))

    assert backend.next_message() == Query("SELECT 1")


def test_encoding_holds_from_the_next_message_on() -> None:
    backend = ready()
    backend.encoding = "gbk"

    assert receive(backend, Query("模型")) == Query("模型")
    assert backend.encoding == "gbk"
    assert backend.send(CommandComplete("模型")) == b"C\0\0\0\x09" + "模型".encode("gbk") + b"\0"


def test_character_that_the_client_lacks_is_an_invalid_value_and_moves_nothing() -> None:
    backend = ready()
    backend.encoding = "iso8859-1"
    receive(backend, Query("x"))

    with pytest.raises(InvalidValue) as caught:
        backend.send(CommandComplete("模"))

    assert caught.value.sqlstate == "22P05"
    assert backend.phase is Phase.SIMPLE_QUERY


ROW = RowDescription((Field("a", 0, 0, 25, -1, -1, 0),))


@pytest.mark.parametrize("message", [AuthenticationOk(), IDLE, ROW, DataRow(()), ParseComplete(), PortalSuspended()])
def test_answers_without_a_command_are_our_bug(message: BackendMessage) -> None:
    with pytest.raises(LocalProtocolError, match="is not legal in phase ready"):
        ready().send(message)


@pytest.mark.parametrize("message", [ParseComplete(), BindComplete(), PortalSuspended(), ParameterDescription(())])
def test_simple_query_gets_no_extended_answers(message: BackendMessage) -> None:
    backend = ready()
    receive(backend, Query("SELECT 1"))

    with pytest.raises(LocalProtocolError):
        backend.send(message)
    for legal in (ROW, DataRow((b"x",)), CommandComplete("SELECT 1"), EmptyQueryResponse(), IDLE):
        assert backend.send(legal) == legal.encode()


def test_ready_for_query_waits_for_sync() -> None:
    backend = ready()
    receive(backend, EXTENDED[0])

    with pytest.raises(LocalProtocolError):
        backend.send(IDLE)


@pytest.mark.parametrize(
    "message",
    [NoticeResponse(ERROR.fields), NotificationResponse(1, "c", "p"), ParameterStatus("TimeZone", "UTC")],
)
def test_notices_notifications_and_parameters_go_any_time(message: BackendMessage) -> None:
    backend = ready()

    assert backend.send(message) == message.encode()
    receive(backend, EXTENDED[0])
    assert backend.send(message) == message.encode()
    backend.send(ERROR)
    assert backend.send(message) == message.encode()


def test_number_that_does_not_fit_its_field_is_our_bug() -> None:
    backend = ready()
    receive(backend, Query("SELECT 1"))

    with pytest.raises(LocalProtocolError, match="RowDescription"):
        backend.send(RowDescription((Field("a", -1, 0, 25, -1, -1, 0),)))

"""Every backend message against bytes written by hand from the manual's "Message Formats"."""

import pytest

from protocol.backend_messages import (
    AuthenticationOk,
    BackendKeyData,
    BackendMessage,
    BindComplete,
    CloseComplete,
    CommandComplete,
    DataRow,
    EmptyQueryResponse,
    ErrorResponse,
    Field,
    NegotiateProtocolVersion,
    NoData,
    NoticeResponse,
    NotificationResponse,
    ParameterDescription,
    ParameterStatus,
    ParseComplete,
    PortalSuspended,
    ReadyForQuery,
    RowDescription,
    TransactionStatus,
)
from protocol.error_fields import ErrorFields
from protocol.errors import InvalidMessage, InvalidValue, LocalProtocolError

FIELD = Field("a", 16384, 2, 25, -1, -1, 1)
FULL = ErrorFields("ERROR", "42601", "m", "d", "h", 7, (("W", "w"),))

MESSAGES: list[tuple[BackendMessage, bytes]] = [
    (AuthenticationOk(), b"R\0\0\0\x08\0\0\0\0"),
    (NegotiateProtocolVersion(3, 2, ("_pq_.x",)), b"v\0\0\0\x13\0\3\0\2\0\0\0\1_pq_.x\0"),
    (ParameterStatus("a", "b"), b"S\0\0\0\x08a\0b\0"),
    (BackendKeyData(258, b"\1\2\3\4"), b"K\0\0\0\x0c\0\0\1\2\1\2\3\4"),
    (ReadyForQuery(TransactionStatus.IDLE), b"Z\0\0\0\5I"),
    (ReadyForQuery(TransactionStatus.FAILED), b"Z\0\0\0\5E"),
    (
        RowDescription((FIELD,)),
        b"T\0\0\0\x1a\0\1a\0\0\0\x40\0\0\2\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\1",
    ),
    (DataRow((b"ab", None, b"")), b"D\0\0\0\x14\0\3\0\0\0\2ab\xff\xff\xff\xff\0\0\0\0"),
    (CommandComplete("SELECT 1"), b"C\0\0\0\x0dSELECT 1\0"),
    (EmptyQueryResponse(), b"I\0\0\0\4"),
    (NoData(), b"n\0\0\0\4"),
    (ParseComplete(), b"1\0\0\0\4"),
    (BindComplete(), b"2\0\0\0\4"),
    (CloseComplete(), b"3\0\0\0\4"),
    (PortalSuspended(), b"s\0\0\0\4"),
    (ParameterDescription((25, 23)), b"t\0\0\0\x0e\0\2\0\0\0\x19\0\0\0\x17"),
    (
        ErrorResponse(FULL),
        b"E\0\0\0\x29SERROR\0VERROR\0C42601\0Mm\0Dd\0Hh\0P7\0Ww\0\0",
    ),
    (NoticeResponse(ErrorFields("NOTICE", "00000", "m")), b"N\0\0\0\x1fSNOTICE\0VNOTICE\0C00000\0Mm\0\0"),
    (NotificationResponse(7, "c", "p"), b"A\0\0\0\x0c\0\0\0\7c\0p\0"),
]
NAMES = [f"{number}-{type(message).__name__}" for number, (message, _) in enumerate(MESSAGES)]


@pytest.mark.parametrize(("message", "data"), MESSAGES, ids=NAMES)
def test_encode(message: BackendMessage, data: bytes) -> None:
    assert message.encode() == data


@pytest.mark.parametrize(("message", "data"), MESSAGES, ids=NAMES)
def test_decode(message: BackendMessage, data: bytes) -> None:
    assert type(message).decode(data[5:]) == message


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (AuthenticationOk, b"\0\0\0\3"),
        (NegotiateProtocolVersion, b"\0\3\0\0\xff\xff\xff\xff"),
        (NegotiateProtocolVersion, b"\0\3\0\0\0\0\0\1"),
        (ReadyForQuery, b"X"),
        (ReadyForQuery, b""),
        (RowDescription, b"\xff\xff"),
        (DataRow, b"\0\1\0\0\0\5abc"),
        (NoData, b"x"),
        (ErrorResponse, b""),
        (ErrorResponse, b"\0"),
        (ErrorResponse, b"SERROR\0C42601\0Mm\0Px\0\0"),
        (ErrorResponse, b"SERROR\0C42601\0Mm\0\0\0"),
    ],
)
def test_bad_bodies_are_an_error(kind: type[BackendMessage], body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        kind.decode(body)


def test_severity_v_wins_over_the_translated_one() -> None:
    assert ErrorFields.decode(b"SFEHLER\0VERROR\0C42601\0Mm\0\0").severity == "ERROR"
    assert ErrorFields.decode(b"SERROR\0C42601\0Mm\0\0").severity == "ERROR"


def test_report_arrives_in_every_encoding() -> None:
    message = ErrorResponse(ErrorFields("ERROR", "42704", "Model p.模 does not exist"))

    assert b"Model p.? does not exist" in message.encode("iso8859-1")


@pytest.mark.parametrize(
    "fields",
    [ErrorFields("ERROR", "42601", "a\0b"), ErrorFields("ERROR", "42601", "m", others=(("WW", "x"),))],
)
def test_report_that_would_be_misread_is_never_sent(fields: ErrorFields) -> None:
    with pytest.raises(LocalProtocolError):
        ErrorResponse(fields).encode()


def test_column_name_that_the_client_lacks_is_an_invalid_value() -> None:
    with pytest.raises(InvalidValue):
        RowDescription((Field("模", 0, 0, 25, -1, -1, 0),)).encode("iso8859-1")

"""Traces in libpq's form. The lines of `test_as_libpq_prints_it` were printed by libpq 18 against PostgreSQL 15."""

import pytest

from protocol.backend_messages import (
    AuthenticationOk,
    BackendKeyData,
    BackendMessage,
    CommandComplete,
    DataRow,
    EmptyQueryResponse,
    ErrorResponse,
    Field,
    NegotiateProtocolVersion,
    NotificationResponse,
    ParameterDescription,
    ParameterStatus,
    ParseComplete,
    ReadyForQuery,
    RowDescription,
    TransactionStatus,
)
from protocol.error_fields import ErrorFields
from protocol.frontend_messages import (
    Bind,
    CopyData,
    CopyFail,
    Describe,
    Execute,
    FrontendMessage,
    FunctionCall,
    Parse,
    PasswordMessage,
    Query,
    Sync,
)
from protocol.startup_messages import CancelRequest, GSSENCRequest, SSLRequest, StartupMessage
from protocol.trace import Direction, trace_line

SYNTAX_ERROR = ErrorFields(
    "ERROR",
    "42601",
    'syntax error at or near "selec"',
    position=1,
    others=(("F", "scan.l"), ("L", "1188"), ("R", "scanner_yyerror")),
)


def line(message: FrontendMessage | BackendMessage) -> str:
    """The line with the length that the message has on the wire."""
    direction = Direction.FRONTEND if isinstance(message, FrontendMessage) else Direction.BACKEND
    untagged = isinstance(message, SSLRequest | GSSENCRequest | CancelRequest | StartupMessage)
    return trace_line(direction, message, len(message.encode()) - (0 if untagged else 1))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            RowDescription((Field("a", 0, 0, 23, 4, -1, 0), Field("b", 0, 0, 25, -1, -1, 0))),
            'B\t46\tRowDescription\t 2 "a" 0 0 23 4 -1 0 "b" 0 0 25 65535 -1 0',
        ),
        (DataRow((b"1", None, b"x\ty")), r"B	22	DataRow	 3 1 '1' -1 3 'x\x09y'"),
        (CommandComplete("SELECT 1"), 'B\t13\tCommandComplete\t "SELECT 1"'),
        (ReadyForQuery(TransactionStatus.IDLE), "B\t5\tReadyForQuery\t I"),
        (Query(""), 'F\t5\tQuery\t ""'),
        (EmptyQueryResponse(), "B\t4\tEmptyQueryResponse"),
        (
            ErrorResponse(SYNTAX_ERROR),
            'B\t93\tErrorResponse\t S "ERROR" V "ERROR" C "42601" M "syntax error at or near "selec"" P "1" '
            'F "scan.l" L "1188" R "scanner_yyerror" \\x00',
        ),
        (Parse("", "select $1::int", ()), 'F\t22\tParse\t "" "select $1::int" 0'),
        (Bind("", "", (), (b"7",), (0,)), 'F\t19\tBind\t "" "" 0 1 1 \'7\' 1 0'),
        (Describe("P", ""), 'F\t6\tDescribe\t P ""'),
        (Execute("", 0), 'F\t9\tExecute\t "" 0'),
        (Sync(), "F\t4\tSync"),
        (ParseComplete(), "B\t4\tParseComplete"),
        (ParameterDescription((25,)), "B\t10\tParameterDescription\t 1 25"),
        (NotificationResponse(11229, "ch", "pay"), 'B\t15\tNotificationResponse\t 11229 "ch" "pay"'),
    ],
)
def test_as_libpq_prints_it(message: FrontendMessage | BackendMessage, expected: str) -> None:
    assert line(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (SSLRequest(), "F\t8\tSSLRequest\t 1234 5679"),
        (GSSENCRequest(), "F\t8\tGSSENCRequest\t 1234 5680"),
        (StartupMessage(3, 0, (("user", "ann"),)), 'F\t18\tStartupMessage\t 3 0 "user" "ann"'),
        (AuthenticationOk(), "B\t8\tAuthentication\t 0"),
        (NegotiateProtocolVersion(3, 2, ("_pq_.x",)), 'B\t19\tNegotiateProtocolVersion\t 196610 1 "_pq_.x"'),
        (ParameterStatus("TimeZone", "UTC"), 'B\t17\tParameterStatus\t "TimeZone" "UTC"'),
        (FunctionCall(7, (1,), (None, b"x"), 0), "F\t25\tFunctionCall\t 7 1 1 2 -1 1 'x' 0"),
        (CopyFail("no"), 'F\t7\tCopyFail\t "no"'),
        (CopyData(b"secret"), "F\t10\tCopyData"),
        (DataRow((b"\xff'",)), r"B	12	DataRow	 1 2 '\xff''"),
    ],
)
def test_what_libpq_15_leaves_out(message: FrontendMessage | BackendMessage, expected: str) -> None:
    assert line(message) == expected


def test_one_line_per_message() -> None:
    assert line(Query("SELECT\n1\u2028")) == 'F\t16\tQuery\t "SELECT\\x0a1\\xe2\\x80\\xa8"'


@pytest.mark.parametrize(
    "message", [PasswordMessage(b"hunter2\0"), CancelRequest(7, b"hunter2\0"), BackendKeyData(7, b"hunter2\0")]
)
def test_secrets_are_never_printed(message: FrontendMessage | BackendMessage) -> None:
    printed = line(message)

    assert "hunter2" not in printed
    assert printed.endswith(" ****")


@pytest.mark.parametrize(
    "message",
    [
        Query("APIKEY hunter2"),
        Parse("", "APIKEY hunter2"),
        Bind("", "", (), (b"hunter2",)),
        FunctionCall(1, (), (b"hunter2",), 0),
    ],
)
def test_redaction_stands_before_everything_a_user_wrote(message: FrontendMessage) -> None:
    printed = trace_line(Direction.FRONTEND, message, 0, redact=lambda text: text.replace("hunter2", "****"))

    assert "hunter2" not in printed
    assert "****" in printed

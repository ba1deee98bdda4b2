"""A conversation in the form of libpq's PQtrace, one line per message, without timestamps.

    F<TAB>13<TAB>Query<TAB> "SELECT 1"

Direction (F from the frontend, B from the backend), length as on the wire without the type byte, name,
contents. Secrets never stand in it: the steps of a login and cancel keys are `****`, and a
redaction hook can stand before everything that a user wrote.

DEVIATION: libpq prints control characters of strings as they are, which breaks lines; here they are
escaped like those of values. It leaves out the contents of CopyData, and so do we.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final, assert_never

from protocol.backend_messages import (
    AuthenticationMessage,
    AuthenticationOk,
    AuthenticationSASL,
    AuthenticationSASLContinue,
    AuthenticationSASLFinal,
    BackendKeyData,
    BackendMessage,
    BindComplete,
    CloseComplete,
    CommandComplete,
    CopyOutResponse,
    DataRow,
    EmptyQueryResponse,
    ErrorResponse,
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
)
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
    Terminate,
)
from protocol.startup_messages import (
    CANCEL_REQUEST_CODE,
    GSSENC_REQUEST_CODE,
    SSL_REQUEST_CODE,
    CancelRequest,
    GSSENCRequest,
    SSLRequest,
    StartupMessage,
)

HIDDEN: Final = "****"

Redact = Callable[[str], str]


class Direction(StrEnum):
    FRONTEND = "F"
    BACKEND = "B"


def trace_line(
    direction: Direction, message: FrontendMessage | BackendMessage, length: int, *, redact: Redact | None = None
) -> str:
    """One line without its newline.

    `length` is that of the message's length word, in bytes; `redact` says what to print for a statement's
    text. With it the values of parameters and arguments are hidden altogether, since nobody can tell from
    a value alone what it is.
    """
    if isinstance(message, FrontendMessage):
        contents = _frontend_contents(message, redact)
    else:
        contents = _backend_contents(message)
    tab = "\t" if contents else ""
    return f"{direction}\t{length}\t{_name(message)}{tab}{''.join(f' {piece}' for piece in contents)}"


def _name(message: FrontendMessage | BackendMessage) -> str:
    return "Authentication" if isinstance(message, AuthenticationMessage) else type(message).__name__


def _frontend_contents(message: FrontendMessage, redact: Redact | None) -> list[str]:
    match message:
        case SSLRequest():
            return _numbers(SSL_REQUEST_CODE)
        case GSSENCRequest():
            return _numbers(GSSENC_REQUEST_CODE)
        case CancelRequest(process_id):
            return [*_numbers((*CANCEL_REQUEST_CODE, process_id)), HIDDEN]
        case StartupMessage(major, minor, parameters):
            return [*_numbers((major, minor)), *[_string(text) for pair in parameters for text in pair]]
        case PasswordMessage():
            return [HIDDEN]
        case Query(text):
            return [_statement(text, redact)]
        case Parse(name, text, types):
            return [_string(name), _statement(text, redact), *_counted(types)]
        case Bind(portal, statement, formats, parameters, result_formats):
            values = _values(parameters, hide=redact is not None)
            return [_string(portal), _string(statement), *_counted(formats), *values, *_counted(result_formats)]
        case FunctionCall(function, formats, arguments, result_format):
            values = _values(arguments, hide=redact is not None)
            return [str(function), *_counted(formats), *values, str(result_format)]
        case Describe(kind, name) | Close(kind, name):
            return [kind, _string(name)]
        case Execute(portal, max_rows):
            return [_string(portal), str(max_rows)]
        case CopyFail(reason):
            return [_string(reason)]
        case CopyData() | CopyDone() | Flush() | Sync() | Terminate():
            return []
        case _:
            assert_never(message)


def _backend_contents(message: BackendMessage) -> list[str]:
    match message:
        case AuthenticationOk():
            return ["0"]
        case AuthenticationSASL(mechanisms):
            return ["10", *map(_string, mechanisms)]
        case AuthenticationSASLContinue():
            return ["11", HIDDEN]
        case AuthenticationSASLFinal():
            return ["12", HIDDEN]
        case NegotiateProtocolVersion(major, minor, options):
            return [str(major << 16 | minor), str(len(options)), *[_string(option) for option in options]]
        case ParameterStatus(name, value):
            return [_string(name), _string(value)]
        case BackendKeyData(process_id):
            return [str(process_id), HIDDEN]
        case ReadyForQuery(status):
            return [status]
        case RowDescription(fields):
            pieces = [str(len(fields))]
            for field in fields:
                numbers = (field.table_oid, field.column, field.type_oid)
                sizes = (field.type_size & 0xFFFF, field.type_modifier, field.format)  # libpq reads Int16 unsigned
                pieces += [_string(field.name), *_numbers(numbers), *_numbers(sizes)]
            return pieces
        case DataRow(values):
            return _values(values, hide=False)
        case CopyOutResponse(format_, formats):
            return [str(format_), *_counted(formats)]
        case CommandComplete(tag):
            return [_string(tag)]
        case ParameterDescription(oids):
            return _counted(oids)
        case ErrorResponse(fields) | NoticeResponse(fields):
            pairs = [(letter, _string(text)) for letter, text in fields.lettered()]
            return [*[piece for pair in pairs for piece in pair], r"\x00"]
        case NotificationResponse(process_id, channel, payload):
            return [str(process_id), _string(channel), _string(payload)]
        case EmptyQueryResponse() | NoData() | ParseComplete() | BindComplete() | CloseComplete() | PortalSuspended():
            return []
        case CopyData() | CopyDone():
            return []
        case _:
            assert_never(message)


def _numbers(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in numbers]


def _counted(numbers: tuple[int, ...]) -> list[str]:
    return _numbers((len(numbers), *numbers))


def _values(values: tuple[bytes | None, ...], *, hide: bool) -> list[str]:
    pieces = [str(len(values))]
    for value in values:
        if value is None:
            pieces.append("-1")
        else:
            pieces += [str(len(value)), f"'{HIDDEN if hide else ''.join(map(_printable_byte, value))}'"]
    return pieces


def _printable_byte(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F else rf"\x{byte:02x}"


def _statement(text: str, redact: Redact | None) -> str:
    return _string(redact(text) if redact else text)


def _string(text: str) -> str:
    return f'"{"".join(map(_printable, text))}"'


def _printable(character: str) -> str:
    return character if character.isprintable() else "".join(rf"\x{byte:02x}" for byte in character.encode())

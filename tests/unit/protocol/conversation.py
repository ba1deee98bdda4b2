"""Conversations brought to a phase, for tests of what happens there."""

from protocol.backend import Backend, NoMessage
from protocol.backend_messages import AuthenticationOk, ErrorResponse, ReadyForQuery, TransactionStatus
from protocol.error_fields import ErrorFields
from protocol.frontend_messages import FrontendMessage
from protocol.startup_messages import StartupMessage

STARTUP = StartupMessage(3, 0, (("user", "ann"), ("database", "shop")))
ERROR = ErrorResponse(ErrorFields("ERROR", "42601", "syntax error"))
FATAL = ErrorResponse(ErrorFields("FATAL", "57P01", "terminating connection"))
IDLE = ReadyForQuery(TransactionStatus.IDLE)


def authenticating(startup: StartupMessage = STARTUP, *, max_length: int = 1_000_000) -> Backend:
    backend = Backend(max_length=max_length)
    backend.receive_data(startup.encode())
    assert backend.next_message() == startup
    return backend


def ready(startup: StartupMessage = STARTUP, *, max_length: int = 1_000_000) -> Backend:
    backend = authenticating(startup, max_length=max_length)
    negotiation = backend.negotiation()
    if negotiation is not None:
        backend.send(negotiation)
    backend.send(AuthenticationOk())
    backend.send(IDLE)
    return backend


def receive(backend: Backend, *messages: FrontendMessage | bytes) -> FrontendMessage | NoMessage:
    """Feed messages, or raw bytes, and take the first message out."""
    for message in messages:
        backend.receive_data(message if isinstance(message, bytes) else message.encode(backend.encoding))
    return backend.next_message()

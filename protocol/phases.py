"""Which message is legal when: the phases of a conversation, and the tables that move between them.

Laws:
- One command is under way at a time. While the session works on one (or owes an answer), what the
  frontend sent ahead waits in the buffer; that is how pipelining stays in order.
- Phases follow messages, never time: FRONTEND_* tables for what is received, BACKEND_* for what is sent.
- After an error in an extended batch everything up to Sync is dropped; Sync is answered by ReadyForQuery.
- A fatal error, a failed login, a CancelRequest and Terminate end the conversation.

Source: PostgreSQL manual, "Message Flow"; PostgreSQL's PostgresMain and SocketBackend.
"""

from collections.abc import Mapping
from enum import Enum, unique
from typing import Final

from protocol.backend_messages import (
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
    TaggedFrontendMessage,
    Terminate,
)
from protocol.startup_messages import CancelRequest, GSSENCRequest, SSLRequest, StartupMessage


@unique
class Phase(Enum):
    """Where the conversation is."""

    STARTUP = "startup"  # an untagged packet is expected
    ENCRYPTION = "encryption"  # SSLRequest or GSSENCRequest waits for its one-byte answer
    AUTHENTICATION = "authentication"  # the frontend must show who it is
    AUTHENTICATED = "authenticated"  # ours to greet: ParameterStatus, BackendKeyData, ReadyForQuery
    READY = "ready"  # between commands
    SIMPLE_QUERY = "simple query"  # a Query or FunctionCall is being answered
    EXTENDED_BATCH = "extended batch"  # since the first extended message, until Sync
    FINISHING = "finishing"  # after Sync, or after the error of a simple query: ReadyForQuery is owed
    SKIPPING = "skipping"  # after an error in an extended batch, until Sync
    CLOSED = "closed"

    # The tables are asked for every message, and Enum's own hash runs in Python. Members are single anyway.
    __hash__ = object.__hash__


_COPY: Final[frozenset[type[TaggedFrontendMessage]]] = frozenset({CopyData, CopyDone, CopyFail})
_COMMANDS: Final[frozenset[type[TaggedFrontendMessage]]] = _COPY | {
    Query,
    FunctionCall,
    Parse,
    Bind,
    Describe,
    Execute,
    Close,
    Flush,
    Sync,
    Terminate,
}

# In the phases that are missing here nothing is read: what arrives waits, or is dropped once closed.
# The untagged packets of STARTUP are told apart by their code, not by this table.
FRONTEND_LEGAL: Final[Mapping[Phase, frozenset[type[TaggedFrontendMessage]]]] = {
    Phase.AUTHENTICATION: frozenset({PasswordMessage}),
    Phase.READY: _COMMANDS,
    Phase.EXTENDED_BATCH: _COMMANDS,
    Phase.SKIPPING: _COMMANDS,
}

# Legal, but dropped undecoded. Outside COPY these come from a frontend that has not yet seen that its
# COPY failed, so PostgreSQL ignores them.
FRONTEND_IGNORED: Final[Mapping[Phase, frozenset[type[TaggedFrontendMessage]]]] = {
    Phase.AUTHENTICATION: frozenset(),
    Phase.READY: _COPY,
    Phase.EXTENDED_BATCH: _COPY,
    Phase.SKIPPING: _COMMANDS - {Sync, Terminate},
}

# The phase that begins with a message; PasswordMessage begins none.
FRONTEND_BEGINS: Final[Mapping[type[FrontendMessage], Phase]] = {
    SSLRequest: Phase.ENCRYPTION,
    GSSENCRequest: Phase.ENCRYPTION,
    CancelRequest: Phase.CLOSED,
    StartupMessage: Phase.AUTHENTICATION,
    Query: Phase.SIMPLE_QUERY,
    FunctionCall: Phase.SIMPLE_QUERY,
    Parse: Phase.EXTENDED_BATCH,
    Bind: Phase.EXTENDED_BATCH,
    Describe: Phase.EXTENDED_BATCH,
    Execute: Phase.EXTENDED_BATCH,
    Close: Phase.EXTENDED_BATCH,
    Flush: Phase.EXTENDED_BATCH,
    Sync: Phase.FINISHING,
    Terminate: Phase.CLOSED,
}

_ANY_TIME: Final[frozenset[type[BackendMessage]]] = frozenset({NoticeResponse, NotificationResponse, ParameterStatus})

_COPY_OUT: Final[frozenset[type[BackendMessage]]] = frozenset({CopyOutResponse, CopyData, CopyDone})

# ErrorResponse is in BACKEND_FAILS: where it is legal, and what it does, depends on its severity too.
BACKEND_LEGAL: Final[Mapping[Phase, frozenset[type[BackendMessage]]]] = {
    Phase.STARTUP: frozenset(),
    Phase.ENCRYPTION: frozenset(),
    Phase.AUTHENTICATION: frozenset(
        {
            NegotiateProtocolVersion,
            AuthenticationSASL,
            AuthenticationSASLContinue,
            AuthenticationSASLFinal,
            AuthenticationOk,
            NoticeResponse,
        }
    ),
    Phase.AUTHENTICATED: frozenset({ParameterStatus, BackendKeyData, NoticeResponse, ReadyForQuery}),
    Phase.READY: _ANY_TIME,
    Phase.SIMPLE_QUERY: _ANY_TIME
    | _COPY_OUT
    | {RowDescription, DataRow, CommandComplete, EmptyQueryResponse, ReadyForQuery},
    Phase.EXTENDED_BATCH: _ANY_TIME
    | _COPY_OUT
    | {
        ParseComplete,
        BindComplete,
        CloseComplete,
        ParameterDescription,
        RowDescription,
        NoData,
        DataRow,
        PortalSuspended,
        CommandComplete,
        EmptyQueryResponse,
    },
    Phase.FINISHING: _ANY_TIME | {ReadyForQuery},
    Phase.SKIPPING: _ANY_TIME,
    Phase.CLOSED: frozenset(),
}

BACKEND_BEGINS: Final[Mapping[type[BackendMessage], Phase]] = {
    AuthenticationOk: Phase.AUTHENTICATED,
    ReadyForQuery: Phase.READY,
}

# The phase after an ErrorResponse that is not fatal; a fatal one closes from anywhere. READY and SKIPPING
# are missing: there no command is under way that could fail. CLOSED is here for the last word after a
# fatal error of the peer.
BACKEND_FAILS: Final[Mapping[Phase, Phase]] = {
    Phase.STARTUP: Phase.CLOSED,
    Phase.ENCRYPTION: Phase.CLOSED,
    Phase.AUTHENTICATION: Phase.CLOSED,
    Phase.AUTHENTICATED: Phase.CLOSED,
    Phase.SIMPLE_QUERY: Phase.FINISHING,
    Phase.EXTENDED_BATCH: Phase.SKIPPING,
    Phase.FINISHING: Phase.FINISHING,
    Phase.CLOSED: Phase.CLOSED,
}

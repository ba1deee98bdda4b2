"""Strategies for every message of the protocol, by class."""

from typing import TypeVar, get_args

from hypothesis import strategies as st

from protocol import backend_messages as backend
from protocol import frontend_messages as frontend
from protocol import startup_messages as startup
from protocol.error_fields import ErrorFields

_Item = TypeVar("_Item")

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
names = texts.filter(bool)
uint16s = st.integers(0, 2**16 - 1)
int16s = st.integers(-(2**15), 2**15 - 1)
uint32s = st.integers(0, 2**32 - 1)
int16s = st.integers(-(2**15), 2**15 - 1)
int32s = st.integers(-(2**31), 2**31 - 1)


def tuples(items: st.SearchStrategy[_Item]) -> st.SearchStrategy[tuple[_Item, ...]]:
    return st.lists(items, max_size=4).map(tuple)


values = tuples(st.none() | st.binary(max_size=20))
formats = tuples(uint16s)
reports = st.builds(
    ErrorFields,
    severity=names,
    sqlstate=names,
    message=texts,
    detail=st.none() | texts,
    hint=st.none() | texts,
    position=st.none() | st.integers(0, 2**31),
    others=tuples(st.tuples(st.sampled_from("pqWstcdnFLR"), texts)),
)
fields = st.builds(
    backend.Field,
    name=texts,
    table_oid=uint32s,
    column=int16s,
    type_oid=uint32s,
    type_size=st.integers(-2, 2**15 - 1),
    type_modifier=int32s,
    format=st.integers(0, 1),
)
startup_messages = st.builds(
    startup.StartupMessage,
    st.just(3),
    uint16s,
    tuples(st.tuples(names, texts)).map(lambda pairs: (("user", "u"), *pairs)),
)

FRONTEND: dict[type[object], st.SearchStrategy[frontend.FrontendMessage]] = {
    startup.SSLRequest: st.builds(startup.SSLRequest),
    startup.GSSENCRequest: st.builds(startup.GSSENCRequest),
    startup.CancelRequest: st.builds(startup.CancelRequest, uint32s, st.binary(min_size=4, max_size=256)),
    startup.StartupMessage: startup_messages,
    frontend.PasswordMessage: st.builds(frontend.PasswordMessage, st.binary()),
    frontend.Query: st.builds(frontend.Query, texts),
    frontend.Parse: st.builds(frontend.Parse, texts, texts, tuples(uint32s)),
    frontend.Bind: st.builds(frontend.Bind, texts, texts, formats, values, formats),
    frontend.Describe: st.builds(frontend.Describe, st.sampled_from("SP"), texts),
    frontend.Execute: st.builds(frontend.Execute, texts, int32s),
    frontend.Close: st.builds(frontend.Close, st.sampled_from("SP"), texts),
    frontend.Flush: st.builds(frontend.Flush),
    frontend.Sync: st.builds(frontend.Sync),
    frontend.Terminate: st.builds(frontend.Terminate),
    frontend.FunctionCall: st.builds(frontend.FunctionCall, uint32s, formats, values, uint16s),
    frontend.CopyData: st.builds(frontend.CopyData, st.binary()),
    frontend.CopyDone: st.builds(frontend.CopyDone),
    frontend.CopyFail: st.builds(frontend.CopyFail, texts),
}
BACKEND: dict[type[object], st.SearchStrategy[backend.BackendMessage]] = {
    backend.AuthenticationOk: st.builds(backend.AuthenticationOk),
    backend.AuthenticationSASL: st.builds(backend.AuthenticationSASL, tuples(texts.filter(bool))),
    backend.AuthenticationSASLContinue: st.builds(backend.AuthenticationSASLContinue, st.binary()),
    backend.AuthenticationSASLFinal: st.builds(backend.AuthenticationSASLFinal, st.binary()),
    backend.NegotiateProtocolVersion: st.builds(backend.NegotiateProtocolVersion, uint16s, uint16s, tuples(texts)),
    backend.ParameterStatus: st.builds(backend.ParameterStatus, texts, texts),
    backend.BackendKeyData: st.builds(backend.BackendKeyData, uint32s, st.binary(min_size=4, max_size=256)),
    backend.ReadyForQuery: st.builds(backend.ReadyForQuery, st.sampled_from(backend.TransactionStatus)),
    backend.RowDescription: st.builds(backend.RowDescription, tuples(fields)),
    backend.DataRow: st.builds(backend.DataRow, values),
    backend.CommandComplete: st.builds(backend.CommandComplete, texts),
    backend.EmptyQueryResponse: st.builds(backend.EmptyQueryResponse),
    backend.NoData: st.builds(backend.NoData),
    backend.ParseComplete: st.builds(backend.ParseComplete),
    backend.BindComplete: st.builds(backend.BindComplete),
    backend.CloseComplete: st.builds(backend.CloseComplete),
    backend.ParameterDescription: st.builds(backend.ParameterDescription, tuples(uint32s)),
    backend.PortalSuspended: st.builds(backend.PortalSuspended),
    backend.CopyOutResponse: st.builds(backend.CopyOutResponse, st.integers(0, 1), tuples(uint16s)),
    backend.CopyData: st.builds(backend.CopyData, st.binary()),
    backend.CopyDone: st.builds(backend.CopyDone),
    backend.ErrorResponse: st.builds(backend.ErrorResponse, reports),
    backend.NoticeResponse: st.builds(backend.NoticeResponse, reports),
    backend.NotificationResponse: st.builds(backend.NotificationResponse, int32s, texts, texts),
}
STARTUP_KINDS = frozenset(get_args(startup.StartupPacket))
# Commands as a session meets them, PasswordMessage and the end left out.
commands = st.one_of(
    [
        strategy
        for kind, strategy in FRONTEND.items()
        if kind not in STARTUP_KINDS | {frontend.PasswordMessage, frontend.Terminate}
    ]
)

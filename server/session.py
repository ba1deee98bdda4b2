"""One authenticated conversation: messages in, statements run, messages out.

The session keeps prepared statements and portals, and frames what its executor answers. It knows no
socket: it encodes through the conversation's `Backend` and hands bytes to an `Outbox`. `handle` is a
coroutine that seldom waits (for the store, for a slow reader, for a very long text); one message is
handled at a time.
"""

import asyncio
from typing import Protocol

from protocol.backend import Backend
from protocol.backend_messages import (
    BackendKeyData,
    BackendMessage,
    BindComplete,
    CloseComplete,
    CommandComplete,
    DataRow,
    EmptyQueryResponse,
    NoData,
    ParameterDescription,
    ParameterStatus,
    ParseComplete,
    PortalSuspended,
    ReadyForQuery,
    TransactionStatus,
)
from protocol.encodings import UTF_8, find_encoding
from protocol.errors import RemoteProtocolError
from protocol.frontend_messages import (
    PORTAL,
    STATEMENT,
    Bind,
    Close,
    Describe,
    Execute,
    Flush,
    FrontendMessage,
    FunctionCall,
    Parse,
    Query,
    Sync,
    Terminate,
)
from protocol.values import ValueSettings, encoder
from server.dialect import PlacedStatement, read
from server.errors import Condition, Diagnostic, OdpsError
from server.executor import Executor
from server.prepared import Portal, PreparedStatement, bind_statement, prepare, spread_result_formats
from server.replies import error_response, notice_response, row_description
from server.results import Result
from server.statements import (
    Commit,
    DescribeModel,
    Rollback,
    RollbackTo,
    ShowCreateModel,
    ShowModels,
    ShowParameter,
    ShowVersions,
    Statement,
)

# Longer texts are read off the loop: at some 2 us a token, this is about a millisecond.
_LONG_TEXT = 16 * 1024
# Rows go out in pieces of about this many bytes, each waiting until the reader keeps up.
_PIECE = 64 * 1024
# After this many statements of one text the other connections have their turn.
_TURN = 64
_LEVELS = {"NOTICE": ("warning", "error"), "WARNING": ("error",)}


class Outbox(Protocol):
    """Where the session's bytes go."""

    def write(self, data: bytes) -> None:
        """Keep the bytes to be sent, at the latest when the session waits or has no more to say."""

    async def drain(self) -> None:
        """Send what is kept and return when the reader is ready for more."""


class Session:
    """The conversation after authentication.

    Args:
        backend: the protocol side, in phase AUTHENTICATED.
    """

    def __init__(self, executor: Executor, backend: Backend, outbox: Outbox) -> None:
        self._executor = executor
        self._backend = backend
        self._outbox = outbox
        self._statements: dict[str, PreparedStatement] = {}
        self._portals: dict[str, Portal] = {}
        self._told: dict[str, str] = {}
        self._told_state: object = None
        # The client's text and where in it the statement under way begins, for the positions of errors.
        self._source = ("", 0)

    def greet(self, key: BackendKeyData) -> None:
        """Tell the run-time parameters, the key for CancelRequest, and that the session is ready."""
        self._tell_parameters()
        self._send(key)
        self._send(ReadyForQuery(TransactionStatus(self._executor.status)))

    async def handle(self, message: FrontendMessage) -> None:
        """Answer one message. Errors become an ErrorResponse here."""
        self._source = ("", 0)
        try:
            await self._dispatch(message)
        except Exception as error:  # noqa: BLE001  the one place where a fault becomes an answer
            self._refuse(error)
        self._finish()

    def refuse_message(self, error: RemoteProtocolError) -> None:
        """Report a message that could not be read, and go on."""
        self._source = ("", 0)
        self._refuse(error)
        self._finish()

    async def _dispatch(self, message: FrontendMessage) -> None:
        match message:
            case Query():
                await self._query(message.text)
            case Parse():
                await self._parse(message)
            case Bind():
                self._bind(message)
            case Describe():
                self._describe(message)
            case Execute():
                await self._execute(message)
            case Close():
                self._close(message)
            case Sync():
                await self._executor.end_implicit()
            case Flush():
                pass  # every answer is sent when the session waits or the packet is read, at the latest
            case Terminate():
                pass  # the conversation is over, which its backend says next
            case FunctionCall():
                raise OdpsError(Condition.FUNCTION_CALL)
            case _:
                raise AssertionError(f"{type(message).__name__} is not a session's message")

    def _finish(self) -> None:
        """End the command, if the message was its last."""
        if not self._backend.owes_ready_for_query:
            return
        if self._executor.status == "I":
            self._portals.clear()
        self._tell_parameters()
        self._send(ReadyForQuery(TransactionStatus(self._executor.status)))

    def _refuse(self, error: Exception) -> None:
        self._executor.fail()
        self._send(error_response(error, *self._source))

    # The simple query.

    async def _query(self, text: str) -> None:
        # As in PostgreSQL, a simple query takes the place of the unnamed statement and portal.
        self._statements.pop("", None)
        self._portals.pop("", None)
        # The whole text is read before any of it is run, so that a slip at its end costs nothing.
        statements = await self._read(text)
        if not statements:
            self._send(EmptyQueryResponse())
        for index, placed in enumerate(statements, start=1):
            if index % _TURN == 0:
                await self._outbox.drain()
            self._source = (text, placed.start)
            for parameter in placed.parameters:
                raise OdpsError(Condition.NO_PARAMETER, at=parameter.at, number=parameter.number)
            if len(statements) > 1:
                self._executor.begin_implicit()
            result = await self._executor.execute(placed.statement)
            if placed is statements[-1]:
                await self._executor.end_implicit()
            await self._send_result(result)

    async def _send_result(self, result: Result) -> None:
        self._send_notices(result.notices)
        if result.columns is not None:
            formats = (0,) * len(result.columns)
            self._send(row_description(result.columns, formats))
            await self._send_rows(result, formats, 0, len(result.rows))
        self._complete(result, len(result.rows))

    # The extended query.

    async def _parse(self, message: Parse) -> None:
        if not message.name:
            self._statements.pop("", None)  # gone even if the new text turns out to be wrong
        elif message.name in self._statements:
            raise OdpsError(Condition.STATEMENT_EXISTS, name=message.name)
        statements = await self._read(message.text)
        if len(statements) > 1:
            raise OdpsError(Condition.SEVERAL_STATEMENTS)
        placed = statements[0] if statements else None
        if placed is not None:
            self._check_runnable(placed.statement)
        self._statements[message.name] = prepare(message, placed)
        self._send(ParseComplete())

    def _bind(self, message: Bind) -> None:
        prepared = self._find_statement(message.statement)
        if message.portal and message.portal in self._portals:
            raise OdpsError(Condition.PORTAL_EXISTS, name=message.portal)
        self._source = (prepared.text, prepared.start)
        statement = bind_statement(message, prepared, self._value_settings())
        columns = None
        if statement is not None:
            self._check_runnable(statement)
            columns = self._executor.columns(statement)
        formats = spread_result_formats(message.result_formats, columns)
        self._portals[message.portal] = Portal(message.portal, prepared, statement, columns, formats)
        self._send(BindComplete())

    def _describe(self, message: Describe) -> None:
        if message.kind == STATEMENT:
            prepared = self._find_statement(message.name)
            self._send(ParameterDescription(prepared.parameter_types))
            columns = None if prepared.statement is None else self._executor.columns(prepared.statement)
            formats = (0,) * len(columns or ())
        else:
            portal = self._find_portal(message.name)
            columns, formats = portal.columns, portal.formats
        self._send(NoData() if columns is None else row_description(columns, formats))

    async def _execute(self, message: Execute) -> None:
        portal = self._find_portal(message.portal)
        self._source = (portal.prepared.text, portal.prepared.start)
        if portal.statement is None:
            self._send(EmptyQueryResponse())
            return
        self._check_runnable(portal.statement)
        if portal.result is None:
            self._begin_batch(portal.statement)
            portal.result = await self._executor.execute(portal.statement)
            self._send_notices(portal.result.notices)
        elif portal.columns is None:
            raise OdpsError(Condition.PORTAL_DONE, name=portal.name)
        result, start = portal.result, portal.position
        end = len(result.rows)
        if message.max_rows > 0:
            end = min(end, start + message.max_rows)
        await self._send_rows(result, portal.formats, start, end)
        portal.position = end
        # Like PostgreSQL's, a portal is suspended when it gave as many rows as were asked for, even if
        # they were the last.
        if 0 < message.max_rows == end - start:
            self._send(PortalSuspended())
        else:
            self._complete(result, end - start)

    def _begin_batch(self, statement: Statement) -> None:
        """Begin the transaction that holds a pipeline's statements together until its Sync.

        A lone statement needs none: with Sync right behind it, it is decided on the newest catalog and
        its own error comes in place of its completion. Reading needs none either.
        """
        reads = isinstance(statement, DescribeModel | ShowModels | ShowVersions | ShowCreateModel | ShowParameter)
        if not reads and not self._backend.sync_follows:
            self._executor.begin_implicit()

    def _close(self, message: Close) -> None:
        if message.kind == PORTAL:
            self._portals.pop(message.name, None)
        else:
            prepared = self._statements.pop(message.name, None)
            # Closing a statement closes its portals.
            for name in [name for name, portal in self._portals.items() if portal.prepared is prepared]:
                del self._portals[name]
        self._send(CloseComplete())

    def _find_statement(self, name: str) -> PreparedStatement:
        prepared = self._statements.get(name)
        if prepared is None:
            what = f'prepared statement "{name}"' if name else "unnamed prepared statement"
            raise OdpsError(Condition.STATEMENT_NOT_FOUND, statement=what)
        return prepared

    def _find_portal(self, name: str) -> Portal:
        portal = self._portals.get(name)
        if portal is None:
            raise OdpsError(Condition.PORTAL_NOT_FOUND, name=name)
        return portal

    async def _read(self, text: str) -> tuple[PlacedStatement, ...]:
        self._source = (text, 0)
        conforming = self._executor.parameters.get_boolean("standard_conforming_strings")
        if len(text) > _LONG_TEXT:
            return await asyncio.to_thread(read, text, standard_conforming_strings=conforming)
        return read(text, standard_conforming_strings=conforming)

    def _check_runnable(self, statement: Statement) -> None:
        """In a failed transaction only its end may be prepared, bound or run."""
        if self._executor.status == "E" and not isinstance(statement, Commit | Rollback | RollbackTo):
            raise OdpsError(Condition.IN_FAILED_TRANSACTION)

    # Sending.

    def _send(self, message: BackendMessage) -> None:
        self._outbox.write(self._backend.send(message))

    async def _send_rows(self, result: Result, formats: tuple[int, ...], start: int, end: int) -> None:
        """Send the rows from `start` to before `end`."""
        if start >= end or result.columns is None:
            return
        settings = self._value_settings()
        encoders = [
            encoder(column.type, format_code, settings)
            for column, format_code in zip(result.columns, formats, strict=True)
        ]
        size = 0
        for row in result.rows[start:end]:
            values = [None if value is None else encode(value) for encode, value in zip(encoders, row, strict=True)]
            data = self._backend.send(DataRow(tuple(values)))
            self._outbox.write(data)
            size += len(data)
            if size > _PIECE:
                size = 0
                await self._outbox.drain()

    def _complete(self, result: Result, count: int) -> None:
        tag = f"{result.tag} {count}" if result.tag == "SELECT" else result.tag
        self._send(CommandComplete(tag))

    def _send_notices(self, notices: tuple[Diagnostic, ...]) -> None:
        if not notices:
            return
        level = self._executor.parameters.get("client_min_messages")
        for notice in notices:
            if level not in _LEVELS[notice.condition.severity.value]:
                self._send(notice_response(notice, *self._source))

    def _tell_parameters(self) -> None:
        """Send a ParameterStatus for each reported parameter that is not what was last told."""
        parameters = self._executor.parameters
        if self._told_state is parameters.state:
            return
        reported = dict(parameters.reported())
        for name, value in reported.items():
            if self._told.get(name) != value:
                self._send(ParameterStatus(name, value))
        self._told, self._told_state = reported, parameters.state
        self._backend.encoding = self._codec()

    def _codec(self) -> str:
        encoding = find_encoding(self._executor.parameters.get("client_encoding"))
        return UTF_8 if encoding is None else encoding.codec

    def _value_settings(self) -> ValueSettings:
        style, order = self._executor.parameters.get("DateStyle").split(", ")
        return ValueSettings(self._codec(), self._executor.timezone, (style, order))

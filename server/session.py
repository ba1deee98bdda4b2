"""One authenticated conversation: messages in, statements run, messages out.

The session frames what its runner answers, in the order and the form the protocol asks for. It knows no
socket: it encodes through the conversation's `Backend` and hands bytes to an `Outbox`. `handle` is a
coroutine that seldom waits (for the store, for a slow reader, for a very long text); one message is
handled at a time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from protocol.backend import Backend
from protocol.backend_messages import (
    BackendKeyData,
    BindComplete,
    CloseComplete,
    EmptyQueryResponse,
    NoData,
    ParameterDescription,
    ParseComplete,
    PortalSuspended,
    ReadyForQuery,
    TransactionStatus,
)
from protocol.errors import InvalidValue, RemoteProtocolError
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
from server.activity import Activity
from server.catalog import Decision
from server.committer import Outcome, Request
from server.dialect import NO_SOURCE, PlacedStatement, Source, read
from server.errors import Condition, OdpsError, Severity, parameter_context
from server.executor import Executor, find_tag
from server.journal import Journal
from server.notifications import Inbox
from server.output import Outbox, Output
from server.parameters import Parameters
from server.prepared import (
    Portal,
    PreparedStatement,
    Workspace,
    bind_message,
    settle_types,
    spread_result_formats,
)
from server.quick_change import find_change, read_change
from server.recorder import Recorder
from server.replies import error_response
from server.results import Columns, Result, are_alike
from server.runner import Runner
from server.statements import (
    Discard,
    ExecutePrepared,
    Fetch,
    SelectStatement,
    ShowFlags,
    ShowParameter,
    Statement,
)
from server.statements import Query as CatalogQuery

_READY = {status.value: ReadyForQuery(status) for status in TransactionStatus}
_KEEPALIVE = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
# After this many statements of one text the other connections have their turn.
_TURN = 64


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """In seconds; 0 for none.

    Attributes:
        keepalive: seconds until a silent client is probed and between two probes, how many there are, and milliseconds
            that what was sent may be unacknowledged; 0 each for the system's own.
    """

    statement: float = 0.0
    transaction: float = 0.0
    idle: float = 0.0
    idle_in_transaction: float = 0.0
    keepalive: tuple[int, ...] = (0, 0, 0, 0)


def _read_limits(parameters: Parameters) -> TimeLimits:
    return TimeLimits(
        statement=parameters.get_milliseconds("statement_timeout") / 1000,
        transaction=parameters.get_milliseconds("transaction_timeout") / 1000,
        idle=parameters.get_milliseconds("idle_session_timeout") / 1000,
        idle_in_transaction=parameters.get_milliseconds("idle_in_transaction_session_timeout") / 1000,
        keepalive=tuple(map(parameters.get_number, _KEEPALIVE)),
    )


def _read_conforming(parameters: Parameters) -> bool:
    return parameters.get_boolean("standard_conforming_strings")


def _read_slow(parameters: Parameters) -> tuple[float | None]:
    """Seconds from which on a statement is slow; None for never."""
    slow = parameters.get_milliseconds("log_min_duration_statement")
    return (None if slow < 0 else slow / 1000,)


class Session:
    """The conversation after authentication.

    Args:
        backend: the protocol side, in phase AUTHENTICATED.
        key: the session's process id and secret, for CancelRequest.
    """

    def __init__(self, executor: Executor, backend: Backend, outbox: Outbox, key: BackendKeyData) -> None:
        self._executor = executor
        self._control = executor.control
        self._parameters = executor.parameters
        self._backend = backend
        self._key = key
        self._output = Output(executor, backend, outbox)
        self._workspace = Workspace()
        self._inbox = Inbox(
            executor.engine.hub,
            key.process_id,
            on_arrival=self.deliver,
            hears=executor.hears,
            on_overflow=lambda: self._output.end(Condition.NOTIFICATIONS_UNREAD),
        )
        self._runner = Runner(executor, self._workspace, self._inbox, lambda: self._source.text)
        self._busy = True
        self._cancelled: Condition | None = None
        # The tag of the change that was begun last.
        self._changing = ""
        # The client's text and where in it the statement under way begins, for the positions of errors.
        self._source = NO_SOURCE
        self.activity = Activity(
            process_id=key.process_id,
            user=self._control.principal,
            database=lambda: self._control.project,
            application=lambda: executor.parameters.get("application_name"),
            client=executor.peer.address,
            encryption=executor.peer.encryption,
            transaction_start=lambda: self._control.transaction_start,
        )
        self._journal = Journal(self.activity, executor.engine.meter, executor.parameters.find(_read_slow)[0])
        self.recorder = Recorder(executor, backend, self._workspace, self._output, self.activity)

    def greet(self) -> None:
        """Tell the run-time parameters, the key for CancelRequest, and that the session is ready."""
        self._executor.engine.sessions[self._key.process_id] = self.activity
        self._output.tell_parameters()
        self._output.send(self._key)
        self._ready()

    def close(self) -> None:
        """The client has gone."""
        self._inbox.close()
        # At once, not when the collector comes by: the rows of cursors count against what others may hold, and texts of
        # megabytes are few objects, of which it takes thousands to call it.
        self._workspace.portals.clear()
        self._workspace.statements.clear()
        self._executor.engine.sessions.pop(self._key.process_id, None)

    async def handle(self, message: FrontendMessage) -> None:
        """Answer one message. Errors become an ErrorResponse here."""
        self._busy = True
        self.recorder.begin(message)
        self._source = NO_SOURCE
        failure: Exception | None = None
        try:
            await self._dispatch(message)
        except asyncio.CancelledError:
            if self._cancelled is None:  # the client has gone
                raise
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            failure = OdpsError(self._cancelled)
        except Exception as error:  # noqa: BLE001  the one place where a fault becomes an answer
            failure = error
        self._end(failure)

    def begin_change(self, packet: bytes, done: Callable[[Outcome], None]) -> Request | None:
        """Begin with a packet that is one change of a model outside a transaction; None for what `handle` has to do.

        Args:
            done: told what became of it, which `end_change` then has to be told.
        """
        text = find_change(packet, self._executor) if self.recorder.is_idle else None
        if text is None:
            return None
        self._journal.begin("query", text)
        found = read_change(text)
        if found is None:
            return None
        placed, statement = found
        try:
            request = self._executor.begin_change(statement, placed.masked, done)
        except OdpsError:
            return None
        self._busy = True
        self.recorder.pass_over()
        self._backend.pass_query()
        self._journal.read((placed,))
        self._journal.run(statement)
        self._workspace.drop_unnamed()
        self._source = Source(text, placed.places)
        self._changing = find_tag(statement)
        return request

    def end_change(self, outcome: Outcome) -> None:
        """Answer what `begin_change` has begun."""
        failure: Exception | None = None
        match outcome:
            case asyncio.CancelledError():
                if self._cancelled is None:  # the client has gone
                    return
                failure = OdpsError(self._cancelled)
            case Exception():
                failure = outcome
            case Decision(notices=notices):
                self._output.send_notices(notices, self._source)
                self._output.complete(Result(self._changing), 0)
                self._journal.succeed()
        self._end(failure)

    def cancel(self, condition: Condition) -> None:
        """Say why the task that handles the message under way is about to be cancelled."""
        self._cancelled = condition

    def send_anything(self) -> None:
        """Send something that no client minds, in the middle of a statement too."""
        self._output.repeat_parameter()

    @property
    def limits(self) -> TimeLimits:
        """The session's time limits; read anew only when a parameter has changed."""
        return self._parameters.find(_read_limits)

    @property
    def transaction(self) -> object:
        """The transaction that is open, as something to tell it from others; None when there is none."""
        return self._control.transaction

    @property
    def idle_limit(self) -> tuple[float, Condition]:
        """(seconds, condition): how long the session may now be idle, and what is said when it was longer."""
        if self._control.status == "I":
            return self.limits.idle, Condition.IDLE_SESSION_TIMEOUT
        return self.limits.idle_in_transaction, Condition.IDLE_IN_TRANSACTION_TIMEOUT

    def refuse_message(self, error: RemoteProtocolError) -> None:
        """Report a message that could not be read, and go on."""
        self._busy = True
        self.recorder.leave()
        self._source = NO_SOURCE
        self._end(error)

    async def _dispatch(self, message: FrontendMessage) -> None:
        match message:
            case Query():
                await self._query(message.text)
            case Parse():
                await self._parse(message)
            case Bind():
                await self._bind(message)
            case Describe():
                await self._describe(message)
            case Execute():
                await self._execute(message)
            case Close():
                self._close(message)
            case Sync():
                await self._control.end_implicit()
            case Flush():
                pass  # every answer is sent when the session waits or the packet is read, at the latest
            case Terminate():
                pass  # the conversation is over, which its backend says next
            case FunctionCall():
                raise OdpsError(Condition.FUNCTION_CALL)
            case _:
                raise AssertionError(f"{type(message).__name__} is not a session's message")

    def _end(self, failure: Exception | None) -> None:
        """The message under way is done: say what went wrong, and end the command, unless that was the last word."""
        self._cancelled = None
        if failure is not None:
            self._refuse(failure)
            if isinstance(failure, OdpsError) and failure.condition.severity is Severity.FATAL:
                return
        self._journal.end()
        self._finish()

    def _refuse(self, error: Exception) -> None:
        self.recorder.spoil()
        self._control.fail()
        response = error_response(error, self._source)
        self._journal.fail(error, response.fields.sqlstate)
        self._output.send(response)

    def _finish(self) -> None:
        """End the command, if the message was its last."""
        if not self._backend.owes_ready_for_query:
            return
        if self._control.status == "I":
            self._workspace.end_transaction()
            self._output.send_notifications(self._inbox.take_arrived())
        self._output.tell_parameters()
        self._ready()

    def _ready(self) -> None:
        status = self._control.status
        self._output.send(_READY[status])
        self.activity.rest(status)
        self._busy = False
        self.recorder.end(in_transaction=status != "I")

    def deliver(self) -> None:
        """Tell what has arrived: between commands and transactions at once, else at their end.

        A client that does not read is told when it does.
        """
        if self._inbox.arrived and not self._busy and self._control.status == "I" and not self._output.is_full:
            self._output.send_notifications(self._inbox.take_arrived())
            self._output.flush()

    # The simple query.

    async def _query(self, text: str) -> None:
        self._journal.begin("query", text)
        self._workspace.drop_unnamed()
        # The whole text is read before any of it is run, so that a slip at its end costs nothing.
        statements = await self._read(text)
        self._journal.read(statements)
        if not statements:
            self._output.send(EmptyQueryResponse())
        for index, placed in enumerate(statements, start=1):
            if index % _TURN == 0:
                await self._output.drain()
            if index > 1:
                self._output.restart_statement()
            self._source = Source(text, placed.places)
            self._journal.run(placed.statement)
            self._control.check_runnable(placed.statement)
            for parameter in placed.parameters:
                raise OdpsError(Condition.NO_PARAMETER, at=parameter.at, number=parameter.number)
            if len(statements) > 1:
                self._control.begin_implicit(of_text=True)
            result = await self._runner.run(placed.statement, self._output.value_settings)
            self.recorder.add(text, self._journal.kind, result)
            if placed is statements[-1]:
                await self._control.end_implicit()
            await self._output.send_result(result, self._source)
            self._journal.succeed()

    # The extended query.

    async def _parse(self, message: Parse) -> None:
        if not message.name:
            self._workspace.statements.pop("", None)  # gone even if the new text turns out to be wrong
        self._journal.begin("parse", message.text)
        statements = await self._read(message.text)
        self._journal.read(statements)
        if len(statements) > 1:
            raise OdpsError(Condition.SEVERAL_STATEMENTS)
        if statements:
            placed = statements[0]
            self._journal.run(placed.statement)
            self._control.check_runnable(placed.statement)
            source = self._source = Source(message.text, placed.places)
            types, columns = await self._runner.describe(placed.statement, placed.parameters, message.parameter_types)
            prepared = PreparedStatement(
                message.name,
                source,
                placed.statement,
                placed.parameters,
                types,
                columns,
                text=message.text,
                given_types=message.parameter_types,
                conforming=self._parameters.find(_read_conforming),
            )
        else:
            prepared = PreparedStatement(message.name, NO_SOURCE, None, (), settle_types((), message.parameter_types))
        self._workspace.add_statement(prepared)
        self._output.send(ParseComplete())

    async def _bind(self, message: Bind) -> None:
        prepared = self._workspace.find_statement(message.statement)
        self._source = prepared.source
        self._journal.begin("bind", prepared.source.text)
        self._journal.name(prepared.statement, prepared.source.places.start)
        settings = self._output.value_settings
        size = sum([len(value) for value in message.parameters if value is not None])
        try:
            bound = await self._executor.do_aside(lambda: bind_message(message, prepared, settings), size)
        except InvalidValue as error:
            error.context = parameter_context(message.portal, error.parameter)
            raise
        statement, arguments = bound
        columns = None
        if statement is not None:
            self._control.check_runnable(statement)
            columns = await self._runner.columns_aside(statement, prepared.parameter_types)
            if not are_alike(columns, prepared.columns) and not isinstance(statement, Fetch | ExecutePrepared):
                # The client may have been told of the old ones; drivers know this error and prepare again.
                raise OdpsError(Condition.PLAN_CHANGED)
        formats = spread_result_formats(message.result_formats, columns)
        self._workspace.add_portal(Portal(message.portal, prepared, statement, columns, formats, arguments))
        self._output.send(BindComplete())

    async def _describe(self, message: Describe) -> None:
        if message.kind == STATEMENT:
            prepared = self._workspace.find_statement(message.name)
            statement, columns = prepared.statement, None
            if statement is not None:
                columns = await self._runner.columns_aside(statement, prepared.parameter_types)
                self._check_describable(statement, columns)
            self._output.send(ParameterDescription(prepared.parameter_types))
            formats = (0,) * len(columns or ())
        else:
            portal = self._find_portal(message.name)
            columns, formats = portal.columns, portal.formats
            if portal.statement is not None:
                self._check_describable(portal.statement, columns)
        if columns is None:
            self._output.send(NoData())
        else:
            self._output.send_columns(columns, formats)

    def _check_describable(self, statement: Statement, columns: Columns | None) -> None:
        """In a failed transaction PostgreSQL describes only what returns no rows."""
        if columns is not None:
            self._control.check_runnable(statement)

    async def _execute(self, message: Execute) -> None:
        portal = self._find_portal(message.portal)
        if portal.prepared is not None:
            self._source = portal.prepared.source
        if portal.statement is None:
            self._output.send(EmptyQueryResponse())
            return
        self._journal.begin("execute", self._source.text or portal.text)
        self._journal.name(portal.unbound, self._source.places.start)
        self._control.check_runnable(portal.statement)
        if portal.result is None:
            self._begin_batch(portal.statement)
            result = await self._runner.run(portal.statement, self._output.value_settings, portal.arguments)
            if result.columns != portal.columns and result.copy is None:
                raise OdpsError(Condition.PLAN_CHANGED)
            self.recorder.add(self._source.text, self._journal.kind, result)
            portal.result = result
            self._output.send_notices(portal.result.notices, self._source)
        elif portal.columns is None:
            raise OdpsError(Condition.PORTAL_DONE, name=portal.name)
        result, rows = portal.result, len(portal.result.rows)
        start = min(portal.position, rows)
        end = rows if message.max_rows <= 0 or result.copy is not None else min(rows, start + message.max_rows)
        await self._output.send_rows(result, portal.formats, start, end)
        # Like PostgreSQL's, a portal is suspended when it gave as many rows as were asked for, even if
        # they were the last.
        if 0 < message.max_rows == end - start:
            portal.position = end
            self._output.send(PortalSuspended())
        else:
            portal.position = rows + 1
            self._output.complete(result, end - start)
            self._journal.succeed()

    def _begin_batch(self, statement: Statement) -> None:
        """Begin the transaction that holds a pipeline's statements together until its Sync.

        A lone statement needs none: with Sync right behind it, it is decided on the newest catalog and
        its own error comes in place of its completion. Reading needs none either, and DISCARD ALL must not
        have one.

        DEVIATION: when the Sync of a lone statement arrives later than it, its error at the end, if another
        client was quicker, comes at the Sync, as all errors at commit do in PostgreSQL.
        """
        alone = isinstance(statement, CatalogQuery | SelectStatement | ShowParameter | ShowFlags | Discard)
        if not alone and not self._backend.sync_follows:
            self._control.begin_implicit()

    def _close(self, message: Close) -> None:
        if message.kind == PORTAL:
            self._workspace.portals.pop(message.name, None)
        else:
            self._workspace.close_statement(message.name)
        self._output.send(CloseComplete())

    def _find_portal(self, name: str) -> Portal:
        portal = self._workspace.portals.get(name)
        if portal is None:
            raise OdpsError(Condition.PORTAL_NOT_FOUND, name=name)
        return portal

    async def _read(self, text: str) -> tuple[PlacedStatement, ...]:
        self._source = Source(text)
        conforming = self._parameters.find(_read_conforming)
        return await self._executor.do_aside(lambda: read(text, standard_conforming_strings=conforming), len(text))

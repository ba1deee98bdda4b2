"""Runs any statement of a session.

Those about its prepared statements, cursors and notifications it runs itself, all others the executor. What
PREPARE and DECLARE make is kept in the session's workspace, beside what Parse and Bind make.
"""

import re

from protocol.types import TYPES, Oid
from protocol.values import ValueSettings
from server.cursors import check_forward, move_cursor
from server.errors import Condition, OdpsError
from server.executor import Executor
from server.notifications import MOST_CHANNEL, MOST_PAYLOAD, Inbox
from server.prepared import Portal, PreparedStatement, Workspace, bind_values, settle_types
from server.results import Columns, Result
from server.statements import (
    Argument,
    CloseCursor,
    CopyOut,
    Deallocate,
    Declare,
    Discard,
    DiscardKind,
    ExecutePrepared,
    Fetch,
    Identifier,
    Listen,
    Literal,
    Notify,
    Prepare,
    Statement,
    Unlisten,
    find_parameters,
)

_TYPE_MODIFIER = re.compile(r"\(.*?\)")
_OIDS_BY_NAME = {row.sql_name: oid for oid, row in TYPES.items()}


class Runner:
    """One session's statements."""

    def __init__(self, executor: Executor, workspace: Workspace, inbox: Inbox) -> None:
        self._executor = executor
        self._workspace = workspace
        self._inbox = inbox
        executor.control.hooks.committed = self._committed
        executor.control.hooks.rolled_back = self._rolled_back

    def columns(self, statement: Statement) -> Columns | None:
        """The columns that `run` would return; None when it returns no rows. Runs nothing."""
        match statement:
            case ExecutePrepared(name):
                inner = self._workspace.find_statement(name.name).statement
                return None if inner is None else self.columns(inner)
            case Fetch(cursor, move=False):
                return self._find_cursor(cursor).columns
            case _:
                return self._executor.columns(statement)

    async def run(self, statement: Statement, settings: ValueSettings) -> Result:
        """Run one statement whose parameters are bound.

        Raises:
            OdpsError: it cannot be done.
            InvalidValue: an argument of EXECUTE is not of its type.
        """
        self._executor.control.check_runnable(statement)
        match statement:
            case Prepare():
                return self._prepare(statement)
            case ExecutePrepared():
                return await self._execute(statement, settings)
            case Deallocate(name):
                return self._deallocate(name)
            case Declare():
                return await self._declare(statement, settings)
            case Fetch():
                return self._fetch(statement)
            case CloseCursor(name):
                return self._close_cursor(name)
            case Discard(kind):
                return self._discard(kind)
            case CopyOut(query, options):
                copied = await self.run(query, settings)
                return Result("COPY", copied.columns, copied.rows, copied.notices, copy=options)
            case Listen() | Unlisten() | Notify():
                return self._message(statement)
            case _:
                return await self._executor.execute(statement)

    def _committed(self) -> None:
        self._workspace.end_transaction()
        self._inbox.commit()

    def _rolled_back(self) -> None:
        self._workspace.end_transaction()
        self._inbox.rollback()

    # Prepared statements.

    def _prepare(self, statement: Prepare) -> Result:
        parameters = find_parameters(statement.statement)
        types = settle_types(parameters, [_find_type(name) for name in statement.types])
        # Its places count in the text of PREPARE, which is gone when EXECUTE runs it.
        columns = self._executor.columns(statement.statement)
        prepared = PreparedStatement(statement.name.name, ("", 0), statement.statement, parameters, types, columns)
        self._workspace.add_statement(prepared)
        return Result("PREPARE")

    async def _execute(self, statement: ExecutePrepared, settings: ValueSettings) -> Result:
        prepared = self._workspace.find_statement(statement.name.name)
        given, needed = len(statement.arguments), len(prepared.parameter_types)
        if given != needed:
            raise OdpsError(
                Condition.EXECUTE_ARGUMENTS,
                name=prepared.name,
                detail=f"Expected {needed} parameters but got {given}.",
            )
        values = [(0, _argument_text(argument, settings)) for argument in statement.arguments]
        try:
            inner = bind_values(prepared, values, settings)
            if inner is None:
                raise AssertionError("only Parse prepares an empty text, and EXECUTE cannot name that")
            return await self.run(inner, settings)
        except OdpsError as error:
            error.forget_place()
            raise

    def _deallocate(self, name: Identifier | None) -> Result:
        if name is None:
            for each in [each for each in self._workspace.statements if each]:
                self._workspace.close_statement(each)
            return Result("DEALLOCATE ALL")
        self._workspace.find_statement(name.name)
        self._workspace.close_statement(name.name)
        return Result("DEALLOCATE")

    # Cursors.

    async def _declare(self, statement: Declare, settings: ValueSettings) -> Result:
        name = statement.name.name
        if name in self._workspace.portals:
            raise OdpsError(Condition.PORTAL_EXISTS, name=name)
        if not statement.hold:
            self._executor.control.require_block("DECLARE CURSOR")
        result = await self.run(statement.query, settings)
        columns = result.columns or ()
        self._workspace.add_portal(
            Portal(
                name=name,
                prepared=None,
                statement=statement.query,
                columns=columns,
                formats=(int(statement.binary),) * len(columns),
                result=result,
                scroll=statement.scroll is not False,
                hold=statement.hold,
            )
        )
        return Result("DECLARE CURSOR", notices=result.notices)

    def _fetch(self, statement: Fetch) -> Result:
        portal = self._find_cursor(statement.cursor)
        result = portal.result
        if result is None or portal.columns is None:
            raise OdpsError(Condition.PORTAL_DONE, name=portal.name)
        if not portal.scroll:
            check_forward(portal.position, statement.direction, statement.count)
        numbers, portal.position = move_cursor(portal.position, len(result.rows), statement.direction, statement.count)
        if statement.move:
            return Result(f"MOVE {len(numbers)}")
        rows = [result.rows[number - 1] for number in numbers]
        return Result("FETCH", portal.columns, rows, formats=portal.formats)

    def _close_cursor(self, name: Identifier | None) -> Result:
        if name is None:
            self._workspace.portals.clear()
            return Result("CLOSE CURSOR ALL")
        del self._workspace.portals[self._find_cursor(name).name]
        return Result("CLOSE CURSOR")

    def _find_cursor(self, name: Identifier) -> Portal:
        portal = self._workspace.portals.get(name.name) if name.name else None
        if portal is None:
            raise OdpsError(Condition.CURSOR_NOT_FOUND, at=name.at, name=name)
        return portal

    # The rest.

    def _discard(self, kind: DiscardKind) -> Result:
        if kind is DiscardKind.ALL:
            self._executor.control.refuse_block("DISCARD ALL")
            self._workspace.portals.clear()
            self._deallocate(None)
            self._executor.control.reset()
            self._inbox.unlisten(None)
            self._inbox.commit()
        return Result(f"DISCARD {kind}")

    def _message(self, statement: Listen | Unlisten | Notify) -> Result:
        """LISTEN, UNLISTEN, NOTIFY: done when the transaction commits, at once where there is none."""
        match statement:
            case Listen(channel):
                self._inbox.listen(_check_channel(channel))
            case Unlisten(channel):
                self._inbox.unlisten(None if channel is None else channel.name)
            case Notify():
                self._notify(statement)
        if self._executor.control.transaction is None:
            self._inbox.commit()
        return Result(type(statement).__name__.upper())

    def _notify(self, statement: Notify) -> None:
        payload = ""
        if statement.payload is not None:
            if not isinstance(statement.payload, Literal):
                raise TypeError("parameters are bound before a statement is run")
            payload = statement.payload.value
        if len(payload.encode()) > MOST_PAYLOAD:
            raise OdpsError(Condition.PAYLOAD_TOO_LONG)
        self._inbox.notify(_check_channel(statement.channel), payload)


def _check_channel(channel: Identifier) -> str:
    if not channel.name:
        raise OdpsError(Condition.CHANNEL_EMPTY, at=channel.at)
    if len(channel.name.encode()) > MOST_CHANNEL:
        raise OdpsError(Condition.CHANNEL_TOO_LONG, at=channel.at)
    return channel.name


def _find_type(name: str) -> Oid:
    """The OID of a type as PREPARE names it; 0 leaves it open."""
    if name == "unknown":
        return Oid(0)
    oid = _OIDS_BY_NAME.get(_TYPE_MODIFIER.sub("", name))
    if oid is None:
        raise OdpsError(Condition.TYPE_NOT_FOUND, type=name)
    return oid


def _argument_text(argument: Argument, settings: ValueSettings) -> bytes | None:
    """What Bind would have carried, in the text format; None for NULL."""
    match argument.value:
        case None:
            return None
        case Literal(value):
            return value.encode(settings.encoding)
        case _:
            raise TypeError("parameters are bound before a statement is run")

"""Runs any statement of a session.

Those about its prepared statements, cursors and notifications it runs itself, all others the executor. What
PREPARE and DECLARE make is kept in the session's workspace, beside what Parse and Bind make.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from protocol.types import TYPES, Oid
from protocol.values import ValueSettings
from server.activity import hide_secret
from server.cursors import check_forward, move_cursor
from server.dialect import NO_SOURCE
from server.errors import Condition, Diagnostic, OdpsError
from server.executor import Executor
from server.notifications import MOST_CHANNEL, MOST_PAYLOAD, Inbox
from server.prepared import Portal, PreparedStatement, Workspace, bind_values, check_types, settle_types
from server.results import Columns, Result, Row
from server.selects import NO_ARGUMENTS, Arguments
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
    Parameter,
    Prepare,
    Statement,
    Unlisten,
    find_parameters,
    find_select,
)
from server.statements.select import Explain, Select

_TYPE_MODIFIER = re.compile(r"\(.*?\)")
_OIDS_BY_NAME = {row.sql_name: oid for oid, row in TYPES.items()}


class Runner:
    """One session's statements.

    Args:
        text: what the client has sent that is under way.
    """

    def __init__(
        self, executor: Executor, workspace: Workspace, inbox: Inbox, text: Callable[[], str] = lambda: ""
    ) -> None:
        self._executor = executor
        self._text = text
        self._workspace = workspace
        self._inbox = inbox
        executor.control.hooks.committed = self._committed
        executor.control.hooks.rolled_back = self._rolled_back
        executor.control.hooks.mark = self._mark
        executor.belongings.prepared_statements = self._list_prepared
        executor.belongings.cursors = self._list_cursors
        executor.belongings.channels = lambda: sorted(inbox.channels)
        executor.belongings.notify = self._send

    async def describe(
        self, statement: Statement, parameters: Sequence[Parameter], given: Sequence[int]
    ) -> tuple[tuple[Oid, ...], Columns | None]:
        """The types of a statement's parameters, and the columns that it would return. Runs nothing.

        Args:
            given: the types that the client names, 0 where it leaves one open.

        Raises:
            OdpsError: a type is not known, or a SELECT cannot be run.
        """
        select = find_select(statement)
        if select is None:
            types = settle_types(parameters, given)
            return types, self.columns(statement, types)
        check_types(given)
        prepared = await self._executor.selects.prepare_aside(select, tuple(map(Oid, given)))
        # Those of constants that were taken out are no business of the client's.
        types = prepared.parameter_types if parameters or given else ()
        return types, self.columns(statement, types)

    def columns(self, statement: Statement, types: Sequence[Oid]) -> Columns | None:
        """The columns that `run` would return; None when it returns no rows. Runs nothing.

        Those of EXECUTE and FETCH are None while there is nothing of the name: that is an error only when they run.

        Args:
            types: of the statement's parameters.
        """
        match statement:
            case ExecutePrepared(name):
                prepared = self._workspace.statements.get(name.name)
                if prepared is None or prepared.statement is None:
                    return None
                return self.columns(prepared.statement, prepared.parameter_types)
            case Fetch(cursor, move=False):
                portal = self._workspace.portals.get(cursor.name)
                return None if portal is None else portal.columns
            case _:
                return self._executor.columns(statement, types)

    async def columns_aside(self, statement: Statement, types: Sequence[Oid]) -> Columns | None:
        """As `columns`, with a SELECT that has to be bound anew bound beside the loop."""
        if isinstance(statement, Select | Explain):
            return (await self._executor.selects.prepare_aside(statement, types)).columns
        return self.columns(statement, types)

    async def run(self, statement: Statement, settings: ValueSettings, arguments: Arguments = NO_ARGUMENTS) -> Result:
        """Run one statement whose parameters are bound; those of a SELECT are `arguments`.

        Raises:
            OdpsError: it cannot be done.
            InvalidValue: an argument of EXECUTE is not of its type.
        """
        self._executor.control.check_runnable(statement)
        match statement:
            case Prepare():
                return await self._prepare(statement)
            case ExecutePrepared():
                return await self._execute(statement, settings)
            case Deallocate(name):
                return self._deallocate(name)
            case Declare():
                return await self._declare(statement, settings, arguments)
            case Fetch():
                return await self._fetch(statement, settings)
            case CloseCursor(name):
                return self._close_cursor(name)
            case Discard(kind):
                return self._discard(kind)
            case CopyOut(query, options):
                copied = await self.run(query, settings, arguments)
                return Result("COPY", copied.columns, copied.rows, copied.notices, copy=options, share=copied.share)
            case Listen() | Unlisten() | Notify():
                return self._message(statement)
            case Select() | Explain():
                result = await self._executor.execute(statement, arguments)
                if self._executor.control.transaction is None:
                    # It may have called pg_notify, and set_config for no longer than itself.
                    self._inbox.commit()
                    self._executor.parameters.end_transaction()
                return result
            case _:
                return await self._executor.execute(statement, arguments)

    def _committed(self) -> None:
        self._workspace.end_transaction()
        self._inbox.commit()

    def _rolled_back(self) -> None:
        self._workspace.end_transaction()
        self._inbox.rollback()

    def _mark(self) -> Callable[[], None]:
        """What goes back to this moment: a transaction or a savepoint begins."""
        portals, asked = self._workspace.portals_made, self._inbox.asked

        def go_back() -> None:
            self._workspace.drop_portals(since=portals)
            self._inbox.forget_since(asked)

        return go_back

    # What a SELECT can see of the session.

    def _list_prepared(self) -> list[Row]:
        """The rows of pg_prepared_statements."""
        return [
            (each.name, hide_secret(each.text), each.made, list(each.parameter_types), each.from_sql, 0, 0)
            for each in self._workspace.statements.values()
            if each.name
        ]

    def _list_cursors(self) -> list[Row]:
        """The rows of pg_cursors."""
        return [
            (each.name, hide_secret(each.text), each.hold, each.binary, each.scroll, each.made)
            for each in self._workspace.portals.values()
            if each.columns is not None
        ]

    def _send(self, channel: str, payload: str) -> None:
        """pg_notify: as NOTIFY."""
        try:
            self._notify(Notify(Identifier(channel), Literal(payload)))
        except OdpsError as error:
            error.forget_place()
            raise

    # Prepared statements.

    async def _prepare(self, statement: Prepare) -> Result:
        parameters = find_parameters(statement.statement)
        given = [_find_type(name) for name in statement.types]
        self._executor.control.note_query()
        # Its places count in the text of PREPARE, which is gone when EXECUTE runs it.
        types, columns = await self.describe(statement.statement, parameters, given)
        prepared = PreparedStatement(
            statement.name.name,
            NO_SOURCE,
            statement.statement,
            parameters,
            types,
            columns,
            from_sql=True,
            text=self._text(),
        )
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
            size = sum([len(data) for _, data in values if data is not None])
            inner, arguments = await self._executor.do_aside(lambda: bind_values(prepared, values, settings), size)
            if inner is None:
                raise AssertionError("only Parse prepares an empty text, and EXECUTE cannot name that")
            # The text says only the name of what was run, and that may mean another statement soon, or elsewhere.
            return replace(await self.run(inner, settings, arguments), basis=None)
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

    async def _declare(self, statement: Declare, settings: ValueSettings, arguments: Arguments) -> Result:
        """DEVIATION: the query runs now, so its errors come here and not with a FETCH; rows can be read backward."""
        name = statement.name.name
        if name in self._workspace.portals:
            raise OdpsError(Condition.PORTAL_EXISTS, name=name)
        if not statement.hold:
            self._executor.control.require_text_or_block("DECLARE CURSOR")
        result = await self.run(statement.query, settings, arguments)
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
                text=self._text(),
                binary=statement.binary,
            )
        )
        return Result("DECLARE CURSOR", notices=result.notices)

    async def _fetch(self, statement: Fetch, settings: ValueSettings) -> Result:
        """Rows of a cursor, or of a portal that Bind made; the query of the latter may not have run yet."""
        portal = self._find_cursor(statement.cursor)
        if portal.statement is None or portal.columns is None:
            raise OdpsError(Condition.PORTAL_DONE, name=portal.name)
        result = portal.result
        notices: tuple[Diagnostic, ...] = ()
        if result is None:
            result = await self.run(portal.statement, settings, portal.arguments)
            if result.columns != portal.columns:
                raise OdpsError(Condition.PLAN_CHANGED)
            portal.result, notices = result, result.notices
        if not portal.scroll:
            check_forward(portal.position, statement.direction, statement.count)
        numbers, portal.position = move_cursor(portal.position, len(result.rows), statement.direction, statement.count)
        if statement.move:
            return Result(f"MOVE {len(numbers)}", notices=notices)
        rows = [result.rows[number - 1] for number in numbers]
        # What Bind settled holds for Execute; of FETCH the client says it anew.
        formats = portal.formats if portal.prepared is None else None
        return Result("FETCH", portal.columns, rows, notices, formats)

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

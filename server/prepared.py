"""Prepared statements and portals: what a session keeps by name, and the checks on what a client hands in.

The messages Parse, Bind, Execute and Close and the statements PREPARE, EXECUTE, DECLARE, FETCH and CLOSE
work on the same names, as in PostgreSQL: a statement made by one may be run by the other, and a cursor is
a portal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from protocol.frontend_messages import Bind
from protocol.types import TEXT, TYPES, Oid
from protocol.values import TEXT_FORMAT, ValueSettings, decode, encoder
from server.dialect import Source
from server.errors import Condition, OdpsError
from server.results import Columns, Result
from server.selects import NO_ARGUMENTS, Arguments
from server.statements import Parameter, Statement, bind_parameters, find_select

# DEVIATION: PostgreSQL lets a session prepare until the machine has no more memory. Bytes, by estimate.
_MOST_PREPARED: Final = 64 * 1024 * 1024
_PREPARED_BYTES: Final = 2000
_CHARACTER_BYTES: Final = 4


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement made by Parse or PREPARE.

    Attributes:
        name: "" for the unnamed one.
        source: where it stands, for the positions of errors.
        statement: None for an empty text.
        parameters: the `$n` in it.
        parameter_types: OIDs, one for each parameter.
        columns: those that it had when it was made; None when it returns no rows.
        text: as the client sent it, with what stands around it.
        given_types: of the parameters, as Parse had them; 0 where it left one open.
        conforming: read while standard_conforming_strings was on.
        from_sql: made by PREPARE.
        made: when.
    """

    name: str
    source: Source
    statement: Statement | None
    parameters: tuple[Parameter, ...]
    parameter_types: tuple[Oid, ...]
    columns: Columns | None = None
    text: str = ""
    given_types: tuple[int, ...] = ()
    conforming: bool = True
    from_sql: bool = False
    made: datetime = field(default_factory=_now, compare=False)


@dataclass(slots=True)
class Portal:
    """A statement with its parameters, ready to run or under way; or a cursor.

    Attributes:
        prepared: what it was bound from; None for a cursor.
        statement: None for an empty text.
        columns: None when it returns no rows.
        formats: one format code for each column.
        arguments: the values of a SELECT's parameters; those of other statements stand in the statement.
        result: None until it has run.
        position: the row it stands on, from 1; 0 before the first, one more than there are rows behind the last.
        scroll: whether it may go backwards.
        hold: whether it outlives its transaction.
        text: of a cursor's DECLARE, as far as it may be shown.
        binary: declared BINARY.
        made: when.
        number: how many portals the session had made before it.
    """

    name: str
    prepared: PreparedStatement | None
    statement: Statement | None
    columns: Columns | None
    formats: tuple[int, ...]
    arguments: Arguments = NO_ARGUMENTS
    result: Result | None = None
    position: int = 0
    scroll: bool = False
    hold: bool = False
    text: str = ""
    binary: bool = False
    made: datetime = field(default_factory=_now)
    number: int = 0

    @property
    def unbound(self) -> Statement | None:
        """The statement without the values that were bound to it."""
        return self.statement if self.prepared is None else self.prepared.statement


class Workspace:
    """The prepared statements and portals of one session."""

    def __init__(self) -> None:
        self.statements: dict[str, PreparedStatement] = {}
        self._named_bytes = 0
        self.portals: dict[str, Portal] = {}
        self.portals_made = 0

    def add_statement(self, prepared: PreparedStatement) -> None:
        """Keep it; the unnamed one takes the place of the one before.

        Raises:
            OdpsError: STATEMENT_EXISTS, OUT_OF_MEMORY.
        """
        if prepared.name:
            if prepared.name in self.statements:
                raise OdpsError(Condition.STATEMENT_EXISTS, name=prepared.name)
            named_bytes = self._named_bytes + _size(prepared)
            if named_bytes > _MOST_PREPARED:
                raise OdpsError(
                    Condition.OUT_OF_MEMORY,
                    detail=f"The session has {len(self.statements)} prepared statements.",
                    hint="DEALLOCATE those that are not needed any more.",
                )
            self._named_bytes = named_bytes
        self.statements[prepared.name] = prepared

    def find_statement(self, name: str) -> PreparedStatement:
        """Raise STATEMENT_NOT_FOUND when there is none."""
        prepared = self.statements.get(name)
        if prepared is None:
            what = f'prepared statement "{name}"' if name else "unnamed prepared statement"
            raise OdpsError(Condition.STATEMENT_NOT_FOUND, statement=what)
        return prepared

    def close_statement(self, name: str) -> None:
        """Forget a statement, if there is one, with its portals."""
        prepared = self.statements.pop(name, None)
        if prepared is not None:
            self._named_bytes -= _size(prepared) if name else 0
            self._keep_portals(lambda portal: portal.prepared is not prepared)

    def add_portal(self, portal: Portal) -> None:
        """Keep it; the unnamed one takes the place of the one before.

        Raises:
            OdpsError: PORTAL_EXISTS.
        """
        if portal.name and portal.name in self.portals:
            raise OdpsError(Condition.PORTAL_EXISTS, name=portal.name)
        portal.number = self.portals_made
        self.portals_made += 1
        self.portals[portal.name] = portal

    def drop_portals(self, *, since: int) -> None:
        """Forget those that were made after `portals_made` was `since`: their transaction or savepoint is undone."""
        self._keep_portals(lambda portal: portal.number < since)

    def end_transaction(self) -> None:
        """Portals live no longer than their transaction, unless they hold."""
        if self.portals:
            self._keep_portals(lambda portal: portal.hold)

    def drop_unnamed(self) -> None:
        """A simple query takes the place of the unnamed statement and portal."""
        self.statements.pop("", None)  # its portals live on, as in PostgreSQL
        self.portals.pop("", None)

    def _keep_portals(self, keep: Callable[[Portal], bool]) -> None:
        self.portals = {name: portal for name, portal in self.portals.items() if keep(portal)}


def _size(prepared: PreparedStatement) -> int:
    return _PREPARED_BYTES + _CHARACTER_BYTES * len(prepared.text)


def settle_types(parameters: Sequence[Parameter], given: Sequence[int]) -> tuple[Oid, ...]:
    """The parameter types: as the client says, text where it leaves them open (0).

    Raises:
        OdpsError: PARAMETER_TYPE.
    """
    needed = max((parameter.number for parameter in parameters), default=0)
    types = tuple(
        Oid(given[index]) if index < len(given) and given[index] else TEXT for index in range(max(needed, len(given)))
    )
    check_types(types)
    return types


def check_types(types: Sequence[int]) -> None:
    """Each of the types a client names must be one of ours; 0 leaves it open.

    Raises:
        OdpsError: PARAMETER_TYPE.
    """
    for number, oid in enumerate(types, start=1):
        if oid and oid not in TYPES:
            raise OdpsError(Condition.PARAMETER_TYPE, number=number, oid=oid)


def bind_message(
    message: Bind, prepared: PreparedStatement, settings: ValueSettings
) -> tuple[Statement | None, Arguments]:
    """Put the message's values into the statement; a SELECT's go beside it.

    Raises:
        OdpsError: BIND_PARAMETER_COUNT, BIND_PARAMETER_FORMATS, PARAMETER_NULL.
        InvalidValue: a value is not of its type.
    """
    given, needed = len(message.parameters), len(prepared.parameter_types)
    if given != needed:
        raise OdpsError(Condition.BIND_PARAMETER_COUNT, given=given, name=prepared.name, needed=needed)
    formats = _spread(message.parameter_formats, given)
    if formats is None:
        raise OdpsError(Condition.BIND_PARAMETER_FORMATS, formats=len(message.parameter_formats), given=given)
    return bind_values(prepared, tuple(zip(formats, message.parameters, strict=True)), settings)


def bind_values(
    prepared: PreparedStatement, values: Sequence[tuple[int, bytes | None]], settings: ValueSettings
) -> tuple[Statement | None, Arguments]:
    """Put values, each with its format code, into the statement; there are as many as it has parameters.

    A SELECT's values go beside it.

    Raises:
        OdpsError: PARAMETER_NULL.
        InvalidValue: a value is not of its type.
    """
    statement = prepared.statement
    if statement is None or not values:
        return statement, NO_ARGUMENTS
    if find_select(statement) is not None:
        given = [
            None if data is None else decode(oid, format_code, data, settings, number=number)
            for number, (oid, (format_code, data)) in enumerate(
                zip(prepared.parameter_types, values, strict=True), start=1
            )
        ]
        return statement, Arguments(prepared.parameter_types, tuple(given))
    places = {parameter.number: parameter.at for parameter in prepared.parameters}
    texts: list[str] = []
    for number, (oid, (format_code, data)) in enumerate(zip(prepared.parameter_types, values, strict=True), start=1):
        if data is None:
            if number in places:
                raise OdpsError(Condition.PARAMETER_NULL, at=places[number], number=number)
            texts.append("")
        else:
            texts.append(_as_text(oid, decode(oid, format_code, data, settings, number=number), settings))
    return bind_parameters(statement, texts), NO_ARGUMENTS


def spread_result_formats(codes: Sequence[int], columns: Columns | None) -> tuple[int, ...]:
    """One format code for each column.

    Raises:
        OdpsError: BIND_RESULT_FORMATS.
    """
    count = len(columns or ())
    formats = _spread(codes, count)
    if formats is None:
        if columns is None:
            # As in PostgreSQL, the formats of a statement without rows mean nothing.
            return ()
        raise OdpsError(Condition.BIND_RESULT_FORMATS, formats=len(codes), columns=count)
    return formats


def _spread(codes: Sequence[int], count: int) -> tuple[int, ...] | None:
    """None: all text; one: for all; else one each. None when the number is wrong."""
    if not codes:
        return (0,) * count
    if len(codes) == 1:
        return (codes[0],) * count
    return tuple(codes) if len(codes) == count else None


def _as_text(oid: Oid, value: object, settings: ValueSettings) -> str:
    """A parameter where a literal may stand: the text that the literal would have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else encoder(oid, TEXT_FORMAT, settings)(value).decode(settings.encoding)

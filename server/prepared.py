"""Prepared statements and portals: what Parse and Bind make, and the checks on what a client hands in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from protocol.frontend_messages import Bind, Parse
from protocol.types import TEXT, TYPES, Oid
from protocol.values import ValueSettings, decode
from server.dialect import PlacedStatement
from server.errors import Condition, OdpsError
from server.results import Columns, Result
from server.statements import Parameter, Statement, bind_parameters


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement made by Parse.

    Attributes:
        name: "" for the unnamed one.
        text: the client's text, for the positions of errors; `start` is where the statement begins in it.
        statement: None for an empty text.
        parameters: the `$n` in it.
        parameter_types: OIDs, one for each parameter.
    """

    name: str
    text: str
    start: int
    statement: Statement | None
    parameters: tuple[Parameter, ...]
    parameter_types: tuple[Oid, ...]


@dataclass(slots=True)
class Portal:
    """A statement with its parameters, ready to run or under way.

    Attributes:
        columns: None when it returns no rows.
        formats: one format code for each column.
        result: None until the first Execute.
        position: how many rows have been returned.
    """

    name: str
    prepared: PreparedStatement
    statement: Statement | None
    columns: Columns | None
    formats: tuple[int, ...]
    result: Result | None = None
    position: int = field(default=0)


def prepare(message: Parse, placed: PlacedStatement | None) -> PreparedStatement:
    """Settle the parameter types: as the client says, text where it leaves them open.

    Args:
        placed: the statement; None for an empty text.

    Raises:
        OdpsError: PARAMETER_TYPE.
    """
    parameters = () if placed is None else placed.parameters
    needed = max((parameter.number for parameter in parameters), default=0)
    given = message.parameter_types
    types = tuple(
        Oid(given[index]) if index < len(given) and given[index] else TEXT for index in range(max(needed, len(given)))
    )
    for number, oid in enumerate(types, start=1):
        if oid not in TYPES:
            raise OdpsError(Condition.PARAMETER_TYPE, number=number, oid=oid)
    if placed is None:
        return PreparedStatement(message.name, message.text, 0, None, (), types)
    return PreparedStatement(message.name, message.text, placed.start, placed.statement, parameters, types)


def bind_statement(message: Bind, prepared: PreparedStatement, settings: ValueSettings) -> Statement | None:
    """Put the message's values into the statement.

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
    statement = prepared.statement
    if statement is None or not given:
        return statement
    used = {parameter.number: parameter for parameter in prepared.parameters}
    values: list[str] = []
    for number, (oid, format_code, data) in enumerate(
        zip(prepared.parameter_types, formats, message.parameters, strict=True), start=1
    ):
        if data is None:
            if number in used:
                raise OdpsError(Condition.PARAMETER_NULL, at=used[number].at, number=number)
            values.append("")
        else:
            values.append(_as_text(decode(oid, format_code, data, settings, number=number)))
    return bind_parameters(statement, values)


def spread_result_formats(codes: Sequence[int], columns: Columns | None) -> tuple[int, ...]:
    """One format code for each column.

    Raises:
        OdpsError: BIND_RESULT_FORMATS.
        InvalidValue: a code is neither 0 nor 1.
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


def _as_text(value: object) -> str:
    """A parameter where a literal may stand: the text that the literal would have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

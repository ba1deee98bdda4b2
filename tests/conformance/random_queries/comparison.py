"""One statement put to two servers, and whether they answer alike."""

from dataclasses import dataclass
from typing import Final

from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from server.errors import Condition

_FLOATS: Final = (700, 701)
_RECORD: Final = 2249
# The row types of relations have OIDs from here on; here they are plain records.
_FIRST_ROW_TYPE: Final = 10_000
_PRECISION: Final = 1e-12  # of what is summed or computed in another order
_NOT_HERE: Final = Condition.NOT_SUPPORTED.sqlstate.value
_SYNTAX: Final = Condition.INVALID_TOKEN.sqlstate.value
# Which of several faults of the data is met first depends on the order in which rows come and functions are called.
_OF_DATA: Final = "22"

Column = tuple[str, int, int]
Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns and rows, or an error: its SQLSTATE, its text and its 1-based place, 0 for none."""

    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    error: tuple[str, str, int] | None = None


def run(connection: PGconn, text: str) -> Answer:
    """The answer to a whole statement, its rows in an order of their own."""
    result = connection.exec_(text.encode())
    if result.status != ExecStatus.TUPLES_OK:
        return _error(result)
    columns = range(result.nfields)
    rows = [
        tuple(None if (value := result.get_value(row, each)) is None else value.decode() for each in columns)
        for row in range(result.ntuples)
    ]
    # Modifiers are those of what the planner left of an expression; `describe` has those of the statement.
    return Answer(tuple((name, oid, -1) for name, oid, _ in _columns(result)), tuple(sorted(rows, key=repr)))


def describe(connection: PGconn, text: str) -> Answer:
    """The columns of a statement that is not run."""
    prepared = connection.prepare(b"", text.encode())
    if prepared.status != ExecStatus.COMMAND_OK:
        return _error(prepared)
    return Answer(_columns(connection.describe_prepared(b"")))


def _error(result: PGresult) -> Answer:
    state, message, place = (
        (result.error_field(each) or b"").decode()
        for each in (
            DiagnosticField.SQLSTATE,
            DiagnosticField.MESSAGE_PRIMARY,
            DiagnosticField.STATEMENT_POSITION,
        )
    )
    return Answer(error=(state, message, int(place or 0)))


def _columns(result: PGresult) -> tuple[Column, ...]:
    found = []
    for number in range(result.nfields):
        oid = result.ftype(number)
        found.append(
            ((result.fname(number) or b"").decode(), _RECORD if _is_row(oid) else oid, result.fmod(number)),
        )
    return tuple(found)


def _is_row(oid: int) -> bool:
    # pg_type, pg_attribute, pg_proc and pg_class were numbered before the others.
    return oid >= _FIRST_ROW_TYPE or oid in (71, 75, 81, 83)


def find_difference(here: Answer, there: Answer, *, places: bool = False) -> str | None:
    """What differs, in words; what modeld says that it does not have is no difference.

    Args:
        places: of errors, where they are in the text counts too.
    """
    if here.error is not None and here.error[0] == _NOT_HERE:
        return None
    if here.error is not None and there.error is not None:
        one, other = here.error, there.error
        if one[0].startswith(_OF_DATA) and other[0].startswith(_OF_DATA):
            return None
        # Where a grammar gives up is tests/conformance/grammar's affair.
        same = one[0] == other[0] and (not places or one[0] == _SYNTAX or one[2] == other[2])
        return None if same else f"{one} instead of {other}"
    if here.error is not None or there.error is not None:
        return f"{here.error or here.rows[:3]} instead of {there.error or there.rows[:3]}"
    if here.columns != there.columns:
        return f"columns {here.columns} instead of {there.columns}"
    if len(here.rows) != len(there.rows):
        return f"{len(here.rows)} rows instead of {len(there.rows)}"
    for one_row, other_row in zip(here.rows, there.rows, strict=True):
        for column, value, wanted in zip(here.columns, one_row, other_row, strict=True):
            if value != wanted and not (column[1] in _FLOATS and _are_near(value, wanted)):
                return f"{one_row} instead of {other_row}"
    return None


def _are_near(value: str | None, wanted: str | None) -> bool:
    if value is None or wanted is None:
        return False
    one, other = float(value), float(wanted)
    return one == other or abs(one - other) <= _PRECISION * max(abs(one), abs(other))

"""What a server answers to a statement of the corpus, and where two answers differ."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from tests.conformance.corpus_statements import CorpusStatement

# The row types of relations and their arrays have OIDs from here on where the relation is not PostgreSQL's own.
_FIRST_OF_USERS: Final = 16_384

Column = tuple[str, int]
Row = tuple[bytes | None, ...]


@dataclass(frozen=True)
class Answer:
    """An error's SQLSTATE and text, or the types of the parameters, the columns and the rows."""

    error: tuple[str, str] | None = None
    parameters: tuple[int, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()


def ask(connection: PGconn, statement: CorpusStatement) -> Answer:
    prepared = connection.prepare(b"", statement.text.encode())
    if prepared.status != ExecStatus.COMMAND_OK:
        return Answer(_read_error(prepared))
    described = connection.describe_prepared(b"")
    values = [None if each is None else each.encode() for each in statement.parameters]
    result = connection.exec_prepared(b"", values)  # type: ignore[arg-type]  # it takes None for NULL
    if result.status != ExecStatus.TUPLES_OK:
        return Answer(_read_error(result))
    return Answer(
        parameters=tuple(described.param_type(number) for number in range(described.nparams)),
        columns=tuple(
            ((result.fname(number) or b"").decode(), min(result.ftype(number), _FIRST_OF_USERS))
            for number in range(result.nfields)
        ),
        rows=tuple(
            tuple(result.get_value(row, column) for column in range(result.nfields)) for row in range(result.ntuples)
        ),
    )


def _read_error(result: PGresult) -> tuple[str, str]:
    state, message = (result.error_field(each) for each in (DiagnosticField.SQLSTATE, DiagnosticField.MESSAGE_PRIMARY))
    return (state or b"").decode(), (message or b"").decode()


def find_difference(here: Answer, there: Answer) -> str | None:
    """Where one of the two fails, or the parameters or the columns are others, in a line."""
    if here.error or there.error:
        same = here.error and there.error and here.error[0] == there.error[0]
        return None if same else f"error: {here.error} instead of {there.error}"
    if here.parameters != there.parameters:
        return f"parameters: {here.parameters} instead of {there.parameters}"
    if here.columns != there.columns:
        return f"columns: {here.columns} instead of {there.columns}"
    return None


def find_other_rows(here: Answer, there: Answer) -> str | None:
    """Which rows are in one answer only, in a line; their order does not count, as few statements ask for one."""
    found, wanted = Counter(here.rows), Counter(there.rows)
    if found == wanted:
        return None
    extra, missing = list((found - wanted).elements()), list((wanted - found).elements())
    return f"rows: {len(extra)} extra, such as {extra[:1]}; {len(missing)} missing, such as {missing[:1]}"

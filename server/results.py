"""What a statement answers: columns, rows, command tag, notices. Plain values, not yet messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from protocol.types import NO_TYPE, Oid
from server.errors import Diagnostic
from server.statements import CopyOptions


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result.

    Attributes:
        type: PostgreSQL's OID of the column's type.
        modifier: its type modifier, -1 for none.
        table: the OID of the relation that the column is one of, 0 for none.
        table_column: its number there, from 1.
    """

    name: str
    type: Oid
    modifier: int = -1
    table: Oid = NO_TYPE
    table_column: int = 0


Columns = tuple[Column, ...]
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one statement.

    Attributes:
        tag: the command tag; for rows only its first word, since the count follows from how many of
            them a portal returns.
        columns: None for a statement that returns no rows.
        rows: tuples as long as `columns`.
        formats: one format code for each column, where a cursor has settled them; else the client asks.
        copy: the rows go out as COPY data of this form.
    """

    tag: str
    columns: Columns | None = None
    rows: Sequence[Row] = ()
    notices: tuple[Diagnostic, ...] = ()
    formats: tuple[int, ...] | None = None
    copy: CopyOptions | None = None

    @property
    def counts_rows(self) -> bool:
        """Whether the command tag ends in the number of rows."""
        return self.tag in ("SELECT", "FETCH", "COPY")

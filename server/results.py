"""What a statement answers: columns, rows, command tag, notices. Plain values, not yet messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from protocol.types import Oid
from server.errors import Diagnostic
from server.statements import CopyOptions


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is PostgreSQL's OID of the column's type."""

    name: str
    type: Oid


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

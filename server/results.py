"""What a statement answers: columns, rows, command tag, notices. Plain values, not yet messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from protocol.types import NO_TYPE, Oid
from server.catalog import Catalog
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

# What an answer rests on besides the statement, the user, the project and the run-time parameters: whether the same
# statement would have the same answer on this newer catalog.
Basis = Callable[[Catalog], bool]


def on_nothing(_: Catalog) -> bool:
    """The basis of what the catalog has no part in."""
    return True


def on_all(_: Catalog) -> bool:
    """The basis of what may be different after any change."""
    return False


def are_alike(columns: Columns | None, others: Columns | None) -> bool:
    """Whether who was told of the ones can read the others: as in PostgreSQL, whatever relations they are of."""
    return columns is others or _told_of(columns) == _told_of(others)


def _told_of(columns: Columns | None) -> list[tuple[str, Oid, int]] | None:
    return None if columns is None else [(each.name, each.type, each.modifier) for each in columns]


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
        basis: what it rests on; None when it must not be kept to be sent again.
        share: what the rows hold of the server's memory for SELECTs; goes with them.
    """

    tag: str
    columns: Columns | None = None
    rows: Sequence[Row] = ()
    notices: tuple[Diagnostic, ...] = ()
    formats: tuple[int, ...] | None = None
    copy: CopyOptions | None = None
    basis: Basis | None = field(default=None, compare=False)
    share: object = field(default=None, compare=False, repr=False)

    @property
    def counts_rows(self) -> bool:
        """Whether the command tag ends in the number of rows."""
        return self.tag in ("SELECT", "FETCH", "COPY")

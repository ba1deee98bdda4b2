"""What the binder and the evaluator know of a relation, and where its rows come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from protocol.types import Oid

Row = tuple[object, ...]
Find = Callable[[object], Sequence[Row]]
"""Gives the rows that have a value in one column of one relation; none for NULL."""


@dataclass(frozen=True, slots=True)
class RelationColumn:
    name: str
    type: Oid
    modifier: int = -1
    not_null: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    r"""A table or view of pg_catalog, information_schema or a schema of models.

    Attributes:
        kind: pg_class.relkind, `r` or `v`.
        definition: the SQL of a view, its names qualified; None: it has rows of its own, whatever its kind says.
        pretty: the definition without the brackets that it does not need; only to be shown.
        comment: what `\d+` shows of it.
        passes: it may have other rows though the catalog is the same.
        only_key: the only column whose `finder` is quicker than looking through all rows; 0: every one's is.
    """

    oid: Oid
    schema: str
    name: str
    columns: tuple[RelationColumn, ...]
    kind: str = "r"
    definition: str | None = None
    pretty: str | None = None
    comment: str = ""
    passes: bool = False
    only_key: int = 0


class Database(Protocol):
    """Everything one session's SELECT can see, as of one moment: made for each statement, cheap to make."""

    def find_relation(self, schema: str, name: str) -> Relation | None: ...

    def is_short(self, relation: Relation, column: int, value: object) -> bool:
        """Whether the value is found at once, and has a few rows at most."""

    def find_relation_by_oid(self, oid: int) -> Relation | None: ...

    def has_schema(self, name: str) -> bool: ...

    def rows(self, relation: Relation) -> Sequence[Row]:
        """All its rows, each as long as its columns."""

    def finder(self, relation: Relation, column: int) -> Find:
        """What finds rows by column `column` (from 1), to be asked often; it may make an index."""

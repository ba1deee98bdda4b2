"""What names mean at one level of a query: the row sources that FROM has made visible, and those of the queries around.

Source: PostgreSQL 15, ParseNamespaceItem and the lookups in parse_relation.c; transformColumnRef in parse_expr.c.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from protocol.types import CID, NO_TYPE, OID, RECORD, TID, XID, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause
from server.query.binder.context import BindingContext
from server.query.binder.hints import hint_for_column, hint_for_table
from server.query.binder.trees import find_own_column, raised
from server.query.relations.interface import Relation
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

# Their numbers, and types, in every table.
_SYSTEM_COLUMNS: Final = {
    "tableoid": (-6, OID),
    "cmax": (-5, CID),
    "xmax": (-4, XID),
    "cmin": (-3, CID),
    "xmin": (-2, XID),
    "ctid": (-1, TID),
}


@dataclass(slots=True)
class Entry:
    """A row source, or a join of some, under a name.

    Attributes:
        name: its alias, or its own name; "" for a join that has none.
        names: of its columns.
        item: which item of the query; -1 for a join.
        expressions: the columns of a join, as expressions of the query; () for an item.
        columns: those of an item.
        row_type: of the row as a whole; NO_TYPE where the row is its only column.
        relation: the table or view it is, without an alias in its way only where `aliased` is False.
        table_visible: `name.column` finds it; `columns_visible`: `column` does.
        lateral_only: only what is LATERAL may name it; then `lateral_ok` says whether it is allowed to.
    """

    name: str
    names: tuple[str, ...]
    item: int = -1
    expressions: tuple[bound.Expression, ...] = ()
    columns: tuple[bound.OutputColumn, ...] = ()
    row_type: Oid = RECORD
    relation: Relation | None = None
    aliased: bool = False
    table_visible: bool = True
    columns_visible: bool = True
    lateral_only: bool = False
    lateral_ok: bool = True

    def column(self, index: int) -> bound.Expression:
        """Column `index` from 0, as the query it is in has it; a new expression each time."""
        if self.item < 0:
            return raised(self.expressions[index], 0)
        column = self.columns[index]
        return bound.Column(self.item, index + 1, column.type, column.modifier)

    def all_columns(self) -> list[tuple[str, bound.Expression]]:
        return [(name, self.column(index)) for index, name in enumerate(self.names)]

    def row(self) -> bound.Expression:
        """The row as a whole."""
        if self.item < 0:
            return bound.MakeRow(tuple(value for _, value in self.all_columns()), self.names, RECORD)
        if self.row_type == NO_TYPE:
            return self.column(0)
        return bound.Column(self.item, 0, self.row_type)

    def find(self, name: str, at: int) -> bound.Expression | None:
        """The column of that name.

        Raises:
            OdpsError: COLUMN_AMBIGUOUS
        """
        count = self.names.count(name)
        if count > 1:
            raise OdpsError(Condition.COLUMN_AMBIGUOUS, name=name, at=at)
        if count:
            return self.column(self.names.index(name))
        if self.relation is not None and self.relation.kind == "r" and name in _SYSTEM_COLUMNS:
            number, type_ = _SYSTEM_COLUMNS[name]
            return bound.Column(self.item, number, type_)
        return None


@dataclass(slots=True)
class CommonReference:
    """A WITH query under its name.

    Attributes:
        working: it is being defined, and names itself.
        references: where it was named so.
    """

    index: int
    columns: tuple[bound.OutputColumn, ...]
    working: bool = False
    references: list[int] = field(default_factory=list)


class Scope:
    """One level of a query while it is bound.

    Attributes:
        clause: where the expressions stand that are bound now.
        items: the row sources so far.
        entries: what names find now; `all_entries` what FROM has had, visible or not, for hints.
        lateral: what is bound now may name lateral entries.
        common: its own WITH queries; `future` those that are not there yet.
        definitions: its windows as written, the named ones first.
        places: where each column was written, by the identity of its expression; of the whole statement.
        groupings: the arguments of each GROUPING so far, and where they stand.
    """

    def __init__(self, context: BindingContext, parent: "Scope | None" = None) -> None:
        self.context = context
        self.parent = parent
        self.clause = Clause.SELECT
        self.items: list[bound.Item] = []
        self.entries: list[Entry] = []
        self.all_entries: list[Entry] = []
        self.lateral = False
        self.common: dict[str, CommonReference] = {}
        self.future: set[str] = set()
        self.definitions: list[tuple[str | None, select.WindowDefinition]] = []
        self.groupings: list[tuple[tuple[bound.Expression, ...], int]] = []
        self.places: dict[int, tuple[bound.Expression, int]] = {} if parent is None else parent.places

    def resolve_column(self, names: tuple[str, ...], at: int) -> bound.Expression:
        """The column, or the row as a whole, that the names stand for.

        Raises:
            OdpsError: COLUMN_MISSING, COLUMN_AMBIGUOUS, ENTRY_MISSING and their kin.
        """
        found = self.find_column(names, at)
        if found is None:
            raise self.missing_column(names, at)
        self.places[id(found)] = (found, at)
        return found

    def find_column(self, names: tuple[str, ...], at: int) -> bound.Expression | None:
        """As `resolve_column`, None when there is no such column.

        Raises:
            OdpsError: COLUMN_AMBIGUOUS, ENTRY_MISSING and their kin.
        """
        if len(names) == 1:
            return self._find_bare(names[0], at) or self.find_row(names, at)
        if len(names) > 4:
            raise OdpsError(Condition.NAMES_TOO_MANY, name=".".join(names), at=at)
        if len(names) == 4 and names[0] != self.context.session.database:
            raise OdpsError(Condition.CROSS_DATABASE, name=".".join(names), at=at)
        entry, level = self._resolve_entry(names[:-1], at)
        column = entry.find(names[-1], at)
        return column if column is None or not level else raised(column, level)

    def find_row(self, names: tuple[str, ...], at: int) -> bound.Expression | None:
        """The row as a whole of the entry that the names stand for, None when there is none."""
        found = self._find_entry(names, at)
        return None if found is None else raised(found[0].row(), found[1])

    def has_own_column(self, name: str, at: int) -> bool:
        """Whether a bare name is a column of this very level."""
        return self._find_at_level(self, name, at) is not None

    def expand_star(self, qualifier: tuple[str, ...], at: int) -> list[tuple[str, bound.Expression]]:
        """The columns that `*` or `t.*` stands for, by name.

        Raises:
            OdpsError: STAR_WITHOUT_TABLES, ENTRY_MISSING and their kin.
        """
        found: list[tuple[str, bound.Expression]] = []
        if qualifier:
            entry, level = self._resolve_entry(qualifier, at)
            found = [(name, raised(value, level)) for name, value in entry.all_columns()]
        else:
            shown = [entry for entry in self.entries if entry.columns_visible and not entry.lateral_only]
            if not shown:
                raise OdpsError(Condition.STAR_WITHOUT_TABLES, at=at)
            for entry in shown:
                found += entry.all_columns()
        for _, value in found:
            self.places[id(value)] = (value, at)
        return found

    def find_item(self, column: bound.Column) -> bound.Item | None:
        """The item that a column written here is of."""
        scope: Scope | None = self
        for _ in range(column.level):
            scope = None if scope is None else scope.parent
        return None if scope is None else scope.items[column.item]

    def place_of(self, column: bound.Column) -> int | None:
        """Where the column was written."""
        kept = self.places.get(id(column))
        if kept is not None:
            return kept[1]
        return min((at for other, at in self.places.values() if other == column), default=None)

    def check_without_columns(self, value: bound.Expression, what: str) -> None:
        """Raise ARGUMENT_VARIABLES where the argument of LIMIT and its kin depends on the rows of this query."""
        column = find_own_column(value)
        if column is not None:
            raise OdpsError(Condition.ARGUMENT_VARIABLES, what=what, at=self.place_of(column))

    def bind_subquery(self, query: select.QueryExpression) -> bound.Query:
        """A query that stands in an expression of this one."""
        from server.query.binder.queries import bind_query_in

        return bind_query_in(query, self.context, self)

    def window(self, definition: select.WindowDefinition, binder: "ExpressionBinder") -> int:
        """The index in Query.windows of what OVER says. The definition itself is bound after the select list.

        Raises:
            OdpsError: WINDOW_MISSING
        """
        bare = not (definition.partition_by or definition.order_by or definition.frame)
        if definition.base is not None and bare:
            for index, (name, _) in enumerate(self.definitions):
                if name == definition.base:
                    return index
            raise OdpsError(Condition.WINDOW_MISSING, name=definition.base, at=definition.at)
        for index, (name, other) in enumerate(self.definitions):
            if name is None and other == definition:
                return index
        self.definitions.append((None, definition))
        return len(self.definitions) - 1

    def grouping_keys(self, arguments: Sequence[bound.Expression], at: int) -> tuple[int, ...]:
        """Stands in for the keys of GROUPING until GROUP BY is bound (`grouping.settle_groupings`)."""
        for index, (known, _) in enumerate(self.groupings):
            if known == tuple(arguments):
                return (-1 - index,)
        self.groupings.append((tuple(arguments), at))
        return (-len(self.groupings),)

    def find_common(self, name: str) -> tuple[CommonReference, int] | None:
        """The WITH query of that name, and how many queries outwards it is."""
        scope: Scope | None = self
        level = 0
        while scope is not None:
            found = scope.common.get(name)
            if found is not None:
                return found, level
            scope, level = scope.parent, level + 1
        return None

    def has_future(self, name: str) -> bool:
        """Whether a WITH query of that name comes only later."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.future:
                return True
            scope = scope.parent
        return False

    def _find_bare(self, name: str, at: int) -> bound.Expression | None:
        scope: Scope | None = self
        level = 0
        while scope is not None:
            found = self._find_at_level(scope, name, at)
            if found is not None:
                return raised(found, level) if level else found
            scope, level = scope.parent, level + 1
        return None

    def _find_at_level(self, scope: "Scope", name: str, at: int) -> bound.Expression | None:
        result: bound.Expression | None = None
        for entry in scope.entries:
            if not entry.columns_visible or (entry.lateral_only and not scope.lateral):
                continue
            found = entry.find(name, at)
            if found is None:
                continue
            if result is not None:
                raise OdpsError(Condition.COLUMN_AMBIGUOUS, name=name, at=at)
            self._check_lateral(entry, at)
            result = found
        return result

    def _resolve_entry(self, names: tuple[str, ...], at: int) -> tuple[Entry, int]:
        found = self._find_entry(names, at)
        if found is None:
            raise self._missing_entry(names, at)
        return found

    def _find_entry(self, names: tuple[str, ...], at: int) -> tuple[Entry, int] | None:
        """The entry under `table`, `schema.table` or `database.schema.table`, and how many queries outwards it is."""
        if len(names) > 3:
            raise OdpsError(Condition.NAMES_TOO_MANY, name=".".join(names), at=at)
        if len(names) == 3 and names[0] != self.context.session.database:
            raise OdpsError(Condition.CROSS_DATABASE, name=".".join(names), at=at)
        name = names[-1]
        schema = names[-2] if len(names) > 1 else None
        scope: Scope | None = self
        level = 0
        while scope is not None:
            result: Entry | None = None
            for entry in scope.entries:
                if entry.name != name or not entry.table_visible or (entry.lateral_only and not scope.lateral):
                    continue
                if schema is not None and (entry.relation is None or entry.aliased or entry.relation.schema != schema):
                    continue
                if result is not None:
                    raise OdpsError(Condition.ENTRY_AMBIGUOUS, name=name, at=at)
                self._check_lateral(entry, at)
                result = entry
            if result is not None:
                return result, level
            scope, level = scope.parent, level + 1
        return None

    def _check_lateral(self, entry: Entry, at: int) -> None:
        if entry.lateral_only and not entry.lateral_ok:
            raise OdpsError(
                Condition.LATERAL_INVALID,
                name=entry.name,
                detail="The combining JOIN type must be INNER or LEFT for a LATERAL reference.",
                at=at,
            )

    def missing_column(self, names: tuple[str, ...], at: int) -> OdpsError:
        *table, column = names
        hint = hint_for_column(self, table[-1] if table else None, column, at)
        shown = f"{table[-1]}.{column}" if table else column
        return OdpsError(Condition.COLUMN_MISSING, name=shown, hint=hint, at=at)

    def _missing_entry(self, names: tuple[str, ...], at: int) -> OdpsError:
        hint = hint_for_table(self, names)
        condition = Condition.ENTRY_MISSING if hint is None else Condition.ENTRY_INVALID
        return OdpsError(condition, name=names[-1], hint=hint, at=at)

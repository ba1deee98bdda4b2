"""FROM: tables, views, subqueries and joins, and which names they make visible to what.

Source: PostgreSQL 15, transformFromClause in parse_clause.c; addRangeTableEntry.. in parse_relation.c.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, assert_never

from protocol.types import RECORD, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause
from server.query.binder.joins import bind_merged, common_names, merged_entry
from server.query.binder.relations import resolve_relation
from server.query.binder.scope import CommonReference, Entry, Scope
from server.query.binder.table_functions import bind_function_table
from server.query.binder.views import bind_view
from server.query.postgres.types import find_type_by_name
from server.query.relations.interface import Relation
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

_KINDS: Final[dict[select.JoinKind, Literal["INNER", "LEFT", "RIGHT", "FULL"]]] = {
    select.JoinKind.INNER: "INNER",
    select.JoinKind.LEFT: "LEFT",
    select.JoinKind.RIGHT: "RIGHT",
    select.JoinKind.FULL: "FULL",
    select.JoinKind.CROSS: "INNER",
}


def bind_from(items: Sequence[select.FromItem], binder: "ExpressionBinder") -> tuple[bound.Source, ...]:
    """What FROM lists; `binder.scope` then has its items and entries.

    Raises:
        OdpsError: TABLE_MISSING, ENTRY_REPEATED and their kin.
    """
    scope = binder.scope
    sources: list[bound.Source] = []
    for item in items:
        source, entries = _bind_item(item, binder)
        _check_names(scope.entries, entries)
        _set_lateral(entries, only=True, ok=True)
        scope.entries = scope.entries + entries
        sources.append(source)
    _set_lateral(scope.entries, only=False, ok=True)
    return tuple(sources)


def add_entry(scope: Scope, item: bound.Item, name: str, names: Sequence[str], **facts: object) -> Entry:
    """Number a row source and name it; the caller makes it visible.

    A row without a type of its own has the names that the alias gives.
    """
    if facts.get("row_type", RECORD) == RECORD and not isinstance(item, bound.RelationItem):
        columns = zip(item.columns, names, strict=True)
        item = replace(
            item, columns=tuple(column if column.name == own else replace(column, name=own) for column, own in columns)
        )
    scope.items.append(item)
    entry = Entry(name, tuple(names), len(scope.items) - 1, columns=item.columns, **facts)  # type: ignore[arg-type]  # Entry's own fields
    scope.all_entries.append(entry)
    return entry


def renamed(alias: select.Alias | None, names: Sequence[str], shown: str, *, kind: str = "table") -> list[str]:
    """The names of the columns, the first of them as the alias calls them.

    Raises:
        OdpsError: ALIASES_TOO_MANY
    """
    if alias is None or not alias.columns:
        return list(names)
    if len(alias.columns) > len(names):
        raise OdpsError(
            Condition.ALIASES_TOO_MANY, what=f'{kind} "{shown}"', available=len(names), given=len(alias.columns)
        )
    return [*alias.columns, *names[len(alias.columns) :]]


def relation_columns(relation: Relation) -> tuple[bound.OutputColumn, ...]:
    return tuple(
        bound.OutputColumn(column.name, column.type, column.modifier, relation.oid, number)
        for number, column in enumerate(relation.columns, start=1)
    )


def _bind_item(item: select.FromItem, binder: "ExpressionBinder") -> tuple[bound.Source, list[Entry]]:
    match item:
        case select.TableName():
            entry = _bind_table(item, binder.scope)
        case select.DerivedTable():
            entry = _bind_derived(item, binder.scope)
        case select.FunctionTable():
            entry = _bind_functions(item, binder)
        case select.Join():
            return _bind_join(item, binder)
        case _:
            assert_never(item)
    return bound.ItemSource(entry.item), [entry]


def _bind_table(item: select.TableName, scope: Scope) -> Entry:
    if len(item.names) == 1:
        found = scope.find_common(item.names[0])
        if found is not None:
            return _bind_common(item, *found, scope)
    relation = resolve_relation(item.names, scope, item.at)
    name = item.alias.name if item.alias else relation.name
    columns = relation_columns(relation)
    names = renamed(item.alias, [column.name for column in columns], name)
    source: bound.Item
    if relation.definition is None:
        source = bound.RelationItem(relation, columns)
    else:
        query = bind_view(relation, relation.definition, scope.context)
        source = bound.QueryItem(query, columns, view=relation.oid)
    return add_entry(
        scope,
        source,
        name,
        names,
        row_type=_row_type(relation),
        relation=relation,
        aliased=item.alias is not None,
    )


def _row_type(relation: Relation) -> Oid:
    found = find_type_by_name(relation.name, relation.schema)
    return found.oid if found is not None and found.relation == relation.oid else RECORD


def _bind_common(item: select.TableName, reference: CommonReference, level: int, scope: Scope) -> Entry:
    name = item.alias.name if item.alias else item.names[0]
    names = renamed(item.alias, [column.name for column in reference.columns], name)
    if reference.working:
        reference.references.append(item.at)
    source = bound.CommonItem(reference.index, level, reference.columns, reference.working)
    return add_entry(scope, source, name, names, aliased=item.alias is not None)


def _bind_derived(item: select.DerivedTable, scope: Scope) -> Entry:
    from server.query.binder.queries import bind_query_in

    if item.alias is None:
        what = "VALUES" if isinstance(item.query.body, select.ValuesList) else "subquery"
        example = "VALUES ..." if what == "VALUES" else "SELECT ..."
        raise OdpsError(
            Condition.ALIAS_REQUIRED, what=what, hint=f"For example, FROM ({example}) [AS] foo.", at=item.at
        )
    clause, lateral = scope.clause, scope.lateral
    scope.clause, scope.lateral = Clause.FROM_SUBQUERY, item.lateral
    query = bind_query_in(item.query, scope.context, scope)
    scope.clause, scope.lateral = clause, lateral
    names = renamed(item.alias, [column.name for column in query.columns], item.alias.name)
    source = bound.QueryItem(query, query.columns, item.lateral)
    return add_entry(scope, source, item.alias.name, names, aliased=True)


def _bind_functions(item: select.FunctionTable, binder: "ExpressionBinder") -> Entry:
    scope = binder.scope
    clause, lateral = scope.clause, scope.lateral
    scope.clause, scope.lateral = Clause.FROM_FUNCTION, True
    source, name, row_type = bind_function_table(item, binder)
    scope.clause, scope.lateral = clause, lateral
    names = renamed(item.alias, [column.name for column in source.columns], name)
    return add_entry(scope, source, name, names, row_type=row_type, aliased=item.alias is not None)


def _bind_join(item: select.Join, binder: "ExpressionBinder") -> tuple[bound.Source, list[Entry]]:
    scope = binder.scope
    left_source, left = _bind_item(item.left, binder)
    _set_lateral(left, only=True, ok=item.kind in (select.JoinKind.INNER, select.JoinKind.LEFT, select.JoinKind.CROSS))
    before = scope.entries
    scope.entries = before + left
    right_source, right = _bind_item(item.right, binder)
    scope.entries = before
    _check_names(left, right)
    entries = left + right
    condition: bound.Expression | None = None
    merged: Entry | None = None
    using = common_names(left, right) if item.natural else item.using
    if using is not None:
        condition, columns, names = bind_merged(item, using, left, right, binder)
        merged = merged_entry(left, right, columns, names)
        if item.using_alias is not None:
            shared = Entry(item.using_alias, names, expressions=columns, columns_visible=False)
            _check_names(entries, [shared])
            entries = [*entries, shared]
    elif item.on is not None:
        condition = _bind_on(item.on, entries, binder)
    source = bound.JoinSource(_KINDS[item.kind], left_source, right_source, condition)
    if item.alias is not None:
        whole = merged or merged_entry(left, right, (), ())
        names = tuple(renamed(item.alias, whole.names, item.alias.name, kind="join expression"))
        return source, [Entry(item.alias.name, names, expressions=whole.expressions, aliased=True)]
    if merged is not None:
        # Their columns are found through the join; the tables' names still find them one by one.
        for entry in entries:
            entry.columns_visible = False
        merged.table_visible = False
        entries = [*entries, merged]
    return source, entries


def _bind_on(on: select.Expression, entries: list[Entry], binder: "ExpressionBinder") -> bound.Expression:
    """ON sees the two sides of its join and, outside of this query, what they may."""
    scope = binder.scope
    _set_lateral(entries, only=False, ok=True)
    before, clause = scope.entries, scope.clause
    scope.entries, scope.clause = entries, Clause.JOIN_ON
    condition = binder.bind_boolean(on, "JOIN/ON")
    scope.entries, scope.clause = before, clause
    return condition


def _set_lateral(entries: Sequence[Entry], *, only: bool, ok: bool) -> None:
    for entry in entries:
        entry.lateral_only, entry.lateral_ok = only, ok


def _check_names(first: Sequence[Entry], second: Sequence[Entry]) -> None:
    """Raise ENTRY_REPEATED where both have a table of one name; two tables of different schemas may."""
    for one in first:
        if not one.table_visible:
            continue
        for other in second:
            if not other.table_visible or one.name != other.name:
                continue
            apart = one.relation is not None and other.relation is not None and one.relation.oid != other.relation.oid
            if apart and not one.aliased and not other.aliased:
                continue
            raise OdpsError(Condition.ENTRY_REPEATED, name=one.name)

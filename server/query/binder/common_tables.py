"""WITH: queries that have names, recursive ones among them.

Source: PostgreSQL 15, parse_cte.c.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Final

from protocol.types import BPCHAR, NO_TYPE, NUMERIC, VARCHAR
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.coercion import settle_unknown
from server.query.binder.scope import CommonReference, Scope
from server.query.binder.set_operations import Arm, bind_arm, combine_recursive
from server.query.binder.type_facts import format_type
from server.statements import select

# What a modifier of text or numeric has besides the length.
_HEADER: Final = 4
_JOINS_LEFT: Final = (select.JoinKind.LEFT, select.JoinKind.FULL)
_JOINS_RIGHT: Final = (select.JoinKind.RIGHT, select.JoinKind.FULL)


def bind_common_tables(query: select.QueryExpression, scope: Scope) -> tuple[bound.CommonTable, ...]:
    """Bind what WITH defines; `scope` then knows the names.

    Raises:
        OdpsError: COMMON_REPEATED, RECURSION_INVALID, RECURSION_TYPE and their kin.
    """
    written = query.tables
    seen: set[str] = set()
    for table in written:
        if table.name in seen:
            raise OdpsError(Condition.COMMON_REPEATED, name=table.name, at=table.at)
        seen.add(table.name)
    if query.recursive:
        written = _in_order(written)
    tables: list[bound.CommonTable] = []
    if not query.recursive:
        scope.future = {table.name for table in written}
    for index, table in enumerate(written):
        if query.recursive and _names_itself(table):
            bound_table, reference = _bind_recursive(table, index, scope)
        else:
            bound_table, reference = _bind_plain(table, index, scope)
        scope.common[table.name] = reference
        scope.future.discard(table.name)
        tables.append(bound_table)
    return tuple(tables)


def _bind_plain(table: select.CommonTable, index: int, scope: Scope) -> tuple[bound.CommonTable, CommonReference]:
    from server.query.binder.queries import bind_query_in

    query = bind_query_in(table.query, scope.context, scope)
    columns = _named(table, query.columns)
    return bound.CommonTable(table.name, query), CommonReference(index, columns)


def _named(table: select.CommonTable, columns: Sequence[bound.OutputColumn]) -> tuple[bound.OutputColumn, ...]:
    if len(table.columns) > len(columns):
        raise OdpsError(
            Condition.ALIASES_TOO_MANY,
            what=f'WITH query "{table.name}"',
            available=len(columns),
            given=len(table.columns),
            at=table.at,
        )
    names = [*table.columns, *(column.name for column in columns[len(table.columns) :])]
    return tuple(replace(column, name=name) for column, name in zip(columns, names, strict=True))


def _bind_recursive(table: select.CommonTable, index: int, scope: Scope) -> tuple[bound.CommonTable, CommonReference]:
    """`start UNION [ALL] step`, where the step reads the rows of the last round."""
    query = table.query
    while isinstance(query.body, select.QueryExpression):
        query = query.body
    operation = query.body
    _check_form(table, query, operation)
    assert isinstance(operation, select.SetOperation)  # noqa: S101 - checked just now
    inner = Scope(scope.context, scope)
    start = bind_arm(operation.left, inner)
    settled = _settled(start, scope)
    columns = _named(table, tuple(replace(each, table=NO_TYPE, table_column=0) for each in settled.query.columns))
    reference = CommonReference(index, columns, working=True)
    scope.common[table.name] = reference
    step = bind_arm(operation.right, inner)
    if len(reference.references) > 1:
        raise _invalid(
            f'recursive reference to query "{table.name}" must not appear more than once', reference.references[1]
        )
    result = combine_recursive(operation, settled, step, inner)
    _check_types(table, columns, result.columns, settled.places)
    result = replace(result, columns=columns)
    return bound.CommonTable(table.name, result, recursive=True), CommonReference(index, columns)


def _settled(arm: Arm, scope: Scope) -> Arm:
    """The start of a recursion: what is still unknown in it is text."""
    if arm.query.combination is not None:
        return arm
    targets = tuple(
        replace(target, expression=settle_unknown(scope.context, target.expression)) for target in arm.query.targets
    )
    visible = [target for target in targets if not target.hidden]
    columns = tuple(
        replace(column, type=target.expression.type) for column, target in zip(arm.query.columns, visible, strict=True)
    )
    return Arm(replace(arm.query, targets=targets, columns=columns), arm.places)


def _check_types(
    table: select.CommonTable,
    first: Sequence[bound.OutputColumn],
    whole: Sequence[bound.OutputColumn],
    places: Sequence[int],
) -> None:
    for number, (one, other) in enumerate(zip(first, whole, strict=True), start=1):
        if (one.type, one.modifier) != (other.type, other.modifier):
            raise OdpsError(
                Condition.TYPE_UNFIT,
                what=f'recursive query "{table.name}" column {number} has type {_shown(one)} '
                f"in non-recursive term but type {_shown(other)} overall",
                hint="Cast the output of the non-recursive term to the correct type.",
                at=places[number - 1],
            )


def _shown(column: bound.OutputColumn) -> str:
    """The type with its length or precision, as far as these are plain numbers."""
    name, modifier = format_type(column.type), column.modifier - _HEADER
    if modifier >= 0 and column.type in (VARCHAR, BPCHAR):
        return f"{name}({modifier})"
    if modifier >= 0 and column.type == NUMERIC:
        return f"{name}({modifier >> 16},{(modifier & 0x7FF ^ 1024) - 1024})"
    return name


def _check_form(table: select.CommonTable, query: select.QueryExpression, operation: object) -> None:
    """Raise RECURSION_INVALID for a recursion that is not of the form, or names itself where it may not."""
    name = table.name
    if not isinstance(operation, select.SetOperation) or operation.operator is not select.SetOperator.UNION:
        what = f'recursive query "{name}" does not have the form non-recursive-term UNION [ALL] recursive-term'
        raise _invalid(what, table.at)
    for clause, given in (
        ("ORDER BY", query.order_by and query.order_by[0].expression),
        ("OFFSET", query.offset),
        ("LIMIT", query.limit),
        ("FOR UPDATE/SHARE", query.locking or None),
    ):
        if given:
            at = getattr(given, "at", None)
            raise OdpsError(
                Condition.CALL_NOT_SUPPORTED, what=f"{clause} in a recursive query is not implemented", at=at
            )
    for at in _references(operation.left, name):
        what = f'recursive reference to query "{name}" must not appear within its non-recursive term'
        raise _invalid(what, at)
    for at, where in _forbidden(operation.right, name, ""):
        raise _invalid(f'recursive reference to query "{name}" must not appear within {where}', at)


def _invalid(what: str, at: int) -> OdpsError:
    return OdpsError(Condition.RECURSION_INVALID, what=what, at=at)


def _names_itself(table: select.CommonTable) -> bool:
    return any(True for _ in _references(table.query, table.name))


def _references(node: object, name: str) -> Iterator[int]:
    """Where a query names the table, unless a WITH of its own hides the name."""
    if isinstance(node, tuple):
        for each in node:
            yield from _references(each, name)
    elif isinstance(node, select.TableName):
        if node.names == (name,):
            yield node.at
    elif isinstance(node, select.QueryExpression) and any(table.name == name for table in node.tables):
        return
    elif is_dataclass(node):
        for each in fields(node):
            yield from _references(getattr(node, each.name), name)


def _forbidden(node: object, name: str, where: str) -> Iterator[tuple[int, str]]:
    """Where a recursive term names the table in a place where it may not, and what that place is."""
    match node:
        case tuple():
            for each in node:
                yield from _forbidden(each, name, where)
        case select.TableName(names=names, at=at):
            if where and names == (name,):
                yield at, where
        case select.SetOperation(operator=select.SetOperator.EXCEPT, all=every, left=left, right=right):
            yield from _forbidden(left, name, "EXCEPT" if every else where)
            yield from _forbidden(right, name, "EXCEPT")
        case select.SetOperation(operator=select.SetOperator.INTERSECT, all=True, left=left, right=right):
            yield from _forbidden((left, right), name, "INTERSECT")
        case select.Join(kind=kind, left=left, right=right, on=on):
            yield from _forbidden(left, name, "an outer join" if kind in _JOINS_RIGHT else where)
            yield from _forbidden(right, name, "an outer join" if kind in _JOINS_LEFT else where)
            yield from _forbidden(on, name, where)
        case select.Subquery(query=query):
            yield from _forbidden(query, name, "a subquery")
        case select.QuantifiedComparison(left=left, right=select.QueryExpression() as query):
            yield from _forbidden(left, name, where)
            yield from _forbidden(query, name, "a subquery")
        case select.QueryExpression(tables=tables) if any(table.name == name for table in tables):
            return
        case _ if is_dataclass(node):
            for each in fields(node):
                yield from _forbidden(getattr(node, each.name), name, where)
        case _:
            return


def _in_order(tables: Sequence[select.CommonTable]) -> tuple[select.CommonTable, ...]:
    """With RECURSIVE a query may name one that comes later: those that are named come first.

    Raises:
        OdpsError: RECURSION_NOT_SUPPORTED for two that name each other.
    """
    waiting = list(tables)
    ordered: list[select.CommonTable] = []
    while waiting:
        names = [table.name for table in waiting]
        for table in waiting:
            others = [name for name in names if name != table.name]
            if not any(True for name in others for _ in _references(table.query, name)):
                waiting.remove(table)
                ordered.append(table)
                break
        else:
            raise OdpsError(
                Condition.CALL_NOT_SUPPORTED,
                what="mutual recursion between WITH items is not implemented",
                at=waiting[0].at,
            )
    return tuple(ordered)

"""GROUP BY: its keys, its sets, and what may stand beside them.

Source: PostgreSQL 15, transformGroupClause in parse_clause.c; parseCheckAggregates, check_ungrouped_columns_walker and
expand_grouping_sets in parse_agg.c; check_functional_grouping in pg_constraint.c.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.clauses import Clause
from server.query.binder.coercion import find_equality
from server.query.binder.places import place_of
from server.query.binder.scope import Scope
from server.query.binder.targets import Target, Targets
from server.query.binder.trees import parts_of, transform
from server.query.postgres.catalog import relation_rows, system_relations
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

Sets = tuple[tuple[int, ...], ...]
_Element = select.Expression | select.GroupingSet

_MOST_SETS: Final = 4096
_MOST_CUBED: Final = 12
_WHOLE_ROW: Final = "*"
_SYSTEM_NAMES: Final = {-6: "tableoid", -5: "cmax", -4: "xmax", -3: "cmin", -2: "xmin", -1: "ctid"}


def bind_grouping(
    core: select.SelectCore, targets: Targets, binder: "ExpressionBinder"
) -> tuple[tuple[bound.Expression, ...], Sets]:
    """The keys of GROUP BY and, unless it is a plain list, its grouping sets as indexes of the keys.

    Raises:
        OdpsError: EQUALITY_NOT_FOUND, GROUPING_SETS_TOO_MANY and what the keys raise.
    """
    if not core.group_by:
        return (), ()
    keys = _Keys(targets)
    product: list[tuple[int, ...]] = [()]
    plain = True
    for element in core.group_by:
        choices = keys.sets_of(element)
        plain = plain and not _is_set(element)
        if len(product) * len(choices) > _MOST_SETS:
            raise OdpsError(Condition.GROUPING_SETS_TOO_MANY, limit=_MOST_SETS)
        product = [tuple(dict.fromkeys(one + other)) for one in product for other in choices]
    if core.group_distinct:
        product = list({frozenset(each): each for each in reversed(product)}.values())[::-1]
    expressions = tuple(targets.all[index].expression for index in keys.targets)
    if plain or (len(product) == 1 and len(product[0]) == len(expressions)):
        return expressions, ()
    return expressions, tuple(product)


def _is_set(element: _Element) -> bool:
    return isinstance(element, select.GroupingSet) and (element.kind != "" or not element.items)


class _Keys:
    """The keys so far, as indexes of the select list."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self.targets: list[int] = []

    def sets_of(self, element: _Element) -> list[tuple[int, ...]]:
        """The sets that one element of GROUP BY or of GROUPING SETS stands for."""
        if not isinstance(element, select.GroupingSet):
            return [self._list(element)]
        match element.kind.upper():
            case "ROLLUP":
                lists = [self._list(item) for item in element.items]
                return [_joined(lists[:length]) for length in range(len(lists), -1, -1)]
            case "CUBE":
                if len(element.items) > _MOST_CUBED:
                    raise OdpsError(Condition.CUBE_TOO_LARGE, limit=_MOST_CUBED, at=element.at)
                lists = [self._list(item) for item in element.items]
                chosen = range(2 ** len(lists) - 1, -1, -1)
                return [_joined([each for bit, each in enumerate(lists) if mask >> bit & 1]) for mask in chosen]
            case "GROUPING SETS":
                return [each for item in element.items for each in self.sets_of(item)]
            case _:
                return [self._list(element)]

    def _list(self, element: _Element) -> tuple[int, ...]:
        """A key, or several in parentheses."""
        match element:
            case select.GroupingSet(items=items):
                return _joined([self._list(item) for item in items])
            case select.RowOf(fields=fields, explicit=False):
                return _joined([self._list(item) for item in fields])
            case _:
                return (self._key(element),)

    def _key(self, written: select.Expression) -> int:
        index = self._targets.find(written, Clause.GROUP_BY)
        if index not in self.targets:
            target = self._targets.settle(index)
            find_equality(target.expression.type, place_of(written))
            self.targets.append(index)
        return self.targets.index(index)


def _joined(lists: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(key for each in lists for key in each))


def settle_groupings(
    targets: Targets,
    keys: tuple[bound.Expression, ...],
    having: bound.Expression | None,
    windows: tuple[bound.Window, ...],
    scope: Scope,
) -> tuple[Sequence[Target], bound.Expression | None, tuple[bound.Window, ...]]:
    """Put the keys of each GROUPING in their places, now that they are known.

    Raises:
        OdpsError: GROUPING_ARGUMENT
    """
    if not scope.groupings:
        return targets.all, having, windows
    known: list[tuple[int, ...]] = []
    for arguments, at in scope.groupings:
        if any(argument not in keys for argument in arguments):
            raise OdpsError(Condition.GROUPING_ARGUMENT, at=at)
        known.append(tuple(keys.index(argument) for argument in arguments))

    def change(node: object, depth: int) -> object | None:
        if isinstance(node, bound.GroupingCall) and depth == 0 and node.keys and node.keys[0] < 0:
            return bound.GroupingCall(known[-1 - node.keys[0]], node.type, node.modifier)
        return None

    for target in targets.all:
        target.expression = transform(target.expression, change)
    return targets.all, transform(having, change), transform(windows, change)


def check_grouped(parts: object, keys: tuple[bound.Expression, ...], sets: Sets, scope: Scope) -> None:
    """Raise COLUMN_UNGROUPED for a column that is neither a key nor in an aggregate nor determined by the keys."""
    in_all = [key for index, key in enumerate(keys) if all(index in each for each in sets)]
    determined = _determined_items(in_all, scope)
    plain = frozenset((key.item, key.number) for key in keys if isinstance(key, bound.Column) and key.level == 0)
    composed = tuple(key for key in keys if not isinstance(key, bound.Column))
    _check(parts, _Grouped(plain, composed, determined, scope), 0, direct=False)


@dataclass(frozen=True, slots=True)
class _Grouped:
    """What a grouped query may name outside of aggregates.

    Attributes:
        columns: the keys that are plain columns, by item and number; `composed` the other keys.
        determined: the items all of whose columns may be named.
    """

    columns: frozenset[tuple[int, int]]
    composed: tuple[bound.Expression, ...]
    determined: frozenset[int]
    scope: Scope


def _check(node: object, grouped: _Grouped, depth: int, *, direct: bool) -> None:
    if node is None or isinstance(node, int | str):
        return
    if isinstance(node, tuple):
        for each in node:
            _check(each, grouped, depth, direct=direct)
        return
    match node:
        case bound.Aggregate(level=level) if level >= depth:
            if level == depth:
                _check(node.direct, grouped, depth, direct=True)
            return
        case bound.Column():
            if node.level == depth:
                _check_column(node, node.number, grouped, depth, direct=direct)
            return
        case bound.Field(operand=bound.Column(number=0) as row, index=index) if row.level == depth:
            if (row.item, 0) not in grouped.columns:
                _check_column(row, index + 1, grouped, depth, direct=direct)
            return
        case _:
            pass
    # As in PostgreSQL, not within subqueries.
    if depth == 0 and any(key == node for key in grouped.composed):
        return
    inner = depth + 1 if isinstance(node, bound.Query) else depth
    for part in parts_of(node):
        _check(part, grouped, inner, direct=direct)


def _check_column(column: bound.Column, number: int, grouped: _Grouped, depth: int, *, direct: bool) -> None:
    if (column.item, number) in grouped.columns or column.item in grouped.determined:
        return
    scope = grouped.scope
    entry = next(each for each in scope.all_entries if each.item == column.item)
    name = entry.names[number - 1] if number > 0 else _SYSTEM_NAMES.get(number, _WHOLE_ROW)
    shown, at = f"{entry.name}.{name}", scope.place_of(column)
    if depth:
        raise OdpsError(Condition.COLUMN_UNGROUPED_OUTER, name=shown, at=at)
    detail = "Direct arguments of an ordered-set aggregate must use only grouped columns." if direct else None
    raise OdpsError(Condition.COLUMN_UNGROUPED, name=shown, detail=detail, at=at)


def _determined_items(keys: Sequence[bound.Expression], scope: Scope) -> frozenset[int]:
    """The items of whose rows the keys allow one each: those grouped by all columns of their primary key."""
    numbers: dict[int, set[int]] = {}
    for key in keys:
        if isinstance(key, bound.Column) and key.level == 0:
            numbers.setdefault(key.item, set()).add(key.number)
    found: list[int] = []
    for index, given in numbers.items():
        item = scope.items[index]
        if isinstance(item, bound.RelationItem) and item.relation.kind == "r":
            primary = _primary_keys().get(item.relation.oid)
            if primary and primary <= given:
                found.append(index)
    return frozenset(found)


@lru_cache(maxsize=1)
def _primary_keys() -> dict[object, frozenset[int]]:
    """The columns of each catalog's primary key, by the catalog's OID."""
    columns = [column.name for column in system_relations()["pg_catalog", "pg_constraint"].columns]
    kind, relation, key = columns.index("contype"), columns.index("conrelid"), columns.index("conkey")
    found: dict[object, frozenset[int]] = {}
    for row in relation_rows("pg_constraint"):
        numbers = row[key]
        if row[kind] == "p" and isinstance(numbers, list | tuple):
            found[row[relation]] = frozenset(numbers)
    return found

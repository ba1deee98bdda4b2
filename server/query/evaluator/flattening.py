"""Plain subqueries of FROM, and views, become part of the query they stand in.

A subquery that only joins, filters and computes needs no rows of its own: its items join those of the query around it,
its conditions the conditions there, and what it computes is put where its columns were named. Only then can a
condition on a view reach the index of the table beneath.

Source: PostgreSQL 15, pull_up_subqueries in prepjointree.c.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from server.query import bound
from server.query.bound import (
    Aggregate,
    Column,
    CommonItem,
    Expression,
    Item,
    ItemSource,
    JoinSource,
    Logical,
    Query,
    QueryItem,
    Source,
    ValuesItem,
)
from server.query.evaluator.trees import columns_of, conjuncts_of, is_volatile, transform, walk

# Beyond so many items, choosing their order takes longer than it saves.
_MOST_ITEMS: Final = 60
_N = TypeVar("_N")


def flatten(query: Query) -> Query:
    """The query without the subqueries in FROM that it can do without."""
    if query.combination is not None:
        return query
    for index in range(len(query.items)):
        item = query.items[index]
        if isinstance(item, QueryItem):
            inner = flatten(item.query)
            if is_plain(inner) and len(query.items) + len(inner.items) <= _MOST_ITEMS:
                query = _pull_up(query, index, item, inner)
    return query


def is_plain(query: Query) -> bool:
    """Whether it gives one row for each row of its FROM that WHERE lets through."""
    return (
        query.combination is None
        and bool(query.sources)
        and not (query.tables or query.grouped or query.windows or query.order_by or query.has_sets)
        and query.distinct is None
        and query.limit is None
        and query.offset is None
        and not is_volatile(query.targets)
        and not any(type(node) is Aggregate for node, _ in walk(query.targets))
    )


@dataclass(slots=True)
class _Place:
    """Where an item stands among the joins: whether a join can fill its columns with NULL, or is a FULL one."""

    nullable: bool = False
    full: bool = False


def stands_whole(query: Query, index: int) -> bool:
    """Whether the item stands where no join fills its columns with NULL."""
    places = (_find(each, index, _Place()) for each in query.sources)
    return any(place is not None and not place.nullable and not place.full for place in places)


def _pull_up(query: Query, index: int, item: QueryItem, inner: Query) -> Query:
    place = next((found for each in query.sources if (found := _find(each, index, _Place())) is not None), None)
    if place is None or place.full:
        return query
    visible = [target for target in inner.targets if not target.hidden]
    if place.nullable:
        whole = any(column.item == index and column.number == 0 for column in columns_of(query))
        if whole or not all(_gives_null(target.expression) for target in visible):
            return query
    base = len(query.items)
    moved_items: tuple[Item, ...] = _relocated(inner.items, base, 0)
    condition = _relocated(inner.where, base, 0)
    sources = tuple(_shifted(_relocated(each, base, 0), base) for each in inner.sources)
    expressions = [target.expression for target in visible]

    def change(node: object, depth: int) -> object | None:
        if not isinstance(node, Column) or node.item != index or node.level != depth or node.number < 0:
            return None
        if node.number:
            return _relocated(expressions[node.number - 1], base, depth)
        fields = tuple(_relocated(each, base, depth) for each in expressions)
        return bound.MakeRow(fields, tuple(column.name for column in item.columns), node.type)

    # The item keeps its number, so that the others keep theirs; nothing reads it any more.
    gone = ValuesItem((), item.columns)
    changed = transform(replace(query, items=(*query.items[:index], gone, *query.items[index + 1 :])), change, -1)
    joined = sources[0]
    for each in sources[1:]:
        joined = JoinSource("INNER", joined, each, None)
    left: list[Expression] = conjuncts_of(condition)
    placed = tuple(_replace(each, index, joined, left) for each in changed.sources)
    items = (*changed.items, *moved_items)
    return replace(changed, items=items, sources=placed, where=all_of([*conjuncts_of(changed.where), *left]))


def _find(source: Source, index: int, place: _Place) -> _Place | None:
    if isinstance(source, ItemSource):
        return place if source.item == index else None
    full = place.full or source.kind == "FULL"
    left = _Place(place.nullable or source.kind in ("RIGHT", "FULL"), full)
    right = _Place(place.nullable or source.kind in ("LEFT", "FULL"), full)
    return _find(source.left, index, left) or _find(source.right, index, right)


def _replace(source: Source, index: int, by: Source, conditions: list[Expression]) -> Source:
    """With `by` in the place of the item; what `conditions` says is taken out where a join's condition can say it.

    On the side that a join keeps whole, they are left for what is around the join.
    """
    if isinstance(source, ItemSource):
        return by if source.item == index else source
    left = _replace(source.left, index, by, conditions)
    right = _replace(source.right, index, by, conditions)
    if left is source.left and right is source.right:
        return source
    whole_side_changed = right is not source.right if source.kind == "RIGHT" else left is not source.left
    taken = source.kind == "INNER" or not whole_side_changed
    if not taken:
        return replace(source, left=left, right=right)
    condition = all_of([*conjuncts_of(source.condition), *conditions])
    conditions.clear()
    return replace(source, left=left, right=right, condition=condition)


def all_of(conjuncts: list[Expression]) -> Expression | None:
    if len(conjuncts) < 2:
        return conjuncts[0] if conjuncts else None
    return Logical("AND", tuple(conjuncts))


def _gives_null(expression: Expression) -> bool:
    """Whether it is NULL when all columns are."""
    match expression:
        case Column(level=0, number=number):
            return number > 0
        case bound.Relabel(operand=operand) | bound.ThroughText(operand=operand):
            return _gives_null(operand)
        case bound.Call(function=function, arguments=arguments):
            return function.strict and any(_gives_null(each) for each in arguments)
        case _:
            return False


def _relocated(node: _N, base: int, by: int) -> _N:
    """A part of the subquery as it is written in the query around it, `by` queries within that."""

    def change(found: object, depth: int) -> object | None:
        if isinstance(found, Column):
            if found.level == depth:
                return replace(found, item=found.item + base, level=found.level + by)
            return replace(found, level=found.level - 1 + by) if found.level > depth else None
        if isinstance(found, CommonItem) and found.level > depth:
            return replace(found, level=found.level - 1 + by)
        return None

    return transform(node, change)


def _shifted(source: Source, base: int) -> Source:
    if isinstance(source, ItemSource):
        return ItemSource(source.item + base)
    return replace(source, left=_shifted(source.left, base), right=_shifted(source.right, base))

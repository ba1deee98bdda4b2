"""A condition on the keys of a grouped subquery of FROM becomes one of the rows that it groups.

So a view that counts by name is asked for one name without counting all.
Source: PostgreSQL 15, subquery_push_qual in allpaths.c.
"""

from dataclasses import replace

from server.query.bound import Column, Expression, Query, QueryItem
from server.query.evaluator.flattening import all_of, stands_whole
from server.query.evaluator.trees import columns_of, conjuncts_of, is_volatile, transform, walk


def push_conditions(query: Query) -> Query:
    """The query with such conditions of its WHERE moved into its subqueries."""
    items = list(query.items)
    left: list[Expression] = []
    for each in conjuncts_of(query.where):
        index = _only_item(each)
        item = None if index is None or not stands_whole(query, index) else items[index]
        moved = _as_inside(each, item.query) if isinstance(item, QueryItem) else None
        if index is None or not isinstance(item, QueryItem) or moved is None:
            left.append(each)
            continue
        within = all_of([*conjuncts_of(item.query.where), moved])
        items[index] = replace(item, query=replace(item.query, where=within))
    return (
        query if len(left) == len(conjuncts_of(query.where)) else replace(query, items=tuple(items), where=all_of(left))
    )


def _only_item(condition: Expression) -> int | None:
    """The item whose columns are all that it reads."""
    if is_volatile(condition) or any(depth > 0 for _, depth in walk(condition)):
        return None
    columns = [node for node, _ in walk(condition) if isinstance(node, Column)]
    if any(column.level or column.number <= 0 for column in columns):
        return None
    found = {column.item for column in columns}
    return found.pop() if len(found) == 1 else None


def _as_inside(condition: Expression, query: Query) -> Expression | None:
    """The condition by what the subquery groups by; None when it reads anything else, or more than groups are made."""
    if (
        not query.group_by
        or query.grouping_sets
        or query.windows
        or query.has_sets
        or query.distinct is not None
        or query.limit is not None
        or query.offset is not None
    ):
        return None
    visible = [target.expression for target in query.targets if not target.hidden]
    read = [visible[column.number - 1] for column in columns_of(condition)]
    if not all(each in query.group_by and not is_volatile(each) for each in read):
        return None
    return transform(condition, lambda node, _: visible[node.number - 1] if isinstance(node, Column) else None)

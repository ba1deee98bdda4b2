"""What WHERE says of the side that a LEFT JOIN keeps whole narrows the subquery on its other side.

Of `a LEFT JOIN (SELECT ..) s ON s.x = a.x WHERE a.x = 1` only the rows of s with x = 1 are needed: rows of a with
another x are dropped in the end, whatever they were joined with. So a view on that side, which cannot become part of
the query around it, can look up what it would have to compute in full.

Source: PostgreSQL 15, reconsider_outer_join_clauses in equivclass.c.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from server.query.bound import Column, Constant, Expression, ItemSource, ParameterValue, Query, QueryItem, Source
from server.query.evaluator.calls import base_of
from server.query.evaluator.conjuncts import Conjunct, sides_of
from server.query.evaluator.flattening import all_of, is_plain
from server.query.evaluator.trees import conjuncts_of, is_volatile, transform, walk

_Constants = Mapping[Column, Constant | ParameterValue]


def narrow_outer_sides(query: Query) -> Query:
    """The query with the conditions that follow from its joins and its WHERE in its subqueries, too."""
    known = _constants(query.where)
    narrowed = {}
    for source in query.sources if known else ():
        for index, condition in _outer_items(source):
            item = query.items[index]
            if isinstance(item, QueryItem) and not item.lateral and is_plain(item.query):
                found = _narrow(item.query, index, condition, known)
                if found is not item.query:
                    narrowed[index] = replace(item, query=found)
    if not narrowed:
        return query
    return replace(query, items=tuple([narrowed.get(index, item) for index, item in enumerate(query.items)]))


def _constants(where: Expression | None) -> _Constants:
    """The columns that WHERE sets equal to a constant."""
    equalities = [found for each in conjuncts_of(where) if (found := Conjunct(each).equality)]
    pairs = [pair for each in equalities for pair in ((each.left, each.right), (each.right, each.left))]
    return {
        column: value
        for column, value in pairs
        if isinstance(column, Column)
        and isinstance(value, Constant | ParameterValue)
        and not column.level
        and column.number > 0
        and base_of(column.type) == base_of(value.type)
    }


def _outer_items(source: Source) -> list[tuple[int, Expression | None]]:
    """The items that a LEFT or RIGHT join may fill with NULL, each with the condition of its join."""
    if isinstance(source, ItemSource):
        return []
    found = [*_outer_items(source.left), *_outer_items(source.right)]
    side = {"LEFT": source.right, "RIGHT": source.left}.get(source.kind)
    return [*found, (side.item, source.condition)] if isinstance(side, ItemSource) else found


def _narrow(query: Query, index: int, condition: Expression | None, known: _Constants) -> Query:
    visible = [target.expression for target in query.targets if not target.hidden]
    implied = [_implied(Conjunct(each), index, known, visible) for each in conjuncts_of(condition)]
    more = [each for each in implied if each is not None]
    return replace(query, where=all_of([*conjuncts_of(query.where), *more])) if more else query


def _implied(conjunct: Conjunct, index: int, known: _Constants, visible: Sequence[Expression]) -> Expression | None:
    """What an equality of the item with something known says within the item."""
    if sides_of(conjunct, frozenset((index,))) is None or is_volatile(conjunct.expression):
        return None
    for node, depth in walk(conjunct.expression):
        # A subquery, or a column of a query further out, is another one within the item.
        if depth or (isinstance(node, Column) and (node.level or node.number <= 0)):
            return None
        if isinstance(node, Column) and node.item != index and node not in known:
            return None

    def change(node: object, _: int) -> object | None:
        if not isinstance(node, Column):
            return None
        return visible[node.number - 1] if node.item == index else known[node]

    return transform(conjunct.expression, change)

"""Looking through and rewriting bound trees.

Every node is a frozen dataclass whose fields hold nodes, tuples of nodes, or plain values. A Query within a tree is one
level further in: what it calls level 1 is level 0 of the query around it.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Final, TypeVar

from server.query import bound
from server.query.bound import Aggregate, Call, Column, CommonItem, Expression, Logical, Query

_N = TypeVar("_N")

_PLAIN_FIELDS: Final = frozenset(("type", "modifier", "function", "operator", "negated", "equals", "less", "columns"))


def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in _PLAIN_FIELDS)


_NODES: Final[dict[type, tuple[str, ...]]] = {
    kind: _fields_of(kind)
    for kind in (
        bound.Call,
        bound.Logical,
        bound.IsNull,
        bound.IsTruth,
        bound.IsDistinct,
        bound.ArrayComparison,
        bound.RowComparison,
        bound.Case,
        bound.Coalesce,
        bound.NullIf,
        bound.Extreme,
        bound.MakeArray,
        bound.MakeRow,
        bound.Field,
        bound.ElementOf,
        bound.Relabel,
        bound.ThroughText,
        bound.ConvertElements,
        bound.ScalarSubquery,
        bound.ArraySubquery,
        bound.Exists,
        bound.InSubquery,
        bound.Sort,
        bound.Aggregate,
        bound.WindowCall,
        bound.QueryItem,
        bound.FunctionItem,
        bound.ValuesItem,
        bound.JoinSource,
        bound.TargetColumn,
        bound.FrameEdge,
        bound.WindowFrame,
        bound.Window,
        bound.CommonTable,
        bound.Combination,
        bound.Query,
        bound.Column,
        bound.CommonItem,
        bound.CaseOperand,
        bound.SubqueryColumn,
        bound.GroupingCall,
    )
}


def walk(node: object, depth: int = 0) -> Iterator[tuple[object, int]]:
    """Every node in and under `node`, each with how many queries it lies deeper."""
    stack: list[tuple[object, int]] = [(node, depth)]
    while stack:
        current, level = stack.pop()
        if isinstance(current, tuple):
            stack.extend([(each, level) for each in current])
            continue
        names = _NODES.get(type(current))
        if names is None:
            continue
        yield current, level
        inner = level + 1 if type(current) is Query else level
        for name in names:
            value = getattr(current, name)
            if isinstance(value, tuple):
                if value:
                    stack.append((value, inner))
            elif type(value) in _NODES:
                stack.append((value, inner))


def columns_of(node: object, level: int = 0) -> Iterator[Column]:
    """The columns in `node` that belong to the query `level` queries outwards of where it stands."""
    # A Query counts one level for itself already.
    start = -1 if type(node) is Query else 0
    for each, depth in walk(node, start):
        if type(each) is Column and each.level - depth == level:
            yield each


def items_of(expression: object) -> frozenset[int]:
    """The items of the query it stands in that an expression reads."""
    return frozenset(column.item for column in columns_of(expression))


def conjuncts_of(expression: Expression | None) -> list[Expression]:
    """What AND joins, flat."""
    if expression is None:
        return []
    if isinstance(expression, Logical) and expression.operator == "AND":
        return [part for each in expression.arguments for part in conjuncts_of(each)]
    return [expression]


def is_volatile(node: object) -> bool:
    return any(type(each) is Call and each.function.volatile for each, _ in walk(node))


def has_sets(node: object) -> bool:
    """Whether a call in the expression itself, not in a subquery, returns a set."""
    return any(type(each) is Call and each.returns_set and depth == 0 for each, depth in walk(node))


def transform(node: _N, change: Callable[[object, int], object | None], depth: int = 0) -> _N:
    """A copy in which `change`, given each node and how many queries deep it lies, has put others in their place.

    Where `change` gives None, the node stays and its parts are looked at.
    """
    if isinstance(node, tuple):
        parts = [transform(each, change, depth) for each in node]
        same = all(new is old for new, old in zip(parts, node, strict=True))
        return node if same else tuple(parts)  # type: ignore[return-value]  # a tuple of the same kind
    names = _NODES.get(type(node))
    if names is None:
        return node
    changed = change(node, depth)
    if changed is not None:
        return changed  # type: ignore[return-value]  # an expression for an expression
    inner = depth + 1 if type(node) is Query else depth
    differing: dict[str, object] = {}
    for name in names:
        value = getattr(node, name)
        new = transform(value, change, inner)
        if new is not value:
            differing[name] = new
    return replace(node, **differing) if differing else node  # type: ignore[type-var]  # nodes are dataclasses


class _Inner(Exception):
    """It reads something that is not there further out."""


def lowered(expression: Expression, by: int) -> Expression | None:
    """The expression as it is written `by` queries further out; None when it reads something inside of these."""
    if by == 0:
        return expression

    def change(node: object, depth: int) -> object | None:
        if isinstance(node, Column | CommonItem):
            if node.level < depth:
                return None
            if node.level - depth < by:
                raise _Inner
            return replace(node, level=node.level - by)
        if isinstance(node, Aggregate) and node.level >= depth:
            if node.level - depth < by:
                raise _Inner
            arguments = transform((node.arguments, node.direct, node.order_by, node.filter), change, depth)
            return replace(
                node,
                arguments=arguments[0],
                direct=arguments[1],
                order_by=arguments[2],
                filter=arguments[3],
                level=node.level - by,
            )
        if isinstance(node, bound.SubqueryColumn | bound.CaseOperand) and depth == 0:
            raise _Inner
        return None

    try:
        return transform(expression, change)
    except _Inner:
        return None

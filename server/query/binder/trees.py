"""Bound trees looked through and rewritten, with an eye on how many queries deep each part lies.

A Query within a tree is one level further in: what is level 1 in it is level 0 of the query around it.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Final, TypeVar

from server.query import bound
from server.query.functions.signature import Function
from server.query.relations.interface import Relation

_N = TypeVar("_N")
Change = Callable[[object, int], object | None]

_PLAIN: Final = frozenset(
    ("type", "modifier", "columns", "function", "equals", "less", "relation", "level", "name", "operator", "negated")
)


def _fields_of(kind: type) -> tuple[str, ...]:
    """The fields of a class of `bound` that may hold nodes."""
    if not is_dataclass(kind) or kind in (bound.OutputColumn, bound.Constant, bound.ParameterValue, bound.RelationItem):
        return ()
    return tuple(each.name for each in fields(kind) if each.name not in _PLAIN)


_PARTS: Final = {kind: names for kind in vars(bound).values() if isinstance(kind, type) and (names := _fields_of(kind))}


def parts_of(node: object) -> list[object]:
    """What stands directly within a node: nodes, tuples of nodes and plain values, in the order written."""
    return [getattr(node, name) for name in _PARTS.get(type(node), ())]


def walk(node: object, depth: int = 0) -> Iterator[tuple[object, int]]:
    """Every node in a tree, the node itself first, in the order written, each with how many queries deep it lies."""
    stack: list[tuple[object, int]] = [(node, depth)]
    while stack:
        current, level = stack.pop()
        if current is None or isinstance(current, int | str | Function | Relation):
            continue
        if isinstance(current, tuple):
            stack.extend([(each, level) for each in reversed(current)])
            continue
        yield current, level
        inner = level + 1 if isinstance(current, bound.Query) else level
        stack.extend([(getattr(current, name), inner) for name in reversed(_PARTS.get(type(current), ()))])


def transform(node: _N, change: Change, depth: int = 0) -> _N:
    """A copy in which what `change` gives stands in the place of nodes; where it gives None, their parts are next."""
    if node is None or isinstance(node, int | str | Function | Relation):
        return node
    if isinstance(node, tuple):
        parts = [transform(each, change, depth) for each in node]
        same = all(new is old for new, old in zip(parts, node, strict=True))
        return node if same else tuple(parts)  # type: ignore[return-value]  # a tuple of the same kind
    changed = change(node, depth)
    if changed is not None:
        return changed  # type: ignore[return-value]  # a node for a node
    inner = depth + 1 if isinstance(node, bound.Query) else depth
    differing: dict[str, object] = {}
    for name in _PARTS.get(type(node), ()):
        old = getattr(node, name)
        new = transform(old, change, inner)
        if new is not old:
            differing[name] = new
    return replace(node, **differing) if differing else node  # type: ignore[type-var]  # nodes are dataclasses


def raised(node: _N, by: int) -> _N:
    """A copy as it is written `by` queries further in; of a column always a new one."""
    if isinstance(node, bound.Column):
        return bound.Column(  # type: ignore[return-value]  # a column for a column
            node.item, node.number, node.type, node.modifier, node.level + by
        )

    def change(each: object, depth: int) -> object | None:
        if isinstance(each, bound.Column | bound.CommonItem) and each.level >= depth:
            return replace(each, level=each.level + by)
        if isinstance(each, bound.Aggregate) and each.level >= depth:
            # Its arguments are raised as all else is.
            inside = transform((each.arguments, each.order_by, each.direct, each.filter), change, depth)
            return replace(
                each,
                arguments=inside[0],
                order_by=inside[1],
                direct=inside[2],
                filter=inside[3],
                level=each.level + by,
            )
        return None

    return transform(node, change)


def has_aggregate(node: object) -> bool:
    """Whether an aggregate, or GROUPING, of the query it stands in is in the tree."""
    return any(
        (isinstance(each, bound.Aggregate) and each.level == depth)
        or (isinstance(each, bound.GroupingCall) and depth == 0)
        for each, depth in walk(node)
    )


def has_window_call(node: object) -> bool:
    return any(isinstance(each, bound.WindowCall) and depth == 0 for each, depth in walk(node))


def find_own_column(node: object) -> bound.Column | None:
    """The first column in it of the query it stands in."""
    return next((each for each, depth in walk(node) if isinstance(each, bound.Column) and each.level == depth), None)


def has_own_columns(node: object) -> bool:
    """Whether it names a column of the query it stands in."""
    return find_own_column(node) is not None

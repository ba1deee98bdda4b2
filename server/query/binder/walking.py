"""The parts of an expression that are of the query it stands in: what `trees` does, without looking into subqueries."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Final

from server.query import bound


def _fields_of(kind: type) -> tuple[str, ...]:
    """The fields of a class of `bound` that may hold expressions."""
    if not is_dataclass(kind) or kind in (bound.Query, bound.Constant, bound.Column):
        return ()
    plain = ("type", "modifier", "function", "equals", "less", "name", "names", "operator")
    return tuple(each.name for each in fields(kind) if each.name not in plain)


_FIELDS: Final = {kind: _fields_of(kind) for kind in vars(bound).values() if isinstance(kind, type)}


def parts_of(e: bound.Expression) -> Iterator[object]:
    """The expression and all within it."""
    stack: list[object] = [e]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
            continue
        yield node
        stack.extend([getattr(node, name) for name in _FIELDS.get(type(node), ())])


def returns_set(e: bound.Expression) -> bool:
    """Whether a call that returns a set is anywhere in it, subqueries aside."""
    return any(isinstance(node, bound.Call) and node.returns_set for node in parts_of(e))

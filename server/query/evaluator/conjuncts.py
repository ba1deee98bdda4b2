"""The conditions that AND joins: what each reads, and which of them say that two things are equal."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from server.query import bound
from server.query.bound import Expression
from server.query.evaluator.arrays import element_type
from server.query.evaluator.calls import base_of
from server.query.evaluator.ordering import equality_family, is_plain
from server.query.evaluator.trees import items_of, walk


@dataclass(frozen=True, slots=True)
class Equality:
    """A conjunct that says that two expressions of kindred types are equal, and what each of them reads."""

    left: Expression
    right: Expression
    left_items: frozenset[int]
    right_items: frozenset[int]


class Conjunct:
    """A condition, with what it reads."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        self.items = items_of(expression)

    @cached_property
    def is_dear(self) -> bool:
        """Whether it holds a subquery: then all others are asked first."""
        return any(depth > 0 for _, depth in walk(self.expression))

    @cached_property
    def equality(self) -> Equality | None:
        call = self.expression
        if not isinstance(call, bound.Call) or call.operator != "=" or len(call.arguments) != 2:
            return None
        left, right = (_unlabelled(each) for each in call.arguments)
        types = [base_of(each.type) for each in (left, right)]
        if equality_family(types[0]) != equality_family(types[1]):
            return None
        return Equality(left, right, items_of(left), items_of(right))


def _unlabelled(expression: Expression) -> Expression:
    """Without changes of type that leave equality what it is."""
    while isinstance(expression, bound.Relabel):
        inner, outer = base_of(expression.operand.type), base_of(expression.type)
        if equality_family(inner) != equality_family(outer):
            break
        expression = expression.operand
    return expression


def sides_of(
    conjunct: Conjunct, there: frozenset[int], *, closed: bool = False
) -> tuple[Expression, Expression] | None:
    """(elsewhere, there) of an equality between what is there and what is not.

    Args:
        conjunct: what says it.
        there: the items of one side.
        closed: the other side may also be what no item gives.
    """
    equality = conjunct.equality
    if equality is None:
        return None
    for here, here_items, other, other_items in (
        (equality.right, equality.right_items, equality.left, equality.left_items),
        (equality.left, equality.left_items, equality.right, equality.right_items),
    ):
        if here_items and here_items <= there and not other_items & there and (other_items or closed):
            return other, here
    return None


def lookup_of(conjunct: Conjunct, item: frozenset[int], before: Set[int]) -> tuple[bound.Column, Expression] | None:
    """The column of the item that the conjunct sets equal to what is known before it, and that."""
    sides = sides_of(conjunct, item, closed=True)
    if sides is None:
        return None
    value, column = sides
    if not isinstance(column, bound.Column) or column.number <= 0 or column.level or not is_plain(base_of(column.type)):
        return None
    return (column, value) if items_of(value) <= before else None


def list_lookup_of(conjunct: Conjunct, item: int) -> tuple[bound.Column, Expression] | None:
    """The column of the item that the conjunct sets equal to one element of an array that reads no item, and that."""
    comparison = conjunct.expression
    if not isinstance(comparison, bound.ArrayComparison) or comparison.every or comparison.operator != "=":
        return None
    column, array = _unlabelled(comparison.left), comparison.array
    if not isinstance(column, bound.Column) or column.item != item or column.number <= 0 or column.level:
        return None
    types = [base_of(each) for each in (column.type, element_type(base_of(array.type)))]
    alike = equality_family(types[0]) == equality_family(types[1]) and all(is_plain(each) for each in types)
    return (column, array) if alike and not items_of(array) else None

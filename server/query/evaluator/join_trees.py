"""The joins of a query as a tree: groups of inner joins in any order, and the outer joins between them."""

from dataclasses import dataclass

from server.query.bound import Expression, ItemSource, JoinSource, Source
from server.query.evaluator.trees import conjuncts_of, items_of


@dataclass(frozen=True, slots=True)
class Leaf:
    item: int


@dataclass(frozen=True, slots=True)
class Group:
    """Inner joins, in any order."""

    units: tuple["Tree", ...]
    conjuncts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Outer:
    """LEFT or FULL; a RIGHT join is a LEFT one the other way round."""

    kind: str
    left: "Tree"
    right: "Tree"
    conjuncts: tuple[Expression, ...]


Tree = Leaf | Group | Outer


def build_tree(sources: tuple[Source, ...], where: Expression | None) -> Group:
    units: list[Tree] = []
    conjuncts: list[Expression] = []
    for source in sources:
        _flatten(source, units, conjuncts)
    return Group(tuple(units), (*conjuncts, *conjuncts_of(where)))


def _flatten(source: Source, units: list[Tree], conjuncts: list[Expression]) -> None:
    if isinstance(source, ItemSource):
        units.append(Leaf(source.item))
        return
    if source.kind == "INNER":
        _flatten(source.left, units, conjuncts)
        _flatten(source.right, units, conjuncts)
        conjuncts.extend(conjuncts_of(source.condition))
        return
    left, right = _side(source.left), _side(source.right)
    if source.kind == "RIGHT":
        left, right = right, left
    kind = "FULL" if source.kind == "FULL" else "LEFT"
    units.append(Outer(kind, left, right, tuple(conjuncts_of(source.condition))))


def _side(source: Source) -> Tree:
    if isinstance(source, JoinSource) and source.kind != "INNER":
        units: list[Tree] = []
        _flatten(source, units, [])
        return units[0]
    if isinstance(source, ItemSource):
        return Leaf(source.item)
    units, conjuncts = [], []  # type: ignore[var-annotated]  # as in build_tree
    _flatten(source, units, conjuncts)
    return Group(tuple(units), tuple(conjuncts))


def items_in(tree: Tree) -> frozenset[int]:
    match tree:
        case Leaf(item=item):
            return frozenset((item,))
        case Group(units=units):
            return frozenset().union(*(items_in(each) for each in units))
        case Outer(left=left, right=right):
            return items_in(left) | items_in(right)


def conditions_read(tree: Tree) -> list[frozenset[int]]:
    match tree:
        case Leaf():
            return []
        case Group(units=units, conjuncts=conjuncts):
            return [*(items_of(each) for each in conjuncts), *(s for each in units for s in conditions_read(each))]
        case Outer(left=left, right=right, conjuncts=conjuncts):
            return [
                *(items_of(each) for each in conjuncts),
                *conditions_read(left),
                *conditions_read(right),
            ]

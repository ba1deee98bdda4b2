"""How the items of a query are joined: which comes first, what is looked up, what is hashed, where conditions go.

Conditions are taken apart at AND and put where all they read is there. Inner joins and comma lists are one group, in
which the item that promises the fewest rows comes first, then always one that the rows so far lead to. An item
that has an index on a column that must equal something already there is looked up in it; else the join is by hash on
whatever must be equal, and without that by trying all pairs. Outer joins keep their place in the order.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from protocol.types import Oid
from server.query import bound
from server.query.bound import Expression, Item
from server.query.evaluator import expressions, leaves
from server.query.evaluator.arrays import element_type, elements_of
from server.query.evaluator.calls import base_of
from server.query.evaluator.conjuncts import Conjunct, list_lookup_of, lookup_of, sides_of
from server.query.evaluator.join_trees import Group, Leaf, Outer, Tree, conditions_read, items_in
from server.query.evaluator.joins import DependentJoin, HashJoin
from server.query.evaluator.ordering import hash_key, plain
from server.query.evaluator.scope import Context, Frame, Run, Scope
from server.query.evaluator.sources import EMPTY, ElementsOf, Filter, Node, Scan, Shape, Single
from server.query.evaluator.trees import columns_of, items_of
from server.query.relations.interface import Row

# How many rows things are thought to have, where only their order matters.
_RELATION_ROWS: Final = 1000.0
_DERIVED_ROWS: Final = 200.0
_FUNCTION_ROWS: Final = 10.0
_EQUAL_SHARE: Final = 0.01
_LISTED_SHARE: Final = 0.05
_OTHER_SHARE: Final = 0.4


class Joining:
    """Plans the items of one query."""

    def __init__(self, context: Context, items: tuple[Item, ...], columns: list[bound.Column]) -> None:
        self.context = context
        self.items = items
        self._systems: dict[int, list[int]] = {}
        for column in columns:
            if column.number < 0:
                numbers = self._systems.setdefault(column.item, [])
                if column.number not in numbers:
                    numbers.append(column.number)
        self._reads = [_reads(item) for item in items]

    def take_gate(self, tree: Group) -> tuple[Run | None, Group]:
        """What the group asks of no row, which holds for all of them or for none; and the group without that."""
        scope = self.scope(EMPTY)
        gate: list[Conjunct] = []
        left: list[Expression] = []
        for each in tree.conjuncts:
            conjunct = Conjunct(each)
            if not conjunct.items and expressions.compile_expression(each, scope).closed:
                gate.append(conjunct)
            else:
                left.append(each)
        return self.test(gate, EMPTY), replace(tree, conjuncts=tuple(left))

    def plan(self, tree: Tree, conjuncts: list[Conjunct], prefix: Shape) -> Node:
        """A node for the tree, of which all conjuncts hold."""
        if isinstance(tree, Leaf):
            return self._leaf(tree.item, conjuncts, prefix)
        if isinstance(tree, Group):
            return self._group(tree, conjuncts, prefix)
        return self._outer(tree, conjuncts, prefix)

    def scope(self, shape: Shape | Node) -> Scope:
        return Scope(self.context, self.items, shape.layout, shape.systems)

    def test(self, conjuncts: list[Conjunct], shape: Shape | Node) -> Run | None:
        ordered = sorted(conjuncts, key=lambda each: each.is_dear)
        return expressions.compile_conditions([each.expression for each in ordered], self.scope(shape))

    def _leaf(self, index: int, conjuncts: list[Conjunct], prefix: Shape) -> Node:
        item = self.items[index]
        if isinstance(item, bound.RelationItem):
            return self._scan(index, item, conjuncts, prefix)
        shape = prefix.add(index, len(item.columns))
        produce, title, plan = leaves.compile_leaf(item, self.scope(prefix))
        return leaves.Derived(shape, produce, self.test(conjuncts, shape), title, plan)

    def _scan(self, index: int, item: bound.RelationItem, conjuncts: list[Conjunct], prefix: Shape) -> Node:
        pseudo = self._systems.get(index, [])
        shape = prefix.add(index, len(item.relation.columns), pseudo)
        keys: list[tuple[int, Run]] = []
        lists: list[tuple[int, ElementsOf]] = []
        left: list[Conjunct] = []
        keyed: list[Conjunct] = []
        before = prefix.layout.keys()
        for conjunct in conjuncts:
            key = None if -1 in pseudo else lookup_of(conjunct, frozenset((index,)), before)
            if key is None or not _has_index(item, key[0]):
                left.append(conjunct)
                found = None if -1 in pseudo else list_lookup_of(conjunct, index)
                if found is not None and _has_index(item, found[0]):
                    lists.append((found[0].number, self._elements(found[1], prefix)))
            else:
                column, value = key
                keys.append((column.number, expressions.compile_expression(value, self.scope(prefix)).run))
                keyed.append(conjunct)
        if len(keys) > 1:
            left = [*keyed, *left]
        return Scan(shape, item.relation, keys, lists, self.test(left, shape), pseudo, self.context.cells.take())

    def _elements(self, array: Expression, prefix: Shape) -> ElementsOf:
        run = expressions.compile_expression(array, self.scope(prefix)).run
        element = element_type(base_of(array.type))

        def elements(row: Row, frame: Frame) -> Sequence[object]:
            value = run(row, frame)
            return () if value is None else elements_of(value, element)

        return elements

    def _group(self, group: Group, conjuncts: list[Conjunct], prefix: Shape) -> Node:
        pending = [*conjuncts, *[Conjunct(each) for each in group.conjuncts]]
        if not group.units:
            return Single(prefix, self.test(pending, prefix))
        remaining = list(group.units)
        node: Node | None = None
        shape = prefix
        while remaining:
            placed = frozenset(shape.layout)
            unit = (
                min(remaining, key=lambda each: self._promise(each, pending, placed))
                if remaining[1:]
                else (remaining[0])
            )
            remaining.remove(unit)
            within = placed | items_in(unit)
            now = [each for each in pending if each.items <= within]
            pending = [each for each in pending if each not in now]
            node = self.plan(unit, now, prefix) if node is None else self._join(node, unit, now, "INNER")
            shape = Shape(node.layout, node.systems, node.width)
        assert node is not None  # noqa: S101  a fault of ours
        return node

    def _outer(self, tree: Outer, conjuncts: list[Conjunct], prefix: Shape) -> Node:
        own = [Conjunct(each) for each in tree.conjuncts]
        if tree.kind == "FULL":
            left = self.plan(tree.left, [], prefix)
            node = self._hash_join(left, tree.right, own, "FULL")
            return self._filtered(node, conjuncts)
        there = prefix.layout.keys() | items_in(tree.left)
        left = self.plan(tree.left, [each for each in conjuncts if each.items <= there], prefix)
        node = self._join(left, tree.right, own, "LEFT")
        return self._filtered(node, [each for each in conjuncts if not each.items <= there])

    def _filtered(self, node: Node, conjuncts: list[Conjunct]) -> Node:
        test = self.test(conjuncts, node)
        return node if test is None else Filter(node, test)

    def _join(self, left: Node, unit: Tree, conjuncts: list[Conjunct], kind: str) -> Node:
        """Join one more to what is there; all that the conjuncts read is on either side."""
        placed = frozenset(left.layout)
        if self._needs(unit) & placed or any(self._leads(each, unit, placed) for each in conjuncts):
            right = self.plan(unit, conjuncts, Shape(left.layout, left.systems, left.width))
            return DependentJoin(left, right, outer=kind == "LEFT")
        return self._hash_join(left, unit, conjuncts, kind)

    def _hash_join(self, left: Node, unit: Tree, conjuncts: list[Conjunct], kind: str) -> Node:
        there = items_in(unit)
        alone = [] if kind == "FULL" else [each for each in conjuncts if each.items <= there]
        right, closed = self._alone(unit, alone)
        left_keys: list[Run] = []
        right_keys: list[Run] = []
        rest: list[Conjunct] = []
        for each in conjuncts:
            sides = sides_of(each, there)
            if sides is not None:
                left_keys.append(self._key(sides[0], left))
                right_keys.append(self._key(sides[1], right))
            elif each not in alone:
                rest.append(each)
        shape = Shape(
            left.layout | {item: left.width + offset for item, offset in right.layout.items()},
            left.systems | {each: left.width + offset for each, offset in right.systems.items()},
            left.width + right.width,
        )
        cell = self.context.cells.take() if closed else -1
        return HashJoin(shape, left, right, left_keys, right_keys, self.test(rest, shape), kind, cell)

    def _alone(self, unit: Tree, conjuncts: list[Conjunct]) -> tuple[Node, bool]:
        """The unit by itself, and whether its rows are the same all through a run."""
        context = self.context
        outer, context.outer, reads, context.reads_tables = context.outer, set(), context.reads_tables, False
        node = self.plan(unit, conjuncts, EMPTY)
        closed = not context.outer and not context.reads_tables
        context.outer |= outer
        context.reads_tables |= reads
        return node, closed

    def _key(self, expression: Expression, side: Node) -> Run:
        run = expressions.compile_expression(expression, self.scope(side)).run
        return _keyed(run, base_of(expression.type))

    def _needs(self, tree: Tree) -> frozenset[int]:
        """The items outside of the tree that something in it reads."""
        inside = items_in(tree)
        found = frozenset().union(*(self._reads[item] for item in inside), *(conditions_read(tree)))
        return found - inside

    def _leads(self, conjunct: Conjunct, tree: Tree, placed: frozenset[int]) -> bool:
        """Whether the conjunct leads from what is placed into an index of the tree's."""
        match tree:
            case Leaf(item=item):
                found = lookup_of(conjunct, frozenset((item,)), placed)
                usable = found is not None and _has_index(self.items[item], found[0])
                return usable and -1 not in self._systems.get(item, ()) and bool(conjunct.items & placed)
            case Group(units=units):
                return any(self._leads(conjunct, each, placed) for each in units)
            case Outer(kind="LEFT", left=left):
                return self._leads(conjunct, left, placed)
            case Outer():
                return False

    def _promise(self, tree: Tree, conjuncts: list[Conjunct], placed: frozenset[int]) -> tuple[int, float]:
        """A rank: what cannot come yet last, what the rows so far do not lead to before that, then by rows."""
        if not self._needs(tree) <= placed:
            return (2, 0.0)
        there = items_in(tree)
        rows = self._rows(tree)
        connected = not placed
        for each in conjuncts:
            if not each.items & there or not each.items <= (placed | there):
                continue
            if each.items & placed:
                connected = True
            rows *= self._share(each, there)
        return (0 if connected else 1, rows)

    def _share(self, conjunct: Conjunct, there: frozenset[int]) -> float:
        """How much of the rows of these items a condition leaves."""
        if conjunct.equality is not None and sides_of(conjunct, there, closed=True):
            return _EQUAL_SHARE
        return _LISTED_SHARE if any(list_lookup_of(conjunct, item) for item in there) else _OTHER_SHARE

    def _rows(self, tree: Tree) -> float:
        match tree:
            case Leaf(item=index):
                item = self.items[index]
                match item:
                    case bound.RelationItem():
                        return _RELATION_ROWS
                    case bound.ValuesItem(rows=rows):
                        return float(len(rows))
                    case bound.FunctionItem():
                        return _FUNCTION_ROWS
                    case _:
                        return _DERIVED_ROWS
            case Group(units=units):
                return max((self._rows(each) for each in units), default=1.0)
            case Outer(left=left, right=right):
                return max(self._rows(left), self._rows(right) if tree.kind == "FULL" else 0.0)


def _has_index(item: Item, column: bound.Column) -> bool:
    """Whether the rows with one value of the column are found without looking through all."""
    return isinstance(item, bound.RelationItem) and item.relation.only_key in (0, column.number)


def _keyed(run: Run, oid: Oid) -> Run:
    key = hash_key(oid)
    if key is plain:
        return run

    def keyed(row: Row, frame: Frame) -> object:
        value = run(row, frame)
        return None if value is None else key(value)

    return keyed


def _reads(item: Item) -> frozenset[int]:
    """The items before it that a lateral item reads."""
    if isinstance(item, bound.QueryItem):
        return frozenset(column.item for column in columns_of(item.query, 1)) if item.lateral else frozenset()
    if isinstance(item, bound.FunctionItem | bound.ValuesItem):
        return items_of(item)
    return frozenset()

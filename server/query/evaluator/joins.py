"""Joins: by looking up or recomputing the right side for each row of the left, by hash, or by trying all pairs."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from server.query.evaluator.memory import collect
from server.query.evaluator.scope import UNSET, Frame, Run
from server.query.evaluator.sources import Node, Scan, Shape
from server.query.relations.interface import Row


class DependentJoin:
    """The right side is asked anew for each row of the left, which it takes as its prefix; inner or left."""

    def __init__(self, left: Node, right: Node, *, outer: bool) -> None:
        self.layout, self.systems, self.width = right.layout, right.systems, right.width
        self.left = left
        self.right = right
        self.outer = outer
        self._padding = (None,) * (right.width - left.width)

    def rows(self, frame: Frame, prefix: Row) -> Iterator[Row]:
        lefts = self.left.rows(frame, prefix)
        padding = self._padding if self.outer else None
        if isinstance(self.right, Scan) and self.right.is_lookup:
            return self.right.look_up(frame, lefts, padding)
        return self._ask(frame, lefts, padding)

    def _ask(self, frame: Frame, lefts: Iterable[Row], padding: Row | None) -> Iterator[Row]:
        ask = self.right.rows
        for left in lefts:
            found = False
            for row in ask(frame, left):
                found = True
                yield row
            if not found and padding is not None:
                yield left + padding


class HashJoin:
    """The right side is read once, into a hash by its keys; without keys every pair is tried.

    Attributes:
        right_keys: of a row of the right side alone.
        condition: what else must hold, of both sides' rows together.
        cell: where the hash is kept for the run when the right side reads nothing around it; -1 when it does.
        kind: INNER, LEFT or FULL.
    """

    def __init__(
        self,
        shape: Shape,
        left: Node,
        right: Node,
        left_keys: list[Run],
        right_keys: list[Run],
        condition: Run | None,
        kind: str,
        cell: int,
    ) -> None:
        self.layout, self.systems, self.width = shape.layout, shape.systems, shape.width
        self.left = left
        self.right = right
        self.condition = condition
        self.kind = kind
        self.cell = cell
        self.left_keys = left_keys
        self.right_keys = right_keys
        self._left_key = _joined(left_keys)
        self._right_key = _joined(right_keys)

    def rows(self, frame: Frame, prefix: Row) -> Iterator[Row]:
        condition, limits, key_of = self.condition, frame.limits, self._left_key
        outer = self.kind in ("LEFT", "FULL")
        padding = (None,) * self.right.width
        seen: set[int] = set()
        full = self.kind == "FULL"
        # The right side is read when there is something to compare it with.
        table, everything = self._table(frame) if full else _NOTHING
        asked = full
        for left in self.left.rows(frame, prefix):
            if not asked:
                (table, everything), asked = self._table(frame), True
            limits.step()
            matches: Iterable[tuple[int, Row]]
            if key_of is None:
                matches = everything
                limits.steps(len(everything))
            else:
                matches = table.get(key_of(left, frame), ())
            none = True
            for number, right in matches:
                row = left + right
                if condition is None or condition(row, frame):
                    none = False
                    if full:
                        seen.add(number)
                    yield row
            if none and outer:
                yield left + padding
        if full:
            empty = prefix + (None,) * (self.left.width - len(prefix))
            for number, right in everything:
                if number not in seen:
                    yield empty + right

    def _table(self, frame: Frame) -> "_Table":
        if self.cell >= 0:
            kept = frame.cells[self.cell]
            if kept is not UNSET:
                return kept  # type: ignore[return-value]  # what is kept below
        made = self._build(frame)
        if self.cell >= 0:
            frame.cells[self.cell] = made
        return made

    def _build(self, frame: Frame) -> "_Table":
        everything = list(enumerate(collect(self.right.rows(frame, ()), frame, self.right.width)))
        table: dict[object, list[tuple[int, Row]]] = {}
        key_of = self._right_key
        if key_of is not None:
            for pair in everything:
                key = key_of(pair[1], frame)
                if key is not None:
                    table.setdefault(key, []).append(pair)
        return table, everything


_Table = tuple[dict[object, list[tuple[int, Row]]], list[tuple[int, Row]]]
_NOTHING: Final[_Table] = ({}, [])


def _joined(keys: list[Run]) -> Callable[[Row, Frame], object] | None:
    """The keys as one; None as its value where one of them is NULL, which equals nothing."""
    if not keys:
        return None
    if len(keys) == 1:
        return keys[0]

    def key(row: Row, frame: Frame) -> object:
        values = tuple([each(row, frame) for each in keys])
        # A tuple holds no other kind of None, and keys compare plainly.
        return None if any(value is None for value in values) else values

    return key

"""Where rows come from: relations, subqueries, functions, VALUES and common tables, and joins of them.

A node gives rows that begin with a prefix: the row of what stands to its left, for the nodes that read it (lateral
ones, and lookups by a value of it); () for all others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from protocol.strings import Tid
from server.query.evaluator.scope import UNSET, Frame, Run
from server.query.relations.interface import Find, Relation, Row

# Between two looks at the limits.
_CHUNK: Final = 512
_ROWS_PER_BLOCK: Final = 100
# Beyond so many values, looking through all rows is as quick.
_MOST_LOOKUPS: Final = 100


class Node(Protocol):
    """Attributes: `layout`, `systems` as in Scope, for its rows with their prefix; `width` of these."""

    layout: dict[int, int]
    systems: dict[tuple[int, int], int]
    width: int

    def rows(self, frame: Frame, prefix: Row) -> Iterable[Row]: ...


@dataclass(frozen=True, slots=True)
class Shape:
    layout: dict[int, int]
    systems: dict[tuple[int, int], int]
    width: int

    def add(self, item: int, width: int, systems: Sequence[int] = ()) -> "Shape":
        """With one item more at the end."""
        offset = self.width + width
        added = {(item, number): offset + index for index, number in enumerate(systems)}
        return Shape({**self.layout, item: self.width}, {**self.systems, **added}, offset + len(systems))


EMPTY: Final = Shape({}, {}, 0)


def select(rows: Iterable[Row], test: Run, frame: Frame) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if not count % _CHUNK:
            frame.limits.steps(_CHUNK)
        if test(row, frame):
            yield row


def prefixed(rows: Iterable[Row], prefix: Row, test: Run | None, frame: Frame) -> Iterable[Row]:
    """Rows of one item as a node gives them."""
    if prefix:
        frame.limits.step()
        if test is None:
            return [prefix + row for row in rows]
        return [longer for row in rows if test(longer := prefix + row, frame)]
    return rows if test is None else select(rows, test, frame)


ElementsOf = Callable[[Row, Frame], Sequence[object]]


class Scan:
    """The rows of a relation: all of them, or those with a value in a column, or with one of a few values.

    Attributes:
        keys: (column, value by the prefix); of several the one with the fewest rows is taken, so that `test` must
            hold the others.
        lists: (column, values by the prefix); `test` must hold them all.
        pseudo: the system columns to add, by number.
        cell: where the finders for the keys are kept for the run.
    """

    def __init__(
        self,
        shape: Shape,
        relation: Relation,
        keys: list[tuple[int, Run]],
        lists: list[tuple[int, ElementsOf]],
        test: Run | None,
        pseudo: Sequence[int],
        cell: int,
    ) -> None:
        self.layout, self.systems, self.width = shape.layout, shape.systems, shape.width
        self.cell = cell
        self.relation = relation
        self.keys = keys
        self.lists = lists
        self.test = test
        self.pseudo = pseudo

    @property
    def is_lookup(self) -> bool:
        """Whether `look_up` gives its rows, as in nearly every join by a name or an OID."""
        return len(self.keys) == 1 and not self.pseudo

    def look_up(self, frame: Frame, prefixes: Iterable[Row], padding: Row | None = None) -> Iterator[Row]:
        """As `rows`, for one prefix after the other, in one loop: calls for each would take most of the time.

        Args:
            padding: what follows a prefix that nothing is found for; None where such a one gives no row.
        """
        [(_, key)], [find] = self.keys, self._finders(frame)
        test, step = self.test, frame.limits.step
        for prefix in prefixes:
            step()
            value = key(prefix, frame)
            found = False
            if value is not None:
                for row in find(value):
                    longer = prefix + row
                    if test is None or test(longer, frame):
                        found = True
                        yield longer
            if not found and padding is not None:
                yield prefix + padding

    def rows(self, frame: Frame, prefix: Row) -> Iterable[Row]:
        if self.is_lookup:
            [(_, key)], [find] = self.keys, self._finders(frame)
            value = key(prefix, frame)
            return () if value is None else prefixed(find(value), prefix, self.test, frame)
        found: Sequence[Row] | None = None
        for (_, key), find in zip(self.keys, self._finders(frame), strict=True):
            value = key(prefix, frame)
            if value is None:
                return ()
            rows = find(value)
            if found is None or len(rows) < len(found):
                found = rows
        if found is None:
            found = self._listed(frame, prefix)
        if self.pseudo:
            found = [row + self._pseudo_values(index) for index, row in enumerate(found)]
        return prefixed(found, prefix, self.test, frame)

    def _finders(self, frame: Frame) -> list[Find]:
        finders = frame.cells[self.cell]
        if finders is UNSET:
            database = frame.runtime.database
            finders = frame.cells[self.cell] = [database.finder(self.relation, column) for column, _ in self.keys]
        return finders  # type: ignore[return-value]  # what is kept above

    def _listed(self, frame: Frame, prefix: Row) -> Sequence[Row]:
        """The rows that one of the lists leaves, or all rows."""
        database = frame.runtime.database
        for column, elements_of in self.lists:
            # In the order of the list, so that runs do not differ.
            values = dict.fromkeys(elements_of(prefix, frame))
            if len(values) <= _MOST_LOOKUPS:
                values.pop(None, None)
                find = database.finder(self.relation, column)
                return [row for value in values for row in find(value)]
        return database.rows(self.relation)

    def _pseudo_values(self, index: int) -> Row:
        values: dict[int, object] = {
            # SILENT: xmin and its kin are those of a row that initdb has made.
            -6: self.relation.oid,
            -5: 0,
            -4: 0,
            -3: 0,
            -2: 1,
            -1: Tid(index // _ROWS_PER_BLOCK, index % _ROWS_PER_BLOCK + 1),
        }
        return tuple(values[number] for number in self.pseudo)


class Derived:
    """Rows that something else gives for the prefix: a subquery, functions, VALUES, a common table."""

    def __init__(
        self, shape: Shape, produce: Callable[[Row, Frame], Iterable[Row]], test: Run | None, title: str, plan: object
    ) -> None:
        self.layout, self.systems, self.width = shape.layout, shape.systems, shape.width
        self.produce = produce
        self.test = test
        self.title = title
        self.plan = plan

    def rows(self, frame: Frame, prefix: Row) -> Iterable[Row]:
        return prefixed(self.produce(prefix, frame), prefix, self.test, frame)


class Single:
    """What a query without FROM reads: one row, of nothing but the prefix."""

    def __init__(self, shape: Shape, test: Run | None) -> None:
        self.layout, self.systems, self.width = shape.layout, shape.systems, shape.width
        self.test = test

    def rows(self, frame: Frame, prefix: Row) -> Iterable[Row]:
        return (prefix,) if self.test is None or self.test(prefix, frame) else ()


class Filter:
    def __init__(self, child: Node, test: Run) -> None:
        self.layout, self.systems, self.width = child.layout, child.systems, child.width
        self.child = child
        self.test = test

    def rows(self, frame: Frame, prefix: Row) -> Iterable[Row]:
        return select(self.child.rows(frame, prefix), self.test, frame)

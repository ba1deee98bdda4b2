"""What names mean while an expression is compiled, and where values are found while it runs.

A compiled expression is a function of a row and a frame. The row is a flat tuple: the columns of all items joined so
far, or after grouping the keys and aggregates. The frame is one execution of a query: it leads to the rows of the
queries around it and to the run's surroundings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.query.bound import Expression, Item
from server.query.relations.interface import Row
from server.query.runtime import Runtime

UNSET: Final = object()


class Frame:
    """One execution of one query.

    Attributes:
        row: the row of the query around it that it is executed for; `parent` is that query's frame.
        slots: values that one execution keeps: the operand of a CASE, common tables.
        cells: values that hold for the whole run, by number; shared by all its frames.
    """

    __slots__ = ("cells", "limits", "parent", "row", "runtime", "slots")

    def __init__(
        self, runtime: Runtime, cells: list[object], row: Row, parent: "Frame | None", slots: list[object]
    ) -> None:
        self.runtime = runtime
        self.limits = runtime.limits
        self.cells = cells
        self.row = row
        self.parent = parent
        self.slots = slots


Run = Callable[[Row, Frame], object]


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled expression.

    Attributes:
        position: it is nothing but the row's value there; -1 when it is more.
        constant: it is `value` always.
        closed: it depends on nothing but the run: no row, no slot, nothing volatile.
    """

    run: Run
    position: int = -1
    constant: bool = False
    value: object = None
    closed: bool = False


class Cells:
    """Numbers the cells of a plan."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def take(self) -> int:
        self.count += 1
        return self.count - 1


class Context:
    """What one query's expressions share while they are compiled.

    Attributes:
        outer: what it reads of the queries around it: (how many outwards, position in the row there).
        steady: the same outer values give the same rows; not so with volatile functions.
        pinned: it reads no common table of a query around it that may change under it.
        reads_tables: it reads a common table of its own or of a query around it.
        slots: how many values an execution keeps.
        tables: for each common table, the slot of its rows and whether these depend on nothing outside.
    """

    __slots__ = ("cells", "outer", "parent", "pinned", "reads_tables", "slots", "steady", "tables")

    def __init__(self, cells: Cells, parent: "Scope | None") -> None:
        self.cells = cells
        self.parent = parent
        self.outer: set[tuple[int, int]] = set()
        self.steady = True
        self.pinned = True
        self.reads_tables = False
        self.slots = 0
        self.tables: list[TableSlot] = []

    def take_slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def unsteady(self) -> None:
        """Something in it gives another value each time; so it does for the queries around it."""
        context: Context | None = self
        while context is not None:
            context.steady = False
            context = context.parent.context if context.parent is not None else None

    def unpin(self, owner: "Context") -> None:
        """It reads a table of `owner` that may change while queries within that one run again."""
        context = self
        while context is not owner:
            context.pinned = False
            assert context.parent is not None  # noqa: S101  a fault of ours
            context = context.parent.context

    @property
    def closed(self) -> bool:
        """Whether it need not run more than once; as in PostgreSQL not even with a volatile function in it."""
        return not self.outer and self.pinned


@dataclass(frozen=True, slots=True)
class TableSlot:
    """Where the rows of a common table stand in a frame; `working` is the slot of a recursive one's last round."""

    rows: int
    working: int
    compute: Callable[["Frame"], Sequence[Row]]
    steady: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean at one stage of a query.

    Attributes:
        layout: where the row holds each item's first column.
        systems: where the row holds a system column of an item, beyond the layout: (item, number) to offset.
        replaced: what the row holds already computed: (expression, position), after grouping and windows.
        operand: the slot of the CaseOperand that holds here; `subquery` of InSubquery's columns.
    """

    context: Context
    items: Sequence[Item]
    layout: Mapping[int, int]
    systems: Mapping[tuple[int, int], int] = field(default_factory=dict)
    replaced: tuple[tuple[Expression, int], ...] = ()
    operand: int = -1
    subquery: int = -1

    @property
    def parent(self) -> "Scope | None":
        return self.context.parent

    def any_replaced(self) -> bool:
        scope: Scope | None = self
        while scope is not None:
            if scope.replaced:
                return True
            scope = scope.parent
        return False

"""UNION, INTERSECT, EXCEPT, and common tables, recursive ones among them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from server.query.bound import Combination, CommonTable, Query
from server.query.evaluator import plans
from server.query.evaluator.memory import collect
from server.query.evaluator.scope import Frame, Scope, TableSlot
from server.query.evaluator.sorting import distinct, row_key
from server.query.relations.interface import Row

if TYPE_CHECKING:
    from server.query.evaluator.plans import QueryPlan

RowsOf = Callable[[Frame], Iterable[Row]]


def compile_combination(query: Query, scope: Scope, plan: "QueryPlan") -> RowsOf:
    combination = query.combination
    assert combination is not None  # noqa: S101  a fault of ours
    sides = [plans.compile_subquery(each, scope) for each in (combination.left, combination.right)]
    plan.parts = sides
    left, right = sides
    key = row_key([column.type for column in query.columns])
    size = 80 + 16 * len(query.columns)

    def both(frame: Frame) -> tuple[Iterable[Row], Iterable[Row]]:
        return left.execute((), frame), right.execute((), frame)

    match combination.operator, combination.all:
        case "UNION", True:
            return lambda frame: chain.from_iterable(both(frame))
        case "UNION", _:
            return lambda frame: distinct(chain.from_iterable(both(frame)), key, frame, size)
        case _:
            return lambda frame: _matching(combination, *both(frame), key, frame)


def _matching(
    combination: Combination,
    left: Iterable[Row],
    right: Iterable[Row],
    key: Callable[[Row], object],
    frame: Frame,
) -> Iterator[Row]:
    """INTERSECT and EXCEPT: ALL counts how often a row is there on the right, else each comes once."""
    there: Counter[object] = Counter()
    for row in right:
        frame.limits.step()
        frame.limits.hold(80 + 16 * len(row))
        there[key(row)] += 1
    intersect = combination.operator == "INTERSECT"
    if not combination.all:
        kept = (row for row in left if (key(row) in there) is intersect)
        yield from distinct(kept, key, frame, 80)
        return
    for row in left:
        frame.limits.step()
        value = key(row)
        matched = there[value] > 0
        if matched:
            there[value] -= 1
        if matched is intersect:
            yield row


def compile_tables(tables: tuple[CommonTable, ...], scope: Scope) -> None:
    """Make the common tables known to the query's context, in which later ones see the earlier."""
    context = scope.context
    for table in tables:
        slot, working = context.take_slot(), context.take_slot()
        width = len(table.query.columns)
        if table.recursive and table.query.combination is not None:
            # What the recursive part reads is known by its slot before it is compiled.
            context.tables.append(TableSlot(slot, working, _not_yet, steady=False))
            compute, steady = _recursive(table, scope, working)
        else:
            plan = plans.compile_subquery(table.query, scope)
            compute, steady = _plain(plan, width), plan.context.closed
            context.tables.append(TableSlot(slot, working, compute, steady))
        context.tables[-1] = TableSlot(slot, working, compute, steady)


def _not_yet(frame: Frame) -> Sequence[Row]:
    raise AssertionError("a common table is read before it is compiled")


def _plain(plan: "QueryPlan", width: int) -> Callable[[Frame], Sequence[Row]]:
    return lambda frame: collect(plan.execute((), frame), frame, width)


def _recursive(table: CommonTable, scope: Scope, working: int) -> tuple[Callable[[Frame], Sequence[Row]], bool]:
    """The first part once, then the second over each round's new rows until it gives none.

    Source: PostgreSQL manual, "WITH Queries", recursive query evaluation.
    """
    combination = table.query.combination
    assert combination is not None  # noqa: S101  a fault of ours
    # The two parts stand one query further in than the table's query; `outside` is that query, with nothing in it.
    outside = plans.empty_plan(table.query, scope)
    inner = Scope(outside.context, (), {})
    if table.query.tables:
        compile_tables(table.query.tables, inner)
    first, second = (plans.compile_subquery(each, inner) for each in (combination.left, combination.right))
    width = len(table.query.columns)
    key = None if combination.all else row_key([column.type for column in table.query.columns])
    context = outside.context

    def compute(owner: Frame) -> Sequence[Row]:
        frame = Frame(owner.runtime, owner.cells, (), owner, [None] * context.slots)
        seen: set[object] = set()

        def fresh(rows: Iterable[Row]) -> list[Row]:
            found = list(collect(rows, frame, width))
            if key is None:
                return found
            kept: list[Row] = []
            for row in found:
                value = key(row)
                if value not in seen:
                    seen.add(value)
                    kept.append(row)
            return kept

        rows = fresh(first.execute((), frame))
        everything = list(rows)
        while rows:
            owner.slots[working] = rows
            rows = fresh(second.execute((), frame))
            owner.limits.steps(len(rows) + 1)
            everything += rows
        return everything

    return compute, not context.outer and first.context.closed and not second.context.outer

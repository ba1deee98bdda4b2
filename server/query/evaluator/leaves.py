"""The items of FROM that are no relations: subqueries, functions, VALUES, common tables."""

from collections.abc import Callable, Iterable, Sequence

from server.query import bound
from server.query.bound import Item
from server.query.evaluator import expressions, plans, subqueries
from server.query.evaluator.scope import Frame, Scope
from server.query.evaluator.sets import compile_rows_of
from server.query.evaluator.sources import Derived
from server.query.relations.interface import Row

Produce = Callable[[Row, Frame], Iterable[Row]]

__all__ = ["Derived", "compile_leaf"]


def compile_leaf(item: Item, scope: Scope) -> tuple[Produce, str, object]:
    """How its rows are made from the row to its left (`scope` is of that), what EXPLAIN calls it, its own plan."""
    match item:
        case bound.QueryItem():
            return _query(item, scope)
        case bound.FunctionItem():
            return _functions(item, scope), "Function Scan", None
        case bound.ValuesItem():
            return _values(item, scope), "Values Scan", None
        case bound.CommonItem():
            return _common(item, scope), "WorkTable Scan" if item.working else "CTE Scan", None
        case _:
            raise AssertionError("a relation has a node of its own")


def _query(item: bound.QueryItem, scope: Scope) -> tuple[Produce, str, object]:
    plan = plans.compile_subquery(item.query, scope)
    context = plan.context
    if not item.lateral or not (context.steady and context.pinned) or not any(level == 1 for level, _ in context.outer):
        return plan.execute, "Subquery Scan", plan

    def rows(row: Row, frame: Frame) -> object:
        return list(plan.execute(row, frame))

    remembered = subqueries.remember(rows, subqueries.key_of(context.outer), scope.context.cells.take())
    return remembered, "Subquery Scan", plan  # type: ignore[return-value]  # `rows` gives rows


def _values(item: bound.ValuesItem, scope: Scope) -> Produce:
    lists = [[each.run for each in expressions.compile_all(row, scope)] for row in item.rows]

    def produce(row: Row, frame: Frame) -> Iterable[Row]:
        for runs in lists:
            yield tuple([run(row, frame) for run in runs])

    return produce


def _functions(item: bound.FunctionItem, scope: Scope) -> Produce:
    parts = [
        compile_rows_of(expression, scope, width, returns_row=returns_row)
        for expression, width, returns_row in zip(item.functions, item.widths, item.returns_row, strict=True)
    ]
    ordinality = item.ordinality
    if len(parts) == 1:
        (only,) = parts
        if not ordinality:
            return lambda row, frame: _counted(only(row, frame), frame)
        return lambda row, frame: ((*each, number) for number, each in enumerate(_counted(only(row, frame), frame), 1))

    def produce(row: Row, frame: Frame) -> Iterable[Row]:
        iterators = [iter(part(row, frame)) for part in parts]
        widths = item.widths
        number = 0
        while True:
            found = [next(each, None) for each in iterators]
            if all(each is None for each in found):
                return
            number += 1
            frame.limits.step()
            joined: Row = ()
            for each, width in zip(found, widths, strict=True):
                joined += (None,) * width if each is None else each
            yield (*joined, number) if ordinality else joined

    return produce


def _counted(rows: Iterable[Row], frame: Frame) -> Iterable[Row]:
    step = frame.limits.step
    for row in rows:
        step()
        yield row


def _common(item: bound.CommonItem, scope: Scope) -> Produce:
    context = scope.context
    inner = context
    for _ in range(item.level):
        context.reads_tables = True
        assert context.parent is not None  # noqa: S101  a fault of ours
        context = context.parent.context
    context.reads_tables = True
    table = context.tables[item.index]
    if item.level and (item.working or not table.steady):
        inner.unpin(context)
    level = item.level

    def produce(row: Row, frame: Frame) -> Sequence[Row]:
        for _ in range(level):
            assert frame.parent is not None  # noqa: S101  a fault of ours
            frame = frame.parent
        if item.working:
            return frame.slots[table.working]  # type: ignore[return-value]  # rows
        rows = frame.slots[table.rows]
        if rows is None:
            rows = frame.slots[table.rows] = table.compute(frame)
        return rows  # type: ignore[return-value]  # rows

    return produce

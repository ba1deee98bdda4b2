"""A query as a plan: its stages from FROM to LIMIT, each a function from rows to rows.

`compile_query` makes one of a bound query; `Plan.run` runs it, as often as wanted. What a run needs to keep stands in
its frames and cells, never in the plan, so that runs do not see each other.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from protocol.types import Oid
from server.query.bound import Query
from server.query.evaluator import combinations, expressions, grouping, sets, windows
from server.query.evaluator.calls import base_of
from server.query.evaluator.flattening import flatten
from server.query.evaluator.full_joins import check_full_joins
from server.query.evaluator.join_trees import build_tree
from server.query.evaluator.joining import Joining
from server.query.evaluator.memory import collect
from server.query.evaluator.outer_sides import narrow_outer_sides
from server.query.evaluator.pushing import push_conditions
from server.query.evaluator.scope import UNSET, Cells, Code, Context, Frame, Run, Scope
from server.query.evaluator.sorting import (
    SortKey,
    bound_value,
    distinct,
    limited,
    order_key,
    row_key,
    sort_rows,
    top_rows,
)
from server.query.evaluator.sources import EMPTY, Node, Scan
from server.query.evaluator.trees import columns_of
from server.query.relations.interface import Relation, Row
from server.query.runtime import Runtime

Stage = Callable[[Iterable[Row], Frame], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole statement's query, ready to run."""

    query: "QueryPlan"
    cells: Cells

    def find_key(self, runtime: Runtime) -> tuple[Relation, int, object] | None:
        """(relation, column, value) where all rows come from one relation, by one value of one column."""
        node = self.query.node
        if not isinstance(node, Scan) or len(node.keys) != 1:
            return None
        column, value = node.keys[0]
        return node.relation, column, value((), Frame(runtime, [UNSET] * self.cells.count, (), None, []))

    def run(self, runtime: Runtime) -> Iterator[Row]:
        """The rows, as long as the query has columns, computed as they are taken.

        Raises:
            InvalidValue: what an expression cannot compute; the limits of the run.
            OdpsError: a function that is not supported.
        """
        frame = Frame(runtime, [UNSET] * self.cells.count, (), None, [])
        return iter(self.query.execute((), frame))


class QueryPlan:
    """One query within a plan.

    Attributes:
        node: what FROM and WHERE became; None for a set operation.
        gate: what WHERE asks of no row, and so but once: without it there are none.
        stages: their names, for EXPLAIN, the last to run first.
    """

    def __init__(self, context: Context, query: Query) -> None:
        self.context = context
        self.query = query
        self.node: Node | None = None
        self.gate: Run | None = None
        self.parts: list[QueryPlan] = []
        self.produce: Callable[[Frame], Iterable[Row]] = lambda frame: ()

    def execute(self, row: Row, parent: Frame) -> Iterable[Row]:
        """The rows for one row of the query around it."""
        frame = Frame(parent.runtime, parent.cells, row, parent, [None] * self.context.slots)
        return self.produce(frame)


def compile_query(query: Query) -> Plan:
    """Compile a bound query, which must be whole: nothing in it reads a query around it."""
    cells = Cells()
    return Plan(_compile(query, Context(cells, None)), cells)


def compile_subquery(query: Query, scope: Scope) -> QueryPlan:
    """Compile a query within another, for rows as `scope` says."""
    return _compile(query, Context(scope.context.cells, scope))


def _compile(query: Query, context: Context) -> QueryPlan:
    query = push_conditions(narrow_outer_sides(flatten(query)))
    plan = QueryPlan(context, query)
    if query.tables:
        combinations.compile_tables(query.tables, Scope(context, query.items, {}))
    if query.combination is not None:
        rows = combinations.compile_combination(query, Scope(context, (), {}), plan)
        plan.produce = _finish(query, rows, Scope(context, (), {}), [column.type for column in query.columns])
        return plan
    joining = Joining(context, query.items, list(columns_of(query)))
    tree = build_tree(query.sources, query.where)
    check_full_joins(tree)
    gate, tree = joining.take_gate(tree)
    plan.gate = gate
    node = plan.node = joining.plan(tree, [], EMPTY)
    scope = joining.scope(node)
    width = node.width
    stages: list[Stage] = []
    if query.grouped:
        stage, scope, width = grouping.compile_grouping(query, scope, width)
        stages.append(stage)
        having = expressions.compile_condition(query.having, scope)
        if having is not None:
            test = having
            stages.append(lambda rows, frame: (row for row in rows if test(row, frame)))
    if query.windows:
        stage, scope, width = windows.compile_windows(query, scope, width)
        stages.append(stage)
    if query.has_sets:
        set_stages, scope = sets.compile_sets([each.expression for each in query.targets], scope, width)
        stages += [each.rows for each in set_stages]
    stages.append(_project([expressions.compile_expression(each.expression, scope) for each in query.targets], width))

    def rows_of(frame: Frame) -> Iterable[Row]:
        rows = node.rows(frame, ()) if gate is None or gate((), frame) else ()
        for stage in stages:
            rows = stage(rows, frame)
        return rows

    types = [each.expression.type for each in query.targets]
    plan.produce = _finish(query, rows_of, Scope(context, (), {}), types)
    return plan


def _project(codes: list[Code], width: int) -> Stage:
    positions = [code.position for code in codes]
    if positions and min(positions) >= 0:
        if positions == list(range(width)):
            return lambda rows, frame: rows
        if len(positions) == 1:
            only = positions[0]
            return lambda rows, frame: ((row[only],) for row in rows)
        pick = itemgetter(*positions)
        return lambda rows, frame: map(pick, rows)
    runs = [code.run for code in codes]
    return lambda rows, frame: (tuple([run(row, frame) for run in runs]) for row in rows)


def _finish(
    query: Query, rows_of: Callable[[Frame], Iterable[Row]], scope: Scope, types: list[Oid]
) -> Callable[[Frame], Iterable[Row]]:
    """DISTINCT, ORDER BY, LIMIT, and away with the hidden columns."""
    oids = [base_of(each) for each in types]
    visible = [index for index, target in enumerate(query.targets) if not target.hidden]
    width = len(oids)
    stages: list[Stage] = []
    keys = [
        order_key(key.target, oids[key.target], descending=key.descending, nulls_first=key.nulls_first)
        for key in query.order_by
    ]
    if query.distinct is not None:
        stages += _distinct_stages(query, oids, visible)
    # Each of DISTINCT ON is the first by ORDER BY, so that the sort comes before it.
    sorts_first = query.distinct is not None and list(query.distinct) != visible
    some_only = query.limit is not None and not query.with_ties and not sorts_first
    if keys and not some_only:
        at = 0 if sorts_first else len(stages)
        stages.insert(at, lambda rows, frame: sort_rows(collect(rows, frame, width), keys))
    if query.limit is not None or query.offset is not None:
        stages.append(_limit_stage(query, scope, oids, keys if some_only else []))
    if query.targets and len(visible) < len(query.targets):
        stages.append(_project([expressions.column_at(index) for index in visible], width))
    if not stages:
        return rows_of

    def produce(frame: Frame) -> Iterable[Row]:
        rows = rows_of(frame)
        for stage in stages:
            rows = stage(rows, frame)
        return rows

    return produce


def _distinct_stages(query: Query, oids: list[Oid], visible: list[int]) -> list[Stage]:
    assert query.distinct is not None  # noqa: S101  a fault of ours
    chosen = list(query.distinct)
    key = row_key([oids[index] for index in chosen], chosen if chosen != list(range(len(oids))) else None)
    size = 80 + 16 * len(chosen)
    return [lambda rows, frame: distinct(rows, key, frame, size)]


def _limit_stage(query: Query, scope: Scope, oids: list[Oid], keys: list[SortKey]) -> Stage:
    """`keys` are those of ORDER BY if the rows are still to be sorted."""
    width = len(oids)
    limit_of = None if query.limit is None else expressions.compile_expression(query.limit, scope).run
    offset_of = None if query.offset is None else expressions.compile_expression(query.offset, scope).run
    ties = None
    if query.with_ties:
        targets = [key.target for key in query.order_by]
        ties = row_key([oids[index] for index in targets], targets)

    def stage(rows: Iterable[Row], frame: Frame) -> Iterable[Row]:
        offset = bound_value(offset_of, frame, "OFFSET") or 0
        limit = bound_value(limit_of, frame, "LIMIT")
        if keys:
            rows = collect(rows, frame, width)
            rows = sort_rows(rows, keys) if limit is None else top_rows(rows, keys, offset + limit)
        return limited(rows, offset, limit, ties)

    return stage


def empty_plan(query: Query, scope: Scope) -> QueryPlan:
    """A plan of which only the context is wanted."""
    return QueryPlan(Context(scope.context.cells, scope), query)

"""EXPLAIN: a plan as lines of text or as what `explain_formats` writes, in PostgreSQL's form.

DEVIATION: costs, rows and widths are not estimated, hence all 0 or 1; conditions are counted, not written out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from server.query.bound import Query
from server.query.evaluator.explain_formats import WRITERS
from server.query.evaluator.joins import DependentJoin, HashJoin
from server.query.evaluator.plans import Plan, QueryPlan
from server.query.evaluator.sources import Derived, Filter, Node, Scan
from server.statements.select import ExplainFormat

_COSTS = "  (cost=0.00..0.00 rows=1 width=0)"


@dataclass(frozen=True, slots=True)
class _Line:
    """A node's title, what else is told of it, and the nodes it reads."""

    title: str
    details: tuple[str, ...] = ()
    children: tuple["_Line", ...] = ()


def explain(plan: Plan, *, costs: bool = True) -> list[str]:
    """The lines of EXPLAIN."""
    return list(_write(_query(plan.query), 0, _COSTS if costs else ""))


def explain_as(plan: Plan, form: ExplainFormat, *, costs: bool = True) -> str:
    """The one value of EXPLAIN (FORMAT JSON), XML or YAML."""
    return WRITERS[form](_as_object(_query(plan.query), costs))


def _as_object(line: _Line, costs: bool) -> dict[str, object]:
    kind, _, relation = line.title.partition(" on ")
    found: dict[str, object] = {"Node Type": kind, "Parallel Aware": False, "Async Capable": False}
    if relation:
        found |= {"Relation Name": relation, "Alias": relation}
    if costs:
        found |= {"Startup Cost": 0.0, "Total Cost": 0.0, "Plan Rows": 1, "Plan Width": 0}
    for detail in line.details:
        key, _, value = detail.partition(": ")
        found[key] = value.split(", ") if key == "Sort Key" else value
    if line.children:
        found["Plans"] = [_as_object(child, costs) for child in line.children]
    return found


def _write(line: _Line, depth: int, costs: str) -> Iterator[str]:
    # As PostgreSQL indents: six columns for each depth, the arrow within them.
    indent = " " * (6 * depth - 4)
    yield f"{indent}->  {line.title}{costs}" if depth else f"{line.title}{costs}"
    for detail in line.details:
        yield f"{' ' * (6 * depth + 2)}{detail}"
    for child in line.children:
        yield from _write(child, depth + 1, costs)


def _query(plan: QueryPlan) -> _Line:
    query = plan.query
    if query.combination is not None:
        parts = tuple(_query(each) for each in plan.parts)
        combination = query.combination
        if combination.operator == "UNION":
            line = _Line("Append", (), parts)
            line = line if combination.all else _Line("HashAggregate", (), (line,))
        else:
            title = f"HashSetOp {combination.operator.capitalize()}{' All' if combination.all else ''}"
            line = _Line(title, (), parts)
    else:
        line = _Line("Result") if plan.node is None or not query.sources else _node(plan.node)
        if plan.gate is not None:
            line = _Line("Result", ("One-Time Filter",), (line,) if query.sources else ())
        line = _stages(query, line)
    if query.distinct is not None and len(query.distinct) == len(query.columns):
        line = _Line("HashAggregate", (), (line,))
    if query.order_by:
        names = [each.name for each in query.targets] or [each.name for each in query.columns]
        keys = ", ".join(names[key.target] + (" DESC" if key.descending else "") for key in query.order_by)
        line = _Line("Sort", (f"Sort Key: {keys}",), (line,))
    if query.distinct is not None and len(query.distinct) != len(query.columns):
        line = _Line("Unique", (), (line,))
    if query.limit is not None or query.offset is not None:
        line = _Line("Limit", (), (line,))
    return line


def _stages(query: Query, line: _Line) -> _Line:
    if query.grouped:
        title = "MixedAggregate" if query.grouping_sets else "HashAggregate" if query.group_by else "Aggregate"
        line = _Line(title, (), (line,))
    if query.windows:
        line = _Line("WindowAgg", (), (line,))
    if query.has_sets:
        line = _Line("ProjectSet", (), (line,))
    return line


def _node(node: Node) -> _Line:
    if isinstance(node, Scan):
        name = node.relation.name
        columns = " or ".join(node.relation.columns[column - 1].name for column, _ in node.keys or node.lists)
        if columns:
            return _Line(f"Index Scan on {name}", (f"Index Cond: {columns}",))
        return _Line(f"Seq Scan on {name}", ("Filter",) if node.test is not None else ())
    if isinstance(node, Derived):
        within = (_query(node.plan),) if isinstance(node.plan, QueryPlan) else ()
        return _Line(node.title, ("Filter",) if node.test is not None else (), within)
    if isinstance(node, Filter):
        return _Line("Result", ("Filter",), (_node(node.child),))
    if isinstance(node, DependentJoin):
        title = "Nested Loop Left Join" if node.outer else "Nested Loop"
        return _Line(title, (), (_node(node.left), _node(node.right)))
    if isinstance(node, HashJoin):
        kind = {"INNER": "", "LEFT": " Left", "FULL": " Full"}[node.kind]
        children = (_node(node.left), _node(node.right))
        if not node.left_keys:
            return _Line(f"Nested Loop{kind}{' Join' if kind else ''}", (), children)
        return _Line(f"Hash{kind} Join", (), (children[0], _Line("Hash", (), (children[1],))))
    return _Line("Result")

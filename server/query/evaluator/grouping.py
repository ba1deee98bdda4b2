"""GROUP BY, aggregates and grouping sets.

The rows are gathered by group, so many at a time, and each aggregate then goes over those of a group: so the common
ones run as Python's own loops, and no more rows are held than are gathered at once. A grouped row is the keys, the
aggregates, the values of GROUPING(), and at its end the group's first row, for columns that depend on the keys.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from server.query.bound import Aggregate, Expression, GroupingCall, Query
from server.query.evaluator import expressions
from server.query.evaluator.aggregates import Total, compile_aggregate
from server.query.evaluator.calls import base_of
from server.query.evaluator.memory import collect, parts_of
from server.query.evaluator.ordering import hash_key, plain
from server.query.evaluator.scope import Frame, Run, Scope
from server.query.evaluator.trees import lowered, walk
from server.query.relations.interface import Row

Stage = Callable[[Iterable[Row], Frame], Iterator[Row]]
_ALL: Final = ()
# Of CPython: an entry of a dictionary with its key, the group, its list; and a reference with its share of a value.
_GROUP_SIZE: Final = 300
_COLUMN_SIZE: Final = 16


def compile_grouping(query: Query, scope: Scope, width: int) -> tuple[Stage, Scope, int]:
    """The stage, the scope of its rows, and how wide they are; `scope` and `width` are of the rows before."""
    aggregates = _aggregates_of(query)
    groupings = [node for node, _ in walk((query.targets, query.having, query.windows)) if type(node) is GroupingCall]
    keys = expressions.compile_all(query.group_by, scope)
    totals = [compile_aggregate(each, scope) for each in aggregates]
    count = len(keys)
    sets = query.grouping_sets or (tuple(range(count)),)
    placed: list[tuple[Expression, int]] = [(each, index) for index, each in enumerate(query.group_by)]
    placed += [(each, count + index) for index, each in enumerate(aggregates)]
    start = count + len(aggregates)
    placed += [(each, start + index) for index, each in enumerate(groupings)]
    start += len(groupings)
    after = replace(
        scope,
        layout={item: offset + start for item, offset in scope.layout.items()},
        systems={each: offset + start for each, offset in scope.systems.items()},
        replaced=tuple(placed),
    )
    masks = [[_mask(call, chosen) for call in groupings] for chosen in sets]
    runs = [each.run for each in keys]
    hashes = [hash_key(base_of(each.type)) for each in query.group_by]
    positions = [each.position for each in keys]

    def stage(rows: Iterable[Row], frame: Frame) -> Iterator[Row]:
        if len(sets) > 1:
            rows = collect(rows, frame, width)
        for chosen, mask in zip(sets, masks, strict=True):
            groups: dict[object, _Group] = {}
            for part in parts_of(rows, frame, width):
                members = _gather(part, frame, chosen, runs, hashes, positions)
                _take_in(members, groups, totals, frame, width)
            if not groups and not chosen:
                # Without keys there is a group even of no rows.
                groups[_ALL] = _Group((None,) * width, [total.begin(frame) for total in totals])
            for group in groups.values():
                frame.limits.step()
                first = group.first
                values = [runs[index](first, frame) if index in chosen else None for index in range(count)]
                states = zip(totals, group.states, strict=True)
                yield (*values, *[total.end(state, first, frame) for total, state in states], *mask, *first)

    return stage, after, start + width


@dataclass(slots=True)
class _Group:
    """Its first row, and the states of the aggregates."""

    first: Row
    states: list[object]


def _take_in(
    members: dict[object, list[Row]], groups: dict[object, _Group], totals: list[Total], frame: Frame, width: int
) -> None:
    before = len(groups)
    for key, rows in members.items():
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(rows[0], [total.begin(frame) for total in totals])
        states = group.states
        for index, total in enumerate(totals):
            states[index] = total.add(states[index], rows, frame)
    frame.limits.hold((len(groups) - before) * (_GROUP_SIZE + _COLUMN_SIZE * (width + len(totals))))


def _mask(call: GroupingCall, chosen: tuple[int, ...]) -> int:
    """A bit for each argument, set where the grouping set leaves it out; the first is the highest."""
    value = 0
    for key in call.keys:
        value = value * 2 + (key not in chosen)
    return value


def _gather(
    rows: list[Row],
    frame: Frame,
    chosen: tuple[int, ...],
    runs: list[Run],
    hashes: list[Callable[[object], object]],
    positions: list[int],
) -> dict[object, list[Row]]:
    """The rows of each group, in the order in which the groups are met."""
    if not chosen:
        return {_ALL: rows}
    groups: dict[object, list[Row]] = {}
    if len(chosen) == 1:
        (index,) = chosen
        run, key = runs[index], hashes[index]
        if key is plain and positions[index] >= 0:
            position = positions[index]
            for row in rows:
                value = row[position]
                found = groups.get(value)
                if found is None:
                    groups[value] = [row]
                else:
                    found.append(row)
            return groups
        for row in rows:
            value = run(row, frame)
            groups.setdefault(None if value is None else key(value), []).append(row)
        return groups
    pairs = [(runs[index], hashes[index]) for index in chosen]
    for row in rows:
        values = [(run(row, frame), key) for run, key in pairs]
        groups.setdefault(tuple([None if v is None else key(v) for v, key in values]), []).append(row)
    return groups


def _aggregates_of(query: Query) -> list[Aggregate]:
    """The aggregates that belong to the query, also those that stand in a subquery of it."""
    found: list[Aggregate] = []
    for node, depth in walk((query.targets, query.having, query.windows)):
        if type(node) is Aggregate and node.level == depth:
            own = lowered(node, depth)
            if isinstance(own, Aggregate) and own not in found:
                found.append(own)
    return found

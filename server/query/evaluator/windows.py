"""Window functions: rows sorted into partitions, and behind each row the values of the calls over its window.

Source: PostgreSQL manual, "Window Functions", "Window Function Calls"; PostgreSQL 15, windowfuncs.c.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from server.query.bound import Expression, Query, Window, WindowCall
from server.query.evaluator import expressions
from server.query.evaluator.calls import base_of
from server.query.evaluator.frames import Partition, compile_frame
from server.query.evaluator.memory import collect
from server.query.evaluator.ordering import Key, hash_key, sort_key
from server.query.evaluator.scope import Frame, Scope
from server.query.evaluator.sorting import SortKey, column_getter, sort_rows
from server.query.evaluator.trees import walk
from server.query.evaluator.window_calls import compile_window_call
from server.query.relations.interface import Row

Stage = Callable[[Iterable[Row], Frame], Iterator[Row]]


def compile_windows(query: Query, scope: Scope, width: int) -> tuple[Stage, Scope, int]:
    """The stage, the scope of its rows, and how wide they are; `scope` and `width` are of the rows before."""
    stages: list[Stage] = []
    found = _calls_of(query)
    for index, window in enumerate(query.windows):
        calls = [each for each in found if each.window == index]
        if calls:
            stages.append(_compile_window(window, calls, scope, width))
            added: tuple[tuple[Expression, int], ...] = tuple((each, width + at) for at, each in enumerate(calls))
            scope = replace(scope, replaced=(*scope.replaced, *added))
            width += len(calls)

    def stage(rows: Iterable[Row], frame: Frame) -> Iterator[Row]:
        for each in stages:
            rows = each(rows, frame)
        return iter(rows)

    return stage, scope, width


def _calls_of(query: Query) -> list[WindowCall]:
    found: list[WindowCall] = []
    for node, depth in walk(query.targets):
        if type(node) is WindowCall and depth == 0 and node not in found:
            found.append(node)
    return found


def _compile_window(window: Window, calls: list[WindowCall], scope: Scope, width: int) -> Stage:
    partition = expressions.compile_all(window.partition_by, scope)
    order = [expressions.compile_expression(each.expression, scope) for each in window.order_by]
    runs = [each.run for each in (*partition, *order)]
    oids = [base_of(each.type) for each in window.partition_by]
    oids += [base_of(each.expression.type) for each in window.order_by]
    count = len(partition)
    # A row stands first, what it is sorted by behind it.
    keys = [SortKey(column_getter(at + 1), sort_key(oid), False, False) for at, oid in enumerate(oids[:count])]
    keys += [
        SortKey(
            column_getter(count + at + 1), sort_key(base_of(each.expression.type)), each.descending, each.nulls_first
        )
        for at, each in enumerate(window.order_by)
    ]
    partition_keys = [(at + 1, hash_key(oid)) for at, oid in enumerate(oids[:count])]
    peer_keys = [(count + at + 1, hash_key(oid)) for at, oid in enumerate(oids[count:])]
    frame_of = compile_frame(window, scope)
    functions = [compile_window_call(each, scope) for each in calls]

    def stage(rows: Iterable[Row], frame: Frame) -> Iterator[Row]:
        entries = [(row, *[run(row, frame) for run in runs]) for row in collect(rows, frame, width)]
        for group in _runs_of(sort_rows(entries, keys), partition_keys):
            members: list[Row] = [entry[0] for entry in group]  # type: ignore[misc]  # the row stands first
            peers = [len(each) for each in _runs_of(group, peer_keys)]
            values = [entry[count + 1] if window.order_by else None for entry in group]
            part = Partition(members, peers, values)
            edges = frame_of(part, frame)
            columns = [function(part, edges, frame) for function in functions]
            frame.limits.steps(len(members))
            for at, row in enumerate(members):
                yield (*row, *[column[at] for column in columns])

    return stage


def _runs_of(entries: Sequence[Row], keys: list[tuple[int, Key]]) -> Iterator[list[Row]]:
    """Neighbours with equal keys, together."""
    current: list[Row] = []
    last: object = None
    for entry in entries:
        key = tuple([None if entry[at] is None else of(entry[at]) for at, of in keys])
        if current and key != last:
            yield current
            current = []
        current.append(entry)
        last = key
    if current:
        yield current

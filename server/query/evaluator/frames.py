"""Window frames: which rows of its partition each row's window function sees.

Source: PostgreSQL manual, "Window Function Calls"; PostgreSQL 15, nodeWindowAgg.c.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.bound import FrameEdge, Window
from server.query.evaluator import calls, expressions
from server.query.evaluator.calls import Comparison, base_of
from server.query.evaluator.ordering import sort_key
from server.query.evaluator.scope import Frame, Run, Scope
from server.query.functions.registry import CallTypes
from server.query.relations.interface import Row


class Partition:
    """The rows of one partition in order.

    Attributes:
        peers: how many rows each group of peers has.
        values: of the first ORDER BY expression.
    """

    def __init__(self, rows: list[Row], peers: list[int], values: list[object]) -> None:
        self.rows = rows
        self.peers = peers
        self.values = values

    @cached_property
    def starts(self) -> list[int]:
        """Where each group of peers begins; one more for the end."""
        return [0, *accumulate(self.peers)]

    @cached_property
    def groups(self) -> list[int]:
        """The number of each row's group."""
        return [number for number, size in enumerate(self.peers) for _ in range(size)]


@dataclass(frozen=True, slots=True)
class Edges:
    """For each row where its frame begins and ends (not included).

    Attributes:
        exclude: CURRENT ROW, GROUP, TIES or None.
        growing: all begin at the first row, and no row is left out: each frame holds the one before.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    exclude: str | None
    growing: bool

    def rows(self, partition: Partition, at: int) -> list[int]:
        """The numbers of the rows in the frame of row `at`."""
        found = range(self.starts[at], max(self.starts[at], self.ends[at]))
        if self.exclude is None:
            return list(found)
        group = partition.groups[at]
        first, end = partition.starts[group], partition.starts[group + 1]
        match self.exclude:
            case "CURRENT ROW":
                return [each for each in found if each != at]
            case "GROUP":
                return [each for each in found if not first <= each < end]
            case _:
                return [each for each in found if each == at or not first <= each < end]


EdgesOf = Callable[[Partition, Frame], Edges]
_EdgeOf = Callable[[Partition, Frame], Sequence[int]]


def compile_frame(window: Window, scope: Scope) -> EdgesOf:
    frame = window.frame
    start_of = _edge(window, frame.start, scope, start=True)
    end_of = _edge(window, frame.end, scope, start=False)
    exclude = None if frame.exclude in (None, "NO OTHERS") else frame.exclude
    growing = frame.start.kind == "UNBOUNDED PRECEDING" and exclude is None
    return lambda partition, run: Edges(start_of(partition, run), end_of(partition, run), exclude, growing)


def _edge(window: Window, edge: FrameEdge, scope: Scope, *, start: bool) -> _EdgeOf:
    unit = window.frame.unit
    match edge.kind:
        case "UNBOUNDED PRECEDING":
            return lambda partition, run: [0] * len(partition.rows)
        case "UNBOUNDED FOLLOWING":
            return lambda partition, run: [len(partition.rows)] * len(partition.rows)
        case "CURRENT ROW":
            if unit == "ROWS":
                return lambda partition, run: [at + (not start) for at in range(len(partition.rows))]
            return lambda partition, run: [partition.starts[group + (not start)] for group in partition.groups]
        case _:
            pass
    assert edge.offset is not None  # noqa: S101  a fault of ours
    offset = expressions.compile_expression(edge.offset, scope).run
    preceding = edge.kind == "PRECEDING"
    if unit == "RANGE":
        return _range_edge(window, edge, offset, start=start, preceding=preceding)

    def counted(partition: Partition, run: Frame) -> Sequence[int]:
        distance = _distance(offset((), run), start=start)
        distance = -distance if preceding else distance
        count = len(partition.rows)
        if unit == "ROWS":
            return [min(max(at + distance + (not start), 0), count) for at in range(count)]
        last = len(partition.peers)
        return [partition.starts[min(max(group + distance + (not start), 0), last)] for group in partition.groups]

    return counted


def _distance(value: object, *, start: bool) -> int:
    word = "starting" if start else "ending"
    if value is None:
        raise InvalidValue(f"frame {word} offset must not be null", sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
    assert isinstance(value, int)  # noqa: S101  a fault of ours
    if value < 0:
        message = f"frame {word} offset must not be negative"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PRECEDING_OR_FOLLOWING_SIZE)
    return value


def _range_edge(window: Window, edge: FrameEdge, offset: Run, *, start: bool, preceding: bool) -> _EdgeOf:
    (order,) = window.order_by
    descending = order.descending
    function = window.frame.subtract if preceding != descending else window.frame.add
    assert function is not None and edge.offset is not None  # noqa: PT018, S101
    oid = base_of(order.expression.type)
    types = CallTypes((oid, base_of(edge.offset.type)), function.result)
    move: Comparison = calls.comparison(function, types)
    key = sort_key(oid)

    def ranged(partition: Partition, run: Frame) -> Sequence[int]:
        distance = offset((), run)
        if distance is None:
            word = "starting" if start else "ending"
            raise InvalidValue(f"frame {word} offset must not be null", sqlstate=SqlState.NULL_VALUE_NOT_ALLOWED)
        if isinstance(distance, int | float) and distance < 0:
            message = "invalid preceding or following size in window function"
            raise InvalidValue(message, sqlstate=SqlState.INVALID_PRECEDING_OR_FOLLOWING_SIZE)
        values = partition.values
        present = [at for at, value in enumerate(values) if value is not None]
        first = present[0] if present else 0
        keys = [key(values[at]) for at in present]
        if descending:
            keys.reverse()
        edges: list[int] = []
        for at, value in enumerate(values):
            if value is None:
                # NULLs are peers of each other and of nothing else.
                edges.append(partition.starts[partition.groups[at] + (not start)])
                continue
            limit = key(move(value, distance, run))
            # With the order turned round, what begins there ends here.
            left = bisect_left if start != descending else bisect_right
            place = left(keys, limit)  # type: ignore[call-overload]  # keys compare
            edges.append(first + (len(keys) - place if descending else place))
        return edges

    return ranged

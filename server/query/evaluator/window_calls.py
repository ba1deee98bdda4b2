"""The window functions themselves, and aggregates over frames: each gives a value for every row of a partition."""

from collections.abc import Callable, Sequence

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.bound import Aggregate, WindowCall
from server.query.evaluator import expressions
from server.query.evaluator.aggregates import compile_aggregate
from server.query.evaluator.calls import base_of
from server.query.evaluator.frames import Edges, Partition
from server.query.evaluator.scope import Frame, Run, Scope
from server.query.functions.registry import CallTypes, find_aggregate
from server.query.functions.signature import FunctionKind

Column = Callable[[Partition, Edges, Frame], Sequence[object]]


def compile_window_call(call: WindowCall, scope: Scope) -> Column:
    if call.function.kind is FunctionKind.AGGREGATE:
        return _aggregate(call, scope)
    arguments = [each.run for each in expressions.compile_all(call.arguments, scope)]
    match call.function.name:
        case "row_number":
            return lambda part, edges, frame: range(1, len(part.rows) + 1)
        case "rank":
            return lambda part, edges, frame: [part.starts[group] + 1 for group in part.groups]
        case "dense_rank":
            return lambda part, edges, frame: [group + 1 for group in part.groups]
        case "percent_rank":
            return _percent_rank
        case "cume_dist":
            return lambda part, edges, frame: [part.starts[group + 1] / len(part.rows) for group in part.groups]
        case "ntile":
            return _ntile(arguments[0])
        case "lag":
            return _shifted(arguments, -1)
        case "lead":
            return _shifted(arguments, 1)
        case "first_value":
            return _nth(arguments[0], lambda row, frame: 1)
        case "last_value":
            return _last(arguments[0])
        case "nth_value":
            return _nth(arguments[0], arguments[1])
        case name:
            raise AssertionError(f"{name} is no window function")


def _percent_rank(part: Partition, edges: Edges, frame: Frame) -> Sequence[object]:
    others = len(part.rows) - 1
    return [part.starts[group] / others if others else 0.0 for group in part.groups]


def _ntile(count_of: Run) -> Column:
    def column(part: Partition, edges: Edges, frame: Frame) -> Sequence[object]:
        total = len(part.rows)
        count = count_of(part.rows[0], frame)
        if count is None:
            return [None] * total
        assert isinstance(count, int)  # noqa: S101  a fault of ours
        if count <= 0:
            message = "argument of ntile must be greater than zero"
            raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_NTILE)
        # The first buckets take one more each of what is left over.
        size, larger = divmod(total, count)
        edge = larger * (size + 1)
        return [at // (size + 1) + 1 if at < edge else larger + (at - edge) // max(size, 1) + 1 for at in range(total)]

    return column


def _shifted(arguments: list[Run], direction: int) -> Column:
    value = arguments[0]
    offset_of = arguments[1] if len(arguments) > 1 else None
    default = arguments[2] if len(arguments) > 2 else None

    def column(part: Partition, edges: Edges, frame: Frame) -> Sequence[object]:
        rows = part.rows
        found: list[object] = []
        for at, row in enumerate(rows):
            offset = 1 if offset_of is None else offset_of(row, frame)
            if offset is None:
                found.append(None)
                continue
            assert isinstance(offset, int)  # noqa: S101  a fault of ours
            there = at + direction * offset
            if 0 <= there < len(rows):
                found.append(value(rows[there], frame))
            else:
                found.append(None if default is None else default(row, frame))
        return found

    return column


def _nth(value: Run, number_of: Run) -> Column:
    def column(part: Partition, edges: Edges, frame: Frame) -> Sequence[object]:
        found: list[object] = []
        for at, row in enumerate(part.rows):
            number = number_of(row, frame)
            if number is None:
                found.append(None)
                continue
            assert isinstance(number, int)  # noqa: S101  a fault of ours
            if number <= 0:
                message = "argument of nth_value must be greater than zero"
                raise InvalidValue(message, sqlstate=SqlState.INVALID_ARGUMENT_FOR_NTH_VALUE)
            there = _frame_row(part, edges, at, number - 1)
            found.append(None if there is None else value(part.rows[there], frame))
        return found

    return column


def _last(value: Run) -> Column:
    def column(part: Partition, edges: Edges, frame: Frame) -> Sequence[object]:
        there = [_frame_row(part, edges, at, -1) for at in range(len(part.rows))]
        return [None if each is None else value(part.rows[each], frame) for each in there]

    return column


def _frame_row(part: Partition, edges: Edges, at: int, number: int) -> int | None:
    """The row that is `number`-th in the frame of row `at`, from 0; -1 the last one."""
    if edges.exclude is None:
        first, end = edges.starts[at], edges.ends[at]
        there = end - 1 if number < 0 else first + number
        return there if first <= there < end else None
    rows = edges.rows(part, at)
    if number < 0:
        return rows[-1] if rows else None
    return rows[number] if number < len(rows) else None


def _aggregate(call: WindowCall, scope: Scope) -> Column:
    aggregate = Aggregate(
        call.function, call.arguments, call.type, star=call.star, filter=call.filter, modifier=call.modifier
    )
    total = compile_aggregate(aggregate, scope)
    running = _running(call, scope)

    def column(part: Partition, edges: Edges, frame: Frame) -> Sequence[object]:
        if edges.growing and running is not None and edges.ends[0] < len(part.rows):
            return running(part, edges, frame)
        found: list[object] = []
        last: object = None
        for at in range(len(part.rows)):
            span = (edges.starts[at], edges.ends[at])
            if at and edges.exclude is None and span == last:
                found.append(found[-1])
                continue
            last = span
            chosen = edges.rows(part, at)
            frame.limits.steps(len(chosen))
            found.append(total.of([part.rows[each] for each in chosen], frame))
        return found

    return column


def _running(call: WindowCall, scope: Scope) -> Column | None:
    """Over frames that only grow: each row is taken in once."""
    make = find_aggregate(call.function)
    if make is None:
        return None
    maker, strict = make, call.function.strict
    runs = [each.run for each in expressions.compile_all(call.arguments, scope)]
    keep = expressions.compile_condition(call.filter, scope)
    types = CallTypes(tuple([base_of(each.type) for each in call.arguments]), base_of(call.type))

    def column(part: Partition, edges: Edges, frame: Frame) -> Sequence[object]:
        state = maker(types, frame.runtime)
        taken = 0
        found: list[object] = []
        for at, end in enumerate(edges.ends):
            if at and end <= taken:
                found.append(found[-1])
                continue
            for row in part.rows[taken:end]:
                if keep is not None and not keep(row, frame):
                    continue
                values = [run(row, frame) for run in runs]
                if not strict or not any(value is None for value in values):
                    state.add(*values)
            taken = max(taken, end)
            found.append(state.result())
        return found

    return column

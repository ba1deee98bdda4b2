"""Functions that return sets, in FROM and in select lists."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from protocol.arrays import Record
from server.query.bound import Call, Expression
from server.query.evaluator import calls, expressions
from server.query.evaluator.scope import Frame, Scope
from server.query.evaluator.trees import has_sets, walk
from server.query.relations.interface import Row

Produce = Callable[[Row, Frame], Iterable[Row]]
Values = Callable[[Row, Frame], Iterable[object]]


def compile_rows_of(expression: Expression, scope: Scope, width: int, *, returns_row: bool) -> Produce:
    """The rows of a function in FROM; of one that returns no set, its only one."""
    if isinstance(expression, Call) and expression.returns_set:
        values = calls.compile_call(expression, scope, raw=True).run

        def each_row(row: Row, frame: Frame) -> Iterable[Row]:
            found = values(row, frame)
            if found is None:
                return ()
            assert isinstance(found, Iterable)  # noqa: S101  a fault of ours
            if returns_row:
                return (_fields(each, width) for each in found)
            return ((each,) for each in found)

        return each_row
    only = expressions.compile_expression(expression, scope).run
    if returns_row:
        return lambda row, frame: (_fields(only(row, frame), width),)
    return lambda row, frame: ((only(row, frame),),)


def _fields(value: object, width: int) -> Row:
    if value is None:
        return (None,) * width
    if isinstance(value, Record):
        return tuple([each for _, each in value.fields])
    assert isinstance(value, tuple)  # noqa: S101  a fault of ours
    return value


class SetStage:
    """Puts the values of set-returning calls behind each row, all of one depth side by side, padded with NULL."""

    def __init__(self, values: list[Values]) -> None:
        self._values = values

    def rows(self, rows: Iterable[Row], frame: Frame) -> Iterator[Row]:
        for row in rows:
            iterators = [iter(each(row, frame)) for each in self._values]
            while True:
                frame.limits.step()
                found = [next(each, _END) for each in iterators]
                if all(each is _END for each in found):
                    break
                yield (*row, *(None if each is _END else each for each in found))


_END = object()


def compile_sets(expressions_: list[Expression], scope: Scope, width: int) -> tuple[list[SetStage], Scope]:
    """The stages that compute all set-returning calls in some expressions, innermost first, and the scope after."""
    stages: list[SetStage] = []
    while True:
        found: list[Call] = []
        done = [each for each, _ in scope.replaced]
        for expression in expressions_:
            for node, depth in walk(expression):
                if not isinstance(node, Call) or not node.returns_set or depth or node in done or node in found:
                    continue
                if all(_is_ready(argument, done) for argument in node.arguments):
                    found.append(node)
        if not found:
            return stages, scope
        stages.append(SetStage([_values_of(call, scope) for call in found]))
        added = tuple((call, width + index) for index, call in enumerate(found))
        scope = replace(scope, replaced=(*scope.replaced, *added))
        width += len(found)


def _is_ready(argument: Expression, done: list[Expression]) -> bool:
    """Whether all set-returning calls in it are computed."""
    if not has_sets(argument):
        return True
    if argument in done:
        return True
    inner = [node for node, depth in walk(argument) if isinstance(node, Call) and node.returns_set and not depth]
    return all(node in done for node in inner)


def _values_of(call: Call, scope: Scope) -> Values:
    run = calls.compile_call(call, scope, raw=True).run
    outputs = call.function.outputs
    if len(outputs) > 1:
        types, names = [calls.base_of(oid) for _, oid in outputs], tuple([name for name, _ in outputs])

        def records(row: Row, frame: Frame) -> Iterable[object]:
            found = run(row, frame)
            assert found is None or isinstance(found, Iterable)  # noqa: S101  a fault of ours
            return (calls.as_record(each, types, names) for each in found or ())

        return records

    def values(row: Row, frame: Frame) -> Iterable[object]:
        found = run(row, frame)
        assert found is None or isinstance(found, Iterable)  # noqa: S101  a fault of ours
        return () if found is None else found

    return values

"""Rows as values: ROW(..), a whole row of an item, fields, and comparisons of rows."""

from protocol.arrays import Record
from server.query import bound
from server.query.evaluator import calls, expressions
from server.query.evaluator.scope import Code, Frame, Scope
from server.query.relations.interface import Row


def compile_make_row(expression: bound.MakeRow, scope: Scope) -> Code:
    fields = expressions.compile_all(expression.fields, scope)
    parts = [(calls.base_of(each.type), code.run) for each, code in zip(expression.fields, fields, strict=True)]
    names = expression.names

    def run(row: Row, frame: Frame) -> object:
        return Record(tuple([(oid, each(row, frame)) for oid, each in parts]), names)

    return Code(run, closed=all(each.closed for each in fields))


def compile_whole_row(column: bound.Column, scope: Scope, there: Scope) -> Code:
    """The row of an item as a value; NULL where an outer join has found none.

    SILENT: a row whose columns are all NULL is NULL too, since nothing else tells an outer join's from it.
    """
    start = there.layout[column.item]
    columns = there.items[column.item].columns
    values = [expressions.outer_value(scope, column.level, start + index).run for index in range(len(columns))]
    parts = [(calls.base_of(each.type), value) for each, value in zip(columns, values, strict=True)]
    names = tuple([each.name for each in columns])

    def run(row: Row, frame: Frame) -> object:
        fields = tuple([(oid, value(row, frame)) for oid, value in parts])
        return Record(fields, names) if any(each is not None for _, each in fields) else None

    return Code(run)


def compile_field(expression: bound.Field, scope: Scope) -> Code:
    operand = expressions.compile_expression(expression.operand, scope)
    inner, index = operand.run, expression.index

    def run(row: Row, frame: Frame) -> object:
        value = inner(row, frame)
        if value is None:
            return None
        if isinstance(value, Record):
            return value.fields[index][1]
        # What a function with OUT columns gives is a plain tuple.
        assert isinstance(value, tuple)  # noqa: S101  a fault of ours
        return value[index]

    return Code(run, closed=operand.closed)


def compile_row_comparison(expression: bound.RowComparison, scope: Scope) -> Code:
    """Compare from the left until a pair differs, or is NULL where it matters."""
    left = expressions.compile_all(expression.left, scope)
    right = expressions.compile_all(expression.right, scope)
    types = [(one.type, other.type) for one, other in zip(expression.left, expression.right, strict=True)]
    compare = [
        calls.comparison(function, calls.pair_types(*pair, function))
        for pair, function in zip(types, expression.functions, strict=True)
    ]
    closed = all(each.closed for each in (*left, *right))
    pairs = list(zip([each.run for each in left], [each.run for each in right], compare, strict=True))
    if expression.operator in ("=", "<>"):
        decisive = expression.operator == "<>"

        def equality(row: Row, frame: Frame) -> object:
            outcome: bool | None = not decisive
            for one, other, compared in pairs:
                first, second = one(row, frame), other(row, frame)
                if first is None or second is None:
                    outcome = None
                elif bool(compared(first, second, frame)) is decisive:
                    return decisive
            return outcome

        return Code(equality, closed=closed)
    equals = [
        calls.comparison(function, calls.pair_types(*pair, function))
        for pair, function in zip(types, expression.equals, strict=False)
    ]
    or_equal = expression.operator.endswith("=")
    steps = list(zip(pairs, equals, strict=False))

    def order(row: Row, frame: Frame) -> object:
        for (one, other, compared), equal in steps:
            first, second = one(row, frame), other(row, frame)
            if first is None or second is None:
                return None
            if not equal(first, second, frame):
                return compared(first, second, frame)
        return or_equal

    return Code(order, closed=closed)

"""Three-valued logic and the expressions that choose between others: CASE, COALESCE, NULLIF, GREATEST."""

from dataclasses import replace

from protocol.arrays import Record
from server.query import bound
from server.query.evaluator import calls, expressions
from server.query.evaluator.scope import Code, Frame, Run, Scope
from server.query.relations.interface import Row


def compile_logical(expression: bound.Logical, scope: Scope) -> Code:
    arguments = expressions.compile_all(expression.arguments, scope)
    closed = all(each.closed for each in arguments)
    runs = [each.run for each in arguments]
    match expression.operator:
        case "NOT":
            return Code(_not(runs[0]), closed=closed)
        case "AND":
            return Code(_decide(runs, deciding=False), closed=closed)
        case "OR":
            return Code(_decide(runs, deciding=True), closed=closed)


def _not(operand: Run) -> Run:
    def run(row: Row, frame: Frame) -> object:
        value = operand(row, frame)
        return None if value is None else not value

    return run


def _decide(operands: list[Run], *, deciding: bool) -> Run:
    """The first operand that is `deciding` settles it; else NULL if there was one."""

    def run(row: Row, frame: Frame) -> object:
        outcome: bool | None = not deciding
        for operand in operands:
            value = operand(row, frame)
            if value is deciding:
                return deciding
            if value is None:
                outcome = None
        return outcome

    return run


def compile_is_null(expression: bound.IsNull, scope: Scope) -> Code:
    operand = expressions.compile_expression(expression.operand, scope)
    inner, negated = operand.run, expression.negated
    if expression.of_row:

        def of_row(row: Row, frame: Frame) -> object:
            value = inner(row, frame)
            if not isinstance(value, Record):
                return (value is None) != negated
            return all((each is None) != negated for _, each in value.fields)

        return Code(of_row, closed=operand.closed)
    if operand.position >= 0:
        position = operand.position
        if negated:
            return Code(lambda row, frame: row[position] is not None)
        return Code(lambda row, frame: row[position] is None)
    return Code(lambda row, frame: (inner(row, frame) is None) != negated, closed=operand.closed)


def compile_is_truth(expression: bound.IsTruth, scope: Scope) -> Code:
    operand = expressions.compile_expression(expression.operand, scope)
    inner, value, negated = operand.run, expression.value, expression.negated
    return Code(lambda row, frame: (inner(row, frame) is value) != negated, closed=operand.closed)


def compile_is_distinct(expression: bound.IsDistinct, scope: Scope) -> Code:
    left, right = (expressions.compile_expression(each, scope) for each in (expression.left, expression.right))
    types = calls.pair_types(expression.left.type, expression.right.type, expression.equals)
    equals = calls.comparison(expression.equals, types)
    first_of, second_of, negated = left.run, right.run, expression.negated

    def run(row: Row, frame: Frame) -> object:
        first, second = first_of(row, frame), second_of(row, frame)
        if first is None or second is None:
            return (first is not second) != negated
        return (not equals(first, second, frame)) != negated

    return Code(run, closed=left.closed and right.closed)


def compile_case(expression: bound.Case, scope: Scope) -> Code:
    closed = True
    operand_run: Run | None = None
    slot = -1
    inner = scope
    if expression.operand is not None:
        operand = expressions.compile_expression(expression.operand, scope)
        operand_run, closed = operand.run, operand.closed
        slot = scope.context.take_slot()
        inner = replace(scope, operand=slot)
    branches: list[tuple[Run, Run]] = []
    for condition, result in expression.branches:
        test = expressions.compile_expression(condition, inner)
        value = expressions.compile_expression(result, scope)
        closed = closed and test.closed and value.closed
        branches.append((test.run, value.run))
    default = (
        expressions.NULL if expression.default is None else expressions.compile_expression(expression.default, scope)
    )
    otherwise = default.run

    def choose(row: Row, frame: Frame) -> object:
        for test_run, value_run in branches:
            if test_run(row, frame):
                return value_run(row, frame)
        return otherwise(row, frame)

    if operand_run is None:
        return Code(choose, closed=closed and default.closed)
    operand_of = operand_run

    def choose_by_operand(row: Row, frame: Frame) -> object:
        frame.slots[slot] = operand_of(row, frame)
        return choose(row, frame)

    return Code(choose_by_operand)


def compile_coalesce(expression: bound.Coalesce, scope: Scope) -> Code:
    arguments = expressions.compile_all(expression.arguments, scope)
    runs = [each.run for each in arguments]

    def run(row: Row, frame: Frame) -> object:
        for each in runs:
            value = each(row, frame)
            if value is not None:
                return value
        return None

    return Code(run, closed=all(each.closed for each in arguments))


def compile_null_if(expression: bound.NullIf, scope: Scope) -> Code:
    left, right = expressions.compile_all(expression.arguments, scope)
    result = expressions.compile_expression(expression.result, scope)
    types = calls.pair_types(expression.arguments[0].type, expression.arguments[1].type, expression.equals)
    equals = calls.comparison(expression.equals, types)
    first_of, second_of, result_of = left.run, right.run, result.run

    def run(row: Row, frame: Frame) -> object:
        first, second = first_of(row, frame), second_of(row, frame)
        if first is not None and second is not None and equals(first, second, frame):
            return None
        return result_of(row, frame)

    return Code(run, closed=left.closed and right.closed and result.closed)


def compile_extreme(expression: bound.Extreme, scope: Scope) -> Code:
    arguments = expressions.compile_all(expression.arguments, scope)
    runs = [each.run for each in arguments]
    less = calls.comparison(expression.less, calls.pair_types(expression.type, expression.type, expression.less))
    greatest = expression.greatest

    def run(row: Row, frame: Frame) -> object:
        best: object = None
        for each in runs:
            value = each(row, frame)
            if value is None:
                continue
            if best is None or (less(best, value, frame) if greatest else less(value, best, frame)):
                best = value
        return best

    return Code(run, closed=all(each.closed for each in arguments))

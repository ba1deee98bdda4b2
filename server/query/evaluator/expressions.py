"""Expressions into closures: `compile_expression` gives a function of (row, frame) for a bound expression.

AND, OR and NOT are three-valued, NULL being None. A closure that a condition is made of may be used as it stands, since
None counts as false.
"""

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Final, assert_never

from server.query import bound
from server.query.bound import Expression
from server.query.evaluator import arrays, calls, casts, conditionals, records, subqueries
from server.query.evaluator.scope import UNSET, Code, Frame, Run, Scope
from server.query.evaluator.trees import conjuncts_of, lowered
from server.query.relations.interface import Row

NULL: Final = Code(lambda row, frame: None, constant=True, closed=True)


def constant(value: object) -> Code:
    return Code(lambda row, frame: value, constant=True, value=value, closed=True)


def compile_expression(expression: Expression, scope: Scope) -> Code:
    """Compile one expression.

    What depends on nothing but the run is computed once in it, when it is first needed.
    """
    if scope.any_replaced():
        found = _find_replaced(expression, scope)
        if found is not None:
            return found
    code = _compile(expression, scope)
    if code.closed and not code.constant and not isinstance(expression, bound.ParameterValue | bound.Relabel):
        return once(code, scope)
    return code


def compile_all(expressions: tuple[Expression, ...], scope: Scope) -> list[Code]:
    return [compile_expression(each, scope) for each in expressions]


def compile_condition(expression: Expression | None, scope: Scope) -> Run | None:
    """A test of a row that is true or not: for WHERE, where NULL and false are the same."""
    return compile_conditions(conjuncts_of(expression), scope)


def compile_conditions(conjuncts: list[Expression], scope: Scope) -> Run | None:
    """The same for what AND joins; None when nothing is asked."""
    runs = [_compile_test(each, scope) for each in conjuncts]
    match runs:
        case []:
            return None
        case [only]:
            return only
        case [first, second]:
            return lambda row, frame: first(row, frame) and second(row, frame)
        case [first, second, third]:
            return lambda row, frame: first(row, frame) and second(row, frame) and third(row, frame)
        case _:

            def every(row: Row, frame: Frame) -> object:
                # A loop is faster than all() over a generator, and this is asked of every row.
                for run in runs:  # noqa: SIM110
                    if not run(row, frame):
                        return False
                return True

            return every


def _compile_test(expression: Expression, scope: Scope) -> Run:
    """As the expression itself, but without telling NULL from false."""
    if isinstance(expression, bound.Call) and len(expression.arguments) == 2:
        comparison = calls.PLAIN_COMPARISONS.get(expression.function.name)
        if comparison is operator.eq:
            left, right = compile_all(expression.arguments, scope)
            position = left.position
            if right.constant and right.value is not None and position >= 0:
                value = right.value
                return lambda row, frame: row[position] == value
            if right.position >= 0 and position >= 0:
                other = right.position
                return lambda row, frame: row[position] is not None and row[position] == row[other]
            if position >= 0:
                run = right.run
                # Beside a NULL too: what it raises is raised.
                return lambda row, frame: (found := run(row, frame)) is not None and row[position] == found
    return compile_expression(expression, scope).run


def column_at(position: int) -> Code:
    return Code(lambda row, frame: row[position], position)


def _compile(expression: Expression, scope: Scope) -> Code:
    match expression:
        case bound.Constant(value=value):
            return constant(value)
        case bound.ParameterValue():
            return casts.compile_parameter(expression)
        case bound.Column():
            return _compile_column(expression, scope)
        case bound.GroupedColumn(index=index):
            return column_at(index)
        case bound.Call():
            return calls.compile_call(expression, scope)
        case bound.Logical():
            return conditionals.compile_logical(expression, scope)
        case bound.IsNull():
            return conditionals.compile_is_null(expression, scope)
        case bound.IsTruth():
            return conditionals.compile_is_truth(expression, scope)
        case bound.IsDistinct():
            return conditionals.compile_is_distinct(expression, scope)
        case bound.ArrayComparison():
            return arrays.compile_array_comparison(expression, scope)
        case bound.RowComparison():
            return records.compile_row_comparison(expression, scope)
        case bound.CaseOperand():
            return _compile_slot(scope.operand)
        case bound.Case():
            return conditionals.compile_case(expression, scope)
        case bound.Coalesce():
            return conditionals.compile_coalesce(expression, scope)
        case bound.NullIf():
            return conditionals.compile_null_if(expression, scope)
        case bound.Extreme():
            return conditionals.compile_extreme(expression, scope)
        case bound.MakeArray():
            return arrays.compile_make_array(expression, scope)
        case bound.MakeRow():
            return records.compile_make_row(expression, scope)
        case bound.Field():
            return records.compile_field(expression, scope)
        case bound.ElementOf():
            return arrays.compile_element(expression, scope)
        case bound.Relabel():
            return casts.compile_relabel(expression, scope)
        case bound.ThroughText():
            return casts.compile_through_text(expression, scope)
        case bound.ConvertElements():
            return arrays.compile_convert_elements(expression, scope)
        case bound.ScalarSubquery():
            return subqueries.compile_scalar(expression, scope)
        case bound.ArraySubquery():
            return subqueries.compile_array(expression, scope)
        case bound.Exists():
            return subqueries.compile_exists(expression, scope)
        case bound.InSubquery():
            return subqueries.compile_in(expression, scope)
        case bound.SubqueryColumn(index=index):
            slot = scope.subquery

            def subquery_column(row: Row, frame: Frame) -> object:
                values = frame.slots[slot]
                assert isinstance(values, tuple)  # noqa: S101  a fault of ours
                return values[index]

            return Code(subquery_column)
        case bound.Aggregate() | bound.WindowCall() | bound.GroupingCall():
            raise AssertionError(f"{type(expression).__name__} outside of what is grouped")
        case _:
            assert_never(expression)


def _compile_slot(slot: int) -> Code:
    return Code(lambda row, frame: frame.slots[slot])


def once(code: Code, scope: Scope) -> Code:
    """Computed the first time a run needs it."""
    cell = scope.context.cells.take()
    inner = code.run

    def run(row: Row, frame: Frame) -> object:
        value = frame.cells[cell]
        if value is UNSET:
            value = frame.cells[cell] = inner(row, frame)
        return value

    return replace(code, run=run)


def _find_replaced(expression: Expression, scope: Scope) -> Code | None:
    """What the row here, or that of a query around it, already holds computed."""
    around: Scope | None = scope
    level = 0
    while around is not None:
        if around.replaced:
            there = lowered(expression, level)
            if there is not None:
                for each, position in around.replaced:
                    if each == there:
                        return outer_value(scope, level, position)
        around = around.parent
        level += 1
    return None


def _compile_column(column: bound.Column, scope: Scope) -> Code:
    there = scope
    for _ in range(column.level):
        parent = there.parent
        assert parent is not None  # noqa: S101  a fault of ours
        there = parent
    if column.number == 0:
        return records.compile_whole_row(column, scope, there)
    if column.number < 0:
        return outer_value(scope, column.level, there.systems[column.item, column.number])
    return outer_value(scope, column.level, there.layout[column.item] + column.number - 1)


def outer_value(scope: Scope, level: int, position: int) -> Code:
    """The value at a position of the row `level` queries outwards; notes that the queries between read it."""
    if level == 0:
        return column_at(position)
    context = scope.context
    for outwards in range(level, 0, -1):
        context.outer.add((outwards, position))
        if outwards > 1:
            assert context.parent is not None  # noqa: S101  a fault of ours
            context = context.parent.context
    return Code(outer_getter(level, position))


def outer_getter(level: int, position: int) -> Run:
    """How an expression reads the row `level` queries outwards; level 1 at least."""
    if level == 1:
        return lambda row, frame: frame.row[position]
    if level == 2:
        return lambda row, frame: frame.parent.row[position]  # type: ignore[union-attr]  # it is not the outermost

    def run(row: Row, frame: Frame) -> object:
        for _ in range(level - 1):
            assert frame.parent is not None  # noqa: S101  a fault of ours
            frame = frame.parent
        return frame.row[position]

    return run


Compiler = Callable[[Expression, Scope], Code]

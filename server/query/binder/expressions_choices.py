"""CASE, COALESCE, GREATEST, LEAST and NULLIF.

Source: PostgreSQL 15, transformCaseExpr, transformCoalesceExpr, transformMinMaxExpr, transformAExprNullIf.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

from protocol.types import BOOL, TEXT, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.coercion import select_common_modifier, select_common_type, to_boolean, to_common_type
from server.query.binder.expressions_operators import operate
from server.query.binder.ordering import find_less, is_ordered
from server.query.binder.places import place_of
from server.query.binder.type_facts import format_type
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

_SET_HINT = "You might be able to move the set-returning function into a LATERAL FROM item."


def bind_case(binder: "ExpressionBinder", e: select.Case) -> bound.Expression:
    """CASE; with an operand, the conditions compare CaseOperand with what follows WHEN."""
    set_before = binder.last_set_at
    operand = None
    if e.operand is not None:
        operand = binder.bind(e.operand)
        if operand.type == UNKNOWN:
            operand = to_common_type(binder.context, operand, TEXT, "CASE", place_of(e.operand))
    conditions: list[bound.Expression] = []
    results: list[bound.Expression] = []
    for branch in e.branches:
        conditions.append(_condition(binder, operand, branch))
        results.append(binder.bind(branch.result))
    default = bound.Constant(None, UNKNOWN) if e.default is None else binder.bind(e.default)
    default_at = e.at if e.default is None else place_of(e.default)
    # The default counts most in the choice of the type.
    places = [default_at, *(place_of(branch.result) for branch in e.branches)]
    common = select_common_type([default.type, *(each.type for each in results)], "CASE", places)
    default = to_common_type(binder.context, default, common, "CASE/ELSE", default_at)
    converted = [
        to_common_type(binder.context, each, common, "CASE/WHEN", place)
        for each, place in zip(results, places[1:], strict=True)
    ]
    _refuse_sets(binder, set_before, "CASE")
    return bound.Case(
        operand,
        tuple(zip(conditions, converted, strict=True)),
        None if e.default is None else default,
        common,
        select_common_modifier([default, *converted], common),
    )


def _condition(binder: "ExpressionBinder", operand: bound.Expression | None, branch: select.When) -> bound.Expression:
    if operand is None:
        return to_boolean(binder.context, binder.bind(branch.condition), "CASE/WHEN", place_of(branch.condition))
    at = branch.at or place_of(branch.condition)
    stand_in = bound.CaseOperand(operand.type, operand.modifier)
    right = (binder.bind(branch.condition), place_of(branch.condition))
    return to_boolean(binder.context, operate(binder, "=", (stand_in, at), right, at), "CASE/WHEN", at)


def bind_choose(binder: "ExpressionBinder", e: select.Choose) -> bound.Expression:
    if e.choice is select.Choice.NULLIF:
        return _bind_null_if(binder, e)
    set_before = binder.last_set_at
    what = e.choice.name
    values = [binder.bind(each) for each in e.arguments]
    places = [place_of(each) for each in e.arguments]
    common = select_common_type([each.type for each in values], what, places)
    converted = _convert(binder, values, places, common, what)
    modifier = select_common_modifier(converted, common)
    match e.choice:
        case select.Choice.COALESCE:
            _refuse_sets(binder, set_before, "COALESCE")
            return bound.Coalesce(converted, common, modifier)
        case select.Choice.GREATEST | select.Choice.LEAST:
            if not is_ordered(common):
                raise OdpsError(Condition.COMPARISON_NOT_FOUND, type=format_type(common))
            greatest = e.choice is select.Choice.GREATEST
            return bound.Extreme(converted, greatest, find_less(common), common, modifier)
        case _:
            assert_never(e.choice)


def _convert(
    binder: "ExpressionBinder", values: Sequence[bound.Expression], places: Sequence[int], common: Oid, what: str
) -> tuple[bound.Expression, ...]:
    return tuple(
        to_common_type(binder.context, each, common, what, place) for each, place in zip(values, places, strict=True)
    )


def _bind_null_if(binder: "ExpressionBinder", e: select.Choose) -> bound.Expression:
    """NULLIF gives its first argument as the comparison has it."""
    left, right = ((binder.bind(each), place_of(each)) for each in e.arguments)
    call = operate(binder, "=", left, right, e.at)
    if call.type != BOOL:
        raise OdpsError(Condition.OPERATOR_NOT_BOOLEAN, what="NULLIF", at=e.at)
    first, second = call.arguments
    return bound.NullIf(first, (first, second), call.function, first.type, first.modifier)


def _refuse_sets(binder: "ExpressionBinder", before: int | None, where: str) -> None:
    if binder.last_set_at != before:
        raise OdpsError(Condition.SET_MISPLACED, where=where, hint=_SET_HINT, at=binder.last_set_at)

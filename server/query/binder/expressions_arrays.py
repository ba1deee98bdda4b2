"""`ARRAY[..]` and subscripts.

Source: PostgreSQL 15, transformArrayExpr in parse_expr.c, transformContainerSubscripts in parse_node.c,
array_subscript_transform and jsonb_subscript_transform.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from protocol.arrays import MAX_DIMENSIONS
from protocol.types import CHAR, INT4, JSONB, NAME, NO_TYPE, TEXT, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import type_facts as facts
from server.query.binder.casts import can_coerce
from server.query.binder.coercion import select_common_modifier, select_common_type, to_common_type, try_coerce
from server.query.binder.overloads import find_operator, operator_function
from server.query.binder.places import place_of
from server.query.binder.type_facts import format_type
from server.query.postgres.types import base_type
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder


def bind_array(
    binder: "ExpressionBinder",
    e: select.ArrayOf,
    array_type: Oid = NO_TYPE,
    element_type: Oid = NO_TYPE,
    modifier: int = -1,
) -> bound.MakeArray:
    """`ARRAY[..]`.

    Args:
        array_type, element_type, modifier: what a cast right around it says it is to be, which its elements are then
            cast to one by one.
    """
    elements: list[bound.Expression] = []
    nested = False
    for each in e.elements:
        if isinstance(each, select.ArrayOf):
            nested = True
            elements.append(bind_array(binder, each, array_type, element_type, modifier))
        else:
            value = binder.bind(each)
            nested = nested or facts.element_of(value.type) != NO_TYPE
            elements.append(value)
    places = [place_of(each) for each in e.elements]
    if array_type:
        target = array_type if nested else element_type
        converted = [
            _cast_element(binder, value, target, modifier, at) for value, at in zip(elements, places, strict=True)
        ]
    else:
        if not elements:
            raise OdpsError(
                Condition.EMPTY_ARRAY,
                hint="Explicitly cast to the desired type, for example ARRAY[]::integer[].",
                at=e.at,
            )
        target = select_common_type([each.type for each in elements], "ARRAY", places)
        array_type, element_type = _types(target, e.at, nested=nested)
        converted = [
            to_common_type(binder.context, value, target, "ARRAY", at)
            for value, at in zip(elements, places, strict=True)
        ]
    return bound.MakeArray(
        tuple(converted), element_type, array_type, nested, select_common_modifier(converted, target)
    )


def _types(common: Oid, at: int, *, nested: bool) -> tuple[Oid, Oid]:
    """The type of the array and of its elements, from what its parts have in common."""
    if nested:
        element = facts.element_of(common)
        if not element:
            raise OdpsError(Condition.ELEMENT_TYPE_MISSING, type=format_type(common), at=at)
        return common, element
    array = facts.array_of(common)
    if not array:
        raise OdpsError(Condition.ARRAY_TYPE_MISSING, type=format_type(common), at=at)
    return array, common


def _cast_element(
    binder: "ExpressionBinder", value: bound.Expression, target: Oid, modifier: int, at: int
) -> bound.Expression:
    result = try_coerce(binder.context, value, target, modifier, "explicit", at)
    if result is None:
        raise OdpsError(Condition.CAST_NOT_FOUND, source=format_type(value.type), target=format_type(target), at=at)
    return result


def bind_subscripted(binder: "ExpressionBinder", e: select.Subscripted) -> bound.Expression:
    """`x[..]`, of an array, a vector, a name or jsonb."""
    operand = binder.bind(e.operand)
    container = base_type(operand.type)
    at = place_of(e.operand)
    if container == JSONB:
        return _bind_json_path(binder, operand, e)
    element = CHAR if container == NAME else facts.element_of(container)
    if not element:
        raise OdpsError(Condition.SUBSCRIPT_NOT_SUPPORTED, type=format_type(operand.type), at=at)
    if len(e.subscripts) > MAX_DIMENSIONS:
        raise OdpsError(Condition.SUBSCRIPTS_TOO_MANY, given=len(e.subscripts), limit=MAX_DIMENSIONS)
    is_slice = any(each.slice for each in e.subscripts)
    if is_slice and container == NAME:
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what="slices of fixed-length arrays not implemented", at=at)
    pairs = tuple(_bounds(binder, each, in_slice=is_slice) for each in e.subscripts)
    result = element
    if is_slice:  # a slice of a vector is an array: it need not count from 0
        result = facts.array_of(element) if container in facts.VECTORS else container
    return bound.ElementOf(operand, pairs, is_slice, result, operand.modifier)


def _bounds(
    binder: "ExpressionBinder", e: select.Subscript, *, in_slice: bool
) -> tuple[bound.Expression | None, bound.Expression | None]:
    """(lower, upper). Beside slices, a plain subscript means the slice from 1 to it."""
    lower = _bound(binder, e.lower)
    if in_slice and not e.slice:
        lower = bound.Constant(1, INT4)
    return lower, _bound(binder, e.upper)


def _bound(binder: "ExpressionBinder", e: select.Expression | None) -> bound.Expression | None:
    if e is None:
        return None
    at = place_of(e)
    result = try_coerce(binder.context, binder.bind(e), INT4, -1, "assignment", at)
    if result is None:
        raise OdpsError(Condition.TYPE_UNFIT, what="array subscript must have type integer", at=at)
    return result


def _bind_json_path(binder: "ExpressionBinder", operand: bound.Expression, e: select.Subscripted) -> bound.Expression:
    """`jsonb[..]` is what `#>` finds along the path."""
    path: list[bound.Expression] = []
    for each in e.subscripts:
        part = each.upper if each.upper is not None else each.lower
        if each.slice or part is None:
            at = e.at if part is None else place_of(part)
            raise OdpsError(Condition.TYPE_UNFIT, what="jsonb subscript does not support slices", at=at)
        path.append(_json_step(binder, part))
    operator = find_operator("#>", JSONB, facts.array_of(TEXT), e.at)
    steps = bound.MakeArray(tuple(path), TEXT, facts.array_of(TEXT))
    return bound.Call(operator_function(operator), (operand, steps), operator.result, operator="#>")


def _json_step(binder: "ExpressionBinder", e: select.Expression) -> bound.Expression:
    value, at = binder.bind(e), place_of(e)
    targets: Sequence[Oid] = (TEXT,) if value.type == UNKNOWN else (INT4, TEXT)
    possible = [target for target in targets if can_coerce((value.type,), (target,))]
    if len(possible) != 1:
        raise OdpsError(
            Condition.TYPE_UNFIT,
            what=f"subscript type {format_type(value.type)} is not supported",
            hint="jsonb subscript must be coercible to only one type, integer or text."
            if possible
            else "jsonb subscript must be coercible to either integer or text.",
            at=at,
        )
    step = try_coerce(binder.context, value, possible[0], -1, "implicit", at)
    return bound.ThroughText(step, TEXT) if possible[0] == INT4 and step is not None else step or value

"""From an expression of one type to one of another.

Source: PostgreSQL 15, coerce_type, coerce_type_typmod, coerce_to_common_type and build_coercion_expression in
parse_coerce.c; variable_coerce_param_hook in parse_param.c.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from protocol.types import BOOL, INT4, INTERVAL, RECORD, TEXT, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import type_facts as facts
from server.query.binder.casts import How, Unmatched, can_coerce, find_common_type, find_pathway
from server.query.binder.constants import read_constant
from server.query.binder.context import BindingContext
from server.query.binder.ordering import find_equality, find_less, is_ordered
from server.query.binder.type_facts import format_type
from server.query.binder.walking import returns_set
from server.query.functions.signature import Function
from server.query.postgres.casts import find_cast
from server.query.postgres.functions import find_function_by_oid
from server.query.postgres.types import base_type

__all__ = [
    "can_coerce",
    "coerce",
    "find_equality",
    "find_less",
    "is_ordered",
    "select_common_modifier",
    "select_common_type",
    "settle_unknown",
    "to_boolean",
    "to_common_type",
    "to_type",
    "try_coerce",
]

# Declared so, an argument takes its value as it is.
_TAKES_ANY = frozenset(
    (facts.ANY, facts.ANYELEMENT, facts.ANYNONARRAY, facts.ANYCOMPATIBLE, facts.ANYCOMPATIBLENONARRAY)
)


def coerce(
    context: BindingContext, e: bound.Expression, target: Oid, modifier: int, how: How, at: int
) -> bound.Expression:
    """The expression as a value of the type and modifier.

    Args:
        at: where the expression stands.

    Raises:
        OdpsError: CAST_NOT_FOUND.
        InvalidConstant: a constant of unknown type that is no value of the type.
    """
    result = try_coerce(context, e, target, modifier, how, at)
    if result is None:
        raise OdpsError(Condition.CAST_NOT_FOUND, source=format_type(e.type), target=format_type(target), at=at)
    return result


def try_coerce(
    context: BindingContext, e: bound.Expression, target: Oid, modifier: int, how: How, at: int
) -> bound.Expression | None:
    """As `coerce`; None when there is no such cast."""
    if not can_coerce((e.type,), (target,), how):
        return None
    return _apply_modifier(context, to_type(context, e, target, modifier, how, at), target, modifier, how, at)


def to_type(
    context: BindingContext, e: bound.Expression, target: Oid, modifier: int, how: How, at: int
) -> bound.Expression:
    """Convert, without applying a length. The cast must exist (`can_coerce`)."""
    source = e.type
    if target == source or target in _TAKES_ANY:
        return e
    if target in facts.POLYMORPHIC and source != UNKNOWN:
        base = base_type(source)
        return e if base == source else bound.Relabel(e, base, e.modifier)
    if source == UNKNOWN:
        if isinstance(e, bound.Constant):
            if e.value is None:
                return bound.Constant(None, target)
            constant = read_constant(context, str(e.value), target, modifier, at)
            return _with_fields(context, constant, modifier, at) if base_type(target) == INTERVAL else constant
        if isinstance(e, bound.ParameterValue):
            return _settle_parameter(context, e, target, at)
    pathway = find_pathway(source, target, how)
    if pathway is None:
        return _to_row(context, e, target, how, at)
    base = base_type(target)
    result: bound.Expression
    match pathway.method:
        case "relabel":
            return bound.Relabel(e, target)
        case "function":
            result = _call_cast(_function(pathway.function), e, base, modifier, how)
        case "text":
            result = bound.ThroughText(e, base)
        case _:
            result = _convert_elements(context, e, base, modifier, how, at)
    return result if base == target else bound.Relabel(result, target)


def _call_cast(function: Function, e: bound.Expression, target: Oid, modifier: int, how: How) -> bound.Call:
    """A cast's function may take the modifier, and whether the cast is explicit, besides the value."""
    arguments: list[bound.Expression] = [e]
    if len(function.arguments) > 1:
        arguments.append(bound.Constant(modifier, INT4))
    if len(function.arguments) > 2:
        arguments.append(bound.Constant(how == "explicit", BOOL))
    return bound.Call(function, tuple(arguments), target, modifier if len(arguments) > 1 else -1)


def _convert_elements(
    context: BindingContext, e: bound.Expression, target: Oid, modifier: int, how: How, at: int
) -> bound.Expression:
    operand = bound.CaseOperand(facts.element_of_base(e.type), e.modifier)
    element = coerce(context, operand, facts.element_of(target), modifier, how, at)
    plain = isinstance(element, bound.CaseOperand) or (
        isinstance(element, bound.Relabel) and isinstance(element.operand, bound.CaseOperand)
    )
    if plain and base_type(e.type) not in facts.VECTORS:
        return bound.Relabel(e, target, modifier)
    return bound.ConvertElements(e, element, target, modifier)


def _apply_modifier(
    context: BindingContext, e: bound.Expression, target: Oid, modifier: int, how: How, at: int
) -> bound.Expression:
    """Cut, pad or round to the modifier, where the value does not have it already."""
    if modifier == e.modifier:
        return e
    # A domain carries its length in itself; it is not applied again here.
    length = _find_length_function(target) if modifier >= 0 else None
    if length is None:
        return bound.Relabel(e, target, modifier)
    if facts.element_of(target):
        element_type = facts.element_of(target)
        element = _call_cast(length, bound.CaseOperand(element_type), element_type, modifier, how)
        return bound.ConvertElements(e, element, target, modifier)
    return _call_cast(length, e, target, modifier, how)


def _with_fields(context: BindingContext, constant: bound.Constant, modifier: int, at: int) -> bound.Expression:
    """The reading of an interval already looks at its fields, so that they are not applied once more."""
    length = _find_length_function(INTERVAL) if modifier >= 0 else None
    return constant if length is None else _call_cast(length, constant, constant.type, modifier, "explicit")


@lru_cache(maxsize=256)
def _find_length_function(oid: Oid) -> Function | None:
    """The function that applies a modifier to values of the type, or to the elements of an array."""
    if facts.type_row(oid).typtype == "d":
        return None
    element = facts.element_of(oid) or oid
    cast = find_cast(element, element)
    return _function(cast.function) if cast is not None and cast.function else None


def _function(oid: Oid) -> Function:
    function = find_function_by_oid(oid)
    if function is None:
        raise LookupError(f"pg_cast names a function that pg_proc does not have: {oid}")
    return function


def _settle_parameter(context: BindingContext, e: bound.ParameterValue, target: Oid, at: int) -> bound.Expression:
    """A parameter takes the type of the first place that says one.

    DEVIATION: where that is a domain, the client is told of its base type, which it can write.
    """
    base = base_type(target)
    known = context.parameter_types[e.number - 1]
    if known not in (UNKNOWN, base):
        raise OdpsError(
            Condition.PARAMETER_AMBIGUOUS,
            number=e.number,
            detail=f"{format_type(known)} versus {format_type(base)}",
            at=at,
        )
    context.parameter_types[e.number - 1] = base
    settled = replace(e, type=base)
    return settled if base == target else bound.Relabel(settled, target)


def _to_row(context: BindingContext, e: bound.Expression, target: Oid, how: How, at: int) -> bound.Expression:
    """Between records and rows of a relation: a row is a record as it is, a record becomes one field by field."""
    if target in (RECORD, facts.RECORD_ARRAY):
        return e
    relation = context.database.find_relation_by_oid(facts.type_row(target).relation)
    problem = None
    if not isinstance(e, bound.MakeRow) or relation is None:
        problem = ""
    elif len(e.fields) != len(relation.columns):
        few = len(e.fields) < len(relation.columns)
        problem = f"Input has too {'few' if few else 'many'} columns."
    if problem is not None or not isinstance(e, bound.MakeRow) or relation is None:
        raise OdpsError(
            Condition.CAST_NOT_FOUND,
            source=format_type(e.type),
            target=format_type(target),
            detail=problem or None,
            at=at,
        )
    fields = tuple(
        coerce(context, field, column.type, column.modifier, how, at)
        for field, column in zip(e.fields, relation.columns, strict=True)
    )
    return bound.MakeRow(fields, tuple(column.name for column in relation.columns), target)


def settle_unknown(context: BindingContext, e: bound.Expression, at: int = 0) -> bound.Expression:
    """A column that a query gives out has a type: one still unknown becomes text."""
    return to_type(context, e, TEXT, -1, "implicit", at) if e.type == UNKNOWN else e


def select_common_type(types: Sequence[Oid], what: str, at: Sequence[int]) -> Oid:
    """The type that values of these types are brought to.

    Args:
        what: for the error: `UNION`, `CASE`, `VALUES` ..
        at: where the values stand, for each type.

    Raises:
        OdpsError: TYPES_DIFFER
    """
    found = find_common_type(types)
    if isinstance(found, Unmatched):
        raise OdpsError(
            Condition.TYPES_DIFFER,
            what=what,
            first=format_type(found.first),
            second=format_type(found.second),
            at=at[found.index],
        )
    return found


def select_common_modifier(expressions: Sequence[bound.Expression], common: Oid) -> int:
    """The modifier that all the expressions have, -1 where they differ in it or in type (select_common_typmod)."""
    first = expressions[0].modifier if expressions else -1
    same = all(each.type == common and each.modifier == first for each in expressions)
    return first if same else -1


def to_common_type(context: BindingContext, e: bound.Expression, target: Oid, what: str, at: int) -> bound.Expression:
    """Convert to the type that `select_common_type` gave.

    Raises:
        OdpsError: CONVERSION_NOT_FOUND
    """
    if e.type == target:
        return e
    if not can_coerce((e.type,), (target,)):
        raise OdpsError(
            Condition.CONVERSION_NOT_FOUND,
            what=what,
            source=format_type(e.type),
            target=format_type(target),
            at=at,
        )
    return to_type(context, e, target, -1, "implicit", at)


def to_boolean(context: BindingContext, e: bound.Expression, what: str, at: int) -> bound.Expression:
    """The operand of AND, WHERE and their kin.

    Raises:
        OdpsError: ARGUMENT_TYPE, ARGUMENT_SET
    """
    return to_argument(context, e, BOOL, what, at)


def to_argument(context: BindingContext, e: bound.Expression, target: Oid, what: str, at: int) -> bound.Expression:
    """The operand of a construct that takes a value of one type (coerce_to_specific_type).

    Raises:
        OdpsError: ARGUMENT_TYPE, ARGUMENT_SET
    """
    result = e if e.type == target else try_coerce(context, e, target, -1, "assignment", at)
    if result is None:
        raise OdpsError(
            Condition.ARGUMENT_TYPE, what=what, expected=format_type(target), type=format_type(e.type), at=at
        )
    if returns_set(result):
        raise OdpsError(Condition.ARGUMENT_SET, what=what, at=at)
    return result

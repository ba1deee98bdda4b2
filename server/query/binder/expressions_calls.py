"""Calls of functions.

Source: PostgreSQL 15, transformFuncCall in parse_expr.c, ParseFuncOrColumn and func_get_detail in parse_func.c.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING

from protocol.types import INT4, UNKNOWN, VOID, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import type_facts as facts
from server.query.binder.casts import find_pathway
from server.query.binder.clauses import check_aggregate_clause, check_set_clause
from server.query.binder.coercion import coerce, to_type
from server.query.binder.defaults import default_of
from server.query.binder.expressions_aggregates import bind_aggregate, bind_window_call
from server.query.binder.overloads import (
    MOST_ARGUMENTS,
    Ambiguous,
    Candidate,
    choose_function,
    exact_function,
    find_candidates,
)
from server.query.binder.places import place_of
from server.query.binder.polymorphism import settle_types
from server.query.binder.type_facts import format_type
from server.query.binder.type_names import check_schema, find_named_type
from server.query.binder.value_functions import VALUE_FUNCTIONS
from server.query.functions.signature import Function, FunctionKind
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

_NO_FUNCTION = "No function matches the given name and argument types. You might need to add explicit type casts."
_NO_BEST = "Could not choose a best candidate function. You might need to add explicit type casts."
_MISPLACED_ORDER = (
    "No aggregate function matches the given name and argument types. "
    "Perhaps you misplaced ORDER BY; ORDER BY must appear after all regular arguments of the aggregate."
)
_MOST_GROUPING_ARGUMENTS = 31


@dataclass(frozen=True, slots=True)
class Matched:
    """A call whose function is known and whose arguments are converted.

    Attributes:
        given: the arguments in the function's order, before they were converted.
        arguments: those after it.
    """

    function: Function
    given: tuple[bound.Expression, ...]
    arguments: tuple[bound.Expression, ...]
    result: Oid
    variadic: bool


def bind_call(binder: "ExpressionBinder", e: select.FunctionCall) -> bound.Expression:
    if e.keyword:
        return _bind_value_function(binder, e)
    before = (len(binder.aggregates), len(binder.window_calls), binder.last_set_at)
    _check_names(e)
    arguments = [binder.bind(each.value) for each in e.arguments]
    if not e.within_group:
        e, arguments = _without_outputs(e, arguments)
    places = [place_of(each.value) for each in e.arguments]
    for item in e.within_group:
        arguments.append(binder.bind(item.expression))
        places.append(place_of(item.expression))
    if len(arguments) > MOST_ARGUMENTS:
        what = f"cannot pass more than {MOST_ARGUMENTS} arguments to a function"
        raise OdpsError(Condition.ARGUMENTS_TOO_MANY, what=what, at=e.at)
    types = [each.type for each in arguments]
    single = _is_plain(e) and len(arguments) == 1
    candidates = _candidates(binder, e, len(arguments))
    chosen: Candidate | Ambiguous | None = exact_function(candidates, types)
    if chosen is None and single:
        cast = _as_cast(binder, e.names, arguments[0], places[0], e.at)
        if cast is not None:
            return cast
    if chosen is None:
        chosen = choose_function(candidates, types)
    if not isinstance(chosen, Candidate):
        if single and len(e.names) == 1:
            field = _as_field(binder, e.names[0], arguments[0])
            if field is not None:
                return field
        raise _not_found(e, types, ambiguous=isinstance(chosen, Ambiguous))
    _check_kind(e, chosen.function)
    if chosen.function.kind is FunctionKind.AGGREGATE:
        arguments = _pair_hypothetical(binder, e, chosen.function, arguments, places)
    matched = _match(binder, chosen, arguments, places, e)
    if chosen.function.kind is FunctionKind.FUNCTION:
        return _plain_call(binder, matched, e.at, before[2])
    if e.over is not None:
        return bind_window_call(binder, e, matched, before)
    return bind_aggregate(binder, e, matched, places, before)


def _is_plain(e: select.FunctionCall) -> bool:
    """Whether it may be a cast or a field in the dress of a call."""
    decorated = e.star or e.distinct or e.variadic or e.order_by or e.within_group or e.filter or e.over
    return not decorated and all(each.name is None for each in e.arguments)


def _check_names(e: select.FunctionCall) -> None:
    seen: set[str] = set()
    for argument in e.arguments:
        if argument.name is None:
            if seen:
                what = "positional argument cannot follow named argument"
                raise OdpsError(Condition.CALL_MALFORMED, what=what, at=place_of(argument.value))
            continue
        if argument.name in seen:
            what = f'argument name "{argument.name}" used more than once'
            raise OdpsError(Condition.CALL_MALFORMED, what=what, at=place_of(argument.value))
        seen.add(argument.name)


def _without_outputs(
    e: select.FunctionCall, arguments: list[bound.Expression]
) -> tuple[select.FunctionCall, list[bound.Expression]]:
    """Without the parameters of type void: so JDBC marks those that a call gives back, as in `{? = call f(?)}`."""
    taken = [not (each.type == VOID and isinstance(each, bound.ParameterValue)) for each in arguments]
    if all(taken):
        return e, arguments
    return replace(e, arguments=tuple(compress(e.arguments, taken))), list(compress(arguments, taken))


def _candidates(binder: "ExpressionBinder", e: select.FunctionCall, count: int) -> list[Candidate]:
    schemas = _schemas(binder, e.names, e.at)
    names = [each.name for each in e.arguments if each.name is not None]
    return find_candidates(e.names[-1], schemas, count, names, expand=not e.variadic)


def _schemas(binder: "ExpressionBinder", names: tuple[str, ...], at: int) -> Sequence[str]:
    if len(names) == 1:
        return ("pg_catalog", *binder.context.session.search_path)
    if len(names) > 2 and names[-3] != binder.context.session.database:
        what = f"cross-database references are not implemented: {'.'.join(names)}"
        raise OdpsError(Condition.CALL_NOT_SUPPORTED, what=what, at=at)
    check_schema(names[-2], binder.context, at)
    return (names[-2],)


def _not_found(e: select.FunctionCall, types: Sequence[Oid], *, ambiguous: bool) -> OdpsError:
    names = [each.name for each in e.arguments] + [None] * len(e.within_group)
    shown = ", ".join(
        format_type(oid) if name is None else f"{name} => {format_type(oid)}"
        for name, oid in zip(names, types, strict=True)
    )
    signature = f"{'.'.join(e.names)}({shown})"
    if ambiguous:
        return OdpsError(Condition.FUNCTION_AMBIGUOUS, signature=signature, hint=_NO_BEST, at=e.at)
    hint = _MISPLACED_ORDER if len(e.order_by) > 1 else _NO_FUNCTION
    return OdpsError(Condition.FUNCTION_NOT_FOUND, signature=signature, hint=hint, at=e.at)


def _as_cast(
    binder: "ExpressionBinder", names: tuple[str, ...], argument: bound.Expression, place: int, at: int
) -> bound.Expression | None:
    """`text(x)`: the name of a type as that of its cast, where the cast does not need a function of its own."""
    target = find_named_type(names, binder.context, at)
    if not target or facts.type_row(target).relation:
        return None
    if argument.type != UNKNOWN:
        pathway = find_pathway(argument.type, target, "explicit")
        if pathway is None or pathway.method not in ("relabel", "text"):
            return None
        to_string = facts.category_of(target) == facts.STRING_CATEGORY
        if pathway.method == "text" and to_string and facts.is_row(argument.type):
            return None
    return to_type(binder.context, argument, target, -1, "explicit", place)


def _as_field(binder: "ExpressionBinder", name: str, argument: bound.Expression) -> bound.Expression | None:
    """`name(row)` is `row.name`."""
    from server.query.binder.expressions_rows import find_field

    return find_field(binder, argument, name)


def call_as_attribute(
    binder: "ExpressionBinder", name: str, argument: bound.Expression, at: int
) -> bound.Expression | None:
    """`row.name` is `name(row)` where the row has no such field; None when there is no such function."""
    if not facts.is_row(argument.type):
        return None
    schemas = ("pg_catalog", *binder.context.session.search_path)
    candidates = find_candidates(name, schemas, 1)
    chosen = choose_function(candidates, (argument.type,))
    if not isinstance(chosen, Candidate) or chosen.function.kind is not FunctionKind.FUNCTION:
        return None
    call = select.FunctionCall((name,), at=at)
    return _plain_call(binder, _match(binder, chosen, [argument], [at], call), at, binder.last_set_at)


def _check_kind(e: select.FunctionCall, function: Function) -> None:
    """Raise where the call says what a function of its kind cannot do."""
    name = ".".join(e.names)
    if function.kind is FunctionKind.FUNCTION:
        decorations = (
            (e.star, f"{name}(*)"),
            (e.distinct, "DISTINCT"),
            (e.within_group, "WITHIN GROUP"),
            (e.order_by, "ORDER BY"),
            (e.filter, "FILTER"),
        )
        for present, what in decorations:
            if present:
                raise OdpsError(Condition.CALL_NOT_AGGREGATE, what=what, name=name, at=e.at)
        if e.over is not None:
            raise OdpsError(Condition.CALL_NOT_WINDOW, name=name, at=e.at)
    elif function.kind is FunctionKind.WINDOW:
        if e.over is None:
            raise OdpsError(Condition.CALL_NEEDS_OVER, name=name, at=e.at)
        if e.within_group:
            raise OdpsError(Condition.CALL_WINDOW_WITHIN_GROUP, name=name, at=e.at)


def _pair_hypothetical(
    binder: "ExpressionBinder",
    e: select.FunctionCall,
    function: Function,
    arguments: list[bound.Expression],
    places: Sequence[int],
) -> list[bound.Expression]:
    """`rank(1) WITHIN GROUP (ORDER BY x)`: each direct argument and its ORDER BY have one type."""
    from server.query.binder.expressions_aggregates import check_ordered_set

    if not check_ordered_set(e, function, [each.type for each in arguments]):
        return arguments
    from server.query.binder.coercion import select_common_type, to_common_type

    half = len(arguments) // 2
    result = list(arguments)
    for index in range(half):
        pair, where = (arguments[index], arguments[half + index]), (places[index], places[half + index])
        common = select_common_type([each.type for each in pair], "WITHIN GROUP", where)
        for offset, (value, at) in zip((index, half + index), zip(pair, where, strict=True), strict=True):
            result[offset] = to_common_type(binder.context, value, common, "WITHIN GROUP", at)
    return result


def _match(
    binder: "ExpressionBinder",
    chosen: Candidate,
    arguments: Sequence[bound.Expression],
    places: Sequence[int],
    e: select.FunctionCall,
) -> Matched:
    """Put the arguments in the function's order, add defaults, and convert all to what it takes.

    The columns of a function with OUT parameters get the types that polymorphic ones stand for in this call.
    """
    function = chosen.function
    given, where = list(arguments), list(places)
    if chosen.positions is not None:
        order = sorted(range(len(given)), key=chosen.positions.__getitem__)
        given, where = [given[index] for index in order], [where[index] for index in order]
    for parameter in chosen.missing:
        given.insert(parameter, default_of(function, parameter))
        where.insert(parameter, e.at)
    if chosen.spread:
        declared = (*function.arguments[:-1], *([function.variadic] * chosen.spread))
    else:
        declared = function.arguments
    if e.variadic and function.variadic == facts.ANY and not facts.element_of_base(given[-1].type):
        raise OdpsError(Condition.VARIADIC_NOT_ARRAY, at=where[-1])
    types = [each.type for each in given]
    settled, result = settle_types(types, declared, function.result)
    if any(oid in facts.POLYMORPHIC for _, oid in function.outputs):
        outputs = tuple((name, settle_types(types, declared, oid)[1]) for name, oid in function.outputs)
        function = replace(function, outputs=outputs)
    converted = tuple(
        to_type(binder.context, value, target, -1, "implicit", at)
        for value, target, at in zip(given, settled, where, strict=True)
    )
    return Matched(function, tuple(given), converted, result, e.variadic)


def _plain_call(binder: "ExpressionBinder", matched: Matched, at: int, set_before: int | None) -> bound.Call:
    """`set_before` is where the last set was before the arguments: another one since then is among them."""
    function = matched.function
    if function.returns_set:
        check_set_clause(
            binder.scope.clause, at, inner=None if binder.last_set_at == set_before else binder.last_set_at
        )
        binder.last_set_at = at
    call = bound.Call(
        function,
        matched.arguments,
        matched.result,
        variadic=matched.variadic,
        returns_set=function.returns_set,
    )
    if function.result == facts.ANYELEMENT and facts.is_row(call.type):
        # What makes a row of any type must know which: jsonb_populate_record(NULL::pg_class, ..).
        shape = binder.fields_of(matched.arguments[0]) or ()
        return replace(call, fields=tuple((name, each.type, each.modifier) for name, each in shape))
    return call


def _bind_value_function(binder: "ExpressionBinder", e: select.FunctionCall) -> bound.Expression:
    """CURRENT_DATE and its kin; CURRENT_TIMESTAMP(n) is rounded as a cast would."""
    function = VALUE_FUNCTIONS[e.names[-1]]
    call = bound.Call(function, (), function.result)
    if not e.arguments:
        return call
    precision = binder.bind(e.arguments[0].value)
    if not isinstance(precision, bound.Constant) or not isinstance(precision.value, int):
        raise OdpsError(Condition.TYPE_MODIFIER_INVALID, reason="invalid type modifier", at=e.at)
    return coerce(binder.context, call, function.result, min(precision.value, 6), "explicit", e.at)


def bind_grouping(binder: "ExpressionBinder", e: select.Grouping) -> bound.Expression:
    """`GROUPING(..)`."""
    if len(e.arguments) > _MOST_GROUPING_ARGUMENTS:
        what = "GROUPING must have fewer than 32 arguments"
        raise OdpsError(Condition.ARGUMENTS_TOO_MANY, what=what, at=e.at)
    check_aggregate_clause(binder.scope.clause, e.at, grouping=True)
    arguments = [binder.bind(each) for each in e.arguments]
    return bound.GroupingCall(binder.scope.grouping_keys(arguments, place_of(e.arguments[0])), INT4)

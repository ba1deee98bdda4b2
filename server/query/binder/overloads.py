"""Which of several functions or operators of one name is meant.

Source: PostgreSQL 15, func_get_detail, func_select_candidate in parse_func.c, FuncnameGetCandidates in namespace.c
and oper() in parse_oper.c; PostgreSQL manual, "Type Conversion".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from protocol.types import UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query.binder import type_facts as facts
from server.query.binder.casts import can_coerce
from server.query.binder.type_facts import format_type
from server.query.functions.signature import Function
from server.query.postgres.functions import find_function_by_oid, functions_named
from server.query.postgres.operators import Operator, operators_named
from server.query.postgres.types import base_type

MOST_ARGUMENTS: Final = 100

_C = TypeVar("_C")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function as one call would use it.

    Attributes:
        types: what it takes, one for each argument of the call; those of a VARIADIC parameter repeated, named ones in
            the order of the call.
        spread: how many arguments of the call go into its VARIADIC parameter; 0 when it is not used so.
        positions: for each argument of the call, the parameter it is for; None when they are in order.
        missing: the parameters that take their defaults.
    """

    function: Function
    types: tuple[Oid, ...]
    spread: int = 0
    positions: tuple[int, ...] | None = None
    missing: tuple[int, ...] = ()


class Ambiguous:
    """Several candidates are equally good."""


AMBIGUOUS: Final = Ambiguous()


def find_candidates(
    name: str, schemas: Sequence[str], count: int, argument_names: Sequence[str] = (), *, expand: bool = True
) -> list[Candidate]:
    """The functions of that name that can be called with so many arguments.

    Args:
        argument_names: of the last arguments, where they are named.
        expand: whether a VARIADIC parameter may take several arguments.
    """
    found: dict[tuple[Oid, ...], Candidate] = {}
    for function in functions_named(name):
        if function.schema not in schemas:
            continue
        candidate = (
            _match_names(function, count, argument_names)
            if argument_names
            else _match_count(function, count, expand=expand)
        )
        if candidate is None:
            continue
        other = found.get(candidate.types)
        if other is None or (candidate.spread, len(candidate.missing)) < (other.spread, len(other.missing)):
            found[candidate.types] = candidate
    return list(found.values())


def _match_count(function: Function, count: int, *, expand: bool) -> Candidate | None:
    takes = len(function.arguments)
    if expand and function.variadic and takes <= count:
        spread = count - takes + 1
        types = (*function.arguments[:-1], *([function.variadic] * spread))
        return Candidate(function, types, spread)
    if takes == count:
        return Candidate(function, function.arguments)
    if count < takes <= count + function.defaults:
        return Candidate(function, function.arguments[:count], missing=tuple(range(count, takes)))
    return None


def _match_names(function: Function, count: int, names: Sequence[str]) -> Candidate | None:
    """Named arguments go to the parameters of those names, which no other argument may be for (MatchNamedCall)."""
    takes = len(function.arguments)
    if not function.names or count > takes or takes > count + function.defaults:
        return None
    positional = count - len(names)
    positions = list(range(positional))
    for name in names:
        if name not in function.names:
            return None
        positions.append(function.names.index(name))
    if len(set(positions)) < len(positions):
        return None
    missing = tuple(index for index in range(takes) if index not in positions)
    if any(index < takes - function.defaults for index in missing):
        return None
    types = tuple(function.arguments[index] for index in positions)
    return Candidate(function, types, positions=tuple(positions), missing=missing)


def choose_function(candidates: Sequence[Candidate], types: Sequence[Oid]) -> Candidate | Ambiguous | None:
    """The candidate that fits the arguments best; None when none fits."""
    given = tuple(types)
    for candidate in candidates:
        if candidate.types == given:
            return candidate
    return _choose(candidates, given, lambda candidate: candidate.types)


def exact_function(candidates: Sequence[Candidate], types: Sequence[Oid]) -> Candidate | None:
    given = tuple(types)
    return next((candidate for candidate in candidates if candidate.types == given), None)


def find_operator(name: str, left: Oid, right: Oid, at: int, schema: str | None = None) -> Operator:
    """The operator for operands of these types; `left` is 0 for a prefix operator.

    Raises:
        OdpsError: OPERATOR_NOT_FOUND, OPERATOR_AMBIGUOUS
    """
    found = resolve_operator(name, left, right) if schema in (None, "pg_catalog") else None
    if isinstance(found, Operator):
        return found
    shown = name if schema is None else f"{schema}.{name}"
    signature = f"{shown} {format_type(right)}"
    if left:
        signature = f"{format_type(left)} {signature}"
    if isinstance(found, Ambiguous):
        raise OdpsError(
            Condition.OPERATOR_AMBIGUOUS,
            signature=signature,
            hint="Could not choose a best candidate operator. You might need to add explicit type casts.",
            at=at,
        )
    one = "No operator matches the given name and argument type. You might need to add an explicit type cast."
    two = "No operator matches the given name and argument types. You might need to add explicit type casts."
    raise OdpsError(Condition.OPERATOR_NOT_FOUND, signature=signature, hint=two if left else one, at=at)


@lru_cache(maxsize=4096)
def resolve_operator(name: str, left: Oid, right: Oid) -> Operator | Ambiguous | None:
    """As `find_operator`, without errors."""
    operators = operators_named(name)
    if not left:
        return _resolve_prefix([each for each in operators if not each.left], right)
    binary = [each for each in operators if each.left]
    # With one operand of unknown type, first try that it is like the other one.
    one = right if left == UNKNOWN else left
    other = left if right == UNKNOWN else right
    exact = _exact(binary, one, other)
    if exact is None and UNKNOWN in (left, right):
        base = base_type(one)
        if base != one:
            exact = _exact(binary, base, base)
    return exact or _choose(binary, (left, right), lambda operator: (operator.left, operator.right))


def _resolve_prefix(operators: Sequence[Operator], right: Oid) -> Operator | Ambiguous | None:
    exact = next((each for each in operators if each.right == right), None)
    return exact or _choose(operators, (right,), lambda operator: (operator.right,))


def _exact(operators: Sequence[Operator], left: Oid, right: Oid) -> Operator | None:
    return next((each for each in operators if each.left == left and each.right == right), None)


def operator_function(operator: Operator) -> Function:
    function = find_function_by_oid(operator.function)
    if function is None:
        raise LookupError(f"operator {operator.name} names a function that pg_proc does not have")
    return function


def _choose(
    candidates: Sequence[_C], types: tuple[Oid, ...], types_of: Callable[[_C], tuple[Oid, ...]]
) -> _C | Ambiguous | None:
    fitting = [each for each in candidates if can_coerce(types, types_of(each))]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    index = _select([types_of(each) for each in fitting], types)
    return AMBIGUOUS if index is None else fitting[index]


def _select(candidates: Sequence[tuple[Oid, ...]], types: tuple[Oid, ...]) -> int | None:
    """The index of the best candidate, by the steps of func_select_candidate; None when it is not clear."""
    given = [UNKNOWN if each == UNKNOWN else base_type(each) for each in types]
    known = [index for index, each in enumerate(given) if each != UNKNOWN]
    unknown = [index for index, each in enumerate(given) if each == UNKNOWN]
    left = list(range(len(candidates)))

    def keep_best(score: Callable[[tuple[Oid, ...]], int]) -> None:
        scores = {index: score(candidates[index]) for index in left}
        best = max(scores.values())
        left[:] = [index for index in left if scores[index] == best]

    keep_best(lambda each: sum(each[index] == given[index] for index in known))
    if len(left) == 1:
        return left[0]
    categories = [facts.category_of(each) for each in given]
    keep_best(
        lambda each: sum(
            each[index] == given[index] or facts.is_preferred(categories[index], each[index]) for index in known
        )
    )
    if len(left) == 1:
        return left[0]
    if not unknown:
        return None
    wanted = _categories([candidates[index] for index in left], unknown)
    if wanted is not None:
        matching = [index for index in left if _has_categories(candidates[index], wanted)]
        left = matching or left
        if len(left) == 1:
            return left[0]
    if known:
        only = {given[index] for index in known}
        if len(only) == 1:
            alike = tuple(only) * len(given)
            fitting = [index for index in left if can_coerce(alike, candidates[index])]
            if len(fitting) == 1:
                return fitting[0]
    return None


def _categories(candidates: Sequence[tuple[Oid, ...]], unknown: Sequence[int]) -> dict[int, tuple[str, bool]] | None:
    """For each argument of unknown type the category to prefer, and whether only the preferred type of it will do.

    None when the candidates do not agree on one that is not that of strings.
    """
    wanted: dict[int, tuple[str, bool]] = {}
    for index in unknown:
        category, preferred, conflict = "", False, False
        for each in candidates:
            own, own_preferred = _category_and_preference(each[index])
            if not category:
                category, preferred = own, own_preferred
            elif own == category:
                preferred = preferred or own_preferred
            elif own == facts.STRING_CATEGORY:
                category, preferred = own, own_preferred
            else:
                conflict = True
        if conflict and category != facts.STRING_CATEGORY:
            return None
        wanted[index] = (category, preferred)
    return wanted


def _has_categories(candidate: tuple[Oid, ...], wanted: dict[int, tuple[str, bool]]) -> bool:
    for index, (category, preferred) in wanted.items():
        own, own_preferred = _category_and_preference(candidate[index])
        if own != category or (preferred and not own_preferred):
            return False
    return True


def _category_and_preference(oid: Oid) -> tuple[str, bool]:
    category = facts.category_of(oid)
    return category, facts.is_preferred(category, oid)

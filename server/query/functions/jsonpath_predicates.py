"""Whether the predicates of a jsonpath hold: true, false, or None for unknown.

Source: PostgreSQL 15, executeBoolItem, executePredicate and compareItems in jsonpath_exec.c.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from protocol import jsonpath_nodes as nodes
from server.query.functions.json_access import kind_of_jsonb, sorted_fields
from server.query.functions.jsonpath_methods import PathError
from server.query.functions.regular_expressions import compile_pattern, search

if TYPE_CHECKING:
    from server.query.functions.jsonpath_evaluation import Evaluation

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

kind_of = kind_of_jsonb


def fields_of(item: dict[str, object]) -> Iterable[tuple[str, object]]:
    """In the order that jsonb keeps them in."""
    return sorted_fields(item)


def values_of(item: dict[str, object]) -> Iterable[object]:
    return (value for _, value in sorted_fields(item))


def parts_of(item: object) -> Iterable[object]:
    """The elements or the values of the fields; nothing of a scalar."""
    if isinstance(item, list):
        return item
    return values_of(item) if isinstance(item, dict) else ()


def holds(evaluation: "Evaluation", predicate: nodes.Expression) -> bool | None:
    match predicate:
        case nodes.Logical(operator=word, left=left, right=right):
            return _combine(evaluation, left, right, decisive=word == "||")
        case nodes.Not(operand=operand):
            value = holds(evaluation, operand)
            return None if value is None else not value
        case nodes.IsUnknown(operand=operand):
            return holds(evaluation, operand) is None
        case nodes.Exists(operand=operand):
            return _exists(evaluation, operand)
        case nodes.Comparison(operator=word, left=left, right=right):
            return _any_pair(evaluation, left, right, lambda one, other: compare(word, one, other))
        case nodes.StartsWith(operand=operand, initial=initial):
            return _any_pair(evaluation, operand, initial, _starts_with, unwrap_right=False)
        case nodes.LikeRegex(operand=operand, pattern=pattern, flags=flags):
            expression = compile_pattern(pattern, _letters(flags))

            def is_like(item: object, _: object) -> bool | None:
                return search(expression, item) is not None if isinstance(item, str) else None

            return _any_pair(evaluation, operand, None, is_like)
        case _:
            raise AssertionError(f"{predicate} is no predicate")


def _combine(evaluation: "Evaluation", left: nodes.Predicate, right: nodes.Predicate, *, decisive: bool) -> bool | None:
    first = holds(evaluation, left)
    if first is decisive:
        return decisive
    second = holds(evaluation, right)
    if second is decisive:
        return decisive
    return None if first is None or second is None else not decisive


def _exists(evaluation: "Evaluation", operand: nodes.Expression) -> bool | None:
    try:
        return evaluation.finds_any(operand)
    except PathError:
        return None


def _any_pair(
    evaluation: "Evaluation",
    left: nodes.Expression,
    right: nodes.Expression | None,
    test: Callable[[object, object], bool | None],
    *,
    unwrap_right: bool = True,
) -> bool | None:
    """Whether the test holds for any pair of items; what is unknown for one counts last in lax mode, at once else."""
    try:
        ones = list(evaluation.find_unwrapped(left))
        others: Sequence[object] = (None,)
        if right is not None:
            others = list(evaluation.find_unwrapped(right) if unwrap_right else evaluation.find(right))
    except PathError:
        return None
    found = unknown = False
    for one in ones:
        for other in others:
            evaluation.limits.step()
            outcome = test(one, other)
            if outcome is None:
                if not evaluation.lax:
                    return None
                unknown = True
            elif outcome:
                if evaluation.lax:
                    return True
                found = True
    return True if found else None if unknown else False


def compare(word: str, left: object, right: object) -> bool | None:
    """Items of different kinds cannot be compared, but null is different from all else."""
    if left is None or right is None:
        if left is None and right is None:
            return _COMPARE[word](0, 0)
        return word == "<>"
    match left, right:
        case (bool(), bool()) | (str(), str()):
            return _COMPARE[word](left, right)
        case (Decimal(), Decimal()):
            return _COMPARE[word](left, right)
        case _:
            return None


def _starts_with(item: object, initial: object) -> bool | None:
    return item.startswith(initial) if isinstance(item, str) and isinstance(initial, str) else None


def _letters(flags: str) -> str:
    """The flags of regular expressions that XQuery's stand for."""
    letters = "".join(flag for flag in flags if flag in "iq")
    if "q" in flags:
        return letters
    lines = {(True, True): "w", (True, False): "s", (False, True): "n", (False, False): "p"}
    return letters + lines["s" in flags, "m" in flags]

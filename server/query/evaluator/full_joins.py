"""FULL joins that PostgreSQL refuses: it only merges or hashes, for which something must be equal on both sides.

Source: PostgreSQL 15, select_mergejoin_clauses and hash_inner_and_outer in joinpath.c, reduce_outer_joins in
prepjointree.c, find_nonnullable_rels in clauses.c.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

from server.errors import Condition, OdpsError
from server.query import bound
from server.query.bound import Expression
from server.query.evaluator.join_trees import Group, Leaf, Outer, Tree, items_in
from server.query.evaluator.trees import columns_of, is_volatile, items_of
from server.query.postgres.operators import operators_named

_NONE: Final[frozenset[int]] = frozenset()


def check_full_joins(tree: Tree, needed: frozenset[int] = _NONE) -> None:
    """Raise for a FULL join that cannot be done.

    `needed` are the items whose rows of NULLs a condition around the tree rejects: over one of them, PostgreSQL does
    without the FULL.

    Raises:
        OdpsError: FULL_JOIN_CONDITION
    """
    match tree:
        case Leaf():
            pass
        case Group(units=units, conjuncts=conjuncts):
            for each in units:
                check_full_joins(each, needed | _needed_by(conjuncts))
        case Outer(kind="LEFT", left=left, right=right, conjuncts=conjuncts):
            check_full_joins(left, needed)
            check_full_joins(right, needed | _needed_by(conjuncts))
        case Outer(left=left, right=right, conjuncts=conjuncts):
            if not needed & items_in(tree) and not _can_join(conjuncts, items_in(left), items_in(right)):
                raise OdpsError(Condition.FULL_JOIN_CONDITION)
            check_full_joins(left, needed)
            check_full_joins(right, needed)


def _can_join(conjuncts: Iterable[Expression], left: frozenset[int], right: frozenset[int]) -> bool:
    """Whether an equality can be hashed, or all that is asked can be merged."""
    merged = True
    for each in conjuncts:
        if isinstance(each, bound.Constant) and not each.value:
            return True
        merges, hashes = _equality(each, left, right)
        if hashes:
            return True
        # SILENT: what no row is needed for is a constant, also where it is only one for the statement.
        constant = not any(True for _ in columns_of(each)) and not is_volatile(each)
        merged = merged and (merges or constant)
    return merged


def _equality(expression: Expression, left: frozenset[int], right: frozenset[int]) -> tuple[bool, bool]:
    """Whether it can be merged, and whether it can be hashed."""
    if not isinstance(expression, bound.Call) or len(expression.arguments) != 2 or is_volatile(expression):
        return False, False
    one, other = (items_of(each) for each in expression.arguments)
    if not one or not other or not ((one <= left and other <= right) or (one <= right and other <= left)):
        return False, False
    return _methods().get(expression.function.oid, (False, False))


@cache
def _methods() -> dict[int, tuple[bool, bool]]:
    """Of each function behind an `=`: whether it merges, and whether it hashes."""
    return {each.function: (each.merges, each.hashes) for each in operators_named("=")}


def _needed_by(conjuncts: Iterable[Expression]) -> frozenset[int]:
    """The items of which a row of NULLs makes one of the conditions other than true."""
    return _NONE.union(*(_rejected(each, top=True) for each in conjuncts))


def _rejected(expression: Expression, *, top: bool) -> frozenset[int]:
    """The items whose NULLs make it NULL; or, at the `top`, NULL or false."""
    match expression:
        case bound.Column(level=0, item=item, number=number):
            return frozenset((item,)) if number > 0 else _NONE
        case bound.Call(function=function, arguments=arguments) if function.strict and not function.returns_set:
            return _NONE.union(*(_rejected(each, top=False) for each in arguments))
        case bound.Logical(operator="AND", arguments=arguments) if top:
            return _needed_by(arguments)
        case bound.Logical(arguments=(first, *rest), operator=operator):
            inner = top and operator == "OR"
            return _rejected(first, top=inner).intersection(*(_rejected(each, top=inner) for each in rest))
        case bound.IsNull(operand=operand, negated=True, of_row=False) if top:
            return _rejected(operand, top=False)
        case bound.IsTruth(operand=operand, value=value, negated=negated) if top and negated == (value is None):
            return _rejected(operand, top=False)
        case bound.ArrayComparison(left=left, array=array, every=False, function=function) if function.strict:
            return _rejected(left, top=False) | (_rejected(array, top=False) if top else _NONE)
        case bound.InSubquery(left=left, every=False) if top:
            return _NONE.union(*(_rejected(each, top=False) for each in left))
        case bound.Relabel(operand=operand) | bound.ThroughText(operand=operand):
            return _rejected(operand, top=False)
        case _:
            return _NONE

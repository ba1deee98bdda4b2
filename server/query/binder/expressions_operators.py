"""Operators, and what PostgreSQL makes of them: IN, BETWEEN, IS DISTINCT FROM, ANY and ALL, comparisons of rows.

Source: PostgreSQL 15, transformAExpr.. and make_row_comparison_op in parse_expr.c, make_op and make_scalar_array_op
in parse_oper.c.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from protocol.types import BOOL, NO_TYPE, RECORD, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import type_facts as facts
from server.query.binder.casts import Unmatched, all_coerce, find_common_type
from server.query.binder.coercion import to_boolean, to_common_type, to_type
from server.query.binder.constants import is_null_constant, number_constant
from server.query.binder.overloads import find_operator, operator_function
from server.query.binder.places import place_of
from server.query.binder.polymorphism import settle_types
from server.query.binder.trees import has_own_columns
from server.query.binder.type_facts import format_type
from server.query.binder.type_names import check_schema
from server.query.binder.walking import returns_set
from server.query.functions.signature import Function
from server.statements import select

if TYPE_CHECKING:
    from server.query.binder.expressions import ExpressionBinder

# An operand: bound, and where it stands.
Operand = tuple[bound.Expression, int]

_ROW_OPERATORS: Final = ("<", "<=", ">", ">=", "=", "<>")


def bind_operation(binder: "ExpressionBinder", e: select.Operation) -> bound.Expression:
    """`left operator right`, or an operator before its operand."""
    negated = _negated_number(e)
    if negated is not None:
        return number_constant(negated)
    if isinstance(e.left, select.RowOf):
        if isinstance(e.right, select.RowOf):
            return compare_rows(binder, e.name, bind_fields(binder, e.left), bind_fields(binder, e.right), e.at)
        if isinstance(e.right, select.Subquery) and e.right.kind is select.SubqueryKind.SCALAR:
            from server.query.binder.expressions_subqueries import bind_row_subquery

            return bind_row_subquery(binder, e.name, e.left, e.right, e.at)
    if e.schema is not None:
        check_schema(e.schema, binder.context, e.at)
    left = None if e.left is None else (binder.bind(e.left), place_of(e.left))
    right = (binder.bind(e.right), place_of(e.right))
    return operate(binder, e.name, left, right, e.at, e.schema)


def _negated_number(e: select.Expression) -> str | None:
    """A minus before a number belongs to the constant (doNegate in gram.y), so that -2147483648 is an integer."""
    if not isinstance(e, select.Operation) or e.name != "-" or e.left is not None or e.schema is not None:
        return None
    if isinstance(e.right, select.Number):
        return f"-{e.right.text}"
    inner = _negated_number(e.right)
    return None if inner is None else inner[1:] if inner.startswith("-") else f"-{inner}"


def operate(
    binder: "ExpressionBinder", name: str, left: Operand | None, right: Operand, at: int, schema: str | None = None
) -> bound.Call:
    """The call that the operator is, its operands converted (make_op).

    Raises:
        OdpsError: OPERATOR_NOT_FOUND, OPERATOR_AMBIGUOUS
    """
    operands = [right] if left is None else [left, right]
    left_type = NO_TYPE if left is None else left[0].type
    operator = find_operator(name, left_type, right[0].type, at, schema)
    declared = [operator.right] if left is None else [operator.left, operator.right]
    settled, result = settle_types([each.type for each, _ in operands], declared, operator.result)
    arguments = tuple(
        to_type(binder.context, each, target, -1, "implicit", place)
        for (each, place), target in zip(operands, settled, strict=True)
    )
    return bound.Call(operator_function(operator), arguments, result, operator=name)


def bind_quantified_array(binder: "ExpressionBinder", e: select.QuantifiedComparison) -> bound.Expression:
    """`x operator ANY|ALL (array)`."""
    assert not isinstance(e.right, select.QueryExpression)  # noqa: S101 - the caller has looked
    if e.schema is not None:
        check_schema(e.schema, binder.context, e.at)
    left = (binder.bind(e.left), place_of(e.left))
    right = (binder.bind(e.right), place_of(e.right))
    return compare_with_array(
        binder, e.name, left, right, e.at, every=e.quantifier is select.Quantifier.ALL, schema=e.schema
    )


def compare_with_array(
    binder: "ExpressionBinder",
    name: str,
    left: Operand,
    right: Operand,
    at: int,
    *,
    every: bool,
    schema: str | None = None,
) -> bound.ArrayComparison:
    """`left operator ANY|ALL (right)`, `right` an array or a constant of unknown type (make_scalar_array_op)."""
    array_type = right[0].type
    element = UNKNOWN if array_type == UNKNOWN else facts.element_of_base(array_type)
    if not element:
        raise OdpsError(Condition.QUANTIFIED_NOT_ARRAY, what="array on right side", at=at)
    operator = find_operator(name, left[0].type, element, at, schema)
    settled, result = settle_types((left[0].type, element), (operator.left, operator.right), operator.result)
    if result != BOOL:
        raise OdpsError(Condition.QUANTIFIED_NOT_ARRAY, what="operator to yield boolean", at=at)
    wanted = settled[1]
    if wanted in facts.POLYMORPHIC or wanted == facts.ANY:
        array = right[0]
    else:
        target = facts.array_of(wanted)
        if not target:
            raise OdpsError(Condition.ARRAY_TYPE_MISSING, type=format_type(wanted), at=at)
        array = to_type(binder.context, right[0], target, -1, "implicit", right[1])
    value = to_type(binder.context, left[0], settled[0], -1, "implicit", left[1])
    return bound.ArrayComparison(value, array, operator_function(operator), every, name)


def bind_in_list(binder: "ExpressionBinder", e: select.InList) -> bound.Expression:
    """`x IN (a, b)`: one comparison with an array of what are no columns here, and one with each that is.

    As in PostgreSQL, which decides so whether the items must have a common type.
    """
    name = "<>" if e.negated else "="
    left_row = bind_fields(binder, e.operand) if isinstance(e.operand, select.RowOf) else None
    left = (binder.bind(e.operand), place_of(e.operand))
    items = [(binder.bind(item), place_of(item)) for item in e.items]
    apart = [has_own_columns(value) for value, _ in items]
    together = [item for item, own in zip(items, apart, strict=True) if not own]
    comparisons: list[bound.Expression] = []
    taken = False
    if len(together) > 1:
        found = find_common_type([left[0].type, *(value.type for value, _ in together)])
        array_type = _array_for(found, [left, *together])
        if array_type and not isinstance(found, Unmatched):
            elements = tuple(to_common_type(binder.context, value, found, "IN", at) for value, at in together)
            array = bound.MakeArray(elements, found, array_type)
            taken = True
            comparisons.append(compare_with_array(binder, name, left, (array, e.at), e.at, every=e.negated))
    for item, written, own in zip(items, e.items, apart, strict=True):
        if taken and not own:
            continue
        if left_row is not None and isinstance(written, select.RowOf):
            one = compare_rows(binder, name, left_row, bind_fields(binder, written), e.at)
        else:
            one = operate(binder, name, left, item, e.at)
        comparisons.append(to_boolean(binder.context, one, "IN", item[1]))
    if len(comparisons) == 1:
        return comparisons[0]
    return bound.Logical("AND" if e.negated else "OR", tuple(comparisons))


def _array_for(common: Oid | Unmatched, values: Sequence[Operand]) -> Oid:
    """The type of the array of IN; 0 where the items are to be compared one by one."""
    if isinstance(common, Unmatched) or common == RECORD or not all_coerce([each.type for each, _ in values], common):
        return NO_TYPE
    return facts.array_of(common)


def bind_between(binder: "ExpressionBinder", e: select.Between) -> bound.Expression:
    """`x BETWEEN a AND b`, as the comparisons it is short for."""

    def compare(name: str, other: select.Expression) -> bound.Expression:
        # Bound anew each time: the first comparison may settle the type of a parameter.
        if isinstance(e.operand, select.RowOf) and isinstance(other, select.RowOf):
            return compare_rows(binder, name, bind_fields(binder, e.operand), bind_fields(binder, other), e.at)
        left, right = binder.bind(e.operand), binder.bind(other)
        one = operate(binder, name, (left, place_of(e.operand)), (right, place_of(other)), e.at)
        return to_boolean(binder.context, one, "OR" if e.negated else "AND", place_of(e.operand))

    def outside_or_inside(low: select.Expression, high: select.Expression) -> bound.Logical:
        if e.negated:
            return bound.Logical("OR", (compare("<", low), compare(">", high)))
        return bound.Logical("AND", (compare(">=", low), compare("<=", high)))

    first = outside_or_inside(e.low, e.high)
    if not e.symmetric:
        return first
    return bound.Logical("AND" if e.negated else "OR", (first, outside_or_inside(e.high, e.low)))


def bind_distinct_test(binder: "ExpressionBinder", e: select.DistinctTest) -> bound.Expression:
    """`IS [NOT] DISTINCT FROM`; with a bare NULL on one side it is a test for NULL."""
    if isinstance(e.left, select.RowOf) and isinstance(e.right, select.RowOf):
        return _rows_distinct(binder, e)
    left, right = binder.bind(e.left), binder.bind(e.right)
    for value, other in ((right, left), (left, right)):
        if is_null_constant(value) and value.type == UNKNOWN:
            return bound.IsNull(other, negated=not e.negated)
    return _distinct(binder, (left, place_of(e.left)), (right, place_of(e.right)), e.at, negated=e.negated)


def _distinct(binder: "ExpressionBinder", left: Operand, right: Operand, at: int, *, negated: bool) -> bound.IsDistinct:
    call = operate(binder, "=", left, right, at)
    if call.type != BOOL:
        raise OdpsError(Condition.OPERATOR_NOT_BOOLEAN, what="IS DISTINCT FROM", at=at)
    return bound.IsDistinct(call.arguments[0], call.arguments[1], call.function, negated)


def _rows_distinct(binder: "ExpressionBinder", e: select.DistinctTest) -> bound.Expression:
    assert isinstance(e.left, select.RowOf)  # noqa: S101 - the caller has looked
    assert isinstance(e.right, select.RowOf)  # noqa: S101
    left, right = bind_fields(binder, e.left), bind_fields(binder, e.right)
    if len(left) != len(right):
        raise OdpsError(Condition.ROWS_UNEQUAL, at=e.at)
    tests = tuple(_distinct(binder, *pair, e.at, negated=e.negated) for pair in zip(left, right, strict=True))
    if not tests:
        return bound.Constant(e.negated, BOOL)
    return tests[0] if len(tests) == 1 else bound.Logical("AND" if e.negated else "OR", tests)


def bind_fields(binder: "ExpressionBinder", row: select.Expression) -> list[Operand]:
    """The fields of a row as operands; what is no row counts as one field."""
    from server.query.binder.expressions_rows import expand_row

    if isinstance(row, select.RowOf):
        return [(value, at) for _, value, at in expand_row(binder, row)]
    return [(binder.bind(row), place_of(row))]


def compare_rows(
    binder: "ExpressionBinder", name: str, left: Sequence[Operand], right: Sequence[Operand], at: int
) -> bound.Expression:
    """`(a, b) operator (c, d)`, field by field.

    Raises:
        OdpsError: ROWS_UNEQUAL and its kin.
    """
    if len(left) != len(right):
        raise OdpsError(Condition.ROWS_UNEQUAL, at=at)
    if not left:
        raise OdpsError(Condition.ROWS_EMPTY, at=at)
    calls = [operate(binder, name, *pair, at) for pair in zip(left, right, strict=True)]
    for call in calls:
        if call.type != BOOL:
            raise OdpsError(Condition.ROW_OPERATOR_NOT_BOOLEAN, type=format_type(call.type), at=at)
        if returns_set(call):
            raise OdpsError(Condition.ROW_OPERATOR_SET, at=at)
    if len(calls) == 1:
        return calls[0]
    if name not in _ROW_OPERATORS:
        raise OdpsError(
            Condition.ROW_COMPARISON_UNKNOWN,
            operator=name,
            hint="Row comparison operators must be associated with btree operator families.",
            at=at,
        )
    if name == "=":
        return bound.Logical("AND", tuple(calls))
    if name == "<>":
        return bound.Logical("OR", tuple(calls))
    return bound.RowComparison(
        tuple(call.arguments[0] for call in calls),
        tuple(call.arguments[1] for call in calls),
        name,
        tuple(call.function for call in calls),
        tuple(_equality_of(call) for call in calls),
    )


def _equality_of(call: bound.Call) -> Function:
    """`=` between the very types of another comparison."""
    left, right = call.arguments
    return operator_function(find_operator("=", left.type, right.type, 0))

"""From an expression as written to one whose types, functions and columns are known.

A constant of unknown type stays so until something says what it is, as in PostgreSQL: the caller settles what is left.

Source: PostgreSQL 15, transformExprRecurse in parse_expr.c.
"""

from typing import TYPE_CHECKING, assert_never

from protocol.types import BOOL, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder import (
    expressions_arrays,
    expressions_calls,
    expressions_choices,
    expressions_operators,
    expressions_rows,
    expressions_subqueries,
)
from server.query.binder.coercion import settle_unknown, to_boolean, try_coerce
from server.query.binder.constants import bit_constant, number_constant
from server.query.binder.context import BindingContext
from server.query.binder.names import name_of
from server.query.binder.ordering import is_ordered
from server.query.binder.places import place_of
from server.query.binder.type_facts import element_of_base, format_type, is_collatable, is_row
from server.query.binder.type_names import SYSTEM_SCHEMAS, check_schema, resolve_type
from server.query.postgres.types import base_type
from server.statements import select
from server.statements.values import Parameter

if TYPE_CHECKING:
    from server.query.binder.scope import Scope

__all__ = ["ExpressionBinder", "is_ordered", "name_of"]

# What COLLATE may name. All sort by code points here.
_COLLATIONS = ("default", "C", "POSIX", "ucs_basic")


class ExpressionBinder:
    """Binds the expressions of one query.

    Attributes:
        last_set_at: where the last call was written that returns a set, None before the first.
        aggregates: (level, place) of the aggregates bound so far.
        window_calls: the places of the window calls bound so far.
    """

    def __init__(self, context: BindingContext, scope: "Scope") -> None:
        self.context = context
        self.scope = scope
        self.last_set_at: int | None = None
        self.aggregates: list[tuple[int, int]] = []
        self.window_calls: list[int] = []

    def bind(self, e: select.Expression) -> bound.Expression:
        """The expression with everything resolved; constants of unknown type are left as they are.

        Raises:
            OdpsError, InvalidConstant: with the place in the statement.
        """
        match e:
            case select.String(value=value):
                return bound.Constant(value, UNKNOWN)
            case select.Number(text=text):
                return number_constant(text)
            case select.Boolean(value=truth):
                return bound.Constant(truth, BOOL)
            case select.Null():
                return bound.Constant(None, UNKNOWN)
            case select.BitString():
                return bit_constant(e)
            case Parameter(number=number):
                return bound.ParameterValue(number, self.context.see_parameter(number, e.at))
            case select.ColumnName(names=names):
                return expressions_rows.bind_column(self, names, e.at)
            case select.Star(qualifier=qualifier):
                return expressions_rows.bind_star(self, qualifier, e.at)
            case select.And(terms=terms):
                return bound.Logical("AND", tuple(self._boolean(term, "AND") for term in terms))
            case select.Or(terms=terms):
                return bound.Logical("OR", tuple(self._boolean(term, "OR") for term in terms))
            case select.Not(operand=operand):
                return bound.Logical("NOT", (self._boolean(operand, "NOT"),))
            case select.NullTest(operand=operand, negated=negated):
                tested = self.bind(operand)
                return bound.IsNull(tested, negated, is_row(tested.type))
            case select.TruthTest():
                return self._bind_truth_test(e)
            case select.Cast():
                return self._bind_cast(e)
            case select.Collate():
                return self._bind_collate(e)
            case _:
                return self._bind_compound(e)

    def _bind_compound(
        self,
        e: select.FieldOf
        | select.Subscripted
        | select.Operation
        | select.QuantifiedComparison
        | select.InList
        | select.Between
        | select.DistinctTest
        | select.Case
        | select.Choose
        | select.ArrayOf
        | select.RowOf
        | select.Grouping
        | select.Subquery
        | select.FunctionCall,
    ) -> bound.Expression:
        match e:
            case select.Operation():
                return expressions_operators.bind_operation(self, e)
            case select.FunctionCall():
                return expressions_calls.bind_call(self, e)
            case select.InList():
                return expressions_operators.bind_in_list(self, e)
            case select.Between():
                return expressions_operators.bind_between(self, e)
            case select.DistinctTest():
                return expressions_operators.bind_distinct_test(self, e)
            case select.QuantifiedComparison(right=select.QueryExpression() as query):
                return expressions_subqueries.bind_quantified_query(self, e, query)
            case select.QuantifiedComparison():
                return expressions_operators.bind_quantified_array(self, e)
            case select.Subquery():
                return expressions_subqueries.bind_subquery(self, e)
            case select.Case():
                return expressions_choices.bind_case(self, e)
            case select.Choose():
                return expressions_choices.bind_choose(self, e)
            case select.ArrayOf():
                return expressions_arrays.bind_array(self, e)
            case select.Subscripted():
                return expressions_arrays.bind_subscripted(self, e)
            case select.FieldOf():
                return expressions_rows.bind_field(self, e)
            case select.RowOf():
                return expressions_rows.bind_row(self, e)
            case select.Grouping():
                return expressions_calls.bind_grouping(self, e)
            case _:
                assert_never(e)

    def bind_boolean(self, e: select.Expression, what: str) -> bound.Expression:
        """The condition of WHERE, HAVING, ON ..; `what` names it in the error.

        Raises:
            OdpsError: ARGUMENT_TYPE when it is not boolean.
        """
        return self._boolean(e, what)

    def bind_settled(self, e: select.Expression) -> bound.Expression:
        """As `bind`, an unknown type becoming text."""
        return settle_unknown(self.context, self.bind(e), place_of(e))

    def fields_of(self, value: bound.Expression) -> tuple[tuple[str, bound.Expression], ...] | None:
        """The fields of a row, by name; None when they are not known."""
        return expressions_rows.fields_of(self, value)

    def expand_fields(self, e: select.FieldOf) -> list[tuple[str, bound.Expression]]:
        """The columns that `(expression).*` stands for.

        Raises:
            OdpsError: ROW_NOT_EXPANDABLE
        """
        return expressions_rows.expand_fields(self, e)

    def _boolean(self, e: select.Expression, what: str) -> bound.Expression:
        return to_boolean(self.context, self.bind(e), what, place_of(e))

    def _bind_truth_test(self, e: select.TruthTest) -> bound.Expression:
        word = "UNKNOWN" if e.value is None else str(e.value).upper()
        operand = self._boolean(e.operand, f"IS {'NOT ' if e.negated else ''}{word}")
        return bound.IsTruth(operand, e.value, e.negated)

    def _bind_cast(self, e: select.Cast) -> bound.Expression:
        target, modifier = resolve_type(e.type, self.context)
        if isinstance(e.operand, select.ArrayOf):
            base = base_type(target)
            element = element_of_base(base)
            if element:
                array = expressions_arrays.bind_array(self, e.operand, base, element, modifier)
                return self._cast(array, target, modifier, e)
        return self._cast(self.bind(e.operand), target, modifier, e)

    def _cast(self, value: bound.Expression, target: Oid, modifier: int, e: select.Cast) -> bound.Expression:
        result = try_coerce(self.context, value, target, modifier, "explicit", place_of(e.operand))
        if result is None:
            raise OdpsError(
                Condition.CAST_NOT_FOUND, source=format_type(value.type), target=format_type(target), at=e.at
            )
        return result

    def _bind_collate(self, e: select.Collate) -> bound.Expression:
        """SILENT: all collations that may be named are one here, the order of code points."""
        operand = self.bind(e.operand)
        if operand.type != UNKNOWN and not is_collatable(operand.type):
            raise OdpsError(Condition.COLLATION_NOT_SUPPORTED, type=format_type(operand.type), at=e.at)
        *schemas, name = e.collation
        if schemas:
            check_schema(schemas[-1], self.context, e.at)
        if name not in _COLLATIONS or (schemas and schemas[-1] != SYSTEM_SCHEMAS[0]):
            raise OdpsError(Condition.COLLATION_MISSING, name=".".join(e.collation), at=e.at)
        return operand

"""What constructs are bound to, where their type alone does not tell."""

import pytest

from protocol.types import INT4, TEXT, VOID, Oid
from server.errors import OdpsError
from server.query import bound
from server.query.binder.type_facts import format_type
from tests.unit.server.query.binder.stub_scope import bind_expression, bind_text, make_context


def test_in_over_constants_is_one_comparison_with_an_array() -> None:
    test = bind_expression("i in (1, 2)")

    assert isinstance(test, bound.ArrayComparison)
    assert test.array == bound.MakeArray((bound.Constant(1, INT4), bound.Constant(2, INT4)), INT4, Oid(1007))
    assert not test.every


def test_not_in_differs_from_every_item() -> None:
    test = bind_expression("i not in (1, 2)")

    assert isinstance(test, bound.ArrayComparison)
    assert (test.operator, test.every) == ("<>", True)


def test_in_compares_with_columns_one_by_one() -> None:
    test = bind_expression("i in (s, 1, 2)")

    assert isinstance(test, bound.Logical)
    assert [type(each) for each in test.arguments] == [bound.ArrayComparison, bound.Call]


def test_rows_are_equal_field_by_field() -> None:
    test = bind_expression("(i, x) = (1, 'a')")

    assert isinstance(test, bound.Logical)
    assert [each.operator for each in test.arguments if isinstance(each, bound.Call)] == ["=", "="]


def test_rows_are_ordered_as_a_whole() -> None:
    test = bind_expression("(i, x) < (1, 'a')")

    assert isinstance(test, bound.RowComparison)
    assert [each.name for each in test.functions] == ["int4lt", "text_lt"]
    assert [each.name for each in test.equals] == ["int4eq", "texteq"]


def test_in_a_subquery_compares_with_its_columns() -> None:
    test = bind_expression("(i, x) in (select 1, 'a')")

    assert isinstance(test, bound.InSubquery)
    right = [each.arguments[1] for each in test.conditions if isinstance(each, bound.Call)]
    assert right == [bound.SubqueryColumn(0, INT4), bound.SubqueryColumn(1, TEXT)]


def test_a_case_with_an_operand_compares_what_stands_for_it() -> None:
    case = bind_expression("case i when 1 then 'a' end")

    assert isinstance(case, bound.Case)
    condition = case.branches[0][0]
    assert isinstance(condition, bound.Call)
    assert condition.arguments == (bound.CaseOperand(INT4), bound.Constant(1, INT4))


def test_an_aggregate_is_of_the_query_that_its_columns_are_of() -> None:
    query = bind_text("SELECT (SELECT sum(i)), (SELECT count(*)) FROM t")
    levels = []
    for target in query.targets:
        assert isinstance(target.expression, bound.ScalarSubquery)
        aggregate = target.expression.query.targets[0].expression
        assert isinstance(aggregate, bound.Aggregate)
        levels.append(aggregate.level)

    assert levels == [1, 0]


def test_arguments_left_out_are_their_defaults() -> None:
    call = bind_expression("make_interval(days => 3)")

    assert isinstance(call, bound.Call)
    values = [each.value for each in call.arguments if isinstance(each, bound.Constant)]
    assert values == [0, 0, 0, 3, 0, 0, 0.0]


def test_the_arguments_of_a_variadic_function_stand_one_by_one() -> None:
    call = bind_expression("concat_ws(',', x, i)")

    assert isinstance(call, bound.Call)
    assert len(call.arguments) == 3
    assert not call.variadic


def test_a_field_of_what_a_function_gives_is_found_by_its_name() -> None:
    field = bind_expression("(information_schema._pg_expandarray(ta)).x")

    assert isinstance(field, bound.Field)
    assert (field.index, field.type) == (0, TEXT)


@pytest.mark.parametrize(
    "expression",
    ["coalesce(i, generate_series(1, 2))", "case when bo then unnest(ia) end", "sum(unnest(ia))"],
)
def test_calls_that_return_sets_do_not_stand_just_anywhere(expression: str) -> None:
    with pytest.raises(OdpsError, match="set-returning function"):
        bind_expression(expression)


@pytest.mark.parametrize(
    ("oid", "name"),
    [(23, "integer"), (1007, "integer[]"), (18, '"char"'), (1184, "timestamp with time zone"), (83, "pg_class")],
)
def test_a_type_is_called_as_in_sql(oid: int, name: str) -> None:
    assert format_type(Oid(oid)) == name


def test_a_parameter_of_type_void_is_no_argument() -> None:
    """It is what a call gives back, of JDBC's `{? = call upper(?)}`."""
    call = bind_expression("upper($1, $2)", make_context((VOID, TEXT)))

    assert isinstance(call, bound.Call)
    assert call.arguments == (bound.ParameterValue(2, TEXT),)

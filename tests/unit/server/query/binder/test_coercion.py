"""What conversions are bound to."""

from decimal import Decimal

import pytest

from protocol.errors import InvalidValue
from protocol.types import INT4, INT8, NUMERIC, TEXT, UNKNOWN, VARCHAR, Oid
from server.errors import OdpsError
from server.query import bound
from server.query.binder.coercion import settle_unknown
from tests.unit.server.query.binder.stub_scope import bind_expression, make_context


def _calls(e: bound.Expression) -> str:
    assert isinstance(e, bound.Call)
    return e.function.name


@pytest.mark.parametrize(
    ("expression", "constant"),
    [
        ("1", bound.Constant(1, INT4)),
        ("-2147483648", bound.Constant(-2147483648, INT4)),
        ("2147483648", bound.Constant(2147483648, INT8)),
        ("1.50", bound.Constant(Decimal("1.50"), NUMERIC)),
        ("'7'::int", bound.Constant(7, INT4)),
        ("null::int", bound.Constant(None, INT4)),
        ("'a'", bound.Constant("a", TEXT)),
        ("'pg_class'::regclass", bound.Constant(1259, Oid(2205))),
        ("'1259'::regclass", bound.Constant(1259, Oid(2205))),
        ("'{1,2}'::int[]", bound.Constant([1, 2], Oid(1007))),
        ("B'101'", bound.Constant("101", Oid(1560))),
        ("X'1F'", bound.Constant("00011111", Oid(1560))),
    ],
)
def test_a_constant_is_read_when_it_is_bound(expression: str, constant: bound.Constant) -> None:
    assert bind_expression(expression) == constant


def test_a_string_cast_to_its_own_type_with_another_length_only_loses_the_length() -> None:
    assert bind_expression("v::varchar") == bound.Relabel(bind_expression("v"), VARCHAR)


def test_a_length_is_applied_by_the_function_of_its_type() -> None:
    cast = bind_expression("v::varchar(3)")

    assert cast == bound.Call(
        cast.function,  # type: ignore[union-attr]
        (bind_expression("v"), bound.Constant(7, INT4), bound.Constant(True, Oid(16))),
        VARCHAR,
        7,
    )
    assert _calls(cast) == "varchar"


def test_a_cast_without_a_function_goes_through_text() -> None:
    assert bind_expression("u::text") == bound.ThroughText(bind_expression("u"), TEXT)


def test_an_array_is_cast_element_by_element() -> None:
    cast = bind_expression("ia::bigint[]")

    assert isinstance(cast, bound.ConvertElements)
    assert isinstance(cast.element, bound.Call)
    assert cast.element.arguments == (bound.CaseOperand(INT4),)


def test_an_array_whose_elements_stay_as_they_are_stays_as_it_is() -> None:
    assert bind_expression("va::text[]") == bound.Relabel(bind_expression("va"), Oid(1009))


def test_a_vector_becomes_an_array_element_by_element() -> None:
    assert bind_expression("i2::int2[]") == bound.ConvertElements(
        bind_expression("i2"), bound.CaseOperand(Oid(21)), Oid(1005)
    )


def test_a_bad_constant_points_to_where_it_stands() -> None:
    with pytest.raises(InvalidValue) as caught:
        bind_expression("i + 'x'")

    assert caught.value.message == 'invalid input syntax for type integer: "x"'
    assert getattr(caught.value, "at", None) == len("SELECT i + ")


def test_what_is_left_unknown_becomes_text() -> None:
    assert settle_unknown(make_context(), bound.Constant("a", UNKNOWN)) == bound.Constant("a", TEXT)


def test_a_parameter_takes_the_type_of_the_first_place_that_says_one() -> None:
    context = make_context()

    bind_expression("$1 + 1 > $2::bigint", context)

    assert context.parameter_types == [INT4, INT8]


def test_a_parameter_cannot_be_of_two_types() -> None:
    with pytest.raises(OdpsError, match=r"inconsistent types deduced for parameter \$1") as caught:
        bind_expression("case when bo then $1 when $1::int = 1 then 'a' end")

    assert caught.value.diagnostic.detail == "integer versus text"
    assert caught.value.diagnostic.at == len("SELECT case when bo then ")


def test_a_parameter_that_was_given_a_type_keeps_it() -> None:
    call = bind_expression("$1 + 1", make_context((INT8,)))

    assert call.type == INT8

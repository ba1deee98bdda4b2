"""pg_proc, pg_operator and pg_cast."""

import pytest

from protocol import types
from protocol.types import NO_TYPE, Oid
from server.query.functions.signature import FunctionKind
from server.query.postgres.casts import find_cast
from server.query.postgres.files import read_file
from server.query.postgres.functions import find_function_by_oid, functions_named
from server.query.postgres.operators import find_operator_by_oid, operators_named


def test_a_name_has_all_its_overloads() -> None:
    assert {function.arguments for function in functions_named("lower")} == {(types.TEXT,), (Oid(3831),), (Oid(4537),)}
    assert functions_named("no_such_function") == ()


def test_a_function_is_found_by_oid() -> None:
    function = find_function_by_oid(1242)

    assert function is not None
    assert (function.name, function.arguments, function.result, function.strict) == (
        "boolin", (types.CSTRING,), types.BOOL, True,
    )  # fmt: skip
    assert find_function_by_oid(99) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [("upper", FunctionKind.FUNCTION), ("sum", FunctionKind.AGGREGATE), ("row_number", FunctionKind.WINDOW)],
)
def test_functions_aggregates_and_window_functions_are_told_apart(name: str, kind: FunctionKind) -> None:
    assert {function.kind for function in functions_named(name)} == {kind}


def test_the_columns_that_a_function_gives_are_no_arguments() -> None:
    (function,) = functions_named("pg_get_keywords")

    assert function.returns_set
    assert function.arguments == ()
    assert function.outputs == (
        ("word", types.TEXT), ("catcode", types.CHAR), ("barelabel", types.BOOL),
        ("catdesc", types.TEXT), ("baredesc", types.TEXT),
    )  # fmt: skip


def test_arguments_have_names_and_defaults() -> None:
    (function,) = functions_named("make_interval")

    assert function.names == ("years", "months", "weeks", "days", "hours", "mins", "secs")
    assert function.defaults == 7


def test_the_last_argument_may_be_variadic() -> None:
    (function,) = functions_named("concat_ws")

    assert (function.variadic, function.strict) == (types.ANY, False)


def test_every_function_of_pg_proc_is_read() -> None:
    file = read_file("pg_proc")
    assert file is not None
    at = file.columns

    for row in file.rows:
        oid, name, count = (row[at[each]] or "" for each in ("oid", "proname", "pronargs"))
        function = find_function_by_oid(int(oid))
        assert function is not None
        assert (function.name, len(function.arguments)) == (name, int(count))
        assert function in functions_named(name)


def test_modes_may_be_there_without_types_or_names() -> None:
    (function,) = functions_named("satisfies_hash_partition")

    assert function.arguments == (types.OID, types.INT4, types.INT4, types.ANY)
    assert (function.variadic, function.outputs) == (types.ANY, ())


def test_functions_that_differ_at_each_call_are_volatile() -> None:
    assert functions_named("random")[0].volatile
    assert not functions_named("now")[0].volatile


def test_functions_of_the_information_schema_say_so() -> None:
    assert [function.schema for function in functions_named("_pg_truetypid")] == ["information_schema"]


def test_an_operator_leads_to_its_function_and_its_kin() -> None:
    (equals,) = [each for each in operators_named("=") if (each.left, each.right) == (types.INT4, types.INT4)]
    function, negator = find_function_by_oid(equals.function), find_operator_by_oid(equals.negator)

    assert (equals.oid, equals.result, equals.commutator) == (96, types.BOOL, 96)
    assert function is not None
    assert function.name == "int4eq"
    assert negator is not None
    assert negator.name == "<>"


def test_a_prefix_operator_has_nothing_on_its_left() -> None:
    assert {each.left for each in operators_named("@") if each.right == types.INT4} == {NO_TYPE}
    assert operators_named("=?=") == ()
    assert find_operator_by_oid(99) is None


@pytest.mark.parametrize(
    ("source", "target", "context", "method", "has_function"),
    [
        (types.INT4, types.INT8, "i", "f", True),
        (types.INT8, types.INT4, "a", "f", True),
        (types.INT4, types.BOOL, "e", "f", True),
        (types.VARCHAR, types.TEXT, "i", "b", False),
        (types.JSON, types.JSONB, "a", "i", False),
    ],
)
def test_a_cast_says_how_and_when(source: Oid, target: Oid, context: str, method: str, has_function: bool) -> None:
    cast = find_cast(source, target)

    assert cast is not None
    assert (cast.context, cast.method, cast.function != 0) == (context, method, has_function)


def test_not_every_type_becomes_every_other() -> None:
    assert find_cast(types.BOOL, types.DATE) is None

from datetime import UTC

import pytest

from protocol.errors import InvalidValue
from protocol.frontend_messages import Bind
from protocol.types import BOOL, FLOAT8, INT4, INT8, TEXT, TIMESTAMPTZ, Oid
from protocol.values import ValueSettings
from server.dialect import NO_SOURCE, Source, read
from server.errors import Condition, OdpsError
from server.prepared import PreparedStatement, Workspace, bind_message, settle_types, spread_result_formats
from server.results import Column
from server.statements import Literal, ShowModels

SETTINGS = ValueSettings("utf-8", UTC, ("ISO", "MDY"))
TWO = (Column("a", TEXT), Column("b", INT4))


def prepared(text: str, *types: int) -> PreparedStatement:
    placed = read(text)
    if not placed:
        return PreparedStatement("s", NO_SOURCE, None, (), settle_types((), types))
    (only,) = placed
    return PreparedStatement("s", Source(text), only.statement, only.parameters, settle_types(only.parameters, types))


def bound(text: str, type_: Oid, format_code: int, value: bytes) -> str:
    statement, _ = bind_message(Bind("", "s", (format_code,), (value,)), prepared(text, type_), SETTINGS)
    assert isinstance(statement, ShowModels)
    assert isinstance(statement.like, Literal)
    return statement.like.value


@pytest.mark.parametrize(
    ("text", "given", "types"),
    [
        ("SHOW MODELS", (), ()),
        ("", (), ()),
        ("SHOW MODELS LIKE $1", (), (TEXT,)),
        ("SHOW MODELS LIKE $1", (0,), (TEXT,)),
        ("SHOW MODELS LIKE $1", (INT8,), (INT8,)),
        ("SHOW MODELS LIKE $3", (0, INT4), (TEXT, INT4, TEXT)),
        ("SHOW MODELS", (INT4, 0), (INT4, TEXT)),
    ],
)
def test_parameters_are_text_where_the_client_does_not_say(
    text: str, given: tuple[int, ...], types: tuple[Oid, ...]
) -> None:
    assert prepared(text, *given).parameter_types == types


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(OdpsError) as caught:
        prepared("SHOW MODELS LIKE $1", 99_999)

    assert caught.value.condition is Condition.PARAMETER_TYPE


@pytest.mark.parametrize(
    ("type_", "format_code", "value", "text"),
    [
        (TEXT, 0, "模型".encode(), "模型"),
        (TEXT, 1, "模型".encode(), "模型"),
        (INT4, 0, b" 7 ", "7"),
        (INT4, 1, b"\xff\xff\xff\xff", "-1"),
        (INT8, 1, b"\0\0\0\0\0\0\x13\x88", "5000"),
        (BOOL, 0, b"on", "true"),
        (BOOL, 1, b"\0", "false"),
        (FLOAT8, 0, b"1.5", "1.5"),
    ],
)
def test_a_value_becomes_the_literal_it_stands_for(type_: Oid, format_code: int, value: bytes, text: str) -> None:
    assert bound("SHOW MODELS LIKE $1", type_, format_code, value) == text


@pytest.mark.parametrize(
    ("type_", "format_code", "value"),
    [
        (INT4, 0, b"seven"),
        (INT4, 1, b"\0"),
        (TEXT, 0, b"\xff"),
        (TEXT, 0, b"a\0"),
        (TEXT, 9, b""),
        (TIMESTAMPTZ, 0, b"x"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_refused(type_: Oid, format_code: int, value: bytes) -> None:
    with pytest.raises(InvalidValue):
        bound("SHOW MODELS LIKE $1", type_, format_code, value)


@pytest.mark.parametrize(
    ("bind", "condition"),
    [
        (Bind("", "s"), Condition.BIND_PARAMETER_COUNT),
        (Bind("", "s", (), (b"a", b"b")), Condition.BIND_PARAMETER_COUNT),
        (Bind("", "s", (0, 0), (b"a",)), Condition.BIND_PARAMETER_FORMATS),
        (Bind("", "s", (), (None,)), Condition.PARAMETER_NULL),
    ],
)
def test_values_that_do_not_fit_the_statement_are_refused(bind: Bind, condition: Condition) -> None:
    with pytest.raises(OdpsError) as caught:
        bind_message(bind, prepared("SHOW MODELS LIKE $1"), SETTINGS)

    assert caught.value.condition is condition


def test_a_parameter_that_is_not_used_may_be_null() -> None:
    statement, _ = bind_message(Bind("", "s", (), (None, b"x")), prepared("SHOW MODELS LIKE $2"), SETTINGS)

    assert statement == ShowModels(None, Literal("x"))


@pytest.mark.parametrize(("codes", "formats"), [((), (0, 0)), ((1,), (1, 1)), ((0,), (0, 0)), ((1, 0), (1, 0))])
def test_result_formats_are_none_one_for_all_or_one_each(codes: tuple[int, ...], formats: tuple[int, ...]) -> None:
    assert spread_result_formats(codes, TWO) == formats


def test_result_formats_must_be_as_many_as_columns() -> None:
    with pytest.raises(OdpsError) as caught:
        spread_result_formats((0, 0, 0), TWO)

    assert caught.value.condition is Condition.BIND_RESULT_FORMATS


@pytest.mark.parametrize("codes", [(), (1,), (0, 1, 0)])
def test_result_formats_of_a_statement_without_rows_mean_nothing(codes: tuple[int, ...]) -> None:
    assert spread_result_formats(codes, None) == ()


def named(number: int, text: str) -> PreparedStatement:
    return PreparedStatement(f"s{number}", NO_SOURCE, None, (), (), text=text)


def test_the_prepared_statements_of_a_session_have_a_limit() -> None:
    workspace = Workspace()
    for number in range(8):
        workspace.add_statement(named(number, "x" * 2_000_000))

    with pytest.raises(OdpsError) as error:
        workspace.add_statement(named(8, "x" * 2_000_000))

    assert error.value.condition is Condition.OUT_OF_MEMORY
    assert error.value.diagnostic.detail == "The session has 8 prepared statements."
    for again in range(3):
        workspace.close_statement("s0")
        workspace.add_statement(named(0, "x" * 2_000_000))
        assert len(workspace.statements) == 8, again


def test_a_session_may_prepare_many_small_statements_and_any_number_without_a_name() -> None:
    workspace = Workspace()
    for number in range(20_000):
        workspace.add_statement(named(number, "SELECT 1"))
    for _ in range(20):
        workspace.add_statement(PreparedStatement("", NO_SOURCE, None, (), (), text="x" * 2_000_000))

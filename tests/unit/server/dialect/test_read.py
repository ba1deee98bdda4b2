"""The dialect's door: whole texts, places in them, and which of them are kept."""

import pytest

from server.dialect import read
from server.errors import Condition, OdpsError
from server.statements import (
    Argument,
    DescribeModel,
    ExecutePrepared,
    Identifier,
    Literal,
    SetParameter,
    bind_parameters,
)


def test_each_statement_knows_where_it_begins() -> None:
    placed = read("  DESC MODEL a; -- next\n DESC MODEL b ;")

    assert [each.start for each in placed] == [2, 25]
    assert [str(each.statement.name) for each in placed if isinstance(each.statement, DescribeModel)] == ["a", "b"]


@pytest.mark.parametrize("text", ["", " ; ;", "-- nothing\n/* at all */"])
def test_a_text_without_statements_gives_none(text: str) -> None:
    assert read(text) == ()


def test_an_error_is_placed_in_the_whole_text() -> None:
    with pytest.raises(OdpsError) as raised:
        read("DESC MODEL a;\nDESC MODEL;")

    assert raised.value.condition is Condition.INVALID_TOKEN_EXPECTING
    assert raised.value.diagnostic.at == len("DESC MODEL a;\nDESC MODEL")


def test_parameters_are_found_once_and_kept() -> None:
    (placed,) = read("SHOW MODELS LIKE $2")

    assert [parameter.number for parameter in placed.parameters] == [2]


def test_the_same_text_gives_the_same_statements_unless_it_may_hold_a_key() -> None:
    assert read("DESC MODEL cached") is read("DESC MODEL cached")
    with_parameter = "ALTER MODEL m ADD VERSION v OPTIONS (APIKEY = $1)"
    assert read(with_parameter) is read(with_parameter)
    for key in ("apikey", "'apikey'", "`APIKEY`", '"ApiKey"'):
        with_key = f"ALTER MODEL m ADD VERSION v OPTIONS ({key} = 'k')"
        assert read(with_key) is not read(with_key)


def test_backslashes_in_session_statements_follow_standard_conforming_strings() -> None:
    text = r"SET application_name = 'a\\b'"

    (on,) = read(text)
    (off,) = read(text, standard_conforming_strings=False)

    assert on.statement == SetParameter("application_name", (r"a\\b",))
    assert off.statement == SetParameter("application_name", (r"a\b",))


def test_an_escaped_quote_in_a_session_statement_needs_standard_conforming_strings_off() -> None:
    (placed,) = read(r"SET application_name = 'it\'s'", standard_conforming_strings=False)

    assert placed.statement == SetParameter("application_name", ("it's",))


@pytest.mark.parametrize(
    "text",
    [
        "ALTER USER u PASSWORD 'k'",
        "create user u password\n'k'",
        "EXECUTE p ('k')",
        "EXECUTE p (1234)",
        "EXECUTE p (1, 'k'::text)",
    ],
)
def test_a_text_with_a_password_or_with_values_is_not_kept(text: str) -> None:
    assert read("ALTER USER u PASSWORD NULL; SET x = 'a'") is read("ALTER USER u PASSWORD NULL; SET x = 'a'")
    assert read("ALTER USER u PASSWORD $1; SET x = 'a'") is read("ALTER USER u PASSWORD $1; SET x = 'a'")
    assert read(text) is not read(text)


def test_parameters_of_a_prepared_statement_are_its_own() -> None:
    (prepare,) = read("PREPARE p AS SHOW MODELS LIKE $1")
    (declare,) = read("DECLARE c CURSOR FOR SHOW MODELS LIKE $2")
    (execute,) = read("EXECUTE p ($1, $3)")

    assert prepare.parameters == ()
    assert bind_parameters(prepare.statement, ["x"]) == prepare.statement
    assert [parameter.number for parameter in declare.parameters] == [2]
    assert [parameter.number for parameter in execute.parameters] == [1, 3]
    assert bind_parameters(execute.statement, ["a", "b", "c"]) == ExecutePrepared(
        Identifier("p"), (Argument(Literal("a")), Argument(Literal("c")))
    )

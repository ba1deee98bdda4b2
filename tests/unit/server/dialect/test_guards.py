"""Texts made to hurt: long, deep, or full of what no client can read back."""

import logging
import re
import subprocess
import sys

import pytest

from server.dialect import parse, split
from server.dialect.lexical import Rule
from server.dialect.tokens import DEEPEST_NESTING, LONGEST_STATEMENT, tokenize
from server.errors import Condition, OdpsError
from server.statements import AddVersion, DescribeModel, Literal

MEGABYTE = 2**20


def condition(text: str) -> Condition:
    with pytest.raises(OdpsError) as caught:
        parse(text)
    return caught.value.condition


@pytest.mark.parametrize("bracket", ["(", "[", "{", "<"])
def test_ten_thousand_open_brackets_are_one_clean_error(bracket: str) -> None:
    text = "DESC MODEL " + bracket * 10_000

    with pytest.raises(OdpsError) as caught:
        parse(text)

    assert caught.value.condition is Condition.TOO_DEEP
    assert caught.value.condition.sqlstate == "54001"
    assert caught.value.diagnostic.text == f"nested deeper than {DEEPEST_NESTING} levels"
    assert caught.value.diagnostic.at == len("DESC MODEL ") + DEEPEST_NESTING


def test_types_nest_up_to_the_limit() -> None:
    def nested(levels: int) -> str:
        return (
            "CREATE MODEL m WITH VERSION v INPUT (a " + "ARRAY<" * levels + "INT" + ">" * levels + ") OPTIONS (A = '')"
        )

    assert parse(nested(DEEPEST_NESTING - 1)) is not None
    assert condition(nested(DEEPEST_NESTING)) is Condition.TOO_DEEP


def test_closing_brackets_do_not_make_room_for_opening_ones() -> None:
    assert condition("DESC MODEL " + ")" * 50 + "(" * 101) is Condition.TOO_DEEP


def test_a_value_of_a_megabyte() -> None:
    text = f"ALTER MODEL m ADD VERSION v OPTIONS (A = '{'x' * MEGABYTE}')"
    (fragment,) = split(text)
    statement = parse(fragment.text)

    assert isinstance(statement, AddVersion)
    assert statement.body.options[0].value == Literal("x" * MEGABYTE)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "a " * (MEGABYTE // 2),
        "SELECT " + "- " * (MEGABYTE // 2),
        "SELECT " + "$a" * (MEGABYTE // 2),
        "SELECT " + "e'" * (MEGABYTE // 2) + "'",
        ";" * MEGABYTE,
        "DESC MODEL " + "'" * MEGABYTE,
        "DESC MODEL " + '\\"' * (MEGABYTE // 2),
        "DESC MODEL `" + "`" * MEGABYTE,
        "/*" * (MEGABYTE // 2),
    ],
    ids=lambda text: text[:16],
)
def test_splitting_a_megabyte_is_linear(text: str) -> None:
    # Ten to two hundred milliseconds; what is not linear would run into the time limit of every test.
    assert split(text) is not None


def test_the_limit_counts_bytes_of_utf8() -> None:
    head, tail = "SHOW MODELS LIKE '", "'"
    room = LONGEST_STATEMENT - len(head) - len(tail)

    assert parse(head + "模" * (room // 3) + tail) is not None
    assert condition(head + "模" * (room // 3 + 1) + tail) is Condition.TOO_LONG
    assert parse(head + "x" * room + tail) is not None
    assert condition(head + "x" * (room + 1) + tail) is Condition.TOO_LONG
    assert condition("模" * (LONGEST_STATEMENT + 1)) is Condition.TOO_LONG


@pytest.mark.parametrize(("character", "shown"), [("\0", "0x00"), ("\ud800", "U+D800"), ("\udfff", "U+DFFF")])
@pytest.mark.parametrize("text", ["DESC MODEL {}", "SHOW MODELS LIKE '{}'", "SET x = '{}'", "{}", "DESC MODEL m -- {}"])
def test_characters_that_no_client_can_read_back(text: str, character: str, shown: str) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text.format(character))

    assert caught.value.diagnostic.text == f'invalid byte sequence for encoding "UTF8": {shown}'
    assert caught.value.condition.sqlstate == "22021"
    assert caught.value.diagnostic.at == text.index("{}")


def test_a_comment_may_hold_anything_else() -> None:
    assert isinstance(parse("DESC MODEL m -- ' \" ` \uff0f\uff0a 😀 $$ {#"), DescribeModel)
    assert isinstance(parse("DESC /* ' \" ` -- 😀 {# \r\n */ MODEL m"), DescribeModel)


def test_a_failure_of_the_tokenizer_says_nothing_of_the_text() -> None:
    with pytest.raises(OdpsError) as caught:
        tokenize("DESC MODEL m 'secret", Rule.MAXCOMPUTE)

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "secret" not in str(caught.value)


def test_sqlglot_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("sqlglot").error("ALTER MODEL m ... APIKEY = 'secret'")

    assert caplog.records == []


def test_the_dialects_of_sqlglot_itself_stay_as_they_are() -> None:
    program = (
        "import sqlglot, server.dialect\n"
        "assert sqlglot.Dialect['postgres'].__module__ == 'sqlglot.dialects.postgres'\n"
        "assert '{' not in sqlglot.parse_one('SELECT 1 {# c #}').sql()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)

    assert re.sub(r"\s", "", done.stderr) == ""
    assert done.returncode == 0

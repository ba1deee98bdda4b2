"""The types of input columns: which are accepted, how they are written, what is wrong with the others."""

import pytest

from server.catalog.types import format_type
from server.dialect import parse_type
from server.errors import Condition, OdpsError
from server.statements import DataType
from tests.unit.server.catalog.scenes import unmark

# fmt: off
PRIMITIVES = [
    "tinyint", "smallint", "int", "bigint", "float", "double", "decimal", "string", "binary", "boolean", "date",
    "datetime", "timestamp", "timestamp_ntz", "json", "decimal(1)", "decimal(38)", "decimal(38,18)",
    "decimal(1,1)", "decimal(10,0)", "varchar(1)", "varchar(65535)", "char(1)", "char(255)",
]
# fmt: on


@pytest.mark.parametrize("text", PRIMITIVES)
def test_primitive_type(text: str) -> None:
    assert format_type(parse_type(text.upper())) == text
    assert format_type(parse_type(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("ARRAY< STRING >", "array<string>"),
        ("MAP<STRING, BIGINT>", "map<string,bigint>"),
        ("Map<Decimal( 10 , 2 ), ARRAY<INT>>", "map<decimal(10,2),array<int>>"),
        ("STRUCT<A : BIGINT, b: ARRAY<STRING>>", "struct<a:bigint,b:array<string>>"),
        ("STRUCT<\u5b57\u6bb5:INT>", "struct<\u5b57\u6bb5:int>"),
        ("ARRAY<MAP<STRING,STRUCT<a:CHAR(3)>>>", "array<map<string,struct<a:char(3)>>>"),
    ],
)
def test_nested_type_is_written_without_blanks(text: str, canonical: str) -> None:
    assert format_type(parse_type(text)) == canonical


@pytest.mark.parametrize("text", [*PRIMITIVES, "array<map<string,struct<a:char(3),if:int,1a:int,\u4e2d:json>>>"])
def test_canonical_text_reads_as_the_same_type(text: str) -> None:
    assert format_type(parse_type(format_type(parse_type(text)))) == text


@pytest.mark.parametrize(
    ("text", "condition", "reason"),
    [
        ("^VECTOR", Condition.TYPE_UNKNOWN, "data type 'VECTOR' does not exist"),
        ("^INTEGER", Condition.TYPE_UNKNOWN, "data type 'INTEGER' does not exist"),
        ("ARRAY<^TEXT>", Condition.TYPE_UNKNOWN, "data type 'TEXT' does not exist"),
        ("^INT(4)", Condition.TYPE_PARAMETER, "data type INT: takes no parameters"),
        ("^VARCHAR", Condition.TYPE_PARAMETER, "data type VARCHAR: needs a length"),
        ("^CHAR", Condition.TYPE_PARAMETER, "data type CHAR: needs a length"),
        ("^VARCHAR(1,2)", Condition.TYPE_PARAMETER, "data type VARCHAR: takes fewer parameters"),
        ("^VARCHAR(0)", Condition.TYPE_PARAMETER, "the length must be from 1 to 65535"),
        ("^VARCHAR(65536)", Condition.TYPE_PARAMETER, "the length must be from 1 to 65535"),
        ("^CHAR(256)", Condition.TYPE_PARAMETER, "the length must be from 1 to 255"),
        ("^DECIMAL(0)", Condition.TYPE_PARAMETER, "the precision must be from 1 to 38"),
        ("^DECIMAL(39)", Condition.TYPE_PARAMETER, "the precision must be from 1 to 38"),
        ("^DECIMAL(38,19)", Condition.TYPE_PARAMETER, "the scale must be from 0 to 18"),
        ("^DECIMAL(5,6)", Condition.TYPE_PARAMETER, "the scale must be from 0 to 5"),
        ("^ARRAY", Condition.TYPE_PARAMETER, "needs an element type"),
        ("^MAP", Condition.TYPE_PARAMETER, "needs a key type and a value type"),
        ("^MAP<ARRAY<INT>,INT>", Condition.TYPE_PARAMETER, "the key type must be a primitive type"),
        ("^STRUCT", Condition.TYPE_PARAMETER, "needs fields"),
        ("^STRUCT<a:INT,A:INT>", Condition.TYPE_PARAMETER, "a field name is used more than once"),
        ("STRUCT<^`a b`:INT>", Condition.NAME_INVALID, "struct field name 'a b' is invalid"),
        ("MAP<STRING,^DECIMAL(99)>", Condition.TYPE_PARAMETER, "the precision must be from 1 to 38"),
    ],
)
def test_type_rules(text: str, condition: Condition, reason: str) -> None:
    text, place = unmark(text)

    with pytest.raises(OdpsError) as raised:
        format_type(parse_type(text))

    error = raised.value.diagnostic
    assert (error.condition, error.at) == (condition, place)
    assert reason in error.text


@pytest.mark.parametrize(
    "data_type",
    [
        DataType("INT", elements=(DataType("INT"),)),
        DataType("DECIMAL", (1, 2, 3)),
        DataType("ARRAY", (1,), (DataType("INT"),)),
        DataType("ARRAY", elements=(DataType("INT"), DataType("INT"))),
        DataType("MAP", elements=(DataType("INT"),)),
        DataType("STRUCT", elements=(DataType("INT"),)),
    ],
)
def test_types_that_no_text_makes_are_refused_too(data_type: DataType) -> None:
    with pytest.raises(OdpsError) as raised:
        format_type(data_type)

    assert raised.value.condition is Condition.TYPE_PARAMETER


def test_unknown_type_names_those_that_there_are() -> None:
    with pytest.raises(OdpsError) as raised:
        format_type(parse_type("text"))

    hint = raised.value.diagnostic.hint
    assert hint is not None
    assert hint.startswith("There are TINYINT, SMALLINT, INT, BIGINT, ")
    assert hint.endswith(", JSON, ARRAY, MAP and STRUCT.")


def test_unknown_type_and_bad_parameter_have_their_sqlstates() -> None:
    assert Condition.TYPE_UNKNOWN.sqlstate == "42704"
    assert Condition.TYPE_PARAMETER.sqlstate == "22023"

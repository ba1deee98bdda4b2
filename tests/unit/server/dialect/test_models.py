import pytest

from server.dialect import format_statement, parse
from server.errors import Condition, OdpsError
from server.statements import (
    AddVersion,
    CreateModel,
    DataType,
    DescribeModel,
    DropModel,
    DropVersion,
    Identifier,
    InputColumn,
    Literal,
    ObjectName,
    Option,
    Parameter,
    SetDefaultVersion,
    ShowCreateModel,
    ShowModels,
    ShowVersions,
    Statement,
    VersionBody,
    find_parameters,
)
from tests.unit.server.dialect.documents import ADD_IMPORTED, ADD_REMOTE, CREATE_IMPORTED

STRING = DataType("STRING")
INT = DataType("INT")


def name(text: str) -> ObjectName:
    return ObjectName(tuple(Identifier(part) for part in text.split(".")))


def column(text: str, data_type: DataType, comment: str | None = None) -> InputColumn:
    return InputColumn(Identifier(text), data_type, None if comment is None else Literal(comment))


def options(**values: str) -> tuple[Option, ...]:
    return tuple(Option(key, Literal(value)) for key, value in values.items())


def only_type(text: str) -> DataType:
    statement = parse(f"CREATE MODEL m WITH VERSION v INPUT (c {text}) OPTIONS (A = '')")
    assert isinstance(statement, CreateModel)
    assert statement.body.input is not None
    return statement.body.input[0].type


def body(text: str) -> VersionBody:
    statement = parse(f"ALTER MODEL m ADD VERSION v {text}")
    assert isinstance(statement, AddVersion)
    return statement.body


def test_add_version_of_a_remote_model() -> None:
    assert parse(ADD_REMOTE) == AddVersion(
        name("pai_eas_qwen25_omni_3b"),
        VersionBody(
            Identifier("v2"),
            (column("url", STRING), column("promt", STRING)),
            options(
                TASKS="text-generation",
                PAI_EAS_MODEL_NAME="Qwen2.5-Omni-3B",
                PAI_EAS_SERVICE_NAME="test_remote_model",
                ENDPOINT="http://11261230********.cn-shanghai.pai-eas.aliyuncs.com",
                APIKEY="<apikey>",
                PAI_EAS_SYNC_MODE="true",
            ),
            Literal("PAI EAS remote model string-url input"),
        ),
    )


def test_add_version_of_an_imported_model() -> None:
    statement = parse(ADD_IMPORTED)

    assert isinstance(statement, AddVersion)
    assert statement.body.version == Identifier("v2")
    assert statement.body.input == tuple(column(each, INT) for each in ("f1", "f2", "f3"))
    assert [option.key for option in statement.body.options] == ["LOCATION", "ROLEARN"]
    assert statement.body.comment == Literal("Import XGBoost model v2")


def test_create_model() -> None:
    assert parse(CREATE_IMPORTED) == CreateModel(
        name("test_xgboost_classifier"),
        VersionBody(
            Identifier("v1"),
            (column("f1", INT, "first"), column("data", DataType("BINARY"))),
            options(
                MODEL_SOURCE_TYPE="IMPORT",
                MODEL_TYPE="BOOSTED_TREE_CLASSIFIER",
                LOCATION="oss://oss-cn-shanghai-internal.aliyuncs.com/test-mode-bucket/",
                ROLEARN="acs:ram::139******728:role/aliyunodpsdefaultrole",
            ),
            Literal("c"),
        ),
        if_not_exists=True,
    )


MODEL, V = name("m"), Identifier("v")


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("ALTER MODEL m SET DEFAULT_VERSION v", SetDefaultVersion(MODEL, V)),
        ("alter model IF EXISTS M set default_version = V", SetDefaultVersion(MODEL, V, if_exists=True)),
        ("ALTER MODEL m DROP VERSION v", DropVersion(MODEL, V)),
        ("ALTER MODEL IF EXISTS m DROP VERSION IF EXISTS v", DropVersion(MODEL, V, True, True)),
        ("DROP MODEL m", DropModel(MODEL)),
        ("DROP MODEL IF EXISTS p.s.m", DropModel(name("p.s.m"), if_exists=True)),
        ("DESC MODEL m", DescribeModel(MODEL)),
        ("DESCRIBE MODEL s.m VERSION v", DescribeModel(name("s.m"), V)),
        ("SHOW MODELS", ShowModels()),
        ("SHOW MODELS IN p", ShowModels(name("p"))),
        ("SHOW MODELS FROM p.s LIKE 'a%'", ShowModels(name("p.s"), Literal("a%"))),
        ("SHOW MODELS LIKE $1", ShowModels(None, Parameter(1))),
        ("SHOW VERSIONS FOR MODEL m", ShowVersions(MODEL)),
        ("SHOW VERSIONS IN MODEL m LIKE 'v*|w*'", ShowVersions(MODEL, Literal("v*|w*"))),
        ("SHOW CREATE MODEL m", ShowCreateModel(MODEL)),
        ("DESC -- c\r\n MODEL /* \uff0f\uff0a全角 /* nested */ */ m -- end", DescribeModel(MODEL)),
    ],
)
def test_every_short_statement(text: str, statement: Statement) -> None:
    assert parse(text) == statement


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DESC MODEL model", "model"),
        ("DESC MODEL version VERSION version", "version"),
        ("DESC MODEL extended", "extended"),
        ("DESC MODEL extended.m", "extended.m"),
        ("DESC MODEL extended VERSION v", "extended"),
        ("DROP MODEL if", "if"),
        ("ALTER MODEL if DROP VERSION if", "if"),
        ("DESC MODEL 3d_model", "3d_model"),
        ("DESC MODEL 1.2.3", "1.2.3"),
        ("DESC MODEL p.1.b", "p.1.b"),
        ("DESC MODEL 模型", "模型"),
        ('DESC MODEL "A"."B"', "a.b"),
        ("DESC MODEL m . n", "m.n"),
    ],
)
def test_no_word_is_reserved_and_names_are_folded(text: str, found: str) -> None:
    statement = parse(text)

    assert isinstance(statement, DescribeModel | DropModel | DropVersion)
    assert str(statement.name) == found


def test_back_quoted_names_hold_anything() -> None:
    statement = parse("DESC MODEL bigdata_public_modelset.default.`Qwen3-1.7B``\"';.`")

    assert isinstance(statement, DescribeModel)
    assert [part.name for part in statement.name.parts] == ["bigdata_public_modelset", "default", "qwen3-1.7b`\"';."]


def test_columns_may_be_called_like_clauses() -> None:
    found = body("INPUT (comment STRING COMMENT 'c', input INT, `数 据` INT, 列 INT) WITH OPTIONS (A = '')")

    assert found.input == (
        column("comment", STRING, "c"),
        column("input", INT),
        column("数 据", INT),
        column("列", INT),
    )


@pytest.mark.parametrize("words", ["OPTIONS", "WITH OPTIONS", "with options", "/**/WITH--\nOPTIONS"])
def test_options_begin_with_or_without_with(words: str) -> None:
    assert body(f"{words} (A = 'b')").options == options(A="b")
    assert isinstance(parse(f"CREATE MODEL m WITH VERSION v {words} (A = 'b')"), CreateModel)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("'a' \"b\"\n E'c'", "abc"),
        ("5000", "5000"),
        ("-5", "-5"),
        ("+5", "5"),
        ("1.50", "1.50"),
        ("1e5", "1e5"),
        (r"'\\u4e2d'", r"\u4e2d"),
        ("E'\\'x'", "'x"),
        ("'a;--b/*c'", "a;--b/*c"),
        ("'{# x #}'", "{# x #}"),
    ],
)
def test_values_of_options(value: str, found: str) -> None:
    assert body(f"OPTIONS (A = {value}, B = 'x')").options == options(A=found, B="x")


@pytest.mark.parametrize("key", ["apiKey", "'apikey'", '"APIKEY"', "`ApiKey`"])
def test_option_keys_are_folded_and_may_be_quoted(key: str) -> None:
    assert body(f"OPTIONS ({key} = 'x')").options == options(APIKEY="x")


def test_the_same_option_twice_is_left_for_the_catalog() -> None:
    assert [option.key for option in body("OPTIONS (a = '1', A = '2')").options] == ["A", "A"]


def test_parameters_stand_wherever_a_literal_may() -> None:
    statement = parse(
        "ALTER MODEL m ADD VERSION v INPUT (c INT COMMENT $3) OPTIONS (APIKEY = $1, B = $65535) COMMENT $2"
    )

    assert [parameter.number for parameter in find_parameters(statement)] == [3, 1, 65535, 2]


def test_places_count_characters_of_the_fragment() -> None:
    text = "ALTER MODEL 模型.m ADD VERSION v INPUT (c STRING) WITH OPTIONS (KEY = 'x' 'y') COMMENT $1"
    statement = parse(text)

    assert isinstance(statement, AddVersion)
    found = statement.body
    assert found.input is not None
    assert statement.name.at == text.index("模型")
    assert statement.name.parts[1].at == text.index("m ADD")
    assert found.version.at == text.index("v INPUT")
    assert found.input[0].name.at == text.index("c STRING")
    assert found.input[0].type.at == text.index("STRING")
    assert found.options_at == text.index("WITH")
    assert found.options[0].at == text.index("KEY")
    assert found.options[0].value.at == text.index("'x'")
    assert found.comment is not None
    assert found.comment.at == text.index("$1")


def test_types() -> None:
    assert only_type("decimal(38, 18)") == DataType("DECIMAL", arguments=(38, 18))
    assert only_type("Varchar(10)") == DataType("VARCHAR", arguments=(10,))
    assert only_type("TIMESTAMP_NTZ") == DataType("TIMESTAMP_NTZ")
    assert only_type("array") == DataType("ARRAY")
    assert only_type("ARRAY<ARRAY<INT>>") == DataType("ARRAY", elements=(DataType("ARRAY", elements=(INT,)),))
    assert only_type("MAP<STRING, INT>") == DataType("MAP", elements=(STRING, INT))
    assert only_type("STRUCT<a: INT, `B c`:MAP<STRING,ARRAY<INT>>>") == DataType(
        "STRUCT",
        elements=(INT, DataType("MAP", elements=(STRING, DataType("ARRAY", elements=(INT,))))),
        field_names=(Identifier("a"), Identifier("b c")),
    )


def test_a_string_may_stand_in_parentheses() -> None:
    plain = parse("SHOW MODELS LIKE 'a' 'b'")

    assert format_statement(parse("SHOW MODELS LIKE ('a' 'b')")) == format_statement(plain)


@pytest.mark.parametrize("text", ["()", "(1)", "('a'", "(('a'))", "('a', 'b')"])
def test_parentheses_hold_one_string_and_nothing_else(text: str) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(f"SHOW MODELS LIKE {text}")

    assert caught.value.condition is Condition.INVALID_TOKEN_EXPECTING

import pytest

from server.dialect import format_data_type, format_statement, parse
from server.statements import CreateModel
from tests.unit.server.dialect.documents import ADD_IMPORTED, ADD_REMOTE, CREATE_IMPORTED


def test_add_version_with_its_key_masked() -> None:
    assert format_statement(parse(ADD_REMOTE), mask_secrets=True) == (
        "ALTER MODEL pai_eas_qwen25_omni_3b ADD VERSION v2\n"
        "INPUT (url STRING, promt STRING)\n"
        "WITH OPTIONS (\n"
        "    TASKS = 'text-generation',\n"
        "    PAI_EAS_MODEL_NAME = 'Qwen2.5-Omni-3B',\n"
        "    PAI_EAS_SERVICE_NAME = 'test_remote_model',\n"
        "    ENDPOINT = 'http://11261230********.cn-shanghai.pai-eas.aliyuncs.com',\n"
        "    APIKEY = '********',\n"
        "    PAI_EAS_SYNC_MODE = 'true'\n"
        ")\n"
        "COMMENT 'PAI EAS remote model string-url input'"
    )


def test_create_model() -> None:
    assert format_statement(parse(CREATE_IMPORTED)) == (
        "CREATE MODEL IF NOT EXISTS test_xgboost_classifier WITH VERSION v1\n"
        "INPUT (f1 INT COMMENT 'first', data BINARY)\n"
        "OPTIONS (\n"
        "    MODEL_SOURCE_TYPE = 'IMPORT',\n"
        "    MODEL_TYPE = 'BOOSTED_TREE_CLASSIFIER',\n"
        "    LOCATION = 'oss://oss-cn-shanghai-internal.aliyuncs.com/test-mode-bucket/',\n"
        "    ROLEARN = 'acs:ram::139******728:role/aliyunodpsdefaultrole'\n"
        ")\n"
        "COMMENT 'c'"
    )


@pytest.mark.parametrize("document", [ADD_REMOTE, ADD_IMPORTED, CREATE_IMPORTED])
def test_the_documents_read_the_same_again(document: str) -> None:
    statement = parse(document)
    canonical = format_statement(statement)

    assert parse(canonical) == statement
    assert format_statement(parse(canonical)) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("alter model if exists S.M set default_version = V", "ALTER MODEL IF EXISTS s.m SET DEFAULT_VERSION v"),
        ("ALTER MODEL m DROP VERSION IF EXISTS 2", "ALTER MODEL m DROP VERSION IF EXISTS `2`"),
        ("drop model if exists `a``b`", "DROP MODEL IF EXISTS `a``b`"),
        ("describe model 模型 version v", "DESC MODEL 模型 VERSION v"),
        ("DESC MODEL extended", "DESC MODEL `extended`"),
        ('SHOW MODELS FROM p.s LIKE "a\'b"', 'SHOW MODELS IN p.s LIKE "a\'b"'),
        ("SHOW VERSIONS IN MODEL m LIKE $2", "SHOW VERSIONS FOR MODEL m LIKE $2"),
        ("show create model m", "SHOW CREATE MODEL m"),
        ("CREATE PROJECT p", "CREATE DATABASE p"),
        ("DROP PROJECT IF EXISTS p", "DROP DATABASE IF EXISTS p"),
        ("CREATE SCHEMA IF NOT EXISTS s", "CREATE SCHEMA IF NOT EXISTS s"),
        ("DROP SCHEMA IF EXISTS s RESTRICT", "DROP SCHEMA IF EXISTS s"),
        ("USE `my-project`", "USE `my-project`"),
        ("USE SCHEMA s", "USE SCHEMA s"),
        ("START TRANSACTION", "BEGIN"),
        ("END", "COMMIT"),
        ("ABORT", "ROLLBACK"),
        ('SAVEPOINT "S"', 'SAVEPOINT "S"'),
        ("ROLLBACK TO s", "ROLLBACK TO SAVEPOINT s"),
        ("RELEASE s", "RELEASE SAVEPOINT s"),
        ("SET LOCAL datestyle = ISO, 'it''s'", "SET LOCAL datestyle TO 'ISO', 'it''s'"),
        ("SET x = DEFAULT", "SET x TO DEFAULT"),
        ("SHOW TIME ZONE", "SHOW timezone"),
        ('SHOW "all"', 'SHOW "all"'),
        ("RESET ALL", "RESET ALL"),
    ],
)
def test_every_short_statement(text: str, canonical: str) -> None:
    statement = parse(text)

    assert format_statement(statement) == canonical
    assert parse(canonical) == statement


def test_only_keys_given_in_the_text_are_masked() -> None:
    statement = parse("ALTER MODEL m ADD VERSION v WITH OPTIONS (apikey = $1, ENDPOINT = 'e')")

    assert "APIKEY = $1" in format_statement(statement, mask_secrets=True)
    assert "ENDPOINT = 'e'" in format_statement(statement, mask_secrets=True)


def test_types() -> None:
    text = "STRUCT<a:INT,`b c`:MAP<STRING,ARRAY<DECIMAL(38,18)>>>"
    statement = parse(f"CREATE MODEL m WITH VERSION v INPUT (c {text.lower()}) OPTIONS (A = '')")

    assert isinstance(statement, CreateModel)
    assert statement.body.input is not None
    assert format_data_type(statement.body.input[0].type) == text

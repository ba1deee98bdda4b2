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
        ("START TRANSACTION", "START TRANSACTION"),
        ("BEGIN DEFERRABLE READ ONLY", "BEGIN READ ONLY, DEFERRABLE"),
        ("END AND CHAIN", "COMMIT AND CHAIN"),
        ("SET SESSION TRANSACTION READ WRITE", "SET TRANSACTION READ WRITE"),
        ("set role none", "SET \"role\" TO 'none'"),
        ("SHOW TRANSACTION ISOLATION LEVEL", "SHOW transaction_isolation"),
        ("DISCARD TEMPORARY", "DISCARD TEMP"),
        ("DEALLOCATE PREPARE a", "DEALLOCATE a"),
        (
            "prepare P(int4, varchar(5)[]) as desc model M",
            "PREPARE p (integer, character varying(5)[]) AS DESC MODEL m",
        ),
        (
            "EXECUTE p(1, true, null, 'it''s', $1::int)",
            "EXECUTE p ('1'::integer, 'true'::boolean, NULL, 'it''s', $1::integer)",
        ),
        ("DECLARE c SCROLL INSENSITIVE CURSOR WITHOUT HOLD FOR SHOW MODELS", "DECLARE c SCROLL CURSOR FOR SHOW MODELS"),
        ("fetch prior c", "FETCH BACKWARD 1 FROM c"),
        ("MOVE ALL IN c", "MOVE FORWARD ALL FROM c"),
        ("NOTIFY c, 'x'", "NOTIFY c, 'x'"),
        ("UNLISTEN *", "UNLISTEN *"),
        ("COPY (SHOW MODELS) TO STDOUT", "COPY (SHOW MODELS) TO STDOUT"),
        (
            "COPY (SHOW MODELS) TO STDOUT CSV HEADER",
            "COPY (SHOW MODELS) TO STDOUT (FORMAT csv, DELIMITER ',', NULL '', HEADER true, QUOTE '\"', ESCAPE '\"')",
        ),
        ("ADD USER ALIYUN$Bob@x.com", "ADD USER ALIYUN$Bob@x.com"),
        ("ADD USER IF NOT EXISTS `RAM$1:role/a b`", "ADD USER IF NOT EXISTS `RAM$1:role/a b`"),
        ("create role Worker", "CREATE ROLE worker"),
        ("DROP ROLE IF EXISTS w", "DROP ROLE IF EXISTS w"),
        ("grant Admin,worker to user bob, RAM$1:role/x", "GRANT admin, worker TO bob, RAM$1:role/x"),
        ("revoke worker from bob", "REVOKE worker FROM bob"),
        (
            "grant describe, ALTER on model p.s.M to user Bob,role Worker",
            "GRANT Describe, Alter ON MODEL p.s.m TO USER Bob, ROLE worker",
        ),
        ("REVOKE ALL PRIVILEGES ON DATABASE p FROM USER b", "REVOKE All ON PROJECT p FROM USER b"),
        ("GRANT CreateModel, List ON SCHEMA p.s TO USER b", "GRANT CreateModel, List ON SCHEMA p.s TO USER b"),
        ("list users", "LIST USERS"),
        ("list roles", "LIST ROLES"),
        ("desc role W", "DESCRIBE ROLE w"),
        ("show grants", "SHOW GRANTS"),
        ("show grants for RAM$1:Bob", "SHOW GRANTS FOR USER RAM$1:Bob"),
        ("show grants for role w", "SHOW GRANTS FOR ROLE w"),
        ("show grants for role", "SHOW GRANTS FOR USER `role`"),
        ("show acl for s.m on type model", "SHOW ACL FOR s.m"),
        ("show acl for s on type schema", "SHOW ACL FOR s ON TYPE SCHEMA"),
        ("whoami", "WHOAMI"),
        ("ALTER USER u NOSUPERUSER", "ALTER USER u NOSUPERUSER"),
        ("CREATE USER u SUPERUSER PASSWORD NULL", "CREATE USER u SUPERUSER"),
        ("ALTER ROLE u PASSWORD NULL", "ALTER USER u PASSWORD NULL"),
        ("REMOVE USER RAM$1:a-b", "REMOVE USER RAM$1:a-b"),
        ("checkpoint", "CHECKPOINT"),
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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("CREATE USER u PASSWORD 'p'", "CREATE USER u PASSWORD '********'"),
        ("ALTER USER u PASSWORD 'p'", "ALTER USER u PASSWORD '********'"),
        ("ALTER USER u PASSWORD $1", "ALTER USER u PASSWORD $1"),
        ("EXECUTE s ('p', $1, NULL, 5)", "EXECUTE s ('********', $1, NULL, '********'::integer)"),
        (
            "PREPARE s AS ALTER MODEL m ADD VERSION v OPTIONS (APIKEY = 'p')",
            "PREPARE s AS ALTER MODEL m ADD VERSION v\nWITH OPTIONS (\n    APIKEY = '********'\n)",
        ),
    ],
)
def test_every_secret_is_masked(text: str, masked: str) -> None:
    assert format_statement(parse(text), mask_secrets=True) == masked


def test_types() -> None:
    text = "STRUCT<a:INT,`b c`:MAP<STRING,ARRAY<DECIMAL(38,18)>>>"
    statement = parse(f"CREATE MODEL m WITH VERSION v INPUT (c {text.lower()}) OPTIONS (A = '')")

    assert isinstance(statement, CreateModel)
    assert statement.body.input is not None
    assert format_data_type(statement.body.input[0].type) == text

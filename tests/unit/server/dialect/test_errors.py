"""Every error of the dialect, with its message and its place."""

import pytest

from server.dialect import parse
from server.errors import Condition, OdpsError
from tests.unit.server.dialect.documents import ADD_IMPORTED, ADD_REMOTE, CREATE_IMPORTED

ADD = "ALTER MODEL m ADD VERSION v "
CREATED = "one of 'MODEL','OR','DATABASE','PROJECT','SCHEMA','USER','ROLE'"
DROPPED = "one of 'MODEL','DATABASE','PROJECT','SCHEMA','USER','ROLE'"
ACTIONS = "one of 'Describe','Execute','Alter','Drop','CreateModel','List','All'"
MODES = "one of 'ISOLATION LEVEL','READ WRITE','READ ONLY','DEFERRABLE','NOT DEFERRABLE'"


def message(text: str) -> str:
    with pytest.raises(OdpsError) as caught:
        parse(text)
    diagnostic = caught.value.diagnostic
    return diagnostic.message(text, diagnostic.at)


def parse_exception(line: int, column: int, token: str, expected: str = "") -> str:
    tail = f", expect {expected}" if expected else ""
    return f"ODPS-0130161:[{line},{column}] Parse exception - invalid token '{token}'{tail}"


@pytest.mark.parametrize(
    ("text", "column", "token", "expected"),
    [
        ("", 1, "<EOF>", ""),
        ("SLEECT 1", 1, "SLEECT", ""),
        ("123", 1, "123", ""),
        ("'secret'", 1, "<string>", ""),
        ("START", 6, "<EOF>", "'TRANSACTION'"),
        ("START WORK", 7, "WORK", "'TRANSACTION'"),
        ("START TRANSACTION WORK", 19, "WORK", MODES),
        ("ALTER", 6, "<EOF>", "one of 'MODEL','USER','ROLE'"),
        ("ALTER MODLE m", 7, "MODLE", "one of 'MODEL','USER','ROLE'"),
        ("CREATE 'x'", 8, "<string>", CREATED),
        ("DROP MODLE m", 6, "MODLE", DROPPED),
        ("UNDROP m", 8, "m", "'MODEL'"),
        ("LIST USER", 6, "USER", "one of 'USERS','ROLES'"),
        ("GRANT CreateInstance ON PROJECT p TO ROLE r", 7, "CreateInstance", ACTIONS),
        ("SHOW MODEL m", 6, "MODEL", "one of 'MODELS','VERSIONS'"),
        ("SHOW CREATE TABLE t", 13, "TABLE", "'MODEL'"),
        ("DESC", 5, "<EOF>", "one of 'MODEL','ROLE'"),
        ("DESC t", 6, "t", "one of 'MODEL','ROLE'"),
        ("DESC MODEL", 11, "<EOF>", "a name"),
        ("DESC MODEL 'm'", 12, "<string>", "a name"),
        ("DESC MODEL m,", 13, ",", "one of 'VERSION','AS OF'"),
        ("DESC MODEL m;", 13, ";", "one of 'VERSION','AS OF'"),
        ("DESC MODEL m VERSION v w", 24, "w", "'AS OF'"),
        ("DESC MODEL m AS OF REVISION 1 w", 31, "w", ""),
        ("DESC MODEL m.", 14, "<EOF>", "a name"),
        ("DESC MODEL m-1", 13, "-", ""),
        ("DESC MODEL a€b", 12, "a€b", "a name"),
        ("DESC MODEL $1", 12, "$1", "a name"),
        ("DESC MODEL m {# c #}", 14, "{", "one of 'VERSION','AS OF'"),
        ("DESC MODEL m VERSION", 21, "<EOF>", "a version name"),
        ("DESC MODEL m VERSION 'v'", 22, "<string>", "a version name"),
        ("SHOW MODELS x", 13, "x", "one of 'IN','FROM','LIKE'"),
        ("SHOW MODELS IN s x", 18, "x", "'LIKE'"),
        ("SHOW SCHEMAS x", 14, "x", "one of 'IN','FROM','LIKE'"),
        ("SHOW SCHEMAS IN p.s", 18, ".", "'LIKE'"),
        ("SHOW MODELS LIKE x", 18, "<word>", "a string"),
        ("SHOW MODELS LIKE 'a' x", 22, "x", ""),
        ("SHOW VERSIONS m", 15, "m", "one of 'FOR','IN'"),
        ("CREATE MODEL m VERSION v", 16, "VERSION", "'WITH'"),
        ("CREATE MODEL IF EXISTS m", 17, "EXISTS", "'WITH'"),
        ("CREATE MODEL m WITH VERSION v", 30, "<EOF>", "one of 'INPUT','WITH','OPTIONS'"),
        ("ALTER MODEL m", 14, "<EOF>", "one of 'ADD','SET','DROP','MODIFY','UNSET','RENAME','CHANGEOWNER'"),
        ("ALTER MODEL m ADD v", 19, "v", "'VERSION'"),
        (
            "ALTER MODEL m SET VERSION v",
            19,
            "VERSION",
            "one of 'DEFAULT_VERSION','COMMENT','LABELS','LIFECYCLE','ALIAS'",
        ),
        ("ALTER MODEL m DROP v", 20, "v", "one of 'VERSION','ALIAS'"),
        ("ALTER MODEL m RENAME n", 22, "n", "'TO'"),
        ("ALTER MODEL m CHANGEOWNER 'o'", 27, "<string>", "'TO'"),
        ("ALTER MODEL m MODIFY v", 22, "v", "'VERSION'"),
        ("ALTER MODEL m MODIFY VERSION v SET x", 36, "x", "one of 'COMMENT','LABELS','LIFECYCLE','OPTIONS'"),
        ("ALTER MODEL m SET DEFAULT_VERSION v w", 37, "w", "'IF'"),
        ("ALTER MODEL m SET DEFAULT_VERSION v IF DEFAULT_VERSION = u w", 60, "w", ""),
        (ADD + "INPUT ()", 36, ")", "a column name"),
        (ADD + "INPUT (a)", 37, ")", "a data type"),
        (ADD + "INPUT (a INT,)", 42, ")", "a column name"),
        (ADD + "INPUT (a INT b INT)", 42, "b", "one of 'COMMENT',',',')'"),
        (ADD + "INPUT (a INT COMMENT 'c' b INT)", 54, "b", "one of ',',')'"),
        (ADD + "INPUT (a INT COMMENT c)", 50, "<word>", "a string"),
        (ADD + "INPUT (a DECIMAL())", 46, ")", "an integer"),
        (ADD + "INPUT (a DECIMAL(1,2,3))", 49, ",", "')'"),
        (ADD + "INPUT (a DECIMAL(1e5))", 46, "1e5", "an integer"),
        (ADD + "INPUT (a CHAR(1234567890123456789))", 43, "1234567890123456789", "an integer"),
        (ADD + "INPUT (a INT<INT>)", 41, "<", "one of 'COMMENT',',',')'"),
        (ADD + "INPUT (a MAP<INT>)", 45, ">", "','"),
        (ADD + "INPUT (a ARRAY<INT)", 47, ")", "'>'"),
        (ADD + "INPUT (a STRUCT<b INT>)", 47, "INT", "':'"),
        (ADD + "INPUT (a `int`)", 38, "`int`", "a data type"),
        (ADD + "INPUT (a INT)", 42, "<EOF>", "one of 'WITH','OPTIONS'"),
        (ADD + "OPTIONS ()", 38, ")", "an option"),
        (ADD + "OPTIONS (A = 'b',)", 46, ")", "an option"),
        (ADD + "OPTIONS (A 'b')", 40, "<string>", "'='"),
        (ADD + "OPTIONS (A = b)", 42, "<word>", "a string or number"),
        (ADD + "OPTIONS (A = )", 42, ")", "a string or number"),
        (ADD + "OPTIONS (A = - 'b')", 42, "-", "a string or number"),
        (ADD + "OPTIONS (A = N'b')", 42, "<string>", "a string or number"),
        (ADD + "OPTIONS (A = 'b' B = 'c')", 46, "<word>", "one of ',',')'"),
        (ADD + r"OPTIONS ('a\101' = 'b')", 38, "<string>", "an option"),
        (ADD + "OPTIONS (A = 'b') x", 47, "x", "'COMMENT'"),
        (ADD + "OPTIONS (A = 'b') COMMENT", 54, "<EOF>", "a string"),
        (ADD + "OPTIONS (A = 'b') COMMENT 5", 55, "<word>", "a string"),
        (ADD + "OPTIONS (A = 'b') COMMENT 'c' x", 59, "x", ""),
        (ADD + "OPTIONS (A = $123456)", 42, "<word>", "a string or number"),
        ("USE p q", 7, "q", ""),
        ("USE", 4, "<EOF>", "a name"),
        ("CREATE DATABASE p.q", 18, ".", ""),
        ("SET", 4, "<EOF>", "a parameter name"),
        ("SET x 'secret'", 7, "<string>", "one of '=','TO'"),
        ("SET x =", 8, "<EOF>", "a value"),
        ("SET x = a b", 11, "<word>", ""),
        ("SET x = DEFAULT, a", 16, ",", ""),
        ("SHOW x y", 8, "y", ""),
        ("BEGIN x", 7, "x", MODES),
        ("BEGIN READ WRITE,", 18, "<EOF>", MODES),
        (
            "BEGIN ISOLATION LEVEL x",
            23,
            "x",
            "one of 'SERIALIZABLE','REPEATABLE READ','READ COMMITTED','READ UNCOMMITTED'",
        ),
        ("COMMIT x", 8, "x", ""),
        ("SAVEPOINT", 10, "<EOF>", "a name"),
    ],
)
def test_invalid_tokens(text: str, column: int, token: str, expected: str) -> None:
    assert message(text) == parse_exception(1, column, token, expected)


def test_lines_and_columns_count_from_one() -> None:
    assert message("DESC MODEL m\r\n  -- c\n   VERSION\n 模型 x") == parse_exception(4, 5, "x", "'AS OF'")


def test_a_long_token_is_cut() -> None:
    assert message("SHOW MODELS LIKE 'm' " + "x" * 100) == parse_exception(1, 22, "x" * 64 + "...")


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("DESC MODEL `m", 12, "quoted identifier"),
        (ADD + "OPTIONS (A = 'b)", 42, "string"),
        (ADD + 'OPTIONS (A = "b)', 42, "string"),
        (ADD + r"OPTIONS (A = 'b\')", 42, "string"),
        ("DESC MODEL /* a /* b */ m", 12, "/* comment"),
        ("/* a", 1, "/* comment"),
        ("'a", 1, "string"),
        ("SET x = 'a", 9, "string"),
        ('SAVEPOINT "a', 11, "quoted identifier"),
    ],
)
def test_what_is_left_open(text: str, column: int, what: str) -> None:
    assert message(text) == f"ODPS-0130161:[1,{column}] Parse exception - unterminated {what}"


@pytest.mark.parametrize(
    ("text", "column", "statement"),
    [
        ("/* c */ INSERT INTO t VALUES (1)", 9, "INSERT"),
        ("PREPARE TRANSACTION 'x'", 9, "PREPARE TRANSACTION"),
        ("SET TRANSACTION SNAPSHOT 'x'", 17, "SET TRANSACTION SNAPSHOT"),
        ("SET x FROM CURRENT", 7, "SET FROM CURRENT"),
        ("SET CATALOG 'p'", 13, "SET CATALOG"),
        ("LOCK TABLE t", 1, "LOCK"),
        ("VACUUM", 1, "VACUUM"),
        ("ANALYZE", 1, "ANALYZE"),
        ("KILL 5", 1, "KILL"),
        ("ADD JAR x", 1, "ADD JAR"),
        ("LIST PROJECTS", 1, "LIST PROJECTS"),
        ("PURGE PRIVILEGES FROM USER u", 1, "PURGE PRIVILEGES"),
        ("CLEAR EXPIRED GRANTS", 1, "CLEAR"),
        ("SETPROJECT odps.sql.type.system.odps2=true", 1, "SETPROJECT"),
        ("SHOW ROLES", 6, "SHOW ROLES"),
        ("SHOW TABLES IN p LIKE 'x'", 6, "SHOW TABLES"),
        ("CREATE ROLE r PRIVILEGEPROPERTIES('type'='admin')", 15, "CREATE ROLE with PRIVILEGEPROPERTIES"),
        ("CREATE TABLE t (a INT)", 1, "CREATE TABLE"),
        ("create temporary table t", 1, "CREATE TABLE"),
        ('CREATE LOCAL TEMPORARY TABLE "#t" ("a" INTEGER) ON COMMIT PRESERVE ROWS', 1, "CREATE TABLE"),
        ("CREATE OR REPLACE LOCAL TEMPORARY RECURSIVE VIEW v (a)", 1, "CREATE OR REPLACE VIEW"),
        ("CREATE OR REPLACE VIEW v", 1, "CREATE OR REPLACE VIEW"),
        ("ALTER TABLE t", 1, "ALTER TABLE"),
        ("DROP VIEW v", 1, "DROP VIEW"),
        ("ALTER DATABASE d", 1, "ALTER DATABASE"),
        ("GRANT SELECT ON TABLE t TO USER b", 17, "GRANT ON TABLE"),
        ("GRANT Describe ON MODEL m TO USER b WITH GRANT OPTION", 37, "GRANT WITH GRANT OPTION"),
        ("REVOKE ALL PRIVILEGES ON DOMAIN d FROM USER b", 26, "REVOKE ON DOMAIN"),
        ("DROP SCHEMA s CASCADE", 15, "DROP SCHEMA CASCADE"),
        ("COMMIT PREPARED 'x'", 8, "COMMIT PREPARED"),
        ("ROLLBACK PREPARED 'x'", 10, "ROLLBACK PREPARED"),
    ],
)
def test_what_this_server_does_not_do(text: str, column: int, statement: str) -> None:
    assert message(text) == (
        f"ODPS-0130071:[1,{column}] Semantic analysis exception - {statement} is not supported by this server"
    )


@pytest.mark.parametrize("text", ["DROP MODEL a-b", "SHOW MODELS IN a-b", "DESC MODEL p.default.q3.6-plus"])
def test_names_that_need_quotes_are_told_so(text: str) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text)

    hint = caught.value.diagnostic.hint
    assert hint is not None
    assert "stands in back quotes" in hint


@pytest.mark.parametrize(
    "text",
    [
        "CREATE MODEL m WITH VERSION v1.0 OPTIONS (A = 'b')",
        "ALTER MODEL m SET DEFAULT_VERSION v1-beta",
        "ALTER MODEL m MODIFY VERSION v1.0 SET COMMENT 'c'",
        "DESC MODEL m VERSION 2026-01-31",
    ],
)
def test_names_of_versions_that_cannot_be_are_told_so(text: str) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text)

    assert caught.value.diagnostic.hint == "The name of a version has letters, digits and _ only."


@pytest.mark.parametrize("text", ["DESC MODEL a.b.c.d", "SHOW MODELS IN a.b.c", "CREATE SCHEMA a.b.c"])
def test_names_of_too_many_parts(text: str) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text)

    assert caught.value.condition is Condition.NAME_TOO_MANY_PARTS
    assert caught.value.diagnostic.at == text.index("a.b")


@pytest.mark.parametrize("number", [0, 65536, 99999])
def test_parameters_count_from_1_to_65535(number: int) -> None:
    assert message(f"SHOW MODELS LIKE ${number}") == f"there is no parameter ${number}"


def test_bad_escapes_say_where_the_backslash_is() -> None:
    text = ADD + "\n" + r"OPTIONS (A = 'b', B = 'c\01')"

    assert message(text) == "ODPS-0130161:[2,25] Parse exception - unexpected escape sequence: 01"


@pytest.mark.parametrize("document", [ADD_REMOTE, ADD_IMPORTED, CREATE_IMPORTED])
def test_a_statement_cut_anywhere_is_an_error_or_a_shorter_statement(document: str) -> None:
    whole_without_comment = document[: document.rindex("COMMENT")]
    for length in range(len(document)):
        cut = document[:length]
        if cut.rstrip() == whole_without_comment.rstrip():
            assert parse(cut) is not None
        else:
            with pytest.raises(OdpsError):
                parse(cut)


SECRET = "s3cr3tK3y"


@pytest.mark.parametrize(
    "text",
    [
        ADD + f"OPTIONS (APIKEY = {SECRET})",
        ADD + f"OPTIONS (APIKEY = '{SECRET}' x)",
        ADD + f"OPTIONS (APIKEY = '{SECRET}",
        ADD + f"OPTIONS (APIKEY = 'a' {SECRET}')",
        ADD + f"OPTIONS (APIKEY = 'a'{SECRET}'')",
        ADD + f"OPTIONS (APIKEY = `{SECRET}`)",
        ADD + f"OPTIONS (APIKEY '{SECRET}')",
        ADD + f"OPTIONS (APIKEY = '{SECRET}\\q')",
        ADD + f"OPTIONS ('{SECRET}' 'x')",
        f"DESC MODEL '{SECRET}'",
        f"SET x = '{SECRET}' y",
        f"SET x = y {SECRET}",
        f"EXECUTE p ('a' {SECRET})",
        f"EXECUTE p ({SECRET})",
        f"EXECUTE p ('{SECRET}",
        f"EXECUTE p (CAST ('a' {SECRET}))",
        f"CREATE USER u PASSWORD {SECRET}",
        f"CREATE USER u PASSWORD 'a' {SECRET}",
        f"CREATE USER u {SECRET}",
        f"ALTER USER u PASSWORD '{SECRET}' x",
        f"ALTER USER u WITH {SECRET}",
        f"NOTIFY c, {SECRET}",
        f"'{SECRET}'",
        f"SELECT 1 1 '{SECRET}'",
    ],
)
def test_no_error_shows_the_content_of_a_string(text: str) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text)

    error = caught.value
    assert SECRET not in f"{error} {error!r} {error.diagnostic!r} {error.__cause__!r}"
    assert SECRET not in error.diagnostic.message(text, error.diagnostic.at)


@pytest.mark.parametrize(
    "text",
    [
        ADD + f"OPTIONS (APIKEY = '{SECRET}')",
        f"SET x = '{SECRET}'",
        f"ALTER USER u PASSWORD '{SECRET}'",
        f"EXECUTE p ('{SECRET}')",
        f"NOTIFY c, '{SECRET}'",
    ],
)
def test_no_repr_of_a_statement_shows_the_content_of_a_string(text: str) -> None:
    assert SECRET not in repr(parse(text))

import pytest

from server.dialect import format_statement, parse
from server.statements import (
    Begin,
    Commit,
    CreateProject,
    CreateSchema,
    DropProject,
    DropSchema,
    Identifier,
    ObjectName,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SetParameter,
    SetScope,
    ShowParameter,
    Statement,
    UseProject,
    UseSchema,
)

P, S = Identifier("p"), Identifier("s")
SCHEMA, PROJECT_SCHEMA = ObjectName((S,)), ObjectName((P, S))


def check(text: str, statement: Statement) -> None:
    assert parse(text) == statement
    assert parse(format_statement(statement)) == statement


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("CREATE DATABASE p", CreateProject(P)),
        ("create project P", CreateProject(P)),
        ('CREATE DATABASE "P"', CreateProject(P)),
        ("DROP DATABASE p", DropProject(P)),
        ("DROP PROJECT IF EXISTS p", DropProject(P, if_exists=True)),
        ("CREATE SCHEMA s", CreateSchema(SCHEMA)),
        ("CREATE SCHEMA IF NOT EXISTS p.s", CreateSchema(PROJECT_SCHEMA, if_not_exists=True)),
        ("CREATE SCHEMA if", CreateSchema(ObjectName((Identifier("if"),)))),
        ("DROP SCHEMA IF EXISTS p.s", DropSchema(PROJECT_SCHEMA, if_exists=True)),
        ("DROP SCHEMA s RESTRICT", DropSchema(SCHEMA)),
        ("USE p", UseProject(P)),
        ("USE schema", UseProject(Identifier("schema"))),
        ("USE SCHEMA s", UseSchema(S)),
        ("USE SCHEMA schema", UseSchema(Identifier("schema"))),
    ],
)
def test_projects_and_schemas(text: str, statement: Statement) -> None:
    check(text, statement)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("BEGIN", Begin()),
        ("begin work", Begin()),
        ("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE NOT DEFERRABLE", Begin()),
        ("START TRANSACTION", Begin()),
        ("START TRANSACTION ISOLATION LEVEL REPEATABLE READ", Begin()),
        ("START /* c */ TRANSACTION ISOLATION LEVEL READ UNCOMMITTED, DEFERRABLE", Begin()),
        ("COMMIT", Commit()),
        ("COMMIT WORK", Commit()),
        ("END TRANSACTION", Commit()),
        ("COMMIT AND NO CHAIN", Commit()),
        ("ROLLBACK", Rollback()),
        ("ROLLBACK WORK AND NO CHAIN", Rollback()),
        ("ABORT TRANSACTION", Rollback()),
        ("SAVEPOINT s", Savepoint(S)),
        ("SAVEPOINT S", Savepoint(S)),
        ('SAVEPOINT "S a""b"', Savepoint(Identifier('S a"b'))),
        ("ROLLBACK TO s", RollbackTo(S)),
        ("ROLLBACK TRANSACTION TO SAVEPOINT s", RollbackTo(S)),
        ("ROLLBACK TO savepoint", RollbackTo(Identifier("savepoint"))),
        ("RELEASE s", Release(S)),
        ("RELEASE SAVEPOINT savepoint", Release(Identifier("savepoint"))),
    ],
)
def test_transactions(text: str, statement: Statement) -> None:
    check(text, statement)


@pytest.mark.parametrize(
    ("text", "parameter", "values", "scope"),
    [
        ("SET DateStyle = ISO, MDY", "datestyle", ("ISO", "MDY"), SetScope.SESSION),
        ("SET SESSION search_path TO 'a''b', \"C d\"", "search_path", ("a'b", "C d"), SetScope.SESSION),
        ("SET LOCAL statement_timeout TO 5000", "statement_timeout", ("5000",), SetScope.LOCAL),
        ("SET extra_float_digits = -3", "extra_float_digits", ("-3",), SetScope.SESSION),
        ("SET x = 1.5", "x", ("1.5",), SetScope.SESSION),
        ("SET x = E'a\\n\\\\b'", "x", ("a\n\\b",), SetScope.SESSION),
        (r"SET x = 'a\b'", "x", (r"a\b",), SetScope.SESSION),
        ("SET x = on", "x", ("on",), SetScope.SESSION),
        ("SET x TO DEFAULT", "x", (), SetScope.SESSION),
        ("SET x TO 'DEFAULT'", "x", ("DEFAULT",), SetScope.SESSION),
        ("SET modeld.desc_format = 'text'", "modeld.desc_format", ("text",), SetScope.SESSION),
        ("SET odps.sql.type.system.odps2=true", "odps.sql.type.system.odps2", ("true",), SetScope.SESSION),
        ("SET session = a", "session", ("a",), SetScope.SESSION),
        ("SET local TO a", "local", ("a",), SetScope.SESSION),
        ("SET TIME ZONE 'Asia/Shanghai'", "timezone", ("Asia/Shanghai",), SetScope.SESSION),
        ("SET LOCAL TIME ZONE UTC", "timezone", ("UTC",), SetScope.LOCAL),
        ("SET TIME ZONE -7", "timezone", ("-7",), SetScope.SESSION),
        ("SET TIME ZONE LOCAL", "timezone", (), SetScope.SESSION),
        ("SET TIME ZONE DEFAULT", "timezone", (), SetScope.SESSION),
        ("SET NAMES 'UTF8'", "client_encoding", ("UTF8",), SetScope.SESSION),
        ("SET NAMES", "client_encoding", (), SetScope.SESSION),
        ("SET names = x", "names", ("x",), SetScope.SESSION),
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
            "default_transaction_isolation",
            ("read committed",),
            SetScope.SESSION,
        ),
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            "default_transaction_read_only",
            ("off",),
            SetScope.SESSION,
        ),
    ],
)
def test_set(text: str, parameter: str, values: tuple[str, ...], scope: SetScope) -> None:
    check(text, SetParameter(parameter, values, scope))


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("SHOW TimeZone", ShowParameter("timezone")),
        ("SHOW TIME ZONE", ShowParameter("timezone")),
        ("SHOW ALL", ShowParameter(None)),
        ('SHOW "all"', ShowParameter("all")),
        ("SHOW modeld.desc_format", ShowParameter("modeld.desc_format")),
        ("SHOW transaction_isolation", ShowParameter("transaction_isolation")),
        ("RESET x", ResetParameter("x")),
        ("RESET ALL", ResetParameter(None)),
        ("RESET TIME ZONE", ResetParameter("timezone")),
    ],
)
def test_show_and_reset(text: str, statement: Statement) -> None:
    check(text, statement)

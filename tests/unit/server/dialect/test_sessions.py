import pytest

from server.dialect import format_statement, parse
from server.statements import (
    Begin,
    Checkpoint,
    Commit,
    CreateProject,
    CreateSchema,
    Discard,
    DiscardKind,
    DropProject,
    DropSchema,
    Identifier,
    Listen,
    Literal,
    Notify,
    ObjectName,
    Parameter,
    Release,
    ResetParameter,
    Rollback,
    RollbackTo,
    Savepoint,
    SetConstraints,
    SetParameter,
    SetScope,
    SetSessionCharacteristics,
    SetTransaction,
    ShowParameter,
    Statement,
    TransactionModes,
    Unlisten,
    UseProject,
    UseSchema,
)
from server.statements import IsolationLevel as Level

P, S = Identifier("p"), Identifier("s")
SCHEMA, PROJECT_SCHEMA = ObjectName((S,)), ObjectName((P, S))


S_CHANNEL = Identifier("c")
MODES = TransactionModes(Level.SERIALIZABLE, read_only=False, deferrable=False)


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
        ("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE NOT DEFERRABLE", Begin(MODES)),
        ("START TRANSACTION", Begin(says_start=True)),
        (
            "START TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            Begin(TransactionModes(Level.REPEATABLE_READ), says_start=True),
        ),
        (
            "START /* c */ TRANSACTION ISOLATION LEVEL READ UNCOMMITTED, DEFERRABLE",
            Begin(TransactionModes(Level.READ_UNCOMMITTED, deferrable=True), says_start=True),
        ),
        ("BEGIN READ ONLY", Begin(TransactionModes(read_only=True))),
        ("BEGIN READ ONLY READ WRITE, READ ONLY", Begin(TransactionModes(read_only=True))),
        (
            "BEGIN ISOLATION LEVEL SERIALIZABLE, ISOLATION LEVEL READ COMMITTED",
            Begin(TransactionModes(Level.READ_COMMITTED)),
        ),
        ("COMMIT AND CHAIN", Commit(chain=True)),
        ("ROLLBACK TRANSACTION AND CHAIN", Rollback(chain=True)),
        ("ABORT WORK AND CHAIN", Rollback(chain=True)),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE NOT DEFERRABLE", SetTransaction(MODES)),
        ("SET LOCAL TRANSACTION READ ONLY", SetTransaction(TransactionModes(read_only=True))),
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
            SetSessionCharacteristics(TransactionModes(Level.READ_COMMITTED, read_only=False)),
        ),
        ("SET CONSTRAINTS ALL DEFERRED", SetConstraints((), deferred=True)),
        ("SET CONSTRAINTS s, p.s IMMEDIATE", SetConstraints((SCHEMA, PROJECT_SCHEMA), deferred=False)),
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
        ("SET odps.x=Asia/Tokyo -- there", "odps.x", ("Asia/Tokyo",), SetScope.SESSION),
        ('SET odps.x = {"t": 1, "u": \'2\'}', "odps.x", ('{"t": 1, "u": \'2\'}',), SetScope.SESSION),
        ("SET odps.x=a.py,b.zip", "odps.x", ("a.py,b.zip",), SetScope.SESSION),
        ("SET ODPS.X = 'a''b'", "odps.x", ("a'b",), SetScope.SESSION),
        ("SET LOCAL odps.x TO 'a' 'b'", "odps.x", ("ab",), SetScope.LOCAL),
        ("SET odps.x TO default", "odps.x", (), SetScope.SESSION),
        ("SET console.x=True", "console.x", ("True",), SetScope.SESSION),
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
        ("SET ROLE NONE", "role", ("none",), SetScope.SESSION),
        ("SET LOCAL ROLE 'Bob'", "role", ("Bob",), SetScope.LOCAL),
        ('SET SESSION ROLE "Bob"', "role", ("Bob",), SetScope.SESSION),
        ("SET role = x", "role", ("x",), SetScope.SESSION),
        ("SET role.x = y", "role.x", ("y",), SetScope.SESSION),
        ("SET SESSION AUTHORIZATION Bob", "session_authorization", ("bob",), SetScope.SESSION),
        ("SET LOCAL SESSION AUTHORIZATION 'Bob'", "session_authorization", ("Bob",), SetScope.LOCAL),
        ("SET SESSION AUTHORIZATION DEFAULT", "session_authorization", (), SetScope.SESSION),
        ("SET XML OPTION DOCUMENT", "xmloption", ("DOCUMENT",), SetScope.SESSION),
        ("SET LOCAL XML OPTION content", "xmloption", ("CONTENT",), SetScope.LOCAL),
        ("SET SCHEMA 's'", "search_path", ("s",), SetScope.SESSION),
        ("SET search_path = a, \"B\", 'c'", "search_path", ("a", "B", "c"), SetScope.SESSION),
        ("SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE", "timezone", ("INTERVAL '-08:00:00'",), SetScope.SESSION),
        ("SET TIME ZONE INTERVAL '1' HOUR", "timezone", ("INTERVAL '01:00:00'",), SetScope.SESSION),
        ("SET TIME ZONE INTERVAL '90' HOUR TO MINUTE", "timezone", ("INTERVAL '01:30:00'",), SetScope.SESSION),
        ("SET TIME ZONE INTERVAL '+5:45' HOUR", "timezone", ("INTERVAL '05:00:00'",), SetScope.SESSION),
        ("SET TIME ZONE INTERVAL '-0'", "timezone", ("INTERVAL '00:00:00'",), SetScope.SESSION),
        ("SET TIME ZONE INTERVAL(0) '90'", "timezone", ("INTERVAL '00:01:30'",), SetScope.SESSION),
        ("SET TIME ZONE INTERVAL '2 hours'", "timezone", ("INTERVAL '2 hours'",), SetScope.SESSION),
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
        ("SHOW tables.shown", ShowParameter("tables.shown")),
        ("SHOW model.version", ShowParameter("model.version")),
        ("SHOW transaction_isolation", ShowParameter("transaction_isolation")),
        ("SHOW TRANSACTION ISOLATION LEVEL", ShowParameter("transaction_isolation")),
        ("SHOW SESSION AUTHORIZATION", ShowParameter("session_authorization")),
        ("RESET SESSION AUTHORIZATION", ResetParameter("session_authorization")),
        ("RESET ROLE", ResetParameter("role")),
        ("DISCARD ALL", Discard(DiscardKind.ALL)),
        ("DISCARD plans", Discard(DiscardKind.PLANS)),
        ("DISCARD SEQUENCES", Discard(DiscardKind.SEQUENCES)),
        ("DISCARD TEMP", Discard(DiscardKind.TEMP)),
        ("DISCARD TEMPORARY", Discard(DiscardKind.TEMP)),
        ("CHECKPOINT", Checkpoint()),
        ("LISTEN c", Listen(S_CHANNEL)),
        ('LISTEN "C d"', Listen(Identifier("C d"))),
        ("UNLISTEN C", Unlisten(S_CHANNEL)),
        ("UNLISTEN *", Unlisten(None)),
        ("NOTIFY c", Notify(S_CHANNEL)),
        ("NOTIFY c, 'it''s'", Notify(S_CHANNEL, Literal("it's"))),
        ("NOTIFY c, $1", Notify(S_CHANNEL, Parameter(1))),
        ("RESET x", ResetParameter("x")),
        ("RESET ALL", ResetParameter(None)),
        ("RESET TIME ZONE", ResetParameter("timezone")),
    ],
)
def test_short_statements(text: str, statement: Statement) -> None:
    check(text, statement)

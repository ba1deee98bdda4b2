import pytest

from server.dialect import format_statement, parse
from server.errors import Condition, OdpsError
from server.statements import (
    AddUser,
    AlterUser,
    CreateRole,
    CreateUser,
    DropRole,
    DropUser,
    Identifier,
    Literal,
    Parameter,
    RemoveUser,
    Statement,
)

U = Identifier("u")
SECRET = Literal("s'3")


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("ADD USER ALIYUN$Bob@x.com", AddUser(Identifier("ALIYUN$Bob@x.com"))),
        ("ADD USER RAM$5001:sub-user -- c", AddUser(Identifier("RAM$5001:sub-user"))),
        ("ADD USER RAM$5001:role/admin", AddUser(Identifier("RAM$5001:role/admin"))),
        ("ADD USER `RAM$a b`", AddUser(Identifier("RAM$a b"))),
        ('ADD USER "RAM$a""b"', AddUser(Identifier('RAM$a"b'))),
        ("REMOVE USER ALIYUN$Bob@x.com", RemoveUser(Identifier("ALIYUN$Bob@x.com"))),
        ("CREATE USER u SUPERUSER", CreateUser(U, superuser=True)),
        ("ALTER USER u NOSUPERUSER", AlterUser(U, sets_password=False, superuser=False)),
        ("ALTER USER u SUPERUSER PASSWORD 's''3'", AlterUser(U, SECRET, superuser=True)),
        ("CREATE ROLE u", CreateRole(U)),
        ("CREATE ROLE IF NOT EXISTS u", CreateRole(U, if_not_exists=True)),
        ("CREATE USER U", CreateUser(U)),
        ("CREATE USER u WITH LOGIN PASSWORD 's''3'", CreateUser(U, SECRET)),
        ("CREATE USER u ENCRYPTED PASSWORD E's\\'3'", CreateUser(U, SECRET)),
        ("CREATE USER u PASSWORD NULL", CreateUser(U)),
        ("CREATE ROLE u LOGIN PASSWORD $1", CreateUser(U, Parameter(1))),
        ('ALTER USER "ALIYUN$Bob@x.com" PASSWORD NULL', AlterUser(Identifier("ALIYUN$Bob@x.com"), None)),
        ("ALTER ROLE u WITH LOGIN PASSWORD 's''3'", AlterUser(U, SECRET)),
        ("DROP USER u", DropUser(U)),
        ("DROP ROLE IF EXISTS u", DropRole(U, if_exists=True)),
        ('DROP USER "current_user"', DropUser(Identifier("current_user"))),
        ('DROP USER "if"', DropUser(Identifier("if"))),
    ],
)
def test_users(text: str, statement: Statement) -> None:
    assert parse(text) == statement
    assert parse(format_statement(statement)) == statement


@pytest.mark.parametrize(
    ("text", "at", "condition"),
    [
        ("ADD USER", 8, Condition.INVALID_TOKEN_EXPECTING),
        ("ADD USER 'u'", 9, Condition.INVALID_TOKEN_EXPECTING),
        ("ADD USER u x", 11, Condition.INVALID_TOKEN),
        ("REMOVE USER -u", 12, Condition.INVALID_TOKEN_EXPECTING),
        ("CREATE USER 'u'", 12, Condition.INVALID_TOKEN_EXPECTING),
        ("CREATE USER u PASSWORD x", 23, Condition.INVALID_TOKEN_EXPECTING),
        ("CREATE USER u PASSWORD 'a' PASSWORD 'b'", 27, Condition.OPTION_CONFLICT),
        ("CREATE USER u LOGIN LOGIN", 20, Condition.OPTION_CONFLICT),
        ("CREATE USER u CREATEDB", 14, Condition.NOT_SUPPORTED),
        ("CREATE USER u SUPERUSER NOSUPERUSER", 24, Condition.OPTION_CONFLICT),
        ("GRANT TO u", 9, Condition.INVALID_TOKEN_EXPECTING),
        ("GRANT fly ON MODEL m TO USER u", 6, Condition.INVALID_TOKEN_EXPECTING),
        ("GRANT Alter ON m TO USER u", 15, Condition.NOT_SUPPORTED),
        ("GRANT Alter ON MODEL m TO u", 26, Condition.INVALID_TOKEN_EXPECTING),
        ("GRANT r TO 'u'", 11, Condition.INVALID_TOKEN_EXPECTING),
        ("SHOW ACL FOR m ON TYPE TABLE", 23, Condition.INVALID_TOKEN_EXPECTING),
        ("SHOW GRANTS u", 12, Condition.INVALID_TOKEN_EXPECTING),
        ("CREATE ROLE u PASSWORD 'a'", 14, Condition.NOT_SUPPORTED),
        ("ALTER USER u", 12, Condition.INVALID_TOKEN_EXPECTING),
        ("ALTER USER u RENAME TO v", 13, Condition.NOT_SUPPORTED),
        ("ALTER USER CURRENT_USER PASSWORD 'a'", 11, Condition.NOT_SUPPORTED),
        ("DROP USER u, v", 11, Condition.NOT_SUPPORTED),
        ("DROP USER u v", 12, Condition.INVALID_TOKEN),
    ],
)
def test_errors_have_their_place(text: str, at: int, condition: Condition) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text)

    assert (caught.value.condition, caught.value.diagnostic.at) == (condition, at)

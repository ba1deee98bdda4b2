import pytest

from server.dialect import format_statement, parse
from server.errors import Condition, OdpsError
from server.statements import AlterUser, CreateUser, DropUser, Identifier, Literal, Parameter, Statement

U = Identifier("u")
SECRET = Literal("s'3")


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("ADD USER ALIYUN$Bob@x.com", CreateUser(Identifier("ALIYUN$Bob@x.com"))),
        ("ADD USER RAM$5001:sub-user -- c", CreateUser(Identifier("RAM$5001:sub-user"))),
        ("ADD USER `RAM$a b`", CreateUser(Identifier("RAM$a b"))),
        ('ADD USER "RAM$a""b"', CreateUser(Identifier('RAM$a"b'))),
        ("REMOVE USER ALIYUN$Bob@x.com", DropUser(Identifier("ALIYUN$Bob@x.com"))),
        ("CREATE USER U", CreateUser(U)),
        ("CREATE USER u WITH LOGIN PASSWORD 's''3'", CreateUser(U, SECRET)),
        ("CREATE USER u ENCRYPTED PASSWORD E's\\'3'", CreateUser(U, SECRET)),
        ("CREATE USER u PASSWORD NULL", CreateUser(U)),
        ("CREATE ROLE u LOGIN PASSWORD $1", CreateUser(U, Parameter(1))),
        ('ALTER USER "ALIYUN$Bob@x.com" PASSWORD NULL', AlterUser(Identifier("ALIYUN$Bob@x.com"), None)),
        ("ALTER ROLE u WITH LOGIN PASSWORD 's''3'", AlterUser(U, SECRET)),
        ("DROP USER u", DropUser(U)),
        ("DROP ROLE IF EXISTS u", DropUser(U, if_exists=True)),
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
        ("CREATE USER u SUPERUSER", 14, Condition.NOT_SUPPORTED),
        ("CREATE ROLE u", 13, Condition.NOT_SUPPORTED),
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

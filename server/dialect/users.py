"""Reads the statements about users: PostgreSQL's, and MaxCompute's ADD USER and REMOVE USER.

Each begins after the words that chose it. MaxCompute writes principals without quotes (`ALIYUN$bob@x.com`,
`RAM$account:sub-user`); SILENT: they keep their case, since the name that a client logs in with does.
No error shows what stands behind the name of a user: it may be a password, or half of one.
"""

from typing import Final

from server.dialect.cursor import Cursor
from server.errors import Condition, OdpsError
from server.statements import AlterUser, Checkpoint, CreateUser, DropUser, Identifier, Value

# Of PostgreSQL's options of a role, those that have no meaning here.
_FOREIGN_OPTIONS: Final = (
    *("SUPERUSER", "NOSUPERUSER", "CREATEDB", "NOCREATEDB", "CREATEROLE", "NOCREATEROLE", "INHERIT", "NOINHERIT"),
    *("NOLOGIN", "REPLICATION", "NOREPLICATION", "BYPASSRLS", "NOBYPASSRLS", "CONNECTION", "VALID", "UNENCRYPTED"),
    *("IN", "ROLE", "ADMIN", "USER", "SYSID", "SET", "RESET", "RENAME"),
)
_SPECIAL_ROLES: Final = ("CURRENT_ROLE", "CURRENT_USER", "SESSION_USER")


def parse_create_user(cursor: Cursor) -> CreateUser:
    """Reads `[IF NOT EXISTS] name [WITH] [LOGIN] [[ENCRYPTED] PASSWORD { 'password' | NULL }]`."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = _role(cursor)
    _, _, password = _options(cursor, "CREATE USER")
    return CreateUser(name, password, if_not_exists)


def parse_create_role(cursor: Cursor) -> CreateUser:
    """Reads what `parse_create_user` does, with LOGIN: a role that cannot log in is no user."""
    name = _role(cursor)
    at = cursor.at
    login, _, password = _options(cursor, "CREATE ROLE")
    if not login:
        raise cursor.not_supported("CREATE ROLE without LOGIN", at)
    return CreateUser(name, password)


def parse_alter_user(cursor: Cursor) -> AlterUser:
    """Reads `name [WITH] [LOGIN] [ENCRYPTED] PASSWORD { 'password' | NULL }`."""
    name = _role(cursor)
    _, says_password, password = _options(cursor, "ALTER USER")
    if not says_password:
        raise cursor.unexpected("PASSWORD", private=True)
    return AlterUser(name, password)


def parse_drop_user(cursor: Cursor) -> DropUser:
    """Reads `[IF EXISTS] name`."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = _role(cursor)
    if cursor.sees(","):
        raise cursor.not_supported("DROP USER of several users")
    cursor.expect_end()
    return DropUser(name, if_exists)


def parse_add_user(cursor: Cursor) -> CreateUser:
    """Reads `principal`."""
    name = cursor.principal()
    cursor.expect_end()
    return CreateUser(name)


def parse_remove_user(cursor: Cursor) -> DropUser:
    """Reads `principal`."""
    name = cursor.principal()
    cursor.expect_end()
    return DropUser(name)


def parse_checkpoint(cursor: Cursor) -> Checkpoint:
    """Reads nothing more."""
    cursor.expect_end()
    return Checkpoint()


def _role(cursor: Cursor) -> Identifier:
    if any(cursor.sees(role) for role in _SPECIAL_ROLES):
        raise cursor.not_supported("CURRENT_USER in place of a name")
    return cursor.identifier("a user name")


def _options(cursor: Cursor, statement: str) -> tuple[bool, bool, Value | None]:
    """Whether LOGIN is said, whether PASSWORD is, and the password."""
    cursor.accept("WITH")
    login = says_password = False
    password: Value | None = None
    while not cursor.at_end:
        at = cursor.at
        again = (login and cursor.sees("LOGIN")) or (
            says_password and (cursor.sees("PASSWORD") or cursor.sees("ENCRYPTED", "PASSWORD"))
        )
        if again:
            raise OdpsError(Condition.OPTION_CONFLICT, at=at)
        if cursor.accept("LOGIN"):
            login = True
        elif cursor.accept("PASSWORD") or cursor.accept("ENCRYPTED", "PASSWORD"):
            says_password = True
            password = None if cursor.accept("NULL") else cursor.string()
        else:
            foreign = cursor.accept_any(*_FOREIGN_OPTIONS)
            if foreign:
                raise cursor.not_supported(f"{statement} with {foreign}", at)
            raise cursor.unexpected("LOGIN", "PASSWORD", private=True)
    return login, says_password, password

"""Reads PostgreSQL's statements about users. Each begins after the words that chose it.

MaxCompute writes principals without quotes (`ALIYUN$bob@x.com`, `RAM$account:sub-user`); SILENT: they keep their
case, since the name that a client logs in with does.
No error shows what stands behind the name of a user: it may be a password, or half of one.
"""

from dataclasses import dataclass
from typing import Final

from server.dialect.cursor import Cursor
from server.errors import Condition, OdpsError
from server.statements import AlterUser, Checkpoint, CreateRole, CreateUser, DropRole, DropUser, Identifier, Value

# Of PostgreSQL's options of a role, those that have no meaning here.
_FOREIGN_OPTIONS: Final = (
    *("CREATEDB", "NOCREATEDB", "CREATEROLE", "NOCREATEROLE", "INHERIT", "NOINHERIT"),
    *("NOLOGIN", "REPLICATION", "NOREPLICATION", "BYPASSRLS", "NOBYPASSRLS", "CONNECTION", "VALID", "UNENCRYPTED"),
    *("IN", "ROLE", "ADMIN", "USER", "SYSID", "SET", "RESET", "RENAME"),
    "PRIVILEGEPROPERTIES",  # MaxCompute's
)
_SPECIAL_ROLES: Final = ("CURRENT_ROLE", "CURRENT_USER", "SESSION_USER")


def parse_create_user(cursor: Cursor) -> CreateUser:
    """Reads `[IF NOT EXISTS] name [WITH] [option ...]`, see `_options`."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = _role(cursor)
    options = _options(cursor, "CREATE USER")
    return CreateUser(name, options.password, if_not_exists, options.superuser is True)


def parse_create_role(cursor: Cursor) -> CreateUser | CreateRole:
    """Reads what `parse_create_user` does: with LOGIN a user, without any option a role of the project."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = _role(cursor)
    at = cursor.at
    options = _options(cursor, "CREATE ROLE")
    if options.login:
        return CreateUser(name, options.password, if_not_exists, options.superuser is True)
    if options != _Options():
        raise cursor.not_supported("CREATE ROLE with options but not LOGIN", at)
    return CreateRole(name, if_not_exists)


def parse_alter_user(cursor: Cursor) -> AlterUser:
    """Reads `name [WITH] option ...`, see `_options`."""
    name = _role(cursor)
    options = _options(cursor, "ALTER USER")
    if not options.says_password and options.superuser is None:
        raise cursor.unexpected("PASSWORD", private=True)
    return AlterUser(name, options.password, options.says_password, options.superuser)


def parse_drop_user(cursor: Cursor) -> DropUser:
    """Reads `[IF EXISTS] name`."""
    if_exists = cursor.accept("IF", "EXISTS")
    return DropUser(_dropped(cursor), if_exists)


def parse_drop_role(cursor: Cursor) -> DropRole:
    """Reads `[IF EXISTS] name`."""
    if_exists = cursor.accept("IF", "EXISTS")
    return DropRole(_dropped(cursor), if_exists)


def parse_checkpoint(cursor: Cursor) -> Checkpoint:
    """Reads nothing more."""
    cursor.expect_end()
    return Checkpoint()


def _dropped(cursor: Cursor) -> Identifier:
    name = _role(cursor)
    if cursor.sees(","):
        raise cursor.not_supported("DROP USER of several users")
    cursor.expect_end()
    return name


def _role(cursor: Cursor) -> Identifier:
    if any(cursor.sees(role) for role in _SPECIAL_ROLES):
        raise cursor.not_supported("CURRENT_USER in place of a name")
    return cursor.identifier("a user name")


@dataclass(slots=True)
class _Options:
    """What a statement says of a user; `superuser` None where it says nothing of that."""

    login: bool = False
    says_password: bool = False
    password: Value | None = None
    superuser: bool | None = None


def _options(cursor: Cursor, statement: str) -> _Options:
    """Reads `LOGIN`, `[NO]SUPERUSER`, `[ENCRYPTED] PASSWORD { 'password' | NULL }`, each at most once."""
    cursor.accept("WITH")
    options = _Options()
    while not cursor.at_end:
        at = cursor.at
        if cursor.accept("LOGIN"):
            again, options.login = options.login, True
        elif privilege := cursor.accept_any("SUPERUSER", "NOSUPERUSER"):
            again, options.superuser = options.superuser is not None, privilege == "SUPERUSER"
        elif cursor.accept("PASSWORD") or cursor.accept("ENCRYPTED", "PASSWORD"):
            again, options.says_password = options.says_password, True
            options.password = None if cursor.accept("NULL") else cursor.string()
        else:
            foreign = cursor.accept_any(*_FOREIGN_OPTIONS)
            if foreign:
                raise cursor.not_supported(f"{statement} with {foreign}", at)
            raise cursor.unexpected("LOGIN", "PASSWORD", private=True)
        if again:
            raise OdpsError(Condition.OPTION_CONFLICT, at=at)
    return options

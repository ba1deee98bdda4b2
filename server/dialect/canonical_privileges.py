"""Writes the statements about members, roles and grants back as text; see `canonical`."""

import re
from collections.abc import Iterable
from typing import Final, assert_never

from server.dialect.canonical_names import format_name, format_object
from server.statements import Identifier
from server.statements.privileges import (
    AddUser,
    CreateRole,
    DescribeRole,
    DropRole,
    Grant,
    Grantee,
    GrantRole,
    ListRoles,
    ListUsers,
    ObjectKind,
    PrivilegeChange,
    PrivilegeQuery,
    RemoveUser,
    Revoke,
    RevokeRole,
    ShowAcl,
    ShowGrants,
    WhoAmI,
)

_PLAIN: Final = re.compile(r"[^\W\d][\w$@.:/+-]*")
# Names that would be taken for the word of a clause where they stand.
_TAKEN: Final = frozenset({"if", "role", "user"})


def format_privileges(statement: PrivilegeChange | PrivilegeQuery) -> str:
    """The canonical text, without a semicolon."""
    match statement:
        case AddUser(name, if_not_exists):
            return f"ADD USER {'IF NOT EXISTS ' if if_not_exists else ''}{format_principal(name)}"
        case RemoveUser(name):
            return f"REMOVE USER {format_principal(name)}"
        case CreateRole(name, if_not_exists):
            return f"CREATE ROLE {'IF NOT EXISTS ' if if_not_exists else ''}{_role(name)}"
        case DropRole(name, if_exists):
            return f"DROP ROLE {'IF EXISTS ' if if_exists else ''}{_role(name)}"
        case GrantRole(roles, users):
            return f"GRANT {_names(roles)} TO {_principals(users)}"
        case RevokeRole(roles, users):
            return f"REVOKE {_names(roles)} FROM {_principals(users)}"
        case Grant():
            return f"GRANT {_what(statement)} TO {', '.join(map(_grantee, statement.grantees))}"
        case Revoke():
            return f"REVOKE {_what(statement)} FROM {', '.join(map(_grantee, statement.grantees))}"
        case ListUsers():
            return "LIST USERS"
        case ListRoles():
            return "LIST ROLES"
        case DescribeRole(name):
            return f"DESCRIBE ROLE {format_name(name)}"
        case ShowGrants(of):
            return "SHOW GRANTS" + ("" if of is None else f" FOR {_grantee(of)}")
        case ShowAcl(name, kind):
            return f"SHOW ACL FOR {format_object(name)}" + ("" if kind is ObjectKind.MODEL else f" ON TYPE {kind}")
        case WhoAmI():
            return "WHOAMI"
        case _:
            assert_never(statement)


def format_principal(name: Identifier) -> str:
    """As `Cursor.principal` reads it, which knows no escapes."""
    if _PLAIN.fullmatch(name.name) and name.name.lower() not in _TAKEN:
        return name.name
    return "`" + name.name.replace("`", "``") + "`"


def _what(statement: Grant | Revoke) -> str:
    actions = ", ".join(named.action for named in statement.actions)
    return f"{actions} ON {statement.kind} {format_object(statement.name)}"


def _grantee(grantee: Grantee) -> str:
    return f"ROLE {format_name(grantee.name)}" if grantee.is_role else f"USER {format_principal(grantee.name)}"


def _role(name: Identifier) -> str:
    """As CREATE and DROP ROLE read it, which are PostgreSQL's."""
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name.name) and name.name not in _TAKEN
    return name.name if plain else '"' + name.name.replace('"', '""') + '"'


def _names(names: Iterable[Identifier]) -> str:
    return ", ".join(map(format_name, names))


def _principals(names: Iterable[Identifier]) -> str:
    return ", ".join(map(format_principal, names))

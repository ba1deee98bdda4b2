"""Reads the statements about members, roles and grants. Each function begins after the words that chose it.

Names of roles and objects are folded; principals keep their case, see `users`.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from server.dialect.cursor import Cursor
from server.statements import Identifier, ObjectName
from server.statements.privileges import (
    Action,
    AddUser,
    DescribeRole,
    Grant,
    Grantee,
    GrantRole,
    ListRoles,
    ListUsers,
    Named,
    ObjectKind,
    RemoveUser,
    Revoke,
    RevokeRole,
    ShowAcl,
    ShowGrants,
    WhoAmI,
)

_T = TypeVar("_T")

_ACTIONS: Final = {action.lower(): action for action in Action}
# A project is a database in PostgreSQL's words.
_KINDS: Final = {**{str(kind): kind for kind in ObjectKind}, "DATABASE": ObjectKind.PROJECT}
_PARTS: Final = {ObjectKind.MODEL: 3, ObjectKind.SCHEMA: 2, ObjectKind.PROJECT: 1}


def parse_add_user(cursor: Cursor) -> AddUser:
    """Reads `[IF NOT EXISTS] principal`."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.principal()
    cursor.expect_end()
    return AddUser(name, if_not_exists)


def parse_remove_user(cursor: Cursor) -> RemoveUser:
    """Reads `principal`."""
    name = cursor.principal()
    cursor.expect_end()
    return RemoveUser(name)


def parse_grant(cursor: Cursor) -> Grant | GrantRole:
    """Reads `action, ... ON kind name TO { USER | ROLE } name, ...` or `role, ... TO [USER] principal, ...`."""
    words = _list(cursor, lambda: _action_or_role(cursor))
    if cursor.expect_any("ON", "TO") == "TO":
        return GrantRole(words, _users(cursor))
    kind, name = _object(cursor, "GRANT")
    actions = _actions(cursor, words)
    cursor.expect("TO")
    grantees = _list(cursor, lambda: _grantee(cursor))
    for words_of_others in (("WITH", "GRANT", "OPTION"), ("PRIVILEGEPROPERTIES",)):
        if cursor.sees(*words_of_others):
            raise cursor.not_supported(f"GRANT {' '.join(words_of_others)}")
    cursor.expect_end()
    return Grant(actions, kind, name, grantees)


def parse_revoke(cursor: Cursor) -> Revoke | RevokeRole:
    """Reads what `parse_grant` does, with FROM."""
    words = _list(cursor, lambda: _action_or_role(cursor))
    if cursor.expect_any("ON", "FROM") == "FROM":
        return RevokeRole(words, _users(cursor))
    kind, name = _object(cursor, "REVOKE")
    actions = _actions(cursor, words)
    cursor.expect("FROM")
    grantees = _list(cursor, lambda: _grantee(cursor))
    cursor.expect_end()
    return Revoke(actions, kind, name, grantees)


def parse_list_users(cursor: Cursor) -> ListUsers:
    """Reads nothing more."""
    cursor.expect_end()
    return ListUsers()


def parse_list_roles(cursor: Cursor) -> ListRoles:
    """Reads nothing more."""
    cursor.expect_end()
    return ListRoles()


def parse_whoami(cursor: Cursor) -> WhoAmI:
    """Reads nothing more."""
    cursor.expect_end()
    return WhoAmI()


def parse_describe_role(cursor: Cursor) -> DescribeRole:
    """Reads `role`."""
    name = cursor.identifier("a role name")
    cursor.expect_end()
    return DescribeRole(name)


def parse_show_grants(cursor: Cursor) -> ShowGrants:
    """Reads `[FOR [USER | ROLE] name]`."""
    grantee = None
    if cursor.accept("FOR"):
        # A user may be called role.
        of_kind = "" if cursor.at_last else cursor.accept_any("USER", "ROLE")
        is_role = of_kind == "ROLE"
        grantee = Grantee(cursor.identifier("a role name") if is_role else cursor.principal(), is_role)
    cursor.expect_end(*([] if grantee else ["FOR"]))
    return ShowGrants(grantee)


def parse_show_acl(cursor: Cursor) -> ShowAcl:
    """Reads `FOR name [ON TYPE { MODEL | SCHEMA | PROJECT }]`."""
    cursor.expect("FOR")
    name = cursor.object_name()
    kind = ObjectKind.MODEL
    if cursor.accept("ON"):
        cursor.expect("TYPE")
        kind = _KINDS[cursor.expect_any(*_KINDS)]
    cursor.expect_end()
    return ShowAcl(name, kind)


def _list(cursor: Cursor, read: Callable[[], _T]) -> tuple[_T, ...]:
    items = [read()]
    while cursor.accept(","):
        items.append(read())
    return tuple(items)


def _action_or_role(cursor: Cursor) -> Identifier:
    name = cursor.identifier("an action or a role name")
    if name.name == "all":
        cursor.accept("PRIVILEGES")
    return name


def _actions(cursor: Cursor, words: tuple[Identifier, ...]) -> tuple[Named, ...]:
    for word in words:
        if word.name not in _ACTIONS:
            raise cursor.unexpected(*Action, shown=word)
    return tuple(Named(_ACTIONS[word.name], word.at) for word in words)


def _object(cursor: Cursor, statement: str) -> tuple[ObjectKind, ObjectName]:
    at = cursor.at
    found = cursor.accept_any(*_KINDS)
    if not found:
        foreign = cursor.word("an object type")
        raise cursor.not_supported(f"{statement} ON {foreign}", at)
    kind = _KINDS[found]
    return kind, cursor.object_name(most=_PARTS[kind])


def _grantee(cursor: Cursor) -> Grantee:
    is_role = cursor.expect_any("USER", "ROLE") == "ROLE"
    return Grantee(cursor.identifier("a role name") if is_role else cursor.principal(), is_role)


def _users(cursor: Cursor) -> tuple[Identifier, ...]:
    users = _list(cursor, lambda: _user(cursor))
    cursor.expect_end()
    return users


def _user(cursor: Cursor) -> Identifier:
    # A user may be called user.
    if cursor.sees("USER") and not (cursor.at_last or cursor.sees("USER", ",")):
        cursor.accept("USER")
    return cursor.principal()

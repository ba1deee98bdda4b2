"""The statements about who may do what: members and roles of a project, grants, and what shows them.

Source: "Permission command set", "GRANT", "Query permissions".
"""

from dataclasses import dataclass, field
from enum import StrEnum

from server.statements.values import Identifier, ObjectName


class Action(StrEnum):
    """What a grant allows, as the documents write it."""

    DESCRIBE = "Describe"
    EXECUTE = "Execute"
    ALTER = "Alter"
    DROP = "Drop"
    CREATE_MODEL = "CreateModel"
    LIST = "List"
    ALL = "All"


class ObjectKind(StrEnum):
    """What a grant is on."""

    MODEL = "MODEL"
    SCHEMA = "SCHEMA"
    PROJECT = "PROJECT"


@dataclass(frozen=True, slots=True)
class Named:
    """An action where a statement names it."""

    action: Action
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Grantee:
    """A user, or a role of the project."""

    name: Identifier
    is_role: bool = False


@dataclass(frozen=True, slots=True)
class AddUser:
    """ADD USER: into the current project."""

    name: Identifier
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class RemoveUser:
    """REMOVE USER: out of the current project."""

    name: Identifier


@dataclass(frozen=True, slots=True)
class CreateRole:
    """CREATE ROLE without LOGIN: a role of the current project."""

    name: Identifier
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropRole:
    """DROP ROLE: a role of the current project, or as in PostgreSQL a user, where there is no such role."""

    name: Identifier
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class GrantRole:
    """GRANT role TO user."""

    roles: tuple[Identifier, ...]
    users: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class RevokeRole:
    """REVOKE role FROM user."""

    roles: tuple[Identifier, ...]
    users: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """GRANT actions ON object TO grantees. `name` has one part for a project, up to two for a schema."""

    actions: tuple[Named, ...]
    kind: ObjectKind
    name: ObjectName
    grantees: tuple[Grantee, ...]


@dataclass(frozen=True, slots=True)
class Revoke:
    """REVOKE actions ON object FROM grantees."""

    actions: tuple[Named, ...]
    kind: ObjectKind
    name: ObjectName
    grantees: tuple[Grantee, ...]


@dataclass(frozen=True, slots=True)
class ListUsers:
    """LIST USERS: the members of the current project."""


@dataclass(frozen=True, slots=True)
class ListRoles:
    """LIST ROLES: those of the current project."""


@dataclass(frozen=True, slots=True)
class DescribeRole:
    """DESCRIBE ROLE: who has it, and what is granted to it."""

    name: Identifier


@dataclass(frozen=True, slots=True)
class ShowGrants:
    """SHOW GRANTS: what `of` holds in the current project; None for the session's own user."""

    of: Grantee | None = None


@dataclass(frozen=True, slots=True)
class ShowAcl:
    """SHOW ACL FOR object: who holds what on it."""

    name: ObjectName
    kind: ObjectKind = ObjectKind.MODEL


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """WHOAMI."""


PrivilegeChange = AddUser | RemoveUser | CreateRole | DropRole | GrantRole | RevokeRole | Grant | Revoke
PrivilegeQuery = ListUsers | ListRoles | DescribeRole | ShowGrants | ShowAcl | WhoAmI

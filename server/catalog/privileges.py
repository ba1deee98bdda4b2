"""Who may do what: actions on objects, and what a principal may do in a project.

The owner of a project, its Super_Administrators and Admins hold every action on everything in it, and so does the
creator of an object on that object; everybody else holds what was granted to them or to a role of theirs. Grants stand
in the record of the object they are on, so that none can outlive it. Roles and membership belong to a project; who is a
superuser, in PostgreSQL's sense, may do everything everywhere.

A model that a principal neither may list nor holds any action on does not exist for that principal: statements answer
as they do for a missing one.

Source: "MaxCompute permissions", "GRANT". SILENT: what is granted on a project holds in each of its schemas, and the
owner of a schema holds all on the models in it, since the owner may grant it all.
"""

from functools import lru_cache
from typing import Final

from msgspec import Struct

from server.catalog.tree import Catalog, Model, Project, Schema
from server.catalog.values import (
    Grants,
    Key,
    ModelHeader,
    ModelName,
    Timestamp,
    member_key,
    principal_key,
    project_key,
    schema_key,
)
from server.errors import Condition, OdpsError
from server.statements.privileges import Action

OPERATOR: Final = ""
"""Whoever holds the data folder; no principal has this name."""


MODEL_ACTIONS: Final = (Action.DESCRIBE, Action.EXECUTE, Action.ALTER, Action.DROP)
HOME_ACTIONS: Final = (Action.CREATE_MODEL, Action.LIST)
"""Those on a project or a schema."""

# What can be denied besides; it goes with owning or administering, and nobody can be granted it.
# SILENT: the documents do not name these actions.
GRANT: Final = "Grant"
CHANGE_OWNER: Final = "ChangeOwner"
ADD_USER: Final = "AddUser"
CREATE_ROLE: Final = "CreateRole"
CREATE_SCHEMA: Final = "CreateSchema"
DROP_SCHEMA: Final = "DropSchema"
DROP_PROJECT: Final = "DropProject"

SUPER_ADMINISTRATOR: Final = "super_administrator"
ADMIN: Final = "admin"
BUILT_IN_ROLES: Final = {SUPER_ADMINISTRATOR: "Super_Administrator", ADMIN: "Admin"}
"""The roles that every project has, and how they are shown."""


class Authority(Struct, frozen=True):
    """What one principal may do in one project, as of one catalog.

    Attributes:
        project: None when there is no such project; then nothing is allowed.
        is_member: anything may be done at all.
        rules: it is the project's owner, a Super_Administrator or a superuser.
        administers: that, or an Admin: everything but changing owners and handing out those roles.
        roles: the principal's, in this project.
    """

    principal: str
    name: str
    project: Project | None
    is_member: bool
    rules: bool
    administers: bool
    roles: tuple[str, ...]

    @property
    def is_public(self) -> bool:
        """Whether it is the project of the public models, which everybody may list and describe."""
        return self.project is not None and self.project.header.public

    def on_project(self, action: Action) -> bool:
        return self.administers or (self.project is not None and self._holds(self.project.header.grants, action))

    def on_schema(self, schema: Schema, action: Action) -> bool:
        return self.manages(schema) or self.on_project(action) or self._holds(schema.header.grants, action)

    def on_model(self, schema: Schema, header: ModelHeader, action: Action) -> bool:
        if self.owns(schema, header):
            return True
        if self.is_public:
            return action in (Action.DESCRIBE, Action.EXECUTE)
        return self._holds(header.grants, action)

    def manages(self, schema: Schema) -> bool:
        """Whether it holds all on the schema and on what is in it."""
        return self.administers or (self.is_member and schema.header.owner == self.principal)

    def owns(self, schema: Schema, header: ModelHeader) -> bool:
        """Whether it holds all on the model, and may grant it."""
        return self.manages(schema) or (self.is_member and header.owner == self.principal)

    def lists(self, schema: Schema) -> bool:
        """Whether it may see every model of the schema."""
        return self.on_schema(schema, Action.LIST) or self.is_public

    def sees(self, schema: Schema, header: ModelHeader) -> bool:
        """Whether the model exists for it."""
        return (
            self.lists(schema)
            or self.owns(schema, header)
            or any(self._holds(header.grants, action) for action in MODEL_ACTIONS)
        )

    def find_visible(self, schema: str, name: str) -> Model | None:
        """The model, if it exists for it."""
        node = None if self.project is None else self.project.schemas.get(schema)
        model = None if node is None else node.models.get(name)
        return model if node is not None and model is not None and self.sees(node, model.header) else None

    def _holds(self, grants: Grants, action: Action) -> bool:
        if not self.is_member:
            return False
        return any(
            action in grant.actions
            and (grant.grantee in self.roles if grant.to_role else grant.grantee == self.principal)
            for grant in grants
        )

    def require_member(self, at: int | None) -> None:
        """Raise NOT_MEMBER."""
        if not self.is_member:
            raise OdpsError(Condition.NOT_MEMBER, at=at, project=self.name)

    def require_administrator(self, what: str, at: int | None = None) -> None:
        """Raise NO_PRIVILEGE for what only an administrator of the project may do."""
        self.require_member(at)
        if not self.administers:
            raise denied(what, project_resource(self.name), at)


def is_superuser(catalog: Catalog, principal: str) -> bool:
    account = catalog.principals.get(principal)
    return principal == OPERATOR or (account is not None and account.header.superuser)


def is_user_of(catalog: Catalog, principal: str, moment: Timestamp) -> bool:
    """Whether the principal is the one that had the name at an earlier moment: who got it since is somebody else."""
    account = catalog.principals.get(principal)
    return account is not None and account.header.create_time <= moment


def find_authority(catalog: Catalog, project: str, principal: str) -> Authority:
    """What `principal` may do in `project`, which need not exist."""
    node = catalog.find_project(project)
    superuser = is_superuser(catalog, principal)
    if node is None:
        return Authority(principal, project, None, superuser, superuser, superuser, ())
    member = node.members.get(principal)
    roles = () if member is None else member.header.roles
    rules = superuser or node.header.owner == principal or SUPER_ADMINISTRATOR in roles
    is_member = rules or member is not None or node.header.public
    return Authority(principal, project, node, is_member, rules, rules or ADMIN in roles, roles)


def find_visible(catalog: Catalog, name: ModelName, principal: str) -> Model | None:
    """The model, if it exists for the principal."""
    return find_authority(catalog, name.project, principal).find_visible(name.schema, name.name)


def find_changeable_project(catalog: Catalog, name: str, at: int | None) -> Project:
    """A project that may be changed, by whoever is allowed to.

    Raises:
        OdpsError: PROJECT_NOT_FOUND, PUBLIC_MODEL.
    """
    project = catalog.find_project(name)
    if project is None:
        raise OdpsError(Condition.PROJECT_NOT_FOUND, at=at, project=name)
    if project.header.public:
        raise OdpsError(Condition.PUBLIC_MODEL, at=at, project=name)
    return project


@lru_cache(maxsize=256)
def authority_keys(principal: str, project: str | None = None, schema: str | None = None) -> tuple[Key, ...]:
    """The records on which it rests what a principal may do there; that of a model itself comes besides."""
    keys: tuple[Key, ...] = (principal_key(principal),)
    if project is not None:
        keys = (*keys, member_key(project, principal), project_key(project))
    return keys if project is None or schema is None else (*keys, schema_key(project, schema))


def denied(action: str, resource: str, at: int | None) -> OdpsError:
    """The error for what may not be done to a resource, in the form that the documents print."""
    return OdpsError(Condition.NO_PRIVILEGE, at=at, action=action, resource=f"{{acs:odps:*:{resource}}}")


def project_resource(project: str) -> str:
    return f"projects/{project}"


def schema_resource(project: str, schema: str) -> str:
    return f"projects/{project}/schemas/{schema}"


def model_resource(name: ModelName) -> str:
    return f"{schema_resource(name.project, name.schema)}/models/{name.name}"

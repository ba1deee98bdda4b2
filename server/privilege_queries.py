"""The statements that show members, roles and grants: LIST USERS, SHOW GRANTS, SHOW ACL, WHOAMI and their kin.

Each takes a catalog and gives rows. Source of what they show: "Query permissions", "Permission command set"; the
columns are ours. Everybody may see the users and roles of a project and what is granted to oneself; the grants of
others are for who may grant.
"""

from collections.abc import Iterator
from typing import Final, assert_never

from protocol.types import BOOL, INT8, TEXT
from server.catalog.decide_privileges import is_role
from server.catalog.find_models import find_model, model_not_found
from server.catalog.names import Context, resolve_model, resolve_schema
from server.catalog.privileges import (
    ADMIN,
    BUILT_IN_ROLES,
    GRANT,
    SUPER_ADMINISTRATOR,
    Authority,
    denied,
    find_authority,
    is_superuser,
    model_resource,
    project_resource,
    schema_resource,
)
from server.catalog.tree import Catalog, Project, Schema
from server.catalog.values import Grants, ModelName
from server.errors import Condition, OdpsError
from server.results import Column, Columns, Row
from server.statements import Identifier
from server.statements.privileges import (
    Action,
    DescribeRole,
    Grantee,
    ListRoles,
    ListUsers,
    ObjectKind,
    PrivilegeQuery,
    ShowAcl,
    ShowGrants,
    WhoAmI,
)

_LIST_USERS: Final = (Column("user_name", TEXT), Column("roles", TEXT))
_LIST_ROLES: Final = (Column("role_name", TEXT), Column("built_in", BOOL), Column("user_count", INT8))
_DESCRIBE_ROLE: Final = (Column("entry", TEXT), Column("name", TEXT), Column("actions", TEXT))
_GRANTS: Final = (
    Column("authorization_type", TEXT),
    Column("grantee_type", TEXT),
    Column("grantee", TEXT),
    Column("object_type", TEXT),
    Column("object", TEXT),
    Column("actions", TEXT),
)
_WHO_AM_I: Final = tuple(Column(name, TEXT) for name in ("name", "source_ip", "project", "schema", "roles"))

# What stands in the column authorization_type: held by being somebody, or by a grant.
_IMPLICIT, _ACL = "Implicit", "ACL"


def privilege_columns(statement: PrivilegeQuery) -> Columns:
    match statement:
        case ListUsers():
            return _LIST_USERS
        case ListRoles():
            return _LIST_ROLES
        case DescribeRole():
            return _DESCRIBE_ROLE
        case ShowGrants() | ShowAcl():
            return _GRANTS
        case WhoAmI():
            return _WHO_AM_I
        case _:
            assert_never(statement)


def run_privilege_query(
    catalog: Catalog, statement: PrivilegeQuery, context: Context, address: str | None
) -> list[Row]:
    """The rows, as long as `privilege_columns` says.

    Args:
        address: the client's.

    Raises:
        OdpsError: NOT_MEMBER, NO_PRIVILEGE, or what is not there.
    """
    authority = find_authority(catalog, context.project, context.principal)
    project = authority.project
    if project is None:
        raise OdpsError(Condition.PROJECT_NOT_FOUND, project=context.project)
    if isinstance(statement, WhoAmI):
        return [(context.principal, address, context.project, context.schema, _shown(authority.roles))]
    authority.require_member(None)
    match statement:
        case ListUsers():
            return [(name, _shown(member.header.roles)) for name, member in sorted(project.members.items())]
        case ListRoles():
            return list(_list_roles(project))
        case DescribeRole(name):
            return list(_describe_role(project, name, authority))
        case ShowGrants(of):
            grantee = Grantee(Identifier(context.principal)) if of is None else of
            return list(_show_grants(catalog, project, grantee, authority))
        case ShowAcl():
            return list(_show_acl(catalog, statement, context))
        case _:
            assert_never(statement)


def format_actions(actions: tuple[str, ...]) -> str:
    """As the documented listings write them."""
    return " | ".join(actions)


def _shown(roles: tuple[str, ...]) -> str:
    return ", ".join(BUILT_IN_ROLES.get(role, role) for role in roles)


def _list_roles(project: Project) -> Iterator[Row]:
    held = [role for member in project.members.values() for role in member.header.roles]
    for role, shown in BUILT_IN_ROLES.items():
        yield shown, True, held.count(role)
    for role in sorted(project.roles):
        yield role, False, held.count(role)


def _describe_role(project: Project, name: Identifier, authority: Authority) -> Iterator[Row]:
    _check_role(project, name, authority)
    for user, member in sorted(project.members.items()):
        if name.name in member.header.roles:
            yield "User", user, None
    if name.name in BUILT_IN_ROLES:
        yield _IMPLICIT, project_resource(authority.name), Action.ALL
    for _, _, _, _, resource, actions in _granted(project, authority.name, Grantee(name, is_role=True)):
        yield _ACL, resource, actions


def _check_role(project: Project, name: Identifier, authority: Authority) -> None:
    if not is_role(project, name.name):
        raise OdpsError(Condition.PROJECT_ROLE_MISSING, at=name.at, name=name, project=authority.name)
    if not authority.administers and name.name not in authority.roles:
        raise denied(GRANT, f"{project_resource(authority.name)}/roles/{name}", name.at)


# SHOW GRANTS.


def _show_grants(catalog: Catalog, project: Project, grantee: Grantee, authority: Authority) -> Iterator[Row]:
    name = grantee.name
    if grantee.is_role:
        _check_role(project, name, authority)
        yield from _granted(project, authority.name, grantee)
        return
    if name.name != authority.principal:
        authority.require_administrator(GRANT, name.at)
    member = project.members.get(name.name)
    roles = () if member is None else member.header.roles
    yield from _implied(catalog, project, name.name, authority.name, roles)
    yield from _granted(project, authority.name, grantee)
    for role in roles:
        yield from _granted(project, authority.name, Grantee(Identifier(role), is_role=True))


def _implied(catalog: Catalog, project: Project, user: str, project_name: str, roles: tuple[str, ...]) -> Iterator[Row]:
    """What a user holds by being somebody."""
    whole = (ObjectKind.PROJECT.lower(), project_resource(project_name), Action.ALL)
    if is_superuser(catalog, user):
        yield _IMPLICIT, "superuser", user, *whole
    if project.header.owner == user:
        yield _IMPLICIT, "project_owner", user, *whole
    for role in BUILT_IN_ROLES:
        if role in roles:
            yield _IMPLICIT, role, user, *whole
    for kind, resource, _, owner in _objects(project, project_name):
        if owner == user and kind is not ObjectKind.PROJECT:
            yield _IMPLICIT, "object_creator", user, kind.lower(), resource, Action.ALL


def _granted(project: Project, project_name: str, grantee: Grantee) -> Iterator[Row]:
    """What was granted to a user or a role, in the order of the objects."""
    for kind, resource, grants, _ in _objects(project, project_name):
        for grant in grants:
            if grant.to_role == grantee.is_role and grant.grantee == grantee.name.name:
                yield _ACL, _type(grant.to_role), grant.grantee, kind.lower(), resource, format_actions(grant.actions)


def _objects(project: Project, name: str) -> Iterator[tuple[ObjectKind, str, Grants, str]]:
    """(kind, resource, grants, owner) of everything in a project that can be granted on."""
    yield ObjectKind.PROJECT, project_resource(name), project.header.grants, project.header.owner
    for schema_name, schema in sorted(project.schemas.items()):
        yield ObjectKind.SCHEMA, schema_resource(name, schema_name), schema.header.grants, schema.header.owner
        for model_name, model in sorted(schema.models.items()):
            resource = model_resource(ModelName(name, schema_name, model_name))
            yield ObjectKind.MODEL, resource, model.header.grants, model.header.owner


def _type(to_role: bool) -> str:
    return "role" if to_role else "user"


# SHOW ACL.


def _show_acl(catalog: Catalog, statement: ShowAcl, context: Context) -> Iterator[Row]:
    match statement.kind:
        case ObjectKind.MODEL:
            return _show_acl_of_model(catalog, statement, context)
        case ObjectKind.SCHEMA:
            return _show_acl_of_schema(catalog, statement, context)
        case ObjectKind.PROJECT:
            return _show_acl_of_project(catalog, statement.name.parts[-1], context)
        case _:
            assert_never(statement.kind)


def _show_acl_of_model(catalog: Catalog, statement: ShowAcl, context: Context) -> Iterator[Row]:
    name = resolve_model(catalog, statement.name, context)
    model = find_model(catalog, name, statement.name, context)
    schema = catalog.find_schema(name.project, name.schema)
    if model is None or schema is None:
        raise model_not_found(name, statement.name)
    authority = find_authority(catalog, name.project, context.principal)
    if not authority.owns(schema, model.header):
        raise denied(GRANT, model_resource(name), statement.name.at)
    yield from _acl(
        authority, ObjectKind.MODEL, model_resource(name), model.header.grants, _creators(schema, model.header.owner)
    )


def _show_acl_of_schema(catalog: Catalog, statement: ShowAcl, context: Context) -> Iterator[Row]:
    project_name, name = resolve_schema(catalog, statement.name, context)
    authority = find_authority(catalog, project_name, context.principal)
    schema = catalog.find_schema(project_name, name)
    if authority.project is None:
        raise OdpsError(Condition.PROJECT_NOT_FOUND, at=statement.name.at, project=project_name)
    authority.require_member(statement.name.at)
    if schema is None:
        raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=statement.name.at, schema=f"{project_name}.{name}")
    resource = schema_resource(project_name, name)
    if not authority.manages(schema):
        raise denied(GRANT, resource, statement.name.at)
    yield from _acl(authority, ObjectKind.SCHEMA, resource, schema.header.grants, (schema.header.owner,))


def _show_acl_of_project(catalog: Catalog, name: Identifier, context: Context) -> Iterator[Row]:
    authority = find_authority(catalog, name.name, context.principal)
    if authority.project is None:
        raise OdpsError(Condition.PROJECT_NOT_FOUND, at=name.at, project=name)
    authority.require_administrator(GRANT, name.at)
    yield from _acl(authority, ObjectKind.PROJECT, project_resource(name.name), authority.project.header.grants, ())


def _creators(schema: Schema, owner: str) -> tuple[str, ...]:
    """Those who hold all on a model without being administrators."""
    return tuple(dict.fromkeys((owner, schema.header.owner)))


def _acl(
    authority: Authority, kind: ObjectKind, resource: str, grants: Grants, creators: tuple[str, ...]
) -> Iterator[Row]:
    project = authority.project
    if project is None:
        return
    what = (kind.lower(), resource)
    yield _IMPLICIT, "project_owner", project.header.owner, *what, Action.ALL
    for role in (SUPER_ADMINISTRATOR, ADMIN):
        for user, member in sorted(project.members.items()):
            if role in member.header.roles:
                yield _IMPLICIT, role, user, *what, Action.ALL
    for creator in creators:
        yield _IMPLICIT, "object_creator", creator, *what, Action.ALL
    for grant in grants:
        yield _ACL, _type(grant.to_role), grant.grantee, *what, format_actions(grant.actions)

"""The rules of members, roles and grants: ADD USER, CREATE ROLE, GRANT, and what undoes them.

Source: "GRANT", "Permission command set": only existing objects and existing users and roles; allowing only, nothing
is denied; no grant option; who owns an object, its schema or its project may grant on it, and so may
Super_Administrator and Admin.
SILENT: only owner and Super_Administrator hand out these two roles, and take them away, by REMOVE USER too; a role that
users have is not dropped.
"""

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from server.catalog.decide_users import check_user_name, drop_user
from server.catalog.events import Change, Decision, Event
from server.catalog.find_models import find_model, model_not_found
from server.catalog.grants import add_actions, forget_role, take_actions
from server.catalog.model_events import model_event
from server.catalog.names import Context, check_role_name, resolve_model, resolve_schema
from server.catalog.privileges import (
    ADD_USER,
    BUILT_IN_ROLES,
    CREATE_ROLE,
    GRANT,
    HOME_ACTIONS,
    MODEL_ACTIONS,
    Authority,
    denied,
    find_authority,
    find_changeable_project,
    model_resource,
    project_resource,
    schema_resource,
)
from server.catalog.tree import Catalog, Project
from server.catalog.values import (
    NO_VERIFIER,
    Grants,
    Key,
    Member,
    Principal,
    Role,
    member_key,
    model_key,
    principal_key,
    project_key,
    role_key,
    schema_key,
)
from server.errors import Condition, OdpsError, diagnostic
from server.statements import Identifier
from server.statements.privileges import (
    Action,
    AddUser,
    CreateRole,
    DropRole,
    Grant,
    Grantee,
    GrantRole,
    ObjectKind,
    PrivilegeChange,
    RemoveUser,
    Revoke,
    RevokeRole,
)


def change_privileges(catalog: Catalog, statement: PrivilegeChange, context: Context) -> Decision:
    """What one of these statements does."""
    match statement:
        case AddUser():
            return _add_user(catalog, statement, context)
        case RemoveUser(name):
            return _remove_user(catalog, name, context)
        case CreateRole():
            return _create_role(catalog, statement, context)
        case DropRole():
            return _drop_role(catalog, statement, context)
        case GrantRole() | RevokeRole():
            return _change_roles(catalog, statement, context)
        case Grant() | Revoke():
            return _change_grants(catalog, statement, context)
        case _:
            assert_never(statement)


def find_project(catalog: Catalog, name: str, context: Context, what: str, at: int | None) -> Project:
    """A project whose members and roles the principal may change."""
    project = find_changeable_project(catalog, name, at)
    find_authority(catalog, name, context.principal).require_administrator(what, at)
    return project


def is_role(project: Project, role: str) -> bool:
    return role in BUILT_IN_ROLES or role in project.roles


# Members.


def _add_user(catalog: Catalog, statement: AddUser, context: Context) -> Decision:
    """A principal that is not known yet gets known, and cannot log in with a password."""
    name = statement.name
    project = find_project(catalog, context.project, context, ADD_USER, name.at)
    check_user_name(name)
    if name.name in project.members:
        if statement.if_not_exists:
            what = f'user "{name}" of project "{context.project}"'
            return Decision(None, (diagnostic(Condition.SKIPPED_EXISTS, what=what),))
        raise OdpsError(Condition.MEMBER_EXISTS, at=name.at, name=name, project=context.project)
    changes = [Change(member_key(context.project, name.name), Member())]
    if name.name not in catalog.principals:
        changes.append(Change(principal_key(name.name), Principal(context.now, NO_VERIFIER)))
    guards = (principal_key(name.name), project_key(context.project))
    return _member_event("ADD USER", name.name, changes, guards, context)


def _remove_user(catalog: Catalog, name: Identifier, context: Context) -> Decision:
    """What was granted to the user stays, and counts again when the user is added again.

    Source: "GRANT". SILENT: the roles are gone for good.
    """
    project = find_project(catalog, context.project, context, ADD_USER, name.at)
    member = _find_member(project, name, context)
    if name.name == project.header.owner:
        raise OdpsError(Condition.MEMBER_OWNS, at=name.at, name=name, project=context.project)
    authority = find_authority(catalog, context.project, context.principal)
    for role in member.roles:
        # Else an Admin could take away what an Admin cannot revoke.
        _check_role(project, Identifier(role, name.at), authority, context)
    return _member_event("REMOVE USER", name.name, [Change(member_key(context.project, name.name), None)], (), context)


def _find_member(project: Project, name: Identifier, context: Context) -> Member:
    found = project.members.get(name.name)
    if found is not None:
        return found.header
    if name.name == project.header.owner:
        return Member()
    raise OdpsError(Condition.MEMBER_MISSING, at=name.at, name=name, project=context.project)


# Roles.


def _create_role(catalog: Catalog, statement: CreateRole, context: Context) -> Decision:
    name = _folded(statement.name)
    project = find_project(catalog, context.project, context, CREATE_ROLE, name.at)
    notices = check_role_name(name, context)
    if is_role(project, name.name):
        if statement.if_not_exists:
            what = f'role "{name}" of project "{context.project}"'
            return Decision(None, (diagnostic(Condition.SKIPPED_EXISTS, what=what),))
        raise OdpsError(Condition.PROJECT_ROLE_EXISTS, at=name.at, name=name, project=context.project)
    key = role_key(context.project, name.name)
    event = _event("CREATE ROLE", f"{context.project}.{name}", [Change(key, Role())], (key,), key, context)
    return Decision(event, notices)


def _drop_role(catalog: Catalog, statement: DropRole, context: Context) -> Decision:
    name = _folded(statement.name)
    project = catalog.find_project(context.project)
    if project is None or not is_role(project, name.name):
        return drop_user(catalog, statement.name, context, if_exists=statement.if_exists)
    project = find_project(catalog, context.project, context, CREATE_ROLE, name.at)
    if name.name in BUILT_IN_ROLES:
        raise OdpsError(Condition.ROLE_NAME_RESERVED, at=name.at, name=BUILT_IN_ROLES[name.name])
    holder = next((user for user, member in project.members.items() if name.name in member.header.roles), None)
    if holder is not None:
        raise OdpsError(Condition.ROLE_HELD, at=name.at, name=name, detail=f"user {holder} has it")
    key = role_key(context.project, name.name)
    changes = [Change(key, None), *forget_role(context.project, project, name.name)]
    # That nobody has it rests on all members.
    return Decision(_event("DROP ROLE", f"{context.project}.{name}", changes, (key,), key, context, exclusive=True))


def _change_roles(catalog: Catalog, statement: GrantRole | RevokeRole, context: Context) -> Decision:
    first = statement.roles[0]
    project = find_project(catalog, context.project, context, GRANT, first.at)
    authority = find_authority(catalog, context.project, context.principal)
    for role in statement.roles:
        _check_role(project, role, authority, context)
    names = {role.name for role in statement.roles}
    changes: list[Change] = []
    guards = [role_key(context.project, name) for name in names - BUILT_IN_ROLES.keys()]
    for user in {each.name: each for each in statement.users}.values():
        member = _find_member(project, user, context)
        held = set(member.roles)
        held = held | names if isinstance(statement, GrantRole) else held - names
        changed = replace(member, roles=tuple(sorted(held)))
        if changed != member:
            changes.append(Change(member_key(context.project, user.name), changed))
    if not changes:
        return Decision()
    action = "GRANT ROLE" if isinstance(statement, GrantRole) else "REVOKE ROLE"
    target = f"{context.project}.{', '.join(sorted(names))}"
    keys = tuple(change.key for change in changes)
    return Decision(_event(action, target, changes, (*keys, *guards), project_key(context.project), context))


def _check_role(project: Project, role: Identifier, authority: Authority, context: Context) -> None:
    if not is_role(project, role.name):
        raise OdpsError(Condition.PROJECT_ROLE_MISSING, at=role.at, name=role, project=context.project)
    if role.name in BUILT_IN_ROLES and not authority.rules:
        raise denied(GRANT, f"{project_resource(context.project)}/roles/{BUILT_IN_ROLES[role.name]}", role.at)


# Grants.


def _change_grants(catalog: Catalog, statement: Grant | Revoke, context: Context) -> Decision:
    match statement.kind:
        case ObjectKind.MODEL:
            return _change_on_model(catalog, statement, context)
        case ObjectKind.SCHEMA:
            return _change_on_schema(catalog, statement, context)
        case ObjectKind.PROJECT:
            return _change_on_project(catalog, statement, context)
        case _:
            assert_never(statement.kind)


def _change_on_model(catalog: Catalog, statement: Grant | Revoke, context: Context) -> Decision:
    """SILENT: LastModifiedTime stays: the model is what it was."""
    actions = _read_actions(statement, MODEL_ACTIONS)
    at = statement.name.at
    name = resolve_model(catalog, statement.name, context)
    model = find_model(catalog, name, statement.name, context)
    schema = catalog.find_schema(name.project, name.schema)
    if model is None or schema is None:
        raise model_not_found(name, statement.name)
    project = find_changeable_project(catalog, name.project, at)
    if not find_authority(catalog, name.project, context.principal).owns(schema, model.header):
        raise denied(GRANT, model_resource(name), at)
    grants = _changed(model.header.grants, statement, actions, project, name.project)
    if grants == model.header.grants:
        return Decision(reads=(model_key(name),))
    header = replace(model.header, grants=grants)
    changes = (Change(model_key(name), header),)
    guards = _grantee_keys(name.project, statement)
    return Decision(model_event(_verb(statement), name, context, changes, old=header, new=header, guards=guards))


def _change_on_schema(catalog: Catalog, statement: Grant | Revoke, context: Context) -> Decision:
    actions = _read_actions(statement, HOME_ACTIONS)
    at = statement.name.at
    project_name, name = resolve_schema(catalog, statement.name, context)
    project = find_changeable_project(catalog, project_name, at)
    authority = find_authority(catalog, project_name, context.principal)
    authority.require_member(at)
    schema = project.schemas.get(name)
    full = f"{project_name}.{name}"
    if schema is None:
        raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=at, schema=full)
    if not authority.manages(schema):
        raise denied(GRANT, schema_resource(project_name, name), at)
    grants = _changed(schema.header.grants, statement, actions, project, project_name)
    key = schema_key(project_name, name)
    if grants == schema.header.grants:
        return Decision(reads=(key,))
    changes = [Change(key, replace(schema.header, grants=grants))]
    guards = (key, *_grantee_keys(project_name, statement))
    return Decision(_event(_verb(statement), full, changes, guards, key, context))


def _change_on_project(catalog: Catalog, statement: Grant | Revoke, context: Context) -> Decision:
    actions = _read_actions(statement, HOME_ACTIONS)
    name = statement.name.parts[0].name
    project = find_changeable_project(catalog, name, statement.name.at)
    find_authority(catalog, name, context.principal).require_administrator(GRANT, statement.name.at)
    grants = _changed(project.header.grants, statement, actions, project, name)
    key = project_key(name)
    if grants == project.header.grants:
        return Decision(reads=(key,))
    changes = [Change(key, replace(project.header, grants=grants))]
    guards = (key, *_grantee_keys(name, statement))
    return Decision(_event(_verb(statement), name, changes, guards, key, context))


def _read_actions(statement: Grant | Revoke, allowed: tuple[Action, ...]) -> tuple[Action, ...]:
    """The actions without All, which stands for each of them."""
    for named in statement.actions:
        if named.action not in (*allowed, Action.ALL):
            raise OdpsError(
                Condition.ACTION_NOT_FOR_OBJECT,
                at=named.at,
                action=named.action,
                kind=statement.kind.lower(),
                expected=", ".join((*allowed, Action.ALL)),
            )
    given = {named.action for named in statement.actions}
    return allowed if Action.ALL in given else tuple(action for action in allowed if action in given)


def _changed(
    grants: Grants, statement: Grant | Revoke, actions: tuple[Action, ...], project: Project, project_name: str
) -> Grants:
    change = add_actions if isinstance(statement, Grant) else take_actions
    for grantee in statement.grantees:
        _check_grantee(project, grantee, project_name, statement)
        grants = change(grants, grantee.name.name, actions, to_role=grantee.is_role)
    return grants


def _check_grantee(project: Project, grantee: Grantee, project_name: str, statement: Grant | Revoke) -> None:
    """Only who is there can be granted something; what a removed user still holds can be taken away."""
    name = grantee.name
    if grantee.is_role:
        if not is_role(project, name.name):
            raise OdpsError(Condition.PROJECT_ROLE_MISSING, at=name.at, name=name, project=project_name)
    elif isinstance(statement, Grant) and name.name not in project.members and name.name != project.header.owner:
        raise OdpsError(Condition.MEMBER_MISSING, at=name.at, name=name, project=project_name)


def _grantee_keys(project: str, statement: Grant | Revoke) -> tuple[Key, ...]:
    """That the grantees are there is what a grant rests on."""
    return tuple(
        role_key(project, each.name.name) if each.is_role else member_key(project, each.name.name)
        for each in statement.grantees
    )


def _verb(statement: Grant | Revoke) -> str:
    return type(statement).__name__.upper()


def _folded(name: Identifier) -> Identifier:
    """Roles are folded however they are quoted, as in MaxCompute's statements."""
    return Identifier(name.name.lower(), name.at)


def _member_event(action: str, user: str, changes: list[Change], guards: Iterable[Key], context: Context) -> Decision:
    key = member_key(context.project, user)
    return Decision(_event(action, f"{context.project}.{user}", changes, (key, *guards), key, context))


def _event(
    action: str,
    target: str,
    changes: Iterable[Change],
    guards: tuple[Key, ...],
    subject: Key,
    context: Context,
    *,
    exclusive: bool = False,
) -> Event:
    return Event(
        action,
        target,
        context.principal,
        context.now,
        tuple(changes),
        guards,
        exclusive,
        subject=subject,
        origin=context.origin,
    )

"""The grants in the records of objects: adding to them, and taking actions and grantees out of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from msgspec.structs import replace

from server.catalog.events import Change
from server.catalog.privileges import BUILT_IN_ROLES, HOME_ACTIONS, MODEL_ACTIONS
from server.catalog.tree import Catalog, Project
from server.catalog.values import (
    Grant,
    Grants,
    ModelHeader,
    ModelName,
    ProjectHeader,
    SchemaHeader,
    member_key,
    model_key,
    project_key,
    schema_key,
)
from server.statements.privileges import Action

_ORDER: Final = {action: place for place, action in enumerate((*MODEL_ACTIONS, *HOME_ACTIONS))}
_Header = TypeVar("_Header", ModelHeader, SchemaHeader, ProjectHeader)
Keep = Callable[[Grant], bool]


def add_actions(grants: Grants, grantee: str, actions: Iterable[Action], *, to_role: bool) -> Grants:
    """The grants with these actions besides what the grantee has."""
    held = _actions_of(grants, grantee, to_role=to_role)
    return _put(grants, grantee, {*held, *actions}, to_role=to_role)


def take_actions(grants: Grants, grantee: str, actions: Iterable[Action], *, to_role: bool) -> Grants:
    """The grants without these actions of the grantee."""
    held = _actions_of(grants, grantee, to_role=to_role)
    return _put(grants, grantee, held - set(actions), to_role=to_role)


def find_grantees(project: Project) -> set[str]:
    """The users who were granted something in a project, members or not."""
    return {grant.grantee for _, header in _headers("", project) for grant in header.grants if not grant.to_role}


def find_strays(catalog: Catalog) -> Iterator[str]:
    """What cannot be: members that are no users, and grants to users or roles that are not there."""
    for name, project in catalog.projects.items():
        known = {*BUILT_IN_ROLES, *project.roles}
        for user, member in project.members.items():
            if user not in catalog.principals:
                yield f"project {name}: member {user} is no user"
            yield from (f"project {name}: member {user} has role {role}" for role in {*member.header.roles} - known)
        for where, header in _headers(name, project):
            for grant in header.grants:
                if grant.grantee not in (known if grant.to_role else catalog.principals):
                    yield f"{where}: granted to {'role' if grant.to_role else 'user'} {grant.grantee}"


def forget_user(catalog: Catalog, user: str) -> Iterator[Change]:
    """The changes that take a user out of every project, with all that was granted to it."""
    for name, project in catalog.projects.items():
        if user in project.members:
            yield Change(member_key(name, user), None)
        yield from _keep_grants(name, project, lambda grant: grant.to_role or grant.grantee != user)


def forget_role(name: str, project: Project, role: str) -> Iterator[Change]:
    """The changes that take away all that was granted to a role."""
    return _keep_grants(name, project, lambda grant: not grant.to_role or grant.grantee != role)


def _headers(name: str, project: Project) -> Iterator[tuple[str, ModelHeader | SchemaHeader | ProjectHeader]]:
    """(what it is, header) of everything in a project that can be granted on."""
    yield f"project {name}", project.header
    for schema_name, schema in project.schemas.items():
        yield f"schema {name}.{schema_name}", schema.header
        for model_name, model in schema.models.items():
            yield f"model {name}.{schema_name}.{model_name}", model.header


def _actions_of(grants: Grants, grantee: str, *, to_role: bool) -> set[str]:
    return {
        action for grant in grants if grant.grantee == grantee and grant.to_role == to_role for action in grant.actions
    }


def _put(grants: Grants, grantee: str, actions: set[str], *, to_role: bool) -> Grants:
    others = [grant for grant in grants if grant.grantee != grantee or grant.to_role != to_role]
    if actions:
        others.append(Grant(grantee, tuple(sorted(actions, key=lambda action: _ORDER[Action(action)])), to_role))
    return tuple(sorted(others, key=lambda grant: (grant.to_role, grant.grantee)))


def _keep_grants(name: str, project: Project, keep: Keep) -> Iterator[Change]:
    if (header := _filtered(project.header, keep)) is not None:
        yield Change(project_key(name), header)
    for schema_name, schema in project.schemas.items():
        if (schema_header := _filtered(schema.header, keep)) is not None:
            yield Change(schema_key(name, schema_name), schema_header)
        for model_name, model in schema.models.items():
            if (model_header := _filtered(model.header, keep)) is not None:
                yield Change(model_key(ModelName(name, schema_name, model_name)), model_header)


def _filtered(header: _Header, keep: Keep) -> _Header | None:
    """The header with fewer grants; None when it keeps all of them."""
    if all(map(keep, header.grants)):
        return None
    return replace(header, grants=tuple(filter(keep, header.grants)))

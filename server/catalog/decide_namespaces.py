"""The rules of projects and schemas: CREATE and DROP DATABASE, CREATE and DROP SCHEMA."""

from server.catalog.decide_privileges import find_project
from server.catalog.decide_recovery import purge_all
from server.catalog.events import Change, Decision, Event
from server.catalog.names import Context, check_namespace_name, resolve_schema
from server.catalog.privileges import (
    CREATE_SCHEMA,
    DROP_PROJECT,
    DROP_SCHEMA,
    OPERATOR,
    denied,
    find_authority,
    find_changeable_project,
    is_superuser,
    project_resource,
    schema_resource,
)
from server.catalog.tree import Catalog
from server.catalog.values import (
    DEFAULT_SCHEMA,
    Key,
    Member,
    ProjectHeader,
    SchemaHeader,
    member_key,
    project_key,
    role_key,
    schema_key,
)
from server.errors import Condition, OdpsError, diagnostic
from server.statements import CreateProject, CreateSchema, DropProject, DropSchema


def create_project(catalog: Catalog, statement: CreateProject, context: Context) -> Decision:
    notices = check_namespace_name("project", statement.name, context)
    name = statement.name.name
    if catalog.find_project(name) is not None:
        if statement.if_not_exists:
            return _nothing(project_key(name), Condition.SKIPPED_EXISTS, f'project "{name}"')
        raise OdpsError(Condition.PROJECT_EXISTS, at=statement.name.at, project=name)
    if not is_superuser(catalog, context.principal):
        raise OdpsError(Condition.PERMISSION_DENIED, at=statement.name.at, what="create database")
    members = () if context.principal == OPERATOR else (Change(member_key(name, context.principal), Member()),)
    changes = (
        Change(project_key(name), ProjectHeader(context.principal, context.now)),
        Change(schema_key(name, DEFAULT_SCHEMA), SchemaHeader(context.principal, context.now)),
        *members,
    )
    return Decision(_event("CREATE DATABASE", name, context, changes, (project_key(name),), project_key(name)), notices)


def drop_project(catalog: Catalog, statement: DropProject, context: Context) -> Decision:
    name = statement.name.name
    project = catalog.find_project(name)
    if project is None:
        if statement.if_exists:
            return _nothing(project_key(name), Condition.SKIPPED_MISSING, f'project "{name}"')
        raise OdpsError(Condition.PROJECT_NOT_FOUND, at=statement.name.at, project=name)
    if project.header.public:
        raise OdpsError(Condition.PUBLIC_MODEL, at=statement.name.at, project=name)
    authority = find_authority(catalog, name, context.principal)
    authority.require_member(statement.name.at)
    if not authority.rules:
        raise denied(DROP_PROJECT, project_resource(name), statement.name.at)
    if name == context.project:
        raise OdpsError(Condition.PROJECT_IN_USE, at=statement.name.at, project=name)
    if project.holds_models:
        raise OdpsError(Condition.PROJECT_NOT_EMPTY, at=statement.name.at, project=name)
    keys = [
        *(schema_key(name, schema) for schema in sorted(project.schemas)),
        *(member_key(name, member) for member in sorted(project.members)),
        *(role_key(name, role) for role in sorted(project.roles)),
        project_key(name),
    ]
    # SILENT: what lies in its recycle bin goes with it; whoever makes the name anew must not find it there.
    changes = (*purge_all(catalog, name), *(Change(key, None) for key in keys))
    return Decision(_event("DROP DATABASE", name, context, changes, tuple(keys), project_key(name), exclusive=True))


def create_schema(catalog: Catalog, statement: CreateSchema, context: Context) -> Decision:
    notices = check_namespace_name("schema", statement.name.parts[-1], context)
    project_name, name = resolve_schema(catalog, statement.name, context)
    project = find_project(catalog, project_name, context, CREATE_SCHEMA, statement.name.at)
    full = f"{project_name}.{name}"
    if name in project.schemas:
        if statement.if_not_exists:
            return _nothing(schema_key(project_name, name), Condition.SKIPPED_EXISTS, f'schema "{full}"')
        raise OdpsError(Condition.SCHEMA_EXISTS, at=statement.name.at, schema=full)
    key = schema_key(project_name, name)
    changes = (Change(key, SchemaHeader(context.principal, context.now)),)
    return Decision(_event("CREATE SCHEMA", full, context, changes, (project_key(project_name), key), key), notices)


def drop_schema(catalog: Catalog, statement: DropSchema, context: Context) -> Decision:
    project_name, name = resolve_schema(catalog, statement.name, context)
    full = f"{project_name}.{name}"
    found = catalog.find_project(project_name)
    authority = find_authority(catalog, project_name, context.principal)
    if found is not None:
        # Before anything is told: which schemas there are is for members.
        authority.require_member(statement.name.at)
    if statement.if_exists and (found is None or name not in found.schemas):
        return _nothing(schema_key(project_name, name), Condition.SKIPPED_MISSING, f'schema "{full}"')
    project = find_changeable_project(catalog, project_name, statement.name.at)
    schema = project.schemas.get(name)
    if schema is None:
        raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=statement.name.at, schema=full)
    if not authority.manages(schema):
        raise denied(DROP_SCHEMA, schema_resource(project_name, name), statement.name.at)
    if name == DEFAULT_SCHEMA:
        raise OdpsError(Condition.SCHEMA_DEFAULT, at=statement.name.at, schema=full)
    if schema.models:
        raise OdpsError(Condition.SCHEMA_NOT_EMPTY, at=statement.name.at, schema=full)
    key = schema_key(project_name, name)
    changes = (*purge_all(catalog, project_name, name), Change(key, None))
    return Decision(_event("DROP SCHEMA", full, context, changes, (key,), key, exclusive=True))


def _nothing(key: Key, condition: Condition, what: str) -> Decision:
    return Decision(None, (diagnostic(condition, what=what),), reads=(key,))


def _event(
    action: str,
    target: str,
    context: Context,
    changes: tuple[Change, ...],
    guards: tuple[Key, ...],
    subject: Key,
    *,
    exclusive: bool = False,
) -> Event:
    return Event(
        action,
        target,
        context.principal,
        context.now,
        changes,
        guards,
        exclusive,
        subject=subject,
        origin=context.origin,
    )

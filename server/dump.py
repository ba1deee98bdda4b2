"""The catalog, or one project of it, as a script of canonical statements that makes it again.

Anything that runs statements replays it: `modeld load`, `psql -f`, a driver. What it makes is the same catalog, times
and owners included; only revisions, and the secrets when they are left out, differ.

`SECTIONS` lists what is written, in the order in which it can be replayed. Whatever else the catalog learns to keep
has its section there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from server.catalog.decide_facts import ADDED, CREATE_TIME, LAST_MODIFIED_TIME, OWNER, time_fact
from server.catalog.decide_users import PASSWORD
from server.catalog.grants import find_grantees
from server.catalog.privileges import find_changeable_project
from server.catalog.tree import Catalog, Model, Project
from server.catalog.values import (
    DEFAULT_SCHEMA,
    NO_VERIFIER,
    Grants,
    ModelHeader,
    ModelName,
    ProjectHeader,
    SchemaHeader,
)
from server.dialect import format_statement
from server.public_project import PUBLIC_PROJECT
from server.recreation import recreate_model, written_name
from server.statements import (
    Action,
    AddUser,
    AlterUser,
    CreateProject,
    CreateRole,
    CreateSchema,
    CreateUser,
    Grant,
    Grantee,
    GrantRole,
    Identifier,
    Literal,
    Named,
    ObjectKind,
    ObjectName,
    Option,
    RecordFacts,
    RemoveUser,
    SetParameter,
    Statement,
    UseProject,
)
from server.statements.facts import Recorded

# (key, what the catalog keeps, place) -> the secret as the dump carries it; see `server.sealing`.
Seal = Callable[[str, bytes, str], str]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is dumped.

    Attributes:
        users: by name; of one project those that have to do with it.
        seal: None leaves secrets out.
    """

    catalog: Catalog
    projects: dict[str, Project]
    users: tuple[str, ...]
    whole: bool
    seal: Seal | None

    def models(self) -> Iterator[tuple[ModelName, Model]]:
        for project_name, project in self.projects.items():
            for schema_name, schema in sorted(project.schemas.items()):
                for name, model in sorted(schema.models.items()):
                    yield ModelName(project_name, schema_name, name), model


def select(catalog: Catalog, project: str | None, seal: Seal | None) -> Selection:
    """One project, or everything but the public models, which every server has of itself.

    Raises:
        OdpsError: PROJECT_NOT_FOUND; PUBLIC_MODEL, of which no script could be run.
    """
    if project is None:
        projects = {name: node for name, node in sorted(catalog.projects.items()) if not node.header.public}
        return Selection(catalog, projects, tuple(sorted(catalog.principals)), True, seal)
    node = find_changeable_project(catalog, project, None)
    return Selection(catalog, {project: node}, tuple(sorted(_users_of(node))), False, seal)


def write_script(selection: Selection, heading: str) -> Iterator[str]:
    """The script, a statement at a time.

    Args:
        heading: one line, the first comment.
    """
    yield f"-- {heading}\n\n"
    for section in SECTIONS:
        for statement in section(selection):
            yield f"{format_statement(statement)};\n"


def _settings(selection: Selection) -> Iterator[Statement]:
    """What the replaying session must not have set otherwise."""
    # A secret that follows sealed is not worth the warning that it was left out.
    yield SetParameter("client_min_messages", ("warning" if selection.seal is None else "error",))
    yield SetParameter("modeld.lenient_names", ("true",))
    for flag in ("odps.namespace.schema", "odps.sql.decimal.odps2", "odps.sql.type.system.odps2"):
        yield SetParameter(flag, ("true",))


def _users(selection: Selection) -> Iterator[Statement]:
    # There CREATE USER makes nobody a member.
    yield UseProject(Identifier(PUBLIC_PROJECT))
    for name in selection.users:
        yield CreateUser(Identifier(name), if_not_exists=True)
        if not selection.whole:
            continue
        header = selection.catalog.principals[name].header
        if header.superuser:
            yield AlterUser(Identifier(name), sets_password=False, superuser=True)
        facts = [time_fact(CREATE_TIME, header.create_time)]
        if selection.seal is not None and header.verifier != NO_VERIFIER:
            facts.append(Option(PASSWORD, Literal(selection.seal(PASSWORD, header.verifier, name))))
        yield RecordFacts(Recorded.USER, ObjectName((Identifier(name),)), tuple(facts))


def _namespaces(selection: Selection) -> Iterator[Statement]:
    for name, project in selection.projects.items():
        yield CreateProject(Identifier(name), if_not_exists=True)
        for schema_name, schema in sorted(project.schemas.items()):
            written = ObjectName((Identifier(name), Identifier(schema_name)))
            if schema_name != DEFAULT_SCHEMA:
                yield CreateSchema(written, if_not_exists=True)
            yield RecordFacts(Recorded.SCHEMA, written, _facts_of(schema.header))


def _models(selection: Selection) -> Iterator[Statement]:
    for name, model in selection.models():
        yield from recreate_model(name, model)
        yield from _facts_of_versions(name, model, selection.seal)
        yield RecordFacts(Recorded.MODEL, written_name(name), _facts_of(model.header))


def _facts_of_versions(name: ModelName, model: Model, seal: Seal | None) -> Iterator[Statement]:
    for number, version in enumerate(model.versions.in_order()):
        facts = [
            time_fact(CREATE_TIME, version.create_time),
            time_fact(LAST_MODIFIED_TIME, version.last_modified_time),
        ]
        if version.added != (number > 0):
            facts.append(Option(ADDED, Literal(str(version.added).lower())))
        if seal is not None:
            facts += [
                Option(key, Literal(seal(key, sealed, f"{name}.{version.name}"))) for key, sealed in version.secrets
            ]
        yield RecordFacts(Recorded.MODEL, written_name(name), tuple(facts), Identifier(version.name))


def _members(selection: Selection) -> Iterator[Statement]:
    """Members, roles, and who has them. Whoever was removed but still holds something comes in for it."""
    for name, project in selection.projects.items():
        yield UseProject(Identifier(name))
        for user in sorted({*project.members, *find_grantees(project)}):
            yield AddUser(Identifier(user), if_not_exists=True)
        for role in sorted(project.roles):
            yield CreateRole(Identifier(role), if_not_exists=True)
        for user, member in sorted(project.members.items()):
            if member.header.roles:
                yield GrantRole(tuple(map(Identifier, member.header.roles)), (Identifier(user),))


def _grants(selection: Selection) -> Iterator[Statement]:
    for name, project in selection.projects.items():
        written = ObjectName((Identifier(name),))
        yield from _granted(ObjectKind.PROJECT, written, project.header.grants)
        for schema_name, schema in sorted(project.schemas.items()):
            home = ObjectName((Identifier(name), Identifier(schema_name)))
            yield from _granted(ObjectKind.SCHEMA, home, schema.header.grants)
        for model_name, model in selection.models():
            if model_name.project == name:
                yield from _granted(ObjectKind.MODEL, written_name(model_name), model.header.grants)
        yield UseProject(Identifier(name))
        for user in sorted(find_grantees(project) - set(project.members) - {project.header.owner}):
            yield RemoveUser(Identifier(user))


def _granted(kind: ObjectKind, name: ObjectName, grants: Grants) -> Iterator[Statement]:
    for grant in grants:
        actions = tuple(Named(Action(action)) for action in grant.actions)
        yield Grant(actions, kind, name, (Grantee(Identifier(grant.grantee), grant.to_role),))


def _owners_of_projects(selection: Selection) -> Iterator[Statement]:
    """Last, since whoever replays the script may not own the project any more afterwards."""
    for name, project in selection.projects.items():
        yield RecordFacts(Recorded.PROJECT, ObjectName((Identifier(name),)), _facts_of(project.header))


def _facts_of(header: ModelHeader | SchemaHeader | ProjectHeader) -> tuple[Option, ...]:
    facts = (Option(OWNER, Literal(header.owner)), time_fact(CREATE_TIME, header.create_time))
    if isinstance(header, ModelHeader):
        return (*facts, time_fact(LAST_MODIFIED_TIME, header.last_modified_time))
    return facts


def _users_of(project: Project) -> set[str]:
    """Its owners, members, and whoever holds something in it."""
    schemas = project.schemas.values()
    models = (model for schema in schemas for model in schema.models.values())
    owners = {node.header.owner for node in (project, *schemas, *models)}
    return {*owners, *project.members, *find_grantees(project)}


SECTIONS: Final[tuple[Callable[[Selection], Iterator[Statement]], ...]] = (
    _settings,
    _users,
    _namespaces,
    _models,
    _members,
    _grants,
    _owners_of_projects,
)

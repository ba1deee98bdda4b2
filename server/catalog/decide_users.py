"""The rules of users: CREATE, ALTER and DROP USER. They are the server's, not a project's.

Only a superuser may do this, as in PostgreSQL; whoever it is may change the own password. A new user is a member of the
session's project. The password never gets here: the context brings what is stored of it.
"""

from typing import Final

from msgspec.structs import replace

from server.catalog.events import Change, Decision, Event
from server.catalog.grants import forget_user
from server.catalog.names import SYSTEM_PREFIX, Context
from server.catalog.privileges import is_superuser
from server.catalog.seed import SYSTEM_ACCOUNT
from server.catalog.tree import Catalog
from server.catalog.values import NO_VERIFIER, Key, Member, Principal, member_key, principal_key, project_key
from server.errors import Condition, OdpsError, diagnostic
from server.statements import AlterUser, CreateUser, Identifier

# Under which key the context's secrets hold the sealed verifier.
PASSWORD: Final = "PASSWORD"  # noqa: S105  the word, not one
_LONGEST_NAME: Final = 255
# PostgreSQL's own words for "everybody" and "no role", and who owns the public models.
_RESERVED: Final = frozenset({"public", "none", SYSTEM_ACCOUNT})


def create_user(catalog: Catalog, statement: CreateUser, context: Context) -> Decision:
    name = statement.name
    check_user_name(name)
    if name.name in catalog.principals:
        if statement.if_not_exists:
            return Decision(None, (diagnostic(Condition.SKIPPED_EXISTS, what=f'role "{name}"'),))
        raise OdpsError(Condition.ROLE_EXISTS, at=name.at, name=name)
    _require_superuser(catalog, context, "create role", name.at)
    principal = Principal(context.now, context.secrets.get(PASSWORD, NO_VERIFIER), statement.superuser)
    changes = [Change(principal_key(name.name), principal)]
    guards: tuple[Key, ...] = ()
    project = catalog.find_project(context.project)
    if project is not None and not project.header.public:
        changes.append(Change(member_key(context.project, name.name), Member()))
        guards = (project_key(context.project),)
    return _decision("CREATE USER", name, context, tuple(changes), guards)


def alter_user(catalog: Catalog, statement: AlterUser, context: Context) -> Decision:
    name = statement.name
    account = catalog.principals.get(name.name)
    if account is None:
        raise OdpsError(Condition.ROLE_MISSING, at=name.at, name=name)
    if name.name != context.principal or statement.superuser is not None:
        _require_superuser(catalog, context, f'alter role "{name}"', name.at)
    principal = account.header
    if statement.sets_password:
        principal = replace(principal, verifier=context.secrets.get(PASSWORD, NO_VERIFIER))
    exclusive = False
    if statement.superuser is not None:
        principal = replace(principal, superuser=statement.superuser)
        if not statement.superuser:
            _keep_superuser(catalog, name)
            exclusive = True
    return _decision("ALTER USER", name, context, (Change(principal_key(name.name), principal),), exclusive=exclusive)


def drop_user(catalog: Catalog, name: Identifier, context: Context, *, if_exists: bool = False) -> Decision:
    """Take the user away, and what was granted to it, so that nobody who gets the name later has that.

    SILENT: as in PostgreSQL, not oneself, and not whoever owns something.
    """
    if name.name not in catalog.principals:
        if if_exists:
            return Decision(None, (diagnostic(Condition.SKIPPED_MISSING, what=f'role "{name}"'),))
        raise OdpsError(Condition.ROLE_MISSING, at=name.at, name=name)
    _require_superuser(catalog, context, f'drop role "{name}"', name.at)
    if name.name == context.principal:
        raise OdpsError(Condition.ROLE_CURRENT, at=name.at)
    owned = _find_owned(catalog, name.name)
    if owned is not None:
        raise OdpsError(Condition.ROLE_OWNS, at=name.at, name=name, detail=f"owner of {owned}")
    _keep_superuser(catalog, name)
    changes = (Change(principal_key(name.name), None), *forget_user(catalog, name.name))
    # That nothing is owned rests on the whole catalog.
    return _decision("DROP USER", name, context, changes, exclusive=True)


def check_user_name(name: Identifier) -> None:
    """Any text that can be shown and typed, since it may be a MaxCompute principal."""
    text = name.name
    if not text:
        raise OdpsError(Condition.NAME_EMPTY, at=name.at, kind="role")
    if len(text.encode(errors="surrogatepass")) > _LONGEST_NAME:
        raise OdpsError(Condition.NAME_TOO_LONG, at=name.at, kind="role", limit=_LONGEST_NAME)
    if not text.isprintable():
        raise OdpsError(
            Condition.NAME_INVALID, at=name.at, kind="role", name=ascii(text)[1:-1], allowed="printable characters"
        )
    if text in _RESERVED:
        raise OdpsError(Condition.ROLE_NAME_RESERVED, at=name.at, name=text)
    if text.startswith(SYSTEM_PREFIX):
        # pg_roles has such roles of PostgreSQL's own, and what they may do is asked of by name.
        detail = f'Role names starting with "{SYSTEM_PREFIX}" are reserved.'
        raise OdpsError(Condition.ROLE_NAME_RESERVED, at=name.at, name=text, detail=detail)


def _require_superuser(catalog: Catalog, context: Context, what: str, at: int) -> None:
    if not is_superuser(catalog, context.principal):
        raise OdpsError(Condition.PERMISSION_DENIED, at=at, what=what)


def _keep_superuser(catalog: Catalog, name: Identifier) -> None:
    """Raise ROLE_LAST_SUPERUSER: without one nobody could make users and projects any more."""
    superusers = {each for each, account in catalog.principals.items() if account.header.superuser}
    if superusers == {name.name}:
        raise OdpsError(Condition.ROLE_LAST_SUPERUSER, at=name.at, name=name)


def _find_owned(catalog: Catalog, owner: str) -> str | None:
    """The first thing found that `owner` owns."""
    for project_name, project in catalog.projects.items():
        if project.header.owner == owner:
            return f"project {project_name}"
        for schema_name, schema in project.schemas.items():
            if schema.header.owner == owner:
                return f"schema {project_name}.{schema_name}"
            for model_name, model in schema.models.items():
                if model.header.owner == owner:
                    return f"model {project_name}.{schema_name}.{model_name}"
    return None


def _decision(
    action: str,
    name: Identifier,
    context: Context,
    changes: tuple[Change, ...],
    guards: tuple[Key, ...] = (),
    *,
    exclusive: bool = False,
) -> Decision:
    key: Key = principal_key(name.name)
    event = Event(
        action,
        name.name,
        context.principal,
        context.now,
        changes,
        (key, *guards),
        exclusive,
        subject=key,
        origin=context.origin,
    )
    return Decision(event)

"""The rules of users: CREATE, ALTER and DROP USER.

The password never gets here: the context brings what is stored of it. Until there are privileges, every
user may do all of this.
"""

from typing import Final

from server.catalog.events import Change, Decision, Event
from server.catalog.names import Context
from server.catalog.tree import Catalog
from server.catalog.values import NO_VERIFIER, Key, Principal, principal_key
from server.errors import Condition, OdpsError, diagnostic
from server.statements import Identifier

# Under which key the context's secrets hold the sealed verifier.
PASSWORD: Final = "PASSWORD"  # noqa: S105  the word, not one
_LONGEST_NAME: Final = 255
# PostgreSQL's own words for "everybody" and "no role".
_RESERVED: Final = frozenset({"public", "none"})


def create_user(catalog: Catalog, name: Identifier, context: Context, *, if_not_exists: bool = False) -> Decision:
    _check_name(name)
    if name.name in catalog.principals:
        if if_not_exists:
            return Decision(None, (diagnostic(Condition.SKIPPED_EXISTS, what=f'role "{name}"'),))
        raise OdpsError(Condition.ROLE_EXISTS, at=name.at, name=name)
    return _decision("CREATE USER", name, context, _principal(context.now, context))


def set_password(catalog: Catalog, name: Identifier, context: Context) -> Decision:
    role = catalog.principals.get(name.name)
    if role is None:
        raise OdpsError(Condition.ROLE_MISSING, at=name.at, name=name)
    return _decision("ALTER USER", name, context, _principal(role.header.create_time, context))


def drop_user(catalog: Catalog, name: Identifier, context: Context, *, if_exists: bool = False) -> Decision:
    """SILENT: as in PostgreSQL, not oneself, and not whoever owns something."""
    if name.name not in catalog.principals:
        if if_exists:
            return Decision(None, (diagnostic(Condition.SKIPPED_MISSING, what=f'role "{name}"'),))
        raise OdpsError(Condition.ROLE_MISSING, at=name.at, name=name)
    if name.name == context.principal:
        raise OdpsError(Condition.ROLE_CURRENT, at=name.at)
    owned = _find_owned(catalog, name.name)
    if owned is not None:
        raise OdpsError(Condition.ROLE_OWNS, at=name.at, name=name, detail=f"owner of {owned}")
    # That nothing is owned rests on the whole catalog.
    return _decision("DROP USER", name, context, None, exclusive=True)


def _principal(create_time: int, context: Context) -> Principal:
    return Principal(create_time, context.secrets.get(PASSWORD, NO_VERIFIER))


def _check_name(name: Identifier) -> None:
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
    action: str, name: Identifier, context: Context, value: Principal | None, *, exclusive: bool = False
) -> Decision:
    key: Key = principal_key(name.name)
    changes = (Change(key, value),)
    event = Event(
        action,
        name.name,
        context.principal,
        context.now,
        changes,
        (key,),
        exclusive,
        subject=key,
        origin=context.origin,
    )
    return Decision(event)

"""The rules of what brings back: UNDROP MODEL and ROLLBACK MODEL, and of PURGE MODEL, after which nothing does.

SILENT: none of it is MaxCompute's. Of several dropped models of a name the newest comes back, and all of them are
purged; what comes back has a new LastModifiedTime, and a new owner where the old one is gone. Whoever has got the old
one's name since is somebody else.
"""

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from server.catalog.events import Change, Decision
from server.catalog.find_models import check_home, find_model_to_change
from server.catalog.model_events import model_event, nothing
from server.catalog.names import Context, resolve_model
from server.catalog.privileges import find_authority, is_user_of
from server.catalog.tree import Catalog, Dropped, Model
from server.catalog.values import (
    DroppedModel,
    ModelName,
    ModelVersion,
    dropped_key,
    dropped_version_key,
    model_key,
    principal_key,
    version_key,
)
from server.errors import Condition, OdpsError, diagnostic
from server.statements import ObjectName, PurgeModel, Recovery, RollbackModel, UndropModel


def recover(catalog: Catalog, statement: Recovery, context: Context) -> Decision:
    """What one of these statements does."""
    name = resolve_model(catalog, statement.name, context)
    match statement:
        case UndropModel():
            return _undrop(catalog, name, statement, context)
        case PurgeModel():
            return _purge(catalog, name, statement, context)
        case RollbackModel():
            return _roll_back(catalog, name, statement, context)
        case _:
            assert_never(statement)


def purge_all(catalog: Catalog, project: str, schema: str | None = None) -> Iterator[Change]:
    """The changes that empty the recycle bin of a project, or of one of its schemas."""
    for path in sorted(catalog.dropped):
        if path[0] == project and schema in (None, path[1]):
            name = ModelName(*path)
            for drop_id, dropped in catalog.list_dropped(name):
                yield from _purge_dropped(name, drop_id, dropped)


def _undrop(catalog: Catalog, name: ModelName, statement: UndropModel, context: Context) -> Decision:
    guards = check_home(catalog, name, statement.name, context)
    dropped = list_own_dropped(catalog, name, context.principal)
    if not dropped:
        raise _not_dropped(name, statement.name)
    if catalog.find_model(name) is not None:
        raise OdpsError(
            Condition.MODEL_EXISTS,
            at=statement.name.at,
            model=name,
            detail=f"Model: {name}",
            hint="Rename the model that has the name now, then run UNDROP MODEL again.",
        )
    drop_id, found = dropped[0]
    header = found.header.header
    owner = header.owner if _has_owner(catalog, found.header) else context.principal
    header = replace(header, owner=owner, last_modified_time=context.now)
    versions = sorted(found.versions.items())
    changes = (
        Change(model_key(name), header),
        *(Change(version_key(name, each), version) for each, version in versions),
        *(Change(dropped_version_key(name, drop_id, each), None) for each, _ in versions),
        Change(dropped_key(name, drop_id), None),
    )
    event = model_event(
        "UNDROP MODEL",
        name,
        context,
        changes,
        new=header,
        guards=(*guards, dropped_key(name, drop_id), principal_key(header.owner)),
        moves=True,
        drop_id=drop_id,
    )
    return Decision(event)


def _roll_back(catalog: Catalog, name: ModelName, statement: RollbackModel, context: Context) -> Decision:
    """Make the model what it was. Its name, its owner and the grants on it stay.

    SILENT: versions that were added since stay too, those that were dropped come back; a model that CREATE OR
    REPLACE has put in the place of the earlier one goes with all it has.
    """
    model = find_model_to_change(catalog, name, statement.name, context, if_exists=False)
    earlier = context.earlier
    assert model is not None, "without IF EXISTS a missing one is an error"  # noqa: S101  a fault of ours
    assert earlier is not None, "the executor has found it"  # noqa: S101  likewise
    if model.header.create_time != earlier.create_time:
        # It was dropped or replaced since the earlier state was looked for.
        raise OdpsError(Condition.CONFLICT, object=f"model {name}")
    state = earlier.model
    changed = [
        Change(version_key(name, each), replace(version, last_modified_time=context.now))
        for each, version in sorted(state.versions.items())
        if not _same(version, model.versions.get(each))
    ]
    if earlier.replaced:
        changed += [Change(version_key(name, each), None) for each in sorted(set(model.versions) - set(state.versions))]
    else:
        _check_aliases(name, model, state, statement)
    header = replace(
        state.header,
        owner=model.header.owner,
        grants=model.header.grants,
        last_modified_time=model.header.last_modified_time,
    )
    if not changed and header == model.header:
        return nothing(name)
    header = replace(header, last_modified_time=context.now)
    changes = (Change(model_key(name), header), *changed)
    return Decision(model_event("ROLLBACK MODEL", name, context, changes, old=model.header, new=header))


def _same(version: ModelVersion, other: ModelVersion | None) -> bool:
    """Whether they say the same; when that was said last is another matter."""
    return other is not None and replace(other, last_modified_time=version.last_modified_time) == version


def _check_aliases(name: ModelName, model: Model, state: Model, statement: RollbackModel) -> None:
    """No alias that comes back may be the name of a version that was added since."""
    for alias, _ in state.header.aliases:
        if alias in model.versions:
            raise OdpsError(Condition.ALIAS_IS_VERSION, at=statement.name.at, model=name, alias=alias)


def _purge(catalog: Catalog, name: ModelName, statement: PurgeModel, context: Context) -> Decision:
    find_authority(catalog, name.project, context.principal).require_member(statement.name.at)
    own = list_own_dropped(catalog, name, context.principal)
    changes = tuple(change for drop_id, dropped in own for change in _purge_dropped(name, drop_id, dropped))
    if not changes:
        if statement.if_exists:
            return Decision(None, (diagnostic(Condition.SKIPPED_MISSING, what=f'dropped model "{name}"'),))
        raise _not_dropped(name, statement.name)
    guards = tuple(dropped_key(name, drop_id) for drop_id, _ in own)
    return Decision(model_event("PURGE MODEL", name, context, changes, guards=guards))


def list_own_dropped(catalog: Catalog, name: ModelName, principal: str) -> list[tuple[str, Dropped]]:
    """(id, model) of those dropped under this name that are in the principal's hands, the newest first."""
    schema = catalog.find_schema(name.project, name.schema)
    if schema is None:
        return []
    authority = find_authority(catalog, name.project, principal)
    manages = authority.manages(schema)
    return [
        (drop_id, dropped)
        for drop_id, dropped in catalog.list_dropped(name)
        if manages or (authority.owns(schema, dropped.header.header) and _has_owner(catalog, dropped.header))
    ]


def _has_owner(catalog: Catalog, dropped: DroppedModel) -> bool:
    """Whether its owner is still a user, and not only the name."""
    return is_user_of(catalog, dropped.header.owner, dropped.drop_time)


def _purge_dropped(name: ModelName, drop_id: str, dropped: Dropped) -> Iterator[Change]:
    for version in sorted(dropped.versions):
        yield Change(dropped_version_key(name, drop_id, version), None)
    yield Change(dropped_key(name, drop_id), None)


def _not_dropped(name: ModelName, written: ObjectName) -> OdpsError:
    return OdpsError(Condition.MODEL_NOT_DROPPED, at=written.at, model=name, detail=f"Model: {name}")

"""Finds the model and the version that a statement names, as far as its principal may see and use them."""

from server.catalog.names import RESERVED_VERSION, Context
from server.catalog.privileges import (
    Authority,
    denied,
    find_authority,
    find_changeable_project,
    model_resource,
    schema_resource,
)
from server.catalog.tree import Catalog, Model
from server.catalog.values import Key, ModelName, ModelVersion, project_key, schema_key
from server.errors import Condition, OdpsError
from server.statements import Identifier, ObjectName
from server.statements.privileges import Action


def check_home(catalog: Catalog, name: ModelName, written: ObjectName, context: Context) -> tuple[Key, ...]:
    """That a model may be made there by the principal; the keys this rests on."""
    project = find_changeable_project(catalog, name.project, written.at)
    authority = find_authority(catalog, name.project, context.principal)
    authority.require_member(written.at)
    schema = project.schemas.get(name.schema)
    if schema is None:
        raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=written.at, schema=f"{name.project}.{name.schema}")
    if not authority.on_schema(schema, Action.CREATE_MODEL):
        raise denied(Action.CREATE_MODEL, schema_resource(name.project, name.schema), written.at)
    return (project_key(name.project), schema_key(name.project, name.schema))


def find_model_to_change(
    catalog: Catalog,
    name: ModelName,
    written: ObjectName,
    context: Context,
    *,
    if_exists: bool,
    action: Action = Action.ALTER,
) -> Model | None:
    """The model to change; None when it is missing and that is all right.

    Args:
        action: what the principal must hold on it.
    """
    authority = _find_authority(catalog, name, written, context)
    model = authority.find_visible(name.schema, name.name)
    if model is None:
        if if_exists:
            return None
        raise model_not_found(name, written)
    if authority.is_public:
        raise OdpsError(Condition.PUBLIC_MODEL, at=written.at, project=name.project, detail=f"Model: {name}")
    _require(authority, name, model, action, written)
    return model


def find_model(catalog: Catalog, name: ModelName, written: ObjectName, context: Context) -> Model | None:
    """The model, if it exists for the principal.

    Raises:
        OdpsError: NOT_MEMBER.
    """
    return _find_authority(catalog, name, written, context).find_visible(name.schema, name.name)


def check_action(
    catalog: Catalog, name: ModelName, model: Model, action: Action, written: ObjectName, context: Context
) -> None:
    """Raise NO_PRIVILEGE when the principal does not hold the action on a model that it may see."""
    _require(find_authority(catalog, name.project, context.principal), name, model, action, written)


def _find_authority(catalog: Catalog, name: ModelName, written: ObjectName, context: Context) -> Authority:
    """What the principal may do in the model's project; raises NOT_MEMBER."""
    authority = find_authority(catalog, name.project, context.principal)
    if authority.project is not None:
        authority.require_member(written.at)
    return authority


def _require(authority: Authority, name: ModelName, model: Model, action: Action, written: ObjectName) -> None:
    schema = None if authority.project is None else authority.project.schemas.get(name.schema)
    if schema is None or not authority.on_model(schema, model.header, action):
        raise denied(action, model_resource(name), written.at)


def find_allowed(catalog: Catalog, name: ModelName, action: Action, written: ObjectName, context: Context) -> Model:
    """The model, on which the principal holds the action.

    Raises:
        OdpsError: MODEL_NOT_FOUND, NO_PRIVILEGE, NOT_MEMBER.
    """
    authority = _find_authority(catalog, name, written, context)
    model = authority.find_visible(name.schema, name.name)
    if model is None:
        raise model_not_found(name, written)
    _require(authority, name, model, action, written)
    return model


def model_not_found(name: ModelName, written: ObjectName) -> OdpsError:
    return OdpsError(Condition.MODEL_NOT_FOUND, at=written.at, model=name, detail=f"Model: {name}")


def version_not_found(version: Identifier, name: ModelName) -> OdpsError:
    return OdpsError(Condition.VERSION_NOT_FOUND, at=version.at, version=version, model=name, detail=f"Model: {name}")


def find_version(model: Model, version: Identifier | None, name: ModelName) -> ModelVersion:
    """The version that a statement names, or the default one for None.

    Raises:
        OdpsError: VERSION_NOT_FOUND.
    """
    if version is None:
        return model.default
    found = find_version_name(model, version.name)
    if found is None:
        raise version_not_found(version, name)
    return model.versions[found]


def find_version_name(model: Model, written: str) -> str | None:
    """The version that a name stands for: its own, an alias, or `default_version`, `latest` or `first`.

    SILENT: a version's own name comes before an alias, an alias before the words.
    """
    if written in model.versions:
        return written
    aliased = model.header.find_alias(written)
    if aliased is not None:
        return aliased
    if written == RESERVED_VERSION:
        return model.header.default_version
    if written not in ("latest", "first"):
        return None
    return model.versions.names_in_order()[-1 if written == "latest" else 0]

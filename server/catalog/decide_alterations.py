"""The rules of the ALTER MODEL forms that the document does not have.

SILENT: none of them is MaxCompute's. Changing a version moves its own LastModifiedTime and the model's; labels and
aliases follow the rules of MLflow and Vertex AI: an alias stands for one version, a label is a short key and value.
"""

from typing import assert_never

from msgspec.structs import replace

from server.catalog.decide_models import change_options, read_comment
from server.catalog.events import Change, Decision
from server.catalog.find_models import check_home, find_model_to_change, find_version
from server.catalog.model_events import model_event, model_skipped, nothing, touched
from server.catalog.names import RESERVED_VERSION, Context, check_model_name, check_version_name, resolve_model
from server.catalog.options import literal_text, read_options
from server.catalog.privileges import CHANGE_OWNER, denied, find_authority, model_resource
from server.catalog.tree import Catalog, Model
from server.catalog.values import Key, ModelHeader, ModelName, ModelVersion, model_key, principal_key, version_key
from server.errors import Condition, Diagnostic, OdpsError, diagnostic
from server.statements import Identifier, ObjectName, Value
from server.statements.alterations import (
    Alteration,
    ChangeOwner,
    DropAlias,
    RenameModel,
    SetAlias,
    SetComment,
    SetLabels,
    SetLifecycle,
    SetOptions,
    UnsetLabels,
)

_WORDS = frozenset({RESERVED_VERSION, "latest", "first"})
_MOST_LABELS = 64
# Bytes of UTF-8; as Vertex AI and Kubernetes allow.
_LONGEST_KEY, _LONGEST_VALUE = 63, 255
# Days, as of MaxCompute's tables.
_LONGEST_LIFE = 37231

_Labels = tuple[tuple[str, str], ...]


def alter_model(catalog: Catalog, statement: Alteration, context: Context) -> Decision:
    """What one of these statements does to its model."""
    name = resolve_model(catalog, statement.name, context)
    model = find_model_to_change(catalog, name, statement.name, context, if_exists=statement.if_exists)
    if model is None:
        return model_skipped(name)
    match statement:
        case SetComment(comment=comment, version=version):
            text = read_comment(comment, "model" if version is None else "version")
            return _change(name, model, version, context, "SET COMMENT", comment=text)
        case SetLifecycle(days=days, version=version):
            if days > _LONGEST_LIFE:
                raise OdpsError(Condition.LIFECYCLE_INVALID, at=statement.at, limit=_LONGEST_LIFE)
            return _change(name, model, version, context, "SET LIFECYCLE", lifecycle=days)
        case SetLabels(version=version) | UnsetLabels(version=version):
            labels = _change_labels(_target(model, version, name).labels, statement)
            action = "SET LABELS" if isinstance(statement, SetLabels) else "UNSET LABELS"
            return _change(name, model, version, context, action, labels=labels)
        case SetOptions():
            return _set_options(name, model, statement, context)
        case SetAlias():
            return _set_alias(name, model, statement, context)
        case DropAlias():
            return _drop_alias(name, model, statement, context)
        case RenameModel():
            return _rename(catalog, name, model, statement, context)
        case ChangeOwner(owner=owner):
            return _change_owner(catalog, name, model, owner, context)
        case _:
            assert_never(statement)


def _target(model: Model, version: Identifier | None, name: ModelName) -> ModelHeader | ModelVersion:
    return model.header if version is None else find_version(model, version, name)


def _change(
    name: ModelName,
    model: Model,
    written: Identifier | None,
    context: Context,
    action: str,
    *,
    notices: tuple[Diagnostic, ...] = (),
    guards: tuple[Key, ...] = (),
    about: str | None = None,
    **fields: object,
) -> Decision:
    """Put other fields into the model's header, or into a version; nothing when they are what they were.

    Args:
        about: the version that a change of the header is about.
    """
    target = _target(model, written, name)
    changed = replace(target, **fields)
    if changed == target:
        return nothing(name, *notices)
    changed = replace(changed, last_modified_time=context.now)
    header = changed if isinstance(changed, ModelHeader) else touched(model, context)
    changes = [Change(model_key(name), header)]
    version = about
    if isinstance(changed, ModelVersion):
        version = changed.name
        changes.append(Change(version_key(name, version), changed))
    event = model_event(
        action, name, context, tuple(changes), version=version, old=model.header, new=header, guards=guards
    )
    return Decision(event, notices)


def _change_labels(labels: _Labels, statement: SetLabels | UnsetLabels) -> _Labels:
    kept = dict(labels)
    match statement:
        case SetLabels(labels=given):
            seen: set[str] = set()
            for label in given:
                key = _read_label(label.key, "key", _LONGEST_KEY)
                if not key:
                    raise OdpsError(Condition.LABEL_INVALID, at=label.key.at, reason="key is empty")
                if key in seen:
                    raise OdpsError(Condition.LABEL_INVALID, at=label.key.at, reason="key is given twice")
                seen.add(key)
                kept[key] = _read_label(label.value, "value", _LONGEST_VALUE)
            if len(kept) > _MOST_LABELS:
                raise OdpsError(Condition.LABEL_TOO_MANY, at=given[0].key.at, limit=_MOST_LABELS)
        case UnsetLabels(keys=keys):
            for key_value in keys:
                kept.pop(literal_text(key_value), None)
        case _:
            assert_never(statement)
    return tuple(sorted(kept.items()))


def _read_label(value: Value, part: str, limit: int) -> str:
    text = literal_text(value)
    if len(text.encode(errors="surrogatepass")) > limit:
        raise OdpsError(Condition.LABEL_INVALID, at=value.at, reason=f"{part} is longer than {limit} bytes")
    return text


def _set_options(name: ModelName, model: Model, statement: SetOptions, context: Context) -> Decision:
    version = find_version(model, statement.version, name)
    given = read_options(statement.options, statement.options_at)
    options, secrets, notices = change_options(model, version, given, context)
    return _change(
        name, model, statement.version, context, "SET OPTIONS", notices=notices, options=options, secrets=secrets
    )


def _set_alias(name: ModelName, model: Model, statement: SetAlias, context: Context) -> Decision:
    alias = statement.alias
    if alias.name in _WORDS:
        raise OdpsError(Condition.ALIAS_RESERVED, at=alias.at, name=alias)
    notices = check_version_name(alias, context)
    if alias.name in model.versions:
        raise OdpsError(Condition.ALIAS_IS_VERSION, at=alias.at, model=name, alias=alias)
    version = find_version(model, statement.version, name).name
    aliases = tuple(sorted({**dict(model.header.aliases), alias.name: version}.items()))
    return _change(name, model, None, context, "SET ALIAS", notices=tuple(notices), about=version, aliases=aliases)


def _drop_alias(name: ModelName, model: Model, statement: DropAlias, context: Context) -> Decision:
    alias = statement.alias
    version = model.header.find_alias(alias.name)
    if version is None:
        if statement.if_alias_exists:
            return nothing(name, diagnostic(Condition.SKIPPED_MISSING, what=f'alias "{alias}" of model "{name}"'))
        raise OdpsError(Condition.ALIAS_NOT_FOUND, at=alias.at, alias=alias, model=name)
    aliases = tuple(each for each in model.header.aliases if each[0] != alias.name)
    return _change(name, model, None, context, "DROP ALIAS", about=version, aliases=aliases)


def _rename(catalog: Catalog, name: ModelName, model: Model, statement: RenameModel, context: Context) -> Decision:
    written = ObjectName((statement.new_name,))
    notices = check_model_name(statement.new_name, context)
    new_name = ModelName(name.project, name.schema, statement.new_name.name)
    if new_name == name:
        return nothing(name)
    guards = check_home(catalog, new_name, written, context)
    if catalog.find_model(new_name) is not None:
        raise OdpsError(Condition.MODEL_EXISTS, at=written.at, model=new_name, detail=f"Model: {new_name}")
    header = touched(model, context)
    versions = sorted(model.versions.items())
    changes = (
        *(Change(version_key(name, each), None) for each, _ in versions),
        Change(model_key(name), None),
        Change(model_key(new_name), header),
        *(Change(version_key(new_name, each), version) for each, version in versions),
    )
    event = model_event(
        "RENAME MODEL",
        name,
        context,
        changes,
        old=model.header,
        new=header,
        guards=(*guards, model_key(new_name)),
        new_target=new_name,
        moves=True,
    )
    return Decision(event, tuple(notices))


def _change_owner(catalog: Catalog, name: ModelName, model: Model, owner: Value, context: Context) -> Decision:
    """Source: "MaxCompute permissions": an Admin cannot change the owner."""
    authority = find_authority(catalog, name.project, context.principal)
    if not (authority.rules or model.header.owner == context.principal):
        raise denied(CHANGE_OWNER, model_resource(name), owner.at)
    principal = literal_text(owner)
    if principal not in catalog.principals:
        raise OdpsError(Condition.ROLE_MISSING, at=owner.at, name=principal)
    guards = (principal_key(principal),)
    return _change(name, model, None, context, "CHANGEOWNER", guards=guards, owner=principal)

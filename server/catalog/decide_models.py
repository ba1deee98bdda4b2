"""The rules of the model statements: CREATE MODEL, the ALTER MODEL forms, DROP MODEL.

Source: "Create and delete models", "Modify a model version".
"""

from collections.abc import Iterable

from msgspec.structs import replace

from server.catalog.editions import read_in_edition
from server.catalog.events import Change, Decision
from server.catalog.find_models import (
    check_action,
    check_home,
    find_model_to_change,
    find_version,
    find_version_name,
    version_not_found,
)
from server.catalog.model_events import model_event, model_skipped, nothing, touched
from server.catalog.names import (
    Context,
    check_column_name,
    check_model_name,
    check_version_name,
    resolve_model,
)
from server.catalog.options import (
    MODEL_TYPE,
    SOURCE_TYPE,
    GivenOptions,
    SourceType,
    check_options,
    literal_text,
    read_model_type,
    read_options,
    read_source_type,
    require_types,
)
from server.catalog.tree import Catalog, Model
from server.catalog.types import format_type
from server.catalog.values import (
    Column,
    DroppedModel,
    ModelHeader,
    ModelName,
    ModelVersion,
    dropped_key,
    dropped_version_key,
    model_key,
    version_key,
)
from server.errors import Condition, Diagnostic, OdpsError, diagnostic
from server.statements import (
    AddVersion,
    CreateModel,
    DropModel,
    DropVersion,
    InputColumn,
    SetDefaultVersion,
    Value,
    VersionBody,
)
from server.statements.models import SECRET_OPTIONS
from server.statements.privileges import Action

_COMMENT_LIMIT = 1024  # bytes of UTF-8
# SILENT: the document gives no limit for models; this is MaxCompute's for the columns of a table.
_MOST_COLUMNS = 1200


def create_model(catalog: Catalog, statement: CreateModel, context: Context) -> Decision:
    body = statement.body
    notices = [*check_model_name(statement.name.parts[-1], context)]
    given, columns, comment, more = _read_body(body, context, commented="model")
    notices += more
    source_type, model_type = require_types(given)
    notices += _check_version(given, body, source_type)

    name = resolve_model(catalog, statement.name, context)
    guards = check_home(catalog, name, statement.name, context)
    replaced = catalog.find_model(name)
    if replaced is not None:
        if statement.if_not_exists:
            notice = diagnostic(Condition.SKIPPED_EXISTS, what=f'model "{name}"')
            return nothing(name, notice)
        if not statement.or_replace:
            raise OdpsError(Condition.MODEL_EXISTS, at=statement.name.at, model=name, detail=f"Model: {name}")
        # SILENT: what was there does not go to the recycle bin; ROLLBACK MODEL brings it back.
        check_action(catalog, name, replaced, Action.DROP, statement.name, context)
    version = _make_version(body, given, columns, comment, context, added=False)
    header = ModelHeader(
        # SILENT: as PostgreSQL's CREATE OR REPLACE, this changes no owner and no grants.
        owner=context.principal if replaced is None else replaced.header.owner,
        source_type=source_type.value,
        model_type=model_type,
        default_version=version.name,
        create_time=context.now,
        last_modified_time=context.now,
        comment=comment,
        grants=() if replaced is None else replaced.header.grants,
    )
    gone = () if replaced is None else sorted(set(replaced.versions) - {version.name})
    changes = (
        *(Change(version_key(name, each), None) for each in gone),
        Change(model_key(name), header),
        Change(version_key(name, version.name), version),
    )
    event = model_event(
        "CREATE MODEL" if replaced is None else "REPLACE MODEL",
        name,
        context,
        changes,
        version=version.name,
        old=None if replaced is None else replaced.header,
        new=header,
        guards=guards,
    )
    return Decision(event, tuple(notices))


def add_version(catalog: Catalog, statement: AddVersion, context: Context) -> Decision:
    body = statement.body
    given, columns, comment, notices = _read_body(body, context)
    given_source = read_source_type(given)

    name = resolve_model(catalog, statement.name, context)
    model = find_model_to_change(catalog, name, statement.name, context, if_exists=statement.if_exists)
    if model is None:
        return model_skipped(name)
    if model.header.find_alias(body.version.name) is not None:
        raise OdpsError(Condition.NAME_IS_ALIAS, at=body.version.at, name=body.version, model=name)
    if body.version.name in model.versions:
        if statement.if_not_exists:
            what = f'version "{body.version}" of model "{name}"'
            return nothing(name, diagnostic(Condition.SKIPPED_EXISTS, what=what))
        raise OdpsError(
            Condition.VERSION_EXISTS,
            at=body.version.at,
            version=body.version,
            model=name,
            detail=f"Model: {name}",
        )
    source_type = SourceType(model.header.source_type)
    if given_source is not None and given_source != source_type:
        raise _type_differs(given, SOURCE_TYPE, given_source, source_type, body, name)
    model_type = read_model_type(given, source_type)
    if model_type is not None and model_type != model.header.model_type:
        raise _type_differs(given, MODEL_TYPE, model_type, model.header.model_type, body, name)
    notices += _check_version(given, body, source_type)

    version = _make_version(body, given, columns, comment, context, added=True)
    header = touched(model, context)
    changes = (Change(model_key(name), header), Change(version_key(name, version.name), version))
    event = model_event("ADD VERSION", name, context, changes, version=version.name, old=model.header, new=header)
    return Decision(event, tuple(notices))


def set_default_version(catalog: Catalog, statement: SetDefaultVersion, context: Context) -> Decision:
    name = resolve_model(catalog, statement.name, context)
    model = find_model_to_change(catalog, name, statement.name, context, if_exists=statement.if_exists)
    if model is None:
        return model_skipped(name)
    version = find_version(model, statement.version, name).name
    expected = statement.expected
    # SILENT: a version that is gone was the default once as well, so that who moved it may have dropped it since.
    if expected is not None and find_version_name(model, expected.name) != model.header.default_version:
        raise OdpsError(
            Condition.DEFAULT_VERSION_MOVED,
            at=expected.at,
            model=name,
            expected=expected,
            version=model.header.default_version,
            detail=f"Model: {name}",
            hint="Look at the model again and decide anew.",
        )
    if version == model.header.default_version:
        return nothing(name)
    header = replace(model.header, default_version=version, last_modified_time=context.now)
    changes = (Change(model_key(name), header),)
    event = model_event("SET DEFAULT_VERSION", name, context, changes, version=version, old=model.header, new=header)
    return Decision(event)


def drop_version(catalog: Catalog, statement: DropVersion, context: Context) -> Decision:
    name = resolve_model(catalog, statement.name, context)
    model = find_model_to_change(catalog, name, statement.name, context, if_exists=statement.if_exists)
    if model is None:
        return model_skipped(name)
    written = statement.version
    version = find_version_name(model, written.name)
    if version is None:
        if statement.if_version_exists:
            what = f'version "{written}" of model "{name}"'
            return nothing(name, diagnostic(Condition.SKIPPED_MISSING, what=what))
        raise version_not_found(written, name)
    if version == model.header.default_version:
        raise OdpsError(
            Condition.DEFAULT_VERSION_DROP,
            at=written.at,
            detail=f"Model: {name}, version: {version}",
            hint=(
                "First set another version as the default with ALTER MODEL ... SET DEFAULT_VERSION, "
                "then drop this one; DROP MODEL removes a model with all its versions."
            ),
        )
    alias = next((alias for alias, target in model.header.aliases if target == version), None)
    if alias is not None:
        raise OdpsError(
            Condition.ALIASED_VERSION_DROP,
            at=written.at,
            version=version,
            model=name,
            alias=alias,
            detail=f"Model: {name}, version: {version}",
            hint="First drop the alias, or set it for another version.",
        )
    # SILENT: whether this moves LastModifiedTime; nor does the document say so of ADD VERSION, which does here too.
    header = touched(model, context)
    changes = (Change(model_key(name), header), Change(version_key(name, version), None))
    event = model_event("DROP VERSION", name, context, changes, version=version, old=model.header, new=header)
    return Decision(event)


def drop_model(catalog: Catalog, statement: DropModel, context: Context) -> Decision:
    name = resolve_model(catalog, statement.name, context)
    model = find_model_to_change(
        catalog, name, statement.name, context, if_exists=statement.if_exists, action=Action.DROP
    )
    if model is None:
        return model_skipped(name)
    keys = [version_key(name, version) for version in sorted(model.versions)]
    changes = tuple(Change(key, None) for key in (*keys, model_key(name)))
    if not context.recycles:
        return Decision(model_event("DROP MODEL", name, context, changes, old=model.header, moves=True))
    drop_id = str(context.now)
    kept = (
        # Its grants go with it, and do not come back with UNDROP.
        Change(
            dropped_key(name, drop_id), DroppedModel(replace(model.header, grants=()), context.principal, context.now)
        ),
        *(Change(dropped_version_key(name, drop_id, key), each) for key, each in sorted(model.versions.items())),
    )
    event = model_event("DROP MODEL", name, context, (*changes, *kept), old=model.header, moves=True, drop_id=drop_id)
    return Decision(event)


def _read_body(
    body: VersionBody, context: Context, *, commented: str = "version"
) -> tuple[GivenOptions, tuple[Column, ...], str, list[Diagnostic]]:
    """Check what the statement says of a version as far as the statement alone can tell; `commented` is for errors."""
    notices = [*check_version_name(body.version, context)]
    columns, more = _read_input(body.input or (), context)
    notices += more
    given = read_options(body.options, body.options_at)
    return given, columns, read_comment(body.comment, commented), notices


def _read_input(input_columns: Iterable[InputColumn], context: Context) -> tuple[tuple[Column, ...], list[Diagnostic]]:
    columns: dict[str, Column] = {}
    notices: list[Diagnostic] = []
    for column in input_columns:
        name = column.name.name
        if len(columns) == _MOST_COLUMNS:
            raise OdpsError(Condition.COLUMN_TOO_MANY, at=column.name.at, limit=_MOST_COLUMNS)
        notices += check_column_name(column.name, context)
        if name in columns:
            raise OdpsError(Condition.COLUMN_DUPLICATE, at=column.name.at, name=name)
        data_type, more = read_in_edition(column.type, context.edition)
        notices += more
        columns[name] = Column(name, format_type(data_type), read_comment(column.comment, "column"))
    return tuple(columns.values()), notices


def read_comment(comment: Value | None, kind: str) -> str:
    if comment is None:
        return ""
    text = literal_text(comment)
    if len(text.encode(errors="surrogatepass")) > _COMMENT_LIMIT:
        raise OdpsError(Condition.COMMENT_TOO_LONG, at=comment.at, kind=kind, limit=_COMMENT_LIMIT)
    return text


def _check_version(given: GivenOptions, body: VersionBody, source_type: SourceType) -> tuple[Diagnostic, ...]:
    notices = check_options(given, source_type)
    if source_type is SourceType.IMPORT and not body.input:
        raise OdpsError(Condition.INPUT_MISSING, at=body.version.at)
    return notices


def change_options(
    model: Model, version: ModelVersion, given: GivenOptions, context: Context
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, bytes], ...], tuple[Diagnostic, ...]]:
    """(options, secrets, notices) of a version when those that are given take the place of what they were.

    Each is checked by the rules of the model's source; MODEL_SOURCE_TYPE and MODEL_TYPE belong to the model.
    """
    for key in (SOURCE_TYPE, MODEL_TYPE):
        if key in given.by_key:
            raise OdpsError(Condition.OPTION_OF_MODEL, at=given.by_key[key].at, option=key)
    notices = check_options(given, SourceType(model.header.source_type), changing=True)
    options, secrets = dict(version.options), dict(version.secrets)
    for key, option in given.by_key.items():
        if key in SECRET_OPTIONS:
            secrets[key] = context.secrets[key]
        else:
            options[key] = literal_text(option.value)
    return tuple(sorted(options.items())), tuple(sorted(secrets.items())), notices


def _make_version(
    body: VersionBody, given: GivenOptions, columns: tuple[Column, ...], comment: str, context: Context, *, added: bool
) -> ModelVersion:
    plain = [
        (key, literal_text(option.value))
        for key, option in sorted(given.by_key.items())
        if key not in SECRET_OPTIONS and key not in (SOURCE_TYPE, MODEL_TYPE)
    ]
    secrets = [(key, context.secrets[key]) for key in sorted(given.by_key) if key in SECRET_OPTIONS]
    return ModelVersion(
        name=body.version.name,
        create_time=context.now,
        last_modified_time=context.now,
        input=columns,
        options=tuple(plain),
        secrets=tuple(secrets),
        comment=comment,
        added=added,
    )


def _type_differs(
    given: GivenOptions, option: str, value: str, expected: str, body: VersionBody, name: ModelName
) -> OdpsError:
    return OdpsError(
        Condition.TYPE_DIFFERS,
        at=given.place(option),
        option=option,
        version=body.version,
        given=value,
        value=expected,
        detail=f"Model: {name}",
    )

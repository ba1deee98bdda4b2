"""The statements that read: DESC MODEL, SHOW MODELS, SHOW VERSIONS, SHOW CREATE MODEL.

Each takes a catalog as its snapshot and gives rows. Columns are known without running the statement,
for Describe. Source of the SHOW MODELS columns: "View a model".
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from functools import lru_cache
from typing import assert_never

from msgspec import Struct

from protocol.types import BOOL, INT4, INT8, TEXT, TIMESTAMPTZ
from server.catalog.decide_recovery import list_own_dropped
from server.catalog.find_models import find_allowed, find_model, find_version, model_not_found
from server.catalog.names import Context, resolve_model, resolve_schema
from server.catalog.options import literal_text
from server.catalog.privileges import Authority, denied, find_authority, schema_resource
from server.catalog.tree import Catalog, Model, Project, Schema
from server.catalog.values import DEFAULT_SCHEMA, ModelHeader, ModelName, ModelVersion
from server.describe import Line, describe_model, describe_more, format_box
from server.dialect import format_statement
from server.errors import Condition, OdpsError
from server.recreation import recreate_model
from server.results import Column, Columns, Row
from server.statements import (
    CatalogQuery,
    DescribeModel,
    ObjectName,
    ShowCreateModel,
    ShowDroppedModels,
    ShowModels,
    ShowSchemas,
    ShowVersions,
    Value,
)
from server.statements.privileges import Action
from server.times import to_datetime

# In characters. Names have 256 bytes at most, so that a longer pattern says nothing more, and compiling takes time.
_LONGEST_PATTERN = 1024

DESCRIBED_ROWS = tuple(Column(name, TEXT) for name in ("section", "name", "value", "comment"))
_DESCRIBE_TEXT = (Column("description", TEXT),)
# DEVIATION: MaxCompute heads them ModelName, Owner ...; these can be asked for without quotes, as in the view `models`.
_SHOW_MODELS = (
    Column("model_name", TEXT),
    Column("owner", TEXT),
    Column("source_type", TEXT),
    Column("model_type", TEXT),
    Column("default_version", TEXT),
    Column("create_time", TIMESTAMPTZ),
    Column("last_modified_time", TIMESTAMPTZ),
    Column("comment", TEXT),
)
_SHOW_SCHEMAS = (Column("schema_name", TEXT), Column("owner", TEXT), Column("create_time", TIMESTAMPTZ))
_SHOW_VERSIONS = (
    Column("version_name", TEXT),
    Column("is_default", BOOL),
    Column("create_time", TIMESTAMPTZ),
    Column("last_modified_time", TIMESTAMPTZ),
    Column("comment", TEXT),
    Column("input_column_count", INT4),
)
_SHOW_DROPPED = (
    Column("model_name", TEXT),
    Column("owner", TEXT),
    Column("source_type", TEXT),
    Column("model_type", TEXT),
    Column("default_version", TEXT),
    Column("version_count", INT8),
    Column("drop_time", TIMESTAMPTZ),
    Column("dropped_by", TEXT),
    Column("purge_time", TIMESTAMPTZ),
    Column("comment", TEXT),
)
_SHOW_CREATE = (Column("statement", TEXT),)


class Reader(Struct, frozen=True):
    """How a session reads.

    Attributes:
        as_text: DESC MODEL answers with the documented box.
        timezone: the zone that DESC MODEL shows times in.
        show_secret: (option key, sealed value, whether in clear) -> what is shown of it.
        reveals: secrets are shown in clear to who may alter the model.
        note_read: told of each model that was looked at by name.
        recycle_days: for how long a dropped model stays in the recycle bin.
    """

    context: Context
    as_text: bool
    timezone: tzinfo
    show_secret: Callable[[str, bytes, bool], str]
    note_read: Callable[[ModelName], None]
    recycle_days: int = 0
    reveals: bool = False


def query_columns(statement: CatalogQuery, *, as_text: bool) -> Columns:
    match statement:
        case DescribeModel():
            return _DESCRIBE_TEXT if as_text else DESCRIBED_ROWS
        case ShowModels():
            return _SHOW_MODELS
        case ShowSchemas():
            return _SHOW_SCHEMAS
        case ShowVersions():
            return _SHOW_VERSIONS
        case ShowCreateModel():
            return _SHOW_CREATE
        case ShowDroppedModels():
            return _SHOW_DROPPED
        case _:
            assert_never(statement)


def run_query(catalog: Catalog, statement: CatalogQuery, reader: Reader) -> list[Row]:
    """The rows, as long as `query_columns` says.

    Raises:
        OdpsError: MODEL_NOT_FOUND, VERSION_NOT_FOUND, PROJECT_NOT_FOUND, SCHEMA_NOT_FOUND.
    """
    match statement:
        case DescribeModel():
            name, model = _find_model(catalog, statement.name, reader)
            # Most often nothing hangs on them, and nobody asks.
            asks = statement.extended or reader.reveals
            rights = find_rights(catalog, name, model.header, reader) if asks else Rights()
            return list(describe_state(name, model, statement, reader, rights))
        case ShowModels():
            return _show_models(catalog, statement, reader)
        case ShowSchemas():
            return _show_schemas(catalog, statement, reader)
        case ShowVersions():
            return _show_versions(catalog, statement, reader)
        case ShowCreateModel():
            name, model = _find_model(catalog, statement.name, reader)
            statements = recreate_model(name, model)
            return [(f"{format_statement(each, mask_secrets=True)};",) for each in statements]
        case ShowDroppedModels():
            return _show_dropped(catalog, statement, reader)
        case _:
            assert_never(statement)


@dataclass(frozen=True, slots=True)
class Rights:
    """What DESC MODEL shows to some only: secrets in clear, and who else may do what with the model."""

    reveals: bool = False
    shows_grants: bool = False


def find_rights(catalog: Catalog, name: ModelName, header: ModelHeader, reader: Reader) -> Rights:
    schema = catalog.find_schema(name.project, name.schema)
    if schema is None:
        return Rights()
    authority = find_authority(catalog, name.project, reader.context.principal)
    return Rights(reader.reveals and authority.on_model(schema, header, Action.ALTER), authority.owns(schema, header))


def describe_plainly(catalog: Catalog, statement: DescribeModel, reader: Reader) -> list[Line] | None:
    """The rows of a DESC MODEL without a word more, as rows, that reveals nothing; None for any other.

    Raises:
        OdpsError: MODEL_NOT_FOUND, VERSION_NOT_FOUND, NO_PRIVILEGE, NOT_MEMBER.
    """
    if statement.extended or statement.as_of is not None or reader.as_text or reader.reveals:
        return None
    name, model = _find_model(catalog, statement.name, reader)
    return _describe(name, model, find_version(model, statement.version, name), Rights(), reader)


def describe_state(
    name: ModelName, model: Model, statement: DescribeModel, reader: Reader, rights: Rights
) -> Sequence[Row]:
    """DESC MODEL of a model as it is or was.

    Raises:
        OdpsError: VERSION_NOT_FOUND.
    """
    version = find_version(model, statement.version, name)
    lines = _describe(name, model, version, rights, reader)
    if statement.extended:
        lines += describe_more(model, version, with_grants=rights.shows_grants)
    if reader.as_text:
        return [(text,) for text in format_box(lines, lower_case_options=version.added)]
    return lines


def _describe(name: ModelName, model: Model, version: ModelVersion, rights: Rights, reader: Reader) -> list[Line]:
    secrets = {key: reader.show_secret(key, sealed, rights.reveals) for key, sealed in version.secrets}
    return describe_model(name, model, version, secrets, reader.timezone)


def _show_models(catalog: Catalog, statement: ShowModels, reader: Reader) -> list[Row]:
    project, schema_name, schema = _find_schema(catalog, statement.scope, reader.context)
    matches = _matcher(statement.like)
    shown = [(name, model) for name, model in sorted(schema.models.items()) if matches(name)]
    for name, _ in shown:
        reader.note_read(ModelName(project, schema_name, name))
    return [
        (
            name,
            model.header.owner,
            model.header.source_type,
            model.header.model_type,
            model.header.default_version,
            to_datetime(model.header.create_time),
            to_datetime(model.header.last_modified_time),
            model.header.comment,
        )
        for name, model in shown
    ]


def _show_schemas(catalog: Catalog, statement: ShowSchemas, reader: Reader) -> list[Row]:
    """SILENT: every member of a project may see its schemas, as in `information_schema.schemata`."""
    written = statement.project
    name, at = (reader.context.project, None) if written is None else (written.name, written.at)
    project, _ = _find_project(catalog, name, at, reader.context)
    matches = _matcher(statement.like)
    return [
        (schema_name, schema.header.owner, to_datetime(schema.header.create_time))
        for schema_name, schema in sorted(project.schemas.items())
        if matches(schema_name)
    ]


def _show_dropped(catalog: Catalog, statement: ShowDroppedModels, reader: Reader) -> list[Row]:
    """Those that are in the principal's hands; of one name the newest first, as UNDROP takes them."""
    project, schema, _ = _find_schema(catalog, statement.scope, reader.context)
    principal = reader.context.principal
    matches = _matcher(statement.like)
    names = sorted(path[2] for path in catalog.dropped if path[:2] == (project, schema) and matches(path[2]))
    keeping = timedelta(days=reader.recycle_days)
    return [
        (
            name,
            dropped.header.header.owner,
            dropped.header.header.source_type,
            dropped.header.header.model_type,
            dropped.header.header.default_version,
            len(dropped.versions),
            to_datetime(dropped.header.drop_time),
            dropped.header.principal,
            to_datetime(dropped.header.drop_time) + keeping,
            dropped.header.header.comment,
        )
        for name in names
        for _, dropped in list_own_dropped(catalog, ModelName(project, schema, name), principal)
    ]


def _show_versions(catalog: Catalog, statement: ShowVersions, reader: Reader) -> list[Row]:
    name = resolve_model(catalog, statement.name, reader.context)
    reader.note_read(name)
    model = find_listed(catalog, name, statement.name, reader.context)
    matches = _matcher(statement.like)
    return [
        (
            version.name,
            version.name == model.header.default_version,
            to_datetime(version.create_time),
            to_datetime(version.last_modified_time),
            version.comment,
            len(version.input),
        )
        for version in model.versions.in_order()
        if matches(version.name)
    ]


def _find_model(catalog: Catalog, written: ObjectName, reader: Reader) -> tuple[ModelName, Model]:
    name = resolve_model(catalog, written, reader.context)
    reader.note_read(name)
    return name, find_allowed(catalog, name, Action.DESCRIBE, written, reader.context)


def find_readable(catalog: Catalog, written: ObjectName, context: Context) -> tuple[ModelName, Model]:
    """The model of that name.

    DESC MODEL's answers are kept for as long as this gives the same.

    Raises:
        OdpsError: MODEL_NOT_FOUND, NO_PRIVILEGE, NOT_MEMBER.
    """
    name = resolve_model(catalog, written, context)
    return name, find_allowed(catalog, name, Action.DESCRIBE, written, context)


def find_listed(catalog: Catalog, name: ModelName, written: ObjectName, context: Context) -> Model:
    """The model, if its versions may be listed. Source: "View a model": that needs List.

    Raises:
        OdpsError: MODEL_NOT_FOUND, NO_PRIVILEGE, NOT_MEMBER.
    """
    model = find_model(catalog, name, written, context)
    schema = catalog.find_schema(name.project, name.schema)
    if model is None or schema is None:
        raise model_not_found(name, written)
    authority = find_authority(catalog, name.project, context.principal)
    # SILENT: who owns the model may list its versions.
    if not (authority.lists(schema) or authority.owns(schema, model.header)):
        raise denied(Action.LIST, schema_resource(name.project, name.schema), written.at)
    return model


def _find_project(catalog: Catalog, name: str, at: int | None, context: Context) -> tuple[Project, Authority]:
    """A project that the principal is in, and what it may do there."""
    project = catalog.find_project(name)
    if project is None:
        raise OdpsError(Condition.PROJECT_NOT_FOUND, at=at, project=name)
    authority = find_authority(catalog, name, context.principal)
    authority.require_member(at)
    return project, authority


def _find_schema(catalog: Catalog, scope: ObjectName | None, context: Context) -> tuple[str, str, Schema]:
    """(project, name, schema) to list. A single name is tried as a project (its default schema), then as a schema."""
    if scope is None:
        project, schema = context.project, context.schema
    else:
        project, schema = resolve_schema(catalog, scope, context)
        if len(scope.parts) == 1 and catalog.find_project(schema) is not None:
            project, schema = schema, DEFAULT_SCHEMA
    at = None if scope is None else scope.at
    node, authority = _find_project(catalog, project, at, context)
    found = node.schemas.get(schema)
    if found is None:
        raise OdpsError(Condition.SCHEMA_NOT_FOUND, at=at, schema=f"{project}.{schema}")
    if not authority.lists(found):
        raise denied(Action.LIST, schema_resource(project, schema), at)
    return project, schema, found


def _matcher(like: Value | None) -> Callable[[str], object]:
    if like is None:
        return lambda name: True
    pattern = literal_text(like)
    if len(pattern) > _LONGEST_PATTERN:
        raise OdpsError(Condition.PATTERN_TOO_LONG, at=like.at, limit=_LONGEST_PATTERN)
    return _compile_pattern(pattern).fullmatch


@lru_cache(maxsize=256)
def _compile_pattern(pattern: str) -> re.Pattern[str]:
    """LIKE of SHOW: `*` and `%` for any run, `_` for one character, `|` between alternatives."""
    return re.compile("|".join(map(_translate, pattern.split("|"))), re.IGNORECASE | re.DOTALL)


def _translate(alternative: str) -> str:
    """One alternative as a regular expression that takes time linear in its own length and the name's.

    Each piece between wildcards is taken at its first place, and never looked for again (an atomic group):
    if it does not fit there, it fits nowhere later. So no pattern can keep the server busy.
    """
    first, *others = (
        "".join("." if each == "_" else re.escape(each) for each in piece) for piece in re.split(r"[*%]+", alternative)
    )
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>.*?{piece})" for piece in middle) + f".*{last}"

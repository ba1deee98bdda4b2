"""Reads the model statements. Each function begins after the words that chose it and reads to the end.

Sources: MaxCompute "Create and delete models", "Modify a model version", "View a model". CREATE is
documented with `OPTIONS (` and ADD VERSION with `WITH OPTIONS (`; SILENT: both take both forms. A word is
never reserved: `IF` begins a clause only before EXISTS or NOT EXISTS, and so on for the others.
"""

from server.dialect.alterations import ALTERATIONS, SETTABLE, parse_alteration, parse_options, parse_version
from server.dialect.cursor import Cursor
from server.dialect.data_types import parse_data_type
from server.statements import (
    AddVersion,
    AsOf,
    AsOfRevision,
    AsOfTime,
    CreateModel,
    DescribeModel,
    DropModel,
    DropVersion,
    InputColumn,
    ObjectName,
    SetDefaultVersion,
    ShowCreateModel,
    ShowModels,
    ShowVersions,
    Value,
    VersionBody,
)
from server.statements.alterations import Alteration


def parse_create_model(cursor: Cursor) -> CreateModel:
    """Reads `[IF NOT EXISTS] name WITH VERSION version ...`."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.object_name()
    cursor.expect("WITH", "VERSION")
    return CreateModel(name, _body(cursor), if_not_exists)


def parse_replace_model(cursor: Cursor) -> CreateModel:
    """Reads `name WITH VERSION version ...`, after CREATE OR REPLACE MODEL."""
    name = cursor.object_name()
    cursor.expect("WITH", "VERSION")
    return CreateModel(name, _body(cursor), or_replace=True)


def parse_alter_model(cursor: Cursor) -> AddVersion | SetDefaultVersion | DropVersion | Alteration:
    """Reads `[IF EXISTS] name { ADD VERSION ... | SET DEFAULT_VERSION ... | DROP VERSION ... | ... }`."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.object_name()
    alteration = None if cursor.sees("ADD") else parse_alteration(cursor, name, if_exists=if_exists)
    if alteration is not None:
        return alteration
    match cursor.expect_any("ADD", "SET", "DROP", *ALTERATIONS):
        case "ADD":
            cursor.expect("VERSION")
            if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
            return AddVersion(name, _body(cursor), if_exists, if_not_exists)
        case "SET":
            cursor.expect_any("DEFAULT_VERSION", *SETTABLE)
            cursor.accept("=")
            version = parse_version(cursor)
            expected = None
            if cursor.accept("IF", "DEFAULT_VERSION"):
                cursor.expect("=")
                expected = parse_version(cursor)
            cursor.expect_end(*([] if expected else ["IF"]))
            statement: SetDefaultVersion | DropVersion = SetDefaultVersion(name, version, if_exists, expected)
        case _:
            cursor.expect_any("VERSION", "ALIAS")
            if_version_exists = cursor.accept("IF", "EXISTS")
            statement = DropVersion(name, parse_version(cursor), if_exists, if_version_exists)
    cursor.expect_end()
    return statement


def parse_drop_model(cursor: Cursor) -> DropModel:
    """Reads `[IF EXISTS] name`."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.object_name()
    cursor.expect_end()
    return DropModel(name, if_exists)


def parse_describe(cursor: Cursor) -> DescribeModel:
    """Reads `MODEL [EXTENDED] name [VERSION version] [AS OF ...]`; a model may be called `extended`."""
    if not cursor.accept("MODEL"):
        raise cursor.unexpected("MODEL", "ROLE")
    named = cursor.at_last or any(cursor.sees("EXTENDED", next_) for next_ in (".", "VERSION"))
    named = named or cursor.sees("EXTENDED", "AS", "OF")
    extended = not named and cursor.accept("EXTENDED")
    name = cursor.object_name()
    version = parse_version(cursor) if cursor.accept("VERSION") else None
    as_of = _as_of(cursor) if cursor.accept("AS", "OF") else None
    cursor.expect_end(*([] if version or as_of else ["VERSION"]), *([] if as_of else ["AS OF"]))
    return DescribeModel(name, version, extended, as_of)


def parse_show_models(cursor: Cursor) -> ShowModels:
    """Reads `[{ IN | FROM } project_or_schema] [LIKE 'pattern']`."""
    scope = parse_scope(cursor)
    like = parse_like(cursor)
    cursor.expect_end(*([] if scope or like else ["IN", "FROM"]), *([] if like else ["LIKE"]))
    return ShowModels(scope, like)


def parse_show_versions(cursor: Cursor) -> ShowVersions:
    """Reads `{ FOR | IN } MODEL name [LIKE 'pattern']`."""
    cursor.expect_any("FOR", "IN")
    cursor.expect("MODEL")
    name = cursor.object_name()
    like = parse_like(cursor)
    cursor.expect_end(*([] if like else ["LIKE"]))
    return ShowVersions(name, like)


def parse_show_create_model(cursor: Cursor) -> ShowCreateModel:
    """Reads `name`."""
    name = cursor.object_name()
    cursor.expect_end()
    return ShowCreateModel(name)


def parse_revision(cursor: Cursor) -> AsOfRevision:
    """Reads `REVISION n`."""
    cursor.expect("REVISION")
    at = cursor.at
    return AsOfRevision(cursor.integer(), at)


def _as_of(cursor: Cursor) -> AsOf:
    """Reads `REVISION n` or `[TIMESTAMP] 'time'`."""
    if cursor.sees("REVISION"):
        return parse_revision(cursor)
    cursor.accept("TIMESTAMP")
    return AsOfTime(cursor.string())


def _body(cursor: Cursor) -> VersionBody:
    version = parse_version(cursor)
    input_columns = _input(cursor) if cursor.accept("INPUT") else None
    options_at = cursor.at
    if cursor.accept("WITH"):
        cursor.expect("OPTIONS")
    elif not cursor.accept("OPTIONS"):
        raise cursor.unexpected(*([] if input_columns else ["INPUT"]), "WITH", "OPTIONS")
    options = parse_options(cursor)
    comment = _comment(cursor)
    cursor.expect_end(*([] if comment else ["COMMENT"]))
    return VersionBody(version, input_columns, options, comment, options_at)


def _input(cursor: Cursor) -> tuple[InputColumn, ...]:
    cursor.expect("(")
    columns: list[InputColumn] = []
    while True:
        name = cursor.identifier("a column name")
        data_type = parse_data_type(cursor)
        comment = _comment(cursor)
        columns.append(InputColumn(name, data_type, comment))
        if cursor.accept(")"):
            return tuple(columns)
        if not cursor.accept(","):
            raise cursor.unexpected(*([] if comment else ["COMMENT"]), ",", ")")


def _comment(cursor: Cursor) -> Value | None:
    return cursor.string() if cursor.accept("COMMENT") else None


def parse_scope(cursor: Cursor) -> ObjectName | None:
    """Reads `[{ IN | FROM } project_or_schema]`."""
    return cursor.object_name(most=2) if cursor.accept_any("IN", "FROM") else None


def parse_like(cursor: Cursor) -> Value | None:
    """Reads `[LIKE 'pattern']`."""
    return cursor.string() if cursor.accept("LIKE") else None

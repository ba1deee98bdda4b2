"""Reads the model statements. Each function begins after the words that chose it and reads to the end.

Sources: MaxCompute "Create and delete models", "Modify a model version", "View a model". CREATE is
documented with `OPTIONS (` and ADD VERSION with `WITH OPTIONS (`; SILENT: both take both forms. A word is
never reserved: `IF` begins a clause only before EXISTS or NOT EXISTS, and so on for the others.
"""

from typing import NoReturn

from server.dialect.cursor import Cursor
from server.dialect.data_types import parse_data_type
from server.statements import (
    AddVersion,
    CreateModel,
    DescribeModel,
    DropModel,
    DropVersion,
    Identifier,
    InputColumn,
    ObjectName,
    Option,
    SetDefaultVersion,
    ShowCreateModel,
    ShowModels,
    ShowVersions,
    Value,
    VersionBody,
)


def parse_create_model(cursor: Cursor) -> CreateModel:
    """Reads `[IF NOT EXISTS] name WITH VERSION version ...`."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.object_name()
    cursor.expect("WITH", "VERSION")
    return CreateModel(name, _body(cursor), if_not_exists)


def refuse_replacing(cursor: Cursor) -> NoReturn:
    """CREATE OR REPLACE MODEL is known, and its quotes are MaxCompute's, but it is not done here yet."""
    raise cursor.not_supported("CREATE OR REPLACE MODEL")


def parse_alter_model(cursor: Cursor) -> AddVersion | SetDefaultVersion | DropVersion:
    """Reads `[IF EXISTS] name { ADD VERSION ... | SET DEFAULT_VERSION ... | DROP VERSION ... }`."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.object_name()
    for action in ("SET COMMENT", "MODIFY", "RENAME", "CHANGEOWNER"):
        if cursor.sees(*action.split()):
            raise cursor.not_supported(f"ALTER MODEL {action}")
    match cursor.expect_any("ADD", "SET", "DROP"):
        case "ADD":
            cursor.expect("VERSION")
            if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
            return AddVersion(name, _body(cursor), if_exists, if_not_exists)
        case "SET":
            cursor.expect("DEFAULT_VERSION")
            cursor.accept("=")
            statement: SetDefaultVersion | DropVersion = SetDefaultVersion(name, _version(cursor), if_exists)
        case _:
            cursor.expect("VERSION")
            if_version_exists = cursor.accept("IF", "EXISTS")
            statement = DropVersion(name, _version(cursor), if_exists, if_version_exists)
    cursor.expect_end()
    return statement


def parse_drop_model(cursor: Cursor) -> DropModel:
    """Reads `[IF EXISTS] name`."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.object_name()
    cursor.expect_end()
    return DropModel(name, if_exists)


def parse_describe(cursor: Cursor) -> DescribeModel:
    """Reads `MODEL name [VERSION version]`."""
    cursor.expect("MODEL")
    says_extended = cursor.sees("EXTENDED")
    name = cursor.object_name()
    if says_extended and not (cursor.at_end or cursor.sees("VERSION")) and len(name.parts) == 1:
        raise cursor.not_supported("DESC MODEL EXTENDED", at=name.at)
    version = _version(cursor) if cursor.accept("VERSION") else None
    cursor.expect_end()
    return DescribeModel(name, version)


def parse_show_models(cursor: Cursor) -> ShowModels:
    """Reads `[{ IN | FROM } project_or_schema] [LIKE 'pattern']`."""
    scope: ObjectName | None = None
    if cursor.accept_any("IN", "FROM"):
        scope = cursor.object_name(most=2)
    like = _like(cursor)
    cursor.expect_end(*([] if like else ["LIKE"]))
    return ShowModels(scope, like)


def parse_show_versions(cursor: Cursor) -> ShowVersions:
    """Reads `{ FOR | IN } MODEL name [LIKE 'pattern']`."""
    cursor.expect_any("FOR", "IN")
    cursor.expect("MODEL")
    name = cursor.object_name()
    like = _like(cursor)
    cursor.expect_end(*([] if like else ["LIKE"]))
    return ShowVersions(name, like)


def parse_show_create_model(cursor: Cursor) -> ShowCreateModel:
    """Reads `name`."""
    name = cursor.object_name()
    cursor.expect_end()
    return ShowCreateModel(name)


def _body(cursor: Cursor) -> VersionBody:
    version = _version(cursor)
    input_columns = _input(cursor) if cursor.accept("INPUT") else None
    options_at = cursor.at
    if cursor.accept("WITH"):
        cursor.expect("OPTIONS")
    elif not cursor.accept("OPTIONS"):
        raise cursor.unexpected(*([] if input_columns else ["INPUT"]), "WITH", "OPTIONS")
    options = _options(cursor)
    comment = _comment(cursor)
    cursor.expect_end(*([] if comment else ["COMMENT"]))
    return VersionBody(version, input_columns, options, comment, options_at)


def _version(cursor: Cursor) -> Identifier:
    return cursor.identifier("a version name")


def _input(cursor: Cursor) -> tuple[InputColumn, ...]:
    cursor.expect("(")
    columns: list[InputColumn] = []
    while True:
        name = cursor.identifier("a column name")
        data_type = parse_data_type(cursor)
        columns.append(InputColumn(name, data_type, _comment(cursor)))
        if cursor.expect_any(",", ")") == ")":
            return tuple(columns)


def _options(cursor: Cursor) -> tuple[Option, ...]:
    cursor.expect("(")
    options: list[Option] = []
    while True:
        at = cursor.at
        key = cursor.option_key()
        cursor.expect("=")
        options.append(Option(key, cursor.value(), at))
        if cursor.accept(")"):
            return tuple(options)
        if not cursor.accept(","):
            # What follows a value may be the rest of a secret whose quotes are wrong.
            raise cursor.unexpected(",", ")", private=True)


def _comment(cursor: Cursor) -> Value | None:
    return cursor.string() if cursor.accept("COMMENT") else None


def _like(cursor: Cursor) -> Value | None:
    return cursor.string() if cursor.accept("LIKE") else None

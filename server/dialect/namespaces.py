"""Reads the statements about projects and schemas. Each function begins after the words that chose it.

SILENT: PROJECT, MaxCompute's own word, is accepted wherever PostgreSQL's DATABASE is.
"""

from server.dialect.cursor import Cursor
from server.dialect.models import parse_like
from server.statements import (
    CreateProject,
    CreateSchema,
    DropProject,
    DropSchema,
    ShowSchemas,
    UseProject,
    UseSchema,
)


def parse_create_project(cursor: Cursor) -> CreateProject:
    """Reads `[IF NOT EXISTS] name`."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.identifier()
    cursor.expect_end()
    return CreateProject(name, if_not_exists)


def parse_drop_project(cursor: Cursor) -> DropProject:
    """Reads `[IF EXISTS] name`."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.identifier()
    cursor.expect_end()
    return DropProject(name, if_exists)


def parse_create_schema(cursor: Cursor) -> CreateSchema:
    """Reads `[IF NOT EXISTS] [project.]name`."""
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.object_name(most=2)
    cursor.expect_end()
    return CreateSchema(name, if_not_exists)


def parse_drop_schema(cursor: Cursor) -> DropSchema:
    """Reads `[IF EXISTS] [project.]name [RESTRICT]`; only an empty schema is ever dropped."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.object_name(most=2)
    if cursor.sees("CASCADE"):
        raise cursor.not_supported("DROP SCHEMA CASCADE")
    cursor.accept("RESTRICT")
    cursor.expect_end()
    return DropSchema(name, if_exists)


def parse_show_schemas(cursor: Cursor) -> ShowSchemas:
    """Reads `[{ IN | FROM } project] [LIKE 'pattern']`."""
    project = cursor.identifier() if cursor.accept_any("IN", "FROM") else None
    like = parse_like(cursor)
    cursor.expect_end(*([] if project or like else ["IN", "FROM"]), *([] if like else ["LIKE"]))
    return ShowSchemas(project, like)


def parse_use(cursor: Cursor) -> UseProject | UseSchema:
    """Reads `project` or `SCHEMA schema`; `USE schema` alone names a project."""
    says_schema = cursor.sees("SCHEMA")
    name = cursor.identifier()
    statement = UseSchema(cursor.identifier()) if says_schema and not cursor.at_end else UseProject(name)
    cursor.expect_end()
    return statement

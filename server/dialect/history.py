"""Reads the statements about what was. Each function begins after the words that chose it and reads to the end.

SILENT: MaxCompute has none of them for models; the words are those that it has for tables (SHOW HISTORY FOR).
"""

from server.dialect.cursor import Cursor
from server.dialect.models import parse_like, parse_revision, parse_scope
from server.statements import PurgeModel, RollbackModel, ShowDroppedModels, ShowHistory, UndropModel


def parse_show_history(cursor: Cursor) -> ShowHistory:
    """Reads `{ FOR | IN } MODEL name [LIMIT n]`."""
    cursor.expect_any("FOR", "IN")
    cursor.expect("MODEL")
    name = cursor.object_name()
    limit = cursor.integer() if cursor.accept("LIMIT") else None
    cursor.expect_end(*([] if limit is not None else ["LIMIT"]))
    return ShowHistory(name, limit)


def parse_show_dropped(cursor: Cursor) -> ShowDroppedModels:
    """Reads `[{ IN | FROM } project_or_schema] [LIKE 'pattern']`."""
    scope = parse_scope(cursor)
    like = parse_like(cursor)
    cursor.expect_end(*([] if like else ["LIKE"]))
    return ShowDroppedModels(scope, like)


def parse_undrop(cursor: Cursor) -> UndropModel:
    """Reads `name`."""
    name = cursor.object_name()
    cursor.expect_end()
    return UndropModel(name)


def parse_purge(cursor: Cursor) -> PurgeModel:
    """Reads `[IF EXISTS] name`."""
    if_exists = cursor.accept("IF", "EXISTS")
    name = cursor.object_name()
    cursor.expect_end()
    return PurgeModel(name, if_exists)


def parse_rollback_model(cursor: Cursor) -> RollbackModel:
    """Reads `name TO REVISION n`."""
    name = cursor.object_name()
    cursor.expect("TO")
    moment = parse_revision(cursor)
    cursor.expect_end()
    return RollbackModel(name, moment)

"""Reads the statements about what was. Each function begins after the words that chose it and reads to the end.

SILENT: MaxCompute has none of them for models; the words are those that it has for tables (SHOW HISTORY FOR).
"""

from server.dialect.cursor import Cursor
from server.statements import ShowHistory


def parse_show_history(cursor: Cursor) -> ShowHistory:
    """Reads `{ FOR | IN } MODEL name [LIMIT n]`."""
    cursor.expect_any("FOR", "IN")
    cursor.expect("MODEL")
    name = cursor.object_name()
    limit = cursor.integer() if cursor.accept("LIMIT") else None
    cursor.expect_end(*([] if limit is not None else ["LIMIT"]))
    return ShowHistory(name, limit)

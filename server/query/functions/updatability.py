"""Whether a relation takes changes, for information_schema's views and for tools.

Source: PostgreSQL 15, pg_relation_is_updatable in misc.c and relation_is_updatable in rewriteHandler.c.
"""

from typing import Final

from server.query.functions.registry import function
from server.query.relations.reading import find_row
from server.query.runtime import Runtime

_UPDATE, _INSERT, _DELETE = 1 << 2, 1 << 3, 1 << 4
_ALL: Final = _UPDATE | _INSERT | _DELETE
# PostgreSQL's own views that take some, by a rule or because they are simple; and their simple columns.
_VIEWS: Final = {
    "pg_settings": (_UPDATE, ()),
    "pg_group": (_ALL, (1, 2)),
    "pg_stat_database_conflicts": (_ALL, (1, 2)),
    "enabled_roles": (_DELETE, ()),
}
# Those below were made with the cluster; the views over models are read only.
_FIRST_OWN: Final = 16384


@function("pg_relation_is_updatable", runtime=True)
def pg_relation_is_updatable(runtime: Runtime, relation: int, _: bool) -> int:
    row = find_row(runtime, "pg_class", relation)
    if row is None:
        return 0
    if row["relkind"] == "r":
        return _ALL
    return _VIEWS[str(row["relname"])][0] if relation < _FIRST_OWN and row["relname"] in _VIEWS else 0


@function("pg_column_is_updatable", runtime=True)
def pg_column_is_updatable(runtime: Runtime, relation: int, column: int, with_triggers: bool) -> bool:
    if column <= 0 or pg_relation_is_updatable(runtime, relation, with_triggers) != _ALL:
        return False
    row = find_row(runtime, "pg_class", relation)
    return row is not None and (row["relkind"] == "r" or column in _VIEWS[str(row["relname"])][1])


@function("pg_relation_is_publishable", runtime=True)
def pg_relation_is_publishable(runtime: Runtime, relation: int) -> bool | None:
    """Only tables of users are."""
    return None if find_row(runtime, "pg_class", relation) is None else False

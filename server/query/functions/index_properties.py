"""What indexes and their methods can do.

Source: PostgreSQL manual, "Index Column Properties" and the two tables behind it; PostgreSQL 15, amutils.c.
"""

from typing import Final

from server.query.functions.registry import function
from server.query.relations.reading import find_row, find_rows
from server.query.runtime import Runtime

_OF_METHODS: Final = ("can_order", "can_unique", "can_multi_col", "can_exclude", "can_include")
# What each of the methods can of these; heap is none of indexes.
_METHODS: Final = {
    "btree": {"can_order", "can_unique", "can_multi_col", "can_exclude", "can_include"},
    "hash": {"can_exclude"},
    "gist": {"can_multi_col", "can_exclude", "can_include"},
    "gin": {"can_multi_col"},
    "spgist": {"can_exclude", "can_include"},
    "brin": {"can_multi_col"},
}
# All indexes here are PostgreSQL's own B-trees.
_OF_INDEXES: Final = frozenset({"clusterable", "index_scan", "bitmap_scan", "backward_scan"})
_OF_COLUMNS: Final = {
    "orderable": True,
    "distance_orderable": False,
    "returnable": True,
    "search_array": True,
    "search_nulls": True,
}
_DESCENDING, _NULLS_FIRST = 1, 2
_ORDER: Final = {
    "asc": (_DESCENDING, False),
    "desc": (_DESCENDING, True),
    "nulls_first": (_NULLS_FIRST, True),
    "nulls_last": (_NULLS_FIRST, False),
}
_PHASES: Final = (
    "initializing",
    "scanning table",
    "sorting live tuples",
    "sorting dead tuples",
    "loading tuples in tree",
)


@function("pg_indexam_has_property", runtime=True)
def pg_indexam_has_property(runtime: Runtime, method: int, name: str) -> bool | None:
    row = find_row(runtime, "pg_am", method)
    able = None if row is None else _METHODS.get(str(row["amname"]))
    if able is None or name.lower() not in _OF_METHODS:
        return None
    return name.lower() in able


@function("pg_index_has_property", runtime=True)
def pg_index_has_property(runtime: Runtime, index: int, name: str) -> bool | None:
    if next(find_rows(runtime, "pg_index", "indexrelid", index), None) is None:
        return None
    return True if name.lower() in _OF_INDEXES else None


@function("pg_index_column_has_property", runtime=True)
def pg_index_column_has_property(runtime: Runtime, index: int, column: int, name: str) -> bool | None:
    row = next(find_rows(runtime, "pg_index", "indexrelid", index), None)
    options = () if row is None else row["indoption"]
    if not isinstance(options, tuple | list) or not 0 < column <= len(options):
        return None
    word = name.lower()
    if word in _ORDER:
        bit, wanted = _ORDER[word]
        return bool(int(options[column - 1]) & bit) is wanted
    return _OF_COLUMNS.get(word)


@function("pg_indexam_progress_phasename", runtime=True)
def pg_indexam_progress_phasename(runtime: Runtime, method: int, phase: int) -> str | None:
    row = find_row(runtime, "pg_am", method)
    known = row is not None and row["amname"] == "btree" and 0 < phase <= len(_PHASES)
    return _PHASES[phase - 1] if known else None

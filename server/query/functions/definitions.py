"""The SQL of PostgreSQL's own indexes, constraints and functions, put together from the catalogs.

Source: PostgreSQL manual, "System Catalog Information Functions"; PostgreSQL 15, ruleutils.c.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from protocol import types
from server.parameters.texts import quote_names
from server.query.functions.registry import function
from server.query.relations.reading import find_row, find_rows
from server.query.runtime import Runtime

_Row = Mapping[str, object]
_DESCENDING, _NULLS_FIRST = 1, 2
_VALUES: Final = "'YES'::character varying, 'NO'::character varying"
# The checks of information_schema's domains, which are all that there are: as they are and without needless brackets.
_PRETTY: Final = {
    "(VALUE >= 0)": "(VALUE >= 0)",
    f"((VALUE)::text = ANY ((ARRAY[{_VALUES}])::text[]))": f"(VALUE::text = ANY (ARRAY[{_VALUES}]::text[]))",
}


def _columns(runtime: Runtime, relation: object) -> dict[int, str]:
    """The names of a relation's columns by their numbers."""
    return {
        int(str(row["attnum"])): str(row["attname"]) for row in find_rows(runtime, "pg_attribute", "attrelid", relation)
    }


def _quoted(names: Iterable[str]) -> str:
    return quote_names(list(names))


def relation_name(runtime: Runtime, oid: int, *, pretty: bool) -> str:
    """With its schema, unless it is to be pretty and can be found without."""
    name = runtime.references.format(types.REGCLASS, oid)
    row = None if pretty else find_row(runtime, "pg_class", oid)
    if row is None:
        return name
    schema = runtime.references.format(types.REGNAMESPACE, int(str(row["relnamespace"])))
    return f"{schema}.{quote_names([str(row['relname'])])}"


@function("pg_get_indexdef", runtime=True)
def pg_get_indexdef(runtime: Runtime, oid: int, column: int = 0, pretty: bool = False) -> str | None:
    index = next(find_rows(runtime, "pg_index", "indexrelid", oid), None)
    names, class_row = _columns(runtime, oid), find_row(runtime, "pg_class", oid)
    if index is None or class_row is None:
        return None
    if column:
        return quote_names([names[column]]) if column in names else ""
    table = relation_name(runtime, int(str(index["indrelid"])), pretty=pretty)
    columns = _columns(runtime, index["indrelid"])
    keys, options = _numbers(index["indkey"]), _numbers(index["indoption"])
    listed = ", ".join(
        quote_names([columns.get(key, names.get(place, ""))]) + _order(option)
        for place, (key, option) in enumerate(zip(keys, options, strict=False), start=1)
    )
    unique = "UNIQUE " if index["indisunique"] else ""
    method = find_row(runtime, "pg_am", class_row["relam"])
    using = "btree" if method is None else method["amname"]
    return f"CREATE {unique}INDEX {quote_names([str(class_row['relname'])])} ON {table} USING {using} ({listed})"


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(int(str(each)) for each in value) if isinstance(value, (tuple, list)) else ()


def _order(option: int) -> str:
    if option & _DESCENDING:
        return " DESC" if option & _NULLS_FIRST else " DESC NULLS LAST"
    return " NULLS FIRST" if option & _NULLS_FIRST else ""


@function("pg_get_constraintdef", runtime=True)
def pg_get_constraintdef(runtime: Runtime, oid: int, pretty: bool = False) -> str | None:
    row = find_row(runtime, "pg_constraint", oid)
    if row is None:
        return None
    columns = _columns(runtime, row["conrelid"])
    listed = _quoted(columns.get(key, "") for key in _numbers(row["conkey"]))
    match row["contype"]:
        case "p":
            return f"PRIMARY KEY ({listed})"
        case "u":
            return f"UNIQUE ({listed})"
        case "c":
            expression = str(row["conbin"] or "")
            return f"CHECK {_PRETTY[expression]}" if pretty and expression in _PRETTY else f"CHECK ({expression})"
        case _:
            return None

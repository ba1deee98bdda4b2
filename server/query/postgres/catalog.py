"""The relations of pg_catalog and information_schema: their columns, the SQL of the views, the rows of the tables.

Rows are as protocol/codecs.py has values in memory; regproc and its kin are OIDs, types without a codec their text.
"""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Final

from protocol.codec import ValueSettings
from protocol.codecs import CODECS
from protocol.types import PG_NODE_TREE, Oid
from server.query.postgres.files import File, read_file
from server.query.postgres.types import base_type
from server.query.relations.interface import Relation, RelationColumn, Row

_SETTINGS: Final = ValueSettings()
_SCHEMAS: Final = {"11": "pg_catalog", "99": "pg_toast"}


@lru_cache(maxsize=1)
def system_relations() -> dict[tuple[str, str], Relation]:
    """Tables and views by (schema, name)."""
    classes, definitions = _file("pg_class"), _definitions()
    columns = _columns()
    at = classes.columns
    found: dict[tuple[str, str], Relation] = {}
    for row in classes.rows:
        kind, schema = row[at["relkind"]] or "", row[at["relnamespace"]] or ""
        if kind not in ("r", "v") or schema == "99":
            continue
        oid, name = row[at["oid"]] or "", row[at["relname"]] or ""
        home = _SCHEMAS.get(schema, "information_schema")
        found[home, name] = Relation(Oid(int(oid)), home, name, columns[oid], kind, *definitions.get(oid, ()))
    return found


@cache
def relation_rows(name: str) -> Sequence[Row]:
    """The rows that PostgreSQL's own table has, each as long as its columns; () for a view."""
    file = read_file(name)
    relations = system_relations()
    relation = relations.get(("pg_catalog", name)) or relations.get(("information_schema", name))
    if file is None or relation is None:
        return ()
    order = [file.columns[column.name] for column in relation.columns]
    parsers = [_parser(column.type) for column in relation.columns]
    steps = list(zip(order, parsers, strict=True))
    return tuple(
        tuple([None if (text := row[index]) is None else parse(text) for index, parse in steps]) for row in file.rows
    )


def _parser(oid: Oid) -> Callable[[str], object]:
    """Reads the texts of one column."""
    base = base_type(oid)
    # No client may write one, but here it is PostgreSQL that does.
    codec = None if base == PG_NODE_TREE else CODECS.get(base)
    return str if codec is None else codec.parse(_SETTINGS)


@lru_cache(maxsize=1)
def _columns() -> dict[str, tuple[RelationColumn, ...]]:
    """The columns of every relation, by its OID as text."""
    file = _file("pg_attribute")
    at = file.columns
    relation, name, type_, modifier, number, not_null = (
        at[each] for each in ("attrelid", "attname", "atttypid", "atttypmod", "attnum", "attnotnull")
    )
    found: dict[str, list[tuple[int, RelationColumn]]] = {}
    for row in file.rows:
        place = int(row[number] or 0)
        if place > 0:
            column = RelationColumn(
                row[name] or "", Oid(int(row[type_] or 0)), int(row[modifier] or -1), row[not_null] == "t"
            )
            found.setdefault(row[relation] or "", []).append((place, column))
    return {
        oid: tuple(column for _, column in sorted(columns, key=lambda each: each[0])) for oid, columns in found.items()
    }


@lru_cache(maxsize=1)
def _definitions() -> dict[str, tuple[str, str]]:
    """Of every view the SQL and its pretty form, by its OID as text."""
    file = _file("view_definitions")
    return {row[0] or "": (_statement(row[1]), _statement(row[2])) for row in file.rows}


def _statement(text: str | None) -> str:
    return (text or "").rstrip().rstrip(";")


def _file(name: str) -> File:
    file = read_file(name)
    assert file is not None, "the data files come with this package"  # noqa: S101  a fault of ours
    return file

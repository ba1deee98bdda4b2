"""The relations of pg_catalog and information_schema, and their rows."""

import pytest

from protocol import types
from protocol.arrays import Array
from protocol.codec import ValueSettings
from protocol.codecs import CODECS
from server.query.postgres.catalog import relation_rows, system_relations
from server.query.postgres.types import base_type

_RELATIONS = system_relations()
_TABLES = sorted(name for (_, name), relation in _RELATIONS.items() if relation.kind == "r")


def _cell(table: str, key: object, column: str, *, of: str = "oid") -> object:
    names = [each.name for each in _RELATIONS["pg_catalog", table].columns]
    return next(row[names.index(column)] for row in relation_rows(table) if row[names.index(of)] == key)


def test_every_relation_of_both_schemas_is_there() -> None:
    kinds = [(schema, relation.kind) for (schema, _), relation in _RELATIONS.items()]

    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        ("pg_catalog", "r"): 64,
        ("pg_catalog", "v"): 75,
        ("information_schema", "r"): 4,
        ("information_schema", "v"): 65,
    }


def test_a_relation_has_its_columns_in_order() -> None:
    relation = _RELATIONS["pg_catalog", "pg_namespace"]

    assert relation.oid == 2615
    assert [(each.name, each.type, each.not_null) for each in relation.columns] == [
        ("oid", types.OID, True),
        ("nspname", types.NAME, True),
        ("nspowner", types.OID, True),
        ("nspacl", types.TYPES[types.ACLITEM].array, False),
    ]


def test_views_have_definitions_and_tables_have_none() -> None:
    assert all((relation.definition is None) == (relation.kind == "r") for relation in _RELATIONS.values())


def test_definitions_qualify_what_is_not_in_pg_catalog() -> None:
    definition = _RELATIONS["information_schema", "applicable_roles"].definition

    assert definition is not None
    assert "information_schema.sql_identifier" in definition
    assert "JOIN pg_authid" in definition
    assert not definition.endswith(";")


@pytest.mark.parametrize("table", _TABLES)
def test_rows_are_values_of_the_types_of_their_columns(table: str) -> None:
    columns = (_RELATIONS.get(("pg_catalog", table)) or _RELATIONS["information_schema", table]).columns
    rows, settings = relation_rows(table), ValueSettings()
    # A table without rows may have a column of rows of another.
    formats = [CODECS[base_type(column.type)].format(settings) for column in columns] if rows else []

    for row in rows:
        for value, column, format_value in zip(row, columns, formats, strict=True):
            assert value is not None or not column.not_null, (table, column.name)
            if value is not None:
                format_value(value)


def test_cells_are_python_values() -> None:
    assert _cell("pg_class", 1259, "relname") == "pg_class"
    assert _cell("pg_class", 1259, "relacl") == ["postgres=arwdDxt/postgres", "=r/postgres"]
    assert _cell("pg_class", 1259, "relhasindex") is True
    assert _cell("pg_index", 2662, "indkey", of="indexrelid") == (1,)
    assert _cell("pg_proc", 1242, "proargtypes") == (2275,)
    assert _cell("pg_proc", 1242, "proacl") is None
    assert _cell("pg_type", types.INT4, "typinput") == 42
    assert not isinstance(_cell("pg_constraint", "pg_proc_oid_index", "conkey", of="conname"), Array)


def test_trees_are_written_as_sql() -> None:
    assert _cell("pg_proc", "make_interval", "proargdefaults", of="proname") == "0, 0, 0, 0, 0, 0, 0.0"


@pytest.mark.parametrize("name", ["pg_enum", "pg_trigger", "pg_tables", "no_such_table"])
def test_tables_that_are_empty_and_views_have_no_rows(name: str) -> None:
    assert relation_rows(name) == ()

"""pg_type, and that the types of the protocol are the same."""

import pytest

from protocol import types
from protocol.codecs import CODECS
from protocol.types import TYPES, Oid
from server.query.postgres.catalog import relation_rows, system_relations
from server.query.postgres.types import all_types, base_type, find_type, find_type_by_name


def test_a_type_is_found_by_oid_and_by_name() -> None:
    row = find_type(types.INT4)

    assert row is not None
    assert (row.name, row.schema, row.category, row.preferred, row.size, row.array) == (
        "int4", "pg_catalog", "N", False, 4, 1007,
    )  # fmt: skip
    assert find_type_by_name("int4") == row


def test_there_is_no_type_of_an_unknown_oid_or_name() -> None:
    assert find_type(99) is None
    assert find_type_by_name("integer") is None
    assert find_type_by_name("sql_identifier") is None


@pytest.mark.parametrize(
    ("domain", "base"),
    [
        ("sql_identifier", types.NAME),
        ("cardinal_number", types.INT4),
        ("character_data", types.VARCHAR),
        ("yes_or_no", types.VARCHAR),
        ("time_stamp", types.TIMESTAMPTZ),
    ],
)
def test_domains_of_the_information_schema_are_over_plain_types(domain: str, base: Oid) -> None:
    row = find_type_by_name(domain, schema=None)

    assert row is not None
    assert (row.schema, row.typtype, row.base) == ("information_schema", "d", base)
    assert base_type(row.oid) == base


def test_a_domain_keeps_the_length_of_its_base() -> None:
    row = find_type_by_name("yes_or_no", "information_schema")

    assert row is not None
    assert row.base_modifier == 3 + 4  # the header of a varchar counts


def test_the_base_of_a_plain_type_is_itself() -> None:
    assert base_type(types.TEXT) == types.TEXT
    assert base_type(Oid(99)) == 99


@pytest.mark.parametrize(
    ("name", "is_array"), [("_int4", True), ("_record", True), ("int2vector", False), ("point", False), ("name", False)]
)
def test_vectors_and_points_have_elements_but_are_no_arrays(name: str, is_array: bool) -> None:
    row = find_type_by_name(name)

    assert row is not None
    assert row.is_array is is_array
    assert row.element != 0


def test_the_rows_of_a_relation_have_a_type() -> None:
    row = find_type_by_name("pg_class")

    assert row is not None
    assert (row.typtype, row.relation) == ("c", system_relations()["pg_catalog", "pg_class"].oid)


@pytest.mark.parametrize("oid", TYPES, ids=lambda oid: TYPES[oid].name)
def test_the_protocol_has_types_as_postgres_does(oid: Oid) -> None:
    ours, theirs = TYPES[oid], find_type(oid)
    columns = [column.name for column in system_relations()["pg_catalog", "pg_type"].columns]
    row = next(row for row in relation_rows("pg_type") if row[0] == oid)

    assert theirs is not None
    assert (ours.name, ours.size, ours.category, ours.element, ours.array, ours.is_array) == (
        theirs.name, theirs.size, theirs.category, theirs.element, theirs.array, theirs.is_array,
    )  # fmt: skip
    assert ours.alignment == row[columns.index("typalign")]


def test_the_protocol_knows_every_type_but_those_of_rows_and_domains() -> None:
    def is_of_rows(oid: Oid) -> bool:
        row = find_type(oid)
        assert row is not None
        return row.typtype in ("c", "d") or (row.is_array and is_of_rows(row.element))

    assert {row.oid for row in all_types() if not is_of_rows(row.oid)} == TYPES.keys() == CODECS.keys()

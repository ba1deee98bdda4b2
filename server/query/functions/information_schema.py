"""The functions of information_schema, which its views are written with.

In PostgreSQL they are written in SQL; this is what they say.
Source: PostgreSQL 15, information_schema.sql.
"""

import re
from typing import Final

from protocol import types
from protocol.arrays import Record
from server.query.functions.registry import function
from server.query.functions.type_modifiers import format_modified
from server.query.postgres.catalog import system_relations
from server.query.relations.interface import Relation
from server.query.relations.reading import find_rows
from server.query.runtime import Runtime

_BIT, _VARBIT, _TIMETZ = 1560, 1562, 1266
_HEADER: Final = 4
_MASK: Final = 0xFFFF
_LONGEST: Final = 2**30  # bytes of a text, as the standard wants to have a number
_BYTES_OF_A_CHARACTER: Final = 4  # in UTF8
_PRECISION: Final = re.compile(r"^interval|\(\d+\)")
_LONGEST_NAME: Final = 63  # bytes
_FULL: Final = 6  # digits of a second
_PRECISIONS: Final = {types.INT2: 16, types.INT4: 32, types.INT8: 64, types.FLOAT4: 24, types.FLOAT8: 53}
_INTEGERS: Final = (types.INT2, types.INT4, types.INT8)


@function("_pg_char_max_length")
def _pg_char_max_length(oid: int, modifier: int) -> int | None:
    if modifier == -1:
        return None
    if oid in (types.BPCHAR, types.VARCHAR):
        return modifier - _HEADER
    return modifier if oid in (_BIT, _VARBIT) else None


@function("_pg_char_octet_length")
def _pg_char_octet_length(oid: int, modifier: int) -> int | None:
    if oid not in (types.TEXT, types.BPCHAR, types.VARCHAR):
        return None
    if modifier == -1:
        return _LONGEST
    length = _pg_char_max_length(oid, modifier)
    return None if length is None else length * _BYTES_OF_A_CHARACTER


@function("_pg_numeric_precision")
def _pg_numeric_precision(oid: int, modifier: int) -> int | None:
    if oid == types.NUMERIC:
        return None if modifier == -1 else modifier - _HEADER >> 16 & _MASK
    return _PRECISIONS.get(types.Oid(oid))


@function("_pg_numeric_precision_radix")
def _pg_numeric_precision_radix(oid: int, _: int) -> int | None:
    if oid == types.NUMERIC:
        return 10
    return 2 if oid in _PRECISIONS else None


@function("_pg_numeric_scale")
def _pg_numeric_scale(oid: int, modifier: int) -> int | None:
    if oid == types.NUMERIC:
        return None if modifier == -1 else modifier - _HEADER & _MASK
    return 0 if oid in _INTEGERS else None


@function("_pg_datetime_precision")
def _pg_datetime_precision(oid: int, modifier: int) -> int | None:
    if oid == types.DATE:
        return 0
    if oid in (types.TIME, types.TIMESTAMP, types.TIMESTAMPTZ, _TIMETZ):
        return _FULL if modifier < 0 else modifier
    if oid == types.INTERVAL:
        return _FULL if modifier < 0 or modifier & _MASK == _MASK else modifier & _MASK
    return None


@function("_pg_interval_type")
def _pg_interval_type(oid: int, modifier: int) -> str | None:
    """The fields of an interval, DAY TO SECOND."""
    if oid != types.INTERVAL or modifier < 0:
        return None
    return _PRECISION.sub("", format_modified(oid, modifier)).strip().upper()


@function("nameconcatoid")
def nameconcatoid(name: str, oid: int) -> str:
    """`name_oid`, as long as a name may be: the name is cut, at a whole character, and never the number."""
    end = f"_{oid}"
    return name.encode()[: _LONGEST_NAME - len(end)].decode(errors="ignore") + end


@function("_pg_index_position", runtime=True)
def _pg_index_position(runtime: Runtime, index: int, column: int) -> int | None:
    """Which of an index's columns, from 1, is this one of the table's."""
    row = next(find_rows(runtime, "pg_index", "indexrelid", index), None)
    keys = () if row is None else row["indkey"]
    if not isinstance(keys, tuple | list) or column not in keys:
        return None
    return list(keys).index(column) + 1


def _field(relation: Relation, row: Record, name: str) -> object:
    place = next(place for place, column in enumerate(relation.columns) if column.name == name)
    return row.fields[place][1]


def _true(attribute: Record, type_: Record, of_domain: str, of_column: str) -> object:
    """What is said of a column: by the domain, if its type is one, else by itself."""
    relations = system_relations()
    if _field(relations["pg_catalog", "pg_type"], type_, "typtype") == "d":
        return _field(relations["pg_catalog", "pg_type"], type_, of_domain)
    return _field(relations["pg_catalog", "pg_attribute"], attribute, of_column)


@function("_pg_truetypid")
def _pg_truetypid(attribute: Record, type_: Record) -> object:
    return _true(attribute, type_, "typbasetype", "atttypid")


@function("_pg_truetypmod")
def _pg_truetypmod(attribute: Record, type_: Record) -> object:
    return _true(attribute, type_, "typtypmod", "atttypmod")

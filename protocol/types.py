"""The PostgreSQL types that go over the wire: OID, name, size. The one place that knows them.

Source: PostgreSQL 15, pg_type.
"""

from dataclasses import dataclass
from typing import Final, NewType

Oid = NewType("Oid", int)


@dataclass(frozen=True, slots=True)
class Type:
    """One row of pg_type.

    Attributes:
        name: PostgreSQL's internal name, `int4`.
        sql_name: the name in error texts and in SQL, `integer`.
        size: in bytes; -1 for variable width, -2 for a C string.
    """

    oid: Oid
    name: str
    sql_name: str
    size: int


BOOL: Final = Oid(16)
NAME: Final = Oid(19)
INT8: Final = Oid(20)
INT2: Final = Oid(21)
INT4: Final = Oid(23)
TEXT: Final = Oid(25)
OID: Final = Oid(26)
FLOAT8: Final = Oid(701)
UNKNOWN: Final = Oid(705)
VARCHAR: Final = Oid(1043)
TIMESTAMPTZ: Final = Oid(1184)

TYPES: Final[dict[Oid, Type]] = {
    row.oid: row
    for row in (
        Type(BOOL, "bool", "boolean", 1),
        Type(NAME, "name", "name", 64),
        Type(INT8, "int8", "bigint", 8),
        Type(INT2, "int2", "smallint", 2),
        Type(INT4, "int4", "integer", 4),
        Type(TEXT, "text", "text", -1),
        Type(OID, "oid", "oid", 4),
        Type(FLOAT8, "float8", "double precision", 8),
        Type(UNKNOWN, "unknown", "unknown", -2),
        Type(VARCHAR, "varchar", "character varying", -1),
        Type(TIMESTAMPTZ, "timestamptz", "timestamp with time zone", 8),
    )
}

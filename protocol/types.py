"""The PostgreSQL types that go over the wire: OID, name, size. The one place that knows them.

Source: PostgreSQL 15, pg_type.
"""

from dataclasses import dataclass
from typing import Final, NewType

Oid = NewType("Oid", int)

NO_TYPE: Final = Oid(0)


@dataclass(frozen=True, slots=True)
class Type:
    """One row of pg_type. Where arrays are written as text, a comma stands between their elements.

    Attributes:
        name: PostgreSQL's internal name, `int4`.
        sql_name: the name in error texts and in SQL, `integer`.
        size: in bytes; -1 for variable width, -2 for a C string.
        array: the type of arrays of it; 0 where there is none.
        element: of an array or a vector, else 0.
        category: pg_type.typcategory, by which functions and casts are chosen.
        alignment: pg_type.typalign: c, s, i or d, for 1, 2, 4 or 8 bytes.
    """

    oid: Oid
    name: str
    sql_name: str
    size: int
    array: Oid
    category: str
    alignment: str
    element: Oid = NO_TYPE

    @property
    def is_array(self) -> bool:
        """Whether values are arrays in PostgreSQL's general form, which vectors are not."""
        return self.element != NO_TYPE and self.name.startswith("_")


BOOL: Final = Oid(16)
BYTEA: Final = Oid(17)
CHAR: Final = Oid(18)
NAME: Final = Oid(19)
INT8: Final = Oid(20)
INT2: Final = Oid(21)
INT2VECTOR: Final = Oid(22)
INT4: Final = Oid(23)
REGPROC: Final = Oid(24)
TEXT: Final = Oid(25)
OID: Final = Oid(26)
TID: Final = Oid(27)
XID: Final = Oid(28)
CID: Final = Oid(29)
OIDVECTOR: Final = Oid(30)
JSON: Final = Oid(114)
FLOAT4: Final = Oid(700)
FLOAT8: Final = Oid(701)
UNKNOWN: Final = Oid(705)
BPCHAR: Final = Oid(1042)
VARCHAR: Final = Oid(1043)
DATE: Final = Oid(1082)
TIME: Final = Oid(1083)
TIMESTAMP: Final = Oid(1114)
TIMESTAMPTZ: Final = Oid(1184)
INTERVAL: Final = Oid(1186)
NUMERIC: Final = Oid(1700)
REGPROCEDURE: Final = Oid(2202)
REGOPER: Final = Oid(2203)
REGOPERATOR: Final = Oid(2204)
REGCLASS: Final = Oid(2205)
REGTYPE: Final = Oid(2206)
RECORD: Final = Oid(2249)
VOID: Final = Oid(2278)
UUID: Final = Oid(2950)
REGCONFIG: Final = Oid(3734)
REGDICTIONARY: Final = Oid(3769)
JSONB: Final = Oid(3802)
REGNAMESPACE: Final = Oid(4089)
REGROLE: Final = Oid(4096)
REGCOLLATION: Final = Oid(4191)
XID8: Final = Oid(5069)

_SCALARS: Final = (
    Type(BOOL, "bool", "boolean", 1, Oid(1000), "B", "c"),
    Type(BYTEA, "bytea", "bytea", -1, Oid(1001), "U", "i"),
    Type(CHAR, "char", '"char"', 1, Oid(1002), "Z", "c"),
    Type(NAME, "name", "name", 64, Oid(1003), "S", "c", CHAR),
    Type(INT8, "int8", "bigint", 8, Oid(1016), "N", "d"),
    Type(INT2, "int2", "smallint", 2, Oid(1005), "N", "s"),
    Type(INT2VECTOR, "int2vector", "int2vector", -1, Oid(1006), "A", "i", INT2),
    Type(INT4, "int4", "integer", 4, Oid(1007), "N", "i"),
    Type(REGPROC, "regproc", "regproc", 4, Oid(1008), "N", "i"),
    Type(TEXT, "text", "text", -1, Oid(1009), "S", "i"),
    Type(OID, "oid", "oid", 4, Oid(1028), "N", "i"),
    Type(TID, "tid", "tid", 6, Oid(1010), "U", "s"),
    Type(XID, "xid", "xid", 4, Oid(1011), "U", "i"),
    Type(CID, "cid", "cid", 4, Oid(1012), "U", "i"),
    Type(OIDVECTOR, "oidvector", "oidvector", -1, Oid(1013), "A", "i", OID),
    Type(JSON, "json", "json", -1, Oid(199), "U", "i"),
    Type(FLOAT4, "float4", "real", 4, Oid(1021), "N", "i"),
    Type(FLOAT8, "float8", "double precision", 8, Oid(1022), "N", "d"),
    Type(UNKNOWN, "unknown", "unknown", -2, NO_TYPE, "X", "c"),
    Type(BPCHAR, "bpchar", "character", -1, Oid(1014), "S", "i"),
    Type(VARCHAR, "varchar", "character varying", -1, Oid(1015), "S", "i"),
    Type(DATE, "date", "date", 4, Oid(1182), "D", "i"),
    Type(TIME, "time", "time without time zone", 8, Oid(1183), "D", "d"),
    Type(TIMESTAMP, "timestamp", "timestamp without time zone", 8, Oid(1115), "D", "d"),
    Type(TIMESTAMPTZ, "timestamptz", "timestamp with time zone", 8, Oid(1185), "D", "d"),
    Type(INTERVAL, "interval", "interval", 16, Oid(1187), "T", "d"),
    Type(NUMERIC, "numeric", "numeric", -1, Oid(1231), "N", "i"),
    Type(REGPROCEDURE, "regprocedure", "regprocedure", 4, Oid(2207), "N", "i"),
    Type(REGOPER, "regoper", "regoper", 4, Oid(2208), "N", "i"),
    Type(REGOPERATOR, "regoperator", "regoperator", 4, Oid(2209), "N", "i"),
    Type(REGCLASS, "regclass", "regclass", 4, Oid(2210), "N", "i"),
    Type(REGTYPE, "regtype", "regtype", 4, Oid(2211), "N", "i"),
    Type(RECORD, "record", "record", -1, Oid(2287), "P", "d"),
    Type(VOID, "void", "void", 4, NO_TYPE, "P", "i"),
    Type(UUID, "uuid", "uuid", 16, Oid(2951), "U", "c"),
    Type(REGCONFIG, "regconfig", "regconfig", 4, Oid(3735), "N", "i"),
    Type(REGDICTIONARY, "regdictionary", "regdictionary", 4, Oid(3770), "N", "i"),
    Type(JSONB, "jsonb", "jsonb", -1, Oid(3807), "U", "i"),
    Type(REGNAMESPACE, "regnamespace", "regnamespace", 4, Oid(4090), "N", "i"),
    Type(REGROLE, "regrole", "regrole", 4, Oid(4097), "N", "i"),
    Type(REGCOLLATION, "regcollation", "regcollation", 4, Oid(4192), "N", "i"),
    Type(XID8, "xid8", "xid8", 8, Oid(271), "U", "d"),
)


def _array_of(element: Type) -> Type:
    alignment = "d" if element.alignment == "d" else "i"
    # PostgreSQL counts an array of a pseudo-type as one itself.
    category = "P" if element.category == "P" else "A"
    name, sql_name = f"_{element.name}", f"{element.sql_name}[]"
    return Type(element.array, name, sql_name, -1, NO_TYPE, category, alignment, element.oid)


TYPES: Final[dict[Oid, Type]] = {
    row.oid: row for row in (*_SCALARS, *(_array_of(scalar) for scalar in _SCALARS if scalar.array != NO_TYPE))
}

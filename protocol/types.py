"""The PostgreSQL types that go over the wire: OID, name, size. The one place that knows them.

Source: PostgreSQL 15, pg_type.
"""

from dataclasses import dataclass
from typing import Final, NewType

Oid = NewType("Oid", int)

NO_TYPE: Final = Oid(0)


@dataclass(frozen=True, slots=True)
class Type:
    """One row of pg_type. Where arrays are written as text, a comma stands between their elements, but for boxes.

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
PG_DDL_COMMAND: Final = Oid(32)
JSON: Final = Oid(114)
XML: Final = Oid(142)
PG_NODE_TREE: Final = Oid(194)
TABLE_AM_HANDLER: Final = Oid(269)
INDEX_AM_HANDLER: Final = Oid(325)
POINT: Final = Oid(600)
LSEG: Final = Oid(601)
PATH: Final = Oid(602)
BOX: Final = Oid(603)
POLYGON: Final = Oid(604)
LINE: Final = Oid(628)
CIDR: Final = Oid(650)
FLOAT4: Final = Oid(700)
FLOAT8: Final = Oid(701)
UNKNOWN: Final = Oid(705)
CIRCLE: Final = Oid(718)
MACADDR8: Final = Oid(774)
MONEY: Final = Oid(790)
MACADDR: Final = Oid(829)
INET: Final = Oid(869)
ACLITEM: Final = Oid(1033)
BPCHAR: Final = Oid(1042)
VARCHAR: Final = Oid(1043)
DATE: Final = Oid(1082)
TIME: Final = Oid(1083)
TIMESTAMP: Final = Oid(1114)
TIMESTAMPTZ: Final = Oid(1184)
INTERVAL: Final = Oid(1186)
TIMETZ: Final = Oid(1266)
BIT: Final = Oid(1560)
VARBIT: Final = Oid(1562)
NUMERIC: Final = Oid(1700)
REFCURSOR: Final = Oid(1790)
REGPROCEDURE: Final = Oid(2202)
REGOPER: Final = Oid(2203)
REGOPERATOR: Final = Oid(2204)
REGCLASS: Final = Oid(2205)
REGTYPE: Final = Oid(2206)
RECORD: Final = Oid(2249)
CSTRING: Final = Oid(2275)
ANY: Final = Oid(2276)
ANYARRAY: Final = Oid(2277)
VOID: Final = Oid(2278)
TRIGGER: Final = Oid(2279)
LANGUAGE_HANDLER: Final = Oid(2280)
INTERNAL: Final = Oid(2281)
ANYELEMENT: Final = Oid(2283)
ANYNONARRAY: Final = Oid(2776)
UUID: Final = Oid(2950)
TXID_SNAPSHOT: Final = Oid(2970)
FDW_HANDLER: Final = Oid(3115)
PG_LSN: Final = Oid(3220)
TSM_HANDLER: Final = Oid(3310)
PG_NDISTINCT: Final = Oid(3361)
PG_DEPENDENCIES: Final = Oid(3402)
ANYENUM: Final = Oid(3500)
TSVECTOR: Final = Oid(3614)
TSQUERY: Final = Oid(3615)
GTSVECTOR: Final = Oid(3642)
REGCONFIG: Final = Oid(3734)
REGDICTIONARY: Final = Oid(3769)
JSONB: Final = Oid(3802)
ANYRANGE: Final = Oid(3831)
EVENT_TRIGGER: Final = Oid(3838)
INT4RANGE: Final = Oid(3904)
NUMRANGE: Final = Oid(3906)
TSRANGE: Final = Oid(3908)
TSTZRANGE: Final = Oid(3910)
DATERANGE: Final = Oid(3912)
INT8RANGE: Final = Oid(3926)
JSONPATH: Final = Oid(4072)
REGNAMESPACE: Final = Oid(4089)
REGROLE: Final = Oid(4096)
REGCOLLATION: Final = Oid(4191)
INT4MULTIRANGE: Final = Oid(4451)
NUMMULTIRANGE: Final = Oid(4532)
TSMULTIRANGE: Final = Oid(4533)
TSTZMULTIRANGE: Final = Oid(4534)
DATEMULTIRANGE: Final = Oid(4535)
INT8MULTIRANGE: Final = Oid(4536)
ANYMULTIRANGE: Final = Oid(4537)
ANYCOMPATIBLEMULTIRANGE: Final = Oid(4538)
PG_BRIN_BLOOM_SUMMARY: Final = Oid(4600)
PG_BRIN_MINMAX_MULTI_SUMMARY: Final = Oid(4601)
PG_MCV_LIST: Final = Oid(5017)
PG_SNAPSHOT: Final = Oid(5038)
XID8: Final = Oid(5069)
ANYCOMPATIBLE: Final = Oid(5077)
ANYCOMPATIBLEARRAY: Final = Oid(5078)
ANYCOMPATIBLENONARRAY: Final = Oid(5079)
ANYCOMPATIBLERANGE: Final = Oid(5080)

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
    Type(PG_DDL_COMMAND, "pg_ddl_command", "pg_ddl_command", 8, NO_TYPE, "P", "d"),
    Type(XML, "xml", "xml", -1, Oid(143), "U", "i"),
    Type(PG_NODE_TREE, "pg_node_tree", "pg_node_tree", -1, NO_TYPE, "Z", "i"),
    Type(TABLE_AM_HANDLER, "table_am_handler", "table_am_handler", 4, NO_TYPE, "P", "i"),
    Type(INDEX_AM_HANDLER, "index_am_handler", "index_am_handler", 4, NO_TYPE, "P", "i"),
    Type(POINT, "point", "point", 16, Oid(1017), "G", "d", FLOAT8),
    Type(LSEG, "lseg", "lseg", 32, Oid(1018), "G", "d", POINT),
    Type(PATH, "path", "path", -1, Oid(1019), "G", "d"),
    Type(BOX, "box", "box", 32, Oid(1020), "G", "d", POINT),
    Type(POLYGON, "polygon", "polygon", -1, Oid(1027), "G", "d"),
    Type(LINE, "line", "line", 24, Oid(629), "G", "d", FLOAT8),
    Type(CIDR, "cidr", "cidr", -1, Oid(651), "I", "i"),
    Type(CIRCLE, "circle", "circle", 24, Oid(719), "G", "d"),
    Type(MACADDR8, "macaddr8", "macaddr8", 8, Oid(775), "U", "i"),
    Type(MONEY, "money", "money", 8, Oid(791), "N", "d"),
    Type(MACADDR, "macaddr", "macaddr", 6, Oid(1040), "U", "i"),
    Type(INET, "inet", "inet", -1, Oid(1041), "I", "i"),
    Type(ACLITEM, "aclitem", "aclitem", 12, Oid(1034), "U", "i"),
    Type(TIMETZ, "timetz", "time with time zone", 12, Oid(1270), "D", "d"),
    Type(BIT, "bit", "bit", -1, Oid(1561), "V", "i"),
    Type(VARBIT, "varbit", "bit varying", -1, Oid(1563), "V", "i"),
    Type(REFCURSOR, "refcursor", "refcursor", -1, Oid(2201), "U", "i"),
    Type(CSTRING, "cstring", "cstring", -2, Oid(1263), "P", "c"),
    Type(ANY, "any", '"any"', 4, NO_TYPE, "P", "i"),
    Type(ANYARRAY, "anyarray", "anyarray", -1, NO_TYPE, "P", "d"),
    Type(TRIGGER, "trigger", "trigger", 4, NO_TYPE, "P", "i"),
    Type(LANGUAGE_HANDLER, "language_handler", "language_handler", 4, NO_TYPE, "P", "i"),
    Type(INTERNAL, "internal", "internal", 8, NO_TYPE, "P", "d"),
    Type(ANYELEMENT, "anyelement", "anyelement", 4, NO_TYPE, "P", "i"),
    Type(ANYNONARRAY, "anynonarray", "anynonarray", 4, NO_TYPE, "P", "i"),
    Type(TXID_SNAPSHOT, "txid_snapshot", "txid_snapshot", -1, Oid(2949), "U", "d"),
    Type(FDW_HANDLER, "fdw_handler", "fdw_handler", 4, NO_TYPE, "P", "i"),
    Type(PG_LSN, "pg_lsn", "pg_lsn", 8, Oid(3221), "U", "d"),
    Type(TSM_HANDLER, "tsm_handler", "tsm_handler", 4, NO_TYPE, "P", "i"),
    Type(PG_NDISTINCT, "pg_ndistinct", "pg_ndistinct", -1, NO_TYPE, "Z", "i"),
    Type(PG_DEPENDENCIES, "pg_dependencies", "pg_dependencies", -1, NO_TYPE, "Z", "i"),
    Type(ANYENUM, "anyenum", "anyenum", 4, NO_TYPE, "P", "i"),
    Type(TSVECTOR, "tsvector", "tsvector", -1, Oid(3643), "U", "i"),
    Type(TSQUERY, "tsquery", "tsquery", -1, Oid(3645), "U", "i"),
    Type(GTSVECTOR, "gtsvector", "gtsvector", -1, Oid(3644), "U", "i"),
    Type(ANYRANGE, "anyrange", "anyrange", -1, NO_TYPE, "P", "d"),
    Type(EVENT_TRIGGER, "event_trigger", "event_trigger", 4, NO_TYPE, "P", "i"),
    Type(INT4RANGE, "int4range", "int4range", -1, Oid(3905), "R", "i"),
    Type(NUMRANGE, "numrange", "numrange", -1, Oid(3907), "R", "i"),
    Type(TSRANGE, "tsrange", "tsrange", -1, Oid(3909), "R", "d"),
    Type(TSTZRANGE, "tstzrange", "tstzrange", -1, Oid(3911), "R", "d"),
    Type(DATERANGE, "daterange", "daterange", -1, Oid(3913), "R", "i"),
    Type(INT8RANGE, "int8range", "int8range", -1, Oid(3927), "R", "d"),
    Type(JSONPATH, "jsonpath", "jsonpath", -1, Oid(4073), "U", "i"),
    Type(INT4MULTIRANGE, "int4multirange", "int4multirange", -1, Oid(6150), "R", "i"),
    Type(NUMMULTIRANGE, "nummultirange", "nummultirange", -1, Oid(6151), "R", "i"),
    Type(TSMULTIRANGE, "tsmultirange", "tsmultirange", -1, Oid(6152), "R", "d"),
    Type(TSTZMULTIRANGE, "tstzmultirange", "tstzmultirange", -1, Oid(6153), "R", "d"),
    Type(DATEMULTIRANGE, "datemultirange", "datemultirange", -1, Oid(6155), "R", "i"),
    Type(INT8MULTIRANGE, "int8multirange", "int8multirange", -1, Oid(6157), "R", "d"),
    Type(ANYMULTIRANGE, "anymultirange", "anymultirange", -1, NO_TYPE, "P", "d"),
    Type(ANYCOMPATIBLEMULTIRANGE, "anycompatiblemultirange", "anycompatiblemultirange", -1, NO_TYPE, "P", "d"),
    Type(PG_BRIN_BLOOM_SUMMARY, "pg_brin_bloom_summary", "pg_brin_bloom_summary", -1, NO_TYPE, "Z", "i"),
    Type(
        PG_BRIN_MINMAX_MULTI_SUMMARY,
        "pg_brin_minmax_multi_summary",
        "pg_brin_minmax_multi_summary",
        -1,
        NO_TYPE,
        "Z",
        "i",
    ),
    Type(PG_MCV_LIST, "pg_mcv_list", "pg_mcv_list", -1, NO_TYPE, "Z", "i"),
    Type(PG_SNAPSHOT, "pg_snapshot", "pg_snapshot", -1, Oid(5039), "U", "d"),
    Type(ANYCOMPATIBLE, "anycompatible", "anycompatible", 4, NO_TYPE, "P", "i"),
    Type(ANYCOMPATIBLEARRAY, "anycompatiblearray", "anycompatiblearray", -1, NO_TYPE, "P", "d"),
    Type(ANYCOMPATIBLENONARRAY, "anycompatiblenonarray", "anycompatiblenonarray", 4, NO_TYPE, "P", "i"),
    Type(ANYCOMPATIBLERANGE, "anycompatiblerange", "anycompatiblerange", -1, NO_TYPE, "P", "d"),
)


def _array_of(element: Type) -> Type:
    alignment = "d" if element.alignment == "d" else "i"
    # PostgreSQL counts an array of records as a pseudo-type itself.
    category = "P" if element.oid == RECORD else "A"
    name, sql_name = f"_{element.name}", f"{element.sql_name}[]"
    return Type(element.array, name, sql_name, -1, NO_TYPE, category, alignment, element.oid)


TYPES: Final[dict[Oid, Type]] = {
    row.oid: row for row in (*_SCALARS, *(_array_of(scalar) for scalar in _SCALARS if scalar.array != NO_TYPE))
}

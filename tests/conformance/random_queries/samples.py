"""Values of each type, written as constants: plain ones, and those at which implementations go wrong."""

from typing import Final

_INTEGERS: Final = ("0", "1", "-1", "2", "7", "10", "100", "-32768", "32767")
_DATES: Final = ("2020-02-29", "1999-12-31", "2000-01-01", "2024-03-10", "1970-01-01", "2038-01-19", "1900-03-01")
_CLOCKS: Final = ("00:00:00", "23:59:59.999999", "12:30:00.5", "02:30:00")

# By the type's internal name; the texts are those of its input function.
SAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "bool": ("true", "false"),
    "int2": _INTEGERS,
    "int4": (*_INTEGERS, "2147483647", "-2147483648", "65536", "1234567"),
    "int8": (*_INTEGERS, "9223372036854775807", "-9223372036854775808", "4294967296", "1234567890123"),
    "float4": ("0", "1.5", "-2.25", "3.4e38", "1e-40", "NaN", "Infinity", "-Infinity", "100", "0.1"),
    "float8": ("0", "-0", "1.5", "-2.25", "1e308", "1e-320", "NaN", "Infinity", "-Infinity", "100", "0.1", "0.5", "3"),
    "numeric": (
        *("0", "1", "-1", "1.50", "-2.25", "0.000001", "12345678901234567890.123456789", "1e30", "NaN", "Infinity"),
        *("-Infinity", "0.5", "2.5", "100", "3", "1e-30", "99999.995"),
    ),
    "money": ("0", "$1.50", "-$2.25", "$1,234,567.89"),
    "oid": ("0", "16", "1259", "4294967295"),
    "text": (
        *("", "a", "abc", "Hello World", "ab cd  ef", "äöü ß", "日本語", "%_\\", "a.b.c", "12", "-3.5", "a,b,,c"),
        *("(a|b)*c", "O'Reilly", "\ttab\n", "aaa", "x=1&y=2", "2020-02-29", "{1,2}", '"q"', "abcabc", "ABC", "z" * 40),
    ),
    "varchar": ("", "abc", "Hello", " x ", "ä"),
    "bpchar": ("", "abc", "ab ", "  x"),
    "name": ("", "pg_class", "ABC", "x y"),
    "char": ("a", "", "z"),
    "bytea": ("", "\\x00", "\\xdeadbeef", "abc", "\\x616263"),
    "date": (*_DATES, "infinity", "-infinity"),
    "time": _CLOCKS,
    "timetz": tuple(f"{clock}{zone}" for clock, zone in zip(_CLOCKS, ("+00", "-05", "+05:30", "+14"), strict=True)),
    "timestamp": (
        *(f"{day} {_CLOCKS[at % 4]}" for at, day in enumerate(_DATES)),
        *("infinity", "-infinity", "2021-11-07 01:30:00"),
    ),
    "timestamptz": (
        *(f"{day} {_CLOCKS[at % 4]}+00" for at, day in enumerate(_DATES[:5])),
        *("infinity", "-infinity", "2021-11-07 01:30:00-04", "2021-03-14 07:00:00+00"),
    ),
    "interval": (
        *("0", "1 day", "-1 day", "1 mon", "1 year 2 mons 3 days 04:05:06.7", "-00:00:01", "25:00:00", "30 days"),
        *("1 mon -1 day", "100 years", "36:00:00.000001", "-1 year -2 mons"),
    ),
    "uuid": ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"),
    "json": (
        *("null", "1", '"a"', "[]", "{}", '{"a": 1, "b": [1, 2, {"c": null}]}', '[1, "x", true, null, {"a": "b"}]'),
        *('{"a":{"b":{"c":1.50}}}', "[[1,2],[3]]", '{"a": "1", "a": "2"}', " [ 1 , 2 ] "),
    ),
    "jsonb": (
        *("null", "1", '"a"', "[]", "{}", '{"a": 1, "b": [1, 2, {"c": null}]}', '[1, "x", true, null, {"a": "b"}]'),
        *('{"a":{"b":{"c":1.50}}}', "[[1,2],[3]]", '{"a": "1", "a": "2"}', '["a", "b"]'),
    ),
    "jsonpath": ("$", "$.a", "$.b[*]", "$.** ? (@ > 1)", '$[*] ? (@.a == "b")', "lax $.a.b", "strict $.x", "$.size()"),
    "bit": ("1", "0"),
    "varbit": ("", "1", "10110", "00000000", "1111111111"),
    "inet": ("127.0.0.1", "10.0.0.0/8", "192.168.1.5/24", "::1", "2001:db8::/32"),
    "cidr": ("10.0.0.0/8", "192.168.1.0/24", "2001:db8::/32"),
    "macaddr": ("08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"),
    "macaddr8": ("08:00:2b:01:02:03:04:05", "00:00:00:00:00:00:00:00"),
    "point": ("(0,0)", "(1,2)", "(-1.5,3)"),
    "box": ("(1,1),(0,0)", "(3,4),(1,2)"),
    "lseg": ("[(0,0),(1,1)]", "[(0,2),(2,0)]"),
    "line": ("{1,-1,0}", "{1,0,-2}"),
    "path": ("[(0,0),(1,1),(2,0)]", "((0,0),(1,1),(2,0))"),
    "polygon": ("((0,0),(2,0),(2,2),(0,2))", "((1,1),(3,1),(3,3))"),
    "circle": ("<(0,0),1>", "<(1,1),2.5>"),
    "int4range": ("empty", "[1,5)", "[3,8]", "(,4]", "[7,)", "(,)"),
    "int8range": ("empty", "[1,5)", "[3,8]"),
    "numrange": ("empty", "[1.5,2.5]", "(0,)", "[2,2]"),
    "daterange": ("empty", "[2020-01-01,2020-02-01)", "[2020-01-15,)"),
    "tsrange": ("empty", '["2020-01-01 00:00","2020-01-02 00:00"]'),
    "int4multirange": ("{}", "{[1,5)}", "{[1,3),[5,8)}"),
    "nummultirange": ("{}", "{[1.5,2.5]}"),
    "_int4": ("{}", "{1}", "{1,2,3}", "{3,1,2,NULL}", "{{1,2},{3,4}}", "[0:2]={7,8,9}", "{1,1,2}"),
    "_int8": ("{}", "{1,2}", "{9223372036854775807}"),
    "_text": ("{}", "{a}", "[0:1]={a,b}", "{a,b,NULL}", '{"x y","",q}', "{{a,b},{c,d}}", "{b,a,b}"),
    "_numeric": ("{}", "{1.5,2}", "{NaN,NULL}"),
    "_float8": ("{}", "{0.25,0.5,0.75}", "{0.5,NULL}"),
    "_bool": ("{}", "{t,f}"),
    "_date": ("{}", "{2020-01-01,NULL}"),
    "_interval": ("{}", '{"1 day","2 hours"}'),
    "int2vector": ("", "1 2 3"),
    "oidvector": ("", "16 25"),
    "tid": ("(0,1)", "(42,7)"),
    "pg_lsn": ("0/0", "16/B374D848"),
    "xid": ("3", "100"),
    "regtype": ("integer", "text"),
    "regclass": ("pg_class",),
}
# What a polymorphic argument is tried with; those of one call go together.
FAMILIES: Final = (
    {"anyelement": "int4", "anyarray": "_int4", "anynonarray": "int4", "anyrange": "int4range"}
    | {"anymultirange": "int4multirange", "anycompatible": "int4", "anycompatiblearray": "_int4"}
    | {
        "anycompatiblenonarray": "int4",
        "anycompatiblerange": "int4range",
        "any": "int4",
        "anycompatiblemultirange": "",
    },
    {"anyelement": "text", "anyarray": "_text", "anynonarray": "text", "anycompatible": "text", "any": "text"}
    | {"anycompatiblearray": "_text", "anycompatiblenonarray": "text"},
    {"anyelement": "numeric", "anyarray": "_numeric", "anyrange": "numrange", "anymultirange": "nummultirange"}
    | {"anycompatible": "numeric", "anycompatiblearray": "_numeric", "any": "timestamptz", "anynonarray": "numeric"},
)


def constant(type_name: str, text: str) -> str:
    """As it stands in a statement, with its type."""
    escaped = text.replace("'", "''")
    if "\\" in text or "\n" in text or "\t" in text:
        escaped = escaped.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
        return f"E'{escaped}'::{_written(type_name)}"
    return f"'{escaped}'::{_written(type_name)}"


def _written(type_name: str) -> str:
    if type_name.startswith("_"):
        return f"{type_name[1:]}[]"
    return {"char": '"char"', "bit": '"bit"', "bpchar": "bpchar"}.get(type_name, type_name)

"""Reads the name of a PostgreSQL type, and gives it the spelling of PostgreSQL's own `format_type`.

Source: PostgreSQL manual, "Data Types" and "CREATE TABLE" for the forms. Which types exist is not known here.
"""

import re
from typing import Final

from server.dialect.cursor import Cursor

# One word that stands for a type, and the name that `format_type` gives it.
_SPELLED: Final = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "dec": "numeric",
    "decimal": "numeric",
    "varchar": "character varying",
    "char": "character",
    "varbit": "bit varying",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "time": "time without time zone",
}
_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*")
# What a bare word means something else than, or what begins a form of its own.
_TAKEN: Final = frozenset(
    re.findall(
        r"\w+",
        """
        array bit char character dec double float int interval national nchar pg_catalog precision time timestamp
        """,
    )
)
_INTERVAL_FIELDS: Final = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
# In bits of the mantissa: up to here float(p) is real.
_LONGEST_REAL: Final = 24


def parse_type_name(cursor: Cursor) -> str:
    """The type at the cursor, for example `timestamp(3) with time zone` or `integer[]`."""
    name = _scalar(cursor)
    is_array = False
    while cursor.accept("["):
        if not cursor.accept("]"):
            cursor.integer()
            cursor.expect("]")
        is_array = True
    if not is_array and cursor.accept("ARRAY"):
        is_array = True
        if cursor.accept("["):
            cursor.integer()
            cursor.expect("]")
    return f"{name}[]" if is_array else name


def _scalar(cursor: Cursor) -> str:
    if cursor.accept("DOUBLE", "PRECISION"):
        return "double precision"
    if cursor.accept_any("CHARACTER", "CHAR", "NCHAR"):
        return _text("character varying" if cursor.accept("VARYING") else "character", cursor)
    if cursor.accept("NATIONAL"):
        cursor.expect_any("CHARACTER", "CHAR")
        return _text("character varying" if cursor.accept("VARYING") else "character", cursor)
    if cursor.accept("BIT"):
        return _text("bit varying" if cursor.accept("VARYING") else "bit", cursor)
    if cursor.accept("INTERVAL"):
        return _interval(cursor)
    if cursor.accept("FLOAT"):
        return _float(cursor)
    name = _named(cursor)
    words = _SPELLED.get(name, name)
    first, _, rest = words.partition(" ")
    if first not in ("timestamp", "time"):
        return words + _arguments(cursor)
    arguments = _arguments(cursor)
    if name in ("timestamp", "time"):
        zoned = cursor.accept("WITH", "TIME", "ZONE")
        if not zoned:
            cursor.accept("WITHOUT", "TIME", "ZONE")
        rest = "with time zone" if zoned else "without time zone"
    return f"{first}{arguments} {rest}"


def _named(cursor: Cursor) -> str:
    """One name, or `schema.name`; `pg_catalog` is left out, as it is always searched."""
    quoted = cursor.at_quoted_identifier
    name = cursor.identifier("a type name").name
    if not cursor.accept("."):
        return _quote(name) if quoted else name
    if name != "pg_catalog":
        return f"{_quote(name)}.{_quote(cursor.identifier('a type name').name)}"
    name = cursor.identifier("a type name").name
    if name in ("bit", "interval", "time", "timestamp"):
        return name
    # In the catalog `char` is the type of one byte, which is only written in quotes.
    return '"char"' if name == "char" else _quote(name)


def _quote(name: str) -> str:
    """A name that was given in quotes: it keeps them where it would mean something else without."""
    plain = _PLAIN.fullmatch(name) and name not in _TAKEN
    return name if plain else '"' + name.replace('"', '""') + '"'


def _text(name: str, cursor: Cursor) -> str:
    """Strings of bits or characters; without a length, `character` has the length 1."""
    arguments = _arguments(cursor)
    return name + (arguments or ("(1)" if name == "character" else ""))


def _float(cursor: Cursor) -> str:
    if not cursor.accept("("):
        return "double precision"
    bits = cursor.integer()
    cursor.expect(")")
    return "real" if bits <= _LONGEST_REAL else "double precision"


def _interval(cursor: Cursor) -> str:
    fields = cursor.accept_any(*_INTERVAL_FIELDS)
    if fields and cursor.accept("TO"):
        fields += " TO " + cursor.expect_any(*_INTERVAL_FIELDS)
    name = f"interval {fields.lower()}" if fields else "interval"
    return name + (_arguments(cursor) if not fields or fields.endswith("SECOND") else "")


def _arguments(cursor: Cursor) -> str:
    """Reads `(number, ...)`, if it is there."""
    if not cursor.accept("("):
        return ""
    numbers = [cursor.signed_integer()]
    while cursor.expect_any(",", ")") == ",":
        numbers.append(cursor.signed_integer())
    return f"({','.join(map(str, numbers))})"

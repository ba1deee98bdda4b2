"""Reads the name of a type in a query, and maps SQL's own spellings as PostgreSQL's grammar does.

Source: PostgreSQL manual, "Data Types"; gram.y, Typename.
"""

from typing import Final

from server.dialect.select_cursor import SelectCursor
from server.dialect.select_keywords import NO_FUNCTION
from server.dialect.select_tokens import Sort
from server.errors import Condition, OdpsError
from server.statements.select import TypeName

_CATALOG: Final = "pg_catalog"
_NUMBERS: Final = {
    "int": "int4",
    "integer": "int4",
    "smallint": "int2",
    "bigint": "int8",
    "real": "float4",
    "boolean": "bool",
}
_DECIMALS: Final = frozenset({"decimal", "dec", "numeric"})
_CHARACTERS: Final = frozenset({"character", "char", "varchar", "national", "nchar"})
# The keywords that begin a type and are no type_function_name.
SPELLED: Final = (
    frozenset(_NUMBERS) | _DECIMALS | _CHARACTERS | frozenset({"float", "bit", "timestamp", "time", "interval"})
)
# Bits of the fields in the modifier of interval (PostgreSQL's timestamp.h and datetime.h).
_FIELDS: Final = {"year": 1 << 2, "month": 1 << 1, "day": 1 << 3, "hour": 1 << 10, "minute": 1 << 11, "second": 1 << 12}
_ALL_FIELDS: Final = 0x7FFF
_RANGES: Final = {
    "year": ("month",),
    "day": ("hour", "minute", "second"),
    "hour": ("minute", "second"),
    "minute": ("second",),
}
_ORDER: Final = ("year", "month", "day", "hour", "minute", "second")
_REAL_BITS: Final = 24
_DOUBLE_BITS: Final = 53


def parse_type(cursor: SelectCursor) -> TypeName:
    """Reads a type with its array bounds."""
    named = _scalar(cursor)
    dimensions = 0
    if cursor.accept("array"):
        dimensions = 1
        if cursor.accept("["):
            cursor.integer()
            cursor.expect("]")
    else:
        while cursor.accept("["):
            dimensions += 1
            if not cursor.accept("]"):
                cursor.integer()
                cursor.expect("]")
    return TypeName(named.names, named.modifiers, dimensions, at=named.at) if dimensions else named


def parse_spelled(cursor: SelectCursor) -> TypeName | None:
    """Reads a type that begins with a keyword of its own, if one comes; an interval's fields are not read.

    Without a length a character or bit type has none: as the type of a constant (`char 'abc'`).
    """
    at, key = cursor.at, cursor.key
    if key in _NUMBERS:
        cursor.advance()
        return TypeName((_CATALOG, _NUMBERS[key]), at=at)
    if key in _CHARACTERS:
        name = _character(cursor)
        return TypeName((_CATALOG, name), _length(cursor), at=at)
    if key in _DECIMALS:
        cursor.advance()
        return TypeName((_CATALOG, "numeric"), parse_modifiers(cursor), at=at)
    if key in ("timestamp", "time"):
        return _time(cursor)
    if key == "double" and cursor.following == "precision":
        cursor.accept_all("double", "precision")
        return TypeName((_CATALOG, "float8"), at=at)
    if key == "float":
        return TypeName((_CATALOG, _float(cursor)), at=at)
    if key == "bit":
        cursor.advance()
        name = "varbit" if cursor.accept("varying") else "bit"
        return TypeName((_CATALOG, name), parse_modifiers(cursor), at=at)
    if key == "interval":
        cursor.advance()
        modifiers = (_ALL_FIELDS, *_length(cursor)) if cursor.key == "(" else ()
        return TypeName((_CATALOG, "interval"), modifiers, at=at)
    return None


def parse_interval_fields(cursor: SelectCursor, interval: TypeName) -> TypeName:
    """Reads `DAY TO SECOND(3)` after the word or the string; a precision before excludes fields."""
    first = cursor.key
    if first not in _FIELDS or interval.modifiers:
        return interval
    cursor.advance()
    last = first
    mask = _FIELDS[first]
    if cursor.key == "to" and first in _RANGES:
        cursor.advance()
        last = cursor.expect_any(*_RANGES[first])
        mask = sum(_FIELDS[field] for field in _ORDER[_ORDER.index(first) : _ORDER.index(last) + 1])
    precision = _length(cursor) if last == "second" else ()
    return TypeName(interval.names, (mask, *precision), at=interval.at)


def parse_modifiers(cursor: SelectCursor) -> tuple[int, ...]:
    """Reads `(number, ...)`, if it is there."""
    if not cursor.accept("("):
        return ()
    numbers = [_modifier(cursor)]
    while cursor.expect_any(",", ")") == ",":
        numbers.append(_modifier(cursor))
    return tuple(numbers)


def _scalar(cursor: SelectCursor) -> TypeName:
    spelled = parse_spelled(cursor)
    if spelled is None:
        at = cursor.at
        names = [cursor.function_name()]
        while cursor.accept("."):
            names.append(cursor.label())
        return TypeName(tuple(names), parse_modifiers(cursor), at=at)
    name = spelled.names[-1]
    if name in ("bpchar", "bit") and not spelled.modifiers:
        return TypeName(spelled.names, (1,), at=spelled.at)
    return parse_interval_fields(cursor, spelled) if name == "interval" else spelled


def _modifier(cursor: SelectCursor) -> int:
    return -cursor.integer() if cursor.accept("-") else cursor.integer()


def _length(cursor: SelectCursor) -> tuple[int, ...]:
    if not cursor.accept("("):
        return ()
    length = cursor.integer()
    cursor.expect(")")
    return (length,)


def _character(cursor: SelectCursor) -> str:
    word = cursor.advance().key
    if word == "varchar":
        return word
    if word == "national":
        cursor.expect_any("character", "char")
    return "varchar" if cursor.accept("varying") else "bpchar"


def _time(cursor: SelectCursor) -> TypeName:
    at = cursor.at
    name = cursor.advance().key
    precision = _length(cursor)
    if cursor.accept_all("with", "time"):
        cursor.expect("zone")
        name += "tz"
    elif cursor.accept("without"):
        cursor.expect("time", "zone")
    return TypeName((_CATALOG, name), precision, at=at)


def _float(cursor: SelectCursor) -> str:
    cursor.advance()
    if not cursor.accept("("):
        return "float8"
    at = cursor.at
    bits = cursor.integer()
    cursor.expect(")")
    if bits < 1:
        raise OdpsError(Condition.FLOAT_PRECISION, at=at, bound="at least 1 bit")
    if bits > _DOUBLE_BITS:
        raise OdpsError(Condition.FLOAT_PRECISION, at=at, bound="less than 54 bits")
    return "float4" if bits <= _REAL_BITS else "float8"


def begins_typed_constant(cursor: SelectCursor) -> bool:
    """Whether `name 'string'` comes next."""
    return cursor.is_name(NO_FUNCTION) and cursor.ahead(1).sort is Sort.STRING

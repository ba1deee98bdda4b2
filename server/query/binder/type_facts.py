"""What the rules of casts and overloads ask of a type.

Source: PostgreSQL 15, lsyscache.c and TypeCategory, IsPreferredType in parse_coerce.c.
"""

import re
from typing import Final

from protocol.types import INT2VECTOR, NO_TYPE, OIDVECTOR, RECORD, TYPES, Oid
from server.query.postgres.types import TypeRow, base_type, find_type

ANY: Final = Oid(2276)
ANYARRAY: Final = Oid(2277)
ANYELEMENT: Final = Oid(2283)
ANYNONARRAY: Final = Oid(2776)
ANYENUM: Final = Oid(3500)
ANYRANGE: Final = Oid(3831)
ANYMULTIRANGE: Final = Oid(4537)
ANYCOMPATIBLE: Final = Oid(5077)
ANYCOMPATIBLEARRAY: Final = Oid(5078)
ANYCOMPATIBLENONARRAY: Final = Oid(5079)
ANYCOMPATIBLERANGE: Final = Oid(5080)
ANYCOMPATIBLEMULTIRANGE: Final = Oid(4538)
BIT: Final = Oid(1560)
VARBIT: Final = Oid(1562)
TIMETZ: Final = Oid(1266)
RECORD_ARRAY: Final = Oid(2287)
CSTRING: Final = Oid(2275)

STRING_CATEGORY: Final = "S"

FIRST_FAMILY: Final = frozenset({ANYELEMENT, ANYARRAY, ANYNONARRAY, ANYENUM, ANYRANGE, ANYMULTIRANGE})
SECOND_FAMILY: Final = frozenset(
    {ANYCOMPATIBLE, ANYCOMPATIBLEARRAY, ANYCOMPATIBLENONARRAY, ANYCOMPATIBLERANGE, ANYCOMPATIBLEMULTIRANGE}
)
POLYMORPHIC: Final = FIRST_FAMILY | SECOND_FAMILY

VECTORS: Final = (INT2VECTOR, OIDVECTOR)
_PLAIN_NAME: Final = re.compile(r"[a-z_][a-z0-9_$]*")
# information_schema's domains and relations are not visible unless it is on the search path.
_VISIBLE: Final = ("pg_catalog",)


def type_row(oid: Oid) -> TypeRow:
    """What pg_type has of a type that is known to be there."""
    row = find_type(oid)
    if row is None:
        raise LookupError(f"no type {oid}")
    return row


def category_of(oid: Oid) -> str:
    return type_row(oid).category


def is_preferred(category: str, oid: Oid) -> bool:
    """Whether the type is the one, or one of those, that are preferred within the category."""
    row = type_row(oid)
    return row.preferred and row.category == category


def element_of(oid: Oid) -> Oid:
    """The element type of an array or a vector, 0 for anything else, domains over arrays among them."""
    row = type_row(oid)
    return row.element if row.is_array or oid in VECTORS else NO_TYPE


def element_of_base(oid: Oid) -> Oid:
    """As `element_of`, through domains."""
    return element_of(base_type(oid))


def array_of(element: Oid) -> Oid:
    """The type of arrays of it, 0 when there is none."""
    return type_row(element).array


def promoted_array_of(oid: Oid) -> Oid:
    """The array type of ARRAY(SELECT ..): of arrays it is their own type."""
    return array_of(oid) or (oid if element_of(oid) else NO_TYPE)


def is_composite(oid: Oid) -> bool:
    """Whether values have named fields by their type: the rows of a relation."""
    return type_row(oid).typtype == "c" and oid != RECORD


def is_row(oid: Oid) -> bool:
    return oid == RECORD or type_row(base_type(oid)).typtype == "c"


def is_collatable(oid: Oid) -> bool:
    """Text in any of its forms, arrays of it and domains over it."""
    base = base_type(oid)
    return type_row(element_of(base) or base).category == STRING_CATEGORY


def format_type(oid: Oid) -> str:
    """The name of a type as error texts have it (format_type_be)."""
    known = TYPES.get(oid)
    if known is not None:
        return known.sql_name
    if oid == NO_TYPE:
        return "-"
    row = type_row(oid)
    if row.is_array:
        return f"{format_type(row.element)}[]"
    name = row.name if _PLAIN_NAME.fullmatch(row.name) else '"' + row.name.replace('"', '""') + '"'
    return name if row.schema in _VISIBLE else f"{row.schema}.{name}"


# (range, its subtype, its multirange) of all that PostgreSQL has, pg_range.
_RANGES: Final = tuple(
    (Oid(range_), Oid(subtype), Oid(multirange))
    for range_, subtype, multirange in (
        (3904, 23, 4451),
        (3906, 1700, 4532),
        (3908, 1114, 4533),
        (3910, 1184, 4534),
        (3912, 1082, 4535),
        (3926, 20, 4536),
    )
)
_SUBTYPES: Final = {range_: subtype for range_, subtype, _ in _RANGES}
_MULTIRANGES: Final = {range_: multirange for range_, _, multirange in _RANGES}
_RANGES_OF: Final = {multirange: range_ for range_, _, multirange in _RANGES}


def subtype_of(range_: Oid) -> Oid:
    """What a range is of, 0 when it is none."""
    return _SUBTYPES.get(range_, NO_TYPE)


def multirange_of(range_: Oid) -> Oid:
    return _MULTIRANGES.get(range_, NO_TYPE)


def range_of(multirange: Oid) -> Oid:
    """The range type of a multirange, 0 when it is none."""
    return _RANGES_OF.get(multirange, NO_TYPE)

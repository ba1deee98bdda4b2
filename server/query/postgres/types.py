"""pg_type: what the binder needs of a type.

Source: PostgreSQL manual, "pg_type".
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from protocol.types import RECORD, TYPES, Oid
from server.query.postgres.files import read_file

_SCHEMAS: Final = {"11": "pg_catalog", "99": "pg_toast"}


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One type.

    Attributes:
        typtype: `b` base, `c` composite, `d` domain, `e` enum, `p` pseudo, `r` range, `m` multirange.
        category, preferred: how overloads are chosen.
        base, base_modifier: the type that a domain is over; 0 and -1 for others.
        element: of an array or a vector.
        array: the type of arrays of it.
        relation: the relation whose rows a composite type has.
        size: in bytes, -1 for variable.
        is_array: whether it is an array in the general form, which vectors are not.
    """

    oid: Oid
    name: str
    schema: str
    typtype: str
    category: str
    preferred: bool
    base: Oid
    base_modifier: int
    element: Oid
    array: Oid
    relation: Oid
    size: int
    is_array: bool
    not_null: bool = False


def find_type(oid: int) -> TypeRow | None:
    """The type with this OID, if PostgreSQL itself has one."""
    return _types().get(oid)


def find_type_by_name(name: str, schema: str | None = "pg_catalog") -> TypeRow | None:
    """The type of this internal name; in any schema for None, pg_catalog's first."""
    if schema is not None:
        return _names().get((schema, name))
    return _names().get(("pg_catalog", name)) or _names().get(("information_schema", name))


def base_type(oid: Oid) -> Oid:
    """The type itself, or the one that a domain is over."""
    row = _types().get(oid)
    while row is not None and row.typtype == "d":
        oid = row.base
        row = _types().get(oid)
    return oid


def carrier_of(oid: Oid) -> Oid:
    """The type of protocol.types whose values stand for those of the type.

    Of a domain it is the type that the domain is over, of the rows of a relation record, of an array one of those.
    """
    base = base_type(oid)
    row = None if base in TYPES else _types().get(base)
    if row is None:
        return base
    if row.typtype == "c":
        return RECORD
    return TYPES[carrier_of(row.element)].array if row.is_array else base


def all_types() -> tuple[TypeRow, ...]:
    """Every type, by OID."""
    return tuple(_types().values())


@lru_cache(maxsize=1)
def _types() -> dict[int, TypeRow]:
    file = read_file("pg_type")
    assert file is not None, "the data files come with this package"  # noqa: S101  a fault of ours
    at = file.columns
    # The array types proper, each with its element type, which names it in turn.
    arrays = {row[at["typarray"]]: row[at["oid"]] for row in file.rows}
    found: dict[int, TypeRow] = {}
    for row in file.rows:
        number = {name: int(row[at[name]] or 0) for name in ("oid", "typbasetype", "typelem", "typarray", "typrelid")}
        found[number["oid"]] = TypeRow(
            oid=Oid(number["oid"]),
            name=row[at["typname"]] or "",
            schema=_SCHEMAS.get(row[at["typnamespace"]] or "", "information_schema"),
            typtype=row[at["typtype"]] or "",
            category=row[at["typcategory"]] or "",
            preferred=row[at["typispreferred"]] == "t",
            base=Oid(number["typbasetype"]),
            base_modifier=int(row[at["typtypmod"]] or -1),
            element=Oid(number["typelem"]),
            array=Oid(number["typarray"]),
            relation=Oid(number["typrelid"]),
            size=int(row[at["typlen"]] or 0),
            is_array=arrays.get(row[at["oid"]]) == row[at["typelem"]],
            not_null=row[at["typnotnull"]] == "t",
        )
    return found


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, str], TypeRow]:
    return {(row.schema, row.name): row for row in _types().values()}

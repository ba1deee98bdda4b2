"""`<` and `=` of a type, for ORDER BY, GROUP BY, DISTINCT and their kin.

Source: PostgreSQL 15, get_sort_group_operators and lookup_type_cache; its default operator classes.
"""

from functools import lru_cache
from typing import Final

from protocol import types
from protocol.types import NO_TYPE, OID, RECORD, TEXT, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query.binder import type_facts as facts
from server.query.functions.signature import Function
from server.query.postgres.casts import find_cast
from server.query.postgres.functions import find_function_by_oid
from server.query.postgres.operators import operators_named
from server.query.postgres.types import base_type

_MONEY: Final = Oid(790)
_INET: Final = Oid(869)
_MACADDR: Final = (Oid(829), Oid(774))
_PG_LSN: Final = Oid(3220)
_TEXT_SEARCH: Final = (Oid(3614), Oid(3615))
_ACLITEM: Final = Oid(1033)

# The types with a default operator class for B-trees, pg_opclass.
_ORDERED: Final = frozenset(
    (
        *(types.BOOL, types.BYTEA, types.CHAR, types.NAME, types.INT8, types.INT2, types.INT4, TEXT, OID, types.TID),
        *(types.OIDVECTOR, types.FLOAT4, types.FLOAT8, types.BPCHAR, types.DATE, types.TIME, types.TIMESTAMP),
        *(types.TIMESTAMPTZ, types.INTERVAL, types.NUMERIC, RECORD, types.UUID, types.JSONB, types.XID8),
        *(facts.BIT, facts.VARBIT, facts.TIMETZ, _MONEY, _INET, *_MACADDR, _PG_LSN, *_TEXT_SEARCH),
    )
)
# Those that can be told apart, by hash, but have no order.
_HASHED: Final = frozenset((types.XID, types.CID, _ACLITEM))


def find_less(oid: Oid, at: int | None = None) -> Function:
    """The function of `<`.

    Raises:
        OdpsError: ORDERING_NOT_FOUND
    """
    served = _served_by(oid, ordered=True)
    if not served:
        raise OdpsError(
            Condition.ORDERING_NOT_FOUND,
            type=facts.format_type(oid),
            hint="Use an explicit ordering operator or modify the query.",
            at=at,
        )
    return _operator_function("<", served)


def find_equality(oid: Oid, at: int | None = None) -> Function:
    """The function of `=` between two values of the type.

    Raises:
        OdpsError: EQUALITY_NOT_FOUND
    """
    served = _served_by(oid, ordered=False)
    if not served:
        raise OdpsError(Condition.EQUALITY_NOT_FOUND, type=facts.format_type(oid), at=at)
    return _operator_function("=", served)


def is_ordered(oid: Oid) -> bool:
    return _served_by(oid, ordered=True) != NO_TYPE


@lru_cache(maxsize=1024)
def _served_by(oid: Oid, *, ordered: bool) -> Oid:
    """The type whose operators serve for values of this one, 0 when there are none."""
    base = base_type(oid)
    if base in _ORDERED or (base in _HASHED and not ordered):
        return base
    if base == UNKNOWN:
        return TEXT
    element = facts.element_of(base)
    if element:
        return facts.ANYARRAY if _served_by(element, ordered=ordered) else NO_TYPE
    match facts.type_row(base).typtype:
        case "c":
            return RECORD
        case "e":
            return facts.ANYENUM
        case "r":
            return facts.ANYRANGE
        case "m":
            return facts.ANYMULTIRANGE
        case _:
            pass
    for target in (TEXT, OID, _INET):
        cast = find_cast(base, target)
        if cast is not None and cast.method == "b" and cast.context == "i":
            return target
    return facts.ANYARRAY if base == facts.ANYARRAY else NO_TYPE


@lru_cache(maxsize=256)
def _operator_function(name: str, oid: Oid) -> Function:
    (operator,) = [each for each in operators_named(name) if each.left == each.right == oid]
    function = find_function_by_oid(operator.function)
    if function is None:
        raise LookupError(f"no function {operator.function} behind {name} of {oid}")
    return function

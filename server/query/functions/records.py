"""Rows as values compared field by field, NULL being equal to NULL and larger than all else.

Source: PostgreSQL 15, record_cmp and record_eq in rowtypes.c.
"""

import operator
from collections.abc import Callable
from typing import Final

from protocol.arrays import Record
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import RECORD, TYPES, Oid
from server.query.evaluator.ordering import equality_family, sort_key
from server.query.functions.registry import function

_OPERATORS: Final[dict[str, Callable[..., bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_key: Final = sort_key(RECORD)


def _keys(left: Record, right: Record) -> tuple[object, object]:
    for column, ((one, _), (other, _)) in enumerate(zip(left.fields, right.fields, strict=False), 1):
        if one != other and equality_family(one) != equality_family(other):
            names = f"{_type_name(one)} and {_type_name(other)}"
            message = f"cannot compare dissimilar column types {names} at record column {column}"
            raise InvalidValue(message, sqlstate=SqlState.DATATYPE_MISMATCH)
    if len(left.fields) != len(right.fields):
        message = "cannot compare record types with different numbers of columns"
        raise InvalidValue(message, sqlstate=SqlState.DATATYPE_MISMATCH)
    return _key(left), _key(right)


def _type_name(oid: Oid) -> str:
    return TYPES[oid].sql_name if oid in TYPES else str(oid)


def _comparison(compare: Callable[..., bool]) -> Callable[[Record, Record], bool]:
    return lambda left, right: compare(*_keys(left, right))


for _name, _operator in _OPERATORS.items():
    function(f"record_{_name}", f"record_image_{_name}")(_comparison(_operator))


@function("btrecordcmp", "btrecordimagecmp")
def three_way(left: Record, right: Record) -> int:
    one, other = _keys(left, right)
    return 0 if one == other else -1 if one < other else 1  # type: ignore[operator]  # keys can be ordered

"""How values of each type are ordered, and when two of them are the same.

`sort_key` gives a function from a value to a key that Python's `<` orders as the type's btree operators do;
`hash_key` one from a value to a key that is hashable and equal where `=` says so. Both are `plain`, which gives the
value itself, for the types whose Python values do that already, so that callers can leave the call out.
NULL never comes to either, except within arrays and records, where it is equal to itself and larger than all else.

Source: PostgreSQL 15, the btree operator classes: numeric_cmp, float8_cmp_internal, interval_cmp_internal,
bpchareq, compareJsonbContainers, array_cmp, record_cmp, btoidvectorcmp; text_keys has more of them.
SILENT: text is ordered by code points, as under the collation C.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from protocol import types
from protocol.arrays import Array, Record, measure
from protocol.bit_strings import read_cents
from protocol.codecs import RANGE_TYPES
from protocol.intervals import MICROSECONDS_PER_DAY, Interval
from protocol.strings import Tid
from protocol.text_codecs import MULTIRANGES
from protocol.timestamps import Infinity
from protocol.types import TYPES, Oid
from server.query.evaluator.text_keys import lsn_key, network_key, range_key, timetz_key

# What a key must do is compare and hash; Python has no type for the first.
Key = Callable[[object], object]

_DAYS_PER_MONTH: Final = 30


class _Bound:
    """Larger (or smaller) than every ordinary key, whatever its type; bounds are ordered among themselves by rank."""

    __slots__ = ("_rank",)

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def __lt__(self, other: object) -> bool:
        return self._rank < _rank(other)

    def __le__(self, other: object) -> bool:
        return self._rank <= _rank(other)

    def __gt__(self, other: object) -> bool:
        return self._rank > _rank(other)

    def __ge__(self, other: object) -> bool:
        return self._rank >= _rank(other)


def _rank(key: object) -> int:
    return key._rank if isinstance(key, _Bound) else 0


BOTTOM: Final = _Bound(-1)
TOP: Final = _Bound(1)
# NULL within arrays and records, which comes after NaN and infinity too.
NULL_KEY: Final = _Bound(2)


def plain(value: object) -> object:
    """The value is its own key."""
    return value


def _float_key(value: object) -> object:
    # NaN is the only value that is not itself.
    return value if value == value else TOP


def _numeric_key(value: object) -> object:
    return TOP if isinstance(value, Decimal) and value.is_nan() else value


def _date_key(value: object) -> object:
    if isinstance(value, Infinity):
        return TOP if value is Infinity.POSITIVE else BOTTOM
    return value


def _blank_padded_key(value: object) -> object:
    assert isinstance(value, str)  # noqa: S101  a fault of ours
    return value.rstrip(" ")


def interval_span(value: Interval) -> int:
    """Its length in microseconds, a month being 30 days and a day 24 hours."""
    return (value.months * _DAYS_PER_MONTH + value.days) * MICROSECONDS_PER_DAY + value.microseconds


def _interval_key(value: object) -> object:
    assert isinstance(value, Interval)  # noqa: S101  a fault of ours
    return interval_span(value)


def _tid_key(value: object) -> object:
    assert isinstance(value, Tid)  # noqa: S101  a fault of ours
    return (value.block, value.offset)


def _of_text(key: Callable[[str], object]) -> Key:
    def of_text(value: object) -> object:
        assert isinstance(value, str)  # noqa: S101  a fault of ours
        return key(value)

    return of_text


def _vector_key(value: object) -> object:
    """The shorter first, as nothing but vectors of OIDs are."""
    assert isinstance(value, tuple)  # noqa: S101  a fault of ours
    return (len(value), value)


def _reference_key(value: object) -> object:
    """Of regclass and its kin: the OID, whether its name shall be seen or not."""
    return value if isinstance(value, int) else getattr(value, "oid", value)


def _jsonb_key(value: object) -> object:
    assert isinstance(value, str)  # noqa: S101  a fault of ours
    read: object = json.loads(value, parse_float=Decimal)
    if isinstance(read, list | dict):
        return _json_key(read)
    # A lone scalar is stored as an array of one, and comes before an array of as many elements.
    return (4, 1, 0, (_json_key(read),))


def _json_key(value: object) -> tuple[object, ...]:
    match value:
        case None:
            return (0,)
        case str():
            return (1, value)
        case bool():
            return (3, value)
        case int() | float() | Decimal():
            return (2, value)
        case list():
            return (4, len(value), 1, tuple(_json_key(each) for each in value))
        case dict():
            pairs = sorted(value.items(), key=lambda pair: (len(pair[0].encode()), pair[0]))
            return (5, len(value), tuple((key, _json_key(each)) for key, each in pairs))
        case _:
            raise TypeError(f"{type(value).__name__} in JSON")


def _record_key(element_key: Callable[[Oid], Key]) -> Key:
    def key(value: object) -> object:
        assert isinstance(value, Record)  # noqa: S101  a fault of ours
        return tuple(NULL_KEY if each is None else element_key(oid)(each) for oid, each in value.fields)

    return key


def _array_key(key: Key, nesting: tuple[type, ...]) -> Key:
    def array_key(value: object) -> object:
        items, bounds = (value.items, value.lower_bounds) if isinstance(value, Array) else (value, None)
        lengths, elements = measure(items, nesting)
        keys = tuple([NULL_KEY if each is None else key(each) for each in elements])
        return (keys, len(lengths), tuple(lengths), bounds or (1,) * len(lengths))

    return array_key


_SORT_KEYS: Final[dict[Oid, Key]] = {
    types.FLOAT4: _float_key,
    types.FLOAT8: _float_key,
    types.NUMERIC: _numeric_key,
    types.DATE: _date_key,
    types.TIMESTAMP: _date_key,
    types.TIMESTAMPTZ: _date_key,
    types.BPCHAR: _blank_padded_key,
    types.INTERVAL: _interval_key,
    types.TID: _tid_key,
    types.JSONB: _jsonb_key,
    types.OIDVECTOR: _vector_key,
    types.TIMETZ: _of_text(timetz_key),
    types.PG_LSN: _of_text(lsn_key),
    types.MONEY: _of_text(read_cents),
    types.INET: _of_text(network_key),
    types.CIDR: _of_text(network_key),
    **{oid: _of_text(range_key(kind)) for oid, kind in RANGE_TYPES.items()},
    **{oid: _of_text(range_key(RANGE_TYPES[each])) for oid, each in MULTIRANGES.items()},
    **dict.fromkeys(
        (
            types.REGPROC,
            types.REGPROCEDURE,
            types.REGOPER,
            types.REGOPERATOR,
            types.REGCLASS,
            types.REGTYPE,
            types.REGCONFIG,
            types.REGDICTIONARY,
            types.REGNAMESPACE,
            types.REGROLE,
            types.REGCOLLATION,
        ),
        _reference_key,
    ),
}

_INTEGERS: Final = frozenset((types.INT2, types.INT4, types.INT8, types.OID, types.XID, types.CID, types.XID8))
_STRINGS: Final = frozenset((types.TEXT, types.VARCHAR, types.NAME, types.UNKNOWN, types.CHAR))


def sort_key(oid: Oid) -> Key:
    """The key by which values of the type are ordered, NULLs apart."""
    found = _SORT_KEYS.get(oid)
    if found is not None:
        return found
    if oid == types.RECORD:
        return _record_key(sort_key)
    row = TYPES.get(oid)
    if row is not None:
        if row.is_array:
            return _array_key(sort_key(row.element), _nesting(row.element))
        return plain
    return _other_key(oid)


def hash_key(oid: Oid) -> Key:
    """The key by which values of the type are told apart, NULLs apart."""
    # Every key that orders is hashable, and equal exactly where the type's `=` holds.
    return sort_key(oid)


def equality_family(oid: Oid) -> Oid:
    """A type of which all with equal families may be compared by their hash keys, as int4 = int8 may."""
    if oid in _INTEGERS or _SORT_KEYS.get(oid) is _reference_key:
        return types.INT8
    if oid in _STRINGS:
        return types.TEXT
    if oid == types.FLOAT4:
        return types.FLOAT8
    if oid == types.CIDR:
        return types.INET
    return oid


def is_plain(oid: Oid) -> bool:
    """Whether equal values of the type are equal in Python."""
    key = sort_key(oid)
    return key is plain or key is _reference_key


def _nesting(element: Oid) -> tuple[type, ...]:
    # As in protocol.codecs: vectors are tuples themselves.
    return (list,) if element in (types.INT2VECTOR, types.OIDVECTOR) else (list, tuple)


def _other_key(oid: Oid) -> Key:
    """Of a type that does not go over the wire: a domain, a row type, an array of one of them."""
    # Imported late: the data of pg_type takes a moment to load, and few queries need it.
    from server.query.postgres.types import base_type, find_type

    row = find_type(oid)
    base = base_type(oid)
    if base != oid:
        return sort_key(base)
    if row is None:
        return plain
    if row.typtype == "c":
        return _record_key(sort_key)
    if row.is_array:
        return _array_key(sort_key(row.element), (list, tuple))
    return plain

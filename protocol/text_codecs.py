"""The codecs of the types whose values are their texts in memory: what catalogs and functions have besides the usual.

Most are read and written as PostgreSQL does, so that equal values are equal texts. Those that cannot be written or
read in a form are refused as PostgreSQL refuses them.

DEVIATION: the texts of xml, tsvector, tsquery and aclitem are taken as they are, neither checked nor put in
order; tsvector and tsquery have no binary form.
Source: the input and output functions of PostgreSQL 15.
"""

from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from protocol import types
from protocol.bit_strings import (
    pack_bits,
    pack_lsn,
    pack_money,
    pack_snapshot,
    parse_bits,
    parse_lsn,
    parse_money,
    parse_snapshot,
    unpack_bits,
    unpack_lsn,
    unpack_money,
    unpack_snapshot,
)
from protocol.codec import Codec, Pack, Parse, Unpack, ValueSettings, decode_text, expect
from protocol.errors import InvalidValue
from protocol.geometry import (
    BOX_SHAPE,
    CIRCLE_SHAPE,
    LINE_SHAPE,
    LSEG_SHAPE,
    PATH_SHAPE,
    POINT_SHAPE,
    POLYGON_SHAPE,
    geometric_codec,
)
from protocol.jsonpath_output import canonical_jsonpath
from protocol.networks import (
    pack_cidr,
    pack_inet,
    pack_mac,
    parse_cidr,
    parse_inet,
    parse_macaddr,
    parse_macaddr8,
    unpack_cidr,
    unpack_inet,
    unpack_macaddr,
    unpack_macaddr8,
)
from protocol.numerals import RANGES
from protocol.ranges import RangeType, multirange_codec, next_day, next_integer, range_codec
from protocol.sqlstate import SqlState
from protocol.timetz import pack_timetz, parse_timetz, unpack_timetz
from protocol.types import TYPES, Oid

_JSONPATH_VERSION: Final = b"\1"


def _format_text(value: object) -> str:
    return expect(value, str)


def _as_text(parse: Callable[[str], str] = str) -> Codec:
    """A codec of text that is the same in both forms."""
    return Codec(
        lambda _: _format_text,
        lambda _: parse,
        lambda settings: lambda value: expect(value, str).encode(settings.encoding),
        lambda settings: lambda data: parse(decode_text(data, settings.encoding)),
    )


def _text_with(parse: Parse, pack: Pack, unpack: Unpack) -> Codec:
    return Codec(lambda _: _format_text, lambda _: parse, lambda _: pack, lambda _: unpack)


def _refusal(message: str, sqlstate: SqlState = SqlState.FEATURE_NOT_SUPPORTED) -> Callable[[object], NoReturn]:
    def refuse(_: object) -> NoReturn:
        raise InvalidValue(message, sqlstate=sqlstate)

    return refuse


def _no_input(oid: Oid, message: str = "cannot accept a value of type {}") -> Callable[[object], NoReturn]:
    return _refusal(message.format(TYPES[oid].name))


def _no_binary(way: str, oid: Oid) -> Callable[[object], NoReturn]:
    message = f"no binary {way} function available for type {TYPES[oid].sql_name}"
    return _refusal(message, SqlState.UNDEFINED_FUNCTION)


def _text_only(oid: Oid, parse: Parse = str) -> Codec:
    """A codec of a type that PostgreSQL, too, has no binary form of."""
    return _text_with(parse, _no_binary("output", oid), _no_binary("input", oid))


def _written_only(oid: Oid) -> Codec:
    """A codec of a type whose values only the server itself makes."""
    refuse = _no_input(oid)
    return Codec(
        lambda _: _format_text,
        lambda _: refuse,
        lambda settings: lambda value: expect(value, str).encode(settings.encoding),
        lambda _: refuse,
    )


def _pseudo(oid: Oid) -> Codec:
    """A codec of a type that stands in signatures only."""
    read, write = _no_input(oid), _refusal(f"cannot display a value of type {TYPES[oid].name}")
    return Codec(
        lambda _: write, lambda _: read, lambda _: _no_binary("output", oid), lambda _: _no_binary("input", oid)
    )


def _unpack_jsonpath(settings: ValueSettings) -> Unpack:
    def unpack(data: bytes) -> str:
        if not data:
            raise InvalidValue("no data left in message", sqlstate=SqlState.PROTOCOL_VIOLATION)
        if data[:1] != _JSONPATH_VERSION:
            message = f"unsupported jsonpath version number: {data[0]}"
            raise InvalidValue(message, sqlstate=SqlState.INTERNAL_ERROR)
        return canonical_jsonpath(decode_text(data[1:], settings.encoding))

    return unpack


_JSONPATH: Final = Codec(
    lambda _: _format_text,
    lambda _: canonical_jsonpath,
    lambda settings: lambda value: _JSONPATH_VERSION + expect(value, str).encode(settings.encoding),
    _unpack_jsonpath,
)
_TIMETZ: Final = Codec(
    lambda _: _format_text,
    lambda settings: lambda text: parse_timetz(text, settings.timezone, settings.date_style[1]),
    lambda _: pack_timetz,
    lambda _: unpack_timetz,
)
_BITS: Final = _text_with(parse_bits, pack_bits, unpack_bits)
_SNAPSHOT: Final = _text_with(parse_snapshot, pack_snapshot, unpack_snapshot)
_SEARCH: Final = _text_with(
    str, *(_refusal(f"the binary form of text search types is not supported for {way}") for way in ("output", "input"))
)

TEXT_CODECS: Final[dict[Oid, Codec]] = {
    **dict.fromkeys((types.XML, types.REFCURSOR, types.CSTRING), _as_text()),
    types.JSONPATH: _JSONPATH,
    types.TIMETZ: _TIMETZ,
    **dict.fromkeys((types.BIT, types.VARBIT), _BITS),
    types.MONEY: _text_with(parse_money, pack_money, unpack_money),
    types.PG_LSN: _text_with(parse_lsn, pack_lsn, unpack_lsn),
    **dict.fromkeys((types.PG_SNAPSHOT, types.TXID_SNAPSHOT), _SNAPSHOT),
    types.INET: _text_with(parse_inet, pack_inet, unpack_inet),
    types.CIDR: _text_with(parse_cidr, pack_cidr, unpack_cidr),
    types.MACADDR: _text_with(parse_macaddr, pack_mac, unpack_macaddr),
    types.MACADDR8: _text_with(parse_macaddr8, pack_mac, unpack_macaddr8),
    types.POINT: geometric_codec(POINT_SHAPE),
    types.LSEG: geometric_codec(LSEG_SHAPE),
    types.PATH: geometric_codec(PATH_SHAPE),
    types.BOX: geometric_codec(BOX_SHAPE),
    types.POLYGON: geometric_codec(POLYGON_SHAPE),
    types.LINE: geometric_codec(LINE_SHAPE),
    types.CIRCLE: geometric_codec(CIRCLE_SHAPE),
    **dict.fromkeys((types.TSVECTOR, types.TSQUERY), _SEARCH),
    **{oid: _text_only(oid) for oid in (types.ACLITEM, types.ANY)},
    types.GTSVECTOR: _text_only(types.GTSVECTOR, _refusal("gtsvector_in not implemented")),
    **{
        oid: _written_only(oid)
        for oid in (
            types.PG_NODE_TREE,
            types.PG_NDISTINCT,
            types.PG_DEPENDENCIES,
            types.PG_MCV_LIST,
            types.PG_BRIN_BLOOM_SUMMARY,
            types.PG_BRIN_MINMAX_MULTI_SUMMARY,
        )
    },
    **{
        oid: _pseudo(oid)
        for oid, row in TYPES.items()
        if row.category == "P"
        and row.element == types.NO_TYPE
        and oid not in (types.RECORD, types.VOID, types.CSTRING, types.ANY)
    },
}


def range_types(codecs: Mapping[Oid, Codec]) -> dict[Oid, RangeType]:
    """Every type of ranges; `codecs` has those of the types they are over."""
    integers = {oid: next_integer(RANGES[oid][1], TYPES[oid].sql_name) for oid in (types.INT4, types.INT8)}
    return {
        types.INT4RANGE: RangeType(codecs[types.INT4], integers[types.INT4]),
        types.INT8RANGE: RangeType(codecs[types.INT8], integers[types.INT8]),
        types.NUMRANGE: RangeType(codecs[types.NUMERIC]),
        types.DATERANGE: RangeType(codecs[types.DATE], next_day),
        types.TSRANGE: RangeType(codecs[types.TIMESTAMP]),
        types.TSTZRANGE: RangeType(codecs[types.TIMESTAMPTZ]),
    }


MULTIRANGES: Final = {
    types.INT4MULTIRANGE: types.INT4RANGE,
    types.INT8MULTIRANGE: types.INT8RANGE,
    types.NUMMULTIRANGE: types.NUMRANGE,
    types.DATEMULTIRANGE: types.DATERANGE,
    types.TSMULTIRANGE: types.TSRANGE,
    types.TSTZMULTIRANGE: types.TSTZRANGE,
}


def range_codecs(kinds: Mapping[Oid, RangeType]) -> dict[Oid, Codec]:
    """The codecs of the ranges and of the multiranges."""
    ranges = {oid: range_codec(kind) for oid, kind in kinds.items()}
    return ranges | {oid: multirange_codec(kinds[range_]) for oid, range_ in MULTIRANGES.items()}

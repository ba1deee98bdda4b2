"""For each type its codec: four functions between values and their two forms.

In memory: bool, int, float, Decimal, str, bytes, date, time, datetime (aware for timestamptz, naive for
timestamp), `Infinity` for the endless dates, `Interval`, UUID, `Tid`, the text itself for json and jsonb,
lists for arrays, tuples for vectors, `Record`. NULL never comes here, except inside an array or a record. A value of
regclass and its kin is an OID, or an `ObjectReference` where its name shall be seen. Values of all other types are
their texts: see `text_codecs`.

Source: PostgreSQL manual, "Data Types"; the input and output functions of PostgreSQL 15.
"""

import struct
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID

from protocol import arrays, types
from protocol.codec import Codec, Format, ObjectReference, Pack, Parse, Unpack, ValueSettings, decode_text, expect
from protocol.datetime_input import parse_date, parse_time, parse_timestamp, parse_timestamptz
from protocol.errors import InvalidValue
from protocol.interval_input import parse_interval
from protocol.intervals import Interval, format_interval, pack_interval, unpack_interval
from protocol.numerals import (
    format_float4,
    format_float8,
    parse_bool,
    parse_float4,
    parse_float8,
    parse_integer,
)
from protocol.numerics import format_numeric, pack_numeric, parse_numeric, unpack_numeric
from protocol.sizes import check_size
from protocol.sqlstate import SqlState
from protocol.strings import (
    Tid,
    check_char,
    check_json,
    check_jsonb,
    cut_name,
    format_bytea,
    parse_bytea,
    parse_char,
    parse_tid,
    parse_uuid,
)
from protocol.text_codecs import TEXT_CODECS, range_codecs, range_types
from protocol.timestamps import (
    Infinity,
    format_date,
    format_time,
    format_timestamp,
    format_timestamptz,
    pack_date,
    pack_time,
    pack_timestamp,
    pack_timestamptz,
    unpack_date,
    unpack_time,
    unpack_timestamp,
    unpack_timestamptz,
)
from protocol.types import TYPES, Oid

_JSONB_VERSION: Final = b"\1"


def _plain(format_: Format, parse: Parse, pack: Pack, unpack: Unpack) -> Codec:
    """A codec that no setting touches."""
    return Codec(lambda _: format_, lambda _: parse, lambda _: pack, lambda _: unpack)


def _string(parse: Callable[[str], str], check: Callable[[str], str] = str) -> Codec:
    """A codec of text that is the same in both forms."""
    return Codec(
        lambda _: lambda value: check(expect(value, str)),
        lambda _: parse,
        lambda settings: lambda value: check(expect(value, str)).encode(settings.encoding),
        lambda settings: lambda data: parse(decode_text(data, settings.encoding)),
    )


# Unbound, this refuses what is no int, and writes a bool as a number.
_format_int: Final[Format] = int.__repr__


def _integer(oid: Oid, form: str) -> Codec:
    packed = struct.Struct(form)
    return _plain(_format_int, lambda text: parse_integer(text, oid), packed.pack, _unpacker(packed))


def _unpacker(form: struct.Struct) -> Unpack:
    def unpack(data: bytes) -> object:
        check_size(data, form.size)
        return form.unpack(data)[0]

    return unpack


def _format_bool(value: object) -> str:
    return "t" if expect(value, bool) else "f"


def _pack_bool(value: object) -> bytes:
    return b"\1" if expect(value, bool) else b"\0"


_FLOAT4_STRUCT: Final = struct.Struct(">f")
_FLOAT8_STRUCT: Final = struct.Struct(">d")
_UINT32: Final = struct.Struct(">I")
_TID: Final = struct.Struct(">IH")


def _float(format_: Callable[[float, int], str], parse: Parse, form: struct.Struct) -> Codec:
    return Codec(
        lambda settings: lambda value: format_(expect(value, float), settings.extra_float_digits),
        lambda _: parse,
        lambda _: lambda value: form.pack(expect(value, float)),
        lambda _: _unpacker(form),
    )


def _moment(value: object, *, aware: bool) -> datetime | Infinity:
    if isinstance(value, Infinity):
        return value
    moment = expect(value, datetime)
    if (moment.tzinfo is not None) != aware:
        raise TypeError("a timestamp with a time zone where one without belongs, or the reverse")
    return moment


def _day(value: object) -> date | Infinity:
    return value if isinstance(value, Infinity) else expect(value, date)


_DATE: Final = Codec(
    lambda settings: lambda value: format_date(_day(value), settings.date_style),
    lambda settings: lambda text: parse_date(text, settings.date_style[1], settings.find_zone),
    lambda _: lambda value: pack_date(_day(value)),
    lambda _: unpack_date,
)
_TIME: Final = Codec(
    lambda _: lambda value: format_time(expect(value, time)),
    lambda settings: lambda text: parse_time(text, settings.date_style[1]),
    lambda _: lambda value: pack_time(expect(value, time)),
    lambda _: unpack_time,
)
_TIMESTAMP: Final = Codec(
    lambda settings: lambda value: format_timestamp(_moment(value, aware=False), settings.date_style),
    lambda settings: lambda text: parse_timestamp(text, settings.date_style[1], settings.find_zone),
    lambda _: lambda value: pack_timestamp(_moment(value, aware=False)),
    lambda _: unpack_timestamp,
)
_TIMESTAMPTZ: Final = Codec(
    lambda settings: (
        lambda value: format_timestamptz(_moment(value, aware=True), settings.timezone, settings.date_style)
    ),
    lambda settings: (
        lambda text: parse_timestamptz(text, settings.timezone, settings.date_style[1], settings.find_zone)
    ),
    lambda _: lambda value: pack_timestamptz(_moment(value, aware=True)),
    lambda _: unpack_timestamptz,
)
_INTERVAL: Final = Codec(
    lambda settings: lambda value: format_interval(expect(value, Interval), settings.interval_style),
    lambda settings: lambda text: parse_interval(text, settings.interval_style),
    lambda _: lambda value: pack_interval(expect(value, Interval)),
    lambda _: unpack_interval,
)
_BYTEA: Final = Codec(
    lambda settings: lambda value: format_bytea(expect(value, bytes), settings.bytea_output),
    lambda _: parse_bytea,
    lambda _: lambda value: expect(value, bytes),
    lambda _: lambda data: data,
)


def _unpack_bool(data: bytes) -> bool:
    check_size(data, 1)
    return data != b"\0"


def _unpack_char(data: bytes) -> str:
    check_size(data, 1)
    return check_char(data.decode("latin-1")) if data != b"\0" else ""


def _pack_char(value: object) -> bytes:
    return check_char(expect(value, str)).encode("ascii") or b"\0"


def _unpack_uuid(data: bytes) -> UUID:
    check_size(data, 16)
    return UUID(bytes=data)


def _format_tid(value: object) -> str:
    tid = expect(value, Tid)
    return f"({tid.block},{tid.offset})"


def _pack_tid(value: object) -> bytes:
    tid = expect(value, Tid)
    return _TID.pack(tid.block, tid.offset)


def _unpack_tid(data: bytes) -> Tid:
    check_size(data, _TID.size)
    return Tid(*_TID.unpack(data))


def _unpack_jsonb(settings: ValueSettings) -> Unpack:
    def unpack(data: bytes) -> str:
        if data[:1] != _JSONB_VERSION:
            if not data:
                raise InvalidValue("no data left in message", sqlstate=SqlState.PROTOCOL_VIOLATION)
            raise InvalidValue(f"unsupported jsonb version number {data[0]}", sqlstate=SqlState.INTERNAL_ERROR)
        return check_jsonb(decode_text(data[1:], settings.encoding))

    return unpack


_JSONB: Final = Codec(
    lambda _: lambda value: expect(value, str),
    lambda _: check_jsonb,
    lambda settings: lambda value: _JSONB_VERSION + expect(value, str).encode(settings.encoding),
    _unpack_jsonb,
)


def _reference(missing: str) -> Codec:
    """A codec of regclass and its kin; `missing` is the text of the OID 0.

    A name that comes in as text stays text: only the catalog knows what it means.
    """

    def format_reference(value: object) -> str:
        if isinstance(value, ObjectReference):
            return value.name
        if isinstance(value, str):
            return value
        return _format_int(value) if value else missing

    def parse(text: str) -> object:
        if text == missing:
            return 0
        digits = text.isascii() and text.isdigit()
        return parse_integer(text, types.OID) if digits else text

    def pack(value: object) -> bytes:
        return _UINT32.pack(value.oid if isinstance(value, ObjectReference) else value)

    return _plain(format_reference, parse, pack, _unpacker(_UINT32))


def _vector(element: Oid, codec: Codec) -> Codec:
    """A codec of int2vector and oidvector: numbers with spaces between them, or an array that counts from 0."""

    def format_vector(settings: ValueSettings) -> Format:
        format_element = codec.format(settings)
        return lambda value: " ".join([format_element(each) for each in arrays.measure(value, ())[1]])

    def parse_vector(settings: ValueSettings) -> Parse:
        parse_element = codec.parse(settings)
        return lambda text: tuple([parse_element(word) for word in text.split()])

    def pack_vector(settings: ValueSettings) -> Pack:
        pack_element = codec.pack(settings)
        return lambda value: arrays.pack_vector(value, element, pack_element)

    def unpack_vector(settings: ValueSettings) -> Unpack:
        unpack_element = codec.unpack(settings)
        return lambda data: _as_vector(arrays.unpack_array(data, element, unpack_element), element)

    return Codec(format_vector, parse_vector, pack_vector, unpack_vector)


def _as_vector(value: object, element: Oid) -> tuple[object, ...]:
    if (
        not isinstance(value, arrays.Array)
        or value.lower_bounds != (0,)
        or not all(isinstance(each, int) for each in value.items)
    ):
        # As in PostgreSQL, not even an empty one passes.
        name = f"{TYPES[element].name}vector"
        raise InvalidValue(f"invalid {name} data", sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)
    return tuple(value.items)


def _array(element: Oid, codec: Codec) -> Codec:
    # A vector is a sequence itself: in an array of them only lists hold others, and tuples are vectors.
    nesting: tuple[type, ...] = (list,) if element in (types.INT2VECTOR, types.OIDVECTOR) else (list, tuple)

    def format_array(settings: ValueSettings) -> Format:
        format_element = codec.format(settings)
        return lambda value: arrays.format_array(value, format_element, nesting)

    def parse_array(settings: ValueSettings) -> Parse:
        parse_element = codec.parse(settings)
        return lambda text: arrays.parse_array(text, parse_element)

    def pack_array(settings: ValueSettings) -> Pack:
        pack_element = codec.pack(settings)
        return lambda value: arrays.pack_array(value, element, pack_element, nesting)

    def unpack_array(settings: ValueSettings) -> Unpack:
        unpack_element = codec.unpack(settings)
        return lambda data: arrays.unpack_array(data, element, unpack_element)

    return Codec(format_array, parse_array, pack_array, unpack_array)


_SWAPPED_MARKS: Final = str.maketrans(",;", ";,")


def _with_semicolons(codec: Codec) -> Codec:
    """The codec with commas and semicolons swapped in the text: between boxes in an array stands a semicolon."""

    def format_swapped(settings: ValueSettings) -> Format:
        format_value = codec.format(settings)
        return lambda value: format_value(value).translate(_SWAPPED_MARKS)

    def parse_swapped(settings: ValueSettings) -> Parse:
        parse = codec.parse(settings)
        return lambda text: parse(text.translate(_SWAPPED_MARKS))

    return Codec(format_swapped, parse_swapped, codec.pack, codec.unpack)


def _format_record(settings: ValueSettings) -> Format:
    def format_record(value: object) -> str:
        fields = expect(value, arrays.Record).fields
        return arrays.format_record(
            [None if each is None else CODECS[oid].format(settings)(each) for oid, each in fields]
        )

    return format_record


def _pack_record(settings: ValueSettings) -> Pack:
    def pack_record(value: object) -> bytes:
        fields = expect(value, arrays.Record).fields
        return arrays.pack_record(
            [(oid, None if each is None else CODECS[oid].pack(settings)(each)) for oid, each in fields]
        )

    return pack_record


def _refuse_record(_: object) -> object:
    message = "input of anonymous composite types is not implemented"
    raise InvalidValue(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)


def _void_text(value: object) -> str:
    """Whatever a function gave that gives nothing."""
    return ""


def _unpack_void(data: bytes) -> str:
    check_size(data, 0)
    return ""


_TEXT: Final = _string(str)
_REFERENCE: Final = _reference("-")
# An operator may be named `-`.
_OPERATOR_REFERENCE: Final = _reference("0")
_SCALARS: Final[dict[Oid, Codec]] = {
    types.BOOL: _plain(_format_bool, parse_bool, _pack_bool, _unpack_bool),
    types.BYTEA: _BYTEA,
    types.CHAR: _plain(lambda value: check_char(expect(value, str)), parse_char, _pack_char, _unpack_char),
    types.NAME: _string(cut_name),
    types.INT8: _integer(types.INT8, ">q"),
    types.INT2: _integer(types.INT2, ">h"),
    types.INT4: _integer(types.INT4, ">i"),
    types.TEXT: _TEXT,
    types.OID: _integer(types.OID, ">I"),
    types.TID: _plain(_format_tid, parse_tid, _pack_tid, _unpack_tid),
    types.XID: _integer(types.XID, ">I"),
    types.CID: _integer(types.CID, ">I"),
    types.JSON: _string(check_json),
    types.FLOAT4: _float(format_float4, parse_float4, _FLOAT4_STRUCT),
    types.FLOAT8: _float(format_float8, parse_float8, _FLOAT8_STRUCT),
    types.UNKNOWN: _TEXT,
    types.BPCHAR: _TEXT,
    types.VARCHAR: _TEXT,
    types.DATE: _DATE,
    types.TIME: _TIME,
    types.TIMESTAMP: _TIMESTAMP,
    types.TIMESTAMPTZ: _TIMESTAMPTZ,
    types.INTERVAL: _INTERVAL,
    types.NUMERIC: _plain(
        lambda value: format_numeric(expect(value, Decimal)),
        parse_numeric,
        lambda value: pack_numeric(expect(value, Decimal)),
        unpack_numeric,
    ),
    types.RECORD: Codec(_format_record, lambda _: _refuse_record, _pack_record, lambda _: _refuse_record),
    types.VOID: _plain(_void_text, _void_text, lambda _: b"", _unpack_void),
    types.UUID: _plain(
        lambda value: str(expect(value, UUID)), parse_uuid, lambda value: expect(value, UUID).bytes, _unpack_uuid
    ),
    types.JSONB: _JSONB,
    types.XID8: _integer(types.XID8, ">Q"),
    **dict.fromkeys(
        (
            types.REGPROC,
            types.REGPROCEDURE,
            types.REGCLASS,
            types.REGTYPE,
            types.REGCONFIG,
            types.REGDICTIONARY,
            types.REGNAMESPACE,
            types.REGROLE,
            types.REGCOLLATION,
        ),
        _REFERENCE,
    ),
    **dict.fromkeys((types.REGOPER, types.REGOPERATOR), _OPERATOR_REFERENCE),
    **TEXT_CODECS,
}
_SCALARS[types.INT2VECTOR] = _vector(types.INT2, _SCALARS[types.INT2])
_SCALARS[types.OIDVECTOR] = _vector(types.OID, _SCALARS[types.OID])

RANGE_TYPES: Final = range_types(_SCALARS)
_SCALARS.update(range_codecs(RANGE_TYPES))

CODECS: Final[dict[Oid, Codec]] = _SCALARS | {
    row.oid: _array(row.element, _SCALARS[row.element]) for row in TYPES.values() if row.is_array
}
_BOXES: Final = TYPES[types.BOX].array
CODECS[_BOXES] = _with_semicolons(_array(types.BOX, _with_semicolons(_SCALARS[types.BOX])))

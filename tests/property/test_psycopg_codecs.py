"""Our codecs against psycopg's own: what one of the two writes the other one reads as the same value."""

import struct
from datetime import timedelta
from decimal import Decimal
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from psycopg import adapters
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import Format

from protocol import types
from protocol.intervals import Interval
from protocol.types import TYPES, Oid
from protocol.values import ValueSettings, decode, encoder
from tests.property.protocol_values import VALUES

_SETTINGS: Final = ValueSettings()
_FORMATS: Final = (Format.TEXT, Format.BINARY)

# The types that psycopg has a loader of its own for, with values that Python can hold on both sides.
_LIMIT: Final = timedelta(days=300_000)
_PEERS: Final[dict[Oid, st.SearchStrategy[object]]] = {
    oid: VALUES[oid].filter(lambda value: not hasattr(value, "value"))
    for oid in (
        types.BOOL,
        types.BYTEA,
        types.NAME,
        types.INT2,
        types.INT4,
        types.INT8,
        types.OID,
        types.FLOAT4,
        types.FLOAT8,
        types.NUMERIC,
        types.TEXT,
        types.VARCHAR,
        types.BPCHAR,
        types.DATE,
        types.TIME,
        types.TIMESTAMP,
        types.TIMESTAMPTZ,
        types.UUID,
    )
}
_spans = st.timedeltas(-_LIMIT, _LIMIT)


def _load(oid: Oid, data: bytes, format_: Format) -> object:
    loader = adapters.get_loader(oid, format_)
    assert loader is not None
    return loader(oid).load(data)


def _dump(value: object, format_: PyFormat) -> tuple[Oid, Format, bytes | None]:
    dumper = Transformer().get_dumper(value, format_)
    data = dumper.dump(value)
    return Oid(dumper.oid), dumper.format, None if data is None else bytes(data)


@given(st.data(), st.sampled_from(sorted(_PEERS)), st.sampled_from(_FORMATS))
def test_psycopg_reads_what_we_write(data: st.DataObject, oid: Oid, format_: Format) -> None:
    value = data.draw(_PEERS[oid])

    written = encoder(oid, int(format_), _SETTINGS)(value)

    read = _load(oid, written, format_)
    if oid == types.FLOAT4:
        # The shortest text of a float4, which psycopg reads as a float8.
        assert isinstance(read, float)
        read = struct.unpack("f", struct.pack("f", read))[0]
    assert read == value


@given(
    st.one_of(
        *(_PEERS[oid] for oid in _PEERS if oid not in (types.FLOAT4, types.NAME, types.BPCHAR, types.OID)),
    ),
    st.sampled_from([PyFormat.TEXT, PyFormat.BINARY]),
)
def test_we_read_what_psycopg_writes(value: object, format_: PyFormat) -> None:
    # Without a connection psycopg writes bytes as text for a literal, with every backslash twice.
    oid, code, data = _dump(value, PyFormat.BINARY if isinstance(value, bytes) else format_)
    assert data is not None

    read = decode(oid or types.TEXT, int(code), data, _SETTINGS)

    assert read == value


@given(_spans, st.sampled_from([PyFormat.TEXT, PyFormat.BINARY]))
def test_we_read_spans_that_psycopg_writes(span: timedelta, format_: PyFormat) -> None:
    oid, code, data = _dump(span, format_)
    assert data is not None

    read = decode(oid, int(code), data, _SETTINGS)

    assert isinstance(read, Interval)
    assert timedelta(days=read.days, microseconds=read.microseconds) == span
    assert read.months == 0


@given(_spans, st.sampled_from(_FORMATS))
def test_psycopg_reads_spans_that_we_write(span: timedelta, format_: Format) -> None:
    interval = Interval(0, span.days, (span - timedelta(days=span.days)) // timedelta(microseconds=1))

    written = encoder(types.INTERVAL, int(format_), _SETTINGS)(interval)

    assert _load(types.INTERVAL, written, format_) == span


@given(st.data(), st.sampled_from([types.INT4, types.TEXT, types.BOOL, types.UUID]), st.sampled_from(_FORMATS))
def test_psycopg_reads_arrays_that_we_write(data: st.DataObject, element: Oid, format_: Format) -> None:
    values = data.draw(st.lists(_PEERS[element] | st.none(), max_size=5))
    array = TYPES[element].array

    written = encoder(array, int(format_), _SETTINGS)(values)

    assert _load(array, written, format_) == values


def test_the_two_agree_on_numbers_that_are_none() -> None:
    for value in (Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")):
        oid, code, data = _dump(value, PyFormat.BINARY)
        assert data is not None
        assert str(decode(oid, int(code), data, _SETTINGS)) == str(value)

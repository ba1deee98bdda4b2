"""Values survive both formats, rows are made as DataRow makes them, and no bytes are too strange to refuse."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.backend_messages import DataRow
from protocol.codec import ValueSettings
from protocol.errors import InvalidValue
from protocol.numerals import format_float4, format_float8, parse_float4, parse_float8
from protocol.types import RECORD, TYPES, Oid
from protocol.values import BINARY_FORMAT, TEXT_FORMAT, decode, encoder, rows_encoder
from tests.property.protocol_text_values import ONE_WAY
from tests.property.protocol_values import VALUES, records, value_settings

_SETTINGS = ValueSettings()
# There are many types; `long` runs are what finds the rest.
_BRIEFLY = settings(max_examples=max(8, settings().max_examples // 8))
_COLUMNS = st.sampled_from(list(VALUES)).flatmap(
    lambda oid: st.tuples(st.just(oid), st.sampled_from([TEXT_FORMAT, BINARY_FORMAT]), VALUES[oid] | st.none())
)


def test_every_type_has_a_strategy() -> None:
    assert VALUES.keys() == TYPES.keys() - ONE_WAY


@pytest.mark.parametrize("oid", VALUES, ids=lambda oid: TYPES[oid].name)
@_BRIEFLY
@given(data=st.data())
def test_binary_round_trip(oid: Oid, data: st.DataObject) -> None:
    value, form = data.draw(VALUES[oid]), data.draw(value_settings)

    assert decode(oid, BINARY_FORMAT, encoder(oid, BINARY_FORMAT, form)(value), form) == value


@pytest.mark.parametrize("oid", VALUES, ids=lambda oid: TYPES[oid].name)
@_BRIEFLY
@given(data=st.data())
def test_text_round_trip(oid: Oid, data: st.DataObject) -> None:
    value, zone = data.draw(VALUES[oid]), data.draw(value_settings).timezone
    form = ValueSettings(timezone=zone)

    assert decode(oid, TEXT_FORMAT, encoder(oid, TEXT_FORMAT, form)(value), form) == value


@pytest.mark.parametrize("form", [TEXT_FORMAT, BINARY_FORMAT, 2])
@pytest.mark.parametrize("oid", TYPES, ids=lambda oid: TYPES[oid].name)
@_BRIEFLY
@given(data=st.binary(max_size=30) | st.text('0123456789+-:. TZeEinfap{}[]=,"\\', max_size=30).map(str.encode))
def test_any_bytes_are_a_value_or_invalid(oid: Oid, form: int, data: bytes) -> None:
    try:
        value = decode(oid, form, data, _SETTINGS)
    except InvalidValue:
        return
    if form == TEXT_FORMAT or not isinstance(value, str):
        encoder(oid, form, _SETTINGS)(value)


@given(columns=st.lists(_COLUMNS, max_size=6), form=value_settings)
def test_rows_are_written_as_data_rows(columns: list[tuple[Oid, int, object]], form: ValueSettings) -> None:
    oids, formats = [oid for oid, _, _ in columns], [code for _, code, _ in columns]
    values = [None if value is None else encoder(oid, code, form)(value) for oid, code, value in columns]

    encode = rows_encoder(oids, formats, form)

    row, data = tuple(value for _, _, value in columns), DataRow(tuple(values)).encode()
    assert [encode([row] * count) for count in range(3)] == [[data] * count for count in range(3)]


@given(record=records, form=value_settings)
def test_records_are_written(record: object, form: ValueSettings) -> None:
    text, binary = (encoder(RECORD, code, form)(record) for code in (TEXT_FORMAT, BINARY_FORMAT))

    assert (text[:1], text[-1:]) == (b"(", b")")
    assert len(binary) >= 4


@given(number=st.floats(allow_nan=False))
def test_float8_text_is_exact(number: float) -> None:
    text = format_float8(number)

    assert parse_float8(text) == number
    assert math.copysign(1, parse_float8(text)) == math.copysign(1, number)


@given(number=st.floats(width=32, allow_nan=False))
def test_float4_text_is_exact(number: float) -> None:
    assert parse_float4(format_float4(number)) == number

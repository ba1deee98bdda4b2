"""Values survive both formats."""

import math
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import InvalidValue
from protocol.numerals import RANGES, format_float8, parse_float8
from protocol.types import BOOL, FLOAT8, INT2, INT4, INT8, NAME, OID, TEXT, TIMESTAMPTZ, TYPES, UNKNOWN, VARCHAR, Oid
from protocol.values import BINARY_FORMAT, TEXT_FORMAT, ValueSettings, decode, encoder

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
# A day is left at either end, where local times fall off the calendar.
moments = st.integers(86_400_000_000, 3_652_057 * 86_400_000_000).map(
    lambda microseconds: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
zones = st.sampled_from(
    [
        UTC,
        timezone(timedelta(hours=-5, minutes=-30)),
        *map(ZoneInfo, ["Asia/Kolkata", "America/New_York", "Asia/Shanghai"]),
    ]
)

VALUES: dict[Oid, st.SearchStrategy[object]] = {
    BOOL: st.booleans(),
    INT2: st.integers(*RANGES[INT2]),
    INT4: st.integers(*RANGES[INT4]),
    INT8: st.integers(*RANGES[INT8]),
    OID: st.integers(*RANGES[OID]),
    FLOAT8: st.floats(allow_nan=False),
    TEXT: texts,
    VARCHAR: texts,
    UNKNOWN: texts,
    NAME: texts.filter(lambda text: len(text.encode()) < 64),
    TIMESTAMPTZ: moments,
}


def test_every_type_has_a_strategy() -> None:
    assert VALUES.keys() == TYPES.keys()


@pytest.mark.parametrize("form", [TEXT_FORMAT, BINARY_FORMAT])
@pytest.mark.parametrize("oid", TYPES)
@given(data=st.data())
def test_round_trip(oid: Oid, form: int, data: st.DataObject) -> None:
    value = data.draw(VALUES[oid])
    settings = ValueSettings(timezone=data.draw(zones))

    assert decode(oid, form, encoder(oid, form, settings)(value), settings) == value


@pytest.mark.parametrize("form", [TEXT_FORMAT, BINARY_FORMAT, 2])
@pytest.mark.parametrize("oid", TYPES)
@given(data=st.binary(max_size=12) | st.text("0123456789+-:. TZeEinfa", max_size=30).map(str.encode))
def test_any_bytes_are_a_value_or_invalid(oid: Oid, form: int, data: bytes) -> None:
    settings = ValueSettings()
    try:
        value = decode(oid, form, data, settings)
    except InvalidValue:
        return
    encoder(oid, form, settings)(value)


@given(number=st.floats(allow_nan=False))
def test_float8_text_is_exact(number: float) -> None:
    text = format_float8(number)

    assert parse_float8(text) == number
    assert math.copysign(1, parse_float8(text)) == math.copysign(1, number)

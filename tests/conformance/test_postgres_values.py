"""Every value looks as PostgreSQL 15 writes it and is read as PostgreSQL 15 reads it, in both formats."""

from collections.abc import Iterator, Sequence
from typing import Final

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from protocol import types
from protocol.codec import ValueSettings
from protocol.text_codecs import MULTIRANGES
from protocol.types import TYPES, Oid
from protocol.values import BINARY_FORMAT, TEXT_FORMAT, decode, encoder
from tests.property.protocol_values import VALUES, value_settings
from tests.wire.postgres import PostgresProcess

# A regclass of some number is written with the name of that table, if there is one.
_NAMED: Final = {row.oid for row in TYPES.values() if row.name.lstrip("_").startswith("reg")}
# What the bounds of a range are.
_BOUNDS: Final = {
    types.DATERANGE: types.DATE,
    types.TSRANGE: types.TIMESTAMP,
    types.TSTZRANGE: types.TIMESTAMPTZ,
}
_ASKED: Final = [oid for oid in VALUES if oid not in (types.VOID, types.UNKNOWN)]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PGconn]:
    with PostgresProcess.start_or_skip() as server:
        parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres"
        with psycopg.connect(parameters, autocommit=True) as connection:
            yield connection.pgconn


def _use(postgres: PGconn, value_settings: ValueSettings) -> None:
    zone = str(value_settings.timezone)
    statements = (
        f"SET TimeZone = '{zone}'",
        f"SET DateStyle = '{', '.join(value_settings.date_style)}'",
        f"SET IntervalStyle = {value_settings.interval_style}",
        f"SET bytea_output = {value_settings.bytea_output}",
        f"SET extra_float_digits = {value_settings.extra_float_digits}",
    )
    assert postgres.exec_("; ".join(statements).encode()).status == ExecStatus.COMMAND_OK


def _echo(postgres: PGconn, oid: Oid, values: Sequence[bytes], sent: int, wanted: int) -> list[bytes | None]:
    """What PostgreSQL makes of values that it is sent in one format and asked for in another."""
    selected = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    count = len(values)
    result = postgres.exec_params(f"SELECT {selected}".encode(), values, [oid] * count, [sent] * count, wanted)
    assert result.status == ExecStatus.TUPLES_OK, result.error_message
    return [result.get_value(0, column) for column in range(count)]


def _is_readable(oid: Oid, form: ValueSettings) -> bool:
    """PostgreSQL writes a few things that it does not read again under the same settings."""
    scalar = TYPES[oid].element if TYPES[oid].is_array else oid
    scalar = _BOUNDS.get(MULTIRANGES.get(scalar, scalar), scalar)
    style, order = form.date_style
    if scalar == types.TIMESTAMPTZ:
        return style == "ISO"  # the other styles abbreviate zones, and not all abbreviations are known
    if scalar in (types.DATE, types.TIMESTAMP):
        return style == "ISO" or order == "DMY" or (order == "MDY" and style != "German")
    # Rounded digits of the largest number may be out of range.
    return scalar not in (types.FLOAT4, types.FLOAT8) or form.extra_float_digits > 0


@pytest.mark.parametrize("oid", _ASKED, ids=lambda oid: TYPES[oid].name)
@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])
@given(data=st.data())
def test_values_are_written_and_read_as_postgres_does(postgres: PGconn, oid: Oid, data: st.DataObject) -> None:
    form = data.draw(value_settings)
    size = 12 if TYPES[oid].is_array else 50
    values = data.draw(st.lists(VALUES[oid], min_size=size // 2, max_size=size))
    binary = [encoder(oid, BINARY_FORMAT, form)(value) for value in values]
    _use(postgres, form)

    assert _echo(postgres, oid, binary, BINARY_FORMAT, BINARY_FORMAT) == binary
    assert [decode(oid, BINARY_FORMAT, each, form) for each in binary] == values
    if oid in _NAMED:
        return
    text = [encoder(oid, TEXT_FORMAT, form)(value) for value in values]
    assert _echo(postgres, oid, binary, BINARY_FORMAT, TEXT_FORMAT) == text
    if not _is_readable(oid, form):
        return
    read_again = _echo(postgres, oid, text, TEXT_FORMAT, BINARY_FORMAT)
    assert [encoder(oid, BINARY_FORMAT, form)(decode(oid, TEXT_FORMAT, each, form)) for each in text] == read_again

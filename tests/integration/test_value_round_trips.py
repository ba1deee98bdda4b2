"""Values of every type go out by asyncpg's own codecs, through `SELECT $1::type`, and come back the same."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any, Final

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.integration.adapters import Address
from tests.integration.server_process import ServerProcess

_TEXTS: Final = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
_ZONE: Final = timezone.utc  # noqa: UP017 - what asyncpg gives
_INTERVALS: Final = st.timedeltas(min_value=timedelta(days=-9_999), max_value=timedelta(days=9_999))
_POINTS: Final = st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)).map(lambda xy: asyncpg.Point(*xy))

VALUES: Final[dict[str, SearchStrategy[Any]]] = {
    "bool": st.booleans(),
    "int2": st.integers(-(2**15), 2**15 - 1),
    "int4": st.integers(-(2**31), 2**31 - 1),
    "int8": st.integers(-(2**63), 2**63 - 1),
    "float4": st.floats(width=32, allow_nan=False),
    "float8": st.floats(allow_nan=False),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=9).filter(lambda value: abs(value) < 10**60),
    "text": _TEXTS,
    "varchar": _TEXTS,
    "name": st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=63),
    # DEVIATION in server: a "char" is the first byte of a text, so that those above 127 are refused.
    '"char"': st.integers(1, 127).map(lambda byte: bytes([byte])),
    "bytea": st.binary(max_size=60),
    "date": st.dates(),
    "time": st.times(),
    "timetz": st.times(timezones=st.integers(-900, 900).map(lambda minutes: timezone(timedelta(minutes=minutes)))),
    "timestamp": st.datetimes(),
    "timestamptz": st.datetimes(
        min_value=datetime.fromisoformat("0002-01-01"),
        max_value=datetime.fromisoformat("9998-01-01"),
        timezones=st.just(_ZONE),
    ),
    "interval": _INTERVALS,
    "uuid": st.uuids(),
    "json": st.sampled_from(['{"a": [1, null]}', "[]", '"x"', " 1 ", "1e5"]),
    "jsonb": st.sampled_from(['{"a": [1, null]}', "[]", '"x"', "1", "true"]),
    "oid": st.integers(0, 2**32 - 1),
    "inet": st.ip_addresses().map(ip_address),
    "cidr": st.ip_addresses(v=4).map(lambda address: ip_network(f"{address}/32")),
    "bit(5)": st.text("01", min_size=5, max_size=5).map(asyncpg.BitString),
    "varbit": st.text("01", max_size=40).map(asyncpg.BitString),
    "point": _POINTS,
    "int4range": st.tuples(st.integers(-100, 0), st.integers(1, 100)).map(lambda ends: asyncpg.Range(*ends)),
}
NO_ARRAYS: Final = frozenset({"bit(5)"})  # its elements would be cut to bit(1) by asyncpg's own type


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def connection(server: ServerProcess, loop: asyncio.Runner) -> Iterator[asyncpg.Connection]:
    address = Address(server.port, "modeld")
    opened = loop.run(
        asyncpg.connect(host=address.host, port=address.port, user=address.user, database=address.project)
    )
    yield opened
    loop.run(opened.close())


def same(one: object, other: object) -> bool:
    """Equal, and of the same offset where there is one."""
    offsets = [value.utcoffset() for value in (one, other) if isinstance(value, time | datetime)]
    return one == other and len(set(offsets)) <= 1


@pytest.mark.parametrize("type_", VALUES)
def test_a_value_comes_back_as_it_went(connection: asyncpg.Connection, loop: asyncio.Runner, type_: str) -> None:
    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
    @given(st.none() | VALUES[type_])
    def check(value: object) -> None:
        found = loop.run(connection.fetchval(f"SELECT $1::{type_}", value))
        assert same(found, value)

    check()


@pytest.mark.parametrize("type_", [each for each in VALUES if each not in NO_ARRAYS])
def test_an_array_comes_back_as_it_went(connection: asyncpg.Connection, loop: asyncio.Runner, type_: str) -> None:
    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
    @given(st.lists(st.none() | VALUES[type_], max_size=6))
    def check(values: list[object]) -> None:
        found = loop.run(connection.fetchval(f"SELECT $1::{type_}[]", values))
        assert len(found) == len(values)
        assert all(map(same, found, values))

    check()


@pytest.mark.parametrize("type_", VALUES)
def test_a_value_survives_its_text(connection: asyncpg.Connection, loop: asyncio.Runner, type_: str) -> None:
    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
    @given(VALUES[type_])
    def check(value: object) -> None:
        found = loop.run(connection.fetchval(f"SELECT ($1::{type_})::text::{type_}", value))
        assert same(found, value)

    check()


def test_dates_without_end(connection: asyncpg.Connection, loop: asyncio.Runner) -> None:
    assert loop.run(connection.fetchval("SELECT $1::date", date.max)) == date.max
    assert (
        loop.run(connection.fetchval("SELECT 'infinity'::timestamptz = $1", datetime.max.replace(tzinfo=_ZONE))) is True
    )
    assert loop.run(connection.fetchval("SELECT $1::numeric", Decimal("NaN"))).is_nan()

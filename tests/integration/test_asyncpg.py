"""asyncpg: its own codecs, what it asks of the catalog, pools, cursors, COPY."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.integration.adapters import Address
from tests.integration.statements import add_version, create


@pytest.fixture
async def connection(address: Address) -> AsyncIterator[asyncpg.Connection]:
    """A connection; the models a (with two versions) and b are there."""
    connected = await asyncpg.connect(**place(address))
    for sql in (create("a"), create("b"), add_version("a", "v2")):
        await connected.execute(sql)
    yield connected
    await connected.close()


def place(address: Address) -> dict[str, str | int]:
    return {"host": address.host, "port": address.port, "user": address.user, "database": address.project}


async def test_a_record_has_the_types_of_its_columns(connection: asyncpg.Connection) -> None:
    record = await connection.fetchrow("SELECT * FROM model_versions WHERE model_name = $1 AND is_default", "a")

    assert record["version_name"] == "v1"
    assert record["is_default"] is True
    assert record["aliases"] == []
    assert record["create_time"].tzinfo is not None
    assert record["options"].startswith("{")


async def test_a_pool_resets_its_connections(address: Address) -> None:
    async with asyncpg.create_pool(**place(address), min_size=1, max_size=1) as pool:
        async with pool.acquire() as one:
            pid = one.get_server_pid()
            await one.execute("SET TimeZone = 'Asia/Tokyo'")
            await one.execute("SET search_path = pg_catalog")
            await one.add_listener("spoken", lambda *_: None)
            await one.remove_listener("spoken", lambda *_: None)
            await one.reset()
            assert await one.fetchval("SHOW TimeZone") == "UTC"
            await one.execute("SET statement_timeout = 1234")
        async with pool.acquire() as two:
            assert two.get_server_pid() == pid
            assert await two.fetchval("SHOW statement_timeout") == "0"
            assert await two.fetchval("SELECT count(*) FROM models") == 0


async def test_many_share_a_pool(address: Address) -> None:
    async with asyncpg.create_pool(**place(address), min_size=2, max_size=4) as pool:
        found = await asyncio.gather(*(pool.fetchval("SELECT $1::int + 1", number) for number in range(50)))
    assert found == list(range(1, 51))


async def test_types_that_it_must_ask_for(connection: asyncpg.Connection) -> None:
    """Arrays of types that it does not know by heart, ranges, domains, records: it reads pg_type, recursively."""
    assert await connection.fetchval("SELECT '{a,NULL,\"b c\"}'::name[]") == ["a", None, "b c"]
    assert await connection.fetchval("SELECT ARRAY[[1, 2], [3, 4]]::int8[]") == [[1, 2], [3, 4]]
    assert await connection.fetchval("SELECT $1::oid[]", [1, 2]) == [1, 2]
    assert await connection.fetchval("SELECT ROW(1, 'x'::text, NULL::bool)") == (1, "x", None)
    rows = await connection.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = 'models'"
    )
    assert ("models", "model_name") in [tuple(row) for row in rows]
    await connection.reload_schema_state()
    assert await connection.fetchval("SELECT 'pg_class'::regclass::oid") == 1259


async def test_a_codec_of_ones_own(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)

    assert await connection.fetchval("SELECT $1::jsonb", {"a": [1, None]}) == {"a": [1, None]}
    options = await connection.fetchval("SELECT options FROM model_versions LIMIT 1")
    assert options["LOCATION"].startswith("oss://")


async def test_a_prepared_statement_knows_its_types(connection: asyncpg.Connection) -> None:
    statement = await connection.prepare(
        "SELECT model_name, version_count, create_time FROM models WHERE model_name = $1 AND version_count >= $2"
    )

    assert [each.name for each in statement.get_parameters()] == ["text", "int8"]
    assert [(each.name, each.type.name) for each in statement.get_attributes()] == [
        ("model_name", "text"),
        ("version_count", "int8"),
        ("create_time", "timestamptz"),
    ]
    assert statement.get_statusmsg() is None
    assert (await statement.fetchrow("a", 1))["version_count"] == 2
    assert await statement.fetch("a", 3) == []
    assert statement.get_statusmsg() == "SELECT 0"
    assert isinstance(await statement.explain("a", 1), list)


async def test_a_cursor_gives_its_rows_in_parts(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        cursor = await connection.cursor("SELECT n FROM generate_series(1, $1) AS n", 100)
        assert await cursor.forward(10) == 10
        assert [row[0] for row in await cursor.fetch(3)] == [11, 12, 13]
        assert await cursor.fetchrow() == (14,)
        numbers = [row[0] async for row in connection.cursor("SELECT n FROM generate_series(1, 120) AS n", prefetch=7)]
    assert numbers == list(range(1, 121))


@pytest.mark.parametrize("form", ["text", "csv", "binary"])
async def test_a_query_is_copied_out(connection: asyncpg.Connection, form: str) -> None:
    target = io.BytesIO()

    said = await connection.copy_from_query(
        "SELECT model_name, $1::int FROM models ORDER BY 1", 7, output=target, format=form
    )

    assert said == "COPY 2"
    written = target.getvalue()
    assert written.startswith({"text": b"a\t7\n", "csv": b"a,7\n", "binary": b"PGCOPY\n\xff\r\n\0"}[form])


async def test_a_view_is_copied_out(connection: asyncpg.Connection) -> None:
    target = io.BytesIO()

    said = await connection.copy_from_table(
        "models", columns=["model_name", "version_count"], output=target, format="csv"
    )

    assert said == "COPY 2"
    assert sorted(target.getvalue().splitlines()) == [b"a,2", b"b,1"]


async def test_transactions_nest_and_have_levels(connection: asyncpg.Connection) -> None:
    count = "SELECT count(*) FROM models"
    async with connection.transaction(isolation="serializable"):
        await connection.execute(create("c"))
        inner = connection.transaction()
        await inner.start()
        await connection.execute(create("d"))
        assert await connection.fetchval(count) == 4
        await inner.rollback()
        assert await connection.fetchval(count) == 3
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with connection.transaction(readonly=True):
            await connection.execute(create("e"))


async def test_errors_keep_their_class_and_the_session(connection: asyncpg.Connection) -> None:
    for sql, error in {
        "SELECT 1 / 0": asyncpg.DivisionByZeroError,
        "SELECT * FROM nothing": asyncpg.UndefinedTableError,
        "SELECT nothing FROM models": asyncpg.UndefinedColumnError,
        "SELECT no_such_function(1)": asyncpg.UndefinedFunctionError,
        "SELECT 'x'::int": asyncpg.InvalidTextRepresentationError,
        "SELECT 1 +": asyncpg.PostgresSyntaxError,
    }.items():
        with pytest.raises(error):
            await connection.fetch(sql)
    with pytest.raises(asyncpg.DataError):
        await connection.fetch("SELECT $1::int", "text")
    assert await connection.fetchval("SELECT 1") == 1


async def test_one_statement_with_many_rows_of_parameters(connection: asyncpg.Connection) -> None:
    await connection.executemany("SELECT $1::int / $2::int", [(number, 1) for number in range(30)])
    with pytest.raises(asyncpg.DivisionByZeroError):
        await connection.executemany("SELECT $1::int / $2::int", [(1, 1), (1, 0)])
    assert await connection.fetchval("SELECT 1") == 1

"""SQLAlchemy 2 over each of its drivers: queries of the model views, transactions, reflection, pools, streams."""

from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy import Engine, MetaData, String, Table, create_engine, func, inspect, make_url, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from tests.integration.adapters import Address
from tests.integration.statements import add_version, create

VIEWS = {"models", "model_versions", "model_inputs", "model_options", "model_aliases", "model_labels"}


def url(address: Address, driver: str) -> sqlalchemy.URL:
    return make_url(f"postgresql+{driver}://{address.user}@{address.host}:{address.port}/{address.project}")


@pytest.fixture(params=["psycopg", "psycopg2", "pg8000"])
def engine(request: pytest.FixtureRequest, address: Address) -> Iterator[Engine]:
    """An engine of one connection, with the models a and b."""
    made = create_engine(url(address, request.param), pool_size=1, max_overflow=0)
    with made.begin() as connection:
        for name in ("a", "b"):
            connection.execute(text(create(name)))
        connection.execute(text(add_version("a", "v2")))
    yield made
    made.dispose()


def test_the_views_are_read_with_parameters(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT model_name, version_count FROM models WHERE model_name LIKE :pattern ORDER BY 1"),
            {"pattern": "%a%"},
        )
        assert [tuple(row) for row in rows] == [("a", 2)]


def test_a_rollback_undoes_and_a_savepoint_too(engine: Engine) -> None:
    count = text("SELECT count(*) FROM models")
    with engine.connect() as connection:
        connection.execute(text(create("c")))
        with connection.begin_nested() as nested:
            connection.execute(text(create("d")))
            assert connection.scalar(count) == 4
            nested.rollback()
        assert connection.scalar(count) == 3
        connection.rollback()
        assert connection.scalar(count) == 2


def test_an_error_is_told_with_its_sqlstate_and_the_pool_goes_on(engine: Engine) -> None:
    for _ in range(2):
        with engine.connect() as connection, pytest.raises(DBAPIError, match="nothing"):
            connection.execute(text("SELECT * FROM nothing"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_the_inspector_sees_views_and_no_tables(engine: Engine) -> None:
    inspector = inspect(engine)

    assert inspector.default_schema_name == "default"
    assert "default" in inspector.get_schema_names()
    assert set(inspector.get_view_names()) >= VIEWS
    assert inspector.get_table_names() == []
    assert inspector.has_table("models")
    assert not inspector.has_table("nothing")
    assert inspector.get_materialized_view_names() == []
    assert inspector.get_sequence_names() == []


def test_the_inspector_sees_the_columns_of_a_view(engine: Engine) -> None:
    columns = {column["name"]: column for column in inspect(engine).get_columns("model_versions")}

    assert list(columns)[:4] == ["project", "schema_name", "model_name", "version_name"]
    assert isinstance(columns["create_time"]["type"], TIMESTAMP)
    assert columns["create_time"]["type"].timezone
    assert isinstance(columns["options"]["type"], JSONB)
    assert isinstance(columns["aliases"]["type"], ARRAY)
    assert columns["is_default"]["comment"] == "whether it is the model's default version"
    assert columns["is_default"]["nullable"]
    assert columns["is_default"]["default"] is None


def test_the_inspector_finds_neither_keys_nor_indexes(engine: Engine) -> None:
    inspector = inspect(engine)

    assert inspector.get_pk_constraint("models")["constrained_columns"] == []
    assert inspector.get_foreign_keys("models") == []
    assert inspector.get_unique_constraints("models") == []
    assert inspector.get_check_constraints("models") == []
    assert inspector.get_indexes("models") == []
    assert inspector.get_table_comment("models") == {"text": "The models of the schema, one row each."}
    assert "select" in inspector.get_view_definition("models").lower()


def test_a_reflected_view_answers_expressions(engine: Engine) -> None:
    versions = Table("model_versions", MetaData(), autoload_with=engine)
    counted = (
        select(
            versions.c.model_name,
            func.count().label("versions"),
            func.array_agg(versions.c.version_name, type_=ARRAY(String)),
        )
        .where(versions.c.model_name.in_(["a", "b", "c"]))
        .group_by(versions.c.model_name)
        .having(func.count() > 1)
        .order_by(versions.c.model_name.desc())
        .limit(5)
    )
    with engine.connect() as connection:
        ((name, count, names),) = connection.execute(counted)
        (options,) = connection.execute(
            select(versions.c.options["LOCATION"].astext).where(versions.c.model_name == "b")
        )
        moment = connection.scalar(select(versions.c.create_time).limit(1))

    assert (name, count, sorted(names)) == ("a", 2, ["v1", "v2"])
    assert options[0].startswith("oss://")
    assert moment is not None
    assert moment.tzinfo is not None


def test_a_connection_comes_back_from_the_pool_clean(engine: Engine) -> None:
    with engine.connect() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
        connection.execute(text(create("c")))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == backend
        assert connection.scalar(text("SELECT count(*) FROM models")) == 2


def test_isolation_levels_are_set_and_taken_back(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        assert connection.get_isolation_level() == "REPEATABLE READ"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(create("c")))
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "READ COMMITTED"
        assert connection.scalar(text("SELECT count(*) FROM models")) == 3


def test_rows_are_streamed(engine: Engine) -> None:
    with engine.connect() as connection:
        streamed = connection.execution_options(stream_results=True, max_row_buffer=50)
        numbers = streamed.scalars(text("SELECT n FROM generate_series(1, 500) AS n"))
        assert sum(numbers.yield_per(20)) == 125_250
        assert connection.scalar(text("SELECT 1")) == 1


async def test_asyncpg_plays_the_same(address: Address) -> None:
    engine = create_async_engine(url(address, "asyncpg"), pool_size=1, max_overflow=0)
    async with engine.begin() as connection:
        await connection.execute(text(create("a")))
    async with engine.connect() as connection:
        await connection.execute(text(create("b")))
        assert (
            await connection.scalar(text("SELECT count(*) FROM models WHERE model_name <> :name"), {"name": "a"}) == 1
        )
        await connection.rollback()
        assert await connection.scalar(text("SELECT count(*) FROM models")) == 1
        views = await connection.run_sync(lambda sync: inspect(sync).get_view_names())
        schemas = await connection.run_sync(lambda sync: inspect(sync).get_schema_names())
        columns = await connection.run_sync(lambda sync: inspect(sync).get_columns("models"))
    async with engine.connect() as connection:
        streamed = await connection.stream_scalars(text("SELECT n FROM generate_series(1, 500) AS n"))
        total = sum([number async for number in streamed])
        with pytest.raises(DBAPIError, match="division by zero"):
            await connection.execute(text("SELECT 1 / 0"))
    async with engine.connect() as connection:
        versions = await connection.run_sync(lambda sync: Table("model_versions", MetaData(), autoload_with=sync))
        (row,) = (await connection.execute(select(versions))).mappings()
    await engine.dispose()

    assert set(views) >= VIEWS
    assert "default" in schemas
    assert columns[2]["name"] == "model_name"
    assert total == 125_250
    assert row["options"]["LOCATION"].startswith("oss://")
    assert row["aliases"] == []

"""Tools that find out by themselves what there is: SQLAlchemy's reflection, pandas, pgcli with its completer."""

import threading
from collections.abc import Iterator

import pandas
import pytest
from pgcli.completion_refresher import CompletionRefresher
from pgcli.pgcompleter import PGCompleter
from pgcli.pgexecute import PGExecute
from pgspecial.main import PGSpecial
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.integration.adapters import Address, Psycopg2
from tests.integration.statements import add_version, create

VIEWS = {"models", "model_versions", "model_inputs", "model_options", "model_aliases", "model_labels"}


@pytest.fixture
def models(address: Address) -> Address:
    """The models a (of two versions) and b."""
    with Psycopg2(address) as client:
        for sql in (create("a"), create("b"), add_version("a", "v2")):
            client.run(sql)
    return address


def url(address: Address, driver: str) -> str:
    return f"postgresql+{driver}://{address.user}@{address.host}:{address.port}/{address.project}"


@pytest.fixture(params=["psycopg", "psycopg2", "pg8000"])
def engine(request: pytest.FixtureRequest, models: Address) -> Iterator[Engine]:
    made = create_engine(url(models, request.param))
    yield made
    made.dispose()


def read_all(connection: Connection, schema: str) -> dict[str, int]:
    """Reflects every table and view of a schema, and reads from each; gives the number of its columns."""
    metadata = MetaData()
    metadata.reflect(connection, schema=schema, views=True)
    for table in metadata.tables.values():
        connection.execute(select(table).limit(2)).all()
    return {table.name: len(table.columns) for table in metadata.tables.values()}


# Types of pg_catalog's that SQLAlchemy has no class for: regproc, aclitem and their kin.
@pytest.mark.filterwarnings("ignore:Did not recognize type")
@pytest.mark.parametrize("schema", ["default", "information_schema", "pg_catalog"])
def test_every_view_is_reflected_and_read(engine: Engine, schema: str) -> None:
    with engine.connect() as connection:
        found = read_all(connection, schema)

        inspector = inspect(connection)
        assert found.keys() == {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}
        rows = connection.execute(
            text(
                "SELECT c.relname, c.relnatts FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
                "WHERE c.relkind IN ('r', 'v') AND n.nspname = :schema"
            ),
            {"schema": schema},
        ).all()
    assert found == {name: count for name, count in rows}  # noqa: C416 - rows are no pairs to the checker of types
    if schema == "default":
        assert found.keys() >= VIEWS


# asyncpg reads no anyarray, which columns of pg_attribute and pg_statistic are, from PostgreSQL neither.
@pytest.mark.parametrize("schema", ["default", "information_schema"])
async def test_every_view_is_reflected_and_read_by_asyncpg(models: Address, schema: str) -> None:
    engine = create_async_engine(url(models, "asyncpg"))
    async with engine.connect() as connection:
        found = await connection.run_sync(read_all, schema)
    await engine.dispose()

    assert len(found) >= len(VIEWS)


def test_pandas_reads_queries(engine: Engine) -> None:
    sql = "SELECT model_name, version_name, is_default, create_time, input_count FROM model_versions ORDER BY 1, 2"

    frame = pandas.read_sql_query(sql, engine, index_col=["model_name", "version_name"])

    assert list(frame.index) == [("a", "v1"), ("a", "v2"), ("b", "v1")]
    assert frame["is_default"].dtype == bool
    assert frame["input_count"].sum() == 3
    assert str(frame["create_time"].dt.tz) == "UTC"


def test_pandas_reads_views_whole_and_in_parts(engine: Engine) -> None:
    frame = pandas.read_sql_table("models", engine, schema="default", columns=["model_name", "version_count", "labels"])
    parts = pandas.read_sql_query("SELECT n, n / 2.0 AS half FROM generate_series(1, 25) AS n", engine, chunksize=10)

    assert dict(zip(frame["model_name"], frame["version_count"], strict=True)) == {"a": 2, "b": 1}
    assert frame["labels"].tolist() == [{}, {}]
    assert [len(part) for part in parts] == [10, 10, 5]


@pytest.fixture
def pgcli(models: Address) -> Iterator[PGExecute]:
    place = make_url(url(models, "psycopg"))
    executor = PGExecute(place.database, place.username, "", place.host, str(place.port))
    yield executor
    executor.conn.close()


def completions(executor: PGExecute, typed: str) -> set[str]:
    """What pgcli offers behind what is typed, once it has asked the server for everything that it knows."""
    ready = threading.Event()
    made: list[PGCompleter] = []

    def keep(completer: PGCompleter) -> None:
        made.append(completer)
        ready.set()

    CompletionRefresher().refresh(executor, PGSpecial(), keep)
    assert ready.wait(30)
    document = Document(typed, len(typed))
    return {each.text for each in made[0].get_completions(document, CompleteEvent(), smart_completion=True)}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("SELECT * FROM mod", {"models", "model_versions", "model_inputs"}),
        # As on PostgreSQL, pgcli does not find the views of a schema whose name has to be quoted through the path.
        ('SELECT * FROM "default".models AS m WHERE m.', {"model_name", "version_count", "labels"}),
        ("SELECT * FROM pg_class AS c WHERE c.rel", {"relname", "relnamespace", "relkind"}),
        ("SELECT * FROM information_schema.col", {"columns", "column_privileges"}),
        ("SELECT * FROM generate_ser", {"generate_series()"}),
    ],
)
def test_the_completer_of_pgcli_knows_what_there_is(pgcli: PGExecute, typed: str, offered: set[str]) -> None:
    assert completions(pgcli, typed) >= offered


def test_pgcli_runs_statements_and_commands(pgcli: PGExecute) -> None:
    special = PGSpecial()

    def rows(sql: str) -> list[tuple[object, ...]]:
        ((_, cursor, _, _, _, success, _),) = pgcli.run(sql, special)
        assert success
        return [tuple(row) for row in cursor]

    assert rows("SELECT model_name FROM models ORDER BY 1") == [("a",), ("b",)]
    assert {row[1] for row in rows("\\dv")} >= VIEWS
    assert [row[0] for row in rows("\\d models")][2] == "model_name"
    assert ("lower",) in [row[1:2] for row in rows("\\df lower")]
    assert pgcli.view_definition("models").startswith('CREATE OR REPLACE VIEW "default"."models"')

"""A real PostgreSQL reads the model views as foreign tables, through its postgres_fdw."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.statements import add_version, create
from tests.wire.postgres import PostgresProcess

EXTENSION = Path("/usr/share/postgresql/15/extension/postgres_fdw.control")

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresProcess]:
    if not EXTENSION.exists():
        pytest.skip("postgres_fdw is not installed")
    with PostgresProcess.start_or_skip() as process:
        yield process


@pytest.fixture
def local(postgres: PostgresProcess, address: Address) -> Iterator[Connection]:
    """A connection to PostgreSQL, with modeld as its foreign server `registry`."""
    with psycopg.connect(address.dsn, autocommit=True) as remote:
        for name in ("a", "b", "c"):
            remote.execute(create(name, comment=f"about {name}").encode())
        remote.execute(add_version("b", "v2").encode())
    dsn = f"host=127.0.0.1 port={postgres.port} user=postgres dbname=postgres"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgres_fdw")
        options = f"host '{address.host}', port '{address.port}', dbname '{address.project}'"
        connection.execute(f"CREATE SERVER registry FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({options})".encode())
        connection.execute(f"CREATE USER MAPPING FOR postgres SERVER registry OPTIONS (user '{address.user}')".encode())
        try:
            yield connection
        finally:
            connection.execute("DROP EXTENSION postgres_fdw CASCADE; DROP SCHEMA IF EXISTS imported CASCADE")


@pytest.fixture
def imported(local: Connection) -> Connection:
    local.execute("CREATE SCHEMA imported")
    local.execute('IMPORT FOREIGN SCHEMA "default" FROM SERVER registry INTO imported')
    return local


def remote_sql(connection: Connection, query: str) -> str:
    plan = connection.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {query}".encode()).fetchall()
    (line,) = [str(row[0]) for row in plan if "Remote SQL:" in str(row[0])]
    return line.partition("Remote SQL: ")[2]


def test_a_foreign_table_that_is_written_by_hand(local: Connection) -> None:
    local.execute(
        "CREATE FOREIGN TABLE mine (name text OPTIONS (column_name 'model_name'), version_count int8) "
        "SERVER registry OPTIONS (schema_name 'default', table_name 'models')"
    )

    assert local.execute("SELECT * FROM mine ORDER BY name").fetchall() == [("a", 1), ("b", 2), ("c", 1)]


def test_the_schema_is_imported(imported: Connection) -> None:
    columns = imported.execute(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a "
        "WHERE a.attrelid = 'imported.model_versions'::regclass AND a.attnum > 0"
    ).fetchall()
    tables = imported.execute("SELECT relname FROM pg_class WHERE relkind = 'f' ORDER BY 1").fetchall()

    assert {("models",), ("model_versions",), ("model_inputs",), ("model_options",)} <= set(tables)
    assert dict(columns)["is_default"] == "boolean"
    assert dict(columns)["create_time"] == "timestamp with time zone"
    assert dict(columns)["options"] == "jsonb"
    assert dict(columns)["aliases"] == "text[]"


def test_values_arrive_as_they_are(imported: Connection) -> None:
    query = "SELECT create_time, options, aliases, is_default FROM imported.model_versions WHERE model_name = 'a'"
    ((moment, options, aliases, default),) = imported.execute(query.encode()).fetchall()

    assert moment.tzinfo is not None
    assert options["LOCATION"].startswith("oss://")
    assert aliases == []
    assert default is True


@pytest.mark.parametrize(
    ("query", "pushed", "rows"),
    [
        ("SELECT model_name FROM imported.models WHERE version_count > 1", "((version_count > 1))", [("b",)]),
        (
            "SELECT comment FROM imported.models WHERE model_name IN ('a', 'z')",
            "= ANY",
            [("about a",)],
        ),
        ("SELECT count(*) FROM imported.model_versions", "count(*)", [(4,)]),
        (
            "SELECT is_default, count(*) FROM imported.model_versions GROUP BY 1 ORDER BY 1",
            "GROUP BY",
            [(False, 1), (True, 3)],
        ),
        ("SELECT model_name FROM imported.models ORDER BY version_count DESC LIMIT 1", "LIMIT 1", [("b",)]),
        (
            "SELECT m.comment FROM imported.models AS m JOIN imported.model_versions AS v USING (project, model_name) "
            "WHERE v.version_name = 'v2'",
            "INNER JOIN",
            [("about b",)],
        ),
    ],
)
def test_a_query_is_pushed_down(imported: Connection, query: str, pushed: str, rows: list[tuple[object, ...]]) -> None:
    assert pushed in remote_sql(imported, query)
    assert imported.execute(query.encode()).fetchall() == rows


def test_a_join_with_a_local_table(imported: Connection) -> None:
    with imported.transaction(force_rollback=True):
        imported.execute("CREATE TABLE wanted (name text, price int)")
        imported.execute("INSERT INTO wanted VALUES ('a', 1), ('b', 20), ('z', 300)")
        imported.execute("ALTER FOREIGN TABLE imported.models OPTIONS (ADD use_remote_estimate 'true')")
        rows = imported.execute(
            "SELECT w.name, w.price, m.version_count FROM wanted AS w LEFT JOIN imported.models AS m "
            "ON m.model_name = w.name ORDER BY 1"
        ).fetchall()

    assert rows == [("a", 1, 1), ("b", 20, 2), ("z", 300, None)]


def test_rows_are_fetched_in_parts(imported: Connection) -> None:
    imported.execute("ALTER FOREIGN TABLE imported.models OPTIONS (ADD fetch_size '2')")

    names = imported.execute("SELECT model_name FROM imported.models").fetchall()

    assert sorted(names) == [("a",), ("b",), ("c",)]


def test_analyze_reads_a_sample(imported: Connection) -> None:
    imported.execute("ANALYZE imported.models")

    statistics = imported.execute("SELECT reltuples FROM pg_class WHERE oid = 'imported.models'::regclass").fetchone()
    assert statistics == (3.0,)


def test_a_remote_error_comes_through_with_its_sqlstate(local: Connection) -> None:
    local.execute(
        "CREATE FOREIGN TABLE none (a int) SERVER registry OPTIONS (schema_name 'default', table_name 'none')"
    )
    with pytest.raises(psycopg.errors.UndefinedTable) as caught:
        local.execute("SELECT * FROM none")
    assert "remote SQL command" in (caught.value.diag.context or "")

    with pytest.raises(psycopg.errors.UndefinedTable), local.transaction():
        local.execute("SELECT * FROM none")
    assert local.execute("SELECT 1").fetchone() == (1,)

"""ODBC: pyodbc, unixODBC's driver manager and PostgreSQL's driver."""

import threading
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from tests.integration.adapters import Address
from tests.integration.statements import add_version, create

try:
    import pyodbc
except ImportError:  # it is there, but the library that it is made for is not
    pytest.skip("unixODBC is not installed", allow_module_level=True)

DRIVER: Final = next(Path("/usr/lib").glob("*/odbc/psqlodbcw.so"), None)
# UseDeclareFetch: the driver declares a cursor for each SELECT, and fetches from it.
# UseServerSidePrepare=0: the driver pastes the parameters into the text.
OPTIONS: Final = ("", "UseDeclareFetch=1;Fetch=2", "UseServerSidePrepare=0", "Protocol=7.4-2")

MOMENT: Final = datetime.fromisoformat("2024-01-02 03:04:05")


def connection_string(address: Address, options: str) -> str:
    if DRIVER is None:
        pytest.skip("PostgreSQL's ODBC driver is not installed")
    place = f"Server={address.host};Port={address.port};Database={address.project};UID={address.user}"
    return f"Driver={DRIVER};{place};{options}"


@pytest.fixture(params=OPTIONS)
def connection(request: pytest.FixtureRequest, address: Address) -> Iterator[pyodbc.Connection]:
    """A connection with the models a, b and c; a has two versions."""
    with pyodbc.connect(connection_string(address, request.param)) as connected:
        for name in ("a", "b", "c"):
            connected.execute(create(name))
        connected.execute(add_version("a", "v2"))
        connected.commit()
        yield connected
        connected.rollback()
    connected.close()


def test_rows_with_parameters(connection: pyodbc.Connection) -> None:
    query = "SELECT model_name, version_count FROM models WHERE model_name <> ? AND version_count < ? ORDER BY 1"

    assert [tuple(row) for row in connection.execute(query, "b", 9)] == [("a", 2), ("c", 1)]
    assert [tuple(row) for row in connection.execute(query, "a", 2)] == [("b", 1), ("c", 1)]


def test_values_of_many_types(connection: pyodbc.Connection) -> None:
    row = connection.execute(
        "SELECT 1::int2, 2::int4, 3::int8, 1.5::float8, 12.50::numeric(6,2), true, 'é模'::text, '\\x0102'::bytea, "
        "date '2024-02-29', timestamp '2024-02-29 12:34:56.789', NULL::text"
    ).fetchone()

    assert row is not None
    assert tuple(row[:5]) == (1, 2, 3, 1.5, Decimal("12.50"))
    assert row[5] in (True, "1")
    assert tuple(row[6:]) == (
        "é模",
        b"\x01\x02",
        date(2024, 2, 29),
        datetime.fromisoformat("2024-02-29 12:34:56.789"),
        None,
    )


def test_parameters_of_many_types(connection: pyodbc.Connection) -> None:
    query = "SELECT ?::int8 + 1, ?::text || 'x', ?::float8 * 2, ?::numeric, ?::date + 1, ?::timestamp, ?::text"
    values = (41, "é模'\\", 0.25, Decimal("1.10"), date(2024, 2, 28), MOMENT, None)

    row = connection.execute(query, *values).fetchone()

    assert row is not None
    assert tuple(row) == (42, "é模'\\x", 0.5, Decimal("1.10"), date(2024, 2, 29), MOMENT, None)


def test_a_transaction_is_undone(connection: pyodbc.Connection) -> None:
    connection.execute(create("d"))
    assert connection.execute("SELECT count(*) FROM models").fetchval() == 4
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM models").fetchval() == 3


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("SELECT * FROM nothing", "42S02"),  # the driver makes ODBC's own codes of some
        ("SELECT nothing FROM models", "42703"),
        ("SELECT 1 / 0", "22012"),
        ("SELECT 'x'::int", "22P02"),
        ("SELEC", "42601"),
        ("DROP MODEL nothing", "42704"),
    ],
)
def test_errors_have_their_sqlstate(connection: pyodbc.Connection, sql: str, sqlstate: str) -> None:
    with pytest.raises(pyodbc.Error) as caught:
        connection.execute(sql).fetchall()
    assert caught.value.args[0] in (sqlstate, "42P01" if sqlstate == "42S02" else sqlstate)

    connection.rollback()
    assert connection.execute("SELECT 1").fetchval() == 1


def test_more_rows_than_a_fetch_takes(connection: pyodbc.Connection) -> None:
    numbers = [row[0] for row in connection.execute("SELECT n FROM generate_series(1, 250) AS n")]

    assert numbers == list(range(1, 251))


def test_the_catalog_lists_the_views(connection: pyodbc.Connection) -> None:
    rows = connection.cursor().tables(schema="default").fetchall()

    kinds = {row.table_name: row.table_type for row in rows}
    assert kinds["models"] == "VIEW"
    assert "model_versions" in kinds
    assert [row.table_name for row in connection.cursor().tables(table="models", tableType="VIEW")] == ["models"]
    assert connection.cursor().tables(tableType="TABLE", schema="default").fetchall() == []


def test_the_catalog_lists_the_columns(connection: pyodbc.Connection) -> None:
    rows = connection.cursor().columns(table="model_versions", schema="default").fetchall()

    types = {row.column_name: row.type_name for row in rows}
    assert list(types)[:4] == ["project", "schema_name", "model_name", "version_name"]
    assert types["version_name"] == "text"
    assert types["is_default"] == "bool"
    assert types["create_time"] == "timestamptz"


def test_the_catalog_knows_types_and_no_keys(connection: pyodbc.Connection) -> None:
    assert {"int4", "text", "bool"} <= {row[0] for row in connection.cursor().getTypeInfo().fetchall()}
    assert connection.cursor().primaryKeys("models").fetchall() == []
    assert connection.cursor().foreignKeys("models").fetchall() == []
    assert connection.cursor().statistics("models").fetchall() == []
    assert "abs" in {row.procedure_name for row in connection.cursor().procedures(schema="pg_catalog").fetchall()}


def test_autocommit_and_a_readable_description(address: Address) -> None:
    with pyodbc.connect(connection_string(address, ""), autocommit=True) as connection:
        connection.execute(create("a"))
        cursor = connection.execute("SELECT model_name AS name, version_count FROM models")

        assert [column[0] for column in cursor.description] == ["name", "version_count"]
        assert connection.getinfo(pyodbc.SQL_DBMS_NAME) == "PostgreSQL"
        assert connection.getinfo(pyodbc.SQL_DBMS_VER).startswith("15.")


def test_a_statement_is_cancelled_from_another_thread(address: Address) -> None:
    with pyodbc.connect(connection_string(address, ""), autocommit=True) as connection:
        cursor = connection.cursor()
        timer = threading.Timer(0.3, cursor.cancel)
        timer.start()
        with pytest.raises(pyodbc.Error) as caught:
            cursor.execute("SELECT pg_sleep(30)")
        timer.join()
        assert caught.value.args[0] in ("57014", "HY008")
        assert connection.execute("SELECT 1").fetchval() == 1

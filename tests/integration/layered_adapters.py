"""Clients that stand on other ones: SQLAlchemy on four drivers, pyodbc on PostgreSQL's ODBC driver."""

import asyncio
import re
from pathlib import Path
from typing import Final, Self

import asyncpg
import psycopg
import psycopg2
import pytest
from sqlalchemy import URL, TextClause, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from tests.integration.adapters import (
    Address,
    Outcome,
    asyncpg_outcome,
    marked,
    pg8000_outcome,
    psycopg2_outcome,
    psycopg_outcome,
    tuples,
)

try:
    import pyodbc
except ImportError:  # it is there, but the library that it is made for is not
    pyodbc = None

_ODBC_DRIVER: Final = next(Path("/usr/lib").glob("*/odbc/psqlodbcw.so"), None)


def _url(address: Address, driver: str) -> URL:
    return URL.create(
        f"postgresql+{driver}", address.user, host=address.host, port=address.port, database=address.project
    )


def _named(values: tuple[object, ...]) -> dict[str, object]:
    return {f"p{index}": value for index, value in enumerate(values)}


def _outcome(error: DBAPIError) -> Outcome:
    """What the driver below knows of it."""
    cause = error.orig
    match cause:
        case psycopg.Error():
            return psycopg_outcome(cause)
        case psycopg2.Error():
            return psycopg2_outcome(cause)
        case Exception(__cause__=asyncpg.PostgresError() as refusal):
            return asyncpg_outcome(refusal)
        case Exception():
            return pg8000_outcome(cause)
        case _:
            raise error


class SqlAlchemyPsycopg:
    """An engine of SQLAlchemy's; its statements are texts with named parameters."""

    driver = "psycopg"

    def __init__(self, address: Address) -> None:
        self._engine = create_engine(_url(address, self.driver), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._connection = self._engine.connect()

    def run(self, sql: str, *values: object) -> Outcome:
        try:
            result = self._connection.execute(_text(sql, values), _named(values))
            return Outcome(tuples(result.all() if result.returns_rows else None))
        except DBAPIError as error:
            return _outcome(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()


def _text(sql: str, values: tuple[object, ...]) -> TextClause:
    # A colon behind a parameter has to be told from those that begin one.
    return text(marked(sql.replace("}::", "}\\:\\:") if values else sql, values, ":p{0}"))


class SqlAlchemyPsycopg2(SqlAlchemyPsycopg):
    driver = "psycopg2"


class SqlAlchemyPg8000(SqlAlchemyPsycopg):
    driver = "pg8000"


class SqlAlchemyAsyncpg:
    def __init__(self, address: Address) -> None:
        self._runner = asyncio.Runner()
        engine = create_async_engine(_url(address, "asyncpg"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._connection = self._runner.run(self._connect(engine))

    async def _connect(self, engine: AsyncEngine) -> AsyncConnection:
        return await engine.connect()

    def run(self, sql: str, *values: object) -> Outcome:
        return self._runner.run(self._run(sql, values))

    async def _run(self, sql: str, values: tuple[object, ...]) -> Outcome:
        try:
            result = await self._connection.execute(_text(sql, values), _named(values))
            return Outcome(tuples(result.all() if result.returns_rows else None))
        except DBAPIError as error:
            return _outcome(error)

    async def _close(self) -> None:
        await self._connection.close()
        await self._connection.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._close())
        self._runner.close()


class Odbc:
    """unixODBC and PostgreSQL's driver, which tells neither where an error is nor its hint apart from its text."""

    # Errors in a transaction are left to whoever wrote it, instead of being undone by the driver.
    options = "Protocol=7.4-0"

    def __init__(self, address: Address) -> None:
        if pyodbc is None or _ODBC_DRIVER is None:
            pytest.skip("unixODBC or PostgreSQL's driver for it is not installed")
        place = f"Server={address.host};Port={address.port};Database={address.project};UID={address.user}"
        self._connection = pyodbc.connect(
            f"Driver={_ODBC_DRIVER};{place};BoolsAsChar=0;{self.options}", autocommit=True
        )

    def run(self, sql: str, *values: object) -> Outcome:
        try:
            cursor = self._connection.execute(marked(sql, values, "?"), *values)
        except pyodbc.Error as error:
            sqlstate, message = error.args
            told = re.search(r"ERROR: (.*?)(?:;?\n|$)", message)
            return Outcome((), sqlstate, message if told is None else told[1])
        return Outcome(tuples(cursor.fetchall() if cursor.description else None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class OdbcFetching(Odbc):
    """Each SELECT as a cursor that is declared and fetched from, parameters pasted into the text.

    The cursors need transactions of the driver's own, so that it must undo what fails.
    """

    options = "UseDeclareFetch=1;Fetch=2;UseServerSidePrepare=0"


LAYERED: Final = (SqlAlchemyPsycopg, SqlAlchemyPsycopg2, SqlAlchemyPg8000, SqlAlchemyAsyncpg, Odbc, OdbcFetching)

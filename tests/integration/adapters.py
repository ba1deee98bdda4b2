"""Every client under one small face: run a statement, get its outcome.

A test that is parametrised over ADAPTERS says once what each client must see.
"""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self, TypeVar

import asyncpg
import pg8000.native
import psycopg
import psycopg2
import pytest

from tests.integration.server_process import environment

_Answer = TypeVar("_Answer")
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Address:
    port: int
    project: str
    host: str = "127.0.0.1"
    user: str = "modeld"

    @property
    def dsn(self) -> str:
        return f"host={self.host} port={self.port} user={self.user} dbname={self.project}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a client learned of one statement: rows, or an error with all that the driver knows of it."""

    rows: tuple[Row, ...] = ()
    sqlstate: str = ""
    message: str = ""
    position: int | None = None
    hint: str | None = None


class Adapter(AbstractContextManager["Adapter"], Protocol):
    """An open connection in autocommit mode.

    Where there are values, `{0}`, `{1}` .. stand in the statement for them, and each client writes its own marks there.
    """

    def run(self, sql: str, *values: object) -> Outcome: ...


def marked(sql: str, values: Sequence[object], mark: str) -> str:
    """The statement with the client's marks; `mark` is formatted with the number of the value, from 0."""
    if not values:
        return sql
    plain = sql.replace("%", "%%") if mark.startswith("%") else sql
    return plain.format(*[mark.format(index, index + 1) for index in range(len(values))])


def tuples(rows: Sequence[Sequence[object]] | None) -> tuple[Row, ...]:
    return tuple(tuple(row) for row in rows or ())


def _number(position: str | int | None) -> int | None:
    return None if position is None else int(position)


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


class Psql:
    """A psql process for each statement. Every value is text, the error is read off standard error."""

    def __init__(self, address: Address) -> None:
        if shutil.which("psql") is None:
            pytest.skip("psql is not installed")
        self._address = address

    def run(self, sql: str, *values: object) -> Outcome:
        options = ("-X", "-A", "-t", "-q", "-F", "\x1f", "-R", "\x1e", "-v", "VERBOSITY=verbose")
        if values:
            given = ", ".join(map(_literal, values))
            sql = f"PREPARE asked AS {marked(sql, values, '${1}')}; EXECUTE asked ({given}); DEALLOCATE asked"
        process = subprocess.run(
            ["psql", *options, self._address.dsn, "-c", sql], capture_output=True, text=True, env=environment()
        )
        if "ERROR:" in process.stderr:
            return self._read_error(process.stderr, sql)
        records = process.stdout.removesuffix("\n").split("\x1e")
        return Outcome(tuple(tuple(record.split("\x1f")) for record in records if record))

    def _read_error(self, text: str, sql: str) -> Outcome:
        error = re.search(r"ERROR:  (\w{5}): (.*)", text)
        hint = re.search(r"HINT:  (.*)", text)
        caret = re.search(r"^LINE 1: (.*)\n( *)\^", text, re.MULTILINE)
        assert error is not None
        if caret is not None:
            assert caret[1] == sql
        position = None if caret is None else len(caret[2]) - len("LINE 1: ") + 1
        return Outcome((), error[1], error[2], position, None if hint is None else hint[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def psycopg_outcome(error: psycopg.Error) -> Outcome:
    diagnosis = error.diag
    return Outcome(
        sqlstate=error.sqlstate or "",
        message=diagnosis.message_primary or "",
        position=_number(diagnosis.statement_position),
        hint=diagnosis.message_hint,
    )


class Psycopg:
    def __init__(self, address: Address) -> None:
        self._connection = psycopg.connect(address.dsn, autocommit=True)

    def run(self, sql: str, *values: object) -> Outcome:
        try:
            cursor = self._connection.execute(marked(sql, values, "%s").encode(), values or None)
        except psycopg.Error as error:
            return psycopg_outcome(error)
        return Outcome(tuples(cursor.fetchall() if cursor.description else None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class PsycopgBinary(Psycopg):
    """Results in binary form."""

    def run(self, sql: str, *values: object) -> Outcome:
        try:
            cursor = self._connection.execute(marked(sql, values, "%b").encode(), values or None, binary=True)
        except psycopg.Error as error:
            return psycopg_outcome(error)
        return Outcome(tuples(cursor.fetchall() if cursor.description else None))


class PsycopgPipeline(Psycopg):
    """Each statement as a pipeline of its own, which the extended query protocol carries."""

    def run(self, sql: str, *values: object) -> Outcome:
        try:
            with self._connection.pipeline():
                cursor = self._connection.execute(marked(sql, values, "%s").encode(), values or None)
        except psycopg.Error as error:
            return psycopg_outcome(error)
        return Outcome(tuples(cursor.fetchall() if cursor.description else None))


class _Looped:
    """A client for asyncio, with a loop of its own."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._runner = self._stack.enter_context(asyncio.Runner())

    def _wait(self, coroutine: Coroutine[object, object, _Answer]) -> _Answer:
        # Typeshed asks for Coroutine[Any, Any, T], for which `object` is too much.
        anything: Coroutine[Any, Any, _Answer] = coroutine
        return self._runner.run(anything)

    def __enter__(self) -> Self:
        return self


class PsycopgAsync(_Looped):
    def __init__(self, address: Address) -> None:
        super().__init__()
        self._connection = self._wait(psycopg.AsyncConnection.connect(address.dsn, autocommit=True))

    def run(self, sql: str, *values: object) -> Outcome:
        return self._wait(self._run(marked(sql, values, "%s"), values))

    async def _run(self, sql: str, values: Sequence[object]) -> Outcome:
        try:
            cursor = await self._connection.execute(sql.encode(), values or None)
        except psycopg.Error as error:
            return psycopg_outcome(error)
        return Outcome(tuples(await cursor.fetchall() if cursor.description else None))

    def __exit__(self, *_: object) -> None:
        self._wait(self._connection.close())
        self._stack.close()


def psycopg2_outcome(error: psycopg2.Error) -> Outcome:
    return Outcome(
        sqlstate=error.pgcode or "",
        message=error.diag.message_primary or "",
        position=_number(error.diag.statement_position),
        hint=error.diag.message_hint,
    )


class Psycopg2:
    def __init__(self, address: Address) -> None:
        self._connection = psycopg2.connect(address.dsn)
        self._connection.autocommit = True

    def run(self, sql: str, *values: object) -> Outcome:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(marked(sql, values, "%s"), values or None)
            except psycopg2.Error as error:
                return psycopg2_outcome(error)
            return Outcome(tuples(cursor.fetchall() if cursor.description else None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def asyncpg_outcome(error: asyncpg.PostgresError) -> Outcome:
    return Outcome(
        sqlstate=error.sqlstate or "",
        message=error.args[0],
        position=_number(getattr(error, "position", None)),
        hint=getattr(error, "hint", None),
    )


class Asyncpg(_Looped):
    """The extended query protocol, prepared statements and binary values only."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        self._connection = self._wait(
            asyncpg.connect(host=address.host, port=address.port, user=address.user, database=address.project)
        )

    def run(self, sql: str, *values: object) -> Outcome:
        try:
            return Outcome(tuples(self._wait(self._connection.fetch(marked(sql, values, "${1}"), *values))))
        except asyncpg.PostgresError as error:
            return asyncpg_outcome(error)

    def __exit__(self, *_: object) -> None:
        self._wait(self._connection.close())
        self._stack.close()


def pg8000_outcome(error: Exception) -> Outcome:
    fields: dict[str, str] = error.args[0]
    return Outcome((), fields["C"], fields["M"], _number(fields.get("P")), fields.get("H"))


class Pg8000:
    def __init__(self, address: Address) -> None:
        self._connection = pg8000.native.Connection(
            address.user, host=address.host, port=address.port, database=address.project
        )

    def run(self, sql: str, *values: object) -> Outcome:
        named = {f"p{index}": value for index, value in enumerate(values)}
        try:
            return Outcome(tuples(self._connection.run(marked(sql, values, ":p{0}"), **named)))
        except pg8000.native.DatabaseError as error:
            return pg8000_outcome(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


ADAPTERS: Final[tuple[Callable[[Address], Adapter], ...]] = (
    Psql,
    Psycopg,
    PsycopgBinary,
    PsycopgPipeline,
    PsycopgAsync,
    Psycopg2,
    Asyncpg,
    Pg8000,
)
# Those that keep one connection and give typed values.
DRIVERS: Final = ADAPTERS[1:]

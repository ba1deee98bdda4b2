"""The clients of the soak: each is one round of what clients do, done again and again until the soak ends.

A round opens what it needs and leaves nothing behind in the catalog, so that what the server holds after a thousand
rounds is what it held after ten; only the history grows, on disk. A round that is not answered as PostgreSQL's
clients expect raises, and ends the soak.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import asyncpg
import psycopg
from psycopg import errors

from protocol.frontend_messages import Query
from tests.integration.adapters import Address
from tests.integration.statements import add_version, create
from tests.overload.crowd import Client

KEPT: Final = tuple(f"kept_{number}" for number in range(20))
_STEPS: Final = 20  # statements on one connection before it is closed
_BI: Final = (
    "SELECT m.model_name, count(*) FROM models m JOIN model_versions v USING (model_name) GROUP BY 1 ORDER BY 2, 1",
    "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE a.attnum > 0 AND n.nspname = 'default' ORDER BY 1, 2, a.attnum",
    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name LIKE 'model%'",
    "SELECT state, count(*), max(now() - backend_start) FROM pg_stat_activity GROUP BY state",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 200) SELECT sum(n) FROM t",
    "SELECT model_name, row_number() OVER (ORDER BY model_name) FROM models ORDER BY 2 DESC LIMIT 5",
)
_WRONG: Final = (
    ("SELEC 1", errors.SyntaxError),
    ("DESC MODEL no_such_model", errors.UndefinedObject),
    ("SELECT no_such_column FROM models", errors.UndefinedColumn),
    ("SELECT 1 / 0", errors.DivisionByZero),
    ("CREATE TABLE t (a int)", errors.FeatureNotSupported),
    (f"ALTER MODEL {KEPT[0]} DROP VERSION v1", errors.ObjectInUse),
)


@dataclass(slots=True)
class Crew:
    """What all clients share: the server, chance, and how many rounds each kind has done."""

    address: Address
    chance: random.Random
    rounds: dict[str, int] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def connect(self) -> "psycopg.AsyncConnection[tuple[object, ...]]":
        return await psycopg.AsyncConnection.connect(self.address.dsn, autocommit=True)


# Changes of one transaction.
_AT_ONCE: Final = 100


async def prepare(crew: Crew, answers: int, changes: int) -> None:
    """Make the models that all rounds look at, have so many answers of 16 KB kept, and make so many changes of 4 KB.

    Answers are kept up to 32 MiB (`server/answers.py`), and so are pages of the file (`server/store/snapshot.py`), of
    which the history needs more and more: filled from the beginning, neither is growth.
    """
    async with await crew.connect() as connection:
        for name in KEPT:
            await connection.execute(create(name).encode())
        for number in range(answers):
            await connection.execute(f"SELECT repeat('x', 16000) -- {number}".encode())
        for begun in range(0, changes, _AT_ONCE):
            async with connection.transaction():
                for number in range(begun, min(begun + _AT_ONCE, changes)):
                    await connection.execute(f"ALTER MODEL {KEPT[0]} SET COMMENT '{number:01000}'".encode())


# The rounds.


async def read(crew: Crew) -> None:
    """Small reads, some of them prepared by the driver."""
    async with await crew.connect() as connection:
        for _ in range(_STEPS):
            name = crew.chance.choice(KEPT)
            await connection.execute(f"DESC MODEL {name}".encode())
            await connection.execute("SHOW MODELS LIKE %s", [f"{name[:5]}%"])
            await connection.execute(f"SHOW VERSIONS FOR MODEL {name}".encode())


async def write(crew: Crew) -> None:
    """A model from its making to its end, with and without transactions."""
    name = f"passing_{next(crew.numbers)}"
    async with await crew.connect() as connection:
        await connection.execute(create(name).encode())
        async with connection.transaction():
            await connection.execute(add_version(name, "v2").encode())
            await connection.execute(f"ALTER MODEL {name} SET DEFAULT_VERSION v2".encode())
        await connection.execute(f"ALTER MODEL {name} DROP VERSION v1".encode())
        await connection.execute(f"ALTER MODEL {name} SET COMMENT '{next(crew.numbers)}'".encode())
        await connection.execute("BEGIN")
        await connection.execute(f"DROP MODEL {name}".encode())
        await connection.execute("ROLLBACK")
        await connection.execute(f"DROP MODEL {name}".encode())
        await connection.execute(f"PURGE MODEL {name}".encode())


async def knock(crew: Crew) -> None:
    """Connect and leave: in order, without a word, with a user that is not there."""
    async with await crew.connect() as connection:
        await connection.execute("SELECT 1")
    silent = await Client.connect(crew.address.port)
    await silent.send(b"\0\0\0")
    await silent.close()
    try:
        await psycopg.AsyncConnection.connect(f"{crew.address.dsn} user=nobody")
    except psycopg.OperationalError:
        return
    raise AssertionError("nobody was let in")


async def cancel(crew: Crew) -> None:
    """Statements that end early: cancelled, out of time, and left alone by a client that goes."""
    async with await crew.connect() as connection:
        running = asyncio.create_task(connection.execute("SELECT pg_sleep(60)"))
        await asyncio.sleep(0.05)
        await connection.cancel_safe()
        await _expect(errors.QueryCanceled, running)
        await connection.execute("SET statement_timeout = 20")
        await _expect(errors.QueryCanceled, connection.execute("SELECT count(*) FROM generate_series(1, 100000000)"))
    gone = await Client.connect(crew.address.port)
    await gone.log_in()
    await gone.send(Query("SELECT pg_sleep(60)").encode())
    await gone.close()


async def err(crew: Crew) -> None:
    """What is refused, outside and inside a transaction."""
    async with await crew.connect() as connection:
        for text, kind in crew.chance.sample(_WRONG, len(_WRONG)):
            await _expect(kind, connection.execute(text.encode()))
            await connection.execute("BEGIN")
            await _expect(kind, connection.execute(text.encode()))
            await _expect(errors.InFailedSqlTransaction, connection.execute("SELECT 1"))
            await connection.execute("ROLLBACK")


async def dawdle(crew: Crew) -> None:
    """Ask for megabytes, read a little of them slowly, and hang up."""
    client = await Client.connect(crew.address.port)
    await client.log_in()
    await client.send(Query("SELECT repeat('x', 1000) FROM generate_series(1, 3000)").encode() * 3)
    for _ in range(5):
        await client.reader.read(4096)
        await asyncio.sleep(0.1)
    await client.close()


async def notify(crew: Crew) -> None:
    """Listen to the catalog and to each other."""
    async with await crew.connect() as hearing, await crew.connect() as speaking:
        await hearing.execute("LISTEN model_changes")
        await hearing.execute("LISTEN soak")
        for _ in range(_STEPS):
            word = str(next(crew.numbers))
            await speaking.execute("SELECT pg_notify('soak', %s)", [word])
            async for heard in hearing.notifies(timeout=10):
                if heard.channel == "soak" and heard.payload == word:
                    break
            else:
                raise AssertionError(f"{word} was not heard")


async def analyse(crew: Crew) -> None:
    """Queries of BI tools, every other one a text that was never there before."""
    async with await crew.connect() as connection:
        for text in crew.chance.sample(_BI, len(_BI)):
            await connection.execute(text.encode())
            await connection.execute(f"{text} -- {next(crew.numbers)}".encode())
            number = next(crew.numbers)
            await connection.execute(f"SELECT model_name, {number} FROM models WHERE model_name <> '{number}'".encode())


async def scroll(crew: Crew) -> None:
    """Cursors: read to the end or not, held, closed by the client, the transaction or the connection; COPY."""
    async with await crew.connect() as connection:
        async with connection.transaction():
            await connection.execute("DECLARE c SCROLL CURSOR FOR SELECT * FROM generate_series(1, 1000)")
            await connection.execute("FETCH 100 FROM c")
            await connection.execute("DECLARE h CURSOR WITH HOLD FOR SELECT * FROM models")
        await connection.execute("FETCH ALL FROM h")
        await connection.execute(f"DECLARE h{next(crew.numbers)} CURSOR WITH HOLD FOR SHOW MODELS".encode())
        async with connection.cursor().copy("COPY (SELECT * FROM generate_series(1, 1000)) TO STDOUT") as copy:
            async for _ in copy:
                pass


async def prepare_statements(crew: Crew) -> None:
    """Statements and portals in the extended protocol, of a driver that prepares everything."""
    address = crew.address
    connection = await asyncpg.connect(
        host=address.host, port=address.port, user=address.user, database=address.project
    )
    try:
        for _ in range(_STEPS):
            number = next(crew.numbers)
            assert await connection.fetchval(f"SELECT $1::int + {number}", 1) == number + 1
            await connection.fetch("SHOW MODELS LIKE $1", "kept%")
        async with connection.transaction():
            async for _ in connection.cursor("SELECT * FROM generate_series(1, 100)", prefetch=7):
                pass
        await connection.execute("DISCARD ALL")
    finally:
        await connection.close()


async def _expect(kind: type[psycopg.Error], running: Awaitable[object]) -> None:
    try:
        await running
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")


ROUNDS: Final[tuple[Callable[[Crew], Awaitable[None]], ...]] = (
    *(read, write, knock, cancel, err, dawdle, notify, analyse, scroll, prepare_statements),
)


async def go_on(crew: Crew, play: Callable[[Crew], Awaitable[None]], until: float, pause: float) -> None:
    """Play rounds until the loop's clock says `until`, with pauses of about so many seconds."""
    name = play.__name__
    while asyncio.get_running_loop().time() < until:
        async with asyncio.timeout(60):
            await play(crew)
        crew.rounds[name] = crew.rounds.get(name, 0) + 1
        await asyncio.sleep(crew.chance.uniform(0.5, 1.5) * pause)

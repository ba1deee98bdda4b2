"""How objects are named and found by name. What is expected is PostgreSQL 15's answer."""

import pytest

from protocol.errors import InvalidValue
from tests.unit.server.sessions import Scene, Session


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("'pg_class'::regclass::text", "pg_class"),
        ("'PG_CLASS'::regclass::text", "pg_class"),
        ("'information_schema.tables'::regclass::text", "information_schema.tables"),
        ("to_regclass('\"PG_CLASS\"')::text", None),
        ("to_regclass('1259')::text", None),
        ("0::regclass::text", "-"),
        ("4294967295::regclass::text", "4294967295"),
        ("'int4[]'::regtype::text", "integer[]"),
        ("'timestamp with time zone'::regtype::text", "timestamp with time zone"),
        ("to_regtype('character varying(3)')::text", "character varying"),
        ("to_regtype('int8 array')::text", "bigint[]"),
        ("to_regtype('float(3)')::text", "real"),
        ("to_regtype('sql_identifier')::text", None),
        ("'abs(int4)'::regprocedure::text", "abs(integer)"),
        ("'now'::regproc::text", "now"),
        ("to_regproc('abs')::text", None),
        ("to_regoperator('-(none,int4)')::text", "-(NONE,integer)"),
        ("'pg_catalog'::regnamespace::text", "pg_catalog"),
        ("to_regrole('nobody')::text", None),
        ("to_regcollation('\"C\"')::text", '"C"'),
        ("'models'::regclass::text", "models"),
        ("'\"default\".models'::regclass::text", "models"),
    ],
)
async def test_name(session: Session, query: str, expected: str | None) -> None:
    assert await session.rows(f"SELECT {query}") == [(expected,)]


async def test_what_the_path_does_not_reach_is_named_with_its_schema(session: Session) -> None:
    await session.run("SET search_path = pg_catalog")

    assert await session.rows("SELECT 'default.models'::regclass::text") == [('"default".models',)]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("to_regclass('\"a')", "invalid name syntax"),
        ("to_regclass('a..b')", "invalid name syntax"),
        ("to_regrole('a.b')", "invalid name syntax"),
        ("to_regprocedure('abs')", "expected a left parenthesis"),
        ("to_regprocedure('abs(int4')", "expected a right parenthesis"),
        ("to_regprocedure('abs(nope)')", 'type "nope" does not exist'),
        ("to_regtype('a b c')", 'syntax error at or near "b"'),
    ],
)
async def test_malformed_name(session: Session, query: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message.replace('"', '"')):
        await session.rows(f"SELECT {query}")

"""System information functions answer for PostgreSQL's own objects what PostgreSQL 15 answers."""

from collections.abc import Iterator
from typing import Final

import psycopg
import pytest

from protocol.codecs import CODECS
from protocol.errors import InvalidValue
from server.errors import OdpsError
from server.query.evaluator.casts import text_writer
from server.query.runtime import Limits
from tests.unit.server.sessions import Scene, Session
from tests.wire.postgres import PostgresProcess

_TYPES: Final = "pg_type where oid < 12000"
_FUNCTIONS: Final = "pg_proc where oid < 12000"
_RELATIONS: Final = "pg_class where relkind in ('r', 'v', 'i') and relnamespace = 11"
# What is compared as the set of its rows.
_QUERIES: Final = (
    f"select oid, format_type(oid, null), format_type(oid, -1), pg_type_is_visible(oid), oid::regtype from {_TYPES}",
    "select oid, m, format_type(oid, m) from pg_type, unnest('{0,3,4,8,14,655366,65535}'::int[]) m"
    " where oid in (1042, 1043, 1560, 1562, 1700, 1114, 1184, 1083, 1266, 1009, 1015, 1231, 16, 25, 19, 1002)",
    f"select oid, pg_get_function_arguments(oid), pg_get_function_result(oid) from {_FUNCTIONS}",
    f"select oid, pg_get_function_identity_arguments(oid), pg_function_is_visible(oid) from {_FUNCTIONS}",
    "select oid, i, pg_get_function_arg_default(oid, i) from pg_proc, generate_series(1, 7) i"
    " where pronargdefaults > 0",
    # Of SQL functions (14) the bodies are not kept.
    f"select oid, pg_get_functiondef(oid) from {_FUNCTIONS} and prokind <> 'a' and prolang <> 14",
    "select indexrelid, pg_get_indexdef(indexrelid), pg_get_indexdef(indexrelid, 2, true),"
    " pg_get_indexdef(indexrelid, 0, true) from pg_index where indrelid in"
    " (select oid from pg_class where relnamespace = 11)",
    "select conname, pg_get_constraintdef(oid), pg_get_constraintdef(oid, true) from pg_constraint",
    "select rulename, pg_get_ruledef(oid) from pg_rewrite where oid < 16200 and rulename = '_RETURN' and ev_type = '1'",
    f"select oid, oid::regclass, pg_table_is_visible(oid), pg_relation_filenode(oid) from {_RELATIONS}",
    f"select oid, pg_relation_is_updatable(oid, false), pg_relation_is_publishable(oid) from {_RELATIONS}",
    f"select oid, obj_description(oid, 'pg_class'), pg_describe_object(1259, oid, 1) from {_RELATIONS}",
    f"select c.oid, i.* from (select oid from {_RELATIONS}) c, pg_identify_object(1259, c.oid, 0) i",
    f"select t.oid, i.* from (select oid from {_TYPES}) t, pg_identify_object(1247, t.oid, 0) i",
    # 5028 alone has proargmodes without proallargtypes, which server/query/postgres/functions.py does not read yet.
    f"select p.oid, i.* from (select oid from {_FUNCTIONS} and oid <> 5028) p, pg_identify_object(1255, p.oid, 0) i",
    "select oid::regoper, oid::regoperator, pg_operator_is_visible(oid) from pg_operator",
    "select * from pg_get_keywords()",
    "select i, pg_encoding_to_char(i), pg_encoding_max_length(i) from generate_series(-1, 45) i",
    "select a.amname, p, pg_indexam_has_property(a.oid, p) from pg_am a,"
    " unnest('{can_order,can_unique,can_multi_col,can_exclude,can_include,x}'::text[]) p",
    "select p, pg_index_column_has_property(2662, 1, p), pg_index_has_property(2662, p) from unnest('{asc,desc,"
    "nulls_first,nulls_last,orderable,distance_orderable,returnable,search_array,search_nulls,clusterable,index_scan,"
    "bitmap_scan,backward_scan,x}'::text[]) p",
    "select table_name, column_name, is_nullable, data_type, character_maximum_length, numeric_precision,"
    " numeric_precision_radix, numeric_scale, datetime_precision, interval_type, udt_name, is_updatable"
    " from information_schema.columns where table_schema = 'pg_catalog'",
    "select table_name, table_type, is_insertable_into from information_schema.tables where table_schema='pg_catalog'",
    "select viewname, definition from pg_views where schemaname = 'pg_catalog'",
    "select * from aclexplode('{=U*/pg_monitor,pg_monitor=UC/pg_monitor}')",
    "select to_regclass('a..b')",
    "select to_regprocedure('abs')",
    "select to_regprocedure('abs(nope)')",
    "select to_regtype('a b c')",
    "select has_table_privilege('pg_class', 'x')",
    "select has_language_privilege('x', 'usage')",
    "select acldefault('x', 10)",
    "select pg_database_size('x')",
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection]:
    with PostgresProcess.start_or_skip() as server:
        parameters = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres client_encoding=utf8"
        with psycopg.connect(parameters, autocommit=True) as connection:
            yield connection


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


@pytest.mark.parametrize("query", _QUERIES)
async def test_answers_as_postgresql(postgres: psycopg.Connection, session: Session, query: str) -> None:
    assert await _answer_here(session, query) == _answer_there(postgres, query)


def _answer_there(postgres: psycopg.Connection, query: str) -> object:
    result = postgres.pgconn.exec_(query.encode())
    if result.error_message:
        return result.error_field(psycopg.pq.DiagnosticField.MESSAGE_PRIMARY).decode()  # type: ignore[union-attr]
    rows = range(result.ntuples)
    return sorted(
        repr([None if (v := result.get_value(row, column)) is None else v.decode() for column in range(result.nfields)])
        for row in rows
    )


async def _answer_here(session: Session, query: str) -> object:
    try:
        result = await session.run(query)
    except InvalidValue as error:
        return str(error)
    except OdpsError as error:
        return error.diagnostic.text
    runtime = session.executor.selects._make_runtime(Limits())
    writers = [text_writer(column.type)(runtime) if column.type in CODECS else str for column in result.columns or ()]
    return sorted(
        repr([None if value is None else write(value) for write, value in zip(writers, row, strict=True)])
        for row in result.rows
    )

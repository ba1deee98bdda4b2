"""Functions about the session, privileges and objects. What is expected is PostgreSQL 15's answer."""

import pytest

from protocol.errors import InvalidValue
from server.query.functions.keywords import pg_get_keywords
from tests.unit.server.sessions import Scene, Session


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("current_schemas(true)::text", "{pg_catalog,default}"),
        ("current_schemas(false)::text", "{default}"),
        ("current_database()", "p"),
        ("current_user", "alice"),
        ("format_type(1043, 14)", "character varying(10)"),
        ("format_type(1042, -1)", "bpchar"),
        ("format_type(1042, NULL)", "character"),
        ("format_type(1560, -1)", '"bit"'),
        ("format_type(1700, 655366)", "numeric(10,2)"),
        ("format_type(1231, 655366)", "numeric(10,2)[]"),
        ("format_type(1184, 3)", "timestamp(3) with time zone"),
        ("format_type(0, NULL)", "-"),
        ("format_type(99999, NULL)", "???"),
        ("pg_get_userbyid(10)", "alice"),
        ("pg_get_userbyid(11)", "unknown (OID=11)"),
        ("pg_encoding_to_char(6)", "UTF8"),
        ("pg_char_to_encoding('utf-8')", 6),
        ("pg_get_constraintdef(oid) from pg_constraint where conname = 'pg_type_oid_index'", "PRIMARY KEY (oid)"),
        ("pg_get_indexdef(2662, 0, true)", "CREATE UNIQUE INDEX pg_class_oid_index ON pg_class USING btree (oid)"),
        ("pg_get_indexdef(2662)", "CREATE UNIQUE INDEX pg_class_oid_index ON pg_catalog.pg_class USING btree (oid)"),
        ("pg_get_function_arguments(3974)", "double precision ORDER BY double precision"),
        ("pg_get_function_result(1067)", "SETOF integer"),
        ("pg_describe_object(1259, 1259, 1)", "column oid of table pg_class"),
        ("identity from pg_identify_object(1255, 1242, 0)", "pg_catalog.boolin(pg_catalog.cstring)"),
        ("has_table_privilege('pg_class', 'select')", True),
        ("has_table_privilege(1::oid, 'select')", None),
        ("has_column_privilege('pg_class', 99::int2, 'select')", None),
        ("pg_has_role('pg_monitor', 'usage')", True),
        ("acldefault('d', 10)::text", "{=Tc/alice,alice=CTc/alice}"),
        ("pg_relation_is_updatable('models'::regclass, false)", 0),
        ("pg_relation_is_updatable('pg_class'::regclass, false)", 28),
        ("pg_index_column_has_property(2662, 1, 'orderable')", True),
        ("pg_indexam_has_property(783, 'can_order')", False),
        ("information_schema._pg_numeric_precision(1700, 655366)", 10),
        ("information_schema._pg_interval_type(1186, -1)", None),
        ("setting from pg_settings where name = 'work_mem'", "4096"),
        ("pg_blocking_pids(1)::text", "{}"),
        ("pg_is_in_recovery()", False),
    ],
)
async def test_value(session: Session, query: str, expected: object) -> None:
    assert await session.rows(f"SELECT {query}") == [(expected,)]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("has_table_privilege('nobody', 'pg_class', 'select')", 'role "nobody" does not exist'),
        ("has_table_privilege('pg_class', 'foo')", 'unrecognized privilege type: "foo"'),
        ("has_column_privilege('pg_class', 'x', 'select')", 'column "x" of relation "pg_class" does not exist'),
        ("has_schema_privilege('x', 'usage')", 'schema "x" does not exist'),
        ("pg_has_role('nobody', 'usage')", 'role "nobody" does not exist'),
        ("set_config(NULL, 'x', false)", "SET requires parameter name"),
        ("pg_get_viewdef('x')", 'relation "x" does not exist'),
        ("pg_get_serial_sequence('pg_class', 'x')", 'column "x" of relation "pg_class" does not exist'),
        ("pg_database_size('x')", 'database "x" does not exist'),
        ("pg_relation_size(1259, 'x')", "invalid fork name"),
        ("pg_wal_replay_pause()", "recovery is not in progress"),
        ("pg_get_functiondef(2050)", '"max" is an aggregate function'),
        ("lastval()", "lastval is not yet defined in this session"),
        ("pg_collation_for(1)", "collations are not supported by type integer"),
    ],
)
async def test_error(session: Session, query: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        await session.rows(f"SELECT {query}")


async def test_set_config_with_null_resets(session: Session) -> None:
    await session.run("SET work_mem = '8MB'")

    assert await session.rows("SELECT set_config('work_mem', NULL, false)") == [("4MB",)]


_VIEWS = (
    "pg_roles pg_shadow pg_group pg_user pg_tables pg_matviews pg_indexes pg_sequences pg_locks pg_cursors pg_rules"
    " pg_available_extensions pg_prepared_xacts pg_prepared_statements pg_seclabels pg_settings pg_stat_activity"
    " pg_stat_all_tables pg_stat_user_indexes pg_statio_all_tables pg_stat_replication pg_stat_slru pg_stat_wal"
    " pg_stat_database pg_stat_bgwriter pg_stat_archiver pg_stat_ssl pg_stat_user_functions pg_stat_progress_vacuum"
    " pg_replication_slots pg_user_mappings pg_publication_tables pg_policies pg_file_settings pg_shmem_allocations"
)


@pytest.mark.parametrize("view", _VIEWS.split())
async def test_system_view_can_be_read(session: Session, view: str) -> None:
    result = await session.run(f"SELECT * FROM {view}")

    assert all(len(row) == len(result.columns or ()) for row in result.rows)


def test_keywords_are_postgres_460() -> None:
    rows = list(pg_get_keywords())

    assert len(rows) == 460
    assert ("select", "R", True, "reserved", "can be bare label") in rows

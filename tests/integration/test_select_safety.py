"""What a SELECT must never do: read anything but the catalog, change anything, go on when it is told to end."""

import threading
import time
from pathlib import Path

import psycopg
import pytest

from tests.integration.adapters import Address

Connection = psycopg.Connection[tuple[object, ...]]

# Functions of PostgreSQL's that reach files, programs, the network or the server's own state.
_OUTSIDE = (
    "pg_read_file('/etc/passwd')",
    "pg_read_binary_file('/etc/passwd')",
    "pg_ls_dir('/')",
    "pg_stat_file('/etc/passwd')",
    "pg_ls_logdir()",
    "pg_ls_waldir()",
    "pg_ls_tmpdir()",
    "lo_import('/etc/passwd')",
    "lo_export(1, '/tmp/x')",
    "lo_get(1)",
    "pg_switch_wal()",
    "pg_promote()",
    "pg_create_restore_point('x')",
    "query_to_xml('select 1', true, true, '')",
    "table_to_xml('pg_class', true, true, '')",
    "database_to_xml(true, true, '')",
    "ts_stat('select 1')",
    "pg_logical_slot_get_changes('s', null, null)",
    "binary_upgrade_set_next_pg_type_oid(1)",
    "pg_terminate_backend(0)::int / 0",
    "pg_read_file('../modeld.key')",
    "pg_ls_archive_statusdir()",
    "pg_ls_dir('.', true, true)",
    "lo_create(0)",
    "lo_unlink(1)",
    "lo_put(1, 0, 'x')",
    "lo_from_bytea(0, 'x')",
    "lo_open(1, 131072)",
    "pg_import_system_collations('pg_catalog')",
    "cursor_to_xml('c', 1, true, true, '')",
    "schema_to_xml('pg_catalog', true, true, '')",
    "xpath('/a', '<a/>')",
    "xmlparse(document '<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>')",
    "dblink('host=localhost', 'select 1')",
    "dblink_connect('host=localhost')",
    "pg_replication_origin_create('x')",
    "pg_create_physical_replication_slot('x')",
    "pg_drop_replication_slot('x')",
    "pg_start_backup('x')",
    "pg_backup_start('x')",
    "pg_export_snapshot()::int",
    "pg_extension_config_dump('pg_class', '')",
    "current_setting('data_directory')",
    "current_setting('hba_file', true)",
    "set_config('data_directory', '/tmp', false)",
    "set_config('session_preload_libraries', '/tmp/x.so', false)",
    "set_config('shared_preload_libraries', '/tmp/x.so', false)",
    "set_config('role', 'another', false)",
    "set_config('session_authorization', 'another', false)",
    "set_config('port', '1', false)",
    "currval('s')",
    "nextval('s')",
    "setval('s', 1)",
    "system('id')",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd')",
    "getattr(1, '__class__')",
    "load_extension('x')",
    "read_csv('/etc/passwd')",
    "pg_get_functiondef('pg_read_file(text)'::regprocedure)::int",
)


# Not supported, not allowed, not known, or wrong in itself: whatever it is, never done, and never an internal error.
_REFUSALS = ("0A000", "22012", "22023", "22P02", "42501", "42601", "42704", "42883", "42P01", "55000", "55P02")


def _outcome(connection: Connection, text: str) -> str | None:
    """The SQLSTATE of the statement's error; None for none."""
    try:
        connection.execute(text)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.fixture
def connection(address: Address) -> Connection:
    return psycopg.connect(address.dsn, autocommit=True)


@pytest.mark.parametrize("call", _OUTSIDE)
def test_nothing_outside_the_catalog_can_be_reached(connection: Connection, call: str) -> None:
    with connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(f"SELECT {call}")

    assert caught.value.sqlstate in _REFUSALS


@pytest.mark.parametrize(
    "text",
    [
        "COPY (SELECT 1) TO '/tmp/modeld-attack'",
        "COPY (SELECT 1) TO PROGRAM 'touch /tmp/modeld-attack'",
        "SELECT 1 INTO TABLE t",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO models VALUES (1)",
        "UPDATE models SET owner = 'me'",
        "DELETE FROM pg_class",
        "DO $$ BEGIN END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'",
        "LOAD 'x'",
        "SET session_preload_libraries = 'x'",
        "ALTER SYSTEM SET port = 1",
        "WITH d AS (DELETE FROM models RETURNING *) SELECT * FROM d",
        "SELECT * FROM dblink('host=localhost', 'select 1') AS t(a int)",
        "SELECT __import__('os')",
        "SELECT models.__class__ FROM models",
        "SELECT (models).__dict__ FROM models",
        "SELECT models._asdict() FROM models",
        'SELECT "__builtins__"',
        "COPY (SELECT 1) FROM '/etc/passwd'",
        "COPY models FROM PROGRAM 'id'",
        "COPY pg_class TO '/tmp/modeld-attack'",
        "TABLE pg_largeobject_metadata_of_nobody",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_ls_dir('/')",
        "CREATE EXTENSION dblink",
        "CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION f()",
        "CALL f()",
        "VACUUM FULL",
        "LOCK TABLE pg_class",
        "SELECT 1; COPY (SELECT 1) TO PROGRAM 'touch /tmp/modeld-attack'",
        "PREPARE p AS DELETE FROM models",
        "DECLARE c CURSOR WITH HOLD FOR DELETE FROM models RETURNING *",
        "EXPLAIN ANALYZE DELETE FROM models",
        "WITH i AS (INSERT INTO models DEFAULT VALUES RETURNING 1) SELECT * FROM i",
        "MERGE INTO models USING pg_class ON true WHEN MATCHED THEN DELETE",
    ],
)
def test_nothing_is_changed_or_run(connection: Connection, text: str) -> None:
    with connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(text)

    assert caught.value.sqlstate not in (None, "XX000")
    assert not Path("/tmp/modeld-attack").exists()  # noqa: S108  what the attacks would make


def test_many_long_selects_hold_up_nobody(address: Address) -> None:
    long_ones = [psycopg.connect(address.dsn, autocommit=True) for _ in range(20)]
    outcomes: list[str | None] = []

    def run(connection: Connection) -> None:
        outcomes.append(_outcome(connection, "SELECT count(*) FROM generate_series(1, 100000000000)"))

    threads = [threading.Thread(target=run, args=(connection,)) for connection in long_ones]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    with psycopg.connect(address.dsn, autocommit=True) as other:
        begun = time.monotonic()
        for number in range(5):
            # A new text each time, so that it is bound in a thread as well.
            assert other.execute(f"SELECT count(*) + {number} FROM pg_am").fetchone() == (7 + number,)
        assert time.monotonic() - begun < 5
    for connection in long_ones:
        connection.cancel_safe(timeout=30)
    for thread in threads:
        thread.join(30)
    assert outcomes == ["57014"] * 20
    for connection in long_ones:
        connection.close()


def test_a_cancelled_select_ends_and_the_session_goes_on(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        timer = threading.Timer(0.3, connection.cancel)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")
        timer.join()

        assert connection.execute("SELECT 1").fetchone() == (1,)

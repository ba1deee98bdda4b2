"""What a SELECT must never do: read anything but the catalog, run for ever, take the machine, hold up others."""

import threading
import time

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
)
# Each would take all memory, or all time, if it were let.
_GREEDY = (
    "SELECT repeat('x', 1000000000)",
    "SELECT repeat('x', 2147483647)",
    "SELECT lpad('x', 1000000000)",
    "SELECT rpad('x', 1000000000, 'ab')",
    "SELECT replace(repeat('x', 10000000), 'x', repeat('y', 1000))",
    "SELECT array_fill(1, ARRAY[100000, 100000])",
    "SELECT array_agg(g) FROM generate_series(1, 1000000000) g",
    "SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 100000)",
    "SELECT count(*) FROM generate_series(1, 100000000000)",
    "SELECT sum(a.g * b.g) FROM generate_series(1, 1000000) a(g), generate_series(1, 1000000) b(g)",
    "SELECT * FROM generate_series(1, 100000000) ORDER BY 1 DESC",
    "SELECT count(*) FROM pg_attribute a, pg_attribute b, pg_attribute c",
    "SELECT count(*) FROM pg_attribute a, pg_attribute b WHERE a.attname || b.attname = 'nothing'",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
    "WITH RECURSIVE t(n) AS (VALUES ('x') UNION ALL SELECT n || n FROM t) SELECT max(length(n)) FROM t",
    "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' ~ '^(a+)+$'",
    "SELECT regexp_replace(repeat('a', 50000), '(a*)*b', 'c')",
    "SELECT repeat('ab', 10000) LIKE repeat('%a', 5000) || 'c'",
    "SELECT 9999999999 ^ 999999999::numeric",
    "SELECT factorial(1000000)",
    "SELECT power(10::numeric, 10000000)",
    "SELECT count(DISTINCT md5(g::text)) FROM generate_series(1, 100000000) g",
    "SELECT row_number() OVER (ORDER BY g DESC) FROM generate_series(1, 100000000) g",
    "SELECT g FROM generate_series(1, 30000000) g UNION SELECT -g FROM generate_series(1, 30000000) g",
    "SELECT g FROM generate_series(1, 1000000000) g",
    "SELECT repeat('x', 100000) FROM generate_series(1, 1000000)",
    "SELECT pg_sleep(1000)",
)


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

    assert caught.value.sqlstate in ("0A000", "42501", "42883", "42704", "22012", "55000")


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
    ],
)
def test_nothing_is_changed_or_run(connection: Connection, text: str) -> None:
    with connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(text)

    assert caught.value.sqlstate not in (None, "XX000")


@pytest.mark.parametrize("text", _GREEDY)
def test_greed_is_bounded_and_others_are_served(address: Address, text: str) -> None:
    waits: list[float] = []
    done = threading.Event()

    def ask() -> None:
        with psycopg.connect(address.dsn, autocommit=True) as other:
            while not done.is_set():
                begun = time.monotonic()
                other.execute("SHOW MODELS")
                waits.append(time.monotonic() - begun)

    beside = threading.Thread(target=ask)
    beside.start()
    try:
        with psycopg.connect(address.dsn, autocommit=True) as greedy:
            greedy.execute("SET modeld.query_timeout = '700ms'")
            greedy.execute("SET modeld.query_memory = '64MB'")
            assert _outcome(greedy, text) in (None, "57014", "53200", "54000", "54001", "22003")
            # The session goes on.
            assert greedy.execute("SELECT 1").fetchone() == (1,)
    finally:
        done.set()
        beside.join()
    assert len(waits) > 1


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


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + "NOT " * 5000 + "true",
        "SELECT " + " - ".join(["1"] * 20000),
        "SELECT " + " AND ".join(["true"] * 20000),
        "SELECT " + "CASE WHEN true THEN " * 3000 + "1" + " END" * 3000,
        "SELECT 1 IN (" + ", ".join(map(str, range(20000))) + ")",
        "SELECT " + ", ".join(f"{number} AS c{number}" for number in range(1600)),
        "SELECT " + "ARRAY[" * 2000 + "1" + "]" * 2000,
        " UNION ALL ".join(["SELECT 1"] * 2000),
        "SELECT * FROM " + ", ".join(f"pg_am a{number}" for number in range(200)) + " LIMIT 1",
        "SELECT " + "(SELECT " * 500 + "1" + ")" * 500,
    ],
)
def test_huge_texts_are_answered(address: Address, text: str) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute("SET modeld.query_timeout = '2s'")
        assert _outcome(connection, text) in (None, "54001", "57014", "53200", "54011")
        assert connection.execute("SELECT 1").fetchone() == (1,)

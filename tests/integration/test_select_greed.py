"""SELECTs that would take all time or all memory, if they were let; each beside a session that has to be answered."""

import threading
import time

import psycopg
import pytest

from tests.integration.adapters import Address

Connection = psycopg.Connection[tuple[object, ...]]

# Seconds. What was asked is said beside them; the rest is for a machine that has much else to do.
MOST_TIME = 10.0  # 0.4, the time limit, and 0.1 to end
MOST_WAIT = 5.0  # 0.1

NINES = "9" * 130_000
_ROWS = (
    "SELECT count(*) FROM generate_series(1, 100000000000)",
    "SELECT count(*) FROM generate_series(1, 1000000000000000000)",
    "SELECT count(*) FROM generate_series(1::numeric, 1e30, 0.000001)",
    "SELECT count(*) FROM generate_series(repeat('9', 100000)::numeric, repeat('9', 130000)::numeric)",
    "SELECT count(*) FROM generate_series('0001-01-01'::timestamp, '9999-01-01', '1 microsecond')",
    "SELECT g FROM generate_series(1, 1000000000) g",
    "SELECT repeat('x', 100000) FROM generate_series(1, 1000000)",
    "COPY (SELECT g FROM generate_series(1, 1000000000) g) TO STDOUT",
    "SELECT sum(a.g * b.g) FROM generate_series(1, 1000000) a(g), generate_series(1, 1000000) b(g)",
    "SELECT count(*) FROM pg_attribute a, pg_attribute b, pg_attribute c",
    "SELECT count(*) FROM pg_attribute a, pg_attribute b WHERE a.attname || b.attname = 'nothing'",
    "SELECT count(*) FROM generate_series(1, 1000000) a JOIN generate_series(1, 1000000) b ON a % 10 = b % 10",
    "SELECT count(*) FROM generate_series(1, 3000) a FULL JOIN generate_series(1, 3000) b ON a = b AND b % 2 = 0",
    "SELECT count(*) FROM generate_series(1, 100000) a, LATERAL (SELECT count(*) FROM generate_series(1, a) b) s",
    "SELECT (SELECT sum(x) FROM generate_series(1, g) x) FROM generate_series(1, 100000) g",
    "SELECT count(*) FROM pg_attribute a WHERE EXISTS (SELECT 1 FROM pg_attribute b, pg_attribute c"
    " WHERE b.attnum + c.attnum = a.attnum + 100000)",
    "SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c",
    "SELECT * FROM generate_series(1, 100000000) ORDER BY 1 DESC",
    "SELECT g FROM generate_series(1, 100000000) g ORDER BY md5(g::text) LIMIT 10 OFFSET 100000000",
    "SELECT count(*) FROM (SELECT 1 FROM generate_series(1, 100000000000)"
    " LIMIT 9223372036854775807 OFFSET 9223372036854775806) s",
    "SELECT DISTINCT g FROM generate_series(1, 100000000) g",
    "SELECT count(DISTINCT md5(g::text)) FROM generate_series(1, 100000000) g",
    # Numbers whose hashes are all the same in Python.
    "SELECT count(DISTINCT g * 2305843009213693951::numeric) FROM generate_series(1, 1000000) g",
    "SELECT count(*) FROM (SELECT g * 2305843009213693951::numeric FROM generate_series(1, 100000) g GROUP BY 1) s",
    "SELECT g, count(*) FROM generate_series(1, 100000000) g GROUP BY g",
    "SELECT count(*) FROM (SELECT 1 a, 2 b, 3 c, 4 d, 5 e, 6 f, 7 g, 8 h, 9 i, 10 j) s, generate_series(1, 100000)"
    " GROUP BY CUBE (a, b, c, d, e, f, g, h, i, j)",
    "SELECT row_number() OVER (ORDER BY g DESC) FROM generate_series(1, 100000000) g",
    "SELECT count(*) FROM (SELECT string_agg(g::text, '') OVER (ORDER BY g ROWS BETWEEN UNBOUNDED PRECEDING"
    " AND CURRENT ROW EXCLUDE TIES) FROM generate_series(1, 100000) g) s",
    "SELECT count(*) FROM (SELECT array_agg(g) OVER (ORDER BY g) FROM generate_series(1, 100000) g) s",
    "SELECT g FROM generate_series(1, 30000000) g UNION SELECT -g FROM generate_series(1, 30000000) g",
    "SELECT g FROM generate_series(1, 30000000) g EXCEPT ALL SELECT -g FROM generate_series(1, 30000000) g",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
    "WITH RECURSIVE t(n) AS (VALUES ('x') UNION ALL SELECT n || n FROM t) SELECT max(length(n)) FROM t",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION SELECT n FROM t, generate_series(1, 1000000)) SELECT count(*) FROM t",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT 1 FROM t WHERE (SELECT count(*) FROM"
    " generate_series(1, 3000)) > 0) SELECT count(*) FROM t",
    "SELECT pg_sleep(1000)",
    "SELECT pg_sleep('infinity')",
    "SELECT pg_sleep_for('10 years')",
    "SELECT pg_sleep(0.001) FROM generate_series(1, 100000)",
    "SELECT count(pg_notify('c', repeat('x', 7000))) FROM generate_series(1, 10000000) g",
    "SELECT count(set_config('application_name', g::text, false)) FROM generate_series(1, 10000000) g",
)
_TEXTS = (
    "SELECT repeat('x', 1000000000)",
    "SELECT repeat('x', 2147483647)",
    "SELECT lpad('x', 1000000000)",
    "SELECT format('%1000000000s', 'x')",
    "SELECT format('%*s', 2147483647, 'x')",
    "SELECT format(repeat('%1$s', 3000000), 'x')",
    "SELECT concat_ws(repeat('x', 10000000), VARIADIC array_fill('y'::text, ARRAY[1000]))",
    "SELECT array_to_string(array_fill('y'::text, ARRAY[1000]), repeat('x', 10000000))",
    "SELECT replace(repeat('x', 10000000), 'x', repeat('y', 1000))",
    "SELECT length(initcap(repeat('ab cd ', 2500000)))",
    "SELECT length(upper(repeat('é', 15000000)))",
    "SELECT length(upper(repeat('ß', 15000000)))",
    "SELECT length(translate(repeat('ab', 8000000), 'ab', 'cd'))",
    "SELECT length(normalize(repeat('é', 15000000), NFD))",
    "SELECT length(quote_literal(repeat('''', 8000000)))",
    "SELECT parse_ident(repeat('a.', 8000000) || 'a')",
    "SELECT array_length(string_to_array(repeat('a,', 8000000), ','), 1)",
    "SELECT count(*) FROM string_to_table(repeat('a,', 8000000), ',')",
    "SELECT split_part(repeat('a,', 8000000), ',', 5)",
    "SELECT length(encode(repeat('x', 15000000)::bytea, 'escape'))",
    "SELECT sha512(repeat('x', 15000000)::bytea)",
    "SELECT length(to_char(now(), repeat('YYYY-MM-DD ', 1000000)))",
    "SELECT to_date(repeat('2020', 1000000), repeat('YYYY', 1000000))",
    "SELECT to_char(1.5, repeat('9', 10000000))",
    "SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 100000)",
    "SELECT count(*) FROM generate_series(1, 1000000) g WHERE md5(repeat('x', 1000000) || g) = 'a'",
    "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' ~ '^(a+)+$'",
    "SELECT repeat('a', 5000) ~ repeat('(a|b)*', 1000)",
    "SELECT repeat('a', 5000) ~ '(((((a{255}){255}){255}){255}){255})'",
    "SELECT repeat('a', 5000) ~ '((a{1,255}){1,255})b'",
    "SELECT regexp_replace(repeat('a', 50000), '(a*)*b', 'c')",
    "SELECT length(regexp_replace(repeat('a', 10000000), 'a', 'bb', 'g'))",
    "SELECT regexp_count(repeat('a', 15000000), 'a')",
    "SELECT array_length(regexp_split_to_array(repeat('a,', 8000000), ','), 1)",
    "SELECT count(*) FROM regexp_matches(repeat('a', 15000000), 'a', 'g')",
    "SELECT count(*) FROM generate_series(1, 1000000) g WHERE 'abc' ~ (g || repeat('(a|b)*', 500))",
    "SELECT repeat('a', 50000) SIMILAR TO '(a*)*b'",
    "SELECT repeat('ab', 10000) LIKE repeat('%a', 5000) || 'c'",
    "SELECT repeat('a', 1000000) LIKE '%' || repeat('a', 100000) || 'b%'",
    "SELECT repeat('a', 1000000) LIKE '%' || repeat('_', 100000) || 'b%'",
    "SELECT repeat('a', 1000000) LIKE '%' || repeat('a_', 100000) || 'b%'",
    "SELECT repeat('aB', 1000000) ILIKE '%' || repeat('a', 100000) || 'b%'",
    "SELECT strpos(repeat('a', 15000000), repeat('a', 7000000) || 'b')",
)
_VALUES = (
    f"SELECT {NINES} / 0.{'7' * 16000}",
    f"SELECT sqrt({NINES})",
    f"SELECT {NINES} % {'7' * 60000}",
    f"SELECT gcd({NINES}, {'7' * 129999}1)",
    f"SELECT 1.{'3' * 16000} ^ 1.5",
    f"SELECT 1.{'3' * 16000} ^ 100000",
    f"SELECT exp(5000.{'3' * 1000})",
    f"SELECT log(1.{'3' * 16000}, {NINES})",
    "SELECT 9999999999 ^ 999999999::numeric",
    "SELECT power(10::numeric, 10000000)",
    "SELECT 9::numeric ^ 9 ^ 9 ^ 9 ^ 9",
    "SELECT factorial(1000000)",
    f"SELECT {' + '.join(['factorial(32000)'] * 100)}",
    "SELECT count(factorial(30000 - g % 2)) FROM generate_series(1, 100000) g",
    "SELECT count(*) FROM generate_series(1, 100000) g WHERE repeat('9', 130000)::numeric / repeat('8', 60000)::numeric"
    " = g",
    "SELECT variance(repeat('9', 100000)::numeric + g) FROM generate_series(1, 10000) g",
    "SELECT interval '1 second' * 1e300",
    "SELECT bit(0, 2147483640)",
    "SELECT count(DISTINCT (g::bit(16000000))::text) FROM generate_series(1, 1000) g",
    "SELECT bit(b, 2147483640, true) FROM (SELECT '1'::bit(1) b) s",
    "SELECT max(round(g::numeric / 3, 16383)) FROM generate_series(1, 1000000) g",
    "SELECT ('(' || repeat('1,', 5000000) || '1)')::polygon",
    "SELECT ('(' || repeat('1,', 5000000) || '1)')::point",
    "SELECT ('$ ? (@ == \"' || repeat('a', 10000000) || '\")')::jsonpath",
    "SELECT ('P' || repeat('1D', 5000000))::interval",
    "SELECT ('{' || repeat('[1,2),', 2000000) || '[1,2)}')::int4multirange",
    "SELECT (repeat('a.', 5000000) || 'a')::regclass",
    "SELECT to_regtype('int' || repeat('[]', 3000000))",
    "SELECT has_table_privilege(repeat('a.', 5000000) || 'a', 'select')",
    "SELECT (repeat(':', 10000000))::inet",
    "SELECT ('x' || repeat('f', 10000000))::varbit",
    "SELECT array_fill(1, ARRAY[100000, 100000])",
    "SELECT array_fill(repeat('x', 1000000), ARRAY[100000])",
    "SELECT array_agg(g) FROM generate_series(1, 1000000000) g",
    "SELECT array_agg(now()) FROM generate_series(1, 400000) g",
    "SELECT array_agg(a) FROM (SELECT array_fill(1, ARRAY[1000]) a FROM generate_series(1, 1000000)) s",
    "WITH RECURSIVE t(a) AS (SELECT ARRAY[1] UNION ALL SELECT a || a FROM t) SELECT max(array_length(a, 1)) FROM t",
    "SELECT array_fill(1, ARRAY[3000000])::text::int[]",
    "SELECT count(*) FROM generate_series(1, 1000) g WHERE g + 5 = ANY (array_fill(1, ARRAY[1000000]))",
    "SELECT array_fill(1, ARRAY[1000000]) @> array_fill(2, ARRAY[1000000])",
    "SELECT count(*) FROM (SELECT array_fill(1, ARRAY[100000]) a FROM generate_series(1, 500) ORDER BY 1) s",
    "SELECT to_jsonb(array_fill(1, ARRAY[3000000]))",
    "SELECT jsonb_agg(g) FROM generate_series(1, 100000000) g",
    "SELECT json_object_agg(g, g) FROM generate_series(1, 100000000) g",
    "WITH RECURSIVE t(a) AS (SELECT '[1]'::jsonb UNION ALL SELECT a || a FROM t) SELECT max(length(a::text)) FROM t",
    "WITH RECURSIVE t(a) AS (SELECT '[1]'::jsonb UNION ALL SELECT jsonb_build_array(a) FROM t) SELECT count(*) FROM t",
    f"SELECT '{'[' * 500_000}{']' * 500_000}'::jsonb",
    f"SELECT '{'[' * 6000}{']' * 6000}'::jsonb",
    f"SELECT array_length('{{{','.join(['12'] * 600_000)}}}'::int[], 1)",
    f"SELECT array_length('{{{','.join(['2020-01-01 00:00:00+00'] * 80_000)}}}'::timestamptz[], 1)",
    f"SELECT '{'1' * 2_000_000}'::numeric",
)
_STATEMENTS = (
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "SELECT " + "NOT " * 5000 + "true",
    "SELECT " + " - ".join(["1"] * 200_000),
    "SELECT " + " AND ".join(["true"] * 200_000),
    "SELECT " + "CASE WHEN true THEN " * 3000 + "1" + " END" * 3000,
    "SELECT 1 IN (" + ", ".join(map(str, range(200_000))) + ")",
    "SELECT count(*) FROM generate_series(1, 1000000) g WHERE g + 1 IN ("
    + ", ".join(map(str, range(-20_000, 0)))
    + ")",
    "SELECT " + ", ".join(f"{number} AS c{number}" for number in range(1600)),
    "SELECT " + ", ".join(["1"] * 200_000),
    "SELECT " + "ARRAY[" * 2000 + "1" + "]" * 2000,
    "SELECT ARRAY[" + ", ".join(["1"] * 500_000) + "]",
    "SELECT concat(" + ", ".join(["'a'"] * 200_000) + ")",
    "SELECT COALESCE(" + ", ".join(["NULL"] * 200_000) + ")",
    " UNION ALL ".join(["SELECT 1"] * 20_000),
    "VALUES " + ", ".join(["(1)"] * 300_000),
    ";".join(["SELECT 1"] * 10_000),
    "SELECT * FROM " + ", ".join(f"pg_am a{number}" for number in range(200)) + " LIMIT 1",
    "SELECT * FROM " + ", ".join(f"pg_attribute a{number}" for number in range(60)) + " LIMIT 1",
    "SELECT " + "(SELECT " * 500 + "1" + ")" * 500,
    # Each table joins the one before with itself: 2 to the power of 40 rows.
    "WITH a0 AS (SELECT 1 UNION ALL SELECT 2), "
    + ", ".join(f"a{number} AS (SELECT 1 FROM a{number - 1} x, a{number - 1} y)" for number in range(1, 40))
    + " SELECT count(*) FROM a39",
    "SELECT 1 /*" + "*" * 8_000_000 + "*/",
    "SELECT 1 " + "/*" * 2_000_000 + "*/" * 2_000_000,
    "SELECT '" + "a" * 14_000_000 + "'",
    "SELECT E'" + "\\n" * 7_000_000 + "'",
    "SELECT " + "a b " * 2_000_000,
    "SELECT " + "+-*/ " * 2_000_000,
    "SELECT " + "'a' " * 2_000_000,
    "SELECT " + "$a$ " * 2_000_000,
    "SELECT " + "a" * 8_000_000,
)
_GREEDY = (*_ROWS, *_TEXTS, *_VALUES, *_STATEMENTS)
# Too long, too much, too large, too deep, or wrong in itself: never an internal error.
_BOUNDED = (
    "22007",
    "22P02",
    "42P01",
    "57014",
    "53200",
    "54000",
    "54001",
    "54011",
    "22003",
    "22008",
    "2201B",
    "42601",
    "0A000",
)


class _Beside:
    """Another session, asked all the while; leaving the `with` tells how long it had to wait."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._begun, self._done = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.waits: list[float] = []

    def _ask(self) -> None:
        with psycopg.connect(self._address.dsn, autocommit=True) as other:
            self._begun.set()
            while not self.waits or not self._done.wait(0.005):
                for text in ("SHOW MODELS", "SELECT count(*) FROM pg_am WHERE amname LIKE 'b%'"):
                    begun = time.monotonic()
                    other.execute(text.encode())
                    self.waits.append(time.monotonic() - begun)

    def __enter__(self) -> "_Beside":
        self._thread.start()
        assert self._begun.wait(MOST_TIME)
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def _run(connection: Connection, text: str) -> str | None:
    """The SQLSTATE of its error; None for none."""
    try:
        cursor = connection.cursor()
        if text.startswith("COPY"):
            with cursor.copy(text.encode()) as copy:
                for _ in copy:
                    pass
        else:
            cursor.execute(text.encode())
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize("text", _GREEDY, ids=[f"{number}: {text[:50]}" for number, text in enumerate(_GREEDY)])
def test_greed_is_bounded_and_others_are_served(address: Address, text: str) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as greedy, _Beside(address) as beside:
        greedy.execute("SET modeld.query_timeout = '400ms'")
        greedy.execute("SET modeld.query_memory = '64MB'")

        begun = time.monotonic()
        outcome = _run(greedy, text)
        taken = time.monotonic() - begun

        assert outcome is None or outcome in _BOUNDED
        assert taken < MOST_TIME
        # The session goes on.
        assert greedy.execute("SELECT 1").fetchone() == (1,)
    assert max(beside.waits) < MOST_WAIT


@pytest.mark.parametrize(
    "value",
    [list(range(1_000_000)), "{" + ",".join(["12"] * 3_000_000) + "}", "{" + ",".join(['"ab"'] * 500_000) + "}"],
    ids=["binary", "text", "quoted"],
)
def test_a_huge_parameter_holds_up_nobody(address: Address, value: object) -> None:
    kind = "int4[]" if isinstance(value, list) or value[1] == "1" else "text[]"  # type: ignore[index]  # a text
    with psycopg.connect(address.dsn, autocommit=True) as greedy, _Beside(address) as beside:
        row = greedy.execute(f"SELECT array_length(%b::{kind}, 1)".encode(), [value]).fetchone()
        assert row in ((1_000_000,), (3_000_000,), (500_000,))
    assert max(beside.waits) < MOST_WAIT


def test_a_huge_array_is_sent_and_holds_up_nobody(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as greedy, _Beside(address) as beside:
        row = greedy.execute("SELECT array_agg(g) FROM generate_series(1, 500000) g").fetchone()
        assert row == (list(range(1, 500_001)),)
    assert max(beside.waits) < MOST_WAIT

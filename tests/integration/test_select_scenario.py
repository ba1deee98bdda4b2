"""SELECT, the same through every client, straight to the server and through a pooler."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest

from tests.integration.adapters import (
    ADAPTERS,
    DRIVERS,
    Adapter,
    Address,
    Outcome,
    Pg8000,
    Psql,
    Psycopg2,
    Row,
)
from tests.integration.layered_adapters import (
    LAYERED,
    Odbc,
    OdbcFetching,
    SqlAlchemyPg8000,
    SqlAlchemyPsycopg2,
)
from tests.integration.pooler import pooler
from tests.integration.statements import add_version, create

Opener = Callable[[Address], Adapter]

EVERY: Final = (*ADAPTERS, *LAYERED)
# Those that keep one connection.
LASTING: Final = (*DRIVERS, *LAYERED)
# Before its release 1.21 pgbouncer does not follow prepared statements with a name from one of the server's connections
# to another; these do without.
NAMELESS: Final = (Psql, Psycopg2, Pg8000, SqlAlchemyPsycopg2, SqlAlchemyPg8000, Odbc, OdbcFetching)

# What is asked, the values for its parameters, and the rows, all text: psql shows nothing else.
QUERIES: Final[tuple[tuple[str, tuple[object, ...], list[Row]], ...]] = (
    ("SELECT model_name FROM models ORDER BY 1", (), [("a",), ("b",), ("c",)]),
    ("SELECT default.models.model_name FROM default.models WHERE model_name = {0}", ("a",), [("a",)]),
    ("SELECT model_name FROM models WHERE version_count > 99", (), []),
    ("SELECT comment FROM models WHERE model_name = {0}", ("b",), [("say 'é' to 模型 \U0001f9ea",)]),
    ("SELECT model_name FROM models WHERE model_name LIKE {0} AND model_name <> {1}", ("%", "b"), [("a",), ("c",)]),
    (
        "SELECT m.model_name, count(*)::text, string_agg(v.version_name, '+' ORDER BY v.version_name DESC) "
        "FROM models AS m JOIN model_versions AS v USING (model_name) GROUP BY 1 HAVING count(*) > 1",
        (),
        [("a", "2", "v2+v1")],
    ),
    (
        "SELECT DISTINCT split_part(options ->> {0}, '/', 4) FROM model_versions",
        ("LOCATION",),
        [("bucket",)],
    ),
    (
        "SELECT column_name, lower(data_type) FROM model_inputs WHERE model_name = {0} AND version_name = {1}",
        ("a", "v1"),
        [("f1", "int")],
    ),
    (
        "WITH RECURSIVE up(n) AS (VALUES (1) UNION ALL SELECT n * 2 FROM up WHERE n < 100) "
        "SELECT n::text, (rank() OVER (ORDER BY n DESC))::text FROM up ORDER BY up.n DESC LIMIT 2",
        (),
        [("128", "1"), ("64", "2")],
    ),
    ("SELECT n::text FROM generate_series(1, 3000) AS n", (), [(str(n),) for n in range(1, 3001)]),
    (
        "SELECT {0}::text || '!', length({1}::text)::text",
        ('it\'s \\ "q" {} % 列', "x" * 100_000),
        [('it\'s \\ "q" {} % 列!', "100000")],
    ),
    (
        "SELECT column_name::text, data_type::text FROM information_schema.columns "
        "WHERE table_schema = current_schema AND table_name = 'models' AND column_name LIKE {0} ORDER BY 1",
        ("%la%",),
        [("labels", "jsonb"), ("last_modified_time", "timestamp with time zone")],
    ),
    (
        "SELECT c.relname::text, n.nspname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE c.oid = 'models'::regclass",
        (),
        [("models", "default")],
    ),
)
REFUSALS: Final = (
    ("SELECT * FROM nothing", "42P01", 15),
    ("SELECT nothing FROM models", "42703", 8),
    ("SELECT nothing(1)", "42883", 8),
    ("SELECT 1 / (version_count - version_count) FROM models", "22012", None),
    ("SELECT 'x'::int", "22P02", 8),
    ("SELECT 1 +", "42601", 11),
    ("SELECT model_name, count(*) FROM models", "42803", 8),
)
# ODBC has SQLSTATEs of its own for these, which the driver puts in the place of PostgreSQL's.
OF_ODBC: Final = {"42P01": "42S02"}
TYPED: Final = (
    "SELECT true, -1::int2, 2::int4, 3::int8, 0.25::float8, 12.50::numeric, 'é模'::text, date '2024-02-29', "
    "timestamp '2024-02-29 12:34:56.789', NULL::text",
    (
        *(True, -1, 2, 3, 0.25, Decimal("12.50"), "é模", date(2024, 2, 29)),
        datetime(2024, 2, 29, 12, 34, 56, 789_000),  # noqa: DTZ001 - a timestamp without time zone
        None,
    ),
)


def make_models(address: Address) -> None:
    """The models a (of two versions), b and c."""
    with Psycopg2(address) as client:
        for sql in (
            create("a"),
            create("b", comment="say \\'é\\' to 模型 \U0001f9ea"),
            create("c"),
            add_version("a", "v2"),
        ):
            assert client.run(sql) == Outcome()


@pytest.fixture
def models(address: Address) -> Address:
    make_models(address)
    return address


def check_answers(client: Adapter, *, longest: int = 1_000_000) -> None:
    """Ask all queries whose values have at most so many characters."""
    for sql, values, rows in QUERIES:
        if all(len(str(value)) <= longest for value in values):
            assert client.run(sql, *values) == Outcome(tuple(rows)), sql


def check_refusals(client: Adapter) -> None:
    for sql, sqlstate, position in REFUSALS:
        outcome = client.run(sql)
        if isinstance(client, Odbc):
            assert outcome.sqlstate in (sqlstate, OF_ODBC.get(sqlstate)), sql
        else:
            assert (outcome.sqlstate, outcome.position) == (sqlstate, position), sql
        assert client.run("SELECT 'on'").rows == (("on",),)


@pytest.mark.parametrize("adapter", EVERY)
def test_rows_and_errors(adapter: Opener, models: Address) -> None:
    with adapter(models) as client:
        check_answers(client)
        check_refusals(client)


@pytest.mark.parametrize("adapter", LASTING)
def test_values_are_typed(adapter: Opener, models: Address) -> None:
    sql, values = TYPED
    with adapter(models) as client:
        assert client.run(sql).rows == (values,)
        ((name, count, moment),) = client.run(
            "SELECT model_name, version_count, create_time FROM models WHERE model_name = {0}", "a"
        ).rows

    assert (name, count) == ("a", 2)
    assert isinstance(moment, datetime)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # ODBC has no time zones
    assert abs(datetime.now(UTC) - aware) < timedelta(minutes=1)


@pytest.mark.parametrize("adapter", [each for each in LASTING if each is not OdbcFetching])
def test_a_transaction_sees_its_own_changes_alone(adapter: Opener, models: Address) -> None:
    names = "SELECT string_agg(model_name, ',' ORDER BY model_name) FROM models"
    with adapter(models) as one, adapter(models) as two:
        for sql in ("BEGIN ISOLATION LEVEL REPEATABLE READ", create("d"), "DROP MODEL a"):
            assert one.run(sql) == Outcome()
        assert one.run(names).rows == (("b,c,d",),)
        assert two.run(create("e")) == Outcome()
        assert one.run(names).rows == (("b,c,d",),)
        assert two.run(names).rows == (("a,b,c,e",),)
        assert one.run("SAVEPOINT s") == Outcome()
        assert one.run("SELECT 1 / 0").sqlstate == "22012"
        assert one.run(names).sqlstate == "25P02"
        assert one.run("ROLLBACK TO s") == Outcome()
        assert one.run(names).rows == (("b,c,d",),)
        assert one.run("ROLLBACK") == Outcome()
        assert one.run(names).rows == (("a,b,c,e",),)


@pytest.mark.parametrize("adapter", LASTING)
def test_a_statement_that_is_repeated_sees_every_change(adapter: Opener, models: Address) -> None:
    """Drivers prepare what they see often, under a name, and keep what they were told of it."""
    counting = "SELECT count(*)::text FROM models WHERE model_name LIKE {0}"
    with adapter(models) as client:
        for number in range(12):
            assert client.run(counting, "m%").rows == ((str(number),),)
            assert client.run(create(f"m{number}")) == Outcome()
        assert client.run(counting, "z%").rows == (("0",),)


@pytest.mark.parametrize("adapter", LASTING)
def test_cursors_and_prepared_statements_by_statement(adapter: Opener, models: Address) -> None:
    with adapter(models) as client:
        assert client.run("BEGIN") == Outcome()
        assert client.run("DECLARE c SCROLL CURSOR FOR SELECT model_name FROM models ORDER BY 1") == Outcome()
        assert client.run("FETCH 2 FROM c").rows == (("a",), ("b",))
        assert client.run("FETCH PRIOR FROM c").rows == (("a",),)
        assert client.run("FETCH ALL FROM c").rows == (("b",), ("c",))
        assert client.run("CLOSE c") == Outcome()
        assert client.run("COMMIT") == Outcome()

        assert client.run("PREPARE asked (text) AS SELECT upper($1) FROM models") == Outcome()
        assert client.run("EXECUTE asked ('x')").rows == (("X",),) * 3
        assert client.run("DEALLOCATE asked") == Outcome()
        assert client.run("EXECUTE asked ('x')").sqlstate == "26000"


@pytest.mark.parametrize("adapter", EVERY)
def test_through_a_pooler_in_session_mode(adapter: Opener, models: Address) -> None:
    with pooler(models, "session") as pooled:
        for _ in range(2):  # the second client is given the first one's connection
            with adapter(pooled) as client:
                check_answers(client)
                check_refusals(client)


@pytest.mark.parametrize("adapter", NAMELESS)
def test_through_a_pooler_in_transaction_mode(adapter: Opener, models: Address) -> None:
    # pg8000 begins with Bind before it has read the answer to the Sync before it. What its own buffer cannot hold
    # reaches a pooler that may be giving the connection back just then, and closes it in the middle of a message.
    longest = 1_000 if adapter in (Pg8000, SqlAlchemyPg8000) else 1_000_000
    with pooler(models, "transaction") as pooled, adapter(pooled) as one, adapter(pooled) as two:
        for client in (one, two):
            check_answers(client, longest=longest)
            check_refusals(client)


def test_a_transaction_keeps_its_connection_of_the_pooler(models: Address) -> None:
    counting = "SELECT count(*) FROM models"
    with pooler(models, "transaction", size=2) as pooled, Psycopg2(pooled) as one, Psycopg2(pooled) as two:
        one.run("BEGIN")
        one.run(create("d"))
        assert one.run(counting).rows == ((4,),)
        assert two.run(counting).rows == ((3,),)
        assert one.run("SELECT 1 / 0").sqlstate == "22012"
        assert two.run(counting).rows == ((3,),)
        assert one.run(counting).sqlstate == "25P02"
        one.run("ROLLBACK")
        assert one.run(counting).rows == ((3,),)

"""What drivers rely on beyond plain statements: types, parameters, notices, transactions, pipelines."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pg8000.dbapi
import pg8000.native
import psycopg
import psycopg2
import psycopg2.extensions
import pytest
from psycopg.rows import dict_row

from tests.integration.adapters import DRIVERS, Adapter, Address, Outcome
from tests.integration.statements import add_version, create

LOCATION = "oss://oss-cn-shanghai.aliyuncs.com/public/"
CREATE_PUBLIC = create("public").replace("oss://oss-cn-shanghai-internal.aliyuncs.com/bucket/path/", LOCATION)
KEY = "a key that stands in a parameter only"
CREATE_REMOTE = (
    "CREATE MODEL bound WITH VERSION v1 INPUT (a STRING COMMENT {0}) OPTIONS (MODEL_SOURCE_TYPE = 'REMOTE', "
    "MODEL_TYPE = 'LLM', TASKS = 'chat', PAI_EAS_MODEL_NAME = {1}, PAI_EAS_SERVICE_NAME = 's', "
    "ENDPOINT = 'http://e', APIKEY = {2}, PAI_EAS_SYNC_MODE = 'true') COMMENT {3}"
)
VALUES = ("it's a \\ column 列", "Qwen", KEY, 'model "comment" 模型')


def connect(address: Address) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(address.dsn, autocommit=True)


@pytest.mark.parametrize("adapter", DRIVERS)
def test_values_arrive_typed(adapter: Callable[[Address], Adapter], address: Address) -> None:
    with adapter(address) as client:
        client.run(create("typed"))
        client.run(add_version("typed", "v2"))

        first, second = client.run("SHOW VERSIONS FOR MODEL typed").rows
        ((_, owner, source, kind, default, created, modified, comment),) = client.run("SHOW MODELS").rows

    assert first[:2] == ("v1", True)
    assert second[:2] == ("v2", False)
    assert first[5] == 1
    assert (owner, source, kind) == ("modeld", "IMPORT", "BOOSTED_TREE_CLASSIFIER")
    assert (default, comment) == ("v1", "c")
    for time in (first[2], second[2], created, modified):
        assert isinstance(time, datetime)
        assert abs(datetime.now(UTC) - time) < timedelta(minutes=1)
    assert created == first[2]
    assert modified == second[2]


@pytest.mark.parametrize("adapter", DRIVERS)
def test_the_time_zone_changes_what_is_shown_and_not_what_is_meant(
    adapter: Callable[[Address], Adapter], address: Address
) -> None:
    with adapter(address) as client:
        client.run(create("zoned"))
        before = client.run("SHOW MODELS").rows[0][5]
        client.run("SET TimeZone = 'Asia/Shanghai'")
        after = client.run("SHOW MODELS").rows[0][5]
        described = {row[1]: row[2] for row in client.run("DESC MODEL zoned").rows}

    assert before == after
    assert isinstance(after, datetime)
    local = after.astimezone(ZoneInfo("Asia/Shanghai"))
    assert described["CreateTime"] == local.strftime("%Y-%m-%d %H:%M:%S")


def check_bound(rows: list[tuple[str, ...]]) -> None:
    values = {row[1]: (row[2], row[3]) for row in rows}
    assert values["a"] == ("string", VALUES[0])
    assert values["PAI_EAS_MODEL_NAME"] == ("Qwen", "")
    assert values["APIKEY"] == (f"****{KEY[-4:]}", "")
    assert values["Comment"][0] == VALUES[3]


@pytest.mark.parametrize("binary", [False, True])
def test_parameters_of_psycopg(address: Address, binary: bool) -> None:
    sign = "%b" if binary else "%s"
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute(CREATE_REMOTE.format(*[sign] * 4).encode(), VALUES, binary=binary)

        check_bound(connection.execute("DESC MODEL bound", binary=binary).fetchall())
        found = connection.execute(b"SHOW MODELS LIKE %s", ("b*|nothing",)).fetchall()
        assert [row[0] for row in found] == ["bound"]
        assert connection.execute(b"SHOW VERSIONS FOR MODEL bound LIKE %s", ("x*",)).fetchall() == []


def test_an_error_says_which_parameter_is_wrong(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation) as caught:
            connection.execute("SELECT %s::int + %s::int", ["1", "seven"])
        assert caught.value.diag.context == "unnamed portal parameter $2"
        with pytest.raises(psycopg.errors.InvalidTextRepresentation) as caught:
            connection.execute("SELECT 'seven'::int")
        assert caught.value.diag.context is None


def test_parameters_of_asyncpg(address: Address) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(
            host=address.host, port=address.port, user=address.user, database=address.project
        )
        await connection.execute(CREATE_REMOTE.format("$1", "$2", "$3", "$4"), *VALUES)
        check_bound(await connection.fetch("DESC MODEL bound"))
        statement = await connection.prepare("SHOW MODELS LIKE $1")
        assert [parameter.name for parameter in statement.get_parameters()] == ["text"]
        assert [row["model_name"] for row in await statement.fetch("bound")] == ["bound"]
        assert await statement.fetch("other") == []
        async with connection.transaction():
            assert [row[0] async for row in connection.cursor("SHOW MODELS LIKE $1", "%", prefetch=1)] == ["bound"]
        await connection.close()

    asyncio.run(scenario())


def test_parameters_of_pg8000(address: Address) -> None:
    connection = pg8000.native.Connection(address.user, host=address.host, port=address.port, database=address.project)
    sql = CREATE_REMOTE.format(":a", ":b", ":c", ":d").replace("'http://e'", ":endpoint")

    connection.run(sql, endpoint="http://e", **dict(zip("abcd", VALUES, strict=True)))

    check_bound([tuple(row) for row in connection.run("DESC MODEL bound")])
    assert [row[0] for row in connection.run("SHOW MODELS LIKE :p", p="b%")] == ["bound"]
    connection.close()


def test_parameters_of_psycopg2_are_pasted_and_follow_the_escapes_of_maxcompute(address: Address) -> None:
    connection = psycopg2.connect(address.dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(CREATE_REMOTE.format("%s", "%s", "%s", "%s"), ("it's", *VALUES[1:]))
        cursor.execute("DESC MODEL bound")
        rows = {row[1]: row[2:] for row in cursor.fetchall()}
    connection.close()

    assert rows["a"] == ("string", "it's")
    assert rows["Comment"][0] == VALUES[3]


def test_warnings_and_notices_reach_psycopg(address: Address) -> None:
    heard: list[tuple[str | None, str | None]] = []
    with connect(address) as connection:
        connection.add_notice_handler(lambda notice: heard.append((notice.severity, notice.sqlstate)))
        connection.execute(CREATE_PUBLIC.encode())
        connection.execute(CREATE_PUBLIC.replace("MODEL", "MODEL IF NOT EXISTS", 1).encode())
        connection.execute("DROP MODEL IF EXISTS nothing")
        connection.execute("SET client_min_messages = error")
        connection.execute("DROP MODEL IF EXISTS nothing")

    assert heard[0] == ("WARNING", "01000")
    assert ("NOTICE", "42710") in heard
    assert heard[-1] == ("NOTICE", "00000")
    assert heard.count(("NOTICE", "00000")) == 1


def test_warnings_and_notices_reach_the_other_drivers(address: Address) -> None:
    async def of_asyncpg() -> list[str]:
        connection = await asyncpg.connect(
            host=address.host, port=address.port, user=address.user, database=address.project
        )
        heard: list[str] = []
        connection.add_log_listener(lambda _, message: heard.append(message.sqlstate))
        await connection.execute("DROP MODEL IF EXISTS nothing")
        await asyncio.sleep(0)
        await connection.close()
        return heard

    second = psycopg2.connect(address.dsn)
    second.autocommit = True
    with second.cursor() as cursor:
        cursor.execute("DROP MODEL IF EXISTS nothing")
    third = pg8000.native.Connection(address.user, host=address.host, port=address.port, database=address.project)
    third.run("DROP MODEL IF EXISTS nothing")

    assert re.fullmatch(r"NOTICE:  .*nothing.* does not exist, skipping\n", second.notices[0])
    assert third.notices[0][b"C"] == b"00000"
    assert asyncio.run(of_asyncpg()) == ["00000"]
    second.close()
    third.close()


@pytest.mark.parametrize("adapter", DRIVERS)
def test_a_conflict_is_a_serialization_failure(adapter: Callable[[Address], Adapter], address: Address) -> None:
    with adapter(address) as one, adapter(address) as two:
        one.run(create("shared"))
        for client in (one, two):
            assert client.run("BEGIN") == Outcome()
        assert one.run(add_version("shared", "v2")) == Outcome()
        assert two.run(add_version("shared", "v3")) == Outcome()
        assert len(two.run("SHOW VERSIONS FOR MODEL shared").rows) == 2
        assert one.run("COMMIT") == Outcome()

        lost = two.run("COMMIT")

        assert lost.sqlstate == "40001"
        assert lost.message.startswith("ODPS-0110061: Failed to run ddltask - Transaction aborted: ")
        assert [row[0] for row in two.run("SHOW VERSIONS FOR MODEL shared").rows] == ["v1", "v2"]
        assert two.run(add_version("shared", "v3")) == Outcome()


def test_a_transaction_of_psycopg_is_one_step(address: Address) -> None:
    with psycopg.connect(address.dsn) as connection, connect(address) as other:
        connection.execute(create("atomic").encode())
        assert other.execute("SHOW MODELS").fetchall() == []
        connection.rollback()
        connection.execute(create("atomic").encode())
        connection.commit()

        def change() -> None:
            with connection.transaction():
                connection.execute(add_version("atomic", "v2").encode())
                connection.execute("ALTER MODEL atomic DROP VERSION v1")

        with connection.transaction(), pytest.raises(psycopg.errors.ObjectInUse):
            change()
        assert len(other.execute("SHOW VERSIONS FOR MODEL atomic").fetchall()) == 1


def test_constraints_are_deferred_as_loaders_do(address: Address) -> None:
    with connect(address) as connection:
        connection.execute("BEGIN")
        assert connection.execute("SET CONSTRAINTS ALL DEFERRED").statusmessage == "SET CONSTRAINTS"
        with pytest.raises(psycopg.errors.UndefinedObject, match='constraint "fk" does not exist'):
            connection.execute("SET CONSTRAINTS fk IMMEDIATE")
        connection.execute("ROLLBACK")


def test_a_text_of_several_statements_stops_at_its_first_error_and_is_undone(address: Address) -> None:
    text = f"{create('a')}; {create('b')}; DROP MODEL nothing; {create('d')}"
    with connect(address) as connection:
        with pytest.raises(psycopg.errors.UndefinedObject) as caught:
            connection.execute(text.encode())

        assert caught.value.diag.statement_position == str(text.index("nothing") + 1)
        assert connection.execute("SHOW MODELS").fetchall() == []
        connection.execute(f"{create('a')}; {create('b')}".encode())
        assert [row[0] for row in connection.execute("SHOW MODELS")] == ["a", "b"]


def test_an_error_inside_a_pipeline_undoes_its_batch_alone(address: Address) -> None:
    with connect(address) as connection:

        def play() -> None:
            with connection.pipeline() as pipeline:
                connection.execute(create("kept").encode())
                pipeline.sync()
                connection.execute(create("undone").encode())
                connection.execute("DROP MODEL nothing")
                connection.execute(create("skipped").encode())
                pipeline.sync()

        with pytest.raises(psycopg.errors.UndefinedObject):
            play()
        assert [row[0] for row in connection.execute("SHOW MODELS")] == ["kept"]


def test_a_pipeline_of_many_statements(address: Address) -> None:
    with connect(address) as connection, connection.pipeline():
        cursors = []
        for number in range(50):
            connection.execute(create(f"m{number:02}").encode())
            cursors.append(connection.execute(b"SHOW MODELS LIKE %s", (f"m{number:02}",)))

        assert [cursor.fetchall()[0][0] for cursor in cursors] == [f"m{number:02}" for number in range(50)]


def test_prepared_statements_and_row_limits_of_psycopg(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True, row_factory=dict_row) as connection:
        connection.execute(create("prepared").encode())
        for _ in range(8):
            rows = connection.execute(b"SHOW MODELS LIKE %s", ("prepared",), prepare=True).fetchall()
            assert [row["model_name"] for row in rows] == ["prepared"]


@pytest.mark.parametrize("prepare", [False, True], ids=["parsed each time", "prepared"])
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_lookups_by_the_next_name_find_what_is_there_now(address: Address, prepare: bool, binary: bool) -> None:
    lookup = "SELECT model_name, version_name, create_time FROM model_versions WHERE model_name = %s"
    with connect(address) as connection:
        cursor = connection.cursor(binary=binary)

        def versions(model: str) -> list[object]:
            rows = cursor.execute(lookup, [model], prepare=prepare).fetchall()
            assert all(row[0] == model and isinstance(row[2], datetime) for row in rows)
            return [row[1] for row in rows]

        for model in ("m1", "m2"):
            assert versions(model) == []
            connection.execute(create(model).encode())
            assert versions(model) == ["v1"]
            connection.execute(add_version(model, "v2").encode())
            for _ in range(4):
                assert versions(model) == ["v1", "v2"]
        connection.execute("DROP MODEL m1")
        assert [versions(model) for model in ("m1", "m2", "m3")] == [[], ["v1", "v2"], []]
        connection.execute("CREATE SCHEMA lookups")
        connection.execute(create("lookups.m2").encode())
        connection.execute("SET search_path = lookups")
        assert versions("m2") == ["v1"]


def test_the_error_classes_of_each_driver(address: Address) -> None:
    with connect(address) as connection, pytest.raises(psycopg.errors.SyntaxError):
        connection.execute("ALTER MODEL m ADD")
    second = psycopg2.connect(address.dsn)
    with second.cursor() as cursor, pytest.raises(psycopg2.errors.SyntaxError):
        cursor.execute("ALTER MODEL m ADD")
    second.close()
    third = pg8000.dbapi.connect(address.user, host=address.host, port=address.port, database=address.project)
    with pytest.raises(pg8000.dbapi.DatabaseError):
        third.cursor().execute("ALTER MODEL m ADD")
    third.close()


@pytest.mark.parametrize(
    ("changed", "sqlstate"),
    [({"user": "nobody"}, "28000"), ({"dbname": "nothing"}, "3D000"), ({"options": "-c nothing=1"}, "42704")],
)
def test_a_refused_login_says_why(address: Address, changed: dict[str, str], sqlstate: str) -> None:
    with pytest.raises(psycopg2.OperationalError) as caught:
        psycopg2.connect(psycopg2.extensions.make_dsn(address.dsn, **changed))

    words = {"28000": 'role "nobody" does not exist', "3D000": '"nothing" does not exist', "42704": "unrecognized"}
    assert words[sqlstate] in str(caught.value)

"""Sessions that live long: statements that drivers prepare by themselves, notifications, what a pool resets."""

import asyncio
import json
import select

import asyncpg
import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.statements import remote_options

PUBLIC = "SHOW MODELS IN bigdata_public_modelset"
SECRET = "a key that nobody may hear of"


def create_remote(name: str) -> str:
    types = "MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'LLM'"
    return f"CREATE MODEL {name} WITH VERSION v1 OPTIONS ({types}, {remote_options(SECRET)})"


async def connect(address: Address) -> asyncpg.Connection:
    return await asyncpg.connect(host=address.host, port=address.port, user=address.user, database=address.project)


def test_psycopg_may_prepare_and_forget_what_it_likes(address: Address) -> None:
    """After five executions psycopg prepares a statement; after DROP or ROLLBACK it sends DEALLOCATE ALL."""
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        for _ in range(8):
            connection.execute("SHOW MODELS LIKE %s", ["nothing"])
        connection.execute("DROP MODEL IF EXISTS nothing")
        for _ in range(8):
            assert connection.execute("SHOW MODELS LIKE %s", ["nothing"]).fetchall() == []
        with pytest.raises(psycopg.errors.UndefinedObject), connection.transaction():
            connection.execute("DROP MODEL nothing")
        assert connection.execute("SHOW MODELS LIKE %s", ["nothing"]).fetchall() == []


async def test_asyncpg_keeps_its_statements(address: Address) -> None:
    connection = await connect(address)
    try:
        for _ in range(3):
            assert await connection.fetch("SHOW MODELS LIKE $1", "nothing") == []
        await connection.execute("DROP MODEL IF EXISTS nothing")
        assert await connection.fetch("SHOW MODELS LIKE $1", "nothing") == []
    finally:
        await connection.close()


def test_what_a_pool_resets_is_reset(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute("PREPARE q AS SHOW MODELS")
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        connection.execute("DISCARD ALL")

        assert connection.execute("SHOW TimeZone").fetchone() == ("UTC",)
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            connection.execute("EXECUTE q")


def test_every_committed_change_is_told_in_order_and_without_secrets(address: Address) -> None:
    with (
        psycopg.connect(address.dsn, autocommit=True) as listener,
        psycopg.connect(address.dsn, autocommit=True) as writer,
    ):
        listener.execute("LISTEN model_changes")
        writer.execute(create_remote("told").encode())
        with writer.transaction():
            writer.execute("ALTER MODEL told SET DEFAULT_VERSION v1")  # no change
            writer.execute("DROP MODEL told")
        with pytest.raises(psycopg.errors.UndefinedObject), writer.transaction():
            writer.execute("DROP MODEL told")

        heard = [each.payload for each in listener.notifies(timeout=10, stop_after=2)]

    assert [json.loads(payload)["action"] for payload in heard] == ["CREATE MODEL", "DROP MODEL"]
    assert all(json.loads(payload)["object"].endswith(".default.told") for payload in heard)
    assert SECRET not in "".join(heard)


async def test_notifications_wait_for_the_commit(address: Address) -> None:
    listener, speaker = await connect(address), await connect(address)
    heard: asyncio.Queue[tuple[object, ...]] = asyncio.Queue()
    try:
        await listener.add_listener("spoken", lambda *words: heard.put_nowait(words[2:]))
        async with speaker.transaction():
            await speaker.execute("NOTIFY spoken, 'once'")
            await speaker.execute("NOTIFY spoken, 'once'")
            await listener.fetch("SHOW MODELS")
            assert heard.empty()
        assert await asyncio.wait_for(heard.get(), 10) == ("spoken", "once")
        transaction = speaker.transaction()
        await transaction.start()
        await speaker.execute("NOTIFY spoken, 'never'")
        await transaction.rollback()
        await speaker.execute("NOTIFY spoken, 'last'")
        assert await asyncio.wait_for(heard.get(), 10) == ("spoken", "last")
    finally:
        await listener.close()
        await speaker.close()


def test_a_cursor_moves_both_ways_and_ends_with_its_transaction(address: Address) -> None:
    with psycopg.connect(address.dsn) as connection:
        connection.execute(f"DECLARE c CURSOR FOR {PUBLIC}")
        (first,) = connection.execute("FETCH 1 FROM c").fetchall()
        connection.execute("MOVE LAST FROM c")
        (again,) = connection.execute("FETCH FIRST FROM c").fetchall()
        connection.commit()

        assert first == again
        with pytest.raises(psycopg.errors.InvalidCursorName):
            connection.execute("FETCH 1 FROM c")


def test_rows_can_be_copied_out(address: Address) -> None:
    copying = f"COPY ({PUBLIC} LIKE 'qwen3-4b*') TO STDOUT"
    with psycopg.connect(address.dsn) as connection, connection.cursor().copy(copying) as copy:
        rows = list(copy.rows())

    assert [row[0] for row in rows] == ["qwen3-4b-gguf"]


def test_rows_can_be_copied_out_in_binary(address: Address) -> None:
    copying = f"COPY ({PUBLIC} LIKE 'qwen3-4b*') TO STDOUT (FORMAT binary)"
    with psycopg.connect(address.dsn) as connection, connection.cursor().copy(copying) as copy:
        copy.set_types(["text"] * 5 + ["timestamptz"] * 2 + ["text"])
        (row,) = copy.rows()

    assert row[0] == "qwen3-4b-gguf"
    assert row[5] == row[6]


def test_a_read_only_transaction_refuses_changes(address: Address) -> None:
    with psycopg.connect(address.dsn) as connection:
        connection.read_only = True
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE SCHEMA forbidden")


def test_an_idle_session_ends_when_its_time_is_up(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute("SET idle_session_timeout = 50")
        assert select.select([connection], [], [], 10)[0]
        with pytest.raises(psycopg.errors.IdleSessionTimeout):
            connection.execute("SHOW MODELS")


@pytest.mark.parametrize("busy", [False, True])
def test_a_transaction_that_takes_too_long_ends_its_session(address: Address, busy: bool) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute("SET transaction_timeout = 100")
        connection.execute("BEGIN")

        if not busy:
            select.select([connection], [], [], 20)
        with pytest.raises(psycopg.Error, match="transaction timeout"):
            connection.execute("SELECT pg_sleep(20)")

        assert connection.closed


def test_a_transaction_that_ends_in_time_is_left_alone(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute("SET transaction_timeout = 300")
        for _ in range(3):
            connection.execute("BEGIN")
            connection.execute("COMMIT")
        select.select([connection], [], [], 0.5)

        assert connection.execute("SHOW TimeZone").fetchone() == ("UTC",)


def test_the_server_shows_its_own_settings(address: Address) -> None:
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        assert connection.execute("SHOW port").fetchone() == (str(address.port),)
        assert connection.execute("SHOW listen_addresses").fetchone() == (address.host,)
        assert connection.execute("SHOW max_connections").fetchone() == ("1000",)
        assert connection.execute("SHOW superuser_reserved_connections").fetchone() == ("0",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)
        assert connection.execute("SHOW ssl").fetchone() == ("off",)
    with psycopg.connect(address.dsn, options="-c tcp_keepalives_idle=1min -c commit_delay=0") as connection:
        assert connection.execute("SHOW tcp_keepalives_idle").fetchone() == ("1min",)


def test_one_session_cannot_fill_the_memory_by_what_it_keeps(address: Address) -> None:
    text = "SELECT '" + "x" * 1_900_000 + "'"
    with psycopg.connect(address.dsn, autocommit=True) as session:
        for number in range(8):
            session.execute(f"PREPARE s{number} AS {text}".encode())
        with pytest.raises(psycopg.errors.OutOfMemory, match="DEALLOCATE those that are not needed"):
            session.execute(f"PREPARE one_more AS {text}".encode())
        session.execute("DEALLOCATE ALL")
        session.execute(f"PREPARE s AS {text}".encode())
        with pytest.raises(psycopg.errors.ProgramLimitExceeded, match=r'"my\.v" is longer than 65536 characters'):
            session.execute(b"SET my.v = '" + b"x" * 65_537 + b"'")
        with pytest.raises(psycopg.errors.ProgramLimitExceeded, match="more than 1000 parameters of its own"):
            session.execute("SELECT set_config('my.v' || g, '', false) FROM generate_series(1, 1001) g")

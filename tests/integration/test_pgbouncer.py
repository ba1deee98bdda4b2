"""psycopg with pgbouncer between it and modeld, in session and in transaction mode."""

import psycopg
import pytest

from tests.integration.adapters import Address
from tests.integration.pooler import pooler
from tests.integration.programs import REFUSED
from tests.integration.statements import ADD_V2, CREATE, DROP, DROP_V2, MODEL, add_version, create, set_default

Connection = psycopg.Connection[tuple[object, ...]]


def connect(address: Address) -> Connection:
    # Before its release 1.21 pgbouncer does not follow prepared statements from one server connection to another.
    return psycopg.connect(address.dsn, autocommit=True, prepare_threshold=None)


def names(connection: Connection, pattern: str) -> list[object]:
    return [row[0] for row in connection.execute(b"SHOW MODELS LIKE %s", (pattern,))]


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_the_documents_scenario(address: Address, mode: str) -> None:
    with pooler(address, mode) as pooled, connect(pooled) as connection:
        for sql in (CREATE, ADD_V2, set_default("v2")):
            connection.execute(sql.encode())
        with pytest.raises(psycopg.errors.ObjectInUse) as caught:
            connection.execute(DROP_V2.encode())
        assert caught.value.diag.message_primary == REFUSED
        for sql in (set_default("v1"), DROP_V2):
            connection.execute(sql.encode())
        assert names(connection, MODEL) == [MODEL.lower()]
        connection.execute(DROP.encode())


def test_a_session_begins_as_new(address: Address) -> None:
    with pooler(address, "session") as pooled:
        with connect(pooled) as first:
            first.execute("SET statement_timeout = '7s'")
            first.execute("PREPARE p AS SHOW MODELS")
        with connect(pooled) as second:
            assert second.execute("SHOW statement_timeout").fetchone() == ("0",)
            with pytest.raises(psycopg.errors.InvalidSqlStatementName):
                second.execute("EXECUTE p")


def test_clients_that_share_a_connection_keep_their_own_parameters(address: Address) -> None:
    with pooler(address, "transaction") as pooled, connect(pooled) as one, connect(pooled) as two:
        one.execute("SET TimeZone = 'Asia/Shanghai'")
        two.execute("SET TimeZone = 'Europe/Berlin'")
        for _ in range(3):
            assert one.execute("SHOW TimeZone").fetchone() == ("Asia/Shanghai",)
            assert two.execute("SHOW TimeZone").fetchone() == ("Europe/Berlin",)


def test_transactions_through_the_pooler(address: Address) -> None:
    with pooler(address, "transaction", size=2) as pooled, connect(pooled) as one, connect(pooled) as two:
        one.execute(create("shared").encode())
        one.execute("BEGIN")
        one.execute(add_version("shared", "v2").encode())
        two.execute(add_version("shared", "v3").encode())
        with pytest.raises(psycopg.errors.SerializationFailure):
            one.execute("COMMIT")
        with one.transaction(force_rollback=True):
            one.execute(create("undone").encode())
        assert names(two, "%") == ["shared"]
        assert len(one.execute("SHOW VERSIONS FOR MODEL shared").fetchall()) == 2

"""Privileges through real clients: whatever way a model was seen or kept, what was taken away is gone at once."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.integration.server_process import ServerProcess
from tests.integration.statements import create
from tests.integration.test_users import run

Connection = psycopg.Connection[tuple[object, ...]]
DENIED = "You have NO privilege 'odps:{}' on {{acs:odps:*:projects/modeld/schemas/default/models/m}}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("privileges") / "data") as process:
        yield process


def connect(server: ServerProcess, user: str, database: str = "modeld") -> Connection:
    return psycopg.connect(f"host=127.0.0.1 port={server.port} user={user} dbname={database}", autocommit=True)


@pytest.fixture
def owner(server: ServerProcess) -> Iterator[Connection]:
    """The owner, with a model `m` and a user `bob` who holds nothing."""
    with connect(server, "modeld") as connection:
        connection.execute("ADD USER IF NOT EXISTS bob")
        connection.execute("DROP MODEL IF EXISTS m")
        connection.execute(create("m").encode())
        yield connection


@pytest.fixture
def bob(server: ServerProcess, owner: Connection) -> Iterator[Connection]:
    with connect(server, "bob") as connection:
        yield connection


def test_what_was_granted_and_revoked(owner: Connection, bob: Connection) -> None:
    with pytest.raises(psycopg.errors.UndefinedObject, match=r"Model modeld\.default\.m does not exist"):
        bob.execute("DESC MODEL m")
    assert owner.execute("GRANT Describe ON MODEL m TO USER bob").statusmessage == "GRANT"
    described = bob.execute("DESC MODEL m").fetchall()
    assert described == owner.execute("DESC MODEL m").fetchall()

    with pytest.raises(psycopg.errors.InsufficientPrivilege) as error:
        bob.execute("ALTER MODEL m SET COMMENT 'c'")
    assert DENIED.format("Alter") in str(error.value.diag.message_primary)
    assert str(error.value.diag.message_primary).startswith("ODPS-0130013:[1,13] Authorization exception - ")
    assert error.value.diag.statement_position == "13"

    assert owner.execute("REVOKE Describe ON MODEL m FROM USER bob").statusmessage == "REVOKE"
    with pytest.raises(psycopg.errors.UndefinedObject):
        bob.execute("DESC MODEL m")


def test_no_way_to_a_model_outlives_its_privilege(owner: Connection, bob: Connection) -> None:
    """Kept answers, prepared statements, views."""
    owner.execute("GRANT Describe ON MODEL m TO USER bob")
    bob.execute("PREPARE p AS DESC MODEL m")
    texts = ("DESC MODEL m", "EXECUTE p", "SHOW CREATE MODEL m", "SHOW HISTORY FOR MODEL m")
    queries = (
        "SELECT * FROM model_versions WHERE model_name = 'm'",
        "SELECT model_name FROM models",
        "TABLE model_options",
    )
    for _ in range(3):
        for text in texts:
            assert bob.execute(text.encode(), prepare=True).fetchall()
        for query in queries:
            assert bob.execute(query.encode(), prepare=True).fetchall()

    owner.execute("REVOKE Describe ON MODEL m FROM USER bob")

    for text in texts:
        with pytest.raises(psycopg.errors.UndefinedObject):
            bob.execute(text.encode())
    for query in queries:
        assert bob.execute(query.encode()).fetchall() == []
        assert bob.execute(query.encode(), prepare=True).fetchall() == []


def test_the_same_text_of_two_users_has_two_answers(owner: Connection, bob: Connection) -> None:
    owner.execute("GRANT List ON SCHEMA default TO USER bob")
    for _ in range(3):
        assert owner.execute("SELECT version_name FROM model_versions").fetchall() == [("v1",)]
        assert bob.execute("SELECT version_name FROM model_versions").fetchall() == []
        assert bob.execute("SELECT model_name FROM models").fetchall() == [("m",)]
    owner.execute("REVOKE List ON SCHEMA default FROM USER bob")


def test_others_models_are_not_told_of(owner: Connection, bob: Connection) -> None:
    bob.execute("LISTEN model_changes")
    owner.execute("ALTER MODEL m SET COMMENT 'hidden'")
    owner.execute("GRANT Describe ON MODEL m TO USER bob")
    owner.execute("ALTER MODEL m SET COMMENT 'seen'")

    heard = [json.loads(notify.payload)["action"] for notify in bob.notifies(timeout=2, stop_after=2)]

    assert heard == ["GRANT", "SET COMMENT"]


def test_the_history_tells_no_describer_who_else_was_granted_what(owner: Connection, bob: Connection) -> None:
    owner.execute("GRANT Describe ON MODEL m TO USER bob")
    query = "SELECT statement FROM model_history WHERE model_name = 'm' AND action = 'GRANT'"

    assert bob.execute(query).fetchall()[-1] == (None,)
    assert owner.execute(query).fetchall()[-1] == ("GRANT Describe ON MODEL m TO USER bob",)


def test_who_takes_a_freed_name_sees_its_own_history(owner: Connection, bob: Connection) -> None:
    owner.execute("GRANT CreateModel ON SCHEMA default TO USER bob")
    owner.execute("DROP MODEL m")

    bob.execute(create("m").encode())

    assert len(bob.execute("SHOW HISTORY FOR MODEL m").fetchall()) == 1
    assert bob.execute("SELECT principal FROM model_history WHERE model_name = 'm'").fetchall() == [("bob",)]
    assert len(owner.execute("SHOW HISTORY FOR MODEL m").fetchall()) > 2
    owner.execute("REVOKE CreateModel ON SCHEMA default FROM USER bob")


def has_ended(connection: Connection) -> bool:
    try:
        connection.execute("WHOAMI")
    except psycopg.errors.AdminShutdown:
        return True
    return False


def test_a_dropped_users_session_is_not_the_next_ones(
    server: ServerProcess, owner: Connection, bob: Connection
) -> None:
    owner.execute("DROP MODEL IF EXISTS m")
    with connect(server, "bob") as second, owner.transaction():
        owner.execute("DROP USER bob")
        owner.execute("ADD USER bob")
        assert second.execute("WHOAMI").fetchone()

    for _ in range(100):
        if has_ended(bob):
            break
        time.sleep(0.02)
    assert bob.closed
    with connect(server, "bob") as new:
        new.execute("WHOAMI")
        assert owner.execute("WHOAMI").fetchone()


def test_others_statements_are_not_shown(owner: Connection, bob: Connection) -> None:
    rows = bob.execute("SELECT usename, query, client_addr IS NULL FROM pg_stat_activity ORDER BY usename").fetchall()

    assert rows[0][0] == "bob"
    assert "pg_stat_activity" in str(rows[0][1])
    assert rows[1] == ("modeld", "<insufficient privilege>", True)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bob.execute("SELECT pg_terminate_backend(%s)", [owner.info.backend_pid])


def test_who_is_no_member_does_not_get_in(server: ServerProcess, owner: Connection, bob: Connection) -> None:
    owner.execute("REMOVE USER bob")

    with pytest.raises(
        psycopg.OperationalError, match=r"ODPS-0420095: Access Denied .*You doesn't exist in project modeld"
    ):
        connect(server, "bob")
    with pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
        bob.execute("SHOW MODELS")
    assert bob.execute("SELECT * FROM models").fetchall() == []
    with connect(server, "bob", "bigdata_public_modelset") as public:
        assert len(public.execute("SHOW MODELS").fetchall()) >= 10


def test_psql_runs_a_script_of_grants(server: ServerProcess, owner: Connection) -> None:
    script = """
        create role readers;
        grant Describe on model m to role readers;
        grant readers to bob;  -- as in MaxCompute's console
        show grants for bob;
        list users;
        show acl for m on type model;
        whoami;
        revoke readers from bob;
        drop role readers;
    """

    process = subprocess.run(
        ["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(server.port), "-U", "modeld", "modeld"],
        input=script,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert process.stderr == ""
    assert process.stdout.splitlines() == [
        "CREATE ROLE",
        "GRANT",
        "GRANT ROLE",
        "ACL|role|readers|model|projects/modeld/schemas/default/models/m|Describe",
        "bob|readers",
        "modeld|Super_Administrator",
        "Implicit|project_owner|modeld|model|projects/modeld/schemas/default/models/m|All",
        "Implicit|super_administrator|modeld|model|projects/modeld/schemas/default/models/m|All",
        "Implicit|object_creator|modeld|model|projects/modeld/schemas/default/models/m|All",
        "ACL|role|readers|model|projects/modeld/schemas/default/models/m|Describe",
        "modeld|127.0.0.1|modeld|default|Super_Administrator",
        "REVOKE ROLE",
        "DROP ROLE",
    ]


def test_user_add_names_the_project_where_there_are_several(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ServerProcess(folder) as server, connect(server, "modeld") as connection:
        connection.execute("CREATE DATABASE second")

    refused = run(folder, "add", "carol", password="x")
    added = run(folder, "add", "carol", "--project", "second", password="x")

    assert (refused.returncode, added.returncode) == (2, 0), refused.stderr + added.stderr
    assert "--project is needed: there are 2 projects" in refused.stderr
    with ServerProcess(folder) as server, connect(server, "carol", "second") as connection:
        assert connection.execute("WHOAMI").fetchone() == ("carol", "127.0.0.1", "second", "default", "")

"""What of a session's settings a transaction undoes: run-time parameters, current project and schema."""

import pytest

from server.errors import Condition
from tests.unit.server.catalog.scenes import create
from tests.unit.server.sessions import Scene, Session


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


async def test_rollback_undoes_set_and_use(session: Session) -> None:
    await session.run("CREATE SCHEMA s", "SET TimeZone = 1", "BEGIN", "SET TimeZone = 2", "USE SCHEMA s")
    await session.run(create("in_s"), "ROLLBACK", create("m"))

    assert await session.show("TimeZone") == "<+01>-01"
    assert await session.models() == ["m"]


async def test_rollback_to_undoes_set_and_use_since_the_savepoint(session: Session) -> None:
    await session.run("CREATE DATABASE q", "BEGIN", "SET TimeZone = 1", "SAVEPOINT a", "SET TimeZone = 2", "USE q")
    await session.run("ROLLBACK TO a")
    assert await session.show("TimeZone") == "<+01>-01"

    await session.run(create(), "COMMIT")

    assert await session.show("TimeZone") == "<+01>-01"
    assert await session.models() == ["m"]


async def test_reset_is_undone_too(session: Session) -> None:
    await session.run("SET TimeZone = 1", "BEGIN", "RESET ALL", "ROLLBACK")

    assert await session.show("TimeZone") == "<+01>-01"


async def test_set_local_ends_with_the_transaction(session: Session) -> None:
    await session.run("SET TimeZone = 1", "BEGIN", "SET LOCAL TimeZone = 2")
    assert await session.show("TimeZone") == "<+02>-02"
    await session.run("COMMIT")
    assert await session.show("TimeZone") == "<+01>-01"

    await session.run("BEGIN", "SET LOCAL TimeZone = 2", "SET TimeZone = 3", "COMMIT")
    assert await session.show("TimeZone") == "<+03>-03"

    await session.run("BEGIN", "SET LOCAL TimeZone TO DEFAULT")
    assert await session.show("TimeZone") == "UTC"
    await session.run("COMMIT")
    assert await session.show("TimeZone") == "<+03>-03"


async def test_set_local_outside_a_transaction_has_no_effect(session: Session) -> None:
    await session.run("SET LOCAL TimeZone = 2")

    assert await session.show("TimeZone") == "UTC"


async def test_set_local_in_an_implicit_transaction_needs_no_warning(session: Session) -> None:
    session.executor.control.begin_implicit()
    result = await session.run("SET LOCAL TimeZone = 2")
    assert await session.show("TimeZone") == "<+02>-02"
    await session.executor.control.end_implicit()

    assert result.notices == ()
    assert await session.show("TimeZone") == "UTC"


async def test_use_switches_project_and_schema(session: Session) -> None:
    await session.run("CREATE SCHEMA s", "CREATE DATABASE q", create("m"), create("s.n"), create("q.o"))

    await session.run("USE SCHEMA s")
    assert await session.models() == ["n"]
    await session.run("USE Q")
    assert await session.models() == ["o"]
    assert await session.fails("USE SCHEMA s") is Condition.SCHEMA_NOT_FOUND
    assert await session.fails("USE x") is Condition.PROJECT_NOT_FOUND
    await session.run("USE p")
    assert await session.models() == ["m"]


async def test_the_current_schema_is_the_first_of_the_search_path_that_exists(session: Session) -> None:
    await session.run("CREATE SCHEMA s", 'SET search_path = nowhere, "$user", pg_catalog, s, "default"', create())

    assert await session.models() == ["m"]
    await session.run('SET search_path = "default"')
    assert await session.models() == []


async def test_use_schema_sets_the_search_path(session: Session) -> None:
    await session.run("CREATE SCHEMA s", "USE SCHEMA s")

    assert await session.show("search_path") == "s"


async def test_a_search_path_of_missing_schemas_leads_nowhere_else(session: Session) -> None:
    await session.run("SET search_path = nowhere")

    assert await session.fails(create()) is Condition.SCHEMA_NOT_FOUND


async def test_an_empty_search_path_means_the_default_schema(session: Session) -> None:
    await session.run(create(), "SET search_path = ''")

    assert await session.models() == ["m"]

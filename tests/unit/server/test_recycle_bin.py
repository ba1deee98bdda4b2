"""The recycle bin as a session sees it."""

from datetime import timedelta

import pytest

from server.engine import Engine
from server.errors import Condition
from server.retention import Retention
from server.secrets import Keyring
from server.store.interface import StoreUnavailable
from tests.unit.server.catalog.scenes import add, create
from tests.unit.server.sessions import KEY, Scene, Session, SteppingClock, create_keyed


@pytest.fixture
async def scene() -> Scene:
    return await Scene().begin()


@pytest.fixture
def session(scene: Scene) -> Session:
    return scene.session()


async def test_tags(session: Session) -> None:
    await session.run(create(), "DROP MODEL m")

    assert (await session.run("UNDROP MODEL m")).tag == "UNDROP MODEL"
    await session.run("DROP MODEL m")
    assert (await session.run("PURGE MODEL m")).tag == "PURGE MODEL"
    assert await session.fails("UNDROP MODEL m") is Condition.MODEL_NOT_DROPPED


async def test_a_dropped_model_is_shown_where_it_was(session: Session) -> None:
    await session.run("CREATE SCHEMA s", create(comment="COMMENT 'mine'"), add(), "DROP MODEL m", create("s.m"))
    await session.run("DROP MODEL s.m")

    ((name, owner, source, type_, default, versions, dropped, by, purged, comment),) = await session.rows(
        "SHOW DROPPED MODELS"
    )

    assert (name, owner, source, type_, default) == ("m", "alice", "REMOTE", "LLM", "v1")
    assert (versions, by, comment) == (2, "alice", "mine")
    assert purged - dropped == timedelta(days=7)  # type: ignore[operator]
    assert len(await session.rows("SHOW DROPPED MODELS IN s LIKE 'm*'")) == 1
    assert await session.rows("SHOW DROPPED MODELS IN s LIKE 'x*'") == []


async def test_it_is_shown_nowhere_else(session: Session) -> None:
    await session.run(create(), "DROP MODEL m")

    assert await session.models() == []
    assert await session.rows("SELECT * FROM models UNION ALL SELECT * FROM information_schema.models") == []
    assert await session.rows("SELECT * FROM model_versions") == []
    assert await session.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND
    assert await session.fails("SHOW CREATE MODEL m") is Condition.MODEL_NOT_FOUND
    assert await session.fails("ALTER MODEL m SET COMMENT 'c'") is Condition.MODEL_NOT_FOUND


async def test_what_comes_back_has_its_secrets(session: Session) -> None:
    await session.run(create_keyed("m"), "DROP MODEL m", "UNDROP MODEL m", "SET modeld.reveal_secrets = true")

    assert await session.value("m", "APIKEY") == KEY


async def test_dropping_and_undropping_is_undone_with_a_transaction(scene: Scene, session: Session) -> None:
    await session.run(create())
    before = scene.catalog

    await session.run("BEGIN", "DROP MODEL m", create(), "DROP MODEL m", "UNDROP MODEL m", "ROLLBACK")

    assert scene.catalog is before
    await session.run("BEGIN", "DROP MODEL m", "SAVEPOINT a", "UNDROP MODEL m", "ROLLBACK TO a", "COMMIT")
    assert await session.models() == []
    assert len(await session.rows("SHOW DROPPED MODELS")) == 1


async def test_two_who_bring_the_same_model_back_conflict(scene: Scene, session: Session) -> None:
    other = scene.session("bob")
    await session.run(create(), "DROP MODEL m", "BEGIN", "UNDROP MODEL m")

    await other.run("PURGE MODEL m")

    assert await session.fails("COMMIT") is Condition.CONFLICT


async def test_the_bin_is_there_after_a_restart(scene: Scene, session: Session) -> None:
    await session.run(create(), add(), "DROP MODEL m", create(), "DROP MODEL m")
    before = scene.catalog

    await scene.committer.load()

    assert scene.catalog == before
    await session.run("UNDROP MODEL m")
    assert (await session.rows("SHOW DROPPED MODELS"))[0][5] == 2


async def test_a_drop_that_fails_leaves_the_model(scene: Scene, session: Session) -> None:
    await session.run(create())
    scene.store.fail_next_commit(StoreUnavailable("no"))

    assert await session.fails("DROP MODEL m") is Condition.STORE_UNAVAILABLE

    assert await session.models() == ["m"]
    assert await session.rows("SHOW DROPPED MODELS") == []


async def test_a_server_without_a_bin_keeps_nothing(scene: Scene) -> None:
    scene.engine = Engine(
        scene.committer, Keyring([bytes(32)]), SteppingClock(), retention=Retention(90, recycle_days=0)
    )
    session = scene.session()

    await session.run(create(), "DROP MODEL m")

    assert await session.rows("SHOW DROPPED MODELS") == []
    assert await session.fails("UNDROP MODEL m") is Condition.MODEL_NOT_DROPPED

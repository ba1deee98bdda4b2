"""The history: what is kept of a statement, who may see what of it, and when it is there."""

import json
from collections.abc import Sequence

import pytest

from protocol.types import TIMESTAMPTZ
from server.engine import Peer
from server.errors import Condition, OdpsError
from server.executor import Executor
from server.notifications import MODEL_CHANGES, Inbox, Notification
from server.recall import HISTORY_COLUMNS
from server.store.interface import StoreFailed, StoreUnavailable
from tests.unit.server.catalog.scenes import add, create
from tests.unit.server.sessions import KEY, Scene, Session, create_keyed


@pytest.fixture
async def scene() -> Scene:
    return await Scene().begin()


@pytest.fixture
def session(scene: Scene) -> Session:
    return scene.session()


def value(rows: Sequence[tuple[object, ...]], column: str) -> list[object]:
    """One column of what SHOW HISTORY gave."""
    return [row[[each.name for each in HISTORY_COLUMNS].index(column)] for row in rows]


async def test_every_change_of_a_model_is_there_the_newest_first(session: Session) -> None:
    await session.run(create(), add(), "ALTER MODEL m SET DEFAULT_VERSION v2", "ALTER MODEL m DROP VERSION v1")

    rows = await session.rows("SHOW HISTORY FOR MODEL m")

    assert value(rows, "action") == ["DROP VERSION", "SET DEFAULT_VERSION", "ADD VERSION", "CREATE MODEL"]
    assert value(rows, "version_name") == ["v1", "v2", "v2", "v1"]
    assert value(rows, "old_default") == ["v2", "v1", "v1", None]
    assert value(rows, "new_default") == ["v2", "v2", "v1", "v1"]
    assert value(rows, "principal") == ["alice"] * 4
    assert value(rows, "object") == ["p.default.m"] * 4
    assert value(rows, "statement")[0] == "ALTER MODEL m DROP VERSION v1"
    assert value(rows, "revision") == sorted(value(rows, "revision"), reverse=True)  # type: ignore[type-var]
    assert value(rows, "time") == sorted(value(rows, "time"), reverse=True)  # type: ignore[type-var]
    assert value(rows, "reason") == [None] * 4


async def test_only_so_many_are_shown_as_are_asked_for(session: Session) -> None:
    await session.run(create(), add("m", "v2"), add("m", "v3"))

    assert value(await session.rows("SHOW HISTORY FOR MODEL m LIMIT 2"), "version_name") == ["v3", "v2"]
    assert await session.rows("SHOW HISTORY FOR MODEL m LIMIT 0") == []


async def test_what_changes_nothing_or_fails_is_not_in_it(scene: Scene, session: Session) -> None:
    await session.run(create(), "ALTER MODEL m SET DEFAULT_VERSION v1")
    await session.fails(create())
    scene.store.fail_next_commit(StoreUnavailable("no"))
    await session.fails(add())

    assert value(await session.rows("SHOW HISTORY FOR MODEL m"), "action") == ["CREATE MODEL"]


async def test_a_transaction_is_one_revision_of_many_parts(session: Session) -> None:
    await session.run("BEGIN", create(), add(), "COMMIT")

    rows = await session.rows("SHOW HISTORY FOR MODEL m")

    assert value(rows, "action") == ["ADD VERSION", "CREATE MODEL"]
    assert len(set(value(rows, "revision"))) == len(set(value(rows, "time"))) == 1
    parts = await session.rows("SELECT part, action FROM model_history ORDER BY part")
    assert parts == [(1, "CREATE MODEL"), (2, "ADD VERSION")]


async def test_what_is_rolled_back_leaves_no_trace(scene: Scene, session: Session) -> None:
    await session.run("BEGIN", create(), "SAVEPOINT s", add(), "ROLLBACK TO s", "COMMIT")
    await session.run("BEGIN", add("m", "v3"), "ROLLBACK")

    assert value(await session.rows("SHOW HISTORY FOR MODEL m"), "version_name") == ["v1"]


async def test_an_open_transaction_sees_the_history_as_it_was_when_it_began(scene: Scene, session: Session) -> None:
    await session.run(create(), "BEGIN", "SHOW MODELS")
    await scene.session("bob").run(add())

    assert value(await session.rows("SHOW HISTORY FOR MODEL m"), "action") == ["CREATE MODEL"]
    assert await session.rows("SELECT count(*) FROM model_history") == [(1,)]
    await session.run("COMMIT")
    assert value(await session.rows("SHOW HISTORY FOR MODEL m"), "principal") == ["bob", "alice"]


async def test_a_renamed_model_brings_its_history_along(session: Session) -> None:
    await session.run(create("a"), "ALTER MODEL a RENAME TO b", add("b"), create("a"))

    assert value(await session.rows("SHOW HISTORY FOR MODEL b"), "action") == [
        "ADD VERSION",
        "RENAME MODEL",
        "CREATE MODEL",
    ]
    assert value(await session.rows("SHOW HISTORY FOR MODEL a"), "action") == [
        "CREATE MODEL",
        "RENAME MODEL",
        "CREATE MODEL",
    ]
    assert await session.rows("SELECT model_name, new_name FROM model_history WHERE action = 'RENAME MODEL'") == [
        ("a", "p.default.b")
    ]


async def test_where_it_came_from_is_kept(scene: Scene) -> None:
    session = Session(Executor(scene.engine, "alice", "p", Peer(7, ("192.0.2.1", 5000))))

    await session.run("SET application_name = 'nightly'", create())

    rows = await session.rows("SHOW HISTORY FOR MODEL m")
    assert value(rows, "client_address") == ["192.0.2.1"]
    assert value(rows, "application") == ["nightly"]


async def test_no_secret_is_in_it(scene: Scene, session: Session) -> None:
    await session.run(create_keyed("m"), f"ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (APIKEY = '{KEY}2')")

    rows = await session.rows("SHOW HISTORY FOR MODEL m")
    assert all("APIKEY = '********'" in str(text) for text in value(rows, "statement"))
    assert KEY not in str(rows)
    async for page in scene.store.read_notes(upto=100):
        for stored in page:
            assert KEY.encode() not in stored.note.entry + stored.note.undo
            json.loads(stored.note.entry)


async def test_no_password_is_in_it(scene: Scene, session: Session) -> None:
    await session.run("CREATE USER carol PASSWORD 'correct horse'", "ALTER USER carol PASSWORD 'battery staple'")

    rows = await session.rows("SELECT action, object FROM information_schema.model_history ORDER BY revision")

    assert rows[-2:] == [("CREATE USER", "carol"), ("ALTER USER", "carol")]
    async for page in scene.store.read_notes(upto=100):
        assert not any(b"horse" in each.note.entry or b"staple" in each.note.entry for each in page)
        assert all(each.note.undo == b"" for each in page if b"USER" in each.note.entry)


async def test_the_revealing_of_a_secret_is_in_it(scene: Scene, session: Session) -> None:
    await session.run(create_keyed("m"), create("n"), "SET modeld.reveal_secrets = true")
    model = scene.catalog.projects["p"].schemas["default"].models["m"]

    assert await session.value("m", "APIKEY") == KEY
    await session.run("BEGIN READ ONLY", "DESC MODEL m VERSION v1", "ROLLBACK", "RESET modeld.reveal_secrets")
    await session.run("DESC MODEL m")

    rows = await session.rows("SHOW HISTORY FOR MODEL m")
    assert value(rows, "action") == ["REVEAL SECRETS", "REVEAL SECRETS", "CREATE MODEL"]
    assert value(rows, "statement")[:2] == ["DESC MODEL m VERSION v1", "DESC MODEL m"]
    assert value(rows, "version_name") == ["v1"] * 3
    assert scene.catalog.projects["p"].schemas["default"].models["m"] is model


async def test_no_secret_is_revealed_that_the_history_cannot_tell_of(scene: Scene, session: Session) -> None:
    await session.run(create_keyed("m"), "SET modeld.reveal_secrets = true")
    scene.store.fail_next_commit(StoreFailed("the disk"))

    assert await session.fails("DESC MODEL m") is Condition.STORE_FAILED


async def test_the_revealing_of_a_secret_is_no_change_to_be_notified_of(scene: Scene, session: Session) -> None:
    told: list[Notification] = []
    inbox = Inbox(scene.engine.hub, 1)
    inbox.on_arrival = lambda: told.extend(inbox.take_arrived())
    scene.engine.hub.listen(MODEL_CHANGES, inbox)
    scene.committer.on_commit = scene.engine.hub.publish_events

    await session.run(create_keyed("m"), "SET modeld.reveal_secrets = true", "DESC MODEL m")

    assert [json.loads(each.payload)["action"] for each in told] == ["CREATE MODEL"]


async def test_a_model_without_a_history_must_exist(session: Session) -> None:
    assert await session.rows("SHOW HISTORY FOR MODEL bigdata_public_modelset.`qwen3-0.6b-gguf`") == []
    assert await session.fails("SHOW HISTORY FOR MODEL nobody") is Condition.MODEL_NOT_FOUND


async def test_the_history_of_a_dropped_model_stays(session: Session) -> None:
    await session.run(create(), "DROP MODEL m")

    assert value(await session.rows("SHOW HISTORY FOR MODEL m"), "action") == ["DROP MODEL", "CREATE MODEL"]


# The view.


async def test_a_schema_shows_the_history_of_its_own_models(session: Session) -> None:
    await session.run("CREATE SCHEMA s", create(), create("s.n"), add("s.n"))

    assert await session.rows("SELECT schema_name, model_name, version_name FROM s.model_history") == [
        ("s", "n", "v1"),
        ("s", "n", "v2"),
    ]
    assert await session.rows('SELECT model_name FROM "default".model_history') == [("m",)]
    assert await session.rows("SELECT version_name FROM s.model_history WHERE model_name = 'n'") == [("v1",), ("v2",)]
    assert await session.rows("SELECT version_name FROM s.model_history WHERE model_name = 'm'") == []


async def test_the_project_shows_the_history_of_all_it_has(session: Session) -> None:
    await session.run("CREATE SCHEMA s", create("s.n"), "CREATE DATABASE q")

    rows = await session.rows("SELECT schema_name, model_name, action FROM information_schema.model_history")

    assert rows == [(None, None, "SEED"), ("s", None, "CREATE SCHEMA"), ("s", "n", "CREATE MODEL")]
    count = "SELECT count(*) FROM information_schema.model_history WHERE model_name = 'n'"
    assert await session.rows(count) == [(1,)]


async def test_the_history_is_joined_and_counted_like_any_relation(session: Session) -> None:
    await session.run(create(), add(), "ALTER MODEL m SET DEFAULT_VERSION v2")

    query = """
        SELECT h.action, v.is_default FROM model_history h JOIN model_versions v USING (model_name, version_name)
        WHERE h.time <= now() AND h.principal = current_user ORDER BY h.revision DESC LIMIT 1
    """
    assert await session.rows(query) == [("SET DEFAULT_VERSION", True)]
    result = await session.run("SELECT time FROM model_history")
    assert result.columns is not None
    assert result.columns[0].type == TIMESTAMPTZ


async def test_nobody_edits_the_history(session: Session) -> None:
    for text in ("DELETE FROM model_history", "UPDATE model_history SET principal = 'x'", "TRUNCATE model_history"):
        with pytest.raises(OdpsError) as raised:
            await session.run(text)
        assert raised.value.condition is Condition.NOT_SUPPORTED


async def test_a_store_that_cannot_be_read_is_an_error(scene: Scene, session: Session) -> None:
    await session.run(create())
    scene.store.fail_next_commit(StoreFailed("the disk"))
    await scene.store.close()

    assert await session.fails("SHOW HISTORY FOR MODEL m") is Condition.STORE_UNAVAILABLE
    assert await session.fails("SELECT * FROM model_history") is Condition.STORE_UNAVAILABLE


async def test_a_long_history_is_bounded_by_the_memory_of_a_query(session: Session) -> None:
    comment = "x" * 1000
    for number in range(100):
        await session.run(create(f"m{number}", comment=f"COMMENT '{comment}'"))
    await session.run("SET modeld.query_memory = '64kB'")

    with pytest.raises(Exception, match="out of memory"):
        await session.run("SELECT count(*) FROM model_history")

    assert await session.rows("SELECT count(*) FROM model_history WHERE model_name = 'm7'") == [(1,)]

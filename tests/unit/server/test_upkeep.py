"""What the server does by itself: on which day what goes, what stays, and what the history says of it."""

import asyncio
import json

import pytest

from server.engine import Engine
from server.errors import Condition
from server.notifications import MODEL_CHANGES, Inbox, Notification
from server.retention import Retention
from server.store.interface import Moment, StoreFailed
from server.upkeep import INTERVAL, Upkeep
from tests.unit.server.catalog.scenes import add, create, model
from tests.unit.server.sessions import Session
from tests.unit.server.watched import Watched


async def watched(retention: Retention | None = None) -> Watched:
    scene = Watched(retention or Retention())
    await scene.begin()
    return scene


@pytest.fixture
async def scene() -> Watched:
    return await watched()


@pytest.fixture
def session(scene: Watched) -> Session:
    return scene.session()


async def versions(session: Session, name: str = "m") -> list[object]:
    return [row[0] for row in await session.rows(f"SHOW VERSIONS FOR MODEL {name}")]


async def test_a_version_goes_when_its_days_are_over_and_not_before(scene: Watched, session: Session) -> None:
    await session.run(create(), add("m", "v2"), add("m", "v3"), "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 3")

    await scene.later(2.9)
    assert await versions(session) == ["v1", "v2", "v3"]
    await scene.later(0.2)

    assert await versions(session) == ["v1", "v3"]
    row = (await session.rows("SHOW HISTORY FOR MODEL m LIMIT 1"))[0]
    assert row[2:4] == ("(server)", None)
    assert row[5:8] == ("EXPIRE VERSION", "p.default.m", "v2")
    assert row[10] == "ALTER MODEL p.default.m DROP VERSION v2"
    assert str(row[11]).startswith("its life cycle of 3 days ended at 2025-10-1")


async def test_the_models_life_cycle_is_for_the_versions_without_one(scene: Watched, session: Session) -> None:
    await session.run(
        create(),
        add("m", "v2"),
        add("m", "v3"),
        "ALTER MODEL m SET LIFECYCLE 1",
        "ALTER MODEL m MODIFY VERSION v3 SET LIFECYCLE 5",
    )

    await scene.later(2)
    assert await versions(session) == ["v1", "v3"]
    await scene.later(4)
    assert await versions(session) == ["v1"]


async def test_what_is_in_use_stays_until_it_is_not(scene: Watched, session: Session) -> None:
    await session.run(create(), add("m", "v2"), "ALTER MODEL m SET ALIAS prod FOR VERSION v2")
    await session.run("ALTER MODEL m SET LIFECYCLE 1")

    await scene.later(10)
    assert await versions(session) == ["v1", "v2"]
    await session.run("ALTER MODEL m SET DEFAULT_VERSION v2")
    await scene.later(0)

    assert await versions(session) == ["v2"]


async def test_a_change_of_a_version_gives_it_new_days(scene: Watched, session: Session) -> None:
    await session.run(create(), add("m", "v2"), "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 2")
    await scene.later(1.5)
    await session.run("ALTER MODEL m MODIFY VERSION v2 SET COMMENT 'still wanted'")

    await scene.later(1.5)
    assert await versions(session) == ["v1", "v2"]
    await scene.later(1)
    assert await versions(session) == ["v1"]


async def test_what_changed_after_it_was_found_is_left_alone(scene: Watched, session: Session) -> None:
    await session.run(create(), add("m", "v2"), "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 2")
    scene.clock.pass_days(3)
    # Waits in the committer's queue before the upkeep's own.
    rescue = asyncio.create_task(session.run("ALTER MODEL m SET ALIAS keep FOR VERSION v2"))

    await asyncio.gather(scene.upkeep.round(), rescue)

    assert await versions(session) == ["v1", "v2"]


async def test_an_expired_version_can_be_brought_back(scene: Watched, session: Session) -> None:
    await session.run(create(), add("m", "v2"), "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 2")
    then = scene.catalog.revision
    await scene.later(3)

    await session.run(f"ROLLBACK MODEL m TO REVISION {then}")
    await scene.later(1)
    assert await versions(session) == ["v1", "v2"]


async def test_expiry_is_told_as_other_changes_are(scene: Watched, session: Session) -> None:
    told: list[Notification] = []
    inbox = Inbox(scene.engine.hub, 1)
    inbox.on_arrival = lambda: told.extend(inbox.take_arrived())
    scene.engine.hub.listen(MODEL_CHANGES, inbox)
    scene.committer.on_commit = scene.engine.hub.publish_events
    await session.run(create(), add("m", "v2"), "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 2")
    then = scene.catalog.revision

    await scene.later(3)
    await session.run(f"ROLLBACK MODEL m TO REVISION {then}", "DROP MODEL m", "UNDROP MODEL m")

    payloads = [json.loads(each.payload) for each in told[-4:]]
    assert [each["action"] for each in payloads] == ["EXPIRE VERSION", "ROLLBACK MODEL", "DROP MODEL", "UNDROP MODEL"]
    assert (payloads[0]["principal"], payloads[0]["version"]) == ("(server)", "v2")


async def test_many_at_once_go_in_few_groups(scene: Watched, session: Session) -> None:
    for number in range(130):
        await session.run(create(f"m{number}"), add(f"m{number}"), f"ALTER MODEL m{number} SET LIFECYCLE 1")

    await scene.later(2)

    assert await session.rows("SELECT count(*) FROM model_versions") == [(130,)]
    assert await session.rows("SELECT count(*) FROM model_history WHERE action = 'EXPIRE VERSION'") == [(130,)]


async def test_public_models_have_no_end(scene: Watched, session: Session) -> None:
    before = scene.catalog

    await scene.later(100_000)

    assert scene.catalog is before


# The recycle bin.


async def test_the_bin_is_emptied_when_the_days_are_over(scene: Watched, session: Session) -> None:
    await session.run(create(), "DROP MODEL m")
    await scene.later(4)
    await session.run(create(), "DROP MODEL m")

    await scene.later(3.5)
    assert len(await session.rows("SHOW DROPPED MODELS")) == 1
    await scene.later(4)

    assert await session.rows("SHOW DROPPED MODELS") == []
    rows = await session.rows("SHOW HISTORY FOR MODEL m LIMIT 1")
    assert rows[0][5] == "PURGE MODEL"
    assert "where models are kept for 7 days" in str(rows[0][11])
    assert await session.fails("UNDROP MODEL m") is Condition.MODEL_NOT_DROPPED


async def test_a_bin_that_was_switched_off_is_emptied_at_once(scene: Watched, session: Session) -> None:
    await session.run(create(), "DROP MODEL m")
    engine = Engine(scene.committer, scene.engine.keyring, scene.clock, retention=Retention(recycle_days=0))

    await Upkeep(engine, scene.clock).round()

    assert not scene.catalog.dropped


# The history.


async def test_the_history_is_kept_for_its_days(scene: Watched, session: Session) -> None:
    await session.run(create())
    first = scene.catalog.revision
    await scene.later(50)
    await session.run("ALTER MODEL m SET COMMENT 'c'")
    await scene.later(39)
    assert len(await session.rows("SHOW HISTORY FOR MODEL m")) == 2

    await scene.later(2)

    assert [row[5] for row in await session.rows("SHOW HISTORY FOR MODEL m")] == ["SET COMMENT"]
    assert (await scene.store.notes_begin()).revision == first
    assert await session.fails(f"DESC MODEL m AS OF REVISION {first - 1}") is Condition.STATE_NOT_KEPT
    assert (await session.rows(f"DESC MODEL m AS OF REVISION {first}"))[8][2] == ""


async def test_a_history_without_end_is_kept() -> None:
    scene = await watched(Retention(history_days=0))
    await scene.session().run(create())

    await scene.later(40_000)

    assert await scene.store.notes_begin() == Moment(0, 0)


async def test_the_view_forgets_with_the_history(scene: Watched, session: Session) -> None:
    await session.run(create())
    count = "SELECT count(*) FROM model_history"
    assert await session.rows(count) == [(1,)]

    await scene.later(91)

    assert await session.rows(count) == [(0,)]


# Rounds.


async def test_a_catalog_without_news_is_not_looked_through_again(
    scene: Watched, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    found = asyncio.to_thread

    async def count(*arguments: object) -> object:
        looked.append(1)
        return await found(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("server.upkeep.asyncio.to_thread", count)
    await session.run(create(), add("m", "v2"), "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 2")

    await scene.later(0)
    await scene.later(1)
    assert len(looked) == 1
    await scene.later(1.5)
    assert len(looked) == 2
    assert await versions(session) == ["v1"]


async def test_a_failing_store_does_not_end_the_rounds(scene: Watched, session: Session) -> None:
    await session.run(create(), add("m", "v2"), "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 2")
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        scene.clock.pass_days(3)
        if len(pauses) == 2:
            await scene.store.close()
            await scene.store.open()
        if len(pauses) == 4:
            raise asyncio.CancelledError

    scene.store.fail_next_commit(StoreFailed("the disk"))
    scene.clock.pass_days(3)

    with pytest.raises(asyncio.CancelledError):
        await Upkeep(scene.engine, scene.clock, pause).run()

    assert pauses == [INTERVAL] * 4
    assert list(model(scene.catalog).versions) == ["v1"]

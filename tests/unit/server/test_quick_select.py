"""SELECTs past session and output: byte for byte what the ordinary way answers, and only where that answers rows."""

from pathlib import Path

import pytest

from protocol.frontend_messages import FrontendMessage, Query
from server.engine import Engine
from tests.integration.statements import add_version, create
from tests.unit.server.sessions import create_keyed
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

LOOKUP = "SELECT * FROM model_versions WHERE model_name = '{}'"


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    engine = await make_engine(tmp_path)
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect()
    for text in (create("m"), add_version("m", "v2"), create_keyed("keyed"), create("other"), "CREATE USER carol"):
        assert "ErrorResponse" not in str(await frontend.ask(Query(text))), text
    return engine


@pytest.fixture
async def frontend(engine: Engine) -> Frontend:
    return await begin(engine)


async def begin(engine: Engine, **parameters: str) -> Frontend:
    """A session that knows the plan of LOOKUP."""
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect(**parameters)
    await frontend.ask(Query(LOOKUP.format("nobody")))
    return frontend


@pytest.mark.parametrize("name", ["m", "keyed", "other", "missing", "M", ""])
async def test_it_answers_what_the_ordinary_way_does(
    frontend: Frontend, handled: list[FrontendMessage], name: str
) -> None:
    quick = await frontend.ask(Query(LOOKUP.format(name)))
    assert handled == []

    # A comment has it read as it stands.
    assert await frontend.ask(Query(f"{LOOKUP.format(name)} -- it's plain")) == quick
    assert len(handled) == 1


async def test_what_is_asked_again_is_kept_and_follows_the_catalog(
    frontend: Frontend, engine: Engine, handled: list[FrontendMessage]
) -> None:
    before = [await frontend.ask(Query(LOOKUP.format("m"))) for _ in range(4)]
    assert before == [before[0]] * 4
    assert (handled, engine.meter.repeated) == ([], {("Select",): 2})

    await frontend.ask(Query(add_version("m", "v3")))

    after = await frontend.ask(Query(LOOKUP.format("m")))
    assert any("'v3'" in message for message in after)


@pytest.mark.parametrize(
    "text",
    [
        LOOKUP.format("m") + " AND 1 / 0 = 1",
        "SELECT nothing FROM models WHERE model_name = 'm'",
        "SELECT count(*) FROM models WHERE model_name = 'm'",
        "SELECT * FROM models WHERE owner = 'modeld'",
        "SELECT * FROM models WHERE model_name = '模'",
        LOOKUP.format("m") + "; " + LOOKUP.format("m"),
        "SELECT 1",
        "DESC MODEL missing",
    ],
)
async def test_everything_else_goes_the_ordinary_way(
    frontend: Frontend, handled: list[FrontendMessage], text: str
) -> None:
    for count in (1, 2):
        await frontend.ask(Query(text + " " * count))
        assert len(handled) == count


async def test_a_transaction_sees_its_own_catalog(frontend: Frontend, engine: Engine) -> None:
    other = await begin(engine)
    await other.ask(Query("BEGIN"))
    await other.ask(Query(create("mine")))

    assert any("'mine'" in message for message in await other.ask(Query(LOOKUP.format("mine"))))
    assert not any("'mine'" in message for message in await frontend.ask(Query(LOOKUP.format("mine"))))


async def test_what_may_not_be_seen_is_not(engine: Engine, handled: list[FrontendMessage]) -> None:
    await (await begin(engine)).ask(Query("ADD USER carol"))
    carol = await begin(engine, user="carol")
    handled.clear()

    answer = await carol.ask(Query(LOOKUP.format("m")))

    assert handled == []
    assert [message.split()[0] for message in answer] == ["RowDescription", "CommandComplete", "ReadyForQuery"]


@pytest.mark.parametrize("setting", ["standard_conforming_strings = off", "client_encoding = 'LATIN1'"])
async def test_unusual_settings_go_the_ordinary_way(
    frontend: Frontend, handled: list[FrontendMessage], setting: str
) -> None:
    await frontend.ask(Query(f"SET {setting}"))
    await frontend.ask(Query(LOOKUP.format("nobody")))
    handled.clear()

    await frontend.ask(Query(LOOKUP.format("m")))

    assert len(handled) == 1


async def test_it_is_seen_and_counted(frontend: Frontend, engine: Engine) -> None:
    counted = engine.meter.list_statements().get(("Select", "00000"), 0)

    await frontend.ask(Query(LOOKUP.format("m")))

    assert engine.meter.list_statements()["Select", "00000"] == counted + 1
    assert LOOKUP.format("m") in [activity.query for activity in engine.sessions.values()]


async def test_a_batch_around_it_keeps_its_order(frontend: Frontend) -> None:
    first = await frontend.ask(Query(LOOKUP.format("m")), Query("SELECT 1"), Query(LOOKUP.format("other")))
    rest = [await frontend.read_until("ReadyForQuery") for _ in range(2)]

    assert [len(answer) for answer in (first, *rest)] == [5, 4, 4]

"""Looking a model up by its name: the next name takes neither reading nor compiling nor a thread."""

from collections.abc import Callable
from pathlib import Path

import pytest

from protocol.frontend_messages import Bind, Execute, Parse, Query, Sync
from server import selects
from server.executor import Engine
from server.lookups import Lookup, find_lookup
from server.workers import Workers
from tests.integration.statements import add_version, create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

LOOKUP = "SELECT * FROM model_versions WHERE model_name = '{}'"


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    return await make_engine(tmp_path)


@pytest.fixture
async def frontend(engine: Engine) -> Frontend:
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect()
    await frontend.ask(Query(create("m")), Query(create("other")))
    await frontend.read_until("ReadyForQuery")
    return frontend


def counted(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[str]:
    """Gets an entry at each call."""
    calls: list[str] = []
    function: Callable[..., object] = getattr(owner, name)

    def count(*arguments: object, **named: object) -> object:
        calls.append(name)
        return function(*arguments, **named)

    monkeypatch.setattr(owner, name, count)
    return calls


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LOOKUP.format("m"), Lookup("SELECT * FROM model_versions WHERE model_name = $1", "m")),
        (" select a\nfrom b where b.model_name='x y' ; ", Lookup(" select a\nfrom b where b.model_name=$1", "x y")),
        (LOOKUP.format(""), Lookup("SELECT * FROM model_versions WHERE model_name = $1", "")),
    ],
)
def test_the_name_is_taken_out_of_the_text(text: str, found: Lookup) -> None:
    assert find_lookup(text) == found


@pytest.mark.parametrize(
    "text",
    [
        LOOKUP.format("it''s"),
        LOOKUP.format("a\\"),
        LOOKUP.format("m") + " AND true",
        LOOKUP.format("m") + " -- comment",
        LOOKUP.format("m") + "; SELECT 1",
        LOOKUP.format("m") + " 'more'",
        "SELECT 1; " + LOOKUP.format("m"),
        "SELECT $1 FROM models WHERE model_name = 'm'",
        "SELECT 'x' FROM models WHERE model_name = 'm'",
        "SELECT \"a\" FROM models WHERE model_name = 'm'",
        "SELECT /* ' */ 1 FROM models WHERE model_name = 'm'",
        "SELECT * FROM models WHERE owner = 'm'",
        "SELECT * FROM models WHERE model_name = E'm'",
        "SELECT * FROM models WHERE model_name < 'm'",
        "EXPLAIN " + LOOKUP.format("m"),
        f"SELECT {'x, ' * 400}y FROM models WHERE model_name = 'm'",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert find_lookup(text) is None


async def test_it_answers_as_any_other_select(frontend: Frontend) -> None:
    await frontend.ask(Query(add_version("m", "v2")))
    for name in ("m", "other", "missing", "M", ""):
        for columns in ("*", "version_name, is_default AS d", "count(*)", "upper(model_name)"):
            text = f"SELECT {columns} FROM model_versions WHERE model_name = '{name}'"
            assert await frontend.ask(Query(text)) == await frontend.ask(Query(f"{text} AND true"))


async def test_the_next_name_finds_the_plan_and_takes_no_thread(
    frontend: Frontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await frontend.ask(Query(LOOKUP.format("m")))
    compiled, threads = counted(monkeypatch, selects, "prepare"), counted(monkeypatch, Workers, "do")

    answer = await frontend.ask(Query(LOOKUP.format("other")))

    assert any("'other'" in message for message in answer)
    assert (compiled, threads) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "SELECT repeat(model_name, 2) FROM models WHERE model_name = 'm'",
        "SELECT count(*) FROM models WHERE model_name = 'm'",
        "SELECT * FROM model_history WHERE model_name = 'm'",
        "SELECT * FROM models WHERE owner = 'm'",
        "SELECT * FROM models WHERE model_name = upper('m')",
        "SELECT * FROM models",
        "SELECT * FROM models WHERE model_name = 'm' LIMIT length(repeat('x', 3))",
        "SELECT * FROM models a, models b WHERE a.model_name = 'm'",
    ],
)
async def test_what_may_take_long_goes_to_a_thread(
    frontend: Frontend, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    threads = counted(monkeypatch, Workers, "do")

    await frontend.ask(Query(text))

    assert len(threads) == 2, "one to compile it, one to run it"


async def test_a_model_of_many_versions_goes_to_a_thread(frontend: Frontend, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2, 20):
        await frontend.ask(Query(add_version("m", f"v{number}")))
    await frontend.ask(Query(LOOKUP.format("other")))
    threads = counted(monkeypatch, Workers, "do")

    await frontend.ask(Query(LOOKUP.format("m")))

    assert threads


@pytest.mark.parametrize(
    "text",
    [
        "SELECT nothing FROM models WHERE model_name = 'm'",
        "SELECT * FROM missing WHERE model_name = 'm'",
        "SELECT * FROM models WHERE x.model_name = 'm'",
        "SELECT FROM FROM models WHERE model_name = 'm'",
    ],
)
async def test_its_errors_are_those_of_the_text_that_was_sent(frontend: Frontend, text: str) -> None:
    assert await frontend.ask(Query(text)) == await frontend.ask(Query(f"{text} AND true"))


async def test_its_text_is_shown_as_it_was_sent(frontend: Frontend, engine: Engine) -> None:
    await frontend.ask(Query(LOOKUP.format("m")))

    assert [activity.query for activity in engine.sessions.values()] == [LOOKUP.format("m")]


async def test_a_parse_and_a_bind_share_one_plan(frontend: Frontend, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = counted(monkeypatch, selects, "prepare")
    text = "SELECT version_name FROM model_versions WHERE model_name = $1"

    for name in (b"m", b"other"):
        await frontend.ask(Parse("", text), Bind("", "", (), (name,)), Execute(""), Sync())

    assert compiled == ["prepare"]

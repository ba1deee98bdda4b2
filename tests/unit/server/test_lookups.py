"""SELECTs that differ in constants only, a lookup of a model by its name above all: the next one finds the plan."""

from collections.abc import Callable
from pathlib import Path

import pytest

from protocol.frontend_messages import Bind, Describe, Execute, Parse, Query, Sync
from server import selects
from server.engine import Engine
from server.workers import Workers
from tests.integration.statements import add_version, create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

LOOKUP = "SELECT * FROM model_versions WHERE model_name = '{}'"
# A comment with a quote: its text is read as it stands.
PLAIN = "it's plain"


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


async def test_it_answers_as_any_other_select(frontend: Frontend) -> None:
    await frontend.ask(Query(add_version("m", "v2")))
    for name in ("m", "other", "missing", "M", ""):
        for columns in ("*", "version_name, is_default AS d", "count(*)", "upper(model_name)"):
            text = f"SELECT {columns} FROM model_versions WHERE model_name = '{name}'"
            assert await frontend.ask(Query(text)) == await frontend.ask(Query(f"{text} -- {PLAIN}"))


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
    assert await frontend.ask(Query(text)) == await frontend.ask(Query(f"{text} -- {PLAIN}"))


async def test_its_text_is_shown_as_it_was_sent(frontend: Frontend, engine: Engine) -> None:
    await frontend.ask(Query(LOOKUP.format("m")))

    assert [activity.query for activity in engine.sessions.values()] == [LOOKUP.format("m")]


async def test_parameters_that_only_the_client_names_are_its_own(frontend: Frontend) -> None:
    named = await frontend.ask(Parse("s", LOOKUP.format("m"), (23, 1043)), Describe("S", "s"), Sync())
    bound = await frontend.ask(Bind("", "s", (), (b"1", b"x")), Execute(""), Sync())
    plain = await frontend.ask(Query(LOOKUP.format("m")))

    assert named[1] == "ParameterDescription 23 1043"
    assert [each for each in bound if each.startswith("DataRow")] == [
        each for each in plain if each.startswith("DataRow")
    ]


async def test_a_parse_and_a_bind_share_one_plan(frontend: Frontend, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = counted(monkeypatch, selects, "prepare")
    text = "SELECT version_name FROM model_versions WHERE model_name = $1"

    for name in (b"m", b"other"):
        await frontend.ask(Parse("", text), Bind("", "", (), (name,)), Execute(""), Sync())

    assert compiled == ["prepare"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT column_name FROM information_schema.columns WHERE table_name = '{}' AND ordinal_position < {}",
        "SELECT attname FROM pg_attribute WHERE attrelid = 'models'::regclass AND attname <> '{}' AND attnum = {}",
        "SELECT relname FROM pg_class WHERE oid = '{}' OR oid = {} OR relkind = 'v' AND relname = 'models'",
        "SELECT relname FROM pg_class c WHERE c.oid = '{}'::regclass AND c.oid > {}",
        "SELECT model_name FROM models WHERE model_name LIKE '{}%' AND version_count >= {}",
        "SELECT model_name FROM models WHERE create_time > '{}' AND version_count BETWEEN 1 AND {}",
        "SELECT model_name FROM models WHERE lifecycle IN ({1}, 5) OR owner IN ('{0}', 'alice')",
        "SELECT 1 WHERE '{}' = 'm' AND 1 / {} = 0",
        "SELECT 1 WHERE '{}' < 5 AND {} > 0",
        "SELECT nothing FROM models WHERE model_name = '{}' AND {} > 0",
        "SELECT 1 FROM models WHERE model_name = '{}' AND model_name = {}",
        "SELECT 1 FROM models WHERE model_name = '{}' AND nothing = {}",
        "SELECT current_setting('{}') FROM models WHERE 5 > {}",
    ],
)
@pytest.mark.parametrize("extended", [False, True])
async def test_constants_mean_what_they_would_in_their_places(frontend: Frontend, text: str, extended: bool) -> None:
    async def answer(written: str) -> list[str]:
        if not extended:
            return await frontend.ask(Query(written))
        return await frontend.ask(Parse("", written), Bind("", ""), Describe("P", ""), Execute(""), Sync())

    for values in (("m", 1), ("models", 3), ("16384", 0), ("2001-01-01", 2**40), ("application_name", 2**70), ("", 7)):
        written = text.format(*values)
        assert await answer(written) == await answer(f"{written} -- {PLAIN}"), written


async def test_what_does_something_keeps_its_constants(frontend: Frontend, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "SELECT pg_notify('c', model_name) FROM models WHERE model_name = '{}'"
    compiled = counted(monkeypatch, selects, "prepare")

    for name in ("m", "other"):
        await frontend.ask(Query(text.format(name)))

    # The first is tried without them.
    assert len(compiled) == 3


async def test_a_client_is_told_of_no_parameter(frontend: Frontend) -> None:
    described = await frontend.ask(Parse("s", LOOKUP.format("m")), Describe("S", "s"), Sync())

    assert described[1] == "ParameterDescription"


@pytest.mark.parametrize(
    ("parameters", "more"),
    [
        ({}, 0),
        ({"TimeZone": "Asia/Tokyo"}, 1),
        ({"options": "-c search_path=information_schema"}, 1),
        ({"user": "bob"}, 1),
    ],
)
async def test_the_next_session_finds_the_plan_if_it_is_like_this_one(
    frontend: Frontend, engine: Engine, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str], more: int
) -> None:
    await frontend.ask(Query("CREATE USER bob"))
    await frontend.ask(Query("ADD USER bob"))
    await frontend.ask(Query(LOOKUP.format("m")))
    compiled = counted(monkeypatch, selects, "prepare")
    other = Frontend(MemoryPeer(engine))
    await other.connect(**parameters)

    await other.ask(Query(LOOKUP.format("other")))

    assert len(compiled) == more

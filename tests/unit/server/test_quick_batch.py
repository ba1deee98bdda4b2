"""Extended batches past session and output: byte for byte what the ordinary way answers, where that gives rows."""

from pathlib import Path

import pytest

from protocol.frontend_messages import PORTAL, STATEMENT, Bind, Describe, Execute, FrontendMessage, Parse, Query, Sync
from protocol.types import INT4, TEXT
from server.engine import Engine
from server.quick_batch import QuickBatches, read_batch
from tests.integration.statements import add_version, create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

LOOKUP = "SELECT version_name, create_time, comment FROM model_versions WHERE model_name = $1"
PARSE = Parse("s", LOOKUP, (TEXT,))
SHOWN = Describe(PORTAL, "")
RUN = (Execute("", 0), Sync())


def bind(value: bytes | None = b"m", statement: str = "s", formats: tuple[int, ...] = ()) -> Bind:
    return Bind("", statement, (), (value,), formats)


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    engine = await make_engine(tmp_path)
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect()
    for text in (create("m"), add_version("m", "v2"), create("other"), "CREATE USER carol"):
        assert "ErrorResponse" not in str(await frontend.ask(Query(text))), text
    return engine


@pytest.fixture
async def frontend(engine: Engine) -> Frontend:
    return await begin(engine)


async def begin(engine: Engine, **parameters: str) -> Frontend:
    """A session that has prepared LOOKUP by name, and has run it without one."""
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect(**parameters)
    await frontend.ask(PARSE, Sync())
    await frontend.ask(Parse("", LOOKUP, (TEXT,)), bind(b"nobody", ""), SHOWN, *RUN)
    return frontend


UNNAMED = Parse("", LOOKUP, (TEXT,))
BATCHES = [
    (bind(), *RUN),
    (bind(), SHOWN, *RUN),
    (bind(b"missing"), SHOWN, *RUN),
    (bind(formats=(1,)), SHOWN, *RUN),
    (bind(formats=(0, 1, 0)), *RUN),
    (Bind("", "s", (1,), (b"m",), ()), *RUN),
    (bind("模".encode()), *RUN),
    (bind(statement=""), *RUN),
    (UNNAMED, bind(statement=""), *RUN),
    (UNNAMED, bind(statement=""), SHOWN, *RUN),
]


@pytest.mark.parametrize("batch", BATCHES)
async def test_it_answers_what_the_ordinary_way_does(
    frontend: Frontend,
    handled: list[FrontendMessage],
    monkeypatch: pytest.MonkeyPatch,
    batch: tuple[FrontendMessage, ...],
) -> None:
    handled.clear()
    quick = await frontend.ask(*batch)
    assert handled == []

    monkeypatch.setattr(QuickBatches, "answer", lambda self, packet: None)
    assert await frontend.ask(*batch) == quick
    assert len(handled) == len(batch)


@pytest.mark.parametrize(
    "batch",
    [
        (bind(), Execute("", 1), Sync()),
        (bind(), Execute("", 0), Execute("", 0), Sync()),
        (bind(), SHOWN, SHOWN, *RUN),
        (bind(), Describe(STATEMENT, "s"), *RUN),
        (bind(), *RUN, Sync()),
        (bind(), bind(), *RUN),
        (Bind("p", "s", (), (b"m",), ()), Execute("p", 0), Sync()),
        (Bind("", "s", (), (), ()), *RUN),
        (Bind("", "s", (), (b"m", b"m"), ()), *RUN),
        (Bind("", "s", (), (b"\xff",), ()), *RUN),
        (Bind("", "s", (7,), (b"m",), ()), *RUN),
        (bind(formats=(0, 1)), *RUN),
        (bind(statement="missing"), *RUN),
        (Parse("s", LOOKUP, (TEXT,)), bind(), *RUN),
        (Parse("t", LOOKUP, (TEXT,)), bind(statement="t"), *RUN),
        (UNNAMED, bind(), *RUN),
        (UNNAMED, Parse("", LOOKUP, (TEXT,)), bind(statement=""), *RUN),
        (Parse("", LOOKUP, (INT4,)), bind(b"7", ""), *RUN),
        (Parse("", LOOKUP, ()), bind(statement=""), *RUN),
        (Parse("", LOOKUP + " ", (TEXT,)), bind(statement=""), *RUN),
        (Parse("", "SHOW MODELS", ()), Bind("", "", (), (), ()), *RUN),
        (Parse("", "SELECT * FROM models", ()), Bind("", "", (), (), ()), *RUN),
        (Parse("", "SELECT nothing", ()), Bind("", "", (), (), ()), *RUN),
    ],
)
async def test_everything_else_goes_the_ordinary_way(
    frontend: Frontend, handled: list[FrontendMessage], batch: tuple[FrontendMessage, ...]
) -> None:
    handled.clear()

    await frontend.ask(*batch)

    assert handled != []


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"B",
        b"B\0\0\0\4",
        bind().encode()[:-1],
        Execute("", 0).encode() + Sync().encode(),
        b"B\xff\xff\xff\xff" + b"".join(each.encode() for each in RUN),
        b"B\0\0\0\0" + b"".join(each.encode() for each in RUN),
        b"P\0\0\0\x7f" + b"".join(each.encode() for each in RUN),
        # Its Bind says that it is longer, so that what looks like its end is its own.
        b"B\0\0\0\x40" + b"".join(each.encode() for each in RUN),
        b"".join(each.encode() for each in (bind(b"x" * 4096), *RUN)),
    ],
)
def test_what_is_no_such_batch_is_none(packet: bytes) -> None:
    assert read_batch(packet) is None


async def test_what_is_asked_again_is_kept_and_follows_the_catalog(
    frontend: Frontend, engine: Engine, handled: list[FrontendMessage]
) -> None:
    for batch in ((bind(), *RUN), (UNNAMED, bind(statement=""), SHOWN, *RUN)):
        repeated = sum(engine.meter.repeated.values())
        before = [await frontend.ask(*batch) for _ in range(4)]
        assert before == [before[0]] * 4
        assert sum(engine.meter.repeated.values()) == repeated + 2

    await frontend.ask(Query(add_version("m", "v3")))

    assert any("'v3'" in message for message in await frontend.ask(bind(), *RUN))


async def test_a_kept_answer_leaves_the_unnamed_statement_behind(engine: Engine) -> None:
    one, other = await begin(engine), await begin(engine)
    for _ in range(3):
        await one.ask(UNNAMED, bind(statement=""), *RUN)
    await other.ask(Query("SHOW TimeZone"))  # which drops the unnamed statement

    kept = await other.ask(UNNAMED, bind(statement=""), *RUN)

    assert await other.ask(bind(statement=""), *RUN) == kept[1:]


async def test_a_transaction_sees_its_own_catalog(frontend: Frontend, engine: Engine) -> None:
    other = await begin(engine)
    await other.ask(Query("BEGIN"))
    await other.ask(Query(create("mine")))

    assert any("'v1'" in message for message in await other.ask(bind(b"mine"), *RUN))
    assert not any("'v1'" in message for message in await frontend.ask(bind(b"mine"), *RUN))


async def test_what_may_not_be_seen_is_not(engine: Engine, handled: list[FrontendMessage]) -> None:
    carol = await begin(engine, user="carol")
    handled.clear()

    answer = await carol.ask(bind(), *RUN)

    assert handled == []
    assert [message.split()[0] for message in answer] == ["BindComplete", "CommandComplete", "ReadyForQuery"]


async def test_what_a_name_means_now_counts(frontend: Frontend) -> None:
    for text in ("CREATE SCHEMA s", create("s.m"), add_version("s.m", "v7"), "SET search_path = s"):
        assert "ErrorResponse" not in str(await frontend.ask(Query(text))), text

    for batch in ((bind(), *RUN), (UNNAMED, bind(statement=""), *RUN)):
        answer = [await frontend.ask(*batch) for _ in range(2)]
        assert answer[0] == answer[1]
        assert any("'v7'" in message for message in answer[0])


async def test_the_same_text_read_with_other_backslashes_is_another(frontend: Frontend) -> None:
    text = r"SELECT model_name, 'a\\b' FROM models WHERE model_name = $1"
    unnamed, bound = Parse("", text, (TEXT,)), bind(statement="")
    await frontend.ask(Parse("set", "SELECT set_config('standard_conforming_strings', $1, false)", (TEXT,)), Sync())
    await frontend.ask(bind(b"off", "set"), *RUN)
    await frontend.ask(Parse("named", text, (TEXT,)), unnamed, Sync())
    await frontend.ask(bind(b"on", "set"), *RUN)

    # A named statement remains what it was read as, and its plan is kept.
    assert r"DataRow 'm' 'a\\b'" in await frontend.ask(bind(statement="named"), *RUN)
    for _ in range(3):
        assert r"DataRow 'm' 'a\\\\b'" in await frontend.ask(unnamed, bound, *RUN)


async def test_it_is_seen_and_counted(frontend: Frontend, engine: Engine) -> None:
    counted = engine.meter.list_statements().get(("Select", "00000"), 0)

    await frontend.ask(bind(), *RUN)

    assert engine.meter.list_statements()["Select", "00000"] == counted + 1
    assert LOOKUP in [activity.query for activity in engine.sessions.values()]


async def test_without_kept_answers_each_statement_is_run(tmp_path: Path, handled: list[FrontendMessage]) -> None:
    engine = await make_engine(tmp_path)
    engine.answers.keep_none()
    frontend = await begin(engine)
    handled.clear()

    await frontend.ask(bind(), *RUN)

    assert len(handled) == 3

"""Answers that are kept: the same bytes for the same packet, for as long as what they rest on is the same."""

import re
from pathlib import Path

import pytest

from protocol.frontend_messages import (
    Bind,
    Describe,
    Execute,
    Flush,
    FrontendMessage,
    Parse,
    Query,
    Sync,
    TaggedFrontendMessage,
)
from server.answers import Answer, Answers
from server.catalog import Catalog
from server.engine import Engine
from server.results import on_all, on_nothing
from tests.integration.statements import create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

DESC = Query("DESC MODEL m")
BATCH = (Parse("", "DESC MODEL m"), Bind("", ""), Describe("P", ""), Execute(""), Sync())


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    return await make_engine(tmp_path)


async def connect(engine: Engine) -> Frontend:
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect()
    return frontend


@pytest.fixture
async def frontend(engine: Engine) -> Frontend:
    frontend = await connect(engine)
    await frontend.ask(Query(create("m")), Query(create("other")))
    await frontend.read_until("ReadyForQuery")
    return frontend


async def is_kept(frontend: Frontend, handled: list[FrontendMessage], *packet: TaggedFrontendMessage) -> bool:
    """Whether the packet's second answer, which must be like the first, comes without looking at the packet."""
    first = await frontend.ask(*packet)
    before = len(handled)
    assert await frontend.ask(*packet) == first
    return len(handled) == before


@pytest.mark.parametrize(
    "packet",
    [
        [DESC],
        BATCH,
        [Query("SHOW MODELS")],
        [Query("SHOW TimeZone")],
        [Query("SELECT 1, version()")],
        [Query("SELECT count(*) FROM model_versions")],
        [Query("SHOW TimeZone; SHOW DateStyle")],
        [Parse("", "SELECT $1::int + 1"), Bind("", "", (), (b"1",)), Execute(""), Sync()],
    ],
)
async def test_what_comes_again_is_answered_as_before(
    frontend: Frontend, handled: list[FrontendMessage], packet: list[TaggedFrontendMessage]
) -> None:
    assert await is_kept(frontend, handled, *packet)


@pytest.mark.parametrize(
    "packet",
    [
        [Query("SELECT now()")],
        [Query("SELECT clock_timestamp()")],
        [Query("SELECT random()")],
        [Query("SELECT x FROM (SELECT random() AS x) AS y")],
        [Query("SELECT * FROM random()")],
        [Query("SELECT count(*) FROM pg_stat_activity")],
        [Query("SELECT query FROM pg_stat_activity")],
        [Query("SELECT count(*) FROM pg_prepared_statements")],
        [Query("SELECT pg_notify('c', 'x')")],
        [Query("SELECT set_config('my.x', 'y', false)")],
        [Query("EXECUTE p")],
        [Query("SET TimeZone = 'UTC'")],
        [Query("DESC MODEL missing")],
        [Query("SELECT 'APIKEY'")],
        [Query("LISTEN c")],
        [DESC, DESC],
        [Parse("", "SHOW TimeZone"), Bind("c", ""), Execute("c"), Sync()],
        [Parse("", "SHOW MODELS"), Bind("", ""), Execute("", 1), Sync()],
        [Parse("", "SHOW TimeZone"), Bind("", ""), Flush(), Execute(""), Sync()],
    ],
)
async def test_what_may_be_different_again_is_not_kept(
    frontend: Frontend, handled: list[FrontendMessage], packet: list[TaggedFrontendMessage]
) -> None:
    async def answer() -> None:
        for _ in packet if isinstance(packet[0], Query) else [None]:
            await frontend.read_until("ReadyForQuery")

    await frontend.ask(Query("PREPARE p AS SHOW TimeZone"))
    await frontend.send(*packet)
    await answer()
    before = len(handled)
    await frontend.send(*packet)
    await answer()

    assert len(handled) == before + len(packet)


async def test_now_goes_on(frontend: Frontend) -> None:
    first = await frontend.ask(Query("SELECT now()"))

    assert await frontend.ask(Query("SELECT now()")) != first


async def test_a_change_of_the_model_is_seen_at_once(frontend: Frontend, engine: Engine) -> None:
    before = await frontend.ask(DESC)
    assert await frontend.ask(DESC) == before

    await (await connect(engine)).ask(Query("ALTER MODEL m SET COMMENT 'new'"))

    after = await frontend.ask(DESC)
    assert after != before
    assert "'new'" in "".join(after)


async def test_a_change_of_another_model_leaves_the_answer(frontend: Frontend, handled: list[FrontendMessage]) -> None:
    await frontend.ask(*BATCH)
    await frontend.ask(Query("ALTER MODEL other SET COMMENT 'new'"))

    assert await is_kept(frontend, handled, *BATCH)
    assert [message for message in handled if message == BATCH[0]] == [BATCH[0]]


async def test_a_dropped_model_is_gone_at_once(frontend: Frontend) -> None:
    await frontend.ask(DESC)

    await frontend.ask(Query("DROP MODEL m"))

    assert (await frontend.ask(DESC))[0].startswith("ErrorResponse")


async def test_a_schema_that_comes_first_in_the_path_takes_the_name(frontend: Frontend, engine: Engine) -> None:
    """As soon as it exists, `m` means another model."""
    await frontend.ask(Query('SET search_path = later, "default"'))
    await frontend.ask(DESC)

    await (await connect(engine)).ask(Query("CREATE SCHEMA later"))

    assert (await frontend.ask(DESC))[0].startswith("ErrorResponse")


async def test_every_select_sees_every_change(frontend: Frontend) -> None:
    count = Query("SELECT count(*) FROM models")
    before = await frontend.ask(count)

    await frontend.ask(Query("DROP MODEL other"))

    assert await frontend.ask(count) != before


async def test_sessions_share_answers(frontend: Frontend, engine: Engine, handled: list[FrontendMessage]) -> None:
    expected = await frontend.ask(DESC)
    second = await connect(engine)
    handled.clear()

    assert await second.ask(DESC) == expected
    assert handled == []


async def test_other_parameters_have_other_answers(frontend: Frontend, engine: Engine) -> None:
    rows = await frontend.ask(DESC)
    second = await connect(engine)
    await second.ask(Query("SET modeld.desc_format = 'text'"))

    assert (await second.ask(DESC))[0] == "RowDescription description:25:0"
    assert await frontend.ask(DESC) == rows


async def test_a_name_that_only_one_session_knows_is_no_answer_for_others(frontend: Frontend, engine: Engine) -> None:
    unknown = 'ErrorResponse ERROR 42704 unrecognized configuration parameter "a.b"'
    shown = Query("SHOW a.b")
    # The transaction is undone, the name stays known.
    await frontend.ask(Query("BEGIN; SET a.b = '1'; ROLLBACK"))
    assert (await frontend.ask(shown))[1] == "DataRow ''"
    assert (await frontend.ask(shown))[1] == "DataRow ''"

    other = Frontend(MemoryPeer(engine))
    await other.connect()

    assert (await other.ask(shown))[0] == unknown


async def test_secrets_in_clear_are_never_kept(frontend: Frontend, handled: list[FrontendMessage]) -> None:
    await frontend.ask(Query("SET modeld.reveal_secrets = true"))

    assert not await is_kept(frontend, handled, DESC)


async def test_in_a_transaction_nothing_is_taken_from_outside(frontend: Frontend) -> None:
    before = await frontend.ask(DESC)
    await frontend.ask(Query("BEGIN"))
    await frontend.ask(Query("ALTER MODEL m SET COMMENT 'mine'"))

    assert "'mine'" in "".join(await frontend.ask(DESC))
    await frontend.ask(Query("ROLLBACK"))
    assert await frontend.ask(DESC) == before


async def test_a_prepared_statement_is_known_by_what_it_is_not_by_its_name(
    frontend: Frontend, engine: Engine, handled: list[FrontendMessage]
) -> None:
    run = (Bind("", "s"), Describe("P", ""), Execute(""), Sync())
    second = await connect(engine)
    await frontend.ask(Parse("s", "SHOW TimeZone"), Sync())
    await second.ask(Parse("s", "SHOW DateStyle"), Sync())

    # What one session has prepared is worth keeping once that session has run it a second time.
    await frontend.ask(*run)
    assert await is_kept(frontend, handled, *run)
    assert (await second.ask(*run))[1] == "RowDescription DateStyle:25:0"


@pytest.mark.parametrize("sql", ["DESC MODEL m", "SELECT 'first'", "SHOW TimeZone"])
async def test_what_execute_runs_is_known_by_a_name_that_may_mean_something_else(
    frontend: Frontend, engine: Engine, sql: str
) -> None:
    other = await connect(engine)
    await frontend.ask(Query(f"PREPARE p AS {sql}"))
    await other.ask(Query("PREPARE p AS SELECT 'second'"))
    first = await frontend.ask(Query("EXECUTE p"))
    assert await frontend.ask(Query("EXECUTE p")) == first

    assert "second" in str(await other.ask(Query("EXECUTE p")))
    await frontend.ask(Query("DEALLOCATE p"))
    assert "26000" in str(await frontend.ask(Query("EXECUTE p")))


async def test_a_batch_that_runs_two_prepared_statements_is_not_kept(
    frontend: Frontend, handled: list[FrontendMessage]
) -> None:
    await frontend.ask(Parse("a", "SHOW TimeZone"), Parse("b", "SHOW DateStyle"), Sync())
    run = (Bind("", "a"), Execute(""), Bind("", "b"), Execute(""), Sync())

    assert not await is_kept(frontend, handled, *run)


async def test_a_kept_batch_leaves_its_unnamed_statement(frontend: Frontend) -> None:
    packet = (Parse("", "SHOW TimeZone"), Bind("", ""), Execute(""), Sync())
    await frontend.ask(*packet)
    await frontend.ask(Parse("", "SHOW DateStyle"), Sync())

    await frontend.ask(*packet)

    assert (await frontend.ask(Describe("S", ""), Sync()))[1] == "RowDescription TimeZone:25:0"


async def test_a_kept_query_takes_the_unnamed_statement_away(frontend: Frontend) -> None:
    await frontend.ask(DESC)
    await frontend.ask(Parse("", "SHOW DateStyle"), Sync())

    await frontend.ask(DESC)

    assert (await frontend.ask(Describe("S", ""), Sync()))[0].startswith("ErrorResponse")


async def test_the_activity_of_the_session_goes_on(frontend: Frontend, engine: Engine) -> None:
    await frontend.ask(DESC)
    await frontend.ask(Query("SHOW TimeZone"))
    await frontend.ask(DESC)

    assert [activity.query for activity in engine.sessions.values()] == ["DESC MODEL m"]


def _answer(data: bytes = b"x", revision: int = 1, *, steady: bool = True) -> Answer:
    return Answer(data, "SHOW TimeZone", ("ShowParameter",), (on_nothing if steady else on_all,), revision, None)


def test_the_oldest_give_way() -> None:
    answers = Answers(most_bytes=50_000)

    for number in range(10):
        answers.keep((1, b"%d" % number), b"", _answer(b"x" * 10_000))
        answers.find((1, b"0"), Catalog(revision=1))

    assert answers.find((1, b"0"), Catalog(revision=1)) is not None
    assert answers.find((1, b"1"), Catalog(revision=1)) is None
    assert len(answers) == 4


def test_an_answer_holds_on_a_newer_catalog_if_its_basis_does() -> None:
    answers = Answers()
    answers.keep("steady", b"", _answer())
    answers.keep("passing", b"", _answer(steady=False))

    assert answers.find("steady", Catalog(revision=2)) is not None
    assert answers.find("passing", Catalog(revision=2)) is None
    assert len(answers) == 1


def test_surroundings_that_are_forgotten_get_another_number() -> None:
    answers = Answers()
    first = answers.number("first")

    others = {answers.number(each) for each in range(5000)}

    assert answers.number("first") not in {first, *others}


def test_functions_ask_for_what_passes_through_the_one_door() -> None:
    """Else an answer would be kept that is another one in the next statement or session."""
    folder = Path(__file__).parents[3] / "server" / "query"
    asked = re.compile(
        r"\.session\.(?:process_id|statement_time|transaction_time|client|server)\b"
        r"|runtime\.(?:activity|prepared_statements|cursors|channels|clock)\("
    )
    lines = [
        f"{path.name}: {line.strip()}"
        for path in folder.rglob("*.py")
        for line in path.read_text().splitlines()
        if asked.search(line.replace("passing.session.", ""))
    ]

    assert lines == []
    assert not [
        path.name for path in folder.rglob("*.py") if re.search(r"datetime\.now\(|time\.time\(", path.read_text())
    ]

"""Changes of models past backend, session and task: byte for byte the ordinary way's answers, and its laws."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from protocol.frontend_messages import FrontendMessage, Query
from server.catalog import Decision
from server.committer import Outcome, Request
from server.connection import Connection
from server.engine import Engine
from server.errors import Condition
from server.session import Session
from tests.integration.statements import add_version, create
from tests.unit.server.catalog.scenes import create as create_keyed
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

QUICK = [
    add_version("m1", "v2"),
    create("m2"),
    "alter model m1 set comment 'other';",
    "ALTER MODEL m1 SET ALIAS prod FOR VERSION v1",
    "DROP MODEL m1",
    "DROP MODEL IF EXISTS missing1",
    "create or  replace model m1 WITH VERSION v1 INPUT(f1 INT) OPTIONS("
    + create("m").partition("OPTIONS(")[2]
    + " ;\n",
    # What is refused when it is decided.
    add_version("m1", "v1"),
    add_version("missing1", "v1"),
    "ALTER MODEL m1 DROP VERSION v1",
    "ALTER MODEL m1 ADD VERSION v9 INPUT(f1 INT) OPTIONS(LOCATIN = 'x')",
]
ORDINARY = [
    "CREATE SCHEMA s1",
    "DROP SCHEMA missing1",
    "ALTER MODEL m1 ADD VERSON v2",
    f"{add_version('m1', 'v2')}; {add_version('m1', 'v3')}",
    "ALTER MODEL m1 SET COMMENT $1",
    "ALTER MODEL m1 SET COMMENT '模型'",
    "CREATE USER carol PASSWORD 'a password of some length'",
    "DROP MODEL m1 RECYCLE",
]


async def begin(folder: Path, **parameters: str) -> tuple[Engine, Frontend]:
    engine = await make_engine(folder)
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect(**parameters)
    await frontend.ask(Query(create("m1")))
    return engine, frontend


@pytest.mark.parametrize("text", QUICK)
async def test_the_answer_is_that_of_the_ordinary_way(
    tmp_path: Path, handled: list[FrontendMessage], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    _, frontend = await begin(tmp_path)
    quick = await frontend.ask(Query(text))
    assert handled == []

    monkeypatch.setattr(Session, "begin_change", lambda self, packet, done: None)
    _, ordinary = await begin(tmp_path)
    handled.clear()

    assert await ordinary.ask(Query(text)) == quick
    assert handled == [Query(text)]


@pytest.mark.parametrize("text", ORDINARY)
async def test_everything_else_goes_the_ordinary_way(tmp_path: Path, handled: list[FrontendMessage], text: str) -> None:
    _, frontend = await begin(tmp_path)

    await frontend.ask(Query(text))

    assert handled == [Query(text)]


@pytest.mark.parametrize("text", [ORDINARY[0], ORDINARY[3], "CREATE USER carol PASSWORD 'a password of some length'"])
async def test_what_is_no_lone_change_of_a_model_is_not_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    _, frontend = await begin(tmp_path)
    seen: list[str] = []
    monkeypatch.setattr("server.quick_change.read", seen.append)

    await frontend.ask(Query(text))

    assert seen == []


async def test_a_transaction_and_one_that_only_reads_keep_their_rules(
    tmp_path: Path, handled: list[FrontendMessage]
) -> None:
    engine, frontend = await begin(tmp_path)
    await frontend.ask(Query("BEGIN"))
    await frontend.ask(Query(add_version("m1", "v2")))
    await frontend.ask(Query("ROLLBACK"))
    await frontend.ask(Query("SET default_transaction_read_only = on"))

    refused = await frontend.ask(Query(add_version("m1", "v2")))

    assert refused[0].startswith("ErrorResponse ERROR 25006")
    assert add_version("m1", "v2") in [message.text for message in handled if isinstance(message, Query)]
    schema = engine.committer.catalog.find_schema("modeld", "default")
    assert schema is not None
    assert list(schema.models["m1"].versions) == ["v1"]


async def test_what_a_user_may_not_do_is_refused(tmp_path: Path, handled: list[FrontendMessage]) -> None:
    engine, frontend = await begin(tmp_path)
    for text in ("CREATE USER carol", "GRANT DESCRIBE ON MODEL m1 TO USER carol"):
        await frontend.ask(Query(text))
    peer = MemoryPeer(engine)
    peer.user = "carol"
    carol = Frontend(peer)
    await carol.connect()
    handled.clear()

    refused = await carol.ask(Query(add_version("m1", "v2")))

    assert refused[0].startswith("ErrorResponse ERROR 42501")
    assert handled == []


async def test_the_session_is_active_until_it_is_answered_and_counted(tmp_path: Path) -> None:
    engine, frontend = await begin(tmp_path)
    activity = engine.sessions[1]
    before = activity.statements

    await frontend.send(Query("ALTER MODEL m1 SET COMMENT 'other'"))
    assert (activity.state, activity.row()["query"]) == ("active", "ALTER MODEL m1 SET COMMENT ...")

    assert await frontend.read_until("ReadyForQuery") == ["CommandComplete ALTER MODEL", "ReadyForQuery I"]
    assert (activity.state, activity.statements) == ("idle", before + 1)
    assert engine.meter.statements["SetComment", "00000"] == 1


async def test_what_comes_meanwhile_waits_its_turn(tmp_path: Path) -> None:
    _, frontend = await begin(tmp_path)

    for text in ("ALTER MODEL m1 SET COMMENT 'a'", "DROP MODEL m1", "SHOW TimeZone"):
        await frontend.send(Query(text))

    answers = [(await frontend.read_until("ReadyForQuery"))[-2] for _ in range(3)]
    assert answers == ["CommandComplete ALTER MODEL", "CommandComplete DROP MODEL", "CommandComplete SHOW"]


async def test_a_session_hears_of_its_own_change_before_it_is_ready(tmp_path: Path) -> None:
    _, frontend = await begin(tmp_path)
    await frontend.ask(Query("LISTEN model_changes"))

    answer = await frontend.ask(Query("ALTER MODEL m1 SET COMMENT 'a'"))

    assert [each.partition(" ")[0] for each in answer] == ["CommandComplete", "NotificationResponse", "ReadyForQuery"]


class Held:
    """A session whose change the committer leaves lying."""

    def __init__(self, engine: Engine, peer: MemoryPeer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connection: Connection = peer.connection
        self.requests: list[Request] = []
        self._committer = engine.committer
        monkeypatch.setattr(engine.committer, "begin", self._begin)

    def _begin(self, decide: Callable[..., object], done: Callable[[Outcome], None]) -> Request:
        self.requests.append(Request(decide, done))  # type: ignore[arg-type]
        return self.requests[-1]


async def hold(folder: Path, monkeypatch: pytest.MonkeyPatch, *before: str) -> tuple[Held, Frontend]:
    engine = await make_engine(folder)
    peer = MemoryPeer(engine)
    frontend = Frontend(peer)
    await frontend.connect()
    for text in (create("m1"), *before):
        await frontend.ask(Query(text))
    held = Held(engine, peer, monkeypatch)
    await frontend.send(Query(add_version("m1", "v2")))
    return held, frontend


async def test_it_can_be_canceled_until_it_is_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, frontend = await hold(tmp_path, monkeypatch)

    held.connection.cancel()

    assert await frontend.read_until("ReadyForQuery") == [
        "ErrorResponse ERROR 57014 canceling statement due to user request",
        "ReadyForQuery I",
    ]
    assert not held.requests[0].take()


async def test_the_time_limit_of_a_statement_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, frontend = await hold(tmp_path, monkeypatch, "SET statement_timeout = 20")

    assert (await frontend.read()).startswith("ErrorResponse ERROR 57014 canceling statement due to statement timeout")


async def test_who_is_ended_is_told_and_hung_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, frontend = await hold(tmp_path, monkeypatch)

    held.connection.end(Condition.SHUTTING_DOWN)

    assert await frontend.read_until("closed") == [
        "ErrorResponse FATAL 57P01 terminating connection due to administrator command",
        "closed",
    ]
    assert not held.requests[0].take()


async def test_who_is_ended_too_late_is_answered_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, frontend = await hold(tmp_path, monkeypatch)
    [request] = held.requests
    assert request.take()

    held.connection.end(Condition.SHUTTING_DOWN)
    request.tell(Decision())

    assert await frontend.read_until("closed") == [
        "CommandComplete ALTER MODEL",
        "ReadyForQuery I",
        "ErrorResponse FATAL 57P01 terminating connection due to administrator command",
        "closed",
    ]


async def test_what_is_decided_is_answered_come_what_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, frontend = await hold(tmp_path, monkeypatch)
    [request] = held.requests
    assert request.take()

    held.connection.cancel()
    assert not request.cancel()
    request.tell(RuntimeError("a fault"))

    assert (await frontend.read_until("ReadyForQuery"))[0].startswith("ErrorResponse ERROR XX000 internal error")
    # The cancel request was for that statement and no other.
    monkeypatch.undo()
    assert (await frontend.ask(Query(add_version("m1", "v3"))))[0] == "CommandComplete ALTER MODEL"


async def test_a_client_that_has_gone_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, frontend = await hold(tmp_path, monkeypatch)

    held.connection.abort()

    assert await frontend.read() == "closed"
    assert not held.requests[0].take()


async def test_a_fault_in_the_answer_ends_its_connection_and_not_the_committer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, frontend = await begin(tmp_path)
    others = Frontend(MemoryPeer(engine))
    await others.connect()

    def fail(self: Session, outcome: Outcome) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "end_change", fail)
        await frontend.send(Query(add_version("m1", "v2")))
        await asyncio.sleep(0)
        assert await frontend.read() == "closed"

    assert (await others.ask(Query(add_version("m1", "v3"))))[0] == "CommandComplete ALTER MODEL"


async def test_no_secret_is_told_when_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine, frontend = await begin(tmp_path)
    text = create_keyed("m1")

    answer = await frontend.ask(Query(text))

    assert answer[0].startswith("ErrorResponse")
    secret = text.partition("APIKEY = '")[2].partition("'")[0]
    assert secret
    captured = capsys.readouterr()
    assert secret not in f"{answer}{captured.out}{captured.err}{engine.sessions[1].row()}"

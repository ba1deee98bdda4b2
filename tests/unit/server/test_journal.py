"""What a log may hold of what clients send."""

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from protocol.frontend_messages import Bind, Execute, FrontendMessage, Parse, Query, Sync
from server.activity import hide_secret
from server.dialect import read
from server.engine import Engine
from server.errors import Condition
from server.journal import log_text
from tests.integration.statements import create
from tests.wire.peers import MemoryPeer, make_access, make_engine
from tests.wire.script import Frontend

SECRET = "sk-4f1d2c3b4a5968"
Line = MutableMapping[str, Any]


def shown(text: str) -> str:
    return log_text(text, [(each.statement, each.start) for each in read(text)])


def extended(text: str, *values: bytes) -> list[FrontendMessage]:
    return [Parse("", text, ()), Bind("", "", (), values, ()), Execute("", 0), Sync()]


async def converse(
    engine: Engine, *messages: Query | Sequence[FrontendMessage], connections: bool = False
) -> list[Line]:
    """The log lines that a conversation gives rise to."""
    access = make_access()
    access.logs_connections = connections
    with capture_logs() as lines:
        peer = MemoryPeer(engine, access=access)
        frontend = Frontend(peer)
        await frontend.connect()
        for message in messages:
            await frontend.ask(*([message] if isinstance(message, Query) else message))
        peer.transport.close()
    return lines


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    engine = await make_engine(tmp_path)
    engine.settings["log_min_duration_statement"] = "0"
    engine.answers.keep_none()
    return engine


@pytest.mark.parametrize(
    "text",
    [
        f"CREATE MODEL m WITH VERSION v1 OPTIONS (APIKEY = '{SECRET}')",
        f"CREATE MODEL m WITH VERSION v1 OPTIONS (API_KEY = '{SECRET}')",
        f"CREATE MODEL m WITH VERSION v1 OPTIONS (ENDPOINT = \"{SECRET}\") COMMENT '{SECRET}'",
        f"ALTER MODEL m ADD VERSION v2 OPTIONS (TASKS = '{SECRET}')",
        f"ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (ENDPOINT = '{SECRET}')",
        f"CREATE USER u PASSWORD '{SECRET}'",
        f"EXECUTE p ('{SECRET}')",
        f"PREPARE p AS ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (ENDPOINT = '{SECRET}')",
        f"SELECT 'apikey', '{SECRET}'",
        f"SELECT 1; CREATE MODEL m WITH VERSION v1 OPTIONS (API_KEY = '{SECRET}'); SELECT 2",
        f"NOTIFY c, '{SECRET}'",
    ],
)
def test_no_string_of_a_statement_but_of_a_select_is_logged(text: str) -> None:
    assert SECRET not in shown(text)


def test_what_is_no_string_is_logged() -> None:
    text = shown("create model a.M with version V1 options (tasks = 'x'); select 1 ; drop model m;")

    assert text == "CREATE MODEL a.m WITH VERSION v1\nOPTIONS (\n    TASKS = '********'\n); select 1; DROP MODEL m"


@pytest.mark.parametrize(
    "text",
    [
        f"CREAT MODEL m OPTIONS (API_KEY = '{SECRET}')",
        f"execute p ('{SECRET}')",
        f"CREATE MODEL m OPTIONS (KEY = \"it's {SECRET}",
        f"/* it's */ ALTER MODEL m SET OPTIONS (TOKEN = '{SECRET}')",
        f"ALTER USER u PASWORD $${SECRET}$$",
        f"select password '{SECRET}'",
    ],
)
def test_no_view_shows_what_may_be_a_secret(text: str) -> None:
    assert SECRET not in hide_secret(text)


@pytest.mark.parametrize(
    "text", ["SELECT 'a'", "SHOW MODELS LIKE 'a%'", "DESC MODEL m", "DROP MODEL m", "FETCH 1 FROM c"]
)
def test_views_show_the_rest(text: str) -> None:
    assert hide_secret(text) == text


async def test_a_failed_statement_is_a_line_with_its_condition(engine: Engine) -> None:
    lines = await converse(engine, Query("SELECT 1"), Query("DESC MODEL nowhere"))

    (line,) = [line for line in lines if line["event"] == "statement failed"]
    assert line.items() >= {
        ("sqlstate", "42704"),
        ("error", "MODEL_NOT_FOUND"),
        ("statement", "DESC MODEL nowhere"),
        ("user", "modeld"),
        ("database", "modeld"),
        ("pid", 1),
        ("phase", "query"),
    }


async def test_of_a_text_that_cannot_be_read_nothing_is_logged(engine: Engine) -> None:
    lines = await converse(engine, Query(f"{SECRET} 'x'"), [Parse("", f"'{SECRET}", ()), Sync()])

    assert [line["event"] for line in lines] == ["statement failed"] * 2
    assert SECRET not in str(lines)


async def test_what_was_bound_is_not_logged(engine: Engine) -> None:
    text = "CREATE MODEL m WITH VERSION v1 OPTIONS (ENDPOINT = $1)"
    lines = await converse(engine, extended(text, SECRET.encode()))

    failed = [line for line in lines if line["event"] == "statement failed"]
    assert [(line["phase"], "ENDPOINT = $1" in line["statement"]) for line in failed] == [("execute", True)]
    assert SECRET not in str(lines)


async def test_every_statement_is_slow_where_the_limit_is_0(engine: Engine) -> None:
    lines = await converse(
        engine,
        Query("SELECT 1; SHOW MODELS"),
        extended("SELECT 2"),
    )

    assert [(line["phase"], line["statement"]) for line in lines] == [
        ("query", "SELECT 1; SHOW MODELS"),
        ("parse", "SELECT 2"),
        ("bind", "SELECT 2"),
        ("execute", "SELECT 2"),
    ]
    assert all(line["event"] == "slow statement" and line["milliseconds"] >= 0 for line in lines)


async def test_a_kept_answer_is_no_way_around_the_log(engine: Engine) -> None:
    lines = await converse(engine, *[Query("SHOW MODELS")] * 3)

    assert len(lines) == 3


async def test_a_quick_statement_is_not_slow(engine: Engine) -> None:
    engine.settings["log_min_duration_statement"] = "60s"

    assert await converse(engine, Query("SELECT 1")) == []


async def test_without_a_limit_no_statement_is_slow(engine: Engine) -> None:
    engine.settings["log_min_duration_statement"] = "-1"

    assert await converse(engine, Query("SELECT 1")) == []


async def test_a_failed_statement_is_not_slow_as_well(engine: Engine) -> None:
    lines = await converse(engine, Query("SELECT 1 / 0"), Query("SELECT 1"))

    assert [line["event"] for line in lines] == ["statement failed", "slow statement"]


async def test_a_connection_is_two_lines(engine: Engine) -> None:
    engine.settings["log_min_duration_statement"] = "-1"

    lines = await converse(engine, Query("SELECT 1"), Query(create("m")), connections=True)

    assert [line["event"] for line in lines] == ["connection authorized", "disconnected"]
    assert lines[0].items() >= {("user", "modeld"), ("database", "modeld"), ("tls", ""), ("protocol", "3.0")}
    assert lines[1]["statements"] == 2


async def test_a_session_that_is_ended_in_a_statement_has_the_sqlstate_on_its_line(engine: Engine) -> None:
    access = make_access()
    access.logs_connections = True
    with capture_logs() as lines:
        peer = MemoryPeer(engine, access=access)
        frontend = Frontend(peer)
        await frontend.connect()
        await frontend.send(Query("SELECT pg_sleep(60)"))
        peer.connection.end(Condition.SHUTTING_DOWN)
        told = await frontend.read_until("ErrorResponse")
        assert await frontend.read() == "closed"

    assert told[-1].startswith("ErrorResponse FATAL 57P01")
    assert [line["sqlstate"] for line in lines if line["event"] == "disconnected"] == ["57P01"]


async def test_connections_are_not_logged_unless_asked_for(engine: Engine) -> None:
    engine.settings["log_min_duration_statement"] = "-1"

    assert await converse(engine, Query("SELECT 1")) == []


async def test_statements_are_counted_those_answered_again_too(tmp_path: Path) -> None:
    engine = await make_engine(tmp_path)

    await converse(engine, *[Query("SHOW MODELS")] * 3, Query("SHOW MODELS x"), Query(create("m")))

    assert engine.meter.list_statements() == {
        ("ShowModels", "00000"): 3,
        ("unread", "42601"): 1,
        ("CreateModel", "00000"): 1,
    }
    assert sum(engine.meter.repeated.values()) == 2
    assert engine.meter.durations.buckets()[-1] == ("+Inf", 3)
    assert engine.meter.groups.sum == 2  # with the seed

"""What is too long, too deep or too much; the session goes on wherever the framing is whole."""

from pathlib import Path

import pytest

from protocol.backend import DEFAULT_MAX_LENGTH
from protocol.frontend_messages import Bind, Execute, Parse, Query, Sync
from protocol.startup_messages import StartupMessage
from tests.integration.statements import create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend


@pytest.fixture
async def frontend(tmp_path: Path) -> Frontend:
    frontend = Frontend(MemoryPeer(await make_engine(tmp_path)))
    await frontend.connect()
    return frontend


async def check_usable(frontend: Frontend) -> None:
    assert await frontend.ask(Query("SHOW TimeZone")) == [
        "RowDescription TimeZone:25:0",
        "DataRow 'UTC'",
        "CommandComplete SHOW",
        "ReadyForQuery I",
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(create("m", comment="x" * 1_000_000), "ErrorResponse ERROR 22001 ", id="comment"),
        pytest.param("DESC MODEL " + "x" * 1_000_000, "ErrorResponse ERROR ", id="name"),
        pytest.param("x" * 1_000_000, "ErrorResponse ERROR 42601 ", id="word"),
        pytest.param("SHOW MODELS LIKE '" + "%" * 1_000_000 + "'", "ErrorResponse ERROR 54000 ", id="pattern"),
        pytest.param("SHOW MODELS -- " + "x" * 1_000_000, "RowDescription ", id="line comment"),
        pytest.param("SHOW MODELS /* " + "*" * 1_000_000, "ErrorResponse ERROR 42601 ", id="open comment"),
        pytest.param("SHOW MODELS '" + "\\'" * 500_000, "ErrorResponse ERROR 42601 ", id="open string"),
        pytest.param(";" * 1_000_000, "EmptyQueryResponse", id="semicolons"),
        pytest.param("(" * 10_000 + ")" * 10_000, "ErrorResponse ERROR ", id="parentheses"),
        pytest.param("SELECT " + "(" * 10_000, "ErrorResponse ERROR 54001 ", id="select"),
        pytest.param(
            f"CREATE MODEL m WITH VERSION v INPUT (c {'ARRAY<' * 10_000}INT{'>' * 10_000}) OPTIONS (a = 'b')",
            "ErrorResponse ERROR 54001 ",
            id="type",
        ),
        pytest.param("SHOW " + "a." * 100_000 + "a", "ErrorResponse ERROR ", id="dots"),
    ],
)
async def test_huge_statements_are_answered(frontend: Frontend, text: str, answer: str) -> None:
    # Some tens of milliseconds each; a quadratic loop would run into the time limit of every test.
    answers = await frontend.ask(Query(text))
    extended = await frontend.ask(Parse("", text), Bind("", ""), Execute(""), Sync())

    assert answers[0].startswith(answer)
    assert answers[-1] == extended[-1] == "ReadyForQuery I"
    await check_usable(frontend)


async def test_ten_thousand_statements_in_one_text(frontend: Frontend) -> None:
    answers = await frontend.ask(Query("SHOW TimeZone;" * 10_000))

    assert len(answers) == 3 * 10_000 + 1


async def test_a_message_over_the_limit_ends_the_conversation(frontend: Frontend) -> None:
    await frontend.send(b"Q" + (DEFAULT_MAX_LENGTH + 1).to_bytes(4, "big"))

    assert await frontend.read() == "ErrorResponse FATAL 08P01 invalid message length"
    assert await frontend.read() == "closed"


async def test_a_message_at_the_limit_is_read(frontend: Frontend) -> None:
    text = "SHOW TimeZone".ljust(DEFAULT_MAX_LENGTH - 5)

    answers = await frontend.ask(Query(text))

    assert answers[0].startswith(("RowDescription", "ErrorResponse ERROR 54000"))
    await check_usable(frontend)


async def test_a_startup_packet_of_10001_bytes(tmp_path: Path) -> None:
    frontend = Frontend(MemoryPeer(await make_engine(tmp_path)))
    short = StartupMessage(3, 0, (("user", "modeld"), ("application_name", ""))).encode()
    name = "x" * (10_001 - len(short))
    packet = StartupMessage(3, 0, (("user", "modeld"), ("application_name", name))).encode()
    assert len(packet) == 10_001

    await frontend.send(packet)

    assert await frontend.read() == "ErrorResponse FATAL 08P01 invalid length of startup packet"
    assert await frontend.read() == "closed"


async def test_a_startup_packet_of_10000_bytes(tmp_path: Path) -> None:
    frontend = Frontend(MemoryPeer(await make_engine(tmp_path)))
    short = StartupMessage(3, 0, (("user", "modeld"), ("application_name", ""))).encode()
    name = "x" * (10_000 - len(short))

    await frontend.send(StartupMessage(3, 0, (("user", "modeld"), ("application_name", name))).encode())

    assert (await frontend.read_until("ReadyForQuery"))[0] == "AuthenticationOk"


@pytest.mark.parametrize(
    "text",
    [
        r"CREATE MODEL m WITH VERSION v OPTIONS (MODEL_SOURCE_TYPE = 'a\0b', MODEL_TYPE = 'LLM')",
        r"CREATE MODEL m WITH VERSION v OPTIONS (MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'a\0b')",
        r"SET application_name = E'a\000b'",
        r"SET TimeZone = E'a\000b'",
        r"SHOW MODELS LIKE 'a\0b'",
        create("m", comment=r"a\0b"),
    ],
)
async def test_a_nul_that_an_escape_brings_in_breaks_nothing(frontend: Frontend, text: str) -> None:
    answers = await frontend.ask(Query(text))

    assert answers[-1] == "ReadyForQuery I"
    assert not any("XX000" in answer for answer in answers)
    assert not any("XX000" in answer for answer in await frontend.ask(Query("DESC MODEL m; SHOW CREATE MODEL m")))
    assert not any("XX000" in answer for answer in await frontend.ask(Query("SHOW MODELS")))

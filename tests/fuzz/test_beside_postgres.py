"""Random conversations with PostgreSQL and with modeld: both answer the same, message by message.

What is compared is the state behind the protocol: transactions with savepoints, prepared statements and portals,
cursors, settings, notifications, and which errors skip what. Errors are compared by their SQLSTATE.
"""

import asyncio
import random
import re
from collections.abc import Iterator
from contextlib import aclosing
from typing import Final

import pytest

from protocol.frontend_messages import Bind, Close, Describe, Execute, Flush, FrontendMessage, Parse, Query, Sync
from tests.integration.server_process import ServerProcess
from tests.wire.peers import TcpPeer
from tests.wire.postgres import PostgresProcess
from tests.wire.script import Frontend

CONVERSATIONS: Final = 150
STATEMENTS: Final = (
    "SELECT 1",
    "SELECT 1 / (SELECT 0)",
    "SELECT generate_series(1, 3) AS g",
    "SELECT $1::int AS a",
    "no syntax at all",
    "",
    "BEGIN",
    "BEGIN READ ONLY",
    "COMMIT",
    "ROLLBACK",
    "COMMIT AND CHAIN",
    "ROLLBACK AND CHAIN",
    "SAVEPOINT s",
    "ROLLBACK TO s",
    "RELEASE s",
    "SET TRANSACTION READ ONLY",
    "SHOW transaction_read_only",
    "SET my.own = '1'",
    "SET my.own = '2'",
    "SET LOCAL my.own = '3'",
    "SELECT set_config('my.own', '4', true)",
    "SHOW my.own",
    "RESET my.own",
    "SET application_name = 'changed'",
    "SET client_encoding = LATIN1",
    "RESET ALL",
    "DISCARD ALL",
    "PREPARE q AS SELECT 5",
    "EXECUTE q",
    "DEALLOCATE q",
    "DEALLOCATE ALL",
    "SELECT name FROM pg_prepared_statements WHERE name <> '' ORDER BY 1",
    "DECLARE c SCROLL CURSOR FOR SELECT generate_series(1, 4) AS g",
    "DECLARE h SCROLL CURSOR WITH HOLD FOR SELECT generate_series(1, 4) AS g",
    "FETCH c",
    "FETCH 2 h",
    "FETCH BACKWARD h",
    "MOVE c",
    "FETCH ALL p",
    "CLOSE c",
    "CLOSE h",
    "CLOSE ALL",
    "SELECT name FROM pg_cursors ORDER BY 1",
    "LISTEN x",
    "NOTIFY x, 'told'",
    "SELECT pg_notify('x', 'by function') IS NULL",
    "UNLISTEN *",
    "COPY (SELECT 1) TO STDOUT",
)
_NAMES: Final = ("", "n1", "n2")
_PORTALS: Final = ("p", "c")


def make_texts(choose: random.Random) -> list[FrontendMessage]:
    return [Query("; ".join(choose.choices(STATEMENTS, k=choose.choice((1, 1, 1, 2, 3)))))]


def make_batch(choose: random.Random) -> list[FrontendMessage]:
    """An extended batch up to its Sync.

    The unnamed portal is used only where the batch has bound it: PostgreSQL keeps that of a failed simple query, which
    nobody relies on.
    """
    messages: list[FrontendMessage] = []
    portals: tuple[str, ...] = _PORTALS
    for _ in range(choose.randint(1, 5)):
        name, portal = choose.choice(_NAMES), choose.choice(portals)
        match choose.randint(0, 11):
            case 0 | 1 | 2:
                messages.append(Parse(name, choose.choice(STATEMENTS)))
            case 3 | 4 | 5:
                portal = choose.choice(("", *_PORTALS))
                portals = (*portals, portal)
                values = choose.choice(((), (), (b"7",)))
                messages.append(Bind(portal, name, (), values, choose.choice(((), (1,)))))
            case 6 | 7 | 8:
                messages.append(Execute(portal, choose.choice((0, 0, 1, 2))))
            case 9:
                messages.append(choose.choice((Describe("S", name), Describe("P", portal))))
            case 10:
                messages.append(choose.choice((Close("S", name), Close("P", portal))))
            case _:
                messages.append(choose.choice((Flush(), Sync())))
    return [*messages, Sync()]


def make_conversation(seed: int) -> list[list[FrontendMessage]]:
    choose = random.Random(seed)  # noqa: S311  the same again for the same seed is what is wanted
    makers = choose.choices((make_texts, make_batch), k=choose.randint(4, 14))
    return [make(choose) for make in makers]


def simplify(answers: list[str]) -> list[str]:
    """What must be the same: SQLSTATEs in the place of texts.

    PostgreSQL describes rows before the first is made, and checks what is constant before it has bound it.
    """
    found: list[str] = []
    for answer in answers:
        if match := re.match(r"(ErrorResponse|NoticeResponse) \w+ (\w{5})", answer):
            if match[1] == "ErrorResponse" and found and found[-1].startswith("RowDescription"):
                found.pop()
            found.append(" ".join(match.groups()))
        else:
            found.append(answer)
    return found


async def play(peer: TcpPeer, conversation: list[list[FrontendMessage]]) -> list[list[str]]:
    frontend = Frontend(peer)
    answers = []
    async with aclosing(peer):
        await frontend.connect(TimeZone="UTC", application_name="beginning")
        for packet in conversation:
            await frontend.send(*packet)
            replies = sum(isinstance(message, Query | Sync) for message in packet)
            said = [each for _ in range(replies) for each in await frontend.read_until("ReadyForQuery")]
            answers.append(simplify(said))
    return answers


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    with (
        PostgresProcess.start_or_skip() as postgres,
        ServerProcess(tmp_path_factory.mktemp("beside") / "data") as server,
    ):
        yield postgres.port, server.port


def test_both_answer_the_same(ports: tuple[int, int]) -> None:
    async def compare(seed: int) -> None:
        conversation = make_conversation(seed)
        theirs, ours = await asyncio.gather(
            play(TcpPeer(ports[0], user="postgres", database="postgres"), conversation),
            play(TcpPeer(ports[1]), conversation),
        )
        for index, (expected, found) in enumerate(zip(theirs, ours, strict=True)):
            assert found == expected, f"seed {seed}, after {conversation[: index + 1]}"

    async def compare_all() -> None:
        for seed in range(CONVERSATIONS):
            await compare(seed)

    asyncio.run(compare_all())

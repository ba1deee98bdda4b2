"""DESC MODEL past session and output: byte for byte what the ordinary way answers, and only where that answers rows."""

from dataclasses import replace
from pathlib import Path

import pytest

from protocol.frontend_messages import FrontendMessage, Query, Sync, TaggedFrontendMessage
from server.answers import Answers
from server.engine import Engine
from server.parameters import Parameters
from server.quick_describe import read_describe
from server.quick_packets import find_text
from tests.unit.server.catalog.scenes import add, create, create_imported
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

WIDE = ", ".join(f"c{number} STRING COMMENT 'column {number}'" for number in range(150))
TOO_WIDE = ", ".join(f"c{number} STRING" for number in range(250))


@pytest.fixture
async def engine(tmp_path: Path) -> Engine:
    engine = await make_engine(tmp_path)
    frontend = Frontend(MemoryPeer(engine))
    await frontend.connect()
    for text in (
        create("m1"),
        create("plain"),
        f"{create_imported('imported1')} COMMENT '模型'",
        f"{create_imported('wide1', WIDE)} COMMENT '{'模' * 341}'",
        create_imported("wide2", TOO_WIDE),
        "CREATE SCHEMA s1",
        create("s1.m2"),
        add("m1", "v2"),
        "ALTER MODEL m1 SET ALIAS prod FOR VERSION v2",
        "CREATE USER carol",
    ):
        assert "ErrorResponse" not in str(await frontend.ask(Query(text))), text
    return engine


async def connect(engine: Engine, **parameters: str) -> MemoryPeer:
    peer = MemoryPeer(engine)
    await Frontend(peer).connect(**parameters)
    return peer


async def ask(peer: MemoryPeer, *messages: TaggedFrontendMessage) -> bytes:
    """All that is sent for a packet."""
    await peer.send(b"".join(message.encode() for message in messages))
    data = await peer.receive()
    while not peer.transport.written.empty():
        data += await peer.receive()
    return data


QUICK = [
    "DESC MODEL m1",
    "DESC MODEL m1;",
    "desc model M1;",
    "DESC  MODEL\n m1 ; ",
    "DESC MODEL plain",
    'DESC MODEL "m1"',
    "DESC MODEL imported1",
    "DESC MODEL wide1",
    "DESC MODEL m1 VERSION v1",
    "DESC MODEL m1 VERSION prod",
    "DESC MODEL s1.m2",
    "DESC MODEL modeld.s1.m2",
    "DESCRIBE MODEL m1",
]
ORDINARY = [
    "DESC MODEL m1 VERSION v9",
    "DESC MODEL missing1",
    "DESC MODEL EXTENDED m1",
    "DESC MODEL m1 AS OF REVISION 5",
    "DESC MODEL wide2",
    "DESC MODEL m1; DESC MODEL plain",
    "DESC MODEL $1",
    "DESC MODEL m1 extra",
    "DESC MODEL m1 -- 模型",
    "DESC MODEL",
]


@pytest.mark.parametrize("parameters", [{}, {"TimeZone": "Asia/Shanghai"}], ids=["", "elsewhere"])
@pytest.mark.parametrize("text", QUICK)
async def test_the_answer_is_that_of_the_ordinary_way(
    engine: Engine, handled: list[FrontendMessage], text: str, parameters: dict[str, str]
) -> None:
    peer = await connect(engine, **parameters)
    quick = [await ask(peer, Query(text)) for _ in range(3)]
    assert handled == []

    # Where no answers are kept, none is quick.
    ordinary = await ask(await connect(replace(engine, answers=Answers(0)), **parameters), Query(text))

    assert handled == [Query(text)]
    assert quick == [ordinary] * 3


@pytest.mark.parametrize("text", ORDINARY)
async def test_what_is_not_one_plain_desc_with_an_answer_goes_the_ordinary_way(
    engine: Engine, handled: list[FrontendMessage], text: str
) -> None:
    peer = await connect(engine)

    await ask(peer, Query(text))

    assert handled == [Query(text)]


@pytest.mark.parametrize(
    "setting",
    [
        "modeld.desc_format = 'text'",
        "modeld.reveal_secrets = true",
        "client_encoding = 'LATIN1'",
        "standard_conforming_strings = off",
    ],
)
async def test_what_is_shown_otherwise_goes_the_ordinary_way(
    engine: Engine, handled: list[FrontendMessage], setting: str
) -> None:
    peer = await connect(engine)
    await ask(peer, Query(f"SET {setting}"))
    handled.clear()

    await ask(peer, Query("DESC MODEL m1"))
    assert handled == [Query("DESC MODEL m1")]

    await ask(peer, Query("RESET ALL"))
    handled.clear()
    await ask(peer, Query("DESC MODEL imported1"))
    assert handled == []


async def test_a_transaction_reads_what_it_has_made(engine: Engine) -> None:
    peer = await connect(engine)
    await ask(peer, Query("BEGIN; ALTER MODEL m1 SET COMMENT 'not yet there'"))

    assert b"not yet there" in await ask(peer, Query("DESC MODEL m1"))
    assert b"not yet there" not in await ask(await connect(engine), Query("DESC MODEL m1"))


async def test_several_messages_in_a_packet_are_answered_in_turn(engine: Engine) -> None:
    peer = await connect(engine)

    answers = await ask(peer, Query("DESC MODEL m1"), Query("SHOW TimeZone"), Sync())

    assert answers.count(b"Z\0\0\0\5I") == 3
    assert b"SHOW" in answers


async def test_every_change_is_seen_whether_or_not_an_answer_was_kept(engine: Engine) -> None:
    peer = await connect(engine)
    for number in range(5):
        await ask(peer, Query(f"ALTER MODEL m1 SET COMMENT 'comment {number}'"))
        for _ in range(number):
            assert f"comment {number}".encode() in await ask(peer, Query("DESC MODEL m1"))


async def test_who_may_not_see_a_model_is_refused_in_the_usual_words(
    engine: Engine, handled: list[FrontendMessage]
) -> None:
    carol = Frontend(peer := MemoryPeer(engine))
    peer.user = "carol"
    await carol.connect()

    for _ in range(3):
        refused = (await carol.ask(Query("DESC MODEL m1")))[0]
        assert "ErrorResponse" in refused
    assert len(handled) == 3


async def test_privileges_that_are_taken_away_end_the_answers(engine: Engine) -> None:
    owner = await connect(engine)
    assert b"ERROR" not in await ask(owner, Query("GRANT Describe ON MODEL m1 TO USER carol"))
    peer = MemoryPeer(engine)
    peer.user = "carol"
    await Frontend(peer).connect()
    for _ in range(3):
        assert b"m1" in await ask(peer, Query("DESC MODEL m1"))

    await ask(owner, Query("REVOKE Describe ON MODEL m1 FROM USER carol"))

    assert b"ERROR" in await ask(peer, Query("DESC MODEL m1"))


async def test_it_is_counted_and_shown_as_what_it_is(engine: Engine) -> None:
    peer = await connect(engine)
    before = dict(engine.meter.list_statements())

    await ask(peer, Query("DESC MODEL m1"))
    await ask(peer, Query("DESC MODEL plain"))

    now = engine.meter.list_statements()
    key = ("DescribeModel", "00000")
    assert now[key] == before.get(key, 0) + 2
    (activity,) = [each for each in engine.sessions.values() if each.query == "DESC MODEL plain"]
    assert activity.statements == 2


async def test_only_what_is_asked_for_again_is_kept(engine: Engine) -> None:
    peer = await connect(engine)
    kept = len(engine.answers)

    await ask(peer, Query("DESC MODEL m1"))
    assert len(engine.answers) == kept
    await ask(peer, Query("DESC MODEL m1"))
    assert len(engine.answers) == kept + 1


async def test_no_answer_is_quick_where_every_statement_is_to_be_logged(
    engine: Engine, handled: list[FrontendMessage]
) -> None:
    engine.answers.keep_none()

    await ask(await connect(engine), Query("DESC MODEL m1"))

    assert handled == [Query("DESC MODEL m1")]


@pytest.mark.parametrize("name", ["m1", "M_1x", "default1", "a9"])
@pytest.mark.parametrize("form", ["DESC MODEL {};", "desc model {}", "DESC model {};"])
def test_the_plain_form_is_read_as_everything_is(name: str, form: str) -> None:
    text = form.format(name)
    plain, spread = read_describe(text), read_describe(text.replace(" ", "  "))

    assert plain is not None
    assert plain == spread
    assert plain.name.at == text.index(name)


@pytest.mark.parametrize(
    "packet",
    [
        Query("DESC MODEL m1").encode() + Sync().encode(),
        Query("DESC MODEL m1").encode()[:-1],
        Query("DESC MODEL m1").encode()[:-1] + b"x",
        b"Q\0\0\0\x14DESC MODEL m1\0;\0",
        b"Q\0\0\0\4",
    ],
)
def test_what_is_not_one_whole_query_is_not_ours(packet: bytes) -> None:
    assert find_text(packet, (b"DESC",), Parameters("modeld")) is None

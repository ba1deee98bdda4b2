"""Whatever a client prepares, the short way of a SELECT with the next values answers as the ordinary way does."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.frontend_messages import (
    PORTAL,
    STATEMENT,
    Bind,
    Close,
    Describe,
    Execute,
    Flush,
    FrontendMessage,
    Parse,
    Query,
    Sync,
)
from protocol.types import INT8, NAME, TEXT
from server.quick_batch import QuickBatches
from tests.integration.statements import add_version, create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

_TEXTS: Final = (
    "SELECT model_name, version_name, comment FROM model_versions WHERE model_name = $1",
    "select model_name, version_count, comment from models where $1 = model_name and version_count > $2",
    "SELECT version_name FROM model_versions WHERE model_name = $1 ORDER BY 1 LIMIT $2",
    "SELECT model_name FROM models WHERE model_name = $1 AND 1 / $2 = 1",
    "SELECT relname FROM pg_class WHERE relname = $1",
    "SELECT $1",
    "SELECT count(*) FROM models WHERE model_name = $1",
    "SELECT model_name FROM models WHERE model_name = 'm1'",
    "DESC MODEL m1",
    "ALTER MODEL m1 SET COMMENT $1",
    "SELECT",
)
_SIMPLE: Final = (
    "BEGIN",
    "COMMIT",
    "SET search_path = s",
    "SET search_path = DEFAULT",
    "SET client_encoding = 'LATIN1'",
    "SET client_encoding = 'UTF8'",
    "DEALLOCATE ALL",
    "DISCARD ALL",
    "PREPARE a AS SELECT model_name FROM models WHERE model_name = $1",
    "SELECT model_name FROM models WHERE model_name = 'm1'",
    add_version("m1", "v2"),
    "ALTER MODEL m1 SET COMMENT 'changed'",
    "DROP MODEL IF EXISTS m1",
    create("m3"),
)
_NAMES: Final = st.sampled_from(["", "a", "b"])
_TYPES: Final = st.sampled_from([(), (0,), (TEXT,), (NAME,), (TEXT, INT8), (0, 0)])
_VALUES: Final = st.sampled_from([b"m1", b"m2", b"m\xc3\xb6", b"\xff", b"1", b"0", b"\0\0\0\0\0\0\0\1", b"", None])
_FORMATS: Final = st.sampled_from([(), (), (0,), (1,), (0, 1), (2,)])
_PARSES: Final = st.builds(Parse, _NAMES, st.sampled_from(_TEXTS), _TYPES)
_BINDS: Final = st.builds(
    Bind, st.sampled_from(["", "", "", "p"]), _NAMES, _FORMATS, st.lists(_VALUES, max_size=2).map(tuple), _FORMATS
)
_SHOWN: Final = Describe(PORTAL, "")
_RUN: Final = (Execute("", 0), Sync())
_LOOSE: Final = st.sampled_from(
    [_SHOWN, Describe(STATEMENT, "a"), Execute("", 0), Execute("", 1), Execute("p", 0), Close(STATEMENT, "a"), Flush()]
)
_Packet = Sequence[FrontendMessage]


_PREPARED: Final = (Parse("a", _TEXTS[0], ()), Parse("b", _TEXTS[1], (TEXT, 0)))


def _lookup(number: int, values: Sequence[bytes | None], shown: bool, named: bool, formats: tuple[int, ...]) -> _Packet:
    """One of the first texts with values for its parameters, prepared by name or with its Parse before it."""
    statement = ("a", "b")[number] if named and number < len(_PREPARED) else ""
    parse = [] if statement else [Parse("", _TEXTS[number], ())]
    bind = Bind("", statement, (), tuple(values[: _TEXTS[number].count("$")]), formats)
    return [*parse, bind, *([_SHOWN] if shown else []), *_RUN]


_RIGHT: Final = st.builds(
    _lookup,
    st.integers(0, 4),
    st.tuples(st.sampled_from([b"m1", b"m2", b"m3", b"models"]), st.sampled_from([b"1", b"0"])),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(), (1,)]),
)
_WRONG: Final = st.builds(lambda parse, bind: [parse, bind, _SHOWN, *_RUN], _PARSES, _BINDS)
_PACKETS: Final = st.one_of(
    _RIGHT,
    _RIGHT,
    _RIGHT,
    _WRONG,
    _PARSES.map(lambda parse: [parse, Sync()]),
    st.lists(st.one_of(_PARSES, _BINDS, _LOOSE), max_size=4).map(lambda messages: [*messages, Sync()]),
    st.sampled_from(_SIMPLE).map(lambda text: [Query(text)]),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(_PACKETS, st.integers(1, 3)), min_size=3, max_size=10), st.sampled_from(["modeld", "carol"]))
def test_both_ways_say_the_same(packets: list[tuple[_Packet, int]], user: str) -> None:
    quick = asyncio.run(_talk(packets, user))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuickBatches, "answer", lambda self, packet: None)

        assert asyncio.run(_talk(packets, user)) == quick


async def _talk(packets: list[tuple[_Packet, int]], user: str) -> list[str]:
    """All answers, and what is counted and shown of them in the end."""
    with TemporaryDirectory() as folder:
        engine = await make_engine(Path(folder))
        owner, peer = Frontend(MemoryPeer(engine)), MemoryPeer(engine)
        peer.user = user
        await owner.connect()
        for text in (create("m1"), create("m2"), "CREATE SCHEMA s", create("s.m1"), "CREATE USER carol"):
            await owner.ask(Query(text))
        await owner.ask(Query("GRANT DESCRIBE ON MODEL m1 TO USER carol"))
        frontend = Frontend(peer)
        answers = await frontend.connect()
        for number, parse in enumerate(_PREPARED):
            answers += await frontend.ask(parse, *_lookup(number, (b"m1", b"0"), False, True, ()))
        for messages, times in packets:
            for _ in range(times):
                answers += await frontend.ask(*messages)
        answers += await owner.ask(Query("SELECT model_name, version_name FROM model_versions ORDER BY 1, 2"))
        counted = sorted(map(str, engine.meter.list_statements().items()))
        return [*answers, *counted, str(engine.sessions[1].row()["query"])]

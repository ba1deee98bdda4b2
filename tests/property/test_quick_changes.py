"""Whatever a client says, the short way of a lone change and the ordinary way give the same answers and one end."""

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.frontend_messages import Bind, Execute, Parse, Query, Sync
from server.dialect import forms
from server.session import Session
from tests.integration.statements import add_version, create
from tests.wire.peers import MemoryPeer, TlsPeer, make_engine
from tests.wire.script import Frontend

_CHANGES: Final = (
    create("m1"),
    create("m2"),
    add_version("m1", "v2"),
    add_version("m1", "1v"),
    add_version("p1.m1", "v2"),
    "ALTER MODEL m1 SET DEFAULT_VERSION = v2",
    "ALTER MODEL m1 DROP VERSION v1",
    "alter model m1 drop version if exists v9;",
    "ALTER MODEL m1 RENAME TO m2",
    "ALTER MODEL m1 MODIFY VERSION v1 SET OPTIONS (APIKEY = 'a-key-of-some-length')",
    # Of one form, and refused at other places.
    "ALTER MODEL m1 DROP VERSION missing1",
    "ALTER MODEL model_222 DROP VERSION missing1",
    "ALTER MODEL m1 DROP VERSION v3",
    "ALTER MODEL m1 SET COMMENT 'c1'",
    "DROP MODEL m1",
    "DROP MODEL IF EXISTS m3",
    "DROP MODEL m1 m2",
    "DROP MODEL m1; DROP MODEL m2",
)
_OTHERS: Final = (
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "BEGIN READ ONLY",
    "SET default_transaction_read_only = on",
    "SET default_transaction_read_only = off",
    "SET modeld.lenient_names = true",
    "SET client_encoding = 'LATIN1'",
    "LISTEN model_changes",
    "DISCARD ALL",
    "SELECT count(*) FROM model_versions",
)
_TIME: Final = re.compile(r'"time":"[^"]*"')
_BATCH: Final = (Bind("", "", (), (), ()), Execute("", 0), Sync())
_CHANGE: Final = st.sampled_from(_CHANGES).map(lambda text: Query(text).encode())
_QUERY: Final = st.sampled_from(_OTHERS).map(lambda text: Query(text).encode())
_PREPARED: Final = st.sampled_from(_CHANGES).map(
    lambda text: b"".join([each.encode() for each in (Parse("", text, ()), *_BATCH)])
)
# The unnamed statement, if it is still there.
_AGAIN: Final = st.just(b"".join([each.encode() for each in _BATCH]))
_ANY: Final = st.one_of(_CHANGE, _CHANGE, _QUERY, _PREPARED, _AGAIN)
# Mostly one in a packet: more go the ordinary way.
_PACKET: Final = _ANY.map(lambda each: [each]) | _ANY.map(lambda each: [each]) | st.lists(_ANY, min_size=2, max_size=3)


@given(st.lists(_PACKET, min_size=3, max_size=12), st.sampled_from(["modeld", "carol"]))
def test_both_ways_say_and_do_the_same(packets: list[list[bytes]], user: str) -> None:
    quick = asyncio.run(_talk(packets, user))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "begin_change", lambda self, packet, done: None)
        forms._FORMS.clear()

        assert asyncio.run(_talk(packets, user)) == quick


@settings(max_examples=20)
@given(st.lists(_PACKET, min_size=3, max_size=12), st.sampled_from(["modeld", "carol"]))
def test_it_is_the_same_in_tls(packets: list[list[bytes]], user: str) -> None:
    assert asyncio.run(_talk(packets, user, secure=True)) == asyncio.run(_talk(packets, user))


async def _talk(packets: list[list[bytes]], user: str, *, secure: bool = False) -> list[str]:
    """All answers, and what the history and the catalog hold in the end."""
    with TemporaryDirectory() as folder:
        engine = await make_engine(Path(folder))
        owner = Frontend(MemoryPeer(engine))
        peer = await TlsPeer.begin(engine, Path(folder)) if secure else MemoryPeer(engine)
        peer.user = user
        await owner.connect()
        for text in ("CREATE DATABASE p1", create("m1"), create("model_222"), "CREATE USER carol"):
            await owner.ask(Query(text))
        await owner.ask(Query("GRANT ALTER ON MODEL m1 TO USER carol"))
        frontend = Frontend(peer)
        answers = await frontend.connect()
        for messages in packets:
            await frontend.send(*messages)
            for _ in messages:
                answers += await frontend.read_until("ReadyForQuery")
        answers += await owner.ask(Query("SELECT principal, statement FROM model_history ORDER BY revision"))
        answers += await owner.ask(Query("SELECT model_name, version_name, comment FROM model_versions ORDER BY 1, 2"))
        counted = sorted(map(str, engine.meter.statements.items()))
        answers = [_TIME.sub("", each) for each in answers]
        return [*answers, *counted, str(engine.sessions[1].row()["query"])]

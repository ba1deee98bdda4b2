"""Statements of a known form on the wire: what is said of them, and where, is what the descent would have said."""

from pathlib import Path

import pytest

from protocol.frontend_messages import Bind, Execute, Parse, Query, Sync
from server.dialect import forms
from tests.integration.statements import add_version, create
from tests.wire.peers import MemoryPeer, make_engine
from tests.wire.script import Frontend

# Each with what it is learned from, and none of them changes anything.
_TEXTS = [
    ("DROP MODEL\n  missing{}", "1"),
    ("DROP MODEL IF EXISTS missing{}", "_of_a_name_that_is_much_longer_2"),
    ("\n\tALTER MODEL m{}\r\n SET DEFAULT_VERSION = v{};", "1234567"),
    ("ALTER MODEL known1 SET COMMENT '{}'", "x" * 1100),
    ("ALTER MODEL known1 SET ALIAS alias{} FOR VERSION nothing{}", "4"),
    ("ALTER MODEL known1 ADD VERSION v{} INPUT (a{} STRING,\n b{} DECIMAL(99, 1)) OPTIONS (TASKS = '{}')", "000"),
    ("ALTER MODEL known1 ADD VERSION v{} WITH OPTIONS (TASKS = '{}',\n APIKEY = 'k{}', UNKNOWN = '{}')", "000"),
    ("ALTER MODEL known1 MODIFY VERSION v1 SET OPTIONS (APIKEY = 'k-{}', ENDPOINT = 'not one; {}')", '"--/*'),
    ("DESC MODEL known1 AS OF TIMESTAMP '{}'", "no\ntime"),
    ("CREATE MODEL IF NOT EXISTS known{} WITH VERSION v{} OPTIONS (MODEL_SOURCE_TYPE = '{}')", "1"),
]


@pytest.fixture
async def frontend(tmp_path: Path) -> Frontend:
    frontend = Frontend(MemoryPeer(await make_engine(tmp_path)))
    await frontend.connect()
    for text in (create("known1"), add_version("known1", "v2")):
        assert "ErrorResponse" not in str(await frontend.ask(Query(text)))
    return frontend


@pytest.mark.parametrize(("shape", "piece"), _TEXTS)
async def test_errors_and_notices_are_at_the_same_place(frontend: Frontend, shape: str, piece: str) -> None:
    for learned in ("11", "2222"):
        await frontend.ask(Query(shape.replace("{}", learned)))
    text = shape.replace("{}", piece)
    found = forms.cut(text)
    assert found is not None
    assert found.key in forms._FORMS
    # A comment has it read word by word.
    plain = f"{text} /* it's plain */"

    simple = await frontend.ask(Query(text))
    extended = await frontend.ask(Parse("", text, ()), Bind("", "", (), (), ()), Execute("", 0), Sync())

    assert any("Response" in str(message) for message in simple)
    assert simple == await frontend.ask(Query(plain))
    assert extended == await frontend.ask(Parse("", plain, ()), Bind("", "", (), (), ()), Execute("", 0), Sync())

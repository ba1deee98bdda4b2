from pathlib import Path

import pytest

from protocol.backend import NEED_DATA, Backend, NoMessage
from protocol.backend_messages import BackendKeyData
from protocol.errors import InvalidMessage
from protocol.frontend_messages import Bind, Execute, Flush, Parse, Query, Sync
from protocol.startup_messages import StartupMessage
from server.engine import NO_PEER
from server.errors import Condition
from server.session import Session
from server.startup import Login
from tests.integration.statements import create
from tests.wire.peers import make_access, make_engine
from tests.wire.script import Frontend


class SessionPeer:
    """A session without a connection: its own outbox, and a peer for `Frontend`."""

    user = database = "modeld"

    def __init__(self, session_folder: Path) -> None:
        self.drains = 0
        self.backend = Backend()
        self.session: Session | None = None
        self._folder = session_folder
        self._sent: list[bytes] = []

    async def send(self, data: bytes) -> None:
        self.backend.receive_data(data)
        while not isinstance(message := self.backend.next_message(), NoMessage):
            if isinstance(message, StartupMessage):
                engine = await make_engine(self._folder)
                key = BackendKeyData(1, b"\0" * 4)
                login = Login(engine, make_access(), message, self.backend, self, key, peer=NO_PEER, tls=None)
                self.session = login.begin()
            else:
                assert self.session is not None
                await self.session.handle(message)
        assert message is NEED_DATA

    async def receive(self) -> bytes:
        data = b"".join(self._sent)
        self._sent.clear()
        return data

    def write(self, data: bytes) -> None:
        self._sent.append(data)

    def flush(self) -> None:
        """Everything is sent at once."""

    is_full = False

    def end(self, condition: Condition) -> None:
        raise AssertionError("nothing here is ended")

    def restart_statement(self) -> None:
        pass

    async def drain(self) -> None:
        self.drains += 1


@pytest.fixture
async def peer(tmp_path: Path) -> SessionPeer:
    return SessionPeer(tmp_path)


@pytest.fixture
async def frontend(peer: SessionPeer) -> Frontend:
    frontend = Frontend(peer)
    await frontend.connect()
    return frontend


async def test_a_change_of_a_reported_parameter_is_told_before_ready(frontend: Frontend) -> None:
    assert await frontend.ask(Query("SET application_name = 'a'")) == [
        "CommandComplete SET",
        "ParameterStatus application_name=a",
        "ReadyForQuery I",
    ]
    assert await frontend.ask(Query("SET application_name = 'a'")) == ["CommandComplete SET", "ReadyForQuery I"]


async def test_a_parameter_that_a_rollback_puts_back_is_told_again(frontend: Frontend) -> None:
    await frontend.ask(Query("BEGIN"))
    assert "ParameterStatus TimeZone=Asia/Tokyo" in await frontend.ask(Query("SET TimeZone = 'Asia/Tokyo'"))

    assert "ParameterStatus TimeZone=UTC" in await frontend.ask(Query("ROLLBACK"))


async def test_set_local_ends_with_its_transaction(frontend: Frontend) -> None:
    await frontend.ask(Query("BEGIN"))
    assert "ParameterStatus TimeZone=Asia/Tokyo" in await frontend.ask(Query("SET LOCAL TimeZone = 'Asia/Tokyo'"))

    assert "ParameterStatus TimeZone=UTC" in await frontend.ask(Query("COMMIT"))


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug1", ["NOTICE", "WARNING"]), ("notice", ["NOTICE", "WARNING"]), ("warning", ["WARNING"]), ("error", [])],
)
async def test_client_min_messages_chooses_what_is_heard(frontend: Frontend, level: str, heard: list[str]) -> None:
    await frontend.ask(Query(f"SET client_min_messages = {level}"))

    answers = await frontend.ask(Query("DROP MODEL IF EXISTS nothing")) + await frontend.ask(Query("COMMIT"))

    assert [answer.split()[1] for answer in answers if answer.startswith("NoticeResponse")] == heard


async def test_the_place_of_an_error_counts_in_the_whole_text(frontend: Frontend) -> None:
    text = "SHOW TimeZone;\n/* 模型 */ DROP MODEL\n nothing"

    answers = await frontend.ask(Query(text))

    assert answers[-2].endswith(f"@{text.index('nothing') + 1}")
    prepared = await frontend.ask(Parse("", text.partition(";")[2]), Bind("", ""), Execute(""), Sync())
    assert prepared[-2].endswith(f"@{text.partition(';')[2].index('nothing') + 1}")


async def test_the_line_and_column_of_an_error_count_in_the_whole_text(frontend: Frontend) -> None:
    answers = await frontend.ask(Query("SHOW TimeZone;\n  DROP MODEL m x"))

    assert answers[0].startswith("ErrorResponse ERROR 42601 ODPS-0130161:[2,16] Parse exception")


async def test_a_long_answer_waits_for_its_reader(peer: SessionPeer, frontend: Frontend) -> None:
    for number in range(40):
        await frontend.ask(Query(create(f"m{number}", comment="x" * 1000)))
    await frontend.ask(Query("SHOW TimeZone"))
    assert peer.drains == 0

    small = await frontend.ask(Query("SHOW MODELS"))
    for number in range(40, 160):
        await frontend.ask(Query(create(f"m{number}", comment="x" * 1000)))
    large = await frontend.ask(Query("SHOW MODELS"))

    assert (len(small), len(large)) == (43, 163)
    assert peer.drains == 2


async def test_flush_waits_for_nothing(peer: SessionPeer, frontend: Frontend) -> None:
    await frontend.send(Parse("", "SHOW TimeZone"), Flush())

    assert await frontend.read() == "ParseComplete"
    assert peer.drains == 0


async def test_a_message_that_cannot_be_read_fails_its_batch(peer: SessionPeer, frontend: Frontend) -> None:
    await frontend.send(Parse("", "SHOW TimeZone"))
    assert peer.session is not None

    peer.session.refuse_message(InvalidMessage("invalid string in message"))

    assert await frontend.read() == "ParseComplete"
    assert await frontend.read() == "ErrorResponse ERROR 08P01 invalid string in message"
    assert await frontend.ask(Bind("", ""), Sync()) == ["ReadyForQuery I"]


async def test_a_failed_parse_takes_the_unnamed_statement_away(frontend: Frontend) -> None:
    await frontend.ask(Parse("", "SHOW TimeZone"), Sync())
    await frontend.ask(Parse("", "NONSENSE"), Sync())

    answers = await frontend.ask(Bind("", ""), Sync())

    assert answers[0] == "ErrorResponse ERROR 26000 unnamed prepared statement does not exist"


async def test_a_suspended_portal_of_a_failed_transaction_gives_no_more_rows(frontend: Frontend) -> None:
    await frontend.ask(Query("BEGIN"))
    await frontend.ask(Parse("", "SHOW ALL"), Bind("p", ""), Execute("p", 1), Sync())
    await frontend.ask(Query("DROP MODEL nothing"))

    answers = await frontend.ask(Execute("p", 1), Sync())

    assert answers[0].startswith("ErrorResponse ERROR 25P02 ")
    assert answers[1] == "ReadyForQuery E"


@pytest.mark.parametrize("number", [65_536, 2_147_483_647, 10**30])
async def test_a_parameter_of_an_absurd_number_is_refused(frontend: Frontend, number: int) -> None:
    answers = await frontend.ask(Parse("", f"SHOW MODELS LIKE ${number}"), Sync())

    assert answers[0].startswith("ErrorResponse ERROR ")
    assert "XX000" not in answers[0]


async def test_a_character_that_the_clients_encoding_lacks_is_an_error(frontend: Frontend) -> None:
    await frontend.ask(Query(create("m", comment="模型")))
    await frontend.ask(Query("SET client_encoding = 'LATIN1'"))

    answers = await frontend.ask(Query("SHOW MODELS"))

    assert answers[-2].startswith("ErrorResponse ERROR 22P05 ")
    assert (await frontend.ask(Query("SHOW client_encoding")))[1] == "DataRow 'LATIN1'"

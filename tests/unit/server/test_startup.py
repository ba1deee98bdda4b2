from pathlib import Path

import pytest

from protocol.backend import Backend
from protocol.backend_messages import BackendKeyData
from protocol.startup_messages import StartupMessage
from server.engine import NO_PEER
from server.errors import Condition, OdpsError
from server.startup import Login
from tests.wire.peers import make_access, make_engine

KEY = BackendKeyData(1, b"\1\2\3\4")


class Outbox:
    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def flush(self) -> None:
        raise AssertionError("nobody is notified at login")

    is_full = False

    def end(self, condition: Condition) -> None:
        raise AssertionError("nothing here is ended")

    def restart_statement(self) -> None:
        pass

    async def drain(self) -> None:
        raise AssertionError("nobody waits at login")


async def start(folder: Path, **parameters: str) -> bytes:
    engine = await make_engine(folder)
    outbox, backend = Outbox(), Backend()
    message = StartupMessage(3, 0, tuple({"user": "modeld", **parameters}.items()))
    backend.receive_data(message.encode())
    assert backend.next_message() == message
    login = Login(engine, make_access(), message, backend, outbox, KEY, peer=NO_PEER, tls=None)
    assert login.queue() == 0
    assert login.begin() is not None
    return outbox.data


async def test_the_database_is_named_after_the_user_where_none_is_named(tmp_path: Path) -> None:
    assert (await start(tmp_path)).endswith(b"Z\0\0\0\5I")


@pytest.mark.parametrize("database", ["modeld", "MODELD", "bigdata_public_modelset"])
async def test_a_project_is_found_whatever_its_letter_case(tmp_path: Path, database: str) -> None:
    assert (await start(tmp_path, database=database)).endswith(b"Z\0\0\0\5I")


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ("-c TimeZone=Asia/Tokyo", b"TimeZone", b"Asia/Tokyo"),
        ("-cTimeZone=Asia/Tokyo", b"TimeZone", b"Asia/Tokyo"),
        ("--timezone=Asia/Tokyo", b"TimeZone", b"Asia/Tokyo"),
        ("--application-name=a", b"application_name", b"a"),
        (r"-c application_name=a\ b\\c", b"application_name", rb"a b\c"),
        ("  -c application_name=a=b  ", b"application_name", b"a=b"),
        ("-c application_name=", b"application_name", b""),
    ],
)
async def test_options_set_parameters(tmp_path: Path, options: str, name: bytes, value: bytes) -> None:
    assert name + b"\0" + value + b"\0" in await start(tmp_path, options=options)


async def test_a_parameter_of_the_packet_wins_over_the_same_in_options(tmp_path: Path) -> None:
    data = await start(tmp_path, options="-c application_name=option", application_name="packet")

    assert b"application_name\0packet\0" in data
    assert b"option" not in data


@pytest.mark.parametrize("value", ["off", "false", "no", "0"])
async def test_replication_may_be_asked_for_not_to_be(tmp_path: Path, value: str) -> None:
    assert await start(tmp_path, replication=value)


@pytest.mark.parametrize(
    ("parameters", "condition"),
    [
        ({"user": "nobody"}, Condition.ROLE_NOT_FOUND),
        ({"user": "MODELD"}, Condition.ROLE_NOT_FOUND),
        ({"database": "nothing"}, Condition.DATABASE_NOT_FOUND),
        ({"replication": "true"}, Condition.REPLICATION),
        ({"replication": "database"}, Condition.REPLICATION),
        ({"options": "-c"}, Condition.OPTIONS_INVALID),
        ({"options": "-c TimeZone"}, Condition.OPTIONS_INVALID),
        ({"options": "TimeZone=UTC"}, Condition.OPTIONS_INVALID),
        ({"options": "-x"}, Condition.OPTIONS_INVALID),
        ({"options": "-c nothing=1"}, Condition.SETTING_UNKNOWN),
        ({"options": "-c server_version=16"}, Condition.SETTING_FIXED),
        ({"nothing": "1"}, Condition.SETTING_UNKNOWN),
        ({"modeld.nothing": "1"}, Condition.SETTING_UNKNOWN),
        ({"modeld.lenient_names": "maybe"}, Condition.SETTING_NOT_BOOLEAN),
        ({"TimeZone": "Mars/Olympus"}, Condition.SETTING_INVALID),
    ],
)
async def test_a_client_that_is_not_admitted_is_told_nothing(
    tmp_path: Path, parameters: dict[str, str], condition: Condition
) -> None:
    with pytest.raises(OdpsError) as caught:
        await start(tmp_path, **parameters)

    assert caught.value.condition is condition

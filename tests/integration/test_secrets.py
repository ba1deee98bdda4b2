"""No APIKEY in clear, wherever one looks: in the data folder, in the log, in anything sent to a client."""

from pathlib import Path

from protocol.frontend_messages import Bind, Describe, Execute, Parse, Query, Sync
from tests.integration.server_process import ServerProcess
from tests.integration.statements import add_version, remote_options
from tests.wire.peers import TcpPeer
from tests.wire.script import Frontend

_FIELDS = "MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'LLM', "
_KEYS: list[str] = []


def key() -> str:
    """A new key, never sent before."""
    _KEYS.append(f"SeCrEtKeY{len(_KEYS):04}ZjA5NGRjN2Vj")
    return _KEYS[-1]


class RecordingPeer(TcpPeer):
    """Keeps all that the server sends."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.received = b""

    async def receive(self) -> bytes:
        data = await super().receive()
        self.received += data
        return data


def create(name: str, options: str) -> str:
    return f"CREATE MODEL {name} WITH VERSION v1 INPUT (a STRING) OPTIONS ({_FIELDS}{options})"


def good_statements() -> list[str]:
    return [
        create("kept", remote_options(key())),
        f"ALTER MODEL kept ADD VERSION v2 INPUT (a STRING) OPTIONS ({remote_options(key())})",
        f"BEGIN; {create('undone', remote_options(key()))}; ROLLBACK",
        f"ALTER MODEL kept ADD VERSION v3 OPTIONS ({remote_options(key())}); DROP MODEL nothing",
    ]


def bad_statements() -> list[str]:
    good = create("bad", remote_options(key()))
    return [
        good + " COMMENT",
        good.replace("TASKS", "TASK"),
        good.replace("PAI_EAS_SYNC_MODE = 'true'", "PAI_EAS_SYNC_MODE = 'false'"),
        good.replace("PAI_EAS_SYNC_MODE = 'true'", f"APIKEY = '{key()}'"),
        good.replace("APIKEY", "APIKEI"),
        good.replace("APIKEY", "ENDPOINT"),
        good.replace("APIKEY = ", "APIKEY "),
        good.replace("APIKEY = ", "APIKEY = x"),
        good.replace("CREATE MODEL", "CREATE TABLE"),
        good.replace("CREATE MODEL", "CREATE"),
        good.replace("CREATE", "CRATE"),
        good.replace("'REMOTE'", "'IMPORT'"),
        good.replace("MODEL bad", "MODEL kept"),
        good.replace("MODEL bad", "MODEL other.place.bad"),
        good[: good.index("ZjA5")],
        f"{good}; {good}",
        create("bad", f"APIKEY = '{key()}\\q'"),
        add_version("kept", "v9").replace("LOCATION", f"APIKEY = '{key()}', LOCATION"),
        f"SELECT FROM WHERE '{key()}'",
        f"TRUNCATE '{key()}'",
    ]


async def play(frontend: Frontend) -> int:
    """Send everything in both protocols; the number of errors."""
    answers: list[str] = []
    for text in good_statements():
        answers += await frontend.ask(Query(text))
    assert sum(answer.startswith("ErrorResponse") for answer in answers) == 1, answers
    for text in bad_statements():
        answers += await frontend.ask(Query(text))
        answers += await frontend.ask(Parse("", text), Describe("S", ""), Bind("", ""), Execute(""), Sync())
    bound = create("bound", remote_options("")).replace("APIKEY = ''", "APIKEY = $1")
    answers += await frontend.ask(Parse("b", bound), Bind("", "b", (), (key().encode(),)), Execute(""), Sync())
    answers += await frontend.ask(Bind("", "b", (), (key().encode(), key().encode())), Sync())
    answers += await frontend.ask(Bind("", "b", (7,), (key().encode(),)), Execute(""), Sync())
    answers += await frontend.ask(Bind("", "b", (), (key().encode() + b"\xff",)), Execute(""), Sync())
    for text in (
        "DESC MODEL kept",
        "DESC MODEL EXTENDED bound",
        "SHOW CREATE MODEL kept",
        "SHOW ALL",
        "SHOW MODELS",
        "SELECT * FROM models",
        "SELECT * FROM model_versions",
        "SELECT * FROM model_options",
        "SELECT * FROM information_schema.model_versions",
        "SELECT * FROM pg_stat_activity",
        "SELECT * FROM pg_prepared_statements",
        "SELECT * FROM pg_cursors",
    ):
        answers += await frontend.ask(Query(text))
    assert any("****" in answer for answer in answers)
    assert not any("XX000" in answer for answer in answers)
    return sum(answer.startswith("ErrorResponse") for answer in answers)


async def test_no_key_is_found_in_clear(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ServerProcess(folder, "--log-level", "debug") as server:
        peer = RecordingPeer(server.port)
        frontend = Frontend(peer)
        await frontend.connect()
        errors = await play(frontend)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        await peer.aclose()
    files |= {f"{path.name} at the end": path.read_bytes() for path in folder.iterdir()}
    files |= {"log": server.errors.read_bytes(), "wire": peer.received}

    found = {(name, secret) for name, data in files.items() for secret in _KEYS if secret.encode() in data}

    assert errors >= 40
    assert {"catalog.db", "catalog.db-wal", "catalog.db at the end", "log", "wire"} <= files.keys()
    assert found == set()


async def test_a_key_is_shown_in_clear_to_whoever_asks_for_that(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        peer = RecordingPeer(server.port)
        frontend = Frontend(peer)
        await frontend.connect()
        secret = key()
        await frontend.ask(Query(create("shown", remote_options(secret))))
        await frontend.ask(Query("SET modeld.reveal_secrets = true"))

        answers = await frontend.ask(Query("DESC MODEL shown"))
        recreated = await frontend.ask(Query("SHOW CREATE MODEL shown"))

        await peer.aclose()
    assert any(secret in answer for answer in answers)
    assert not any(secret in answer for answer in recreated)

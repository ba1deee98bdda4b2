"""No APIKEY and no password in clear, wherever one looks.

Every secret is new. They go to the server in statements that are right and in others that are wrong in every way,
in both protocols; meanwhile and afterwards everything is read that can be read: the data folder, the log, what the
clients got, every relation, the statistics of other sessions, the history, notifications, plans, dumps.
"""

from pathlib import Path

import psycopg
import pytest

from protocol.frontend_messages import Bind, Describe, Execute, Parse, Query, Sync
from tests.integration.server_process import ServerProcess
from tests.integration.statements import add_version, remote_options
from tests.integration.statements import create as create_imported
from tests.integration.test_dump import run
from tests.wire.peers import TcpPeer
from tests.wire.script import Frontend

_FIELDS = "MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'LLM', "
_SECRETS: list[str] = []
# PostgreSQL's views of information_schema say nothing that pg_catalog does not, and some rows are only PostgreSQL's.
_RELATIONS = """
    SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'v') AND (nspname <> 'information_schema' OR relname LIKE 'model%')
    AND relname NOT IN ('pg_proc', 'pg_operator', 'pg_depend', 'pg_description', 'pg_attribute', 'pg_timezone_names')
    ORDER BY 1
"""


def key() -> str:
    """A new key, never sent before."""
    _SECRETS.append(f"SeCrEtKeY{len(_SECRETS):04}ZjA5NGRjN2Vj")
    return _SECRETS[-1]


def password() -> str:
    """A new password, never sent before."""
    _SECRETS.append(f"PaSsWoRd{len(_SECRETS):04}horse")
    return _SECRETS[-1]


class RecordingPeer(TcpPeer):
    """Keeps all that the server sends."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.received = b""

    async def receive(self) -> bytes:
        data = await super().receive()
        self.received += data
        return data


class Onlooker:
    """Another session, of the owner's, that keeps whatever it is told."""

    def __init__(self, port: int) -> None:
        where = f"host=127.0.0.1 port={port} user=modeld dbname=modeld"
        self.session = psycopg.connect(where, autocommit=True)
        self.seen: list[str] = []
        self.session.add_notice_handler(lambda notice: self.seen.append(repr(notice.message_primary)))
        self.session.add_notify_handler(lambda notify: self.seen.append(notify.payload))
        self.session.execute("LISTEN model_changes")

    def ask(self, text: str) -> list[tuple[object, ...]]:
        rows = self.session.execute(text).fetchall()
        self.seen.append(repr(rows))
        return rows

    def look_around(self) -> int:
        """Read all there is; the number of relations."""
        names = [str(row[0]) for row in self.ask(_RELATIONS)]
        for name in names:
            with self.session.cursor().copy(f"COPY (SELECT * FROM {name}) TO STDOUT") as copy:
                self.seen += [bytes(data).decode() for data in copy]
        for text in (
            "SELECT * FROM model_options",
            "EXPLAIN SELECT * FROM model_options WHERE option_name = 'APIKEY'",
            "EXPLAIN VERBOSE SELECT * FROM model_history",
            "DESC MODEL kept",
            "DESC MODEL EXTENDED bound",
            "DESC MODEL EXTENDED kept VERSION v2",
            "SHOW CREATE MODEL kept",
            "SHOW HISTORY FOR MODEL kept",
            "SHOW HISTORY FOR MODEL renamed",
            "SHOW DROPPED MODELS",
            "SHOW MODELS",
            "SHOW VERSIONS FOR MODEL kept",
            "SHOW ALL",
            "SHOW FLAGS",
        ):
            self.ask(text)
        for (revision,) in self.ask("SELECT DISTINCT revision FROM model_history WHERE model_name = 'kept'"):
            self.ask(f"DESC MODEL EXTENDED kept AS OF REVISION {revision}")
        return len(names)


def create(name: str, options: str) -> str:
    return f"CREATE MODEL {name} WITH VERSION v1 INPUT (a STRING) OPTIONS ({_FIELDS}{options})"


def set_key(name: str = "kept") -> str:
    return f"ALTER MODEL {name} MODIFY VERSION v1 SET OPTIONS (APIKEY = '{key()}')"


def good_statements() -> list[str]:
    return [
        create("kept", remote_options(key())),
        f"ALTER MODEL kept ADD VERSION v2 INPUT (a STRING) OPTIONS ({remote_options(key())})",
        f"BEGIN; {create('undone', remote_options(key()))}; ROLLBACK",
        create("kept", remote_options(key())).replace("CREATE MODEL", "CREATE MODEL IF NOT EXISTS"),
        set_key(),
        create("gone", remote_options(key())) + "; DROP MODEL gone",
        create("renamed", remote_options(key())),
        create("renamed", remote_options(key())).replace("CREATE", "CREATE OR REPLACE"),
        "ALTER MODEL renamed RENAME TO other; DROP MODEL other",
        "UNDROP MODEL other; ALTER MODEL other RENAME TO renamed",
        "PREPARE by_value AS ALTER MODEL kept MODIFY VERSION v1 SET OPTIONS (APIKEY = $1)",
        f"EXECUTE by_value('{key()}')",
        f"PREPARE in_text AS {set_key()}",
        "EXECUTE in_text",
        f"CREATE USER kate PASSWORD '{password()}'",
        f"ALTER USER kate PASSWORD '{password()}'",
        f"CREATE ROLE hugh LOGIN PASSWORD '{password()}'",
    ]


def bad_statements() -> list[str]:
    good = create("bad", remote_options(key()))
    options = f"ALTER MODEL kept MODIFY VERSION v1 SET OPTIONS (APIKEY = '{key()}')"
    user = f"ALTER USER kate PASSWORD '{password()}'"
    return [
        f"ALTER MODEL kept ADD VERSION v3 OPTIONS ({remote_options(key())}); DROP MODEL nothing",
        good + " COMMENT",
        good.replace("TASKS", "TASK"),
        good.replace("PAI_EAS_SYNC_MODE = 'true'", "PAI_EAS_SYNC_MODE = 'false'"),
        good.replace("PAI_EAS_SYNC_MODE = 'true'", f"APIKEY = '{key()}'"),
        good.replace("APIKEY", "APIKEI"),
        good.replace("APIKEY", "API KEY"),
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
        create("bad", f"APIKEI = {key()}"),
        good.replace("= 'http://", f"= 'http://{key()}@"),
        add_version("kept", "v9").replace("LOCATION", f"APIKEY = '{key()}', LOCATION"),
        create_imported("bad").replace("oss://", f"oss://id:{key()}@"),
        options.replace("v1", "v9"),
        options.replace("kept", "nothing"),
        options.replace("APIKEY", "APIKEI"),
        options.replace("APIKEY = ", ""),
        options.replace(")", ""),
        options.replace("SET OPTIONS", "SET"),
        f"RECORD MODEL kept VERSION v1 (APIKEY = '{key()}')",
        f"RECORD MODEL kept VERSION v1 (APIKEI = '{key()}')",
        f"COPY ({good}) TO STDOUT",
        f"DECLARE c CURSOR FOR {good}",
        f"EXPLAIN {good}",
        f"EXPLAIN {good.replace('APIKEY', 'APIKEI')}",
        f"COPY ({good.replace('APIKEY', 'APIKEI')}) TO STDOUT",
        f"DECLARE c CURSOR FOR {good.replace('APIKEY', 'APIKEI')}",
        f"PREPARE wrong AS {good.replace('APIKEY', 'APIKEI')}; EXECUTE wrong",
        f"PREPARE wrong_too AS {good} COMMENT",
        f"EXECUTE nothing('{key()}')",
        f"EXECUTE by_value('{key()}', '{key()}')",
        f"EXECUTE by_value({key()})",
        f"EXECUTE by_value('{key()}'); DROP MODEL nothing",
        f"SELECT 1; EXECUTE by_value('{key()}'); DROP MODEL nothing",
        user.replace("kate", "nobody"),
        user.replace("PASSWORD", "PASSWORT"),
        user.replace("'", ""),
        user.replace("'", '"'),
        user[:-1],
        user + " PASSWORD",
        f"CREATE USER kate PASSWORD '{password()}'",
        f"CREATE USER PASSWORD '{password()}'",
        f"RECORD USER kate (PASSWORD = '{password()}')",
        f"TRUNCATE '{key()}'",
    ]


async def play(frontend: Frontend, onlooker: Onlooker) -> int:
    """Send everything in both protocols; the number of errors."""
    answers: list[str] = []
    for text in good_statements():
        answers += await frontend.ask(Query(text))
        onlooker.ask("SELECT * FROM pg_stat_activity")
    assert not any(answer.startswith("ErrorResponse") for answer in answers), answers
    for text in bad_statements():
        answers += await frontend.ask(Query(text))
        onlooker.ask("SELECT * FROM pg_stat_activity")
        answers += await frontend.ask(Parse("", text), Describe("S", ""), Bind("", ""), Execute(""), Sync())
        onlooker.ask("SELECT * FROM pg_stat_activity")
    # What only a SELECT says is no secret of ours, but still none of the log's.
    answers += await frontend.ask(Query(f"SELECT FROM WHERE '{key()}'"))
    bound = create("bound", remote_options("")).replace("APIKEY = ''", "APIKEY = $1")
    answers += await frontend.ask(Parse("b", bound), Bind("", "b", (), (key().encode(),)), Execute(""), Sync())
    answers += await frontend.ask(Bind("", "b", (), (key().encode(), key().encode())), Sync())
    answers += await frontend.ask(Bind("", "b", (7,), (key().encode(),)), Execute(""), Sync())
    answers += await frontend.ask(Bind("", "b", (), (key().encode() + b"\xff",)), Execute(""), Sync())
    skipped = Parse("", set_key()), Bind("", ""), Execute("")
    answers += await frontend.ask(Parse("", "DROP MODEL nothing"), Bind("", ""), Execute(""), *skipped, Sync())
    for text in ("SELECT * FROM pg_prepared_statements", "SELECT * FROM pg_cursors", "SELECT current_query()"):
        answers += await frontend.ask(Query(text))
    assert not any("XX000" in answer for answer in answers)
    return sum(answer.startswith("ErrorResponse") for answer in answers)


@pytest.mark.timeout(180)
async def test_no_secret_is_found_in_clear(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ServerProcess(folder, "--log-level", "debug") as server:
        peer, onlooker = RecordingPeer(server.port), Onlooker(server.port)
        frontend = Frontend(peer)
        await frontend.connect()
        errors = await play(frontend, onlooker)
        relations = onlooker.look_around()
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        onlooker.session.close()
        await peer.aclose()
    places = files | {f"{path.name} at the end": path.read_bytes() for path in folder.iterdir()}
    places |= {"log": server.errors.read_bytes(), "wire": peer.received}
    places["onlooker"] = "\n".join(onlooker.seen).encode()
    for how in ("omit", "sealed"):
        process = run("dump", "--data", folder, f"--secrets={how}")
        assert process.returncode == 0, process.stderr
        places[f"dump {how}"] = (process.stdout + process.stderr).encode()

    found = {(name, secret) for name, data in places.items() for secret in _SECRETS if secret.encode() in data}

    assert (errors >= 90, relations >= 100) == (True, True), (errors, relations)
    assert {"catalog.db", "catalog.db-wal", "catalog.db at the end", "log", "wire"} <= places.keys()
    # What the onlooker saw is what there is to see: the models, their masked keys, their history, their changes.
    assert all(each in places["onlooker"] for each in (b"****N2Vj", b"APIKEY = '********'", b'"action":"SET OPTIONS"'))
    assert b"insufficient" not in places["onlooker"]
    assert found == set()


def test_others_see_nothing_of_what_a_session_does(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        where = f"host=127.0.0.1 port={server.port} dbname=modeld user="
        with psycopg.connect(where + "modeld", autocommit=True) as owner:
            owner.execute("CREATE USER kate")
            owner.execute("SHOW MODELS")
            with psycopg.connect(where + "kate", autocommit=True) as kate:
                query = "SELECT usename, query, client_addr IS NULL FROM pg_stat_activity ORDER BY usename = 'kate'"
                rows = kate.execute(query).fetchall()
                seen = owner.execute(query).fetchall()

    assert rows == [("modeld", "<insufficient privilege>", True), ("kate", query, False)]
    assert seen == [("modeld", query, False), ("kate", query, False)]


def test_the_mask_is_no_password(tmp_path: Path) -> None:
    """What the history shows of a statement may be run again; it must not give anybody a password that is known."""
    with ServerProcess(tmp_path / "data") as server:
        where = f"host=127.0.0.1 port={server.port} user=modeld dbname=modeld"
        with psycopg.connect(where, autocommit=True) as owner:
            told: list[str | None] = []
            owner.add_notice_handler(lambda notice: told.append(notice.sqlstate))
            owner.execute(f"CREATE USER kate PASSWORD '{password()}'")
            query = "SELECT statement FROM information_schema.model_history WHERE object = 'kate' ORDER BY revision"
            (shown,) = owner.execute(query).fetchone() or ("",)
            owner.execute(f"ALTER {str(shown).removeprefix('CREATE ')}".encode())

            assert "PASSWORD '********'" in str(shown)
            assert told == ["01000"]
    assert "PASSWORD" not in run("dump", "--data", tmp_path / "data", "--secrets=sealed").stdout


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

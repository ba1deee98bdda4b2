"""Real conversations and what may happen to them on the way."""

from typing import Final

from hypothesis import strategies as st

from protocol.frontend_messages import PORTAL, STATEMENT, Bind, Close, Describe, Execute, Flush, Parse, Query, Sync
from protocol.startup_messages import StartupMessage
from tests.integration.statements import create
from tests.wire.script import SCRIPTS, read_message

_STARTUP: Final = StartupMessage(3, 0, (("user", "modeld"), ("database", "modeld"))).encode()


def scripted() -> list[bytes]:
    """Every message that a wire script sends after logging in."""
    found = []
    for text in SCRIPTS.values():
        for line in text.splitlines():
            if line.startswith("> "):
                message = read_message(line[2:])
                found.append(message if isinstance(message, bytes) else message.encode())
    return [data for data in found if len(data) < 4096]


TEXTS: Final = (
    "SHOW MODELS",
    "DESC MODEL fuzz",
    "DESC MODEL fuzz VERSION v1",
    "SHOW VERSIONS FOR MODEL fuzz",
    "SHOW CREATE MODEL fuzz",
    create("fuzz"),
    "ALTER MODEL fuzz SET DEFAULT_VERSION v1",
    "DROP MODEL IF EXISTS fuzz",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT a; ROLLBACK TO a; RELEASE a",
    "SET TimeZone = 'Asia/Tokyo'; SHOW TimeZone",
    "SET client_encoding = 'latin1'",
    "PREPARE p AS SHOW MODELS LIKE $1; EXECUTE p('%')",
    "DECLARE c CURSOR WITH HOLD FOR SHOW MODELS; FETCH 2 FROM c; CLOSE c",
    "COPY (SHOW MODELS) TO STDOUT (FORMAT csv, HEADER)",
    "LISTEN model_changes; NOTIFY model_changes, 'x'",
    "DISCARD ALL",
    "SELECT 1",
    "SELECT current_database(), version(), now()",
    "SELECT * FROM models m JOIN model_versions v USING (model_name) ORDER BY 1 LIMIT 3",
    "SELECT count(*), relkind FROM pg_catalog.pg_class GROUP BY relkind",
    "SELECT set_config('application_name', 'x', false), current_setting('DateStyle')",
    "COPY (SELECT * FROM generate_series(1, 10)) TO STDOUT (FORMAT binary)",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t",
)
_names = st.sampled_from(["", "s", "t"])
_texts = st.sampled_from(TEXTS)
_extended = st.one_of(
    st.builds(Parse, _names, st.sampled_from([*TEXTS, "SHOW MODELS LIKE $1", "SELECT $1::int + 1"]), st.just(())),
    st.builds(
        Bind,
        _names,
        _names,
        st.sampled_from([(), (0,), (1,)]),
        st.sampled_from([(), (b"1",), (None,), (b"\0\0\0\1",)]),
        st.sampled_from([(), (0,), (1,)]),
    ),
    st.builds(Describe, st.sampled_from([PORTAL, STATEMENT]), _names),
    st.builds(Execute, _names, st.sampled_from([0, 1, 2])),
    st.builds(Close, st.sampled_from([PORTAL, STATEMENT]), _names),
    st.just(Flush()),
    st.just(Sync()),
).map(lambda message: message.encode())
_messages = st.one_of(_texts.map(lambda text: Query(text).encode()), _extended, st.sampled_from(scripted()))


@st.composite
def conversations(draw: st.DrawFn) -> bytes:
    """A login and some messages, then cut, doubled, moved and overwritten here and there."""
    messages = draw(st.lists(_messages, min_size=1, max_size=8))
    data = bytearray(b"".join(messages))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 4)):
            case 0:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                del data[at : at + draw(st.integers(1, 8))]
            case 2:
                data[at:at] = draw(st.binary(max_size=8))
            case 3:
                data[at:at] = draw(_messages)
            case _:
                del data[at:]
    whole_login = draw(st.integers(0, 9)) > 0
    return (_STARTUP if whole_login else _STARTUP[: draw(st.integers(0, len(_STARTUP)))]) + bytes(data)

"""Dumps, what RECORD takes, and what a script is told when it is loaded."""

import base64

import pytest

from server.catalog.privileges import OPERATOR
from server.errors import Condition
from server.loading import ScriptFailed, load_script
from server.sealing import seal_for_dump
from server.secrets import Keyring
from tests.unit.server.catalog.scenes import add, create_imported
from tests.unit.server.dumps import dumped, kept, loaded
from tests.unit.server.sessions import KEY, Scene, Session, conditions, create_keyed

SEALED = "RECORD MODEL m VERSION v1 (APIKEY = '{}')"


async def busy() -> tuple[Scene, Session]:
    """Something of everything that the catalog keeps."""
    scene = await Scene().begin()
    session = scene.session()
    await session.run(
        'CREATE USER "RAM$alice:b`o\'b"',
        "CREATE USER carol PASSWORD 'pencil'",
        "CREATE DATABASE q",
        "CREATE SCHEMA s",
        create_keyed("m"),
        add(),
        add(version="v3"),
        "ALTER MODEL m SET DEFAULT_VERSION v3",
        "ALTER MODEL m DROP VERSION v1",
        "ALTER MODEL m SET COMMENT '模型: it''s; \"the\" -- one'",
        "ALTER MODEL m MODIFY VERSION v2 SET COMMENT 'second'",
        "ALTER MODEL m SET LABELS ('team' = 'a', 'k' = '')",
        "ALTER MODEL m MODIFY VERSION v3 SET LABELS ('x' = 'y')",
        "ALTER MODEL m MODIFY VERSION v3 SET LIFECYCLE 30",
        "ALTER MODEL m SET ALIAS champion FOR VERSION v2",
        "ALTER MODEL m CHANGEOWNER TO 'carol'",
        create_imported("s.trees", "f1 INT COMMENT 'it''s', 价格 DECIMAL(10,2), t STRUCT<a:MAP<STRING,INT>>"),
        "SET modeld.lenient_names = true",
        create_imported("q.2nd"),
        "SET modeld.lenient_names = false",
    )
    return scene, session


async def test_a_sealed_dump_makes_the_same_catalog() -> None:
    scene, _ = await busy()

    engine, told = await loaded(dumped(scene.engine, sealed=True))

    assert kept(engine.committer.catalog, engine.keyring) == kept(scene.catalog, scene.engine.keyring)
    assert dumped(engine) == dumped(scene.engine)
    assert Condition.SKIPPED_EXISTS not in told


async def test_a_dump_without_secrets_leaves_just_these_out() -> None:
    scene, _ = await busy()
    script = dumped(scene.engine)

    engine, told = await loaded(script)

    assert dumped(engine) == script
    assert Condition.SECRET_LEFT_OUT in told
    assert KEY not in script
    users, passwords, _ = kept(engine.committer.catalog, engine.keyring)
    assert set(users) == {"alice", "bob", "carol", "RAM$alice:b`o'b"}
    assert passwords == {}


async def test_a_dump_of_one_project_brings_those_who_have_to_do_with_it() -> None:
    scene, session = await busy()
    await session.run("DROP MODEL q.`2nd`", "USE q", "ADD USER stranger", "USE p")

    engine, _ = await loaded(dumped(scene.engine, "p", sealed=True))

    assert set(engine.committer.catalog.principals) == {"alice", "carol", "RAM$alice:b`o'b"}
    assert set(engine.committer.catalog.projects) == {"p", "bigdata_public_modelset"}
    assert engine.committer.catalog.principals["carol"].header.verifier == b""


async def test_a_dump_holds_no_secret_in_clear_and_the_same_one_twice_is_not_the_same() -> None:
    scene, _ = await busy()
    first, second = dumped(scene.engine, sealed=True), dumped(scene.engine, sealed=True)

    assert KEY not in first
    assert base64.b64encode(KEY.encode()).decode() not in first
    assert "SCRAM-SHA-256" not in first
    assert set(first.splitlines()) != set(second.splitlines())


async def test_a_sealed_dump_needs_its_key() -> None:
    scene, _ = await busy()

    with pytest.raises(ScriptFailed) as raised:
        await loaded(dumped(scene.engine, sealed=True), Keyring([b"o" * 32]))

    assert raised.value.error.condition is Condition.SEALED_ELSEWHERE
    assert scene.engine.keyring.key_ids[0].hex() in str(raised.value)
    assert raised.value.committed == 0


async def test_a_sealed_secret_opens_at_its_own_place_only() -> None:
    scene = await Scene().begin()
    session = scene.session()
    await session.run(create_keyed("m"), create_keyed("n", "another key of mine"))
    version = scene.catalog.projects["p"].schemas["default"].models["n"].versions["v1"]
    (_, stored), *_ = version.secrets
    exported = seal_for_dump(scene.engine.keyring, "APIKEY", stored, "p.default.n.v1")

    await session.run(SEALED.replace(" m ", " n ").format(exported))

    assert await session.fails(SEALED.format(exported)) is Condition.SEALED_ELSEWHERE
    assert await session.fails(SEALED.format(base64.b64encode(stored).decode())) is Condition.SEALED_ELSEWHERE
    assert await session.fails(SEALED.format("no base64")) is Condition.SEALED_ELSEWHERE
    await session.run("SET modeld.reveal_secrets = true")
    assert await session.value("n", "APIKEY") == "another key of mine"


async def test_only_the_owner_of_a_project_records_facts_of_it() -> None:
    scene, session = await busy()
    other = scene.session("carol")
    fact = "(OWNER = 'carol')"

    for text in ("PROJECT p", "SCHEMA p.s", "MODEL m", "MODEL m VERSION v2"):
        facts = "(ADDED = 'false')" if "VERSION" in text else fact
        assert await other.fails(f"RECORD {text} {facts}") is Condition.RECORD_DENIED
        assert (await session.run(f"RECORD {text} {facts}".replace("carol", "alice"))).tag == "RECORD"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("RECORD MODEL m (OWNER = 'nobody')", Condition.ROLE_MISSING),
        ("RECORD MODEL m (SHAPE = 'round')", Condition.FACT_UNKNOWN),
        ("RECORD MODEL m (APIKEY = 'x')", Condition.SEALED_ELSEWHERE),
        ("RECORD MODEL m VERSION v2 (OWNER = 'alice')", Condition.FACT_UNKNOWN),
        ("RECORD MODEL m VERSION v2 (ADDED = 'maybe')", Condition.FACT_INVALID),
        ("RECORD MODEL m VERSION v9 (ADDED = 'true')", Condition.VERSION_NOT_FOUND),
        ("RECORD MODEL m (CREATE_TIME = '2026-01-01 00:00:00')", Condition.FACT_INVALID),
        ("RECORD MODEL m (CREATE_TIME = 'yesterday')", Condition.FACT_INVALID),
        ("RECORD MODEL m (OWNER = 'alice', OWNER = 'alice')", Condition.OPTION_DUPLICATE),
        ("RECORD MODEL x (OWNER = 'alice')", Condition.MODEL_NOT_FOUND),
        ("RECORD SCHEMA x (OWNER = 'alice')", Condition.SCHEMA_NOT_FOUND),
        ("RECORD PROJECT x (OWNER = 'alice')", Condition.PROJECT_NOT_FOUND),
        ("RECORD USER x (CREATE_TIME = '2026-01-01 00:00:00Z')", Condition.ROLE_MISSING),
        ("RECORD PROJECT bigdata_public_modelset (OWNER = 'alice')", Condition.PUBLIC_MODEL),
    ],
)
async def test_what_cannot_be_recorded(text: str, condition: Condition) -> None:
    _, session = await busy()

    assert await session.fails(text) is condition


async def test_recording_moves_no_time_by_itself() -> None:
    scene, session = await busy()
    before = scene.catalog.projects["p"].schemas["default"].models["m"].header

    await session.run("RECORD MODEL m VERSION v2 (ADDED = 'true')", "RECORD MODEL m (OWNER = 'carol')")

    assert scene.catalog.projects["p"].schemas["default"].models["m"].header == before


async def test_a_masked_key_is_taken_with_a_warning() -> None:
    session = (await Scene().begin()).session()

    assert conditions(await session.run(create_keyed("m", "********"))) == [Condition.SECRET_LEFT_OUT]
    # What DESC shows of a key is none either, and what only begins like it may be one.
    assert conditions(await session.run(create_keyed("shown", "****M2=="))) == [Condition.SECRET_LEFT_OUT]
    assert conditions(await session.run(create_keyed("longer", "****M2==x"))) == []
    assert conditions(await session.run(create_keyed("n"))) == []


async def test_a_script_that_fails_does_nothing_and_says_where() -> None:
    scene = await Scene().begin()
    before = scene.catalog

    with pytest.raises(ScriptFailed) as raised:
        await load_script(scene.engine, f"{create_imported('a')};\n\nDROP MODEL\n  nothing;", "alice", "p")

    assert (raised.value.line, raised.value.error.condition) == (3, Condition.MODEL_NOT_FOUND)
    assert scene.catalog is before


async def test_a_script_may_not_leave_the_operator_as_an_owner() -> None:
    scene = await Scene().begin()

    with pytest.raises(ScriptFailed) as raised:
        await load_script(scene.engine, create_imported("a"), OPERATOR, "p")
    assert raised.value.error.condition is Condition.UNOWNED

    await load_script(scene.engine, f"BEGIN; {create_imported('a')}; DESC MODEL a; SELECT 1; COMMIT;", "alice", "p")
    assert scene.catalog.projects["p"].schemas["default"].models["a"].header.owner == "alice"


async def test_if_not_exists_of_projects_and_users() -> None:
    scene, session = await busy()
    before = scene.catalog

    for text in ("CREATE DATABASE IF NOT EXISTS q", "CREATE USER IF NOT EXISTS carol PASSWORD 'x'"):
        assert conditions(await session.run(text)) == [Condition.SKIPPED_EXISTS]

    assert scene.catalog is before

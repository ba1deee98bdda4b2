"""SHOW MODELS, SHOW VERSIONS, SHOW CREATE MODEL, DESC MODEL as statements of a session."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from protocol.types import BOOL, INT4, TEXT, TIMESTAMPTZ
from server.catalog import Model
from server.errors import Condition
from tests.unit.server.catalog.scenes import IMPORT, LLM, PUBLIC, REMOTE, add, create, create_imported, model
from tests.unit.server.sessions import KEY, Scene, Session, create_keyed

PUBLIC_MODEL = f"{PUBLIC}.`Qwen3-0.6B-GGUF`"


@pytest.fixture
async def scene() -> Scene:
    return await Scene().begin()


@pytest.fixture
def session(scene: Scene) -> Session:
    return scene.session()


async def test_show_models(session: Session) -> None:
    await session.run(
        "CREATE SCHEMA s", create("s.hidden"), create_imported("tree"), create("m", comment="COMMENT 'c'")
    )
    await session.run(add("tree", extra="INPUT (a INT)").replace(REMOTE, IMPORT))

    result = await session.run("SHOW MODELS")

    assert result.columns is not None
    assert [(column.name, column.type) for column in result.columns] == [
        ("model_name", TEXT),
        ("owner", TEXT),
        ("source_type", TEXT),
        ("model_type", TEXT),
        ("default_version", TEXT),
        ("create_time", TIMESTAMPTZ),
        ("last_modified_time", TIMESTAMPTZ),
        ("comment", TEXT),
    ]
    times = [datetime(2025, 10, 9, 10, 32, second, tzinfo=UTC) for second in range(48, 60)]
    assert list(result.rows) == [
        ("m", "alice", "REMOTE", "LLM", "v1", times[3], times[3], "c"),
        ("tree", "alice", "IMPORT", "BOOSTED_TREE_CLASSIFIER", "v1", times[2], times[4], ""),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SHOW MODELS", ["m", "q"]),
        ("SHOW MODELS IN s", ["in_schema"]),
        ("SHOW MODELS FROM P", ["m", "q"]),
        ("SHOW MODELS IN q", ["in_project"]),
        ("SHOW MODELS IN p.q", ["in_schema_q"]),
        ("SHOW MODELS IN q.default LIKE '*project'", ["in_project"]),
        (f"SHOW MODELS IN {PUBLIC}", ["qwen3-0.6b-gguf"]),
    ],
)
async def test_where_show_models_looks(session: Session, text: str, names: list[str]) -> None:
    await session.run("CREATE SCHEMA s", "CREATE SCHEMA q", "CREATE DATABASE q")
    await session.run(
        create("m"), create("q"), create("s.in_schema"), create("p.q.in_schema_q"), create("q.in_project")
    )

    assert [row[0] for row in await session.rows(text)] == names


async def test_show_schemas(session: Session) -> None:
    await session.run("CREATE SCHEMA s", "CREATE SCHEMA q", "CREATE DATABASE q", "CREATE SCHEMA q.t")

    result = await session.run("SHOW SCHEMAS")

    assert result.columns is not None
    assert [(column.name, column.type) for column in result.columns] == [
        ("schema_name", TEXT),
        ("owner", TEXT),
        ("create_time", TIMESTAMPTZ),
    ]
    assert [row[:2] for row in result.rows] == [("default", "alice"), ("q", "alice"), ("s", "alice")]
    assert [row[0] for row in await session.rows("SHOW SCHEMAS FROM Q LIKE 'T|d*'")] == ["default", "t"]
    assert [row[0] for row in await session.rows(f"SHOW SCHEMAS IN {PUBLIC}")] == ["default"]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("SHOW SCHEMAS IN x", Condition.PROJECT_NOT_FOUND),
        ("SHOW MODELS IN x", Condition.SCHEMA_NOT_FOUND),
        ("SHOW MODELS IN p.x", Condition.SCHEMA_NOT_FOUND),
        ("SHOW MODELS IN x.default", Condition.PROJECT_NOT_FOUND),
        ("SHOW VERSIONS FOR MODEL x", Condition.MODEL_NOT_FOUND),
        ("SHOW CREATE MODEL x", Condition.MODEL_NOT_FOUND),
        ("DESC MODEL x", Condition.MODEL_NOT_FOUND),
        ("DESC MODEL m VERSION v9", Condition.VERSION_NOT_FOUND),
    ],
)
async def test_what_is_missing(session: Session, text: str, condition: Condition) -> None:
    await session.run(create())

    assert await session.fails(text) is condition


async def test_show_models_of_a_dropped_schema(scene: Scene, session: Session) -> None:
    await session.run("CREATE SCHEMA s", "USE SCHEMA s")
    await scene.session().run("DROP SCHEMA s")

    assert await session.fails("SHOW MODELS") is Condition.SCHEMA_NOT_FOUND


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*", ["a1", "a2", "ab", "b_c"]),
        ("%", ["a1", "a2", "ab", "b_c"]),
        ("", []),
        ("a_", ["a1", "a2", "ab"]),
        ("A*", ["a1", "a2", "ab"]),
        ("a1|b%", ["a1", "b_c"]),
        ("*2|x|ab", ["a2", "ab"]),
        ("%b%", ["ab", "b_c"]),
        ("_", []),
        ("a.", []),
        ("b_*c", ["b_c"]),
        ("a", []),
        ("%%**1", ["a1"]),
        ("%1%1", []),
        ("[ab]*", []),
        ("|a1", ["a1"]),
    ],
)
async def test_like(session: Session, pattern: str, names: list[str]) -> None:
    await session.run(*(create(name) for name in ("a1", "a2", "ab", "b_c")))

    assert [row[0] for row in await session.rows(f"SHOW MODELS LIKE '{pattern}'")] == names


async def test_no_pattern_keeps_the_server_busy(session: Session) -> None:
    await session.run(create("a" * 255))

    assert await session.rows(f"SHOW MODELS LIKE '{'%a' * 30}%b'") == []
    assert len(await session.rows(f"SHOW MODELS LIKE '{'%a' * 30}%'")) == 1


async def test_show_versions(session: Session) -> None:
    await session.run(
        create(comment="COMMENT 'one'"), add("m", "a0", extra="INPUT (x INT, y INT)", comment="COMMENT 'two'")
    )
    await session.run("ALTER MODEL m SET DEFAULT_VERSION a0")

    result = await session.run("SHOW VERSIONS FOR MODEL M")

    assert result.columns is not None
    assert [(column.name, column.type) for column in result.columns] == [
        ("version_name", TEXT),
        ("is_default", BOOL),
        ("create_time", TIMESTAMPTZ),
        ("last_modified_time", TIMESTAMPTZ),
        ("comment", TEXT),
        ("input_column_count", INT4),
    ]
    first, second = (datetime(2025, 10, 9, 10, 32, second, tzinfo=UTC) for second in (48, 49))
    assert list(result.rows) == [("v1", False, first, first, "one", 0), ("a0", True, second, second, "two", 2)]
    assert [row[0] for row in await session.rows("SHOW VERSIONS IN MODEL m LIKE 'V*'")] == ["v1"]


async def test_desc_as_rows(session: Session) -> None:
    await session.run(create(extra="INPUT (a DECIMAL(10,2) COMMENT 'first')"))

    result = await session.run("DESC MODEL m")

    assert result.columns is not None
    assert [column.name for column in result.columns] == ["section", "name", "value", "comment"]
    assert {column.type for column in result.columns} == {TEXT}
    assert result.rows[0] == ("Model Information", "Owner", "alice", "")
    assert result.rows[-1] == ("Input", "a", "decimal(10,2)", "first")


async def test_desc_of_a_version(session: Session) -> None:
    await session.run(create(extra="INPUT (one INT)"), add(extra="INPUT (two INT)"))

    assert (await session.rows("DESC MODEL m"))[-1][1] == "one"
    assert (await session.rows("DESC MODEL m VERSION V2"))[-1][1] == "two"


async def test_desc_as_text(session: Session) -> None:
    await session.run(create(), add(), "SET modeld.desc_format = 'text'")

    result = await session.run("DESC MODEL m")
    assert result.columns is not None
    assert [(column.name, column.type) for column in result.columns] == [("description", TEXT)]
    assert {len(str(row[0])) for row in result.rows} == {86}
    assert any("| ENDPOINT:" in str(row[0]) for row in result.rows)
    assert any("| endpoint:" in str(row[0]) for row in await session.rows("DESC MODEL m VERSION v2"))


async def test_desc_of_a_public_model(session: Session) -> None:
    assert await session.value(PUBLIC_MODEL, "Model Name") == "qwen3-0.6b-gguf"
    assert await session.value(PUBLIC_MODEL, "Owner") == "ALIYUN$maxcompute"


async def test_key_is_masked_unless_revealed(session: Session) -> None:
    await session.run(create_keyed("m"), create_keyed("short", "hunter2"))

    assert await session.value("m", "APIKEY") == "****" + KEY[-4:]
    assert await session.value("short", "APIKEY") == "********"
    await session.run("SET modeld.reveal_secrets = true")
    assert await session.value("m", "APIKEY") == KEY
    assert await session.value("short", "APIKEY") == "hunter2"


async def test_key_is_never_in_show_create(session: Session) -> None:
    await session.run(create_keyed("m"), "SET modeld.reveal_secrets = true")

    ((text,),) = await session.rows("SHOW CREATE MODEL m")

    assert KEY not in str(text)
    assert "APIKEY = '********'" in str(text)


def without_secrets_and_times(found: Model) -> Model:
    versions = found.versions
    for name, version in versions.items():
        kept = tuple((key, b"") for key, _ in version.secrets)
        versions = versions.set(name, replace(version, create_time=0, last_modified_time=0, secrets=kept))
    return Model(replace(found.header, create_time=0, last_modified_time=0), versions, 0)


@pytest.mark.parametrize(
    "texts",
    [
        [create()],
        [
            create(
                "M",
                "V1",
                extra="INPUT (a INT COMMENT 'it''s', \u5b57 STRUCT<x:ARRAY<INT>>)",
                comment="COMMENT '\\\\n\"'",
            )
        ],
        [
            create(comment="COMMENT 'a'"),
            add(comment="COMMENT 'b'"),
            add("m", "a0"),
            "ALTER MODEL m SET DEFAULT_VERSION a0",
        ],
        [create_imported("m", "f1 DECIMAL(38,18), `select` MAP<STRING,CHAR(3)>")],
        [create("m", "`version`"), add("m", "`if`")],
        [f"CREATE MODEL m WITH VERSION v1 OPTIONS ({LLM}{REMOTE}, PAI_EAS_SYNC_REQUEST_TIMEOUT = 6000)"],
    ],
    ids=["plain", "quotes", "versions", "imported", "keywords", "timeout"],
)
async def test_show_create_rebuilds_the_model(scene: Scene, session: Session, texts: list[str]) -> None:
    await session.run(*texts)
    before = model(scene.catalog)
    statements = [str(row[0]) for row in await session.rows("SHOW CREATE MODEL m")]
    assert all(statement.endswith(";") for statement in statements)

    await session.run("DROP MODEL m", *(statement.removesuffix(";") for statement in statements))

    assert without_secrets_and_times(model(scene.catalog)) == without_secrets_and_times(before)


async def test_show_create_begins_with_the_oldest_version(session: Session) -> None:
    await session.run(create("m", "z"), add("m", "a"), add("m", "y"), "ALTER MODEL m SET DEFAULT_VERSION y")

    statements = [str(row[0]).split("\n")[0] for row in await session.rows("SHOW CREATE MODEL m")]

    assert statements == [
        "CREATE MODEL p.default.m WITH VERSION z",
        "ALTER MODEL p.default.m ADD VERSION a",
        "ALTER MODEL p.default.m ADD VERSION y",
        "ALTER MODEL p.default.m SET DEFAULT_VERSION y;",
    ]

"""ALTER MODEL beyond the document: comments, options, labels, lifecycles, aliases, names, owners."""

import pytest

from server.errors import Condition
from tests.unit.server.catalog.scenes import LLM, REMOTE, create
from tests.unit.server.sessions import KEY, Scene, Session, conditions, create_keyed

OPTIONS = f"OPTIONS ({LLM}{REMOTE})"


@pytest.fixture
async def session() -> Session:
    session = (await Scene().begin()).session()
    await session.run(create("m"), f"ALTER MODEL m ADD VERSION v2 WITH {OPTIONS}")
    return session


async def extended(session: Session, section: str, model: str = "m") -> dict[object, object]:
    rows = await session.rows(f"DESC MODEL EXTENDED {model}")
    return {row[1]: row[2] for row in rows if row[0] == section}


async def test_a_comment_is_set(session: Session) -> None:
    await session.run("ALTER MODEL m SET COMMENT 'of the model'", "ALTER MODEL m MODIFY VERSION v2 SET COMMENT 'of v2'")

    assert await session.value("m", "Comment") == "of the model"
    assert [row[4] for row in await session.rows("SHOW VERSIONS FOR MODEL m")] == ["", "of v2"]


async def test_a_comment_that_is_too_long_is_refused(session: Session) -> None:
    assert await session.fails(f"ALTER MODEL m SET COMMENT '{'x' * 1025}'") is Condition.COMMENT_TOO_LONG


async def test_the_same_again_changes_nothing(session: Session) -> None:
    await session.run("ALTER MODEL m SET COMMENT 'c'")
    before = await session.value("m", "LastModifiedTime")

    await session.run("ALTER MODEL m SET COMMENT 'c'")

    assert await session.value("m", "LastModifiedTime") == before


async def test_options_that_are_named_change_and_the_others_stay(session: Session) -> None:
    await session.run(
        "ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (ENDPOINT = 'https://other.example', apikey = 'abcdefghijklmnop')"
    )

    assert await session.value("m", "ENDPOINT") == "https://other.example"
    assert await session.value("m", "APIKEY") == "****mnop"
    assert await session.value("m", "PAI_EAS_SYNC_MODE") == "true"


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ("ENDPOINT = 'nowhere'", Condition.OPTION_INVALID),
        ("MODEL_TYPE = 'LLM'", Condition.OPTION_OF_MODEL),
        ("LOCATION = 'oss://a/b/c'", Condition.OPTION_NOT_FOR_SOURCE),
        ("NOTHING = 'x'", Condition.OPTION_UNKNOWN),
    ],
)
async def test_options_that_are_refused(session: Session, options: str, condition: Condition) -> None:
    assert await session.fails(f"ALTER MODEL m MODIFY VERSION v1 SET OPTIONS ({options})") is condition


async def test_labels_are_set_and_unset(session: Session) -> None:
    await session.run(
        "ALTER MODEL m SET LABELS ('team' = 'a', 'tier' = '1')", "ALTER MODEL m SET LABELS ('tier' = '2')"
    )
    assert await extended(session, "Labels") == {"team": "a", "tier": "2"}

    await session.run("ALTER MODEL m UNSET LABELS ('team', 'nothing')")
    assert await extended(session, "Labels") == {"tier": "2"}


async def test_labels_of_a_version(session: Session) -> None:
    await session.run("ALTER MODEL m MODIFY VERSION v1 SET LABELS ('stage' = 'prod')")

    assert await extended(session, "Version Labels") == {"stage": "prod"}
    assert await extended(session, "Labels") == {}


@pytest.mark.parametrize(
    ("labels", "condition"),
    [
        ("'' = 'x'", Condition.LABEL_INVALID),
        (f"'{'k' * 64}' = 'x'", Condition.LABEL_INVALID),
        (f"'k' = '{'v' * 256}'", Condition.LABEL_INVALID),
        ("'k' = 'v', 'l' = 'v', 'k' = 'w'", Condition.LABEL_INVALID),
        (", ".join(f"'{number}' = ''" for number in range(65)), Condition.LABEL_TOO_MANY),
    ],
)
async def test_labels_that_are_refused(session: Session, labels: str, condition: Condition) -> None:
    assert await session.fails(f"ALTER MODEL m SET LABELS ({labels})") is condition


async def test_a_lifecycle_is_kept(session: Session) -> None:
    await session.run("ALTER MODEL m SET LIFECYCLE 30", "ALTER MODEL m MODIFY VERSION v1 SET LIFECYCLE 7")

    rows = [row[1:3] for row in await session.rows("DESC MODEL EXTENDED m") if "Lifecycle" in str(row[1])]
    assert rows == [("Lifecycle", "30 days"), ("Version Lifecycle", "7 days")]
    assert await session.fails("ALTER MODEL m SET LIFECYCLE 40000") is Condition.LIFECYCLE_INVALID


async def test_an_alias_stands_wherever_a_version_may(session: Session) -> None:
    await session.run("ALTER MODEL m SET ALIAS prod FOR VERSION v2")
    assert await extended(session, "Aliases") == {"prod": "v2"}

    await session.run("ALTER MODEL m SET DEFAULT_VERSION prod")

    assert await session.value("m", "Default Version") == "v2"
    assert [row[2] for row in await session.rows("DESC MODEL m VERSION prod") if row[1] == "Version Name"] == ["v2"]


NAMES_OF_V2 = ["V2", "`v2`", "Live", "LATEST", "Default_Version"]


@pytest.mark.parametrize("written", NAMES_OF_V2)
@pytest.mark.parametrize(
    "text",
    [
        "DESC MODEL m VERSION {}",
        "DESC MODEL EXTENDED m VERSION {}",
        "DESC MODEL m VERSION {} AS OF REVISION 99",
        "ALTER MODEL m SET DEFAULT_VERSION {}",
        "ALTER MODEL m SET DEFAULT_VERSION v2 IF DEFAULT_VERSION = {}",
        "ALTER MODEL m SET ALIAS other FOR VERSION {}",
        "ALTER MODEL m MODIFY VERSION {} SET COMMENT 'c'",
        "ALTER MODEL m MODIFY VERSION {} SET OPTIONS (ENDPOINT = 'https://e')",
        "ALTER MODEL m MODIFY VERSION {} SET LABELS ('a' = 'b')",
        "ALTER MODEL m MODIFY VERSION {} SET LIFECYCLE 3",
        "ALTER MODEL m DROP VERSION IF EXISTS {}",
        "RECORD MODEL m VERSION {} (ADDED = 'false')",
    ],
)
async def test_every_name_of_a_version_stands_wherever_a_version_may(session: Session, text: str, written: str) -> None:
    await session.run("ALTER MODEL m SET ALIAS live FOR VERSION v2", "ALTER MODEL m SET DEFAULT_VERSION v2")
    text = text.format(written).replace("99", str(session.executor.control.catalog.revision))

    if text.startswith("ALTER MODEL m DROP"):
        assert await session.fails(text) is Condition.DEFAULT_VERSION_DROP
        return
    rows = (await session.run(text)).rows

    if text.startswith("DESC"):
        assert [row[2] for row in rows if row[1] == "Version Name"] == ["v2"]
    else:
        versions = session.executor.control.catalog.projects["p"].schemas["default"].models["m"].versions
        assert versions["v1"].last_modified_time == versions["v1"].create_time


@pytest.mark.parametrize("written", ["live", "LATEST"])
async def test_a_version_is_dropped_by_any_of_its_names(session: Session, written: str) -> None:
    await session.run("ALTER MODEL m SET ALIAS live FOR VERSION v2")
    assert await session.fails("ALTER MODEL m DROP VERSION live") is Condition.ALIASED_VERSION_DROP

    await session.run("ALTER MODEL m SET ALIAS live FOR VERSION v1", "ALTER MODEL m SET DEFAULT_VERSION v2")
    assert await session.fails(f"ALTER MODEL m DROP VERSION {written}") in (
        Condition.ALIASED_VERSION_DROP,
        Condition.DEFAULT_VERSION_DROP,
    )
    await session.run("ALTER MODEL m DROP ALIAS live", "ALTER MODEL m DROP VERSION FIRST")
    assert [row[0] for row in await session.rows("SHOW VERSIONS FOR MODEL m")] == ["v2"]


async def test_only_a_new_version_needs_a_name_of_its_own(session: Session) -> None:
    await session.run("ALTER MODEL m SET ALIAS live FOR VERSION v2")

    assert await session.fails(f"ALTER MODEL m ADD VERSION live WITH {OPTIONS}") is Condition.NAME_IS_ALIAS
    assert await session.fails(f"ALTER MODEL m ADD VERSION IF NOT EXISTS Live WITH {OPTIONS}") is (
        Condition.NAME_IS_ALIAS
    )
    # The words are not reserved: a version's own name comes first.
    await session.run(f"ALTER MODEL m ADD VERSION first WITH {OPTIONS}")
    rows = await session.rows("DESC MODEL m VERSION FIRST")
    assert [row[2] for row in rows if row[1] == "Version Name"] == ["first"]


@pytest.mark.parametrize(("word", "version"), [("DEFAULT_VERSION", "v1"), ("LATEST", "v2"), ("FIRST", "v1")])
async def test_words_stand_for_versions(session: Session, word: str, version: str) -> None:
    rows = await session.rows(f"DESC MODEL m VERSION {word}")

    assert [row[2] for row in rows if row[1] == "Version Name"] == [version]


async def test_an_alias_moves_and_goes(session: Session) -> None:
    await session.run("ALTER MODEL m SET ALIAS prod FOR VERSION v1", "ALTER MODEL m SET ALIAS prod FOR VERSION latest")
    assert await extended(session, "Aliases") == {"prod": "v2"}

    await session.run("ALTER MODEL m DROP ALIAS prod")
    assert await extended(session, "Aliases") == {}
    assert await session.fails("ALTER MODEL m DROP ALIAS prod") is Condition.ALIAS_NOT_FOUND
    assert conditions(await session.run("ALTER MODEL m DROP ALIAS IF EXISTS prod")) == [Condition.SKIPPED_MISSING]


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        ("ALTER MODEL m SET ALIAS v2 FOR VERSION v1", Condition.ALIAS_IS_VERSION),
        ("ALTER MODEL m SET ALIAS latest FOR VERSION v1", Condition.ALIAS_RESERVED),
        ("ALTER MODEL m SET ALIAS prod FOR VERSION v9", Condition.VERSION_NOT_FOUND),
        ("ALTER MODEL m SET ALIAS `a b` FOR VERSION v1", Condition.NAME_INVALID),
        (f"ALTER MODEL m ADD VERSION live WITH {OPTIONS}", Condition.NAME_IS_ALIAS),
        ("ALTER MODEL m DROP VERSION v2", Condition.ALIASED_VERSION_DROP),
        ("ALTER MODEL m DROP VERSION live", Condition.ALIASED_VERSION_DROP),
    ],
)
async def test_what_aliases_forbid(session: Session, statement: str, condition: Condition) -> None:
    await session.run("ALTER MODEL m SET ALIAS live FOR VERSION v2")

    assert await session.fails(statement) is condition


async def test_the_default_moves_only_from_where_it_is_expected(session: Session) -> None:
    assert await session.fails("ALTER MODEL m SET DEFAULT_VERSION v2 IF DEFAULT_VERSION = v2") is (
        Condition.DEFAULT_VERSION_MOVED
    )

    await session.run("ALTER MODEL m SET DEFAULT_VERSION v2 IF DEFAULT_VERSION = v1")

    assert await session.value("m", "Default Version") == "v2"


async def test_the_default_has_moved_where_the_expected_version_is_gone_since(session: Session) -> None:
    await session.run("ALTER MODEL m SET DEFAULT_VERSION v2", "ALTER MODEL m DROP VERSION v1")

    text = "ALTER MODEL m SET DEFAULT_VERSION v2 IF DEFAULT_VERSION = v1"
    assert await session.fails(text) is Condition.DEFAULT_VERSION_MOVED
    assert Condition.DEFAULT_VERSION_MOVED.sqlstate == "40001"
    assert await session.fails("ALTER MODEL m SET DEFAULT_VERSION v1 IF DEFAULT_VERSION = v2") is (
        Condition.VERSION_NOT_FOUND
    )


async def test_the_history_says_which_version_an_alias_stood_for(session: Session) -> None:
    await session.run("ALTER MODEL m SET ALIAS live FOR VERSION LATEST", "ALTER MODEL m DROP ALIAS live")

    rows = await session.rows("SHOW HISTORY FOR MODEL m LIMIT 2")

    assert [(row[5], row[7]) for row in rows] == [("DROP ALIAS", "v2"), ("SET ALIAS", "v2")]


async def test_a_model_is_renamed_with_all_it_has(session: Session) -> None:
    await session.run("ALTER MODEL m SET ALIAS prod FOR VERSION v2", "ALTER MODEL m RENAME TO n")

    assert await session.models() == ["n"]
    assert await extended(session, "Aliases", "n") == {"prod": "v2"}
    assert await session.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND


async def test_a_name_that_is_taken_is_refused(session: Session) -> None:
    await session.run(create("n"))

    assert await session.fails("ALTER MODEL m RENAME TO n") is Condition.MODEL_EXISTS
    assert await session.fails("ALTER MODEL m RENAME TO `n n`") is Condition.NAME_INVALID


async def test_the_owner_changes_to_one_who_exists(session: Session) -> None:
    assert await session.fails("ALTER MODEL m CHANGEOWNER TO 'nobody'") is Condition.ROLE_MISSING
    await session.run("ALTER MODEL m CHANGEOWNER TO 'bob'")

    assert await session.value("m", "Owner") == "bob"


async def test_a_model_is_replaced(session: Session) -> None:
    await session.run(
        "ALTER MODEL m SET ALIAS prod FOR VERSION v2", create("m").replace("CREATE MODEL", "CREATE OR REPLACE MODEL")
    )

    assert [row[0] for row in await session.rows("SHOW VERSIONS FOR MODEL m")] == ["v1"]
    assert await extended(session, "Aliases") == {}


async def test_if_exists_is_about_the_model(session: Session) -> None:
    assert conditions(await session.run("ALTER MODEL IF EXISTS x SET COMMENT 'c'")) == [Condition.SKIPPED_MISSING]
    assert await session.fails("ALTER MODEL x SET COMMENT 'c'") is Condition.MODEL_NOT_FOUND


async def test_show_create_model_makes_all_of_it_again(session: Session) -> None:
    await session.run(
        "ALTER MODEL m MODIFY VERSION v1 SET COMMENT 'first'",
        "ALTER MODEL m SET ALIAS prod FOR VERSION v2",
        "ALTER MODEL m SET LABELS ('a' = 'b')",
        "ALTER MODEL m MODIFY VERSION v2 SET LIFECYCLE 9",
    )
    statements = [str(row[0]).replace("********", KEY) for row in await session.rows("SHOW CREATE MODEL m")]
    described = [row for row in await session.rows("DESC MODEL EXTENDED m") if "Time" not in str(row[1])]

    await session.run("DROP MODEL m", *(statement.rstrip(";") for statement in statements))

    again = [row for row in await session.rows("DESC MODEL EXTENDED m") if "Time" not in str(row[1])]
    assert [row for row in again if row[1] != "APIKEY"] == [row for row in described if row[1] != "APIKEY"]


async def test_a_secret_is_sealed_anew(session: Session) -> None:
    await session.run(create_keyed("k"), "ALTER MODEL k MODIFY VERSION v1 SET OPTIONS (APIKEY = 'another secret key')")

    assert await session.value("k", "APIKEY") == "**** key"

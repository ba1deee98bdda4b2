"""Earlier states: DESC MODEL ... AS OF, and ROLLBACK MODEL, which brings one back."""

from datetime import UTC, datetime

import pytest

from server.engine import Engine
from server.errors import Condition, OdpsError
from server.retention import Retention
from server.secrets import Keyring
from tests.unit.server.catalog.scenes import LLM, REMOTE, TREE, add, create, create_imported, model, unmark
from tests.unit.server.sessions import KEY, Scene, Session, SteppingClock, create_keyed


@pytest.fixture
async def scene() -> Scene:
    return await Scene().begin()


@pytest.fixture
def session(scene: Scene) -> Session:
    return scene.session()


async def described(session: Session, text: str) -> dict[object, object]:
    """The values of DESC MODEL by their names; the version's where both sections have one."""
    return {row[1]: row[2] for row in await session.rows(text)}


def now(scene: Scene) -> int:
    return scene.catalog.revision


async def test_every_revision_can_be_looked_at(scene: Scene, session: Session) -> None:
    await session.run(create(comment="COMMENT 'first'"))
    first = now(scene)
    await session.run(add(), "ALTER MODEL m SET DEFAULT_VERSION v2", "ALTER MODEL m SET COMMENT 'second'")
    second = now(scene)
    await session.run("ALTER MODEL m SET DEFAULT_VERSION v1", "ALTER MODEL m DROP VERSION v2")

    early = await described(session, f"DESC MODEL m AS OF REVISION {first}")
    late = await described(session, f"DESC MODEL m AS OF REVISION {second}")

    assert (early["Default Version"], early["Comment"]) == ("v1", "first")
    assert (late["Default Version"], late["Version Name"], late["Comment"]) == ("v2", "v2", "second")
    assert await described(session, f"DESC MODEL m AS OF REVISION {now(scene)}") == await described(
        session, "DESC MODEL m"
    )
    with pytest.raises(OdpsError) as raised:
        await session.run(f"DESC MODEL m VERSION v2 AS OF REVISION {first}")
    assert raised.value.condition is Condition.VERSION_NOT_FOUND


async def test_extended_shows_the_aliases_and_versions_of_then(scene: Scene, session: Session) -> None:
    await session.run(create(), add(), "ALTER MODEL m SET ALIAS prod FOR VERSION v2")
    then = now(scene)
    await session.run("ALTER MODEL m SET ALIAS prod FOR VERSION v1", "ALTER MODEL m DROP VERSION v2")

    rows = await session.rows(f"DESC MODEL EXTENDED m AS OF REVISION {then}")

    assert ("Aliases", "prod", "v2", "") in rows
    assert ("Versions", "v2", "", "") in rows


@pytest.mark.parametrize(
    "spelling",
    [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M:%S+08",
        "%Y-%m-%dT%H:%M:%S+08:00",
        "%Y-%m-%d %H:%M:%S.000000 +0800",
        "%Y%m%d %H%M%S",
        "%Y-%m-%d %I:%M:%S %p",
        "%b %d %Y %H:%M:%S",
        "%d/%m/%Y %H:%M:%S",
        "%Y-%m-%d %H:%M:%S Asia/Shanghai",
        "%Y-%m-%d %H:%M:%S asia/shanghai",
    ],
)
async def test_a_time_is_read_in_every_spelling_of_a_timestamptz(scene: Scene, session: Session, spelling: str) -> None:
    await session.run(create(comment="COMMENT 'old'"))
    time = model(scene.catalog).header.last_modified_time
    await session.run("ALTER MODEL m SET COMMENT 'new'", "SET TimeZone = 'Asia/Shanghai'", "SET DateStyle = 'ISO, DMY'")
    written = datetime.fromtimestamp(time // 1_000_000 + 8 * 3600, UTC).strftime(spelling)

    assert (await described(session, f"DESC MODEL m AS OF '{written}'"))["Comment"] == "old"


@pytest.mark.parametrize("stamp", ["TIMESTAMP ", ""])
async def test_a_time_means_the_newest_revision_up_to_it(scene: Scene, session: Session, stamp: str) -> None:
    await session.run(create(comment="COMMENT 'old'"))
    time = model(scene.catalog).header.last_modified_time
    await session.run("ALTER MODEL m SET COMMENT 'new'", "SET TimeZone = 'Asia/Shanghai'")
    written = datetime.fromtimestamp(time // 1_000_000 + 8 * 3600, UTC).strftime("%Y-%m-%d %H:%M:%S")

    assert (await described(session, f"DESC MODEL m AS OF {stamp}'{written}'"))["Comment"] == "old"
    assert (await described(session, f"DESC MODEL m AS OF {stamp}'{written}+08'"))["Comment"] == "old"


async def test_a_transaction_is_as_old_as_its_commit(scene: Scene, session: Session) -> None:
    await session.run(create(comment="COMMENT 'old'"), "BEGIN", "ALTER MODEL m SET COMMENT 'new'")
    between = scene.engine.clock.now()
    await session.run("COMMIT", "SET TimeZone = 'UTC'")
    written = datetime.fromtimestamp(between / 1e6, UTC).isoformat()

    assert (await described(session, f"DESC MODEL m AS OF '{written}'"))["Comment"] == "old"


@pytest.mark.parametrize(
    ("moment", "condition"),
    [
        ("REVISION 0", Condition.STATE_NOT_KEPT),
        ("REVISION 99", Condition.MOMENT_TO_COME),
        ("'2100-01-01'", Condition.MOMENT_TO_COME),
        ("'infinity'", Condition.MOMENT_TO_COME),
        ("'-infinity'", Condition.STATE_NOT_KEPT),
        ("REVISION 1", Condition.MODEL_NOT_THERE),
    ],
)
async def test_moments_of_which_nothing_is_known(session: Session, moment: str, condition: Condition) -> None:
    await session.run(create())

    assert await session.fails(f"DESC MODEL m AS OF {moment}") is condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("DESC MODEL m AS OF ^'yesterdayish'", "invalid input syntax for type timestamp with time zone"),
        ("DESC MODEL m AS OF ^'2026-02-30'", "out of range"),
        ("DESC MODEL m AS OF ^'2026-01-01 Nowhere/Land'", "not recognized"),
        ("DESC MODEL m AS OF REVISION ^99", "is still to come"),
        ("DESC MODEL m AS OF TIMESTAMP ^'2100-01-01'", "is still to come"),
        ("DESC MODEL m AS OF REVISION ^0", "the history begins at revision"),
        ("DESC MODEL m AS OF ^'-infinity'", "the history begins at revision"),
        ("DESC MODEL ^m AS OF REVISION 1", "did not exist at revision 1"),
        ("DESC MODEL m VERSION ^v9 AS OF REVISION 3", "Version v9 of model"),
        ("ROLLBACK MODEL m TO REVISION ^99", "is still to come"),
        ("ROLLBACK MODEL ^m TO REVISION 1", "did not exist at revision 1"),
        ("ROLLBACK MODEL ^x TO REVISION 1", "does not exist"),
    ],
)
async def test_an_error_says_its_code_and_its_place(session: Session, text: str, message: str) -> None:
    await session.run(create())
    text, place = unmark(text)

    with pytest.raises(OdpsError, match=rf"^ODPS-0\d+: ?.*{message}") as raised:
        await session.run(text)

    assert raised.value.diagnostic.at == place


async def test_a_purged_state_is_refused_at_the_moment(scene: Scene, session: Session) -> None:
    await session.run(create())
    text, place = unmark(f"DESC MODEL m AS OF REVISION ^{now(scene)}")
    await session.run("DROP MODEL m", "PURGE MODEL m")

    with pytest.raises(OdpsError) as raised:
        await session.run(text)

    assert (raised.value.condition, raised.value.diagnostic.at) == (Condition.STATE_PURGED, place)


async def test_a_state_from_before_the_history_is_not_kept(scene: Scene, session: Session) -> None:
    await session.run(create())
    before = now(scene)
    await session.run("ALTER MODEL m SET COMMENT 'c'", add())
    await scene.store.forget_notes(model(scene.catalog).header.last_modified_time)

    assert await session.fails(f"DESC MODEL m AS OF REVISION {before}") is Condition.STATE_NOT_KEPT
    assert Condition.STATE_NOT_KEPT.sqlstate == "72000"
    assert (await described(session, f"DESC MODEL m AS OF REVISION {before + 1}"))["Comment"] == "c"


async def test_a_name_means_what_had_it_then(scene: Scene, session: Session) -> None:
    await session.run(create("a", comment="COMMENT 'one'"))
    one = now(scene)
    await session.run("ALTER MODEL a RENAME TO b", "ALTER MODEL b SET COMMENT 'changed'")
    await session.run(create("a", comment="COMMENT 'two'"))

    assert (await described(session, f"DESC MODEL a AS OF REVISION {one}"))["Comment"] == "one"
    assert await session.fails(f"DESC MODEL b AS OF REVISION {one}") is Condition.MODEL_NOT_THERE
    assert await session.fails(f"DESC MODEL a AS OF REVISION {one + 1}") is Condition.MODEL_NOT_THERE
    assert (await described(session, f"DESC MODEL b AS OF REVISION {one + 1}"))["Comment"] == "one"


async def test_a_dropped_model_has_a_past_until_it_is_purged(scene: Scene, session: Session) -> None:
    await session.run(create(comment="COMMENT 'one'"))
    one = now(scene)
    await session.run("ALTER MODEL m SET COMMENT 'changed'", "DROP MODEL m", create(), "DROP MODEL m")

    assert (await described(session, f"DESC MODEL m AS OF REVISION {one}"))["Comment"] == "one"
    await session.run("UNDROP MODEL m", "ALTER MODEL m RENAME TO other", "UNDROP MODEL m", "DROP MODEL other")
    assert (await described(session, f"DESC MODEL m AS OF REVISION {one}"))["Comment"] == "one"
    await session.run("DROP MODEL m", "PURGE MODEL m")
    assert await session.fails(f"DESC MODEL m AS OF REVISION {one}") is Condition.STATE_PURGED


async def test_without_a_bin_the_past_ends_with_the_model(scene: Scene) -> None:
    scene.engine = Engine(scene.committer, Keyring([bytes(32)]), SteppingClock(), retention=Retention(90, 0))
    session = scene.session()
    await session.run(create())
    then = now(scene)
    await session.run("DROP MODEL m", create())

    assert await session.fails(f"DESC MODEL m AS OF REVISION {then}") is Condition.STATE_PURGED


async def test_a_replaced_model_has_a_past(scene: Scene, session: Session) -> None:
    await session.run(create(), add())
    then = now(scene)
    await session.run(create_imported().replace("CREATE", "CREATE OR REPLACE"))

    earlier = await described(session, f"DESC MODEL m VERSION v2 AS OF REVISION {then}")

    assert (earlier["Source Type"], earlier["Version Name"]) == ("REMOTE", "v2")


async def test_secrets_of_the_past_are_secrets(scene: Scene, session: Session) -> None:
    await session.run(create_keyed("m"))
    then = now(scene)
    await session.run("ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (APIKEY = 'another-long-key')")
    text = f"DESC MODEL m AS OF REVISION {then}"

    assert (await described(session, text))["APIKEY"] == f"****{KEY[-4:]}"
    await session.run("SET modeld.reveal_secrets = true")
    assert (await described(session, text))["APIKEY"] == KEY
    assert (await session.rows("SHOW HISTORY FOR MODEL m LIMIT 1"))[0][5] == "REVEAL SECRETS"


# ROLLBACK MODEL.


async def test_a_rollback_is_one_change_that_restores_everything(scene: Scene, session: Session) -> None:
    await session.run(
        create_keyed("m"), add(), "ALTER MODEL m SET ALIAS prod FOR VERSION v2", "ALTER MODEL m SET LABELS ('a' = 'b')"
    )
    then = now(scene)
    before = model(scene.catalog)
    await session.run(
        "ALTER MODEL m SET DEFAULT_VERSION v2",
        "ALTER MODEL m SET ALIAS prod FOR VERSION v1",
        "ALTER MODEL m UNSET LABELS ('a')",
        "ALTER MODEL m SET COMMENT 'changed'",
        "ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (APIKEY = 'another-long-key', ENDPOINT = 'https://e')",
        "ALTER MODEL m MODIFY VERSION v2 SET COMMENT 'changed'",
    )
    last = now(scene)

    assert (await session.run(f"ROLLBACK MODEL m TO REVISION {then}")).tag == "ALTER MODEL"

    after = model(scene.catalog)
    assert now(scene) == last + 1
    assert after.header.default_version == "v1"
    assert (after.header.aliases, after.header.labels) == (before.header.aliases, before.header.labels)
    assert after.header.comment == before.header.comment
    assert [each.options for each in after.versions.values()] == [each.options for each in before.versions.values()]
    assert after.versions["v1"].secrets == before.versions["v1"].secrets
    assert after.versions["v1"].last_modified_time == after.header.last_modified_time
    assert after.header.last_modified_time > before.header.last_modified_time
    row = (await session.rows("SHOW HISTORY FOR MODEL m LIMIT 1"))[0]
    assert row[5:10] == ("ROLLBACK MODEL", "p.default.m", None, "v2", "v1")


async def test_a_rollback_can_be_rolled_back(scene: Scene, session: Session) -> None:
    await session.run(create(comment="COMMENT 'a'"))
    then = now(scene)
    await session.run("ALTER MODEL m SET COMMENT 'b'")
    later = now(scene)

    await session.run(f"ROLLBACK MODEL m TO REVISION {then}", f"ROLLBACK MODEL m TO REVISION {later}")

    assert model(scene.catalog).header.comment == "b"


async def test_versions_since_then_stay_and_dropped_ones_come_back(scene: Scene, session: Session) -> None:
    await session.run(create(), add("m", "v2"))
    then = now(scene)
    await session.run(add("m", "v3"), "ALTER MODEL m SET DEFAULT_VERSION v3", "ALTER MODEL m DROP VERSION v1")

    await session.run(f"ROLLBACK MODEL m TO REVISION {then}")

    assert sorted(model(scene.catalog).versions) == ["v1", "v2", "v3"]
    assert model(scene.catalog).header.default_version == "v1"


async def test_a_replacement_goes_with_its_versions(scene: Scene, session: Session) -> None:
    await session.run(create(), add())
    then, before = now(scene), model(scene.catalog)
    await session.run(create_imported().replace("CREATE", "CREATE OR REPLACE"))
    await session.run(
        f"ALTER MODEL m ADD VERSION w INPUT (a INT) OPTIONS ({TREE}LOCATION = 'oss://e/b/', "
        "ROLEARN = 'acs:ram::1:role/r')"
    )

    await session.run(f"ROLLBACK MODEL m TO REVISION {then}")

    after = model(scene.catalog)
    assert sorted(after.versions) == ["v1", "v2"]
    assert (after.header.source_type, after.header.create_time) == ("REMOTE", before.header.create_time)
    await session.run(f"ALTER MODEL m ADD VERSION v3 OPTIONS ({LLM}{REMOTE})")


async def test_a_model_that_only_got_another_time_was_not_replaced(scene: Scene, session: Session) -> None:
    await session.run(create(comment="COMMENT 'c'"))
    then = now(scene)
    await session.run(
        "RECORD MODEL m (CREATE_TIME = '2020-01-01 00:00:00Z')", add(), "ALTER MODEL m SET COMMENT 'changed'"
    )

    await session.run(f"ROLLBACK MODEL m TO REVISION {then}")

    assert sorted(model(scene.catalog).versions) == ["v1", "v2"]
    assert model(scene.catalog).header.comment == "c"


async def test_a_replacement_that_was_rolled_back_is_none(scene: Scene, session: Session) -> None:
    await session.run(create())
    first = now(scene)
    await session.run(create("m", "w").replace("CREATE", "CREATE OR REPLACE"))
    second = now(scene)

    await session.run(f"ROLLBACK MODEL m TO REVISION {first}", add(), f"ROLLBACK MODEL m TO REVISION {first}")
    assert sorted(model(scene.catalog).versions) == ["v1", "v2"]
    await session.run(f"ROLLBACK MODEL m TO REVISION {second}")
    assert sorted(model(scene.catalog).versions) == ["w"]


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (["ALTER MODEL m RENAME TO n"], "n"),
        ([create("n")], "n"),
        (["DROP MODEL m", create()], "m"),
        ([create("m", "w").replace("CREATE", "CREATE OR REPLACE")], "m"),
    ],
)
async def test_what_a_transaction_has_made_has_no_past_yet(
    scene: Scene, session: Session, before: list[str], name: str
) -> None:
    await session.run(create())
    then = now(scene)
    await session.run("BEGIN", *before)

    with pytest.raises(OdpsError, match="did not exist at revision") as raised:
        await session.run(f"ROLLBACK MODEL {name} TO REVISION {then}")

    assert "COMMIT" in str(raised.value.diagnostic.hint)


async def test_name_and_owner_stay(scene: Scene, session: Session) -> None:
    await session.run(create("a", comment="COMMENT 'a'"))
    then = now(scene)
    await session.run(
        "CREATE USER carol",
        "ALTER MODEL a RENAME TO b",
        "ALTER MODEL b CHANGEOWNER TO 'carol'",
        "ALTER MODEL b SET COMMENT 'b'",
    )

    await session.run(f"ROLLBACK MODEL b TO REVISION {then}")

    assert model(scene.catalog, "p.default.b").header.owner == "carol"
    assert model(scene.catalog, "p.default.b").header.comment == "a"


async def test_the_past_of_another_model_of_the_name_is_not_its_own(scene: Scene, session: Session) -> None:
    await session.run(create())
    then = now(scene)
    await session.run("DROP MODEL m", create())

    assert await session.fails(f"ROLLBACK MODEL m TO REVISION {then}") is Condition.MODEL_NOT_THERE
    await session.run("DROP MODEL m", "UNDROP MODEL m", "ALTER MODEL m RENAME TO n", "UNDROP MODEL m")
    await session.run("ALTER MODEL m SET COMMENT 'c'", f"ROLLBACK MODEL m TO REVISION {then}")
    assert model(scene.catalog).header.comment == ""


async def test_a_rollback_to_what_it_is_changes_nothing(scene: Scene, session: Session) -> None:
    await session.run(create(), "ALTER MODEL m SET COMMENT 'c'")
    before = scene.catalog

    await session.run(f"ROLLBACK MODEL m TO REVISION {now(scene)}")

    assert scene.catalog is before


async def test_a_rollback_in_a_transaction_is_undone_with_it(scene: Scene, session: Session) -> None:
    await session.run(create())
    then = now(scene)
    await session.run("ALTER MODEL m SET COMMENT 'c'", "BEGIN", f"ROLLBACK MODEL m TO REVISION {then}")
    assert await session.value("m", "Comment") == ""

    await session.run("ROLLBACK")

    assert model(scene.catalog).header.comment == "c"


async def test_an_alias_that_became_a_version_is_refused(scene: Scene, session: Session) -> None:
    await session.run(create(), "ALTER MODEL m SET ALIAS prod FOR VERSION v1")
    then = now(scene)
    await session.run("ALTER MODEL m DROP ALIAS prod", add("m", "prod"))

    assert await session.fails(f"ROLLBACK MODEL m TO REVISION {then}") is Condition.ALIAS_IS_VERSION


async def test_secrets_whose_key_is_lost_are_not_brought_back(scene: Scene, session: Session) -> None:
    await session.run(create_keyed("m"))
    then = now(scene)
    await session.run("ALTER MODEL m SET COMMENT 'c'")
    scene.engine = Engine(scene.committer, Keyring([bytes(range(32))]), scene.engine.clock)
    other = scene.session()

    assert await other.fails(f"ROLLBACK MODEL m TO REVISION {then}") is Condition.EARLIER_KEY_LOST
    assert (await described(other, f"DESC MODEL m AS OF REVISION {then}"))["APIKEY"] == "********"


async def test_what_is_missing_or_public_is_refused(session: Session) -> None:
    public = "bigdata_public_modelset.`qwen3-0.6b-gguf`"

    assert await session.fails("ROLLBACK MODEL m TO REVISION 1") is Condition.MODEL_NOT_FOUND
    assert await session.fails(f"ROLLBACK MODEL {public} TO REVISION 2") is Condition.PUBLIC_MODEL


async def test_a_model_that_was_replaced_meanwhile_conflicts(scene: Scene, session: Session) -> None:
    await session.run(create())
    then = now(scene)
    other = scene.session("bob")
    await session.run("ALTER MODEL m SET COMMENT 'c'")
    find = session.executor.past.states.find_earlier

    async def find_late(*arguments: object) -> object:
        earlier = await find(*arguments)  # type: ignore[arg-type]
        await other.run("DROP MODEL m", create())
        return earlier

    session.executor.past.states.find_earlier = find_late  # type: ignore[method-assign,assignment]

    assert await session.fails(f"ROLLBACK MODEL m TO REVISION {then}") is Condition.CONFLICT

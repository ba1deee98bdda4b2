"""Grants, roles and members over time: what comes and goes with what, and in transactions."""

import pytest

from server.errors import Condition, OdpsError
from server.executor import Executor
from server.notifications import MODEL_CHANGES, Inbox
from tests.unit.server.catalog.scenes import add, create
from tests.unit.server.sessions import KEY, Scene, Session, create_keyed

Rows = list[tuple[object, ...]]


@pytest.fixture
async def scene() -> Scene:
    made = await Scene().begin()
    await made.session().run("ADD USER carol", "ADD USER dave", create("m"))
    return made


@pytest.fixture
def alice(scene: Scene) -> Session:
    return scene.session()


@pytest.fixture
def carol(scene: Scene) -> Session:
    return scene.session("carol")


async def acl(session: Session, text: str = "SHOW ACL FOR m") -> Rows:
    """(grantee type, grantee, actions) of what was granted."""
    return [(row[1], row[2], row[5]) for row in await session.rows(text) if row[0] == "ACL"]


async def test_grants_add_up_and_are_taken_one_by_one(alice: Session, carol: Session) -> None:
    await alice.run("GRANT Alter, Describe ON MODEL m TO USER carol", "GRANT Drop ON MODEL m TO USER carol, USER dave")
    assert await acl(alice) == [("user", "carol", "Describe | Alter | Drop"), ("user", "dave", "Drop")]

    await alice.run("REVOKE Alter, Execute ON MODEL m FROM USER carol", "REVOKE All ON MODEL m FROM USER dave")

    assert await acl(alice) == [("user", "carol", "Describe | Drop")]
    assert await carol.fails("ALTER MODEL m SET COMMENT 'c'") is Condition.NO_PRIVILEGE


async def test_what_is_granted_already_changes_nothing(scene: Scene, alice: Session) -> None:
    await alice.run("GRANT Describe ON MODEL m TO USER carol")
    revision, modified = scene.catalog.revision, await alice.value("m", "LastModifiedTime")

    await alice.run("GRANT Describe ON MODEL m TO USER carol", "REVOKE Alter ON MODEL m FROM USER carol")

    assert scene.catalog.revision == revision
    assert await alice.value("m", "LastModifiedTime") == modified


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("GRANT Describe ON MODEL x TO USER carol", Condition.MODEL_NOT_FOUND),
        ("GRANT Describe ON MODEL m TO USER nobody", Condition.MEMBER_MISSING),
        ("GRANT Describe ON MODEL m TO ROLE nothing", Condition.PROJECT_ROLE_MISSING),
        ("GRANT CreateModel ON MODEL m TO USER carol", Condition.ACTION_NOT_FOR_OBJECT),
        ("GRANT Describe ON SCHEMA default TO USER carol", Condition.ACTION_NOT_FOR_OBJECT),
        ("GRANT List ON SCHEMA x TO USER carol", Condition.SCHEMA_NOT_FOUND),
        ("GRANT List ON PROJECT x TO USER carol", Condition.PROJECT_NOT_FOUND),
        ("GRANT List ON PROJECT bigdata_public_modelset TO USER carol", Condition.PUBLIC_MODEL),
        ("GRANT nothing TO carol", Condition.PROJECT_ROLE_MISSING),
        ("GRANT Admin TO nobody", Condition.MEMBER_MISSING),
        ("ADD USER carol", Condition.MEMBER_EXISTS),
        ("ADD USER public", Condition.ROLE_NAME_RESERVED),
        ("ADD USER ALIYUN$maxcompute", Condition.ROLE_NAME_RESERVED),
        ("REMOVE USER nobody", Condition.MEMBER_MISSING),
        ("REMOVE USER alice", Condition.MEMBER_OWNS),
        ("CREATE ROLE admin", Condition.PROJECT_ROLE_EXISTS),
        ("CREATE ROLE `1`", Condition.INVALID_TOKEN_EXPECTING),
        ('CREATE ROLE "a b"', Condition.NAME_INVALID),
        ("DROP ROLE Admin", Condition.ROLE_NAME_RESERVED),
        ("DROP ROLE nothing", Condition.ROLE_MISSING),
        ("SHOW GRANTS FOR ROLE nothing", Condition.PROJECT_ROLE_MISSING),
        ("DESCRIBE ROLE nothing", Condition.PROJECT_ROLE_MISSING),
        ("SHOW ACL FOR x", Condition.MODEL_NOT_FOUND),
        ("ALTER USER alice NOSUPERUSER", None),
    ],
)
async def test_only_what_there_is(alice: Session, text: str, condition: Condition | None) -> None:
    if condition is None:  # bob is one too
        await alice.run(text)
    else:
        assert await alice.fails(text) is condition


async def test_the_last_superuser_stays_one(alice: Session) -> None:
    await alice.run("ALTER USER bob NOSUPERUSER")

    assert await alice.fails("ALTER USER alice NOSUPERUSER") is Condition.ROLE_LAST_SUPERUSER


async def test_roles_hold_for_whoever_has_them(alice: Session, carol: Session) -> None:
    await alice.run(
        "CREATE ROLE readers",
        "GRANT Describe ON MODEL m TO ROLE readers",
        "GRANT List ON SCHEMA default TO ROLE readers",
    )
    assert await carol.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND

    await alice.run("GRANT readers TO carol")
    assert await carol.models() == ["m"]
    await carol.run("DESC MODEL m")
    assert await carol.rows("LIST USERS") == [("alice", "Super_Administrator"), ("carol", "readers"), ("dave", "")]
    assert await carol.rows("LIST ROLES") == [
        ("Super_Administrator", True, 1),
        ("Admin", True, 0),
        ("readers", False, 1),
    ]
    assert await carol.rows("DESCRIBE ROLE readers") == [
        ("User", "carol", None),
        ("ACL", "projects/p/schemas/default", "List"),
        ("ACL", "projects/p/schemas/default/models/m", "Describe"),
    ]
    assert await alice.fails("DROP ROLE readers") is Condition.ROLE_HELD

    await alice.run("REVOKE readers FROM carol")
    assert await carol.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND
    await alice.run("DROP ROLE readers", "CREATE ROLE readers", "GRANT readers TO carol")
    assert await carol.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND


async def test_drop_role_is_postgresqls_for_users(alice: Session) -> None:
    await alice.run("DROP ROLE IF EXISTS nobody", "DROP ROLE carol")

    assert [row[0] for row in await alice.rows("LIST USERS")] == ["alice", "dave"]


async def test_a_removed_users_grants_sleep_and_its_roles_are_gone(alice: Session, carol: Session) -> None:
    await alice.run("GRANT Describe ON MODEL m TO USER carol", "GRANT Admin TO carol", "REMOVE USER carol")
    assert await carol.fails("DESC MODEL m") is Condition.NOT_MEMBER
    assert await carol.fails("USE p") is Condition.NOT_MEMBER

    await alice.run("ADD USER carol")

    await carol.run("DESC MODEL m")
    assert await carol.fails("ALTER MODEL m SET COMMENT 'c'") is Condition.NO_PRIVILEGE


async def test_a_dropped_users_grants_are_nobodys(alice: Session, carol: Session) -> None:
    await alice.run(
        "GRANT Describe ON MODEL m TO USER carol", "GRANT List ON PROJECT p TO USER carol", "DROP USER carol"
    )

    await alice.run("ADD USER carol")

    assert await carol.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND
    assert await acl(alice, "SHOW ACL FOR p ON TYPE PROJECT") == []


async def test_an_admin_removes_nobody_whose_role_only_others_can_revoke(alice: Session, carol: Session) -> None:
    await alice.run("GRANT Admin TO carol", "GRANT Super_Administrator TO dave", "ADD USER erin")

    assert await carol.fails("REVOKE Super_Administrator FROM dave") is Condition.NO_PRIVILEGE
    assert await carol.fails("REMOVE USER dave") is Condition.NO_PRIVILEGE
    assert await carol.fails("REMOVE USER carol") is Condition.NO_PRIVILEGE
    await carol.run("REMOVE USER erin")
    await alice.run("REMOVE USER dave")


async def test_who_gets_a_dropped_users_name_gets_nothing_of_what_it_owned(alice: Session) -> None:
    await alice.run("ALTER MODEL m CHANGEOWNER TO 'dave'", "DROP MODEL m", "DROP USER dave", "ADD USER dave")
    await alice.run("GRANT CreateModel, List ON SCHEMA default TO USER dave")
    dave = Session(Executor(alice.executor.engine, "dave", "p"))
    revision = alice.executor.control.catalog.revision - 4  # of CHANGEOWNER

    assert await dave.fails("UNDROP MODEL m") is Condition.MODEL_NOT_DROPPED
    assert await dave.fails("PURGE MODEL m") is Condition.MODEL_NOT_DROPPED
    assert await dave.rows("SHOW DROPPED MODELS") == []
    assert await dave.fails("SHOW HISTORY FOR MODEL m") is Condition.MODEL_NOT_FOUND
    assert await dave.fails(f"DESC MODEL m AS OF REVISION {revision}") is Condition.MODEL_NOT_FOUND
    assert await alice.rows(f"DESC MODEL m AS OF REVISION {revision}")

    await alice.run("UNDROP MODEL m")
    assert await alice.value("m", "Owner") == "alice"


async def test_the_past_is_told_to_nobody_who_may_not_read_it(alice: Session, carol: Session) -> None:
    """Whether there was something then is not told either."""
    await alice.run("GRANT Execute ON MODEL m TO USER carol")
    newest = alice.executor.control.catalog.revision

    for revision in (1, newest - 1, newest + 1):
        assert await carol.fails(f"DESC MODEL m AS OF REVISION {revision}") is Condition.NO_PRIVILEGE
        assert await carol.fails(f"ROLLBACK MODEL m TO REVISION {revision}") is Condition.NO_PRIVILEGE


async def past(session: Session, project: str = "p") -> tuple[list[object], list[object]]:
    """The actions of the history of `m`, as both ways to it tell them, the oldest first."""
    shown = [row[5] for row in await session.rows("SHOW HISTORY FOR MODEL m")]
    seen = [row[0] for row in await session.rows("SELECT action FROM model_history WHERE model_name = 'm'")]
    assert [
        row[0] for row in await session.rows(f"SELECT action FROM model_history WHERE object = '{project}.default.m'")
    ] == seen
    return shown[::-1], seen


async def test_who_takes_a_freed_name_is_not_told_its_past(alice: Session, carol: Session) -> None:
    await alice.run("GRANT CreateModel ON SCHEMA default TO USER carol", "ALTER MODEL m SET COMMENT 'c'")
    first = alice.executor.control.catalog.revision
    await alice.run("DROP MODEL m")

    await carol.run("BEGIN", create("m"))
    assert await past(carol) == ([], [])
    await carol.run("COMMIT")
    assert await past(carol) == (["CREATE MODEL"], ["CREATE MODEL"])
    assert await carol.fails(f"DESC MODEL m AS OF REVISION {first}") is Condition.MODEL_NOT_THERE

    await carol.run("DROP MODEL m")
    assert [row[5] for row in await carol.rows("SHOW HISTORY FOR MODEL m")] == ["DROP MODEL", "CREATE MODEL"]
    await alice.run(create("m"), "DROP MODEL m")
    assert [row[5] for row in await carol.rows("SHOW HISTORY FOR MODEL m")] == ["DROP MODEL", "CREATE MODEL"]

    await alice.run("PURGE MODEL m")
    await carol.run(create("n"), "ALTER MODEL n RENAME TO m")
    assert await past(carol) == (["CREATE MODEL", "RENAME MODEL"], [])
    assert await carol.fails(f"DESC MODEL m AS OF REVISION {first}") is Condition.MODEL_NOT_THERE
    assert len((await past(alice))[1]) > 5


async def test_who_administers_a_project_made_anew_is_not_told_its_past(alice: Session, carol: Session) -> None:
    await alice.run("CREATE DATABASE q", "USE q", create("m"), "DROP MODEL m", "USE p", "DROP DATABASE q")
    await alice.run("CREATE DATABASE q", "USE q", "ADD USER carol", "GRANT Admin TO carol")
    await carol.run("USE q")

    assert await carol.rows("SELECT object FROM information_schema.model_history WHERE model_name = 'm'") == []
    assert await carol.fails("SHOW HISTORY FOR MODEL m") is Condition.MODEL_NOT_FOUND
    await carol.run(create("m"))
    assert await past(carol, "q") == (["CREATE MODEL"], ["CREATE MODEL"])
    assert (await past(alice, "q"))[1] == ["CREATE MODEL", "DROP MODEL", "CREATE MODEL"]
    actions = [row[0] for row in await carol.rows("SELECT action FROM information_schema.model_history")]
    assert actions == ["CREATE DATABASE", "ADD USER", "GRANT ROLE", "CREATE MODEL"]


async def test_a_models_own_history_goes_through_the_recycle_bin(alice: Session, carol: Session) -> None:
    await alice.run("GRANT CreateModel ON SCHEMA default TO USER carol", "DROP MODEL m", "PURGE MODEL m")
    await carol.run(create("m"), "ALTER MODEL m SET COMMENT 'c'", "DROP MODEL m")
    await alice.run(create("m"), "ALTER MODEL m RENAME TO other")
    await carol.run("UNDROP MODEL m", add())

    own: list[object] = ["CREATE MODEL", "SET COMMENT", "DROP MODEL", "UNDROP MODEL", "ADD VERSION"]
    assert await past(carol) == (own, own)


async def test_grants_go_with_their_object(alice: Session, carol: Session) -> None:
    await alice.run("GRANT Describe ON MODEL m TO USER carol", "DROP MODEL m", create("m"))
    assert await acl(alice) == []

    await alice.run("GRANT Describe ON MODEL m TO USER carol", "DROP MODEL m", "UNDROP MODEL m")

    assert await carol.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND


async def test_grants_stay_through_rename_replacement_and_rollback(
    scene: Scene, alice: Session, carol: Session
) -> None:
    revision = scene.catalog.revision
    await alice.run("GRANT Describe ON MODEL m TO USER carol", "ALTER MODEL m RENAME TO n")
    await carol.run("DESC MODEL n")

    await alice.run("ALTER MODEL n RENAME TO m", create("m").replace("CREATE MODEL", "CREATE OR REPLACE MODEL"))
    await alice.run(f"ROLLBACK MODEL m TO REVISION {revision}")

    await carol.run("DESC MODEL m")


async def test_grants_on_a_project_hold_in_its_schemas(alice: Session, carol: Session) -> None:
    await alice.run("CREATE SCHEMA s", "GRANT CreateModel, List ON PROJECT p TO USER carol")

    await carol.run(create("s.mine"), "SHOW MODELS IN s")

    assert await carol.rows("SHOW GRANTS") == [
        ("Implicit", "object_creator", "carol", "model", "projects/p/schemas/s/models/mine", "All"),
        ("ACL", "user", "carol", "project", "projects/p", "CreateModel | List"),
    ]


async def test_who_i_am(alice: Session, carol: Session) -> None:
    assert await alice.rows("WHOAMI") == [("alice", None, "p", "default", "Super_Administrator")]
    assert await carol.rows("WHOAMI") == [("carol", None, "p", "default", "")]


async def test_show_acl_says_who_holds_all(alice: Session) -> None:
    await alice.run("GRANT Admin TO carol", "ALTER MODEL m CHANGEOWNER TO 'dave'", "GRANT All ON MODEL m TO USER carol")

    what = ("model", "projects/p/schemas/default/models/m")
    assert await alice.rows("SHOW ACL FOR m") == [
        ("Implicit", "project_owner", "alice", *what, "All"),
        ("Implicit", "super_administrator", "alice", *what, "All"),
        ("Implicit", "admin", "carol", *what, "All"),
        ("Implicit", "object_creator", "dave", *what, "All"),
        ("Implicit", "object_creator", "alice", *what, "All"),
        ("ACL", "user", "carol", *what, "Describe | Execute | Alter | Drop"),
    ]


async def test_grants_are_undone_with_their_transaction(alice: Session, carol: Session) -> None:
    await alice.run("BEGIN", "GRANT Describe ON MODEL m TO USER carol")
    assert await acl(alice) == [("user", "carol", "Describe")]
    assert await carol.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND

    await alice.run("ROLLBACK")

    assert await acl(alice) == []


@pytest.mark.parametrize(
    "taken",
    [
        "REVOKE Alter ON MODEL m FROM USER carol",
        "REVOKE Admin FROM carol",
        "REMOVE USER carol",
        "REVOKE List ON PROJECT p FROM USER carol",
    ],
)
async def test_what_was_revoked_meanwhile_is_not_committed(alice: Session, carol: Session, taken: str) -> None:
    """A transaction that began while something was allowed ends with 40001 when it is not any more."""
    await alice.run(
        "GRANT Alter ON MODEL m TO USER carol", "GRANT Admin TO carol", "GRANT List ON PROJECT p TO USER carol"
    )
    await carol.run("BEGIN", add("m", "v2"))

    await alice.run(taken)

    assert await carol.fails("COMMIT") is Condition.CONFLICT


@pytest.mark.parametrize("change", ["ALTER MODEL m SET COMMENT 'c'", "DROP MODEL m"])
async def test_a_conflict_tells_of_no_model_that_one_may_not_see(alice: Session, carol: Session, change: str) -> None:
    await alice.run("GRANT CreateModel ON SCHEMA default TO USER carol")
    await carol.run("BEGIN", "DROP MODEL IF EXISTS m", create("n"))

    await alice.run(change)

    await carol.run("COMMIT")


async def test_a_conflict_tells_of_a_model_that_one_may_see_by_now(alice: Session, carol: Session) -> None:
    await alice.run("GRANT CreateModel ON SCHEMA default TO USER carol")
    await carol.run("BEGIN", "DROP MODEL IF EXISTS m", create("n"))

    await alice.run("GRANT Describe ON MODEL m TO USER carol")

    assert await carol.fails("COMMIT") is Condition.CONFLICT


async def test_what_was_revoked_meanwhile_reveals_no_secret(alice: Session, carol: Session) -> None:
    await alice.run(create_keyed("k"), "GRANT All ON MODEL k TO USER carol")
    await alice.run("GRANT CreateModel ON PROJECT p TO USER carol")
    await carol.run("SET modeld.reveal_secrets = true", "BEGIN", create_keyed("own"))
    assert await carol.value("k", "APIKEY") == await carol.value("own", "APIKEY") == KEY

    await alice.run("REVOKE Alter ON MODEL k FROM USER carol")
    assert KEY not in str(await carol.value("k", "APIKEY"))
    assert await carol.value("own", "APIKEY") == KEY

    await alice.run("DROP USER carol")
    assert KEY not in str(await carol.value("own", "APIKEY"))


async def test_a_name_of_two_parts_means_what_one_sees(alice: Session, carol: Session) -> None:
    """A hidden model takes nobody's name away, and its being there is told to nobody."""
    await alice.run("CREATE SCHEMA s", create("s.x"), "GRANT Describe ON MODEL s.x TO USER carol")
    await alice.run("CREATE DATABASE s", "USE s", "ADD USER carol", create("x"), "USE p")

    assert await carol.value("s.x", "Project") == "p"
    assert await alice.value("s.x", "Project") == "s"


async def test_listeners_hear_of_what_they_may_describe(scene: Scene, alice: Session) -> None:
    inboxes = {
        who: Inbox(scene.engine.hub, number, hears=scene.session(who).executor.hears)
        for number, who in enumerate(["alice", "carol", "dave"])
    }
    scene.committer.on_commit = scene.engine.hub.publish_events
    for inbox in inboxes.values():
        inbox.listen(MODEL_CHANGES)
        inbox.commit()

    await alice.run(
        "GRANT Describe ON MODEL m TO USER carol", create("hidden"), "ALTER MODEL m SET COMMENT 'c'", "DROP MODEL m"
    )

    heard = {
        who: [note.payload.split('"action":"')[1].split('"')[0] for note in inbox.take_arrived()]
        for who, inbox in inboxes.items()
    }
    assert heard == {
        "alice": ["GRANT", "CREATE MODEL", "SET COMMENT", "DROP MODEL"],
        "carol": ["GRANT", "SET COMMENT", "DROP MODEL"],
        "dave": [],
    }


async def test_the_view_shows_own_grants_and_those_one_may_give(alice: Session, carol: Session) -> None:
    await alice.run("CREATE ROLE r", "GRANT r TO carol", "GRANT List ON PROJECT p TO USER dave")
    await alice.run("GRANT Describe, Alter ON MODEL m TO ROLE r", "GRANT Drop ON MODEL m TO USER dave")
    columns = "model_name, object_type, grantee_type, grantee, action"

    mine = [("m", "model", "role", "r", "Describe"), ("m", "model", "role", "r", "Alter")]
    others = [(None, "project", "user", "dave", "List"), ("m", "model", "user", "dave", "Drop")]
    assert await carol.rows(f"SELECT {columns} FROM model_grants") == mine
    assert sorted(await alice.rows(f"SELECT {columns} FROM information_schema.model_grants"), key=str) == sorted(
        mine + others, key=str
    )
    assert len(await alice.rows("SELECT 1 FROM model_grants WHERE model_name = 'm'")) == 3


async def test_extended_shows_grants_to_who_may_give_them(alice: Session, carol: Session) -> None:
    await alice.run("GRANT Describe ON MODEL m TO USER carol")
    line = ("Grants", "user/carol", "Describe", "")

    assert line in await alice.rows("DESC MODEL EXTENDED m")
    assert line not in await carol.rows("DESC MODEL EXTENDED m")


async def test_the_history_tells_of_grants_and_members(alice: Session) -> None:
    await alice.run(
        "GRANT Describe ON MODEL m TO USER carol", "GRANT List ON PROJECT p TO USER carol", "REMOVE USER dave"
    )

    history = await alice.rows("SHOW HISTORY FOR MODEL m")
    assert history[0][5] == "GRANT"
    assert history[0][10] == "GRANT Describe ON MODEL m TO USER carol"
    rows = await alice.rows(
        "SELECT action, object FROM information_schema.model_history ORDER BY revision DESC LIMIT 2"
    )
    assert rows == [("REMOVE USER", "p.dave"), ("GRANT", "p")]


async def statements_of_grants(session: Session) -> list[tuple[object, ...]]:
    """(action, statement) of the grants on `m`, as both ways to the history tell them."""
    shown = [(row[5], row[10]) for row in await session.rows("SHOW HISTORY FOR MODEL m") if row[5] != "CREATE MODEL"]
    seen = await session.rows(
        "SELECT action, statement FROM model_history "
        "WHERE model_name = 'm' AND action <> 'CREATE MODEL' ORDER BY revision DESC"
    )
    assert seen == shown
    return seen


async def test_whom_something_was_granted_to_is_told_to_who_may_grant(alice: Session, carol: Session) -> None:
    texts = ["REVOKE Alter ON MODEL m FROM USER dave", "GRANT Describe, Alter ON MODEL m TO USER carol, USER dave"]
    await alice.run(*reversed(texts))

    assert await statements_of_grants(carol) == [("REVOKE", None), ("GRANT", None)]
    assert await statements_of_grants(alice) == [("REVOKE", texts[0]), ("GRANT", texts[1])]
    await alice.run("ALTER MODEL m CHANGEOWNER TO 'carol'")
    assert (await statements_of_grants(carol))[1:] == [("REVOKE", texts[0]), ("GRANT", texts[1])]


async def test_which_schemas_a_project_has_is_told_to_members(alice: Session, carol: Session) -> None:
    await alice.run("CREATE DATABASE q", "CREATE SCHEMA q.s")

    for schema in ("q.s", "q.t"):
        for text in (f"DROP SCHEMA {schema}", f"DROP SCHEMA IF EXISTS {schema}", f"SHOW MODELS IN {schema}"):
            assert await carol.fails(text) is Condition.NOT_MEMBER
    assert await carol.fails("SHOW SCHEMAS IN q") is Condition.NOT_MEMBER


async def test_roles_in_pg_roles(alice: Session, carol: Session) -> None:
    rows = await carol.rows(
        "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname IN ('alice', 'carol') ORDER BY 1"
    )

    assert rows == [("alice", True, True), ("carol", False, False)]
    query = "SELECT rolname, rolcanlogin FROM pg_database JOIN pg_roles r ON datdba = r.oid ORDER BY datname"
    assert await carol.rows(query) == [("ALIYUN$maxcompute", False), ("alice", True)]
    assert [await each.show("is_superuser") for each in (alice, carol)] == ["on", "off"]


async def test_a_superuser_needs_no_membership(scene: Scene, alice: Session) -> None:
    bob = scene.session("bob")
    await bob.run("DESC MODEL m")

    await alice.run("ALTER USER bob NOSUPERUSER")

    with pytest.raises(OdpsError, match="You doesn't exist in project p"):
        await bob.run("DESC MODEL m")

"""Every statement by everybody: who may do it, and what those are told who may not.

The rows are statements, the columns are people who differ in what they hold; each is tried on the same scene.
"""

from typing import Final

import pytest

from server.errors import OdpsError
from server.statements import PrivilegeQuery
from tests.unit.server.catalog.scenes import add, create
from tests.unit.server.sessions import Scene, Session

# What each of them holds on model m, besides being a member of the project; `stranger` is not even that.
HOLDINGS: Final = {
    "root": (),  # a superuser
    "alice": (),  # the project's owner
    "ruler": ("GRANT Super_Administrator TO ruler",),
    "admin": ("GRANT Admin TO admin",),
    "founder": (),  # the schema's owner
    "maker": (),  # the model's owner
    "describer": ("GRANT Describe ON MODEL s.m TO USER describer",),
    "executor": ("GRANT Execute ON MODEL s.m TO USER executor",),
    "alterer": ("CREATE ROLE alterers", "GRANT Alter ON MODEL s.m TO ROLE alterers", "GRANT alterers TO alterer"),
    "dropper": ("GRANT Drop ON MODEL s.m TO USER dropper",),
    "holder": ("GRANT All ON MODEL s.m TO USER holder",),
    "lister": ("GRANT List ON SCHEMA s TO USER lister",),
    "creator": ("GRANT CreateModel ON PROJECT p TO USER creator",),
    "member": (),
    "stranger": (),
}
MEMBERS: Final = [name for name in HOLDINGS if name not in ("root", "alice", "stranger")]

RULERS: Final = frozenset({"root", "alice", "ruler"})
ADMINS: Final = RULERS | {"admin"}
MANAGERS: Final = ADMINS | {"founder"}
OWNERS: Final = MANAGERS | {"maker"}
DESCRIBERS: Final = OWNERS | {"describer", "holder"}
ALTERERS: Final = OWNERS | {"alterer", "holder"}
DROPPERS: Final = OWNERS | {"dropper", "holder"}
# For whom the model exists.
SEERS: Final = OWNERS | {"describer", "executor", "alterer", "dropper", "holder", "lister"}
LISTERS: Final = MANAGERS | {"lister"}
CREATORS: Final = MANAGERS | {"creator"}
EVERYBODY: Final = frozenset(HOLDINGS) - {"stranger"}

M, S, P = "projects/p/schemas/s/models/m", "projects/p/schemas/s", "projects/p"

# (statement, who may, what those are told who may not: the action that is missing and on what)
ON_MODEL: Final = [
    ("DESC MODEL s.m", DESCRIBERS, ("Describe", M)),
    ("DESC MODEL EXTENDED s.m VERSION v1", DESCRIBERS, ("Describe", M)),
    ("DESC MODEL s.m AS OF REVISION {revision}", DESCRIBERS, ("Describe", M)),
    ("SHOW CREATE MODEL s.m", DESCRIBERS, ("Describe", M)),
    ("SHOW HISTORY FOR MODEL s.m", DESCRIBERS, ("Describe", M)),
    ("SHOW VERSIONS FOR MODEL s.m", OWNERS | {"lister"}, ("List", S)),
    (add("s.m", "v3"), ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m SET DEFAULT_VERSION v2", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m DROP VERSION v2", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m SET COMMENT 'c'", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m MODIFY VERSION v1 SET COMMENT 'c'", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m MODIFY VERSION v1 SET OPTIONS (APIKEY = 'other')", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m SET LABELS ('a' = 'b')", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m UNSET LABELS ('a')", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m SET LIFECYCLE 3", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m SET ALIAS a FOR VERSION v1", ALTERERS, ("Alter", M)),
    ("ALTER MODEL s.m DROP ALIAS IF EXISTS a", ALTERERS, ("Alter", M)),
    ("ROLLBACK MODEL s.m TO REVISION {revision}", ALTERERS, ("Alter", M)),
    ("DROP MODEL s.m", DROPPERS, ("Drop", M)),
    ("SHOW ACL FOR s.m", OWNERS, ("Grant", M)),
    ("GRANT Describe ON MODEL s.m TO USER member", OWNERS, ("Grant", M)),
    ("REVOKE Describe ON MODEL s.m FROM USER member", OWNERS, ("Grant", M)),
]
# The same for statements about what everybody may know of.
ELSEWHERE: Final = [
    (create("s.n"), CREATORS, ("CreateModel", S)),
    ("SHOW MODELS IN s", LISTERS, ("List", S)),
    ("SHOW DROPPED MODELS IN s", LISTERS, ("List", S)),
    ("GRANT List ON SCHEMA s TO USER member", MANAGERS, ("Grant", S)),
    ("SHOW ACL FOR s ON TYPE SCHEMA", MANAGERS, ("Grant", S)),
    ("GRANT List ON PROJECT p TO USER member", ADMINS, ("Grant", P)),
    ("SHOW ACL FOR p ON TYPE PROJECT", ADMINS, ("Grant", P)),
    ("CREATE SCHEMA t", ADMINS, ("CreateSchema", P)),
    ("DROP SCHEMA empty", ADMINS, ("DropSchema", "projects/p/schemas/empty")),
    ("ADD USER newcomer", ADMINS, ("AddUser", P)),
    ("REMOVE USER member", ADMINS, ("AddUser", P)),
    ("CREATE ROLE r", ADMINS, ("CreateRole", P)),
    ("DROP ROLE unused", ADMINS, ("CreateRole", P)),
    ("GRANT unused TO member", ADMINS, ("Grant", P)),
    ("REVOKE unused FROM member", ADMINS, ("Grant", P)),
    ("SHOW GRANTS FOR alice", ADMINS, ("Grant", P)),
    ("SHOW GRANTS FOR ROLE unused", ADMINS, ("Grant", "projects/p/roles/unused")),
    ("DESCRIBE ROLE unused", ADMINS, ("Grant", "projects/p/roles/unused")),
]
FOR_EVERYBODY: Final = [
    "LIST USERS",
    "LIST ROLES",
    "WHOAMI",
    "SHOW GRANTS",
    "SELECT * FROM models",
    "DESC MODEL bigdata_public_modelset.`qwen3-0.6b-gguf`",
    "SHOW MODELS IN bigdata_public_modelset",
    "SHOW SCHEMAS",
    "SHOW SCHEMAS IN bigdata_public_modelset",
    "SHOW VERSIONS FOR MODEL bigdata_public_modelset.`qwen3-0.6b-gguf`",
]
# Those of the server as a whole: for superusers, in PostgreSQL's words.
FOR_SUPERUSERS: Final = [
    ("CREATE DATABASE d", "permission denied to create database"),
    ("CREATE USER newcomer", "permission denied to create role"),
    ("ALTER USER member PASSWORD NULL", 'permission denied to alter role "member"'),
    ("ALTER USER member SUPERUSER", 'permission denied to alter role "member"'),
    ("DROP USER member", 'permission denied to drop role "member"'),
    ("CHECKPOINT", "must be superuser or have privileges of pg_checkpoint to do CHECKPOINT"),
    ("RECORD USER member (CREATE_TIME = '2026-01-01 00:00:00Z')", "only a superuser may record such facts"),
]


async def make_scene() -> Scene:
    """Schema `s` is founder's, model `s.m` maker's; `empty` and `unused` are nobody's in particular."""
    made = await Scene().begin()
    alice = made.session()
    members = (f"ADD USER {one}" for one in MEMBERS)
    await alice.run("CREATE USER root SUPERUSER", "ALTER USER alice NOSUPERUSER", *members)
    await made.session("root").run("REMOVE USER root", "CREATE USER stranger", "REMOVE USER stranger")
    await alice.run("CREATE SCHEMA s", "CREATE SCHEMA empty", "CREATE ROLE unused", create("s.m"), add("s.m", "v2"))
    await alice.run("RECORD SCHEMA s (OWNER = 'founder')", "ALTER MODEL s.m CHANGEOWNER TO 'maker'")
    await alice.run(*(grant for grants in HOLDINGS.values() for grant in grants))
    return made


@pytest.fixture
async def scene() -> Scene:
    return await make_scene()


async def outcomes(scene: Scene, text: str) -> dict[str, str]:
    """What each of them is told, "" where it is done; all of it is undone again."""
    told: dict[str, str] = {}
    text = text.replace("{revision}", str(scene.catalog.revision))
    for who in HOLDINGS:
        session = scene.session(who)
        await session.run("BEGIN")
        try:
            await session.run(text)
        except OdpsError as error:
            told[who] = error.diagnostic.message(text, None)
        else:
            told[who] = ""
        await session.run("ROLLBACK")
    return told


def denied(action: str, resource: str) -> str:
    """The documented text."""
    text = f"Authorization Failed [4019], You have NO privilege 'odps:{action}' on {{acs:odps:*:{resource}}}"
    return f"ODPS-0130013:[0,0] Authorization exception - {text}"


STRANGE: Final = "ODPS-0420095: Access Denied - Authorization Failed [4002], You doesn't exist in project p"
MISSING: Final = "ODPS-0110061: Failed to run ddltask - Model p.s.m does not exist"


def on_model(allowed: frozenset[str], missing: str) -> dict[str, str]:
    """Who sees the model but may not is told so; for all others it does not exist."""
    told = {who: "" if who in allowed else missing if who in SEERS else MISSING for who in HOLDINGS}
    return told | {"stranger": STRANGE}


def elsewhere(allowed: frozenset[str], missing: str) -> dict[str, str]:
    return {who: "" if who in allowed else missing for who in HOLDINGS} | {"stranger": STRANGE}


@pytest.mark.parametrize(("text", "allowed", "missing"), ON_MODEL, ids=[text[:45] for text, _, _ in ON_MODEL])
async def test_a_statement_on_a_model(
    scene: Scene, text: str, allowed: frozenset[str], missing: tuple[str, str]
) -> None:
    assert await outcomes(scene, text) == on_model(allowed, denied(*missing))


@pytest.mark.parametrize(("text", "allowed", "missing"), ELSEWHERE, ids=[text[:45] for text, _, _ in ELSEWHERE])
async def test_a_statement_on_something_else(
    scene: Scene, text: str, allowed: frozenset[str], missing: tuple[str, str]
) -> None:
    assert await outcomes(scene, text) == elsewhere(allowed, denied(*missing))


@pytest.mark.parametrize("text", FOR_EVERYBODY)
async def test_a_statement_for_everybody(scene: Scene, text: str) -> None:
    is_public = "bigdata" in text or text.startswith("SELECT") or text == "WHOAMI"

    told = await outcomes(scene, text)

    assert told == dict.fromkeys(HOLDINGS, "") | {"stranger": "" if is_public else STRANGE}


@pytest.mark.parametrize(("text", "message"), FOR_SUPERUSERS)
async def test_a_statement_for_superusers(scene: Scene, text: str, message: str) -> None:
    told = await outcomes(scene, text)

    allowed = {"root", "member"} if text == "ALTER USER member PASSWORD NULL" else {"root"}
    assert told == {who: "" if who in allowed else message for who in HOLDINGS}


async def test_an_admin_changes_no_owner_and_hands_out_no_admin(scene: Scene) -> None:
    """Source: "MaxCompute permissions": an Admin cannot change the model owner."""
    changed = await outcomes(scene, "ALTER MODEL s.m CHANGEOWNER TO 'member'")
    granted = await outcomes(scene, "GRANT Admin TO member")

    assert {who for who, told in changed.items() if not told} == RULERS | {"maker"}
    assert changed["admin"] == changed["alterer"] == denied("ChangeOwner", M)
    assert {who for who, told in granted.items() if not told} == RULERS
    assert granted["admin"] == denied("Grant", f"{P}/roles/Admin")
    assert granted["maker"] == denied("Grant", P)


async def test_a_rename_needs_the_place_too(scene: Scene) -> None:
    told = await outcomes(scene, "ALTER MODEL s.m RENAME TO n")

    assert {who for who, told in told.items() if not told} == MANAGERS
    assert told["maker"] == told["holder"] == denied("CreateModel", S)
    assert told["describer"] == denied("Alter", M)


async def test_replacing_is_creating_and_dropping(scene: Scene) -> None:
    told = await outcomes(scene, create("s.m").replace("CREATE MODEL", "CREATE OR REPLACE MODEL"))

    assert {who for who, told in told.items() if not told} == MANAGERS
    assert told["creator"] == denied("Drop", M)
    assert told["maker"] == denied("CreateModel", S)


async def test_a_dropped_model_is_its_owners(scene: Scene) -> None:
    await scene.session().run("DROP MODEL s.m")

    brought_back, purged = await outcomes(scene, "UNDROP MODEL s.m"), await outcomes(scene, "PURGE MODEL s.m")

    # UNDROP makes a model, which maker may not do here.
    assert {who for who, told in brought_back.items() if not told} == MANAGERS
    assert {who for who, told in purged.items() if not told} == OWNERS
    assert (
        purged["holder"] == "ODPS-0110061: Failed to run ddltask - There is no dropped model p.s.m in the recycle bin"
    )


async def test_a_name_that_is_taken_is_told_to_who_may_use_names(scene: Scene) -> None:
    told = await outcomes(scene, create("s.m"))

    exists = "ODPS-0110061: Failed to run ddltask - Model p.s.m already exists"
    assert told == elsewhere(frozenset(), denied("CreateModel", S)) | dict.fromkeys(CREATORS, exists)


@pytest.mark.parametrize("who", sorted(DESCRIBERS))
async def test_a_secret_is_shown_to_who_may_alter(scene: Scene, who: str) -> None:
    session = scene.session(who)
    await session.run("SET modeld.reveal_secrets = true")

    shown = await session.value("s.m", "APIKEY")

    assert (shown == "key") == (who in ALTERERS)


async def test_the_views_show_what_may_be_seen(scene: Scene) -> None:
    async def count(session: Session, query: str) -> int:
        return len(await session.rows(f"SELECT 1 FROM {query}"))

    for who in HOLDINGS:
        session = scene.session(who)
        for query in ("s.models", "s.models WHERE model_name = 'm'", "information_schema.models"):
            assert await count(session, query) == int(who in SEERS), who
        for view, rows in (("model_versions", 2), ("model_options", 12)):
            seen = rows if who in DESCRIBERS else 0
            assert await count(session, f"s.{view}") == seen, who
            assert await count(session, f"s.{view} WHERE model_name = 'm'") == seen, who
        history = await session.rows("SELECT action FROM s.model_history")
        assert (("ADD VERSION",) in history) == (who in DESCRIBERS), who


def test_every_query_of_privileges_is_in_the_matrix() -> None:
    texts = " ".join([*FOR_EVERYBODY, *(text for text, _, _ in (*ON_MODEL, *ELSEWHERE))])

    words = ("LIST USERS", "LIST ROLES", "SHOW GRANTS", "SHOW ACL", "DESCRIBE ROLE", "WHOAMI")
    assert all(each in texts for each in words)
    assert len(PrivilegeQuery.__args__) == len(words)

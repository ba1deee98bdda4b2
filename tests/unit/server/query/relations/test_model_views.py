"""The views over the model catalog, asked through a session."""

import gc

import pytest

from server.query.relations.database import CatalogDatabase
from server.query.relations.model_views import MODEL_VIEWS
from server.query.relations.oids import schema_oids
from server.secrets import Keyring
from tests.unit.server.catalog.scenes import add, create
from tests.unit.server.sessions import KEY, Scene, Session, create_keyed
from tests.waiting import wait_until


@pytest.fixture
async def session() -> Session:
    return (await Scene().begin()).session()


async def test_models_has_a_row_for_each_model(session: Session) -> None:
    await session.run(create("b"), create("a"), add("a"))

    rows = await session.rows("SELECT model_name, default_version, version_count FROM models")

    assert rows == [("a", "v1", 2), ("b", "v1", 1)]


async def test_a_view_shows_its_own_schema_only(session: Session) -> None:
    await session.run("CREATE SCHEMA s", create("here"), create("s.there"))

    assert await session.rows("SELECT model_name FROM s.models") == [("there",)]
    assert await session.rows('SELECT model_name FROM "default".models') == [("here",)]


async def test_information_schema_shows_the_whole_project(session: Session) -> None:
    await session.run("CREATE SCHEMA s", create("here"), create("s.there"))

    rows = await session.rows("SELECT schema_name, model_name FROM information_schema.models ORDER BY 1")

    assert rows == [("default", "here"), ("s", "there")]


async def test_a_changed_model_changes_its_rows(session: Session) -> None:
    await session.run(create("a"), create("b"))
    await session.rows("SELECT * FROM models")

    await session.run(add("a"))

    assert await session.rows("SELECT version_count FROM models ORDER BY model_name") == [(2,), (1,)]


async def test_a_transaction_sees_its_own_changes(session: Session) -> None:
    await session.run("BEGIN", create("a"))

    assert await session.rows("SELECT model_name FROM models") == [("a",)]

    await session.run("ROLLBACK")
    assert await session.rows("SELECT model_name FROM models") == []


async def test_secrets_are_masked(session: Session) -> None:
    await session.run(create_keyed("m"))

    rows = await session.rows("SELECT option_value FROM model_options WHERE is_secret")
    ((options,),) = await session.rows("SELECT options::text FROM model_versions")

    assert rows == [(f"****{KEY[-4:]}",)]
    assert f'"APIKEY": "****{KEY[-4:]}"' in str(options)


async def test_a_join_that_looks_up_many_models_makes_the_rows_of_each_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    await session.run("BEGIN", *(create_keyed(f"m{number}") for number in range(100)), "COMMIT")
    masked, show = [], Keyring.show

    def count(keyring: Keyring, sealed: bytes, *, purpose: str, reveal: bool = False) -> str:
        masked.append(purpose)
        return show(keyring, sealed, purpose=purpose, reveal=reveal)

    monkeypatch.setattr(Keyring, "show", count)
    join = "SELECT count(v.options) FROM models m JOIN model_versions v ON v.model_name = m.model_name"

    assert [await session.rows(join) for _ in range(5)] == [[(100,)]] * 5

    # Twice are those that were looked up before it was plain that they would be many.
    assert 100 <= len(masked) < 120


_JOIN = """SELECT m.schema_name, m.model_name, count(v.version_name)
    FROM information_schema.models m LEFT JOIN information_schema.model_versions v
    ON v.model_name = m.model_name AND v.schema_name = m.schema_name GROUP BY 1, 2"""


@pytest.mark.parametrize("many", [3, 60])
async def test_models_that_are_looked_up_by_name_are_those_of_every_schema(session: Session, many: int) -> None:
    """One by one, and from all rows at once when they are many."""
    names = [f"m{number}" for number in range(many)]
    await session.run("CREATE SCHEMA s", "BEGIN", *map(create, names), *(create(f"s.{n}") for n in names), "COMMIT")
    await session.run(add("m1"))

    expected = {(schema, name, 1) for schema in ("default", "s") for name in names}
    expected = expected - {("default", "m1", 1)} | {("default", "m1", 2)}
    for _ in range(2):
        rows = await session.rows(_JOIN)
        assert len(rows) == 2 * many
        assert set(rows) == expected


@pytest.mark.parametrize("many", [3, 60])
async def test_who_looks_models_up_by_name_finds_those_that_may_be_described(many: int) -> None:
    scene = await Scene().begin()
    alice, bob = scene.session(), scene.session("bob")
    names = [f"m{number}" for number in range(many)]
    await alice.run("ALTER USER bob NOSUPERUSER", "ADD USER bob", "GRANT List ON SCHEMA default TO USER bob")
    await alice.run("BEGIN", *map(create, names), "COMMIT", "GRANT Describe ON MODEL m2 TO USER bob")

    join = "SELECT {} FROM models m LEFT JOIN model_versions v ON v.model_name = m.model_name"
    await alice.rows(join.format("count(*)"))
    rows = await bob.rows(join.format("m.model_name, v.version_name"))

    assert set(rows) == {(name, "v1" if name == "m2" else None) for name in names}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM models WHERE model_name = 'm'",
        "SELECT count(*) FROM models m JOIN model_versions v ON v.model_name = m.model_name",
        "SELECT * FROM model_grants WHERE model_name = 'm'",
        "SELECT * FROM model_history WHERE model_name = 'm'",
        "SELECT relname, format_type(23, -1) FROM pg_class WHERE relname = 'models'",
    ],
)
async def test_what_a_statement_reads_is_let_go_without_the_collector(session: Session, text: str) -> None:
    await session.run(create("m"))
    await session.rows(text)
    gc.collect()
    gc.disable()
    try:
        await session.rows(text)
        # A thread that has run a SELECT gives the result away a little before it lets the work go.
        wait_until(lambda: not any(isinstance(each, CatalogDatabase) for each in gc.get_objects()))
    finally:
        gc.enable()


async def test_nothing_has_the_name_null(session: Session) -> None:
    await session.run(create("None"), create("m"))

    assert await session.rows("SELECT 1 FROM (VALUES (NULL)) n (name) JOIN models m ON m.model_name = n.name") == []
    assert await session.rows("SELECT 1 FROM (VALUES (NULL)) n (name) JOIN pg_class c ON c.relname = n.name") == []


@pytest.mark.parametrize("view", [view.name for view in MODEL_VIEWS])
async def test_every_view_gives_rows_as_long_as_its_columns(session: Session, view: str) -> None:
    await session.run(create("m"))

    result = await session.run(f"SELECT * FROM {view}")

    assert all(len(row) == len(result.columns or ()) for row in result.rows)


@pytest.mark.parametrize("view", [view.name for view in MODEL_VIEWS])
async def test_every_column_has_a_comment(session: Session, view: str) -> None:
    rows = await session.rows(
        f"SELECT attname FROM pg_attribute WHERE attrelid = '{view}'::regclass AND attnum > 0"
        " AND col_description(attrelid, attnum) IS NULL"
    )

    assert rows == []


async def test_no_two_relations_have_one_oid(session: Session) -> None:
    await session.run("CREATE SCHEMA s", "CREATE SCHEMA t")

    rows = await session.rows("SELECT oid FROM pg_class GROUP BY oid HAVING count(*) > 1")

    assert rows == []


def test_oids_depend_on_names_alone() -> None:
    assert schema_oids("p", ("a", "b"))["a"] == schema_oids("p", ("c", "a"))["a"]

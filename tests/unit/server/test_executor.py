"""The executor: transactions, settings that are undone with them, run-time parameters, command tags."""

import gc
from weakref import ref

import pytest

from server.errors import Condition, OdpsError
from server.query.runtime import Limits
from server.store.interface import StoreFailed
from tests.unit.server.catalog.scenes import add, create, model
from tests.unit.server.sessions import Scene, Session, conditions


@pytest.fixture
async def scene() -> Scene:
    return await Scene().begin()


@pytest.fixture
def session(scene: Scene) -> Session:
    return scene.session()


@pytest.mark.parametrize(
    ("texts", "tag"),
    [
        ([create()], "CREATE MODEL"),
        ([create(), add()], "ALTER MODEL"),
        ([create(), "ALTER MODEL m SET DEFAULT_VERSION v1"], "ALTER MODEL"),
        ([create(), add(), "ALTER MODEL m DROP VERSION v2"], "ALTER MODEL"),
        ([create(), "DROP MODEL m"], "DROP MODEL"),
        (["CREATE DATABASE q"], "CREATE DATABASE"),
        (["CREATE DATABASE q", "DROP DATABASE q"], "DROP DATABASE"),
        (["CREATE SCHEMA s"], "CREATE SCHEMA"),
        (["CREATE SCHEMA s", "DROP SCHEMA s"], "DROP SCHEMA"),
        (["SHOW MODELS"], "SELECT"),
        (["CREATE SCHEMA s", "USE SCHEMA s"], "USE"),
        (["SET TimeZone = 'UTC'"], "SET"),
        (["RESET TimeZone"], "RESET"),
        (["RESET ALL"], "RESET"),
        (["SHOW TimeZone"], "SHOW"),
        (["BEGIN"], "BEGIN"),
        (["BEGIN", "COMMIT"], "COMMIT"),
        (["BEGIN", "ROLLBACK"], "ROLLBACK"),
        (["BEGIN", "SAVEPOINT a"], "SAVEPOINT"),
        (["BEGIN", "SAVEPOINT a", "ROLLBACK TO a"], "ROLLBACK"),
        (["BEGIN", "SAVEPOINT a", "RELEASE a"], "RELEASE"),
    ],
)
async def test_command_tags(session: Session, texts: list[str], tag: str) -> None:
    assert (await session.run(*texts)).tag == tag


async def test_statement_outside_a_transaction_is_committed_at_once(scene: Scene, session: Session) -> None:
    await session.run(create())

    assert session.status == "I"
    assert await scene.session("bob").models() == ["m"]
    assert model(scene.catalog).header.owner == "alice"


async def test_transaction_is_seen_by_others_after_its_commit(scene: Scene, session: Session) -> None:
    other = scene.session("bob")
    await session.run("BEGIN", create(), add(), "ALTER MODEL m SET DEFAULT_VERSION v2")

    assert session.status == "T"
    assert await session.models() == ["m"]
    assert await other.models() == []

    before = scene.catalog.revision
    await session.run("COMMIT")

    assert session.status == "I"
    assert await other.models() == ["m"]
    assert model(scene.catalog).header.default_version == "v2"
    assert scene.catalog.revision == before + 1


async def test_rollback_leaves_nothing(scene: Scene, session: Session) -> None:
    before = scene.catalog

    await session.run("BEGIN", create(), "CREATE SCHEMA s", "ROLLBACK")

    assert scene.catalog is before
    assert session.status == "I"


async def test_a_transaction_reads_its_own_snapshot(scene: Scene, session: Session) -> None:
    await session.run("BEGIN", "SHOW MODELS")

    await scene.session("bob").run(create())

    assert await session.models() == []
    await session.run("COMMIT")
    assert await session.models() == ["m"]


async def test_savepoints_nest_and_hide(scene: Scene, session: Session) -> None:
    await session.run("BEGIN", create("a"), "SAVEPOINT x", create("b"), "SAVEPOINT x", create("c"))

    await session.run("ROLLBACK TO x")
    assert await session.models() == ["a", "b"]
    await session.run("ROLLBACK TO SAVEPOINT x")
    assert await session.models() == ["a", "b"]
    await session.run("RELEASE x", "ROLLBACK TO x")
    assert await session.models() == ["a"]
    await session.run("RELEASE SAVEPOINT x", create("d"))
    assert await session.fails("ROLLBACK TO x") is Condition.SAVEPOINT_NOT_FOUND
    await session.run("COMMIT")

    assert await session.models() == []


async def test_release_keeps_the_changes_and_forgets_later_savepoints(session: Session) -> None:
    await session.run("BEGIN", "SAVEPOINT x", create("a"), "SAVEPOINT y", create("b"), "RELEASE x")

    assert await session.fails("ROLLBACK TO y") is Condition.SAVEPOINT_NOT_FOUND
    assert Condition.SAVEPOINT_NOT_FOUND.sqlstate == "3B001"


async def test_rollback_to_removes_later_savepoints(session: Session) -> None:
    await session.run("BEGIN", "SAVEPOINT x", "SAVEPOINT y", "ROLLBACK TO x")

    assert await session.fails("RELEASE y") is Condition.SAVEPOINT_NOT_FOUND


@pytest.mark.parametrize(
    "text",
    [create("n"), "DESC MODEL m", "SHOW MODELS", "SHOW TimeZone", "SET TimeZone = 1", "BEGIN", "SAVEPOINT a", "USE p"],
)
async def test_failed_transaction_refuses_everything(session: Session, text: str) -> None:
    await session.run("BEGIN", "SAVEPOINT a", create())
    assert await session.fails(create()) is Condition.MODEL_EXISTS

    assert session.status == "E"
    assert await session.fails(text) is Condition.IN_FAILED_TRANSACTION
    assert await session.fails("RELEASE a") is Condition.IN_FAILED_TRANSACTION
    assert Condition.IN_FAILED_TRANSACTION.sqlstate == "25P02"
    assert session.status == "E"


async def test_commit_of_a_failed_transaction_rolls_back(scene: Scene, session: Session) -> None:
    await session.run("BEGIN", create())
    await session.fails("DESC MODEL x")

    result = await session.run("COMMIT")

    assert (result.tag, result.notices, session.status) == ("ROLLBACK", (), "I")
    assert await session.models() == []


async def test_rollback_to_a_savepoint_mends_a_failed_transaction(session: Session) -> None:
    await session.run("BEGIN", create("a"), "SAVEPOINT x", create("b"))
    await session.fails("DROP MODEL missing")

    await session.run("ROLLBACK TO x")

    assert session.status == "T"
    await session.run(create("c"), "COMMIT")
    assert await session.models() == ["a", "c"]


async def test_unknown_savepoint_leaves_a_failed_transaction_failed(session: Session) -> None:
    await session.run("BEGIN")
    await session.fails("DROP MODEL missing")

    assert await session.fails("ROLLBACK TO x") is Condition.SAVEPOINT_NOT_FOUND
    assert session.status == "E"


@pytest.mark.parametrize("mine", [add(), "ALTER MODEL m SET DEFAULT_VERSION v0", "DROP MODEL m"])
@pytest.mark.parametrize("theirs", [add("m", "v3"), "ALTER MODEL m DROP VERSION v0", "DROP MODEL m"])
async def test_first_committer_wins(scene: Scene, session: Session, mine: str, theirs: str) -> None:
    await session.run(create(), add("m", "v0"), "BEGIN", mine)
    await scene.session("bob").run(theirs)
    before = scene.catalog

    assert await session.fails("COMMIT") is Condition.CONFLICT

    assert Condition.CONFLICT.sqlstate == "40001"
    assert session.status == "I"
    assert scene.catalog is before
    await session.run("BEGIN", create("again"), "COMMIT")
    assert "again" in await session.models()


async def test_what_was_read_must_not_have_changed_either(scene: Scene, session: Session) -> None:
    await session.run(create(), "BEGIN", "DESC MODEL m", create("n"))
    await scene.session("bob").run(add())

    assert await session.fails("COMMIT") is Condition.CONFLICT


async def test_what_was_missing_must_still_be(scene: Scene, session: Session) -> None:
    await session.run("BEGIN", create("n"), "SAVEPOINT a")
    assert await session.fails("DESC MODEL m") is Condition.MODEL_NOT_FOUND
    await session.run("ROLLBACK TO a")
    await scene.session("bob").run(create())

    assert await session.fails("COMMIT") is Condition.CONFLICT


async def test_other_models_do_not_conflict(scene: Scene, session: Session) -> None:
    await session.run(create(), "BEGIN", add())
    await scene.session("bob").run(create("n"), "CREATE SCHEMA s")

    await session.run("COMMIT")

    assert await session.models() == ["m", "n"]


async def test_transaction_that_only_read_never_conflicts(scene: Scene, session: Session) -> None:
    await session.run(create(), "BEGIN", "DESC MODEL m")
    await scene.session("bob").run("DROP MODEL m")

    assert (await session.run("COMMIT")).tag == "COMMIT"


async def test_dropping_a_schema_that_was_filled_meanwhile_is_a_conflict(scene: Scene, session: Session) -> None:
    await session.run("CREATE SCHEMA s", "BEGIN", "DROP SCHEMA s")
    await scene.session("bob").run(create("s.m"))

    assert await session.fails("COMMIT") is Condition.CONFLICT
    assert model(scene.catalog, "p.s.m").header.owner == "bob"


async def test_filling_a_schema_that_was_dropped_meanwhile_is_a_conflict(scene: Scene, session: Session) -> None:
    await session.run("CREATE SCHEMA s", "BEGIN", create("s.m"))
    await scene.session("bob").run("DROP SCHEMA s")

    assert await session.fails("COMMIT") is Condition.CONFLICT


async def test_failed_store_ends_the_transaction(scene: Scene, session: Session) -> None:
    await session.run("SET TimeZone = 1", "BEGIN", create(), "SET TimeZone = 2")
    scene.store.fail_next_commit(StoreFailed("no"))

    assert await session.fails("COMMIT") is Condition.STORE_FAILED
    assert session.status == "I"
    assert await session.show("TimeZone") == "<+01>-01"
    assert await session.models() == []


async def test_implicit_transaction_is_all_or_nothing(session: Session) -> None:
    session.executor.control.begin_implicit()
    await session.run(create("a"))
    assert session.status == "I"
    assert await session.fails("DROP MODEL x") is Condition.MODEL_NOT_FOUND
    assert await session.models() == []

    session.executor.control.begin_implicit()
    await session.run(create("a"), create("b"))
    session.executor.control.begin_implicit()
    await session.executor.control.end_implicit()

    assert await session.models() == ["a", "b"]


async def test_implicit_transaction_is_decided_afresh_at_its_end(scene: Scene, session: Session) -> None:
    await session.run(create())
    session.executor.control.begin_implicit()
    await session.run(add("m", "v2"), "ALTER MODEL m SET DEFAULT_VERSION v2")
    await scene.session("bob").run(add("m", "v3"))

    await session.executor.control.end_implicit()

    assert sorted(model(scene.catalog).versions) == ["v1", "v2", "v3"]
    assert model(scene.catalog).header.default_version == "v2"


async def test_implicit_transaction_fails_with_its_statements_error(scene: Scene, session: Session) -> None:
    session.executor.control.begin_implicit()
    await session.run("SET TimeZone = 3", create("a"), create("b"))
    await scene.session("bob").run(create("b"))

    with pytest.raises(OdpsError) as raised:
        await session.executor.control.end_implicit()

    assert raised.value.condition is Condition.MODEL_EXISTS
    assert await session.models() == ["b"]
    assert await session.show("TimeZone") == "UTC"


async def test_begin_takes_an_implicit_transaction_over(session: Session) -> None:
    session.executor.control.begin_implicit()
    await session.run(create("a"), "BEGIN")
    await session.executor.control.end_implicit()

    assert session.status == "T"
    await session.run("ROLLBACK")
    assert await session.models() == []


async def test_what_was_done_before_begin_is_committed_with_the_block(session: Session) -> None:
    session.executor.control.begin_implicit()
    await session.run(create("a"), "BEGIN", create("b"), "COMMIT")

    assert await session.models() == ["a", "b"]


async def test_commit_ends_an_implicit_transaction_with_a_warning(session: Session) -> None:
    session.executor.control.begin_implicit()
    result = await session.run(create("a"), "COMMIT")
    session.executor.control.fail()

    assert conditions(result) == [Condition.NO_TRANSACTION]
    assert await session.models() == ["a"]


async def test_rollback_undoes_an_implicit_transaction_with_a_warning(session: Session) -> None:
    session.executor.control.begin_implicit()
    result = await session.run(create("a"), "ROLLBACK")

    assert conditions(result) == [Condition.NO_TRANSACTION]
    assert await session.models() == []


@pytest.mark.parametrize(
    ("texts", "condition", "sqlstate"),
    [
        (["COMMIT"], Condition.NO_TRANSACTION, "25P01"),
        (["ROLLBACK"], Condition.NO_TRANSACTION, "25P01"),
        (["BEGIN", "BEGIN"], Condition.ALREADY_IN_TRANSACTION, "25001"),
        (["SET LOCAL TimeZone = 1"], Condition.SET_LOCAL_OUTSIDE, "25P01"),
        (["SET CONSTRAINTS ALL DEFERRED"], Condition.SET_LOCAL_OUTSIDE, "25P01"),
    ],
)
async def test_warnings_of_transactions(
    session: Session, texts: list[str], condition: Condition, sqlstate: str
) -> None:
    result = await session.run(*texts)

    assert (conditions(result), condition.sqlstate, condition.severity.value) == ([condition], sqlstate, "WARNING")


async def test_constraints_are_deferred_where_there_are_none(session: Session) -> None:
    await session.run("BEGIN")
    result = await session.run("SET CONSTRAINTS ALL DEFERRED")

    assert (result.tag, conditions(result)) == ("SET CONSTRAINTS", [])
    assert await session.fails("SET CONSTRAINTS s.c, d IMMEDIATE") is Condition.CONSTRAINT_NOT_FOUND
    assert await session.fails("SET CONSTRAINTS ALL IMMEDIATE") is Condition.IN_FAILED_TRANSACTION


@pytest.mark.parametrize("text", ["SAVEPOINT a", "ROLLBACK TO a", "RELEASE a"])
@pytest.mark.parametrize("implicit", [False, True])
async def test_savepoints_need_a_transaction_block(session: Session, text: str, implicit: bool) -> None:
    if implicit:
        session.executor.control.begin_implicit()

    assert await session.fails(text) is Condition.ONLY_IN_TRANSACTION
    assert Condition.ONLY_IN_TRANSACTION.sqlstate == "25P01"
    assert session.status == "I"


async def test_columns_are_known_without_running(session: Session) -> None:
    for text in ("SHOW MODELS", "SHOW TimeZone", "SHOW ALL", "SHOW VERSIONS FOR MODEL m", "SHOW CREATE MODEL m"):
        await session.run("DROP MODEL IF EXISTS m", create())
        result = await session.run(text)

        assert result.columns is not None
        assert {len(row) for row in result.rows} == {len(result.columns)}

    assert (await session.run("SHOW datestyle")).columns is not None
    assert (await session.run("BEGIN")).columns is None


async def test_drop_if_exists_of_nothing_commits_nothing(scene: Scene, session: Session) -> None:
    before = scene.catalog

    result = await session.run("DROP MODEL IF EXISTS m")

    assert conditions(result) == [Condition.SKIPPED_MISSING]
    assert scene.catalog is before


async def test_what_a_select_runs_with_is_in_no_cycle(session: Session) -> None:
    """It knows what the SELECT has taken of the memory for all, and goes with the SELECT."""
    gc.disable()
    try:
        limits = Limits()
        known = ref(limits)
        session.executor.selects._make_runtime(limits)
        del limits
        await session.rows("SELECT * FROM model_history")

        assert known() is None
    finally:
        gc.enable()

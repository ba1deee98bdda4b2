"""A transaction alone: what it makes of its statements at COMMIT, and what these rest on."""

from collections.abc import Callable

import pytest
from immutables import Map

from server.catalog import Catalog, Decision, ModelName, decide
from server.catalog.values import Key, model_key, project_key, schema_key
from server.dialect import parse
from server.errors import Condition, OdpsError
from server.statements import Change
from server.transaction import Settings, Transaction
from tests.unit.server.catalog.scenes import CONTEXT, LATER, NOW, add, after, create, seeded

SETTINGS = Settings((Map(), Map()), "p")


def deciding(text: str) -> Callable[[Catalog], Decision]:
    statement = parse(text)
    assert isinstance(statement, Change)
    return lambda catalog: decide(catalog, statement, CONTEXT)


def test_many_statements_become_one_event() -> None:
    base = after(seeded(), create("n"))
    transaction = Transaction(base, SETTINGS, implicit=False)
    for text in (create(), add(), "ALTER MODEL m SET DEFAULT_VERSION v2", "DROP MODEL n", create("s.o")):
        transaction.change(deciding(text))

    event = transaction.decide_commit(base, LATER).event

    assert event is not None
    assert event.time == LATER
    assert {part.time for part in event.parts} == {NOW}
    assert event.action == "CREATE MODEL + ADD VERSION + SET DEFAULT_VERSION + DROP MODEL"
    assert event.target == "p.default.m, p.default.n, p.s.o"
    assert base.apply(event.changes, base.revision) == transaction.catalog
    assert {model_key(ModelName("p", "default", "m")), schema_key("p", "s")} <= set(event.guards)
    assert len(event.guards) == len(set(event.guards))


def test_nothing_to_commit() -> None:
    base = after(seeded(), create())
    transaction = Transaction(base, SETTINGS, implicit=False)
    transaction.change(deciding("ALTER MODEL m SET DEFAULT_VERSION v1"))

    assert not transaction.has_changes
    assert transaction.decide_commit(base, NOW) == Decision()


def test_what_was_read_is_guarded() -> None:
    base = seeded()
    transaction = Transaction(base, SETTINGS, implicit=False)
    transaction.note_read(model_key(ModelName("p", "default", "seen")))
    transaction.change(deciding(create()))

    event = transaction.decide_commit(base, NOW).event

    assert event is not None
    assert model_key(ModelName("p", "default", "seen")) in event.guards


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ALTER MODEL m SET DEFAULT_VERSION v1", model_key(ModelName("p", "default", "m"))),
        ("DROP MODEL IF EXISTS gone", model_key(ModelName("p", "default", "gone"))),
        ("ALTER MODEL m DROP VERSION IF EXISTS v9", model_key(ModelName("p", "default", "m"))),
        ("CREATE SCHEMA IF NOT EXISTS s", schema_key("p", "s")),
        ("DROP DATABASE IF EXISTS gone", project_key("gone")),
    ],
)
def test_what_a_statement_without_effect_rests_on_is_guarded(text: str, key: Key) -> None:
    base = after(seeded(), create())
    transaction = Transaction(base, SETTINGS, implicit=False)
    transaction.change(deciding(text))
    transaction.change(deciding(create("other")))

    event = transaction.decide_commit(base, NOW).event

    assert event is not None
    assert key in event.guards


def test_conflict_names_what_was_changed() -> None:
    base = after(seeded(), create())
    transaction = Transaction(base, SETTINGS, implicit=False)
    transaction.change(deciding(add()))

    with pytest.raises(OdpsError) as raised:
        transaction.decide_commit(after(base, add("m", "v9")), NOW)

    assert raised.value.diagnostic.message() == (
        "ODPS-0110061: Failed to run ddltask - "
        "Transaction aborted: model p.default.m was changed by another transaction"
    )
    assert raised.value.diagnostic.hint == "Run the transaction again from its beginning."


def test_implicit_transaction_decides_again() -> None:
    base = after(seeded(), create())
    transaction = Transaction(base, SETTINGS, implicit=True)
    transaction.change(deciding(add()))
    newest = after(base, add("m", "v9"))

    event = transaction.decide_commit(newest, NOW).event

    assert event is not None
    found = newest.apply(event.changes, 99).find_model(ModelName("p", "default", "m"))
    assert found is not None
    assert sorted(found.versions) == ["v1", "v2", "v9"]


def test_implicit_transaction_may_have_nothing_left_to_do() -> None:
    base = after(seeded(), create(), add())
    transaction = Transaction(base, SETTINGS, implicit=True)
    transaction.change(deciding("DROP MODEL IF EXISTS m"))

    assert transaction.decide_commit(after(base, "DROP MODEL m"), NOW) == Decision()


def test_exclusive_statement_tolerates_no_other_commit() -> None:
    base = seeded()
    transaction = Transaction(base, SETTINGS, implicit=False)
    transaction.change(deciding("DROP SCHEMA s"))

    with pytest.raises(OdpsError, match="the catalog was changed by another transaction"):
        transaction.decide_commit(after(base, create()), NOW)
    event = transaction.decide_commit(base, NOW).event
    assert event is not None
    assert event.exclusive


def test_rollback_to_gives_the_settings_of_the_savepoint() -> None:
    transaction = Transaction(seeded(), SETTINGS, implicit=False)
    there = Settings((Map({"timezone": "UTC"}), Map()), "q")
    transaction.savepoint("a", there)
    transaction.change(deciding(create()))
    transaction.failed = True

    assert transaction.rollback_to("a") == there
    assert not transaction.failed
    assert not transaction.has_changes


@pytest.mark.parametrize("name", ["a", "A", ""])
def test_unknown_savepoint(name: str) -> None:
    transaction = Transaction(seeded(), SETTINGS, implicit=False)
    transaction.savepoint("b", SETTINGS)

    for act in (transaction.rollback_to, transaction.release):
        with pytest.raises(OdpsError) as raised:
            act(name)
        assert raised.value.condition is Condition.SAVEPOINT_NOT_FOUND

"""The rules of users, statement by statement."""

import pytest

from server.catalog import Catalog, Context, decide
from server.catalog.decide_users import PASSWORD
from server.catalog.seed import seed_project
from server.catalog.values import NO_VERIFIER
from server.errors import Condition, OdpsError
from server.statements import AlterUser, CreateUser, DropUser, Identifier, UserStatement

CATALOG = Catalog().apply(seed_project("p", "alice", 1, b"sealed").changes, 1)


def run(catalog: Catalog, *statements: UserStatement, principal: str = "alice", sealed: bytes = b"new") -> Catalog:
    for statement in statements:
        decision = decide(catalog, statement, Context(principal, "p", "default", 2, {PASSWORD: sealed}))
        assert decision.event is not None
        catalog = catalog.apply(decision.event.changes, catalog.revision + 1)
    return catalog


def condition(catalog: Catalog, statement: UserStatement, principal: str = "alice") -> Condition:
    with pytest.raises(OdpsError) as caught:
        run(catalog, statement, principal=principal)
    return caught.value.condition


@pytest.mark.parametrize("name", ["bob", "ALIYUN$bob@x.com", "RAM$acct:sub-user", "b/o/b", "\u4e2d", "a b"])
def test_a_user_is_made_changed_and_dropped(name: str) -> None:
    user = Identifier(name)
    made = run(CATALOG, CreateUser(user))
    changed = run(made, AlterUser(user, None), sealed=b"other")

    assert made.principals[name].header.verifier == b"new"
    assert changed.principals[name].header.verifier == b"other"
    assert changed.principals[name].header.create_time == made.principals[name].header.create_time == 2
    assert run(changed, DropUser(user)).principals == CATALOG.principals


def test_a_password_can_be_taken_away() -> None:
    without = run(CATALOG, AlterUser(Identifier("alice"), None), sealed=NO_VERIFIER)

    assert without.principals["alice"].header.verifier == NO_VERIFIER
    assert without.principals["alice"].header.create_time == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alice", Condition.ROLE_EXISTS),
        ("", Condition.NAME_EMPTY),
        ("x" * 256, Condition.NAME_TOO_LONG),
        ("a\nb", Condition.NAME_INVALID),
        ("a\0b", Condition.NAME_INVALID),
        ("\ud800", Condition.NAME_INVALID),
        ("public", Condition.ROLE_NAME_RESERVED),
        ("none", Condition.ROLE_NAME_RESERVED),
        ("pg_monitor", Condition.ROLE_NAME_RESERVED),
    ],
)
def test_names_that_no_user_can_have(name: str, expected: Condition) -> None:
    assert condition(CATALOG, CreateUser(Identifier(name))) is expected


def test_who_is_missing_is_neither_changed_nor_dropped() -> None:
    assert condition(CATALOG, AlterUser(Identifier("bob"), None)) is Condition.ROLE_MISSING
    assert condition(CATALOG, DropUser(Identifier("bob"))) is Condition.ROLE_MISSING
    skipped = decide(CATALOG, DropUser(Identifier("bob"), if_exists=True), Context("alice", "p", "default", 2))
    assert skipped.event is None
    assert [notice.condition for notice in skipped.notices] == [Condition.SKIPPED_MISSING]


def test_nobody_drops_oneself() -> None:
    catalog = run(CATALOG, CreateUser(Identifier("bob"), superuser=True))

    assert condition(catalog, DropUser(Identifier("bob")), principal="bob") is Condition.ROLE_CURRENT


def test_an_owner_is_not_dropped() -> None:
    catalog = run(CATALOG, CreateUser(Identifier("bob"), superuser=True))

    assert condition(catalog, DropUser(Identifier("alice")), principal="bob") is Condition.ROLE_OWNS

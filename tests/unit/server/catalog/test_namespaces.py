"""Projects and schemas: CREATE and DROP DATABASE, CREATE and DROP SCHEMA."""

import pytest
from msgspec.structs import replace

from server.errors import Condition
from tests.unit.server.catalog.scenes import CONTEXT, NOW, after, create, decided, refused, seeded, unmark


def test_project_begins_with_its_default_schema() -> None:
    project = after(seeded(), "CREATE DATABASE New").find_project("new")

    assert project is not None
    assert list(project.schemas) == ["default"]
    assert (project.header.owner, project.header.create_time, project.header.public) == ("ALIYUN$alice", NOW, False)


def test_schema_is_made_in_the_current_or_the_named_project() -> None:
    catalog = after(seeded(), "CREATE SCHEMA t", "CREATE SCHEMA q.t")

    assert catalog.find_schema("p", "t") is not None
    assert catalog.find_schema("q", "t") is not None


def test_empty_project_and_schema_are_dropped() -> None:
    catalog = after(seeded(), "CREATE SCHEMA q.t", "DROP SCHEMA s", "DROP DATABASE q")

    assert catalog.find_schema("p", "s") is None
    assert catalog.find_project("q") is None


def test_project_that_was_dropped_comes_back_empty() -> None:
    catalog = after(seeded(), "CREATE SCHEMA q.t", "DROP DATABASE q", "CREATE DATABASE q")

    assert catalog.find_schema("q", "t") is None
    assert catalog.find_schema("q", "default") is not None


@pytest.mark.parametrize(
    ("text", "condition", "sqlstate"),
    [
        ("CREATE DATABASE ^P", Condition.PROJECT_EXISTS, "42P04"),
        ("CREATE DATABASE ^`a-b`", Condition.NAME_INVALID, "42602"),
        ("CREATE DATABASE ^1a", Condition.NAME_NOT_LETTER, "42602"),
        (f"CREATE DATABASE ^{'a' * 256}", Condition.NAME_TOO_LONG, "42622"),
        ("DROP DATABASE ^x", Condition.PROJECT_NOT_FOUND, "3D000"),
        ("DROP DATABASE ^p", Condition.PROJECT_IN_USE, "55006"),
        ("DROP DATABASE ^full", Condition.PROJECT_NOT_EMPTY, "2BP01"),
        ("CREATE SCHEMA ^S", Condition.SCHEMA_EXISTS, "42P06"),
        ("CREATE SCHEMA ^x.t", Condition.PROJECT_NOT_FOUND, "3D000"),
        ("CREATE SCHEMA q.^`a b`", Condition.NAME_INVALID, "42602"),
        ("CREATE SCHEMA ^``", Condition.NAME_EMPTY, "42602"),
        ("CREATE SCHEMA ^PG_catalog", Condition.NAME_RESERVED, "42939"),
        ("CREATE SCHEMA IF NOT EXISTS q.^information_schema", Condition.NAME_RESERVED, "42939"),
        ("DROP SCHEMA ^t", Condition.SCHEMA_NOT_FOUND, "3F000"),
        ("DROP SCHEMA ^x.t", Condition.PROJECT_NOT_FOUND, "3D000"),
        ("DROP SCHEMA ^default", Condition.SCHEMA_DEFAULT, "2BP01"),
        ("DROP SCHEMA ^full.t", Condition.SCHEMA_NOT_EMPTY, "2BP01"),
    ],
)
def test_namespace_rules(text: str, condition: Condition, sqlstate: str) -> None:
    catalog = after(seeded(), "CREATE DATABASE full", "CREATE SCHEMA full.t", create("full.t.m"))
    text, place = unmark(text)

    error = refused(catalog, text)

    assert (error.condition, error.condition.sqlstate, error.at) == (condition, sqlstate, place)


def test_current_project_is_the_sessions() -> None:
    in_q = replace(CONTEXT, project="q")

    assert refused(seeded(), "DROP DATABASE q", in_q).condition is Condition.PROJECT_IN_USE
    assert decided(seeded(), "DROP DATABASE p", in_q).event is not None


@pytest.mark.parametrize("text", ["DROP DATABASE q", "DROP SCHEMA s"])
def test_dropping_what_must_be_empty_rests_on_the_whole_catalog(text: str) -> None:
    event = decided(seeded(), text).event

    assert event is not None
    assert event.exclusive

"""What the statements change and what they leave: default version, times, IF forms, names, public models."""

import pytest
from msgspec.structs import replace

from server.catalog import ModelName
from server.catalog.values import member_key, model_key, principal_key, project_key, schema_key
from server.errors import Condition
from tests.unit.server.catalog.scenes import (
    CONTEXT,
    LATER,
    NOW,
    PUBLIC,
    add,
    after,
    create,
    create_imported,
    decided,
    later,
    model,
    refused,
    seeded,
    unmark,
)

TWO = after(seeded(), create(), add())
IN_S = replace(CONTEXT, schema="s")
PUBLIC_MODEL = f"{PUBLIC}.`Qwen3-0.6B-GGUF`"


def test_set_default_moves_the_models_time_only() -> None:
    catalog = later(TWO, "ALTER MODEL m SET DEFAULT_VERSION V2")

    changed = model(catalog)
    assert changed.header.default_version == "v2"
    assert (changed.header.create_time, changed.header.last_modified_time) == (NOW, LATER)
    assert {version.last_modified_time for version in changed.versions.values()} == {NOW}
    assert changed.versions is model(TWO).versions
    assert changed.header.owner == "ALIYUN$alice"


def test_set_default_to_the_current_one_changes_nothing() -> None:
    decision = decided(TWO, "ALTER MODEL m SET DEFAULT_VERSION = v1")

    assert (decision.event, decision.notices) == (None, ())


def test_drop_version() -> None:
    catalog = later(TWO, "ALTER MODEL m DROP VERSION v2")

    assert list(model(catalog).versions) == ["v1"]
    assert model(catalog).header.last_modified_time == LATER
    assert refused(catalog, "ALTER MODEL m DROP VERSION v2").condition is Condition.VERSION_NOT_FOUND


def test_default_version_is_not_dropped() -> None:
    text, place = unmark("ALTER MODEL m DROP VERSION ^v1")

    error = refused(TWO, text)

    assert error.message(text, error.at) == (
        "ODPS-0110061: Failed to run ddltask - The default version of the model cannot be dropped"
    )
    assert (error.condition.sqlstate, error.at) == ("55006", place)
    assert error.detail == "Model: p.default.m, version: v1"
    assert error.hint is not None
    assert error.hint.startswith("First set another version as the default")


def test_default_version_is_not_dropped_with_if_exists_either() -> None:
    text = "ALTER MODEL IF EXISTS m DROP VERSION IF EXISTS v1"

    assert refused(TWO, text).condition is Condition.DEFAULT_VERSION_DROP


def test_documented_scenario() -> None:
    catalog = later(TWO, "ALTER MODEL m SET DEFAULT_VERSION v2")
    assert refused(catalog, "ALTER MODEL m DROP VERSION v2").condition is Condition.DEFAULT_VERSION_DROP
    catalog = later(catalog, "ALTER MODEL m SET DEFAULT_VERSION v1", "ALTER MODEL m DROP VERSION v2")

    assert list(model(catalog).versions) == ["v1"]


def test_drop_model_removes_all_versions() -> None:
    catalog = after(TWO, "DROP MODEL m")

    assert refused(catalog, "DROP MODEL m").condition is Condition.MODEL_NOT_FOUND
    assert list(model(after(catalog, create("m", "v9"))).versions) == ["v9"]


MISSING = [
    ("ALTER MODEL ^x SET DEFAULT_VERSION v1", Condition.MODEL_NOT_FOUND, "Model p.default.x does not exist"),
    ("ALTER MODEL ^q.x DROP VERSION v1", Condition.MODEL_NOT_FOUND, "Model q.default.x does not exist"),
    (add("^s.x"), Condition.MODEL_NOT_FOUND, "Model p.s.x does not exist"),
    ("DROP MODEL ^p.s.x", Condition.MODEL_NOT_FOUND, "Model p.s.x does not exist"),
    (
        "ALTER MODEL m SET DEFAULT_VERSION ^v9",
        Condition.VERSION_NOT_FOUND,
        "Version v9 of model p.default.m does not exist",
    ),
    (
        "ALTER MODEL m DROP VERSION ^v9",
        Condition.VERSION_NOT_FOUND,
        "Version v9 of model p.default.m does not exist",
    ),
    (create("^m"), Condition.MODEL_EXISTS, "Model p.default.m already exists"),
    (create("^`M`"), Condition.MODEL_EXISTS, "Model p.default.m already exists"),
    (add("m", "^V2"), Condition.VERSION_EXISTS, "Version v2 of model p.default.m already exists"),
    (create("^q.nowhere.m"), Condition.SCHEMA_NOT_FOUND, "Schema q.nowhere does not exist"),
    (create("^nowhere.m"), Condition.SCHEMA_NOT_FOUND, "Schema p.nowhere does not exist"),
    (create("^nowhere.s.m"), Condition.PROJECT_NOT_FOUND, "Project nowhere does not exist"),
]


@pytest.mark.parametrize(("text", "condition", "words"), MISSING)
def test_missing_and_existing_objects(text: str, condition: Condition, words: str) -> None:
    text, place = unmark(text)

    error = refused(TWO, text)

    assert (error.condition, error.at) == (condition, place)
    assert error.message() == f"ODPS-0110061: Failed to run ddltask - {words}"


def test_sqlstates_of_missing_and_existing_objects() -> None:
    states = {
        Condition.MODEL_NOT_FOUND: "42704",
        Condition.VERSION_NOT_FOUND: "42704",
        Condition.MODEL_EXISTS: "42710",
        Condition.VERSION_EXISTS: "42710",
        Condition.SCHEMA_NOT_FOUND: "3F000",
        Condition.PROJECT_NOT_FOUND: "3D000",
    }

    assert {condition: condition.sqlstate.value for condition in states} == states


@pytest.mark.parametrize("text", [text for text, condition, _ in MISSING if "Model" in condition.text])
def test_errors_of_models_name_them_in_full(text: str) -> None:
    error = refused(TWO, text.replace("^", ""))

    assert error.detail is not None
    assert error.detail.startswith("Model: ")
    assert error.detail.count(".") == 2


@pytest.mark.parametrize(
    ("text", "what", "condition"),
    [
        (create("IF NOT EXISTS M"), 'model "p.default.m"', Condition.SKIPPED_EXISTS),
        (create_imported("IF NOT EXISTS m"), 'model "p.default.m"', Condition.SKIPPED_EXISTS),
        (add("m", "IF NOT EXISTS v2"), 'version "v2" of model "p.default.m"', Condition.SKIPPED_EXISTS),
        (add("IF EXISTS x"), 'model "p.default.x"', Condition.SKIPPED_MISSING),
        ("ALTER MODEL IF EXISTS s.x SET DEFAULT_VERSION v", 'model "p.s.x"', Condition.SKIPPED_MISSING),
        ("ALTER MODEL IF EXISTS x DROP VERSION v", 'model "p.default.x"', Condition.SKIPPED_MISSING),
        ("ALTER MODEL m DROP VERSION IF EXISTS v9", 'version "v9" of model "p.default.m"', Condition.SKIPPED_MISSING),
        ("DROP MODEL IF EXISTS q.x", 'model "q.default.x"', Condition.SKIPPED_MISSING),
        ("CREATE SCHEMA IF NOT EXISTS s", 'schema "p.s"', Condition.SKIPPED_EXISTS),
        ("DROP SCHEMA IF EXISTS q.t", 'schema "q.t"', Condition.SKIPPED_MISSING),
        ("DROP SCHEMA IF EXISTS x.t", 'schema "x.t"', Condition.SKIPPED_MISSING),
        ("DROP DATABASE IF EXISTS x", 'project "x"', Condition.SKIPPED_MISSING),
    ],
)
def test_if_forms_give_a_notice_and_change_nothing(text: str, what: str, condition: Condition) -> None:
    decision = decided(TWO, text)

    assert decision.event is None
    (notice,) = decision.notices
    words = "already exists" if condition is Condition.SKIPPED_EXISTS else "does not exist"
    assert notice.message() == f"{what} {words}, skipping"
    assert (notice.condition, notice.condition.severity.value) == (condition, "NOTICE")
    assert condition.sqlstate == ("42710" if condition is Condition.SKIPPED_EXISTS else "00000")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (create("s.n"), "p.s.n"),
        (create("q.n"), "q.default.n"),
        (create("p.n"), "p.default.n"),
        (create("p.s.n"), "p.s.n"),
        (create("n"), "p.s.n"),
    ],
)
def test_where_a_name_leads(text: str, where: str) -> None:
    assert model(after(TWO, text, context=IN_S), where).header.default_version == "v1"


def test_two_parts_are_a_project_first_then_a_schema() -> None:
    catalog = after(TWO, "CREATE SCHEMA q", create("p.q.in_schema"), create("q.default.both"), create("p.q.both"))

    assert decided(catalog, "DROP MODEL q.both").event == decided(catalog, "DROP MODEL q.default.both").event
    assert decided(catalog, "DROP MODEL q.in_schema").event == decided(catalog, "DROP MODEL p.q.in_schema").event
    created = decided(catalog, create("q.new")).event
    assert created is not None
    assert created.target == "q.default.new"


@pytest.mark.parametrize(
    "text",
    [
        add(PUBLIC_MODEL),
        f"ALTER MODEL {PUBLIC_MODEL} SET DEFAULT_VERSION v1",
        f"ALTER MODEL {PUBLIC_MODEL} DROP VERSION v1",
        f"DROP MODEL {PUBLIC_MODEL}",
        f"DROP MODEL IF EXISTS {PUBLIC_MODEL}",
        create(f"{PUBLIC}.mine"),
        create(f"IF NOT EXISTS {PUBLIC}.mine"),
        f"CREATE SCHEMA {PUBLIC}.s",
        f"CREATE SCHEMA IF NOT EXISTS {PUBLIC}.default",
        f"DROP SCHEMA {PUBLIC}.default",
        f"DROP DATABASE {PUBLIC}",
        f"DROP DATABASE IF EXISTS {PUBLIC}",
    ],
)
def test_public_project_refuses_every_change(text: str) -> None:
    for context in (CONTEXT, replace(CONTEXT, project=PUBLIC)):
        error = refused(TWO, text, context)

        assert (error.condition, error.condition.sqlstate) == (Condition.PUBLIC_MODEL, "42501")
        assert error.message().startswith("ODPS-0110061: ")
        assert error.at is not None
        assert text[error.at :].startswith(PUBLIC)


def test_a_decision_rests_on_what_it_read() -> None:
    created = decided(TWO, create("s.n")).event
    dropped = decided(TWO, "DROP MODEL m").event

    assert created is not None
    assert dropped is not None
    name = model_key(ModelName("p", "s", "n"))
    # Besides the objects: what allows the principal to do it.
    who = {principal_key(CONTEXT.principal), member_key("p", CONTEXT.principal), project_key("p")}
    assert set(created.guards) == {*who, schema_key("p", "s"), name}
    assert set(dropped.guards) == {*who, schema_key("p", "default"), model_key(ModelName("p", "default", "m"))}


def test_every_change_of_a_version_rewrites_the_model() -> None:
    for text in (add("m", "v3"), "ALTER MODEL m DROP VERSION v2", "ALTER MODEL m SET DEFAULT_VERSION v2"):
        catalog = later(TWO, text)

        assert model(catalog).revision == catalog.revision

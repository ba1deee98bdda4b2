"""The catalog as a value: what a change shares, what the revisions say, that building equals applying."""

import random

import pytest
from msgspec.structs import replace

from server.catalog import Catalog, ModelName
from server.catalog.events import Change
from server.catalog.names import Earlier
from server.catalog.seed import seed_project
from server.catalog.tree import build
from server.catalog.values import (
    Key,
    Kind,
    Value,
    dropped_key,
    dropped_version_key,
    member_key,
    model_key,
    principal_key,
    project_key,
    role_key,
    schema_key,
    version_key,
)
from server.public_project import PUBLIC_PROJECT
from server.statements import Change as ChangeStatement
from tests.unit.server.catalog.scenes import CONTEXT, NOW, add, after, create, decided, later, model, seeded

M = ModelName("p", "default", "m")


def test_change_shares_what_it_does_not_touch() -> None:
    before = after(seeded(), create("m"), create("n"), create("s.o"))

    catalog = later(before, add("m"))

    assert catalog.projects["q"] is before.projects["q"]
    assert catalog.projects[PUBLIC_PROJECT] is before.projects[PUBLIC_PROJECT]
    assert catalog.principals is before.principals
    assert catalog.projects["p"].header is before.projects["p"].header
    assert catalog.projects["p"].schemas["s"] is before.projects["p"].schemas["s"]
    assert catalog.projects["p"].schemas["default"].models["n"] is before.projects["p"].schemas["default"].models["n"]
    assert model(catalog).versions["v1"] == model(before).versions["v1"]


def test_old_catalog_stays_as_it_was() -> None:
    before = after(seeded(), create())
    copy = Catalog(before.projects, before.principals, before.revision)

    later(before, add(), "ALTER MODEL m SET DEFAULT_VERSION v2", "DROP MODEL m", "DROP DATABASE q")

    assert before == copy
    assert list(model(before).versions) == ["v1"]


def test_revision_of_says_which_commit_wrote_last() -> None:
    catalog = after(seeded(), create())
    created = catalog.revision

    changed = later(catalog, add())

    assert catalog.revision_of(model_key(M)) == created
    assert changed.revision_of(model_key(M)) == created + 1
    assert changed.revision_of(version_key(M, "v1")) == created + 1
    assert changed.revision_of(schema_key("p", "default")) == catalog.revision_of(schema_key("p", "default")) < created
    assert changed.revision_of(project_key("p")) == 1
    assert changed.revision_of(principal_key(CONTEXT.principal)) == 2


@pytest.mark.parametrize(
    "key",
    [
        model_key(M),
        version_key(M, "v1"),
        model_key(ModelName("x", "default", "m")),
        schema_key("x", "default"),
        schema_key("p", "x"),
        project_key("x"),
        principal_key("x"),
        member_key("x", "x"),
        member_key("p", "x"),
        role_key("p", "x"),
    ],
)
def test_revision_of_what_is_missing_is_zero(key: Key) -> None:
    assert seeded().revision_of(key) == 0


def test_apply_cannot_fail() -> None:
    keys = [
        principal_key("x"),
        project_key("x"),
        member_key("x", "x"),
        member_key("p", "x"),
        role_key("p", "x"),
        schema_key("x", "x"),
        schema_key("p", "x"),
        model_key(ModelName("x", "x", "x")),
        model_key(ModelName("p", "x", "x")),
        version_key(ModelName("p", "default", "x"), "x"),
        version_key(ModelName("x", "x", "x"), "x"),
    ]
    before = seeded()

    catalog = before.apply([Change(key, None) for key in keys], before.revision)

    assert catalog == before


def test_headers_can_be_put_over_what_is_there() -> None:
    before = after(seeded(), create("s.m"))
    alice = seed_project("p", "bob", 7)

    catalog = before.apply(alice.changes, before.revision + 1)

    project = catalog.find_project("p")
    assert project is not None
    assert project.header.owner == "bob"
    assert model(catalog, "p.s.m") is model(before, "p.s.m")


def test_principal_can_be_removed() -> None:
    catalog = seeded().apply([Change(principal_key(CONTEXT.principal), None)], 9)

    assert CONTEXT.principal not in catalog.principals


def records(catalog: Catalog) -> list[tuple[Key, Value, int]]:
    """Every record of the catalog; a version's revision is its model's."""
    found: list[tuple[Key, Value, int]] = []
    for name, role in catalog.principals.items():
        found.append((principal_key(name), role.header, role.revision))
    for name, project in catalog.projects.items():
        found.append((project_key(name), project.header, project.revision))
        found += [(member_key(name, each), node.header, node.revision) for each, node in project.members.items()]
        found += [(role_key(name, each), node.header, node.revision) for each, node in project.roles.items()]
        for schema_name, schema in project.schemas.items():
            found.append((schema_key(name, schema_name), schema.header, schema.revision))
            for model_name, node in schema.models.items():
                full = ModelName(name, schema_name, model_name)
                found.append((model_key(full), node.header, node.revision))
                found += [(version_key(full, each), version, node.revision) for each, version in node.versions.items()]
    for path, of_name in catalog.dropped.items():
        full = ModelName(*path)
        for drop_id, dropped in of_name.items():
            found.append((dropped_key(full, drop_id), dropped.header, dropped.revision))
            found += [
                (dropped_version_key(full, drop_id, each), version, dropped.revision)
                for each, version in dropped.versions.items()
            ]
    return found


@pytest.mark.parametrize("seed", range(3))
def test_building_equals_applying_in_any_order(seed: int) -> None:
    catalog = later(
        after(seeded(), create("m"), create("q.n"), create("s.o"), add("m"), "CREATE SCHEMA q.empty"),
        "ALTER MODEL m SET DEFAULT_VERSION v2",
        "DROP MODEL s.o",
    )
    catalog = after(catalog, "DROP MODEL q.n", context=replace(CONTEXT, recycles=True))
    shuffled = records(catalog)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a fixed order, no secret

    assert build(shuffled, catalog.revision) == catalog


@pytest.mark.parametrize(
    ("missing", "complaint"),
    [
        (version_key(M, "v1"), "model p.default.m has no version v1"),
        (model_key(M), "p.default.m is missing"),
        (schema_key("p", "default"), "p.default is missing"),
        (project_key("p"), "p is missing"),
    ],
)
def test_building_from_records_that_are_not_whole_is_refused(missing: Key, complaint: str) -> None:
    catalog = after(seeded(), create())

    with pytest.raises(ValueError, match=complaint):
        build([record for record in records(catalog) if record[0] != missing], catalog.revision)


def test_building_nothing_gives_an_empty_catalog() -> None:
    assert build([], 0) == Catalog()


def test_kinds_cover_all_records() -> None:
    catalog = after(seeded(), create(), create("gone"), "CREATE ROLE r")
    catalog = after(catalog, "DROP MODEL gone", context=replace(CONTEXT, recycles=True))

    kinds = {key.kind for key, _, _ in records(catalog)}

    assert kinds == set(Kind)


def test_every_change_statement_is_decided() -> None:
    # `decide` matches on the classes of this union: each is decided here or in the tests beside this one.
    texts = [
        "CREATE DATABASE d",
        "DROP DATABASE q",
        "CREATE SCHEMA t",
        "DROP SCHEMA s",
        create("n"),
        add(),
        "ALTER MODEL m SET DEFAULT_VERSION v1",
        "ALTER MODEL m DROP VERSION IF EXISTS v9",
        "DROP MODEL m",
        "ALTER MODEL m SET COMMENT 'c'",
        "ALTER MODEL m MODIFY VERSION v1 SET OPTIONS (ENDPOINT = 'https://e')",
        "ALTER MODEL m SET LABELS ('a' = 'b')",
        "ALTER MODEL m UNSET LABELS ('a')",
        "ALTER MODEL m SET LIFECYCLE 1",
        "ALTER MODEL m SET ALIAS a FOR VERSION v1",
        "ALTER MODEL m DROP ALIAS IF EXISTS a",
        "ALTER MODEL m RENAME TO n",
        "ALTER MODEL IF EXISTS x CHANGEOWNER TO 'y'",
        f"RECORD USER {CONTEXT.principal} (CREATE_TIME = '2026-01-01 00:00:00Z')",
        "UNDROP MODEL gone",
        "PURGE MODEL gone",
        "ROLLBACK MODEL m TO REVISION 1",
        "ADD USER u",
        "REMOVE USER member",
        "CREATE ROLE r",
        "DROP ROLE IF EXISTS r",
        f"GRANT Admin TO {CONTEXT.principal}",
        f"REVOKE Admin FROM {CONTEXT.principal}",
        f"GRANT Describe ON MODEL m TO USER {CONTEXT.principal}",
        f"REVOKE Describe ON MODEL m FROM USER {CONTEXT.principal}",
    ]
    catalog = after(seeded(), create(), create("gone"), "ADD USER member")
    catalog = after(catalog, "DROP MODEL gone", context=replace(CONTEXT, recycles=True))
    context = replace(CONTEXT, earlier=Earlier(model(catalog), NOW, replaced=False))

    decisions = [decided(catalog, text, context) for text in texts]

    assert len(decisions) == len(ChangeStatement.__args__)

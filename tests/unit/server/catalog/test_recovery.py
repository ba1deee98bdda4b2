"""The recycle bin: DROP MODEL fills it, UNDROP MODEL and PURGE MODEL empty it."""

import pytest
from msgspec.structs import replace

from server.catalog import Catalog, ModelName, decide
from server.catalog.events import Change
from server.catalog.tree import build
from server.catalog.values import model_key, principal_key, version_key
from server.dialect import parse
from server.errors import Condition
from server.history import make_notes, read_entry
from server.records import decode_record, encode_changes
from server.statements import DropModel
from server.store.interface import Record
from tests.unit.server.catalog.scenes import (
    CONTEXT,
    NOW,
    OTHER,
    add,
    after,
    create,
    decided,
    model,
    refused,
    seeded,
    unmark,
)

RECYCLING = replace(CONTEXT, recycles=True)
M = ModelName("p", "default", "m")


def at(time: int, catalog: Catalog, *texts: str) -> Catalog:
    return after(catalog, *texts, context=replace(RECYCLING, now=time))


@pytest.fixture
def made() -> Catalog:
    """A model with two versions, an alias, a label and a comment."""
    return after(
        seeded(),
        create(comment="COMMENT 'c'"),
        add(),
        "ALTER MODEL m SET ALIAS prod FOR VERSION v2",
        "ALTER MODEL m SET LABELS ('a' = 'b')",
    )


def test_a_dropped_model_is_nowhere_but_in_the_bin(made: Catalog) -> None:
    catalog = at(NOW + 1, made, "DROP MODEL m")

    assert catalog.find_model(M) is None
    ((drop_id, dropped),) = catalog.list_dropped(M)
    assert drop_id == str(NOW + 1)
    assert dropped.header.header == model(made).header
    assert dropped.header.principal == "ALIYUN$alice"
    assert dropped.versions == model(made).versions
    assert catalog.revision_of(model_key(M)) == 0


def test_without_a_bin_a_dropped_model_is_gone(made: Catalog) -> None:
    catalog = after(made, "DROP MODEL m")

    assert catalog.dropped == seeded().dropped


def test_undrop_brings_everything_back(made: Catalog) -> None:
    catalog = at(NOW + 2, at(NOW + 1, made, "DROP MODEL m"), "UNDROP MODEL m")

    back, before = model(catalog), model(made)
    assert back.versions == before.versions
    assert back.header.aliases == before.header.aliases
    assert back.header.labels == before.header.labels
    assert back.header.create_time == before.header.create_time
    assert back.header.last_modified_time == NOW + 2
    assert not catalog.dropped
    assert catalog.revision_of(version_key(M, "v1")) == catalog.revision


def test_an_owner_who_is_gone_gives_way_to_who_brings_it_back(made: Catalog) -> None:
    other = replace(RECYCLING, principal=OTHER)

    kept = at(NOW + 1, made, "DROP MODEL m")
    assert model(after(kept, "UNDROP MODEL m", context=other)).header.owner == CONTEXT.principal
    gone = kept.apply([Change(principal_key(CONTEXT.principal), None)], kept.revision)
    assert model(after(gone, "UNDROP MODEL m", context=other)).header.owner == OTHER


def test_the_newest_of_a_name_comes_back_first(made: Catalog) -> None:
    catalog = at(NOW + 1, made, "DROP MODEL m")
    catalog = at(NOW + 2, catalog, create("m", "other"), "DROP MODEL m")
    catalog = at(NOW + 3, catalog, "UNDROP MODEL m")

    assert list(model(catalog).versions) == ["other"]
    catalog = at(NOW + 4, catalog, "ALTER MODEL m RENAME TO n", "UNDROP MODEL m")
    assert sorted(model(catalog).versions) == ["v1", "v2"]


def test_a_name_that_is_taken_is_refused(made: Catalog) -> None:
    text, place = unmark("UNDROP MODEL ^m")
    catalog = at(NOW + 1, made, "DROP MODEL m", create())

    diagnostic = refused(catalog, text)

    assert (diagnostic.condition, diagnostic.at) == (Condition.MODEL_EXISTS, place)
    assert diagnostic.condition.sqlstate == "42710"
    assert diagnostic.hint is not None


@pytest.mark.parametrize("text", ["UNDROP MODEL ^m", "PURGE MODEL ^m", "UNDROP MODEL ^p.default.m"])
def test_what_is_not_in_the_bin_is_refused(made: Catalog, text: str) -> None:
    text, place = unmark(text)

    diagnostic = refused(made, text)

    assert (diagnostic.condition, diagnostic.at) == (Condition.MODEL_NOT_DROPPED, place)


def test_purge_takes_all_of_a_name(made: Catalog) -> None:
    catalog = at(NOW + 1, made, "DROP MODEL m")
    catalog = at(NOW + 2, catalog, create("m", "other"), "DROP MODEL m", create("n"), "DROP MODEL n")

    catalog = at(NOW + 3, catalog, "PURGE MODEL m")

    assert catalog.list_dropped(M) == []
    assert len(catalog.list_dropped(ModelName("p", "default", "n"))) == 1


def test_purge_if_exists_of_nothing_changes_nothing(made: Catalog) -> None:
    decision = decided(made, "PURGE MODEL IF EXISTS m")

    assert decision.event is None
    assert [notice.condition for notice in decision.notices] == [Condition.SKIPPED_MISSING]


def test_a_schema_and_a_project_take_their_bins_along() -> None:
    catalog = at(NOW + 1, seeded(), create("s.m"), "DROP MODEL s.m", create("q.m"), "DROP MODEL q.m")

    catalog = at(NOW + 2, catalog, "DROP SCHEMA s", "CREATE SCHEMA s")
    assert refused(catalog, "UNDROP MODEL s.m").condition is Condition.MODEL_NOT_DROPPED
    assert len(catalog.dropped) == 1
    assert not at(NOW + 3, catalog, "DROP DATABASE q").dropped


def test_the_bin_is_built_from_its_records(made: Catalog) -> None:
    records: dict[str, Record] = {}
    catalog = Catalog()
    for text in ("DROP MODEL m", create("m", "other"), "DROP MODEL m", create()):
        event = decided(made, text, replace(RECYCLING, now=made.revision)).event
        assert event is not None
        made = made.apply(event.changes, made.revision + 1)
        for change in encode_changes(event.changes):
            records.pop(change.key, None)
            if change.value is not None and change.key.startswith("dropped"):
                records[change.key] = Record(change.key, change.value, made.revision)

    catalog = build([decode_record(record) for record in records.values()], made.revision)

    assert catalog.dropped == made.dropped


def test_versions_in_the_bin_without_their_model_are_damage(made: Catalog) -> None:
    event = decided(made, "DROP MODEL m", RECYCLING).event
    assert event is not None
    stored = [each for each in encode_changes(event.changes) if each.key.startswith("dropped_version/")]
    records = [decode_record(Record(each.key, each.value or b"", 9)) for each in stored]

    with pytest.raises(ValueError, match=rf"dropped model p\.default\.m\.{NOW} is missing"):
        build(records, 9)


def test_the_history_tells_which_of_the_name_it_was(made: Catalog) -> None:
    statement = parse("DROP MODEL m")
    assert isinstance(statement, DropModel)
    event = decide(made, statement, RECYCLING).event
    assert event is not None

    (note,) = make_notes(event, made)

    assert read_entry(note).drop_id == str(NOW)
    # The versions only move, so that they are not written twice.
    assert b"version/" not in note.undo

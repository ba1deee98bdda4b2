"""What the model statements accept: the document's own, everything at its limit, every letter case."""

import pytest
from msgspec.structs import replace

from server.catalog.values import Column
from server.errors import Condition
from tests.unit.server.catalog.scenes import (
    CONTEXT,
    IMPORT,
    LATER,
    LLM,
    NOW,
    REMOTE,
    TREE,
    add,
    after,
    create,
    create_imported,
    decided,
    later,
    model,
    notices,
    seeded,
    unmark,
)
from tests.unit.server.dialect.documents import ADD_IMPORTED, ADD_REMOTE, CREATE_IMPORTED

CJK = "\u4e2d"
LENIENT = replace(CONTEXT, lenient_names=True)


def test_documented_remote_model() -> None:
    catalog = later(after(seeded(), create("PAI_EAS_Qwen25_Omni_3B", "v1")), ADD_REMOTE)

    changed = model(catalog, "p.default.pai_eas_qwen25_omni_3b")
    added = changed.versions["v2"]
    assert changed.header.default_version == "v1"
    assert added.added
    assert added.comment == "PAI EAS remote model string-url input"
    assert added.input == (Column("url", "string"), Column("promt", "string"))
    assert dict(added.options) == {
        "TASKS": "text-generation",
        "PAI_EAS_MODEL_NAME": "Qwen2.5-Omni-3B",
        "PAI_EAS_SERVICE_NAME": "test_remote_model",
        "ENDPOINT": "http://11261230********.cn-shanghai.pai-eas.aliyuncs.com",
        "PAI_EAS_SYNC_MODE": "true",
    }
    assert added.options == tuple(sorted(added.options))
    assert added.secrets == (("APIKEY", b"sealed"),)


def test_documented_imported_model() -> None:
    catalog = later(after(seeded(), CREATE_IMPORTED), ADD_IMPORTED)

    changed = model(catalog, "p.default.test_xgboost_classifier")
    assert sorted(changed.versions) == ["v1", "v2"]
    assert changed.versions["v1"].input == (Column("f1", "int", "first"), Column("data", "binary"))
    assert changed.header.model_type == "BOOSTED_TREE_CLASSIFIER"


def test_documented_public_endpoint_gives_a_warning() -> None:
    catalog = after(seeded(), CREATE_IMPORTED)

    assert notices(decided(seeded(), CREATE_IMPORTED)) == []
    assert notices(decided(catalog, ADD_IMPORTED)) == [(Condition.ENDPOINT_PUBLIC, ADD_IMPORTED.index("'oss://"))]
    assert Condition.ENDPOINT_PUBLIC.sqlstate == "01000"
    assert Condition.ENDPOINT_PUBLIC.severity.value == "WARNING"


def test_create_makes_the_model_and_its_default_version() -> None:
    created = model(after(seeded(), create("M", "V1", comment="COMMENT 'what it is'")))

    header, version = created.header, created.default
    assert (header.owner, header.source_type, header.model_type) == ("ALIYUN$alice", "REMOTE", "LLM")
    assert (header.default_version, version.name) == ("v1", "v1")
    assert (header.create_time, header.last_modified_time) == (NOW, NOW)
    assert (version.create_time, version.last_modified_time) == (NOW, NOW)
    assert (header.comment, version.comment) == ("what it is", "what it is")
    assert not version.added


def test_add_version_inherits_the_types_and_keeps_the_default() -> None:
    before = after(seeded(), create(comment="COMMENT 'one'"))

    catalog = later(before, add(comment="COMMENT 'two'"))

    header = model(catalog).header
    assert (header.source_type, header.model_type) == ("REMOTE", "LLM")
    assert (header.default_version, header.comment) == ("v1", "one")
    assert (header.owner, header.create_time, header.last_modified_time) == ("ALIYUN$alice", NOW, LATER)
    assert model(catalog).versions["v1"] == model(before).versions["v1"]
    added = model(catalog).versions["v2"]
    assert (added.comment, added.create_time, added.last_modified_time) == ("two", LATER, LATER)


@pytest.mark.parametrize(
    "types", ["MODEL_SOURCE_TYPE = 'remote', ", "model_type = 'llm', ", LLM, '`Model_Type` = "Llm", ']
)
def test_add_version_may_repeat_the_types_in_any_case(types: str) -> None:
    catalog = after(seeded(), create(), f"ALTER MODEL M ADD VERSION V2 WITH OPTIONS ({types}{REMOTE})")

    assert sorted(model(catalog).versions) == ["v1", "v2"]
    assert "MODEL_TYPE" not in dict(model(catalog).versions["v2"].options)


@pytest.mark.parametrize("value", ["import", "Import"])
def test_types_are_kept_in_upper_case(value: str) -> None:
    text = (
        create_imported().replace("'IMPORT'", f"'{value}'").replace("BOOSTED_TREE_CLASSIFIER", "boosted_tree_regressor")
    )

    header = model(after(seeded(), text)).header

    assert (header.source_type, header.model_type) == ("IMPORT", "BOOSTED_TREE_REGRESSOR")


@pytest.mark.parametrize("model_type", ["LLM", "MLLM"])
@pytest.mark.parametrize("tasks", ["chat", "text-generation", "sentence-embedding", "chat, text-generation,chat"])
def test_remote_types_and_tasks(model_type: str, tasks: str) -> None:
    text = create().replace("'LLM'", f"'{model_type}'").replace("'text-generation'", f"'{tasks}'")

    created = model(after(seeded(), text))

    assert created.header.model_type == model_type
    assert created.default.find_option("TASKS") == tasks


@pytest.mark.parametrize(
    "option",
    [
        "PAI_EAS_SYNC_REQUEST_TIMEOUT = '5000'",
        "PAI_EAS_SYNC_REQUEST_TIMEOUT = 1800000",
        "pai_eas_sync_request_timeout = '0005000'",
    ],
)
def test_timeout_may_be_given(option: str) -> None:
    version = model(after(seeded(), f"CREATE MODEL m WITH VERSION v1 OPTIONS ({LLM}{REMOTE}, {option})")).default

    assert version.find_option("PAI_EAS_SYNC_REQUEST_TIMEOUT") == option.split(" = ")[1].strip("'")


def test_default_timeout_is_not_materialised() -> None:
    assert model(after(seeded(), create())).default.find_option("PAI_EAS_SYNC_REQUEST_TIMEOUT") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'service'", "'group.service'"),
        ("'http://1.cn-shanghai.pai-eas.aliyuncs.com'", "'https://[::1]:8080/path?query'"),
    ],
)
def test_other_forms_of_values(old: str, new: str) -> None:
    assert new.strip("'") in dict(model(after(seeded(), create().replace(old, new))).default.options).values()


@pytest.mark.parametrize("location", ["oss://oss-cn-internal.aliyuncs.com/b", "oss://oss-cn-internal.aliyuncs.com/b/c"])
def test_internal_location_gives_no_warning(location: str) -> None:
    text = create_imported().replace("oss://oss-cn-internal.aliyuncs.com/bucket/path/", location)

    assert notices(decided(seeded(), text)) == []


def test_names_may_be_as_long_as_their_limits() -> None:
    name, version = "m" * 255, "v" * 256
    columns = f"{'c' * 128} INT COMMENT '{'x' * 1024}', {CJK * 42 + 'cc'} STRING COMMENT '{CJK * 341 + 'c'}'"

    catalog = after(seeded(), create(name, version, extra=f"INPUT ({columns})", comment=f"COMMENT '{CJK * 341}c'"))

    created = model(catalog, f"p.default.{name}")
    assert created.header.default_version == version
    assert [len(column.name.encode()) for column in created.default.input] == [128, 128]
    assert [len(column.comment.encode()) for column in created.default.input] == [1024, 1024]
    assert len(created.header.comment.encode()) == 1024


def test_column_may_begin_with_a_chinese_character() -> None:
    columns = "\u4e2d\u6587_1 INT, a\u5b57 STRING, \u3400 INT, \uf900 INT"

    created = model(after(seeded(), create(extra=f"INPUT ({columns})")))

    assert [column.name for column in created.default.input] == ["\u4e2d\u6587_1", "a\u5b57", "\u3400", "\uf900"]


def test_keywords_are_names_too() -> None:
    catalog = after(
        seeded(),
        create("`model`", "`version`", extra="INPUT (`select` INT, `input` INT)"),
        create("options", "comment"),
    )

    assert model(catalog, "p.default.model").header.default_version == "version"
    assert model(catalog, "p.default.options").header.default_version == "comment"


def test_names_are_folded() -> None:
    catalog = after(seeded(), create("P.DEFAULT.Big", "V1", extra="INPUT (Col INT)"), add("BIG", "`V2`"))

    assert sorted(model(catalog, "p.default.big").versions) == ["v1", "v2"]
    assert model(catalog, "p.default.big").default.input == (Column("col", "int"),)


def test_option_keys_are_folded() -> None:
    text = f"CREATE MODEL m WITH VERSION v1 OPTIONS ({LLM}{REMOTE})"
    for key in ("TASKS", "APIKEY", "MODEL_TYPE", "ENDPOINT"):
        text = text.replace(f"{key} =", f"{key.title()} =")

    created = model(after(seeded(), text)).default

    assert [key for key, _ in created.options] == sorted(key for key, _ in created.options)
    assert all(key.isupper() for key, _ in (*created.options, *created.secrets))


@pytest.mark.parametrize(
    "text",
    [
        create("^1m"),
        create("m", "^_v"),
        create("m", "v", extra="INPUT (a INT, ^1b INT)"),
        create("s.^1m"),
        "CREATE SCHEMA ^2nd",
        "CREATE DATABASE ^_x",
    ],
)
def test_lenient_names_are_accepted_with_a_warning(text: str) -> None:
    text, place = unmark(text)

    decision = decided(seeded(), text, LENIENT)

    assert decision.event is not None
    assert notices(decision) == [(Condition.NAME_NOT_LETTER_ALLOWED, place)]
    assert Condition.NAME_NOT_LETTER_ALLOWED.sqlstate == "01000"


def test_lenient_names_still_obey_the_other_rules() -> None:
    text = f"CREATE MODEL 1m WITH VERSION 1v INPUT (1c INT) OPTIONS ({TREE}{IMPORT.replace('-internal', '')})"

    conditions = [condition for condition, _ in notices(decided(seeded(), text, LENIENT))]

    assert conditions == [*[Condition.NAME_NOT_LETTER_ALLOWED] * 3, Condition.ENDPOINT_PUBLIC]

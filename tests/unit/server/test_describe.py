"""DESC MODEL as the documented box, byte for byte.

The golden files were written from the layout of the document's example (rules of 84 dashes, titles in
35 of 84 characters, fields of 25 and 56, input columns of 15, 10 and 51), not by the code under test.
"""

from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.catalog import Model, ModelHeader, ModelName, ModelVersion
from server.catalog.values import Column
from server.catalog.versions import Versions
from server.describe import Line, describe_model, format_box

GOLDEN = Path(__file__).parent / "golden"
SHANGHAI = ZoneInfo("Asia/Shanghai")
CREATED = 1_760_005_968_999_999  # 2025-10-09 10:32:48.999999 UTC: fractions are cut, not rounded
MODEL_CHANGED = 1_760_085_521_000_000
ADDED = 1_760_086_431_000_000
DEFAULT_CHANGED = 1_760_086_507_000_000
OWNER = "ALIYUN$alice@example.com"
REMOTE = (
    ("ENDPOINT", "http://1126123011223344.cn-shanghai.pai-eas.aliyuncs.com"),
    ("PAI_EAS_MODEL_NAME", "Qwen2.5-Omni-3B"),
    ("PAI_EAS_SERVICE_NAME", "test_remote_model"),
    ("PAI_EAS_SYNC_MODE", "true"),
)
TASKS = ("TASKS", "text-generation")


def header(source: str, kind: str, default: str = "v1", changed: int = CREATED, comment: str = "") -> ModelHeader:
    return ModelHeader(OWNER, source, kind, default, CREATED, changed, comment)


def describe(
    name: str,
    of_model: ModelHeader,
    version: ModelVersion,
    secrets: dict[str, str] | None = None,
    zone: tzinfo = SHANGHAI,
) -> list[Line]:
    model = Model(of_model, Versions.of({version.name: version}), 1)
    return describe_model(ModelName("muze_demo", "default", name), model, version, secrets or {}, zone)


def created() -> list[Line]:
    version = ModelVersion(
        "v1",
        CREATED,
        CREATED,
        (Column("data", "binary"), Column("promt", "string")),
        (*REMOTE, TASKS),
        comment="not shown",
    )
    key = "ZjA5NGRjN2VjOTZiM11223344TZmZTQ1MThkMGE4ZmUyNj11223344=="
    of_model = header("REMOTE", "MLLM", "v1", MODEL_CHANGED, "PAI EAS remote model binary input")
    return describe("pai_eas_qwen25_omni_3b", of_model, version, {"APIKEY": key})


def added() -> list[Line]:
    version = ModelVersion(
        "v2",
        ADDED,
        ADDED,
        (Column("url", "string", "where the picture is"), Column("promt", "string")),
        (*REMOTE, ("PAI_EAS_SYNC_REQUEST_TIMEOUT", "6000"), TASKS),
        comment="PAI EAS remote model string-url input",
        added=True,
    )
    of_model = header("REMOTE", "MLLM", "v2", DEFAULT_CHANGED, "PAI EAS remote model binary input")
    return describe("pai_eas_qwen25_omni_3b", of_model, version, {"APIKEY": "****YzYw"})


def imported() -> list[Line]:
    options = (
        ("LOCATION", "oss://oss-cn-internal.aliyuncs.com/bucket/path/"),
        ("ROLEARN", "acs:ram::1126123011223344:role/aliyunodpsdefaultrole"),
    )
    version = ModelVersion("v1", CREATED, CREATED, (Column("f1", "int"), Column("f2", "int")), options)
    return describe("test_xgboost_classifier", header("IMPORT", "BOOSTED_TREE_CLASSIFIER"), version)


def too_long() -> list[Line]:
    columns = (
        Column("a_column_of_16_ch", "map<string,bigint>", "x" * 52),
        Column("fifteen_letters", "timestamp_", "y" * 51),
    )
    options = (("ENDPOINT", "http://" + "e" * 60), ("PAI_EAS_MODEL_NAME", "n" * 56))
    version = ModelVersion("v1", CREATED, CREATED, columns, options)
    return describe("m" * 60, header("REMOTE", "LLM", comment="c" * 57), version)


def chinese() -> list[Line]:
    columns = (Column("\u56fe\u7247", "string", "\u5730\u5740"),)
    version = ModelVersion("v1", CREATED, CREATED, columns, (TASKS,))
    return describe("m", header("REMOTE", "LLM", comment="\u5546\u54c1\u63cf\u8ff0"), version)


@pytest.mark.parametrize(
    ("golden", "lines", "was_added"),
    [
        ("desc_created.txt", created(), False),
        ("desc_added.txt", added(), True),
        ("desc_imported.txt", imported(), False),
        ("desc_long.txt", too_long(), False),
        ("desc_cjk.txt", chinese(), False),
    ],
    ids=["created", "added", "imported", "long", "cjk"],
)
def test_box(golden: str, lines: list[Line], was_added: bool) -> None:
    box = "".join(f"{line}\n" for line in format_box(lines, lower_case_options=was_added))

    assert box.encode() == (GOLDEN / golden).read_bytes()


def test_lines_are_as_wide_as_the_document_prints_them() -> None:
    for lines in (created(), imported(), chinese()):
        assert {len(line) for line in format_box(lines, lower_case_options=False)} == {86}


def test_rows_keep_option_names_in_upper_case() -> None:
    names = [line[1] for line in added() if line[0] == "Version Information"]

    assert names == [
        "Owner",
        "Project",
        "Model Name",
        "Model Type",
        "Source Type",
        "Version Name",
        "Path",
        "CreateTime",
        "LastModifiedTime",
        "APIKEY",
        "ENDPOINT",
        "PAI_EAS_MODEL_NAME",
        "PAI_EAS_SERVICE_NAME",
        "PAI_EAS_SYNC_MODE",
        "PAI_EAS_SYNC_REQUEST_TIMEOUT",
        "REMOTE_SERVICE_TYPE",
    ]


def test_sections_of_the_model_and_the_input() -> None:
    lines = imported()

    assert [line[1] for line in lines if line[0] == "Model Information"] == [
        "Owner",
        "Project",
        "Model Name",
        "Model Type",
        "Source Type",
        "Default Version",
        "CreateTime",
        "LastModifiedTime",
        "Comment",
    ]
    assert [line for line in lines if line[0] == "Input"] == [
        ("Input", "f1", "int", ""),
        ("Input", "f2", "int", ""),
    ]


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        (UTC, "2025-10-09 10:32:48"),
        (SHANGHAI, "2025-10-09 18:32:48"),
        (ZoneInfo("America/New_York"), "2025-10-09 06:32:48"),
    ],
)
def test_times_are_in_the_sessions_zone(zone: tzinfo, time: str) -> None:
    version = ModelVersion("v1", CREATED, CREATED)

    lines = describe("m", header("REMOTE", "LLM"), version, zone=zone)

    assert {line[2] for line in lines if line[1] == "CreateTime"} == {time}


def test_version_without_a_service_has_no_service_type() -> None:
    # Public models name no PAI-EAS service of the user's, imported ones none at all.
    for lines in (chinese(), imported()):
        assert "REMOTE_SERVICE_TYPE" not in [line[1] for line in lines]

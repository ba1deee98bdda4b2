"""The rules of the model statements, broken one at a time; `^` marks the place that the error names."""

from typing import Final

import pytest

from server.errors import Condition
from tests.unit.server.catalog.scenes import IMPORT, LLM, REMOTE, TREE, add, after, create, refused, seeded, unmark

LONG: Final = "a" * 256
CJK: Final = "\u4e2d"

NAMES: Final = [
    (create("^`a-b`"), Condition.NAME_INVALID, "42602"),
    (create("^`\u4e2d`"), Condition.NAME_INVALID, "42602"),
    (create("^``"), Condition.NAME_EMPTY, "42602"),
    (create("^1m"), Condition.NAME_NOT_LETTER, "42602"),
    (create("^_m"), Condition.NAME_NOT_LETTER, "42602"),
    (create("p.default.^_m"), Condition.NAME_NOT_LETTER, "42602"),
    (create("^" + LONG), Condition.NAME_TOO_LONG, "42622"),
    (create("m", "^`v.1`"), Condition.NAME_INVALID, "42602"),
    (create("m", "^``"), Condition.NAME_EMPTY, "42602"),
    (create("m", "^1v"), Condition.NAME_NOT_LETTER, "42602"),
    (create("m", "^" + LONG + "a"), Condition.NAME_TOO_LONG, "42622"),
    (create("m", "^Default_Version"), Condition.NAME_RESERVED, "42939"),
    (add("old", "^default_version"), Condition.NAME_RESERVED, "42939"),
    (add("old", "^`v 2`"), Condition.NAME_INVALID, "42602"),
    (add("old", "^" + LONG + "a"), Condition.NAME_TOO_LONG, "42622"),
]
COLUMNS: Final = [
    ("^`a-b` INT", Condition.NAME_INVALID, "42602"),
    ("^`` INT", Condition.NAME_EMPTY, "42602"),
    ("^1a INT", Condition.NAME_NOT_LETTER, "42602"),
    ("ok INT, ^_a INT", Condition.NAME_NOT_LETTER, "42602"),
    (f"^{'a' * 129} INT", Condition.NAME_TOO_LONG, "42622"),
    (f"^{CJK * 43} INT", Condition.NAME_TOO_LONG, "42622"),
    ("a INT, b INT, ^A STRING", Condition.COLUMN_DUPLICATE, "42701"),
    ("^`\u3042` INT", Condition.NAME_INVALID, "42602"),
    (f"a INT COMMENT ^'{'c' * 1025}'", Condition.COMMENT_TOO_LONG, "22001"),
    (f"a INT COMMENT ^'{CJK * 342}'", Condition.COMMENT_TOO_LONG, "22001"),
]


@pytest.mark.parametrize(("text", "condition", "sqlstate"), NAMES)
def test_name_rules(text: str, condition: Condition, sqlstate: str) -> None:
    text, place = unmark(text)

    error = refused(after(seeded(), create("old")), text)

    assert (error.condition, error.condition.sqlstate, error.at) == (condition, sqlstate, place)


@pytest.mark.parametrize(("columns", "condition", "sqlstate"), COLUMNS)
def test_column_rules(columns: str, condition: Condition, sqlstate: str) -> None:
    for statement in (create, add):
        text, place = unmark(statement(extra=f"INPUT ({columns})"))

        error = refused(after(seeded(), create("other")), text)

        assert (error.condition, error.condition.sqlstate, error.at) == (condition, sqlstate, place)


@pytest.mark.parametrize("comment", ["c" * 1025, CJK * 342])
def test_comment_is_at_most_1024_bytes(comment: str) -> None:
    for statement, kind in ((create, "model"), (add, "version")):
        text, place = unmark(statement(comment=f"COMMENT ^'{comment}'"))

        error = refused(after(seeded(), create("other")), text)

        assert (error.condition, error.at) == (Condition.COMMENT_TOO_LONG, place)
        assert error.condition.sqlstate == "22001"
        assert error.text == f"{kind} comment is longer than 1024 bytes"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("m", "SET modeld.lenient_names = true"), ("v1", "choose another name")],
)
def test_name_hints_say_what_to_do(name: str, hint: str) -> None:
    text = create("1m") if name == "m" else create("m", "default_version")

    error = refused(seeded(), text)

    assert error.hint is not None
    assert hint in error.hint


def _create(options: str, extra: str = "") -> str:
    return f"CREATE MODEL m WITH VERSION v1 {extra} ^OPTIONS ({options})"


OPTIONS: Final = [
    # (options of CREATE; where `^` is missing the place is the option list), condition, words of the text.
    (f"{LLM}{REMOTE}, ^TASK = 'chat'", Condition.OPTION_UNKNOWN, "TASK"),
    (f"{LLM}{REMOTE}, ^tasks = 'chat'", Condition.OPTION_DUPLICATE, "TASKS"),
    (f"MODEL_TYPE = 'LLM', {REMOTE}", Condition.OPTION_MISSING, "MODEL_SOURCE_TYPE"),
    (f"MODEL_SOURCE_TYPE = 'REMOTE', {REMOTE}", Condition.OPTION_MISSING, "MODEL_TYPE"),
    (f"MODEL_SOURCE_TYPE = ^'LOCAL', MODEL_TYPE = 'LLM', {REMOTE}", Condition.OPTION_INVALID, "IMPORT, REMOTE"),
    (f"MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = ^'GPT', {REMOTE}", Condition.OPTION_INVALID, "LLM, MLLM"),
    (
        f"MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = ^'BOOSTED_TREE_REGRESSOR', {REMOTE}",
        Condition.OPTION_INVALID,
        "when MODEL_SOURCE_TYPE is REMOTE",
    ),
    (
        f"MODEL_SOURCE_TYPE = 'IMPORT', MODEL_TYPE = ^'LLM', {IMPORT}",
        Condition.OPTION_INVALID,
        "BOOSTED_TREE_REGRESSOR, BOOSTED_TREE_CLASSIFIER",
    ),
    (f"{LLM}{REMOTE}, ^LOCATION = 'oss://e/b/'", Condition.OPTION_NOT_FOR_SOURCE, "LOCATION"),
    (f"{LLM}{REMOTE}, ^ROLEARN = 'acs:ram::1:role/r'", Condition.OPTION_NOT_FOR_SOURCE, "ROLEARN"),
    (f"{TREE}{IMPORT}, ^APIKEY = 'key'", Condition.OPTION_NOT_FOR_SOURCE, "APIKEY"),
    (f"{TREE}{IMPORT}, ^TASKS = 'chat'", Condition.OPTION_NOT_FOR_SOURCE, "TASKS"),
]
MISSING: Final = [
    *((TREE, IMPORT, key) for key in ("LOCATION", "ROLEARN")),
    *(
        (LLM, REMOTE, key)
        for key in (
            "TASKS",
            "PAI_EAS_MODEL_NAME",
            "PAI_EAS_SERVICE_NAME",
            "ENDPOINT",
            "APIKEY",
            "PAI_EAS_SYNC_MODE",
        )
    ),
]
VALUES: Final = [
    ("LOCATION", ["", "oss-cn/b/", "http://e/b/", "oss://", "oss:///b/", "oss://e", "oss://e/", "oss://e /b/"]),
    ("LOCATION", ["oss://id:hunter2@oss-cn-internal.aliyuncs.com/b/", "oss://id@e/b/"]),
    ("ROLEARN", ["", "acs:ram::1", "acs:ram:::role/r", "acs:ram::1:role/", "ram::1:role/r", "acs:ram::1:user/r"]),
    ("TASKS", ["", "Chat", "chat,", "chat;sentence-embedding", "image-to-text", ", chat"]),
    ("PAI_EAS_MODEL_NAME", ["", "  "]),
    ("PAI_EAS_SERVICE_NAME", ["", "a.b.c", "a b", ".a", "a."]),
    ("ENDPOINT", ["", "host", "ftp://host", "http://", "http:host", "http://a b", "http://[::1", "http://h/a\\nb"]),
    ("APIKEY", ["", " "]),
    ("PAI_EAS_SYNC_MODE", ["", "false", "1", "TRUE"]),
    ("PAI_EAS_SYNC_REQUEST_TIMEOUT", ["", "4999", "1800001", "5000.0", "-5000", "5s", " 5000", "\u0665000", "9" * 40]),
]


@pytest.mark.parametrize(("options", "condition", "words"), OPTIONS)
def test_option_rules(options: str, condition: Condition, words: str) -> None:
    text = _create(options, "INPUT (a INT)")
    text, place = unmark(text.replace("^", "", 1) if "^" in options else text)

    error = refused(seeded(), text)

    assert (error.condition, error.condition.sqlstate, error.at) == (condition, "22023", place)
    assert words in error.text


@pytest.mark.parametrize(("types", "options", "missing"), MISSING)
def test_every_required_option_is_missed(types: str, options: str, missing: str) -> None:
    kept = ", ".join(option for option in options.split(", ") if not option.startswith(missing + " "))
    text, place = unmark(_create(types + kept, "INPUT (a INT)"))

    error = refused(seeded(), text)

    assert (error.condition, error.at) == (Condition.OPTION_MISSING, place)
    assert error.text.startswith(f"model option {missing} is required when MODEL_SOURCE_TYPE is ")


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in VALUES for value in values])
def test_option_values(key: str, value: str) -> None:
    types, options = (TREE, IMPORT) if key in ("LOCATION", "ROLEARN") else (LLM, REMOTE)
    others = ", ".join(option for option in options.split(", ") if not option.startswith(key + " "))
    marked = _create(f"{types}{others}, {key} = ^'{value}'", "INPUT (a INT)")
    text, place = unmark(marked.replace("^", "", 1))

    error = refused(seeded(), text)

    assert (error.condition, error.condition.sqlstate, error.at) == (Condition.OPTION_INVALID, "22023", place)
    assert error.text.startswith(f"invalid value of model option {key}: ")


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("TASK", "TASKS"),
        ("model_tpye", "MODEL_TYPE"),
        ("MODEL_SOURCE_TPYE", "MODEL_SOURCE_TYPE"),
        ("API_KEY", "APIKEY"),
        ("sync_request_timeout", "PAI_EAS_SYNC_REQUEST_TIMEOUT"),
        ("ROLE_ARN", "ROLEARN"),
    ],
)
def test_unknown_option_names_the_nearest(key: str, nearest: str) -> None:
    error = refused(seeded(), f"CREATE MODEL m WITH VERSION v1 OPTIONS ({LLM}{REMOTE}, {key} = 'x')")

    assert error.condition is Condition.OPTION_UNKNOWN
    assert error.hint == f"Perhaps you meant {nearest}."


def test_unknown_option_that_is_near_none_names_them_all() -> None:
    error = refused(seeded(), f"CREATE MODEL m WITH VERSION v1 OPTIONS ({LLM}{REMOTE}, FOO = 'x')")

    assert error.hint == (
        "There are MODEL_SOURCE_TYPE, MODEL_TYPE, LOCATION, ROLEARN, TASKS, PAI_EAS_MODEL_NAME, PAI_EAS_SERVICE_NAME, "
        "ENDPOINT, APIKEY, PAI_EAS_SYNC_MODE, PAI_EAS_SYNC_REQUEST_TIMEOUT."
    )


def test_no_error_repeats_a_value() -> None:
    # Anything may be a secret that landed under the wrong key.
    for key in ("ENDPOINT", "TASKS", "MODEL_TYPE", "MODEL_SOURCE_TYPE", "PAI_EAS_SYNC_MODE", "LOCATION", "API_KEY"):
        others = ", ".join(option for option in (LLM + REMOTE).split(", ") if not option.startswith(key + " "))

        error = refused(seeded(), f"CREATE MODEL m WITH VERSION v1 OPTIONS ({others}, {key} = 'hunter2 ')")

        assert "hunter2" not in f"{error.message()} {error.hint} {error.detail}"


def test_import_needs_input() -> None:
    text, place = unmark(f"CREATE MODEL m WITH VERSION ^v1 OPTIONS ({TREE}{IMPORT})")

    error = refused(seeded(), text)

    assert (error.condition, error.condition.sqlstate, error.at) == (Condition.INPUT_MISSING, "22023", place)


@pytest.mark.parametrize(
    ("options", "option", "given"),
    [
        ("MODEL_SOURCE_TYPE = ^'IMPORT', " + IMPORT, "MODEL_SOURCE_TYPE", "IMPORT"),
        ("MODEL_TYPE = ^'mllm', " + REMOTE, "MODEL_TYPE", "MLLM"),
    ],
)
def test_all_versions_have_the_same_types(options: str, option: str, given: str) -> None:
    text, place = unmark(f"ALTER MODEL m ADD VERSION v2 INPUT (a INT) WITH OPTIONS ({options})")

    error = refused(after(seeded(), create()), text)

    assert (error.condition, error.condition.sqlstate, error.at) == (Condition.TYPE_DIFFERS, "22023", place)
    assert error.text.startswith(f"{option} {given} of version v2 ")
    assert error.text.endswith("must be the same across all versions")
    assert error.message().startswith("ODPS-0110061: Failed to run ddltask - ")


def test_add_version_knows_the_options_of_the_model_source() -> None:
    catalog = after(seeded(), create())

    error = refused(catalog, f"ALTER MODEL m ADD VERSION v2 INPUT (a INT) WITH OPTIONS ({IMPORT})")

    assert error.condition is Condition.OPTION_NOT_FOR_SOURCE


def test_statement_is_checked_before_the_catalog_is_asked() -> None:
    assert refused(seeded(), create("missing.m", "1v")).condition is Condition.NAME_NOT_LETTER
    assert refused(seeded(), add("missing", "1v")).condition is Condition.NAME_NOT_LETTER

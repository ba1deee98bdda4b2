"""What pg_stat_activity shows of a text: all of one that holds no secret, of others what comes before the values."""

from collections.abc import Callable

import pytest

from server.activity import Activity, hide_secret

HIDDEN = "<text not shown: it may hold a secret>"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'a', $1, \"b\" = 2",
        "/* a tool's */ -- 'and more'\n (SELECT 'a')",
        "EXPLAIN SELECT 'a';",
        "EXPLAIN (VERBOSE) SELECT 'a'",
        "COPY (SELECT 'a') TO STDOUT",
        "COPY models TO STDOUT WITH (DELIMITER '|')",
        "DECLARE c CURSOR FOR SELECT 'a'",
        "SHOW MODELS LIKE 'a*'",
        "SET TimeZone = 'UTC'",
        "BEGIN",
        "ALTER MODEL m SET DEFAULT_VERSION v2",
        "EXECUTE p",
    ],
)
def test_what_holds_no_secret_is_shown(text: str) -> None:
    assert hide_secret(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("EXECUTE p('s3cr3t')", "EXECUTE p ..."),
        (
            "ALTER MODEL m MODIFY VERSION v SET OPTIONS (KEY = 's3cr3t')",
            "ALTER MODEL m MODIFY VERSION v SET OPTIONS ...",
        ),
        ("ALTER USER kate PASWORD 's3cr3t'", "ALTER USER kate PASWORD ..."),
        ("ALTER USER kate PASWORD = s3cr3t", "ALTER USER kate PASWORD ..."),
        ("SELECT 1; EXECUTE p('s3cr3t')", "SELECT 1; EXECUTE p ..."),
        ("SELECT 'a'; EXECUTE p('s3cr3t')", "SELECT ..."),
        ("COPY (CREATE MODEL m WITH VERSION v OPTIONS (KEY = 's3cr3t')) TO STDOUT", "COPY ..."),
        ("EXPLAIN ALTER USER kate PASWORD 's3cr3t'", "EXPLAIN ALTER USER kate PASWORD ..."),
        ("DECLARE c CURSOR FOR ALTER USER kate PASWORD 's3cr3t'", "DECLARE c CURSOR FOR ALTER USER kate PASWORD ..."),
        ("WITH OPTIONS (KEY = 's3cr3t')", "WITH OPTIONS ..."),
        ("'s3cr3t'", " ..."),
        ("SELECTED 's3cr3t'", "SELECTED ..."),
        ("SELECT apikey", HIDDEN),
        ("create user kate password s3cr3t", HIDDEN),
    ],
)
def test_values_elsewhere_are_not(text: str, shown: str) -> None:
    assert hide_secret(text) == shown


def test_a_long_text_is_cut() -> None:
    assert hide_secret("SELECT " + "1" * 2000) == "SELECT " + "1" * 1017
    # However the comments before it are written, that takes no time to see.
    assert hide_secret("/*" * 500_000 + "'").startswith("/*/*")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT '" + "a" * 100_000 + "'",
        "SELECT 1; EXECUTE p('s3cr3t')" + " " * 100_000,
        "ALTER MODEL m SET COMMENT '" + "a" * 100_000 + "'",
        "SELECT '" + "a" * 100_000 + "', apikey",
        "-- it's long" * 1_000,
    ],
)
def test_an_idle_session_keeps_no_more_of_a_long_text_than_it_shows(text: str) -> None:
    activity = Activity(1, "modeld", lambda: "modeld", lambda: "", (None, None))
    activity.begin(text)
    shown = activity.row()["query"]

    rests: tuple[Callable[[], None], ...] = (lambda: activity.rest("I"), lambda: activity.answer_again(text))
    for rest in rests:
        rest()

        assert len(activity.query) <= 1024
        assert activity.row()["query"] == shown

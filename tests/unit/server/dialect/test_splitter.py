import pytest

from server.dialect import Fragment, split


def texts(text: str, *, standard_conforming_strings: bool = True) -> list[str]:
    return [fragment.text for fragment in split(text, standard_conforming_strings=standard_conforming_strings)]


@pytest.mark.parametrize(
    "text", ["", " \r\n\t\u3000", ";;;", " ; ; ", "-- only", "/* only */", "/* a /* b */ c */;--x\n;"]
)
def test_blanks_and_comments_are_no_statement(text: str) -> None:
    assert split(text) == ()


def test_positions_count_characters_of_the_whole_text() -> None:
    assert split(" -- 全角。\n DESC MODEL m ;\r\n/* ; */ COMMIT -- end\n ; ") == (
        Fragment("DESC MODEL m", 9),
        Fragment("COMMIT", 33),
    )


def test_one_plain_statement_takes_the_short_way() -> None:
    assert split("  COMMIT ; \n") == (Fragment("COMMIT", 2),)
    assert split("COMMIT") == (Fragment("COMMIT", 0),)


def test_a_comment_inside_a_statement_stays_and_its_semicolon_ends_nothing() -> None:
    assert texts("DESC /* ; */ MODEL -- ;\n m; COMMIT") == ["DESC /* ; */ MODEL -- ;\n m", "COMMIT"]


def test_carriage_return_ends_a_line_comment() -> None:
    assert texts("COMMIT -- a\rx; BEGIN") == ["COMMIT -- a\rx", "BEGIN"]


@pytest.mark.parametrize(
    "statement",
    [
        r"ALTER MODEL m ADD VERSION v WITH OPTIONS (A = 'x\';y')",
        r'ALTER /* c */ MODEL m ADD VERSION v WITH OPTIONS (A = "x\";y")',
        "DROP MODEL `a;``;b`",
        "SHOW MODELS LIKE 'a'';b'",
        r"CREATE OR REPLACE MODEL m COMMENT 'a\';b'",
        r"DESC MODEL 'a\';b'",
    ],
)
def test_model_statements_follow_the_rule_of_maxcompute(statement: str) -> None:
    assert texts(f"{statement}; COMMIT") == [statement, "COMMIT"]
    assert texts(f"{statement}; COMMIT", standard_conforming_strings=False) == [statement, "COMMIT"]


@pytest.mark.parametrize(
    "statement",
    [
        r"SET x = 'a\'",
        r"SELECT E'a\';b'",
        r"SELECT (e'a\';b')",
        'SELECT ";"";"',
        "SELECT $$;'$$",
        "SELECT $tag$;$$;$tag$",
        "SELECT a$b$c, $1 / 2 - 3",
        r"SELECT nameE'a\'",
        "CREATE TABLE `t",
        r"SHOW x'\'",
    ],
)
def test_other_statements_follow_the_rule_of_postgresql(statement: str) -> None:
    assert texts(f"{statement}; COMMIT") == [statement, "COMMIT"]


def test_backslash_escapes_in_other_statements_when_standard_conforming_strings_is_off() -> None:
    assert texts(r"SELECT 'a\';b'; COMMIT", standard_conforming_strings=False) == [r"SELECT 'a\';b'", "COMMIT"]
    assert texts(r"SELECT 'a\'; COMMIT") == [r"SELECT 'a\'", "COMMIT"]


@pytest.mark.parametrize("tail", ["'x; y", '"x; y', "/* x; y", "$a$x; $b$", "/* /* */ ; y"])
def test_what_is_left_open_reaches_to_the_end(tail: str) -> None:
    assert texts(f"COMMIT; SELECT {tail}") == ["COMMIT", f"SELECT {tail}"]


def test_an_open_comment_is_a_statement_so_that_it_can_be_reported() -> None:
    assert split("COMMIT; /* x") == (Fragment("COMMIT", 0), Fragment("/* x", 8))

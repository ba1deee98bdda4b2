"""SELECTs that differ in constants only: which constants are taken out, and which must be the same."""

import pytest

from server.dialect import parse_query, read
from server.dialect.templates import Templates, cut_constants
from server.statements.select import Select


def read_select(text: str) -> Select:
    (placed,) = read(text)
    assert isinstance(placed.statement, Select)
    return placed.statement


@pytest.mark.parametrize(
    ("text", "constants"),
    [
        ("SELECT * FROM t WHERE a = 'x'", ("x",)),
        (" select a from t where b=5 ; ", (5,)),
        ("SELECT * FROM t WHERE a = ''", ("",)),
        ("SELECT * FROM t WHERE a = 'it''s'", ("it's",)),
        ("SELECT * FROM t WHERE a = '-- no comment; /* at all */ $1'", ("-- no comment; /* at all */ $1",)),
        ("SELECT * FROM t WHERE (a = 'x' OR NOT b < 2) AND c BETWEEN 3 AND 4", ("x", 2, 3, 4)),
        ("SELECT * FROM t WHERE a IN ('x', 'y') AND b LIKE 'z%'", ("x", "y", "z%")),
        ("SELECT * FROM t JOIN u ON t.a = u.a AND u.b = 'x' WHERE t.c > 1", ("x", 1)),
        ("SELECT * FROM (SELECT a FROM t WHERE b = 'x') s WHERE a = 'y'", ("x", "y")),
        ("WITH w AS (SELECT a FROM t WHERE b = 'x') SELECT * FROM w", ("x",)),
        ("SELECT 1 FROM t WHERE a = 'x' UNION SELECT 2 FROM t WHERE a = 'y'", ("x", "y")),
        ("SELECT * FROM t WHERE EXISTS (SELECT FROM u WHERE u.a = 'x')", ("x",)),
        ("SELECT * FROM t WHERE a IN (SELECT b FROM u WHERE c = 'x')", ("x",)),
        ("SELECT \"it's\" FROM t WHERE a = 'x'", ("x",)),
        ("SELECT * FROM t WHERE a OPERATOR(pg_catalog.~) '^(x)$'", ("^(x)$",)),
    ],
)
def test_a_constant_that_is_compared_is_taken_out(text: str, constants: tuple[object, ...]) -> None:
    select = read_select(text)

    assert (select.constants, select.text) == (constants, text.lstrip())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'x', 1 FROM t",
        "SELECT a = 'x' FROM t GROUP BY a = 'x' HAVING a = 'x' ORDER BY a = 'x' LIMIT 1",
        "SELECT * FROM t WHERE a = 1.5 OR a = -1 OR a = 1e5 OR a = 99999999999999999999",
        "SELECT * FROM t WHERE a = E'x'",
        "SELECT * FROM t WHERE a = U&'x'",
        "SELECT * FROM t WHERE a = X'1F'",
        "SELECT * FROM t WHERE a = 'x\\y'",
        "SELECT * FROM t WHERE a = 'x'\n'y'",
        "SELECT * FROM t WHERE a = 'x'::text",
        "SELECT * FROM t WHERE a = date '2020-01-01'",
        "SELECT * FROM t WHERE a = 'x' COLLATE \"C\"",
        "SELECT * FROM t WHERE lower('x') = a AND a + 1 = b",
        "SELECT * FROM t WHERE a = $$x$$",
        "SELECT * FROM t WHERE a = 'x' AND b = $1",
        "SELECT * FROM t WHERE a = 'x' -- it's a comment",
        "SELECT * FROM t /* ' */ WHERE a = 'x'",
        "SELECT * FROM t WHERE a = 'password'",
        f"SELECT * FROM t WHERE a IN ({', '.join(map(str, range(100)))})",
        "VALUES (1), (2)",
    ],
)
def test_any_other_stays_in_its_place(text: str) -> None:
    select = read_select(text)

    assert (select.constants, select.text) == ((), "")


def test_the_next_text_has_the_query_of_the_one_before() -> None:
    first = read_select("SELECT 7 FROM twins WHERE a = 'x' AND b = 1 LIMIT 3")
    second = read_select("SELECT 7 FROM twins WHERE a = 'y''z' AND b = 22 LIMIT 3")

    assert second.query is first.query
    assert second.constants == ("y'z", 22)
    assert second.text.endswith("22 LIMIT 3")


@pytest.mark.parametrize(
    "other",
    [
        "SELECT 8 FROM alike WHERE a = 'x' LIMIT 3",
        "SELECT 7 FROM alike WHERE a = 'x' LIMIT 4",
        "SELECT 7 FROM \"alike\" WHERE a = 'x' LIMIT 3",
        "SELECT 7 FROM alike WHERE a = 5 LIMIT 3",
        "SELECT 7 FROM alike WHERE 'x' = a LIMIT 3",
    ],
)
def test_what_differs_in_more_is_read_for_itself(other: str) -> None:
    first = read_select("SELECT 7 FROM alike WHERE a = 'x' LIMIT 3")

    assert read_select(other).query is not first.query
    assert read_select(other.replace("'x'", "'y'")).query is read_select(other).query


def test_names_in_quotes_are_not_mixed_up() -> None:
    first = read_select('SELECT "a" FROM quoted WHERE "b" = \'x\'')
    second = read_select('SELECT "b" FROM quoted WHERE "a" = \'x\'')

    assert first.query != second.query


def test_several_statements_are_read_one_by_one() -> None:
    placed = read("SELECT 1 FROM t WHERE a = 'x'; SELECT 2 FROM t WHERE a = 'y'")

    assert [each.statement.constants for each in placed if isinstance(each.statement, Select)] == [(), ()]


def test_queries_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.dialect.templates._MOST_QUERIES", 4)
    templates = Templates()
    texts = [f"SELECT {number % 7} FROM bounded{number % 3} WHERE a = 'x'" for number in range(30)]

    for text in texts:
        cut = cut_constants(text)
        assert cut is not None
        templates.add(cut, Select(parse_query(text)), 0, text)
        assert templates.find(cut, text) is not None

    assert (len(templates._queries), len(templates._chosen)) == (4, 3)


def test_what_is_asked_often_outlasts_what_is_asked_once() -> None:
    often = read_select("SELECT 1 FROM often WHERE a = 'x'").query

    for number in range(1100):
        read_select(f"SELECT 1 FROM once{number} WHERE a = 'x'")
        assert read_select(f"SELECT 1 FROM often WHERE a = 'x{number}'").query is often

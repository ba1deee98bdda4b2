"""SELECT as it is read: what PostgreSQL's grammar makes of it, where it stumbles, and how deep it goes."""

import pytest

from server.dialect import parse, parse_query, read
from server.errors import Condition, OdpsError
from server.statements import CopyFormat, CopyOut, Declare, Parameter, Prepare, bind_parameters, find_parameters
from server.statements.select import (
    And,
    Argument,
    Between,
    BitString,
    Cast,
    ColumnName,
    DerivedTable,
    Explain,
    ExplainFormat,
    Expression,
    FieldOf,
    FunctionCall,
    FunctionTable,
    GroupingSet,
    InList,
    Join,
    JoinKind,
    Not,
    NullTest,
    Number,
    Operation,
    QuantifiedComparison,
    RowOf,
    Select,
    SelectCore,
    SetOperation,
    SetOperator,
    Star,
    String,
    Subquery,
    TableName,
    Target,
    TypeName,
)

A, B, C, D = (ColumnName((name,)) for name in "abcd")
ONE, TWO = Number("1"), Number("2")


def core(text: str) -> SelectCore:
    body = parse_query(text).body
    assert isinstance(body, SelectCore)
    return body


def expression(text: str) -> Expression:
    return core(f"SELECT {text}").targets[0].expression


def catalog(name: str, *values: Expression) -> FunctionCall:
    return FunctionCall(("pg_catalog", name), tuple(Argument(value) for value in values))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-1", Number("-1")),
        ("- -1", Number("1")),
        ("-(1)", Number("-1")),
        ("-1::int", Operation("-", None, Cast(ONE, TypeName(("pg_catalog", "int4"))))),
        ("a + b * c", Operation("+", A, Operation("*", B, C))),
        ("a - b - c", Operation("-", Operation("-", A, B), C)),
        ("-a ^ b", Operation("^", Operation("-", None, A), B)),
        ("@ a + b", Operation("@", None, Operation("+", A, B))),
        ("a || b < c", Operation("<", Operation("||", A, B), C)),
        ("NOT a = b", Not(Operation("=", A, B))),
        ("a = NOT b", Operation("=", A, Not(B))),
        ("a = b IS NULL", NullTest(Operation("=", A, B))),
        ("a AND b AND c", And((A, B, C))),
        ("a != b", Operation("<>", A, B)),
        ("a<-b", Operation("<", A, Operation("-", None, B))),
        ("a*-b", Operation("*", A, Operation("-", None, B))),
        ("a @- b", Operation("@-", A, B)),
        ("a NOT LIKE b", Operation("!~~", A, B)),
        ("a ILIKE b ESCAPE c", Operation("~~*", A, catalog("like_escape", B, C))),
        ("a SIMILAR TO b", Operation("~", A, catalog("similar_to_escape", B))),
        ("a BETWEEN b AND c AND d", And((Between(A, B, C), D))),
        ("a NOT IN (1, 2)", InList(A, (ONE, TWO), negated=True)),
        ("a OPERATOR(pg_catalog.+) b", Operation("+", A, B, "pg_catalog")),
        ("a AT TIME ZONE b", catalog("timezone", B, A)),
        ("(a).b", FieldOf(A, "b")),
        ("a.*", Star(("a",))),
        ("(a, b)", RowOf((A, B), explicit=False)),
        ("(a, b) OVERLAPS (c, d)", catalog("overlaps", A, B, C, D)),
        ("EXTRACT(year FROM a)", catalog("extract", String("year"), A)),
        ("POSITION(a IN b)", catalog("position", B, A)),
        ("TRIM(LEADING a FROM b)", catalog("ltrim", B, A)),
        ("SUBSTRING(a FROM b FOR c)", catalog("substring", A, B, C)),
        ("SUBSTRING(a, b)", FunctionCall(("substring",), (Argument(A), Argument(B)))),
        ("CURRENT_USER", FunctionCall(("current_user",), keyword=True)),
        ("CURRENT_SCHEMA()", FunctionCall(("current_schema",))),
        ("f(a => 1)", FunctionCall(("f",), (Argument(ONE, "a"),))),
        ("count(*)", FunctionCall(("count",), star=True)),
        ("interval '1' day", Cast(String("1"), TypeName(("pg_catalog", "interval"), (8,)))),
        ("pg_catalog.bool 't'", Cast(String("t"), TypeName(("pg_catalog", "bool")))),
        ('"A""b".C', ColumnName(('A"b', "c"))),
        ("X'1F'", BitString("1F", hexadecimal=True)),
        (r"E'a\x41\u0042\n\''", String("aAB\n'")),
        (r"U&'\d!0061' UESCAPE '!'", String(r"\da")),
        ("'a'\n  'b'", String("ab")),
        ("$x$a'$b$x$", String("a'$b")),
    ],
)
def test_an_expression_is_read_as_postgresql_reads_it(text: str, value: Expression) -> None:
    assert expression(text) == value


@pytest.mark.parametrize(
    ("text", "type_name"),
    [
        ("integer", TypeName(("pg_catalog", "int4"))),
        ("int4", TypeName(("int4",))),
        ('"char"', TypeName(("char",))),
        ("char", TypeName(("pg_catalog", "bpchar"), (1,))),
        ("character varying(3)", TypeName(("pg_catalog", "varchar"), (3,))),
        ("timestamp(3) with time zone", TypeName(("pg_catalog", "timestamptz"), (3,))),
        ("float(24)", TypeName(("pg_catalog", "float4"))),
        ("interval day to second(3)", TypeName(("pg_catalog", "interval"), (7176, 3))),
        ("numeric(10, -2)[][]", TypeName(("pg_catalog", "numeric"), (10, -2), 2)),
        ("oid ARRAY[4]", TypeName(("oid",), dimensions=1)),
    ],
)
def test_a_type_has_the_name_that_the_grammar_maps_it_to(text: str, type_name: TypeName) -> None:
    assert expression(f"CAST(a AS {text})") == Cast(A, type_name)


@pytest.mark.parametrize(
    ("text", "name"),
    [("a b", "b"), ("a AS select", "select"), ('a "B"', "B"), ("a value", "value"), ("a at", "at"), ("a", None)],
)
def test_a_label_may_stand_without_as_unless_it_would_be_misread(text: str, name: str | None) -> None:
    assert core(f"SELECT {text} FROM t").targets == (Target(A, name),)


def test_default_before_a_dot_is_the_name_of_a_schema() -> None:
    read_here = core("SELECT default.t.a FROM Default . t")

    assert read_here.targets == (Target(ColumnName(("default", "t", "a"))),)
    assert read_here.from_items == (TableName(("default", "t")),)
    with pytest.raises(OdpsError):
        parse_query("SELECT * FROM default")


def test_joins_nest_to_the_left_and_by_their_conditions() -> None:
    t, u, v = (TableName((name,)) for name in "tuv")

    assert core("SELECT FROM t JOIN u ON a LEFT JOIN v ON b").from_items == (
        Join(JoinKind.LEFT, Join(JoinKind.INNER, t, u, on=A), v, on=B),
    )
    assert core("SELECT FROM t JOIN u JOIN v ON a ON b").from_items == (
        Join(JoinKind.INNER, t, Join(JoinKind.INNER, u, v, on=A), on=B),
    )


def test_a_parenthesis_holds_a_query_or_an_expression_that_begins_with_one() -> None:
    assert isinstance(expression("((SELECT 1) + 1)"), Operation)
    assert isinstance(expression("((SELECT 1) UNION SELECT 2)"), Subquery)
    assert isinstance(expression("a IN ((SELECT 1))"), QuantifiedComparison)
    assert isinstance(expression("a IN ((SELECT 1), 2)"), InList)
    assert isinstance(core("SELECT FROM ((SELECT 1) UNION SELECT 2) x").from_items[0], DerivedTable)
    assert isinstance(core("SELECT FROM ((SELECT 1) x CROSS JOIN t)").from_items[0], Join)


def test_intersect_binds_more_tightly_than_union() -> None:
    body = parse_query("SELECT 1 UNION SELECT 2 INTERSECT ALL SELECT 3").body

    assert isinstance(body, SetOperation)
    assert body.operator is SetOperator.UNION
    assert isinstance(body.right, SetOperation)
    assert body.right.all


def test_what_follows_a_query_in_parentheses_belongs_to_it() -> None:
    assert parse_query("(SELECT a ORDER BY 1) LIMIT 2") == parse_query("SELECT a ORDER BY 1 LIMIT 2")


def test_a_row_within_a_grouping_set_is_a_list() -> None:
    assert core("SELECT GROUP BY (a, b), ROLLUP ((a, b), c)").group_by == (
        RowOf((A, B), explicit=False),
        GroupingSet("ROLLUP", (GroupingSet("", (A, B)), C)),
    )


def test_a_function_in_from_may_define_its_columns() -> None:
    (item,) = core("SELECT FROM f() WITH ORDINALITY AS t (a int)").from_items

    assert isinstance(item, FunctionTable)
    assert item.ordinality
    assert item.definitions[0][0].name == "a"


@pytest.mark.parametrize(
    ("text", "at", "condition"),
    [
        ("SELECT 1 +", 10, Condition.INVALID_TOKEN),
        ("SELECT FROM FROM", 12, Condition.INVALID_TOKEN),
        ("SELECT a = b = c", 13, Condition.INVALID_TOKEN),
        ("SELECT 'a' 'b'", 11, Condition.INVALID_TOKEN),
        ("SELECT f(a).b", 11, Condition.INVALID_TOKEN),
        ("SELECT 1a", 7, Condition.TRAILING_JUNK),
        ('SELECT ""', 7, Condition.NAME_ZERO_LENGTH),
        ("SELECT 'a", 7, Condition.UNTERMINATED),
        ("SELECT FROM FROM 'a", 12, Condition.INVALID_TOKEN),
        (r"SELECT E'\u00'", 9, Condition.UNICODE_ESCAPE_BROKEN),
        ("SELECT FROM (SELECT 1)", 12, Condition.QUERY_MALFORMED),
        ("SELECT 1 LIMIT 1, 2", 9, Condition.QUERY_MALFORMED),
        ("SELECT sum(a) OVER (ROWS UNBOUNDED FOLLOWING)", 25, Condition.FRAME_INVALID),
        ("SELECT a::float(54)", 16, Condition.FLOAT_PRECISION),
        ("SELECT 1 INTO t", 9, Condition.NOT_SUPPORTED),
        ("SELECT FROM t TABLESAMPLE system (1)", 14, Condition.NOT_SUPPORTED),
        ("SELECT AI_GENERATE(m, DEFAULT_VERSION, 'p')", 7, Condition.NOT_SUPPORTED),
        ("SELECT a FROM t WHERE ml_predict(m, v1, a) = 'x'", 22, Condition.NOT_SUPPORTED),
        ("EXPLAIN INSERT INTO t VALUES (1)", 8, Condition.NOT_SUPPORTED),
        ("EXPLAIN (COSTS, nothing 1) SELECT 1", 16, Condition.EXPLAIN_OPTION_UNKNOWN),
        ("EXPLAIN (FORMAT foo) SELECT 1", 9, Condition.EXPLAIN_FORMAT_UNKNOWN),
        ("EXPLAIN (FORMAT) SELECT 1", 9, Condition.OPTION_NO_VALUE),
        ("EXPLAIN (ANALYZE 2) SELECT 1", 9, Condition.OPTION_NOT_BOOLEAN),
        ("EXPLAIN (WAL, ANALYZE off) SELECT 1", None, Condition.EXPLAIN_NEEDS_ANALYZE),
        ("DECLARE c CURSOR FOR EXPLAIN SELECT 1", 21, Condition.INVALID_TOKEN_EXPECTING),
    ],
)
def test_errors_stand_where_postgresql_puts_them(text: str, at: int | None, condition: Condition) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text)

    assert (caught.value.diagnostic.at, caught.value.diagnostic.condition) == (at, condition)


def test_an_error_never_shows_a_string() -> None:
    with pytest.raises(OdpsError) as caught:
        parse("SELECT 1 'secret'")

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 90 + "1" + ")" * 90,
        "a || " * 450 + "b",
        "a AND " * 5000 + "b",
        "1, " * 5000 + "1",
        "1 " + "UNION SELECT 1 " * 450,
        "1 FROM a " + "JOIN b ON c " * 450,
    ],
)
def test_long_chains_and_lists_are_read(text: str) -> None:
    parse_query(f"SELECT {text}")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "- " * 5000 + "1",
        "NOT " * 5000 + "a",
        "a || " * 5000 + "b",
        "f(" * 99 + ")" * 99,
        "CASE WHEN " * 5000,
        "(SELECT " * 99 + "1" + ")" * 99,
        "1 FROM (SELECT " * 99 + "1" + ") x" * 99,
        "1 FROM a " + "JOIN b " * 5000,
        "1 " + "UNION SELECT 1 " * 5000,
        "sum(a) OVER (ORDER BY " * 99,
        "1 GROUP BY " + "ROLLUP (f(" * 49,
    ],
)
def test_what_is_too_deep_is_refused_within_the_stack(text: str) -> None:
    with pytest.raises(OdpsError) as caught:
        parse_query(f"SELECT {text}")

    assert caught.value.diagnostic.condition in (Condition.TOO_DEEP, Condition.INVALID_TOKEN)


def test_a_run_of_signs_is_read_once() -> None:
    with pytest.raises(OdpsError) as caught:
        parse_query("SELECT " + "+" * 1_000_000)

    assert caught.value.diagnostic.condition is Condition.TOO_DEEP


def test_parameters_are_found_in_the_order_of_the_text_and_not_bound_as_text() -> None:
    statement = parse("SELECT $2 AT TIME ZONE $1 FROM t LIMIT $3")

    assert find_parameters(statement) == (Parameter(2), Parameter(1), Parameter(3))
    assert bind_parameters(statement, ("a", "b", "c")) is statement


def test_a_parenthesis_begins_a_statement() -> None:
    placed = read("(SELECT 1) UNION SELECT 2; VALUES (1); TABLE t; WITH a AS (SELECT 1) SELECT 2")

    assert [type(each.statement) for each in placed] == [Select] * 4


@pytest.mark.parametrize(
    ("options", "form", "has_costs"),
    [
        ("", "text", True),
        ("ANALYZE VERBOSE", "text", True),
        ("(ANALYZE, FORMAT json)", "json", True),
        ("(FORMAT XML)", "xml", True),
        ("(FORMAT yaml, costs off)", "yaml", False),
        ("(FORMAT 'json', COSTS 0, FORMAT text)", "text", False),
        ("(costs off, \"costs\" 'ON', wal off, timing false, settings, buffers 1)", "text", True),
        ("(timing, wal on, summary, analyse)", "text", True),
    ],
)
def test_explain_takes_the_last_of_its_options(options: str, form: str, has_costs: bool) -> None:
    assert parse(f"EXPLAIN {options} SELECT 1") == Explain(parse_query("SELECT 1"), ExplainFormat(form), has_costs)


def test_copy_of_a_table_is_that_of_its_query() -> None:
    assert parse("COPY s.t (a, b) TO STDOUT") == CopyOut(Select(parse_query("SELECT a, b FROM s.t")))
    assert parse("COPY (SELECT 1) TO STDOUT") == CopyOut(Select(parse_query("SELECT 1")))
    binary = parse("COPY BINARY t TO STDOUT")
    assert isinstance(binary, CopyOut)
    assert (binary.query, binary.options.format) == (Select(parse_query("TABLE t")), CopyFormat.BINARY)


def test_cursors_and_prepared_statements_take_a_query() -> None:
    declared = parse("DECLARE c CURSOR FOR (SELECT 1)")
    prepared = parse("PREPARE p AS WITH a AS (SELECT $1) TABLE a")

    assert isinstance(declared, Declare)
    assert isinstance(declared.query, Select)
    assert isinstance(prepared, Prepare)
    assert isinstance(prepared.statement, Select)

"""Statements around statements: PREPARE and EXECUTE, cursors, COPY; each part under its own lexical rule."""

import pytest

from server.dialect import Fragment, format_statement, parse, read, split
from server.errors import Condition, OdpsError
from server.statements import (
    Argument,
    CloseCursor,
    CopyFormat,
    CopyOptions,
    CopyOut,
    Deallocate,
    Declare,
    DescribeModel,
    Direction,
    ExecutePrepared,
    Fetch,
    Identifier,
    Literal,
    ObjectName,
    Parameter,
    Prepare,
    ShowModels,
    Statement,
)

P, C = Identifier("p"), Identifier("c")
DESC, MODELS = DescribeModel(ObjectName((Identifier("m"),))), ShowModels()
CSV = CopyOptions(CopyFormat.CSV, ",", "", quote='"', escape='"')


def check(text: str, statement: Statement) -> None:
    assert parse(text) == statement
    assert parse(format_statement(statement)) == statement


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("PREPARE p AS DESC MODEL m", Prepare(P, DESC)),
        ('PREPARE "P as" /* AS */ AS DESC MODEL "m"', Prepare(Identifier("P as"), DESC)),
        ("PREPARE transaction AS DESC MODEL m", Prepare(Identifier("transaction"), DESC)),
        ("PREPARE p(text) AS SHOW MODELS LIKE 'a\\'b;c'", Prepare(P, ShowModels(like=Literal("a'b;c")), ("text",))),
        ("PREPARE p AS SHOW MODELS LIKE $1", Prepare(P, ShowModels(like=Parameter(1)))),
        ("EXECUTE p", ExecutePrepared(P)),
        (
            "EXECUTE p ('a', -1, 3000000000, 1.5, TRUE, null, $2)",
            ExecutePrepared(
                P,
                (
                    Argument(Literal("a")),
                    Argument(Literal("-1"), "integer"),
                    Argument(Literal("3000000000"), "bigint"),
                    Argument(Literal("1.5"), "numeric"),
                    Argument(Literal("true"), "boolean"),
                    Argument(None),
                    Argument(Parameter(2)),
                ),
            ),
        ),
        (
            "EXECUTE p ('a'::varchar(3), CAST(NULL AS int[]), 9223372036854775808)",
            ExecutePrepared(
                P,
                (
                    Argument(Literal("a"), "character varying(3)"),
                    Argument(None, "integer[]"),
                    Argument(Literal("9223372036854775808"), "numeric"),
                ),
            ),
        ),
        ("DEALLOCATE p", Deallocate(P)),
        ("DEALLOCATE PREPARE p", Deallocate(P)),
        ("DEALLOCATE ALL", Deallocate(None)),
        ("DEALLOCATE PREPARE ALL", Deallocate(None)),
        ("DEALLOCATE prepare", Deallocate(Identifier("prepare"))),
        ('DEALLOCATE "all"', Deallocate(Identifier("all"))),
    ],
)
def test_prepared_statements(text: str, statement: Statement) -> None:
    check(text, statement)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("int", "integer"),
        ("INT8", "bigint"),
        ("float(24)", "real"),
        ("float(25)", "double precision"),
        ("FLOAT", "double precision"),
        ("double  precision", "double precision"),
        ("numeric(10, -2)", "numeric(10,-2)"),
        ("char", "character(1)"),
        ("national character varying(5)", "character varying(5)"),
        ('"char"', '"char"'),
        ('pg_catalog."char"', '"char"'),
        ("pg_catalog.int4", "integer"),
        ("pg_catalog.timestamp", "timestamp without time zone"),
        ("timestamp(3) with time zone", "timestamp(3) with time zone"),
        ("timestamptz(3)", "timestamp(3) with time zone"),
        ("time without time zone", "time without time zone"),
        ("interval day to second(3)", "interval day to second(3)"),
        ("interval(2)", "interval(2)"),
        ("bit varying(8)", "bit varying(8)"),
        ("text[3][]", "text[]"),
        ("text ARRAY[4]", "text[]"),
        ('s."T"', 's."T"'),
        ("unknown", "unknown"),
    ],
)
def test_types(written: str, name: str) -> None:
    check(f"PREPARE p ({written}, {name}) AS DESC MODEL m", Prepare(P, DESC, (name, name)))


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("DECLARE c CURSOR FOR SHOW MODELS", Declare(C, MODELS)),
        ("DECLARE c BINARY SCROLL CURSOR WITH HOLD FOR SHOW MODELS", Declare(C, MODELS, True, True, True)),
        ("DECLARE c NO SCROLL ASENSITIVE CURSOR WITHOUT HOLD FOR DESC MODEL m", Declare(C, DESC, scroll=False)),
        ('DECLARE "for" INSENSITIVE CURSOR FOR SHOW MODELS', Declare(Identifier("for"), MODELS)),
        ("FETCH c", Fetch(C)),
        ("FETCH FROM c", Fetch(C)),
        ("FETCH next", Fetch(Identifier("next"))),
        ("FETCH NEXT IN c", Fetch(C)),
        ("FETCH PRIOR FROM c", Fetch(C, Direction.BACKWARD)),
        ("FETCH FIRST c", Fetch(C, Direction.ABSOLUTE)),
        ("FETCH LAST c", Fetch(C, Direction.ABSOLUTE, -1)),
        ("FETCH ABSOLUTE -3 c", Fetch(C, Direction.ABSOLUTE, -3)),
        ("FETCH RELATIVE 0 FROM c", Fetch(C, Direction.RELATIVE, 0)),
        ("FETCH 10 c", Fetch(C, count=10)),
        ("FETCH -10 IN c", Fetch(C, count=-10)),
        ("FETCH ALL c", Fetch(C, count=None)),
        ("FETCH FORWARD c", Fetch(C)),
        ("FETCH FORWARD 5 FROM c", Fetch(C, count=5)),
        ("FETCH FORWARD ALL IN c", Fetch(C, count=None)),
        ("FETCH BACKWARD FROM c", Fetch(C, Direction.BACKWARD)),
        ("FETCH BACKWARD ALL c", Fetch(C, Direction.BACKWARD, None)),
        ('FETCH FORWARD 1 FROM "Forward"', Fetch(Identifier("Forward"))),
        ("MOVE BACKWARD 2 c", Fetch(C, Direction.BACKWARD, 2, move=True)),
        ("CLOSE c", CloseCursor(C)),
        ("CLOSE ALL", CloseCursor(None)),
    ],
)
def test_cursors(text: str, statement: Statement) -> None:
    check(text, statement)


@pytest.mark.parametrize(
    ("options", "read_as"),
    [
        ("", CopyOptions()),
        (" WITH (FORMAT text)", CopyOptions()),
        (" (FORMAT csv)", CSV),
        (" WITH CSV", CSV),
        (" BINARY", CopyOptions(CopyFormat.BINARY, "", "")),
        (" (FORMAT binary, ENCODING 'utf8')", CopyOptions(CopyFormat.BINARY, "", "", encoding="utf8")),
        (" (DELIMITER '|', NULL 'x', HEADER)", CopyOptions(delimiter="|", null="x", header=True)),
        (" WITH DELIMITER AS '|' NULL AS 'x' HEADER", CopyOptions(delimiter="|", null="x", header=True)),
        (" (HEADER off)", CopyOptions()),
        (" (HEADER 1)", CopyOptions(header=True)),
        (" (DELIMITER E'\\t', NULL '\\N')", CopyOptions()),
        (
            " (FORMAT csv, QUOTE '''', ESCAPE '\\', FORCE_QUOTE (a, \"B\"))",
            CopyOptions(
                CopyFormat.CSV, ",", "", quote="'", escape="\\", force_quote=(Identifier("a"), Identifier("B"))
            ),
        ),
        (
            " CSV QUOTE AS '''' FORCE QUOTE * ENCODING 'latin1'",
            CopyOptions(CopyFormat.CSV, ",", "", quote="'", escape="'", force_quote=None, encoding="latin1"),
        ),
    ],
)
def test_copy(options: str, read_as: CopyOptions) -> None:
    check(f"COPY (SHOW MODELS) TO STDOUT{options}", CopyOut(MODELS, read_as))


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("PREPARE p AS SHOW MODELS LIKE 'a\\';b'; CLOSE c", [0, 39]),
        ("PREPARE p; AS SHOW MODELS LIKE 'a\\'", [0, 11]),
        ("COPY (SHOW MODELS LIKE '\\');') TO STDOUT (FORMAT csv, ESCAPE '\\'); CLOSE c", [0, 67]),
        ("COPY (SHOW MODELS; CLOSE c", [0, 19]),
        ("COPY (DESC MODEL `)`) TO STDOUT;CLOSE c", [0, 32]),
        ('DECLARE c CURSOR FOR DESC MODEL "a;b" ; CLOSE c', [0, 40]),
    ],
)
def test_each_part_is_split_under_its_own_rule(text: str, starts: list[int]) -> None:
    fragments = split(text)

    assert [fragment.start for fragment in fragments] == starts
    assert all(isinstance(fragment, Fragment) for fragment in fragments)


def test_both_rules_meet_in_one_copy() -> None:
    (placed,) = read("COPY (SHOW MODELS LIKE '\\');') TO STDOUT (FORMAT csv, ESCAPE '\\')")

    assert placed.statement == CopyOut(
        ShowModels(like=Literal("');")), CopyOptions(CopyFormat.CSV, ",", "", quote='"', escape="\\")
    )


@pytest.mark.parametrize(
    ("text", "at", "condition"),
    [
        ("PREPARE p", 9, Condition.INVALID_TOKEN_EXPECTING),
        ("PREPARE p DESC MODEL m", 10, Condition.INVALID_TOKEN_EXPECTING),
        ("PREPARE p () AS DESC MODEL m", 11, Condition.INVALID_TOKEN_EXPECTING),
        ("PREPARE p AS", 12, Condition.INVALID_TOKEN),
        ("PREPARE p AS DESC m", 18, Condition.INVALID_TOKEN_EXPECTING),
        ("PREPARE p AS /* c */ BEGIN", 21, Condition.INVALID_TOKEN_EXPECTING),
        ("PREPARE p AS INSERT INTO t VALUES (1)", 13, Condition.NOT_SUPPORTED),
        ("PREPARE p AS PREPARE q AS DESC MODEL m", 13, Condition.NOT_SUPPORTED),
        ("PREPARE p (timestamp(a)) AS DESC MODEL m", 21, Condition.INVALID_TOKEN_EXPECTING),
        ("EXECUTE p ()", 11, Condition.INVALID_TOKEN_EXPECTING),
        ("EXECUTE p (1", 12, Condition.INVALID_TOKEN_EXPECTING),
        ("EXECUTE p (1) x", 14, Condition.INVALID_TOKEN),
        ("EXECUTE p (f(1))", 11, Condition.INVALID_TOKEN_EXPECTING),
        ("DEALLOCATE", 10, Condition.INVALID_TOKEN_EXPECTING),
        ("DEALLOCATE a b", 13, Condition.INVALID_TOKEN),
        ("DISCARD", 7, Condition.INVALID_TOKEN_EXPECTING),
        ("DISCARD ALL x", 12, Condition.INVALID_TOKEN),
        ("DECLARE c FOR SHOW MODELS", 10, Condition.INVALID_TOKEN_EXPECTING),
        ("DECLARE c SCROLL NO SCROLL CURSOR FOR SHOW MODELS", 17, Condition.CURSOR_CONFLICT),
        ("DECLARE c INSENSITIVE ASENSITIVE CURSOR FOR SHOW MODELS", 22, Condition.CURSOR_CONFLICT),
        ("DECLARE c CURSOR WITH FOR SHOW MODELS", 17, Condition.INVALID_TOKEN_EXPECTING),
        ("DECLARE c CURSOR FOR DROP MODEL m", 21, Condition.INVALID_TOKEN_EXPECTING),
        ("DECLARE c CURSOR FOR DELETE FROM t", 21, Condition.NOT_SUPPORTED),
        ("FETCH", 5, Condition.INVALID_TOKEN_EXPECTING),
        ("FETCH ALL", 9, Condition.INVALID_TOKEN_EXPECTING),
        ("FETCH ABSOLUTE c", 15, Condition.INVALID_TOKEN_EXPECTING),
        ("FETCH 1.5 c", 6, Condition.INVALID_TOKEN_EXPECTING),
        ("FETCH 2147483648 c", 6, Condition.INVALID_TOKEN_EXPECTING),
        ("MOVE c d", 7, Condition.INVALID_TOKEN),
        ("CLOSE", 5, Condition.INVALID_TOKEN_EXPECTING),
        ("LISTEN", 6, Condition.INVALID_TOKEN_EXPECTING),
        ("LISTEN 'c'", 7, Condition.INVALID_TOKEN_EXPECTING),
        ("UNLISTEN * c", 11, Condition.INVALID_TOKEN),
        ("NOTIFY c 'x'", 9, Condition.INVALID_TOKEN_EXPECTING),
        ("NOTIFY c, x", 10, Condition.INVALID_TOKEN_EXPECTING),
        ("CHECKPOINT x", 11, Condition.INVALID_TOKEN),
    ],
)
def test_errors_have_their_place(text: str, at: int, condition: Condition) -> None:
    with pytest.raises(OdpsError) as caught:
        parse(text)

    assert (caught.value.condition, caught.value.diagnostic.at) == (condition, at)


@pytest.mark.parametrize(
    ("rest", "shown", "message"),
    [
        ("x", "x", "invalid token 'x', expect 'LIKE'"),
        ("LIKE 'a'", "", "invalid token '<EOF>', expect ')'"),
        (") FROM STDIN", "FROM", "COPY FROM is not supported by this server"),
        (") TO 'f'", "'f'", "must be superuser or have privileges of the pg_write_server_files role to COPY to a file"),
        (
            ") TO PROGRAM 'f'",
            "PROGRAM",
            "must be superuser or have privileges of the pg_execute_server_program role"
            " to COPY to or from an external program",
        ),
        (") TO STDOUT (FORMAT xml)", "xml", 'COPY format "xml" not recognized'),
        (") TO STDOUT (ENCODING 'nope')", "ENCODING", 'argument to option "encoding" must be a valid encoding name'),
        (") TO STDOUT (FORMAT csv, FORMAT text)", "FORMAT text", "conflicting or redundant options"),
        (") TO STDOUT (FANCY)", "FANCY", 'option "fancy" not recognized'),
        (") TO STDOUT ()", ")", "invalid token ')', expect an option"),
        (") TO STDOUT CSV x", "x", "invalid token 'x', expect an option"),
        (") TO STDOUT (FORMAT csv) x", "x", "invalid token 'x'"),
        (") TO STDOUT (DELIMITER 'ab')", "DELIMITER", "COPY delimiter must be a single one-byte character"),
        (") TO STDOUT (DELIMITER '模')", "DELIMITER", "COPY delimiter must be a single one-byte character"),
        (") TO STDOUT (DELIMITER E'\\n')", "DELIMITER", "COPY delimiter cannot be newline or carriage return"),
        (") TO STDOUT (DELIMITER 'a')", "DELIMITER", 'COPY delimiter cannot be "a"'),
        (") TO STDOUT (NULL E'\\n')", "NULL", "COPY null representation cannot use newline or carriage return"),
        (") TO STDOUT (NULL E'\\t')", "NULL", "COPY delimiter must not appear in the NULL specification"),
        (") TO STDOUT (QUOTE 'x')", "QUOTE", "COPY quote available only in CSV mode"),
        (") TO STDOUT (ESCAPE 'x')", "ESCAPE", "COPY escape available only in CSV mode"),
        (") TO STDOUT (FORCE_QUOTE *)", "FORCE_QUOTE", "COPY force quote available only in CSV mode"),
        (") TO STDOUT (FORMAT csv, QUOTE '')", "QUOTE", "COPY quote must be a single one-byte character"),
        (") TO STDOUT (FORMAT csv, QUOTE ',')", "QUOTE", "COPY delimiter and quote must be different"),
        (
            ") TO STDOUT (FORMAT csv, NULL '\"')",
            "NULL",
            "COPY CSV quote character must not appear in the NULL specification",
        ),
        (") TO STDOUT (FORMAT binary, DELIMITER 'x')", "DELIMITER", "cannot specify DELIMITER in BINARY mode"),
        (") TO STDOUT BINARY NULL 'x'", "NULL", "cannot specify NULL in BINARY mode"),
        (") TO STDOUT (HEADER maybe)", "maybe", "header requires a Boolean value"),
        (") TO STDOUT (HEADER match)", "HEADER", 'COPY cannot use "match" with HEADER in COPY TO'),
        (") TO STDOUT (FORCE_NULL (a))", "FORCE_NULL", "COPY force null only available using COPY FROM"),
        (") TO STDOUT CSV FORCE NOT NULL a", "FORCE", "COPY force not null only available using COPY FROM"),
        (") TO STDOUT (FREEZE)", "FREEZE", "COPY FREEZE is not supported by this server"),
    ],
)
def test_errors_of_copy(rest: str, shown: str, message: str) -> None:
    text = "COPY (SHOW VERSIONS FOR MODEL m " + rest

    with pytest.raises(OdpsError) as caught:
        parse(text)

    assert (caught.value.diagnostic.text, caught.value.diagnostic.at) == (message, text.rindex(shown))


def test_copy_into_a_table_is_refused() -> None:
    with pytest.raises(OdpsError) as caught:
        parse("COPY models FROM STDIN")

    assert caught.value.diagnostic.text == "COPY FROM is not supported by this server"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("COPY models TO STDOUT", "SELECT * FROM models"),
        ("COPY s.models (a, b) TO STDOUT", "SELECT a, b FROM s.models"),
    ],
)
def test_copy_of_a_table_is_a_select_of_it(text: str, query: str) -> None:
    copied = parse(text)

    assert isinstance(copied, CopyOut)
    assert copied.query == parse(query)

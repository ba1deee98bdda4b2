import pytest

from tests.unit.server.query.answering import answer_texts


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("B'1100' & B'1010'", "1000"),
        ("B'1100' << -1", "0110"),
        ("overlay(B'0101' placing B'' from 2 for 2)", "01"),
        ("get_bit('\\x1234567890'::bytea, 30)", "1"),
        ("num_nulls(variadic array[1, null])", "1"),
        ("pg_column_size(12345678.9012)", "12"),
        ("unistr('\\d83d\\de00')", "\N{GRINNING FACE}"),
        ("'10'::money / 3", "$3.33"),
        ("cash_words('-20.30')", "Minus twenty dollars and thirty cents"),
    ],
)
def test_gives_what_postgresql_gives(expression: str, text: str) -> None:
    assert answer_texts(f"SELECT {expression}") == [(text,)]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("to_char(-1234.567, '9,999.99')", "-1,234.57"),
        ("to_char(0.1, 'FM90.009')", "0.10"),
        ("to_char(-5, '99S')", " 5-"),
        ("to_char(1999, 'FMRN')", "MCMXCIX"),
        ("to_char(12345.678::float8, '9.99EEEE')", " 1.23e+04"),
        ("to_number('<1,234.5>', '9,999.9PR')", "-1234.5"),
    ],
)
def test_numbers_go_through_templates(expression: str, text: str) -> None:
    assert answer_texts(f"SELECT {expression}") == [(text,)]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("int4range(1, 5, '[]')", "[1,6)"),
        ("numrange(1, 5) * numrange(3, 9)", "[3,5)"),
        ("'{[1,9)}'::int4multirange - '{[3,4)}'::int4multirange", "{[1,3),[4,9)}"),
        ("numrange(1, 2) = numrange(1.0, 2.00)", "t"),
        ("range_agg(x) FROM (VALUES (int4range(1, 5)), (null), (int4range(5, 9))) v(x)", "{[1,9)}"),
        ("count(DISTINCT x) FROM (VALUES (numrange(1, 2)), (numrange(1.0, 2))) v(x)", "1"),
    ],
)
def test_ranges_are_sets_of_values(expression: str, text: str) -> None:
    assert answer_texts(f"SELECT {expression}") == [(text,)]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'abc' LIKE 'abc\\'", "f"),
        ("substring('foobar' SIMILAR '%#\"o_b#\"%' ESCAPE '#')", "oob"),
        ("inet '10.0.0.5/8' << inet '10.0.0.0/7'", "t"),
        ("inet_merge('10.0.1.0', '10.0.2.0')", "10.0.0.0/22"),
        ("trunc(macaddr '12:34:56:78:90:ab')", "12:34:56:00:00:00"),
    ],
)
def test_patterns_and_addresses(expression: str, text: str) -> None:
    assert answer_texts(f"SELECT {expression}") == [(text,)]

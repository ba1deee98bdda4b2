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

"""Rows as values."""

from protocol.arrays import Record
from protocol.types import INT4, TEXT
from tests.unit.server.query.answering import answer, answer_texts


def test_the_columns_of_a_function_have_the_types_of_its_arguments() -> None:
    assert answer("SELECT (information_schema._pg_expandarray(ARRAY['a', NULL]))") == [
        (Record(((TEXT, "a"), (INT4, 1))),),
        (Record(((TEXT, None), (INT4, 2))),),
    ]


def test_a_row_that_a_function_gives_is_written_by_its_types() -> None:
    assert answer_texts("SELECT information_schema._pg_expandarray(ARRAY[1, 2])") == [("(1,1)",), ("(2,2)",)]

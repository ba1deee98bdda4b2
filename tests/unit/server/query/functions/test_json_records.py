import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.answering import answer_texts


@pytest.mark.parametrize("kind", ["json", "jsonb"])
def test_object_becomes_a_row_of_the_columns_that_are_named(kind: str) -> None:
    text = '{"a": 1, "b": [1, null], "c": {"d": 2}, "e": null}'

    rows = answer_texts(f"SELECT * FROM {kind}_to_record('{text}') AS t(a int, b int[], c jsonb, e text, f date)")

    assert rows == [("1", "{1,NULL}", '{"d": 2}', None, None)]


def test_row_has_the_columns_of_the_type_that_is_named() -> None:
    statement = """SELECT oid, amname, amtype FROM jsonb_populate_record(NULL::pg_am, '{"amname": "a", "oid": 5}')"""

    assert answer_texts(statement) == [("5", "a", None)]


def test_row_that_is_given_fills_what_the_object_does_not_say() -> None:
    inner = """json_populate_record(NULL::pg_am, '{"amname": "a", "oid": 5}')"""

    statement = f"""SELECT oid, amname FROM json_populate_record({inner}, '{{"oid": 6}}')"""

    assert answer_texts(statement) == [("6", "a")]


def test_column_that_is_too_short_refuses() -> None:
    with pytest.raises(InvalidValue, match="value too long"):
        answer_texts("""SELECT * FROM json_to_record('{"a": "abcd"}') AS t(a varchar(3))""")

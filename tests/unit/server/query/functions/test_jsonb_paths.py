"""Changing jsonb at a path. The expected values are those of PostgreSQL 15."""

import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.answering import answer_texts


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'[]'::jsonb #- '{a}'", "[]"),
        ("'{}'::jsonb #- '{a,b}'", "{}"),
        ("jsonb_set('[]', '{a}', '1', false)", "[]"),
        ("jsonb_set_lax('[]', '{a}', NULL, true, 'delete_key')", "[]"),
        ("jsonb_set('{}', '{a}', '1')", '{"a": 1}'),
    ],
)
def test_an_empty_value_has_nothing_to_delete_or_replace(expression: str, expected: str) -> None:
    assert answer_texts(f"SELECT {expression}") == [(expected,)]


@pytest.mark.parametrize(
    "expression", ["'[1]'::jsonb #- '{a}'", "jsonb_set('[]', '{a}', '1')", """'{"a": []}'::jsonb #- '{a,x}'"""]
)
def test_the_place_in_an_array_is_a_number(expression: str) -> None:
    with pytest.raises(InvalidValue, match="is not an integer"):
        answer_texts(f"SELECT {expression}")

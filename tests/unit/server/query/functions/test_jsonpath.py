import pytest

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from tests.unit.server.query.answering import answer_texts

DOCUMENT = '[{"a": 1, "b": "foo"}, {"a": 2, "b": "bar"}, {"b": "baz"}]'


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$[*].a", "[1, 2]"),
        ("$.a", "[1, 2]"),
        ("$[last].b", '["baz"]'),
        ('$[*] ? (@.b starts with "ba").b', '["bar", "baz"]'),
        ("$[*] ? ((@.a > 1) is unknown)", "[]"),
        ("$[*] ? (!exists(@.a)).b", '["baz"]'),
        ("$.size() * 2", "[6]"),
        ("$.** ? (@ > 1)", "[2]"),
    ],
)
def test_path_finds_items(path: str, found: str) -> None:
    assert answer_texts(f"SELECT jsonb_path_query_array('{DOCUMENT}', '{path}')") == [(found,)]


def test_strict_path_refuses_what_is_not_there() -> None:
    with pytest.raises(InvalidValue) as caught:
        answer_texts(f"SELECT jsonb_path_query('{DOCUMENT}', 'strict $[*].a')")

    assert caught.value.sqlstate == SqlState.SQL_JSON_MEMBER_NOT_FOUND


def test_silent_path_gives_what_it_has_found_before() -> None:
    assert answer_texts(f"SELECT jsonb_path_query_array('{DOCUMENT}', 'strict $[*].a', '{{}}', true)") == [("[1, 2]",)]


def test_missing_variable_is_told_even_silently() -> None:
    with pytest.raises(InvalidValue, match="could not find jsonpath variable"):
        answer_texts("SELECT jsonb_path_query('1', '$x', '{}', true)")


def test_operators_keep_silent() -> None:
    assert answer_texts("SELECT '[1]'::jsonb @? 'strict $.a', '[1]'::jsonb @@ '$[0] == 1'") == [(None, "t")]

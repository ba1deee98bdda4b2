"""The texts of jsonpath; every expectation was taken from PostgreSQL 15."""

import pytest

from protocol.errors import InvalidValue
from protocol.jsonpath_output import canonical_jsonpath
from protocol.sqlstate import SqlState


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("$", "$"),
        ("strict $.a.b[*]", 'strict $."a"."b"[*]'),
        ("lax $.**{2 to last}.*", "$.**{2 to last}.*"),
        ("1 + 2 * 3", "(1 + 2 * 3)"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
        ('$.a ? (@.b > 1 && @.c == "x")', '$."a"?(@."b" > 1 && @."c" == "x")'),
        ("$.a[1, 2 to last - 1]", '$."a"[1,2 to last - 1]'),
        ("!exists($.a)", '!(exists ($."a"))'),
        ("$.A\\u0042c", '$."ABc"'),
    ],
)
def test_path_is_written_in_its_canonical_form(text: str, canonical: str) -> None:
    assert canonical_jsonpath(text) == canonical
    assert canonical_jsonpath(canonical) == canonical


@pytest.mark.parametrize("text", ["$.", "@.a", "last", "$.a = 1", "1a", "$ > 1 > 2", "$.a && $.b", '"abc', "$.a.foo()"])
def test_malformed_path_is_a_syntax_error(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        canonical_jsonpath(text)

    assert caught.value.sqlstate == SqlState.SYNTAX_ERROR


def test_deep_path_is_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        canonical_jsonpath("(" * 50_000 + "1" + ")" * 50_000)

    assert caught.value.sqlstate == SqlState.STATEMENT_TOO_COMPLEX

"""Texts that would be longer than any may be are refused before they are made."""

import pytest

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from tests.unit.server.query.answering import answer


@pytest.mark.parametrize(
    "text",
    [
        "SELECT repeat('x', 2147483647)",
        "SELECT lpad('x', 1000000000)",
        "SELECT rpad('x', 1000000000, 'ab')",
        "SELECT replace(repeat('x', 10000000), 'x', 'xx')",
        "SELECT concat(VARIADIC array_fill(repeat('x', 100000), ARRAY[200]))",
        "SELECT concat_ws(repeat('x', 100000), VARIADIC array_fill('y'::text, ARRAY[200]))",
        "SELECT array_to_string(array_fill('y'::text, ARRAY[200]), repeat('x', 100000))",
        "SELECT format('%1000000000s', 'x')",
        "SELECT format(repeat('%1$s', 200), repeat('x', 100000))",
        "SELECT format(repeat('%100000s', 200), VARIADIC array_fill('x'::text, ARRAY[200]))",
        "SELECT string_agg(repeat('x', 100000), '') FROM generate_series(1, 200)",
        "SELECT string_agg('', repeat('x', 100000)) FROM generate_series(1, 200)",
        "SELECT string_agg(repeat('x', 100000)::bytea, '') FROM generate_series(1, 200)",
        "SELECT repeat('x', 10000000) || repeat('x', 10000000)",
        "SELECT regexp_replace(repeat('x', 200), 'x', repeat('y', 100000), 'g')",
        "SELECT json_agg(repeat('x', 100000)) FROM generate_series(1, 200)",
        "SELECT jsonb_agg(repeat('x', 100000)) FROM generate_series(1, 200)",
    ],
)
def test_a_text_is_bounded(text: str) -> None:
    with pytest.raises(InvalidValue, match="requested length too large") as caught:
        answer(text)

    assert caught.value.sqlstate is SqlState.PROGRAM_LIMIT_EXCEEDED


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("length(upper(repeat('ß', 3000000)))", 3_000_000),
        ("length(lower(repeat('İ', 3000000)))", 3_000_000),
        ("right(upper(repeat('é', 1048577)), 2)", "ÉÉ"),
        ("right(lower(repeat('Σ', 1048577)), 2)", "σσ"),
        ("upper('ßéŉΐ')", "ßÉŉΐ"),
        ("lower('ΑΣ')", "ασ"),
    ],
)
def test_case_is_changed_character_by_character(call: str, expected: object) -> None:
    assert answer(f"SELECT {call}") == [(expected,)]

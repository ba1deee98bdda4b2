import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import InvalidValue
from server.query.functions.like import compile_like


def is_like(text: str, pattern: str) -> bool:
    """The definition, tried in every way there is."""
    if not pattern:
        return not text
    match pattern[0]:
        case "%":
            return any(is_like(text[start:], pattern[1:]) for start in range(len(text) + 1))
        case "_":
            return bool(text) and is_like(text[1:], pattern[1:])
        case "\\":
            return text[:1] == pattern[1] and is_like(text[1:], pattern[2:])
        case plain:
            return text[:1] == plain and is_like(text[1:], pattern[1:])


PATTERNS = st.lists(st.sampled_from(["a", "b", "%", "_", "\\a", "\\%", "\\_"]), max_size=7).map("".join)


@given(text=st.text("ab%_", max_size=9), pattern=PATTERNS)
def test_it_is_what_the_definition_says(text: str, pattern: str) -> None:
    assert compile_like(pattern)(text) is is_like(text, pattern)


@pytest.mark.parametrize(
    ("text", "pattern", "matches"),
    [("ÄB", "ä_", True), ("straße", "STRASSE", False), ("ΣΑΣ", "σασ", True), ("İ", "i", True), ("ab", "A%C", False)],
)
def test_without_case_letters_are_what_lower_makes_of_them(text: str, pattern: str, *, matches: bool) -> None:
    assert compile_like(pattern, ignore_case=True)(text) is matches


@pytest.mark.parametrize(("text", "pattern"), [("a", "\\"), ("abc", "a%\\"), ("ab", "a%_\\"), ("a\\b", "a\\\\\\")])
def test_a_text_must_not_go_on_behind_a_last_escape_character(text: str, pattern: str) -> None:
    with pytest.raises(InvalidValue, match="LIKE pattern must not end with escape character"):
        compile_like(pattern)(text)


@pytest.mark.parametrize(("text", "pattern"), [("", "\\"), ("a", "a\\"), ("b", "a\\"), ("xb", "%b\\"), ("", "_\\")])
def test_a_text_that_does_not_come_to_a_last_escape_character_is_not_like(text: str, pattern: str) -> None:
    assert not compile_like(pattern)(text)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a" * 1_000_000, "%" + "a" * 100_000 + "b%"),
        ("a" * 1_000_000, "%" + "_" * 100_000 + "b%"),
        ("ab" * 10_000, "%a" * 5000 + "c"),
        ("ab" * 10_000, "%a" * 5000 + "%c"),
        ("a" * 100_000, "%" + "a%" * 100_000 + "b"),
    ],
)
def test_what_nearly_matches_takes_no_longer(text: str, pattern: str) -> None:
    begun = time.process_time()
    assert not compile_like(pattern)(text)
    # Some 10 ms; what goes back and tries again would take minutes.
    assert time.process_time() - begun < 5
